// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAgentReputation} from "../interfaces/IAgentReputation.sol";

/// @title ReputationStorageLib
/// @notice The reputation's namespaced storage (ERC-7201).
library ReputationStorageLib {
    struct StoredFeedback {
        // one slot
        int128 value;
        uint8 valueDecimals;
        bool isRevoked;
        uint96 weight;
        uint64 model;
        string tag1;
        string tag2;
    }

    /// @custom:storage-location erc7201:openledger.storage.AgentReputation
    struct Layout {
        // over all agents: an amount weighs once
        mapping(bytes32 channel => mapping(uint64 model => uint96)) weighed;
        mapping(uint256 agentId => mapping(uint64 model => mapping(address client => uint96))) weight;
        mapping(uint256 agentId => mapping(address client => uint64)) lastIndex;
        mapping(uint256 agentId => mapping(address client => mapping(uint64 index => StoredFeedback))) feedback;
        // who has given feedback, each once: for readers, and looped over by nothing that writes
        mapping(uint256 agentId => address[]) clients;
        // by agent, model, client and tags, as ReputationLib keys them
        mapping(bytes32 key => IAgentReputation.Reputation) reputation;
        // by agent, client, index and responder, as ReputationLib keys them
        mapping(bytes32 key => uint64) responseCount;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.AgentReputation")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant SLOT = 0x4220c9046ccf98dc187eeba58bf0e90987820e3db618aea15e4efd4f6335b500;

    function load() internal pure returns (Layout storage $) {
        assembly ("memory-safe") {
            $.slot := SLOT
        }
    }
}
