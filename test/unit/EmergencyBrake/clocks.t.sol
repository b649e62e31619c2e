// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EmergencyBrake} from "../../../contracts/governance/EmergencyBrake.sol";
import {Roles} from "../../../contracts/governance/Roles.sol";
import {IEmergencyBrake} from "../../../contracts/interfaces/IEmergencyBrake.sol";
import {ClockBoundaries} from "../../fixture/ClockBoundaries.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @notice A second before each of the brake's boundaries, at it and a second after it.
/// @dev The test is the access manager's admin, without delays.
contract EmergencyBrakeClocksTest is ClockBoundaries {
    uint64 private constant START = 1_800_000_000;

    EmergencyBrake private brake;
    bytes32 private work;
    address private guardian = makeAddr("guardian");

    function setUp() public {
        vm.warp(START);
        AccessManager manager = new AccessManager(address(this));
        brake = new EmergencyBrake(address(manager));
        GovernedValue target = new GovernedValue(address(manager));
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = GovernedValue.pauseWork.selector;
        manager.setTargetFunctionRole(address(target), selectors, Roles.BRAKE);
        manager.grantRole(Roles.BRAKE, address(brake), 0);
        brake.setGuardian(guardian, true);
        work = brake.registerBit(address(target), selectors[0], IEmergencyBrake.Kind.Work, "work");
    }

    function test_Pause_IsReleasedBeforeItsEnd() public {
        _pause(START + 1 days);

        _closesAt(
            START + 1 days,
            guardian,
            address(brake),
            abi.encodeCall(IEmergencyBrake.release, (work)),
            abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_NotPaused.selector, work)
        );
    }

    /// @dev Up to its end a pause is made longer, seven days from its beginning at most; from there on it is another.
    function test_AnotherPause_BeginsAtTheLastsEnd() public {
        _pause(START + 1 days);
        uint64 until = START + 7 days + 1;

        _opensAt(
            START + 1 days,
            guardian,
            address(brake),
            abi.encodeCall(IEmergencyBrake.pause, (work, until)),
            abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_PauseTooLong.selector, work, until, START + 7 days)
        );
    }

    function test_Pause_IsOrderedBeforeItsEnd() public {
        uint64 until = START + 30 days;

        _closesAt(
            until,
            guardian,
            address(brake),
            abi.encodeCall(IEmergencyBrake.pause, (work, until)),
            abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_NotLonger.selector, work, until, until),
            abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_NotLonger.selector, work, until, until + 1)
        );
    }

    function test_Pause_IsOrderedSevenDaysAheadAtMost() public {
        uint64 until = START + 30 days;

        _opensAt(
            until - 7 days,
            guardian,
            address(brake),
            abi.encodeCall(IEmergencyBrake.pause, (work, until)),
            abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_PauseTooLong.selector, work, until, until - 1)
        );
    }

    /// @dev All fourteen days are used; from the 60th on each second gives one of the first pause back. A second earlier
    /// the pause would be of three seconds, for two that are back.
    function test_WhatWasUsed_ComesBackAfterSixtyDays() public {
        _pause(START + 7 days);
        vm.warp(START + 7 days);
        _pause(START + 14 days);

        _opensAt(
            START + 60 days,
            guardian,
            address(brake),
            abi.encodeCall(IEmergencyBrake.pause, (work, START + 60 days + 2)),
            abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_PausedTooMuch.selector, work, 14 days + 1, 14 days)
        );
    }

    function _pause(uint64 until) private {
        vm.prank(guardian);
        brake.pause(work, until);
    }
}
