// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakingManager, Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {StakingFixture} from "../../fixture/StakingFixture.sol";

contract StakingManagerPauseTest is StakingFixture {
    function setUp() public override {
        super.setUp();
        _stake(10e18);
        _delegate(alice, 10e18);
    }

    function test_PauseStaking_StopsWhatComesInUntilItsEnd() public {
        vm.expectEmit(address(staking));
        emit IStakingManager.StakingPaused(START + 14 days);
        _pauseStaking(START + 14 days);
        assertEq(staking.stakingPausedUntil(), START + 14 days);

        skip(14 days - 1);
        bytes memory paused = abi.encodeWithSelector(
            IStakingManager.StakingManager_Paused.selector, START + 14 days, START + 14 days - 1
        );
        vm.expectRevert(paused);
        _stake(1);
        vm.expectRevert(paused);
        _delegate(alice, 1e18);
        // what goes out goes on
        _thaw(10e18);
        _undelegate(alice, 10e18);
        staking.addFees(operator, Role.Runner, 1);

        skip(1);
        _stake(1);
        _delegate(alice, 1e18);
    }

    function test_PauseStaking_RevertWhen_LongerThanFourteenDays() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IStakingManager.StakingManager_PauseTooLong.selector, START + 14 days + 1, START + 14 days
            )
        );
        _pauseStaking(START + 14 days + 1);
    }

    function test_PauseStaking_AnEarlierTimeEndsIt() public {
        _pauseStaking(START + 14 days);
        _pauseStaking(0);
        _stake(1);
    }

    function test_PauseExits_StopsWhatGoesOutUntilItsEnd() public {
        staking.addFees(operator, Role.Runner, 700);
        _thaw(10e18);
        _undelegate(alice, 10e18);
        skip(THAW_PERIOD - 72 hours);
        uint64 until = START + THAW_PERIOD;
        vm.expectEmit(address(staking));
        emit IStakingManager.ExitsPaused(until);
        _pauseExits(until);
        assertEq(staking.exitsPausedUntil(), until);

        skip(72 hours - 1);
        bytes memory paused = abi.encodeWithSelector(IStakingManager.StakingManager_Paused.selector, until, until - 1);
        vm.expectRevert(paused);
        _withdraw();
        vm.expectRevert(paused);
        _withdrawUndelegated(alice);
        vm.expectRevert(paused);
        staking.claimFees(alice, operator, Role.Runner);
        vm.expectRevert(paused);
        staking.claimOperatorFees(operator, Role.Runner);
        // neither courts nor what comes in wait, and thaws go on
        _lock(court, 1);
        _slash(court, 1);
        _unlock(court, 1);
        _stake(1);

        skip(1);
        assertEq(_withdraw(), 10e18 - 1);
        assertEq(_withdrawUndelegated(alice), 10e18);
        assertEq(staking.claimOperatorFees(operator, Role.Runner), 700);
    }

    function test_PauseExits_RevertWhen_LongerThan72HoursFromItsBegin() public {
        bytes memory tooLong = abi.encodeWithSelector(
            IStakingManager.StakingManager_PauseTooLong.selector, START + 72 hours + 1, START + 72 hours
        );
        vm.expectRevert(tooLong);
        _pauseExits(START + 72 hours + 1);
        _pauseExits(START + 1 hours);
        skip(1 hours - 1);
        vm.expectRevert(tooLong);
        _pauseExits(START + 72 hours + 1);
        _pauseExits(START + 72 hours);
        assertEq(staking.exitsPausedUntil(), START + 72 hours);
    }

    /// @dev Who holds the brake cannot hold stakes for longer by pausing again and again.
    function test_PauseExits_RevertGiven_TheLastEndedLessThanSevenDaysAgo() public {
        _pauseExits(START + 72 hours);
        skip(72 hours);
        _refusedUntil(START + 72 hours + 7 days);
        skip(7 days - 1);
        _refusedUntil(START + 72 hours + 7 days);
        skip(1);
        _pauseExits(START + 72 hours + 7 days + 72 hours);
    }

    function test_PauseExits_EndedEarlyItCountsFromThen() public {
        _pauseExits(START + 72 hours);
        skip(1 hours);
        vm.expectEmit(address(staking));
        emit IStakingManager.ExitsPaused(START + 1 hours);
        _pauseExits(0);
        staking.addFees(operator, Role.Runner, 7);
        _refusedUntil(START + 1 hours + 7 days);
    }

    function test_RevertWhen_CallerHoldsNoBrake() public {
        vm.startPrank(stranger);
        vm.expectRevert(_unauthorized(stranger));
        staking.pauseStaking(START + 1);
        vm.expectRevert(_unauthorized(stranger));
        staking.pauseExits(START + 1);
    }

    function _refusedUntil(uint256 earliest) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IStakingManager.StakingManager_PauseTooSoon.selector, vm.getBlockTimestamp(), earliest
            )
        );
        _pauseExits(uint64(vm.getBlockTimestamp()) + 1);
    }

    function _pauseStaking(uint64 until) private {
        vm.prank(brake);
        staking.pauseStaking(until);
    }

    function _pauseExits(uint64 until) private {
        vm.prank(brake);
        staking.pauseExits(until);
    }
}
