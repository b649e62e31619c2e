// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DelaysHandler} from "./DelaysHandler.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Nothing happens without a vote, before its delay, after a veto, or by a key.
/// @dev GOV-1 no key holds a role or does what only proposals may. GOV-4 every upgrade, as everything else, was voted for and
/// waited its role's delay from its queueing; none was vetoed or expired.
/// forge-config: default.invariant.runs = 48
/// forge-config: deep.invariant.runs = 4096
/// forge-config: default.invariant.depth = 192
/// forge-config: deep.invariant.depth = 256
/// forge-config: default.invariant.fail-on-revert = true
contract GovernanceDelaysTest is Test {
    DelaysHandler private handler;

    function setUp() public {
        handler = new DelaysHandler();
        handler.setUp();
        bytes4[] memory selectors = new bytes4[](8);
        selectors[0] = DelaysHandler.propose.selector;
        selectors[1] = DelaysHandler.vote.selector;
        selectors[2] = DelaysHandler.queue.selector;
        selectors[3] = DelaysHandler.execute.selector;
        selectors[4] = DelaysHandler.veto.selector;
        selectors[5] = DelaysHandler.pass.selector;
        selectors[6] = DelaysHandler.trespass.selector;
        selectors[7] = DelaysHandler.advance.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
        targetContract(address(handler));
    }

    /// @dev The invariants say nothing where the handler does nothing.
    function test_HandlerUpgradesAndVetoes() public {
        for (uint256 kind; kind < 6; ++kind) {
            handler.propose(kind);
            handler.pass(0, 0, 1);
            handler.vote(0, 1);
            handler.pass(1, 0, 1);
            handler.queue(0);
            handler.pass(2, 0, 0);
            handler.execute(0);
            assertEq(handler.executed(), kind, "early");
            handler.pass(2, 0, 1);
            handler.execute(0);
            assertEq(handler.executed(), kind + 1);
        }
        assertEq(handler.upgrades(), 2);
        handler.propose(4);
        handler.veto(0);
        assertEq(handler.vetoed(), 1);
        handler.trespass(3, 0);
        invariant_GovernanceDelays();
    }

    /// @dev All in one campaign: each call is followed by each property.
    function invariant_GovernanceDelays() public view {
        _GOV1_NoKeyGoverns();
        _GOV4_EveryUpgradeWaitsItsDelay();
    }

    function _GOV1_NoKeyGoverns() private view {
        assertFalse(handler.aKeyHoldsARole(), "GOV-1 role");
        assertFalse(handler.keyActed(), "GOV-1 key acted");
    }

    function _GOV4_EveryUpgradeWaitsItsDelay() private view {
        assertFalse(handler.executedEarly(), "GOV-4 early");
        assertFalse(handler.executedLate(), "GOV-4 expired");
        assertFalse(handler.executedUnvoted(), "GOV-4 without a vote");
        assertFalse(handler.executedVetoed(), "GOV-4 vetoed");
        assertFalse(handler.upgradedOtherwise(), "GOV-4 by a failed call");
    }
}
