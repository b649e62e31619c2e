// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title IDatanetRegistry
/// @notice Owns Datanets: their owners (ERC-721), their licence policy, their contributions and their versions.
/// @dev STATES. A contribution is `Committed`, then `Accepted` or `Rejected`, for ever. A version is frozen when published.
///
/// MONEY. None is held here.
///
/// TRUST. The Datanet's owner decides which contributions are accepted. Nobody can alter a published version: its root is
/// computed here from the accepted contributions, never supplied by a caller.
///
/// Record leaf, contribution leaf and both trees are defined once, in `LeafLib` and `MerkleLib`.
interface IDatanetRegistry {
    enum ContributionState {
        None,
        Committed,
        Accepted,
        Rejected
    }

    /// @param contributionCount Accepted contributions so far.
    /// @param recordCount Records in them.
    /// @param versionCount Versions published; the newest has this number, the first is 1.
    struct Datanet {
        uint64 contributionCount;
        uint64 recordCount;
        uint32 versionCount;
        bytes32 metadataHash;
        string name;
    }

    /// @param position Place among the accepted contributions of the Datanet, counted from 0; meaningful when accepted.
    /// @param licence SPDX identifier as left-aligned ASCII, for instance `"MIT"`.
    struct Contribution {
        address contributor;
        uint64 datanet;
        uint32 recordCount;
        bytes32 recordsRoot;
        bytes32 licence;
        bytes32 dataHash;
        ContributionState state;
        uint64 position;
    }

    /// @param root Root of the tree of accepted contributions, `MerkleLib` over `LeafLib.contribution`.
    struct Version {
        bytes32 root;
        uint64 contributionCount;
        uint64 recordCount;
        uint64 publishedAt;
    }

    error DatanetRegistry_UnknownDatanet(uint64 datanet);
    error DatanetRegistry_UnknownContribution(uint64 contribution);
    error DatanetRegistry_UnknownVersion(uint64 datanet, uint32 version);
    error DatanetRegistry_NotOwner(uint64 datanet, address caller, address owner);
    error DatanetRegistry_LicenceNotAllowed(uint64 datanet, bytes32 licence);
    error DatanetRegistry_LicenceCountOutOfRange(uint256 count, uint256 maximum);
    error DatanetRegistry_NameLengthOutOfRange(uint256 length, uint256 maximum);
    error DatanetRegistry_EmptyContribution();
    error DatanetRegistry_ZeroRoot();
    error DatanetRegistry_ZeroDataHash();
    error DatanetRegistry_NotCommitted(uint64 contribution, ContributionState state);
    error DatanetRegistry_NotInDatanet(uint64 contribution, uint64 expected, uint64 actual);
    error DatanetRegistry_TooManyContributions(uint256 count, uint256 maximum);
    error DatanetRegistry_NothingToPublish(uint64 datanet);
    error DatanetRegistry_IndexExists(uint64 datanet, uint32 version, uint64 base);

    event DatanetCreated(
        uint64 indexed datanet, address indexed owner, string name, bytes32 metadataHash, bytes32[] licences
    );
    event ContributionCommitted(
        uint64 indexed contribution,
        uint64 indexed datanet,
        address indexed contributor,
        bytes32 recordsRoot,
        uint32 recordCount,
        bytes32 licence,
        bytes32 dataHash
    );
    event ContributionAccepted(
        uint64 indexed contribution,
        uint64 indexed datanet,
        address indexed contributor,
        uint64 position,
        uint64 contributionCountAfter,
        uint64 recordCountAfter
    );
    event ContributionRejected(uint64 indexed contribution, uint64 indexed datanet, address indexed contributor);
    event VersionPublished(
        uint64 indexed datanet, uint32 indexed version, bytes32 root, uint64 contributionCount, uint64 recordCount
    );
    event IndexCommitted(
        uint64 indexed datanet, uint32 indexed version, uint64 indexed base, bytes32 root, bytes32 dataHash
    );

    /// @notice Opens a Datanet; the caller receives its ERC-721 token, whose id is the Datanet's number.
    /// @param name 1 to 64 bytes.
    /// @param metadataHash SHA-256 of its description in the content store; may be zero.
    /// @param licences The licences a contribution may carry, 1 to 16, left-aligned ASCII SPDX identifiers.
    function createDatanet(string calldata name, bytes32 metadataHash, bytes32[] calldata licences)
        external
        returns (uint64 datanet);

    /// @notice Commits a contribution of records by the caller.
    /// @param recordsRoot Root of the tree of its records, `MerkleLib` over `LeafLib.record`; not zero.
    /// @param recordCount At least 1; the root binds it.
    /// @param licence One of the Datanet's licences.
    /// @param dataHash SHA-256 of the contribution's file in the content store; not zero.
    function contribute(uint64 datanet, bytes32 recordsRoot, uint32 recordCount, bytes32 licence, bytes32 dataHash)
        external
        returns (uint64 contribution);

    /// @notice Accepts committed contributions, in the order given, at most 64 at a time. Only the Datanet's owner.
    function accept(uint64 datanet, uint64[] calldata contributions) external;

    /// @notice Rejects committed contributions, at most 64 at a time. Only the Datanet's owner.
    function reject(uint64 datanet, uint64[] calldata contributions) external;

    /// @notice Freezes what is accepted so far as the next version. Only the Datanet's owner.
    /// @dev Reverts when nothing was accepted since the last version.
    function publishVersion(uint64 datanet) external returns (uint32 version);

    /// @notice Commits the index of a version under a base, once. Only the Datanet's owner.
    /// @dev Warning: the root is a claim until index proofs are deployed; oracles recompute it.
    /// @param root `indexRoot` as the engine defines it; not zero.
    /// @param dataHash SHA-256 of the index file in the content store; not zero.
    function commitIndex(uint64 datanet, uint32 version, uint64 base, bytes32 root, bytes32 dataHash) external;

    function datanetCount() external view returns (uint64);
    function contributionCount() external view returns (uint64);
    function datanetOf(uint64 datanet) external view returns (Datanet memory);
    function contributionOf(uint64 contribution) external view returns (Contribution memory);
    function versionOf(uint64 datanet, uint32 version) external view returns (Version memory);
    function isLicenceAllowed(uint64 datanet, bytes32 licence) external view returns (bool);
    function indexOf(uint64 datanet, uint32 version, uint64 base) external view returns (bytes32 root, bytes32 dataHash);
}
