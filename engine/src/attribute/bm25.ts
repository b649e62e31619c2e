/** Okapi BM25 with the usual constants (Robertson and Zaragoza 2009, eq. 3.15). */
const K1 = 1.2;
const B = 0.75;

/** Lexical search over records: the baseline that attribution is compared with. */
export class Bm25 {
  private readonly postings = new Map<string, { readonly record: number; readonly count: number }[]>();
  private readonly lengths: number[];
  private readonly meanLength: number;

  constructor(texts: readonly string[]) {
    this.lengths = texts.map((text, record) => {
      const words = wordsOf(text);
      const counts = new Map<string, number>();
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
      for (const [word, count] of counts) {
        const found = this.postings.get(word);
        if (found === undefined) this.postings.set(word, [{ record, count }]);
        else found.push({ record, count });
      }
      return words.length;
    });
    this.meanLength = this.lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, texts.length);
  }

  /** The best records for a text, best first, ties by lowest number; each distinct word of the query counts once. */
  search(query: string, top = 10): { readonly record: number; readonly score: number }[] {
    const scores = new Map<number, number>();
    for (const word of new Set(wordsOf(query))) {
      const found = this.postings.get(word) ?? [];
      const idf = Math.log(1 + (this.lengths.length - found.length + 0.5) / (found.length + 0.5));
      for (const { record, count } of found) {
        const norm = K1 * (1 - B + (B * this.lengths[record]!) / this.meanLength);
        scores.set(record, (scores.get(record) ?? 0) + (idf * count * (K1 + 1)) / (count + norm));
      }
    }
    return [...scores]
      .map(([record, score]) => ({ record, score }))
      .sort((a, b) => b.score - a.score || a.record - b.record)
      .slice(0, top);
  }
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}
