/**
 * The tree of calls: a node for each function within each caller, with the cycles and instructions of its own.
 *
 * The instruction sets call `enter` at a jump that links and `leave` at a return. A return that matches no frame
 * (a thread switch, say) changes nothing; one that matches an outer frame (longjmp) drops the inner ones.
 */
import { reserve } from "./memory";

export const NODE: u32 = 48;
/** u32 each: the function's address, the node's caller, its first callee and the next of its caller's callees. */
export const FUNCTION: u32 = 0;
export const CALLER: u32 = 4;
export const CALLEE: u32 = 8;
export const SIBLING: u32 = 12;
/** u64 each: times entered, cycles and instructions without those of callees. */
export const ENTERED: u32 = 16;
export const CYCLES: u32 = 24;
export const INSTRUCTIONS: u32 = 32;

const FRAMES: u32 = 1 << 16;
/** A frame: where it will return to, and its node. */
const frames = reserve(FRAMES * 8);
const NODES_A_BLOCK: u32 = 256;
let block: u32 = 0;
let inBlock: u32 = NODES_A_BLOCK;
let depth: u32 = 0;
/** Calls beyond the deepest frame that is kept: they count as their caller's own. */
let beyond: u32 = 0;
let node: u32 = 0;
let cyclesBefore: u64 = 0;
let instructionsBefore: u64 = 0;

/** The tree's root: code that no call led to. */
export function callTree(): u32 {
  if (root == 0) root = newNode(0, 0);
  return root;
}
let root: u32 = 0;

/** Begins at the root, in the function at `address`. */
export function beginCalls(address: u32): void {
  node = callTree();
  store<u32>(node, address, FUNCTION);
}

/** Gives the current node the cycles and instructions since the last call or return. */
export function settle(cycles: u64, instructions: u64): void {
  store<u64>(node, load<u64>(node, CYCLES) + cycles - cyclesBefore, CYCLES);
  store<u64>(node, load<u64>(node, INSTRUCTIONS) + instructions - instructionsBefore, INSTRUCTIONS);
  cyclesBefore = cycles;
  instructionsBefore = instructions;
}

/** A call of the function at `address`, which will return to `back`. */
export function enter(address: u32, back: u32, cycles: u64, instructions: u64): void {
  if (depth == FRAMES) {
    beyond += 1;
    return;
  }
  settle(cycles, instructions);
  store<u32>(frames + depth * 8, back);
  store<u32>(frames + depth * 8 + 4, node);
  depth += 1;
  node = calleeOf(node, address);
  store<u64>(node, load<u64>(node, ENTERED) + 1, ENTERED);
}

/** A return to `back`. */
export function leave(back: u32, cycles: u64, instructions: u64): void {
  if (beyond > 0) {
    beyond -= 1;
    return;
  }
  for (let at = depth; at > 0; at--) {
    if (load<u32>(frames + (at - 1) * 8) != back) continue;
    settle(cycles, instructions);
    depth = at - 1;
    node = load<u32>(frames + depth * 8 + 4);
    return;
  }
}

function calleeOf(caller: u32, address: u32): u32 {
  let callee = load<u32>(caller, CALLEE);
  while (callee && load<u32>(callee, FUNCTION) != address) callee = load<u32>(callee, SIBLING);
  return callee ? callee : newNode(caller, address);
}

function newNode(caller: u32, address: u32): u32 {
  if (inBlock == NODES_A_BLOCK) {
    block = reserve(NODES_A_BLOCK * NODE);
    inBlock = 0;
  }
  const made = block + inBlock * NODE;
  inBlock += 1;
  store<u32>(made, address, FUNCTION);
  store<u32>(made, caller, CALLER);
  if (caller) {
    store<u32>(made, load<u32>(caller, CALLEE), SIBLING);
    store<u32>(caller, made, CALLEE);
  }
  return made;
}
