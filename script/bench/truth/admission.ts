import { ATTRIBUTION_CONTEXT, EarlierRecords, judgeRecords, NoiseGate, openRuntime } from "@openledger/engine";
import type { TinyModel } from "./TinyModel.js";
import type { RecordKind, World } from "./world.js";

const LICENCE = "MIT";

/**
 * What validators would let into the Datanet, had its records been offered one after another under this base: the part of junk, of
 * copies and of honest records that they refuse. Truth and scores are of all records, as if nobody had looked.
 */
export async function admissionFigures(
  tiny: TinyModel,
  world: World,
  threads: number,
): Promise<Record<string, number>> {
  const runtime = await openRuntime({ modelDir: tiny.dir, threads });
  try {
    const encoder = new TextEncoder();
    const { records, earlier } = await judgeRecords({
      contribution: 1n,
      records: world.records.map(({ text }) => encoder.encode(text)),
      licence: LICENCE,
      allowedLicences: [LICENCE],
      earlier: new EarlierRecords(),
      tokenizer: { encode: (text) => [...tiny.encode(text)] },
      context: ATTRIBUTION_CONTEXT,
      gate: await NoiseGate.calibrate(runtime),
    });
    earlier.close();
    const refusedOf = (...kinds: readonly RecordKind[]) => {
      const judged = records.filter((_, i) => kinds.includes(world.records[i]!.kind));
      return judged.filter(({ isAccepted }) => !isAccepted).length / judged.length;
    };
    return {
      refused_junk: refusedOf("junk"),
      refused_copies: refusedOf("copy"),
      refused_honest: refusedOf("told", "planted"),
    };
  } finally {
    await runtime.close();
  }
}
