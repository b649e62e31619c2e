/** The thread of a `MatchSearch`: sorts each set of records once and answers what it is asked, one after another. */
import { parentPort } from "node:worker_threads";
import { MAX_MATCH_TEXT_BYTES } from "@openledger/sdk";
import { MatchShard } from "./MatchShard.js";
import { type MatchSpan, matchAnswer } from "./matchAnswer.js";

/** Some records of a set, in its order. */
export interface RecordTexts {
  /** Their UTF-8, one behind another. */
  readonly text: Uint8Array;
  /** `[records]`, bytes of each. */
  readonly lengths: Uint32Array;
}

export type MatchRequest =
  | { readonly kind: "add"; readonly set: number; readonly parts: readonly RecordTexts[] }
  | { readonly kind: "remove"; readonly set: number }
  | { readonly kind: "cite"; readonly id: number; readonly set: number; readonly answer: string };

export interface MatchReply {
  readonly id: number;
  readonly spans: readonly MatchSpan[];
}

const port = parentPort;
if (port === null) throw new Error("match-worker runs as a worker thread only");
const sets = new Map<number, readonly MatchShard[]>();
port.on("message", (request: MatchRequest) => {
  if (request.kind === "add") {
    sets.set(request.set, shardsOf(request.parts));
    return;
  }
  if (request.kind === "remove") {
    sets.delete(request.set);
    return;
  }
  const { id, set, answer } = request;
  port.postMessage({ id, spans: matchAnswer(sets.get(set)!, Buffer.from(answer)) } satisfies MatchReply);
});

/** As few shards as hold the records: each is looked through by itself. */
function shardsOf(parts: readonly RecordTexts[]): readonly MatchShard[] {
  const shards: MatchShard[] = [];
  let records: Uint8Array[] = [];
  let [first, size] = [0, 0];
  const close = () => {
    shards.push(MatchShard.of(records, first));
    first += records.length;
    [records, size] = [[], 0];
  };
  for (const { text, lengths } of parts) {
    let at = 0;
    for (const length of lengths) {
      // behind each record stands its end
      if (size + length + 1 > MAX_MATCH_TEXT_BYTES) close();
      records.push(text.subarray(at, at + length));
      at += length;
      size += length + 1;
    }
  }
  close();
  return shards;
}
