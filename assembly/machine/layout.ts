/** Where this module keeps its tables in its own memory, and the unit in which address space is mapped. */

export const GRANULE_BITS: u32 = 10;
export const GRANULE: u32 = 1024;
/** How long accesses to up to 16 regions take, 32 bytes each. */
export const TIMINGS: u32 = 0x10000;
/** The instruction set's registers: up to 4 KiB. */
export const REGISTER_FILE: u32 = 0x11000;
/** A granule's mapping: 4 Mi entries of 4 bytes. */
export const GRANULES: u32 = 0x100000;
/** A granule's decoded instructions: 4 Mi pointers. */
export const CODE_PAGES: u32 = 0x1100000;
/** From here on memory is handed out. */
export const FREE: u32 = 0x2100000;
