/** Asks runners what stands behind a receipt, as an active oracle may. */
import { DocumentReader, disclosureTypedData, type MarketDomain } from "@openledger/sdk";
import type { Hex, LocalAccount } from "viem";
import type { Clock } from "../Clock.js";
import { OracleError } from "../OracleError.js";
import { post, type Reach } from "./post.js";

/** What was asked for and answered. None of it is believed before its hashes are compared with the receipt's. */
export interface DisclosedAnswer {
  readonly prompt: string;
  readonly salt: Hex;
  readonly maxTokens: number;
  readonly temperatureMilli: number;
  readonly topPMilli: number;
  readonly topK: number;
  readonly repetitionPenaltyMilli: number;
  readonly seed: Hex;
  /** What is not in the receipt of the voucher that paid for it, and the payer's signature. */
  readonly voucher: { readonly cumulativeCap: bigint; readonly deadline: bigint; readonly signature: Hex };
  readonly outputTokens: readonly number[];
}

export interface RunnerClientDeps {
  readonly account: LocalAccount;
  readonly domain: MarketDomain;
  readonly clock: Clock;
  /** `any` when the operator chose the addresses, `public` when runners announce them. */
  readonly reach: Reach;
}

const deadlineSeconds = 300;
const timeoutMs = 10_000;
const largestAnswer = 1024 * 1024;

export class RunnerClient {
  constructor(private readonly deps: RunnerClientDeps) {}

  /**
   * @param url The runner's base address.
   * @throws OracleError `runner_unavailable`, `runner_refused`, `malformed_document`; all may be different later.
   */
  async disclose(url: string, receipt: Hex, signal: AbortSignal): Promise<DisclosedAnswer> {
    const { account, domain, clock, reach } = this.deps;
    const deadline = BigInt(Math.floor(clock.now().getTime() / 1000) + deadlineSeconds);
    const signature = await account.signTypedData(disclosureTypedData(domain, { receipt, deadline }));
    const address = `${url.replace(/\/+$/, "")}/v1/receipts/${receipt}/disclosure`;

    const body = JSON.stringify({ signer: account.address, deadline: `${deadline}`, signature });
    const { status, text } = await post(address, body, { reach, timeoutMs, largestAnswer, signal }).catch((cause) => {
      throw new OracleError("runner_unavailable", `Asked ${address} for a disclosure: ${reasonOf(cause)}.`, {
        retryable: true,
        cause,
      });
    });
    if (status !== 200) {
      // Not its text: what is found is shown to everybody, and the address is the runner's choice.
      throw new OracleError("runner_refused", `${address} answered ${status}.`, { retryable: true });
    }
    return parse(address, text);
  }
}

function parse(address: string, text: string): DisclosedAnswer {
  try {
    const reader = DocumentReader.parse("disclosure", new TextEncoder().encode(text));
    const parameters = reader.field("parameters");
    return {
      prompt: reader.field("prompt").text(),
      salt: reader.field("salt").bytes32(),
      maxTokens: parameters.field("maxTokens").uint32(),
      temperatureMilli: parameters.field("temperatureMilli").uint32(),
      topPMilli: parameters.field("topPMilli").uint32(),
      topK: parameters.field("topK").uint32(),
      repetitionPenaltyMilli: parameters.field("repetitionPenaltyMilli").uint32(),
      seed: parameters.field("seed").bytes32(),
      voucher: {
        cumulativeCap: reader.field("voucher").field("cumulativeCap").uint(96),
        deadline: reader.field("voucher").field("deadline").uint(64),
        signature: signatureOf(reader.field("voucher").field("signature")),
      },
      outputTokens: reader
        .field("outputTokens")
        .items()
        .map((token) => token.uint32()),
    };
  } catch (cause) {
    throw new OracleError("malformed_document", `${address}: ${reasonOf(cause)}`, { retryable: true, cause });
  }
}

function signatureOf(reader: DocumentReader): Hex {
  const text = reader.text();
  if (!/^0x[0-9a-fA-F]{130}$/.test(text)) reader.fail("expected 65 bytes in hexadecimal");
  return text as Hex;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
