// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "../interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../interfaces/IDatanetRegistry.sol";
import {IDatanetValidators} from "../interfaces/IDatanetValidators.sol";
import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {CommitRevealLib} from "../libraries/CommitRevealLib.sol";
import {TokenLib} from "../libraries/TokenLib.sol";
import {DatanetDomainLib} from "./DatanetDomainLib.sol";
import {ScoreLib} from "./ScoreLib.sol";
import {ValidatorsStorageLib} from "./ValidatorsStorageLib.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title DatanetValidators
/// @notice Owns the rounds in which validators score contributions by commit–reveal, and what validators earn by them.
contract DatanetValidators is IDatanetValidators, UUPSUpgradeable, AccessManagedUpgradeable {
    using CommitRevealLib for CommitRevealLib.Round;
    using SafeERC20 for IERC20;
    using ScoreLib for ScoreLib.Votes;

    uint256 private constant MAXIMUM_LIST = 64;
    /// @dev Of the slashable validator stake, for an equivocation; and the prover's part of what is taken.
    uint96 private constant EQUIVOCATION_BPS = 1000;
    uint16 private constant BOUNTY_BPS = 2000;
    uint96 private constant BPS = 10_000;

    /// @notice OPEN: rewards are paid in it.
    IERC20 public immutable token;
    /// @notice The registry of Datanets, whose rules rounds go by.
    IDatanetRegistry public immutable datanets;
    /// @notice The registry whose contributions rounds decide.
    IContributionRegistry public immutable contributions;
    /// @notice The staking manager: says who is an active validator, takes rewards as fees and slashes.
    IStakingManager public immutable staking;

    /// @notice Fixes what no upgrade of storage changes: OPEN and whom it asks.
    /// @param token_ OPEN.
    /// @param datanets_ The registry of Datanets.
    /// @param contributions_ The registry of contributions.
    /// @param staking_ The staking manager.
    constructor(
        IERC20 token_,
        IDatanetRegistry datanets_,
        IContributionRegistry contributions_,
        IStakingManager staking_
    ) {
        token = token_;
        datanets = datanets_;
        contributions = contributions_;
        staking = staking_;
        _disableInitializers();
    }

    /// @notice Hands the proxy over to its authority, once.
    /// @param authority The AccessManager that governs upgrades.
    function initialize(address authority) external initializer {
        __AccessManaged_init(authority);
    }

    /// @inheritdoc IDatanetValidators
    function setValidators(uint64 datanet, address[] calldata added, address[] calldata removed) external {
        address owner = IERC721(address(datanets)).ownerOf(datanet);
        if (owner != msg.sender) revert DatanetValidators_NotOwner(datanet, msg.sender, owner);
        uint256 count = added.length + removed.length;
        if (count > MAXIMUM_LIST) revert DatanetValidators_TooMany(count, MAXIMUM_LIST);

        mapping(address account => bool) storage listed = ValidatorsStorageLib.load().isListed[datanet];
        for (uint256 i = 0; i < added.length; ++i) {
            listed[added[i]] = true;
        }
        for (uint256 i = 0; i < removed.length; ++i) {
            listed[removed[i]] = false;
        }

        emit ValidatorsChanged(datanet, added, removed);
    }

    /// @inheritdoc IDatanetValidators
    function openRound(IContributionRegistry.Contribution[] calldata list) external returns (uint64 round) {
        uint64[] memory numbers = _numbersOf(list);
        uint64 datanet = list[0].datanet;
        IDatanetRegistry.Rules memory rules = datanets.rulesOf(datanet, list[0].rules);
        if (IERC721(address(datanets)).ownerOf(datanet) != msg.sender) {
            if (!_isValidator(datanet, rules.admission, msg.sender)) {
                revert DatanetValidators_NotValidator(datanet, msg.sender);
            }
            _requireNeverReferred(numbers);
        }

        ValidatorsStorageLib.Layout storage $ = ValidatorsStorageLib.load();
        round = ++$.roundCount;
        ValidatorsStorageLib.RoundData storage r = $.rounds[round];
        r.datanet = datanet;
        r.rules = list[0].rules;
        // at most 64
        r.contributionCount = uint8(list.length);
        r.state = RoundState.Open;
        r.admission = rules.admission;
        r.quorum = rules.quorum;
        r.acceptScore = rules.acceptScore;
        r.rewardPerContribution = rules.rewardPerContribution;
        r.contributionsHash = keccak256(abi.encode(numbers));
        r.ballots.open(rules.commitPeriod, rules.revealPeriod);

        emit RoundOpened(round, datanet, numbers, r.rules, r.ballots.commitsUntil, r.ballots.revealsUntil);
        contributions.enterRound(datanet, list, r.ballots.revealsUntil);
    }

    /// @inheritdoc IDatanetValidators
    function commit(uint64 round, bytes32 commitment) external {
        _commit(round, msg.sender, commitment);
    }

    /// @inheritdoc IDatanetValidators
    function commitFor(uint64 round, address validator, bytes32 commitment, uint64 deadline, bytes calldata signature)
        external
    {
        if (block.timestamp > deadline) {
            revert DatanetValidators_SignatureExpired(deadline, uint64(block.timestamp));
        }
        if (!_isSigned(round, validator, commitment, deadline, signature)) {
            revert DatanetValidators_InvalidSignature(validator);
        }
        _commit(round, validator, commitment);
    }

    /// @inheritdoc IDatanetValidators
    function reveal(uint64 round, address validator, uint16[] calldata scores, bytes32 salt) external {
        ValidatorsStorageLib.RoundData storage r = _known(round);
        if (scores.length != r.contributionCount) {
            revert DatanetValidators_ScoreCount(scores.length, r.contributionCount);
        }
        if (r.hasEquivocated[validator]) revert DatanetValidators_Equivocated(round, validator);
        uint64 bits = ScoreLib.bitsOf(scores, r.acceptScore);

        r.ballots.reveal(_scopeOf(round), validator, ScoreLib.valueOf(scores), salt);
        r.votes.add(bits);

        emit ScoresRevealed(round, validator, scores, r.ballots.revealCount);
    }

    /// @inheritdoc IDatanetValidators
    function closeRound(uint64 round, IContributionRegistry.Contribution[] calldata list) external {
        ValidatorsStorageLib.RoundData storage r = _known(round);
        if (r.state != RoundState.Open) revert DatanetValidators_WrongState(round, r.state);
        r.ballots.requirePhase(CommitRevealLib.Phase.Over);
        if (keccak256(abi.encode(_numbersOf(list))) != r.contributionsHash) {
            revert DatanetValidators_OtherContributions(round);
        }

        if (r.ballots.revealCount >= r.quorum) {
            _decide(round, r, list);
        } else {
            r.state = RoundState.Referred;
            emit RoundReferred(round, r.datanet, r.ballots.revealCount, r.quorum);
            contributions.releaseRound(list);
        }
    }

    /// @inheritdoc IDatanetValidators
    function collectReward(uint64 round, address validator, uint16[] calldata scores) external returns (uint96 amount) {
        ValidatorsStorageLib.RoundData storage r = _known(round);
        if (r.state != RoundState.Decided) revert DatanetValidators_WrongState(round, r.state);
        if (r.hasCollected[validator]) revert DatanetValidators_AlreadyCollected(round, validator);
        if (ScoreLib.valueOf(scores) != r.ballots.ballots[validator].value) {
            revert DatanetValidators_OtherScores(round, validator);
        }
        uint64 bits = ScoreLib.bitsOf(scores, r.acceptScore);
        // at most the pot, a uint96
        amount = uint96(r.perPoint * ScoreLib.pointsOf(bits, r.accepted, scores.length));
        if (amount == 0) revert DatanetValidators_NothingToCollect(round, validator);

        r.hasCollected[validator] = true;

        _payReward(round, r, validator, amount);
    }

    /// @inheritdoc IDatanetValidators
    function addReserve(uint64 datanet, uint96 amount) external {
        // reverts where there is no such Datanet: nobody could ever use its reserve
        IERC721(address(datanets)).ownerOf(datanet);

        _addReserve(datanet, amount);

        TokenLib.pull(token, msg.sender, amount);
    }

    /// @inheritdoc IDatanetValidators
    function proveEquivocation(uint64 round, address validator, Statement calldata one, Statement calldata other)
        external
    {
        ValidatorsStorageLib.RoundData storage r = _known(round);
        if (r.hasEquivocated[validator]) revert DatanetValidators_Equivocated(round, validator);
        if (one.commitment == other.commitment) revert DatanetValidators_SameCommitment(one.commitment);
        _requireStated(round, validator, one);
        _requireStated(round, validator, other);

        r.hasEquivocated[validator] = true;

        uint96 amount = staking.slashable(validator, Role.Validator) / (BPS / EQUIVOCATION_BPS);
        (uint96 taken, uint96 bounty,) = staking.slash(
            IStakingManager.Slash(validator, Role.Validator, amount, msg.sender, BOUNTY_BPS, address(0), 0)
        );
        emit Equivocated(round, validator, msg.sender, taken, bounty);
    }

    /// @inheritdoc IDatanetValidators
    function roundCount() external view returns (uint64) {
        return ValidatorsStorageLib.load().roundCount;
    }

    /// @inheritdoc IDatanetValidators
    function roundOf(uint64 round) external view returns (Round memory) {
        ValidatorsStorageLib.RoundData storage r = _known(round);
        return Round({
            datanet: r.datanet,
            rules: r.rules,
            contributionCount: r.contributionCount,
            state: r.state,
            commitsUntil: r.ballots.commitsUntil,
            revealsUntil: r.ballots.revealsUntil,
            commitCount: r.ballots.commitCount,
            revealCount: r.ballots.revealCount,
            contributionsHash: r.contributionsHash,
            accepted: r.accepted,
            perPoint: r.perPoint
        });
    }

    /// @inheritdoc IDatanetValidators
    function phaseOf(uint64 round) external view returns (CommitRevealLib.Phase) {
        return ValidatorsStorageLib.load().rounds[round].ballots.phaseOf();
    }

    /// @inheritdoc IDatanetValidators
    function ballotOf(uint64 round, address validator) external view returns (CommitRevealLib.Ballot memory) {
        return ValidatorsStorageLib.load().rounds[round].ballots.ballots[validator];
    }

    /// @inheritdoc IDatanetValidators
    function reserveOf(uint64 datanet) external view returns (uint96) {
        return ValidatorsStorageLib.load().reserves[datanet];
    }

    /// @inheritdoc IDatanetValidators
    function isListed(uint64 datanet, address account) external view returns (bool) {
        return ValidatorsStorageLib.load().isListed[datanet][account];
    }

    /// @inheritdoc IDatanetValidators
    function isValidator(uint64 round, address account) external view returns (bool) {
        ValidatorsStorageLib.RoundData storage r = _known(round);
        return _isValidator(r.datanet, r.admission, account);
    }

    /// @inheritdoc IDatanetValidators
    function hasEquivocated(uint64 round, address validator) external view returns (bool) {
        return ValidatorsStorageLib.load().rounds[round].hasEquivocated[validator];
    }

    /// @inheritdoc IDatanetValidators
    function commitmentHash(uint64 round, address validator, uint16[] calldata scores, bytes32 salt)
        external
        view
        returns (bytes32)
    {
        return CommitRevealLib.commitmentHash(_scopeOf(round), validator, ScoreLib.valueOf(scores), salt);
    }

    // solhint-disable-next-line no-empty-blocks
    function _authorizeUpgrade(address) internal override restricted {}

    function _commit(uint64 round, address validator, bytes32 commitment) private {
        ValidatorsStorageLib.RoundData storage r = _known(round);
        if (!_isValidator(r.datanet, r.admission, validator)) {
            revert DatanetValidators_NotValidator(r.datanet, validator);
        }
        // what the counters of votes can hold
        if (r.ballots.commitCount == ScoreLib.MAXIMUM_VALIDATORS) {
            revert DatanetValidators_RoundFull(round, ScoreLib.MAXIMUM_VALIDATORS);
        }

        r.ballots.commit(validator, commitment);

        emit ScoresCommitted(round, validator, commitment, r.ballots.commitCount);
    }

    /// @dev The round is marked before the registry pays; the pot is known after it has.
    function _decide(
        uint64 round,
        ValidatorsStorageLib.RoundData storage r,
        IContributionRegistry.Contribution[] calldata list
    ) private {
        (uint64 accepted, uint256 points) = r.votes.majority(list.length, r.ballots.revealCount);
        r.state = RoundState.Decided;
        r.accepted = accepted;
        uint256 pot = contributions.decideRound(r.datanet, list, accepted);

        uint256 reserve = ValidatorsStorageLib.load().reserves[r.datanet];
        uint256 reward = uint256(r.rewardPerContribution) * list.length;
        if (reward > reserve) reward = reserve;
        pot += reward;
        uint256 perPoint = pot / points;
        // what the points do not divide stays; the sum is at most the balance, a uint96
        uint96 reserveAfter = uint96(reserve - reward + (pot - perPoint * points));

        r.perPoint = uint96(perPoint);
        ValidatorsStorageLib.load().reserves[r.datanet] = reserveAfter;

        emit RoundDecided(round, r.datanet, accepted, uint96(pot), uint96(perPoint), reserveAfter);
    }

    function _payReward(uint64 round, ValidatorsStorageLib.RoundData storage r, address validator, uint96 amount)
        private
    {
        if (r.hasEquivocated[validator]) {
            emit RewardCollected(round, r.datanet, validator, address(this), amount);
            _addReserve(r.datanet, amount);
        } else if (staking.activeStake(validator, Role.Validator) != 0) {
            emit RewardCollected(round, r.datanet, validator, address(staking), amount);
            token.forceApprove(address(staking), amount);
            staking.addFees(validator, Role.Validator, amount);
        } else {
            emit RewardCollected(round, r.datanet, validator, validator, amount);
            token.safeTransfer(validator, amount);
        }
    }

    function _addReserve(uint64 datanet, uint96 amount) private {
        ValidatorsStorageLib.Layout storage $ = ValidatorsStorageLib.load();
        uint96 reserveAfter = $.reserves[datanet] + amount;
        $.reserves[datanet] = reserveAfter;
        emit ReserveAdded(datanet, msg.sender, amount, reserveAfter);
    }

    function _known(uint64 round) private view returns (ValidatorsStorageLib.RoundData storage r) {
        r = ValidatorsStorageLib.load().rounds[round];
        if (r.state == RoundState.None) revert DatanetValidators_UnknownRound(round);
    }

    function _isValidator(uint64 datanet, IDatanetRegistry.Admission admission, address account)
        private
        view
        returns (bool)
    {
        return (admission == IDatanetRegistry.Admission.Active
                || ValidatorsStorageLib.load().isListed[datanet][account]) && staking.isActive(account, Role.Validator);
    }

    /// @dev Said by the validator: in the round, or by its signature, however old.
    function _requireStated(uint64 round, address validator, Statement calldata statement) private view {
        bytes32 commitment = statement.commitment;
        bool isStated = statement.signature.length == 0
            ? commitment != 0
                && commitment == ValidatorsStorageLib.load().rounds[round].ballots.ballots[validator].commitment
            : _isSigned(round, validator, commitment, statement.deadline, statement.signature);
        if (!isStated) revert DatanetValidators_NotStated(validator, commitment);
    }

    /// @dev Else a validator could open round after round that nobody votes in, until the owner's time to decide is over.
    function _requireNeverReferred(uint64[] memory numbers) private view {
        for (uint256 i = 0; i < numbers.length; ++i) {
            if (contributions.stateOf(numbers[i]) == IContributionRegistry.ContributionState.Referred) {
                revert DatanetValidators_OwnerDecides(numbers[i]);
            }
        }
    }

    function _isSigned(uint64 round, address validator, bytes32 commitment, uint64 deadline, bytes calldata signature)
        private
        view
        returns (bool)
    {
        bytes32 structHash = CommitRevealLib.commitStructHash(_scopeOf(round), validator, commitment, deadline);
        bytes32 digest = DatanetDomainLib.digest(DatanetDomainLib.VALIDATORS, structHash);
        return SignatureChecker.isValidSignatureNowCalldata(validator, digest, signature);
    }

    function _scopeOf(uint64 round) private pure returns (bytes32) {
        return bytes32(uint256(round));
    }

    /// @dev Reverts unless all are of one Datanet and made under the same rules; the registry checks that they are true.
    function _numbersOf(IContributionRegistry.Contribution[] calldata list)
        private
        pure
        returns (uint64[] memory numbers)
    {
        if (list.length == 0) revert DatanetValidators_NoContributions();
        if (list.length > ScoreLib.MAXIMUM_CONTRIBUTIONS) {
            revert DatanetValidators_TooMany(list.length, ScoreLib.MAXIMUM_CONTRIBUTIONS);
        }
        numbers = new uint64[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i].datanet != list[0].datanet || list[i].rules != list[0].rules) {
                revert DatanetValidators_MixedRules(list[i].number);
            }
            numbers[i] = list[i].number;
        }
    }
}
