// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title IModelRegistry
/// @notice Owns models: a base, or a base with an adapter; their roots, prices, Datanet versions and revenue split.
/// @dev A model's number is its ERC-721 token id, counted from 1. What is registered never changes.
interface IModelRegistry {
    /// @notice What an answer costs: `perRequest + promptTokens * perPromptToken + outputTokens * perOutputToken`, base units.
    struct Price {
        uint96 perRequest;
        uint96 perPromptToken;
        uint96 perOutputToken;
    }

    /// @notice The parts of a fee that a model's owner chooses, in basis points of the fee.
    /// @dev `dataBps >= 2000` when the model names a Datanet version, 0 when it names none;
    /// `modelBps + dataBps <= 7000`, so that at least 10 % is left to the runner under any governed split.
    struct Revenue {
        uint16 modelBps;
        uint16 dataBps;
    }

    struct VersionRef {
        uint64 datanet;
        uint32 version;
    }

    /// @param base 0 for a base; else the base's number.
    /// @param weightsRoot Root of its weight file, `MerkleLib` over 1 KiB chunks with `LeafLib.chunk`.
    /// @param programRoot `keccak256` of its canonical program description.
    /// @param manifestHash SHA-256 of its manifest in the content store: how it was trained and from what.
    struct Model {
        uint64 base;
        bytes32 weightsRoot;
        bytes32 programRoot;
        bytes32 manifestHash;
        Price price;
        Revenue revenue;
        uint64 registeredAt;
        string name;
        VersionRef[] versions;
    }

    struct Registration {
        string name;
        bytes32 weightsRoot;
        bytes32 programRoot;
        bytes32 manifestHash;
        Price price;
        Revenue revenue;
    }

    error ModelRegistry_UnknownModel(uint64 model);
    error ModelRegistry_BeforeRegistration(uint64 model, uint64 timestamp, uint64 registeredAt);
    error ModelRegistry_NotABase(uint64 model);
    error ModelRegistry_ZeroRoot();
    error ModelRegistry_ZeroManifestHash();
    error ModelRegistry_NameLengthOutOfRange(uint256 length, uint256 maximum);
    error ModelRegistry_VersionCountOutOfRange(uint256 count, uint256 maximum);
    error ModelRegistry_UnknownVersion(uint64 datanet, uint32 version);
    error ModelRegistry_VersionsNotAscending(uint256 index);
    error ModelRegistry_DataShareOutOfRange(uint16 dataBps, uint16 minimum, uint16 maximum);
    error ModelRegistry_SharesTooLarge(uint256 sumBps, uint256 maximumBps);

    event ModelRegistered(
        uint64 indexed model,
        uint64 indexed base,
        address indexed owner,
        string name,
        bytes32 weightsRoot,
        bytes32 programRoot,
        bytes32 manifestHash,
        Price price,
        Revenue revenue,
        VersionRef[] versions
    );

    /// @notice Registers a base model, owned by the caller.
    function registerBase(Registration calldata registration) external returns (uint64 model);

    /// @notice Registers an adapter over a base, trained on Datanet versions, owned by the caller.
    /// @param versions 1 to 8, ascending by (datanet, version), each published.
    function registerAdapter(uint64 base, Registration calldata registration, VersionRef[] calldata versions)
        external
        returns (uint64 model);

    function modelCount() external view returns (uint64);
    function modelOf(uint64 model) external view returns (Model memory);

    /// @notice The revenue split and price alone: what settlement and proofs read.
    function termsOf(uint64 model) external view returns (Price memory price, Revenue memory revenue);

    /// @notice The revenue split that was in force at a timestamp from the model's registration on.
    function revenueAt(uint64 model, uint64 timestamp) external view returns (Revenue memory);
}
