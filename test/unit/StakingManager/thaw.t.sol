// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakingManager, Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {StakingFixture} from "../../fixture/StakingFixture.sol";

contract StakingManagerThawTest is StakingFixture {
    function test_StartsTheClock() public {
        _stake(10);

        vm.expectEmit(address(staking));
        emit IStakingManager.ThawStarted(operator, Role.Runner, 4, 4, START + THAW_PERIOD);
        _thaw(4);

        _assertPool(10, 4, START + THAW_PERIOD);
        assertEq(staking.activeStake(operator, Role.Runner), 6);
    }

    function test_RestartsTheClockForAllThatThaws() public {
        _stake(10);
        _thaw(4);
        skip(THAW_PERIOD - 1);
        _thaw(1);

        _assertPool(10, 5, START + 2 * THAW_PERIOD - 1);
        skip(1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IStakingManager.StakingManager_StillThawing.selector, START + 2 * THAW_PERIOD - 1, START + THAW_PERIOD
            )
        );
        vm.prank(operator);
        staking.withdraw(Role.Runner);
    }

    function test_RevertWhen_AmountIsZero() public {
        _stake(10);
        vm.expectRevert(IStakingManager.StakingManager_ZeroAmount.selector);
        _thaw(0);
    }

    function test_RevertWhen_AmountExceedsWhatIsActive() public {
        _stake(10);
        _thaw(4);

        vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_ThawExceedsActive.selector, 7, 6));
        _thaw(7);
        _thaw(6);
        assertEq(staking.activeStake(operator, Role.Runner), 0);
    }

    function test_Withdraw_PaysFromTheThawsEndOn() public {
        _stake(10);
        _thaw(4);
        vm.startPrank(operator);
        skip(THAW_PERIOD - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IStakingManager.StakingManager_StillThawing.selector, START + THAW_PERIOD, START + THAW_PERIOD - 1
            )
        );
        staking.withdraw(Role.Runner);

        skip(1);
        vm.expectEmit(address(staking));
        emit IStakingManager.ThawWithdrawn(operator, Role.Runner, 4, 6);
        assertEq(staking.withdraw(Role.Runner), 4);

        _assertPool(6, 0, 0);
        assertEq(token.balanceOf(operator), FUNDS - 6);
    }

    function test_Withdraw_RevertGiven_NothingThaws() public {
        _stake(10);
        _thaw(10);
        skip(THAW_PERIOD);
        vm.startPrank(operator);
        staking.withdraw(Role.Runner);

        vm.expectRevert(IStakingManager.StakingManager_NothingThawing.selector);
        staking.withdraw(Role.Runner);
    }

    /// @dev Who may leave and stays is slashable, and can thaw no second time meanwhile.
    function test_Withdraw_AsLateAsOneLikes() public {
        _stake(10);
        _thaw(10);
        skip(10 * THAW_PERIOD);

        assertFalse(staking.isActive(operator, Role.Runner));
        assertEq(_slash(court, 3), 3);
        assertEq(_withdraw(), 7);
    }

    /// @dev Any order of steps: the contract holds exactly the pools' tokens, what thaws is part of them, and nothing
    /// leaves within the period of the last thaw.
    function testFuzz_HoldsExactlyItsPools(uint256[16] calldata steps) public {
        uint96 tokens = 0;
        uint96 thawing = 0;
        uint64 thawEnd = 0;
        for (uint256 i = 0; i < steps.length; ++i) {
            // Odd weis and all-of-it are as likely as anything between.
            uint96 amount = uint96(bound(steps[i] >> 8, 1, steps[i] & 0x80 == 0 ? 3 : 1e24));
            uint256 step = steps[i] % 5;
            if (step == 0 && token.balanceOf(operator) >= amount) {
                _stake(amount);
                tokens += amount;
            } else if (step == 1 && tokens != 0) {
                if (amount > tokens) amount = tokens;
                _slash(court, amount);
                tokens -= amount;
                thawing = thawing > amount ? thawing - amount : 0;
                if (thawing == 0) thawEnd = 0;
            } else if (step == 2 && tokens > thawing) {
                uint96 active = tokens - thawing;
                if (amount > active) amount = active;
                _thaw(amount);
                thawing += amount;
                thawEnd = uint64(vm.getBlockTimestamp()) + THAW_PERIOD;
            } else if (step == 3 && thawing != 0 && vm.getBlockTimestamp() >= thawEnd) {
                vm.prank(operator);
                assertEq(staking.withdraw(Role.Runner), thawing);
                tokens -= thawing;
                thawing = 0;
                thawEnd = 0;
            } else {
                skip(steps[i] % (2 * THAW_PERIOD));
            }
            _assertPool(tokens, thawing, thawEnd);
        }
    }
}
