import { expect, it } from "vitest";
import { PathTable } from "./PathTable.js";
import { RecentPaths } from "./RecentPaths.js";

const tableOf = (path: string) => PathTable.of({ records: [{ path, text: "" }] });

it("keeps the paths that were asked for last, as many as it has room for", () => {
  const table = tableOf("a/path");
  const paths = new RecentPaths(2 * table.byteLength);
  for (const name of ["0x01", "0x02"] as const) paths.keep(name, table);
  paths.get("0x01");
  paths.keep("0x03", table);
  paths.keep("0x03", table);

  expect(["0x01", "0x02", "0x03"].map((name) => paths.get(name as "0x01"))).toEqual([table, undefined, table]);
  paths.keep("0x04", tableOf("one that takes all the room there is, and more than that"));
  expect(["0x01", "0x03", "0x04"].map((name) => paths.get(name as "0x01"))).toEqual([undefined, undefined, undefined]);
});

it("reads paths again from what was written of them, whatever letters they have", () => {
  const paths = ["", "α/β.txt", "😀", "a"];
  const table = PathTable.of({ records: [...paths.map((path) => ({ path, text: "t" })), { leaf: "0x01" }] });

  // as a file that is read is a part of something longer
  const read = PathTable.decode(Buffer.concat([Buffer.of(1, 2, 3), table.encode()]).subarray(3));

  expect([0, 1, 2, 3, 4].map((index) => read.at(index))).toEqual([...paths, ""]);
});
