// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AgentRegistry} from "../contracts/agents/AgentRegistry.sol";
import {AgentReputation} from "../contracts/agents/AgentReputation.sol";
import {AttributionOracle} from "../contracts/attribution/AttributionOracle.sol";
import {EpochCourt} from "../contracts/attribution/EpochCourt.sol";
import {InferenceMarket} from "../contracts/inference/InferenceMarket.sol";
import {IInferenceMarket} from "../contracts/interfaces/IInferenceMarket.sol";
import {Role} from "../contracts/interfaces/IStakingManager.sol";
import {ContributionRegistry} from "../contracts/registry/ContributionRegistry.sol";
import {DatanetRegistry} from "../contracts/registry/DatanetRegistry.sol";
import {DatanetValidators} from "../contracts/registry/DatanetValidators.sol";
import {ModelRegistry} from "../contracts/registry/ModelRegistry.sol";
import {RewardDistributor} from "../contracts/rewards/RewardDistributor.sol";
import {StakingManager} from "../contracts/staking/StakingManager.sol";
import {CourtsDeployer} from "./CourtsDeployer.sol";
import {Clocks, Config, Deployment} from "./Deployment.sol";
import {ProtocolRoles} from "./ProtocolRoles.sol";
import {TokenDeployer} from "./TokenDeployer.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";

