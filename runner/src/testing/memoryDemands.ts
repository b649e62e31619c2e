/** Books of demands in memory, whatever they are keyed by. */
import type { DemandAnswererDeps } from "../court/DemandAnswerer.js";
import type { ReceiptEvidence, StoredDemand } from "../store/DemandLedger.js";

export function memoryDemands<K>(
  stored: Map<K, StoredDemand>,
  evidence: (batch: bigint) => Promise<readonly ReceiptEvidence[]>,
): DemandAnswererDeps["ledger"] {
  const keyOf = ({ batch, index }: Pick<StoredDemand, "batch" | "index">): K =>
    [...stored].find(([, demand]) => demand.batch === batch && demand.index === index)![0];
  const set = (demand: Pick<StoredDemand, "batch" | "index">, more: Partial<StoredDemand>) => {
    const key = keyOf(demand);
    stored.set(key, { ...stored.get(key)!, ...more });
  };
  return {
    followed: async () => 1n,
    follow: async () => {},
    demands: async () => [...stored.values()],
    setTransaction: async (demand, transaction) => set(demand, { transaction }),
    answered: async (demand, answeredAt) => set(demand, { state: "answered", answeredAt, transaction: undefined }),
    reopen: async (demand) => set(demand, { state: "open", answeredAt: undefined, transaction: undefined }),
    drop: async (demand) => void stored.delete(keyOf(demand)),
    evidence,
    kept: async () => [],
    prune: async () => {},
  };
}
