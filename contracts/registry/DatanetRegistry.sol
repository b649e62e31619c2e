// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "../interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../interfaces/IDatanetRegistry.sol";
import {IDatanetValidators} from "../interfaces/IDatanetValidators.sol";
import {IRewardDistributor} from "../interfaces/IRewardDistributor.sol";
import {TokenLib} from "../libraries/TokenLib.sol";
import {DatanetRulesLib} from "./DatanetRulesLib.sol";
import {DatanetStorageLib} from "./DatanetStorageLib.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title DatanetRegistry
/// @notice Owns Datanets: their owners (ERC-721), their rules, their versions and what they earn.
contract DatanetRegistry is IDatanetRegistry, UUPSUpgradeable, AccessManagedUpgradeable, ERC721Upgradeable {
    using DatanetRulesLib for Rules;
    using DatanetStorageLib for DatanetStorageLib.DatanetState;
    using SafeERC20 for IERC20;

    uint64 private constant RULES_DELAY = 7 days;
    uint256 private constant MAXIMUM_NAME_BYTES = 64;
    uint256 private constant MAXIMUM_LICENCES = 16;
    uint256 private constant MAXIMUM_LIST = 64;
    uint256 private constant BPS = 10_000;
    uint96 private constant MAXIMUM_PUBLISHING_FEE = 10_000e18;

    /// @notice OPEN: credits and publishing fees are paid in it.
    IERC20 public immutable token;

    /// @notice Fixes what no upgrade of storage changes: OPEN.
    /// @param token_ OPEN.
    constructor(IERC20 token_) {
        token = token_;
        _disableInitializers();
    }

    /// @notice Hands the proxy over to its authority, once.
    /// @param authority The AccessManager that governs the publishing fee and upgrades.
    function initialize(address authority) external initializer {
        __AccessManaged_init(authority);
        // name and symbol are in the code: see below
        __ERC721_init("", "");
    }

    /// @inheritdoc IDatanetRegistry
    function createDatanet(
        string calldata name_,
        bytes32 metadataHash,
        bytes32[] calldata licences,
        Rules calldata rules
    ) external returns (uint64 datanet) {
        uint256 length = bytes(name_).length;
        if (length == 0 || length > MAXIMUM_NAME_BYTES) {
            revert DatanetRegistry_NameLengthOutOfRange(length, MAXIMUM_NAME_BYTES);
        }
        if (licences.length == 0 || licences.length > MAXIMUM_LICENCES) {
            revert DatanetRegistry_LicenceCountOutOfRange(licences.length, MAXIMUM_LICENCES);
        }
        DatanetStorageLib.Layout storage $ = DatanetStorageLib.load();
        datanet = ++$.datanetCount;
        DatanetStorageLib.DatanetState storage d = $.datanets[datanet];
        d.metadataHash = metadataHash;
        d.name = name_;
        d.rules = 1;
        _allowLicences(datanet, licences);
        _mint(msg.sender, datanet);

        emit DatanetCreated(datanet, msg.sender, name_, metadataHash, licences);
        _writeRules(datanet, 1, rules, uint64(block.timestamp));
    }

    /// @inheritdoc IDatanetRegistry
    function scheduleRules(uint64 datanet, Rules calldata rules) external returns (uint32 number) {
        _requireOwner(datanet);

        DatanetStorageLib.DatanetState storage d = DatanetStorageLib.load().datanets[datanet];
        uint32 inForce = d.rulesInForce();
        uint64 effectiveAt = uint64(block.timestamp) + RULES_DELAY;
        number = inForce + 1;

        d.rules = inForce;
        d.nextRulesAt = effectiveAt;

        _writeRules(datanet, number, rules, effectiveAt);
    }

    /// @inheritdoc IDatanetRegistry
    function setLicences(uint64 datanet, bytes32[] calldata added, bytes32[] calldata removed) external {
        _requireOwner(datanet);
        _requireList(added.length + removed.length);

        _allowLicences(datanet, added);
        mapping(bytes32 licence => bool) storage isAllowed = DatanetStorageLib.load().isLicenceAllowed[datanet];
        for (uint256 i = 0; i < removed.length; ++i) {
            isAllowed[removed[i]] = false;
        }

        emit LicencesChanged(datanet, added, removed);
    }

    /// @inheritdoc IDatanetRegistry
    function setContributors(uint64 datanet, address[] calldata added, address[] calldata removed) external {
        _requireOwner(datanet);
        _requireList(added.length + removed.length);

        mapping(address account => bool) storage isListed = DatanetStorageLib.load().isContributor[datanet];
        for (uint256 i = 0; i < added.length; ++i) {
            isListed[added[i]] = true;
        }
        for (uint256 i = 0; i < removed.length; ++i) {
            isListed[removed[i]] = false;
        }

        emit ContributorsChanged(datanet, added, removed);
    }

    /// @inheritdoc IDatanetRegistry
    function publishVersion(uint64 datanet) external returns (uint32 version) {
        _requireOwner(datanet);
        DatanetStorageLib.Layout storage $ = DatanetStorageLib.load();
        DatanetStorageLib.DatanetState storage d = $.datanets[datanet];
        Version memory next = $.contributions.nextVersionOf(datanet);
        version = d.versionCount;
        // Version 0 is never written: before the first version anything accepted is new.
        Version storage last = $.versions[datanet][version];
        if (next.contributionCount == last.contributionCount && next.revocationCount == last.revocationCount) {
            revert DatanetRegistry_NothingToPublish(datanet);
        }

        ++version;
        uint96 fee = $.publishingFee;

        d.versionCount = version;
        $.versions[datanet][version] = next;

        emit VersionPublished(
            datanet,
            version,
            next.root,
            next.contributionCount,
            next.recordCount,
            next.revocationCount,
            next.revocationsHash,
            fee
        );
        if (fee != 0) token.safeTransferFrom(msg.sender, $.treasury, fee);
    }

    /// @inheritdoc IDatanetRegistry
    function commitIndex(uint64 datanet, uint32 version, uint64 base, bytes32 root, bytes32 dataHash) external {
        _requireOwner(datanet);
        _requireVersion(datanet, version);
        if (root == 0) revert DatanetRegistry_ZeroRoot();
        if (dataHash == 0) revert DatanetRegistry_ZeroDataHash();
        DatanetStorageLib.Index storage index = DatanetStorageLib.load().indices[datanet][version][base];
        if (index.root != 0) revert DatanetRegistry_IndexExists(datanet, version, base);

        index.root = root;
        index.dataHash = dataHash;

        emit IndexCommitted(datanet, version, base, root, dataHash);
    }

    /// @inheritdoc IDatanetRegistry
    function claimPool(
        uint64 stream,
        bytes32 root,
        uint64 index,
        uint64 count,
        uint64 datanet,
        uint96 cumulative,
        uint128 runningSum,
        bytes32[] calldata siblings
    ) external returns (uint96 amount) {
        _requireDatanet(datanet);
        uint256 before = TokenLib.heldOf(token);
        // the pool's account is the Datanet's number as an address
        amount = DatanetStorageLib.load().distributor
            .claim(stream, root, index, count, address(uint160(datanet)), cumulative, runningSum, siblings);
        TokenLib.requireReceived(token, before, amount);
        _creditPool(datanet, stream, amount);
    }

    /// @inheritdoc IDatanetRegistry
    function addOwnerCredit(uint64 datanet, uint96 amount) external {
        _requireDatanet(datanet);

        uint96 creditAfter = _addCredit(datanet, amount);

        emit OwnerCredited(datanet, msg.sender, amount, creditAfter);
        TokenLib.pull(token, msg.sender, amount);
    }

    /// @inheritdoc IDatanetRegistry
    function collectOwner(uint64 datanet) external returns (uint96 amount) {
        _requireDatanet(datanet);
        DatanetStorageLib.DatanetState storage d = DatanetStorageLib.load().datanets[datanet];
        amount = d.ownerCredit;
        if (amount == 0) revert DatanetRegistry_NothingToCollect(datanet);
        address owner = _ownerOf(datanet);

        d.ownerCredit = 0;

        emit OwnerCollected(datanet, owner, amount);
        token.safeTransfer(owner, amount);
    }

    /// @inheritdoc IDatanetRegistry
    function setPublishingFee(uint96 amount, address treasury) external restricted {
        if (treasury == address(0)) revert DatanetRegistry_ZeroAccount();
        if (amount > MAXIMUM_PUBLISHING_FEE) {
            revert DatanetRegistry_FeeAboveMaximum(amount, MAXIMUM_PUBLISHING_FEE);
        }

        DatanetStorageLib.Layout storage $ = DatanetStorageLib.load();
        $.publishingFee = amount;
        $.treasury = treasury;

        emit PublishingFeeSet(amount, treasury);
    }

    /// @inheritdoc IDatanetRegistry
    function wire(IRewardDistributor distributor_, IContributionRegistry contributions_, IDatanetValidators validators_)
        external
        restricted
    {
        if (
            address(distributor_) == address(0) || address(contributions_) == address(0)
                || address(validators_) == address(0)
        ) revert DatanetRegistry_ZeroAccount();
        DatanetStorageLib.Layout storage $ = DatanetStorageLib.load();
        if (address($.distributor) != address(0)) {
            revert DatanetRegistry_AlreadyWired(address($.distributor));
        }

        $.distributor = distributor_;
        $.contributions = contributions_;
        $.validators = validators_;

        emit Wired(address(distributor_), address(contributions_), address(validators_));
    }

    /// @notice Name of the collection of Datanets.
    /// @return "OpenLedger Datanet".
    function name() public pure override returns (string memory) {
        return "OpenLedger Datanet";
    }

    /// @notice Symbol of the collection of Datanets.
    /// @return "DATANET".
    function symbol() public pure override returns (string memory) {
        return "DATANET";
    }

    /// @notice Empty: a Datanet describes itself by its name and metadata hash.
    /// @param datanet The Datanet's number, from 1; reverts for one that does not exist.
    /// @return The empty string.
    function tokenURI(uint256 datanet) public view override returns (string memory) {
        _requireOwned(datanet);
        return "";
    }

    /// @inheritdoc IDatanetRegistry
    function feeFor(uint64 datanet, address contributor, bytes32 licence, uint32 rules) external view returns (uint96) {
        DatanetStorageLib.Layout storage $ = DatanetStorageLib.load();
        uint32 inForce = $.datanets[datanet].rulesInForce();
        if (inForce == 0) revert DatanetRegistry_UnknownDatanet(datanet);
        if (!$.isLicenceAllowed[datanet][licence]) revert DatanetRegistry_LicenceNotAllowed(datanet, licence);
        if (rules != inForce) revert DatanetRegistry_RulesNotInForce(datanet, rules, inForce);
        Rules storage r = $.rules[datanet][rules];
        if (r.access == Access.Private && !$.isContributor[datanet][contributor]) {
            revert DatanetRegistry_NotAdmitted(datanet, contributor);
        }
        return r.contributionFee;
    }

    /// @inheritdoc IDatanetRegistry
    function rulesOf(uint64 datanet, uint32 rules) external view returns (Rules memory result) {
        result = DatanetStorageLib.load().rules[datanet][rules];
        // valid rules have a decision period
        if (result.decisionPeriod == 0) revert DatanetRegistry_UnknownRules(datanet, rules);
    }

    /// @inheritdoc IDatanetRegistry
    function datanetCount() external view returns (uint64) {
        return DatanetStorageLib.load().datanetCount;
    }

    /// @inheritdoc IDatanetRegistry
    function datanetOf(uint64 datanet) external view returns (Datanet memory result) {
        _requireDatanet(datanet);
        DatanetStorageLib.DatanetState storage d = DatanetStorageLib.load().datanets[datanet];
        result.rules = d.rulesInForce();
        result.nextRulesAt = result.rules == d.rules ? d.nextRulesAt : 0;
        result.versionCount = d.versionCount;
        result.ownerCredit = d.ownerCredit;
        result.metadataHash = d.metadataHash;
        result.name = d.name;
    }

    /// @inheritdoc IDatanetRegistry
    function isLicenceAllowed(uint64 datanet, bytes32 licence) external view returns (bool) {
        return DatanetStorageLib.load().isLicenceAllowed[datanet][licence];
    }

    /// @inheritdoc IDatanetRegistry
    function isContributor(uint64 datanet, address account) external view returns (bool) {
        return DatanetStorageLib.load().isContributor[datanet][account];
    }

    /// @inheritdoc IDatanetRegistry
    function versionOf(uint64 datanet, uint32 version) external view returns (Version memory) {
        _requireVersion(datanet, version);
        return DatanetStorageLib.load().versions[datanet][version];
    }

    /// @inheritdoc IDatanetRegistry
    function indexOf(uint64 datanet, uint32 version, uint64 base)
        external
        view
        returns (bytes32 root, bytes32 dataHash)
    {
        DatanetStorageLib.Index storage index = DatanetStorageLib.load().indices[datanet][version][base];
        return (index.root, index.dataHash);
    }

    /// @inheritdoc IDatanetRegistry
    function publishingFee() external view returns (uint96 amount, address treasury) {
        DatanetStorageLib.Layout storage $ = DatanetStorageLib.load();
        return ($.publishingFee, $.treasury);
    }

    /// @inheritdoc IDatanetRegistry
    function distributor() external view returns (IRewardDistributor) {
        return DatanetStorageLib.load().distributor;
    }

    /// @inheritdoc IDatanetRegistry
    function contributions() external view returns (IContributionRegistry) {
        return DatanetStorageLib.load().contributions;
    }

    /// @inheritdoc IDatanetRegistry
    function validators() external view returns (IDatanetValidators) {
        return DatanetStorageLib.load().validators;
    }

    // solhint-disable-next-line no-empty-blocks
    function _authorizeUpgrade(address) internal override restricted {}

    function _writeRules(uint64 datanet, uint32 number, Rules memory rules, uint64 effectiveAt) private {
        rules.requireValid();

        DatanetStorageLib.load().rules[datanet][number] = rules;

        emit RulesScheduled(datanet, number, rules, effectiveAt);
    }

    function _creditPool(uint64 datanet, uint64 stream, uint96 amount) private {
        DatanetStorageLib.Layout storage $ = DatanetStorageLib.load();
        uint16 curationBps = $.rules[datanet][$.datanets[datanet].rulesInForce()].curationBps;
        // at most a tenth of a uint96
        uint96 toReserve = uint96((uint256(amount) * curationBps) / BPS);
        IDatanetValidators validators_ = $.validators;

        uint96 creditAfter = _addCredit(datanet, amount - toReserve);

        emit PoolClaimed(datanet, stream, amount - toReserve, toReserve, creditAfter);
        if (toReserve != 0) {
            token.forceApprove(address(validators_), toReserve);
            validators_.addReserve(datanet, toReserve);
        }
    }

    function _addCredit(uint64 datanet, uint96 amount) private returns (uint96 creditAfter) {
        DatanetStorageLib.DatanetState storage d = DatanetStorageLib.load().datanets[datanet];
        creditAfter = d.ownerCredit + amount;
        d.ownerCredit = creditAfter;
    }

    function _allowLicences(uint64 datanet, bytes32[] calldata licences) private {
        mapping(bytes32 licence => bool) storage isAllowed = DatanetStorageLib.load().isLicenceAllowed[datanet];
        for (uint256 i = 0; i < licences.length; ++i) {
            if (licences[i] == 0) revert DatanetRegistry_LicenceNotAllowed(datanet, 0);
            isAllowed[licences[i]] = true;
        }
    }

    function _requireDatanet(uint64 datanet) private view {
        if (datanet == 0 || datanet > DatanetStorageLib.load().datanetCount) {
            revert DatanetRegistry_UnknownDatanet(datanet);
        }
    }

    function _requireVersion(uint64 datanet, uint32 version) private view {
        if (version == 0 || version > DatanetStorageLib.load().datanets[datanet].versionCount) {
            revert DatanetRegistry_UnknownVersion(datanet, version);
        }
    }

    function _requireOwner(uint64 datanet) private view {
        _requireDatanet(datanet);
        address owner = _ownerOf(datanet);
        if (owner != msg.sender) revert DatanetRegistry_NotOwner(datanet, msg.sender, owner);
    }

    function _requireList(uint256 count) private pure {
        if (count > MAXIMUM_LIST) revert DatanetRegistry_TooMany(count, MAXIMUM_LIST);
    }
}
