// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IJury} from "../../../contracts/interfaces/IJury.sol";
import {DisputeFixture} from "../../fixture/DisputeFixture.sol";

/// @notice What two rounds come to, and who gets which base unit of which bond.
/// @dev Stakes 10, 20, 30, 40, 50 thousand; quorum 50, then 100. Bond 1,000e18 + 7, fee 200e18 + 1.
contract JuryFinishTest is DisputeFixture {
    uint64 private dispute;
    uint256 private filerBefore;
    uint256 private appellantBefore;

    function setUp() public override {
        super.setUp();
        dispute = _fileDowntime();
        filerBefore = token.balanceOf(filer);
        appellantBefore = token.balanceOf(appellant);
    }

    // Without an appeal

    function test_UpheldByAMajority() public {
        _firstRound(dispute, "d---u");
        _expectFinished(IJury.HearingState.Upheld, false, BOND - FEE, 0, FEE, 0);
        _claim(1, 4, FEE);
        _assertNothing(1, 0);
    }

    function test_DismissedByAMajorityCostsTheBond() public {
        _firstRound(dispute, "u-d-d");
        _expectFinished(IJury.HearingState.Dismissed, false, 0, 0, BOND, 0);
        _claim(1, 2, BOND * 30 / 80);
        _claim(1, 4, BOND - BOND * 30 / 80);
        _assertNothing(1, 0);
        _assertNothing(1, 2);
    }

    function test_EqualWeightsDismiss() public {
        _firstRound(dispute, "d--du");
        _expectFinished(IJury.HearingState.Dismissed, false, 0, 0, BOND, 0);
    }

    function test_QuorumIsReachedExactly() public {
        _firstRound(dispute, "u--u-");
        _expectFinished(IJury.HearingState.Upheld, false, BOND - FEE, 0, FEE, 0);
    }

    function test_WithoutAQuorumItIsDismissedForAFee() public {
        _firstRound(dispute, "uu---");
        _expectFinished(IJury.HearingState.Dismissed, true, BOND - FEE, 0, FEE, 0);
        // whoever revealed shares, whatever the vote
        _claim(1, 0, FEE / 3);
        _claim(1, 1, FEE - FEE / 3);
    }

    function test_WithoutAnyVoteTheBondGoesBackWhole() public {
        _firstRound(dispute, "");
        _expectFinished(IJury.HearingState.Dismissed, true, BOND, 0, 0, 0);
    }

    function test_WhoOnlyCommitsIsNotCountedAndNotPaid() public {
        _firstRound(dispute, "ccccu");
        _expectFinished(IJury.HearingState.Upheld, false, BOND - FEE, 0, FEE, 0);
        _assertNothing(1, 3);
    }

    // After an appeal

    function test_AppealOverturnsAndGoesBackLessItsFee() public {
        _firstRound(dispute, "---uu");
        _secondRound(dispute, "ddddd");
        // the filer loses all but the first round's fee, whose majority was wrong: that goes to the second, too
        _expectFinished(IJury.HearingState.Dismissed, false, 0, 2 * BOND - 2 * FEE, 0, BOND + 2 * FEE);
        _claim(2, 0, uint256(BOND + 2 * FEE) * 10 / 150);
        _assertNothing(1, 3);
    }

    function test_OverturnedRoundsMinorityIsPaidItsFee() public {
        _firstRound(dispute, "d--uu");
        _secondRound(dispute, "ddddd");
        _expectFinished(IJury.HearingState.Dismissed, false, 0, 2 * BOND - 2 * FEE, FEE, BOND - FEE + 2 * FEE);
        _claim(1, 0, FEE);
        _assertNothing(1, 4);
    }

    function test_ConfirmingAppealCostsTheAppellantItsBond() public {
        _firstRound(dispute, "---uu");
        _secondRound(dispute, "uuuuu");
        _expectFinished(IJury.HearingState.Upheld, false, BOND - FEE, 0, FEE, 2 * BOND);
        _claim(1, 3, uint256(FEE) * 40 / 90);
        _claim(2, 4, uint256(2 * BOND) * 50 / 150);
    }

    function test_ConfirmedDismissalCostsBoth() public {
        _firstRound(dispute, "---dd");
        _secondRound(dispute, "uddd-");
        _expectFinished(IJury.HearingState.Dismissed, false, 0, 0, FEE, BOND - FEE + 2 * BOND);
    }

    function test_DismissalIsOverturned() public {
        _firstRound(dispute, "u---d");
        _secondRound(dispute, "--uuu");
        _expectFinished(IJury.HearingState.Upheld, false, BOND - FEE, 2 * BOND - 2 * FEE, FEE, 2 * FEE);
        _claim(1, 0, FEE);
    }

    function test_DefaultIsOverturned() public {
        _firstRound(dispute, "");
        _secondRound(dispute, "--uuu");
        // nobody to pay in the first round: its fee goes to those who decided
        _expectFinished(IJury.HearingState.Upheld, false, BOND - FEE, 2 * BOND - 2 * FEE, 0, 3 * FEE);
    }

    /// @dev An accused who is found against does not escape by an appeal in which too few take part.
    function test_AppealWithoutAQuorumLeavesTheVerdict() public {
        _firstRound(dispute, "--uuu");
        _secondRound(dispute, "dd-d-");
        _expectFinished(IJury.HearingState.Upheld, false, BOND - FEE, 2 * BOND - 2 * FEE, FEE, 2 * FEE);
        _claim(2, 1, uint256(2 * FEE) * 20 / 70);
    }

    function test_AppealsQuorumIsReachedExactly() public {
        _firstRound(dispute, "--uuu");
        _secondRound(dispute, "d--dd");
        _expectFinished(IJury.HearingState.Dismissed, false, 0, 2 * BOND - 2 * FEE, 0, BOND + 2 * FEE);
    }

    function test_AppealWithoutVotesGoesBackWhole() public {
        _firstRound(dispute, "--ddd");
        _secondRound(dispute, "");
        _expectFinished(IJury.HearingState.Dismissed, false, 0, 2 * BOND, BOND, 0);
    }

    function test_NeitherRoundHasAQuorum() public {
        _firstRound(dispute, "u----");
        _secondRound(dispute, "uu---");
        _expectFinished(IJury.HearingState.Dismissed, true, BOND - FEE, 2 * BOND - 2 * FEE, FEE, 2 * FEE);
    }

    function test_RevertWhen_AJurorClaimsTwice() public {
        _firstRound(dispute, "----u");
        _finish(dispute);
        jury.claim(dispute, 1, jurors[4]);
        _assertNothing(1, 4);
    }

    function test_RevertGiven_TheHearingIsOpen() public {
        _firstRound(dispute, "----u");
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_NotFinished.selector, dispute));
        jury.claim(dispute, 1, jurors[4]);
    }

    /// @dev COURT-3: bonds in = bonds out + pots, and pots are paid out to the last base unit, whoever claims first.
    function testFuzz_COURT3_BondsInAreBondsOut(uint256 seed, bool appealed) public {
        bytes memory letters = "ud-cu";
        bytes memory votes = new bytes(5);
        for (uint256 i; i < 5; ++i) {
            votes[i] = letters[(seed >> (8 * i)) % 5];
        }
        _firstRound(dispute, votes);
        for (uint256 i; i < 5; ++i) {
            votes[i] = letters[(seed >> (64 + 8 * i)) % 5];
        }
        if (appealed) _secondRound(dispute, votes);
        _finish(dispute);
        uint256 pots = uint256(jury.tallyOf(dispute, 1).pot) + jury.tallyOf(dispute, 2).pot;
        assertEq(token.balanceOf(address(jury)), pots, "COURT-3 pots");

        uint256 start = seed >> 128;
        for (uint256 i; i < 10; ++i) {
            address juror = jurors[(start + i) % 5];
            try jury.claim(dispute, uint8(1 + i / 5), juror) {} catch {}
        }

        assertEq(token.balanceOf(address(jury)), 0, "COURT-3 nothing left");
        uint256 back = token.balanceOf(filer) + token.balanceOf(appellant);
        assertEq(filerBefore + BOND + appellantBefore, back + _paid(), "COURT-3 nothing lost");
    }

    function _paid() private view returns (uint256 paid) {
        for (uint256 i; i < 5; ++i) {
            paid += token.balanceOf(jurors[i]);
        }
    }

    function _expectFinished(
        IJury.HearingState state,
        bool byDefault,
        uint96 toFiler,
        uint96 toAppellant,
        uint96 first,
        uint96 second
    ) private {
        bool appealed = jury.hearingOf(dispute).appellant != address(0);
        if (!appealed) vm.warp(jury.tallyOf(dispute, 1).revealsUntil + APPEAL);
        vm.expectEmit(address(jury));
        emit IJury.HearingFinished(dispute, state, byDefault, toFiler, toAppellant, [first, second]);
        jury.finish(dispute);

        assertEq(uint8(jury.stateOf(dispute)), uint8(state));
        assertEq(token.balanceOf(filer) - filerBefore, toFiler, "filer");
        assertEq(token.balanceOf(appellant) + (appealed ? 2 * BOND : 0) - appellantBefore, toAppellant, "appellant");
        assertEq(token.balanceOf(address(jury)), uint256(first) + second, "pots");
    }

    function _claim(uint8 round, uint256 juror, uint256 amount) private {
        uint256 before = token.balanceOf(jurors[juror]);
        vm.prank(stranger);
        assertEq(jury.claim(dispute, round, jurors[juror]), amount, "claimed");
        assertEq(token.balanceOf(jurors[juror]) - before, amount, "paid");
    }

    function _assertNothing(uint8 round, uint256 juror) private {
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_NothingToClaim.selector, dispute, round, jurors[juror]));
        jury.claim(dispute, round, jurors[juror]);
    }
}
