import { type Contribution, type Revocation, VersionRecords } from "@openledger/sdk";
import { pad } from "viem";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { TestContributions } from "../testing/TestContributions.js";
import { ContributionShelf } from "./ContributionShelf.js";
import { ModelUnusable } from "./ModelUnusable.js";
import { VersionOrigins } from "./VersionOrigins.js";

const alice = pad("0xa", { size: 20 });
const bob = pad("0xb", { size: 20 });
let store: TestContributions;
let shelf: ContributionShelf;
let first: Contribution;
let second: Contribution;
let faults: unknown[];

beforeEach(() => {
  store = new TestContributions();
  shelf = new ContributionShelf(store);
  first = store.add(11n, ["one", "two", "three"], alice);
  second = store.add(12n, ["four", "fünf"], bob);
  faults = [];
});

async function open(revocations: readonly Revocation[] = [], of = shelf): Promise<VersionOrigins> {
  const contributions = [first, second];
  const kept = await Promise.all(contributions.map((one) => of.check(one)));
  return new VersionOrigins(new VersionRecords(contributions, revocations), kept, of, (error) => faults.push(error));
}

const originOf = (contribution: bigint, path: string, contributor = alice) => ({
  contribution,
  contributor,
  licence: "MIT",
  source: { name: `source ${contribution}`, version: "1.0.0", path },
});

/** As a runner is whose memory has no room for paths. */
const forgetful = () => new ContributionShelf(store, 0);

describe("where a version's records come from", () => {
  it("is told by their places in it", async () => {
    const origins = await open([{ contribution: 11n, index: 1 }]);

    expect(origins.length).toBe(4);
    expect([0, 1, 2, 3, 4, -1].map((place) => origins.contributors.at(place))).toEqual(
      [alice, alice, bob, bob].concat([undefined, undefined] as never),
    );
    expect(await origins.of([3, 1, 3])).toEqual(
      new Map([
        [3, originOf(12n, "12/1.txt", bob)],
        [1, originOf(11n, "11/2.txt")],
      ]),
    );
    await expect(origins.of([4])).rejects.toThrow("No record 4 among the version's 4.");
  });

  it("is read from what was made of a contribution's file, or from the file, once for all that is asked of it", async () => {
    const [origins, read] = [await open(), await open([], forgetful())];
    store.asked.length = 0;

    await origins.of([0, 1, 2, 3, 4]);
    const fromMade = await read.of([2, 3, 0]);
    expect(store.asked).toEqual([]);
    store.made.clear();
    const fromFiles = await read.of([2, 3, 0]);

    expect(store.asked).toEqual([first.dataHash, second.dataHash]);
    expect(fromMade.get(0)).toEqual(originOf(11n, "11/0.txt"));
    expect(fromFiles).toEqual(fromMade);
    await read.of([2, 3, 0]);
    expect(store.asked).toHaveLength(2);
  });

  it("is told without a path where the file can be read no longer, which costs no answer", async () => {
    const origins = await open([], forgetful());
    store.files.delete(first.dataHash);
    store.made.clear();

    const told = await origins.of([0, 3]);

    expect(told.get(0)).toEqual(originOf(11n, ""));
    expect(told.get(3)).toEqual(originOf(12n, "12/0.txt", bob));
    expect(faults).toMatchObject([{ message: "Where records of contribution 11 come from is not shown.", cause: {} }]);
  });

  it("is waited for as long as told, by those who wait behind others too", async () => {
    const origins = await open([], forgetful());
    store.made.clear();
    store.asked.length = 0;
    const stop = new AbortController();
    store.hangs = true;

    const told = [origins.of([0], stop.signal), origins.of([3], stop.signal)];
    await vi.waitFor(() => expect(store.asked).toEqual([first.dataHash]), { timeout: 20_000, interval: 50 });
    stop.abort();

    expect((await told[0])!.get(0)).toEqual(originOf(11n, ""));
    expect((await told[1])!.get(3)).toEqual(originOf(12n, "", bob));
    store.hangs = false;
    expect((await origins.of([3])).get(3)).toEqual(originOf(12n, "12/0.txt", bob));
  });
});

it("where records come from is waited for as long as told, whoever else reads on", async () => {
  const origins = await open([], forgetful());
  store.made.clear();
  store.asked.length = 0;
  const [stop, other] = [new AbortController(), new AbortController()];
  store.hangs = true;

  const patient = origins.of([0], other.signal);
  const told = origins.of([3], stop.signal);
  await vi.waitFor(() => expect(store.asked).toEqual([first.dataHash]), { timeout: 20_000, interval: 50 });
  stop.abort();

  expect((await told).get(3)).toEqual(originOf(12n, "", bob));
  other.abort();
  expect((await patient).get(0)).toEqual(originOf(11n, ""));
});

describe("a version of which records were erased", () => {
  it("shows neither path nor text of them, and counts them as before", async () => {
    store.erase(first, [1]);
    const origins = await open();

    expect([0, 1, 2, 3, 4, 5].map((place) => origins.isErased(place))).toEqual([
      false,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect((await origins.of([1, 2])).get(1)).toEqual(originOf(11n, ""));
    expect((await origins.of([1, 2])).get(2)).toEqual(originOf(11n, "11/2.txt"));
    const texts: (readonly string[])[] = [];
    for await (const part of origins.texts()) texts.push(part);
    expect(texts).toEqual([
      ["one", "", "three"],
      ["four", "fünf"],
    ]);
    expect(faults).toEqual([]);
  });

  it("says of no erased record where it came from when all of its contribution were", async () => {
    store.erase(first, [0, 1, 2]);
    store.erase(second, [1]);
    const origins = await open([{ contribution: 11n, index: 1 }]);

    const nowhere = { name: "", version: "", path: "" };
    expect((await origins.of([0])).get(0)!.source).toEqual(nowhere);
    const left = [0, 1].map((place) => [place, nowhere] as const);
    const ofSecond = { name: "source 12", version: "1.0.0", path: "" };
    expect([...origins.erasedSources(2)]).toEqual([new Map(left), new Map([[3, ofSecond]])]);
    expect(faults).toEqual([]);
  });
});

describe("a contribution's file", () => {
  it("is checked once, whatever versions have it", async () => {
    await open();
    await open([{ contribution: 12n, index: 0 }]);

    expect(store.asked).toEqual([first.dataHash, second.dataHash]);
  });

  it("with others than the chain's records is refused", async () => {
    const other = { ...first, recordsRoot: second.recordsRoot };

    await expect(shelf.check(other)).rejects.toBeInstanceOf(ModelUnusable);
    await expect(shelf.check(other)).rejects.toThrow(`Contribution 11, file ${first.dataHash}: asked for 3 records`);
  });
});
