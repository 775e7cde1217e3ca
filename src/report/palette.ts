import type { Provenance } from "../measurement.ts";

/**
 * The colours of a page, light and dark. `test/report/palette.test.ts` holds every pair of text and ground to a contrast of 4.5.
 *
 * Owners of memory have Paul Tol's "bright" scheme, made for colour-blind readers, and one more.
 */
export interface Palette {
  readonly page: string;
  readonly surface: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
  /** Bars: rows resident and pushed, gains, losses and totals. */
  readonly strong: string;
  readonly soft: string;
  readonly better: string;
  readonly worse: string;
  readonly total: string;
  /** Text and ground of the provenance badges. */
  readonly how: Readonly<Record<Provenance, readonly [string, string]>>;
}

export const light: Palette = {
  page: "#f7f8fa",
  surface: "#ffffff",
  text: "#1b2330",
  muted: "#566071",
  line: "#dde2e9",
  accent: "#1f5796",
  strong: "#1f5a96",
  soft: "#6396cb",
  better: "#1d7f66",
  worse: "#c04f15",
  total: "#76818f",
  how: {
    counted: ["#17634a", "#e2f3ec"],
    estimated: ["#643894", "#f1e9f9"],
    emulated: ["#1b579b", "#e3eefb"],
    measured: ["#824505", "#fbefdf"],
    cited: ["#4d5764", "#ebeef2"],
  },
};

export const dark: Palette = {
  page: "#10141a",
  surface: "#181e26",
  text: "#e7ebf1",
  muted: "#a4aebc",
  line: "#2d3643",
  accent: "#8dbcf3",
  strong: "#74aeee",
  soft: "#4a7cb4",
  better: "#45b394",
  worse: "#ee8a52",
  total: "#8b96a5",
  how: {
    counted: ["#84d9b7", "#16322a"],
    estimated: ["#cdb0f2", "#2d2341"],
    emulated: ["#98c5f7", "#1a2d46"],
    measured: ["#f2ba7c", "#3a2b17"],
    cited: ["#b9c3cf", "#29313b"],
  },
};

export const owners = [
  "#4477aa",
  "#ee6677",
  "#228833",
  "#ccbb44",
  "#66ccee",
  "#aa3377",
  "#ee8866",
  "#999999",
];

/** How much of an owner's colour is in the ground of a box with text; the rest is the surface. */
export const tint = 0.36;

/** The palette as custom properties. */
export function variables(palette: Palette): string {
  const { how, ...plain } = palette;
  const badges = Object.entries(how).map(
    ([word, [ink, ground]]) => `--${word}:${ink};--${word}-ground:${ground}`,
  );
  return [...Object.entries(plain).map(([name, colour]) => `--${name}:${colour}`), ...badges].join(";");
}

/** Rules that colour badges and the owners' rectangles and swatches. */
export function colourRules(): string {
  const badges = Object.keys(light.how).map(
    (word) => `.how.${word}{color:var(--${word});background:var(--${word}-ground)}`,
  );
  const shapes = owners.map(
    (colour, i) => `.o${i}{fill:${colour};stroke:${colour};background-color:${colour};color:${colour}}`,
  );
  return [...badges, ...shapes].join("\n");
}
