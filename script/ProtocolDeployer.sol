// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AttributionOracle} from "../contracts/attribution/AttributionOracle.sol";
import {InferenceMarket} from "../contracts/inference/InferenceMarket.sol";
import {IInferenceMarket} from "../contracts/interfaces/IInferenceMarket.sol";
import {Role} from "../contracts/interfaces/IStakingManager.sol";
import {ContributionRegistry} from "../contracts/registry/ContributionRegistry.sol";
import {DatanetRegistry} from "../contracts/registry/DatanetRegistry.sol";
import {DatanetValidators} from "../contracts/registry/DatanetValidators.sol";
import {ModelRegistry} from "../contracts/registry/ModelRegistry.sol";
import {RewardDistributor} from "../contracts/rewards/RewardDistributor.sol";
import {StakingManager} from "../contracts/staking/StakingManager.sol";
import {OpenToken} from "../contracts/token/OpenToken.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {Vm} from "forge-std/Vm.sol";

/// @title ProtocolDeployer
/// @notice Deploys and wires the protocol: the same way in the script and in the tests.
abstract contract ProtocolDeployer {
    /// @param deployer Sender of every transaction; governs at first, and holds the genesis supply.
    /// @param treasury Where the protocol's part goes. @param security Where the security part goes.
    /// @param window Seconds in which a root can be refuted. @param epochPeriod Least seconds between epochs.
    /// @param stakingThaw Seconds that a stake thaws. @param marketThaw Seconds that a payer's money thaws.
    struct Config {
        address deployer;
        address treasury;
        address security;
        uint64 window;
        uint64 epochPeriod;
        uint64 stakingThaw;
        uint64 marketThaw;
    }

    struct Deployment {
        AccessManager accessManager;
        OpenToken token;
        StakingManager staking;
        DatanetRegistry datanets;
        ContributionRegistry contributions;
        DatanetValidators validators;
        ModelRegistry models;
        RewardDistributor distributor;
        AttributionOracle oracle;
        InferenceMarket market;
    }

    error ProtocolDeployer_ClockTooShort(string clock, uint64 actual, uint64 minimum);
    error ProtocolDeployer_AddressMispredicted(address predicted, address actual);

    uint96 internal constant MINIMUM_RUNNER_STAKE = 10_000e18;
    uint96 internal constant MINIMUM_ORACLE_STAKE = 10_000e18;
    uint96 internal constant EPOCH_BOND = 1000e18;
    uint64 internal constant LEAST_WINDOW = 24 hours;
    uint64 internal constant LEAST_STAKING_THAW = 21 days;
    uint256 internal constant LOCAL_CHAIN_ID = 31_337;

    /// @dev Forge's own address for what a contract cannot know: here the deployer's nonce.
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @notice Each call and creation has to come from `config.deployer`: broadcast or pranked by the caller.
    function _deploy(Config memory config) internal returns (Deployment memory d) {
        _requireClocks(config);

        d.accessManager = new AccessManager(config.deployer);
        d.token = new OpenToken(config.deployer);
        bytes memory byAuthority = abi.encodeCall(StakingManager.initialize, (address(d.accessManager)));
        d.staking = StakingManager(_proxy(address(new StakingManager(d.token, config.stakingThaw)), byAuthority));
        _deployDatanets(d, byAuthority);
        d.models = ModelRegistry(_proxy(address(new ModelRegistry(d.datanets)), byAuthority));
        d.distributor = new RewardDistributor(d.token, d.datanets, config.window);
        d.datanets.wire(d.distributor, d.contributions, d.validators);
        _deployMarket(d, config);

        d.staking.setMinimumStake(Role.Runner, MINIMUM_RUNNER_STAKE);
        d.staking.setMinimumStake(Role.Oracle, MINIMUM_ORACLE_STAKE);
    }

    function _deployDatanets(Deployment memory d, bytes memory byAuthority) private {
        d.datanets = DatanetRegistry(_proxy(address(new DatanetRegistry(d.token)), byAuthority));
        d.contributions =
            ContributionRegistry(_proxy(address(new ContributionRegistry(d.token, d.datanets)), byAuthority));
        d.validators = DatanetValidators(
            _proxy(address(new DatanetValidators(d.token, d.datanets, d.contributions, d.staking)), byAuthority)
        );
    }

    /// @dev Oracle and market name each other. The market's proxy is the fourth creation from here: the oracle's code and
    /// proxy and the market's code come before it.
    function _deployMarket(Deployment memory d, Config memory config) private {
        uint256 nonce = VM.getNonce(config.deployer);
        InferenceMarket predicted = InferenceMarket(VM.computeCreateAddress(config.deployer, nonce + 3));
        d.oracle = AttributionOracle(
            _proxy(
                address(
                    new AttributionOracle(d.token, predicted, d.distributor, d.staking, d.models, config.epochPeriod)
                ),
                abi.encodeCall(AttributionOracle.initialize, (address(d.accessManager), EPOCH_BOND))
            )
        );
        d.market = InferenceMarket(
            _proxy(
                address(
                    new InferenceMarket(
                        d.token, d.distributor, d.staking, d.models, d.oracle.stream(), config.marketThaw
                    )
                ),
                abi.encodeCall(
                    InferenceMarket.initialize,
                    (
                        address(d.accessManager),
                        config.treasury,
                        config.security,
                        IInferenceMarket.SplitConfig({protocolBps: 200, securityBps: 500, stakersBps: 800})
                    )
                )
            )
        );
        if (address(d.market) != address(predicted)) {
            revert ProtocolDeployer_AddressMispredicted(address(predicted), address(d.market));
        }
    }

    function _proxy(address implementation, bytes memory initialization) private returns (address) {
        return address(new ERC1967Proxy(implementation, initialization));
    }

    function _requireClocks(Config memory config) private view {
        if (block.chainid == LOCAL_CHAIN_ID) return;
        if (config.window < LEAST_WINDOW) {
            revert ProtocolDeployer_ClockTooShort("window", config.window, LEAST_WINDOW);
        }
        if (config.stakingThaw < LEAST_STAKING_THAW) {
            revert ProtocolDeployer_ClockTooShort("stakingThaw", config.stakingThaw, LEAST_STAKING_THAW);
        }
    }
}
