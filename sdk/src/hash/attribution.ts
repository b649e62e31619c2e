import { type Hex, keccak256 } from "viem";
import { joinBytes, packHex, packUint } from "../bytes/pack.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { domainHash } from "../merkle/domain.js";
import type { RecordShare } from "./types.js";

/**
 * `keccak256(domain ‖ (uint64 datanet ‖ uint32 version ‖ uint64 recordIndex ‖ uint32 share)*)`.
 *
 * @param records In descending share, then ascending (datanet, version, recordIndex), without repetition.
 * @throws InvalidValueError
 */
export function attributionRecordsHash(records: readonly RecordShare[]): Hex {
  records.forEach((record, at) => {
    if (at > 0 && compareRecordShares(records[at - 1]!, record) >= 0) {
      throw new InvalidValueError(`records[${at}]`, "descending share, then ascending place", record.share);
    }
  });
  return committedRecordsHash(records);
}

/** Hash of any list of records, also of one that `attributionRecordsHash` refuses: a false receipt commits to it all the same. */
export function committedRecordsHash(records: readonly RecordShare[]): Hex {
  const parts = [packHex("domain", domainHash("AttributionRecords"), 32)];
  for (const record of records) {
    parts.push(
      packUint("datanet", record.datanet, 64),
      packUint("version", record.version, 32),
      packUint("recordIndex", record.recordIndex, 64),
      packUint("share", record.share, 32),
    );
  }
  return keccak256(joinBytes(parts));
}

/** Order of records in an attribution: descending share, then ascending (datanet, version, recordIndex). */
export function compareRecordShares(a: RecordShare, b: RecordShare): number {
  if (a.share !== b.share) return b.share - a.share;
  if (a.datanet !== b.datanet) return a.datanet < b.datanet ? -1 : 1;
  if (a.version !== b.version) return a.version - b.version;
  if (a.recordIndex !== b.recordIndex) return a.recordIndex < b.recordIndex ? -1 : 1;
  return 0;
}

/** `keccak256(domain ‖ indexRoot*)`. @param indexRoots Of the model's versions, in the model's order. */
export function attributionMethodHash(indexRoots: readonly Hex[]): Hex {
  const parts = [domainHash("AttributionMethod"), ...indexRoots];
  return keccak256(joinBytes(parts.map((root) => packHex("indexRoot", root, 32))));
}

/** What a receipt commits to: `keccak256(domain ‖ sharesHash ‖ recordsHash ‖ methodHash)`. */
export function attributionHash(parts: {
  readonly sharesHash: Hex;
  readonly recordsHash: Hex;
  readonly methodHash: Hex;
}): Hex {
  return keccak256(
    joinBytes([
      packHex("domain", domainHash("Attribution"), 32),
      packHex("sharesHash", parts.sharesHash, 32),
      packHex("recordsHash", parts.recordsHash, 32),
      packHex("methodHash", parts.methodHash, 32),
    ]),
  );
}
