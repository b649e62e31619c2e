import { STANDING_WHOLE } from "@openledger/engine";
import type { Hex } from "viem";
import type { VersionRecord } from "../registered/readRecords.js";
import type { ComputedStandings } from "./computeStandings.js";

/** What standings are of. */
export interface StandingsSubject {
  readonly model: bigint;
  readonly name: string;
  readonly texts: number;
  readonly records: readonly VersionRecord[];
  /** Of the basis and sketches that the model's owner committed; undefined where they were made here. */
  readonly committed: Hex | undefined;
}

/** Contributors and the first records by standing, with what is below zero at their end. */
export function renderStandings(
  { model, name, texts, records, committed }: StandingsSubject,
  found: ComputedStandings,
  first: number,
): string {
  const ordered = [...found.records].sort((a, b) => b.standing - a.standing || a.record - b.record);
  const head = ordered.slice(0, first);
  const tail = ordered.slice(Math.max(first, ordered.length - first)).filter(({ standing }) => standing < 0);
  const line = ({ record, standing }: { readonly record: number; readonly standing: number }): string => {
    const { datanet, version, record: number, contributor, source } = records[record]!;
    return `${percent(standing)}  ${datanet}/${version}/${number}  ${contributor}  ${source}`;
  };
  return [
    `Standings for model ${model} (${name}): ${records.length} records, ${texts} texts; what helps is above zero.`,
    `basis ${found.basisRoot}`,
    `sketches ${found.sketchesRoot}`,
    committed === undefined ? "both made here" : `both from ${committed}, which the owner's card commits to`,
    "",
    ...found.contributors.map((one) => `${percent(one.standing)}  ${one.contributor}  ${one.records} records`),
    "",
    ...head.map(line),
    ...(tail.length > 0 ? ["...", ...tail.map(line)] : []),
    ...(found.unread.length > 0
      ? ["", `${found.unread.length} records have none: copies of earlier ones, or too long for the base.`]
      : []),
    "",
  ].join("\n");
}

/** As JSON: standings of 2^32, scores as decimal text since they exceed what JSON's numbers hold. */
export function standingsJson(
  { model, name, texts, records, committed }: StandingsSubject,
  found: ComputedStandings,
): string {
  const { basisRoot, sketchesRoot, unread } = found;
  const unreadSet = new Set(unread);
  const document = {
    model: `${model}`,
    name,
    texts,
    whole: STANDING_WHOLE,
    basisRoot,
    sketchesRoot,
    committed: committed ?? null,
    contributors: found.contributors.map((one) => ({ ...one, score: `${one.score}` })),
    records: found.records.map(({ record, score, standing }) => {
      const { datanet, version, record: number, contributor, source } = records[record]!;
      const place = { datanet: `${datanet}`, version, record: number, contributor, source };
      return { ...place, score: `${score}`, standing, isRead: !unreadSet.has(record) };
    }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function percent(standing: number): string {
  return `${((100 * standing) / STANDING_WHOLE).toFixed(3).padStart(8)} %`;
}
