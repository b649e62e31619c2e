// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "../interfaces/IContributionRegistry.sol";
import {LeafLib} from "../libraries/LeafLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";

/// @title ContributionLib
/// @notice What is hashed of a contribution: its digest in storage, its leaf in versions, what its contributor signs, and the
/// hash over a Datanet's revocations.
library ContributionLib {
    /// @notice EIP-712 type of a contribution that somebody else sends, in the registry's domain.
    bytes32 internal constant CONTRIBUTE_TYPEHASH = keccak256(
        "Contribute(address contributor,uint64 datanet,bytes32 recordsRoot,uint32 recordCount,bytes32 licence,bytes32 dataHash,uint32 rules,uint64 nonce,uint64 deadline)"
    );

    /// @notice Stands in a revocation for all records of the contribution; no record has this index.
    uint32 internal constant ALL_RECORDS = type(uint32).max;

    /// @notice What storage keeps: the first 31 bytes of `keccak256(abi.encode(contribution))`.
    function digest(IContributionRegistry.Contribution memory contribution) internal pure returns (bytes31) {
        return bytes31(keccak256(abi.encode(contribution)));
    }

    /// @notice Leaf of the contribution in its Datanet's versions.
    function leaf(IContributionRegistry.Contribution calldata c) internal pure returns (bytes32) {
        return LeafLib.contribution(c.number, c.contributor, c.recordsRoot, c.recordCount, c.licence);
    }

    /// @notice What the contributor signs, without the domain. The number and the time are not known to it yet.
    function structHash(IContributionRegistry.Contribution memory c, uint64 nonce, uint64 deadline)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                CONTRIBUTE_TYPEHASH,
                c.contributor,
                c.datanet,
                c.recordsRoot,
                c.recordCount,
                c.licence,
                c.dataHash,
                c.rules,
                nonce,
                deadline
            )
        );
    }

    /// @notice The hash over a Datanet's revocations after one more: `keccak256(before ‖ uint64 contribution ‖ uint32 index)`.
    function revocationsHash(bytes32 before, uint64 contribution, uint32 index) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(before, contribution, index));
    }

    /// @notice Whether the record opened has this content and stands in the contribution.
    function holds(
        IContributionRegistry.Contribution calldata c,
        IContributionRegistry.RecordOpening calldata opening,
        bytes32 contentHash
    ) internal pure returns (bool) {
        bytes32 record = LeafLib.record(contentHash, opening.byteLength, opening.licence);
        return MerkleLib.verify(c.recordsRoot, LeafLib.RECORD, record, opening.index, c.recordCount, opening.siblings);
    }
}
