import {
  attributionOracleAbi,
  contributionRegistryAbi,
  datanetRegistryAbi,
  inferenceMarketAbi,
  modelRegistryAbi,
  receiptCourtAbi,
  stakingManagerAbi,
} from "@openledger/sdk";
import type { ProtocolContract } from "./ProtocolEvent.js";

/** Where the followed events are declared. */
export const followedAbis = {
  attributionOracle: attributionOracleAbi,
  contributionRegistry: contributionRegistryAbi,
  datanetRegistry: datanetRegistryAbi,
  inferenceMarket: inferenceMarketAbi,
  modelRegistry: modelRegistryAbi,
  receiptCourt: receiptCourtAbi,
  stakingManager: stakingManagerAbi,
} as const satisfies Record<ProtocolContract, unknown>;

/** The events that the oracle's work follows from; the others of these contracts are passed over. */
export const followedEvents: ReadonlySet<string> = new Set([
  "EpochOpened",
  "EpochProposed",
  "EpochRefuted",
  "EpochWithdrawn",
  "EpochFinalized",
  "LeafDemanded",
  "CreditRevealed",
  "PayoutRevealed",
  "AbsenceRevealed",
  "DemandAnswered",
  "DepositReturned",
  "CaseOpened",
  "BatchVoided",
  "ContributionCommitted",
  "ContributionAccepted",
  "ContributionRevoked",
  "RecordRevoked",
  "VersionPublished",
  "IndexCommitted",
  "BatchSettled",
  "ModelRegistered",
  "EndpointSet",
]);
