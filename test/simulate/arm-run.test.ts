import assert from "node:assert/strict";
import { test } from "node:test";
import type { Simulation } from "../../src/simulate/simulation.ts";
import { bench, constant, exit, origin, printWord, runThumb, word } from "../support/thumb.ts";

/** r6 points to zeroed memory: movs r6, #0x40; lsls r6, #8; adds r6, #1; lsls r6, #16. */
const data = [0x2640, 0x0236, 0x3601, 0x0436];
const nop = 0xbf00;
const end = [0x2000, exit]; // movs r0, #0

/** The words that a program prints; it must end with code 0. */
function words({ ending, console }: Simulation): number[] {
  assert.deepEqual(ending, { kind: "exit", code: 0 });
  return [...new Uint32Array(console.slice().buffer)];
}
const prints = async (core: string, code: readonly number[]): Promise<number[]> =>
  words(await runThumb(core, [...bench, ...data, ...code, ...end]));

test("an IT block: each instruction by its condition, flags stay", async () => {
  const block = [
    0x4288, // cmp r0, r1
    0xbfb5, // itete lt
    ...[0x2201, 0x2202, 0x3301, 0x6033], // movlt r2, #1; movge r2, #2; addlt r3, #1; strge r3, [r6]
    0x6834, // ldr r4, [r6]
    0xf3ef8500, // mrs r5, apsr
    ...[...printWord(2), ...printWord(3), ...printWord(4), ...printWord(5)],
  ];
  const set = (a: number, b: number): number[] => [0x2000 | a, 0x2100 | b, 0x2309, 0x2400, 0x6034]; // and [r6] = 0
  assert.deepEqual(await prints("cortex-m4", [...set(1, 2), ...block, ...set(2, 1), ...block]), [
    ...[1, 10, 0, 0x80000000],
    ...[2, 9, 9, 0x20000000],
  ]);
});

test("flags that an instruction of an IT block sets decide over those after it", async () => {
  const code = [
    ...[0x2001, 0x2105, 0x2401, 0x2902], // movs r0, #1; r1, #5; r4, #1; cmp r1, #2
    0xbf1c, // itt ne
    0xf1b00001, // subsne r0, r0, #1
    0x3408, // addne r4, #8
    ...printWord(4),
  ];
  assert.deepEqual(await prints("cortex-m3", code), [1]);
});

test("lists of registers go to ascending addresses, lowest register first", async () => {
  const code = [
    ...[0x2001, 0x2102, 0x2203], // movs r0, #1; r1, #2; r2, #3
    0xc607, // stmia r6!, {r0, r1, r2}
    0xe9360038, // ldmdb r6!, {r3, r4, r5}
    0xf8560b04, // ldr r0, [r6], #4
    0xf8561f04, // ldr r1, [r6, #4]!
    ...[...printWord(3), ...printWord(4), ...printWord(5), ...printWord(0), ...printWord(1)],
    ...printWord(6),
  ];
  assert.deepEqual(await prints("cortex-m3", code), [1, 2, 3, 1, 3, origin + 0x10008]);
});

test("pairs, exclusive accesses, signed and misaligned loads", async () => {
  const code = [
    ...[...constant(0, 0x818283fe), 0x2105], // movs r1, #5
    0xe9c60102, // strd r0, r1, [r6, #8]
    0xe9f62302, // ldrd r2, r3, [r6, #8]!
    ...[...printWord(2), ...printWord(3)],
    0xe8563f00, // ldrex r3, [r6]
    ...[0xe8461200, 0xe8461300], // strex r2, r1, [r6]; strex r3, r1, [r6], without a reservation
    0x6834, // ldr r4, [r6]
    ...[...printWord(2), ...printWord(3), ...printWord(4)],
    0x6030, // str r0, [r6]
    0xf9b62001, // ldrsh r2, [r6, #1]
    0xf9963000, // ldrsb r3, [r6]
    0xf8d64001, // ldr r4, [r6, #1]
    ...[...printWord(2), ...printWord(3), ...printWord(4)],
  ];
  assert.deepEqual(await prints("cortex-m4", code), [
    ...[0x818283fe, 5],
    ...[0, 1, 5],
    ...[0xffff8283, 0xfffffffe, 0x05818283],
  ]);
});

test("table branches skip as many halfwords as the table says", async () => {
  for (const [index, expected] of [7, 8, 9].entries()) {
    const code = [
      0x2000 | index,
      ...[0xe8dff000, 0x0402, 0x0006], // tbb [pc, r0]: 2, 4, 6 halfwords
      ...[0x2207, 0xe002, 0x2208, 0xe000, 0x2209], // each: movs r2; b to the end
      ...printWord(2),
    ];
    assert.deepEqual(await prints("cortex-m7", code), [expected]);
  }
});

