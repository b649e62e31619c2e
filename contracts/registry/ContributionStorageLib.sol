// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "../interfaces/IContributionRegistry.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";

/// @title ContributionStorageLib
/// @notice The contribution registry's namespaced storage (ERC-7201), packed for `contribute`.
library ContributionStorageLib {
    /// @dev One slot: all that is kept of a contribution. The digest has 248 bits: to find two contributions of one digest
    /// takes 2^124 hashes.
    struct StoredContribution {
        bytes31 digest;
        IContributionRegistry.ContributionState state;
    }

    /// @dev What a Datanet has accepted and revoked, and the fees of what is undecided.
    struct Ledger {
        uint64 contributionCount;
        uint64 recordCount;
        uint64 revocationCount;
        uint96 feesHeld;
        bytes32 revocationsHash;
    }

    /// @custom:storage-location erc7201:openledger.storage.ContributionRegistry
    struct Layout {
        // one slot: read and written by each contribution
        uint64 contributionCount;
        uint64 pausedUntil;
        mapping(uint64 contribution => StoredContribution) contributions;
        mapping(uint64 contribution => mapping(uint256 word => uint256 bits)) revokedRecords;
        mapping(uint64 datanet => Ledger) ledgers;
        mapping(uint64 datanet => MerkleLib.Frontier) accepted;
        mapping(address contributor => uint64) nonces;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.ContributionRegistry")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant SLOT = 0x87789af29d68ca36274b44178c559b19c1dc4d07eb6f76b46e54eef112536a00;

    function load() internal pure returns (Layout storage $) {
        assembly ("memory-safe") {
            $.slot := SLOT
        }
    }
}
