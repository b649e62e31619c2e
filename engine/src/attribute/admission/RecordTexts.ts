import { grown } from "../grown.js";
import { ScratchFile } from "../ScratchFile.js";

/** Texts by their number: the newest in memory, the others in a file once they are more than may be in memory. */
export class RecordTexts {
  /** Where each text ends among the bytes of all. */
  #ends = new Float64Array(16);
  #count = 0;
  /** The bytes behind those of the file. */
  #tail = new Uint8Array(1024);
  #tailLength = 0;
  #file: ScratchFile | undefined;

  /**
   * @param folder Where the file is made
   * @param bytes What may be in memory; one text always may. Besides it there are 8 to 16 bytes a text
   */
  constructor(
    private readonly folder: string,
    private readonly bytes: number,
  ) {}

  get count(): number {
    return this.#count;
  }

  get bytesOnDisk(): number {
    return this.#file?.byteLength ?? 0;
  }

  /** Adds a text behind the others. Where the disk is full there is nothing of it. @returns Its number, from 0 on */
  add(text: Uint8Array): number {
    if (this.#tailLength > 0 && this.#tailLength + text.length > this.bytes) this.#flush();
    this.#tail = grown(this.#tail, this.#tailLength + text.length, this.bytes);
    this.#tail.set(text, this.#tailLength);
    this.#tailLength += text.length;
    this.#ends = grown(this.#ends, this.#count + 1);
    this.#ends[this.#count] = this.bytesOnDisk + this.#tailLength;
    return this.#count++;
  }

  /** A copy of a text that was added. */
  at(number: number): Uint8Array {
    const [begin, end] = [number === 0 ? 0 : this.#ends[number - 1]!, this.#ends[number]!];
    const inTail = begin - this.bytesOnDisk;
    if (inTail >= 0) return this.#tail.slice(inTail, end - this.bytesOnDisk);
    const text = new Uint8Array(end - begin);
    this.#file!.read(begin, text);
    return text;
  }

  close(): void {
    this.#file?.close();
  }

  #flush(): void {
    this.#file ??= new ScratchFile(this.folder);
    this.#file.append(this.#tail.subarray(0, this.#tailLength));
    this.#tailLength = 0;
  }
}
