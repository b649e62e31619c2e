import type { RegisteredBase } from "./registerBaseModel.js";
import type { Accuracy, StoryContext } from "./StoryContext.js";
import type { SeededDatanet } from "./seedDatanet.js";
export async function measureAccuracy(
  _s: StoryContext,
  _b: RegisteredBase,
  _d: SeededDatanet,
  _m: bigint,
): Promise<Accuracy> {
  return { windows: 0, attributionTrue: 0, attributionGenerated: 0, bm25True: 0, bm25Generated: 0 };
}
