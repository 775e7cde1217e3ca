import { leastRam } from "./choice.ts";
import type { MapReport, ModelReport } from "./data.ts";
import { formatRuns, groupDigits } from "./format.ts";
import { type LiveGroup, kindName, liveGroups, ownersOf } from "./live.ts";
import { drawLegend, drawMap, ownerClass } from "./map-drawing.ts";
import { type Markup, markup, nothing } from "./markup.ts";
import { scrollBox } from "./measurement-table.ts";
import { badge } from "./number.ts";
import type { Section } from "./section.ts";

/**
 * Address by event, one panel a plan: the drawing, a slider over events, what is alive at the chosen one, and the tables behind.
 *
 * Every panel is complete without a script (at its floor event); client/map.ts shows one at a time and moves the cursor.
 */
export function renderMemoryMaps(report: ModelReport): Section {
  const best = leastRam(report, "int8", "resident")?.id;
  const first = Math.max(
    0,
    report.maps.findIndex((map) => map.variant === best),
  );
  return {
    id: "memory-map",
    title: "Memory map",
    short: "Memory map",
    body:
      report.maps.length === 0
        ? markup`<p>No plan was drawn.</p>`
        : markup`<p>Every rectangle is a row of a tensor: as wide as the events it must survive, as high as its bytes. Two rectangles never overlap.
Rows of one colour that stack up and begin again below are a ring. Move the slider (or its arrow keys) through the events; in the drawing, arrow keys go from row to row.</p>
<p class="control"><label>Plan <select id="map-choice">${report.maps.map((map, i) => markup`<option value="map-${i}"${i === first ? markup` selected` : nothing}>${map.title}</option>`)}</select></label></p>
${report.maps.map((map, i) => renderPanel(map, `map-${i}`, i))}`,
  };
}

function renderPanel(map: MapReport, id: string, index: number): Markup {
  const last = Math.max(0, map.events.length - 1);
  return markup`<figure class="figure map" id="${id}" data-map="${index}"><figcaption><h3>${map.title}</h3>
<p>Arena ${bytes(map.arenaBytes)}, floor ${bytes(map.floorBytes)} at event ${map.floorEvent} (${map.events[map.floorEvent] ?? "none"}), gap ${bytes(map.arenaBytes - map.floorBytes)}; all ${badge("counted", "from the plan")}</p></figcaption>
${drawLegend(map.lives)}
${drawMap(map)}
<p class="note axis-note">Above: addresses in bytes. Below: live bytes; the dashed line is the floor. Dotted upright line: the floor event.</p>
<div class="control slider"><button type="button" class="play" aria-pressed="false">Play</button><label>Event <input type="range" min="0" max="${last}" step="1" value="${map.floorEvent}" aria-valuetext="${eventText(map)}"></label><button type="button" class="to-floor">To the floor event</button></div>
${renderLive(map)}
${renderOwners(map)}
${renderLives(map)}
<div class="tip" role="status" hidden></div></figure>`;
}

function bytes(value: number): Markup {
  return markup`<strong class="number" title="${value} bytes">${groupDigits(value)} B</strong>`;
}

function eventText(map: MapReport): string {
  return `event ${map.floorEvent}: ${map.events[map.floorEvent] ?? ""}`;
}

/** What is alive at the chosen event; the script writes this table anew. */
function renderLive(map: MapReport): Markup {
  const groups = liveGroups(map.lives, map.floorEvent);
  const total = groups.reduce((sum, group) => sum + group.bytes, 0);
  return markup`<div class="scroll" role="region" aria-label="Alive at the chosen event" tabindex="0"><table class="alive">
<caption><span class="at">Event ${map.floorEvent} of ${map.events.length}: ${map.events[map.floorEvent] ?? ""}</span> – <strong class="total" data-total="${total}">${groupDigits(total)} B alive</strong> ${badge("counted", "lives of the plan at this event")}</caption>
<thead><tr><th scope="col">Alive</th><th scope="col">Rows</th><th scope="col" class="num">Bytes</th></tr></thead>
<tbody>${groups.map((group) => renderGroup(map, group))}</tbody></table></div>`;
}

function renderGroup(map: MapReport, group: LiveGroup): Markup {
  const owner = ownerClass(ownersOf(map.lives).indexOf(group.owner));
  const isRow = group.kind === "row";
  return markup`<tr><th scope="row"><i class="swatch ${owner}${isRow ? "" : " scratch"}"></i>${group.owner}</th><td>${isRow ? formatRuns(group.rows) : kindName(group.kind)}</td><td class="num">${groupDigits(group.bytes)} B</td></tr>`;
}

/** The drawing in one line an owner. */
function renderOwners(map: MapReport): Markup {
  const caption = `${map.title}: what the drawing shows, by owner`;
  const rows = ownersOf(map.lives).flatMap((owner) =>
    (["row", "scratch", "accumulators", "resident"] as const).map((kind) => {
      const lives = map.lives.filter((life) => life.owner === owner && life.kind === kind);
      if (lives.length === 0) return nothing;
      const low = Math.min(...lives.map((life) => life.offset));
      const high = Math.max(...lives.map((life) => life.offset + life.bytes));
      const first = Math.min(...lives.map((life) => life.first));
      const last = Math.max(...lives.map((life) => life.last));
      return markup`<tr><th scope="row">${owner}</th><td>${kindName(kind)}</td><td class="num">${lives.length}</td><td class="num">${groupDigits(low)}–${groupDigits(high - 1)}</td><td class="num">${groupDigits(high - low)} B</td><td class="num">${first}–${last}</td></tr>
`;
    }),
  );
  return scrollBox(
    caption,
    markup`<table class="by-owner"><caption>${caption} ${badge("counted", "lives of the plan")}</caption>
<thead><tr><th scope="col">Owner</th><th scope="col">What</th><th scope="col" class="num">Lives</th><th scope="col" class="num">Addresses</th><th scope="col" class="num">Span</th><th scope="col" class="num">Events</th></tr></thead>
<tbody>${rows}</tbody></table>`,
  );
}

/** Every rectangle and every event as a row. */
function renderLives(map: MapReport): Markup {
  const lives = map.lives.map(
    (life) =>
      markup`<tr><th scope="row">${life.owner}</th><td>${life.kind === "row" ? `row ${life.row}` : kindName(life.kind)}</td><td class="num">${life.offset}</td><td class="num">${life.bytes}</td><td class="num">${life.first}</td><td class="num">${life.last}</td></tr>
`,
  );
  const events = map.events.map(
    (event, i) => markup`<tr><th scope="row" class="num">${i}</th><td>${event}</td></tr>
`,
  );
  return markup`<details><summary>All ${map.lives.length} lives and all ${map.events.length} events</summary>
${scrollBox(
  `${map.title}: every life`,
  markup`<table class="every-life"><caption>${map.title}: every life ${badge("counted", "lives of the plan")}</caption>
<thead><tr><th scope="col">Owner</th><th scope="col">What</th><th scope="col" class="num">Address</th><th scope="col" class="num">Bytes</th><th scope="col" class="num">First event</th><th scope="col" class="num">Last event</th></tr></thead>
<tbody>${lives}</tbody></table>`,
)}
${scrollBox(
  `${map.title}: every event`,
  markup`<table class="every-event"><caption>${map.title}: every event</caption>
<thead><tr><th scope="col" class="num">Event</th><th scope="col">What happens</th></tr></thead>
<tbody>${events}</tbody></table>`,
)}
</details>`;
}
