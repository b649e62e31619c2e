// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDisputeManager} from "../../../contracts/interfaces/IDisputeManager.sol";
import {BatchOpening} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {DisputeFixture} from "../../fixture/DisputeFixture.sol";

contract DisputeManagerFileTest is DisputeFixture {
    IDisputeManager.Kind private constant LICENCE = IDisputeManager.Kind.Licence;
    IDisputeManager.Kind private constant DATA = IDisputeManager.Kind.Data;
    IDisputeManager.Kind private constant DOWNTIME = IDisputeManager.Kind.Downtime;
    IDisputeManager.Kind private constant ANSWER = IDisputeManager.Kind.Answer;
    IDisputeManager.Kind private constant MODEL = IDisputeManager.Kind.Model;
    IDisputeManager.Kind private constant AGENT = IDisputeManager.Kind.Agent;

    /// @dev 1 % of 100,000.
    function test_DowntimePutsStakeAtRisk() public {
        bytes32 id = keccak256(abi.encode(DOWNTIME, _subject(runner), bytes32(uint256(DAY))));
        vm.expectEmit(address(disputes));
        emit IDisputeManager.DisputeFiled(
            1, DOWNTIME, id, _subject(runner), bytes32(uint256(DAY)), filer, runner, 1000e18, EVIDENCE_HASH
        );
        assertEq(_fileDowntime(), 1);

        IDisputeManager.Dispute memory d = disputes.disputeOf(1);
        assertEq(d.id, id);
        assertEq(uint8(d.kind), uint8(DOWNTIME));
        assertEq(uint8(d.role), uint8(Role.Runner));
        assertEq(d.filer, filer);
        assertEq(d.accused, runner);
        assertEq(d.atRisk, 1000e18);
        assertEq(d.bountyBps, 2000);
        assertEq(disputes.latestOf(id), 1);
        assertEq(staking.lockOf(address(disputes), runner, Role.Runner), 1000e18);
        assertEq(jury.hearingOf(1).filer, filer);
        assertEq(jury.hearingOf(1).accused, runner);
        assertEq(token.balanceOf(address(disputes)), 0);
    }

    /// @dev 10 % of 300,000 are above the maximum of 20,000; of 30,000 they are 3,000.
    function test_ModelsAndAgentsAreAccusedByTheirStake() public {
        vm.startPrank(filer);
        uint64 first = disputes.fileConduct(MODEL, bytes32(uint256(model)), DAY, EVIDENCE_HASH);
        uint64 second = disputes.fileConduct(AGENT, _subject(agent), DAY, EVIDENCE_HASH);

        assertEq(disputes.disputeOf(first).accused, modelOwner);
        assertEq(disputes.disputeOf(first).atRisk, 20_000e18);
        assertEq(staking.lockOf(address(disputes), modelOwner, Role.Model), 20_000e18);
        assertEq(disputes.disputeOf(second).accused, agent);
        assertEq(staking.lockOf(address(disputes), agent, Role.Agent), 3000e18);
    }

    function test_ConductIsDisputedWithinAThaw() public {
        vm.startPrank(filer);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeManager_OffenceOutOfRange.selector, DAY + 1));
        disputes.fileConduct(DOWNTIME, _subject(runner), DAY + 1, EVIDENCE_HASH);
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeManager_OffenceOutOfRange.selector, DAY - 22));
        disputes.fileConduct(DOWNTIME, _subject(runner), DAY - 22, EVIDENCE_HASH);
        disputes.fileConduct(DOWNTIME, _subject(runner), DAY - 21, EVIDENCE_HASH);
        disputes.fileConduct(DOWNTIME, _subject(runner), DAY, EVIDENCE_HASH);
    }

    function test_RevertWhen_TheSubjectIsNone() public {
        _expectUnknown(DOWNTIME, 0);
        _expectUnknown(DOWNTIME, bytes32(uint256(1 << 160)));
        _expectUnknown(AGENT, 0);
        _expectUnknown(AGENT, bytes32(uint256(1 << 160)));
        _expectUnknown(MODEL, 0);
        _expectUnknown(MODEL, bytes32(uint256(models.modelCount()) + 1));
    }

    function test_RevertWhen_TheKindIsFiledElsewhere() public {
        IContributionRegistry.Contribution memory contribution = _contribution();
        IDisputeManager.Kind[4] memory others = [IDisputeManager.Kind.None, LICENCE, DATA, ANSWER];
        for (uint256 i; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeManager_WrongKind.selector, others[i]));
            disputes.fileConduct(others[i], _subject(runner), DAY, EVIDENCE_HASH);
        }
        others = [IDisputeManager.Kind.None, DOWNTIME, ANSWER, MODEL];
        for (uint256 i; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeManager_WrongKind.selector, others[i]));
            disputes.fileContribution(others[i], contribution, 0, EVIDENCE_HASH);
        }
    }

    function test_ContributionOrOneRecordIsDisputed() public {
        IContributionRegistry.Contribution memory contribution = _contribution();
        vm.startPrank(filer);
        uint64 whole = disputes.fileContribution(LICENCE, contribution, 0, EVIDENCE_HASH);
        uint64 record = disputes.fileContribution(LICENCE, contribution, 100, EVIDENCE_HASH);
        uint64 data = disputes.fileContribution(DATA, contribution, 0, EVIDENCE_HASH);
        vm.stopPrank();

        assertEq(disputes.disputeOf(whole).accused, contribution.contributor);
        assertEq(disputes.disputeOf(record).offence, bytes32(uint256(100)));
        assertEq(disputes.disputeOf(data).subject, bytes32(uint256(7)));
        assertEq(uint8(disputes.disputeOf(whole).role), uint8(Role.None));
    }

    function test_RevertWhen_TheContributionIsUnknown() public {
        IContributionRegistry.Contribution memory contribution = _contribution();
        contribution.recordCount += 1;
        vm.expectRevert(
            abi.encodeWithSelector(IDisputeManager.DisputeManager_UnknownContribution.selector, contribution.number)
        );
        disputes.fileContribution(DATA, contribution, 0, EVIDENCE_HASH);
    }

    function test_RevertWhen_TheRecordIsUnknown() public {
        IContributionRegistry.Contribution memory contribution = _contribution();
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeManager_OffenceOutOfRange.selector, 101));
        disputes.fileContribution(DATA, contribution, 101, EVIDENCE_HASH);
    }

    function test_AnswerOpensItsReceiptsCase() public {
        _answer(0, model, 3, 5);
        _answer(0, model, 3, 6);
        uint64 number = _close();
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 1);

        vm.prank(filer);
        uint64 dispute = disputes.fileAnswer(opening, placed, EVIDENCE_HASH);

        IDisputeManager.Dispute memory d = disputes.disputeOf(dispute);
        assertEq(d.subject, bytes32((uint256(number) << 32) | 1));
        assertEq(d.offence, 0);
        assertEq(d.trial, 1);
        assertEq(d.accused, runner);
        assertEq(uint8(court.caseOf(number, 1).state), uint8(IReceiptCourt.CaseState.Open));
        // the court has locked; the dispute manager need not
        assertEq(staking.lockOf(address(disputes), runner, Role.Runner), 0);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), MINIMUM_SLASH);
    }

    function test_RevertGiven_TheAnswerIsTooOld() public {
        _answer(0, model, 3, 5);
        uint64 number = _close();
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 0);
        uint64 end = START + 1 + TRIAL;
        vm.warp(end);

        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooLate.selector, number, end, end));
        vm.prank(filer);
        disputes.fileAnswer(opening, placed, EVIDENCE_HASH);
    }

    function test_RevertWhen_TheBondIsNotPaid() public {
        vm.expectRevert(abi.encodeWithSignature("ERC20InsufficientAllowance(address,uint256,uint256)", jury, 0, BOND));
        vm.prank(stranger);
        disputes.fileConduct(DOWNTIME, _subject(runner), DAY, EVIDENCE_HASH);
    }

    function _expectUnknown(IDisputeManager.Kind kind, bytes32 subject) private {
        vm.expectRevert(abi.encodeWithSelector(IDisputeManager.DisputeManager_UnknownSubject.selector, kind, subject));
        disputes.fileConduct(kind, subject, DAY, EVIDENCE_HASH);
    }
}
