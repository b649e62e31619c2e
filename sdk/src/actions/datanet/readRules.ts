import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";
import { type DatanetRules, decodeRules } from "./DatanetRules.js";
import { readDatanet } from "./readDatanet.js";

/** A Datanet's rules of a number; those in force unless one is named. */
export async function readRules(
  reader: ChainReader,
  datanet: bigint,
  number?: number,
): Promise<{ readonly number: number; readonly rules: DatanetRules }> {
  const of = number ?? (await readDatanet(reader, datanet)).rules;
  const rules = await reader.publicClient.readContract({
    address: reader.deployment.addresses.datanetRegistry,
    abi: contractAbis.datanetRegistry,
    functionName: "rulesOf",
    args: [datanet, of],
  });
  return { number: of, rules: decodeRules(rules) };
}
