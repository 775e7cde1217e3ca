/** How a convolution by a sliding window is written: each step of it a switch of its own. None changes a byte. */
export interface WindowOptions {
  /** Products an instruction: 2 where there is one that multiplies two halves of a word and adds both, else 1. */
  readonly lanes: 1 | 2;
  /** Columns of the convolution computed at once. */
  readonly columns: number;
  /** Groups of so many columns that share a patch, at most: more of them expand less and need more memory. */
  readonly groups: number;
  /** Output channels computed at once. Two lanes have them in turn, in pairs that share words of weights. */
  readonly outputs: number;
  /** Steps of a sum in one turn of the innermost loop, at most. */
  readonly unroll: number;
  /** What the columns of a block share: nothing, each weight, or each weight and each element of the patch. */
  readonly reuse: "nothing" | "weights" | "window";
  /** Products in the order of the inputs, or of the weights, which takes fewer registers; where both are shared. */
  readonly order: "inputs" | "weights";
  /** The maximum of a pooling window is taken of sums, so that only one of them is requantised. */
  readonly poolOnSums: boolean;
  /** What a ReLU follows is rounded once, where its multipliers allow it. */
  readonly roundOnce: boolean;
}
