// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakingManager, Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {ClockBoundaries} from "../../fixture/ClockBoundaries.sol";
import {StakingFixture} from "../../fixture/StakingFixture.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";

/// @notice A second before each of staking's boundaries, at it and a second after it.
contract StakingManagerClocksTest is StakingFixture, ClockBoundaries {
    uint64 private constant THAW_END = START + THAW_PERIOD;
    uint64 private constant PAUSE_END = START + 72 hours;

    function setUp() public override {
        super.setUp();
        _stake(10e18);
        _delegate(alice, 10e18);
    }

    function test_OwnThaw_IsWithdrawnFromItsEndOn() public {
        _thaw(4e18);

        _opensAt(THAW_END, operator, address(staking), _withdrawal(), _stillThawing(THAW_END));
    }

    function test_DelegatedThaw_IsWithdrawnFromItsEndOn() public {
        _undelegate(alice, 4e18);

        _opensAt(
            THAW_END,
            alice,
            address(staking),
            abi.encodeCall(IStakingManager.withdrawUndelegated, (operator, Role.Runner)),
            _stillThawing(THAW_END)
        );
    }

    /// @dev A single base unit is released when all its time has passed, and is the operator's: its part rounds up.
    function test_Fees_AreReleasedByTheEndOfSevenDays() public {
        staking.addFees(operator, Role.Runner, 1);

        _opensAt(
            START + RELEASE_PERIOD,
            stranger,
            address(staking),
            abi.encodeCall(IStakingManager.claimOperatorFees, (operator, Role.Runner)),
            abi.encodeWithSelector(IStakingManager.StakingManager_ZeroAmount.selector)
        );
    }

    function test_FeeCut_RisesAfterSevenDays() public {
        vm.prank(operator);
        staking.setFeeCut(Role.Runner, 2000);

        vm.warp(START + 7 days - 1);
        assertEq(_fees().cutBps, 0, "a second before");
        vm.warp(START + 7 days);
        assertEq(_fees().cutBps, 2000, "at it");
        vm.warp(START + 7 days + 1);
        assertEq(_fees().cutBps, 2000, "a second after");
    }

    function test_StakingPause_EndsByItself() public {
        vm.prank(brake);
        staking.pauseStaking(PAUSE_END);

        _opensAt(
            PAUSE_END,
            operator,
            address(staking),
            abi.encodeCall(IStakingManager.stake, (Role.Runner, 1)),
            _paused(PAUSE_END)
        );
    }

    function test_ExitsPause_EndsByItself() public {
        _thaw(4e18);
        vm.warp(THAW_END);
        vm.prank(brake);
        staking.pauseExits(THAW_END + 72 hours);

        _opensAt(THAW_END + 72 hours, operator, address(staking), _withdrawal(), _paused(THAW_END + 72 hours));
    }

    function test_ExitsPause_IsOrderedAgainSevenDaysAfterItsEnd() public {
        vm.prank(brake);
        staking.pauseExits(PAUSE_END);
        uint64 earliest = PAUSE_END + 7 days;

        _opensAt(
            earliest,
            brake,
            address(staking),
            abi.encodeCall(IStakingManager.pauseExits, (earliest + 1 hours)),
            abi.encodeWithSelector(IStakingManager.StakingManager_PauseTooSoon.selector, earliest - 1, earliest)
        );
    }

    /// @dev Votes of a second are told when it is over.
    function test_PastVotes_AreToldFromTheNextSecondOn() public {
        _opensAt(
            START + 2,
            stranger,
            address(staking),
            abi.encodeCall(IVotes.getPastVotes, (operator, START + 1)),
            abi.encodeWithSelector(IStakingManager.StakingManager_FutureLookup.selector, START + 1, START + 1)
        );
    }

    function test_Upgrades_FreezeAfterEighteenMonths() public {
        uint64 frozenAt = START + 548 days;

        _closesAt(
            frozenAt,
            address(this),
            address(staking),
            abi.encodeWithSelector(UPGRADE, _stakingCode(address(token), CAP_BPS), ""),
            abi.encodeWithSelector(IStakingManager.StakingManager_UpgradesFrozen.selector, frozenAt, frozenAt),
            abi.encodeWithSelector(IStakingManager.StakingManager_UpgradesFrozen.selector, frozenAt, frozenAt + 1)
        );
    }

    function _withdrawal() private pure returns (bytes memory) {
        return abi.encodeCall(IStakingManager.withdraw, (Role.Runner));
    }

    function _stillThawing(uint64 end) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IStakingManager.StakingManager_StillThawing.selector, end, end - 1);
    }

    function _paused(uint64 until) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IStakingManager.StakingManager_Paused.selector, until, until - 1);
    }
}
