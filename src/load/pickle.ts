/**
 * Reads the pickles PyTorch writes, without ever calling anything. A pickle is a program for a stack machine; this
 * machine knows the opcodes PyTorch emits, builds inert values, and stops at everything else with opcode and offset.
 *
 * There is no recursion, so nesting cannot overflow our stack here; whoever walks the result must mind its depth,
 * its sharing and its cycles.
 */
import { CompileError } from "../error.ts";
import { judgeGlobal } from "./pickle-globals.ts";
import { callGlobal } from "./pickle-call.ts";
import { globalName, isStorageType } from "./pickle-value.ts";
import type { PickleGlobal, PickleStorage, PickleValue } from "./pickle-value.ts";

export interface PickleOptions {
  /** Name of the entry, for messages. */
  readonly file: string;
  /** Refuse every name outside the allow-list, as TorchScript permits. */
  readonly strict: boolean;
  /** Prefix of the entries that hold storages, e.g. `lenet/data/`. */
  readonly storagePrefix: string;
  /** Told of every storage a tensor lies in. */
  readonly onStorage?: (storage: PickleStorage) => void;
  /** Where to start; legacy files hold several pickles in a row. */
  readonly start?: number;
}

/** One pickle, and the offset just after its STOP. */
export function readPickle(bytes: Uint8Array, options: PickleOptions): { value: PickleValue; end: number } {
  const machine = new PickleMachine(bytes, options);
  while (machine.step());
  return { value: machine.result(), end: machine.offset };
}

class PickleMachine {
  offset: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #options: PickleOptions;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #opcodeOffset = 0;

