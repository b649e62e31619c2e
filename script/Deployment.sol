// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AgentRegistry} from "../contracts/agents/AgentRegistry.sol";
import {AgentReputation} from "../contracts/agents/AgentReputation.sol";
import {AttributionOracle} from "../contracts/attribution/AttributionOracle.sol";
import {EpochCourt} from "../contracts/attribution/EpochCourt.sol";
import {InferenceMarket} from "../contracts/inference/InferenceMarket.sol";
import {IJury} from "../contracts/interfaces/IJury.sol";
import {ContributionRegistry} from "../contracts/registry/ContributionRegistry.sol";
import {DatanetRegistry} from "../contracts/registry/DatanetRegistry.sol";
import {DatanetValidators} from "../contracts/registry/DatanetValidators.sol";
import {ModelRegistry} from "../contracts/registry/ModelRegistry.sol";
import {RewardDistributor} from "../contracts/rewards/RewardDistributor.sol";
import {StakingManager} from "../contracts/staking/StakingManager.sol";
import {BurnQueue} from "../contracts/token/BurnQueue.sol";
import {CourtsDeployer} from "./CourtsDeployer.sol";
import {GovernanceDeployer} from "./GovernanceDeployer.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice OPEN where it is bridged; all zero on the local chain, whose OPEN is native.
/// @param l1Token OPEN on its native chain. @param l1BurnQueue The queue there. @param standardBridge This chain's bridge.
/// @param superchainBridge Moves OPEN between chains of one superchain; zero: none.
struct Bridging {
    address l1Token;
    address l1BurnQueue;
    address standardBridge;
    address superchainBridge;
}

/// @notice Every clock in seconds.
/// @param window In which a root can be refuted. @param epochPeriod Least time between epochs.
/// @param revealPeriod In which a demanded leaf has to be revealed. @param trialPeriod In which a batch can be demanded or tried.
/// @param receiptRevealPeriod In which a demanded receipt has to be revealed. @param jury Of disputes.
/// @param stakingThaw That a stake thaws. @param marketThaw That a payer's money thaws.
struct Clocks {
    uint64 window;
    uint64 epochPeriod;
    uint64 revealPeriod;
    uint64 trialPeriod;
    uint64 receiptRevealPeriod;
    IJury.Clocks jury;
    uint64 stakingThaw;
    uint64 marketThaw;
}

/// @param deployer Sender of every transaction; governs until the hand-over.
/// @param security Where the security part of fees goes. @param guardian Vetoes proposals.
/// @param brakeGuardians Pull the brake. All of these are contracts but on the local chain.
/// @param keeper On the local chain an account that keeps the governor's roles, without delays; zero elsewhere.
struct Config {
    address deployer;
    address security;
    address guardian;
    address[] brakeGuardians;
    address keeper;
    Bridging bridging;
    Clocks clocks;
}

/// @param genesis Zero where OPEN is bridged.
struct Deployment {
    AccessManager accessManager;
    address genesis;
    IERC20 token;
    BurnQueue burnQueue;
    StakingManager staking;
    GovernanceDeployer.Governance governance;
    DatanetRegistry datanets;
    ContributionRegistry contributions;
    DatanetValidators validators;
    ModelRegistry models;
    RewardDistributor distributor;
    CourtsDeployer.Courts courts;
    EpochCourt epochCourt;
    AttributionOracle oracle;
    InferenceMarket market;
    AgentRegistry agents;
    AgentReputation reputation;
}
