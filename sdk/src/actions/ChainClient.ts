import {
  type Account,
  type Chain,
  createPublicClient,
  createWalletClient,
  defineChain,
  http,
  type PublicClient,
  type Transport,
  type WalletClient,
} from "viem";
import type { Deployment } from "../addresses/Deployment.js";

/** Reads one deployment of the protocol. */
export type ChainReader = { readonly deployment: Deployment; readonly publicClient: PublicClient<Transport, Chain> };

/** Reads it, and sends transactions as one account. */
export type ChainClient = ChainReader & {
  readonly account: Account;
  readonly walletClient: WalletClient<Transport, Chain, Account>;
};

export type ChainReaderOptions = {
  readonly deployment: Deployment;
  readonly rpcUrl: string;
  /** Milliseconds between looks for new blocks; 250 unless said. */
  readonly pollingIntervalMs?: number;
};

/**
 * @example
 * ```ts
 * const reader = createChainReader({ deployment, rpcUrl: "http://127.0.0.1:8545" });
 * const total = await readDatanet(reader, 1n);
 * ```
 */
export function createChainReader(options: ChainReaderOptions): ChainReader {
  const { deployment, rpcUrl } = options;
  return {
    deployment,
    publicClient: createPublicClient({
      chain: chainOf(deployment, rpcUrl),
      transport: http(rpcUrl),
      pollingInterval: options.pollingIntervalMs ?? 250,
    }),
  };
}

/** @param options.account A local account or one that a wallet holds. */
export function createChainClient(options: ChainReaderOptions & { readonly account: Account }): ChainClient {
  const { deployment, rpcUrl, account } = options;
  return {
    ...createChainReader(options),
    account,
    walletClient: createWalletClient({ account, chain: chainOf(deployment, rpcUrl), transport: http(rpcUrl) }),
  };
}

function chainOf(deployment: Deployment, rpcUrl: string): Chain {
  return defineChain({
    id: deployment.chainId,
    name: `chain ${deployment.chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
}
