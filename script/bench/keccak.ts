import { loadKeccak, type TracePlace, TraceTreeRecorder, traceLeaves } from "@openledger/sdk";
import { keccak256 } from "viem";
import { medianMs } from "./bench.js";

const BYTES = 4 * 2 ** 20;
const RUNS = 9;

/**
 * Megabytes (10^6) a second that one core hashes: trace rows of 512 and 1,024 bytes with their tags, the same rows with the
 * tree over them, and viem's `keccak256` beside it.
 */
export async function keccakFigures(): Promise<Readonly<Record<string, number>>> {
  const keccak = await loadKeccak();
  const bytes = Uint8Array.from({ length: BYTES }, (_, at) => (at * 31 + (at >> 9)) & 255);
  const program = keccak256("0x");
  const places = (rowBytes: number): TracePlace[] =>
    Array.from({ length: BYTES / rowBytes }, (_, i) => ({ op: i % 97, position: i, part: 0 }));
  const leavesOf = (of: readonly TracePlace[], bounds: number) => traceLeaves(keccak, program, of, { bytes, bounds });
  const [places512, places1024] = [places(512), places(1024)];

  const rows512 = await medianMs(RUNS, () => leavesOf(places512, 512));
  const rows1024 = await medianMs(RUNS, () => leavesOf(places1024, 1024));
  const tree1024 = await medianMs(RUNS, () => new TraceTreeRecorder(keccak).appendAll(leavesOf(places1024, 1024)));
  const viem1024 = await medianMs(3, () => {
    for (let at = 0; at < BYTES / 16; at += 1024) keccak256(bytes.subarray(at, at + 1024), "bytes");
  });
  const perSecond = (count: number, ms: number): number => count / ms / 1000;
  return {
    keccak_mb_per_second: perSecond(BYTES, rows512),
    keccak_rows_1024_mb_per_second: perSecond(BYTES, rows1024),
    keccak_tree_1024_mb_per_second: perSecond(BYTES, tree1024),
    peer_viem_keccak_mb_per_second: perSecond(BYTES / 16, viem1024),
  };
}
