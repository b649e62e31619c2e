import { Bm25, MatchShard, matchAnswer } from "@openledger/engine";
import type { Query, Scores } from "./scores.js";

/** BM25 of a record for the words of a text. */
export function bm25Scores(texts: readonly string[], queries: readonly string[]): Scores {
  const bm25 = new Bm25(texts);
  return queries.map((query) => {
    const scores = new Float64Array(texts.length);
    for (const { record, score } of bm25.search(query, texts.length)) scores[record] = score;
    return scores;
  });
}

/** Verbatim spans of 16 bytes and more, their lengths shared by the records they stand in; no claim of influence. */
export function matchScores(texts: readonly string[], queries: readonly string[]): Scores {
  const encoder = new TextEncoder();
  const shard = MatchShard.of(texts.map((text) => encoder.encode(text)));
  return queries.map((query) => {
    const scores = new Float64Array(texts.length);
    for (const { from, to, count, places } of matchAnswer([shard], encoder.encode(query))) {
      for (const { record } of places) scores[record]! += (to - from) / count;
    }
    return scores;
  });
}

/** Shared runs of 1 to 5 tokens, each counted once and weighed by how few records have it. */
export function ngramScores(records: readonly (readonly number[])[], queries: readonly Query[]): Scores {
  const holders = new Map<string, number[]>();
  records.forEach((ids, record) => {
    for (const gram of grams(ids, 0)) {
      const held = holders.get(gram);
      if (held === undefined) holders.set(gram, [record]);
      else held.push(record);
    }
  });
  return queries.map(({ ids, from }) => {
    const scores = new Float64Array(records.length);
    for (const gram of grams(ids, from)) {
      const found = holders.get(gram) ?? [];
      for (const record of found) scores[record]! += Math.log(records.length / found.length);
    }
    return scores;
  });
}

function grams(ids: readonly number[], from: number): Set<string> {
  const found = new Set<string>();
  for (let start = from; start < ids.length; start++) {
    for (let length = 1; length <= 5 && start + length <= ids.length; length++) {
      found.add(ids.slice(start, start + length).join(" "));
    }
  }
  return found;
}

/** How long records are, the same for every text: what a method has to beat that says which records they are. */
export function sizeScores(records: readonly (readonly number[])[], queries: readonly Query[]): Scores {
  return queries.map(() => Float64Array.from(records, ({ length }) => length));
}
