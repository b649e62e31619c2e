// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Roles} from "../../../contracts/governance/Roles.sol";
import {IEmergencyBrake} from "../../../contracts/interfaces/IEmergencyBrake.sol";
import {GovernanceFixture} from "../../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";

/// @notice A guardian that turned against the protocol.
contract EmergencyBrakeBugsTest is GovernanceFixture {
    /// @dev The brake's key opens nothing: not another function of the target, not another target, not the access manager.
    function test_Bug_KeyReachesMoreThanPauses() public {
        bytes32[3] memory bits = [
            brake.bitOf(address(target), GovernedValue.setValue.selector),
            brake.bitOf(address(token), token.transfer.selector),
            brake.bitOf(address(manager), manager.grantRole.selector)
        ];

        for (uint256 i; i < bits.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_UnknownBit.selector, bits[i]));
            vm.prank(brakeGuardian);
            brake.pause(bits[i], uint64(block.timestamp + 1));
        }
        bytes4[2] memory refused = [GovernedValue.setValue.selector, GovernedValue.setStakeValue.selector];
        for (uint256 i; i < refused.length; ++i) {
            (bool immediate, uint32 delay) = manager.canCall(address(brake), address(target), refused[i]);
            assertFalse(immediate);
            assertEq(delay, 0);
        }
    }

    /// @dev Pausing over and over: whatever it does, exits stay open for 57 of any 60 days.
    function test_Bug_ExitsPausedForEver() public {
        uint256 paused;
        uint256 first = block.timestamp;
        while (block.timestamp < first + 60 days) {
            vm.prank(brakeGuardian);
            (bool done,) =
                address(brake).call(abi.encodeCall(brake.pause, (exitBit, uint64(block.timestamp + 12 hours))));
            if (done) paused += 12 hours;
            vm.warp(block.timestamp + 12 hours);
        }

        assertEq(paused, 72 hours);
    }

    /// @dev Many short pauses do not use the brake up: the others can still pause for nearly as long as ever.
    function test_Bug_BrakeWornOutByShortPauses() public {
        for (uint256 i; i < 100; ++i) {
            vm.startPrank(brakeGuardian);
            brake.pause(workBit, uint64(block.timestamp + 1 hours));
            brake.release(workBit);
            vm.stopPrank();
            vm.warp(block.timestamp + 1 hours);
        }
        assertEq(brake.pausedOf(workBit), 100);

        vm.startPrank(brakeGuardian);
        brake.pause(workBit, uint64(block.timestamp + 7 days));
        vm.warp(block.timestamp + 7 days);
        brake.pause(workBit, uint64(block.timestamp + 7 days - 100));

        assertEq(brake.pausedOf(workBit), 14 days);
    }

    /// @dev Two names for one function would be two allowances.
    function test_Bug_OneFunctionTwoBits() public {
        vm.prank(address(governor));
        manager.schedule(
            address(brake),
            abi.encodeCall(
                brake.registerBit,
                (address(target), GovernedValue.pauseExits.selector, IEmergencyBrake.Kind.Exit, "another")
            ),
            0
        );
        vm.warp(block.timestamp + 10 days);

        vm.expectRevert(abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_BitRegistered.selector, exitBit));
        vm.prank(address(governor));
        brake.registerBit(address(target), GovernedValue.pauseExits.selector, IEmergencyBrake.Kind.Exit, "another");
    }

    /// @dev Out of office two days after the vote.
    function test_AGuardianIsRemovedByVote() public {
        _wrap(alice, 2e25);
        vm.warp(block.timestamp + 1);
        Proposal memory p = _proposal(address(brake), abi.encodeCall(brake.setGuardian, (brakeGuardian, false)));
        _pass(p);
        _queue(p);
        assertEq(governor.proposalEta(p.id), block.timestamp + 2 days);
        vm.warp(governor.proposalEta(p.id));
        _execute(p);

        vm.expectRevert(abi.encodeWithSelector(IEmergencyBrake.EmergencyBrake_NotGuardian.selector, brakeGuardian));
        vm.prank(brakeGuardian);
        brake.pause(workBit, uint64(block.timestamp + 1));
        assertEq(manager.getTargetFunctionRole(address(target), GovernedValue.pauseWork.selector), Roles.BRAKE);
    }
}
