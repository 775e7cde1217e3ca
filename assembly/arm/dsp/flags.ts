/** The flags of the application status register that only saturating and parallel instructions touch. */

let q: u32 = 0;
let ge: u32 = 0;

/** Sticky: something was saturated, or an accumulation overflowed. */
export function setQ(): void {
  q = 1;
}

/** 0 or 1. */
export function qFlag(): u32 {
  return q;
}

export function setQTo(value: u32): void {
  q = value & 1;
}

/** Four bits, one a byte of the last parallel result: not negative, carried, or did not borrow. */
export function geFlags(): u32 {
  return ge;
}

export function setGe(bits: u32): void {
  ge = bits & 15;
}
