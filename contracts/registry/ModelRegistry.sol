// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IDatanetRegistry} from "../interfaces/IDatanetRegistry.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// @title ModelRegistry
/// @notice Owns models: a base, or a base with an adapter; their roots, prices, Datanet versions and revenue split.
contract ModelRegistry is IModelRegistry, UUPSUpgradeable, AccessManagedUpgradeable, ERC721Upgradeable {
    /// @dev The first two slots are what a settlement reads.
    struct StoredModel {
        uint96 perRequest;
        uint16 modelBps;
        uint16 dataBps;
        uint64 base;
        uint64 registeredAt;
        uint96 perPromptToken;
        uint96 perOutputToken;
        bytes32 weightsRoot;
        bytes32 programRoot;
        bytes32 manifestHash;
        string name;
        VersionRef[] versions;
    }

    /// @custom:storage-location erc7201:openledger.storage.ModelRegistry
    struct RegistryStorage {
        uint64 modelCount;
        mapping(uint64 model => StoredModel) models;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.ModelRegistry")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_SLOT = 0xcbe6ec4a17d7f9d3c5d1a39a9242e27975e309a89d123fc696d0e32b5bf57d00;
    uint256 private constant MAXIMUM_NAME_BYTES = 64;
    uint256 private constant MAXIMUM_VERSIONS = 8;
    uint16 private constant MINIMUM_DATA_BPS = 2000;
    uint16 private constant MAXIMUM_BPS = 7000;

    IDatanetRegistry public immutable datanets;

    constructor(IDatanetRegistry datanets_) {
        datanets = datanets_;
        _disableInitializers();
    }

    /// @param authority The AccessManager that governs upgrades.
    function initialize(address authority) external initializer {
        __AccessManaged_init(authority);
        __ERC721_init("OpenLedger Model", "MODEL");
    }

    /// @inheritdoc IModelRegistry
    function registerBase(Registration calldata registration) external returns (uint64 model) {
        return _register(0, registration, new VersionRef[](0));
    }

    /// @inheritdoc IModelRegistry
    function registerAdapter(uint64 base, Registration calldata registration, VersionRef[] calldata versions)
        external
        returns (uint64 model)
    {
        _requireModel(base);
        if (_storage().models[base].base != 0) revert ModelRegistry_NotABase(base);
        if (versions.length == 0 || versions.length > MAXIMUM_VERSIONS) {
            revert ModelRegistry_VersionCountOutOfRange(versions.length, MAXIMUM_VERSIONS);
        }
        for (uint256 i = 0; i < versions.length; ++i) {
            if (i != 0 && _place(versions[i]) <= _place(versions[i - 1])) {
                revert ModelRegistry_VersionsNotAscending(i);
            }
            _requirePublished(versions[i]);
        }
        return _register(base, registration, versions);
    }

    /// @inheritdoc IModelRegistry
    function modelCount() external view returns (uint64) {
        return _storage().modelCount;
    }

    /// @inheritdoc IModelRegistry
    function modelOf(uint64 model) external view returns (Model memory result) {
        _requireModel(model);
        StoredModel storage m = _storage().models[model];
        result.base = m.base;
        result.weightsRoot = m.weightsRoot;
        result.programRoot = m.programRoot;
        result.manifestHash = m.manifestHash;
        result.price = Price(m.perRequest, m.perPromptToken, m.perOutputToken);
        result.revenue = Revenue(m.modelBps, m.dataBps);
        result.registeredAt = m.registeredAt;
        result.name = m.name;
        result.versions = m.versions;
    }

    /// @inheritdoc IModelRegistry
    function termsOf(uint64 model) external view returns (Price memory price, Revenue memory revenue) {
        StoredModel storage m = _storage().models[model];
        // Written with the block's timestamp, never 0: it lies in a slot that is read here anyway.
        if (m.registeredAt == 0) revert ModelRegistry_UnknownModel(model);
        price = Price(m.perRequest, m.perPromptToken, m.perOutputToken);
        revenue = Revenue(m.modelBps, m.dataBps);
    }

    /// @inheritdoc IModelRegistry
    function revenueAt(uint64 model, uint64 timestamp) external view returns (Revenue memory) {
        StoredModel storage m = _storage().models[model];
        if (m.registeredAt == 0) revert ModelRegistry_UnknownModel(model);
        if (timestamp < m.registeredAt) revert ModelRegistry_BeforeRegistration(model, timestamp, m.registeredAt);
        return Revenue(m.modelBps, m.dataBps);
    }

    // solhint-disable-next-line no-empty-blocks
    function _authorizeUpgrade(address) internal override restricted {}

    /// @param versions In memory, for one copy serves storage and event.
    function _register(uint64 base, Registration memory registration, VersionRef[] memory versions)
        private
        returns (uint64 model)
    {
        _requireSound(registration, versions.length != 0);

        RegistryStorage storage $ = _storage();
        model = ++$.modelCount;
        StoredModel storage m = $.models[model];
        m.perRequest = registration.price.perRequest;
        m.modelBps = registration.revenue.modelBps;
        m.dataBps = registration.revenue.dataBps;
        m.base = base;
        m.registeredAt = uint64(block.timestamp);
        m.perPromptToken = registration.price.perPromptToken;
        m.perOutputToken = registration.price.perOutputToken;
        m.weightsRoot = registration.weightsRoot;
        m.programRoot = registration.programRoot;
        m.manifestHash = registration.manifestHash;
        m.name = registration.name;
        for (uint256 i = 0; i < versions.length; ++i) {
            m.versions.push(versions[i]);
        }
        _mint(msg.sender, model);

        emit ModelRegistered(
            model,
            base,
            msg.sender,
            registration.name,
            registration.weightsRoot,
            registration.programRoot,
            registration.manifestHash,
            registration.price,
            registration.revenue,
            versions
        );
    }

    function _requirePublished(VersionRef calldata ref) private view {
        // The registry is the protocol's own; it has no version where this call reverts.
        try datanets.versionOf(ref.datanet, ref.version) {}
        catch {
            revert ModelRegistry_UnknownVersion(ref.datanet, ref.version);
        }
    }

    function _requireModel(uint64 model) private view {
        if (model == 0 || model > _storage().modelCount) revert ModelRegistry_UnknownModel(model);
    }

    function _requireSound(Registration memory registration, bool hasVersions) private pure {
        uint256 length = bytes(registration.name).length;
        if (length == 0 || length > MAXIMUM_NAME_BYTES) {
            revert ModelRegistry_NameLengthOutOfRange(length, MAXIMUM_NAME_BYTES);
        }
        if (registration.weightsRoot == 0 || registration.programRoot == 0) revert ModelRegistry_ZeroRoot();
        if (registration.manifestHash == 0) revert ModelRegistry_ZeroManifestHash();

        uint16 dataBps = registration.revenue.dataBps;
        (uint16 minimum, uint16 maximum) = hasVersions ? (MINIMUM_DATA_BPS, MAXIMUM_BPS) : (0, 0);
        if (dataBps < minimum || dataBps > maximum) {
            revert ModelRegistry_DataShareOutOfRange(dataBps, minimum, maximum);
        }
        uint256 sum = uint256(registration.revenue.modelBps) + dataBps;
        if (sum > MAXIMUM_BPS) revert ModelRegistry_SharesTooLarge(sum, MAXIMUM_BPS);
    }

    /// @dev Orders versions by (datanet, version).
    function _place(VersionRef calldata ref) private pure returns (uint256) {
        return (uint256(ref.datanet) << 32) | ref.version;
    }

    function _storage() private pure returns (RegistryStorage storage $) {
        assembly ("memory-safe") {
            $.slot := STORAGE_SLOT
        }
    }
}
