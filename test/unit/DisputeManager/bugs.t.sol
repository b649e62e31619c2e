// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IDisputeManager} from "../../../contracts/interfaces/IDisputeManager.sol";
import {BatchOpening} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IJury} from "../../../contracts/interfaces/IJury.sol";
import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {CommitRevealLib} from "../../../contracts/libraries/CommitRevealLib.sol";
import {DisputeManager} from "../../../contracts/staking/DisputeManager.sol";
import {DisputeFixture} from "../../fixture/DisputeFixture.sol";

/// @notice Other people's bugs, each by its name.
contract DisputeManagerBugsTest is DisputeFixture {
    /// @dev Another day is another id; the same day is filed but once at a time.
    function test_OneDisputeIdForARepeatableOffence() public {
        uint64 dispute = _fileDowntime();
        bytes32 id = disputes.disputeOf(dispute).id;
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeManager_AlreadyFiled.selector, id, dispute));
        _fileDowntime();
        vm.prank(filer);
        uint64 other = disputes.fileConduct(IDisputeManager.Kind.Downtime, _subject(runner), DAY - 1, EVIDENCE_HASH);
        assertNotEq(disputes.disputeOf(other).id, id);

        // upheld, it is never filed again: nobody is punished twice for one offence
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        vm.warp(START + 7 days);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeManager_AlreadyFiled.selector, id, dispute));
        _fileDowntime();
    }

    /// @dev A dispute that was lost on purpose shields nothing: the offence is filed again, under the same id.
    function test_FriendlyChallengerLosingOnPurposeConfirmsNothing() public {
        _answer(0, model, 3, 5);
        uint64 number = _close();
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 0);
        vm.prank(filer);
        uint64 friendly = disputes.fileAnswer(opening, placed, EVIDENCE_HASH);
        _firstRound(friendly, "ddddd");
        _finish(friendly);
        disputes.enforce(friendly);

        vm.prank(filer);
        uint64 earnest = disputes.fileAnswer(opening, placed, EVIDENCE_HASH);
        _firstRound(earnest, "uuuuu");
        _finish(earnest);
        disputes.enforce(earnest);

        assertEq(disputes.disputeOf(earnest).id, disputes.disputeOf(friendly).id);
        assertEq(token.balanceOf(payers[0]), receiptsOf[number][0].fee);
    }

    /// @dev Stake that comes in the second of the filing, or later, has no vote.
    function test_FlashStakedJurorsHaveNoVote() public {
        address flash = makeAddr("flash");
        staking.stakeFor(flash, Role.Validator, 1e24);
        uint64 dispute = _fileDowntime();
        address late = makeAddr("late");
        staking.stakeFor(late, Role.Validator, 1e24);
        vm.warp(START + 1 + EVIDENCE);

        for (uint256 i; i < 2; ++i) {
            address juror = i == 0 ? flash : late;
            bytes32 commitment = _commitment(dispute, 1, juror, IJury.Vote.Dismiss, SALT);
            vm.expectRevert(abi.encodeWithSelector(IJury.Jury_NotAJuror.selector, dispute, juror));
            vm.prank(juror);
            jury.commitVote(dispute, commitment);
        }
    }

    /// @dev A juror whose stake has left votes with what is still there; one that topped up, with what was there.
    function test_WeightIsWhatWasAndStillIsStaked() public {
        uint64 dispute = _fileDowntime();
        staking.thaw(jurors[4], Role.Validator, 49_000e18);
        staking.stakeFor(jurors[3], Role.Validator, 1e24);
        _firstRound(dispute, "---du");

        assertEq(jury.tallyOf(dispute, 1).uphold, 1000e18);
        assertEq(jury.tallyOf(dispute, 1).dismiss, 40_000e18);
    }

    /// @dev A commitment binds its juror: copied, it cannot be revealed.
    function test_VoteCopyingInTheJuryIsUseless() public {
        uint64 dispute = _fileDowntime();
        vm.warp(START + 1 + EVIDENCE);
        bytes32 commitment = _commitment(dispute, 1, jurors[0], IJury.Vote.Uphold, SALT);
        vm.prank(jurors[0]);
        jury.commitVote(dispute, commitment);
        vm.prank(jurors[1]);
        jury.commitVote(dispute, commitment);
        vm.warp(START + 1 + EVIDENCE + VOTE);
        jury.revealVote(dispute, jurors[0], IJury.Vote.Uphold, SALT);

        vm.expectPartialRevert(CommitRevealLib.CommitRevealLib_NotCommitted.selector);
        jury.revealVote(dispute, jurors[1], IJury.Vote.Uphold, SALT);
    }

    /// @dev Nor is a vote good for another dispute, another round, another chain or another jury.
    function test_VoteIsBoundToItsHearing() public {
        uint64 dispute = _fileDowntime();
        vm.warp(START + 1 + EVIDENCE);
        bytes32 commitment = _commitment(dispute + 1, 1, jurors[0], IJury.Vote.Uphold, SALT);
        vm.prank(jurors[0]);
        jury.commitVote(dispute, commitment);
        commitment = _commitment(dispute, 2, jurors[1], IJury.Vote.Uphold, SALT);
        vm.prank(jurors[1]);
        jury.commitVote(dispute, commitment);
        vm.warp(START + 1 + EVIDENCE + VOTE);

        for (uint256 i; i < 2; ++i) {
            vm.expectPartialRevert(CommitRevealLib.CommitRevealLib_NotCommitted.selector);
            jury.revealVote(dispute, jurors[i], IJury.Vote.Uphold, SALT);
        }
    }

    /// @dev Thawed for twenty days when it is accused: what is at risk stays all the same.
    function test_OperatorThatThawsBeforeACaseDoesNotEscape() public {
        staking.thaw(runner, Role.Runner, STAKE);
        vm.warp(START + 20 days);
        vm.prank(filer);
        uint64 dispute = disputes.fileConduct(IDisputeManager.Kind.Downtime, _subject(runner), DAY + 18, EVIDENCE_HASH);
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        vm.expectRevert("locked");
        staking.withdraw(runner, Role.Runner);

        disputes.enforce(dispute);
        assertEq(staking.slashed(), 1000e18);
        staking.withdraw(runner, Role.Runner);
        assertEq(token.balanceOf(runner), STAKE - 1000e18);
    }

    function test_OperatorThatThawsAfterACaseDoesNotEscape() public {
        uint64 dispute = _fileDowntime();
        staking.thaw(runner, Role.Runner, STAKE);
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        vm.warp(START + 1 + THAW);
        vm.expectRevert("locked");
        staking.withdraw(runner, Role.Runner);

        disputes.enforce(dispute);
        assertEq(staking.slashed(), 1000e18);
    }

    /// @dev A dispute manager that has lost every role, and a staking manager that reverts: the bonds go back all the same.
    function test_PauseNeverTrapsABond() public {
        uint64 dispute = _fileDowntime();
        _firstRound(dispute, "");
        manager.revokeRole(COURT_ROLE, address(disputes));
        vm.etch(address(staking), hex"fe");
        uint256 before = token.balanceOf(filer);

        _finish(dispute);

        assertEq(token.balanceOf(filer) - before, BOND);
    }

    function test_EveryDisputeEndsWithoutPrivilege() public {
        uint64 dispute = _fileDowntime();
        _firstRound(dispute, "u");
        vm.prank(appellant);
        jury.appeal(dispute);
        vm.warp(START + 1 + EVIDENCE + 4 * VOTE + APPEAL);

        vm.startPrank(stranger);
        jury.finish(dispute);
        disputes.enforce(dispute);

        assertEq(staking.lockOf(address(disputes), runner, Role.Runner), 0);
    }

    /// @dev An accused that disputes itself, to have its offence dismissed and half the bounty back, burns more than half.
    function test_SelfChallengeToRecoverAStakeBurnsMoreThanHalf() public {
        token.transfer(runner, BOND);
        vm.startPrank(runner);
        token.approve(address(jury), BOND);
        uint64 dispute = disputes.fileConduct(IDisputeManager.Kind.Downtime, _subject(runner), DAY, EVIDENCE_HASH);
        vm.stopPrank();
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        disputes.enforce(dispute);

        assertEq(staking.burnt(), 800e18);
        assertEq(token.balanceOf(runner), BOND - FEE + 200e18);
    }

    /// @dev Two slashers on one pool: each takes of its own lock, none of the other's.
    function test_LocksOfCourtAndDisputesDoNotMix() public {
        _answer(0, model, 3, 5);
        uint64 number = _close();
        _demand(number, 0);
        uint64 dispute = _fileDowntime();
        vm.warp(START + 1 + REVEAL);
        court.expire(batchOf[number], 0);

        assertEq(staking.lockOf(address(court), runner, Role.Runner), 0);
        assertEq(staking.lockOf(address(disputes), runner, Role.Runner), disputes.disputeOf(dispute).atRisk);
    }

    function test_UninitialisedImplementationBelongsToNobody() public {
        address code = address(uint160(uint256(vm.load(address(disputes), _implementationSlot()))));
        IDisputeManager.Penalty memory penalty;

        vm.expectRevert(abi.encodeWithSignature("InvalidInitialization()"));
        DisputeManager(code).initialize(stranger, penalty, penalty);
        vm.expectRevert(abi.encodeWithSignature("InvalidInitialization()"));
        DisputeManager(address(disputes)).initialize(stranger, penalty, penalty);
    }

    function _implementationSlot() private pure returns (bytes32) {
        return bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1);
    }

    /// @dev A model is sent to a staker and disputed there: who owned it when the day began is accused.
    function test_ModelPushedToAStakerBeforeItIsDisputed() public {
        address victim = makeAddr("victim");
        staking.stakeFor(victim, Role.Model, STAKE);
        vm.warp(START + 1 hours);
        models.give(model, victim);

        vm.prank(filer);
        uint64 dispute = disputes.fileConduct(IDisputeManager.Kind.Model, bytes32(uint256(model)), DAY, EVIDENCE_HASH);

        assertEq(disputes.disputeOf(dispute).accused, modelOwner);
        assertEq(staking.lockOf(address(disputes), victim, Role.Model), 0);
    }

    /// @dev Sent away in the night, a model leaves what its owner answers for, a day longer: whoever is sent one has that day.
    function test_ModelSentAwayBeforeItIsDisputed() public {
        uint64 day = DAY + 3;
        vm.warp(uint256(day) * 1 days - 1);
        models.give(model, makeAddr("nobody"));
        vm.warp(uint256(day + 1) * 1 days);
        vm.startPrank(filer);

        uint64 dispute = disputes.fileConduct(IDisputeManager.Kind.Model, bytes32(uint256(model)), day, EVIDENCE_HASH);
        uint64 next = disputes.fileConduct(IDisputeManager.Kind.Model, bytes32(uint256(model)), day + 1, EVIDENCE_HASH);

        assertEq(disputes.disputeOf(dispute).accused, modelOwner);
        assertEq(disputes.disputeOf(next).accused, makeAddr("nobody"));
    }
}
