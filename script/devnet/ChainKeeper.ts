/**
 * Keeps a copy of anvil's state on disk while it runs.
 *
 * Anvil's own `--state` file is written in place and only now and then: a kill can leave half a file or lose minutes.
 * Here the state is fetched as soon as a block holds transactions, and the file is replaced whole (temporary file,
 * fsync, rename). What a kill can lose is the blocks of the last moment; the chain then goes on from the block before
 * and its followers see a short reorganisation.
 */
import { existsSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { gunzip } from "node:zlib";
import { callRpc } from "./callRpc.js";

const pollMs = 100;
/** Empty blocks are kept too, but need no hurry: only their hashes would be lost. */
const emptyBlocksPerCopy = 30n;
/** A copy takes longer as the chain grows: rest in proportion, so that it never takes more than a tenth of the time. */
const restPerCopy = 9;

export class ChainKeeper {
  #kept = -1n;
  #copying: Promise<void> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly url: string,
  ) {}

  get keptBlock(): bigint {
    return this.#kept;
  }

  /** The file to start the chain from, if there is one. */
  loadable(): string | undefined {
    return existsSync(this.path) ? this.path : undefined;
  }

  /** Copies the state after each block with transactions, until `ended` resolves. */
  follow(ended: Promise<unknown>): void {
    let running = true;
    void ended.then(() => {
      running = false;
    });
    const loop = async () => {
      let seen = -1n;
      while (running) {
        await Promise.race([delay(pollMs), ended]);
        try {
          const head = BigInt((await callRpc(this.url, "eth_blockNumber", [])) as string);
          if (head === seen) continue;
          const due =
            head < seen || head - this.#kept >= emptyBlocksPerCopy || (await this.#hasTransactions(seen, head));
          seen = head;
          if (!due) continue;
          const began = performance.now();
          await this.keep();
          await Promise.race([delay((performance.now() - began) * restPerCopy), ended]);
        } catch {
          // The chain is away: it is being stopped or was killed, and `ended` tells.
        }
      }
    };
    void loop();
  }

  /** Copies the state now. Concurrent calls follow each other. */
  keep(): Promise<void> {
    const copy = this.#copying.then(() => this.#copy());
    this.#copying = copy.catch(() => {});
    return copy;
  }

  async #hasTransactions(seen: bigint, head: bigint): Promise<boolean> {
    const first = seen + 1n > head - emptyBlocksPerCopy ? seen + 1n : head - emptyBlocksPerCopy;
    for (let number = first < 0n ? 0n : first; number <= head; number += 1n) {
      const count = await callRpc(this.url, "eth_getBlockTransactionCountByNumber", [`0x${number.toString(16)}`]);
      if (count !== "0x0") return true;
    }
    return false;
  }

  async #copy(): Promise<void> {
    const head = BigInt((await callRpc(this.url, "eth_blockNumber", [])) as string);
    const packed = Buffer.from(((await callRpc(this.url, "anvil_dumpState", [])) as string).slice(2), "hex");
    const json = await new Promise<Buffer>((resolve, reject) => {
      gunzip(packed, (error, bytes) => (error === null ? resolve(bytes) : reject(error)));
    });
    const temporary = `${this.path}.new`;
    const file = await open(temporary, "w");
    try {
      await file.writeFile(json);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.path);
    this.#kept = head;
  }
}