test("calls and returns: BL, BLX, PUSH and POP of PC", async () => {
  const code = [
    ...[...data, 0x46b5], // mov sp, r6
    ...[0xf000f804, 0xe009], // bl to the function; b over it
    ...[nop, nop, nop],
    ...[0xb511, 0x2237, 0xbd11], // the function: push {r0, r4, lr}; movs r2, #55; pop {r0, r4, pc}
    ...[nop, nop, nop, nop, nop],
    ...printWord(2),
  ];
  const { timing, ...run } = await runThumb("cortex-m0plus", [...bench, ...code, ...end]);
  assert.deepEqual(words({ timing, ...run }), [0x37]);
  const [callee] = timing!.calls.callees;
  assert.deepEqual([callee!.calls, callee!.instructions], [1, 3]);
});

/** A program behind a vector table: stack pointer, reset, and handlers by exception number. */
function withTable(handlers: Readonly<Record<number, readonly number[]>>, code: readonly number[]): number[] {
  const size = (parts: readonly number[]): number =>
    parts.reduce((sum, one) => sum + (one > 0xffff ? 4 : 2), 0);
  const table = [origin + 0x8000, origin + 0x41, ...Array.from({ length: 14 }, () => 0)];
  const program = [...bench, ...data, ...code];
  let at = origin + 0x40 + size(program);
  for (const [number, handler] of Object.entries(handlers)) {
    table[Number(number)] = at + 1;
    program.push(...handler);
    at += size(handler);
  }
  return [...table.flatMap(word), ...program];
}
const fromReset = { entry: undefined };

test("reset takes stack pointer and program from the vector table", async () => {
  const code = withTable({}, [0x4668, ...printWord(0), ...end]); // mov r0, sp
  for (const core of ["cortex-m0", "cortex-m33"])
    assert.deepEqual(words(await runThumb(core, code, fromReset)), [origin + 0x8000]);
});

test("SVC stacks eight words, runs its handler, and returns behind itself", async () => {
  const handler = [
    ...[0x4672, ...printWord(2)], // mov r2, lr
    ...[0x466a, ...printWord(2)], // mov r2, sp
    ...[0x9a06, 0x3a02, 0x7812, ...printWord(2)], // ldr r2, [sp, #24]; subs r2, #2; ldrb r2, [r2]: its number
    ...[0xf3ef8205, ...printWord(2)], // mrs r2, ipsr
    0x4770, // bx lr
  ];
  const code = withTable({ 11: handler }, [0x2263, 0xdf05, ...printWord(2), ...end]); // movs r2, #99; svc #5
  for (const [core, back] of [
    ["cortex-m0plus", 0xfffffff9],
    ["cortex-m4", 0xfffffff9],
    ["cortex-m33", 0xffffffb8],
  ] as const)
    assert.deepEqual(words(await runThumb(core, code, fromReset)), [back, origin + 0x7fe0, 5, 11, 99], core);
});

const systemControl = constant(5, 0xe000e000);

test("SysTick interrupts a loop as often as its reload value says", async () => {
  const handler = [0x3401, 0x4770]; // adds r4, #1; bx lr
  const code = withTable({ 15: handler }, [
    ...systemControl,
    ...[0x2400, 0x2063, 0x6168], // movs r4, #0; movs r0, #99; str r0, [r5, #20]: reload
    ...[0x2007, 0x6128], // movs r0, #7; str r0, [r5, #16]: on, with interrupts, core clock
    ...[0x3101, 0x2c0a, 0xdbfc], // 1: adds r1, #1; cmp r4, #10; blt 1b
    ...[...printWord(4), ...end],
  ]);
  for (const timed of [true, false]) {
    const run = await runThumb("cortex-m3", code, { ...fromReset, timed });
    assert.deepEqual(words(run), [10]);
    const clock = timed ? run.timing!.cycles : run.instructions;
    assert.ok(clock > 1000 && clock < 1130, String(clock));
  }
});

