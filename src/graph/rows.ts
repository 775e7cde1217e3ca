/** Rows [from, to) of a tensor. */
export interface RowRange {
  readonly tensor: string;
  readonly from: number;
  readonly to: number;
}

/** One call of a row kernel: the rows it must find in memory and the row of its output it leaves there. */
export interface RowStep {
  readonly reads: readonly RowRange[];
  readonly writes: number;
}
