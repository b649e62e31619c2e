// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IDisputeManager} from "../../../contracts/interfaces/IDisputeManager.sol";
import {IJury} from "../../../contracts/interfaces/IJury.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {CommitRevealLib} from "../../../contracts/libraries/CommitRevealLib.sol";
import {DisputeFixture} from "../../fixture/DisputeFixture.sol";

/// @notice Opening, evidence, commits, reveals and appeals, with their clocks to the second.
contract JuryVoteTest is DisputeFixture {
    uint64 private dispute;
    uint64 private openedAt;

    function setUp() public override {
        super.setUp();
        openedAt = START + 1;
        dispute = _fileDowntime();
    }

    function test_OpeningPullsTheBondAndFixesTheClocks() public {
        vm.expectEmit(address(jury));
        emit IJury.HearingOpened(
            2,
            filer,
            runner,
            BOND,
            QUORUM,
            openedAt + EVIDENCE,
            openedAt + EVIDENCE + VOTE,
            openedAt + EVIDENCE + 2 * VOTE
        );
        vm.expectEmit(address(jury));
        emit IJury.EvidenceSubmitted(2, filer, EVIDENCE_HASH, 1);
        vm.prank(address(disputes));
        assertEq(jury.open(filer, runner, EVIDENCE_HASH), 2);

        IJury.Hearing memory h = jury.hearingOf(2);
        assertEq(uint8(h.state), uint8(IJury.HearingState.Open));
        assertEq(h.filer, filer);
        assertEq(h.accused, runner);
        assertEq(h.openedAt, openedAt);
        assertEq(h.bond, BOND);
        assertEq(token.balanceOf(address(jury)), 2 * BOND);
    }

    function test_RevertWhen_SomebodyElseOpens() public {
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_NotManager.selector, filer, address(disputes)));
        vm.prank(filer);
        jury.open(filer, runner, EVIDENCE_HASH);
    }

    function test_RevertWhen_EvidenceIsZero() public {
        vm.expectRevert(IJury.Jury_ZeroEvidence.selector);
        vm.prank(address(disputes));
        jury.open(filer, runner, 0);
        vm.expectRevert(IJury.Jury_ZeroEvidence.selector);
        jury.submitEvidence(dispute, 0);
    }

    function test_EvidenceIsTakenForTwoDays() public {
        vm.warp(openedAt + EVIDENCE - 1);
        vm.expectEmit(address(jury));
        emit IJury.EvidenceSubmitted(dispute, runner, keccak256("mine"), 1);
        vm.prank(runner);
        jury.submitEvidence(dispute, keccak256("mine"));

        vm.warp(openedAt + EVIDENCE);
        vm.expectRevert(
            abi.encodeWithSelector(IJury.Jury_TooLate.selector, dispute, openedAt + EVIDENCE, openedAt + EVIDENCE)
        );
        vm.prank(runner);
        jury.submitEvidence(dispute, keccak256("more"));
    }

    /// @dev The filing was the filer's first piece.
    function test_RevertGiven_AnAccountSubmittedSixteenPieces() public {
        vm.startPrank(filer);
        for (uint256 i = 1; i < 16; ++i) {
            jury.submitEvidence(dispute, bytes32(i));
        }
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_TooMuchEvidence.selector, dispute, filer, 16));
        jury.submitEvidence(dispute, bytes32("one too many"));
        vm.stopPrank();

        vm.prank(stranger);
        jury.submitEvidence(dispute, bytes32("another's"));
    }

    function test_CommitsAreTakenBetweenEvidenceAndReveals() public {
        bytes32 commitment = _commitment(dispute, 1, jurors[0], IJury.Vote.Uphold, SALT);
        uint64 from = openedAt + EVIDENCE;
        vm.warp(from - 1);
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_TooEarly.selector, dispute, from, from - 1));
        vm.prank(jurors[0]);
        jury.commitVote(dispute, commitment);

        vm.warp(from);
        vm.expectEmit(address(jury));
        emit IJury.VoteCommitted(dispute, 1, jurors[0], commitment, 1);
        vm.prank(jurors[0]);
        jury.commitVote(dispute, commitment);
        vm.warp(from + VOTE - 1);
        vm.prank(jurors[1]);
        jury.commitVote(dispute, commitment);

        vm.warp(from + VOTE);
        vm.expectRevert(
            abi.encodeWithSelector(
                CommitRevealLib.CommitRevealLib_WrongPhase.selector,
                CommitRevealLib.Phase.Reveal,
                CommitRevealLib.Phase.Commit
            )
        );
        vm.prank(jurors[2]);
        jury.commitVote(dispute, commitment);
    }

    function test_RevealsAreTakenAfterCommits() public {
        uint64 from = openedAt + EVIDENCE;
        vm.warp(from);
        for (uint256 i; i < 2; ++i) {
            bytes32 commitment = _commitment(dispute, 1, jurors[i], IJury.Vote.Dismiss, SALT);
            vm.prank(jurors[i]);
            jury.commitVote(dispute, commitment);
        }
        vm.warp(from + VOTE - 1);
        vm.expectPartialRevert(CommitRevealLib.CommitRevealLib_WrongPhase.selector);
        jury.revealVote(dispute, jurors[0], IJury.Vote.Dismiss, SALT);

        vm.warp(from + VOTE);
        vm.expectEmit(address(jury));
        emit IJury.VoteRevealed(dispute, 1, jurors[0], IJury.Vote.Dismiss, 10_000e18, 0, 10_000e18);
        vm.prank(stranger);
        jury.revealVote(dispute, jurors[0], IJury.Vote.Dismiss, SALT);

        vm.warp(from + 2 * VOTE);
        vm.expectPartialRevert(CommitRevealLib.CommitRevealLib_WrongPhase.selector);
        jury.revealVote(dispute, jurors[1], IJury.Vote.Dismiss, SALT);
        vm.warp(from + 2 * VOTE - 1);
        jury.revealVote(dispute, jurors[1], IJury.Vote.Dismiss, SALT);

        IJury.Tally memory tally = jury.tallyOf(dispute, 1);
        assertEq(tally.dismiss, 30_000e18);
        assertEq(tally.uphold, 0);
        (IJury.Vote vote, uint96 weight) = jury.voteOf(dispute, 1, jurors[1]);
        assertEq(uint8(vote), uint8(IJury.Vote.Dismiss));
        assertEq(weight, 20_000e18);
    }

    function test_RevertWhen_AnotherVoteIsRevealedThanCommitted() public {
        vm.warp(openedAt + EVIDENCE);
        bytes32 commitment = _commitment(dispute, 1, jurors[0], IJury.Vote.Dismiss, SALT);
        vm.prank(jurors[0]);
        jury.commitVote(dispute, commitment);
        vm.warp(openedAt + EVIDENCE + VOTE);

        vm.expectPartialRevert(CommitRevealLib.CommitRevealLib_NotCommitted.selector);
        jury.revealVote(dispute, jurors[0], IJury.Vote.Uphold, SALT);
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_WrongVote.selector, IJury.Vote.None));
        jury.revealVote(dispute, jurors[0], IJury.Vote.None, SALT);
    }

    function test_RevertWhen_ThePartiesJudge() public {
        staking.stakeFor(filer, Role.Validator, 1e24);
        staking.stakeFor(runner, Role.Validator, 1e24);
        vm.warp(START + 2);
        vm.prank(filer);
        uint64 second = disputes.fileConduct(IDisputeManager.Kind.Downtime, _subject(runner), DAY - 1, EVIDENCE_HASH);
        vm.warp(START + 2 + EVIDENCE);

        _expectNoJuror(second, filer);
        _expectNoJuror(second, runner);
    }

    function test_RevertWhen_TheAppellantJudges() public {
        staking.stakeFor(appellant, Role.Validator, 1e24);
        vm.warp(START + 2);
        vm.prank(filer);
        uint64 second = disputes.fileConduct(IDisputeManager.Kind.Downtime, _subject(runner), DAY - 1, EVIDENCE_HASH);
        _firstRound(second, "uuuuu");
        vm.prank(appellant);
        jury.appeal(second);

        _expectNoJuror(second, appellant);
    }

    function test_RevertWhen_SomebodyWithoutStakeJudges() public {
        vm.warp(openedAt + EVIDENCE);
        _expectNoJuror(dispute, stranger);
    }

    function test_AppealStartsAnotherRound() public {
        _firstRound(dispute, "uuuuu");
        uint64 now_ = openedAt + EVIDENCE + 2 * VOTE + 3;
        vm.warp(now_);

        vm.expectEmit(address(jury));
        emit IJury.HearingAppealed(dispute, appellant, 2 * BOND, now_ + VOTE, now_ + 2 * VOTE);
        vm.prank(appellant);
        jury.appeal(dispute);

        assertEq(token.balanceOf(address(jury)), 3 * BOND);
        assertEq(jury.hearingOf(dispute).appellant, appellant);
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_AlreadyAppealed.selector, dispute, appellant));
        vm.prank(filer);
        jury.appeal(dispute);
    }

    function test_AppealIsTakenForSevenDays() public {
        uint64 from = openedAt + EVIDENCE + 2 * VOTE;
        vm.warp(from - 1);
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_TooEarly.selector, dispute, from, from - 1));
        vm.prank(appellant);
        jury.appeal(dispute);
        vm.warp(from + APPEAL);
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_TooLate.selector, dispute, from + APPEAL, from + APPEAL));
        vm.prank(appellant);
        jury.appeal(dispute);
        vm.warp(from + APPEAL - 1);
        vm.prank(appellant);
        jury.appeal(dispute);
    }

    function test_FinishesFromTheEndOfTheAppealPeriodOn() public {
        uint64 end = openedAt + EVIDENCE + 2 * VOTE + APPEAL;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_TooEarly.selector, dispute, end, end - 1));
        jury.finish(dispute);
        vm.warp(end);
        jury.finish(dispute);

        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_NotOpen.selector, dispute, IJury.HearingState.Dismissed));
        jury.finish(dispute);
    }

    function test_FinishesFromTheEndOfTheSecondRoundOn() public {
        _firstRound(dispute, "uuuuu");
        vm.prank(appellant);
        jury.appeal(dispute);
        uint64 end = openedAt + EVIDENCE + 4 * VOTE;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_TooEarly.selector, dispute, end, end - 1));
        jury.finish(dispute);
        vm.warp(end);
        jury.finish(dispute);
    }

    function test_RevertGiven_TheHearingIsUnknown() public {
        bytes memory unknown = abi.encodeWithSelector(IJury.Jury_NotOpen.selector, 9, IJury.HearingState.None);
        vm.expectRevert(unknown);
        jury.submitEvidence(9, EVIDENCE_HASH);
        vm.expectRevert(unknown);
        jury.commitVote(9, EVIDENCE_HASH);
        vm.expectRevert(unknown);
        jury.revealVote(9, stranger, IJury.Vote.Uphold, SALT);
        vm.expectRevert(unknown);
        jury.appeal(9);
        vm.expectRevert(unknown);
        jury.finish(9);
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_NotFinished.selector, 9));
        jury.claim(9, 1, stranger);
    }

    /// @dev A vote weighs what is still there when it is told: nothing, no vote.
    function test_RevertWhen_AJurorsStakeLeftBeforeItTells() public {
        vm.warp(openedAt + EVIDENCE);
        bytes32 commitment = _commitment(dispute, 1, jurors[0], IJury.Vote.Uphold, SALT);
        vm.prank(jurors[0]);
        jury.commitVote(dispute, commitment);
        staking.thaw(jurors[0], Role.Validator, staking.activeStake(jurors[0], Role.Validator));
        vm.warp(openedAt + EVIDENCE + VOTE);

        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_NotAJuror.selector, dispute, jurors[0]));
        jury.revealVote(dispute, jurors[0], IJury.Vote.Uphold, SALT);
    }

    function _expectNoJuror(uint64 dispute_, address account) private {
        bytes32 commitment = _commitment(dispute_, 1, account, IJury.Vote.Uphold, SALT);
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_NotAJuror.selector, dispute_, account));
        vm.prank(account);
        jury.commitVote(dispute_, commitment);
    }
}
