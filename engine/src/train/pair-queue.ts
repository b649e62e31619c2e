/**
 * The adjacent pairs of symbols in a set of counted words, most frequent first. A binary heap holds candidates with
 * the count they had when they were pushed; stale ones are pushed again when they surface, so a merge costs only the
 * words it touches.
 */
const WIDTH = 2 ** 20;

export class PairQueue {
  private readonly totals = new Map<number, number>();
  private readonly places = new Map<number, Set<number>>();
  private readonly heap: { key: number; count: number }[] = [];

  constructor(
    private readonly words: Int32Array[],
    private readonly counts: readonly number[],
  ) {
    for (const [index, word] of words.entries()) this.addWord(index, word, 1);
    for (const [key, count] of this.totals) this.push({ key, count });
  }

  /** The most frequent pair that occurs at least twice. */
  pop(): readonly [number, number] | undefined {
    for (;;) {
      const top = this.shift();
      if (top === undefined) return undefined;
      const count = this.totals.get(top.key) ?? 0;
      if (count !== top.count) {
        if (count > 1) this.push({ key: top.key, count });
        continue;
      }
      if (count < 2) return undefined;
      return [Math.floor(top.key / WIDTH), top.key % WIDTH];
    }
  }

  /** Replaces every `left right` by `joined`. */
  merge(left: number, right: number, joined: number): void {
    const touched = this.places.get(left * WIDTH + right) ?? new Set();
    const changed = new Set<number>();
    for (const index of touched) {
      const before = this.words[index]!;
      const after = joinPairs(before, left, right, joined);
      if (after.length === before.length) continue;
      this.addWord(index, before, -1);
      this.addWord(index, after, 1);
      this.words[index] = after;
      for (let i = 0; i + 1 < after.length; i++) {
        if (after[i] === joined || after[i + 1] === joined) changed.add(after[i]! * WIDTH + after[i + 1]!);
      }
    }
    this.totals.delete(left * WIDTH + right);
    this.places.delete(left * WIDTH + right);
    for (const key of changed) this.push({ key, count: this.totals.get(key)! });
  }

  private addWord(index: number, word: Int32Array, sign: 1 | -1): void {
    const count = this.counts[index]! * sign;
    for (let i = 0; i + 1 < word.length; i++) {
      const key = word[i]! * WIDTH + word[i + 1]!;
      this.totals.set(key, (this.totals.get(key) ?? 0) + count);
      if (sign < 0) continue;
      const places = this.places.get(key);
      if (places === undefined) this.places.set(key, new Set([index]));
      else places.add(index);
    }
  }

  private push(entry: { key: number; count: number }): void {
    const heap = this.heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!precedes(entry, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  private shift(): { key: number; count: number } | undefined {
    const heap = this.heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && precedes(heap[child + 1]!, heap[child]!)) child++;
      if (!precedes(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

function precedes(a: { key: number; count: number }, b: { key: number; count: number }): boolean {
  return a.count > b.count || (a.count === b.count && a.key < b.key);
}

function joinPairs(word: Int32Array, left: number, right: number, joined: number): Int32Array {
  const out = new Int32Array(word.length);
  let length = 0;
  for (let i = 0; i < word.length; i++) {
    const joins = word[i] === left && word[i + 1] === right;
    out[length++] = joins ? joined : word[i]!;
    if (joins) i++;
  }
  return out.slice(0, length);
}