  constructor(bytes: Uint8Array, options: PickleOptions) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#options = options;
    this.offset = options.start ?? 0;
  }

  result(): PickleValue {
    return this.#pop();
  }

  /** Runs one instruction; false after STOP. Opcodes as in Python's `pickletools`. */
  step(): boolean {
    this.#opcodeOffset = this.offset;
    const opcode = this.#bytes[this.#take(1)]!;
    switch (opcode) {
      case 0x2e: // STOP
        return false;
      case 0x80: // PROTO
        this.#take(1);
        return true;
      case 0x95: // FRAME
        this.#take(8);
        return true;
      case 0x28: // MARK
        this.#marks.push(this.#stack.length);
        return true;
      case 0x4e: // NONE
        return this.#push(null);
      case 0x88: // NEWTRUE
        return this.#push(true);
      case 0x89: // NEWFALSE
        return this.#push(false);
      case 0x4b: // BININT1
        return this.#push(this.#bytes[this.#take(1)]!);
      case 0x4d: // BININT2
        return this.#push(this.#view.getUint16(this.#take(2), true));
      case 0x4a: // BININT
        return this.#push(this.#view.getInt32(this.#take(4), true));
      case 0x8a: // LONG1
        return this.#push(this.#long(this.#bytes[this.#take(1)]!));
      case 0x47: // BINFLOAT
        return this.#push(this.#view.getFloat64(this.#take(8), false));
      case 0x58: // BINUNICODE
        return this.#push(this.#text(this.#view.getUint32(this.#take(4), true)));
      case 0x8c: // SHORT_BINUNICODE
        return this.#push(this.#text(this.#bytes[this.#take(1)]!));
      case 0x29: // EMPTY_TUPLE
        return this.#push({ kind: "tuple", items: [] });
      case 0x85: // TUPLE1
        return this.#push({ kind: "tuple", items: this.#popMany(1) });
      case 0x86: // TUPLE2
        return this.#push({ kind: "tuple", items: this.#popMany(2) });
      case 0x87: // TUPLE3
        return this.#push({ kind: "tuple", items: this.#popMany(3) });
      case 0x74: // TUPLE
        return this.#push({ kind: "tuple", items: this.#popToMark() });
      case 0x5d: // EMPTY_LIST
        return this.#push({ kind: "list", items: [] });
      case 0x7d: // EMPTY_DICT
        return this.#push({ kind: "dict", entries: new Map() });
      case 0x61: // APPEND
        return this.#append(this.#popMany(1));
      case 0x65: // APPENDS
        return this.#append(this.#popToMark());
      case 0x73: // SETITEM
        return this.#setItems(this.#popMany(2));
      case 0x75: // SETITEMS
        return this.#setItems(this.#popToMark());
      case 0x71: // BINPUT
        return this.#memoize(this.#bytes[this.#take(1)]!);
      case 0x72: // LONG_BINPUT
        return this.#memoize(this.#view.getUint32(this.#take(4), true));
      case 0x94: // MEMOIZE
        return this.#memoize(this.#memo.size);
      case 0x68: // BINGET
        return this.#push(this.#recall(this.#bytes[this.#take(1)]!));
      case 0x6a: // LONG_BINGET
        return this.#push(this.#recall(this.#view.getUint32(this.#take(4), true)));
      case 0x63: // GLOBAL
        return this.#push(this.#global(this.#line(), this.#line()));
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.#popMany(2);
        return this.#push(this.#global(this.#expectText(module!), this.#expectText(name!)));
      }
      case 0x51: // BINPERSID
        return this.#push(this.#storage(this.#pop()));
      case 0x52: // REDUCE
        return this.#construct(true);
      case 0x81: // NEWOBJ
        return this.#construct(false);
      case 0x62: // BUILD
        return this.#build(this.#pop());
      default:
        return this.#fail(`opcode 0x${opcode.toString(16).padStart(2, "0")} is not one PyTorch writes`);
    }
  }

  #fail(reason: string): never {
    throw new CompileError(`${this.#options.file}: pickle offset ${this.#opcodeOffset}: ${reason}`);
  }

  /** Moves past `count` bytes and returns where they start. */
  #take(count: number): number {
    const start = this.offset;
    if (start + count > this.#bytes.length) {
      this.#fail(`needs ${count} more bytes, the pickle ends at ${this.#bytes.length}`);
    }
    this.offset = start + count;
    return start;
  }

  #push(value: PickleValue): true {
    this.#stack.push(value);
    return true;
  }

  #pop(): PickleValue {
    return this.#popMany(1)[0]!;
  }

  #popMany(count: number): PickleValue[] {
    const floor = this.#marks.at(-1) ?? 0;
    if (this.#stack.length - count < floor) this.#fail("the stack is empty");
    return this.#stack.splice(this.#stack.length - count, count);
  }

  #popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) return this.#fail("no mark on the stack");
    return this.#stack.splice(mark);
  }

  #top(): PickleValue {
    const floor = this.#marks.at(-1) ?? 0;
    if (this.#stack.length <= floor) this.#fail("the stack is empty");
    return this.#stack.at(-1)!;
  }

  #text(length: number): string {
    const start = this.#take(length);
    return new TextDecoder().decode(this.#bytes.subarray(start, start + length));
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.offset);
    if (end < 0) this.#fail("a name does not end");
    const text = this.#text(end - this.offset);
    this.#take(1);
    return text;
  }

  #long(length: number): number | bigint {
    const start = this.#take(length);
    let value = 0n;
    for (let index = length - 1; index >= 0; --index)
      value = (value << 8n) | BigInt(this.#bytes[start + index]!);
    value = BigInt.asIntN(length * 8, value);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  #append(items: readonly PickleValue[]): true {
    const list = this.#top();
    if (isKind(list, "list")) for (const item of items) list.items.push(item);
    else if (!isKind(list, "object")) this.#fail("appends to something that is not a list");
    return true;
  }

  #setItems(items: readonly PickleValue[]): true {
    const dict = this.#top();
    if (items.length % 2 !== 0) this.#fail("a dictionary key has no value");
    if (isKind(dict, "dict")) {
      for (let index = 0; index < items.length; index += 2)
        dict.entries.set(items[index]!, items[index + 1]!);
    } else if (!isKind(dict, "object")) this.#fail("sets items of something that is not a dictionary");
    return true;
  }

  #memoize(key: number): true {
    this.#memo.set(key, this.#top());
    return true;
  }

  #recall(key: number): PickleValue {
    const value = this.#memo.get(key);
    return value === undefined ? this.#fail(`memo ${key} was never stored`) : value;
  }

  #expectText(value: PickleValue): string {
    return typeof value === "string" ? value : this.#fail("a name is not text");
  }

  #global(module: string, name: string): PickleGlobal {
    const global: PickleGlobal = { kind: "global", module, name };
    if (judgeGlobal(global, this.#options.strict) === "hostile") {
      throw new CompileError(
        `${this.#options.file}: refused: pickle references ${globalName(global)}; do not open this file with Python`,
      );
    }
    return global;
  }

  /** ('storage', class, key, location, element count); the location (cpu, cuda:0) does not matter to a reader. */
  #storage(id: PickleValue): PickleValue {
    // legacy files put the source text beside a class: ('module', class, file, source)
    if (isKind(id, "tuple") && id.items[0] === "module") return id.items[1] ?? null;
    if (!isKind(id, "tuple") || id.items.length < 5 || id.items[0] !== "storage") {
      return this.#fail("a persistent id is not a storage");
    }
    const [, type, key] = id.items;
    if (!isKind(type!, "global") || typeof key !== "string")
      return this.#fail("a storage has no type or no key");
    if (!isStorageType(type.name)) return this.#fail(`storage type ${globalName(type)} is not supported`);
    const record = `${this.#options.storagePrefix}${key}`;
    const storage: PickleStorage = { kind: "storage", type: type.name, key, record };
    this.#options.onStorage?.(storage);
    return storage;
  }

  #construct(isCall: boolean): true {
    const [type, args] = this.#popMany(2);
    if (!isKind(args!, "tuple")) return this.#fail("constructor arguments are not a tuple");
    if (!isKind(type!, "global")) {
      if (isKind(type!, "object"))
        return this.#push({ kind: "object", type: type.type, isCall, state: null });
      return this.#fail("constructs something that is not a class");
    }
    return this.#push(callGlobal(type, args.items, isCall, (reason) => this.#fail(reason)));
  }

  /** State of an OrderedDict is metadata beside its items, so it is dropped. */
  #build(state: PickleValue): true {
    const target = this.#top();
    if (isKind(target, "object")) target.state = state;
    else if (!isKind(target, "dict")) this.#fail("sets the state of something that has none");
    return true;
  }
}

type Tagged = Extract<PickleValue, { readonly kind: string }>;

export function isKind<K extends Tagged["kind"]>(
  value: PickleValue,
  kind: K,
): value is Extract<Tagged, { kind: K }> {
  return typeof value === "object" && value !== null && value.kind === kind;
}
