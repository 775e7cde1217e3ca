export function executeFloat(entry: u32): void {
  unreachable();
}
