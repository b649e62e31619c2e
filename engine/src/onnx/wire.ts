/**
 * Writer of the protobuf wire format, as far as ONNX files need it: varints, 32-bit floats, strings, bytes and
 * nested messages. A message is a list of byte parts so that weights are copied once, when the file is put together.
 */
export class Message {
  private readonly parts: Uint8Array[] = [];
  private size = 0;

  /** A varint field; `value` is an integer, negative ones are written as 64-bit two's complement. */
  int(field: number, value: number | bigint): this {
    this.push(varint((field << 3) | 0));
    this.push(varint(value));
    return this;
  }

  float(field: number, value: number): this {
    this.push(varint((field << 3) | 5));
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.push(bytes);
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.push(varint((field << 3) | 2));
    this.push(varint(value.byteLength));
    this.push(value);
    return this;
  }

  message(field: number, value: Message): this {
    this.push(varint((field << 3) | 2));
    this.push(varint(value.size));
    for (const part of value.parts) this.push(part);
    return this;
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.parts) {
      out.set(part, at);
      at += part.byteLength;
    }
    return out;
  }

  private push(part: Uint8Array): void {
    this.parts.push(part);
    this.size += part.byteLength;
  }
}

function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
