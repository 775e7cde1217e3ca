/** `features.0` as `features_0`, `0.conv2d` as `n0_conv2d`: a name both C and AssemblyScript accept in longer names. */
export function identifier(name: string): string {
  const word = name.replaceAll(/[^A-Za-z0-9_]/g, "_");
  return /^[A-Za-z]/.test(word) ? word : `n${word}`;
}
