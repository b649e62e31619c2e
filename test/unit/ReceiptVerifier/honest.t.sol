// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {BatchOpening} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {IReceiptVerifier} from "../../../contracts/interfaces/IReceiptVerifier.sol";
import {CourtFixture} from "../../fixture/CourtFixture.sol";

/// @notice COURT-1: no proof of any kind, at any place, with openings of any batch, strikes an honest batch. COURT-2: one number
/// changed, one receipt moved, doubled or left out, one entry added or left out: a single transaction voids the batch.
contract ReceiptVerifierHonestTest is CourtFixture {
    uint256 private _seed;

    /// forge-config: default.fuzz.runs = 64
    /// forge-config: deep.fuzz.runs = 4096
    function testFuzz_COURT1_HonestBatchesStand(uint256 seed) public {
        _seed = seed;
        uint64 first = _honestBatch();
        uint64 second = _honestBatch();

        assertFalse(_tryAll(first, first), "COURT-1 own openings");
        assertFalse(_tryAll(second, second), "COURT-1 own openings");
        assertFalse(_tryAll(first, second), "COURT-1 another batch's openings");
        assertFalse(_tryAll(second, first), "COURT-1 another batch's openings");
        _tryEquivocations(first, second);

        assertEq(court.voidedAt(first) + court.voidedAt(second), 0);
        assertEq(staking.slashed(), 0);
    }

    function testFuzz_COURT1_HonestRunnersAnswerEveryDemand(uint256 seed) public {
        _seed = seed;
        uint64 number = _honestBatch();
        uint256 count = receiptsOf[number].length;

        for (uint32 i; i < count; ++i) {
            _demand(number, i);
        }
        for (uint32 i; i < count; ++i) {
            verifier.reveal(batchOf[number], i, _revelation(number, i));
        }

        assertEq(court.openDemandsOf(number), 0);
        assertEq(token.balanceOf(address(court)), 0);
    }

    function testFuzz_COURT2_AnyPlantedFaultIsProven(uint256 seed) public {
        _seed = seed;
        _honestBatch();
        IAttributionOracle.Receipt[] memory receipts = _drawReceipts();
        Entry[] memory entries = _entriesOf(receipts);
        (receipts, entries) = _plant(receipts, entries, _draw(10));
        uint64 number = _settle(receipts, entries);

        assertTrue(_tryAll(number, number), "COURT-2");

        assertEq(court.voidedAt(number), START);
        uint96 amount = batchOf[number].amount;
        assertEq(court.refundOf(number).total, amount);
        assertEq(staking.slashed(), _costOf(amount));
    }

    /// @dev A receipt that its holder has, left out of an otherwise perfect list: what cannot be seen from the list alone.
    function testFuzz_COURT2_AnyOmissionIsProvenByItsHolder(uint256 seed) public {
        _seed = seed;
        IAttributionOracle.Receipt[] memory receipts = _drawReceipts();
        Entry[] memory entries = _entriesOf(receipts);
        uint256 index = _draw(receipts.length);
        while (receipts[index].fee == 0) index = (index + 1) % receipts.length;
        IAttributionOracle.Receipt memory held = _copy(receipts[index]);
        // the runner answers the holder and settles another answer
        receipts[index].outputHash = keccak256("another answer");
        uint64 number = _settle(receipts, entries);
        bytes memory signature = _sign(runnerKey, _receiptHash(held));

        assertFalse(_tryAll(number, number), "seen from the list alone");
        verifier.proveOmitted(_opening(number), _settlements(number), held, signature, _one(number, index));

        assertEq(court.voidedAt(number), START, "COURT-2");
    }

    // Batches

    function _honestBatch() private returns (uint64) {
        IAttributionOracle.Receipt[] memory receipts = _drawReceipts();
        return _settle(receipts, _entriesOf(receipts));
    }

    /// @dev One to five answers over three channels and three models, the first of them not for nothing.
    function _drawReceipts() private returns (IAttributionOracle.Receipt[] memory receipts) {
        receipts = new IAttributionOracle.Receipt[](1 + _draw(5));
        for (uint256 i; i < receipts.length; ++i) {
            uint64 model_ = uint64(1 + (i == 0 ? _draw(2) : _draw(3)));
            receipts[i] = _nextReceipt(channels[_draw(3)], model_, uint32(_draw(4)), uint32(_draw(4)));
        }
        _sort(receipts);
    }

    /// @dev Spoils one thing that is not for nothing.
    function _plant(IAttributionOracle.Receipt[] memory receipts, Entry[] memory entries, uint256 kind)
        private
        returns (IAttributionOracle.Receipt[] memory, Entry[] memory)
    {
        uint256 index = _draw(receipts.length);
        while (receipts[index].fee == 0) index = (index + 1) % receipts.length;
        uint256 e = _draw(entries.length);
        if (kind == 0) receipts[index].fee += 1;
        if (kind == 1) receipts[index].fee -= 1;
        if (kind == 2) receipts[index].cumulative += 1;
        if (kind == 3) receipts[index].cumulative -= 1;
        if (kind == 4) receipts[index].model = 77;
        if (kind == 5) receipts = _without(receipts, index);
        if (kind == 6) receipts = _with(receipts, receipts[index], index);
        if (kind == 7) entries[e].afterwards += 1;
        if (kind == 8) entries = _without(entries, e);
        if (kind == 9) {
            Entry[] memory more = new Entry[](entries.length + 1);
            for (uint256 i; i < entries.length; ++i) {
                more[i] = entries[i];
            }
            // behind all models that have receipts
            more[entries.length] = Entry(channels[_draw(3)], 78, 0, 5);
            entries = more;
        }
        return (receipts, entries);
    }

    // Every proof at every place

    /// @dev Whether any proof against `number` holds, its openings taken from `source`.
    function _tryAll(uint64 number, uint64 source) private returns (bool) {
        BatchOpening memory opening = _opening(number);
        bytes memory settlements = _settlements(number);
        uint256 count = receiptsOf[source].length;
        for (uint256 i; i < count; ++i) {
            IReceiptCourt.PlacedReceipt memory placed = _place(source, i);
            if (_holds(abi.encodeCall(verifier.proveFee, (opening, placed)))) return true;
            if (_holds(abi.encodeCall(verifier.proveEdge, (opening, settlements, placed)))) return true;
            if (_holds(abi.encodeCall(verifier.proveUnsettled, (opening, settlements, placed)))) return true;
            if (i + 1 == count) continue;
            IReceiptCourt.PlacedReceipt memory right = _place(source, i + 1);
            if (_holds(abi.encodeCall(verifier.proveNeighbours, (opening, placed, right)))) return true;
            if (_holds(abi.encodeCall(verifier.proveBoundary, (opening, settlements, placed, right)))) return true;
        }
        return _tryGaps(number, source, opening, settlements);
    }

    function _tryGaps(uint64 number, uint64 source, BatchOpening memory opening, bytes memory settlements)
        private
        returns (bool)
    {
        uint256 count = receiptsOf[source].length;
        // none, each one, each two neighbours
        for (uint256 g; g == 0 || g < 2 * count; ++g) {
            IReceiptCourt.PlacedReceipt[] memory around = _none();
            if (g != 0) around = g <= count ? _one(source, g - 1) : _two(source, g - count - 1);
            for (uint256 i; i < entriesOf[number].length; ++i) {
                Entry memory e = entriesOf[number][i];
                if (_holds(abi.encodeCall(verifier.proveUncovered, (opening, settlements, e.channel, e.model, around))))
                {
                    return true;
                }
            }
            if (number != source) continue;
            for (uint256 i; i < count; ++i) {
                IAttributionOracle.Receipt memory r = receiptsOf[source][i];
                bytes memory signature = _sign(runnerKey, _receiptHash(r));
                if (_holds(abi.encodeCall(verifier.proveOmitted, (opening, settlements, r, signature, around)))) {
                    return true;
                }
            }
        }
        return false;
    }

    function _tryEquivocations(uint64 first, uint64 second) private {
        for (uint256 i; i < receiptsOf[first].length; ++i) {
            for (uint256 j; j < receiptsOf[second].length; ++j) {
                IAttributionOracle.Receipt memory one = receiptsOf[first][i];
                IAttributionOracle.Receipt memory other = receiptsOf[second][j];
                bytes memory signatureOfOne = _sign(runnerKey, _receiptHash(one));
                bytes memory signatureOfOther = _sign(runnerKey, _receiptHash(other));
                vm.expectRevert(IReceiptVerifier.ReceiptVerifier_NoFault.selector);
                verifier.proveEquivocation(one, signatureOfOne, other, signatureOfOther);
            }
        }
    }

    function _holds(bytes memory call) private returns (bool done) {
        (done,) = address(verifier).call(call);
    }

    function _draw(uint256 below) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % below;
    }

    function _without(IAttributionOracle.Receipt[] memory list, uint256 index)
        private
        pure
        returns (IAttributionOracle.Receipt[] memory less)
    {
        less = new IAttributionOracle.Receipt[](list.length - 1);
        for (uint256 i; i < less.length; ++i) {
            less[i] = list[i < index ? i : i + 1];
        }
    }

    function _with(IAttributionOracle.Receipt[] memory list, IAttributionOracle.Receipt memory one, uint256 index)
        private
        pure
        returns (IAttributionOracle.Receipt[] memory more)
    {
        more = new IAttributionOracle.Receipt[](list.length + 1);
        for (uint256 i; i < more.length; ++i) {
            more[i] = i == index ? one : list[i < index ? i : i - 1];
        }
    }

    function _without(Entry[] memory list, uint256 index) private pure returns (Entry[] memory less) {
        less = new Entry[](list.length - 1);
        for (uint256 i; i < less.length; ++i) {
            less[i] = list[i < index ? i : i + 1];
        }
    }

    function _copy(IAttributionOracle.Receipt memory r) private pure returns (IAttributionOracle.Receipt memory) {
        return abi.decode(abi.encode(r), (IAttributionOracle.Receipt));
    }
}
