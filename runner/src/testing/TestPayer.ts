/** Signs vouchers by hand, so that tests can sign wrong ones. */
import {
  approveToken,
  type ChainClient,
  channelId,
  DocumentReader,
  deposit,
  encodeVoucherHeader,
  type InferenceRequest,
  type MarketDomain,
  openChannel,
  type Receipt,
  readReceipt,
  requestHash,
  VOUCHER_HEADER,
  type Voucher,
  voucherTypedData,
} from "@openledger/sdk";
import { type Address, bytesToBigInt, type Hex, type LocalAccount } from "viem";

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a client sees, looked into by assertions.
  readonly body: any;
}

export const salt: Hex = `0x${"ab".repeat(32)}`;

export class TestPayer {
  readonly domain: MarketDomain;
  readonly channel: Hex;
  nonce = 0n;
  cumulative = 0n;

  constructor(
    readonly client: ChainClient & { readonly account: LocalAccount },
    readonly runner: Address,
    readonly model: bigint,
    readonly channelSalt: bigint = bytesToBigInt(crypto.getRandomValues(new Uint8Array(12))),
  ) {
    const { chainId, addresses } = client.deployment;
    this.domain = { chainId, market: addresses.inferenceMarket };
    this.channel = channelId(this.domain, { payer: client.account.address, runner, salt: this.channelSalt });
  }

  /** Another model in the same channel, with books of its own. */
  for(model: bigint): TestPayer {
    return new TestPayer(this.client, this.runner, model, this.channelSalt);
  }

  async open(amount: bigint): Promise<void> {
    const { client } = this;
    await approveToken(client, { spender: client.deployment.addresses.inferenceMarket, amount });
    await deposit(client, { payer: client.account.address, amount });
    await openChannel(client, { runner: this.runner, salt: this.channelSalt, amount });
  }

  request(prompt: string, more: Partial<InferenceRequest> = {}): InferenceRequest {
    return {
      model: this.model,
      salt,
      prompt,
      maxTokens: 8,
      temperatureMilli: 1000,
      topPMilli: 1000,
      topK: 0,
      repetitionPenaltyMilli: 1000,
      seed: `0x${"00".repeat(32)}`,
      ...more,
    };
  }

  voucher(request: InferenceRequest, more: Partial<Voucher> = {}): Voucher {
    return {
      channel: this.channel,
      model: request.model,
      nonce: this.nonce + 1n,
      cumulativeCap: this.cumulative + 100_000n,
      requestHash: requestHash(request),
      deadline: BigInt(Math.floor(Date.now() / 1000) + 3600),
      ...more,
    };
  }

  async header(
    request: InferenceRequest,
    voucher: Voucher,
    signer: LocalAccount = this.client.account,
    domain: MarketDomain = this.domain,
  ): Promise<string> {
    const signature = await signer.signTypedData(voucherTypedData(domain, voucher));
    return encodeVoucherHeader({ voucher, signature, salt: request.salt });
  }

  /** Pays and asks; its own books move on when it is answered. */
  async ask(url: string, request: InferenceRequest, header?: string): Promise<Reply> {
    const reply = await post(url, request, header ?? (await this.header(request, this.voucher(request))));
    if (reply.status === 200) {
      const { nonce, cumulative } = receiptIn(reply);
      if (nonce > this.nonce) Object.assign(this, { nonce, cumulative });
    }
    return reply;
  }
}

export function receiptIn({ body }: Reply): Receipt {
  return readReceipt(new DocumentReader("receipt", body.openledger.receipt));
}

export function bodyOf(request: InferenceRequest): Record<string, unknown> {
  return {
    model: `${request.model}`,
    prompt: request.prompt,
    max_tokens: request.maxTokens,
    temperature: request.temperatureMilli / 1000,
    top_p: request.topPMilli / 1000,
    top_k: request.topK,
    repetition_penalty: request.repetitionPenaltyMilli / 1000,
    seed: request.seed,
  };
}

async function post(url: string, request: InferenceRequest, header: string): Promise<Reply> {
  const response = await fetch(`${url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", [VOUCHER_HEADER]: header },
    body: JSON.stringify(bodyOf(request)),
  });
  return { status: response.status, body: await response.json() };
}
