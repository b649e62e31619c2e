import type { Architecture, RotaryScaling } from "./architecture.js";
import type { ConfigFields } from "./ConfigFields.js";

type RotaryPositions = Extract<Architecture["positions"], { kind: "rotary" }>;

/** Keys of scaling that unscaled and linear positions do not read. */
const UNUSED = new Set(["original_max_position_embeddings"]);

/**
 * Reads rotary positions in both spellings: `rope_theta` with `rope_scaling` (of which `type` is the old name of
 * `rope_type`), and `rope_parameters` that holds all of it.
 *
 * A factor stretches the positions, and theta slows all pairs but the first: below 1 either turns faster than any model
 * learned, and far below the angles are no numbers any more.
 *
 * @throws ModelError `config_unsupported` for dynamic, YaRN and other scalings, for a factor or theta below 1, for
 * turning part of a head, and where two spellings disagree
 */
export function readRotary(fields: ConfigFields): RotaryPositions {
  fields.only("partial_rotary_factor", 1);
  fields.only("rope_interleaved", false);
  const outer = fields.optionalAtLeastOne("rope_theta");
  const parts = [fields.inside("rope_parameters"), fields.inside("rope_scaling")].filter((part) => part !== undefined);
  const [first, second] = parts.map((part) => readPart(part));
  if (first !== undefined && second !== undefined && JSON.stringify(first.scaling) !== JSON.stringify(second.scaling)) {
    throw fields.refuse("rope_scaling", "what rope_parameters says");
  }
  const inner = first?.theta ?? second?.theta;
  if (outer !== undefined && inner !== undefined && outer !== inner) {
    throw fields.refuse("rope_theta", `${inner}, as rope_parameters says`);
  }
  return {
    kind: "rotary",
    theta: inner ?? outer ?? 10_000,
    scaling: first?.scaling ?? second?.scaling ?? { kind: "default" },
  };
}

function readPart(fields: ConfigFields): { theta: number | undefined; scaling: RotaryScaling } {
  const kinds = ["default", "linear", "llama3"] as const;
  const old = fields.has("type") ? fields.choice("type", kinds) : undefined;
  const kind = fields.choice("rope_type", kinds, old ?? "default");
  if (old !== undefined && old !== kind) throw fields.refuse("type", `"${kind}", as rope_type says`);
  fields.only("partial_rotary_factor", 1);
  const theta = fields.optionalAtLeastOne("rope_theta");
  const scaling = readScaling(fields, kind);
  fields.finish(UNUSED);
  return { theta, scaling };
}

function readScaling(fields: ConfigFields, kind: RotaryScaling["kind"]): RotaryScaling {
  switch (kind) {
    case "default":
      fields.only("factor", 1);
      return { kind };
    case "linear":
      return { kind, factor: fields.atLeastOne("factor") };
    case "llama3": {
      const lowFrequencyFactor = fields.positive("low_freq_factor");
      const highFrequencyFactor = fields.positive("high_freq_factor");
      if (highFrequencyFactor <= lowFrequencyFactor) {
        throw fields.refuse("high_freq_factor", `above low_freq_factor, ${lowFrequencyFactor}`);
      }
      return {
        kind,
        factor: fields.atLeastOne("factor"),
        lowFrequencyFactor,
        highFrequencyFactor,
        originalPositions: fields.count("original_max_position_embeddings"),
      };
    }
  }
}
