/**
 * `npm run erase-index -- DATANET --key-file FILE`: erases from a Datanet's indexes what its content store holds the texts of no
 * longer. Its key is one of the store's erasers. Ends with 1 when it cannot, with 2 when it is called wrongly.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readKey } from "@openledger/cli";
import {
  type ChainReader,
  ContentClient,
  createChainReader,
  datanetRegistryAbi,
  eraseContentTypedData,
  parseDeployment,
  readAcceptedContributions,
  readDatanet,
  readRevocations,
  readVersion,
} from "@openledger/sdk";
import { type Hex, hexToBigInt } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { progressLine } from "../story/progressLine.js";
import { EraseError } from "./EraseError.js";
import { ErasedPlaces } from "./erasedPlaces.js";
import { type CommittedIndex, eraseFromIndexes } from "./eraseFromIndexes.js";
import { type EraseArguments, readArguments } from "./readArguments.js";

/** How long an order holds: it is signed when it is sent. */
const ORDER_SECONDS = 3600;

async function run({ datanet, bases, keyFile, state, ...given }: EraseArguments, signal: AbortSignal): Promise<string> {
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
    const indexes = await committedIndexes(reader, content, datanet, bases, signal);
    const folder = join(state, "erase", `${datanet}`);
    const { replaced, parts } = await eraseFromIndexes(indexes, { content, erase, folder, onProgress, signal });
    line.end();
    const lines = replaced.map(({ name, before, after }) => `${name}: ${after} stands for ${before}\n`);
    if (lines.length === 0) return `No index of Datanet ${datanet} lists a record that was erased.\n`;
    return `${lines.join("")}${parts} parts of files were erased.\n`;
  } finally {
    line.end();
  }
}

async function committedIndexes(
  reader: ChainReader,
  content: ContentClient,
  datanet: bigint,
  bases: readonly bigint[],
  signal: AbortSignal,
): Promise<CommittedIndex[]> {
  const places = new ErasedPlaces(content, signal);
  const { versionCount } = await readDatanet(reader, datanet);
  const indexes: CommittedIndex[] = [];
  for (let version = 1; version <= versionCount; version++) {
    const { contributionCount, revocationCount } = await readVersion(reader, datanet, version);
    const contributions = await readAcceptedContributions(reader, datanet, contributionCount);
    const erased = await places.inVersion(contributions, await readRevocations(reader, datanet, revocationCount));
    for (const base of bases) {
      const [root, dataHash] = await reader.publicClient.readContract({
        address: reader.deployment.addresses.datanetRegistry,
        abi: datanetRegistryAbi,
        functionName: "indexOf",
        args: [datanet, version, base],
      });
      if (hexToBigInt(root) === 0n) continue;
      indexes.push({ name: `Datanet ${datanet} version ${version} under base ${base}`, root, dataHash, erased });
    }
  }
  return indexes;
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => stop.abort(new EraseError("stopped", "stopped; the same command goes on")));
try {
  process.stdout.write(await run(readArguments(process.argv.slice(2)), stop.signal));
} catch (error) {
  const code = error instanceof Error && "code" in error ? `${error.code}: ` : "";
  process.stderr.write(`${code}${(error as Error).message}\n`);
  process.exitCode = error instanceof EraseError && error.code === "usage" ? 2 : 1;
}
