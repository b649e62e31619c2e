import { EMBEDDING, FINAL_NORM, type Model, normName, projectionName } from "@openledger/engine";
import { OUTLIER_FACTOR } from "./hiddenOutliers.js";
import { WeightEdit } from "./WeightEdit.js";

const CHANNELS = 8;

/**
 * A model with outliers in its residual stream: channels times 30 wherever they are written, divided by 30 in the weight of
 * every norm that reads them.
 *
 * That undoes all but the norms' statistic: |x| grows with the channels, and no constants can undo that, as the only linear
 * maps which keep |x| are rotations, and none makes a channel 30 times larger. Norms are therefore multiplied by the growth
 * that the weights writing to the stream let expect. What comes out needs training before its perplexity means anything
 * (`retrained`). The channels are those that least is written to.
 */
export function withResidualOutliers(model: Model): Model {
  const { layers, hidden, head } = model.architecture;
  const chosen = quietChannels(model);
  const edit = new WeightEdit(model);
  const stream = new StreamSize(model);
  const compensate = (norm: string): void => {
    const growth = Math.sqrt(1 + (OUTLIER_FACTOR ** 2 - 1) * stream.shareOf(chosen));
    for (let channel = 0; channel < hidden; channel++) edit.scaleColumn(norm, hidden, channel, growth);
    for (const channel of chosen) edit.scaleColumn(norm, hidden, channel, 1 / OUTLIER_FACTOR);
  };
  const write = (name: string): void => {
    stream.grow(name);
    const columns = model.weights.get(name)!.length / hidden;
    for (const channel of chosen) edit.scaleRow(name, columns, channel, OUTLIER_FACTOR);
  };

  for (let layer = 0; layer < layers; layer++) {
    compensate(normName(layer, "attention"));
    write(projectionName(layer, "o"));
    compensate(normName(layer, "feedForward"));
    write(projectionName(layer, "down"));
  }
  compensate(FINAL_NORM);
  for (const channel of chosen) {
    edit.scaleColumn(EMBEDDING, hidden, channel, OUTLIER_FACTOR);
    // A tied head reads the enlarged columns: its norm makes up for both.
    if (head === "tied") edit.scaleColumn(FINAL_NORM, hidden, channel, 1 / OUTLIER_FACTOR);
  }
  return edit.model();
}

/** The channels of the residual stream that least is written to over all layers. */
export function quietChannels(model: Model): number[] {
  const stream = new StreamSize(model);
  for (let layer = 0; layer < model.architecture.layers; layer++) {
    stream.grow(projectionName(layer, "o"));
    stream.grow(projectionName(layer, "down"));
  }
  return stream.ascending().slice(0, CHANNELS);
}

/** Expected squares of the residual channels, from the weights that have written to them so far. */
class StreamSize {
  private readonly squares: Float64Array;

  constructor(private readonly model: Model) {
    const { hidden, vocabulary } = model.architecture;
    this.squares = new Float64Array(hidden);
    model.weights.get(EMBEDDING)!.forEach((weight, i) => {
      this.squares[i % hidden]! += weight ** 2 / vocabulary;
    });
  }

  /** After a projection `[hidden, columns]` has added its output. */
  grow(name: string): void {
    const data = this.model.weights.get(name)!;
    const columns = data.length / this.squares.length;
    data.forEach((weight, i) => {
      this.squares[Math.floor(i / columns)]! += weight ** 2;
    });
  }

  shareOf(channels: readonly number[]): number {
    const all = this.squares.reduce((sum, square) => sum + square, 0);
    return channels.reduce((sum, channel) => sum + this.squares[channel]!, 0) / all;
  }

  ascending(): number[] {
    return [...this.squares.keys()].sort((a, b) => this.squares[a]! - this.squares[b]!);
  }
}
