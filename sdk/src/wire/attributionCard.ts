import type { Hex } from "viem";
import { canonicalJsonBytes } from "./canonicalJson.js";
import { DocumentReader } from "./DocumentReader.js";

const FORMAT = "openledger.attribution-card/1";
/** A card's bytes; what is longer is none. */
export const MAXIMUM_CARD_BYTES = 2 ** 16;
const MAXIMUM_METHODS = 64;
const MAXIMUM_VERSIONS = 8;
/** Parts of words that may be changed, in percent: 0 to 100. */
const MAXIMUM_RATES = 101;
/** Subsets of a regime below which a rank correlation says nothing. */
export const FEWEST_SETS = 8;
const METHOD = /^[a-z][a-z0-9_]{0,31}$/;
/** Digits behind the point of a card's figures. */
const DIGITS = 4;

/**
 * What was retrained on: random halves of the records (`rec`; `gen` the same, for texts that the model wrote), halves of the
 * contributors (`con`), random halves from another start (`fresh`), nine tenths (`drop`).
 */
export const CARD_REGIMES = ["rec", "con", "gen", "fresh", "drop"] as const;
export type CardRegime = (typeof CARD_REGIMES)[number];

/** How right attribution is for a model, by method. Figures are read by people and never pay: they may be fractions. */
export interface AttributionCard {
  /** Absent where the model is registered nowhere. */
  readonly subject?: CardSubject;
  readonly sample: CardSample;
  /** SHA-256 of the `GradientsFile` by which `standing` was told, so that anybody tells it by the same; absent where none was kept. */
  readonly gradients?: Hex;
  readonly methods: readonly MethodCard[];
  /** What eight copies of a record earn with it, over what it earned alone, by the part of their words that was changed. */
  readonly copying: readonly { readonly changedPercent: number; readonly gain: number; readonly unchecked: number }[];
  /** What one contributor earns under five names, over what he earns under one; absent where it was not measured. */
  readonly splitGain?: number;
}

/** Whose card it is, as the chain names it. */
export interface CardSubject {
  readonly model: bigint;
  readonly baseWeightsRoot: Hex;
  readonly adapterWeightsRoot: Hex;
  readonly datanets: readonly { readonly datanet: bigint; readonly version: number }[];
}

/** What the figures were measured with. */
export interface CardSample {
  readonly records: number;
  readonly contributors: number;
  /** Texts that people wrote, and those that the model wrote. */
  readonly texts: number;
  readonly generated: number;
  /** SHA-256 of the texts' file, of whose texts so many were asked; absent where they follow from the sample's maker. */
  readonly textsHash?: Hex;
  /** Subsets that were retrained on by regime, and how often each. */
  readonly sets: readonly { readonly regime: CardRegime; readonly count: number }[];
  readonly seeds: number;
}

export interface MethodCard {
  /** 1 to 32 of a–z, 0–9 and _. */
  readonly method: string;
  readonly lds: readonly CardEstimate[];
  /** Part of the pay that records of junk take; absent where nobody knows which are. */
  readonly junkShare?: number;
  /** Part of the records that tell a planted fact found among as many first; absent where none was planted. */
  readonly recall?: number;
  /** Loss that removing what the method names costs, over removing as many at random, in nats; absent where not measured. */
  readonly qld?: number;
}

/** Rank correlation with retraining, with its standard error. */
export interface CardEstimate {
  readonly regime: CardRegime;
  readonly value: number;
  readonly error: number;
}

/** The card's bytes for the content store, figures to four digits. */
export function encodeAttributionCard(card: AttributionCard): Uint8Array {
  const { subject, sample, gradients, methods, copying, splitGain } = card;
  const optional = (name: string, value: number | undefined) => (value === undefined ? {} : { [name]: decimal(value) });
  return canonicalJsonBytes({
    format: FORMAT,
    ...(subject && {
      subject: {
        ...subject,
        model: subject.model.toString(),
        datanets: subject.datanets.map(({ datanet, version }) => ({ datanet: datanet.toString(), version })),
      },
    }),
    sample: { ...sample, textsHash: sample.textsHash, sets: sample.sets.map((set) => ({ ...set })) },
    ...(gradients && { gradients }),
    methods: methods.map(({ method, lds, junkShare, recall, qld }) => ({
      method,
      lds: lds.map(({ regime, value, error }) => ({ regime, value: decimal(value), error: decimal(error) })),
      ...optional("junkShare", junkShare),
      ...optional("recall", recall),
      ...optional("qld", qld),
    })),
    copying: copying.map(({ changedPercent, gain, unchecked }) => ({
      changedPercent,
      gain: decimal(gain),
      unchecked: decimal(unchecked),
    })),
    ...optional("splitGain", splitGain),
  });
}

/**
 * @throws MalformedDocumentError, also for one of more than `MAXIMUM_CARD_BYTES`, and where figures cannot be: a correlation beyond 1, a
 * regime that was not retrained, or two figures for one
 */
