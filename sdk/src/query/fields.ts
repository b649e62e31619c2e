import type { Address, Hex } from "viem";
import { getAddress, isHex, numberToHex } from "viem";
import { MalformedDocumentError } from "../errors/MalformedDocumentError.js";
import type { GraphRow } from "./queryGraph.js";

/** Id of an entity that is known by its number: 8 bytes, big-endian. */
export function numberId(value: bigint): Hex {
  return numberToHex(value, { size: 8 });
}

/** Id of a Datanet version: the Datanet's id and 4 bytes. */
export function versionId(datanet: bigint, version: number): Hex {
  return `${numberId(datanet)}${numberToHex(version, { size: 4 }).slice(2)}` as Hex;
}

/** Reads typed fields of one row; every method throws MalformedDocumentError naming the field. */
export class RowReader {
  constructor(
    private readonly row: GraphRow,
    private readonly path: string,
  ) {}

  bigint(field: string): bigint {
    const value = this.row[field];
    if (typeof value !== "string" || !/^-?\d+$/.test(value)) throw this.wrong(field, "a decimal string", value);
    return BigInt(value);
  }

  optionalBigint(field: string): bigint | null {
    return this.row[field] == null ? null : this.bigint(field);
  }

  int(field: string): number {
    const value = this.row[field];
    if (typeof value !== "number" || !Number.isSafeInteger(value)) throw this.wrong(field, "an integer", value);
    return value;
  }

  boolean(field: string): boolean {
    const value = this.row[field];
    if (typeof value !== "boolean") throw this.wrong(field, "true or false", value);
    return value;
  }

  text(field: string): string {
    const value = this.row[field];
    if (typeof value !== "string") throw this.wrong(field, "a string", value);
    return value;
  }

  optionalText(field: string): string | null {
    return this.row[field] == null ? null : this.text(field);
  }

  hex(field: string): Hex {
    const value = this.row[field];
    if (!isHex(value)) throw this.wrong(field, "hex", value);
    return value;
  }

  optionalHex(field: string): Hex | null {
    return this.row[field] == null ? null : this.hex(field);
  }

  address(field: string): Address {
    return getAddress(this.hex(field));
  }

  optionalAddress(field: string): Address | null {
    return this.row[field] == null ? null : this.address(field);
  }

  child(field: string): RowReader {
    const value = this.row[field];
    if (typeof value !== "object" || value === null) throw this.wrong(field, "an object", value);
    return new RowReader(value as GraphRow, `${this.path}.${field}`);
  }

  optionalChild(field: string): RowReader | null {
    return this.row[field] == null ? null : this.child(field);
  }

  children(field: string): RowReader[] {
    const value = this.row[field];
    if (!Array.isArray(value)) throw this.wrong(field, "a list", value);
    return value.map((row, i) => new RowReader(row as GraphRow, `${this.path}.${field}[${i}]`));
  }

  private wrong(field: string, expected: string, found: unknown): MalformedDocumentError {
    return new MalformedDocumentError(
      "answer of the index",
      `${this.path}.${field}`,
      `expected ${expected}, found ${String(found)}`,
    );
  }
}
