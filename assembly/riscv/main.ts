/** What the host calls of an RV32 simulator. */
export { run, jumpTo, programCounter, cycleCount, instructionCount } from "./execute";
export { register, setRegister } from "./registers";
export { beginCalls, callTree } from "../machine/calls";
export { kindOf } from "./kind";
export { mark, placeFunctions, regionCounts } from "../machine/regions";
export { codePage } from "../machine/code";
export { mapRegion, peek, storeAnywhere as poke } from "../machine/memory";
export { refuse, resume, stopAddress, stopValue } from "../machine/stop";
export { makeMemory } from "../machine/slow";
export { makeCache } from "../machine/cache";
export { makePath } from "../machine/path";
export { route } from "../machine/waits";
