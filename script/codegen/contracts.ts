/** The contracts that are called from outside: clients get their ABIs, readers their reference. */
export const CONTRACTS = [
  "AgentRegistry",
  "AgentReputation",
  "AttributionOracle",
  "AttributionVerifier",
  "BurnQueue",
  "ContributionRegistry",
  "DatanetRegistry",
  "DatanetValidators",
  "DisputeManager",
  "EmergencyBrake",
  "EpochCourt",
  "GOpen",
  "Genesis",
  "InferenceMarket",
  "Jury",
  "ModelRegistry",
  "OpenGovernor",
  "OpenToken",
  "OpenTokenL2",
  "ReceiptCourt",
  "ReceiptVerifier",
  "RewardDistributor",
  "StakingManager",
  "Treasury",
] as const;

/** Code that runs as the contract: its errors are the contract's. */
export const PARTS: ReadonlyMap<string, readonly string[]> = new Map([
  ["InferenceMarket", ["MarketAccounts", "MarketDues"]],
]);
