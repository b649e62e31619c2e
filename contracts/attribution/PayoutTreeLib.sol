// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {IEpochCourt} from "../interfaces/IEpochCourt.sol";
import {LeafLib} from "../libraries/LeafLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";

/// @title PayoutTreeLib
/// @notice Openings and exact look-ups in a stream's pay-out tree, sorted by account.
library PayoutTreeLib {
    function requireOpening(bytes32 root, uint64 stream, IAttributionOracle.PayoutOpening calldata opening)
        internal
        pure
    {
        IAttributionOracle.Payout calldata p = opening.payout;
        bytes32 leaf = LeafLib.payout(stream, p.account, p.cumulative, p.runningSum);
        if (!MerkleLib.verify(root, LeafLib.PAYOUT, leaf, opening.index, opening.count, opening.siblings)) {
            revert IAttributionOracle.AttributionOracle_InvalidOpening(root, opening.index, opening.count);
        }
    }

    /// @notice The account's cumulative amount; 0 when the tree does not hold the account.
    /// @dev The root binds the count, so that an edge of the tree is an edge.
    function cumulativeOf(bytes32 root, uint64 stream, address account, IAttributionOracle.PayoutLookup calldata lookup)
        internal
        pure
        returns (uint96)
    {
        bool holds;
        if (lookup.present) {
            requireOpening(root, stream, lookup.left);
            holds = lookup.left.payout.account == account;
        } else if (lookup.hasLeft) {
            requireOpening(root, stream, lookup.left);
            uint64 next = lookup.left.index + 1;
            holds = lookup.left.payout.account < account
                && next == (lookup.hasRight ? lookup.right.index : lookup.left.count);
        } else {
            holds = lookup.hasRight ? lookup.right.index == 0 : root == MerkleLib.emptyRoot(LeafLib.PAYOUT);
        }
        if (!lookup.present && lookup.hasRight) {
            requireOpening(root, stream, lookup.right);
            holds = holds && lookup.right.payout.account > account;
        }
        if (!holds) revert IEpochCourt.EpochCourt_InvalidLookup(account);
        return lookup.present ? lookup.left.payout.cumulative : 0;
    }
}
