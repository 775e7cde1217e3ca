/** Adds to a 64-bit count of an entry. */
// @ts-ignore: decorator
@inline
export function add64(entry: u32, value: u64, offset: u32): void {
  store<u64>(entry + offset, load<u64>(entry + offset) + value);
}
