import { type Address, getAddress, type Hex } from "viem";
import { MalformedDocumentError } from "../errors/MalformedDocumentError.js";

const DECIMAL = /^(0|[1-9]\d*)$/;

/** Reads one value of a parsed document and knows where it stands, so that a fault names its place. */
export class DocumentReader {
  readonly #value: unknown;

  constructor(
    /** What is read, for instance `contribution file`. */
    readonly document: string,
    value: unknown,
    /** Where the value stands; empty at the root. */
    readonly path: string = "",
  ) {
    this.#value = value;
  }

  /** @throws MalformedDocumentError when the bytes are no UTF-8 JSON. */
  static parse(document: string, bytes: Uint8Array | string): DocumentReader {
    try {
      const text =
        typeof bytes === "string" ? bytes : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      return new DocumentReader(document, JSON.parse(text) as unknown);
    } catch (cause) {
      throw new MalformedDocumentError(document, "", "expected UTF-8 JSON", cause);
    }
  }

  get raw(): unknown {
    return this.#value;
  }

  fail(problem: string): never {
    throw new MalformedDocumentError(this.document, this.path, problem);
  }

  field(name: string): DocumentReader {
    if (typeof this.#value !== "object" || this.#value === null || Array.isArray(this.#value))
      this.fail("expected an object");
    const members = this.#value as Record<string, unknown>;
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    return new DocumentReader(this.document, member, this.path === "" ? name : `${this.path}.${name}`);
  }

  /** Whether the value is there at all. */
  get present(): boolean {
    return this.#value !== undefined;
  }

  items(): readonly DocumentReader[] {
    if (!Array.isArray(this.#value)) this.fail("expected an array");
    return (this.#value as unknown[]).map((item, at) => new DocumentReader(this.document, item, `${this.path}[${at}]`));
  }

  tuple(length: number): readonly DocumentReader[] {
    const items = this.items();
    if (items.length !== length) this.fail(`expected ${length} items, found ${items.length}`);
    return items;
  }

  text(): string {
    if (typeof this.#value !== "string") this.fail("expected a string");
    return this.#value as string;
  }

  /** A string that equals `expected`. */
  literal<T extends string>(expected: T): T {
    if (this.#value !== expected)
      this.fail(`expected "${expected}", found ${JSON.stringify(this.#value) ?? "nothing"}`);
    return expected;
  }

  bytes32(): Hex {
    return this.#hex(64);
  }

  /** Hex of any even length. */
  hex(): Hex {
    const text = this.text();
    if (!/^0x([0-9a-fA-F]{2})*$/.test(text)) this.fail("expected a hex string");
    return text.toLowerCase() as Hex;
  }

  address(): Address {
    return getAddress(this.#hex(40));
  }

  /** An unsigned integer as a decimal string or, where it is safe, as a number. */
  uint(bits: 32 | 64 | 96 | 128): bigint {
    const value = this.#value;
    let found: bigint | undefined;
    if (typeof value === "string" && value.length <= 40 && DECIMAL.test(value)) found = BigInt(value);
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) found = BigInt(value);
    if (found === undefined || found >> BigInt(bits) !== 0n) this.fail(`expected an unsigned integer of ${bits} bits`);
    return found;
  }

  uint32(): number {
    return Number(this.uint(32));
  }

  #hex(digits: 40 | 64): Hex {
    const text = this.text();
    if (text.length !== digits + 2 || !/^0x[0-9a-fA-F]+$/.test(text)) this.fail(`expected 0x and ${digits} hex digits`);
    return text.toLowerCase() as Hex;
  }
}
