/** A chain of memory with one published version, as far as a runner reads it to serve the version. */
import {
  type ChainReader,
  type Contribution,
  contributionLeaf,
  domainHash,
  merkleRoot,
  type Revocation,
  revocationsHash,
} from "@openledger/sdk";
import { type Hex, zeroHash } from "viem";

export class TestChain {
  /** What was asked, in order: names of functions and events. */
  readonly asked: string[] = [];
  /** Of the version under any base, as it was committed; zeros before. */
  index: { readonly root: Hex; readonly dataHash: Hex } = { root: zeroHash, dataHash: zeroHash };
  /** What its answers wait for. */
  gate: Promise<void> = Promise.resolve();
  readonly reader: ChainReader;

  constructor(
    private contributions: readonly Contribution[],
    private revocations: readonly Revocation[] = [],
  ) {
    const publicClient = {
      readContract: ({ functionName }: { readonly functionName: string }) => this.#answer(functionName),
      getContractEvents: ({ eventName }: { readonly eventName: string }) => this.#answer(eventName),
    };
    this.reader = { publicClient, deployment: { addresses: {}, startBlock: 0 } } as unknown as ChainReader;
  }

  /** Has another version under its number, as after a reorganisation. */
  replace(contributions: readonly Contribution[], revocations: readonly Revocation[]): void {
    [this.contributions, this.revocations] = [contributions, revocations];
  }

  async #answer(name: string): Promise<unknown> {
    this.asked.push(name);
    await this.gate;
    return this.#answers[name]!();
  }

  readonly #answers: Readonly<Record<string, () => unknown>> = {
    indexOf: () => [this.index.root, this.index.dataHash],
    versionOf: () => {
      const leaves = this.contributions.map(({ number, ...rest }) =>
        contributionLeaf({ contribution: number, ...rest }),
      );
      return {
        root: merkleRoot(domainHash("Contribution"), leaves),
        contributionCount: BigInt(leaves.length),
        revocationCount: BigInt(this.revocations.length),
        revocationsHash: revocationsHash(this.revocations),
      };
    },
    ContributionCommitted: () =>
      this.contributions.map(({ number, ...rest }) => ({ args: { contribution: number, ...rest } })),
    ContributionAccepted: () =>
      this.contributions.map(({ number }, i) => ({ args: { contribution: number, position: BigInt(i) } })),
    ContributionRevoked: () => [],
    RecordRevoked: () =>
      this.revocations.map((revocation, i) => ({ args: { ...revocation, revocationCountAfter: BigInt(i + 1) } })),
  };
}
