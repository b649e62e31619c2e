/**
 * Writer of the protobuf wire format, as far as ONNX files need it: varints, 32-bit floats, strings, bytes and
 * nested messages. Small fields are written to one buffer that grows, for graphs have many thousands of them; long bytes
 * are parts of their own, so that weights are copied once, when the file is put together.
 */
const encoder = new TextEncoder();

const FIRST_ROOM = 32;
/** Bytes of a varint of 64 bits. */
const LONGEST_VARINT = 10;
/** Bytes of UTF-8 for a code unit of UTF-16. */
const BYTES_A_UNIT = 3;
/** From here on bytes are a part of their own. */
const LONG = 1024;

export class Message {
  private readonly parts: Uint8Array[] = [];
  private inParts = 0;
  private buffer = new Uint8Array(FIRST_ROOM);
  private used = 0;

  private get size(): number {
    return this.inParts + this.used;
  }

  /** A varint field; `value` is an integer, negative ones are written as 64-bit two's complement. */
  int(field: number, value: number | bigint): this {
    this.varint((field << 3) | 0);
    this.varint(value);
    return this;
  }

  float(field: number, value: number): this {
    this.varint((field << 3) | 5);
    this.need(4);
    new DataView(this.buffer.buffer).setFloat32(this.used, value, true);
    this.used += 4;
    return this;
  }

  string(field: number, value: string): this {
    this.varint((field << 3) | 2);
    const most = BYTES_A_UNIT * value.length;
    this.need(LONGEST_VARINT + most);
    // Behind the room of the longest length, and then moved to the end of the length that it has.
    const from = this.used + LONGEST_VARINT;
    const { written } = encoder.encodeInto(value, this.buffer.subarray(from));
    this.varint(written);
    this.buffer.copyWithin(this.used, from, from + written);
    this.used += written;
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.varint((field << 3) | 2);
    this.varint(value.byteLength);
    this.append(value);
    return this;
  }

  message(field: number, value: Message): this {
    this.varint((field << 3) | 2);
    this.varint(value.size);
    for (const part of value.parts) this.append(part);
    this.append(value.buffer.subarray(0, value.used));
    return this;
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.parts) {
      out.set(part, at);
      at += part.byteLength;
    }
    out.set(this.buffer.subarray(0, this.used), at);
    return out;
  }

  private append(bytes: Uint8Array): void {
    if (bytes.byteLength < LONG) {
      this.need(bytes.byteLength);
      this.buffer.set(bytes, this.used);
      this.used += bytes.byteLength;
      return;
    }
    const before = this.buffer.slice(0, this.used);
    this.parts.push(before, bytes);
    this.inParts += before.byteLength + bytes.byteLength;
    this.used = 0;
  }

  private varint(value: number | bigint): void {
    this.need(LONGEST_VARINT);
    let rest: number;
    if (typeof value === "number" && value >= 0 && value < 2 ** 31) {
      rest = value;
    } else {
      let long = BigInt.asUintN(64, BigInt(value));
      for (; long > 0x7fffffffn; long >>= 7n) this.buffer[this.used++] = Number(long & 0x7fn) | 0x80;
      rest = Number(long);
    }
    for (; rest > 0x7f; rest >>>= 7) this.buffer[this.used++] = (rest & 0x7f) | 0x80;
    this.buffer[this.used++] = rest;
  }

  private need(bytes: number): void {
    if (this.used + bytes <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * this.buffer.length, this.used + bytes));
    larger.set(this.buffer.subarray(0, this.used));
    this.buffer = larger;
  }
}
