/**
 * `npm run erase-index -- DATANET --key-file FILE`: erases from a Datanet's indexes what its content store holds the texts of no
 * longer. Its key is one of the store's erasers. Ends with 1 when something is left, with 2 when it is called wrongly.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readKey } from "@openledger/cli";
import { FolderLock } from "@openledger/engine";
import { ContentClient, createChainReader, eraseContentTypedData, parseDeployment } from "@openledger/sdk";
import type { Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { progressLine } from "../progress/progressLine.js";
import { ErasedPlaces } from "./ErasedPlaces.js";
import { EraseError } from "./EraseError.js";
import { type EraseReport, eraseFromIndexes } from "./eraseFromIndexes.js";
import { type EraseArguments, readArguments } from "./readArguments.js";
import { readEraseRequest } from "./readEraseRequest.js";

/** How long an order holds: it is signed when it is sent. */
const ORDER_SECONDS = 3600;

async function run({ datanet, keyFile, state, ...given }: EraseArguments, signal: AbortSignal): Promise<EraseReport> {
  const deployment = parseDeployment(JSON.parse(await readFile(join(state, "deployment.json"), "utf8")));
  const reader = createChainReader({ deployment, rpcUrl: given.rpc });
  const content = new ContentClient({ url: given.content });
  const account = privateKeyToAccount(await readKey(keyFile));
  const erase = async (hash: Hex, replacement: Hex) => {
    const deadline = BigInt(Math.floor(Date.now() / 1000) + ORDER_SECONDS);
    const order = { content: hash, replacement, deadline };
    const signature = await account.signTypedData(eraseContentTypedData(deployment, order));
    await content.erase({ type: "EraseContent", order, signature }, { signal });
  };
  const line = progressLine("erase");
  try {
    const onProgress = (doing: string) => line.update(doing);
    onProgress(`looking for erased records of Datanet ${datanet}`);
    const places = new ErasedPlaces(content, signal);
    const request = await readEraseRequest(reader, places, datanet);
    const work = join(state, "erase");
    const subject = { store: given.content.replace(/\/+$/, ""), chainId: deployment.chainId };
    // whichever Datanets they are for: one may erase a part that the other is about to list
    await mkdir(work, { recursive: true });
    const lock = await FolderLock.acquire(work);
    try {
      const folder = join(work, `${datanet}`);
      const report = await eraseFromIndexes(request, { content, subject, erase, folder, onProgress, signal });
      return { ...report, left: [...places.left, ...report.left] };
    } finally {
      await lock.release();
    }
  } finally {
    line.end();
  }
}

function render(datanet: bigint, { replaced, parts, left }: EraseReport): string {
  const lines = replaced.map(({ name, before, after }) => `${name}: ${after} stands for ${before}\n`);
  if (replaced.length > 0 || parts > 0) return `${lines.join("")}${parts} parts of files were erased.\n`;
  return left.length > 0 ? "" : `No index of Datanet ${datanet} has positions of a record that was erased.\n`;
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => stop.abort(new EraseError("stopped", "stopped; the same command goes on")));
try {
  const given = readArguments(process.argv.slice(2));
  const report = await run(given, stop.signal);
  process.stdout.write(render(given.datanet, report));
  for (const one of report.left) process.stderr.write(`left: ${one}\n`);
  if (report.left.length > 0) process.exitCode = 1;
} catch (error) {
  const code = error instanceof Error && "code" in error ? `${error.code}: ` : "";
  process.stderr.write(`${code}${(error as Error).message}\n`);
  process.exitCode = error instanceof EraseError && error.code === "usage" ? 2 : 1;
}
