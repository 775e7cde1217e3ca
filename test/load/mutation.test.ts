import { test } from "node:test";
import { loadOutcome } from "../support/load-outcome.ts";
import { flipBits, pickleLie, swapRuns, truncate, zipLie } from "../support/mutate.ts";
import { archive, fixture, forward } from "./archives.ts";

/** Stored, so that flipped bits reach the code and the pickle instead of a checksum. */
const open = archive(
  forward(
    "y = torch.conv2d(x, self.weight, None, [1, 1], [1, 1])",
    "z = torch.relu_(y)",
    "return torch.flatten(z, 1)",
  ),
  { weight: { size: [1, 1, 3, 3], numbers: [1, 2, 3, 4, 5, 6, 7, 8, 9] } },
);

const files = [
  ["a stored archive", open, [1, 1, 4, 4]],
  ["image.trace.pt", fixture("image.trace.pt"), [1, 3, 6, 7]],
  ["chain.frozen.pt", fixture("chain.frozen.pt"), [1, 2, 12, 12]],
  ["a quantised frozen archive", fixture("../quantized/residual.channel.frozen.pt"), [1, 2, 4, 4]],
  ["a quantised scripted archive", fixture("../quantized/fx.tensor.script.pt"), [1, 1, 6, 6]],
  ["structure.frozen.pt", fixture("structure.frozen.pt"), [1, 2, 6, 6]],
  ["stock.module.pth", fixture("stock.module.pth"), [1, 2, 7, 9]],
  ["stock.legacy_module.pth", fixture("stock.legacy_module.pth"), [1, 2, 7, 9]],
  ["legacy.pth", fixture("legacy.pth"), [1, 4]],
  ["module.pth", fixture("module.pth"), [1, 1, 12, 10]],
] as const;

for (const [name, bytes, inputShape] of files) {
  for (const change of [flipBits, truncate, swapRuns, zipLie, pickleLie]) {
    test(`${name} damaged by ${change.name} is refused in words or gives a valid graph`, () => {
      for (let seed = 0; seed < 60; ++seed)
        loadOutcome(change(bytes, seed), { fileName: `seed ${seed}`, inputShape });
    });
  }
}
