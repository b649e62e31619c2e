// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BrakeHandler} from "./BrakeHandler.sol";
import {Test} from "forge-std/Test.sol";

/// @notice However the brake is pulled, it gives way.
/// @dev GOV-5 no work is paused more than 7 days at a time and 14 in any 60, no exit more than 72 hours; the brake never counts less than was;
/// target and brake agree.
/// forge-config: default.invariant.runs = 48
/// forge-config: deep.invariant.runs = 4096
/// forge-config: default.invariant.depth = 128
/// forge-config: deep.invariant.depth = 256
/// forge-config: default.invariant.fail-on-revert = true
contract GovernanceBrakeTest is Test {
    BrakeHandler private handler;

    function setUp() public {
        handler = new BrakeHandler();
        handler.setUp();
        bytes4[] memory selectors = new bytes4[](3);
        selectors[0] = BrakeHandler.pause.selector;
        selectors[1] = BrakeHandler.release.selector;
        selectors[2] = BrakeHandler.pass.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
        targetContract(address(handler));
    }

    /// @dev The invariants say nothing where the handler does nothing.
    function test_HandlerPausesAndReleases() public {
        (bytes32 work, bytes32 exits) = handler.bits();
        handler.pause(2 << 8, 0);
        handler.pass(2, 0);
        handler.pause(2 << 8, 0);
        handler.pause((2 << 8) + 1, 0);
        assertEq(handler.mostPaused(work), 14 days);
        assertEq(handler.mostPaused(exits), 72 hours);
        handler.pass(1, 3 days);
        handler.release(0);
        assertEq(handler.released(), 1);
        assertEq(handler.mostPaused(work), 10 days + 1);
        _GOV5_PausesAreBounded();
        invariant_GovernanceBrake();
    }

    /// @dev All in one campaign: each call is followed by each property.
    function invariant_GovernanceBrake() public view {
        _GOV5_PausesAreBounded();
        _GOV5_TheBrakeCountsAllOfThem();
    }

    function _GOV5_PausesAreBounded() private view {
        (bytes32 work, bytes32 exits) = handler.bits();
        assertLe(handler.mostPaused(work), 14 days, "GOV-5 work");
        assertLe(handler.mostPaused(exits), 72 hours, "GOV-5 exits");
        assertLe(handler.lengthOf(work), 7 days, "GOV-5 work at a time");
        assertLe(handler.lengthOf(exits), 72 hours, "GOV-5 exits at a time");
    }

    function _GOV5_TheBrakeCountsAllOfThem() private view {
        (bytes32 work, bytes32 exits) = handler.bits();
        (uint256 told, uint256 truth) = handler.counted(work);
        assertGe(told, truth, "GOV-5 work counted");
        (told, truth) = handler.counted(exits);
        assertGe(told, truth, "GOV-5 exits counted");
        assertTrue(handler.agree(), "GOV-5 target");
    }
}
