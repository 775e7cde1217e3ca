/**
 * Whether turns of a loop may be interleaved: the legality of unroll-and-jam.
 *
 * Interleaving moves statement j of a later turn before statement k > j of an earlier one. That is harmless unless one
 * of the two writes what the other uses: a name declared outside the loop, or memory. Of memory the IR
 * promises that buffers overlap only where a store follows all loads of the bytes it writes; a load that is the same in
 * every turn was then made again after the store in question, so it cannot have been one of those bytes.
 */
import type { Buffer, Expr, Stmt } from "../ir.ts";
import { type Affine, affineOf } from "../affine.ts";
import { type Scope, expandLets } from "../range.ts";
import { assignedIn, declaredIn, exprsOf, namesOf, visitExpr, visitStmts } from "../walk.ts";
import type { Loop } from "./context.ts";

export interface Independence {
  /** The statements of the body may be interleaved. */
  readonly mayInterleave: boolean;
  /** So may those inside this loop of the body, with its turns merged. */
  readonly mayMerge: (inner: Loop) => boolean;
}

/** `size`: how many turns in a row are interleaved. */
export function independenceOf(loop: Loop, size: number, scope: Scope): Independence {
  const declared = declaredIn(loop.body);
  const carried = [...assignedIn(loop.body)].filter((name) => !declared.has(name));
  const steered = steeredBy(loop);
  const facts: Facts = { loop, size, scope, steered, declared };
  return {
    mayInterleave:
      carried.every((name) => loop.body.filter((s) => mentions([s], name)).length <= 1) &&
      memoryAllows(loop.body, facts, storesComeLast(loop.body)),
    mayMerge: (inner) => {
      const assigned = assignedIn(inner.body);
      return carried.every((name) => !assigned.has(name)) && memoryAllows(inner.body, facts, false);
    },
  };
}

interface Facts {
  readonly loop: Loop;
  readonly size: number;
  readonly scope: Scope;
  /** Names whose value differs from turn to turn. */
  readonly steered: ReadonlySet<string>;
  readonly declared: ReadonlySet<string>;
}

interface Access {
  readonly buffer: Buffer;
  readonly index: Expr;
}

function memoryAllows(block: readonly Stmt[], facts: Facts, areStoresLast: boolean): boolean {
  const { loads, stores, hasCopy } = accessesOf(block);
  if (stores.length === 0 && !hasCopy) return true;
  if (hasCopy) return false;
  const meetsStore = (l: Access): boolean =>
    stores.some((s) => s.buffer.name === l.buffer.name && !neverMeet(l, s, facts));
  if (loads.some(meetsStore)) return false;
  const changes = (l: Access): boolean => [...namesOf(l.index)].some((name) => facts.steered.has(name));
  if (!areStoresLast && loads.some((l) => l.buffer.space !== "constant" && changes(l))) return false;
  return stores.every((a) => stores.every((b) => a.buffer.name !== b.buffer.name || neverMeet(a, b, facts)));
}

/** Whether all statements that store follow all those that load memory that can change. */
function storesComeLast(block: readonly Stmt[]): boolean {
  const firstStore = block.findIndex((s) => accessesOf([s]).stores.length > 0);
  if (firstStore < 0) return true;
  if (block.slice(firstStore).some((s) => s.kind === "for")) return false;
  return block
    .slice(firstStore + 1)
    .every((s) => accessesOf([s]).loads.every((l) => l.buffer.space === "constant"));
}

/** Whether two accesses are of different elements in any two different turns of one tile. */
function neverMeet(a: Access, b: Access, facts: Facts): boolean {
  const left = affineOf(a.index, expandLets(facts.scope));
  const right = affineOf(b.index, expandLets(facts.scope));
  const step = left.terms.get(facts.loop.index)?.coefficient ?? 0;
  if ((right.terms.get(facts.loop.index)?.coefficient ?? 0) !== step) return false;
  const strides: number[] = [];
  for (const side of [left, right]) {
    for (const [key, { atom, coefficient }] of side.terms) {
      if (key === facts.loop.index) continue;
      const isInner = [...namesOf(atom)].some(
        (name) => facts.declared.has(name) || name === facts.loop.index,
      );
      if (isInner && atom.kind !== "var") return false;
      if (isInner) strides.push(coefficient);
      else if (!hasTerm(left, key, coefficient) || !hasTerm(right, key, coefficient)) return false;
    }
  }
  const stride = strides.reduce(greatestCommonDivisor, 0);
  for (let turns = 1 - facts.size; turns < facts.size; turns++) {
    const distance = step * turns + left.constant - right.constant;
    if (turns !== 0 && (stride === 0 ? distance === 0 : distance % stride === 0)) return false;
  }
  return true;
}

const hasTerm = (a: Affine, key: string, coefficient: number): boolean =>
  a.terms.get(key)?.coefficient === coefficient;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : greatestCommonDivisor(b, a % b);
}

/** The index of a loop and the lets of its body that follow from it. */
function steeredBy(loop: Loop): ReadonlySet<string> {
  const steered = new Set([loop.index]);
  visitStmts(loop.body, (s) => {
    if (s.kind === "let" && [...namesOf(s.value)].some((name) => steered.has(name))) steered.add(s.name);
  });
  return steered;
}

function accessesOf(block: readonly Stmt[]): {
  loads: readonly Access[];
  stores: readonly Access[];
  hasCopy: boolean;
} {
  const loads: Access[] = [];
  const stores: Access[] = [];
  let hasCopy = false;
  visitStmts(block, (s) => {
    if (s.kind === "store") stores.push(s);
    if (s.kind === "copy") hasCopy = true;
    for (const e of exprsOf(s)) {
      visitExpr(e, (x) => {
        if (x.kind === "load" || x.kind === "widen") loads.push(x);
      });
    }
  });
  return { loads, stores, hasCopy };
}

function mentions(block: readonly Stmt[], name: string): boolean {
  let found = false;
  visitStmts(block, (s) => {
    if (s.kind === "assign" && s.name === name) found = true;
    if (exprsOf(s).some((e) => namesOf(e).has(name))) found = true;
  });
  return found;
}
