// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";

/// @title OracleStorageLib
/// @notice The attribution oracle's namespaced storage (ERC-7201).
/// @dev One epoch and one proposal live at a time, so both have fixed slots that the next overwrites: a quarter of the price
/// of new ones. Of an epoch that is over only what later proofs ask for is kept: its range and its `asOf`.
library OracleStorageLib {
    struct EpochRange {
        uint64 lastBatch;
        uint64 asOf;
        uint96 dataAmount;
    }

    /// @dev Counts only while the newest epoch is proposed or final.
    struct Proposal {
        address proposer;
        uint96 bond;
        uint96 total;
        uint64 finalizableAt;
        uint64 demandsEnd;
        uint32 openDemands;
        bytes32 creditsRoot;
        bytes32 payoutsRoot;
    }

    /// @custom:storage-location erc7201:openledger.storage.AttributionOracle
    struct Layout {
        uint64 epochCount;
        uint64 proposalCount;
        // of the newest epoch
        uint64 openedAt;
        IAttributionOracle.EpochState state;
        uint64 stream;
        uint96 bond;
        uint64 finalityPausedUntil;
        // the market's cumulative data up to the newest epoch's last batch
        uint96 dataClosed;
        Proposal newest;
        mapping(uint64 epoch => EpochRange) ranges;
        mapping(
            uint64 proposal
                => mapping(IAttributionOracle.LeafTree tree => mapping(uint64 index => IAttributionOracle.Demand))
        ) demands;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.AttributionOracle")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant SLOT = 0xa047db4881b21df090877aa10bccb672913966fed6736afec8ff7cf152333400;

    function load() internal pure returns (Layout storage $) {
        assembly ("memory-safe") {
            $.slot := SLOT
        }
    }
}
