import { type Adapter, adapterScale, loraName, type Model, projectionName, projectionShape } from "@openledger/engine";

/** A model with an adapter's update added to its weights. */
export function withUpdate({ architecture, weights }: Model, adapter: Adapter): Model {
  const updated = new Map(weights);
  const scale = adapterScale(adapter);
  for (let layer = 0; layer < architecture.layers; layer++) {
    for (const projection of adapter.projections) {
      const [rows, columns] = projectionShape(architecture, projection);
      const name = projectionName(layer, projection);
      const a = adapter.factors.get(loraName(layer, projection, "a"))!;
      const b = adapter.factors.get(loraName(layer, projection, "b"))!;
      const sum = weights.get(name)!.slice();
      for (let i = 0; i < rows; i++) {
        for (let r = 0; r < adapter.rank; r++) {
          const factor = scale * b[i * adapter.rank + r]!;
          for (let j = 0; j < columns; j++) sum[i * columns + j]! += factor * a[r * columns + j]!;
        }
      }
      updated.set(name, sum);
    }
  }
  return { architecture, weights: updated };
}
