/** Pixel shuffles in one node. */
import { spatialInput } from "../../aten/forms.ts";
import { fail } from "../../aten/operator.ts";
import { shufflePixels } from "../../aten/split-view.ts";
import { activationInput, integerAttribute, textAttribute, type OnnxOperator } from "../call.ts";

export const shuffles: Readonly<Record<string, OnnxOperator>> = {
  DepthToSpace: {
    run: (given) => {
      const call = { ...given, operation: "pixel_shuffle" };
      const input = spatialInput(call, activationInput(call, 0), 2);
      const factor = integerAttribute(call, "blocksize", 0);
      const depth = input.shape[1]! / factor ** 2;
      if (factor < 1 || !Number.isInteger(depth))
        return fail(call, `blocksize ${factor} does not divide its ${input.shape[1]} channels`);
      return shufflePixels(call, input, factor, textAttribute(call, "mode", "DCR") === "DCR");
    },
  },
};
