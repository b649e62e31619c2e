// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IDatanetRegistry} from "../interfaces/IDatanetRegistry.sol";
import {LeafLib} from "../libraries/LeafLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// @title DatanetRegistry
/// @notice Owns Datanets: their owners (ERC-721), their licence policy, their contributions and their versions.
contract DatanetRegistry is IDatanetRegistry, UUPSUpgradeable, AccessManagedUpgradeable, ERC721Upgradeable {
    using MerkleLib for MerkleLib.Frontier;

    struct Index {
        bytes32 root;
        bytes32 dataHash;
    }

    /// @custom:storage-location erc7201:openledger.storage.DatanetRegistry
    struct RegistryStorage {
        uint64 datanetCount;
        uint64 contributionCount;
        mapping(uint64 datanet => Datanet) datanets;
        mapping(uint64 datanet => mapping(bytes32 licence => bool)) isLicenceAllowed;
        mapping(uint64 datanet => MerkleLib.Frontier) accepted;
        mapping(uint64 datanet => mapping(uint32 version => Version)) versions;
        mapping(uint64 datanet => mapping(uint32 version => mapping(uint64 base => Index))) indices;
        mapping(uint64 contribution => Contribution) contributions;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.DatanetRegistry")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_SLOT = 0x89e21eb98a99ad74696ff9cc7f797d53cf7230fa3926bb449dd08a57f81bef00;
    uint256 private constant MAXIMUM_NAME_BYTES = 64;
    uint256 private constant MAXIMUM_LICENCES = 16;
    uint256 private constant MAXIMUM_DECISIONS = 64;

    constructor() {
        _disableInitializers();
    }

    /// @param authority The AccessManager that governs upgrades.
    function initialize(address authority) external initializer {
        __AccessManaged_init(authority);
        __ERC721_init("OpenLedger Datanet", "DATANET");
    }

    /// @inheritdoc IDatanetRegistry
    function createDatanet(string calldata name_, bytes32 metadataHash, bytes32[] calldata licences)
        external
        returns (uint64 datanet)
    {
        uint256 length = bytes(name_).length;
        if (length == 0 || length > MAXIMUM_NAME_BYTES) {
            revert DatanetRegistry_NameLengthOutOfRange(length, MAXIMUM_NAME_BYTES);
        }
        if (licences.length == 0 || licences.length > MAXIMUM_LICENCES) {
            revert DatanetRegistry_LicenceCountOutOfRange(licences.length, MAXIMUM_LICENCES);
        }

        RegistryStorage storage $ = _storage();
        datanet = ++$.datanetCount;
        $.datanets[datanet].metadataHash = metadataHash;
        $.datanets[datanet].name = name_;
        for (uint256 i = 0; i < licences.length; ++i) {
            if (licences[i] == 0) revert DatanetRegistry_LicenceNotAllowed(datanet, 0);
            $.isLicenceAllowed[datanet][licences[i]] = true;
        }
        _mint(msg.sender, datanet);

        emit DatanetCreated(datanet, msg.sender, name_, metadataHash, licences);
    }

    /// @inheritdoc IDatanetRegistry
    function contribute(uint64 datanet, bytes32 recordsRoot, uint32 recordCount, bytes32 licence, bytes32 dataHash)
        external
        returns (uint64 contribution)
    {
        RegistryStorage storage $ = _storage();
        _requireDatanet(datanet);
        if (recordsRoot == 0) revert DatanetRegistry_ZeroRoot();
        if (recordCount == 0) revert DatanetRegistry_EmptyContribution();
        if (!$.isLicenceAllowed[datanet][licence]) revert DatanetRegistry_LicenceNotAllowed(datanet, licence);
        if (dataHash == 0) revert DatanetRegistry_ZeroDataHash();

        contribution = ++$.contributionCount;
        Contribution storage c = $.contributions[contribution];
        c.contributor = msg.sender;
        c.datanet = datanet;
        c.recordCount = recordCount;
        c.recordsRoot = recordsRoot;
        c.licence = licence;
        c.dataHash = dataHash;
        c.state = ContributionState.Committed;

        emit ContributionCommitted(contribution, datanet, msg.sender, recordsRoot, recordCount, licence, dataHash);
    }

    /// @inheritdoc IDatanetRegistry
    function accept(uint64 datanet, uint64[] calldata contributions) external {
        _requireOwner(datanet);
        _requireDecidable(contributions.length);

        RegistryStorage storage $ = _storage();
        MerkleLib.Frontier storage accepted = $.accepted[datanet];
        uint64 contributionCount_ = $.datanets[datanet].contributionCount;
        uint64 recordCount = $.datanets[datanet].recordCount;

        for (uint256 i = 0; i < contributions.length; ++i) {
            uint64 contribution = contributions[i];
            Contribution storage c = _committed(datanet, contribution);
            accepted.append(contributionCount_, _leafOf(contribution, c));
            c.state = ContributionState.Accepted;
            c.position = contributionCount_;
            ++contributionCount_;
            recordCount += c.recordCount;
            emit ContributionAccepted(
                contribution, datanet, c.contributor, contributionCount_ - 1, contributionCount_, recordCount
            );
        }

        $.datanets[datanet].contributionCount = contributionCount_;
        $.datanets[datanet].recordCount = recordCount;
    }

    /// @inheritdoc IDatanetRegistry
    function reject(uint64 datanet, uint64[] calldata contributions) external {
        _requireOwner(datanet);
        _requireDecidable(contributions.length);

        for (uint256 i = 0; i < contributions.length; ++i) {
            Contribution storage c = _committed(datanet, contributions[i]);
            c.state = ContributionState.Rejected;
            emit ContributionRejected(contributions[i], datanet, c.contributor);
        }
    }

    /// @inheritdoc IDatanetRegistry
    function publishVersion(uint64 datanet) external returns (uint32 version) {
        _requireOwner(datanet);
        RegistryStorage storage $ = _storage();
        Datanet storage d = $.datanets[datanet];
        uint64 count = d.contributionCount;
        uint64 recordCount = d.recordCount;
        version = d.versionCount;
        // Version 0 is never written: before the first version anything accepted is new.
        if (count == $.versions[datanet][version].contributionCount) revert DatanetRegistry_NothingToPublish(datanet);

        ++version;
        bytes32 root = $.accepted[datanet].rootOf(LeafLib.CONTRIBUTION, count);

        d.versionCount = version;
        $.versions[datanet][version] = Version({
            root: root, contributionCount: count, recordCount: recordCount, publishedAt: uint64(block.timestamp)
        });

        emit VersionPublished(datanet, version, root, count, recordCount);
    }

    /// @inheritdoc IDatanetRegistry
    function commitIndex(uint64 datanet, uint32 version, uint64 base, bytes32 root, bytes32 dataHash) external {
        _requireOwner(datanet);
        _requireVersion(datanet, version);
        if (root == 0) revert DatanetRegistry_ZeroRoot();
        if (dataHash == 0) revert DatanetRegistry_ZeroDataHash();
        Index storage index = _storage().indices[datanet][version][base];
        if (index.root != 0) revert DatanetRegistry_IndexExists(datanet, version, base);

        index.root = root;
        index.dataHash = dataHash;

        emit IndexCommitted(datanet, version, base, root, dataHash);
    }

    /// @inheritdoc IDatanetRegistry
    function datanetCount() external view returns (uint64) {
        return _storage().datanetCount;
    }

    /// @inheritdoc IDatanetRegistry
    function contributionCount() external view returns (uint64) {
        return _storage().contributionCount;
    }

    /// @inheritdoc IDatanetRegistry
    function datanetOf(uint64 datanet) external view returns (Datanet memory) {
        _requireDatanet(datanet);
        return _storage().datanets[datanet];
    }

    /// @inheritdoc IDatanetRegistry
    function contributionOf(uint64 contribution) external view returns (Contribution memory) {
        return _known(contribution);
    }

    /// @inheritdoc IDatanetRegistry
    function versionOf(uint64 datanet, uint32 version) external view returns (Version memory) {
        _requireVersion(datanet, version);
        return _storage().versions[datanet][version];
    }

    /// @inheritdoc IDatanetRegistry
    function isLicenceAllowed(uint64 datanet, bytes32 licence) external view returns (bool) {
        return _storage().isLicenceAllowed[datanet][licence];
    }

    /// @inheritdoc IDatanetRegistry
    function indexOf(uint64 datanet, uint32 version, uint64 base)
        external
        view
        returns (bytes32 root, bytes32 dataHash)
    {
        Index storage index = _storage().indices[datanet][version][base];
        return (index.root, index.dataHash);
    }

    // solhint-disable-next-line no-empty-blocks
    function _authorizeUpgrade(address) internal override restricted {}

    function _leafOf(uint64 contribution, Contribution storage c) private view returns (bytes32) {
        return LeafLib.contribution(contribution, c.contributor, c.recordsRoot, c.recordCount, c.licence);
    }

    function _committed(uint64 datanet, uint64 contribution) private view returns (Contribution storage c) {
        c = _known(contribution);
        if (c.datanet != datanet) revert DatanetRegistry_NotInDatanet(contribution, datanet, c.datanet);
        if (c.state != ContributionState.Committed) revert DatanetRegistry_NotCommitted(contribution, c.state);
    }

    function _known(uint64 contribution) private view returns (Contribution storage c) {
        c = _storage().contributions[contribution];
        if (c.state == ContributionState.None) revert DatanetRegistry_UnknownContribution(contribution);
    }

    function _requireDatanet(uint64 datanet) private view {
        if (datanet == 0 || datanet > _storage().datanetCount) revert DatanetRegistry_UnknownDatanet(datanet);
    }

    function _requireVersion(uint64 datanet, uint32 version) private view {
        if (version == 0 || version > _storage().datanets[datanet].versionCount) {
            revert DatanetRegistry_UnknownVersion(datanet, version);
        }
    }

    function _requireOwner(uint64 datanet) private view {
        _requireDatanet(datanet);
        address owner = _ownerOf(datanet);
        if (owner != msg.sender) revert DatanetRegistry_NotOwner(datanet, msg.sender, owner);
    }

    function _requireDecidable(uint256 count) private pure {
        if (count > MAXIMUM_DECISIONS) revert DatanetRegistry_TooManyContributions(count, MAXIMUM_DECISIONS);
    }

    function _storage() private pure returns (RegistryStorage storage $) {
        assembly ("memory-safe") {
            $.slot := STORAGE_SLOT
        }
    }
}
