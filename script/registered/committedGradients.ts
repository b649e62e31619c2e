import { type ContentClient, decodeAttributionCard, isCardOf, MalformedDocumentError, query } from "@openledger/sdk";
import type { Hex } from "viem";

/**
 * The basis and sketches by which a model's owner tells its standings: SHA-256 of the `GradientsFile` that the model's card commits
 * to. Undefined where there is no card, or one that names none.
 *
 * @throws ContentUnavailableError, ContentErasedError, ContentMismatchError; what asking the index throws
 */
export async function committedGradients(
  content: Pick<ContentClient, "get">,
  graphql: string,
  { model, adapterWeightsRoot }: { readonly model: bigint; readonly adapterWeightsRoot: Hex },
): Promise<Hex | undefined> {
  const cardHash = (await query.model({ url: graphql }, model))?.cardHash ?? null;
  if (cardHash === null) return undefined;
  return gradientsOf(await content.get(cardHash), model, adapterWeightsRoot);
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
