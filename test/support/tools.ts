/** How much is tested, and what may be passed over for want of a tool. */

/** With PINGPOOL_FULL=1 the agreement tests run every combination; else a sample by rotation. */
export const full = process.env["PINGPOOL_FULL"] === "1";

/**
 * The `skip` of a test: why it cannot run, or false. `missing` is empty where all tools are there. With
 * PINGPOOL_FORBID_SKIP=1 a missing tool is an error.
 */
export function skipFor(missing: string): string | false {
  if (missing === "") return false;
  if (process.env["PINGPOOL_FORBID_SKIP"] === "1")
    throw new Error(`${missing}, and PINGPOOL_FORBID_SKIP=1 forbids skipping`);
  return missing;
}
