// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title AgentStorageLib
/// @notice The agent registry's namespaced storage (ERC-7201).
library AgentStorageLib {
    struct Agent {
        address wallet;
        uint96 pricePerCall;
        uint64 model;
        string uri;
        mapping(string key => bytes) metadata;
    }

    /// @custom:storage-location erc7201:openledger.storage.AgentRegistry
    struct Layout {
        uint64 agentCount;
        uint64 registrationPausedUntil;
        mapping(uint256 agentId => Agent) agents;
        mapping(bytes32 digest => bool) isProofUsed;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.AgentRegistry")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant SLOT = 0xcd0312cc5914ec1a85ed4dc2a9b6755ca8e572607da561376b7b6561c7fbae00;

    function load() internal pure returns (Layout storage $) {
        assembly ("memory-safe") {
            $.slot := SLOT
        }
    }
}
