// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {IEpochCourt} from "../../../contracts/interfaces/IEpochCourt.sol";
import {BatchOpening} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {EpochFixture} from "../../fixture/EpochFixture.sol";
import {Tree} from "../../fixture/Tree.sol";

/// @notice Each kind of false root falls to its proof.
/// @dev Epoch 1 is final with Alice and the pool; epoch 2 has two batches: Alice and Bob in the first, the pool, Alice and
/// Bob in the second.
contract EpochCourtProofTest is EpochFixture {
    IAttributionOracle.Payout[] private _previous;

    function setUp() public override {
        super.setUp();
        _answer(1003, _shares(POOL, 10_000, ALICE));
        _closeBatch();
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = _credits(1, 1);
        IAttributionOracle.Payout[] memory payouts = _payouts(new IAttributionOracle.Payout[](0), credits);
        _propose(1, credits, payouts);
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        oracle.finalize(1);
        for (uint256 i; i < payouts.length; ++i) {
            _previous.push(payouts[i]);
        }

        _answer(2001, _shares(ALICE, 30_000, BOB));
        _answer(777, _shares(ALICE));
        _closeBatch();
        _answer(5555, _shares(POOL, 1234, BOB));
        _closeBatch();
        _openEpoch();
    }

    function test_FirstCreditsRunningTotalIsFalse() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        credits[0].running += 1;
        _propose(2, credits, _payouts(_previous, credits));

        _expectRefuted(1);
        court.proveFirstCredit(2, _openCredit(credits, 0));
        _assertRefuted();
    }

    function test_RevertWhen_ALaterCreditIsCalledFirst() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        // pool, Alice, Alice, Bob, Bob: Alice's second has a running total above its amount
        _propose(2, credits, _payouts(_previous, credits));
        IAttributionOracle.CreditOpening memory later = _openCredit(credits, 2);
        assertNotEq(later.credit.running, later.credit.amount);

        vm.expectRevert(IEpochCourt.EpochCourt_NoFault.selector);
        court.proveFirstCredit(2, later);
    }

    function test_RunningTotalsDoNotAddUp() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        credits[2].running += 1;
        _proposeAndProveCredits(credits, 1);
    }

    function test_RunningTotalGoesOnIntoTheNextContributor() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        credits[3].running += credits[2].running;
        _proposeAndProveCredits(credits, 2);
    }

    function test_CreditsAreOutOfOrder() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        (credits[1], credits[2]) = (credits[2], credits[1]);
        credits[1].running = credits[1].amount;
        credits[2].running = credits[1].amount + credits[2].amount;
        _proposeAndProveCredits(credits, 1);
    }

    function test_ContributorsAreOutOfOrder() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        (credits[0], credits[1]) = (credits[1], credits[0]);
        _proposeAndProveCredits(credits, 0);
    }

    function test_CreditComesTwice() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        IAttributionOracle.Credit memory twice = credits[3];
        credits[4] = IAttributionOracle.Credit(
            twice.contributor, twice.batch, twice.receiptIndex, twice.amount, twice.running + twice.amount
        );
        _proposeAndProveCredits(credits, 3);
    }

    function test_CreditIsForABatchOfAnotherEpoch() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        credits[0].batch = 1;
        _propose(2, credits, _payouts(_previous, credits));

        _expectRefuted(2);
        court.proveForeignCredit(2, _openCredit(credits, 0), 1);
        _assertRefuted();
    }

    function test_CreditIsForABatchBehindTheEpoch() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        credits[4].batch = 4;
        _propose(2, credits, _payouts(_previous, credits));

        _expectRefuted(2);
        court.proveForeignCredit(2, _openCredit(credits, 4), 0);
        _assertRefuted();
    }

    function test_CreditIsForAReceiptBehindTheBatch() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        credits[2].receiptIndex = 2;
        _propose(2, credits, _payouts(_previous, credits));

        _expectRefuted(2);
        court.proveCreditBeyond(2, _openCredit(credits, 2), _openBatch(2), 2, _receiptsTop(2));
        _assertRefuted();
    }

    function test_RevertWhen_TheReceiptCountIsFalse() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        _propose(2, credits, _payouts(_previous, credits));
        IAttributionOracle.CreditOpening memory last = _openCredit(credits, 2);
        assertEq(last.credit.receiptIndex, 1);
        bytes32 top = _receiptsTop(2);
        BatchOpening memory batch = _openBatch(2);

        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_InvalidOpening.selector, batch.batch.receiptsRoot, 1, 1
            )
        );
        court.proveCreditBeyond(2, last, batch, 1, top);
        vm.expectRevert(IEpochCourt.EpochCourt_NoFault.selector);
        court.proveCreditBeyond(2, last, batch, 2, top);
    }

    function test_AmountIsOneTooHigh() public {
        _proposeAndProveAmount(1, 1, ALICE);
    }

    function test_AmountIsOneTooLow() public {
        _proposeAndProveAmount(3, -1, BOB);
    }

    function test_PoolsAmountIsItsFloorAndNotTheRest() public {
        // 2,222 data base units · 1,234/65,536 is 41; Bob's floor leaves 42
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        assertEq(credits[0].contributor, POOL);
        assertEq(credits[0].amount, 42);
        _proposeAndProveAmount(0, -1, POOL);
    }

    function test_SomebodyIsCreditedWhomTheSharesDoNotName() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        credits[4].contributor = CAROL;
        credits[4].running = credits[4].amount;
        _propose(2, credits, _payouts(_previous, credits));

        _proveAmount(credits, 4);
    }

    function test_ReceiptWhoseSharesAreNotWholeEarnsNobody() public {
        IAttributionOracle.Share[] memory shares = _shares(ALICE, 30_000, BOB);
        shares[1].share -= 1;
        _refuteCreditOf(shares, 30_000);
    }

    function test_ReceiptWhoseSharesAreMoreThanWholeEarnsNobody() public {
        IAttributionOracle.Share[] memory shares = _shares(ALICE, 30_000, BOB);
        shares[1].share += 1;
        _refuteCreditOf(shares, 30_000);
    }

    function test_ReceiptWhoseSharesRepeatAnAccountEarnsNobody() public {
        _refuteCreditOf(_shares(ALICE, 30_000, ALICE), 30_000);
    }

    function test_ReceiptWhoseSharesDescendEarnsNobody() public {
        _refuteCreditOf(_shares(BOB, 35_536, ALICE), 30_000);
    }

    function test_ReceiptWhoseFeeExceedsItsCumulativeEarnsNobody() public {
        _openThird();
        IAttributionOracle.Share[] memory shares = _shares(ALICE);
        IAttributionOracle.Receipt memory receipt = _odd(shares);
        receipt.fee = receipt.cumulative + 1;
        _push(receipt, shares);
        _proveAliceGetsNothing();
    }

    function test_ReceiptOverAnUnknownModelEarnsNobody() public {
        _openThird();
        IAttributionOracle.Share[] memory shares = _shares(ALICE);
        IAttributionOracle.Receipt memory receipt = _odd(shares);
        receipt.model = 99;
        _push(receipt, shares);
        _proveAliceGetsNothing();
    }

    function test_RevertWhen_TheAttributionIsNotTheReceipts() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        _propose(2, credits, _payouts(_previous, credits));
        IAttributionOracle.CreditOpening memory opening = _openCredit(credits, 2);
        IEpochCourt.ReceiptEvidence memory evidence = _evidence(2, 1);

        evidence.attribution.shares[0].share = 1;
        bytes32 revealed = _attributionHash(evidence.attribution.shares);
        vm.expectRevert(
            abi.encodeWithSelector(
                IEpochCourt.EpochCourt_AttributionMismatch.selector, evidence.receipt.receipt.attributionHash, revealed
            )
        );
        court.proveCreditAmount(2, opening, evidence);
    }

    function test_RevertWhen_TheReceiptIsAltered() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        _propose(2, credits, _payouts(_previous, credits));
        IAttributionOracle.CreditOpening memory opening = _openCredit(credits, 2);
        IEpochCourt.ReceiptEvidence memory evidence = _evidence(2, 1);

        evidence.receipt.receipt.fee -= 1;
        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_InvalidOpening.selector, headers[2].receiptsRoot, 1, 2
            )
        );
        court.proveCreditAmount(2, opening, evidence);
    }

    function test_PayoutIsRaisedByOne() public {
        _proposeAndProvePayout(ALICE, 1);
    }

    function test_PayoutIsOneTooLow() public {
        _proposeAndProvePayout(BOB, -1);
    }

    function test_PayoutOfAContributorIsMissing() public {
        _proveMissing(BOB);
    }

    function test_PayoutOfAnEarlierEpochVanished() public {
        _proveMissing(POOL);
    }

    function test_PayoutOfAllVanished() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        IAttributionOracle.Payout[] memory stranger_ = new IAttributionOracle.Payout[](1);
        uint96 total = _total(_previous);
        stranger_[0] = IAttributionOracle.Payout(CAROL, total, total);
        _propose(2, credits, stranger_);

        _provePayout(ALICE, stranger_, credits);
    }

    function test_PayoutWithoutCreditsAppears() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        credits[4].contributor = CAROL;
        credits[4].running = credits[4].amount;
        IAttributionOracle.Payout[] memory payouts = _payouts(_previous, credits);
        _propose(2, _credits(2, 3), payouts);

        _provePayout(CAROL, payouts, _credits(2, 3));
    }

    function test_PayoutsAreOutOfOrder() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        IAttributionOracle.Payout[] memory payouts = _payouts(_previous, credits);
        (payouts[1], payouts[2]) = (payouts[2], payouts[1]);
        _sum(payouts);
        _propose(2, credits, payouts);

        _expectRefuted(5);
        court.provePayoutNeighbours(2, _openPayout(payouts, 1), _openPayout(payouts, 2));
        _assertRefuted();
    }

    function test_PayoutAccountComesTwice() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        IAttributionOracle.Payout[] memory payouts = _payouts(_previous, credits);
        payouts[2].account = payouts[1].account;
        _propose(2, credits, payouts);

        _expectRefuted(5);
        court.provePayoutNeighbours(2, _openPayout(payouts, 1), _openPayout(payouts, 2));
        _assertRefuted();
    }

    function test_PayoutSumsDoNotAddUp() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        IAttributionOracle.Payout[] memory payouts = _payouts(_previous, credits);
        payouts[1].runningSum -= 1;
        _propose(2, credits, payouts);

        _expectRefuted(6);
        court.provePayoutNeighbours(2, _openPayout(payouts, 0), _openPayout(payouts, 1));
        _assertRefuted();
    }

    function test_FirstPayoutsSumIsFalse() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        IAttributionOracle.Payout[] memory payouts = _payouts(_previous, credits);
        payouts[0].runningSum = 0;
        _propose(2, credits, payouts);

        _expectRefuted(6);
        court.provePayoutTotal(2, _openPayout(payouts, 0));
        _assertRefuted();
    }

    function test_TotalIsNotTheLastSum() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        IAttributionOracle.Payout[] memory payouts = _payouts(_previous, credits);
        _propose(2, credits, payouts, _total(payouts) - 1);

        _expectRefuted(6);
        court.provePayoutTotal(2, _openPayout(payouts, payouts.length - 1));
        _assertRefuted();
    }

    /// @dev 1,001 of bond: 500 to who proves, 501 to the treasury.
    function test_ProposerThatProvesItselfStillLoses() public {
        IAttributionOracle.Payout[] memory payouts = _proposeFalseTotal();
        IAttributionOracle.PayoutOpening memory edge = _openPayout(payouts, payouts.length - 1);

        vm.prank(proposer);
        court.provePayoutTotal(2, edge);

        assertEq(token.balanceOf(proposer), FUNDS - 501);
        assertEq(token.balanceOf(treasury), 501);
        assertEq(token.balanceOf(address(oracle)), 0);
    }

    function test_EpochCanBeProposedAgain() public {
        IAttributionOracle.Payout[] memory payouts = _proposeFalseTotal();
        court.provePayoutTotal(2, _openPayout(payouts, payouts.length - 1));

        _propose(2, _credits(2, 3), payouts);
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        oracle.finalize(2);

        assertEq(distributor.streamOf(stream).allocated, _total(payouts));
    }

    function test_ProofCountsUntilSomebodyFinalizes() public {
        IAttributionOracle.Payout[] memory payouts = _proposeFalseTotal();
        IAttributionOracle.PayoutOpening memory edge = _openPayout(payouts, payouts.length - 1);

        vm.warp(oracle.epochOf(2).finalizableAt + 30 days);
        court.provePayoutTotal(2, edge);

        assertEq(uint8(oracle.epochOf(2).state), uint8(IAttributionOracle.EpochState.Open));
    }

    function test_ProofCountsWhileFinalityIsPaused() public {
        IAttributionOracle.Payout[] memory payouts = _proposeFalseTotal();
        oracle.pauseFinality(uint64(vm.getBlockTimestamp()) + 7 days);
        vm.warp(oracle.epochOf(2).finalizableAt);

        court.provePayoutTotal(2, _openPayout(payouts, payouts.length - 1));

        assertEq(uint8(oracle.epochOf(2).state), uint8(IAttributionOracle.EpochState.Open));
    }

    function test_RevertGiven_TheEpochIsFinal() public {
        IAttributionOracle.PayoutOpening memory edge = _openPayout(_previous, 0);

        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_WrongState.selector,
                1,
                IAttributionOracle.EpochState.Final,
                IAttributionOracle.EpochState.Proposed
            )
        );
        court.provePayoutTotal(1, edge);
    }

    function test_RevertWhen_LeavesAreNotNeighbours() public {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        IAttributionOracle.Payout[] memory payouts = _payouts(_previous, credits);
        _propose(2, credits, payouts);
        bytes memory refusal = abi.encodeWithSelector(IEpochCourt.EpochCourt_NotNeighbours.selector, 0, 2);

        vm.expectRevert(refusal);
        court.provePayoutNeighbours(2, _openPayout(payouts, 0), _openPayout(payouts, 2));
        vm.expectRevert(refusal);
        court.proveCreditNeighbours(2, _openCredit(credits, 0), _openCredit(credits, 2));
    }

    function _proposeFalseTotal() private returns (IAttributionOracle.Payout[] memory payouts) {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        payouts = _payouts(_previous, credits);
        _propose(2, credits, payouts, _total(payouts) - 1);
    }

    function _proposeAndProveCredits(IAttributionOracle.Credit[] memory credits, uint256 left) private {
        IAttributionOracle.Credit[] memory honest = _credits(2, 3);
        _propose(2, credits, _payouts(_previous, honest));

        _expectRefuted(1);
        court.proveCreditNeighbours(2, _openCredit(credits, left), _openCredit(credits, left + 1));
        _assertRefuted();
    }

    function _proposeAndProveAmount(uint256 index, int96 change, address whose) private {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        credits[index].amount = uint96(int96(credits[index].amount) + change);
        _sortAndSum(credits);
        _propose(2, credits, _payouts(_previous, credits), _total(_previous));
        assertEq(credits[index].contributor, whose);

        _proveAmount(credits, index);
    }

    function _proveAmount(IAttributionOracle.Credit[] memory credits, uint256 index) private {
        uint64 batch = credits[index].batch;
        uint32 receiptIndex = credits[index].receiptIndex;

        _expectRefuted(2);
        court.proveCreditAmount(2, _openCredit(credits, index), _evidence(batch, receiptIndex));
        _assertRefuted();
    }

    /// @dev Finishes epoch 2 honestly, so that epoch 3 can hold an odd receipt.
    function _openThird() private {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        _propose(2, credits, _payouts(_previous, credits));
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        oracle.finalize(2);
    }

    function _odd(IAttributionOracle.Share[] memory shares)
        private
        returns (IAttributionOracle.Receipt memory receipt)
    {
        cumulative += 1000;
        receipt = receipts[3][0];
        receipt.cumulative = cumulative;
        receipt.fee = 1000;
        receipt.attributionHash = _attributionHash(shares);
    }

    function _refuteCreditOf(IAttributionOracle.Share[] memory shares, uint32 share) private {
        _openThird();
        _push(_odd(shares), shares);
        _proveThird(uint96(400 * uint256(share) / 65_536));
    }

    function _proveAliceGetsNothing() private {
        _proveThird(400);
    }

    function _proveThird(uint96 amount) private {
        _closeBatch();
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = new IAttributionOracle.Credit[](1);
        credits[0] = IAttributionOracle.Credit(ALICE, 4, 0, amount, amount);
        uint96 total = distributor.streamOf(stream).allocated;
        _propose(3, _creditsRoot(credits), keccak256("payouts"), total);

        _expectRefuted(3, 2, 3);
        court.proveCreditAmount(3, _openCredit(credits, 0), _evidence(4, 0));
    }

    function _proposeAndProvePayout(address account, int96 change) private {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        IAttributionOracle.Payout[] memory payouts = _payouts(_previous, credits);
        for (uint256 i; i < payouts.length; ++i) {
            if (payouts[i].account != account) continue;
            payouts[i].cumulative = uint96(int96(payouts[i].cumulative) + change);
        }
        _sum(payouts);
        _propose(2, credits, payouts, _total(_previous));

        _provePayout(account, payouts, credits);
    }

    function _proveMissing(address account) private {
        IAttributionOracle.Credit[] memory credits = _credits(2, 3);
        IAttributionOracle.Payout[] memory payouts = _payouts(_previous, credits);
        IAttributionOracle.Payout[] memory fewer = new IAttributionOracle.Payout[](payouts.length - 1);
        uint256 count;
        for (uint256 i; i < payouts.length; ++i) {
            if (payouts[i].account != account) fewer[count++] = payouts[i];
        }
        _sum(fewer);
        _propose(2, credits, fewer, _total(_previous));

        _provePayout(account, fewer, credits);
    }

    function _provePayout(
        address account,
        IAttributionOracle.Payout[] memory payouts,
        IAttributionOracle.Credit[] memory credits
    ) private {
        _expectRefuted(4);
        court.provePayout(2, account, _lookUp(payouts, account), _lookUp(_previous, account), _lookUp(credits, account));
        _assertRefuted();
    }

    function _receiptsTop(uint64 batch) private view returns (bytes32) {
        return Tree.top(_receiptLeaves(batch));
    }

    function _expectRefuted(uint8 proof) private {
        _expectRefuted(2, proof, 2);
    }

    function _expectRefuted(uint64 epoch, uint8 proof, uint64 proposal) private {
        vm.expectEmit(address(oracle));
        emit IAttributionOracle.EpochRefuted(epoch, proposer, prover, proposal, proof, 500);
        vm.prank(prover);
    }

    function _assertRefuted() private view {
        IAttributionOracle.Epoch memory epoch = oracle.epochOf(2);
        assertEq(uint8(epoch.state), uint8(IAttributionOracle.EpochState.Open));
        assertEq(epoch.payoutsRoot, 0);
        assertEq(distributor.pendingRootOf(stream).root, 0, "cancelled in the distributor");
        assertEq(token.balanceOf(prover), 500);
        assertEq(token.balanceOf(treasury), 501);
        assertEq(token.balanceOf(proposer), FUNDS - BOND);
    }
}
