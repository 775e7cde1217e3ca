import type { FunctionCount } from "../simulate/analyse.ts";
import { hex } from "../simulate/hex.ts";
import type { LoopCount } from "../simulate/loops.ts";
import { percentOf, stallWords } from "../simulate/words.ts";
import { groupDigits } from "./format.ts";
import { ownerClass } from "./map-drawing.ts";
import { type Markup, markup, nothing } from "./markup.ts";
import { scrollBox } from "./measurement-table.ts";
import type { SimulationReport } from "./simulation-data.ts";

/** The tables of a simulated run. Long ones show the rows that matter and fold the others away. */
const shown = 20;

interface SimpleRow {
  readonly name: string;
  readonly swatch?: string;
  /** Numbers, but the last one if the table ends in words. */
  readonly cells: readonly string[];
}

interface SimpleTable {
  readonly id: string;
  readonly caption: string;
  /** The badge of all its numbers. */
  readonly how: Markup;
  readonly heads: readonly string[];
  readonly endsInWords?: boolean;
  readonly rows: readonly SimpleRow[];
}

/** A name and numbers a row. */
export function simpleTable({ id, caption, how, heads, endsInWords, rows }: SimpleTable): Markup {
  const isWords = (column: number): boolean => endsInWords === true && column === heads.length - 1;
  const kind = (column: number): Markup => {
    if (column === 0) return nothing;
    return isWords(column) ? markup` class="words"` : markup` class="num"`;
  };
  const row = ({ name, swatch, cells }: SimpleRow): Markup =>
    markup`<tr><th scope="row">${swatch === undefined ? nothing : markup`<i class="swatch ${swatch}"></i>`}${name}</th>${cells.map((cell, i) => markup`<td${kind(i + 1)}>${cell}</td>`)}</tr>
`;
  return scrollBox(
    caption,
    markup`<table id="${id}"><caption>${caption} ${how}</caption>
<thead><tr>${heads.map((head, i) => markup`<th scope="col"${kind(i)}>${head}</th>`)}</tr></thead>
<tbody>${rows.map(row)}</tbody></table>`,
  );
}

/** The first rows, and a second table of the others behind a summary. */
function longTable(table: SimpleTable, what: string): Markup {
  const { rows } = table;
  const others = rows.slice(shown);
  const rest =
    others.length === 0
      ? nothing
      : markup`<details><summary>${others.length} more ${what}</summary>${simpleTable({ ...table, id: `${table.id}-more`, rows: others })}</details>`;
  return markup`<figure class="figure">${simpleTable({ ...table, rows: rows.slice(0, shown) })}${rest}</figure>`;
}

/** Names of functions, most cycles of their own first: the order in which they get colours. */
export function ownersOf(functions: readonly FunctionCount[]): string[] {
  return [...functions]
    .sort((a, b) => b.ownCycles - a.ownCycles || a.address - b.address)
    .map(({ name }) => name);
}

export function functionTable({ analysis, cycles }: SimulationReport, how: Markup): Markup {
  const owners = ownersOf(analysis.functions);
  const table = {
    id: "function-table",
    caption: "Functions, most cycles with callees first",
    how,
    heads: ["Function", "Calls", "With callees", "of all", "Own cycles", "of all", "Stalls"],
    endsInWords: true,
    rows: analysis.functions.map((one) => ({
      name: one.name,
      swatch: ownerClass(owners.indexOf(one.name)),
      cells: [
        groupDigits(one.calls),
        groupDigits(one.totalCycles),
        percentOf(one.totalCycles, cycles),
        groupDigits(one.ownCycles),
        percentOf(one.ownCycles, cycles),
        stallWords(one.cycles),
      ],
    })),
  };
  return markup`<p>Own cycles are those of the instructions that lie in the function; stalls are parts of them. What is only jumped to has no calls.</p>
${longTable(table, "functions")}`;
}

export function layerTable({ analysis, cycles }: SimulationReport, how: Markup): Markup {
  const table = {
    id: "layer-table",
    caption: "Layers, as the program's marks delimit them, each until the next mark",
    how,
    heads: ["Layer", "Times", "Cycles", "of all", "Instructions"],
    rows: analysis.regions.map((layer) => ({
      name: `${layer.region} (${layer.name})`,
      cells: [
        groupDigits(layer.entered),
        groupDigits(layer.cycles),
        percentOf(layer.cycles, cycles),
        groupDigits(layer.instructions),
      ],
    })),
  };
  return markup`<p>Where the program marks a start and a stop, these count what lies between the last start and the stop, the picture the whole run.</p>
${longTable(table, "layers")}`;
}

export function loopTable({ analysis, cycles }: SimulationReport, how: Markup): Markup {
  const table = {
    id: "loop-table",
    caption: "Loops, most cycles of their own first: without inner loops and without functions they call",
    how,
    heads: ["Loop", "Addresses", "Turns", "Cycles a turn", "Own cycles", "of all", "Stalls"],
    endsInWords: true,
    rows: analysis.loops.map((loop) => ({
      name: loop.name,
      cells: [
        `${hex(loop.from)}–${hex(loop.to)}`,
        groupDigits(loop.turns),
        perTurn(loop),
        groupDigits(loop.ownCycles),
        percentOf(loop.ownCycles, cycles),
        stallWords(loop.cycles),
      ],
    })),
  };
  return longTable(table, "loops");
}

const perTurn = ({ ownCycles, turns }: LoopCount): string =>
  turns === 0 ? "–" : (ownCycles / turns).toFixed(2);

export function mixTable({ analysis, instructions }: SimulationReport, how: Markup): Markup {
  const rows = Object.entries(analysis.mix)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => ({ name: kind, cells: [groupDigits(count), percentOf(count, instructions)] }));
  const table = simpleTable({
    id: "mix-table",
    caption: "Instructions executed, by sort",
    how,
    heads: ["Sort", "Executed", "of all"],
    rows,
  });
  return markup`<figure class="figure">${table}</figure>`;
}
