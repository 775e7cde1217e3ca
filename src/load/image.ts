/** PNG and JPEG files as plain pixels. */
import { convertIndexedToRgb, decode as decodePng, hasPngSignature } from "fast-png";
import { decode as decodeJpeg } from "jpeg-js";
import { CompileError } from "../error.ts";

/** Bytes in the order rows, columns, red green blue. */
export interface Image {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

const mostMegapixels = 64;
const mostMegabytes = 1024;

/**
 * 8 and 16 bit PNG (grey, colour, palette) and JPEG. Grey is repeated in all three channels, 16 bits become their upper 8,
 * transparency is ignored.
 *
 * @throws CompileError at other, damaged or too large files.
 */
export function decodeImage(bytes: Uint8Array): Image {
  try {
    return hasPngSignature(bytes) ? readPng(bytes) : readJpeg(bytes);
  } catch (error) {
    if (error instanceof CompileError) throw error;
    const { message } = error as Error;
    throw new CompileError(`is no PNG or JPEG that can be read (${message}); save it again as PNG`);
  }
}

function readPng(bytes: Uint8Array): Image {
  refuseHuge(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const png = decodePng(bytes);
  const { width, height } = png;
  if (png.palette) return { width, height, data: toRgb(convertIndexedToRgb(png), png.palette[0]!.length, 8) };
  if (png.depth < 8) throw new CompileError(`is a grey PNG of ${png.depth} bits; save it with 8 bits`);
  return { width, height, data: toRgb(png.data, png.channels, png.depth) };
}

/** The header says how much memory the pixels take, before any is given to them. */
function refuseHuge(header: DataView): void {
  const megapixels = (header.getUint32(16) * header.getUint32(20)) / 1e6;
  if (megapixels > mostMegapixels)
    throw new CompileError(`has ${Math.ceil(megapixels)} megapixels; make it smaller than ${mostMegapixels}`);
}

function readJpeg(bytes: Uint8Array): Image {
  const { width, height, data } = decodeJpeg(bytes, {
    useTArray: true,
    maxResolutionInMP: mostMegapixels,
    maxMemoryUsageInMB: mostMegabytes,
  });
  return { width, height, data: toRgb(data, 4, 8) };
}

function toRgb(pixels: ArrayLike<number>, channels: number, depth: number): Uint8Array {
  const isGrey = channels < 3;
  const out = new Uint8Array((pixels.length / channels) * 3);
  for (let pixel = 0; pixel < out.length / 3; pixel++)
    for (let rgb = 0; rgb < 3; rgb++)
      out[pixel * 3 + rgb] = pixels[pixel * channels + (isGrey ? 0 : rgb)]! >> (depth - 8);
  return out;
}
