// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "../interfaces/IContributionRegistry.sol";
import {IDisputeManager} from "../interfaces/IDisputeManager.sol";
import {BatchOpening} from "../interfaces/IInferenceMarket.sol";
import {IJury} from "../interfaces/IJury.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IReceiptCourt} from "../interfaces/IReceiptCourt.sol";
import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title DisputeManager
/// @notice Takes to a jury what arithmetic cannot settle, and does what follows.
contract DisputeManager is IDisputeManager, UUPSUpgradeable, AccessManagedUpgradeable {
    /// @custom:storage-location erc7201:openledger.storage.DisputeManager
    struct DisputeStorage {
        mapping(Kind kind => Penalty) penalties;
        mapping(uint64 dispute => Dispute) disputes;
        mapping(bytes32 id => uint64 dispute) latest;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.DisputeManager")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_SLOT = 0x88178d8f5ab0e498f86f82944a4e59b1a32ec56875b67dd7e6c889cc79fb7200;
    uint64 private constant OFFENCE_DAYS = 21;
    uint256 private constant BPS = 10_000;
    uint16 private constant MAXIMUM_DOWNTIME_BPS = 200;
    uint16 private constant MAXIMUM_CONDUCT_BPS = 2000;
    uint16 private constant MAXIMUM_BOUNTY_BPS = 2500;
    uint96 private constant MAXIMUM_SLASH = 1_000_000e18;

    /// @notice The jury that hears disputes and holds their bonds.
    IJury public immutable jury;
    /// @notice The staking manager that verdicts slash by.
    IStakingManager public immutable staking;
    /// @notice The court whose cases of receipts verdicts close.
    IReceiptCourt public immutable court;
    /// @notice The registry whose contributions and records verdicts revoke.
    IContributionRegistry public immutable contributions;
    /// @notice The registry whose models verdicts deprecate.
    IModelRegistry public immutable models;

    /// @notice Fixes what no upgrade of storage changes: whom it asks.
    /// @param jury_ The jury that hears disputes.
    /// @param staking_ The staking manager.
    /// @param court_ The court of receipts.
    /// @param contributions_ The registry of contributions.
    /// @param models_ The model registry.
    constructor(
        IJury jury_,
        IStakingManager staking_,
        IReceiptCourt court_,
        IContributionRegistry contributions_,
        IModelRegistry models_
    ) {
        jury = jury_;
        staking = staking_;
        court = court_;
        contributions = contributions_;
        models = models_;
        _disableInitializers();
    }

    /// @notice Hands the proxy over to its authority and sets the penalties, once.
    /// @param authority The AccessManager that governs penalties and upgrades.
    /// @param downtime Of a runner's downtime; bounds as in `Penalty`.
    /// @param conduct Of models and of agents; bounds as in `Penalty`.
    function initialize(address authority, Penalty calldata downtime, Penalty calldata conduct) external initializer {
        __AccessManaged_init(authority);
        _setPenalty(Kind.Downtime, downtime);
        _setPenalty(Kind.Model, conduct);
        _setPenalty(Kind.Agent, conduct);
    }

    /// @inheritdoc IDisputeManager
    function fileContribution(
        Kind kind,
        IContributionRegistry.Contribution calldata contribution,
        uint64 offence,
        bytes32 evidenceHash
    ) external returns (uint64 dispute) {
        if (!_isOverData(kind)) revert DisputeManager_WrongKind(kind);
        if (!contributions.isContribution(contribution)) {
            revert DisputeManager_UnknownContribution(contribution.number);
        }
        if (offence > contribution.recordCount) revert DisputeManager_OffenceOutOfRange(offence);

        Dispute memory d;
        d.kind = kind;
        d.accused = contribution.contributor;
        d.subject = bytes32(uint256(contribution.number));
        d.offence = bytes32(uint256(offence));
        return _file(d, evidenceHash);
    }

    /// @inheritdoc IDisputeManager
    function fileConduct(Kind kind, bytes32 subject, uint64 day, bytes32 evidenceHash)
        external
        returns (uint64 dispute)
    {
        Role role = _roleOf(kind);
        if (role == Role.None) revert DisputeManager_WrongKind(kind);
        uint256 today = block.timestamp / 1 days;
        if (day > today || uint256(day) + OFFENCE_DAYS < today) revert DisputeManager_OffenceOutOfRange(day);

        Dispute memory d;
        d.kind = kind;
        d.role = role;
        d.accused = _operatorOf(kind, subject, day);
        d.subject = subject;
        d.offence = bytes32(uint256(day));
        return _file(d, evidenceHash);
    }

    /// @inheritdoc IDisputeManager
    function fileAnswer(
        BatchOpening calldata opening,
        IReceiptCourt.PlacedReceipt calldata placed,
        bytes32 evidenceHash
    ) external returns (uint64 dispute) {
        // the court comes first, for it numbers the case; it is the protocol's own and calls nobody back
        court.openCase(opening, placed);
        // the court has seen that it fits
        uint32 index = uint32(placed.index);

        Dispute memory d;
        d.kind = Kind.Answer;
        d.accused = opening.batch.runner;
        d.trial = court.trialOf(opening.batch.number, index).number;
        d.subject = bytes32((uint256(opening.batch.number) << 32) | index);
        return _file(d, evidenceHash);
    }

    /// @inheritdoc IDisputeManager
    function enforce(uint64 dispute) external {
        (Dispute storage d, bool isUpheld) = _unenforced(dispute);
        if (_isOverData(d.kind)) revert DisputeManager_WrongKind(d.kind);

        d.isEnforced = true;

        (uint96 taken, uint96 bounty) = d.kind == Kind.Answer ? _closeCase(d, isUpheld) : _closeConduct(d, isUpheld);
        emit VerdictEnforced(dispute, d.kind, isUpheld, taken, bounty);
    }

    /// @inheritdoc IDisputeManager
    function enforceRevocation(uint64 dispute, IContributionRegistry.Contribution calldata contribution) external {
        (Dispute storage d, bool isUpheld) = _unenforced(dispute);
        if (!_isOverData(d.kind)) revert DisputeManager_WrongKind(d.kind);
        if (!isUpheld) revert DisputeManager_NotUpheld(dispute);
        if (uint256(d.subject) != contribution.number) {
            revert DisputeManager_WrongContribution(dispute, contribution.number);
        }

        d.isEnforced = true;

        emit VerdictEnforced(dispute, d.kind, true, 0, 0);
        // the registry sees to it that this is what was committed under the number
        uint256 offence = uint256(d.offence);
        if (offence == 0) contributions.revokeContribution(contribution);
        // at most the number of records, 32 bits
        else contributions.revokeRecord(contribution, uint32(offence - 1));
    }

    /// @inheritdoc IDisputeManager
    function setPenalty(Kind kind, Penalty calldata penalty) external restricted {
        _setPenalty(kind, penalty);
    }

    /// @inheritdoc IDisputeManager
    function penaltyOf(Kind kind) external view returns (Penalty memory) {
        return _storage().penalties[kind];
    }

    /// @inheritdoc IDisputeManager
    function disputeOf(uint64 dispute) external view returns (Dispute memory) {
        return _storage().disputes[dispute];
    }

    /// @inheritdoc IDisputeManager
    function latestOf(bytes32 id) external view returns (uint64) {
        return _storage().latest[id];
    }

    function _file(Dispute memory d, bytes32 evidenceHash) private returns (uint64 dispute) {
        DisputeStorage storage $ = _storage();
        d.id = keccak256(abi.encode(d.kind, d.subject, d.offence));
        uint64 latest = $.latest[d.id];
        IJury.HearingState state = jury.stateOf(latest);
        if (state != IJury.HearingState.None && state != IJury.HearingState.Dismissed) {
            revert DisputeManager_AlreadyFiled(d.id, latest);
        }

        d.filer = msg.sender;
        if (d.role != Role.None) _putAtRisk(d);
        dispute = jury.open(msg.sender, d.accused, evidenceHash);
        $.latest[d.id] = dispute;
        $.disputes[dispute] = d;

        emit DisputeFiled(dispute, d.kind, d.id, d.subject, d.offence, msg.sender, d.accused, d.atRisk, evidenceHash);
    }

    /// @dev Locks as much of it as nobody else has locked: thawing or not, it stays.
    function _putAtRisk(Dispute memory d) private {
        Penalty storage penalty = _storage().penalties[d.kind];
        uint256 part = uint256(staking.slashable(d.accused, d.role)) * penalty.slashBps / BPS;

        d.bountyBps = penalty.bountyBps;
        // at most the maximum
        d.atRisk = staking.lock(d.accused, d.role, uint96(Math.min(part, penalty.slashMaximum)));
    }

    /// @dev The case may have lapsed; then the verdict concerns nobody.
    function _closeCase(Dispute storage d, bool isUpheld) private returns (uint96 taken, uint96 bounty) {
        // written from 64 and 32 bits
        uint64 batch = uint64(uint256(d.subject) >> 32);
        uint32 index = uint32(uint256(d.subject));
        IReceiptCourt.Trial memory trial = court.trialOf(batch, index);
        if (trial.state != IReceiptCourt.CaseState.Open || trial.number != d.trial) return (0, 0);

        if (isUpheld) return court.strike(batch, index, d.filer);
        court.clear(batch, index);
    }

    function _closeConduct(Dispute storage d, bool isUpheld) private returns (uint96 taken, uint96 bounty) {
        if (isUpheld) {
            (taken, bounty,) =
                staking.slash(IStakingManager.Slash(d.accused, d.role, d.atRisk, d.filer, d.bountyBps, address(0), 0));
            if (d.kind == Kind.Model) _deprecate(uint64(uint256(d.subject)));
        }
        // a slash takes of the lock, which covers it
        if (d.atRisk > taken) staking.unlock(d.accused, d.role, d.atRisk - taken);
    }

    function _deprecate(uint64 model) private {
        if (models.deprecatedAtOf(model) == 0) models.deprecateByVerdict(model);
    }

    function _setPenalty(Kind kind, Penalty memory penalty) private {
        if (_roleOf(kind) == Role.None) revert DisputeManager_WrongKind(kind);
        uint16 maximum = kind == Kind.Downtime ? MAXIMUM_DOWNTIME_BPS : MAXIMUM_CONDUCT_BPS;
        if (
            penalty.slashBps > maximum || penalty.slashMaximum > MAXIMUM_SLASH || penalty.bountyBps > MAXIMUM_BOUNTY_BPS
        ) revert DisputeManager_PenaltyOutOfBounds(kind, penalty);

        _storage().penalties[kind] = penalty;

        emit PenaltySet(kind, penalty);
    }

    /// @dev `upgradeToAndCall` is the only entry, so `restricted` checks that selector.
    function _authorizeUpgrade(address) internal override restricted {}

    function _unenforced(uint64 dispute) private view returns (Dispute storage d, bool isUpheld) {
        IJury.HearingState state = jury.stateOf(dispute);
        isUpheld = state == IJury.HearingState.Upheld;
        if (!isUpheld && state != IJury.HearingState.Dismissed) revert DisputeManager_NotFinished(dispute);
        d = _storage().disputes[dispute];
        if (d.isEnforced) revert DisputeManager_AlreadyEnforced(dispute);
    }

    /// @dev Whose stake a kind of conduct is punished by: a model's owner a day before the day began.
    function _operatorOf(Kind kind, bytes32 subject, uint64 day) private view returns (address) {
        uint256 number = uint256(subject);
        bool isKnown = number != 0 && number <= (kind == Kind.Model ? models.modelCount() : type(uint160).max);
        if (!isKnown) revert DisputeManager_UnknownSubject(kind, subject);
        if (kind != Kind.Model) return address(uint160(number));
        // a day before: time enough to send on what nobody asked for; 64 bits of models, 48 of seconds
        return models.ownerAt(uint64(number), uint48((day - 1) * 1 days));
    }

    function _isOverData(Kind kind) private pure returns (bool) {
        return kind == Kind.Licence || kind == Kind.Data;
    }

    /// @dev The stake that a kind of conduct is punished by.
    function _roleOf(Kind kind) private pure returns (Role) {
        if (kind == Kind.Downtime) return Role.Runner;
        if (kind == Kind.Model) return Role.Model;
        if (kind == Kind.Agent) return Role.Agent;
        return Role.None;
    }

    function _storage() private pure returns (DisputeStorage storage $) {
        assembly ("memory-safe") {
            $.slot := STORAGE_SLOT
        }
    }
}
