// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title MarketStorageLib
/// @notice The market's namespaced storage (ERC-7201), packed for settlement.
library MarketStorageLib {
    /// @dev The first two slots are all of a channel that a settled row touches.
    struct ChannelState {
        uint96 balance;
        uint96 claimed;
        uint64 thawEnd;
        address payer;
        uint96 thawing;
    }

    struct RunnerDues {
        uint96 runner;
        uint96 stakers;
    }

    /// @custom:storage-location erc7201:openledger.storage.InferenceMarket
    struct Layout {
        // one slot: written by each batch
        uint96 protocolDue;
        uint96 securityDue;
        uint64 batchCount;
        // one slot: written by each batch that has a data part
        uint96 cumulativeData;
        uint32 configVersion;
        uint16 protocolBps;
        uint16 securityBps;
        uint16 stakersBps;
        uint64 upgradesFrozenAt;
        address treasury;
        address security;
        mapping(address payer => uint96) free;
        mapping(bytes32 channel => address) runnerOf;
        // keyed by runner first: a row of somebody else's channel finds nothing, and the runner need not be read
        mapping(address runner => mapping(bytes32 channel => ChannelState)) channels;
        mapping(bytes32 channel => mapping(uint64 model => uint96)) modelClaimed;
        bytes32 chain;
        mapping(uint64 batch => bytes32) pinned;
        uint96 dataCollected;
        mapping(address runner => RunnerDues) runnerDues;
        mapping(uint64 model => uint96) modelDue;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.InferenceMarket")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant SLOT = 0xa4170553416a7dd17f919004da27dd5d6db7c094f002e3031410ddb8ccc22800;

    function load() internal pure returns (Layout storage $) {
        assembly ("memory-safe") {
            $.slot := SLOT
        }
    }
}
