// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
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
        if (left.contributor != right.contributor) return left.contributor < right.contributor;
        if (left.batch != right.batch) return left.batch < right.batch;
        return left.receiptIndex < right.receiptIndex;
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
        if (!holds) revert IAttributionOracle.AttributionOracle_InvalidLookup(contributor);
        return lookup.present ? lookup.left.credit.running : 0;
    }
}
