/** The two trees of a proposal, by the numbers that the contract gives them. */
export const LEAF_TREES = { credits: 0, payouts: 1 } as const;

export type LeafTree = keyof typeof LEAF_TREES;

/** A leaf of a proposal: what a demand asks for. */
export type LeafPlace = {
  /** Running number of the proposal over all epochs, as its event says. */
  readonly proposal: bigint;
  readonly tree: LeafTree;
  /** From 0. */
  readonly index: bigint;
};
