import type { Architecture } from "./architecture.js";

/**
 * Angle that one position adds to each pair of a head, `[headDim / 2]`, in radians; empty where positions are learned.
 * Pair i is elements i and i + headDim/2 (Su et al. 2021, in the half-split layout of Hugging Face).
 *
 * The unscaled angle is theta^(−2i/headDim). `linear` divides each by a factor (Chen et al. 2023). `llama3` divides those
 * of wavelengths above originalPositions / lowFrequencyFactor, keeps those of wavelengths below originalPositions /
 * highFrequencyFactor, and blends between (`_compute_llama3_parameters` of transformers).
 */
export function rotaryFrequencies(architecture: Pick<Architecture, "positions" | "headDim">): Float64Array {
  const { positions, headDim } = architecture;
  if (positions.kind === "learned") return new Float64Array();
  const { theta, scaling } = positions;
  const plain = Float64Array.from({ length: headDim / 2 }, (_, i) => theta ** ((-2 * i) / headDim));
  switch (scaling.kind) {
    case "default":
      return plain;
    case "linear":
      return plain.map((frequency) => frequency / scaling.factor);
    case "llama3": {
      const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions } = scaling;
      return plain.map((frequency) => {
        const turns = (originalPositions * frequency) / (2 * Math.PI);
        if (turns > high) return frequency;
        if (turns < low) return frequency / factor;
        const smooth = (turns - low) / (high - low);
        return ((1 - smooth) * frequency) / factor + smooth * frequency;
      });
    }
  }
}
