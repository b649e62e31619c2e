// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IJury} from "../../../contracts/interfaces/IJury.sol";
import {CommitRevealLib} from "../../../contracts/libraries/CommitRevealLib.sol";
import {ClockBoundaries} from "../../fixture/ClockBoundaries.sol";
import {DisputeFixture} from "../../fixture/DisputeFixture.sol";

/// @notice A second before each of a hearing's boundaries, at it and a second after it.
contract JuryClocksTest is DisputeFixture, ClockBoundaries {
    CommitRevealLib.Phase private constant COMMIT = CommitRevealLib.Phase.Commit;
    CommitRevealLib.Phase private constant TELL = CommitRevealLib.Phase.Reveal;
    CommitRevealLib.Phase private constant OVER = CommitRevealLib.Phase.Over;
    uint64 private constant EVIDENCE_END = START + 1 + EVIDENCE;
    uint64 private constant COMMITS_END = EVIDENCE_END + VOTE;
    uint64 private constant REVEALS_END = COMMITS_END + VOTE;
    uint64 private constant APPEAL_END = REVEALS_END + APPEAL;

    uint64 private dispute;

    function setUp() public override {
        super.setUp();
        dispute = _fileDowntime();
    }

    function test_Evidence_IsTakenBeforeItsEnd() public {
        _closesAt(
            EVIDENCE_END,
            runner,
            address(jury),
            abi.encodeCall(IJury.submitEvidence, (dispute, EVIDENCE_HASH)),
            _tooLate(EVIDENCE_END, EVIDENCE_END),
            _tooLate(EVIDENCE_END, EVIDENCE_END + 1)
        );
    }

    function test_Commits_AreTakenFromTheEvidencesEndOnAndBeforeTheReveals() public {
        _opensAt(EVIDENCE_END, jurors[0], address(jury), _commit(1), _tooEarly(EVIDENCE_END));
        _closesAt(COMMITS_END, jurors[0], address(jury), _commit(1), _wrongPhase(TELL, COMMIT));
    }

    function test_Reveals_AreTakenFromTheCommitsEndOnAndBeforeTheirOwn() public {
        vm.warp(EVIDENCE_END);
        _commitNow(1);

        _opensAt(COMMITS_END, stranger, address(jury), _reveal(), _wrongPhase(COMMIT, TELL));
        _closesAt(REVEALS_END, stranger, address(jury), _reveal(), _wrongPhase(OVER, TELL));
    }

    /// @dev The second in which an appeal is too late is the one in which the hearing may be finished.
    function test_Appeal_IsTakenFromTheRevealsEndOnAndBeforeItsOwn() public {
        bytes memory appeal = abi.encodeCall(IJury.appeal, (dispute));

        _opensAt(REVEALS_END, appellant, address(jury), appeal, _tooEarly(REVEALS_END));
        _closesAt(
            APPEAL_END,
            appellant,
            address(jury),
            appeal,
            _tooLate(APPEAL_END, APPEAL_END),
            _tooLate(APPEAL_END, APPEAL_END + 1)
        );
        _opensAt(APPEAL_END, stranger, address(jury), _finish(), _tooEarly(APPEAL_END));
    }

    /// @dev Its clocks start with the appeal.
    function test_SecondRound_HasClocksOfItsOwn() public {
        vm.warp(REVEALS_END + 5);
        vm.prank(appellant);
        jury.appeal(dispute);
        uint64 commitsEnd = REVEALS_END + 5 + VOTE;
        uint64 revealsEnd = commitsEnd + VOTE;

        _closesAt(commitsEnd, jurors[0], address(jury), _commit(2), _wrongPhase(TELL, COMMIT));
        _commitNow(2);
        _opensAt(commitsEnd, stranger, address(jury), _reveal(), _wrongPhase(COMMIT, TELL));
        _closesAt(revealsEnd, stranger, address(jury), _reveal(), _wrongPhase(OVER, TELL));
        _opensAt(revealsEnd, stranger, address(jury), _finish(), _tooEarly(revealsEnd));
    }

    function _commitNow(uint8 round) private {
        bytes32 commitment = _commitment(dispute, round, jurors[0], IJury.Vote.Uphold, SALT);
        vm.prank(jurors[0]);
        jury.commitVote(dispute, commitment);
    }

    function _commit(uint8 round) private view returns (bytes memory) {
        bytes32 commitment = _commitment(dispute, round, jurors[0], IJury.Vote.Uphold, SALT);
        return abi.encodeCall(IJury.commitVote, (dispute, commitment));
    }

    function _reveal() private view returns (bytes memory) {
        return abi.encodeCall(IJury.revealVote, (dispute, jurors[0], IJury.Vote.Uphold, SALT));
    }

    function _finish() private view returns (bytes memory) {
        return abi.encodeCall(IJury.finish, (dispute));
    }

    function _tooEarly(uint64 earliest) private view returns (bytes memory) {
        return abi.encodeWithSelector(IJury.Jury_TooEarly.selector, dispute, earliest, earliest - 1);
    }

    function _tooLate(uint64 end, uint64 now_) private view returns (bytes memory) {
        return abi.encodeWithSelector(IJury.Jury_TooLate.selector, dispute, end, now_);
    }

    function _wrongPhase(CommitRevealLib.Phase phase, CommitRevealLib.Phase expected)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(CommitRevealLib.CommitRevealLib_WrongPhase.selector, phase, expected);
    }
}
