/**
 * Judges one contribution beside earlier records: what every validator that reads the same files and base comes to, and says.
 */
import {
  type AdapterProbe,
  ATTRIBUTION_CONTEXT,
  type EarlierRecords,
  type EarlierSample,
  judgeRecords,
  MAX_RECORD_BYTES,
  NoiseGate,
  type Runtime,
  type Tokenizer,
} from "@openledger/engine";
import {
  type Admission,
  type AdmissionReason,
  type ContentClient,
  type Contribution,
  InvalidValueError,
  licenceFromBytes32,
} from "@openledger/sdk";
import type { Hex } from "viem";
import type { Log } from "../Log.js";
import type { AdmissionFacts, EarlierContribution } from "../store/AdmissionFacts.js";
import { explainProbe, probeReasons } from "./explainProbe.js";
import { explainRefusals } from "./explainRefusals.js";
import { readRecords } from "./readRecords.js";
import { shown } from "./shown.js";

/** Records of a contribution that are judged; one with more is refused whole. */
const MAX_JUDGED_RECORDS = 4096;

export interface RecordJudgeDeps {
  readonly runtime: Pick<Runtime, "hiddenStates" | "attribution" | "architecture" | "weightsRoot">;
  readonly tokenizer: Pick<Tokenizer, "encode">;
  /** Undefined where contributions are scored without. */
  readonly probe: Pick<AdapterProbe, "read"> | undefined;
  readonly content: Pick<ContentClient, "get">;
  readonly admissions: Pick<AdmissionFacts, "licencesAt">;
  readonly log: Log;
}

const OUT_OF_TIME = {
  kind: "silence",
  because: "out_of_time",
  found: "an eighth of the time for commits is left; give the base more threads",
} as const;

/** What a contribution is judged beside. */
export interface Beside {
  readonly earlier: EarlierRecords;
  /** Of the Datanet's own. */
  readonly sample: EarlierSample;
  /** What its probe is drawn by. */
  readonly seed: number;
  /** Whether there is time for a probe. */
  readonly isProbed: boolean;
}

export interface JudgedContribution extends Pick<Admission, "score" | "probe" | "refused" | "reasons"> {
  /** The earlier records, and what of the contribution is accepted: who asked closes it. Undefined where there was nothing to judge. */
  readonly earlier: EarlierRecords | undefined;
}

/** A contribution's texts; or why it is refused whole, and whether that may pass since its file may still come. */
export type ReadContribution =
  | { readonly kind: "read"; readonly texts: readonly Uint8Array[]; readonly licence: string }
  | { readonly kind: "unjudged"; readonly reason: AdmissionReason; readonly mayPass: boolean };

export class RecordJudge {
  #gate: Promise<NoiseGate> | undefined;

  constructor(private readonly deps: RecordJudgeDeps) {}

  /** Root of the weights of the base that reads the records. */
  get base(): Hex {
    return this.deps.runtime.weightsRoot;
  }

  get hasProbe(): boolean {
    return this.deps.probe !== undefined;
  }

  /**
   * Takes an accepted contribution among the earlier records.
   *
   * @returns Whether its records could be read
   */
  async addEarlier(
    earlier: EarlierRecords,
    sample: EarlierSample,
    { contribution, revoked }: EarlierContribution,
    datanet: bigint,
    signal: AbortSignal,
  ): Promise<boolean> {
    const read = await readRecords(this.deps.content, contribution, signal);
    if (read.kind !== "read") {
      this.deps.log.fault(`Contribution ${contribution.number} cannot be compared with: ${read.found}`);
      return false;
    }
    for (const [index, text] of read.records.entries()) {
      // one that is too long was accepted by other rules than these, and is nobody's copy by them
      if (text === undefined || revoked.has(index) || text.length > MAX_RECORD_BYTES) continue;
      earlier.add({ contribution: contribution.number, index }, text);
      if (contribution.datanet === datanet) sample.add(text);
    }
    return true;
  }

  /**
   * A contribution's texts, or why there is nothing to judge: cheap beside judging.
   *
   * @throws ContentUnavailableError where the store cannot be reached
   */
  async read(contribution: Contribution, signal: AbortSignal): Promise<ReadContribution> {
    if (isTooLarge(contribution)) {
      const limit = `${MAX_JUDGED_RECORDS} records: split it`;
      return unjudged(`${contribution.recordCount} records`, limit, false);
    }
    const file = await readRecords(this.deps.content, contribution, signal);
    const committed = "the file that was committed";
    if (file.kind !== "read") {
      const isMissing = file.kind === "missing";
      return unjudged(isMissing ? "no file in the content store" : shown(file.found), committed, isMissing);
    }
    const texts = file.records.filter((record) => record !== undefined);
    const erased = file.records.length - texts.length;
    if (erased > 0) return unjudged(`${erased} records that were erased`, committed, false);
    return { kind: "read", texts, licence: file.licence };
  }

  /** @throws ContentUnavailableError where the store cannot be reached; RuntimeError */
  async judge(
    contribution: Contribution,
    { earlier, sample, seed, isProbed }: Beside,
    signal: AbortSignal,
  ): Promise<JudgedContribution> {
    const file = await this.read(contribution, signal);
    if (file.kind === "unjudged") return { score: 0, earlier: undefined, refused: [], reasons: [file.reason] };
    const { admissions, runtime, tokenizer, probe, log } = this.deps;
    const licences = await admissions.licencesAt(contribution.datanet, contribution.number);
    const gate = await this.#calibrated();
    signal.throwIfAborted();
    const judged = await judgeRecords({
      contribution: contribution.number,
      records: file.texts,
      licence: file.licence,
      allowedLicences: licences.flatMap(nameOf),
      earlier,
      tokenizer,
      context: Math.min(ATTRIBUTION_CONTEXT, runtime.architecture.maxPositions),
      gate,
      ...(isProbed && { probe: { adapter: probe!, earlier: sample.texts, seed } }),
      signal,
    });
    const { score, records, earlier: later } = judged;
    const found = judged.probe ?? (probe !== undefined && !isProbed ? OUT_OF_TIME : undefined);
    if (found?.kind === "silence" && found.because !== "few_tokens") {
      log.fault(`Contribution ${contribution.number} is scored without its probe: ${found.found}`);
    }
    const told = found === undefined ? {} : { probe: explainProbe(found) };
    return { score, earlier: later, ...told, refused: explainRefusals(records), reasons: probeReasons(judged.probe) };
  }

  /** The gate's limits, read from the base once for all who judge: no one's end is the others'. What failed is tried again by the next. */
  #calibrated(): Promise<NoiseGate> {
    this.#gate ??= NoiseGate.calibrate(this.deps.runtime).catch((error: unknown) => {
      this.#gate = undefined;
      throw error;
    });
    return this.#gate;
  }
}

function unjudged(found: string, limit: string, mayPass: boolean): ReadContribution {
  return { kind: "unjudged", reason: { rule: "file", found, limit, evidence: {} }, mayPass };
}

export function isTooLarge({ recordCount }: Contribution): boolean {
  return recordCount > MAX_JUDGED_RECORDS;
}

/** A licence's identifier; a word that is none can stand in a Datanet's list, and no file can name it. */
function nameOf(licence: Hex): string[] {
  try {
    return [licenceFromBytes32(licence)];
  } catch (error) {
    if (error instanceof InvalidValueError) return [];
    throw error;
  }
}
