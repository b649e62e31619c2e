/** What somebody gains who games attribution, as multiples of what he earned before: 1 is nothing. */
import {
  type AnswerCodes,
  type AttributionIndex,
  answerCodes,
  attributeCodes,
  buildIndex,
  creditRecords,
  indexedRecords,
  openRuntime,
  type PositionCodes,
  Random,
  type RowCache,
} from "@openledger/engine";
import type { Address } from "viem";
import { mean } from "../../truth/lds.js";
import type { Query } from "../../truth/scores.js";
import type { TinyModel } from "./TinyModel.js";
import type { World } from "./world.js";

/** Records that are copied, and how often each. */
const COPIED = 10;
const COPIES = 8;
/** Parts of a record's words that are replaced, in percent. */
const EDIT_RATES = [0, 5, 10, 15, 20, 30, 50] as const;
const IDENTITIES = 5;

export async function attackFigures(
  tiny: TinyModel,
  world: World,
  queries: readonly Query[],
  threads: number,
): Promise<Record<string, number>> {
  const runtime = await openRuntime({ modelDir: tiny.dir, threads });
  try {
    const cache = rowCache();
    const plain = (texts: readonly string[]) => texts.map((text) => ({ ids: tiny.encode(text) }));
    const asPaid = (texts: readonly string[]) => indexedRecords(texts, tiny);
    const answers: AnswerCodes[] = [];
    for (const { ids, from } of queries) answers.push(await answerCodes(runtime, ids.slice(0, from), ids.slice(from)));
    const texts = world.records.map(({ text }) => text);
    const paid = await buildIndex(runtime, asPaid(texts), { cache });
    const unchecked = await buildIndex(runtime, plain(texts), { cache });

    const figures: Record<string, number> = { split_gain: splitGain(paid, world, answers) };
    for (const rate of EDIT_RATES) {
      const { added, owners } = copies(texts, rate);
      const gain = async (before: AttributionIndex, recordsOf: typeof plain) =>
        copyGain(before, await buildIndex(runtime, recordsOf([...texts, ...added]), { cache }), owners, answers);
      figures[rate === 0 ? "copy_gain_exact" : `copy_gain_edit_${rate}`] = await gain(paid, asPaid);
      figures[`copy_gain_unchecked_${rate}`] = await gain(unchecked, plain);
    }
    return figures;
  } finally {
    await runtime.close();
  }
}

/** Edited copies of the first records; `owners` says of which record each is. */
function copies(texts: readonly string[], rate: number): { added: string[]; owners: number[] } {
  const random = new Random(rate);
  const words = texts.join(" ").split(" ");
  const added: string[] = [];
  const owners: number[] = [];
  for (let record = 0; record < COPIED; record++) {
    for (let n = 0; n < COPIES; n++) {
      const text = texts[record]!.split(" ");
      for (const place of placesOf(text.length, rate, random)) text[place] = words[random.below(words.length)]!;
      added.push(text.join(" "));
      owners.push(record);
    }
  }
  return { added, owners };
}

/** Which of so many words are replaced: that part of them, rounded down, and one at least where any is. */
function placesOf(count: number, rate: number, random: Random): number[] {
  const places = Array.from({ length: count }, (_, place) => place);
  const changed = rate === 0 ? 0 : Math.max(1, Math.floor((count * rate) / 100));
  return Array.from({ length: changed }, () => places.splice(random.below(places.length), 1)[0]!);
}

/** All that the copied records and their copies are credited, over what the records were alone. */
function copyGain(
  before: AttributionIndex,
  after: AttributionIndex,
  owners: readonly number[],
  answers: readonly AnswerCodes[],
): number {
  let [alone, together] = [0, 0];
  for (const answer of answers) {
    const [was, is] = [before, after].map((index) => creditRecords([index], answer).credits[0]!);
    for (let record = 0; record < COPIED; record++) {
      alone += was!.get(record) ?? 0;
      together += is!.get(record) ?? 0;
    }
    for (let copy = 0; copy < owners.length; copy++) together += is!.get(before.recordCount + copy) ?? 0;
  }
  return together / alone;
}

/** All shares of a contributor who takes several names, over those under one. */
function splitGain(index: AttributionIndex, world: World, answers: readonly AnswerCodes[]): number {
  const address = (number: number): Address => `0x${(number + 1).toString(16).padStart(40, "f")}`;
  const who = world.records[0]!.contributor;
  const one = world.records.map(({ contributor }) => address(contributor));
  const many = one.map((account, record) =>
    world.records[record]!.contributor === who ? address(world.contributors + (record % IDENTITIES)) : account,
  );
  const total = (contributors: readonly Address[], names: ReadonlySet<Address>) =>
    mean(
      answers.map((answer) =>
        attributeCodes([{ datanet: 1n, version: 1, index, contributors }], answer)
          .shares.filter(({ account }) => names.has(account as Address))
          .reduce((sum, { share }) => sum + share, 0),
      ),
    );
  return (
    total(many, new Set(many.filter((_, record) => one[record] === address(who)))) / total(one, new Set([address(who)]))
  );
}

function rowCache(): RowCache {
  const rows = new Map<string, PositionCodes>();
  return {
    get: (ids) => rows.get(ids.join(" ")),
    set: (ids, row) => {
      rows.set(ids.join(" "), row);
    },
  };
}
