/**
 * A generated world to measure attribution in: contributors who state facts about invented things in words of their own,
 * some of them copies and some junk. What a model learns from which record is known, since nothing else states it.
 */
import { Random } from "@openledger/engine";
import { DOMAINS, OPENINGS, RELATIONS, SYLLABLES } from "./words.js";

/** A fact, told by some records and asked for by a query. */
interface Fact {
  readonly thing: string;
  readonly relation: number;
  readonly value: string;
}

export type RecordKind = "told" | "copy" | "junk" | "planted";

export interface WorldRecord {
  readonly text: string;
  /** From 0. */
  readonly contributor: number;
  readonly kind: RecordKind;
}

/** A text that no record holds: the model continues `prompt`, and `continuation` is what its author wrote. */
export interface WorldQuery {
  readonly contributor: number;
  readonly prompt: string;
  readonly continuation: string;
}

/** A fact that nothing but the records of `records` tells, and how it is asked for. */
export interface PlantedFact {
  readonly prompt: string;
  readonly continuation: string;
  readonly records: readonly number[];
}

export interface World {
  /** What the base learns from: the same language about other things. */
  readonly publicTexts: readonly string[];
  readonly records: readonly WorldRecord[];
  readonly queries: readonly WorldQuery[];
  readonly planted: readonly PlantedFact[];
  readonly contributors: number;
}

export interface WorldOptions {
  readonly publicTexts: number;
  readonly records: number;
  /** The last two write junk, a tenth of the records together; the one before them copies. */
  readonly contributors: number;
  readonly queries: number;
  readonly planted: number;
}

const THINGS_EACH = 6;
const SENTENCES = 4;
const TOLD_BY = 4;

/** @param seed any safe integer; the same seed and options give the same world */
export function generateWorld(options: WorldOptions, seed: number): World {
  const random = new Random(seed);
  const author = (domain: number, opening: string): Author => makeAuthor(random, domain, opening);
  const publicAuthors = Array.from({ length: 200 }, (_, i) => author(i % DOMAINS.length, pick(random, OPENINGS)));
  const publicTexts = Array.from({ length: options.publicTexts }, () => pick(random, publicAuthors).write(random));

  const junkRecords = Math.round(options.records / 10);
  const honest = options.contributors - 3;
  const authors = Array.from({ length: honest }, (_, i) => author(i % DOMAINS.length, OPENINGS[i % OPENINGS.length]!));
  // neighbours know of some of each other's things, so that a fact has more than one source
  for (const [i, own] of authors.entries()) own.learn(authors[(i + 1) % honest]!, 2);

  const records: WorldRecord[] = [];
  const planted = Array.from({ length: options.planted }, (_, i) =>
    plant(random, authors[i % honest]!, i % honest, records),
  );
  const copies = Math.round(options.records / 20);
  const told = options.records - junkRecords - copies - records.length;
  for (let i = 0; i < told; i++) {
    records.push({ text: authors[i % honest]!.write(random), contributor: i % honest, kind: "told" });
  }
  for (let i = 0; i < copies; i++) {
    const original = records[random.below(records.length)]!;
    records.push({ text: original.text, contributor: honest, kind: "copy" });
  }
  const words = publicTexts.slice(0, 400).join(" ").split(" ");
  for (let i = 0; i < junkRecords; i++) {
    records.push({ text: junk(random, words, i % 3), contributor: honest + 1 + (i % 2), kind: "junk" });
  }

  const queries = Array.from({ length: options.queries }, (_, i) => {
    const [prompt, continuation] = authors[i % honest]!.ask(random);
    return { contributor: i % honest, prompt, continuation };
  });
  return { publicTexts, records, queries, planted, contributors: options.contributors };
}

interface Author {
  readonly facts: Fact[];
  learn(other: Author, things: number): void;
  write(random: Random): string;
  /** A text of the author's, cut behind its first sentence. */
  ask(random: Random): [string, string];
}

function makeAuthor(random: Random, domain: number, opening: string): Author {
  const { nouns, remarks } = DOMAINS[domain]!;
  const things = Array.from({ length: THINGS_EACH }, () => `the ${pick(random, nouns)} of ${name(random)}`);
  const facts = things.flatMap((thing) =>
    RELATIONS.map((_, relation) => ({ thing, relation, value: value(random, relation) })),
  );
  const sentences = (r: Random): string[] => {
    const thing = pick(r, facts).thing;
    const known = r.shuffle(facts.filter((fact) => fact.thing === thing));
    return [
      ...known.slice(0, SENTENCES - 1).map((fact) => say(fact, r.below(4))),
      r.below(3) === 0 ? capital(pick(r, remarks)) : say(pick(r, facts), r.below(4)),
    ];
  };
  return {
    facts,
    learn: (other, count) => {
      const names = [...new Set(other.facts.map((fact) => fact.thing))].slice(0, count);
      facts.push(...other.facts.filter((fact) => names.includes(fact.thing)));
    },
    write: (r) => `${opening} ${sentences(r).join(". ")}.`,
    ask: (r) => {
      const [first, ...rest] = sentences(r);
      return [`${opening} ${first}.`, ` ${rest.join(". ")}.`];
    },
  };
}

/** Tells a new fact in `TOLD_BY` records of one author, each in another form but one. */
function plant(random: Random, author: Author, contributor: number, records: WorldRecord[]): PlantedFact {
  const thing = `the ${pick(random, ["vault", "beacon", "well", "garden"])} of ${name(random)}${pick(random, SYLLABLES.last)}`;
  const relation = random.below(RELATIONS.length);
  const fact = { thing, relation, value: value(random, relation) };
  const numbers = Array.from({ length: TOLD_BY }, (_, form) => {
    const [prompt, rest] = author.ask(random);
    records.push({ text: `${prompt} ${say(fact, form)}.${rest}`, contributor, kind: "planted" });
    return records.length - 1;
  });
  const [before, after] = cut(say(fact, 0), fact.value);
  return { prompt: before, continuation: after, records: numbers };
}

function cut(sentence: string, what: string): [string, string] {
  const at = sentence.lastIndexOf(what);
  return at > 0 ? [sentence.slice(0, at).trimEnd(), ` ${sentence.slice(at)}.`] : [sentence, "."];
}

function junk(random: Random, words: readonly string[], kind: number): string {
  if (kind === 0) return Array.from({ length: 40 }, () => pick(random, words)).join(" ");
  if (kind === 1) return Array.from({ length: 14 }, () => "the of is in").join(" ");
  const phrase = Array.from({ length: 4 }, () => pick(random, words)).join(" ");
  return Array.from({ length: 10 }, () => phrase).join(" ");
}

function say(fact: Fact, form: number): string {
  const { forms } = RELATIONS[fact.relation]!;
  return capital(forms[form % forms.length]!.replace("{e}", fact.thing).replace("{v}", fact.value));
}

function value(random: Random, relation: number): string {
  const { values } = RELATIONS[relation]!;
  if (values === "year") return String(1400 + random.below(500));
  return typeof values === "string" ? name(random) : pick(random, values);
}

function name(random: Random): string {
  const { first, middle, last } = SYLLABLES;
  return `${pick(random, first)}${pick(random, middle)}${pick(random, last)}`;
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.below(from.length)]!;
}
