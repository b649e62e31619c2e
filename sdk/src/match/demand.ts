/** Proofs and claims come from anyone: whatever is read of them is held against its bounds first. */
import { type MatchCheck, MatchProofRefusedError } from "../errors/MatchProofRefusedError.js";
import { MATCH_RECORD_END, MAX_MATCH_PIECE_BYTES } from "./bounds.js";

/** @throws MatchProofRefusedError when it is nothing that has fields */
export function fieldsOf<T extends object>(value: T | undefined, check: MatchCheck): T {
  if (typeof value !== "object" || value === null) throw new MatchProofRefusedError(check, "an object", `${value}`);
  return value;
}

/** @throws MatchProofRefusedError when it is no integer from `least` to `most`, inclusive */
export function demandNumber(check: MatchCheck, name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new MatchProofRefusedError(check, `${name} from ${least} to ${most}`, `${value}`);
  }
}

/**
 * @throws MatchProofRefusedError `claim` when a piece is empty, longer than `MAX_MATCH_PIECE_BYTES`, or holds a record's end:
 * such a piece would be sought over several records
 */
export function demandPiece(piece: Uint8Array): void {
  if (!(piece instanceof Uint8Array)) throw new MatchProofRefusedError("claim", "a piece of bytes", typeof piece);
  if (piece.length === 0 || piece.length > MAX_MATCH_PIECE_BYTES) {
    throw new MatchProofRefusedError("claim", `a piece of 1 to ${MAX_MATCH_PIECE_BYTES} bytes`, `${piece.length}`);
  }
  const end = piece.indexOf(MATCH_RECORD_END);
  if (end >= 0) throw new MatchProofRefusedError("claim", "a piece of UTF-8", `byte ${end} is 0xff`);
}
