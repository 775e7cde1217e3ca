import assert from "node:assert/strict";
import { test } from "node:test";
import type { Graph } from "../../src/graph/graph.ts";
import { draftOf } from "../../src/plan/draft.ts";
import { flowOf } from "../../src/plan/flow.ts";
import { pacesOf } from "../../src/plan/pace.ts";
import { mostAlive } from "../../src/plan/place/meetings.ts";
import { slotOf, type LaidOut, type Strip } from "../../src/plan/place/strip.ts";
import { turnings } from "../../src/plan/place/turning.ts";
import { net } from "../support/networks.ts";
import { inBytes, mobilenetPytorch, resnet8, byteNet } from "./bytes.ts";

function stripsOf(graph: Graph): readonly Strip[] {
  const flow = flowOf(graph, { inPlace: true });
  const staging = { cuts: [], pulls: "most first" } as const;
  return draftOf(flow, { staging, frame: "pushed", unit: "row", alignment: 1, shares: false }).strips;
}

const search = { limit: Infinity, visits: 50_000, enough: 100, isThorough: false };

const regionBytes = (members: readonly LaidOut[]): number =>
  Math.max(...members.map(({ layout }) => layout.rows * layout.pitch));

/** Bytes taken twice at one event, save where one row overwrites another at its very place. */
function overlaps(members: readonly LaidOut[]): number {
  let count = 0;
  const rows = members.flatMap(({ strip, number, layout }) =>
    strip.rows.map(([life], row) => ({
      number,
      over: strip.over,
      start: slotOf(layout, row) * layout.pitch,
      end: slotOf(layout, row) * layout.pitch + strip.rowBytes,
      ...life!,
    })),
  );
  rows.forEach((a, i) => {
    for (const b of rows.slice(i + 1)) {
      const meet = a.start < b.end && b.start < a.end && a.first <= b.last && b.first <= a.last;
      const isSame = a.start === b.start && a.end === b.end;
      const mayBe =
        (a.last === b.first && b.over.includes(a.number)) ||
        (b.last === a.first && a.over.includes(b.number));
      if (meet && !(isSame && mayBe)) count++;
    }
  });
  return count;
}

const deep = inBytes(
  net(`in 40x4x3 | ${Array.from({ length: 5 }, () => "conv 3 8 p1 | conv 1 8").join(" | ")}`),
);

test("rings that turn together need no more bytes than the rows alive at once", () => {
  const strips = stripsOf(deep);
  const [best] = turnings(strips, search);
  const members = best!.map(({ strip }) => strip);
  assert.ok(members.length >= 9);
  assert.equal(regionBytes(best!), mostAlive(members));
  const apart = members.reduce((sum, { height, rowBytes }) => sum + height * rowBytes, 0);
  assert.ok(regionBytes(best!) < 0.8 * apart);
});

for (const [name, graph] of [
  ["a chain", deep],
  [
    "rows of several lengths and speeds",
    byteNet(mobilenetPytorch.split(" | ").slice(0, 15).join(" | "), "stream"),
  ],
  ["shortcuts and sums in place", byteNet(resnet8, "stream")],
] as const) {
  test(`no two rows that turn together ever overlap: ${name}`, () => {
    const found = turnings(stripsOf(graph), { ...search, visits: 200_000, enough: 10 });
    assert.ok(found.length > 0);
    for (const members of found) assert.equal(overlaps(members), 0);
  });
}

test("a slower tensor takes more slots a row, and one with short rows lies a little apart", () => {
  const graph = inBytes(
    net("in 48x1x6 | conv 3x1 8 p1x0 | conv 3x1 16 s2x1 p1x0 | conv 3x1 16 p1x0 | conv 3x1 2"),
  );
  const layouts = turnings(stripsOf(graph), search).flatMap((members) => members.map(({ layout }) => layout));
  assert.ok(layouts.some(({ step }) => step > 1));
  assert.ok(
    turnings(stripsOf(graph), search).some((members) =>
      members.some(({ strip, layout }) => layout.pitch > strip.rowBytes),
    ),
  );
});

test("a tensor's pace is the product of the strides before it, whatever the borders do", () => {
  const paces = (text: string): readonly number[] => pacesOf(flowOf(inBytes(net(text))));
  assert.deepEqual(paces("in 49x1x1 | conv 10x1 1 s2x1 p4,5,0,0 | conv 3x1 1 p1x0"), [1, 1 / 2, 1 / 2]);
  assert.deepEqual(paces("in 31x1x1 | conv 5x1 1 | maxpool 3x1 s2x1 | avgpool 2x1"), [1, 1, 1 / 2, 1 / 4]);
  assert.deepEqual(paces("in 12x2x1 | as a | conv 3 1 p1 | add a | flatten | linear 3"), [1, 1, 1, 1, 1]);
});
