// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../contracts/interfaces/IAttributionOracle.sol";
import {BatchOpening} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IReceiptCourt} from "../../contracts/interfaces/IReceiptCourt.sol";
import {DisputeFixture} from "../fixture/DisputeFixture.sol";

/// @notice Batches that are false in one way each, and the proof that shows it.
/// @dev Three receipts, two of the first channel and one of the second. Whatever is false, what later batches start from is what
/// was settled, so that an honest one stays possible.
abstract contract FalseBatches is DisputeFixture {
    /// @dev What is false.
    enum Falsehood {
        None,
        /// @dev A fee is not the price.
        Fee,
        /// @dev The second receipt does not start where the first ends.
        Chain,
        /// @dev The second channel's stands before the first's.
        Order,
        /// @dev The batch's first, or last, receipt is not where the settlement starts, or ends.
        Start,
        End,
        /// @dev Likewise where the channels meet.
        BoundaryStart,
        BoundaryEnd,
        /// @dev A receipt of a channel of which nothing was settled.
        Unsettled,
        /// @dev A settlement without a receipt.
        Uncovered,
        /// @dev A receipt that was signed and settled: another stands at its nonce, or nothing at its place.
        Replaced,
        Omitted
    }

    mapping(uint64 batch => Falsehood) public falsehoodOf;
    /// @dev The receipt whose fee is false.
    mapping(uint64 batch => uint256) private _falseAt;
    /// @dev The signed receipt that is not there.
    mapping(uint64 batch => IAttributionOracle.Receipt) private _held;

    /// @dev A fee is wrong by one; or by much now and then, so that stakes do not cover it.
    function _settleFalse(Falsehood kind, uint256 seed) internal returns (uint64 number) {
        IAttributionOracle.Receipt[] memory receipts = new IAttributionOracle.Receipt[](3);
        receipts[0] = _nextReceipt(channels[0], model, uint32(seed % 7), 1);
        // whose nonce is left out
        if (kind == Falsehood.Omitted) ++nonceOf[channels[0]][model];
        receipts[1] = _nextReceipt(channels[0], model, uint32(seed % 5), 2);
        receipts[2] = _nextReceipt(channels[1], model, uint32(seed % 3), 3);
        IAttributionOracle.Receipt memory held = receipts[1];
        uint256 index = seed % 3;
        uint96 more = seed % 2 == 0 ? 30_000e18 : 1;
        if (kind == Falsehood.Fee) {
            receipts[index].fee += more;
            _shift(receipts, index, more);
        }
        if (kind == Falsehood.Chain) _shift(receipts, 1, 1);
        if (kind == Falsehood.Start) _shift(receipts, 0, 1);
        if (kind == Falsehood.BoundaryStart) _shift(receipts, 2, 1);

        Entry[] memory entries = _entriesOf(receipts);
        if (kind == Falsehood.End) _raise(entries[1]);
        if (kind == Falsehood.BoundaryEnd) _raise(entries[0]);
        if (kind == Falsehood.Order) {
            (receipts[0], receipts[1], receipts[2]) = (receipts[2], receipts[0], receipts[1]);
        }
        if (kind == Falsehood.Unsettled) {
            cumulativeOf[channels[1]][model] -= receipts[2].fee;
            _shorten(entries);
        }
        if (kind == Falsehood.Uncovered) receipts = _withoutOneChannel(receipts, seed % 2);

        number = _settle(receipts, entries);
        falsehoodOf[number] = kind;
        _falseAt[number] = index;
        _held[number] = held;
        if (kind == Falsehood.Replaced) _held[number].outputHash = keccak256("another answer");
        if (kind == Falsehood.Omitted) _held[number].nonce -= 1;
    }

    /// @dev The call of the verifier that shows what is false of the batch.
    function _proofOf(uint64 batch) internal view returns (bytes memory) {
        Falsehood kind = falsehoodOf[batch];
        if (kind == Falsehood.Fee) return _feeProof(batch, _falseAt[batch]);
        if (kind == Falsehood.Chain || kind == Falsehood.Order) return _neighboursProof(batch, 0);
        if (kind == Falsehood.Start) return _edgeProof(batch, 0);
        if (kind == Falsehood.End) return _edgeProof(batch, 2);
        if (kind == Falsehood.BoundaryStart || kind == Falsehood.BoundaryEnd) return _boundaryProof(batch, 1);
        if (kind == Falsehood.Unsettled) return _unsettledProof(batch, 2);
        if (kind == Falsehood.Uncovered) {
            // the second channel's receipt is left, or the first channel's two
            bool firstMissing = receiptsOf[batch].length == 1;
            return _uncoveredProof(batch, firstMissing ? 0 : 1, _one(batch, firstMissing ? 0 : 1));
        }
        return _omissionProof(batch, _held[batch], kind == Falsehood.Replaced ? _one(batch, 1) : _two(batch, 0));
    }

    function _feeProof(uint64 batch, uint256 index) internal view returns (bytes memory) {
        return abi.encodeCall(verifier.proveFee, (_opening(batch), _place(batch, index)));
    }

    function _neighboursProof(uint64 batch, uint256 left) internal view returns (bytes memory) {
        return abi.encodeCall(verifier.proveNeighbours, (_opening(batch), _place(batch, left), _place(batch, left + 1)));
    }

    function _boundaryProof(uint64 batch, uint256 left) internal view returns (bytes memory) {
        return abi.encodeCall(
            verifier.proveBoundary, (_opening(batch), _settlements(batch), _place(batch, left), _place(batch, left + 1))
        );
    }

    function _edgeProof(uint64 batch, uint256 index) internal view returns (bytes memory) {
        return abi.encodeCall(verifier.proveEdge, (_opening(batch), _settlements(batch), _place(batch, index)));
    }

    function _unsettledProof(uint64 batch, uint256 index) internal view returns (bytes memory) {
        return abi.encodeCall(verifier.proveUnsettled, (_opening(batch), _settlements(batch), _place(batch, index)));
    }

    function _uncoveredProof(uint64 batch, uint256 entry, IReceiptCourt.PlacedReceipt[] memory around)
        internal
        view
        returns (bytes memory)
    {
        BatchOpening memory opening = _opening(batch);
        Entry memory e = entriesOf[batch][entry];
        return abi.encodeCall(verifier.proveUncovered, (opening, _settlements(batch), e.channel, e.model, around));
    }

    function _omissionProof(
        uint64 batch,
        IAttributionOracle.Receipt memory receipt,
        IReceiptCourt.PlacedReceipt[] memory around
    ) internal view returns (bytes memory) {
        bytes memory signature = _sign(runnerKey, _receiptHash(receipt));
        return abi.encodeCall(verifier.proveOmitted, (_opening(batch), _settlements(batch), receipt, signature, around));
    }

    /// @dev Two receipts for one nonce, both signed; the same one twice where `same`.
    function _equivocationProof(IAttributionOracle.Receipt memory one, bool same) internal view returns (bytes memory) {
        bytes memory signature = _sign(runnerKey, _receiptHash(one));
        IAttributionOracle.Receipt memory other = abi.decode(abi.encode(one), (IAttributionOracle.Receipt));
        if (!same) other.outputHash = keccak256("another answer");
        return
            abi.encodeCall(verifier.proveEquivocation, (one, signature, other, _sign(runnerKey, _receiptHash(other))));
    }

    /// @dev Moves a receipt, and what follows it in its channel, up by an amount.
    function _shift(IAttributionOracle.Receipt[] memory receipts, uint256 from, uint96 by) private {
        bytes32 channel = receipts[from].channel;
        for (uint256 i = from; i < receipts.length; ++i) {
            if (receipts[i].channel == channel) receipts[i].cumulative += by;
        }
        cumulativeOf[channel][model] += by;
    }

    /// @dev Settles one base unit more than its receipts say.
    function _raise(Entry memory entry) private {
        entry.afterwards += 1;
        cumulativeOf[entry.channel][entry.model] += 1;
    }

    function _shorten(Entry[] memory entries) private pure {
        assembly ("memory-safe") {
            mstore(entries, sub(mload(entries), 1))
        }
    }

    function _withoutOneChannel(IAttributionOracle.Receipt[] memory receipts, uint256 which)
        private
        pure
        returns (IAttributionOracle.Receipt[] memory left)
    {
        left = new IAttributionOracle.Receipt[](which == 0 ? 1 : 2);
        left[0] = receipts[which == 0 ? 2 : 0];
        if (which == 1) left[1] = receipts[1];
    }
}
