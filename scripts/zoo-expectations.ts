/** What becomes of every file of the model zoo, which is not part of the project: the answers `check-zoo.ts` holds it to. */

/** A file loads and computes what PyTorch did, or is refused with these words. */
export type Answer =
  | { readonly kind: "values"; readonly tolerance: number }
  /** Quantised: at most so many steps of its output's scale from what PyTorch's engine computed. */
  | { readonly kind: "bytes"; readonly steps: number }
  | { readonly kind: "refused"; readonly words: RegExp };

const exact: Answer = { kind: "values", tolerance: 1e-4 };
const refused = (words: RegExp): Answer => ({ kind: "refused", words });

/** By the first pattern that fits `NETWORK/FILE`; all others load and are exact. */
const zooAnswers: readonly (readonly [RegExp, Answer])[] = [
  // PyTorch 1.13's exporter cut the biases off to integers, towards zero: the file is not quite the network
  // PyTorch ran. ONNX Runtime is as far from it (onnxruntime-web: two steps in 2 and 1 of 160 outputs, as here).
  [/^resnet8\/fx_.*\.onnx$/, { kind: "bytes", steps: 2 }],
  [/\/(q_|qat_|fx_).*\.onnx$/, { kind: "bytes", steps: 1 }],
  [/\.onnx$/, exact],
  [/fx_graphmodule/, refused(/pickled FX graph/)],
  [
    /\/(q_|qat_|fx_).*\.state_dict\.pth$/,
    refused(/state_dict of a quantised model, its layers' order unknown/),
  ],
  [/\/q_.*\.module\.pt$/, refused(/whole-module pickle of class __main__\.QW .*not in the file/)],
  [/\/q_dynamic.*\.pt$/, { kind: "values", tolerance: 0.05 }],
  // QNNPACK computed as we do, oneDNN keeps biases real.
  [/\/(q_|qat_|fx_).*qnnpack.*\.pt$/, { kind: "bytes", steps: 0 }],
  [/\/(q_|qat_|fx_).*\.pt$/, { kind: "bytes", steps: 1 }],
  [/\/model\.half\./, { kind: "values", tolerance: 5e-3 }],
  [/\/model\.bfloat16\./, { kind: "values", tolerance: 3e-2 }],
  [/^(lenet5|cifar_testnet)\/model\.(legacy_nonzip_)?module\.pt$/, exact],
  [
    /\.module\.pt$/,
    refused(/whole-module pickle of class .*forward\(\) is Python code that is not in the file/),
  ],
  [/\.mobile\./, refused(/prepacked.* is not supported; save without .*optimize_for_mobile/)],
  [/\.optimized\./, refused(/mkldnn.* is not supported; save without .*optimize_for_inference/)],
];

export function zooAnswer(network: string, file: string): Answer {
  return zooAnswers.find(([pattern]) => pattern.test(`${network}/${file}`))?.[1] ?? exact;
}

export interface BadFile {
  readonly inputShapes?: readonly (readonly number[])[];
  /** An architecture file of the project's fixtures. */
  readonly arch?: string;
  /** A network of the zoo that it is, and computes. */
  readonly network?: string;
  /** Words of the refusal; where there are none it loads. */
  readonly words?: RegExp;
  /** Words of a note, of a file that loads. */
  readonly note?: RegExp;
}

/** Answers to `bad/`, some files with more than one question. */
export const badFiles: Readonly<Record<string, readonly BadFile[]>> = {
  "attention.trace.pt": [
    { words: /pass --input/ },
    { inputShapes: [[1, 4, 16]], words: /torch\.layer_norm on 1x4x16 is not supported; use batch_norm/ },
  ],
  "channels_last.script.pt": [{ inputShapes: [[1, 3, 8, 8]] }],
  "data_dependent_if.script.pt": [
    {
      inputShapes: [[1, 1, 16, 16]],
      words: /data-dependent control flow in Ctl\.forward, line \d+: .*torch\.jit\.trace/,
    },
  ],
  "deflated.pth": [{ words: /but no architecture/ }, { arch: "lenet5", network: "lenet5" }],
  "dynamic_hw.onnx": [
    { words: /input input is \[N,3,H,W\] in the file: pass --input 1x3x16x16/ },
    { inputShapes: [[1, 3, 16, 16]] },
  ],
  "empty.pt": [{ words: /empty file \(0 bytes\)/ }],
  "external_data.onnx": [{}],
  "fft.script.pt": [{ inputShapes: [[1, 8]], words: /torch\.fft_fft on 1x8 is not supported/ }],
  "git_lfs_pointer.onnx": [{ words: /Git LFS pointer \(130 bytes\).*git lfs pull/ }],
  "lstm.onnx": [{ words: /\/l\/LSTM: operator LSTM is not supported; use convolutions over time/ }],
  "lstm.script.pt": [
    {
      inputShapes: [[1, 5, 8]],
      words: /l lstm: torch\.lstm on 1x5x8 is not supported; use convolutions over time/,
    },
  ],
  "malicious_global.pth": [{ words: /refused: pickle references posix\.system/ }],
  "missing_storage.pth": [
    { words: /but no architecture/ },
    { arch: "lenet5", words: /its storage 4 is missing from the file/ },
  ],
  "nan_weights.script.pt": [
    { inputShapes: [[1, 1, 32, 32]], words: /0\.weight: 1 of 150 values is NaN or infinite/ },
  ],
  "short_storage.pth": [
    { arch: "lenet5", words: /needs \d+ bytes of storage 4, which has 100; the file is damaged/ },
  ],
  "tied_weights.script.pt": [{ inputShapes: [[1, 8]] }],
  "train_mode.onnx": [
    { words: /exported in training mode: call model\.eval\(\) before torch\.onnx\.export/ },
  ],
  "train_mode_bn.script.pt": [{ inputShapes: [[1, 3, 32, 32]], note: /saved in training mode/ }],
  "truncated.pt": [{ words: /truncated zip archive: \d+ bytes/ }],
  "two_inputs.script.pt": [
    { words: /takes 2 inputs \(x, y\), and the file does not tell their shapes/ },
    {
      inputShapes: [
        [1, 4],
        [1, 6],
      ],
    },
  ],
  "views_noncontiguous.pth": [{ arch: "lenet5" }],
};
