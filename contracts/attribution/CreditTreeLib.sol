// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {IEpochCourt} from "../interfaces/IEpochCourt.sol";
import {LeafLib} from "../libraries/LeafLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";

/// @title CreditTreeLib
/// @notice Openings and exact look-ups in an epoch's credit list, sorted by (contributor, batch, receiptIndex).
library CreditTreeLib {
    function requireOpening(bytes32 root, IAttributionOracle.CreditOpening calldata opening) internal pure {
        IAttributionOracle.Credit calldata c = opening.credit;
        bytes32 leaf = LeafLib.credit(c.contributor, c.batch, c.receiptIndex, c.amount, c.running);
        if (!MerkleLib.verify(root, LeafLib.CREDIT, leaf, opening.index, opening.count, opening.siblings)) {
            revert IAttributionOracle.AttributionOracle_InvalidOpening(root, opening.index, opening.count);
        }
    }

    /// @notice Strictly ascending by (contributor, batch, receiptIndex): no credit twice.
    function isBefore(IAttributionOracle.Credit calldata left, IAttributionOracle.Credit calldata right)
        internal
        pure
        returns (bool)
    {
        return _placeOf(left) < _placeOf(right);
    }

    /// @notice Reverts unless the list has no credit at the place of (contributor, batch, receiptIndex).
    /// @dev The root binds the count, so that an edge of the list is an edge.
    function requireAbsence(
        bytes32 root,
        address contributor,
        uint64 batch,
        uint32 receiptIndex,
        IAttributionOracle.CreditLookup calldata lookup
    ) internal pure {
        uint256 place = _place(contributor, batch, receiptIndex);
        bool holds =
            !lookup.present && (lookup.hasLeft || lookup.hasRight || root == MerkleLib.emptyRoot(LeafLib.CREDIT));
        if (lookup.hasLeft) {
            requireOpening(root, lookup.left);
            // index < count, so no overflow
            uint64 next = lookup.left.index + 1;
            holds = holds && _placeOf(lookup.left.credit) < place
                && next == (lookup.hasRight ? lookup.right.index : lookup.left.count);
        }
        if (lookup.hasRight) {
            requireOpening(root, lookup.right);
            holds = holds && _placeOf(lookup.right.credit) > place && (lookup.hasLeft || lookup.right.index == 0);
        }
        if (!holds) revert IEpochCourt.EpochCourt_InvalidLookup(contributor);
    }

    /// @notice The contributor's last running total; 0 when the list does not hold the contributor.
    /// @dev The root binds the count, so that an edge of the list is an edge.
    function lastRunning(bytes32 root, address contributor, IAttributionOracle.CreditLookup calldata lookup)
        internal
        pure
        returns (uint96)
    {
        bool holds = lookup.hasLeft || lookup.hasRight || root == MerkleLib.emptyRoot(LeafLib.CREDIT);
        if (lookup.hasLeft) {
            requireOpening(root, lookup.left);
            address left = lookup.left.credit.contributor;
            holds = lookup.present ? left == contributor : left < contributor;
            uint64 next = lookup.left.index + 1;
            holds = holds && next == (lookup.hasRight ? lookup.right.index : lookup.left.count);
        } else {
            holds = holds && !lookup.present && (!lookup.hasRight || lookup.right.index == 0);
        }
        if (lookup.hasRight) {
            requireOpening(root, lookup.right);
            holds = holds && lookup.right.credit.contributor > contributor;
        }
        if (!holds) revert IEpochCourt.EpochCourt_InvalidLookup(contributor);
        return lookup.present ? lookup.left.credit.running : 0;
    }

    function _placeOf(IAttributionOracle.Credit calldata credit) private pure returns (uint256) {
        return _place(credit.contributor, credit.batch, credit.receiptIndex);
    }

    /// @dev The list's order as one number: 160 bits of contributor, 64 of batch, 32 of receipt.
    function _place(address contributor, uint64 batch, uint32 receiptIndex) private pure returns (uint256) {
        return uint256(uint160(contributor)) << 96 | uint256(batch) << 32 | receiptIndex;
    }
}
