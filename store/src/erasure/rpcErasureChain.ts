import {
  type ChainReader,
  createChainReader,
  type Deployment,
  InvalidValueError,
  readContributionState,
  readContributions,
  readContributionsOf,
  readRevocations,
} from "@openledger/sdk";
import { BaseError } from "viem";
import { StoreError } from "../StoreError.js";
import type { ErasureChain } from "./ErasureChain.js";

const allRevocations = 2n ** 64n - 1n;

/** How long a node may take to answer one question, tries included. */
const answerMs = 10_000;

/** A deployment's chain over JSON-RPC. `deployment` is asked at each call. */
export function rpcErasureChain(
  rpcUrl: string,
  deployment: () => Promise<Deployment>,
  timeoutMs: number = answerMs,
): ErasureChain {
  const ask = async <T>(what: string, of: (reader: ChainReader) => Promise<T>): Promise<T> => {
    const reader = createChainReader({ deployment: await deployment(), rpcUrl });
    try {
      return await within(timeoutMs, what, of(reader));
    } catch (error) {
      if (error instanceof BaseError) throw unavailable(what, error.shortMessage.split("\n")[0] ?? "", error);
      throw error;
    }
  };
  return {
    contribution: (number) =>
      ask(`contribution ${number}`, async (reader) => {
        await assertChain(reader);
        const found = await readContributions(reader, [number]).catch((error: unknown) => {
          if (error instanceof InvalidValueError) return [];
          throw error;
        });
        return found[0];
      }),
    contributionsOf: (contributor) =>
      ask(`the contributions of ${contributor}`, (reader) => readContributionsOf(reader, contributor)),
    state: (contribution) =>
      ask(`the state of contribution ${contribution}`, (reader) => readContributionState(reader, contribution)),
    revocations: (datanet) =>
      ask(`the revocations of Datanet ${datanet}`, (reader) => readRevocations(reader, datanet, allRevocations)),
    isSignatureOf: (address, hash, signature) =>
      ask(`a signature of ${address}`, async ({ publicClient }) => {
        const isValid = await publicClient.verifyHash({ address, hash, signature });
        // A node that does not answer counts as "not valid" there: only one that does may have said so.
        if (!isValid) await publicClient.getBlockNumber({ cacheTime: 0 });
        return isValid;
      }),
  };
}

/** @throws StoreError `chain_unavailable` once the time is over; what the answer is then nobody hears */
async function within<T>(timeoutMs: number, what: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable(what, `no answer within ${timeoutMs} ms.`)), timeoutMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function assertChain({ deployment, publicClient }: ChainReader): Promise<void> {
  const found = await publicClient.getChainId();
  if (found === deployment.chainId) return;
  throw unavailable("its number", `it is chain ${found}, and the deployment is of chain ${deployment.chainId}.`);
}

function unavailable(what: string, found: string, cause?: unknown): StoreError {
  return new StoreError("chain_unavailable", `Asked the chain for ${what}: ${found} Try again.`, true, { cause });
}
