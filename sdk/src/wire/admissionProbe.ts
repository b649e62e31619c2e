/** The part of an admission that says what learning a contribution's records did to texts that were not learned. */
import type { JsonValue } from "./canonicalJson.js";
import type { DocumentReader } from "./DocumentReader.js";
import { oneOf } from "./oneOf.js";

const SILENT = ["few_tokens", "diverged", "failed", "out_of_time"] as const;
const KINDS = ["reading", "silence"] as const;
/** Three decimals: more of a float may differ from machine to machine. */
const DECIMAL = /^-?\d{1,9}\.\d{3}$/;

/** Decimals are nats a token, with three digits behind the point. */
export type AdmissionProbe =
  | {
      readonly kind: "reading";
      /** What the probe's adapter started from and its samples were drawn by, 32 bits. */
      readonly seed: number;
      /** Tokens of records that were learned, and of those that were held out. */
      readonly trainedTokens: number;
      readonly heldOutTokens: number;
      /** Loss on what was held out. */
      readonly loss: { readonly before: string; readonly after: string };
      /** What the order of its words was worth, and has to be: refused is what misses the limit by two standard errors. */
      readonly order: {
        readonly before: string;
        readonly after: string;
        readonly error: string;
        readonly limit: string;
      };
      /** What earlier records of the Datanet lost, and may lose; absent where there are too few of them. */
      readonly harm?: { readonly found: string; readonly error: string; readonly limit: string };
    }
  | {
      readonly kind: "silence";
      readonly because: (typeof SILENT)[number];
      /** In words. */
      readonly found: string;
    };

export function encodeAdmissionProbe(probe: AdmissionProbe): JsonValue {
  if (probe.kind === "silence") return { kind: probe.kind, because: probe.because, found: probe.found };
  const { kind, seed, trainedTokens, heldOutTokens, loss, order, harm } = probe;
  return {
    ...{ kind, seed, trainedTokens, heldOutTokens },
    loss: { before: loss.before, after: loss.after },
    order: { before: order.before, after: order.after, error: order.error, limit: order.limit },
    harm: harm === undefined ? undefined : { found: harm.found, error: harm.error, limit: harm.limit },
  };
}

/** @throws MalformedDocumentError */
export function readAdmissionProbe(reader: DocumentReader): AdmissionProbe {
  const kind = oneOf(reader.field("kind"), KINDS);
  if (kind === "silence") {
    return { kind, because: oneOf(reader.field("because"), SILENT), found: reader.field("found").text() };
  }
  const [loss, order, harm] = [reader.field("loss"), reader.field("order"), reader.field("harm")];
  return {
    kind,
    seed: reader.field("seed").uint32(),
    trainedTokens: reader.field("trainedTokens").uint32(),
    heldOutTokens: reader.field("heldOutTokens").uint32(),
    loss: { before: decimal(loss, "before"), after: decimal(loss, "after") },
    order: {
      before: decimal(order, "before"),
      after: decimal(order, "after"),
      error: decimal(order, "error"),
      limit: decimal(order, "limit"),
    },
    ...(harm.present && {
      harm: { found: decimal(harm, "found"), error: decimal(harm, "error"), limit: decimal(harm, "limit") },
    }),
  };
}

function decimal(reader: DocumentReader, name: string): string {
  const field = reader.field(name);
  const text = field.text();
  if (!DECIMAL.test(text)) field.fail("expected a number with three decimals");
  return text;
}
