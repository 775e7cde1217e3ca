/**
 * Says by content, never by extension, what kind of file a user gave us; what is not a zip archive ends here.
 * Of the zip archives, `torchscript.ts` and `torch-save.ts` read the kinds they are named for.
 */
import { CompileError } from "../error.ts";

/** What a zip archive turned out to hold. */
export type ZipKind = "torchscript" | "torchSave" | "mobile" | "torchscript1" | "exported" | "unknown";

const traceAdvice = 'not yet supported, save with torch.jit.trace(model.eval(), example).save("model.pt")';

/** Bytes of `torch.save` before PyTorch 1.6: a pickle of the number 0x1950a86a20f9469cfc6c. */
const legacyMagic = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** Returns how to read the file, or throws a sentence that says what it is. */
export function sniffContainer(bytes: Uint8Array): "zip" | "legacyTorchSave" | "gzip" | "onnx" {
  if (bytes.length === 0) throw new CompileError("empty file (0 bytes); download or save it again");
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) return "zip";
  if (startsWith(bytes, legacyMagic)) return "legacyTorchSave";
  if (startsWith(bytes, [0x1f, 0x8b])) return "gzip";
  if (looksLikeOnnx(bytes)) return "onnx";
  throw new CompileError(describe(bytes));
}

function describe(bytes: Uint8Array): string {
  const size = `${bytes.length} bytes`;
  const text = ascii(bytes, 0, 64).trimStart().toLowerCase();
  if (text.startsWith("version https://git-lfs")) {
    return `Git LFS pointer (${size}) instead of the model; run git lfs pull`;
  }
  if (text.startsWith("<!doctype") || text.startsWith("<html")) {
    return `web page (${size}) instead of the model; the download went wrong`;
  }
  if (ascii(bytes, 4, 4) === "TFL3") return `TensorFlow Lite model (${size}): ${traceAdvice}`;
  if (/^ET1\d$/.test(ascii(bytes, 4, 4))) return `ExecuTorch program (${size}): ${traceAdvice}`;
  if (startsWith(bytes, [0x89, 0x48, 0x44, 0x46]))
    return `HDF5 file, perhaps Keras (${size}): ${traceAdvice}`;
  if (startsWith(bytes, [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59])) return `NumPy array (${size}), not a model`;
  if (bytes[0] === 0x80 && (bytes[1] ?? 9) <= 5)
    return `bare Python pickle (${size}), never read; ${traceAdvice}`;
  const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `not a model file known here (${size}, starting ${start}); save with torch.jit.trace(...).save("model.pt")`;
}

/** ModelProto: field 1, the IR version, a small varint; then another field of the message. */
function looksLikeOnnx(bytes: Uint8Array): boolean {
  const next = bytes[2] ?? 0;
  return bytes[0] === 0x08 && (bytes[1] ?? 99) < 32 && [0x12, 0x1a, 0x22, 0x3a, 0x42].includes(next);
}

/** Which file a zip archive is, by the names of its entries. */
export function sniffZip(names: readonly string[]): ZipKind {
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  if (has(/(^|\/)archive_format$/) || has(/(^|\/)serialized_exported_program\.json$/)) return "exported";
  if (has(/(^|\/)code\//) && has(/(^|\/)data\.pkl$/)) return "torchscript";
  if (has(/(^|\/)bytecode\.pkl$/)) return "mobile";
  if (has(/(^|\/)model\.json$/)) return "torchscript1";
  return has(/(^|\/)data\.pkl$/) ? "torchSave" : "unknown";
}

/** The sentence for a zip archive that is some other kind of model. */
export function refuseZip(kind: Exclude<ZipKind, "torchscript" | "torchSave" | "exported">): CompileError {
  switch (kind) {
    case "mobile":
      return new CompileError(`lite interpreter model (.ptl) without its source: ${traceAdvice}`);
    case "torchscript1":
      return new CompileError(`TorchScript of PyTorch 1.0 to 1.3: ${traceAdvice} in PyTorch 1.4 or later`);
    case "unknown":
      return new CompileError(
        `zip archive without a model in it; save with torch.jit.trace(...).save("model.pt")`,
      );
  }
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}

function ascii(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}
