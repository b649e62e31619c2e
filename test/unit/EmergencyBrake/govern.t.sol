// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EmergencyBrake} from "../../../contracts/governance/EmergencyBrake.sol";
import {Roles} from "../../../contracts/governance/Roles.sol";
import {IEmergencyBrake} from "../../../contracts/interfaces/IEmergencyBrake.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Test} from "forge-std/Test.sol";

contract EmergencyBrakeGovernTest is Test {
    uint64 private constant START = 1_800_000_000;
    bytes4 private constant SELECTOR = GovernedValue.pauseWork.selector;

    AccessManager private manager;
    EmergencyBrake private brake;
    GovernedValue private target;
    address private guardian = makeAddr("guardian");
    address private stranger = makeAddr("stranger");

    function setUp() public {
        vm.warp(START);
        manager = new AccessManager(address(this));
        brake = new EmergencyBrake(address(manager));
        target = new GovernedValue(address(manager));
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = SELECTOR;
        manager.setTargetFunctionRole(address(target), selectors, Roles.BRAKE);
        manager.grantRole(Roles.BRAKE, address(brake), 0);
        brake.setGuardian(guardian, true);
    }

    function test_RegisterBit() public {
        bytes32 expected = bytes32(abi.encodePacked(address(target), SELECTOR, bytes8(0)));

        vm.expectEmit(address(brake));
        emit IEmergencyBrake.BitRegistered(expected, address(target), SELECTOR, IEmergencyBrake.Kind.Exit, "value.work");
        bytes32 bit = brake.registerBit(address(target), SELECTOR, IEmergencyBrake.Kind.Exit, "value.work");

        assertEq(bit, expected);
        assertEq(brake.bitOf(address(target), SELECTOR), expected);
        assertEq(uint8(brake.stateOf(bit).kind), uint8(IEmergencyBrake.Kind.Exit));
    }

    function testFuzz_BitNamesTargetAndSelector(address a, bytes4 s, address b, bytes4 t) public view {
        assertEq(brake.bitOf(a, s), bytes32(abi.encodePacked(a, s, bytes8(0))));
        assertEq(brake.bitOf(a, s) == brake.bitOf(b, t), a == b && s == t);
    }

    function test_SetGuardian() public {
        vm.expectEmit(address(brake));
        emit IEmergencyBrake.GuardianSet(stranger, true);
        brake.setGuardian(stranger, true);
        assertTrue(brake.isGuardian(stranger));

        brake.setGuardian(stranger, false);
        assertFalse(brake.isGuardian(stranger));
    }

    /// @dev Retired while it is paused, it ends by itself; its history is there when it comes back.
    function test_RetireBit() public {
        bytes32 bit = brake.registerBit(address(target), SELECTOR, IEmergencyBrake.Kind.Work, "");
        vm.prank(guardian);
        brake.pause(bit, START + 5 days);
        vm.expectEmit(address(brake));
        emit IEmergencyBrake.BitRetired(bit);
        brake.retireBit(bit);
        vm.startPrank(guardian);
        bytes memory unknown = abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_UnknownBit.selector, bit);
        vm.expectRevert(unknown);
        brake.pause(bit, START + 6 days);
        vm.expectRevert(unknown);
        brake.release(bit);
        vm.stopPrank();
        assertEq(target.workPausedUntil(), START + 5 days);

        brake.registerBit(address(target), SELECTOR, IEmergencyBrake.Kind.Exit, "");
        assertEq(brake.pausedOf(bit), 5 days);
        vm.warp(START + 5 days);
        vm.expectRevert(
            abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_PausedTooMuch.selector, bit, 5 days + 1, 72 hours)
        );
        vm.prank(guardian);
        brake.pause(bit, START + 5 days + 1);
    }

    function test_RevertWhen_RegisteredTwice() public {
        bytes32 bit = brake.registerBit(address(target), SELECTOR, IEmergencyBrake.Kind.Work, "");

        vm.expectRevert(abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_BitRegistered.selector, bit));
        brake.registerBit(address(target), SELECTOR, IEmergencyBrake.Kind.Exit, "again");
    }

    function test_RevertWhen_Incomplete() public {
        vm.expectRevert(IEmergencyBrake.EmergencyBrake_NoKind.selector);
        brake.registerBit(address(target), SELECTOR, IEmergencyBrake.Kind.None, "");
        vm.expectRevert(IEmergencyBrake.EmergencyBrake_ZeroAddress.selector);
        brake.registerBit(address(0), SELECTOR, IEmergencyBrake.Kind.Work, "");
        vm.expectRevert(IEmergencyBrake.EmergencyBrake_ZeroAddress.selector);
        brake.setGuardian(address(0), true);
        vm.expectRevert(abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_UnknownBit.selector, bytes32("x")));
        brake.retireBit("x");
    }

    function test_RevertWhen_NotGoverned() public {
        bytes memory refused = abi.encodeWithSignature("AccessManagedUnauthorized(address)", guardian);
        vm.startPrank(guardian);
        vm.expectRevert(refused);
        brake.setGuardian(stranger, true);
        vm.expectRevert(refused);
        brake.registerBit(address(target), SELECTOR, IEmergencyBrake.Kind.Work, "");
        vm.expectRevert(refused);
        brake.retireBit(0);
    }
}
