// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Roles} from "../../../contracts/governance/Roles.sol";
import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {IDisputeManager} from "../../../contracts/interfaces/IDisputeManager.sol";
import {IEmergencyBrake} from "../../../contracts/interfaces/IEmergencyBrake.sol";
import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IJury} from "../../../contracts/interfaces/IJury.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {IStakingManager} from "../../../contracts/interfaces/IStakingManager.sol";
import {Deployment} from "../../../script/Deployment.sol";
import {ProtocolFixture} from "../../fixture/ProtocolFixture.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// @notice The table of roles once more, beside the deployer's own: which role a function needs, who holds it, what is paused.
contract ProtocolDeployerRolesTest is ProtocolFixture {
    Deployment private d;

    function setUp() public override {
        super.setUp();
        d = factory.deploy(_config());
    }

    function test_ParametersTakeTwoDays() public view {
        _assertRole(address(d.oracle), IAttributionOracle.setBond.selector, Roles.PARAMETERS);
        _assertRole(address(d.market), IInferenceMarket.setSplitConfig.selector, Roles.PARAMETERS);
        _assertRole(address(d.market), IInferenceMarket.setDestinations.selector, Roles.PARAMETERS);
        _assertRole(address(d.models), IModelRegistry.setPublishingFee.selector, Roles.PARAMETERS);
        _assertRole(address(d.models), IModelRegistry.setTreasury.selector, Roles.PARAMETERS);
        _assertRole(address(d.datanets), IDatanetRegistry.setPublishingFee.selector, Roles.PARAMETERS);
    }

    /// @dev Stake has to be able to leave before a fault costs more, or other code slashes.
    function test_WhatTouchesStakeOutlastsItsThaw() public {
        _assertRole(address(d.courts.receiptCourt), IReceiptCourt.setTerms.selector, Roles.STAKING);
        _assertRole(address(d.courts.jury), IJury.setTerms.selector, Roles.STAKING);
        _assertRole(address(d.courts.disputes), IDisputeManager.setPenalty.selector, Roles.STAKING);
        _assertRole(address(d.staking), IStakingManager.setMinimumStake.selector, Roles.STAKING);
        address[5] memory proxies = [
            address(d.staking), address(d.courts.disputes), address(d.validators), address(d.market), address(d.models)
        ];
        // delays of targets are in force five days after they are set
        vm.warp(START + 5 days);
        for (uint256 i; i < proxies.length; ++i) {
            _assertRole(proxies[i], UUPSUpgradeable.upgradeToAndCall.selector, Roles.STAKING);
            assertEq(d.accessManager.getTargetAdminDelay(proxies[i]), 25 days);
        }
        assertEq(d.accessManager.getTargetAdminDelay(address(d.courts.receiptCourt)), 25 days);
        assertEq(d.accessManager.getTargetAdminDelay(address(d.courts.jury)), 25 days);
    }

    function test_OtherUpgradesTakeTenDays() public {
        address[5] memory proxies = [
            address(d.datanets), address(d.contributions), address(d.oracle), address(d.agents), address(d.reputation)
        ];
        vm.warp(START + 5 days);
        for (uint256 i; i < proxies.length; ++i) {
            _assertRole(proxies[i], UUPSUpgradeable.upgradeToAndCall.selector, Roles.UPGRADES);
            assertEq(d.accessManager.getTargetAdminDelay(proxies[i]), 10 days);
        }
    }

    function test_CourtsSlashStrikeAndModerate() public view {
        address disputes = address(d.courts.disputes);
        _assertRole(address(d.staking), IStakingManager.lock.selector, Roles.SLASHER);
        _assertRole(address(d.staking), IStakingManager.unlock.selector, Roles.SLASHER);
        _assertRole(address(d.staking), IStakingManager.slash.selector, Roles.SLASHER);
        _assertRole(address(d.courts.receiptCourt), IReceiptCourt.openCase.selector, Roles.COURT);
        _assertRole(address(d.courts.receiptCourt), IReceiptCourt.strike.selector, Roles.COURT);
        _assertRole(address(d.courts.receiptCourt), IReceiptCourt.clear.selector, Roles.COURT);
        _assertRole(address(d.contributions), IContributionRegistry.revokeContribution.selector, Roles.MODERATOR);
        _assertRole(address(d.contributions), IContributionRegistry.revokeRecord.selector, Roles.MODERATOR);
        _assertRole(address(d.models), IModelRegistry.deprecateByVerdict.selector, Roles.MODERATOR);
        _assertHolders(Roles.SLASHER, [address(d.courts.receiptCourt), disputes, address(d.validators)]);
        _assertHolders(Roles.COURT, [disputes, disputes, disputes]);
        _assertHolders(Roles.MODERATOR, [disputes, disputes, disputes]);
    }

    function test_TheBrakePausesWorkAndExits() public view {
        _assertBit(address(d.market), IInferenceMarket.pauseSettlement.selector, IEmergencyBrake.Kind.Exit);
        _assertBit(address(d.market), IInferenceMarket.pauseExits.selector, IEmergencyBrake.Kind.Exit);
        _assertBit(address(d.staking), IStakingManager.pauseStaking.selector, IEmergencyBrake.Kind.Work);
        _assertBit(address(d.staking), IStakingManager.pauseExits.selector, IEmergencyBrake.Kind.Exit);
        _assertBit(address(d.oracle), IAttributionOracle.pauseFinality.selector, IEmergencyBrake.Kind.Work);
        _assertBit(
            address(d.contributions), IContributionRegistry.pauseContributions.selector, IEmergencyBrake.Kind.Work
        );
        _assertBit(address(d.models), IModelRegistry.pauseRegistration.selector, IEmergencyBrake.Kind.Work);
        _assertBit(address(d.agents), IAgentRegistry.pauseRegistration.selector, IEmergencyBrake.Kind.Work);
    }

    function _assertBit(address target, bytes4 selector, IEmergencyBrake.Kind kind) private view {
        bytes32 bit = d.governance.brake.bitOf(target, selector);
        assertEq(uint8(d.governance.brake.stateOf(bit).kind), uint8(kind), "kind");
        _assertRole(target, selector, Roles.BRAKE);
    }

    /// @dev Of all contracts those alone.
    function _assertHolders(uint64 role, address[3] memory holders) private view {
        address[15] memory all = [
            address(d.staking),
            address(d.datanets),
            address(d.contributions),
            address(d.validators),
            address(d.models),
            address(d.distributor),
            address(d.epochCourt),
            address(d.oracle),
            address(d.market),
            address(d.agents),
            address(d.reputation),
            address(d.courts.receiptCourt),
            address(d.courts.jury),
            address(d.courts.disputes),
            address(d.governance.governor)
        ];
        for (uint256 i; i < all.length; ++i) {
            (bool isMember,) = d.accessManager.hasRole(role, all[i]);
            assertEq(isMember, all[i] == holders[0] || all[i] == holders[1] || all[i] == holders[2], "holder");
        }
    }

    function _assertRole(address target, bytes4 selector, uint64 role) private view {
        assertEq(d.accessManager.getTargetFunctionRole(target, selector), role);
    }
}
