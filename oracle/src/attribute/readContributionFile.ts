import {
  type ContentClient,
  contributionFault,
  decodeHeldContribution,
  getHeld,
  type HeldContribution,
} from "@openledger/sdk";
import { OracleError } from "../OracleError.js";
import type { AcceptedContribution } from "../store/ChainFacts.js";

/**
 * A contribution's file as the content store has it now, whole or redacted, checked against what was committed.
 *
 * @throws OracleError `content_mismatch`; ContentErasedError, ContentUnavailableError, ContentMismatchError; MalformedDocumentError, InvalidValueError
 * where the file is none
 */
export async function readContributionFile(
  content: Pick<ContentClient, "get">,
  contribution: AcceptedContribution & { readonly datanet: bigint },
  signal: AbortSignal,
): Promise<HeldContribution> {
  const file = decodeHeldContribution(await getHeld(content, contribution.dataHash, { signal }));
  const fault = await contributionFault(file, contribution);
  if (fault === undefined) return file;
  throw new OracleError(
    "content_mismatch",
    `File ${contribution.dataHash} of contribution ${contribution.contribution}: ${fault}.`,
    { retryable: false },
  );
}
