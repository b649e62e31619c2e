import { canonicalJsonBytes, fromFloatBits, type JsonValue } from "@openledger/sdk";
import type { Hex } from "../../attribute/hex.js";
import { ExactError } from "../errors.js";

const ROOT = "the root";

/** A value of a parsed document and where it stands: what is not as asked is refused with its place. */
export class DocumentNode {
  constructor(
    private readonly value: unknown,
    /** For instance `operation 3 (add), x`. */
    readonly place: string = ROOT,
    /** What is read. */
    private readonly document: string = "Program document",
  ) {}

  /** @throws ExactError `program_malformed` when the bytes are no UTF-8 JSON, or more than `most`. */
  static parse(document: string, bytes: Uint8Array, most: number): DocumentNode {
    if (bytes.length > most) {
      throw new ExactError("program_malformed", `${document}: ${bytes.length} bytes; ${most} are the limit.`);
    }
    try {
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      return new DocumentNode(JSON.parse(text), ROOT, document);
    } catch (cause) {
      throw new ExactError("program_malformed", `${document}: expected UTF-8 JSON.`, { cause });
    }
  }

  /** @throws ExactError `program_malformed` when the bytes spell the value otherwise than `canonicalJson`. */
  requireCanonical(bytes: Uint8Array): void {
    const canonical = canonicalJsonBytes(this.value as JsonValue);
    if (canonical.length === bytes.length && canonical.every((byte, at) => byte === bytes[at])) return;
    throw new ExactError(
      "program_malformed",
      `${this.document}: expected canonical JSON, found another spelling of it.`,
    );
  }

  /** Members of an object that has all of the first, none but those of both. */
  members<R extends string, O extends string = never>(
    required: readonly R[],
    optional: readonly O[] = [],
  ): { readonly [name in R]: DocumentNode } & { readonly [name in O]?: DocumentNode } {
    const members = this.object();
    const known: readonly string[] = [...required, ...optional];
    for (const name of Object.keys(members)) {
      if (!known.includes(name)) this.refuse(`no member "${name}"`, "one");
    }
    for (const name of required) if (!Object.hasOwn(members, name)) this.refuse(`a member "${name}"`, "none");
    return Object.fromEntries(this.named()) as ReturnType<typeof this.members<R, O>>;
  }

  /** Members of an object whose names are data. */
  named(): [name: string, member: DocumentNode][] {
    return Object.entries(this.object()).map(([name, member]) => [name, this.below(name, member)]);
  }

  items(): DocumentNode[] {
    if (!Array.isArray(this.value)) return this.refuse("an array", this.value);
    return this.value.map((item, at) => this.below(`${at}`, item));
  }

  text(pattern: RegExp, expected: string): string {
    if (typeof this.value !== "string" || !pattern.test(this.value)) return this.refuse(expected, this.value);
    return this.value;
  }

  oneOf<T extends string>(options: readonly T[]): T {
    const found = options.find((option) => option === this.value);
    return found ?? this.refuse(options.map((option) => `"${option}"`).join(" or "), this.value);
  }

  /** @param least inclusive @param most inclusive */
  integer(least: number, most: number): number {
    const { value } = this;
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.refuse(`an integer from ${least} to ${most}`, value);
  }

  /** A finite binary32 number as `floatBits`. */
  float(): number {
    const bits = this.text(/^[0-9a-f]{8}$/, "8 lower-case hex digits");
    // An exponent of ones is infinite or no number.
    if ((Number.parseInt(bits, 16) & 0x7f800000) === 0x7f800000) this.refuse("the bits of a finite number", bits);
    return fromFloatBits(bits);
  }

  /** 0x and 64 lower-case hex digits. */
  word(): Hex {
    return this.text(/^0x[0-9a-f]{64}$/, "0x and 64 lower-case hex digits") as Hex;
  }

  /** The value as it was parsed. */
  get raw(): unknown {
    return this.value;
  }

  get isNull(): boolean {
    return this.value === null;
  }

  /** The same value under a name that says more. */
  as(place: string): DocumentNode {
    return new DocumentNode(this.value, place, this.document);
  }

  refuse(expected: string, found: unknown): never {
    const shown = typeof found === "object" ? kindOf(found) : JSON.stringify(found);
    const what = shown === undefined ? "nothing" : shown.length > 80 ? `${shown.slice(0, 77)}…` : shown;
    throw new ExactError("program_malformed", `${this.document}, ${this.place}: expected ${expected}, found ${what}.`);
  }

  private object(): object {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return this.refuse("an object", value);
    return value;
  }

  private below(name: string, value: unknown): DocumentNode {
    return new DocumentNode(value, this.place === ROOT ? name : `${this.place}, ${name}`, this.document);
  }
}

function kindOf(value: object | null): string {
  return value === null ? "null" : Array.isArray(value) ? "an array" : "an object";
}
