export function executeDsp(entry: u32): void {
  unreachable();
}