test("PendSV is taken right behind the store that asks for it, or when PRIMASK lets it", async () => {
  const handler = [0x2409, 0x4770]; // movs r4, #9; bx lr
  const ask = [0x2001, 0x0700, 0xf8c50d04]; // movs r0, #1; lsls r0, #28; str r0, [r5, #0xd04]
  const code = withTable({ 14: handler }, [
    ...[...systemControl, 0x2400, ...ask, 0x4622, ...printWord(2)], // mov r2, r4
    ...[0x2400, 0xb672, ...ask, 0x4622, ...printWord(2)], // cpsid i
    ...[0xb662, 0x4622, ...printWord(2), ...end], // cpsie i
  ]);
  assert.deepEqual(words(await runThumb("cortex-m4", code, fromReset)), [9, 0, 9]);
});

test("thread mode on the process stack: handlers use the main one", async () => {
  const handler = [0x466a, ...printWord(2), 0x4672, ...printWord(2), 0x4770]; // sp, lr
  const code = withTable({ 11: handler }, [
    ...[...constant(0, origin + 0x7000), 0xf3808809, 0x2002, 0xf3808814], // msr psp, r0; movs r0, #2; msr control, r0
    ...[0xdf00, 0x466a, ...printWord(2), ...end], // svc #0; mov r2, sp
  ]);
  assert.deepEqual(words(await runThumb("cortex-m4", code, fromReset)), [
    origin + 0x8000,
    0xfffffffd,
    origin + 0x7000,
  ]);
});

test("the cycle counter of an untimed run counts instructions", async () => {
  const code = [
    ...constant(5, 0xe0001000),
    ...[0x2001, 0x6028], // movs r0, #1; str r0, [r5]: on
    ...[0x6869, nop, nop, nop, nop, 0x686a, 0x1a52], // ldr r1, [r5, #4]; ...; ldr r2, [r5, #4]; subs r2, r2, r1
    ...printWord(2),
  ];
  assert.deepEqual(words(await runThumb("cortex-m7", [...bench, ...code, ...end], { timed: false })), [5]);
});

test("semihosting prints and ends the program", async () => {
  const code = [
    ...[0x2003, 0x4679, 0x3106, 0xbeab], // movs r0, #3; mov r1, pc; adds r1, #6; bkpt 0xab: the character after them
    ...[0x2018, 0xe001, 0x0041, nop], // movs r0, #24; b over the data
    ...[...constant(1, 0x20026), 0xbeab], // exit
  ];
  const { ending, console } = await runThumb("cortex-m4", code);
  assert.deepEqual(ending, { kind: "exit", code: 0 });
  assert.equal(new TextDecoder().decode(console), "A");
});

test("WFI and a jump to itself wait for ever if nothing can interrupt them", async () => {
  for (const wait of [0xbf30, 0xe7fe])
    assert.deepEqual((await runThumb("cortex-m0", [0x46c0, wait])).ending, {
      kind: "idle",
      address: origin + 2,
    });
});

test("what is not modelled or not there is named", async () => {
  const refusals: readonly (readonly [string, readonly number[], RegExp])[] = [
    ["cortex-m0plus", [0xf2400000], /0x40000000: instruction 0xf2400000 is not one of cortex-m0plus's/], // movw
    ["cortex-m3", [0xfb20f001], /instruction 0xfb20f001 is not one of cortex-m3's/], // smuad
    ["cortex-m33", [nop, 0x4774], /0x40000002: instruction 0x4774 is not one/], // bxns lr
    ["cortex-m33", [0xe97fe97f], /instruction 0xe97fe97f is not one/], // sg
    ["cortex-m4", [0xe8d60faf], /instruction 0xe8d60faf is not one/], // lda
    ["cortex-m4", [0x4700], /0x40000000: jump to an even address/], // bx r0
    ["cortex-m4", [0xbe01], /breakpoint \(bkpt\) that is no semihosting call/],
    ["cortex-m4", [0xdf00], /load of 4 bytes at 0x0000002c/], // svc, without a vector table
    ["cortex-m4", [0xee300a00], /floating point while CPACR keeps/], // vadd.f32
    ["cortex-m4", [0xf3ef800a], /special register 10 is not one of cortex-m4's/], // mrs r0, msplim
    ["cortex-m4", [...data, 0x3601, 0xe8960003], /misaligned access of 4 bytes at 0x40010001/], // ldm r6, {r0, r1}
    ["cortex-m0", [0x2005, 0x0780, 0x3001, 0x6800], /misaligned access of 4 bytes at 0x40000001, a fault/],
    ["cortex-m4", [...constant(0, 0xe000e600), 0x6800], /load of 4 bytes at 0xe000e600/],
  ];
  for (const [core, code, message] of refusals) await assert.rejects(runThumb(core, code), message, core);
  const call = withTable({}, [0xdf00]); // svc #0
  await assert.rejects(runThumb("cortex-m4", call, fromReset), /exception without a handler/);
});