export function decodeAttributionCard(bytes: Uint8Array): AttributionCard {
  const name = "attribution card";
  if (bytes.length > MAXIMUM_CARD_BYTES) {
    new DocumentReader(name, undefined).fail(`expected at most ${MAXIMUM_CARD_BYTES} bytes, found ${bytes.length}`);
  }
  const reader = DocumentReader.parse(name, bytes);
  reader.field("format").literal(FORMAT);
  const methods = atMost(reader.field("methods"), MAXIMUM_METHODS);
  const subject = reader.field("subject");
  const sample = readSample(reader.field("sample"));
  const gradients = reader.field("gradients");
  const regimes = sample.sets.flatMap(({ regime }) => (regime === "rec" ? [regime, "gen" as const] : [regime]));
  return {
    ...(subject.present && { subject: readSubject(subject) }),
    sample,
    ...(gradients.present && { gradients: gradients.bytes32() }),
    methods: unlike(
      reader.field("methods"),
      methods.map((method) => readMethod(method, regimes)),
      ({ method }) => method,
    ),
    copying: atMost(reader.field("copying"), MAXIMUM_RATES).map((row) => ({
      changedPercent: row.field("changedPercent").uint32(),
      gain: readDecimal(row.field("gain")),
      unchecked: readDecimal(row.field("unchecked")),
    })),
    ...optionalDecimal(reader, "splitGain"),
  };
}

/** Whether a card is of a model: its owner might have committed another's. */
export function isCardOf({ subject }: AttributionCard, model: bigint, weightsRoot: Hex): boolean {
  return subject?.model === model && subject.adapterWeightsRoot === weightsRoot;
}

function readSubject(reader: DocumentReader): CardSubject {
  return {
    model: reader.field("model").uint(64),
    baseWeightsRoot: reader.field("baseWeightsRoot").bytes32(),
    adapterWeightsRoot: reader.field("adapterWeightsRoot").bytes32(),
    datanets: atMost(reader.field("datanets"), MAXIMUM_VERSIONS).map((item) => ({
      datanet: item.field("datanet").uint(64),
      version: item.field("version").uint32(),
    })),
  };
}

function readSample(reader: DocumentReader): CardSample {
  const [sets, textsHash] = [reader.field("sets"), reader.field("textsHash")];
  return {
    records: reader.field("records").uint32(),
    contributors: reader.field("contributors").uint32(),
    texts: reader.field("texts").uint32(),
    generated: reader.field("generated").uint32(),
    ...(textsHash.present && { textsHash: textsHash.bytes32() }),
    sets: unlike(
      sets,
      sets.items().map((item) => ({ regime: readRegime(item.field("regime")), count: readCount(item.field("count")) })),
      ({ regime }) => regime,
    ),
    seeds: reader.field("seeds").uint32(),
  };
}

function readCount(reader: DocumentReader): number {
  const count = reader.uint32();
  return count >= FEWEST_SETS ? count : reader.fail(`expected at least ${FEWEST_SETS} subsets, found ${count}`);
}

/** @param regimes That were retrained */
function readMethod(reader: DocumentReader, regimes: readonly CardRegime[]): MethodCard {
  const method = reader.field("method");
  if (!METHOD.test(method.text())) method.fail("expected 1 to 32 of a-z, 0-9 and _");
  return {
    method: method.text(),
    lds: unlike(
      reader.field("lds"),
      atMost(reader.field("lds"), CARD_REGIMES.length).map((item) => readEstimate(item, regimes)),
      ({ regime }) => regime,
    ),
    ...optionalDecimal(reader, "junkShare"),
    ...optionalDecimal(reader, "recall"),
    ...optionalDecimal(reader, "qld"),
  };
}

function readEstimate(reader: DocumentReader, regimes: readonly CardRegime[]): CardEstimate {
  const [regime, value, error] = [reader.field("regime"), reader.field("value"), reader.field("error")];
  const found = { regime: readRegime(regime), value: readDecimal(value), error: readDecimal(error) };
  if (!regimes.includes(found.regime)) regime.fail(`expected one of ${regimes.join(", ")}, which were retrained`);
  if (Math.abs(found.value) > 1) value.fail("expected a correlation from -1 to 1");
  if (found.error < 0) error.fail("expected no less than 0");
  return found;
}

function atMost(reader: DocumentReader, most: number): readonly DocumentReader[] {
  const items = reader.items();
  return items.length <= most ? items : reader.fail(`expected at most ${most}, found ${items.length}`);
}

function unlike<T>(reader: DocumentReader, items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return new Set(items.map(keyOf)).size === items.length ? items : reader.fail("expected no two alike");
}

function readRegime(reader: DocumentReader): CardRegime {
  const found = CARD_REGIMES.find((regime) => regime === reader.text());
  return found ?? reader.fail(`expected one of ${CARD_REGIMES.join(", ")}`);
}

function optionalDecimal<N extends string>(reader: DocumentReader, name: N): { readonly [K in N]?: number } {
  const field = reader.field(name);
  return field.present ? ({ [name]: readDecimal(field) } as { [K in N]: number }) : {};
}

function readDecimal(reader: DocumentReader): number {
  const text = reader.text();
  if (!/^-?\d{1,6}\.\d{4}$/.test(text)) reader.fail(`expected a number with ${DIGITS} digits behind the point`);
  return Number(text);
}

/** @throws RangeError where it is not finite, or has more than six digits before the point */
function decimal(value: number): string {
  if (!(Math.abs(value) < 1e6)) throw new RangeError(`a card has figures below a million, not ${value}`);
  return value.toFixed(DIGITS);
}
