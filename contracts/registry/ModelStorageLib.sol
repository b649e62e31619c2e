// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";

/// @title ModelStorageLib
/// @notice The model registry's namespaced storage (ERC-7201), packed for settlement.
library ModelStorageLib {
    struct StoredModel {
        // one slot: all that a settlement needs to know of the parts; never zero, for effectiveAt is not
        uint96 perRequest;
        uint16 modelBps;
        uint16 dataBps;
        // from effectiveAt on (inclusive) these two are in force, before it the two above
        uint16 nextModelBps;
        uint16 nextDataBps;
        uint64 effectiveAt;
        uint16 derivativeBps;
        uint8 upstreamCount;
        // one slot
        uint96 perPromptToken;
        uint96 perOutputToken;
        uint64 registeredAt;
        // one slot
        uint64 base;
        uint64 supersedes;
        uint64 successor;
        uint64 deprecatedAt;
        bytes32 weightsRoot;
        bytes32 programRoot;
        bytes32 manifestHash;
        string name;
        IModelRegistry.VersionRef[] versions;
        // flattened lineage as LineageLib packs it, its first upstreamCount entries
        uint256[3] upstream;
        // what is or was in force before `effectiveAt`, by HistoryLib: modelBps << 16 | dataBps
        uint256[] pastRevenue;
    }

    /// @custom:storage-location erc7201:openledger.storage.ModelRegistry
    struct Layout {
        // one slot: read by each registration
        uint64 modelCount;
        uint64 registrationPausedUntil;
        uint96 publishingFee;
        address treasury;
        mapping(uint64 model => StoredModel) models;
        // whose it was, by HistoryLib
        mapping(uint64 model => uint256[]) owners;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.ModelRegistry")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant SLOT = 0xcbe6ec4a17d7f9d3c5d1a39a9242e27975e309a89d123fc696d0e32b5bf57d00;

    function load() internal pure returns (Layout storage $) {
        assembly ("memory-safe") {
            $.slot := SLOT
        }
    }

    function known(uint64 model) internal view returns (StoredModel storage m) {
        m = load().models[model];
        // Written with a block's timestamp, never 0: it lies in the slot that is read anyway.
        if (m.effectiveAt == 0) revert IModelRegistry.ModelRegistry_UnknownModel(model);
    }
}
