/**
 * The tree of calls: a node for each function within each caller, with the cycles and instructions of its own.
 *
 * The instruction sets call `enter` at a jump that links and `leave` at a return. A return that matches no frame
 * (a thread switch, say) changes nothing; one that matches an outer frame (longjmp) drops the inner ones. A function
 * that is jumped to takes the place of the one that jumped (`replace`), and a region of the program's own marks is a node
 * below its function (`enterPart`). The tree is bounded: what would be too deep or too many counts as its caller's own.
 */
import { reserve } from "./memory";

const NODE: u32 = 56;
/** u32 each: the function's address; of a region within it one more than its number, otherwise 0. Together they are the key. */
const FUNCTION: u32 = 0;
const PART: u32 = 4;
/** u32 each: the node's first callee and the next of its caller's callees. */
const CALLEE: u32 = 8;
const SIBLING: u32 = 12;
/** u64 each: times entered, cycles and instructions without those of callees, calls that have no node of their own. */
const ENTERED: u32 = 16;
const CYCLES: u32 = 24;
const INSTRUCTIONS: u32 = 32;
const FOLDED: u32 = 40;
/** u32 each: its caller, 0 of the root; how many are above it. */
const CALLER: u32 = 48;
const LEVEL: u32 = 52;

const FRAMES: u32 = 1 << 16;
/** A frame: where it will return to, and its node. */
const frames = reserve(FRAMES * 8);
/** Most levels, so that whoever reads the tree may recurse, and most nodes. */
const LEVELS: u32 = 128;
const NODES: u32 = 1 << 14;
const NODES_A_BLOCK: u32 = 256;
let block: u32 = 0;
let inBlock: u32 = NODES_A_BLOCK;
let made: u32 = 0;
let depth: u32 = 0;
/** The depth from which on calls have no nodes. */
let foldedFrom: u32 = FRAMES + 1;
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
    add(node, FOLDED);
    beyond += 1;
    return;
  }
  settle(cycles, instructions);
  store<u32>(frames + depth * 8, back);
  store<u32>(frames + depth * 8 + 4, node);
  depth += 1;
  const callee = depth < foldedFrom ? calleeOf(node, address) : 0;
  if (callee) {
    node = callee;
    add(node, ENTERED);
  } else {
    add(node, FOLDED);
    if (depth < foldedFrom) foldedFrom = depth;
  }
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
    if (depth < foldedFrom) foldedFrom = FRAMES + 1;
    return;
  }
}

/** A function begins at `address`: unless a call led there, it takes the current one's place. */
export function replace(address: u32, cycles: u64, instructions: u64): void {
  if (load<u32>(node, FUNCTION) == address || depth >= foldedFrom) return;
  const caller = load<u32>(node, CALLER);
  const callee = calleeOf(caller && !load<u32>(node, PART) ? caller : node, address);
  if (callee == 0) return add(node, FOLDED);
  settle(cycles, instructions);
  node = callee;
}

/** A region begins in the current function, or, if `part` is 0, one ends; `part` is one more than its number. */
export function enterPart(part: u32, cycles: u64, instructions: u64): void {
  if (depth >= foldedFrom) return;
  settle(cycles, instructions);
  if (load<u32>(node, PART)) node = load<u32>(node, CALLER);
  if (part == 0) return;
  const inner = calleeOf(node, <u64>load<u32>(node, FUNCTION) | (<u64>part << 32));
  if (inner == 0) return;
  node = inner;
  add(node, ENTERED);
}

// @ts-ignore: decorator
@inline
function add(at: u32, offset: u32): void {
  store<u64>(at + offset, load<u64>(at + offset) + 1);
}

/** The node of a function or part within `caller`; 0 if it would be too deep or there are too many. */
function calleeOf(caller: u32, key: u64): u32 {
  let callee = load<u32>(caller, CALLEE);
  while (callee && load<u64>(callee) != key) callee = load<u32>(callee, SIBLING);
  if (callee || made == NODES || load<u32>(caller, LEVEL) == LEVELS) return callee;
  return newNode(caller, key);
}

function newNode(caller: u32, key: u64): u32 {
  if (inBlock == NODES_A_BLOCK) {
    block = reserve(NODES_A_BLOCK * NODE);
    inBlock = 0;
  }
  const at = block + inBlock * NODE;
  inBlock += 1;
  made += 1;
  store<u64>(at, key);
  store<u32>(at, caller, CALLER);
  if (caller) {
    store<u32>(at, load<u32>(caller, LEVEL) + 1, LEVEL);
    store<u32>(at, load<u32>(caller, CALLEE), SIBLING);
    store<u32>(caller, at, CALLEE);
  }
  return at;
}
