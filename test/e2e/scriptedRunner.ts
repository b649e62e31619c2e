import {
  type AttributedReceipt,
  type AttributedRecord,
  answerFee,
  attributionHash,
  attributionRecordsHash,
  decodeVoucherHeader,
  type InferenceRequest,
  type MarketDomain,
  outputHash,
  type Price,
  type Receipt,
  receiptHash,
  receiptToJson,
  receiptTypedData,
  requestHash,
  type Share,
  type SignedVoucher,
  sharesHash,
  voucherDigest,
  voucherToJson,
} from "@openledger/sdk";
import { type Hex, isAddressEqual, type LocalAccount, recoverAddress } from "viem";

/** What a scripted runner says and signs; a test changes it to lie. */
export type RunnerScript = {
  readonly account: LocalAccount;
  readonly payer: Hex;
  readonly domain: MarketDomain;
  readonly model: bigint;
  readonly price: Price;
  readonly programRoot: Hex;
  readonly shares: readonly Share[];
  readonly records: readonly AttributedRecord[];
  readonly methodHash: Hex;
  /** Called on each receipt before it is signed. */
  twist: (receipt: Receipt) => Receipt;
  /** Called on each response before it is sent; throws to break the connection. */
  before: (url: string) => void;
};

export type ScriptedRunner = {
  readonly script: RunnerScript;
  readonly fetch: typeof globalThis.fetch;
  /** What it answered, in order, with the vouchers it was paid by. */
  readonly answered: (AttributedReceipt & { readonly payment: SignedVoucher })[];
};

type CompletionBody = {
  readonly model: string;
  readonly prompt: string;
  readonly max_tokens: number;
  readonly temperature: number;
  readonly top_p: number;
  readonly top_k: number;
  readonly repetition_penalty: number;
  readonly seed: Hex;
  readonly stream?: boolean;
};

const TOKENS = [11, 12, 13];

/** A runner without a model: it keeps the books and signs as a real one, over an injected `fetch`. */
export function scriptedRunner(script: RunnerScript): ScriptedRunner {
  const answered: ScriptedRunner["answered"] = [];
  const byVoucher = new Map<Hex, Response>();

  const respond = async (url: string, init: RequestInit | undefined): Promise<Response> => {
    const path = new URL(url).pathname;
    if (path === "/v1/models") return Response.json({ object: "list", data: [listed(script)] });
    if (path.startsWith("/v1/channels/")) {
      const last = answered.at(-1);
      if (last === undefined) return Response.json({ models: {} });
      const { receipt, payment } = last;
      const books = { nonce: `${receipt.nonce}`, cumulative: `${receipt.cumulative}` };
      const paidBy = { voucher: voucherToJson(payment.voucher), signature: payment.signature };
      const models = { [`${receipt.model}`]: { ...books, ...paidBy } };
      return Response.json({ models });
    }
    const body = JSON.parse(String(init?.body)) as CompletionBody;
    const header = new Headers(init?.headers).get("X-OpenLedger-Voucher");
    if (header === null) return quote(script, body);
    return answer(decodeVoucherHeader(header), body);
  };

  const answer = async (payment: SignedVoucher, body: CompletionBody): Promise<Response> => {
    const { voucher, signature, salt } = payment;
    const digest = voucherDigest(script.domain, voucher);
    const known = byVoucher.get(digest);
    if (known !== undefined) return known.clone();
    const request = requestOf(body, salt);
    const signer = await recoverAddress({ hash: digest, signature });
    if (!isAddressEqual(signer, script.payer)) return refuse(402, "voucher_wrong_signer", `signed by ${signer}`);
    if (requestHash(request) !== voucher.requestHash) return refuse(402, "voucher_wrong_request", "another request");
    const owed = answered.at(-1)?.receipt ?? { nonce: 0n, cumulative: 0n };
    if (voucher.nonce !== owed.nonce + 1n) return refuse(409, "nonce_taken", `nonce ${voucher.nonce}`);

    const promptTokens = promptTokensOf(request.prompt);
    const fee = answerFee(script.price, { promptTokens, outputTokens: TOKENS.length });
    const receipt = script.twist({
      channel: voucher.channel,
      model: voucher.model,
      nonce: voucher.nonce,
      cumulative: owed.cumulative + fee,
      fee,
      promptTokens,
      outputTokens: TOKENS.length,
      requestHash: voucher.requestHash,
      programRoot: script.programRoot,
      seed: digest,
      outputHash: outputHash(salt, TOKENS),
      attributionHash: attributionHash({
        sharesHash: sharesHash(script.shares),
        recordsHash: attributionRecordsHash(script.records),
        methodHash: script.methodHash,
      }),
    });
    const signed = await script.account.signTypedData(receiptTypedData(script.domain, receipt));
    const { shares, records, methodHash } = script;
    answered.push({ receipt, signature: signed, shares, records, methodHash, payment });
    const response = completion(script, receipt, signed, body.stream === true);
    byVoucher.set(digest, response.clone());
    return response;
  };

  return {
    script,
    answered,
    fetch: async (input, init) => {
      const response = await respond(String(input), init);
      script.before(String(input));
      return response;
    },
  };
}

