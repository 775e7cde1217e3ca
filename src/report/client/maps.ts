import type { MapReport } from "../data.ts";
import { formatRuns, groupDigits } from "../format.ts";
import { describeLife, kindName, liveGroups, ownersOf } from "../live.ts";
import { ownerClass } from "../map-drawing.ts";

/** Brings the memory maps to life: one at a time, a slider over events, tooltips. Runs in the page (see script.ts). */

export function wireMaps(maps: readonly MapReport[]): void {
  const choice = document.querySelector<HTMLSelectElement>("#map-choice");
  if (!choice) return;
  const panels = Array.from(document.querySelectorAll<HTMLElement>(".map"));
  for (const panel of panels) wireMap(panel, maps[Number(panel.dataset["map"])]!);
  const show = (): void => {
    for (const panel of panels) panel.hidden = panel.id !== choice.value;
  };
  choice.addEventListener("change", show);
  show();
}

export function wireMap(panel: HTMLElement, map: MapReport): void {
  const slider = panel.querySelector<HTMLInputElement>("input[type=range]")!;
  const show = (): void => {
    showEvent(panel, map, Number(slider.value));
  };
  slider.addEventListener("input", show);
  panel.querySelector(".to-floor")!.addEventListener("click", () => {
    slider.value = String(map.floorEvent);
    show();
  });
  wirePlay(panel.querySelector<HTMLButtonElement>(".play")!, slider, show);
  wireLives(panel, map);
  show();
}

/** Moves the cursor to an event and lists what is alive there. */
export function showEvent(panel: HTMLElement, map: MapReport, event: number): void {
  for (const line of panel.querySelectorAll(".cursor")) {
    line.setAttribute("x1", String(event + 0.5));
    line.setAttribute("x2", String(event + 0.5));
  }
  const groups = liveGroups(map.lives, event);
  const owners = ownersOf(map.lives);
  const total = groups.reduce((sum, group) => sum + group.bytes, 0);
  const name = map.events[event] ?? "";
  const slider = panel.querySelector("input[type=range]")!;
  slider.setAttribute("aria-valuetext", `event ${event}: ${name}; ${total} bytes alive`);
  panel.querySelector(".at")!.textContent = `Event ${event} of ${map.events.length}: ${name}`;
  const sum = panel.querySelector<HTMLElement>(".total")!;
  sum.textContent = `${groupDigits(total)} B alive`;
  sum.dataset["total"] = String(total);
  const rows = groups.map((group) => {
    const row = document.createElement("tr");
    const head = row.appendChild(document.createElement("th"));
    head.scope = "row";
    const swatch = head.appendChild(document.createElement("i"));
    swatch.className = `swatch ${ownerClass(owners.indexOf(group.owner))}`;
    if (group.kind !== "row") swatch.classList.add("scratch");
    head.append(group.owner);
    row.insertCell().textContent = group.kind === "row" ? formatRuns(group.rows) : kindName(group.kind);
    const bytes = row.insertCell();
    bytes.className = "num";
    bytes.textContent = `${groupDigits(group.bytes)} B`;
    return row;
  });
  panel.querySelector(".alive tbody")!.replaceChildren(...rows);
}

/** Steps through the events; a reader who asked for less motion has no play button (see the style sheet). */
export function wirePlay(button: HTMLButtonElement, slider: HTMLInputElement, show: () => void): void {
  let timer: number | undefined;
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    button.textContent = "Play";
    button.setAttribute("aria-pressed", "false");
  };
  const step = (): void => {
    if (slider.value === slider.max) {
      stop();
      return;
    }
    slider.stepUp();
    show();
  };
  button.addEventListener("click", () => {
    if (timer !== undefined) {
      stop();
      return;
    }
    if (slider.value === slider.max) slider.value = "0";
    timer = window.setInterval(step, 150);
    button.textContent = "Pause";
    button.setAttribute("aria-pressed", "true");
  });
  slider.addEventListener("keydown", stop);
  slider.addEventListener("pointerdown", stop);
}

/** Tooltips by pointer and by keyboard: the drawing is one tab stop, arrow keys go from life to life. */
export function wireLives(panel: HTMLElement, map: MapReport): void {
  const tip = panel.querySelector<HTMLElement>(".tip")!;
  const shapes = Array.from(panel.querySelectorAll<SVGRectElement>("rect[data-life]"));
  const hide = (): void => {
    tip.hidden = true;
  };
  for (const [i, shape] of shapes.entries()) {
    shape.setAttribute("role", "img");
    shape.setAttribute("aria-label", describeLife(map.lives[i]!));
    shape.setAttribute("tabindex", i === 0 ? "0" : "-1");
    const show = (): void => {
      showTip(panel, tip, shape);
    };
    shape.addEventListener("pointerenter", show);
    shape.addEventListener("focus", show);
    shape.addEventListener("pointerleave", hide);
    shape.addEventListener("blur", hide);
    shape.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hide();
      const forward = event.key === "ArrowRight" || event.key === "ArrowUp";
      if (!forward && event.key !== "ArrowLeft" && event.key !== "ArrowDown") return;
      event.preventDefault();
      const next = shapes[(i + (forward ? 1 : shapes.length - 1)) % shapes.length]!;
      shape.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    });
  }
}

/** Puts the tooltip above the shape, inside the panel. */
export function showTip(panel: HTMLElement, tip: HTMLElement, shape: SVGRectElement): void {
  tip.textContent = shape.getAttribute("aria-label");
  tip.hidden = false;
  const box = panel.getBoundingClientRect();
  const target = shape.getBoundingClientRect();
  const middle = target.left + target.width / 2 - box.left - tip.offsetWidth / 2;
  tip.style.left = `${Math.max(8, Math.min(middle, box.width - tip.offsetWidth - 8))}px`;
  tip.style.top = `${target.top - box.top - tip.offsetHeight - 6}px`;
}
