// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EmergencyBrake} from "../../../contracts/governance/EmergencyBrake.sol";
import {Roles} from "../../../contracts/governance/Roles.sol";
import {IEmergencyBrake} from "../../../contracts/interfaces/IEmergencyBrake.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Test} from "forge-std/Test.sol";

/// @dev The test is the access manager's admin, without delays.
contract EmergencyBrakePauseTest is Test {
    uint64 private constant START = 1_800_000_000;

    AccessManager private manager;
    EmergencyBrake private brake;
    GovernedValue private target;
    bytes32 private work;
    bytes32 private exits;
    address private guardian = makeAddr("guardian");
    address private other = makeAddr("other");
    address private stranger = makeAddr("stranger");

    function setUp() public {
        vm.warp(START);
        manager = new AccessManager(address(this));
        brake = new EmergencyBrake(address(manager));
        target = new GovernedValue(address(manager));
        bytes4[] memory selectors = new bytes4[](2);
        (selectors[0], selectors[1]) = (GovernedValue.pauseWork.selector, GovernedValue.pauseExits.selector);
        manager.setTargetFunctionRole(address(target), selectors, Roles.BRAKE);
        manager.grantRole(Roles.BRAKE, address(brake), 0);
        brake.setGuardian(guardian, true);
        brake.setGuardian(other, true);
        work = brake.registerBit(address(target), selectors[0], IEmergencyBrake.Kind.Work, "work");
        exits = brake.registerBit(address(target), selectors[1], IEmergencyBrake.Kind.Exit, "exits");
    }

    function test_PausesTheTarget() public {
        vm.expectEmit(address(brake));
        emit IEmergencyBrake.BitPaused(work, guardian, START, START + 1 days, 1 days);
        _pause(work, START + 1 days);

        assertEq(target.workPausedUntil(), START + 1 days);
        assertEq(target.exitsPausedUntil(), 0);
        IEmergencyBrake.Bit memory bit = brake.stateOf(work);
        assertEq(bit.since, START);
        assertEq(bit.until, START + 1 days);
        assertEq(brake.pausedOf(work), 1 days);
        assertEq(brake.pausedOf(exits), 0);
    }

    function test_WorkStopsSevenDaysAtATime() public {
        vm.expectRevert(_tooLong(work, START + 7 days + 1, START + 7 days));
        _pause(work, START + 7 days + 1);
        _pause(work, START + 7 days);

        assertEq(target.workPausedUntil(), START + 7 days);
    }

    function test_ExitsStop72HoursAtATime() public {
        vm.expectRevert(_tooLong(exits, START + 72 hours + 1, START + 72 hours));
        _pause(exits, START + 72 hours + 1);
        _pause(exits, START + 72 hours);

        assertEq(target.exitsPausedUntil(), START + 72 hours);
    }

    /// @dev Longer up to 7 days from its beginning, not from the call.
    function test_ARunningPauseCanBeMadeLonger() public {
        _pause(work, START + 1 days);
        vm.warp(START + 1 days - 1);
        vm.expectRevert(_tooLong(work, START + 7 days + 1, START + 7 days));
        _pause(work, START + 7 days + 1);

        vm.expectEmit(address(brake));
        emit IEmergencyBrake.BitPaused(work, other, START, START + 7 days, 7 days);
        vm.prank(other);
        brake.pause(work, START + 7 days);

        assertEq(brake.pausedOf(work), 7 days);
    }

    /// @dev The first second of working is `until`: from then on it is another pause.
    function test_AnExpiredPauseIsOver() public {
        _pause(work, START + 1 days);
        vm.warp(START + 1 days);

        _pause(work, START + 8 days);

        assertEq(brake.stateOf(work).since, START + 1 days);
        assertEq(brake.pausedOf(work), 8 days);
    }

    function test_FourteenDaysInSixty() public {
        _pause(work, START + 7 days);
        vm.warp(START + 7 days);
        _pause(work, START + 14 days);
        vm.warp(START + 14 days);
        vm.expectRevert(_tooMuch(work, 14 days + 1, 14 days));
        _pause(work, START + 14 days + 1);

        // a second of the first pause leaves the 60 days with each second after START + 60 days
        vm.warp(START + 60 days - 1);
        vm.expectRevert(_tooMuch(work, 14 days + 1, 14 days));
        _pause(work, START + 60 days);
        vm.warp(START + 60 days);
        _pause(work, START + 60 days + 1);
        vm.warp(START + 60 days + 1);
        _pause(work, START + 67 days);
        assertEq(brake.pausedOf(work), 14 days);
    }

    /// @dev 72 hours of exits in any 60 days: 21 days of thaw and 3 of pause are less than the 25 of a change.
    function test_Exits72HoursInSixtyDays() public {
        _pause(exits, START + 72 hours);
        vm.warp(START + 72 hours);
        vm.expectRevert(_tooMuch(exits, 72 hours + 1, 72 hours));
        _pause(exits, START + 72 hours + 1);

        vm.warp(START + 60 days);
        _pause(exits, START + 63 days);
        assertEq(brake.pausedOf(exits), 72 hours);
    }

    function test_Release() public {
        _pause(work, START + 7 days);
        vm.warp(START + 2 days - 1);

        vm.expectEmit(address(brake));
        emit IEmergencyBrake.BitReleased(work, other, START + 2 days, 2 days);
        vm.prank(other);
        brake.release(work);

        assertEq(target.workPausedUntil(), START + 2 days);
        assertEq(brake.stateOf(work).until, START + 2 days);
        assertEq(brake.pausedOf(work), 2 days);
        // what was given back can be used
        vm.warp(START + 2 days);
        _pause(work, START + 9 days);
        vm.warp(START + 9 days);
        _pause(work, START + 14 days);
    }

    function test_ReleaseInTheSameSecond() public {
        _pause(work, START + 7 days);
        vm.startPrank(guardian);
        brake.release(work);
        brake.release(work);
        vm.stopPrank();

        assertEq(brake.pausedOf(work), 1);
        assertEq(target.workPausedUntil(), START + 1);
        _pause(work, START + 7 days);
        assertEq(brake.pausedOf(work), 7 days);
    }

    function test_RevertWhen_NothingToRelease() public {
        vm.startPrank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_NotPaused.selector, work));
        brake.release(work);
        brake.pause(work, START + 10);
        vm.warp(START + 10);
        vm.expectRevert(abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_NotPaused.selector, work));
        brake.release(work);
        vm.expectRevert(abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_UnknownBit.selector, bytes32(0)));
        brake.release(0);
    }

    function test_RevertWhen_NotLonger() public {
        vm.expectRevert(abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_NotLonger.selector, work, START, START));
        _pause(work, START);
        _pause(work, START + 2 days);
        vm.expectRevert(
            abi.encodeWithSelector(
                IEmergencyBrake.EmergencyBrake_NotLonger.selector, work, START + 2 days, START + 2 days
            )
        );
        _pause(work, START + 2 days);
        vm.expectRevert(
            abi.encodeWithSelector(
                IEmergencyBrake.EmergencyBrake_NotLonger.selector, work, START + 1 days, START + 2 days
            )
        );
        _pause(work, START + 1 days);
    }

    function test_RevertWhen_UntilIsAsLateAsCanBe() public {
        vm.expectRevert(_tooLong(work, type(uint64).max, START + 7 days));
        _pause(work, type(uint64).max);
    }

    function test_RevertWhen_NotAGuardian() public {
        bytes memory refused = abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_NotGuardian.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(refused);
        brake.pause(work, START + 1);
        vm.expectRevert(refused);
        brake.release(work);
        vm.stopPrank();
        brake.setGuardian(guardian, false);
        assertFalse(brake.isGuardian(guardian));
        vm.expectRevert(abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_NotGuardian.selector, guardian));
        _pause(work, START + 1);
    }

    /// @dev A target that refuses takes the whole pause back.
    function test_RevertWhen_TheTargetRefuses() public {
        target.setRefuses(true);

        vm.expectRevert(GovernedValue.GovernedValue_Refused.selector);
        _pause(work, START + 1);
        assertEq(brake.pausedOf(work), 0);
    }

    /// @dev Without the role the brake is a stranger.
    function test_RevertGiven_BrakeHasNoRole() public {
        manager.revokeRole(Roles.BRAKE, address(brake));

        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", address(brake)));
        _pause(work, START + 1);
    }

    function _pause(bytes32 bit, uint64 until) private {
        vm.prank(guardian);
        brake.pause(bit, until);
    }

    function _tooLong(bytes32 bit, uint64 until, uint64 latest) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_PauseTooLong.selector, bit, until, latest);
    }

    function _tooMuch(bytes32 bit, uint256 paused, uint256 most) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_PausedTooMuch.selector, bit, paused, most);
    }
}
