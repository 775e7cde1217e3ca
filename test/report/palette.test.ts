import assert from "node:assert/strict";
import test from "node:test";
import { dark, light, owners, tint } from "../../src/report/palette.ts";

/** Contrast of two colours after WCAG 2.2. */
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** As `color-mix` in sRGB mixes `part` of a colour into another. */
function mix(colour: string, ground: string, part: number): string {
  const channel = (text: string, at: number): number => parseInt(text.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) =>
    Math.round(part * channel(colour, at) + (1 - part) * channel(ground, at)),
  );
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

for (const [name, palette] of Object.entries({ light, dark })) {
  test(`${name}: every text has a contrast of at least 4.5 on its ground`, () => {
    for (const ground of [palette.page, palette.surface]) {
      for (const ink of [palette.text, palette.muted, palette.accent]) {
        assert.ok(contrast(ink, ground) >= 4.5, `${ink} on ${ground}: ${contrast(ink, ground)}`);
      }
    }
    for (const owner of owners) {
      const ground = mix(owner, palette.surface, tint);
      assert.ok(contrast(palette.text, ground) >= 4.5, `${owner}: ${contrast(palette.text, ground)}`);
    }
    for (const [word, [ink, ground]] of Object.entries(palette.how)) {
      assert.ok(contrast(ink, ground) >= 4.5, `${word}: ${contrast(ink, ground)}`);
    }
  });

  test(`${name}: every bar has a contrast of at least 3 on its ground`, () => {
    for (const bar of [palette.strong, palette.soft, palette.better, palette.worse, palette.total]) {
      assert.ok(contrast(bar, palette.surface) >= 3, `${bar}: ${contrast(bar, palette.surface)}`);
    }
  });
}
