import {
  type ChainReader,
  type ContentClient,
  decodeAttributionCard,
  isCardOf,
  MalformedDocumentError,
  OpenLedgerError,
  readCardHash,
} from "@openledger/sdk";
import type { Hex } from "viem";
import { RegisteredModelError } from "./RegisteredModelError.js";

/**
 * The basis and sketches by which a model's owner tells its standings: SHA-256 of the `GradientsFile` that the model's card, as the
 * chain has it, commits to. Undefined where there is no card, or one that names none.
 *
 * @throws RegisteredModelError `gradients_unusable` where nobody has the card; what asking the chain throws
 */
export async function committedGradients(
  reader: ChainReader,
  content: Pick<ContentClient, "get">,
  { model, adapterWeightsRoot }: { readonly model: bigint; readonly adapterWeightsRoot: Hex },
): Promise<Hex | undefined> {
  const cardHash = await readCardHash(reader, model);
  if (cardHash === undefined) return undefined;
  return gradientsOf(await cardOf(content, cardHash), model, adapterWeightsRoot);
}

async function cardOf(content: Pick<ContentClient, "get">, cardHash: Hex): Promise<Uint8Array> {
  try {
    return await content.get(cardHash);
  } catch (error) {
    if (!(error instanceof OpenLedgerError)) throw error;
    throw new RegisteredModelError(
      "gradients_unusable",
      `the card ${cardHash} that the model's owner committed: ${error.message}; --own makes basis and sketches here`,
      { cause: error },
    );
  }
}

/** What a card's bytes name; nothing where they are no card, or another model's: anything can be committed as one. */
export function gradientsOf(bytes: Uint8Array, model: bigint, adapterWeightsRoot: Hex): Hex | undefined {
  try {
    const card = decodeAttributionCard(bytes);
    return isCardOf(card, model, adapterWeightsRoot) ? card.gradients : undefined;
  } catch (error) {
    if (error instanceof MalformedDocumentError) return undefined;
    throw error;
  }
}
