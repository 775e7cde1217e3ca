import type { Life } from "../plan/plan.ts";
import type { MapReport } from "./data.ts";
import { groupDigits } from "./format.ts";
import { liveBytes, ownersOf } from "./live.ts";
import { type Markup, markup, nothing } from "./markup.ts";

/**
 * The memory map as SVG: events from left to right, addresses from the bottom up, one unit of the view box an event and a byte.
 *
 * The drawings stretch to their box (`preserveAspectRatio="none"`), so the words stand around them in HTML and stay readable on a phone.
 */

/** The style sheet has eight colours for owners; later owners begin again. Also runs in the page. */
export function ownerClass(owner: number): string {
  return `o${owner % 8}`;
}

export function drawMap(map: MapReport): Markup {
  const owners = ownersOf(map.lives);
  const width = Math.max(1, map.events.length);
  const height = Math.max(1, map.arenaBytes);
  return markup`<div class="plot">
<div class="axis-y" aria-hidden="true">${ticks(height).map((t) => markup`<span style="bottom:${percent(t / height)}">${groupDigits(t)}</span>`)}</div>
<svg class="lives" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="group" aria-label="Memory map of ${map.title}: events from left to right, addresses from the bottom up">
${map.lives.map((life, i) => drawLife(life, i, owners.indexOf(life.owner), height))}${eventLine("floor-line", map.floorEvent, height)}${eventLine("cursor", map.floorEvent, height)}</svg>
<div class="axis-y" aria-hidden="true"><span style="bottom:${percent(map.floorBytes / height)}">${groupDigits(map.floorBytes)}</span></div>
${drawLiveBytes(map, width, height)}
<div class="axis-x" aria-hidden="true">${ticks(width).map((t) => markup`<span style="left:${percent(t / width)}">${t}</span>`)}</div>
</div>`;
}

function drawLife(life: Life, index: number, owner: number, height: number): Markup {
  const y = height - life.offset - life.bytes;
  const scratch = life.kind === "row" ? "" : " scratch";
  return markup`<rect class="${ownerClass(owner)}${scratch}" x="${life.first}" y="${y}" width="${life.last - life.first + 1}" height="${life.bytes}" data-life="${index}"/>
`;
}

function eventLine(name: string, event: number, height: number): Markup {
  return markup`<line class="${name}" x1="${event + 0.5}" x2="${event + 0.5}" y1="0" y2="${height}"/>`;
}

/** The bytes alive at each event as steps, on the scale of the arena, with the floor as a line. */
function drawLiveBytes(map: MapReport, width: number, height: number): Markup {
  const bytes = liveBytes(map.lives, map.events.length);
  const steps = bytes.map((b, event) => `V${height - b}H${event + 1}`).join("");
  const floor = height - map.floorBytes;
  return markup`<svg class="live" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="Live bytes at each event; at most ${map.floorBytes}, at event ${map.floorEvent}">
<path class="live-area" d="M0 ${height}${steps}V${height}Z"/><line class="floor-level" x1="0" x2="${width}" y1="${floor}" y2="${floor}"/>${eventLine("floor-line", map.floorEvent, height)}${eventLine("cursor", map.floorEvent, height)}</svg>`;
}

export function drawLegend(lives: readonly Life[]): Markup {
  const scratch = lives.some((life) => life.kind !== "row")
    ? markup`<li><i class="swatch scratch"></i>dashed: scratch, sums and constants</li>`
    : nothing;
  return markup`<ul class="owners">${ownersOf(lives).map((owner, i) => markup`<li><i class="swatch ${ownerClass(i)}"></i>${owner}</li>`)}${scratch}</ul>`;
}

/** Round numbers below `end`, and `end` itself. */
export function ticks(end: number): number[] {
  const step = tickStep(end);
  const list: number[] = [];
  for (let tick = 0; tick < end - step * 0.8; tick += step) list.push(tick);
  return [...list, end];
}

/** 1, 2 or 5 times a power of ten that divides `end` into three to six parts. */
function tickStep(end: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, end / 3)));
  return [5, 2, 1].map((digit) => digit * power).find((step) => step * 3 <= end) ?? 1;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))}%`;
}
