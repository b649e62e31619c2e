// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Roles} from "../contracts/governance/Roles.sol";
import {IAgentRegistry} from "../contracts/interfaces/IAgentRegistry.sol";
import {IAttributionOracle} from "../contracts/interfaces/IAttributionOracle.sol";
import {IContributionRegistry} from "../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../contracts/interfaces/IDatanetRegistry.sol";
import {IDisputeManager} from "../contracts/interfaces/IDisputeManager.sol";
import {IEmergencyBrake} from "../contracts/interfaces/IEmergencyBrake.sol";
import {IInferenceMarket} from "../contracts/interfaces/IInferenceMarket.sol";
import {IJury} from "../contracts/interfaces/IJury.sol";
import {IModelRegistry} from "../contracts/interfaces/IModelRegistry.sol";
import {IReceiptCourt} from "../contracts/interfaces/IReceiptCourt.sol";
import {IStakingManager} from "../contracts/interfaces/IStakingManager.sol";
import {ITreasury} from "../contracts/interfaces/ITreasury.sol";
import {Deployment} from "./Deployment.sol";
import {GovernanceDeployer} from "./GovernanceDeployer.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// @title ProtocolRoles
/// @notice Which function of the protocol needs which role, which contract holds which, and what can be paused.
/// @dev A restricted function that is not named here would be ADMIN's, for staking too fast: a test holds these lists against the
/// contracts' own code.
abstract contract ProtocolRoles is GovernanceDeployer {
    uint256 private constant RESTRICTION_COUNT = 13;

    /// @notice Everything restricted but upgrades, pauses and governance's own.
    function _restrictionsOf(Deployment memory d) internal pure returns (Restriction[] memory r) {
        r = new Restriction[](RESTRICTION_COUNT);
        r[0] = Restriction(address(d.oracle), Roles.PARAMETERS, _only(IAttributionOracle.setBond.selector));
        r[1] = Restriction(
            address(d.market),
            Roles.PARAMETERS,
            _both(IInferenceMarket.setSplitConfig.selector, IInferenceMarket.setDestinations.selector)
        );
        r[2] = Restriction(
            address(d.models),
            Roles.PARAMETERS,
            _both(IModelRegistry.setPublishingFee.selector, IModelRegistry.setTreasury.selector)
        );
        r[3] = Restriction(address(d.datanets), Roles.PARAMETERS, _only(IDatanetRegistry.setPublishingFee.selector));
        // what a fault costs: stake has to be able to leave before it costs more
        r[4] = Restriction(address(d.courts.receiptCourt), Roles.STAKING, _only(IReceiptCourt.setTerms.selector));
        r[5] = Restriction(address(d.courts.jury), Roles.STAKING, _only(IJury.setTerms.selector));
        r[6] = Restriction(address(d.courts.disputes), Roles.STAKING, _only(IDisputeManager.setPenalty.selector));
        r[7] = Restriction(address(d.staking), Roles.STAKING, _only(IStakingManager.setMinimumStake.selector));
        r[8] = Restriction(
            address(d.staking),
            Roles.SLASHER,
            _three(IStakingManager.lock.selector, IStakingManager.unlock.selector, IStakingManager.slash.selector)
        );
        r[9] = Restriction(
            address(d.courts.receiptCourt),
            Roles.COURT,
            _three(IReceiptCourt.openCase.selector, IReceiptCourt.strike.selector, IReceiptCourt.clear.selector)
        );
        r[10] = Restriction(
            address(d.contributions),
            Roles.MODERATOR,
            _both(IContributionRegistry.revokeContribution.selector, IContributionRegistry.revokeRecord.selector)
        );
        r[11] = Restriction(address(d.models), Roles.MODERATOR, _only(IModelRegistry.deprecateByVerdict.selector));
        // done once, by the deployer, before the hand-over
        r[12] = Restriction(address(d.datanets), Roles.ADMIN, _only(IDatanetRegistry.wire.selector));
    }

    /// @notice Governance's own, as `_wireGovernance` restricts them; what is ADMIN's is restricted by nobody.
    function _governanceRestrictionsOf(Deployment memory d) internal pure returns (Restriction[] memory r) {
        address treasury = address(d.governance.treasury);
        address brake = address(d.governance.brake);
        r = new Restriction[](4);
        r[0] = Restriction(treasury, Roles.PARAMETERS, _both(ITreasury.spend.selector, ITreasury.fundStream.selector));
        r[1] = Restriction(treasury, Roles.ADMIN, _only(ITreasury.spendBeyondLimit.selector));
        r[2] = Restriction(brake, Roles.PARAMETERS, _only(IEmergencyBrake.setGuardian.selector));
        r[3] = Restriction(
            brake, Roles.ADMIN, _both(IEmergencyBrake.registerBit.selector, IEmergencyBrake.retireBit.selector)
        );
    }

    /// @notice The contracts that hold a role.
    function _membersOf(Deployment memory d) internal pure returns (Member[] memory members) {
        members = new Member[](5);
        members[0] = Member(Roles.SLASHER, address(d.courts.receiptCourt));
        members[1] = Member(Roles.SLASHER, address(d.courts.disputes));
        members[2] = Member(Roles.SLASHER, address(d.validators));
        members[3] = Member(Roles.COURT, address(d.courts.disputes));
        members[4] = Member(Roles.MODERATOR, address(d.courts.disputes));
    }

    /// @notice Proxies whose code can take stake: by its role, or since a court believes what it says. Receipts' batches are
    /// the market's, prices the model registry's.
    function _stakeTouching(Deployment memory d) internal pure returns (address[] memory proxies) {
        proxies = new address[](5);
        proxies[0] = address(d.staking);
        proxies[1] = address(d.courts.disputes);
        proxies[2] = address(d.validators);
        proxies[3] = address(d.market);
        proxies[4] = address(d.models);
    }

    function _otherProxies(Deployment memory d) internal pure returns (address[] memory proxies) {
        proxies = new address[](5);
        proxies[0] = address(d.datanets);
        proxies[1] = address(d.contributions);
        proxies[2] = address(d.oracle);
        proxies[3] = address(d.agents);
        proxies[4] = address(d.reputation);
    }

    /// @dev A paused settlement stops payers' thaws: it counts as an exit.
    function _pauseBitsOf(Deployment memory d) internal pure returns (PauseBit[] memory bits) {
        bits = new PauseBit[](8);
        IEmergencyBrake.Kind work = IEmergencyBrake.Kind.Work;
        IEmergencyBrake.Kind exit = IEmergencyBrake.Kind.Exit;
        address market = address(d.market);
        address staking = address(d.staking);
        bits[0] = PauseBit(market, IInferenceMarket.pauseSettlement.selector, exit, "market.settlement");
        bits[1] = PauseBit(market, IInferenceMarket.pauseExits.selector, exit, "market.exits");
        bits[2] = PauseBit(staking, IStakingManager.pauseStaking.selector, work, "staking.stakes");
        bits[3] = PauseBit(staking, IStakingManager.pauseExits.selector, exit, "staking.exits");
        bits[4] = PauseBit(address(d.oracle), IAttributionOracle.pauseFinality.selector, work, "oracle.finality");
        bits[5] = PauseBit(
            address(d.contributions), IContributionRegistry.pauseContributions.selector, work, "contributions"
        );
        bits[6] = PauseBit(address(d.models), IModelRegistry.pauseRegistration.selector, work, "models");
        bits[7] = PauseBit(address(d.agents), IAgentRegistry.pauseRegistration.selector, work, "agents");
    }

    /// @notice Gives every function its role and every contract the roles it needs.
    function _wireRoles(Deployment memory d) internal {
        Governance memory g = d.governance;
        Restriction[] memory restrictions = _restrictionsOf(d);
        for (uint256 i = 0; i < restrictions.length; ++i) {
            _restrict(g.manager, restrictions[i]);
        }
        _restrictUpgradesOf(g, _stakeTouching(d), true);
        _restrictUpgradesOf(g, _otherProxies(d), false);
        _protect(g.manager, address(d.courts.receiptCourt), _delayOf(Roles.STAKING));
        _protect(g.manager, address(d.courts.jury), _delayOf(Roles.STAKING));
        _registerBits(g, _pauseBitsOf(d));
        _grant(g.manager, _membersOf(d));
    }

    /// @notice Reverts unless roles are as named here and nobody but contracts holds one.
    /// @param keeper See `Config`.
    function _requireRoles(Deployment memory d, address deployer, address keeper) internal view {
        address[] memory accounts = new address[](deployer == keeper ? 0 : 1);
        if (accounts.length == 1) accounts[0] = deployer;
        _requireHandedOver(d.governance, accounts, _membersOf(d));
        _requireRestricted(d.governance.manager, _governanceRestrictionsOf(d));
        _requireRestricted(d.governance.manager, _restrictionsOf(d));
        _requireUpgradesOf(d.governance, _stakeTouching(d), Roles.STAKING);
        _requireUpgradesOf(d.governance, _otherProxies(d), Roles.UPGRADES);
    }

    function _restrictUpgradesOf(Governance memory g, address[] memory proxies, bool touchesStake) private {
        for (uint256 i = 0; i < proxies.length; ++i) {
            _restrictUpgrades(g.manager, proxies[i], touchesStake);
        }
    }

    function _requireUpgradesOf(Governance memory g, address[] memory proxies, uint64 role) private view {
        Restriction[] memory upgrades = new Restriction[](proxies.length);
        for (uint256 i = 0; i < proxies.length; ++i) {
            upgrades[i] = Restriction(proxies[i], role, _only(UUPSUpgradeable.upgradeToAndCall.selector));
        }
        _requireRestricted(g.manager, upgrades);
    }

    function _both(bytes4 a, bytes4 b) private pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](2);
        (selectors[0], selectors[1]) = (a, b);
    }

    function _three(bytes4 a, bytes4 b, bytes4 c) private pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](3);
        (selectors[0], selectors[1], selectors[2]) = (a, b, c);
    }
}
