import { type Model, projectionName } from "@openledger/engine";
import { WeightEdit } from "./WeightEdit.js";

/** How much larger an outlier channel is than it was trained to be. */
export const OUTLIER_FACTOR = 30;
const CHANNELS = 8;

/**
 * A model with outliers in its gated hidden rows: rows of `up` times 30, columns of `down` divided by 30, at channels spread
 * over each layer. The same function, as the product of gate and up is linear in up.
 */
export function withHiddenOutliers(model: Model): Model {
  const edit = new WeightEdit(model);
  const { layers, feedForward, hidden } = model.architecture;
  const channels = Array.from({ length: CHANNELS }, (_, i) => Math.floor(((2 * i + 1) * feedForward) / (2 * CHANNELS)));
  for (let layer = 0; layer < layers; layer++) {
    for (const channel of channels) {
      edit.scaleRow(projectionName(layer, "up"), hidden, channel, OUTLIER_FACTOR);
      edit.scaleColumn(projectionName(layer, "down"), feedForward, channel, 1 / OUTLIER_FACTOR);
    }
  }
  return edit.model();
}
