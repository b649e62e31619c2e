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
};

/** The dues of the protocol, of one runner with its stakers, and of the given models together. */
export async function readDues(reader: ChainReader, runner: Address, models: readonly bigint[]): Promise<Dues> {
  const market = { address: reader.deployment.addresses.inferenceMarket, abi: contractAbis.inferenceMarket } as const;
  const { publicClient } = reader;
  const [protocol, security, stakers, own, ...perModel] = await Promise.all([
    publicClient.readContract({ ...market, functionName: "protocolDue" }),
    publicClient.readContract({ ...market, functionName: "securityDue" }),
    publicClient.readContract({ ...market, functionName: "stakersDue", args: [runner] }),
    publicClient.readContract({ ...market, functionName: "runnerDue", args: [runner] }),
    ...models.map((model) => publicClient.readContract({ ...market, functionName: "modelDue", args: [model] })),
  ]);
  return { protocol, security, stakers, runner: own, models: perModel.reduce((sum, due) => sum + due, 0n) };
}
