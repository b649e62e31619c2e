/**
 * What stands behind a receipt is the payer's and the auditors': a request for it is signed (EIP-712 `Disclosure`), by
 * the payer of the receipt's channel or by an oracle with enough stake, and ends within an hour.
 */
import { disclosureDigest, type MarketDomain } from "@openledger/sdk";
import { type Hex, isAddressEqual, recoverAddress } from "viem";
import { z } from "zod";
import type { MarketView } from "../chain/MarketView.js";
import { RunnerError } from "../RunnerError.js";
import type { RequestLedger } from "../store/RequestLedger.js";
import { unknownReceipt } from "./unknownReceipt.js";

const longestSeconds = 3600;

const schema = z.strictObject({
  signer: z.string().regex(/^0x[0-9a-fA-F]{40}$/, "is an address"),
  deadline: z.string().regex(/^[1-9][0-9]{0,14}$/, "is seconds since 1970 as a decimal string"),
  signature: z.string().regex(/^0x[0-9a-fA-F]{130}$/, "is 65 bytes in hexadecimal"),
});

export interface DisclosureDeps {
  readonly domain: MarketDomain;
  readonly ledger: RequestLedger;
  readonly market: MarketView;
  readonly now: () => number;
}

/** @throws RunnerError `unknown_receipt`, `disclosure_expired`, `disclosure_wrong_signer`, `disclosure_not_allowed` */
export async function discloseTo(
  deps: DisclosureDeps,
  receipt: Hex,
  body: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const asked = parse(body);
  const remaining = Number(asked.deadline) - deps.now();
  if (remaining < 0 || remaining > longestSeconds) {
    throw new RunnerError(
      "disclosure_expired",
      `The deadline is ${Math.round(remaining)} s away; it lies ahead, at most ${longestSeconds} s.`,
      { retryable: false },
    );
  }
  const digest = disclosureDigest(deps.domain, { receipt, deadline: asked.deadline });
  const recovered = await recoverAddress({ hash: digest, signature: asked.signature }).catch(() => undefined);
  if (recovered === undefined || !isAddressEqual(recovered, asked.signer)) {
    throw new RunnerError("disclosure_wrong_signer", `The signature is not ${asked.signer}'s.`, { retryable: false });
  }

  const found = await deps.ledger.receipt(receipt);
  // Whoever is not entitled does not learn which receipts exist.
  const channel = found === undefined ? undefined : await deps.market.channel(found.stored.receipt.channel);
  const entitled =
    (channel !== undefined &&
      (isAddressEqual(channel.payer, asked.signer) ||
        (await deps.market.isAuthorizedSigner(channel.payer, asked.signer)))) ||
    (await deps.market.isActiveOracle(asked.signer));
  if (!entitled) {
    throw new RunnerError(
      "disclosure_not_allowed",
      `${asked.signer} is neither the payer of this receipt nor an active oracle.`,
      { retryable: false },
    );
  }
  if (found === undefined) throw unknownReceipt(receipt);

  const { stored, admitted } = found;
  const { request } = admitted;
  return {
    prompt: request.prompt,
    salt: request.salt,
    parameters: {
      maxTokens: request.maxTokens,
      temperatureMilli: request.temperatureMilli,
      topPMilli: request.topPMilli,
      topK: request.topK,
      repetitionPenaltyMilli: request.repetitionPenaltyMilli,
      seed: request.seed,
    },
    // Without a seed of the payer's the voucher's digest is one: it can be had of these.
    voucher: {
      cumulativeCap: admitted.voucher.cumulativeCap.toString(),
      deadline: admitted.voucher.deadline.toString(),
      signature: admitted.signature,
    },
    outputTokens: stored.answer.tokens,
    text: stored.answer.text,
    finish: stored.answer.finish,
  };
}

function parse(body: unknown) {
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const param = issue?.path.join(".") ?? "";
    throw new RunnerError("invalid_request", `${param || "The body"} ${issue?.message ?? "is wrong"}.`, {
      retryable: false,
      ...(param === "" ? {} : { param }),
    });
  }
  return {
    signer: parsed.data.signer as Hex,
    deadline: BigInt(parsed.data.deadline),
    signature: parsed.data.signature as Hex,
  };
}
