import {
  type ContentClient,
  decodeHeldContribution,
  getHeld,
  type HeldContribution,
  licenceToBytes32,
  recordsRoot,
} from "@openledger/sdk";
import { isAddressEqual } from "viem";
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
  const { datanet } = contribution;
  const file = decodeHeldContribution(await getHeld(content, contribution.dataHash, { signal }));
  const fits =
    file.datanet === datanet &&
    isAddressEqual(file.contributor, contribution.contributor) &&
    licenceToBytes32(file.licence) === contribution.licence &&
    file.records.length === contribution.recordCount;
  const root = recordsRoot(file);
  if (fits && root === contribution.recordsRoot) return file;
  throw new OracleError(
    "content_mismatch",
    `File ${contribution.dataHash} of contribution ${contribution.contribution}: asked for ` +
      `${contribution.recordCount} records with root ${contribution.recordsRoot} of ${contribution.contributor} for ` +
      `Datanet ${datanet}, found ${file.records.length} with root ${root} of ${file.contributor} for ${file.datanet}.`,
    { retryable: false },
  );
}
