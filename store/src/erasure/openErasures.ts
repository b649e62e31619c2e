import type { BlockStore } from "../BlockStore.js";
import type { ErasureConfig } from "../config.js";
import { ErasureAuthority } from "./ErasureAuthority.js";
import { Erasures } from "./Erasures.js";
import { readDeployment } from "./readDeployment.js";
import { rpcErasureChain } from "./rpcErasureChain.js";

/** Erasures as the operator has configured them. Nothing is asked of the chain until something is to be erased. */
export function openErasures(blocks: BlockStore, config: ErasureConfig): Erasures {
  const deployment = () => readDeployment(config.deploymentFile);
  const authority = new ErasureAuthority({
    erasers: config.erasers,
    chainId: async () => (await deployment()).chainId,
    chain: config.rpcUrl === undefined ? undefined : rpcErasureChain(config.rpcUrl, deployment),
  });
  return new Erasures({ blocks, authority });
}
