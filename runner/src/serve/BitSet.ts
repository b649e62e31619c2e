/** Which places of a row are in it: a bit each, however many are. */
export class BitSet {
  /** How many are in it. */
  readonly size: number;
  readonly #bits: Uint8Array;

  /** @param length of the row; its places are 0 to length − 1 */
  constructor(length: number, isIn: (place: number) => boolean) {
    this.#bits = new Uint8Array(Math.ceil(length / 8));
    let size = 0;
    for (let place = 0; place < length; place++) {
      if (!isIn(place)) continue;
      this.#bits[place >>> 3]! |= 1 << (place & 7);
      size++;
    }
    this.size = size;
  }

  /** False for a place that the row does not have. */
  has(place: number): boolean {
    return ((this.#bits[place >>> 3] ?? 0) & (1 << (place & 7))) !== 0;
  }
}
