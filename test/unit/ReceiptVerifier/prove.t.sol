// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {BatchOpening, IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {IReceiptVerifier} from "../../../contracts/interfaces/IReceiptVerifier.sol";
import {ReceiptPlaceLib} from "../../../contracts/verification/ReceiptPlaceLib.sol";
import {SettlementListLib} from "../../../contracts/verification/SettlementListLib.sol";
import {CourtFixture} from "../../fixture/CourtFixture.sol";

/// @notice Each kind of false batch falls to its proof, in one transaction.
/// @dev An honest batch before it; then receipts of (0, model) ×3, (0, cheap), (1, model) ×2, (2, cheap), of which a test spoils
/// one thing.
contract ReceiptVerifierProveTest is CourtFixture {
    IAttributionOracle.Receipt[] private receipts;
    Entry[] private entries;

    function setUp() public override {
        super.setUp();
        _answer(0, model, 1, 1);
        _answer(1, model, 2, 2);
        _close();

        for (uint32 i; i < 3; ++i) {
            receipts.push(_nextReceipt(channels[0], model, i, 5));
        }
        receipts.push(_nextReceipt(channels[0], cheapModel, 1, 3));
        receipts.push(_nextReceipt(channels[1], model, 1, 3));
        receipts.push(_nextReceipt(channels[1], model, 1, 4));
        receipts.push(_nextReceipt(channels[2], cheapModel, 1, 3));
        Entry[] memory honest = _entriesOf(receipts);
        for (uint256 i; i < honest.length; ++i) {
            entries.push(honest[i]);
        }
    }

    // Broken chain

    function test_ReceiptsOfAPairDoNotChain() public {
        receipts[1].fee -= 1;
        _proveNeighbours(_settleAll(), 0);
    }

    function test_ReceiptsOverlap() public {
        receipts[1].cumulative -= 1;
        _proveNeighbours(_settleAll(), 0);
    }

    function test_ReceiptsAreOutOfOrderByNonce() public {
        _swap(0, 1);
        _proveNeighbours(_settleAll(), 0);
    }

    function test_ReceiptsAreOutOfOrderByModel() public {
        _swap(2, 3);
        _proveNeighbours(_settleAll(), 2);
    }

    function test_ReceiptsAreOutOfOrderByChannel() public {
        _swap(3, 4);
        _proveNeighbours(_settleAll(), 3);
    }

    function test_ReceiptStandsTwice() public {
        receipts[1] = receipts[0];
        _proveNeighbours(_settleAll(), 0);
    }

    /// @dev A receipt without fee chains with itself: only the order tells.
    function test_ReceiptWithoutFeeStandsTwice() public {
        receipts[1].fee = 0;
        receipts[1].cumulative = receipts[0].cumulative;
        receipts[2] = receipts[1];
        _proveNeighbours(_settleAll(), 1);
    }

    function test_FeeAboveItsCumulativeAmountChainsWithNothing() public {
        receipts[1].cumulative = 5;
        receipts[1].fee = type(uint96).max;
        _proveNeighbours(_settleAll(), 0);
    }

    function test_RevertWhen_ReceiptsAreNotNeighbours() public {
        receipts[1].fee -= 1;
        uint64 number = _settleAll();
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory left = _place(number, 0);
        IReceiptCourt.PlacedReceipt memory right = _place(number, 2);

        vm.expectRevert(abi.encodeWithSelector(ReceiptPlaceLib.ReceiptPlaceLib_NotNeighbours.selector, 0, 2));
        verifier.proveNeighbours(opening, left, right);
        vm.expectRevert(abi.encodeWithSelector(ReceiptPlaceLib.ReceiptPlaceLib_NotNeighbours.selector, 2, 0));
        verifier.proveNeighbours(opening, right, left);
        vm.expectRevert(abi.encodeWithSelector(ReceiptPlaceLib.ReceiptPlaceLib_NotNeighbours.selector, 0, 0));
        verifier.proveNeighbours(opening, left, left);
    }

    // Edges

    function test_FirstReceiptDoesNotStartAtTheAmountBefore() public {
        entries[_entry(0, model)].before -= 1;
        _proveEdge(_settleAll(), 0);
    }

    function test_LastReceiptDoesNotEndAtTheAmountSettled() public {
        entries[_entry(2, cheapModel)].afterwards += 1;
        _proveEdge(_settleAll(), 6);
    }

    function test_FirstOfAnInnerPairStartsElsewhere() public {
        entries[_entry(1, model)].before -= 1;
        _proveBoundary(_settleAll(), 3);
    }

    function test_LastOfAnInnerPairEndsElsewhere() public {
        entries[_entry(0, cheapModel)].afterwards += 1;
        _proveBoundary(_settleAll(), 3);
    }

    /// @dev Its right neighbour has another model of the same channel.
    function test_LastOfAPairEndsElsewhereBesideItsOwnChannel() public {
        entries[_entry(0, model)].afterwards -= 1;
        _proveBoundary(_settleAll(), 2);
    }

    function test_RevertWhen_AnInnerReceiptIsCalledAnEdge() public {
        entries[_entry(1, model)].before -= 1;
        uint64 number = _settleAll();
        BatchOpening memory opening = _opening(number);
        bytes memory settlements = _settlements(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 4);

        vm.expectRevert(IReceiptVerifier.ReceiptVerifier_NoFault.selector);
        verifier.proveEdge(opening, settlements, placed);
    }

    function test_RevertWhen_BoundaryLiesWithinAPair() public {
        entries[_entry(0, model)].before -= 1;
        uint64 number = _settleAll();
        BatchOpening memory opening = _opening(number);
        bytes memory settlements = _settlements(number);
        IReceiptCourt.PlacedReceipt memory left = _place(number, 0);
        IReceiptCourt.PlacedReceipt memory right = _place(number, 1);

        vm.expectRevert(IReceiptVerifier.ReceiptVerifier_NoFault.selector);
        verifier.proveBoundary(opening, settlements, left, right);
    }

    // Receipts without settlement, settlement without receipts

    function test_ReceiptOfAnUnsettledPair() public {
        _removeEntry(_entry(0, cheapModel));
        uint64 number = _settleAll();
        BatchOpening memory opening = _opening(number);
        bytes memory settlements = _settlements(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 3);

        _expectVoid(number, IReceiptCourt.Fault.Unsettled);
        vm.prank(prover);
        verifier.proveUnsettled(opening, settlements, placed);
    }

    function test_RevertWhen_AnUnsettledReceiptCostsNothing() public {
        receipts[3].model = freeModel;
        receipts[3].fee = 0;
        _removeEntry(_entry(0, cheapModel));
        uint64 number = _settleAll();
        BatchOpening memory opening = _opening(number);
        bytes memory settlements = _settlements(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 3);

        vm.expectRevert(IReceiptVerifier.ReceiptVerifier_NoFault.selector);
        verifier.proveUnsettled(opening, settlements, placed);
    }

    function test_EntryWithoutReceiptsInTheMiddle() public {
        // the newest model is the last of the list
        entries.push(Entry(channels[0], freeModel, 0, 9));
        uint64 number = _settleAll();
        // (0, cheap) and (1, model) straddle (0, free)
        _proveUncovered(number, 0, freeModel, _two(number, 3));
    }

    function test_EntryWithoutReceiptsBeforeAll() public {
        while (receipts[0].channel != channels[1]) _removeReceipt(0);
        uint64 number = _settleAll();
        _proveUncovered(number, 0, model, _one(number, 0));
    }

    function test_EntryWithoutReceiptsBehindAll() public {
        receipts.pop();
        uint64 number = _settleAll();
        _proveUncovered(number, 2, cheapModel, _one(number, 5));
    }

    function test_BatchWithoutReceipts() public {
        delete receipts;
        uint64 number = _settleAll();
        _proveUncovered(number, 1, model, _none());
    }

    function test_RevertWhen_AGapIsNone() public {
        uint64 number = _settleAll();
        _expectInvalidGap(number, 1, model, _none());
        _expectInvalidGap(number, 1, model, _one(number, 0));
        _expectInvalidGap(number, 1, model, _one(number, 6));
        _expectInvalidGap(number, 1, model, _one(number, 4));
        _expectInvalidGap(number, 1, model, _two(number, 2));
        _expectInvalidGap(number, 1, model, _two(number, 3));
        _expectInvalidGap(number, 1, model, _two(number, 4));
        _expectInvalidGap(number, 1, model, _two(number, 5));
        _expectInvalidGap(number, 1, model, new IReceiptCourt.PlacedReceipt[](3));
    }

    function test_RevertWhen_NothingWasSettledForThePair() public {
        uint64 number = _settleAll();
        BatchOpening memory opening = _opening(number);
        bytes memory settlements = _settlements(number);
        IReceiptCourt.PlacedReceipt[] memory around = _one(number, 6);

        vm.expectRevert(
            abi.encodeWithSelector(IReceiptVerifier.ReceiptVerifier_NoEntry.selector, channels[2], freeModel)
        );
        verifier.proveUncovered(opening, settlements, channels[2], freeModel, around);
    }

    function test_RevertWhen_TheSettlementsAreAnothers() public {
        uint64 number = _settleAll();
        BatchOpening memory opening = _opening(number);
        bytes memory settlements = _settlements(1);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 0);

        vm.expectRevert(
            abi.encodeWithSelector(
                SettlementListLib.SettlementListLib_WrongHash.selector,
                keccak256(settlements),
                opening.batch.settlementsHash
            )
        );
        verifier.proveEdge(opening, settlements, placed);
    }

    // Fees

    function test_FeeIsOneTooHigh() public {
        receipts[0].fee += 1;
        _proveFee(_settleAll(), 0);
    }

    function test_FeeIsOneTooLow() public {
        receipts[5].fee -= 1;
        _proveFee(_settleAll(), 5);
    }

    function test_FeeIsAnotherModels() public {
        receipts[6].model = model;
        _proveFee(_settleAll(), 6);
    }

    function test_ModelIsUnknown() public {
        receipts[6].model = 99;
        _proveFee(_settleAll(), 6);
    }

    function test_ModelIsZero() public {
        receipts[6].model = 0;
        _proveFee(_settleAll(), 6);
    }

    /// @dev 2³²·2⁹⁶ would wrap around a fee's 96 bits to nothing.
    function test_PriceAboveAnyFeeIsNotWrapped() public {
        uint64 dear = models.add(0, type(uint96).max, type(uint96).max);
        receipts[6].model = dear;
        receipts[6].promptTokens = type(uint32).max;
        receipts[6].outputTokens = type(uint32).max;
        unchecked {
            receipts[6].fee = uint96(type(uint96).max * uint256(type(uint32).max) * 2);
        }
        _proveFee(_settleAll(), 6);
    }

    // Omission

    function test_SignedReceiptIsMissing() public {
        IAttributionOracle.Receipt memory missing = receipts[1];
        receipts[2].fee += missing.fee;
        _removeReceipt(1);
        uint64 number = _settleAll();
        _proveOmitted(number, missing, _two(number, 0));
    }

    function test_LastSignedReceiptIsMissing() public {
        IAttributionOracle.Receipt memory missing = receipts[6];
        receipts.pop();
        uint64 number = _settleAll();
        _proveOmitted(number, missing, _one(number, 5));
    }

    function test_BatchWithoutReceiptsOmitsThem() public {
        IAttributionOracle.Receipt memory missing = receipts[6];
        delete receipts;
        uint64 number = _settleAll();
        _proveOmitted(number, missing, _none());
    }

    function test_AnotherReceiptStandsAtTheNonce() public {
        IAttributionOracle.Receipt memory missing = receipts[1];
        receipts[1].outputHash = keccak256("another answer");
        uint64 number = _settleAll();
        _proveOmitted(number, missing, _one(number, 1));
    }

    /// @dev At the very edges of what was settled: (before, after].
    function test_OmissionCountsFromTheFirstToTheLastBaseUnit() public {
        Entry memory e = entries[_entry(2, cheapModel)];
        IAttributionOracle.Receipt memory missing = receipts[6];
        missing.nonce = 50;
        uint64 number = _settleAll();
        missing.cumulative = e.before;
        _expectNotOmitted(number, missing, _one(number, 6));
        missing.cumulative = e.afterwards + 1;
        _expectNotOmitted(number, missing, _one(number, 6));

        uint256 snapshot = vm.snapshotState();
        missing.cumulative = e.before + 1;
        _proveOmitted(number, missing, _one(number, 6));
        vm.revertToState(snapshot);
        missing.cumulative = e.afterwards;
        _proveOmitted(number, missing, _one(number, 6));
    }

    function test_RevertWhen_TheMissingReceiptCostNothing() public {
        IAttributionOracle.Receipt memory missing = receipts[6];
        missing.nonce = 50;
        missing.fee = 0;
        uint64 number = _settleAll();
        _expectNotOmitted(number, missing, _one(number, 6));
    }

    function test_RevertWhen_TheReceiptIsThere() public {
        uint64 number = _settleAll();
        _expectNotOmitted(number, receipts[6], _one(number, 6));
    }

    function test_RevertWhen_TheRunnerDidNotSignTheMissingOne() public {
        IAttributionOracle.Receipt memory missing = receipts[6];
        missing.nonce = 50;
        uint64 number = _settleAll();
        BatchOpening memory opening = _opening(number);
        bytes memory settlements = _settlements(number);
        bytes memory signature = _sign(keyOf[payers[2]], _receiptHash(missing));
        IReceiptCourt.PlacedReceipt[] memory around = _one(number, 6);

        vm.expectRevert(
            abi.encodeWithSelector(IReceiptVerifier.ReceiptVerifier_WrongRunnerSignature.selector, payers[2], runner)
        );
        verifier.proveOmitted(opening, settlements, missing, signature, around);
    }

    function test_RevertWhen_ItsPairWasNotSettled() public {
        IAttributionOracle.Receipt memory missing = receipts[6];
        missing.model = freeModel;
        uint64 number = _settleAll();
        BatchOpening memory opening = _opening(number);
        bytes memory settlements = _settlements(number);
        bytes memory signature = _sign(runnerKey, _receiptHash(missing));
        IReceiptCourt.PlacedReceipt[] memory around = _one(number, 6);

        vm.expectRevert(
            abi.encodeWithSelector(IReceiptVerifier.ReceiptVerifier_NoEntry.selector, channels[2], freeModel)
        );
        verifier.proveOmitted(opening, settlements, missing, signature, around);
    }

    // Equivocation

    function test_TwoReceiptsForOneNonce() public {
        IAttributionOracle.Receipt memory other = receipts[0];
        other.outputHash = keccak256("another answer");

        vm.expectEmit(address(court));
        emit IReceiptCourt.EquivocationProven(
            channels[0], model, other.nonce, runner, prover, MINIMUM_SLASH, MINIMUM_SLASH / 10
        );
        _proveEquivocation(receipts[0], other);

        assertTrue(court.isEquivocation(channels[0], model, other.nonce));
        assertEq(token.balanceOf(prover), MINIMUM_SLASH / 10);
        assertEq(staking.burnt(), MINIMUM_SLASH * 9 / 10);
    }

    function test_RevertGiven_TheNonceWasProven() public {
        IAttributionOracle.Receipt memory other = receipts[0];
        other.outputHash = keccak256("another answer");
        _proveEquivocation(receipts[0], other);
        other.outputHash = keccak256("a third");

        vm.expectRevert(
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_AlreadyProven.selector, channels[0], model, other.nonce)
        );
        _proveEquivocation(receipts[0], other);
    }

    function test_RevertWhen_BothAreOneReceipt() public {
        vm.expectRevert(IReceiptVerifier.ReceiptVerifier_NoFault.selector);
        _proveEquivocation(receipts[0], receipts[0]);
    }

    function test_RevertWhen_NonceModelOrChannelDiffer() public {
        IAttributionOracle.Receipt memory other = receipts[0];
        other.nonce += 1;
        vm.expectRevert(IReceiptVerifier.ReceiptVerifier_NoFault.selector);
        _proveEquivocation(receipts[0], other);
        other = receipts[0];
        other.model += 1;
        vm.expectRevert(IReceiptVerifier.ReceiptVerifier_NoFault.selector);
        _proveEquivocation(receipts[0], other);
        other = receipts[0];
        other.channel = channels[1];
        vm.expectRevert(IReceiptVerifier.ReceiptVerifier_NoFault.selector);
        _proveEquivocation(receipts[0], other);
    }

    function test_RevertWhen_TheRunnerSignedButOne() public {
        IAttributionOracle.Receipt memory other = receipts[0];
        other.outputHash = keccak256("another answer");
        bytes memory own = _sign(runnerKey, _receiptHash(receipts[0]));
        bytes memory forged = _sign(keyOf[payers[0]], _receiptHash(other));
        bytes memory refusal =
            abi.encodeWithSelector(IReceiptVerifier.ReceiptVerifier_WrongRunnerSignature.selector, payers[0], runner);

        vm.expectRevert(refusal);
        verifier.proveEquivocation(receipts[0], own, other, forged);
        vm.expectRevert(refusal);
        verifier.proveEquivocation(other, forged, receipts[0], own);
    }

    /// @dev Nobody's signature is not the runner of no channel.
    function test_RevertWhen_TheChannelDoesNotExist() public {
        IAttributionOracle.Receipt memory one = receipts[0];
        one.channel = keccak256("nowhere");
        IAttributionOracle.Receipt memory other = receipts[0];
        other.channel = one.channel;
        other.outputHash = keccak256("another answer");

        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptVerifier.ReceiptVerifier_WrongRunnerSignature.selector, address(0), address(0)
            )
        );
        verifier.proveEquivocation(one, hex"00", other, hex"00");
    }

    // Clocks and doors

    function test_ProofCountsUntilWhoDemandedLastHadItsTime() public {
        receipts[1].fee -= 1;
        uint64 number = _settleAll();
        uint64 end = START + TRIAL + 2 * REVEAL;
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory left = _place(number, 0);
        IReceiptCourt.PlacedReceipt memory right = _place(number, 1);

        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooLate.selector, number, end, end));
        verifier.proveNeighbours(opening, left, right);
        vm.warp(end - 1);
        verifier.proveNeighbours(opening, left, right);
    }

    function test_RevertGiven_TheBatchIsVoid() public {
        receipts[1].fee -= 1;
        uint64 number = _settleAll();
        _proveNeighbours(number, 0);
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 1);

        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_BatchVoid.selector, number, START));
        verifier.proveFee(opening, placed);
    }

    function test_RevertWhen_TheBatchWasNeverSettled() public {
        receipts[1].fee -= 1;
        uint64 number = _settleAll();
        BatchOpening memory opening = _opening(number);
        opening.batch.runner = stranger;
        IReceiptCourt.PlacedReceipt memory left = _place(number, 0);
        IReceiptCourt.PlacedReceipt memory right = _place(number, 1);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidBatchOpening.selector, number));
        verifier.proveNeighbours(opening, left, right);
    }

    function test_RevertWhen_SomebodyElseConvicts() public {
        BatchOpening memory opening = _opening(1);
        bytes memory refusal =
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_NotVerifier.selector, judge, address(verifier));

        vm.startPrank(judge);
        vm.expectRevert(refusal);
        court.convict(opening, IReceiptCourt.Fault.BrokenChain, judge);
        vm.expectRevert(refusal);
        court.convictRunner(runner, channels[0], model, 1, judge);
    }

    // Steps

    function _settleAll() private returns (uint64) {
        return _settle(receipts, entries);
    }

    function _expectVoid(uint64 number, IReceiptCourt.Fault fault) private {
        uint96 amount = batchOf[number].amount;
        uint96 cost = _costOf(amount);
        vm.expectEmit(address(court));
        emit IReceiptCourt.BatchVoided(number, runner, fault, prover, cost, cost / 10, amount);
    }

    function _proveNeighbours(uint64 number, uint256 left) private {
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt[] memory two = _two(number, left);
        _expectVoid(number, IReceiptCourt.Fault.BrokenChain);
        vm.prank(prover);
        verifier.proveNeighbours(opening, two[0], two[1]);
    }

    function _proveBoundary(uint64 number, uint256 left) private {
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt[] memory two = _two(number, left);
        bytes memory settlements = _settlements(number);
        _expectVoid(number, IReceiptCourt.Fault.FalseEdge);
        vm.prank(prover);
        verifier.proveBoundary(opening, settlements, two[0], two[1]);
    }

    function _proveEdge(uint64 number, uint256 index) private {
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, index);
        bytes memory settlements = _settlements(number);
        _expectVoid(number, IReceiptCourt.Fault.FalseEdge);
        vm.prank(prover);
        verifier.proveEdge(opening, settlements, placed);
    }

    function _proveUncovered(uint64 number, uint256 which, uint64 model_, IReceiptCourt.PlacedReceipt[] memory around)
        private
    {
        BatchOpening memory opening = _opening(number);
        bytes memory settlements = _settlements(number);
        _expectVoid(number, IReceiptCourt.Fault.Uncovered);
        vm.prank(prover);
        verifier.proveUncovered(opening, settlements, channels[which], model_, around);
    }

    function _expectInvalidGap(uint64 number, uint256 which, uint64 model_, IReceiptCourt.PlacedReceipt[] memory around)
        private
    {
        BatchOpening memory opening = _opening(number);
        bytes memory settlements = _settlements(number);
        vm.expectRevert(abi.encodeWithSelector(ReceiptPlaceLib.ReceiptPlaceLib_InvalidGap.selector, around.length));
        verifier.proveUncovered(opening, settlements, channels[which], model_, around);
    }

    function _proveFee(uint64 number, uint256 index) private {
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, index);
        _expectVoid(number, IReceiptCourt.Fault.FalseFee);
        vm.prank(prover);
        verifier.proveFee(opening, placed);
    }

    function _proveOmitted(
        uint64 number,
        IAttributionOracle.Receipt memory missing,
        IReceiptCourt.PlacedReceipt[] memory around
    ) private {
        BatchOpening memory opening = _opening(number);
        bytes memory settlements = _settlements(number);
        bytes memory signature = _sign(runnerKey, _receiptHash(missing));
        _expectVoid(number, IReceiptCourt.Fault.Omitted);
        vm.prank(prover);
        verifier.proveOmitted(opening, settlements, missing, signature, around);
    }

    function _expectNotOmitted(
        uint64 number,
        IAttributionOracle.Receipt memory missing,
        IReceiptCourt.PlacedReceipt[] memory around
    ) private {
        BatchOpening memory opening = _opening(number);
        bytes memory settlements = _settlements(number);
        bytes memory signature = _sign(runnerKey, _receiptHash(missing));
        vm.expectRevert(IReceiptVerifier.ReceiptVerifier_NoFault.selector);
        verifier.proveOmitted(opening, settlements, missing, signature, around);
    }

    function _proveEquivocation(IAttributionOracle.Receipt memory one, IAttributionOracle.Receipt memory other)
        private
    {
        bytes memory signatureOfOne = _sign(runnerKey, _receiptHash(one));
        bytes memory signatureOfOther = _sign(runnerKey, _receiptHash(other));
        vm.prank(prover);
        verifier.proveEquivocation(one, signatureOfOne, other, signatureOfOther);
    }

    /// @dev By memory: a tuple of storage structs is copied one after the other, and both end up the same.
    function _swap(uint256 i, uint256 j) private {
        IAttributionOracle.Receipt memory one = receipts[i];
        receipts[i] = receipts[j];
        receipts[j] = one;
    }

    function _entry(uint256 which, uint64 model_) private view returns (uint256 i) {
        while (entries[i].channel != channels[which] || entries[i].model != model_) ++i;
    }

    function _removeEntry(uint256 index) private {
        for (uint256 i = index; i + 1 < entries.length; ++i) {
            entries[i] = entries[i + 1];
        }
        entries.pop();
    }

    function _removeReceipt(uint256 index) private {
        for (uint256 i = index; i + 1 < receipts.length; ++i) {
            receipts[i] = receipts[i + 1];
        }
        receipts.pop();
    }
}
