import type { CallPath } from "../simulate/call-paths.ts";
import { percentOf } from "../simulate/words.ts";
import { type FlameBox, layOutFlame } from "./flame-layout.ts";
import { groupDigits } from "./format.ts";
import { type Markup, markup, nothing } from "./markup.ts";
import { ownerClass } from "./map-drawing.ts";
import { scrollBox } from "./measurement-table.ts";

/**
 * The flame picture: static SVG, whose boxes are percentages of its width and so fit any screen, while their words keep
 * their size. Names are left out where they do not fit; the title of each box, and the table behind, have them all.
 */
const rowHeight = 24;
const limits = { leastShare: 0.004, rows: 32 };
/** Widths in pixels that the picture has at least on a desk, a tablet, a phone; and of a letter at most. */
const screens = [
  { name: "", width: 300 },
  { name: "middle", width: 600 },
  { name: "wide", width: 920 },
] as const;
const letter = 7;
const fewestLetters = 4;

/** `owners` are the functions in the order of their colours. */
export function renderFlame(
  root: CallPath,
  owners: readonly string[],
  badge: Markup,
): { readonly picture: Markup; readonly table: Markup } {
  const boxes = layOutFlame(root, limits);
  const rows = 1 + Math.max(...boxes.map(({ depth }) => depth));
  const whole = Math.max(1, root.totalCycles);
  const picture = markup`<svg class="flame" width="100%" height="${rows * rowHeight}" role="img" aria-label="Flame picture: every box is a function below its caller, as wide as its cycles; the same numbers are in the table below">
${boxes.map((box) => drawBox(box, whole, owners))}</svg>`;
  return { picture, table: renderPaths(boxes, whole, badge) };
}

function drawBox(box: FlameBox, whole: number, owners: readonly string[]): Markup {
  const x = percent(box.from / whole);
  const width = percent(box.cycles / whole);
  const y = box.depth * rowHeight;
  const colour = box.kind === "function" ? ownerClass(Math.max(0, owners.indexOf(box.names[0]!))) : box.kind;
  const label = labelOf(box, whole);
  const text = label
    ? markup`<svg x="${x}" y="${y}" width="${width}" height="${rowHeight}"${label.screen === "" ? nothing : markup` class="${label.screen}"`} aria-hidden="true"><text x="4" y="16">${label.text}</text></svg>`
    : nothing;
  return markup`<g class="${colour}" data-name="${box.names.join(" ")}" data-depth="${box.depth}" data-cycles="${box.cycles}" data-own="${box.own}"><title>${describe(box, whole)}</title><rect x="${x}" y="${y}" width="${width}" height="${rowHeight}"/>${text}</g>
`;
}

/** The name, if it fits on some screen; if need be its end, which tells more than its beginning, on the widest. */
function labelOf(
  box: FlameBox,
  whole: number,
): { readonly text: string; readonly screen: string } | undefined {
  const name = nameOf(box);
  const letters = (width: number): number => Math.floor(((width * box.cycles) / whole - 8) / letter);
  const screen = screens.find(({ width }) => letters(width) >= name.length);
  if (screen) return { text: name, screen: screen.name };
  const room = letters(screens.at(-1)!.width);
  return room < fewestLetters ? undefined : { text: `…${name.slice(1 - room)}`, screen: "wide" };
}

const nameOf = ({ kind, names }: FlameBox): string => (kind === "rest" ? "other" : names[0]!);

/** `conv: 937,797 cycles, 44.6 %`, and what more there is to say. */
function describe(box: FlameBox, whole: number): string {
  const { cycles, own, calls, kind, names } = box;
  const more = [
    ...(kind === "rest" ? [listOf(names)] : []),
    ...(own < cycles ? [`${groupDigits(own)} of its own`] : []),
    ...(calls > 0 ? [`${kind === "layer" ? "entered" : "called"} ${timesWords(calls)}`] : []),
  ];
  return [`${nameOf(box)}: ${groupDigits(cycles)} cycles, ${percentOf(cycles, whole)}`, ...more].join("; ");
}

const timesWords = (count: number): string => (count === 1 ? "once" : `${groupDigits(count)} times`);

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length <= 8 ? shown : `${shown} and ${names.length - 8} more`;
}

/** Every box as a row, indented as the boxes lie. */
function renderPaths(boxes: readonly FlameBox[], whole: number, badge: Markup): Markup {
  const caption = "What the picture shows, path by path";
  const rows = boxes.map(
    (box) =>
      markup`<tr><th scope="row" style="padding-left:${box.depth * 0.9}rem">${nameOf(box)}${box.kind === "rest" ? markup`<span class="note">${box.names.join(", ")}</span>` : nothing}</th><td class="num">${groupDigits(box.calls)}</td><td class="num">${groupDigits(box.cycles)}</td><td class="num">${percentOf(box.cycles, whole)}</td><td class="num">${groupDigits(box.own)}</td></tr>
`,
  );
  return markup`<details><summary>All ${boxes.length} boxes as a table</summary>${scrollBox(
    caption,
    markup`<table id="paths" class="paths"><caption>${caption} ${badge}</caption>
<thead><tr><th scope="col">Path</th><th scope="col" class="num">Calls</th><th scope="col" class="num">Cycles</th><th scope="col" class="num">of all</th><th scope="col" class="num">Own cycles</th></tr></thead>
<tbody>${rows}</tbody></table>`,
  )}</details>`;
}

const percent = (share: number): string => `${Number((100 * share).toFixed(4))}%`;
