// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "../interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../interfaces/IDatanetRegistry.sol";
import {ContributionLedger} from "./ContributionLedger.sol";
import {ContributionLib} from "./ContributionLib.sol";
import {ContributionStorageLib} from "./ContributionStorageLib.sol";
import {DatanetDomainLib} from "./DatanetDomainLib.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title ContributionRegistry
/// @notice Owns the contributions of Datanets: who made them, what was decided, what is revoked, and their fees until then.
contract ContributionRegistry is ContributionLedger, UUPSUpgradeable, AccessManagedUpgradeable {
    using ContributionLib for Contribution;
    using SafeERC20 for IERC20;

    /// @dev Rules looked up last: most contributions of a list share theirs.
    struct KnownRules {
        uint32 number;
        IDatanetRegistry.Rules rules;
    }

    uint64 private constant MAXIMUM_PAUSE = 7 days;
    uint256 private constant MAXIMUM_LIST = 64;
    uint256 private constant BPS = 10_000;

    /// @notice Fixes what no upgrade of storage changes: OPEN and the Datanets.
    /// @param token_ OPEN.
    /// @param datanets_ The registry of Datanets.
    constructor(IERC20 token_, IDatanetRegistry datanets_) ContributionLedger(token_, datanets_) {
        _disableInitializers();
    }

    /// @notice Hands the proxy over to its authority, once.
    /// @param authority The AccessManager that governs pauses, moderation and upgrades.
    function initialize(address authority) external initializer {
        __AccessManaged_init(authority);
    }

    /// @inheritdoc IContributionRegistry
    function contribute(
        uint64 datanet,
        bytes32 recordsRoot,
        uint32 recordCount,
        bytes32 licence,
        bytes32 dataHash,
        uint32 rules
    ) external returns (uint64 contribution) {
        return _commit(Contribution(0, datanet, msg.sender, recordCount, rules, 0, recordsRoot, licence, dataHash));
    }

    /// @inheritdoc IContributionRegistry
    function contributeFor(
        address contributor,
        uint64 datanet,
        bytes32 recordsRoot,
        uint32 recordCount,
        bytes32 licence,
        bytes32 dataHash,
        uint32 rules,
        uint64 deadline,
        bytes calldata signature
    ) external returns (uint64 contribution) {
        Contribution memory c = Contribution(
            0, datanet, contributor, recordCount, rules, 0, recordsRoot, licence, dataHash
        );
        _useSignature(c, deadline, signature);
        return _commit(c);
    }

    /// @inheritdoc IContributionRegistry
    function accept(uint64 datanet, Contribution[] calldata contributions) external {
        _requireOwner(datanet);
        _requireList(contributions.length);

        KnownRules memory known;
        uint96 toOwner = 0;
        for (uint256 i = 0; i < contributions.length; ++i) {
            Contribution calldata c = contributions[i];
            uint96 fee = _ownerDecides(datanet, c, known).contributionFee;
            _accept(c);
            _settleFee(c, Parts(fee, 0, 0, 0));
            toOwner += fee;
        }
        _creditOwner(datanet, toOwner);
    }

    /// @inheritdoc IContributionRegistry
    function reject(uint64 datanet, Contribution[] calldata contributions) external {
        _requireOwner(datanet);
        _requireList(contributions.length);

        KnownRules memory known;
        for (uint256 i = 0; i < contributions.length; ++i) {
            Contribution calldata c = contributions[i];
            uint96 fee = _ownerDecides(datanet, c, known).contributionFee;
            _reject(c);
            _settleFee(c, Parts(0, 0, 0, fee));
        }
    }

    /// @inheritdoc IContributionRegistry
    function settleOverdue(uint64 datanet, Contribution[] calldata contributions) external {
        _requireList(contributions.length);

        KnownRules memory known;
        uint96 toOwner = 0;
        for (uint256 i = 0; i < contributions.length; ++i) {
            Contribution calldata c = contributions[i];
            _requireWaiting(datanet, c);
            IDatanetRegistry.Rules memory rules = _rulesOf(c, known);
            uint64 decideBy = c.committedAt + rules.decisionPeriod;
            if (block.timestamp < decideBy) {
                revert ContributionRegistry_DecisionOpen(c.number, decideBy, uint64(block.timestamp));
            }
            if (rules.access == IDatanetRegistry.Access.Open) {
                _accept(c);
                _settleFee(c, Parts(rules.contributionFee, 0, 0, 0));
                toOwner += rules.contributionFee;
            } else {
                _reject(c);
                _settleFee(c, Parts(0, 0, 0, rules.contributionFee));
            }
        }
        _creditOwner(datanet, toOwner);
    }

    /// @inheritdoc IContributionRegistry
    function withdrawContribution(Contribution calldata c) external {
        if (c.contributor != msg.sender) {
            revert ContributionRegistry_NotContributor(c.number, msg.sender, c.contributor);
        }
        ContributionStorageLib.StoredContribution storage stored = _stored(c);
        ContributionState state = stored.state;
        if (state == ContributionState.Accepted) {
            _revoke(c, stored);
            return;
        }
        if (!_isWaiting(state)) revert ContributionRegistry_WrongState(c.number, state);

        stored.state = ContributionState.Withdrawn;

        emit ContributionWithdrawn(c.number, c.datanet, c.contributor);
        _settleFee(c, Parts(0, 0, 0, _feeOf(c)));
    }

    /// @inheritdoc IContributionRegistry
    function revokeContribution(Contribution calldata c) external restricted {
        ContributionStorageLib.StoredContribution storage stored = _stored(c);
        if (stored.state == ContributionState.Accepted) {
            _revoke(c, stored);
            return;
        }
        _requireUndecided(c.number, stored.state);
        _reject(c);
        _settleFee(c, Parts(0, 0, 0, _feeOf(c)));
    }

    /// @inheritdoc IContributionRegistry
    function revokeRecord(Contribution calldata c, uint32 index) external restricted {
        _requireAccepted(c);
        if (index >= c.recordCount) revert ContributionRegistry_NoSuchRecord(c.number, index, c.recordCount);
        _requireStanding(c.number, index);

        _revokeRecord(c, index);
    }

    /// @inheritdoc IContributionRegistry
    function refuteDuplicate(
        Contribution calldata later,
        RecordOpening calldata laterRecord,
        Contribution calldata earlier,
        RecordOpening calldata earlierRecord,
        bytes32 contentHash
    ) external {
        ContributionState state = _stored(later).state;
        if (earlier.datanet != later.datanet) {
            revert ContributionRegistry_NotInDatanet(earlier.number, later.datanet, earlier.datanet);
        }
        if (later.number == earlier.number) {
            if (laterRecord.index <= earlierRecord.index) {
                revert ContributionRegistry_NotLater(later.number, laterRecord.index);
            }
            _stored(earlier);
        } else {
            if (later.number < earlier.number) {
                revert ContributionRegistry_NotLater(later.number, laterRecord.index);
            }
            _requireAccepted(earlier);
        }
        _requireRecord(earlier, earlierRecord, contentHash);
        _requireRecord(later, laterRecord, contentHash);

        uint96 fee = 0;
        if (state != ContributionState.Accepted) {
            _requireUndecided(later.number, state);
            fee = _feeOf(later);
        }
        uint96 bounty = fee / 2;

        emit DuplicateRefuted(later.number, earlier.number, msg.sender, laterRecord.index, earlierRecord.index, bounty);
        if (state == ContributionState.Accepted) {
            _revokeRecord(later, laterRecord.index);
            return;
        }
        _reject(later);
        _settleFee(later, Parts(0, 0, bounty, fee - bounty));
    }

    /// @inheritdoc IContributionRegistry
    function enterRound(uint64 datanet, Contribution[] calldata contributions, uint64 endsAt) external {
        _requireValidators();

        KnownRules memory known;
        for (uint256 i = 0; i < contributions.length; ++i) {
            Contribution calldata c = contributions[i];
            ContributionStorageLib.StoredContribution storage stored = _requireWaiting(datanet, c);
            IDatanetRegistry.Rules memory rules = _rulesOf(c, known);
            if (rules.decider != IDatanetRegistry.Decider.Validators) {
                revert ContributionRegistry_NotDecider(c.number, c.rules);
            }
            uint64 decideBy = c.committedAt + rules.decisionPeriod;
            if (endsAt > decideBy) revert ContributionRegistry_RoundTooLong(c.number, endsAt, decideBy);

            stored.state = ContributionState.InRound;
            emit ContributionEnteredRound(c.number, c.datanet);
        }
    }

    /// @inheritdoc IContributionRegistry
    function decideRound(uint64 datanet, Contribution[] calldata contributions, uint64 accepted)
        external
        returns (uint96 validatorFees)
    {
        _requireValidators();

        KnownRules memory known;
        uint96 toOwner = 0;
        for (uint256 i = 0; i < contributions.length; ++i) {
            Contribution calldata c = contributions[i];
            if (_stored(c).state != ContributionState.InRound) continue;
            IDatanetRegistry.Rules memory rules = _rulesOf(c, known);
            // at most the fee, a uint96
            uint96 part = uint96((uint256(rules.contributionFee) * rules.validatorsBps) / BPS);
            uint96 rest = rules.contributionFee - part;
            validatorFees += part;
            if ((accepted >> i) & 1 == 1) {
                _accept(c);
                _settleFee(c, Parts(rest, part, 0, 0));
                toOwner += rest;
            } else {
                _reject(c);
                _settleFee(c, Parts(0, part, 0, rest));
            }
        }
        _creditOwner(datanet, toOwner);
        if (validatorFees != 0) token.safeTransfer(msg.sender, validatorFees);
    }

    /// @inheritdoc IContributionRegistry
    function releaseRound(Contribution[] calldata contributions) external {
        _requireValidators();

        for (uint256 i = 0; i < contributions.length; ++i) {
            Contribution calldata c = contributions[i];
            ContributionStorageLib.StoredContribution storage stored = _stored(c);
            if (stored.state != ContributionState.InRound) continue;
            stored.state = ContributionState.Referred;
            emit ContributionReferred(c.number, c.datanet);
        }
    }

    /// @inheritdoc IContributionRegistry
    function pauseContributions(uint64 until) external restricted {
        uint64 latest = uint64(block.timestamp) + MAXIMUM_PAUSE;
        if (until > latest) revert ContributionRegistry_PauseOutOfRange(until, latest);

        ContributionStorageLib.load().pausedUntil = until;

        emit ContributionsPaused(until);
    }

    // solhint-disable-next-line no-empty-blocks
    function _authorizeUpgrade(address) internal override restricted {}

    function _useSignature(Contribution memory c, uint64 deadline, bytes calldata signature) private {
        if (block.timestamp > deadline) {
            revert ContributionRegistry_SignatureExpired(deadline, uint64(block.timestamp));
        }
        uint64 nonce = ContributionStorageLib.load().nonces[c.contributor]++;
        bytes32 digest = DatanetDomainLib.digest(DatanetDomainLib.CONTRIBUTIONS, c.structHash(nonce, deadline));
        if (!SignatureChecker.isValidSignatureNowCalldata(c.contributor, digest, signature)) {
            revert ContributionRegistry_InvalidSignature(c.contributor);
        }
    }

    function _commit(Contribution memory c) private returns (uint64 number) {
        ContributionStorageLib.Layout storage $ = ContributionStorageLib.load();
        uint64 until = $.pausedUntil;
        if (block.timestamp < until) revert ContributionRegistry_Paused(until, uint64(block.timestamp));
        if (c.recordsRoot == 0) revert ContributionRegistry_ZeroRoot();
        if (c.recordCount == 0) revert ContributionRegistry_EmptyContribution();
        if (c.dataHash == 0) revert ContributionRegistry_ZeroDataHash();
        uint96 fee = datanets.feeFor(c.datanet, c.contributor, c.licence, c.rules);

        number = $.contributionCount + 1;
        c.number = number;
        c.committedAt = uint64(block.timestamp);

        $.contributionCount = number;
        $.contributions[number] = ContributionStorageLib.StoredContribution(c.digest(), ContributionState.Committed);

        emit ContributionCommitted(
            number,
            c.datanet,
            c.contributor,
            c.recordsRoot,
            c.recordCount,
            c.licence,
            c.dataHash,
            c.rules,
            c.committedAt
        );
        if (fee != 0) _holdFee(c, fee);
    }

    /// @dev The owner decides on what its rules leave to it and on what validators had no quorum for, in time.
    function _ownerDecides(uint64 datanet, Contribution calldata c, KnownRules memory known)
        private
        view
        returns (IDatanetRegistry.Rules memory rules)
    {
        ContributionState state = _requireWaiting(datanet, c).state;
        rules = _rulesOf(c, known);
        if (rules.decider != IDatanetRegistry.Decider.Owner && state != ContributionState.Referred) {
            revert ContributionRegistry_NotDecider(c.number, c.rules);
        }
        uint64 decideBy = c.committedAt + rules.decisionPeriod;
        if (block.timestamp >= decideBy) {
            revert ContributionRegistry_DecisionOver(c.number, decideBy, uint64(block.timestamp));
        }
    }

    /// @dev All contributions asked about with one `known` are of one Datanet.
    function _rulesOf(Contribution calldata c, KnownRules memory known)
        private
        view
        returns (IDatanetRegistry.Rules memory)
    {
        if (known.number != c.rules) {
            known.number = c.rules;
            known.rules = datanets.rulesOf(c.datanet, c.rules);
        }
        return known.rules;
    }

    function _feeOf(Contribution calldata c) private view returns (uint96) {
        return datanets.rulesOf(c.datanet, c.rules).contributionFee;
    }

    function _requireRecord(Contribution calldata c, RecordOpening calldata opening, bytes32 contentHash) private view {
        _requireStanding(c.number, opening.index);
        if (!c.holds(opening, contentHash)) {
            revert ContributionRegistry_InvalidRecordProof(c.number, opening.index);
        }
    }

    function _requireOwner(uint64 datanet) private view {
        address owner = IERC721(address(datanets)).ownerOf(datanet);
        if (owner != msg.sender) revert ContributionRegistry_NotOwner(datanet, msg.sender, owner);
    }

    function _requireValidators() private view {
        address validators = address(datanets.validators());
        if (msg.sender != validators) revert ContributionRegistry_NotValidators(msg.sender, validators);
    }

    function _requireList(uint256 count) private pure {
        if (count > MAXIMUM_LIST) revert ContributionRegistry_TooMany(count, MAXIMUM_LIST);
    }
}
