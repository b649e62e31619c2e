// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IJury} from "../../contracts/interfaces/IJury.sol";
import {IReceiptCourt, WHOLE_BATCH} from "../../contracts/interfaces/IReceiptCourt.sol";
import {Role} from "../../contracts/interfaces/IStakingManager.sol";
import {CourtStaking} from "../fixture/CourtStaking.sol";
import {CourtHandler} from "./CourtHandler.sol";
import {FalseBatches} from "./FalseBatches.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Where each unit of money can be in the courts, and that all of it leaves them.
/// @dev COURT-1 no honest batch is struck by a proof, of whatever kind. COURT-2 every false one is, in one transaction, once, while
/// proofs are taken; so is who signs two receipts for one nonce.
/// COURT-3 jury balance = bonds of open hearings + pots. COURT-4 court balance = open deposits + unpaid refunds. COURT-5 refunds
/// are at most what was settled, and all of them together at most half of what was slashed; at least half burns. COURT-6 no answer
/// after its deadline, no silence before it, and every honest answer until then. COURT-7 everything ends by time, without a role: no deposit, bond, pot, case or lock
/// is left.
/// forge-config: default.invariant.runs = 32
/// forge-config: deep.invariant.runs = 4096
contract CourtMoneyTest is Test {
    CourtHandler private handler;
    IReceiptCourt private court;
    IJury private jury;
    address private disputes;
    CourtStaking private staking;
    IERC20 private token;
    address private runner;

    function setUp() public {
        handler = new CourtHandler();
        handler.setUp();
        address court_;
        address jury_;
        address staking_;
        address token_;
        (court_, jury_, disputes, staking_, token_, runner) = handler.parts();
        (court, jury, staking, token) = (IReceiptCourt(court_), IJury(jury_), CourtStaking(staking_), IERC20(token_));
        targetContract(address(handler));
        bytes4[] memory none = new bytes4[](2);
        none[0] = handler.setUp.selector;
        none[1] = handler.endAll.selector;
        excludeSelector(FuzzSelector(address(handler), none));
    }

    /// @dev The invariants say nothing where the handler does nothing.
    function test_HandlerReachesEveryEnd() public {
        handler.settle(2);
        handler.settleFalse(1);
        handler.settleFalse(3);
        handler.demand(0, 0);
        handler.demand(0, 8);
        handler.answer(0);
        handler.answer(1);
        assertEq(uint8(court.demandOf(1, 0).state), uint8(IReceiptCourt.DemandState.Revealed));
        handler.demand(0, 4);
        handler.answer(2);
        handler.answer(5);
        assertEq(uint8(court.demandOf(1, WHOLE_BATCH).state), uint8(IReceiptCourt.DemandState.Revealed));
        handler.prove(0, 0);
        handler.prove(1, 0);
        handler.proveEquivocation(0, 0);
        handler.proveEquivocation(0, 0);
        handler.refund(1, 2);
        assertGt(court.refundOf(2).paid, 0, "refunded");
        handler.openCase(2, 0);
        handler.closeCase(0, 0);
        handler.file(1);
        handler.file(2 * 256 + 2);
        handler.commitVote(0, 4, true);
        handler.commitVote(0, 3, true);
        handler.revealVotes(0, 31);
        handler.wait(36 hours);
        handler.appeal(0);
        handler.commitVote(0, 4, false);
        handler.commitVote(0, 3, false);
        handler.commitVote(0, 2, false);
        handler.revealVotes(0, 31);
        handler.wait(36 hours);
        handler.finish(0);
        assertEq(uint8(jury.stateOf(1)), uint8(IJury.HearingState.Dismissed));
        handler.claim(0, 3);
        handler.thaw(true);
        handler.demand(2, 1);
        handler.expire(3, false);

        assertGt(court.voidedAt(3), 0, "expired");
        assertGt(token.balanceOf(address(jury)), 0);
        afterInvariant();
        invariant_CourtMoney();
    }

    function test_EachFalsehoodIsProven() public {
        uint256 kinds = uint256(type(FalseBatches.Falsehood).max);
        for (uint256 kind; kind < kinds; ++kind) {
            for (uint256 seed; seed < 3; ++seed) {
                uint256 snapshot = vm.snapshotState();
                handler.settle(2);
                handler.settleFalse(kind + kinds * seed);
                handler.settle(2);
                handler.prove(0, 0);
                handler.prove(1, 0);
                handler.prove(2, 0);

                assertGt(court.voidedAt(2), 0, "void");
                assertEq(court.voidedAt(1) + court.voidedAt(3), 0, "honest");
                invariant_CourtMoney();
                vm.revertToState(snapshot);
            }
        }
    }

    /// @dev All in one campaign: each call is followed by each property.
    function invariant_CourtMoney() public view {
        _COURT1_HonestBatchesStand();
        _COURT2_FalseBatchesFall();
        _COURT3_JuryHoldsBondsAndPots();
        _COURT4_CourtHoldsDepositsAndRefunds();
        _COURT5_RefundsAreCovered();
        _COURT6_DeadlinesHold();
    }

    function _COURT1_HonestBatchesStand() private view {
        assertFalse(handler.honestStruck(), "COURT-1");
    }

    function _COURT2_FalseBatchesFall() private view {
        assertFalse(handler.falseStands(), "COURT-2");
        assertFalse(handler.provenTwice(), "COURT-2 twice");
    }

    function _COURT3_JuryHoldsBondsAndPots() private view {
        assertEq(token.balanceOf(address(jury)), handler.bondsHeld(), "COURT-3");
        assertEq(token.balanceOf(disputes), 0, "COURT-3 manager");
    }

    function _COURT4_CourtHoldsDepositsAndRefunds() private view {
        assertEq(token.balanceOf(address(court)), handler.openDeposits() + handler.unpaidRefunds(), "COURT-4");
    }

    function _COURT5_RefundsAreCovered() private view {
        for (uint256 i; i < handler.batchCount(); ++i) {
            uint64 batch = handler.batches(i);
            IReceiptCourt.Refund memory r = court.refundOf(batch);
            assertLe(r.total, handler.amountOf(batch), "COURT-5 amount");
            assertLe(r.paid, r.total, "COURT-5 paid");
        }
        assertLe(handler.refunds(), staking.slashed() / 2, "COURT-5 half");
        assertGe(staking.burnt() * 2, staking.slashed(), "COURT-5 burnt");
    }

    function _COURT6_DeadlinesHold() private view {
        assertFalse(handler.lateAnswerTaken(), "COURT-6 answer");
        assertFalse(handler.earlyExpiryTaken(), "COURT-6 silence");
        assertFalse(handler.answerRefused(), "COURT-6 refused");
    }

    /// @dev At the end of each run.
    function afterInvariant() public {
        handler.endAll();

        assertEq(handler.openDeposits(), 0, "COURT-7 deposits");
        assertEq(handler.unpaidRefunds(), 0, "COURT-7 refunds");
        assertEq(handler.openCases(), 0, "COURT-7 cases");
        assertEq(token.balanceOf(address(court)), 0, "COURT-7 court");
        assertEq(token.balanceOf(address(jury)), 0, "COURT-7 jury");
        assertEq(staking.lockOf(address(court), runner, Role.Runner), 0, "COURT-7 court's lock");
        assertEq(staking.lockOf(disputes, runner, Role.Runner), 0, "COURT-7 disputes' lock");
    }
}
