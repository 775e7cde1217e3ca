/** Networks made up for calibration: the range of sizes there is of each layer, several chains to a network. */
const chains: readonly (readonly string[])[] = [
  [
    "16x16x3 | conv 3x3 8 p1 | relu | conv 3x3 16 p1 | relu | maxpool 2 | conv 3x3 24 p1 s2 | relu | flatten | linear 10",
    "16x16x8 | conv 3x3 8 p1 g8 | relu | conv 1x1 16 | relu | conv 3x3 16 p1 s2 g16 | relu | conv 1x1 32 | relu | avgpool 8 | flatten | linear 10",
    "12x12x16 | conv 3x3 16 p1 | relu | conv 3x3 32 p1 s2 | relu | conv 3x3 8 p1 | relu | flatten | linear 64 | relu | linear 5",
    "1x1x320 | flatten | linear 64 | relu | linear 100 | relu | linear 8 | relu | linear 48 | relu | linear 256",
    "9x9x64 | conv 3x3 64 p1 g64 | relu | conv 1x1 32 | relu | conv 3x3 32 g32 | relu | conv 3x3 16 | flatten | linear 11 | softmax",
    "15x15x5 | conv 3x3 7 | relu | conv 3x3 9 s2 | relu | conv 1x1 11 | relu | maxpool 3 s1 p1 | flatten | linear 13",
  ],
  [
    "20x20x1 | conv 5x5 6 | relu | maxpool 2 | conv 5x5 16 | relu | conv 3x3 20 p1 | relu | flatten | linear 40 | relu | linear 12",
    "24x24x4 | conv 1x1 8 | relu | conv 1x1 24 | relu | conv 1x1 16 | conv 1x1 40 s2 | relu | avgpool 2 | flatten | linear 33",
    "16x16x6 | conv 3x3 12 p1 | relu | as a | conv 3x3 12 p1 | add a | relu | as b | conv 3x3 12 p1 | add b | relu | avgpool 4 | flatten | linear 10 | softmax",
    "12x12x24 | conv 3x3 24 p1 g24 | relu | conv 1x1 48 | relu | conv 3x3 48 p1 g48 s2 | relu | conv 5x5 48 p2 g48 | relu | flatten | linear 6",
    "28x28x1 | conv 3x3 4 p1 | relu | maxpool 2 | conv 3x3 8 p1 | relu | maxpool 2 | conv 3x3 16 p1 | relu | flatten | linear 10",
    "1x1x96 | flatten | linear 96 | relu | linear 32 | relu | linear 200",
  ],
  [
    "14x10x8 | conv 5x5 8 p2 | relu | maxpool 3 s2 | conv 5x5 12 p2 | relu | maxpool 2 | flatten | linear 20",
    "10x10x32 | conv 1x1 32 | relu | conv 1x1 64 | relu | conv 1x1 16 | flatten | linear 8",
    "30x8x1 | conv 10x4 16 s2 p4,5,1,2 | relu | conv 3x3 16 p1 g16 | relu | conv 1x1 20 | relu | avgpool 5x2 | flatten | linear 12 | softmax",
    "18x18x10 | conv 4x4 20 s2 p1 | relu | conv 2x2 14 | relu | conv 7x7 5 p3 | relu | maxpool 2 | flatten | linear 24 | relu | linear 3 | softmax",
    "11x13x12 | conv 3x3 20 p1 | relu | conv 3x3 28 | relu | avgpool 3 s2 | conv 1x1 10 | softmax",
    "8x8x40 | conv 3x3 40 p1 | relu | conv 3x3 20 p1 | relu | as c | conv 1x1 20 | add c | avgpool 2 | flatten | linear 30",
  ],
  [
    "20x20x3 | conv 5x5 16 p2 | relu | maxpool 2 | conv 5x5 24 p2 | relu | maxpool 2 | conv 5x5 32 p2 | relu | maxpool 2 | flatten | linear 16",
    "14x14x12 | conv 3x3 32 p1 | relu | maxpool 2 | conv 3x3 48 p1 | relu | maxpool 2 | flatten | linear 10",
    "22x22x1 | conv 5x5 10 | relu | maxpool 2 | conv 5x5 20 | relu | maxpool 2 | flatten | linear 30",
    "18x18x5 | conv 5x5 14 | relu | maxpool 2 | conv 5x5 6 | relu | maxpool 2 | flatten | linear 12",
  ],
];

/** In the words of the tests' networks, one a text: every chain has an input and an output of its own. */
export const synthetic: readonly string[] = chains.map((texts) => {
  const [first, ...others] = texts;
  const rest = others.map((text, i) => {
    const [shape, ...layers] = text.split(" | ");
    return `in${i + 2} ${shape!} as in${i} | from in${i} | ${layers.join(" | ")} | as end${i}`;
  });
  const outputs = others.slice(0, -1).map((_, i) => `out end${i}`);
  return [`in ${first!} | as first`, ...rest, "out first", ...outputs].join(" | ");
});
