import { codesOf } from "../lower/codes/codesOf.js";
import type { Row } from "../reference/Row.js";
import { openExactSession } from "../run/openExactSession.js";
import type { OpCase } from "../testing/vectors.js";
import type { Device, DeviceFormNames } from "./Device.js";
import { OpGraph } from "./OpGraph.js";

/** What a device makes of a vector, for each of `copies` equal rows. */
export async function runOpCase(
  of: OpCase,
  device: Device,
  { products, grids }: DeviceFormNames,
  copies: number,
): Promise<Row[]> {
  const one = new OpGraph(of, { codes: codesOf(products), grids }, copies);
  const { graph, feeds } = one.build();
  const session = await openExactSession(graph, device);
  try {
    return one.read(await session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!]))));
  } finally {
    await session.release();
  }
}
