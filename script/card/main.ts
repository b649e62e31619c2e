/**
 * `npm run card -- MODEL`: how right attribution is for a registered model, by training it anew on halves of its records; with the
 * owner's key the card is published and committed. Ends with 1 when it cannot be told, with 2 when it is called wrongly.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readKey } from "@openledger/cli";
import { publishGradients } from "@openledger/engine";
import { commitCard, contentHash, createChainClient, encodeAttributionCard, query } from "@openledger/sdk";
import { type Address, isAddressEqual } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { withPhases } from "../progress/withPhases.js";
import { type ModelSubject, readModelSubject } from "../registered/ModelPlace.js";
import { layAttribution } from "../registered/readRegisteredModel.js";
import { encodeTexts } from "../registered/readTexts.js";
import { sketchPaths } from "../registered/recordSketches.js";
import { renderCard } from "../truth/renderCard.js";
import { CardError } from "./CardError.js";
import { measureCard, sketchesFolder } from "./measureCard.js";
import { type CardArguments, readArguments } from "./readArguments.js";
import { renderFigures } from "./renderFigures.js";
import { CARD_SKETCHES } from "./scoreMethods.js";

async function run(given: CardArguments, signal: AbortSignal): Promise<string> {
  const { place, keyFile, out, ...measured } = given;
  // a key that cannot be read is known before hours of training
  const account = keyFile === undefined ? undefined : privateKeyToAccount(await readKey(keyFile));
  const folder = join(place.state, "cards");
  const subject = await readModelSubject(place, folder);
  if (account !== undefined) await assertOwner(place, account.address);
  await layAttribution(subject.content, subject.registered);
  const own = join(folder, subject.registered.adapterWeightsRoot);
  const measurement = await withPhases("card", (onPhase) =>
    measureCard(subject, place.model, { ...measured, folder: own, onPhase, signal }),
  );
  const paths = sketchPaths(sketchesFolder(own), CARD_SKETCHES);
  const card =
    account === undefined
      ? measurement
      : { ...measurement, gradients: await publishGradients(paths, subject.content, { signal }) };

  const bytes = encodeAttributionCard(card);
  const path = out ?? join(own, "card.json");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  await writeFile(`${path.replace(/\.json$/, "")}.svg`, await renderCard(card));
  const lines = [renderFigures(card), `Written to ${path}, and drawn beside it.\n`];
  if (account !== undefined) lines.push(await publish(subject, place, account, bytes));
  return lines.join("");
}

/** Known before it is trained for hours. @throws CardError `not_owner` */
async function assertOwner({ model, graphql }: CardArguments["place"], account: Address): Promise<void> {
  const owner = (await query.model({ url: graphql }, model))?.owner;
  if (owner !== undefined && isAddressEqual(owner, account)) return;
  throw new CardError(
    "not_owner",
    `model ${model} is of ${owner}; the key file's is ${account}, which commits no card of it`,
  );
}

/** With the texts, so that the card can be measured again; what standings are told by is there already. */
async function publish(
  { deployment, content, texts }: ModelSubject,
  { model, rpc }: CardArguments["place"],
  account: ReturnType<typeof privateKeyToAccount>,
  bytes: Uint8Array,
): Promise<string> {
  await content.put(encodeTexts(texts));
  await content.put(bytes);
  const client = createChainClient({ deployment, rpcUrl: rpc, account });
  const { hash } = await commitCard(client, { model, cardHash: contentHash(bytes) });
  return `Committed as the card of model ${model}: ${contentHash(bytes)}, transaction ${hash}.\n`;
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => stop.abort(new CardError("stopped", "stopped; what is done is kept for the next run")));
try {
  process.stdout.write(await run(readArguments(process.argv.slice(2)), stop.signal));
} catch (error) {
  const code = error instanceof Error && "code" in error ? `${error.code}: ` : "";
  process.stderr.write(`${code}${(error as Error).message}\n`);
  process.exitCode = error instanceof CardError && error.code === "usage" ? 2 : 1;
}
