// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../contracts/interfaces/IAttributionOracle.sol";
import {IRewardDistributor} from "../../contracts/interfaces/IRewardDistributor.sol";
import {EpochHandler} from "./EpochHandler.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Epochs: who is paid what, and where bonds and deposits are.
/// @dev EPOCH-1 the oracle holds the pending bond and the deposits of open demands, nothing else. EPOCH-2 bonds in = returned +
/// forfeited + pending; deposits in = out + open. EPOCH-3 no proof and no demand that is answered cancels an honest root; each
/// planted fault is proven. EPOCH-4 each receipt is paid by one epoch at most, and what is allocated is the data fees of just
/// those. EPOCH-5 every demand ends without a privileged call. EPOCH-6 the distributor's pending root is the pending
/// proposal's. EPOCH-7 nothing is final before its time. STREAM-1 claimed <= allocated <= funded. STREAM-2 balance = sum of
/// funded - claimed. STREAM-4 nothing is paid against a root that is not final, nor twice; claim by claim and range by range
/// come to the same.
/// forge-config: default.invariant.runs = 24
/// forge-config: deep.invariant.runs = 4096
/// forge-config: default.invariant.fail-on-revert = true
contract EpochSolvencyTest is Test {
    EpochHandler private handler;
    IAttributionOracle private oracle;
    IRewardDistributor private distributor;
    uint64 private stream;

    function setUp() public {
        handler = new EpochHandler();
        handler.setUp();
        (oracle, distributor, stream) = handler.contracts();
        bytes4[] memory actions = new bytes4[](20);
        actions[0] = handler.answer.selector;
        actions[1] = handler.openCase.selector;
        actions[2] = handler.closeCase.selector;
        actions[3] = handler.voidBatch.selector;
        actions[4] = handler.open.selector;
        actions[5] = handler.propose.selector;
        actions[6] = handler.prove.selector;
        actions[7] = handler.attackHonest.selector;
        actions[8] = handler.withdrawOverVoid.selector;
        actions[9] = handler.demand.selector;
        actions[10] = handler.reveal.selector;
        actions[11] = handler.expire.selector;
        actions[12] = handler.reclaim.selector;
        actions[13] = handler.finalize.selector;
        actions[14] = handler.claim.selector;
        actions[15] = handler.claimRange.selector;
        actions[16] = handler.donate.selector;
        actions[17] = handler.pause.selector;
        actions[18] = handler.setBond.selector;
        actions[19] = handler.wait.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), actions));
    }

    /// @dev The invariants say nothing where the handler does nothing.
    function test_HandlerDoesEverything() public {
        for (uint256 seed; seed < 300; ++seed) {
            uint256 drawn = uint256(keccak256(abi.encode(seed)));
            handler.answer(drawn);
            if (seed % 3 == 0) handler.openCase(drawn >> 1);
            handler.open();
            handler.propose(drawn >> 2);
            handler.attackHonest(drawn >> 3);
            if (seed % 2 == 0) handler.demand(drawn >> 4);
            if (seed % 3 == 0) handler.voidBatch(drawn >> 5);
            handler.withdrawOverVoid();
            if (seed % 3 == 1) handler.closeCase(drawn >> 6);
            if (seed % 4 == 0) handler.reveal(drawn >> 7);
            handler.expire(drawn >> 8);
            handler.wait(drawn >> 9);
            if (seed % 2 == 1) handler.prove();
            handler.finalize(drawn >> 10);
            handler.claimRange(drawn >> 11);
            handler.reclaim(drawn >> 12);
        }

        assertGt(handler.finals(), 2, "finals");
        assertGt(handler.refutations(), 2, "refutations");
        assertGt(handler.withdrawals(), 0, "withdrawals");
        assertGt(handler.expiries(), 0, "expiries");
        assertGt(handler.reveals(), 0, "reveals");
        assertGt(handler.rangesPaid(), 0, "rangesPaid");
        _EPOCH1_OracleHoldsBondAndDeposits();
        _EPOCH2_BondsAndDepositsAddUp();
        _EPOCH3_HonestStandsAndFalseFalls();
        _EPOCH4_EachReceiptIsPaidOnce();
        afterInvariant();
        invariant_EpochSolvency();
    }

    /// @dev All in one campaign: each call is followed by each property.
    function invariant_EpochSolvency() public view {
        _EPOCH1_OracleHoldsBondAndDeposits();
        _EPOCH2_BondsAndDepositsAddUp();
        _EPOCH3_HonestStandsAndFalseFalls();
        _EPOCH4_EachReceiptIsPaidOnce();
        _EPOCH6_PendingRootIsTheProposals();
        _EPOCH7_NothingIsFinalEarly();
        _STREAM1_ClaimedWithinAllocatedWithinFunded();
        _STREAM4_ClaimsAreWhatFinalRootsSay();
    }

    function _EPOCH1_OracleHoldsBondAndDeposits() private view {
        IAttributionOracle.Epoch memory e = oracle.epochOf(oracle.epochCount());
        uint256 bond = e.state == IAttributionOracle.EpochState.Proposed ? e.bond : 0;
        assertEq(handler.balanceOf(address(oracle)), bond + handler.openDeposits(), "EPOCH-1");
        assertEq(e.openDemands, e.proposal == 0 ? 0 : handler.openDemandsOf(e.proposal), "EPOCH-1 demands");
    }

    function _EPOCH2_BondsAndDepositsAddUp() private view {
        IAttributionOracle.Epoch memory e = oracle.epochOf(oracle.epochCount());
        uint256 bond = e.state == IAttributionOracle.EpochState.Proposed ? e.bond : 0;
        assertEq(handler.bondsIn(), handler.bondsReturned() + handler.bondsForfeited() + bond, "EPOCH-2 bonds");
        assertEq(handler.depositsIn(), handler.depositsOut() + handler.openDeposits(), "EPOCH-2 deposits");
    }

    function _EPOCH3_HonestStandsAndFalseFalls() private view {
        assertFalse(handler.honestRefuted(), "EPOCH-3 an honest root was refuted");
        assertFalse(handler.faultUnproven(), "EPOCH-3 a fault was not proven");
        assertFalse(handler.revealRefused(), "EPOCH-3 an answer was refused");
    }

    function _EPOCH4_EachReceiptIsPaidOnce() private view {
        for (uint64 batch = 1; batch <= handler.batchCount(); ++batch) {
            for (uint32 i; i < handler.receiptCountOf(batch); ++i) {
                assertLe(handler.timesPaid(batch, i), 1, "EPOCH-4");
            }
        }
        assertEq(distributor.streamOf(stream).allocated, handler.paidTotal(), "EPOCH-4 allocated");
    }

    function _EPOCH6_PendingRootIsTheProposals() private view {
        IAttributionOracle.Epoch memory e = oracle.epochOf(oracle.epochCount());
        bool isPending = e.state == IAttributionOracle.EpochState.Proposed;
        assertEq(distributor.pendingRootOf(stream).root, isPending ? e.payoutsRoot : bytes32(0), "EPOCH-6");
    }

    function _EPOCH7_NothingIsFinalEarly() private view {
        assertFalse(handler.earlyFinality(), "EPOCH-7");
    }

    function _STREAM1_ClaimedWithinAllocatedWithinFunded() private view {
        IRewardDistributor.Stream memory s = distributor.streamOf(stream);
        assertLe(s.claimed, s.allocated, "STREAM-1 claimed");
        assertLe(s.allocated, s.funded, "STREAM-1 allocated");
        assertEq(handler.balanceOf(address(distributor)), s.funded - s.claimed, "STREAM-2");
    }

    function _STREAM4_ClaimsAreWhatFinalRootsSay() private view {
        assertFalse(handler.badClaimPaid(), "STREAM-4 paid what is not due");
        assertFalse(handler.claimLost(), "STREAM-4 refused what is due");
        uint256 claimed;
        for (uint256 i; i < 5; ++i) {
            address account = handler.accountAt(i);
            uint96 paid = distributor.claimedOf(stream, account);
            address payee = i == 0 ? handler.registry() : account;
            assertEq(handler.balanceOf(payee), paid, "STREAM-4 balance");
            assertLe(paid, handler.finalCumulativeOf(account), "STREAM-4 cumulative");
            claimed += paid;
        }
        assertEq(distributor.streamOf(stream).claimed, claimed, "STREAM-4 sum");
    }

    function afterInvariant() public {
        handler.endAll();

        assertEq(handler.openDeposits(), 0, "EPOCH-5");
        _EPOCH1_OracleHoldsBondAndDeposits();
    }
}
