import {
  type Address,
  bytesToHex,
  type Hex,
  parseSignature,
  serializeCompactSignature,
  signatureToCompactSignature,
} from "viem";
import { joinBytes, packHex, packUint } from "../bytes/pack.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import type { Voucher } from "../hash/types.js";

/**
 * A voucher that a runner settles, with its channel's payer and salt. `cumulative` is what it takes, at most the voucher's cap.
 */
export type SettlementRow = {
  readonly payer: Address;
  readonly channelSalt: bigint;
  readonly voucher: Voucher;
  readonly signature: Hex;
  readonly cumulative: bigint;
};

const MAX_GROUP = 0xffff;

/**
 * Packs vouchers for `settle`: groups by ascending model, `uint64 model ‖ uint16 rowCount`, then rows of 168 bytes by
 * ascending channel.
 *
 * @param rows At least one; at most 65,535 a model and one for each (channel, model). @throws InvalidValueError
 */
export function packSettlementRows(rows: readonly SettlementRow[]): Hex {
  if (rows.length === 0) throw new InvalidValueError("rows", "at least one voucher", rows);
  const groups = new Map<bigint, SettlementRow[]>();
  for (const row of rows) {
    if (row.cumulative > row.voucher.cumulativeCap) {
      throw new InvalidValueError("cumulative", `at most the signed cap ${row.voucher.cumulativeCap}`, row.cumulative);
    }
    const group = groups.get(row.voucher.model);
    if (group === undefined) groups.set(row.voucher.model, [row]);
    else group.push(row);
  }

  const parts: Uint8Array[] = [];
  for (const [model, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (group.length > MAX_GROUP) throw new InvalidValueError("rows", `at most ${MAX_GROUP} a model`, group);
    parts.push(packUint("model", model, 64), packUint("rowCount", group.length, 16));
    let previous = -1n;
    for (const { payer, channelSalt, voucher, signature, cumulative } of [...group].sort(byChannel)) {
      const channel = BigInt(voucher.channel);
      if (channel === previous) {
        throw new InvalidValueError("rows", "one for each channel and model", voucher.channel);
      }
      previous = channel;
      parts.push(
        packHex("payer", payer, 20),
        packUint("channelSalt", channelSalt, 96),
        packUint("nonce", voucher.nonce, 64),
        packUint("cumulative", cumulative, 96),
        packUint("cumulativeCap", voucher.cumulativeCap, 96),
        packHex("requestHash", voucher.requestHash, 32),
        packUint("deadline", voucher.deadline, 64),
        compactSignature(signature),
      );
    }
  }
  return bytesToHex(joinBytes(parts));
}

function byChannel(a: SettlementRow, b: SettlementRow): number {
  return BigInt(a.voucher.channel) < BigInt(b.voucher.channel) ? -1 : 1;
}

/** `r ‖ vs` (EIP-2098) of a signature of 65 bytes. */
function compactSignature(signature: Hex): Uint8Array {
  if (signature.length !== 132) throw new InvalidValueError("signature", "65 bytes", signature);
  const compact = serializeCompactSignature(signatureToCompactSignature(parseSignature(signature)));
  return Uint8Array.from(compact.slice(2).match(/../g)!, (pair) => Number.parseInt(pair, 16));
}
