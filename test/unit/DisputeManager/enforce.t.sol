// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDisputeManager} from "../../../contracts/interfaces/IDisputeManager.sol";
import {BatchOpening} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {DisputeFixture} from "../../fixture/DisputeFixture.sol";

contract DisputeManagerEnforceTest is DisputeFixture {
    /// @dev Whose conduct a dispute is over, and what stake there is to punish it by.
    struct Accused {
        IDisputeManager.Kind kind;
        bytes32 subject;
        address account;
        Role role;
        uint256 stake;
    }

    uint64 private number;

    function setUp() public override {
        super.setUp();
        _answer(0, model, 3, 5);
        _answer(0, model, 3, 6);
        number = _close();
    }

    /// @dev 1,000 at risk: 200 to the filer, 800 burnt.
    function test_UpheldDowntimeIsSlashed() public {
        uint64 dispute = _fileDowntime();
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        uint256 before = token.balanceOf(filer);

        vm.expectEmit(address(disputes));
        emit IDisputeManager.VerdictEnforced(dispute, IDisputeManager.Kind.Downtime, true, 1000e18, 200e18);
        vm.prank(stranger);
        disputes.enforce(dispute);

        assertEq(token.balanceOf(filer) - before, 200e18);
        assertEq(staking.burnt(), 800e18);
        assertEq(staking.lockOf(address(disputes), runner, Role.Runner), 0);
        assertTrue(disputes.disputeOf(dispute).isEnforced);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeManager_AlreadyEnforced.selector, dispute));
        disputes.enforce(dispute);
    }

    function test_DismissedDowntimeUnlocks() public {
        uint64 dispute = _fileDowntime();
        _firstRound(dispute, "ddddd");
        _finish(dispute);

        vm.expectEmit(address(disputes));
        emit IDisputeManager.VerdictEnforced(dispute, IDisputeManager.Kind.Downtime, false, 0, 0);
        disputes.enforce(dispute);

        assertEq(staking.slashed(), 0);
        assertEq(staking.lockOf(address(disputes), runner, Role.Runner), 0);
    }

    /// @dev One pool, two days: the verdict on one takes nothing of what the other has locked.
    function test_VerdictsOfTwoDaysDoNotMix() public {
        vm.startPrank(filer);
        uint64 dispute = disputes.fileConduct(IDisputeManager.Kind.Agent, _subject(agent), DAY, EVIDENCE_HASH);
        uint64 second = disputes.fileConduct(IDisputeManager.Kind.Agent, _subject(agent), DAY - 1, EVIDENCE_HASH);
        vm.stopPrank();
        assertEq(staking.lockOf(address(disputes), agent, Role.Agent), 6000e18);
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        jury.finish(second);

        disputes.enforce(dispute);
        assertEq(staking.lockOf(address(disputes), agent, Role.Agent), 3000e18);
        disputes.enforce(second);

        assertEq(staking.slashed(), 3000e18);
        assertEq(staking.lockOf(address(disputes), agent, Role.Agent), 0);
    }

    /// @dev The court has locked nearly all of it: little is at risk here, and no more is taken.
    function test_OnlyWhatNobodyElseLockedIsAtRisk() public {
        Entry[] memory entries = new Entry[](1);
        entries[0] = Entry(channels[0], 4, 0, 39_600e18);
        uint64 dear = _settle(receiptsOf[number], entries);
        _demand(dear, 0);
        uint64 dispute = _fileDowntime();
        assertEq(disputes.disputeOf(dispute).atRisk, 10e18);
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        disputes.enforce(dispute);

        assertEq(staking.slashed(), 10e18);
    }

    function test_UpheldModelIsDeprecated() public {
        vm.prank(filer);
        uint64 dispute = disputes.fileConduct(IDisputeManager.Kind.Model, bytes32(uint256(model)), DAY, EVIDENCE_HASH);
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        disputes.enforce(dispute);

        assertEq(models.deprecatedAtOf(model), vm.getBlockTimestamp());
        assertEq(staking.slashed(), 20_000e18);
    }

    /// @dev An owner that deprecated it first is slashed all the same.
    function test_DeprecatedModelIsSlashedAllTheSame() public {
        vm.prank(filer);
        uint64 dispute = disputes.fileConduct(IDisputeManager.Kind.Model, bytes32(uint256(model)), DAY, EVIDENCE_HASH);
        models.deprecateByVerdict(model);
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        disputes.enforce(dispute);

        assertEq(staking.slashed(), 20_000e18);
    }

    function test_DismissedModelStays() public {
        vm.prank(filer);
        uint64 dispute = disputes.fileConduct(IDisputeManager.Kind.Model, bytes32(uint256(model)), DAY, EVIDENCE_HASH);
        _firstRound(dispute, "ddddd");
        _finish(dispute);
        disputes.enforce(dispute);

        assertEq(models.deprecatedAtOf(model), 0);
        assertEq(staking.lockOf(address(disputes), modelOwner, Role.Model), 0);
    }

    function test_UpheldAnswerIsStruck() public {
        uint64 dispute = _fileAnswer(1);
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        uint256 before = token.balanceOf(filer);

        vm.expectEmit(address(disputes));
        emit IDisputeManager.VerdictEnforced(
            dispute, IDisputeManager.Kind.Answer, true, MINIMUM_SLASH, MINIMUM_SLASH / 10
        );
        disputes.enforce(dispute);

        assertEq(uint8(court.caseOf(number, 1).state), uint8(IReceiptCourt.CaseState.Struck));
        assertEq(court.caseOf(number, 1).closedAt, vm.getBlockTimestamp());
        assertEq(token.balanceOf(filer) - before, MINIMUM_SLASH / 10);
        assertEq(token.balanceOf(payers[0]), receiptsOf[number][1].fee);
    }

    function test_DismissedAnswerIsCleared() public {
        uint64 dispute = _fileAnswer(1);
        _firstRound(dispute, "");
        _finish(dispute);
        disputes.enforce(dispute);

        assertEq(uint8(court.caseOf(number, 1).state), uint8(IReceiptCourt.CaseState.Cleared));
        assertEq(staking.slashed(), 0);
    }

    /// @dev Nobody enforced for 30 days: the case has lapsed, and the verdict neither reverts nor touches a later one.
    function test_LapsedCaseIsLeftAlone() public {
        uint64 dispute = _fileAnswer(1);
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        vm.warp(START + 1 + 30 days);
        court.lapse(number, 1);

        vm.expectEmit(address(disputes));
        emit IDisputeManager.VerdictEnforced(dispute, IDisputeManager.Kind.Answer, true, 0, 0);
        disputes.enforce(dispute);

        assertEq(uint8(court.caseOf(number, 1).state), uint8(IReceiptCourt.CaseState.Cleared));
        assertEq(staking.slashed(), 0);
    }

    /// @dev A verdict ends its own case only: another court's of the same receipt goes on.
    function test_LaterCaseIsLeftAlone() public {
        uint64 dispute = _fileAnswer(1);
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 1);
        vm.startPrank(judge);
        court.clear(number, 1);
        court.openCase(opening, placed);
        vm.stopPrank();
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        disputes.enforce(dispute);

        assertEq(court.trialOf(number, 1).number, 2);
        assertEq(uint8(court.trialOf(number, 1).state), uint8(IReceiptCourt.CaseState.Open));
        assertEq(staking.slashed(), 0);
    }

    function test_UpheldContributionIsRevoked() public {
        IContributionRegistry.Contribution memory contribution = _contribution();
        vm.prank(filer);
        uint64 dispute = disputes.fileContribution(IDisputeManager.Kind.Licence, contribution, 0, EVIDENCE_HASH);
        _firstRound(dispute, "uuuuu");
        _finish(dispute);

        vm.expectEmit(address(disputes));
        emit IDisputeManager.VerdictEnforced(dispute, IDisputeManager.Kind.Licence, true, 0, 0);
        disputes.enforceRevocation(dispute, contribution);

        assertTrue(contributions.isRevoked(7));
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeManager_AlreadyEnforced.selector, dispute));
        disputes.enforceRevocation(dispute, contribution);
    }

    function test_UpheldRecordIsRevokedAlone() public {
        IContributionRegistry.Contribution memory contribution = _contribution();
        vm.prank(filer);
        uint64 dispute = disputes.fileContribution(IDisputeManager.Kind.Data, contribution, 100, EVIDENCE_HASH);
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        disputes.enforceRevocation(dispute, contribution);

        assertFalse(contributions.isRevoked(7));
        assertTrue(contributions.isRecordRevoked(7, 99));
    }

    function test_RevertGiven_TheDataWasFoundGood() public {
        IContributionRegistry.Contribution memory contribution = _contribution();
        vm.prank(filer);
        uint64 dispute = disputes.fileContribution(IDisputeManager.Kind.Data, contribution, 0, EVIDENCE_HASH);
        _firstRound(dispute, "ddddd");
        _finish(dispute);

        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeManager_NotUpheld.selector, dispute));
        disputes.enforceRevocation(dispute, contribution);
    }

    function test_RevertWhen_AnotherContributionIsBrought() public {
        IContributionRegistry.Contribution memory contribution = _contribution();
        vm.prank(filer);
        uint64 dispute = disputes.fileContribution(IDisputeManager.Kind.Data, contribution, 0, EVIDENCE_HASH);
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        contribution.number = 8;
        contributions.add(contribution);

        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeManager_WrongContribution.selector, dispute, 8));
        disputes.enforceRevocation(dispute, contribution);
    }

    function test_RevertWhen_AVerdictIsEnforcedByTheOtherDoor() public {
        IContributionRegistry.Contribution memory contribution = _contribution();
        vm.prank(filer);
        uint64 overData = disputes.fileContribution(IDisputeManager.Kind.Data, contribution, 0, EVIDENCE_HASH);
        uint64 overConduct = _fileDowntime();
        _firstRound(overData, "uuuuu");
        _finish(overData);
        jury.finish(overConduct);

        vm.expectRevert(
            abi.encodeWithSelector(IDisputeManager.DisputeManager_WrongKind.selector, IDisputeManager.Kind.Data)
        );
        disputes.enforce(overData);
        vm.expectRevert(
            abi.encodeWithSelector(IDisputeManager.DisputeManager_WrongKind.selector, IDisputeManager.Kind.Downtime)
        );
        disputes.enforceRevocation(overConduct, contribution);
    }

    function test_RevertGiven_TheHearingIsNotFinished() public {
        uint64 dispute = _fileDowntime();
        _firstRound(dispute, "uuuuu");

        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeManager_NotFinished.selector, dispute));
        disputes.enforce(dispute);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeManager_NotFinished.selector, 99));
        disputes.enforce(99);
    }

    /// @dev Whatever the penalty is: what was at risk is divided between the filer and the fire, or all of it free again.
    function testFuzz_Enforce_DividesWhatWasAtRisk(
        uint8 kind,
        uint256 slashBps,
        uint256 maximum,
        uint256 bountyBps,
        bool isUpheld
    ) public {
        Accused memory a = _accused(kind % 3);
        slashBps = bound(slashBps, 0, a.kind == IDisputeManager.Kind.Downtime ? 200 : 2000);
        maximum = bound(maximum, 0, maximum % 2 == 0 ? 100 : 1_000_000e18);
        bountyBps = bound(bountyBps, 0, 2500);
        disputes.setPenalty(a.kind, IDisputeManager.Penalty(uint16(slashBps), uint96(maximum), uint16(bountyBps)));
        vm.prank(filer);
        uint64 dispute = disputes.fileConduct(a.kind, a.subject, DAY, EVIDENCE_HASH);
        uint256 atRisk = a.stake * slashBps / 10_000;
        if (atRisk > maximum) atRisk = maximum;
        assertEq(staking.lockOf(address(disputes), a.account, a.role), atRisk);
        // the last juror alone has the quorum
        _firstRound(dispute, isUpheld ? bytes("----u") : bytes("----d"));
        _finish(dispute);
        uint256 held = token.balanceOf(filer);

        vm.prank(stranger);
        disputes.enforce(dispute);

        uint256 taken = isUpheld ? atRisk : 0;
        uint256 bounty = taken * bountyBps / 10_000;
        assertEq(token.balanceOf(filer), held + bounty);
        assertEq(staking.burnt(), taken - bounty);
        assertEq(staking.activeStake(a.account, a.role), a.stake - taken);
        assertEq(staking.lockOf(address(disputes), a.account, a.role), 0);
    }

    /// @dev An answer costs what the court's terms say, whatever they are; the payer gets its fee at most.
    function testFuzz_Enforce_StrikesByTheCourtsTerms(uint256 minimum, uint256 bountyBps, bool isUpheld) public {
        minimum = bound(minimum, 1, minimum % 2 == 0 ? 10_000 : 10_000e18);
        bountyBps = bound(bountyBps, 1, 2500);
        court.setTerms(IReceiptCourt.Terms(DEPOSIT, uint96(minimum), uint16(bountyBps)));
        uint256 fee = receiptsOf[number][1].fee;
        uint64 dispute = _fileAnswer(1);
        _firstRound(dispute, isUpheld ? bytes("----u") : bytes("----d"));
        _finish(dispute);
        uint256 held = token.balanceOf(filer);

        disputes.enforce(dispute);

        uint256 taken = (fee * 10_000 + 4999 - bountyBps) / (5000 - bountyBps);
        if (taken < minimum) taken = minimum;
        if (!isUpheld) taken = 0;
        uint256 bounty = taken * bountyBps / 10_000;
        uint256 back = taken / 2 - bounty < fee ? taken / 2 - bounty : fee;
        assertEq(token.balanceOf(filer), held + bounty);
        assertEq(token.balanceOf(payers[0]), back);
        assertEq(staking.burnt(), taken - bounty - back);
        assertEq(staking.activeStake(runner, Role.Runner), STAKE - taken);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), 0);
    }

    function _accused(uint256 which) private view returns (Accused memory) {
        if (which == 0) {
            return Accused(IDisputeManager.Kind.Downtime, _subject(runner), runner, Role.Runner, STAKE);
        }
        if (which == 1) return Accused(IDisputeManager.Kind.Agent, _subject(agent), agent, Role.Agent, 30_000e18);
        return Accused(IDisputeManager.Kind.Model, bytes32(uint256(model)), modelOwner, Role.Model, 300_000e18);
    }

    function _fileAnswer(uint256 index) private returns (uint64) {
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, index);
        vm.prank(filer);
        return disputes.fileAnswer(opening, placed, EVIDENCE_HASH);
    }
}
