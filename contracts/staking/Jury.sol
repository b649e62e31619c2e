// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IJury} from "../interfaces/IJury.sol";
import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {CommitRevealLib} from "../libraries/CommitRevealLib.sol";
import {TokenLib} from "../libraries/TokenLib.sol";
import {JuryLib} from "./JuryLib.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Jury
/// @notice Hears disputes: evidence, votes of validators' stake by commit and reveal, one appeal, and the bonds of both sides.
contract Jury is IJury, AccessManaged {
    using CommitRevealLib for CommitRevealLib.Round;
    using JuryLib for JuryLib.Panel;
    using SafeERC20 for IERC20;
    using TokenLib for IERC20;

    uint256 private constant LOCAL_CHAIN_ID = 31_337;
    uint64 private constant MINIMUM_EVIDENCE = 48 hours;
    uint64 private constant MINIMUM_VOTE = 36 hours;
    uint64 private constant MINIMUM_APPEAL = 7 days;
    /// @dev A receipt's case lapses after 30 days.
    uint64 private constant MAXIMUM_DURATION = 29 days;
    uint32 private constant MAXIMUM_EVIDENCE_COUNT = 16;
    uint16 private constant MAXIMUM_FEE_BPS = 5000;
    uint96 private constant MAXIMUM_BOND = 100_000e18;
    uint96 private constant MAXIMUM_QUORUM = 50_000_000e18;
    uint8 private constant FIRST = 1;
    uint8 private constant SECOND = 2;

    /// @notice OPEN: bonds are paid in it.
    IERC20 public immutable token;
    /// @notice The staking manager: jurors vote by what they had staked as validators.
    IStakingManager public immutable staking;
    /// @notice The dispute manager, who alone opens hearings.
    address public immutable manager;
    uint64 private immutable _evidencePeriod;
    uint64 private immutable _votePeriod;
    uint64 private immutable _appealPeriod;

    /// @inheritdoc IJury
    uint64 public disputeCount;
    Terms private _terms;
    mapping(uint64 dispute => Hearing) private _hearings;
    mapping(uint64 dispute => mapping(uint8 round => JuryLib.Panel)) private _panels;
    mapping(uint64 dispute => mapping(address from => uint32)) private _evidenceCounts;

    /// @notice Fixes the clocks and the dispute manager for ever and sets the first terms.
    /// @param authority The AccessManager that governs the terms.
    /// @param token_ OPEN.
    /// @param staking_ The staking manager.
    /// @param manager_ The dispute manager, who alone opens hearings.
    /// @param clocks_ Seconds; bounds as in `Clocks`, and evidence + 4·vote + appeal at most 29 days, inclusive.
    /// @param terms_ Bounds as in `setTerms`.
    constructor(
        address authority,
        IERC20 token_,
        IStakingManager staking_,
        address manager_,
        Clocks memory clocks_,
        Terms memory terms_
    ) AccessManaged(authority) {
        _requireClocks(clocks_);
        token = token_;
        staking = staking_;
        manager = manager_;
        _evidencePeriod = clocks_.evidence;
        _votePeriod = clocks_.vote;
        _appealPeriod = clocks_.appeal;
        _setTerms(terms_);
    }

    /// @inheritdoc IJury
    function open(address filer, address accused, bytes32 evidenceHash) external returns (uint64 dispute) {
        if (msg.sender != manager) revert Jury_NotManager(msg.sender, manager);
        if (evidenceHash == 0) revert Jury_ZeroEvidence();

        dispute = ++disputeCount;
        Hearing storage h = _hearings[dispute];
        h.state = HearingState.Open;
        h.filer = filer;
        h.openedAt = uint64(block.timestamp);
        h.accused = accused;
        h.bond = _terms.bond;
        h.quorum = _terms.quorum;
        h.jurorFeeBps = _terms.jurorFeeBps;
        CommitRevealLib.Round storage round = _panels[dispute][FIRST].round;
        round.open(_evidencePeriod + _votePeriod, _votePeriod);
        uint32 count = ++_evidenceCounts[dispute][filer];

        emit HearingOpened(
            dispute,
            filer,
            accused,
            h.bond,
            h.quorum,
            h.openedAt + _evidencePeriod,
            round.commitsUntil,
            round.revealsUntil
        );
        emit EvidenceSubmitted(dispute, filer, evidenceHash, count);
        token.pull(filer, h.bond);
    }

    /// @inheritdoc IJury
    function submitEvidence(uint64 dispute, bytes32 evidenceHash) external {
        Hearing storage h = _open(dispute);
        if (evidenceHash == 0) revert Jury_ZeroEvidence();
        _requireBefore(dispute, h.openedAt + _evidencePeriod);
        uint32 count = _evidenceCounts[dispute][msg.sender] + 1;
        if (count > MAXIMUM_EVIDENCE_COUNT) {
            revert Jury_TooMuchEvidence(dispute, msg.sender, MAXIMUM_EVIDENCE_COUNT);
        }

        _evidenceCounts[dispute][msg.sender] = count;

        emit EvidenceSubmitted(dispute, msg.sender, evidenceHash, count);
    }

    /// @inheritdoc IJury
    function commitVote(uint64 dispute, bytes32 commitment) external {
        Hearing storage h = _open(dispute);
        _requireFrom(dispute, h.openedAt + _evidencePeriod);
        if (_weightOf(h, msg.sender) == 0) revert Jury_NotAJuror(dispute, msg.sender);
        uint8 number = _roundOf(h);
        CommitRevealLib.Round storage round = _panels[dispute][number].round;

        round.commit(msg.sender, commitment);

        emit VoteCommitted(dispute, number, msg.sender, commitment, round.commitCount);
    }

    /// @inheritdoc IJury
    function revealVote(uint64 dispute, address juror, Vote vote, bytes32 salt) external {
        Hearing storage h = _open(dispute);
        if (vote == Vote.None) revert Jury_WrongVote(vote);
        // its stake may have left meanwhile: then it has no vote
        uint96 weight = _weightOf(h, juror);
        if (weight == 0) revert Jury_NotAJuror(dispute, juror);
        uint8 number = _roundOf(h);
        JuryLib.Panel storage panel = _panels[dispute][number];

        panel.round.reveal(scopeOf(dispute, number), juror, bytes32(uint256(vote)), salt);
        panel.ballots[juror] = JuryLib.Ballot(vote, weight);
        if (vote == Vote.Uphold) panel.uphold += weight;
        else panel.dismiss += weight;

        emit VoteRevealed(dispute, number, juror, vote, weight, panel.uphold, panel.dismiss);
    }

    /// @inheritdoc IJury
    function appeal(uint64 dispute) external {
        Hearing storage h = _open(dispute);
        if (h.appellant != address(0)) revert Jury_AlreadyAppealed(dispute, h.appellant);
        uint64 from = _panels[dispute][FIRST].round.revealsUntil;
        _requireFrom(dispute, from);
        _requireBefore(dispute, from + _appealPeriod);

        uint96 bond = h.bond * JuryLib.APPEAL_FACTOR;
        CommitRevealLib.Round storage round = _panels[dispute][SECOND].round;

        h.appellant = msg.sender;
        round.open(_votePeriod, _votePeriod);

        emit HearingAppealed(dispute, msg.sender, bond, round.commitsUntil, round.revealsUntil);
        token.pull(msg.sender, bond);
    }

    /// @inheritdoc IJury
    function finish(uint64 dispute) external {
        Hearing storage h = _open(dispute);
        JuryLib.Panel storage first = _panels[dispute][FIRST];
        JuryLib.Panel storage second = _panels[dispute][SECOND];
        bool appealed = h.appellant != address(0);
        _requireFrom(dispute, appealed ? second.round.revealsUntil : first.round.revealsUntil + _appealPeriod);

        JuryLib.Outcome memory o = JuryLib.decide(h, first, second);

        h.state = o.isUpheld ? HearingState.Upheld : HearingState.Dismissed;

        emit HearingFinished(dispute, h.state, o.byDefault, o.toFiler, o.toAppellant, o.pots);
        if (o.toFiler != 0) token.safeTransfer(h.filer, o.toFiler);
        if (o.toAppellant != 0) token.safeTransfer(h.appellant, o.toAppellant);
    }

    /// @inheritdoc IJury
    function claim(uint64 dispute, uint8 round, address juror) external returns (uint96 amount) {
        HearingState state = _hearings[dispute].state;
        if (state != HearingState.Dismissed && state != HearingState.Upheld) revert Jury_NotFinished(dispute);
        JuryLib.Panel storage panel = _panels[dispute][round];

        amount = panel.draw(juror);
        if (amount == 0) revert Jury_NothingToClaim(dispute, round, juror);

        emit JurorPaid(dispute, round, juror, amount, panel.pot);
        token.safeTransfer(juror, amount);
    }

    /// @inheritdoc IJury
    function setTerms(Terms calldata terms_) external restricted {
        _setTerms(terms_);
    }

    /// @inheritdoc IJury
    function clocks() external view returns (Clocks memory) {
        return Clocks(_evidencePeriod, _votePeriod, _appealPeriod);
    }

    /// @inheritdoc IJury
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// @inheritdoc IJury
    function hearingOf(uint64 dispute) external view returns (Hearing memory) {
        return _hearings[dispute];
    }

    /// @inheritdoc IJury
    function stateOf(uint64 dispute) external view returns (HearingState) {
        return _hearings[dispute].state;
    }

    /// @inheritdoc IJury
    function tallyOf(uint64 dispute, uint8 round) external view returns (Tally memory) {
        JuryLib.Panel storage panel = _panels[dispute][round];
        return Tally(
            panel.uphold,
            panel.dismiss,
            panel.round.commitsUntil,
            panel.round.revealsUntil,
            panel.pot,
            panel.potWeight,
            panel.side
        );
    }

    /// @inheritdoc IJury
    function voteOf(uint64 dispute, uint8 round, address juror) external view returns (Vote vote, uint96 weight) {
        JuryLib.Ballot storage ballot = _panels[dispute][round].ballots[juror];
        return (ballot.vote, ballot.weight);
    }

    /// @inheritdoc IJury
    function scopeOf(uint64 dispute, uint8 round) public pure returns (bytes32) {
        return keccak256(abi.encode(dispute, round));
    }

    function _setTerms(Terms memory terms_) private {
        bool sound = terms_.bond != 0 && terms_.bond <= MAXIMUM_BOND && terms_.quorum != 0
            && terms_.quorum <= MAXIMUM_QUORUM && terms_.jurorFeeBps != 0 && terms_.jurorFeeBps <= MAXIMUM_FEE_BPS;
        if (!sound) revert Jury_TermsOutOfBounds(terms_);

        _terms = terms_;

        emit TermsSet(terms_);
    }

    function _open(uint64 dispute) private view returns (Hearing storage h) {
        h = _hearings[dispute];
        if (h.state != HearingState.Open) revert Jury_NotOpen(dispute, h.state);
    }

    /// @dev 0 for parties, for who is no active validator, and for who had no stake the second before the opening.
    function _weightOf(Hearing storage h, address juror) private view returns (uint96) {
        if (juror == h.filer || juror == h.accused || juror == h.appellant) return 0;
        if (!staking.isActive(juror, Role.Validator)) return 0;
        // timestamps fit 48 bits for millions of years
        uint96 past = staking.pastStakeOf(juror, Role.Validator, uint48(h.openedAt - 1));
        uint96 present = staking.activeStake(juror, Role.Validator);
        return past < present ? past : present;
    }

    function _requireFrom(uint64 dispute, uint64 earliest) private view {
        if (block.timestamp < earliest) revert Jury_TooEarly(dispute, earliest, uint64(block.timestamp));
    }

    function _requireBefore(uint64 dispute, uint64 end) private view {
        if (block.timestamp >= end) revert Jury_TooLate(dispute, end, uint64(block.timestamp));
    }

    function _requireClocks(Clocks memory clocks_) private view {
        bool isLocal = block.chainid == LOCAL_CHAIN_ID;
        bool sound = clocks_.evidence >= (isLocal ? 1 : MINIMUM_EVIDENCE)
            && clocks_.vote >= (isLocal ? 1 : MINIMUM_VOTE) && clocks_.appeal >= (isLocal ? 1 : MINIMUM_APPEAL)
            && uint256(clocks_.evidence) + 4 * uint256(clocks_.vote) + clocks_.appeal <= MAXIMUM_DURATION;
        if (!sound) revert Jury_ClocksOutOfBounds(clocks_);
    }

    function _roundOf(Hearing storage h) private view returns (uint8) {
        return h.appellant == address(0) ? FIRST : SECOND;
    }
}
