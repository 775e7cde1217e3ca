/** Factors that are not negative, by least squares. */

/**
 * The `x` with least sum of squares of `row · x − 1` over the rows, none below 0; pulled a little to `prior`, so that what few rows
 * tell apart stays near it. By descent along one coordinate after the other.
 */
export function factorsOf(rows: readonly (readonly number[])[], prior: number): readonly number[] {
  const length = rows[0]!.length;
  const x = new Array<number>(length).fill(prior);
  const squares = x.map((_, j) => rows.reduce((sum, row) => sum + row[j]! ** 2, 0));
  for (let round = 0; round < rounds; round++) {
    for (let j = 0; j < length; j++) {
      const pull = pullToPrior * squares[j]! + 1e-12;
      let above = pull * prior;
      for (const row of rows) {
        const others = row.reduce((sum, a, k) => (k === j ? sum : sum + a * x[k]!), 0);
        above += row[j]! * (1 - others);
      }
      x[j] = Math.max(0, above / (squares[j]! + pull));
    }
  }
  return x;
}

const rounds = 400;
const pullToPrior = 0.01;
