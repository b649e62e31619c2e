// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IDatanetRegistry} from "../interfaces/IDatanetRegistry.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {HistoryLib} from "./HistoryLib.sol";
import {LineageLib} from "./LineageLib.sol";
import {ModelStorageLib} from "./ModelStorageLib.sol";
import {RevenueScheduleLib} from "./RevenueScheduleLib.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title ModelRegistry
/// @notice Owns models: their roots, prices, Datanet versions, lineage and the parts of a fee that their owners choose.
contract ModelRegistry is IModelRegistry, UUPSUpgradeable, AccessManagedUpgradeable, ERC721Upgradeable {
    using HistoryLib for uint256[];
    using LineageLib for ModelStorageLib.StoredModel;
    using RevenueScheduleLib for ModelStorageLib.StoredModel;
    using SafeERC20 for IERC20;

    uint256 private constant MAXIMUM_NAME_BYTES = 64;
    uint256 private constant MAXIMUM_VERSIONS = 8;
    uint16 private constant MAXIMUM_DERIVATIVE_BPS = 5000;
    uint96 private constant MAXIMUM_PUBLISHING_FEE = 10_000e18;
    uint64 private constant LONGEST_PAUSE = 7 days;

    /// @notice The registry of the Datanets whose versions models name.
    IDatanetRegistry public immutable datanets;
    /// @notice OPEN: publishing fees are paid in it.
    IERC20 public immutable token;

    /// @notice Fixes what no upgrade of storage changes: the Datanets and OPEN.
    /// @param datanets_ The registry of Datanets.
    /// @param token_ OPEN.
    constructor(IDatanetRegistry datanets_, IERC20 token_) {
        datanets = datanets_;
        token = token_;
        _disableInitializers();
    }

    /// @notice Hands the proxy over to its authority and names the treasury, once.
    /// @param authority The AccessManager that governs the registry.
    /// @param treasury_ Where publishing fees go; not zero.
    function initialize(address authority, address treasury_) external initializer {
        __AccessManaged_init(authority);
        __ERC721_init("OpenLedger Model", "MODEL");
        _setTreasury(treasury_);
    }

    /// @inheritdoc IModelRegistry
    function registerBase(Registration calldata registration) external returns (uint64 model) {
        return _register(0, registration, _noVersions());
    }

    /// @inheritdoc IModelRegistry
    function registerAdapter(uint64 base, Registration calldata registration, VersionRef[] calldata versions)
        external
        returns (uint64 model)
    {
        _requireBase(base);
        if (versions.length == 0 || versions.length > MAXIMUM_VERSIONS) {
            revert ModelRegistry_VersionCountOutOfRange(versions.length, MAXIMUM_VERSIONS);
        }
        for (uint256 i = 0; i < versions.length; ++i) {
            if (i != 0 && _place(versions[i]) <= _place(versions[i - 1])) {
                revert ModelRegistry_VersionsNotAscending(i);
            }
            // reverts where no such version was published
            datanets.versionOf(versions[i].datanet, versions[i].version);
        }
        return _register(base, registration, versions);
    }

    /// @inheritdoc IModelRegistry
    function scheduleRevenue(uint64 model, Revenue calldata revenue) external returns (uint64 effectiveAt) {
        ModelStorageLib.StoredModel storage m = _own(model);

        effectiveAt = RevenueScheduleLib.schedule(model, m, revenue);

        emit RevenueScheduled(model, revenue, effectiveAt);
    }

    /// @inheritdoc IModelRegistry
    function cancelRevenue(uint64 model) external {
        ModelStorageLib.StoredModel storage m = _own(model);

        Revenue memory revenue = RevenueScheduleLib.cancel(model, m);

        emit RevenueCancelled(model, revenue);
    }

    /// @inheritdoc IModelRegistry
    function commitCard(uint64 model, bytes32 cardHash) external {
        _own(model);

        emit CardCommitted(model, cardHash);
    }

    /// @inheritdoc IModelRegistry
    function deprecate(uint64 model) external {
        _deprecate(model, _own(model));
    }

    /// @inheritdoc IModelRegistry
    function deprecateByVerdict(uint64 model) external restricted {
        _deprecate(model, ModelStorageLib.known(model));
    }

    /// @inheritdoc IModelRegistry
    function setPublishingFee(uint96 fee) external restricted {
        _requireAtMost(fee, MAXIMUM_PUBLISHING_FEE);

        ModelStorageLib.load().publishingFee = fee;

        emit PublishingFeeSet(fee);
    }

    /// @inheritdoc IModelRegistry
    function setTreasury(address treasury_) external restricted {
        _setTreasury(treasury_);
    }

    /// @inheritdoc IModelRegistry
    function pauseRegistration(uint64 until) external restricted {
        uint64 latest = uint64(block.timestamp) + LONGEST_PAUSE;
        if (until > latest) revert ModelRegistry_PauseTooLong(until, latest);

        ModelStorageLib.load().registrationPausedUntil = until;

        emit RegistrationPaused(until);
    }

    /// @inheritdoc IModelRegistry
    function modelCount() external view returns (uint64) {
        return ModelStorageLib.load().modelCount;
    }

    /// @inheritdoc IModelRegistry
    function modelOf(uint64 model) external view returns (Model memory result) {
        ModelStorageLib.StoredModel storage m = ModelStorageLib.known(model);
        result.base = m.base;
        result.weightsRoot = m.weightsRoot;
        result.programRoot = m.programRoot;
        result.manifestHash = m.manifestHash;
        result.price = _priceOf(m);
        result.revenue = m.inForce();
        result.registeredAt = m.registeredAt;
        result.name = m.name;
        result.versions = m.versions;
        result.supersedes = m.supersedes;
        result.successor = m.successor;
        result.deprecatedAt = m.deprecatedAt;
        result.derivativeBps = m.derivativeBps;
        result.upstream = m.read();
    }

    /// @inheritdoc IModelRegistry
    function termsOf(uint64 model) external view returns (Price memory price, Revenue memory revenue) {
        ModelStorageLib.StoredModel storage m = ModelStorageLib.known(model);
        price = _priceOf(m);
        revenue = m.inForce();
    }

    /// @inheritdoc IModelRegistry
    function revenueAt(uint64 model, uint64 timestamp) external view returns (Revenue memory) {
        return RevenueScheduleLib.inForceAt(model, ModelStorageLib.known(model), timestamp);
    }

    /// @inheritdoc IModelRegistry
    function revenueScheduleOf(uint64 model)
        external
        view
        returns (uint16 modelBps, uint16 dataBps, uint16 nextModelBps, uint16 nextDataBps, uint64 effectiveAt)
    {
        ModelStorageLib.StoredModel storage m = ModelStorageLib.known(model);
        return (m.modelBps, m.dataBps, m.nextModelBps, m.nextDataBps, m.effectiveAt);
    }

    /// @inheritdoc IModelRegistry
    function upstreamOf(uint64 model) external view returns (Upstream[] memory) {
        return ModelStorageLib.known(model).read();
    }

    /// @inheritdoc IModelRegistry
    function deprecatedAtOf(uint64 model) external view returns (uint64) {
        return ModelStorageLib.known(model).deprecatedAt;
    }

    /// @inheritdoc IModelRegistry
    function ownerAt(uint64 model, uint48 timestamp) external view returns (address) {
        ModelStorageLib.known(model);
        // an address is its lowest 160 bits
        return address(uint160(ModelStorageLib.load().owners[model].newestAt(timestamp)));
    }

    /// @inheritdoc IModelRegistry
    function publishingFee() external view returns (uint96) {
        return ModelStorageLib.load().publishingFee;
    }

    /// @inheritdoc IModelRegistry
    function treasury() external view returns (address) {
        return ModelStorageLib.load().treasury;
    }

    /// @inheritdoc IModelRegistry
    function registrationPausedUntil() external view returns (uint64) {
        return ModelStorageLib.load().registrationPausedUntil;
    }

    /// @dev Models are never burnt, so that nobody is no owner.
    function _update(address to, uint256 model, address auth) internal override returns (address from) {
        from = super._update(to, model, auth);
        // numbers are counted in 64 bits
        ModelStorageLib.load().owners[uint64(model)].note(uint160(to));
    }

    // solhint-disable-next-line no-empty-blocks
    function _authorizeUpgrade(address) internal override restricted {}

    function _register(uint64 base, Registration calldata registration, VersionRef[] calldata versions)
        private
        returns (uint64 model)
    {
        _requireOpen();
        _requireSound(registration, versions.length != 0);
        uint96 fee = _requireFee(registration.maximumFee);
        Upstream[] memory upstream = LineageLib.flatten(base, registration.upstream);

        ModelStorageLib.Layout storage $ = ModelStorageLib.load();
        model = ++$.modelCount;
        _succeed(registration.supersedes, model);
        _store($.models[model], base, registration, versions);
        $.models[model].store(upstream);
        _mint(msg.sender, model);

        _emitRegistered(model, base, registration, versions);
        emit LineageFixed(model, registration.supersedes, registration.derivativeBps, upstream);
        if (fee != 0) _payFee(model, fee);
    }

    function _store(
        ModelStorageLib.StoredModel storage m,
        uint64 base,
        Registration calldata registration,
        VersionRef[] calldata versions
    ) private {
        m.perRequest = registration.price.perRequest;
        m.start(registration.revenue);
        m.derivativeBps = registration.derivativeBps;
        m.perPromptToken = registration.price.perPromptToken;
        m.perOutputToken = registration.price.perOutputToken;
        m.registeredAt = uint64(block.timestamp);
        m.base = base;
        m.supersedes = registration.supersedes;
        m.weightsRoot = registration.weightsRoot;
        m.programRoot = registration.programRoot;
        m.manifestHash = registration.manifestHash;
        m.name = registration.name;
        for (uint256 i = 0; i < versions.length; ++i) {
            m.versions.push(versions[i]);
        }
    }

    function _emitRegistered(
        uint64 model,
        uint64 base,
        Registration calldata registration,
        VersionRef[] calldata versions
    ) private {
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

    /// @dev Makes a model the successor of one of the caller's.
    function _succeed(uint64 superseded, uint64 model) private {
        if (superseded == 0) return;
        ModelStorageLib.StoredModel storage m = _own(superseded);
        if (m.successor != 0) revert ModelRegistry_HasSuccessor(superseded, m.successor);

        m.successor = model;
    }

    function _payFee(uint64 model, uint96 fee) private {
        address to = ModelStorageLib.load().treasury;

        emit PublishingFeePaid(model, msg.sender, to, fee);
        token.safeTransferFrom(msg.sender, to, fee);
    }

    function _deprecate(uint64 model, ModelStorageLib.StoredModel storage m) private {
        if (m.deprecatedAt != 0) revert ModelRegistry_AlreadyDeprecated(model, m.deprecatedAt);

        m.deprecatedAt = uint64(block.timestamp);

        emit ModelDeprecated(model, msg.sender, uint64(block.timestamp));
    }

    function _setTreasury(address treasury_) private {
        if (treasury_ == address(0)) revert ModelRegistry_ZeroAddress();

        ModelStorageLib.load().treasury = treasury_;

        emit TreasurySet(treasury_);
    }

    function _own(uint64 model) private view returns (ModelStorageLib.StoredModel storage m) {
        m = ModelStorageLib.known(model);
        address owner = _ownerOf(model);
        if (owner != msg.sender) revert ModelRegistry_NotOwner(model, msg.sender, owner);
    }

    function _requireOpen() private view {
        uint64 until = ModelStorageLib.load().registrationPausedUntil;
        if (block.timestamp < until) revert ModelRegistry_RegistrationPaused(until);
    }

    function _requireFee(uint96 maximum) private view returns (uint96 fee) {
        fee = ModelStorageLib.load().publishingFee;
        _requireAtMost(fee, maximum);
    }

    function _priceOf(ModelStorageLib.StoredModel storage m) private view returns (Price memory) {
        return Price(m.perRequest, m.perPromptToken, m.perOutputToken);
    }

    function _requireBase(uint64 base) private view {
        ModelStorageLib.StoredModel storage m = ModelStorageLib.known(base);
        if (m.base != 0) revert ModelRegistry_NotABase(base);
        if (m.deprecatedAt != 0) revert ModelRegistry_BaseDeprecated(base, m.deprecatedAt);
    }

    function _requireSound(Registration calldata registration, bool hasVersions) private pure {
        uint256 length = bytes(registration.name).length;
        if (length == 0 || length > MAXIMUM_NAME_BYTES) {
            revert ModelRegistry_NameLengthOutOfRange(length, MAXIMUM_NAME_BYTES);
        }
        if (registration.weightsRoot == 0 || registration.programRoot == 0) revert ModelRegistry_ZeroRoot();
        if (registration.manifestHash == 0) revert ModelRegistry_ZeroManifestHash();
        if (registration.derivativeBps > MAXIMUM_DERIVATIVE_BPS) {
            revert ModelRegistry_DerivativeShareTooLarge(registration.derivativeBps, MAXIMUM_DERIVATIVE_BPS);
        }
        RevenueScheduleLib.requireSound(registration.revenue, hasVersions);
    }

    function _requireAtMost(uint96 fee, uint96 maximum) private pure {
        if (fee > maximum) revert ModelRegistry_FeeAboveMaximum(fee, maximum);
    }

    function _noVersions() private pure returns (VersionRef[] calldata versions) {
        assembly ("memory-safe") {
            versions.offset := 0
            versions.length := 0
        }
    }

    /// @dev Orders versions by (datanet, version).
    function _place(VersionRef calldata ref) private pure returns (uint256) {
        return (uint256(ref.datanet) << 32) | ref.version;
    }
}