/// @title ProtocolDeployer
/// @notice Deploys and wires the protocol and hands it to its governance: the same way in the script and in the tests.
abstract contract ProtocolDeployer is TokenDeployer, CourtsDeployer, ProtocolRoles {
    error ProtocolDeployer_ClockTooShort(string clock, uint64 actual, uint64 minimum);
    /// @dev Off the local chain each of these is a contract of several keys, or of the chain itself.
    error ProtocolDeployer_NotAContract(string name, address account);
    /// @dev A treasury, a guardian or a brake that nobody can use.
    error ProtocolDeployer_Unset(string name);
    /// @dev OPEN is native on the local chain and bridged on all others that hold the protocol.
    error ProtocolDeployer_WrongToken(uint256 chainId, address l1Token);

    uint96 internal constant MINIMUM_RUNNER_STAKE = 10_000e18;
    uint96 internal constant MINIMUM_ORACLE_STAKE = 10_000e18;
    uint96 internal constant MINIMUM_VALIDATOR_STAKE = 10_000e18;
    uint96 internal constant MINIMUM_MODEL_STAKE = 1000e18;
    uint96 internal constant MINIMUM_AGENT_STAKE = 1000e18;
    /// @dev What of delegated stake one slash window can take.
    uint16 internal constant DELEGATED_CAP_BPS = 5000;
    uint96 internal constant EPOCH_BOND = 1000e18;
    uint64 internal constant LEAST_WINDOW = 24 hours;
    /// @dev In which a watcher has read a proposal and demanded what is withheld, and in which silence is told to the court.
    uint64 internal constant WATCH_PERIOD = 2 days;
    uint64 internal constant LEAST_STAKING_THAW = 21 days;
    uint64 internal constant LONGEST_STAKE_CHECK = 1 days;
    uint256 internal constant LOCAL_CHAIN_ID = 31_337;

    /// @notice Each call and creation has to come from `config.deployer`: broadcast or pranked by the caller.
    function _deploy(Config memory config) internal returns (Deployment memory d) {
        _requireClocks(config);
        _requireParties(config);

        d.accessManager = new AccessManager(config.deployer);
        _deployToken(d, config.deployer, config.bridging);
        _deployStaking(d, config);
        d.governance = _deployGovernance(d.accessManager, d.token, d.staking, config.guardian);
        _wireGovernance(d.governance, config.brakeGuardians);
        _deployRegistries(d);
        d.distributor = new RewardDistributor(d.token, d.datanets, config.clocks.window);
        d.datanets.wire(d.distributor, d.contributions, d.validators);
        d.datanets.setPublishingFee(0, address(d.governance.treasury));
        _deployMarket(d, config);
        _deployDisputes(_parties(d, config, d.market), _clocks(config), d.courts);
        bytes memory byAuthority = _byAuthority(d);
        d.agents = AgentRegistry(_proxy(address(new AgentRegistry(d.staking, d.models)), byAuthority));
        d.reputation = AgentReputation(_proxy(address(new AgentReputation(d.agents, d.market)), byAuthority));

        _wireRoles(d);
        _handOver(d.governance, config.deployer, config.keeper);
        _requireRoles(d, config.deployer, config.keeper);
    }

    function _deployStaking(Deployment memory d, Config memory config) private {
        StakingManager code =
            new StakingManager(d.token, address(d.burnQueue), config.clocks.stakingThaw, DELEGATED_CAP_BPS);
        d.staking = StakingManager(_proxy(address(code), _byAuthority(d)));
        d.staking.setMinimumStake(Role.Runner, MINIMUM_RUNNER_STAKE);
        d.staking.setMinimumStake(Role.Oracle, MINIMUM_ORACLE_STAKE);
        d.staking.setMinimumStake(Role.Validator, MINIMUM_VALIDATOR_STAKE);
        d.staking.setMinimumStake(Role.Model, MINIMUM_MODEL_STAKE);
        d.staking.setMinimumStake(Role.Agent, MINIMUM_AGENT_STAKE);
    }

    function _deployRegistries(Deployment memory d) private {
        bytes memory byAuthority = _byAuthority(d);
        d.datanets = DatanetRegistry(_proxy(address(new DatanetRegistry(d.token)), byAuthority));
        d.contributions =
            ContributionRegistry(_proxy(address(new ContributionRegistry(d.token, d.datanets)), byAuthority));
        d.validators = DatanetValidators(
            _proxy(address(new DatanetValidators(d.token, d.datanets, d.contributions, d.staking)), byAuthority)
        );
        d.models = ModelRegistry(
            _proxy(
                address(new ModelRegistry(d.datanets, d.token)),
                abi.encodeCall(ModelRegistry.initialize, (address(d.accessManager), address(d.governance.treasury)))
            )
        );
    }

    /// @dev Epoch court, oracle and market name each other: the proxies' addresses are predicted.
    function _deployMarket(Deployment memory d, Config memory config) private {
        // The creations from here: receipt court, its verifier, epoch court, the oracle's code and proxy, the market's code and
        // proxy.
        AttributionOracle oracle = AttributionOracle(_predict(config.deployer, 4));
        InferenceMarket market = InferenceMarket(_predict(config.deployer, 6));

        _deployReceiptCourt(_parties(d, config, market), _clocks(config), d.courts);
        d.epochCourt = new EpochCourt(oracle, market, d.models, d.courts.receiptCourt);
        d.oracle = AttributionOracle(_proxy(_newOracle(d, config, market), _initializeOracle(d)));
        d.market = InferenceMarket(_proxy(_newMarket(d, config), _initializeMarket(d, config)));

        _requireAt(address(oracle), address(d.oracle));
        _requireAt(address(market), address(d.market));
    }

    function _newOracle(Deployment memory d, Config memory config, InferenceMarket market) private returns (address) {
        return address(
            new AttributionOracle(
                d.token,
                market,
                d.distributor,
                d.staking,
                address(d.epochCourt),
                config.clocks.epochPeriod,
                config.clocks.revealPeriod
            )
        );
    }

    function _newMarket(Deployment memory d, Config memory config) private returns (address) {
        return address(
            new InferenceMarket(
                d.token,
                d.distributor,
                d.staking,
                d.models,
                d.oracle,
                config.clocks.marketThaw,
                _stakeCheckPeriod(config.clocks)
            )
        );
    }

    function _proxy(address implementation, bytes memory initialization) private returns (address) {
        return address(new ERC1967Proxy(implementation, initialization));
    }

    function _initializeOracle(Deployment memory d) private pure returns (bytes memory) {
        return abi.encodeCall(AttributionOracle.initialize, (address(d.accessManager), EPOCH_BOND));
    }

    function _initializeMarket(Deployment memory d, Config memory config) private pure returns (bytes memory) {
        return abi.encodeCall(
            InferenceMarket.initialize,
            (
                address(d.accessManager),
                address(d.governance.treasury),
                config.security,
                IInferenceMarket.SplitConfig({protocolBps: 200, securityBps: 500, stakersBps: 800})
            )
        );
    }

    function _parties(Deployment memory d, Config memory config, InferenceMarket market)
        private
        pure
        returns (CourtParties memory)
    {
        return CourtParties(
            config.deployer, address(d.accessManager), d.token, d.staking, market, d.models, d.contributions
        );
    }

    function _clocks(Config memory config) private pure returns (CourtClocks memory) {
        return CourtClocks(config.clocks.trialPeriod, config.clocks.receiptRevealPeriod, config.clocks.jury);
    }

    /// @dev The receipt court has checked that trials do not outlast the thaw of a stake.
    function _stakeCheckPeriod(Clocks memory c) private pure returns (uint64) {
        uint64 slack = c.stakingThaw - c.trialPeriod - 2 * c.receiptRevealPeriod;
        return slack < LONGEST_STAKE_CHECK ? slack : LONGEST_STAKE_CHECK;
    }

    function _byAuthority(Deployment memory d) private pure returns (bytes memory) {
        return abi.encodeCall(StakingManager.initialize, (address(d.accessManager)));
    }

    function _requireClocks(Config memory config) private view {
        if (block.chainid == LOCAL_CHAIN_ID) return;
        if (config.clocks.window < LEAST_WINDOW) {
            revert ProtocolDeployer_ClockTooShort("window", config.clocks.window, LEAST_WINDOW);
        }
        // a credit over a receipt that is withheld stands until its batch falls: that has to be before the root is final
        uint64 withheld = config.clocks.receiptRevealPeriod + WATCH_PERIOD;
        if (config.clocks.window < withheld) {
            revert ProtocolDeployer_ClockTooShort("window", config.clocks.window, withheld);
        }
        if (config.clocks.stakingThaw < LEAST_STAKING_THAW) {
            revert ProtocolDeployer_ClockTooShort("stakingThaw", config.clocks.stakingThaw, LEAST_STAKING_THAW);
        }
    }

    /// @dev The token checks its bridges itself.
    function _requireParties(Config memory config) private view {
        bool isLocal = block.chainid == LOCAL_CHAIN_ID;
        if (isLocal != (config.bridging.l1Token == address(0))) {
            revert ProtocolDeployer_WrongToken(block.chainid, config.bridging.l1Token);
        }
        _requireParty("security", config.security, isLocal);
        _requireParty("guardian", config.guardian, isLocal);
        if (config.brakeGuardians.length == 0) revert ProtocolDeployer_Unset("brakeGuardians");
        for (uint256 i = 0; i < config.brakeGuardians.length; ++i) {
            _requireParty("brakeGuardians", config.brakeGuardians[i], isLocal);
        }
    }

    function _requireParty(string memory name, address account, bool isLocal) private view {
        if (account == address(0)) revert ProtocolDeployer_Unset(name);
        if (!isLocal && account.code.length == 0) revert ProtocolDeployer_NotAContract(name, account);
    }
}
