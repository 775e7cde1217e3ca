import type { Image } from "../load/image.ts";

/**
 * The image as large as it must be to cover `height` × `width`, cut to that size around its middle: torchvision's
 * Resize (bilinear, antialiased) and CenterCrop.
 */
export function cover(image: Image, height: number, width: number): Image {
  const scale = Math.max(height / image.height, width / image.width);
  const rows = tapsAlong(image.height, height, scale);
  const columns = tapsAlong(image.width, width, scale);
  const narrow = new Float64Array(image.height * width * 3);
  for (let y = 0; y < image.height; y++)
    columns.forEach(({ from, weights }, x) =>
      weights.forEach((weight, k) => {
        for (let rgb = 0; rgb < 3; rgb++)
          narrow[(y * width + x) * 3 + rgb]! += weight * image.data[(y * image.width + from + k) * 3 + rgb]!;
      }),
    );
  const data = new Uint8Array(height * width * 3);
  rows.forEach(({ from, weights }, y) => {
    for (let i = 0; i < width * 3; i++) {
      const value = weights.reduce((sum, weight, k) => sum + weight * narrow[(from + k) * width * 3 + i]!, 0);
      data[y * width * 3 + i] = Math.round(value);
    }
  });
  return { height, width, data };
}

interface Taps {
  readonly from: number;
  readonly weights: readonly number[];
}

/** For each place kept along an axis, the source places under a triangle as wide as two target places, or two of its own. */
function tapsAlong(size: number, kept: number, scale: number): readonly Taps[] {
  const reach = Math.max(1 / scale, 1);
  const cut = (size * scale - kept) / 2;
  return Array.from({ length: kept }, (_, at) => {
    const center = (at + cut + 0.5) / scale - 0.5;
    const from = Math.max(Math.ceil(center - reach), 0);
    const to = Math.min(Math.floor(center + reach), size - 1);
    const raw = Array.from({ length: to - from + 1 }, (_, k) => reach - Math.abs(from + k - center));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { from, weights: raw.map((weight) => weight / total) };
  });
}
