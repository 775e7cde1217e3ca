/** Least squares with no negative coefficients, drawn a little towards prices that are known beforehand. */

/**
 * Minimises Σ (row · x / target − 1)² + pull · Σ s (x − price)², each s as large as its column, over x ≥ 0: relative errors
 * count, so that small kernels do as much as large ones. Coordinate by coordinate on the normal equations.
 */
export function fitCoefficients(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  prices: readonly number[],
  pull: number,
): number[] {
  const n = prices.length;
  const relative = rows.map((row, i) => row.map((value) => value / targets[i]!));
  const gram = prices.map((_, a) => prices.map((_, b) => sum(relative.map((row) => row[a]! * row[b]!))));
  const right = prices.map((_, a) => sum(relative.map((row) => row[a]!)));
  const x = [...prices];
  for (let turn = 0; turn < 4000; turn++) {
    let moved = 0;
    for (let j = 0; j < n; j++) {
      const own = gram[j]![j]!;
      if (own === 0) continue;
      let rest = right[j]!;
      for (let k = 0; k < n; k++) if (k !== j) rest -= gram[j]![k]! * x[k]!;
      const next = Math.max(0, (rest + pull * own * prices[j]!) / (own * (1 + pull)));
      moved = Math.max(moved, Math.abs(next - x[j]!) * Math.sqrt(own));
      x[j] = next;
    }
    if (moved < 1e-7) break;
  }
  return x;
}

const sum = (list: readonly number[]): number => list.reduce((total, x) => total + x, 0);
