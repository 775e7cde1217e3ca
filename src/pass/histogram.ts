/** How values are spread, in bins that grow with them, so that no value need be kept. */

const bins = 4096;
const half = bins / 2;

export class Histogram {
  /** Values that are not 0, by where they lie in [−reach, reach). */
  private readonly counts = new Float64Array(bins);
  /** A power of two above every magnitude added. */
  private reach = 0;
  private zeros = 0;

  /** @param largest The greatest magnitude among `values`, which are finite. */
  add(values: ArrayLike<number>, largest: number): void {
    if (largest >= this.reach) this.widen(2 ** (Math.floor(Math.log2(largest)) + 1));
    const perUnit = half / this.reach;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value === 0) this.zeros++;
      else this.counts[Math.min(Math.floor(value * perUnit) + half, bins - 1)]!++;
    }
  }

  /** The value below which this part of all values lies, to the width of a bin. */
  quantile(part: number): number {
    const wanted = part * (this.zeros + this.counts.reduce((sum, n) => sum + n, 0));
    let sum = 0;
    for (let i = 0; i < bins; i++) {
      if (i === half) sum += this.zeros;
      if (sum >= wanted) return this.edge(i);
      sum += this.counts[i]!;
      if (sum >= wanted) return this.edge(i < half ? i : i + 1);
    }
    return this.reach;
  }

  /**
   * Mean squared error of the values on 255 even steps from `min` to `max`: step² / 12 for those inside that are not 0,
   * the squared distance for those outside.
   */
  squaredError(min: number, max: number): number {
    const rounding = ((max - min) / 255) ** 2 / 12;
    let error = 0;
    this.counts.forEach((count, i) => {
      if (count === 0) return;
      const value = this.edge(i + 0.5);
      const outside = Math.max(value - max, min - value, 0);
      error += count * (rounding + outside * outside);
    });
    return error;
  }

  private edge(bin: number): number {
    return ((bin - half) / half) * this.reach;
  }

  /** Bins merge in powers of two, so that none is split. */
  private widen(reach: number): void {
    const shrink = this.reach / reach;
    this.reach = reach;
    if (shrink === 0) return;
    const old = this.counts.slice();
    this.counts.fill(0);
    old.forEach((count, i) => {
      this.counts[Math.floor((i - half) * shrink) + half]! += count;
    });
  }
}
