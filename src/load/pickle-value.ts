/**
 * What a pickle can hold once it is read: plain data, tensors, and inert records of the Python objects named in it.
 * Nothing here can run; an object is the name of its class and the state that was saved.
 */

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleList
  | PickleTuple
  | PickleDict
  | PickleGlobal
  | PickleObject
  | PickleStorage
  | PickleTensor;

export interface PickleList {
  readonly kind: "list";
  readonly items: PickleValue[];
}

export interface PickleTuple {
  readonly kind: "tuple";
  readonly items: readonly PickleValue[];
}

export interface PickleDict {
  readonly kind: "dict";
  readonly entries: Map<PickleValue, PickleValue>;
}

/** A Python class or function, by name only. */
export interface PickleGlobal {
  readonly kind: "global";
  readonly module: string;
  readonly name: string;
}

export interface PickleObject {
  readonly kind: "object";
  readonly type: PickleGlobal;
  /** Whether Python would have called `type` as a function; it is never called here. */
  readonly isCall: boolean;
  state: PickleValue;
}

export const itemBytes = {
  FloatStorage: 4,
  DoubleStorage: 8,
  HalfStorage: 2,
  BFloat16Storage: 2,
  LongStorage: 8,
  IntStorage: 4,
  ShortStorage: 2,
  CharStorage: 1,
  ByteStorage: 1,
  BoolStorage: 1,
  QInt8Storage: 1,
  QUInt8Storage: 1,
  QInt32Storage: 4,
} as const;

export type StorageType = keyof typeof itemBytes;

/** A run of numbers kept in an entry of its own, by PyTorch's name of its element type. */
export interface PickleStorage {
  readonly kind: "storage";
  readonly type: StorageType;
  /** Name of the archive's entry that holds the bytes. */
  readonly record: string;
  readonly key: string;
}

/** A strided view of a storage; offset and strides in elements. */
export interface PickleTensor {
  readonly kind: "tensor";
  readonly storage: PickleStorage;
  readonly offset: number;
  readonly size: readonly number[];
  readonly stride: readonly number[];
  /** Of quantised tensors: real = scale × (q − zero point). */
  readonly quantization?: TensorQuantization;
}

/** One scale and zero point, or tensors that hold one of each for every place along `axis`. */
export type TensorQuantization =
  | { readonly scale: number; readonly zeroPoint: number }
  | { readonly scale: PickleTensor; readonly zeroPoint: PickleTensor; readonly axis: number };

export function globalName(value: PickleGlobal): string {
  return `${value.module}.${value.name}`;
}

export function isStorageType(name: string): name is StorageType {
  return Object.hasOwn(itemBytes, name);
}
