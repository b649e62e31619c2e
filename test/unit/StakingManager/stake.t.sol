// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakingManager, Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {StakingFixture} from "../../fixture/StakingFixture.sol";

contract StakingManagerStakeTest is StakingFixture {
    function test_AddsToTheCallersPool() public {
        _stake(3);
        vm.expectEmit(address(staking));
        emit IStakingManager.Staked(operator, Role.Runner, operator, 4, 7);
        _stake(4);

        _assertPool(7, 0, 0);
        assertEq(token.balanceOf(operator), FUNDS - 7);
        assertEq(staking.poolOf(operator, Role.Oracle).own, 0);
    }

    function test_IsActiveFromTheMinimumOn() public {
        _stake(MINIMUM - 1);
        assertFalse(staking.isActive(operator, Role.Runner));

        _stake(1);
        assertTrue(staking.isActive(operator, Role.Runner));

        _thaw(1);
        assertFalse(staking.isActive(operator, Role.Runner));
        assertEq(staking.activeStake(operator, Role.Runner), MINIMUM - 1);
    }

    function test_IsNotActiveWithoutMinimum() public view {
        assertFalse(staking.isActive(operator, Role.Oracle));
    }

    function test_RevertWhen_AmountIsZero() public {
        vm.expectRevert(IStakingManager.StakingManager_ZeroAmount.selector);
        _stake(0);
    }

    function test_EveryRoleOnceItHasAMinimum() public {
        Role[4] memory roles = [Role.Oracle, Role.Validator, Role.Model, Role.Agent];
        for (uint96 i = 0; i < roles.length; ++i) {
            staking.setMinimumStake(roles[i], i + 1);
            vm.prank(operator);
            staking.stake(roles[i], i + 1);

            assertEq(staking.poolOf(operator, roles[i]).own, i + 1);
            assertTrue(staking.isActive(operator, roles[i]));
        }
        assertEq(_pool().own, 0);
    }

    function test_RevertGiven_NoMinimum() public {
        Role[2] memory roles = [Role.None, Role.Oracle];
        for (uint256 i = 0; i < roles.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_MinimumUnset.selector, roles[i]));
            vm.prank(operator);
            staking.stake(roles[i], 1);
        }
    }

    function test_SetEndpoint_UpTo256Bytes() public {
        _stake(1);
        string memory longest = string(new bytes(256));
        vm.startPrank(operator);

        vm.expectEmit(address(staking));
        emit IStakingManager.EndpointSet(operator, Role.Runner, longest);
        staking.setEndpoint(Role.Runner, longest);

        vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_EndpointTooLong.selector, 257, 256));
        staking.setEndpoint(Role.Runner, string(new bytes(257)));
    }

    function test_SetEndpoint_RevertGiven_PoolHoldsNothing() public {
        vm.expectRevert(
            abi.encodeWithSelector(IStakingManager.StakingManager_UnknownPool.selector, operator, Role.Runner)
        );
        vm.prank(operator);
        staking.setEndpoint(Role.Runner, "http://127.0.0.1");
    }
}
