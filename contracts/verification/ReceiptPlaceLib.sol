// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ReceiptLib} from "../attribution/ReceiptLib.sol";
import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {IReceiptCourt} from "../interfaces/IReceiptCourt.sol";
import {LeafLib} from "../libraries/LeafLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";

/// @title ReceiptPlaceLib
/// @notice Where receipts stand in a batch, and where one would stand: ascending by (channel, model, nonce).
library ReceiptPlaceLib {
    using ReceiptLib for IAttributionOracle.Receipt;

    /// @notice A receipt's place, or that of all receipts of a (channel, model): nonces from `first` to `last`.
    struct Place {
        bytes32 channel;
        uint64 model;
        uint64 first;
        uint64 last;
    }

    /// @notice The proof does not show the receipt at its place under the batch's root.
    /// @param root The batch's.
    /// @param index Place of the receipt, from 0.
    /// @param count Receipts of the batch, as the proof says.
    error ReceiptPlaceLib_InvalidOpening(bytes32 root, uint64 index, uint64 count);

    /// @notice The receipts do not stand side by side.
    /// @param left Place of the left one, from 0.
    /// @param right Place of the right one, from 0.
    error ReceiptPlaceLib_NotNeighbours(uint64 left, uint64 right);

    /// @notice What was brought does not show that nothing stands at the place.
    /// @param neighbours Receipts that were brought; 0 to 2 can show it.
    error ReceiptPlaceLib_InvalidGap(uint256 neighbours);

    /// @notice Reverts unless the receipt stands at its place under the root.
    /// @return digest The receipt's.
    function requirePlaced(bytes32 root, bytes32 domainSeparator, IReceiptCourt.PlacedReceipt calldata placed)
        internal
        pure
        returns (bytes32 digest)
    {
        digest = placed.receipt.digest(domainSeparator);
        bytes32 leaf = LeafLib.receipt(digest);
        if (!MerkleLib.verify(root, LeafLib.RECEIPT, leaf, placed.index, placed.count, placed.siblings)) {
            revert ReceiptPlaceLib_InvalidOpening(root, placed.index, placed.count);
        }
    }

    /// @notice Reverts unless both stand under the root, one right of the other.
    function requireNeighbours(
        bytes32 root,
        bytes32 domainSeparator,
        IReceiptCourt.PlacedReceipt calldata left,
        IReceiptCourt.PlacedReceipt calldata right
    ) internal pure {
        if (uint256(left.index) + 1 != right.index) {
            revert ReceiptPlaceLib_NotNeighbours(left.index, right.index);
        }
        requirePlaced(root, domainSeparator, left);
        requirePlaced(root, domainSeparator, right);
    }

    /// @notice Reverts unless nothing stands at a place of an ordered tree: none given, the tree is empty; one, it is the first
    /// and behind the place, or the last and before it; two, they are neighbours and straddle it.
    /// @dev The root binds the count, so that an edge of the tree is an edge.
    function requireGap(
        bytes32 root,
        bytes32 domainSeparator,
        Place memory place,
        IReceiptCourt.PlacedReceipt[] calldata around
    ) internal pure {
        bool holds;
        if (around.length == 0) {
            holds = root == MerkleLib.emptyRoot(LeafLib.RECEIPT);
        } else if (around.length == 1) {
            requirePlaced(root, domainSeparator, around[0]);
            holds = (around[0].index == 0 && isBehind(around[0].receipt, place))
                // the opening holds, so index < count
                || (around[0].index + 1 == around[0].count && isBefore(around[0].receipt, place));
        } else if (around.length == 2) {
            requireNeighbours(root, domainSeparator, around[0], around[1]);
            holds = isBefore(around[0].receipt, place) && isBehind(around[1].receipt, place);
        }
        if (!holds) revert ReceiptPlaceLib_InvalidGap(around.length);
    }

    function isBefore(IAttributionOracle.Receipt calldata receipt, Place memory place) internal pure returns (bool) {
        if (receipt.channel != place.channel) return receipt.channel < place.channel;
        if (receipt.model != place.model) return receipt.model < place.model;
        return receipt.nonce < place.first;
    }

    function isBehind(IAttributionOracle.Receipt calldata receipt, Place memory place) internal pure returns (bool) {
        if (receipt.channel != place.channel) return receipt.channel > place.channel;
        if (receipt.model != place.model) return receipt.model > place.model;
        return receipt.nonce > place.last;
    }

    /// @notice Where the receipt itself stands.
    function placeOf(IAttributionOracle.Receipt calldata receipt) internal pure returns (Place memory) {
        return Place(receipt.channel, receipt.model, receipt.nonce, receipt.nonce);
    }

    function isSamePair(IAttributionOracle.Receipt calldata a, IAttributionOracle.Receipt calldata b)
        internal
        pure
        returns (bool)
    {
        return a.channel == b.channel && a.model == b.model;
    }

    /// @notice Whether `cumulative` continues at `from`. A fee above its cumulative amount starts nowhere.
    function startsAt(IAttributionOracle.Receipt calldata receipt, uint96 from) internal pure returns (bool) {
        return receipt.cumulative == uint256(from) + receipt.fee;
    }
}
