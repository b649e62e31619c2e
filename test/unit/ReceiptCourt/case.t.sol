// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {Batch, BatchOpening} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {ReceiptPlaceLib} from "../../../contracts/verification/ReceiptPlaceLib.sol";
import {CourtFixture} from "../../fixture/CourtFixture.sol";
import {Tree} from "../../fixture/Tree.sol";

contract ReceiptCourtCaseTest is CourtFixture {
    uint64 private number;

    function setUp() public override {
        super.setUp();
        _answer(0, model, 3, 5);
        _answer(0, model, 1, 1);
        _answer(1, cheapModel, 0, 9);
        number = _close();
    }

    function test_OpenedCaseLocksWhatItMayCost() public {
        vm.expectEmit(address(court));
        emit IReceiptCourt.CaseOpened(number, 1, runner, 1, payers[0], 1030, MINIMUM_SLASH);
        _openCase(1);

        _assertCase(1, IReceiptCourt.CaseState.Open, START, 0);
        IReceiptCourt.Trial memory trial = court.trialOf(number, 1);
        assertEq(trial.runner, runner);
        assertEq(trial.payer, payers[0]);
        assertEq(trial.fee, 1030);
        assertEq(trial.number, 1);
        assertEq(trial.openedAt, START);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), MINIMUM_SLASH);
    }

    /// @dev A friend's channel that never paid, put into the batch to get what its payers are owed: it is refunded nothing.
    function test_ReceiptThatWasNotPaidNamesNoPayer() public {
        IAttributionOracle.Receipt[] memory receipts = new IAttributionOracle.Receipt[](2);
        receipts[0] = _nextReceipt(channels[0], model, 2, 2);
        IAttributionOracle.Receipt[] memory paid = new IAttributionOracle.Receipt[](1);
        paid[0] = receipts[0];
        receipts[1] = _nextReceipt(channels[2], model, 2, 2);
        number = _settle(receipts, _entriesOf(paid));

        _openCase(1);
        assertEq(court.trialOf(number, 1).payer, address(0));
        uint256 before = token.balanceOf(payers[2]);
        vm.prank(judge);
        court.strike(number, 1, stranger);
        assertEq(token.balanceOf(payers[2]), before);
    }

    function test_RevertWhen_TheCallerIsNoCourt() public {
        bytes memory refusal = abi.encodeWithSignature("AccessManagedUnauthorized(address)", stranger);
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 1);

        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        court.openCase(opening, placed);
        vm.expectRevert(refusal);
        court.strike(number, 1, stranger);
        vm.expectRevert(refusal);
        court.clear(number, 1);
    }

    function test_RevertWhen_TheReceiptIsNotInTheBatch() public {
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 1);
        placed.index = 2;

        vm.expectRevert(
            abi.encodeWithSelector(
                ReceiptPlaceLib.ReceiptPlaceLib_InvalidOpening.selector, opening.batch.receiptsRoot, 2, 3
            )
        );
        vm.prank(judge);
        court.openCase(opening, placed);
    }

    function test_RevertGiven_ACaseIsOpen() public {
        _openCase(1);
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 1);

        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptCourt.ReceiptCourt_CaseExists.selector, number, 1, IReceiptCourt.CaseState.Open
            )
        );
        vm.prank(judge);
        court.openCase(opening, placed);
    }

    function test_RevertGiven_TheReceiptWasStruck() public {
        _openCase(1);
        vm.prank(judge);
        court.strike(number, 1, judge);
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 1);

        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptCourt.ReceiptCourt_CaseExists.selector, number, 1, IReceiptCourt.CaseState.Struck
            )
        );
        vm.prank(judge);
        court.openCase(opening, placed);
    }

    function test_RevertGiven_TheTrialPeriodIsOver() public {
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 1);
        vm.warp(START + TRIAL);

        vm.expectRevert(
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooLate.selector, number, START + TRIAL, START + TRIAL)
        );
        vm.prank(judge);
        court.openCase(opening, placed);
        vm.warp(START + TRIAL - 1);
        vm.prank(judge);
        court.openCase(opening, placed);
    }

    function test_StruckReceiptIsMadeGoodFromTheStake() public {
        _openCase(1);
        vm.warp(START + 5 days);

        vm.expectEmit(address(court));
        emit IReceiptCourt.CaseStruck(number, 1, 1, prover, MINIMUM_SLASH, MINIMUM_SLASH / 10, 1030);
        vm.prank(judge);
        (uint96 taken, uint96 bounty) = court.strike(number, 1, prover);

        assertEq(taken, MINIMUM_SLASH);
        assertEq(bounty, MINIMUM_SLASH / 10);
        _assertCase(1, IReceiptCourt.CaseState.Struck, START, START + 5 days);
        assertEq(token.balanceOf(prover), MINIMUM_SLASH / 10);
        assertEq(token.balanceOf(payers[0]), 1030);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), 0);
        assertEq(court.voidedAt(number), 0);
    }

    /// @dev A verdict takes and gives up what was locked for it, and nothing of what another case has locked.
    function test_StruckCaseLeavesTheLocksOfOthers() public {
        _openCase(0);
        _openCase(1);
        vm.prank(judge);
        court.strike(number, 1, prover);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), MINIMUM_SLASH);

        vm.prank(judge);
        court.clear(number, 0);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), 0);
    }

    function test_ClearedCaseLeavesTheLocksOfOthers() public {
        BatchOpening memory opening = _opening(number);
        vm.startPrank(judge);
        court.openCase(opening, _place(number, 0));
        court.openCase(opening, _place(number, 1));

        court.clear(number, 0);

        assertEq(staking.lockOf(address(court), runner, Role.Runner), court.trialOf(number, 1).locked);
        court.clear(number, 1);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), 0);
    }

    function test_ClearedCaseUnlocks() public {
        _openCase(1);
        vm.warp(START + 5 days);

        vm.expectEmit(address(court));
        emit IReceiptCourt.CaseCleared(number, 1, 1);
        vm.prank(judge);
        court.clear(number, 1);

        _assertCase(1, IReceiptCourt.CaseState.Cleared, START, START + 5 days);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), 0);
        assertEq(staking.slashed(), 0);
    }

    function test_RevertGiven_NoCaseIsOpen() public {
        bytes memory none = abi.encodeWithSelector(
            IReceiptCourt.ReceiptCourt_NoOpenCase.selector, number, 1, IReceiptCourt.CaseState.None
        );
        vm.startPrank(judge);
        vm.expectRevert(none);
        court.strike(number, 1, judge);
        vm.expectRevert(none);
        court.clear(number, 1);
        vm.expectRevert(none);
        court.lapse(number, 1);
    }

    /// @dev A case that its court forgot ends by itself.
    function test_CaseLapsesAfterThirtyDays() public {
        _openCase(1);
        vm.warp(START + 30 days - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooEarly.selector, START + 30 days, START + 30 days - 1)
        );
        court.lapse(number, 1);

        vm.warp(START + 30 days);
        vm.prank(stranger);
        court.lapse(number, 1);

        _assertCase(1, IReceiptCourt.CaseState.Cleared, START, START + 30 days);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), 0);
    }

    /// @dev What epochs go by stays: a retrial neither takes a cleared receipt out of its epoch nor puts it into another.
    function test_RetrialMovesTheReceiptNoMore() public {
        _openCase(1);
        vm.warp(START + 1 days);
        vm.prank(judge);
        court.clear(number, 1);
        vm.warp(START + 2 days);
        _openCase(1);
        _assertCase(1, IReceiptCourt.CaseState.Cleared, START, START + 1 days);
        assertEq(court.trialOf(number, 1).number, 2);

        vm.warp(START + 3 days);
        vm.prank(judge);
        court.strike(number, 1, prover);

        _assertCase(1, IReceiptCourt.CaseState.Cleared, START, START + 1 days);
        assertEq(uint8(court.trialOf(number, 1).state), uint8(IReceiptCourt.CaseState.Struck));
        assertEq(token.balanceOf(payers[0]), 1030);
    }

    function test_VoidBatchesReceiptIsStruckForNothing() public {
        _openCase(1);
        _voidBatch();
        uint256 slashed = staking.slashed();

        vm.prank(judge);
        (uint96 taken, uint96 bounty) = court.strike(number, 1, prover);

        assertEq(taken, 0);
        assertEq(bounty, 0);
        assertEq(staking.slashed(), slashed);
        _assertCase(1, IReceiptCourt.CaseState.Struck, START, START + REVEAL);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), 0);
    }

    /// @dev 2,160 in channel 0 and 64 in channel 1; 1,030 went back with the struck receipt.
    function test_VoidBatchDoesNotRefundAStruckReceiptAgain() public {
        _openCase(1);
        vm.prank(judge);
        court.strike(number, 1, prover);
        _voidBatch();
        assertEq(court.refundOf(number).total, 1130 + 64);

        court.refund(batchOf[number], _settlements(number), 1);
        court.refund(batchOf[number], _settlements(number), 1);

        assertEq(token.balanceOf(payers[0]), 1030 + 1130);
        assertEq(token.balanceOf(payers[1]), 64);
        assertEq(token.balanceOf(address(court)), 0);
    }

    /// @dev A false batch: its receipt claims a fee that was never paid.
    function test_FeeAboveTheBatchCountsAsTheBatch() public {
        receiptsOf[number][0].fee = type(uint96).max;
        Entry[] memory entries = new Entry[](1);
        // what the channel has paid by now, and how little of it in this batch
        uint96 paid = receiptsOf[number][0].cumulative;
        entries[0] = Entry(channels[0], model, paid - 500, paid);
        uint64 second = _settle(receiptsOf[number], entries);
        BatchOpening memory opening = _opening(second);
        IReceiptCourt.PlacedReceipt memory placed = _place(second, 0);
        vm.prank(judge);
        court.openCase(opening, placed);

        assertEq(court.trialOf(second, 0).fee, 500);
        vm.prank(judge);
        court.strike(second, 0, prover);
        assertEq(token.balanceOf(payers[0]), 500);
    }

    function test_ReceiptOfNoChannelRefundsNobody() public {
        receiptsOf[number][0].channel = keccak256("nowhere");
        uint64 second = _settle(receiptsOf[number], new Entry[](0));
        BatchOpening memory opening = _opening(second);
        IReceiptCourt.PlacedReceipt memory placed = _place(second, 0);
        vm.prank(judge);
        court.openCase(opening, placed);

        vm.prank(judge);
        court.strike(second, 0, prover);

        assertEq(staking.slashed(), MINIMUM_SLASH);
        assertEq(token.balanceOf(prover), MINIMUM_SLASH / 10);
    }

    /// @dev Whatever the fee and the terms are: what is taken is divided without a rest, and the payer gets its fee at most.
    function testFuzz_Strike_DividesTheStake(uint256 fee, uint256 minimum, uint256 bountyBps) public {
        minimum = bound(minimum, 1, 10_000e18);
        bountyBps = bound(bountyBps, 1, 2500);
        court.setTerms(IReceiptCourt.Terms(DEPOSIT, uint96(minimum), uint16(bountyBps)));
        fee = _settleOne(fee);
        _openCase(0);
        uint256 taken = (fee * 10_000 + 4999 - bountyBps) / (5000 - bountyBps);
        if (taken < minimum) taken = minimum;
        if (taken > STAKE) taken = STAKE;
        assertEq(staking.lockOf(address(court), runner, Role.Runner), taken);

        vm.prank(judge);
        (uint96 struck, uint96 bounty) = court.strike(number, 0, prover);

        uint256 back = taken / 2 - bounty < fee ? taken / 2 - bounty : fee;
        assertEq(struck, taken);
        assertEq(bounty, taken * bountyBps / 10_000);
        assertEq(token.balanceOf(prover), bounty);
        assertEq(token.balanceOf(payers[2]), back);
        assertEq(staking.burnt(), taken - bounty - back);
        assertEq(token.balanceOf(address(staking)), STAKE - taken);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), 0);
    }

    /// @dev All that was locked is free again, not a second early, and nothing is taken.
    function testFuzz_Lapse_FreesWhatIsLocked(uint256 fee, uint256 wait) public {
        fee = _settleOne(fee);
        _openCase(0);
        uint256 locked = _costOf(uint96(fee)) < STAKE ? _costOf(uint96(fee)) : STAKE;
        wait = bound(wait, 0, 60 days);
        vm.warp(START + wait);

        bool isEarly = wait < 30 days;
        if (isEarly) {
            vm.expectRevert(
                abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooEarly.selector, START + 30 days, START + wait)
            );
        }
        court.lapse(number, 0);

        assertEq(staking.lockOf(address(court), runner, Role.Runner), isEarly ? locked : 0);
        assertEq(staking.activeStake(runner, Role.Runner), STAKE);
        assertEq(token.balanceOf(address(staking)), STAKE);
    }

    /// @dev An equivocation costs the least slash and no more; nobody is refunded.
    function testFuzz_ConvictRunner_TakesTheLeastSlash(uint256 minimum, uint256 bountyBps) public {
        minimum = bound(minimum, 1, minimum % 2 == 0 ? 10_000 : 10_000e18);
        bountyBps = bound(bountyBps, 1, 2500);
        court.setTerms(IReceiptCourt.Terms(DEPOSIT, uint96(minimum), uint16(bountyBps)));

        vm.prank(address(verifier));
        court.convictRunner(runner, channels[0], model, 1, prover);

        uint256 bounty = minimum * bountyBps / 10_000;
        assertEq(token.balanceOf(prover), bounty);
        assertEq(staking.burnt(), minimum - bounty);
        assertEq(token.balanceOf(address(staking)), STAKE - minimum);
        assertEq(token.balanceOf(address(court)), 0);
    }

    /// @dev A batch of one receipt that cost this much; the third payer paid it.
    function _settleOne(uint256 amount) private returns (uint256 fee) {
        fee = bound(amount, 0, amount % 2 == 0 ? 1e22 : 2e23);
        IAttributionOracle.Receipt[] memory receipts = new IAttributionOracle.Receipt[](1);
        receipts[0] = _nextReceipt(channels[2], model, 0, 0);
        (receipts[0].fee, receipts[0].cumulative) = (uint96(fee), uint96(fee));
        number = _settle(receipts, _entriesOf(receipts));
    }

    function _openCase(uint256 index) private {
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, index);
        vm.prank(judge);
        court.openCase(opening, placed);
    }

    function _voidBatch() private {
        _demand(number, 0);
        vm.warp(START + REVEAL);
        court.expire(batchOf[number], 0);
    }

    function _assertCase(uint32 index, IReceiptCourt.CaseState state, uint64 openedAt, uint64 closedAt) private view {
        IReceiptCourt.Case memory c = court.caseOf(number, index);
        assertEq(uint8(c.state), uint8(state), "state");
        assertEq(c.openedAt, openedAt, "openedAt");
        assertEq(c.closedAt, closedAt, "closedAt");
    }

    /// @dev Credits name receipts by 32 bits: what a batch has beyond earns nothing and is tried by nobody.
    function test_RevertWhen_TheIndexIsBeyondWhatCreditsName() public {
        IAttributionOracle.Receipt memory receipt = _nextReceipt(channels[0], model, 1, 1);
        bytes32[] memory row = new bytes32[](1);
        row[0] = Tree.leaf("Receipt", abi.encodePacked(_receiptHash(receipt)));
        (bytes32 root, bytes32[] memory siblings) = Tree.deepRange("Receipt", row, 1 << 32, 33);
        Batch memory batch = market.settle(runner, 1, root, "");
        batchOf[batch.number] = batch;
        market.pinBatches();
        BatchOpening memory opening = _opening(batch.number);

        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_IndexTooLarge.selector, 1 << 32));
        vm.prank(judge);
        court.openCase(opening, IReceiptCourt.PlacedReceipt(receipt, 1 << 32, 1 << 33, siblings));
    }
}
