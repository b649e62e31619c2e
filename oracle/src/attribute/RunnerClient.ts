/** Asks runners what stands behind a receipt, as an active oracle may. */
import { DocumentReader, disclosureTypedData, type MarketDomain } from "@openledger/sdk";
import type { Hex, LocalAccount } from "viem";
import type { Clock } from "../Clock.js";
import { OracleError } from "../OracleError.js";

/** What was asked for and answered. None of it is believed before its hashes are compared with the receipt's. */
export interface DisclosedAnswer {
  readonly prompt: string;
  readonly salt: Hex;
  readonly maxTokens: number;
  readonly temperatureMilli: number;
  readonly topPMilli: number;
  readonly topK: number;
  readonly seed: Hex;
  readonly outputTokens: readonly number[];
}

export interface RunnerClientDeps {
  readonly account: LocalAccount;
  readonly domain: MarketDomain;
  readonly clock: Clock;
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
    const { account, domain, clock } = this.deps;
    const deadline = BigInt(Math.floor(clock.now().getTime() / 1000) + deadlineSeconds);
    const signature = await account.signTypedData(disclosureTypedData(domain, { receipt, deadline }));
    const address = `${url.replace(/\/+$/, "")}/v1/receipts/${receipt}/disclosure`;

    let text: string;
    let status: number;
    try {
      const response = await fetch(address, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ signer: account.address, deadline: `${deadline}`, signature }),
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      status = response.status;
      text = await boundedText(response);
    } catch (cause) {
      throw new OracleError("runner_unavailable", `Asked ${address} for a disclosure: ${reasonOf(cause)}.`, {
        retryable: true,
        cause,
      });
    }
    if (status !== 200) {
      throw new OracleError("runner_refused", `${address} answered ${status}: ${text.slice(0, 300)}`, {
        retryable: true,
      });
    }
    return parse(address, text);
  }
}

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > largestAnswer) throw new Error(`its answer is longer than ${largestAnswer} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
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
      seed: parameters.field("seed").bytes32(),
      outputTokens: reader
        .field("outputTokens")
        .items()
        .map((token) => token.uint32()),
    };
  } catch (cause) {
    throw new OracleError("malformed_document", `${address}: ${reasonOf(cause)}`, { retryable: true, cause });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
