/** Floating point: none of it is decoded, so that its instructions are refused in words. */
export function decodeFloat(entry: u32, word: u32): bool {
  return false;
}
