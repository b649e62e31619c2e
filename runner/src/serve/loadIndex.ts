import { AttributionIndex } from "@openledger/engine";
import { type ChainReader, datanetRegistryAbi } from "@openledger/sdk";
import { hexToBigInt } from "viem";
import { askChain } from "../chain/askChain.js";
import type { FileCache } from "./FileCache.js";
import { ModelUnusable } from "./ModelUnusable.js";

/** The index of a version under a base, checked against the root on the chain. @throws ModelUnusable */
export async function loadIndex(
  reader: ChainReader,
  files: FileCache,
  place: { readonly datanet: bigint; readonly version: number; readonly base: bigint },
): Promise<AttributionIndex> {
  const { datanet, version, base } = place;
  const [root, dataHash] = await askChain("an index", () =>
    reader.publicClient.readContract({
      address: reader.deployment.addresses.datanetRegistry,
      abi: datanetRegistryAbi,
      functionName: "indexOf",
      args: [datanet, version, base],
    }),
  );
  if (hexToBigInt(root) === 0n) {
    throw new ModelUnusable(`Version ${version} of Datanet ${datanet} has no index under base ${base} yet.`);
  }
  const index = AttributionIndex.parse(await files.get(dataHash));
  if (index.root !== root) {
    throw new ModelUnusable(
      `The index of Datanet ${datanet} version ${version} under base ${base} has root ${root} on the chain; ` +
        `its file ${dataHash} has ${index.root}.`,
    );
  }
  return index;
}
