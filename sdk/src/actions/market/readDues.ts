import type { Address } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** What is due and not yet swept, base units. */
export type Dues = {
  readonly protocol: bigint;
  readonly security: bigint;
  readonly stakers: bigint;
  readonly models: bigint;
  readonly runner: bigint;
  /** Settled for data and not yet moved into the stream. */
  readonly data: bigint;
  /** Of the governed due, what protocol's and security's shares do not divide yet. */
  readonly governedRest: bigint;
};

/** The dues of the protocol, of one runner with its stakers, and of the given models together. */
export async function readDues(reader: ChainReader, runner: Address, models: readonly bigint[]): Promise<Dues> {
  const market = { address: reader.deployment.addresses.inferenceMarket, abi: contractAbis.inferenceMarket } as const;
  const { publicClient } = reader;
  const [protocol, security, stakers, own, data, governedRest, ...perModel] = await Promise.all([
    publicClient.readContract({ ...market, functionName: "protocolDue" }),
    publicClient.readContract({ ...market, functionName: "securityDue" }),
    publicClient.readContract({ ...market, functionName: "stakersDue", args: [runner] }),
    publicClient.readContract({ ...market, functionName: "runnerDue", args: [runner] }),
    publicClient.readContract({ ...market, functionName: "dataDue" }),
    publicClient.readContract({ ...market, functionName: "governedRest" }),
    ...models.map((model) => publicClient.readContract({ ...market, functionName: "modelDue", args: [model] })),
  ]);
  const ofModels = perModel.reduce((sum, due) => sum + due, 0n);
  return { protocol, security, stakers, runner: own, data, governedRest, models: ofModels };
}
