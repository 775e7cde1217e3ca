/** Why a run was refused with `Stop.Exception`: numbers that no exception has. */
export const enum Cause {
  DivisionByZero = 256,
  ArmState = 257,
  Breakpoint = 258,
  FloatOff = 259,
  BadReturn = 260,
  Reset = 261,
  NoHandler = 262,
}
