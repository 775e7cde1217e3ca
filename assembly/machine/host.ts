/** What the host answers: everything outside mapped memory, and semihosting. It calls `refuse` to stop the run. */

/** Gives 1, 2 or 4 bytes of a device, zero-extended. */
// @ts-ignore: decorator
@external("host", "deviceLoad")
export declare function deviceLoad(address: u32, bytes: u32): u32;

// @ts-ignore: decorator
@external("host", "deviceStore")
export declare function deviceStore(address: u32, bytes: u32, value: u32): void;

/** Arm's semihosting, which RISC-V shares: operation and its argument in, result out. */
// @ts-ignore: decorator
@external("host", "semihosting")
export declare function semihosting(operation: u32, argument: u32): u32;
