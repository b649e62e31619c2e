// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {IEpochCourt} from "../../../contracts/interfaces/IEpochCourt.sol";
import {BatchOpening, IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {EpochFixture} from "../../fixture/EpochFixture.sol";

/// @notice Proof 3: a share that has no credit, shown by the credits that straddle its place.
/// @dev Batch 1 holds two receipts (pool and Alice, Alice and Bob), batch 2 one (Bob and Carol): the honest list is pool,
/// Alice, Alice, Bob, Bob, Carol.
contract EpochCourtMissingTest is EpochFixture {
    IAttributionOracle.Credit[] private _honest;

    function setUp() public override {
        super.setUp();
        _answer(1000, _shares(POOL, 10_000, ALICE));
        _answer(2001, _shares(ALICE, 30_000, BOB));
        _closeBatch();
        _answer(777, _shares(BOB, 60_000, CAROL));
        _closeBatch();
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = _credits(1, 2);
        for (uint256 i; i < credits.length; ++i) {
            _honest.push(credits[i]);
        }
        assertEq(credits.length, 6);
    }

    function test_EachCreditThatIsLeftOutIsProven() public {
        for (uint256 i; i < 6; ++i) {
            IAttributionOracle.Credit[] memory credits = _without(i);
            _propose(1, credits, _payouts(new IAttributionOracle.Payout[](0), credits));

            vm.expectEmit(address(oracle));
            emit IAttributionOracle.EpochRefuted(1, proposer, prover, uint64(i) + 1, 3, 500);
            _proveMissing(credits, _honest[i]);

            assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Open));
        }
    }

    function test_EmptyListLacksEveryCredit() public {
        IAttributionOracle.Credit[] memory none = new IAttributionOracle.Credit[](0);
        _propose(1, none, new IAttributionOracle.Payout[](0));

        _proveMissing(none, _honest[3]);

        assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Open));
    }

    function test_RevertWhen_NothingIsDue() public {
        IAttributionOracle.Credit[] memory none = new IAttributionOracle.Credit[](0);
        _propose(1, none, new IAttributionOracle.Payout[](0));

        // Carol has no share of batch 1
        _expectNoFault();
        _proveMissing(none, CAROL, 1, 0);
    }

    function test_RevertWhen_TheCreditStands() public {
        IAttributionOracle.Credit[] memory credits = _honest;
        _propose(1, credits, _payouts(new IAttributionOracle.Payout[](0), credits));

        for (uint256 i; i < 6; ++i) {
            _expectInvalidLookup(credits[i].contributor);
            _proveMissing(credits, credits[i]);
        }
    }

    /// @dev Each way to show two credits around a place that do not straddle it.
    function test_RevertWhen_TheCreditsDoNotStraddleThePlace() public {
        IAttributionOracle.Credit[] memory credits = _honest;
        _propose(1, credits, _payouts(new IAttributionOracle.Payout[](0), credits));
        IAttributionOracle.CreditLookup memory place;

        // Alice's second stands between
        place = _around(credits, 1, 3);
        _expectInvalidLookup(ALICE);
        _prove(ALICE, 1, 1, place);
        // it is one of the two
        place = _around(credits, 1, 2);
        _expectInvalidLookup(ALICE);
        _prove(ALICE, 1, 1, place);
        place = _around(credits, 2, 3);
        _expectInvalidLookup(ALICE);
        _prove(ALICE, 1, 1, place);
        // not the last
        place = _around(credits, 1, 2);
        place.hasRight = false;
        _expectInvalidLookup(ALICE);
        _prove(ALICE, 1, 1, place);
        // not the first
        place = _around(credits, 1, 3);
        place.hasLeft = false;
        _expectInvalidLookup(ALICE);
        _prove(ALICE, 1, 1, place);
        // the list is not empty
        place.hasRight = false;
        _expectInvalidLookup(ALICE);
        _prove(ALICE, 1, 1, place);
        // both behind the place
        place = _around(credits, 3, 4);
        _expectInvalidLookup(ALICE);
        _prove(ALICE, 1, 1, place);
        // both before it
        place = _around(credits, 0, 1);
        _expectInvalidLookup(ALICE);
        _prove(ALICE, 1, 1, place);
    }

    function test_RevertWhen_AnAbsenceIsCalledPresent() public {
        IAttributionOracle.Credit[] memory credits = _without(2);
        _propose(1, credits, _payouts(new IAttributionOracle.Payout[](0), credits));
        IAttributionOracle.CreditLookup memory place = _straddle(credits, ALICE, 1, 1);

        place.present = true;
        _expectInvalidLookup(ALICE);
        _prove(ALICE, 1, 1, place);
        place.present = false;
        _prove(ALICE, 1, 1, place);
    }

    function test_RevertWhen_TheBatchIsAnother() public {
        IAttributionOracle.Credit[] memory none = new IAttributionOracle.Credit[](0);
        _propose(1, none, new IAttributionOracle.Payout[](0));
        IAttributionOracle.CreditLookup memory place;

        // each field of the header, and the way to the pinned chain
        for (uint256 field; field < 9; ++field) {
            IEpochCourt.ReceiptEvidence memory evidence = _evidence(1, 1);
            uint64 number = _alter(evidence.batch, field);
            vm.expectRevert(
                abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidBatchOpening.selector, number)
            );
            court.proveMissingCredit(1, BOB, 1, 1, evidence, place);
        }
        court.proveMissingCredit(1, BOB, 1, 1, _evidence(1, 1), place);
    }

    function test_RevertWhen_TheReceiptStandsElsewhereInItsBatch() public {
        IAttributionOracle.Credit[] memory none = new IAttributionOracle.Credit[](0);
        _propose(1, none, new IAttributionOracle.Payout[](0));
        IEpochCourt.ReceiptEvidence memory evidence = _evidence(1, 1);
        IAttributionOracle.CreditLookup memory place;

        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_InvalidOpening.selector, headers[1].receiptsRoot, 0, 2
            )
        );
        court.proveMissingCredit(1, BOB, 0, 1, evidence, place);
    }

    function testFuzz_AnyCreditLeftOutIsProven(uint256 seed) public {
        uint256 left = seed % 6;
        IAttributionOracle.Credit[] memory credits = _without(left);
        // and another one false, so that lists differ in more than one place
        if (credits.length > 1) credits[(seed >> 8) % credits.length].running += uint96(seed >> 32) % 3;
        _propose(1, credits, _payouts(new IAttributionOracle.Payout[](0), credits));

        _proveMissing(credits, _honest[left]);

        assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Open));
    }

    function _alter(BatchOpening memory batch, uint256 field) private pure returns (uint64) {
        if (field == 0) batch.batch.number += 1;
        if (field == 1) batch.batch.runner = address(1);
        if (field == 2) batch.batch.settledAt -= 1;
        if (field == 3) batch.batch.amount += 1;
        if (field == 4) batch.batch.dataAmount += 1;
        if (field == 5) batch.batch.receiptsRoot ^= bytes32(uint256(1));
        if (field == 6) batch.batch.settlementsHash ^= bytes32(uint256(1));
        if (field == 7) batch.chainBefore ^= bytes32(uint256(1));
        if (field == 8) batch.later[0] ^= bytes32(uint256(1));
        return batch.batch.number;
    }

    function _proveMissing(IAttributionOracle.Credit[] memory credits, IAttributionOracle.Credit memory credit)
        private
    {
        _proveMissing(credits, credit.contributor, credit.batch, credit.receiptIndex);
    }

    function _proveMissing(IAttributionOracle.Credit[] memory credits, address contributor, uint64 batch, uint32 index)
        private
    {
        _prove(contributor, batch, index, _straddle(credits, contributor, batch, index));
    }

    function _prove(address contributor, uint64 batch, uint32 index, IAttributionOracle.CreditLookup memory place)
        private
    {
        IEpochCourt.ReceiptEvidence memory evidence = _evidence(batch, index);
        vm.prank(prover);
        court.proveMissingCredit(1, contributor, index, 1, evidence, place);
    }

    function _around(IAttributionOracle.Credit[] memory credits, uint256 left, uint256 right)
        private
        pure
        returns (IAttributionOracle.CreditLookup memory place)
    {
        place.hasLeft = true;
        place.left = _openCredit(credits, left);
        place.hasRight = true;
        place.right = _openCredit(credits, right);
    }

    function _without(uint256 index) private view returns (IAttributionOracle.Credit[] memory credits) {
        credits = new IAttributionOracle.Credit[](5);
        uint256 count;
        for (uint256 i; i < 6; ++i) {
            if (i != index) credits[count++] = _honest[i];
        }
        _sortAndSum(credits);
    }

    function _expectNoFault() private {
        vm.expectRevert(IEpochCourt.EpochCourt_NoFault.selector);
    }

    function _expectInvalidLookup(address contributor) private {
        vm.expectRevert(abi.encodeWithSelector(IEpochCourt.EpochCourt_InvalidLookup.selector, contributor));
    }
}
