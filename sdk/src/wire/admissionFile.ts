import type { Address, Hex } from "viem";
import { type AdmissionProbe, encodeAdmissionProbe, readAdmissionProbe } from "./admissionProbe.js";
import { canonicalJson, type JsonValue } from "./canonicalJson.js";
import { DocumentReader } from "./DocumentReader.js";
import { oneOf } from "./oneOf.js";

const FORMAT = "openledger.admission/1";
const DOCUMENT = "admission";
const RULES = [
  ...(["file", "no_gain", "harm"] as const),
  ...(["not_text", "empty", "too_long", "duplicate", "copy", "licence", "repetition", "noise"] as const),
];
const WAYS = ["contribute_again", "dispute_earlier"] as const;

/** What a record, or with the first three a whole contribution, can be refused by. */
export type AdmissionRule = (typeof RULES)[number];

/** What can be done about a refusal: contribute what was not refused, or dispute the record that it is called a copy of. */
export type AppealWay = (typeof WAYS)[number];

export type AdmissionReason = {
  readonly rule: AdmissionRule;
  /** What was found, and what it may be at most or has to be: decimals or words, by the rule. */
  readonly found: string;
  readonly limit: string;
  readonly evidence: AdmissionEvidence;
};

export type AdmissionEvidence = {
  /** Byte of the record at which it is found. */
  readonly at?: number;
  /** The earlier record. */
  readonly of?: { readonly contribution: bigint; readonly index: number };
  /** Equal bytes, the longest runs of them: first byte in the record, in the earlier one, length. */
  readonly runs?: readonly (readonly [number, number, number])[];
  /** How many runs there are. */
  readonly runCount?: number;
  /** What the base read, decimals by name. */
  readonly reading?: Readonly<Record<string, string>>;
};

/** Why a validator gave a contribution its score in a round, or what it finds of one that the Datanet's owner decides. */
export type Admission = {
  readonly datanet: bigint;
  readonly contribution: bigint;
  readonly contributor: Address;
  /** Absent where the owner decides; so is `acceptScore`. */
  readonly round?: bigint;
  readonly validator: Address;
  /** 0 to 10,000: the part of the records that is accepted. */
  readonly score: number;
  /** From this on it is a vote to accept. */
  readonly acceptScore?: number;
  /** Root of the weights of the base that read the records. */
  readonly base: Hex;
  readonly recordCount: number;
  /** Earlier records of all Datanets that it was compared with, and contributions that could not be read. */
  readonly comparedWith: { readonly records: number; readonly unread: readonly bigint[] };
  /** What learning the records did to others; absent where none was left to learn, and of an oracle that makes no probes. */
  readonly probe?: AdmissionProbe;
  /** Of the contribution as a whole, which has no score then. With `file` no record is judged. */
  readonly reasons: readonly AdmissionReason[];
  /** The records that are refused, ascending. */
  readonly refused: readonly { readonly index: number; readonly reasons: readonly AdmissionReason[] }[];
  /** What can be done about it; empty where nothing was refused. */
  readonly appeal: readonly { readonly way: AppealWay; readonly text: string }[];
};

/** The canonical text that an oracle serves. */
export function encodeAdmission(admission: Admission): string {
  const { comparedWith, reasons, refused, appeal } = admission;
  return canonicalJson({
    format: FORMAT,
    datanet: admission.datanet.toString(),
    contribution: admission.contribution.toString(),
    contributor: admission.contributor.toLowerCase(),
    round: admission.round?.toString(),
    validator: admission.validator.toLowerCase(),
    score: admission.score,
    acceptScore: admission.acceptScore,
    base: admission.base,
    recordCount: admission.recordCount,
    comparedWith: { records: comparedWith.records, unread: comparedWith.unread.map(String) },
    probe: admission.probe === undefined ? undefined : encodeAdmissionProbe(admission.probe),
    reasons: reasons.map(reasonJson),
    refused: refused.map((record) => ({ index: record.index, reasons: record.reasons.map(reasonJson) })),
    appeal: appeal.map(({ way, text }) => ({ way, text })),
  });
}

/** @throws MalformedDocumentError */
export function decodeAdmission(bytes: Uint8Array | string): Admission {
  const reader = DocumentReader.parse(DOCUMENT, bytes);
  reader.field("format").literal(FORMAT);
  const compared = reader.field("comparedWith");
  const probe = reader.field("probe");
  const [round, acceptScore] = [reader.field("round"), reader.field("acceptScore")];
  return {
    datanet: reader.field("datanet").uint(64),
    contribution: reader.field("contribution").uint(64),
    contributor: reader.field("contributor").address(),
    // who has one of them has both
    ...((round.present || acceptScore.present) && { round: round.uint(64), acceptScore: acceptScore.uint32() }),
    validator: reader.field("validator").address(),
    score: reader.field("score").uint32(),
    base: reader.field("base").bytes32(),
    recordCount: reader.field("recordCount").uint32(),
    comparedWith: {
      records: compared.field("records").uint32(),
      unread: compared
        .field("unread")
        .items()
        .map((item) => item.uint(64)),
    },
    ...(probe.present && { probe: readAdmissionProbe(probe) }),
    reasons: readReasons(reader.field("reasons")),
    refused: reader
      .field("refused")
      .items()
      .map((item) => ({ index: item.field("index").uint32(), reasons: readReasons(item.field("reasons")) })),
    appeal: reader
      .field("appeal")
      .items()
      .map((item) => ({ way: oneOf(item.field("way"), WAYS), text: item.field("text").text() })),
  };
}

function reasonJson({ rule, found, limit, evidence }: AdmissionReason): JsonValue {
  const { at, of, runs, runCount, reading } = evidence;
  const place = of === undefined ? undefined : { contribution: of.contribution.toString(), index: of.index };
  return { rule, found, limit, evidence: { at, of: place, runs, runCount, reading } };
}

function readReasons(list: DocumentReader): AdmissionReason[] {
  return list.items().map((item) => ({
    rule: oneOf(item.field("rule"), RULES),
    found: item.field("found").text(),
    limit: item.field("limit").text(),
    evidence: readEvidence(item.field("evidence")),
  }));
}

function readEvidence(evidence: DocumentReader): AdmissionEvidence {
  const [at, of, runs, runCount, reading] = (["at", "of", "runs", "runCount", "reading"] as const).map((name) =>
    evidence.field(name),
  ) as [DocumentReader, DocumentReader, DocumentReader, DocumentReader, DocumentReader];
  return {
    ...(at.present && { at: at.uint32() }),
    ...(of.present && { of: { contribution: of.field("contribution").uint(64), index: of.field("index").uint32() } }),
    ...(runs.present && { runs: runs.items().map(readRun) }),
    ...(runCount.present && { runCount: runCount.uint32() }),
    ...(reading.present && { reading: readReading(reading) }),
  };
}

function readRun(run: DocumentReader): [number, number, number] {
  const [at, place, length] = run.tuple(3).map((item) => item.uint32());
  return [at!, place!, length!];
}

function readReading(reading: DocumentReader): Record<string, string> {
  const { raw } = reading;
  if (typeof raw !== "object" || raw === null) reading.fail("expected an object");
  return Object.fromEntries(Object.keys(raw as object).map((name) => [name, reading.field(name).text()]));
}
