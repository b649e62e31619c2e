import { readAtMost } from "../bytes/readAtMost.js";
import { OpenLedgerError } from "../errors/OpenLedgerError.js";
import { type Admission, decodeAdmission } from "../wire/admissionFile.js";
import { DocumentReader } from "../wire/DocumentReader.js";

const TIMEOUT_MS = 30_000;
/** An oracle judges 4,096 records of a contribution at most, and shows 32 runs of bytes of each. */
const MAX_ADMISSION_BYTES = 16 * 1024 * 1024;

export type ReadAdmissionParameters = {
  /** Base address of the oracle that scored it. */
  readonly oracle: string;
  readonly datanet: bigint;
  readonly contribution: bigint;
  /** Injected for tests; the global `fetch` by default. */
  readonly fetch?: typeof globalThis.fetch;
};

/**
 * Why an oracle gave a contribution its score: what it says of itself, to be recomputed by whoever doubts it.
 *
 * @throws OpenLedgerError `oracle_unreachable`, or the code that the oracle answers with, for instance `not_judged`
 * @throws MalformedDocumentError
 */
export async function readAdmission(parameters: ReadAdmissionParameters): Promise<Admission> {
  const { oracle, datanet, contribution, fetch = globalThis.fetch } = parameters;
  const url = `${oracle.replace(/\/+$/, "")}/v1/admission/${datanet}/${contribution}`;
  const unreachable = (found: string, cause?: unknown) =>
    new OpenLedgerError(`${url}: asked the oracle, found ${found}; ask again or another one.`, {
      code: "oracle_unreachable",
      retryable: true,
      cause,
    });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { signal }).catch((cause: unknown) => {
    throw unreachable("no connection", cause);
  });
  const bytes = await readAtMost(response.body, MAX_ADMISSION_BYTES).catch((cause: unknown) => {
    throw unreachable("a broken transfer", cause);
  });
  if (bytes === undefined) throw unreachable(`more than ${MAX_ADMISSION_BYTES} bytes`);
  if (response.ok) return decodeAdmission(bytes);
  const error = DocumentReader.parse("the oracle's error", bytes).field("error");
  throw new OpenLedgerError(error.field("message").text(), {
    code: error.field("code").text(),
    retryable: error.field("retryable").raw === true,
  });
}
