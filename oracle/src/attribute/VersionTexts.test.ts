import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ALL_RECORDS,
  ContentErasedError,
  contributionCommitment,
  encodeContributionFile,
  encodeRedactedContribution,
  type Revocation,
  redactContribution,
} from "@openledger/sdk";
import type { Address, Hex } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AcceptedContribution } from "../store/ChainFacts.js";
import { takeTokens } from "./takeTokens.js";
import { type PlacedText, VersionTexts } from "./VersionTexts.js";

const SONG = "The keeper lights the lamp at dusk and sings of ships that never came home.";
/** Accepted in another order than they were committed in: the song of contribution 5 is the first. */
const NUMBERS = [9n, 5n, 7n];
const TEXTS = [[SONG, "nine b"], ["five a", SONG.replace("dusk", "dawn")], ["seven a"]];

const owner = (number: bigint): Address => `0x${`${number}`.repeat(40)}`;
const files = NUMBERS.map((number, at) => ({
  ...{ datanet: 1n, contributor: owner(number), licence: "MIT", source: { name: "songs", version: "1" } },
  records: TEXTS[at]!.map((text, i) => ({ path: `${i}`, text })),
}));
const signal = new AbortController().signal;
const tokenizer = { encode: (text: string) => [...new TextEncoder().encode(text)] };

let folder: string;
let contents: Map<Hex, Uint8Array>;
let asked: Hex[];
let accepted: AcceptedContribution[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openledger-texts-"));
  [contents, asked] = [new Map(), []];
  accepted = files.map((file, at) => {
    const { dataHash, ...rest } = contributionCommitment(file);
    contents.set(dataHash, encodeContributionFile(file));
    return { contribution: NUMBERS[at]!, contributor: file.contributor, dataHash, ...rest };
  });
});

afterEach(() => rm(folder, { recursive: true }));

function textsOf(revocations: readonly Revocation[] = []): VersionTexts {
  const get = async (hash: Hex) => {
    asked.push(hash);
    const found = contents.get(hash);
    if (found === undefined) throw new ContentErasedError("http://store");
    return found;
  };
  return new VersionTexts({ get } as never, 1n, accepted, revocations);
}

async function all(texts: VersionTexts, order: "version" | "commitment"): Promise<PlacedText[]> {
  const found: PlacedText[] = [];
  for await (const one of texts.read(order, signal)) found.push(one);
  return found;
}

describe("VersionTexts", () => {
  it("reads every text once, in the version's order or in that of commitment", async () => {
    const texts = textsOf();
    const placed = TEXTS.flat().map((text, place) => ({ place, text }));

    expect(texts).toHaveLength(5);
    expect(await all(texts, "version")).toEqual(placed);
    expect(asked).toEqual(accepted.map(({ dataHash }) => dataHash));
    expect((await all(texts, "commitment")).map(({ place }) => place)).toEqual([2, 3, 4, 0, 1]);
    expect([0, 2, 4, 5].map((place) => texts.contributors.at(place))).toEqual([
      owner(9n),
      owner(5n),
      owner(7n),
      undefined,
    ]);
  });

  it("reads a file when it is asked for, not before", async () => {
    const reading = textsOf().read("version", signal);

    await reading.next();
    await reading.next();
    expect(asked).toHaveLength(1);
    await reading.next();
    expect(asked).toHaveLength(2);
  });

  it("says what was erased, and asks for nothing that was revoked", async () => {
    contents.delete(accepted[0]!.dataHash);
    contents.set(accepted[1]!.dataHash, encodeRedactedContribution(redactContribution(files[1]!, [0])));
    contents.delete(accepted[2]!.dataHash);
    const texts = textsOf([
      { contribution: 7n, index: ALL_RECORDS },
      { contribution: 9n, index: 0 },
    ]);

    expect(await all(texts, "version")).toEqual([
      { place: 0, text: undefined },
      { place: 1, text: undefined },
      { place: 2, text: SONG.replace("dusk", "dawn") },
    ]);
    expect(asked).not.toContain(accepted[2]!.dataHash);
  });

  it("refuses another file than was committed", async () => {
    contents.set(accepted[1]!.dataHash, encodeContributionFile(files[2]!));

    await expect(all(textsOf(), "version")).rejects.toMatchObject({ code: "content_mismatch" });
  });
});

describe("takeTokens", () => {
  it("takes nothing of a copy, whichever of two was accepted first", async () => {
    const { tokens, firstErased } = await takeTokens(textsOf(), tokenizer, folder, signal);

    // contribution 5 was committed before 9
    expect([0, 1, 2, 3, 4].map((place) => tokens.at(place).ids.length)).toEqual([0, 6, 6, SONG.length, 7]);
    expect(firstErased).toBeUndefined();
    tokens.close();
  });

  it("tells the first place of what was erased, of which nothing is taken", async () => {
    contents.set(accepted[0]!.dataHash, encodeRedactedContribution(redactContribution(files[0]!, [1])));
    contents.delete(accepted[1]!.dataHash);
    const { tokens, firstErased } = await takeTokens(textsOf(), tokenizer, folder, signal);

    expect(firstErased).toBe(1);
    expect([0, 1, 2, 3, 4].map((place) => tokens.at(place).ids.length)).toEqual([SONG.length, 0, 0, 0, 7]);
    tokens.close();
  });
});
