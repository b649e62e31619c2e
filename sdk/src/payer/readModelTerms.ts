import type { Hex } from "viem";
import type { ChainReader } from "../actions/ChainClient.js";
import { contractAbis } from "../actions/contracts.js";
import { readModel } from "../actions/model/readModel.js";
import { attributionMethodHash } from "../hash/attribution.js";
import type { ModelTerms } from "./verifyAnswer.js";

/** What the chain says of a model; a registered model never changes, a committed index neither. */
export async function readModelTerms(reader: ChainReader, model: bigint): Promise<ModelTerms> {
  const { price, programRoot, base, versions } = await readModel(reader, model);
  const roots = await Promise.all(
    versions.map(async ({ datanet, version }): Promise<Hex> => {
      const [root] = await reader.publicClient.readContract({
        address: reader.deployment.addresses.datanetRegistry,
        abi: contractAbis.datanetRegistry,
        functionName: "indexOf",
        args: [datanet, version, base],
      });
      return root;
    }),
  );
  return { price, programRoot, methodHash: attributionMethodHash(roots) };
}