function completion(script: RunnerScript, receipt: Receipt, signature: Hex, stream: boolean): Response {
  const openledger = {
    receipt: receiptToJson(receipt),
    receiptHash: receiptHash(script.domain, receipt),
    signature,
    outputTokens: TOKENS,
    attribution: {
      shares: script.shares.map((share) => ({ ...share, kind: "contributor" })),
      records: script.records.map((record) => ({
        ...record,
        datanet: `${record.datanet}`,
        recordIndex: `${record.recordIndex}`,
        contribution: `${record.contribution}`,
      })),
      methodHash: script.methodHash,
    },
  };
  const choice = (text: string, finish: string | null) => [{ index: 0, text, logprobs: null, finish_reason: finish }];
  if (!stream) return Response.json({ choices: choice("ein zwei", "length"), openledger });
  const chunks = [{ choices: choice("ein ", null) }, { choices: choice("zwei", "length"), openledger }];
  return new Response(
    [...chunks.map((chunk) => JSON.stringify(chunk)), "[DONE]"].map((data) => `data: ${data}\n\n`).join(""),
  );
}

function quote(script: RunnerScript, body: CompletionBody): Response {
  const promptTokens = promptTokensOf(body.prompt);
  const maxFee = answerFee(script.price, { promptTokens, outputTokens: body.max_tokens });
  const details = { runner: script.account.address, promptTokens, maxFee: `${maxFee}` };
  return refuse(402, "payment_required", "send a voucher", details);
}

function refuse(status: number, code: string, message: string, openledger: object = {}): Response {
  return Response.json({ error: { code, message, type: "payment_error", retryable: false }, openledger }, { status });
}

function listed({ model, price, account, domain }: RunnerScript): object {
  return {
    id: `${model}`,
    name: "scripted",
    openledger: {
      model: `${model}`,
      price: Object.fromEntries(Object.entries(price).map(([part, amount]) => [part, `${amount}`])),
      runner: account.address,
      ...domain,
    },
  };
}

function requestOf(body: CompletionBody, salt: Hex): InferenceRequest {
  return {
    model: BigInt(body.model),
    salt,
    prompt: body.prompt,
    maxTokens: body.max_tokens,
    temperatureMilli: Math.round(body.temperature * 1000),
    topPMilli: Math.round(body.top_p * 1000),
    topK: body.top_k,
    repetitionPenaltyMilli: Math.round(body.repetition_penalty * 1000),
    seed: body.seed,
  };
}

/** Two characters a token: fewer tokens than bytes. */
function promptTokensOf(prompt: string): number {
  return Math.ceil(prompt.length / 2);
}
