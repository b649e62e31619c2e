// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {WHOLE_BATCH} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {CourtFixture} from "../../fixture/CourtFixture.sol";

/// @notice What follows when nobody answers, and when the batch falls by something else first: `expire`, `returnDeposit`,
/// `release`.
contract ReceiptCourtSilenceTest is CourtFixture {
    uint64 private number;
    uint96 private amount;

    function setUp() public override {
        super.setUp();
        _answer(0, model, 3, 5);
        _answer(1, model, 1, 1);
        number = _close();
        amount = batchOf[number].amount;
    }

    function test_SilenceVoidsTheBatchAndPaysTheDemander() public {
        _demand(number, 1);
        uint256 before = token.balanceOf(demander);
        vm.warp(START + REVEAL);

        vm.expectEmit(address(court));
        emit IReceiptCourt.BatchVoided(
            number, runner, IReceiptCourt.Fault.Silence, demander, MINIMUM_SLASH, MINIMUM_SLASH / 10, amount
        );
        vm.expectEmit(address(court));
        emit IReceiptCourt.DepositReturned(number, 1, demander, DEPOSIT);
        vm.prank(stranger);
        court.expire(batchOf[number], 1);

        assertEq(court.voidedAt(number), START + REVEAL);
        assertEq(token.balanceOf(demander) - before, DEPOSIT + MINIMUM_SLASH / 10);
        assertEq(token.balanceOf(address(court)), amount);
        assertEq(court.refundOf(number).total, amount);
        assertEq(staking.burnt(), MINIMUM_SLASH - MINIMUM_SLASH / 10 - amount);
        assertEq(uint8(court.demandOf(number, 1).state), uint8(IReceiptCourt.DemandState.Returned));
    }

    function test_RevertGiven_TheDeadlineIsNotReached() public {
        _demand(number, 1);
        vm.warp(START + REVEAL - 1);

        vm.expectRevert(
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooEarly.selector, START + REVEAL, START + REVEAL - 1)
        );
        court.expire(batchOf[number], 1);
    }

    function test_RevertGiven_TheDemandWasAnswered() public {
        _demand(number, 1);
        verifier.reveal(batchOf[number], 1, _revelation(number, 1));
        vm.warp(START + REVEAL);

        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptCourt.ReceiptCourt_NoOpenDemand.selector, number, 1, IReceiptCourt.DemandState.Revealed
            )
        );
        court.expire(batchOf[number], 1);
    }

    function test_RevertGiven_TheBatchIsVoidAlready() public {
        _demand(number, 0);
        _demand(number, 1);
        vm.warp(START + REVEAL);
        court.expire(batchOf[number], 1);

        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_BatchVoid.selector, number, START + REVEAL));
        court.expire(batchOf[number], 0);
    }

    function test_RevertWhen_TheBatchIsUnknownHere() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptCourt.ReceiptCourt_WrongBatch.selector,
                number,
                keccak256(abi.encode(batchOf[number])),
                bytes32(0)
            )
        );
        court.expire(batchOf[number], 1);
    }

    function test_OtherDemandsGetTheirDepositsBack() public {
        _demand(number, 0);
        _demand(number, 1);
        vm.warp(START + REVEAL);
        court.expire(batchOf[number], 1);
        uint256 before = token.balanceOf(demander);

        vm.expectEmit(address(court));
        emit IReceiptCourt.DepositReturned(number, 0, demander, DEPOSIT);
        court.returnDeposit(number, 0);

        assertEq(token.balanceOf(demander) - before, DEPOSIT);
        assertEq(court.openDemandsOf(number), 0);
        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptCourt.ReceiptCourt_NoOpenDemand.selector, number, 0, IReceiptCourt.DemandState.Returned
            )
        );
        court.returnDeposit(number, 0);
    }

    function test_RevertGiven_TheBatchStands() public {
        _demand(number, 0);
        vm.warp(START + REVEAL);

        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_BatchNotVoid.selector, number));
        court.returnDeposit(number, 0);
    }

    /// @dev The lock outlasts the answer by the time that a proof with it has.
    function test_StakeIsReleasedWhenProofsHadTheirTime() public {
        _demand(number, 0);
        vm.warp(START + 1 hours);
        _demand(number, 1);
        verifier.reveal(batchOf[number], 0, _revelation(number, 0));
        uint64 end = START + 1 hours + 2 * REVEAL;
        vm.warp(end);
        // the other one is still open
        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_StillLocked.selector, number, 1, end));
        court.release(batchOf[number]);

        vm.warp(START + 2 hours);
        verifier.reveal(batchOf[number], 1, _revelation(number, 1));
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_StillLocked.selector, number, 0, end));
        court.release(batchOf[number]);
        vm.warp(end);
        vm.expectEmit(address(court));
        emit IReceiptCourt.StakeReleased(number, runner, MINIMUM_SLASH);
        court.release(batchOf[number]);

        assertEq(staking.lockOf(address(court), runner, Role.Runner), 0);
        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_NothingLocked.selector, number));
        court.release(batchOf[number]);
    }

    /// @dev A proof without a demand has nothing locked of its own: what it takes of others' locks is locked again.
    function test_ProofWithoutADemandLeavesTheLocksOfOthers() public {
        _demand(number, 0);
        receiptsOf[number][0].fee += 1;
        uint64 second = _settle(receiptsOf[number], new Entry[](0));

        verifier.proveFee(_opening(second), _place(second, 0));

        assertEq(staking.slashed(), MINIMUM_SLASH);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), MINIMUM_SLASH);
    }

    function test_EquivocationLeavesTheLocksOfDemands() public {
        _demand(number, 0);
        IAttributionOracle.Receipt memory one = receiptsOf[number][0];
        IAttributionOracle.Receipt memory other = receiptsOf[number][0];
        other.seed = keccak256("another");
        verifier.proveEquivocation(
            one, _sign(runnerKey, _receiptHash(one)), other, _sign(runnerKey, _receiptHash(other))
        );

        assertEq(staking.slashed(), MINIMUM_SLASH);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), MINIMUM_SLASH);
    }

    function test_StakeOfAVoidBatchIsReleasedAtOnce() public {
        _demand(number, 0);
        _demand(number, 1);
        vm.warp(START + REVEAL);
        court.expire(batchOf[number], 1);

        assertEq(staking.lockOf(address(court), runner, Role.Runner), 0);
        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_NothingLocked.selector, number));
        court.release(batchOf[number]);
    }

    /// @dev A slash takes of the court's lock first, whatever it was for: what is locked for another batch stays locked.
    function test_FallOfABatchLeavesTheLocksOfOthers() public {
        _answer(0, model, 9, 9);
        uint64 second = _close();
        _demand(number, 0);
        _demand(second, 0);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), 2 * MINIMUM_SLASH);
        vm.warp(START + REVEAL);
        court.expire(batchOf[number], 0);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), MINIMUM_SLASH);

        staking.thaw(runner, Role.Runner, STAKE - MINIMUM_SLASH);
        court.expire(batchOf[second], 0);

        assertEq(staking.lockOf(address(court), runner, Role.Runner), 0);
        assertEq(staking.slashed(), 2 * MINIMUM_SLASH);
    }

    /// @dev A slash that leaves less than the sum of the locks: what ends first frees nothing that covers another matter.
    function test_ReleaseAfterASlashKeepsWhatOthersLocked() public {
        staking.thaw(runner, Role.Runner, STAKE - 2 * MINIMUM_SLASH);
        vm.warp(START + THAW);
        staking.withdraw(runner, Role.Runner);
        _answer(0, model, 9, 9);
        uint64 first = _close();
        _answer(0, model, 9, 9);
        uint64 second = _close();
        _demand(first, 0);
        _demand(second, 0);
        verifier.reveal(batchOf[first], 0, _revelation(first, 0));
        IAttributionOracle.Receipt memory one = receiptsOf[number][0];
        IAttributionOracle.Receipt memory other = receiptsOf[number][0];
        other.seed = keccak256("another");
        verifier.proveEquivocation(
            one, _sign(runnerKey, _receiptHash(one)), other, _sign(runnerKey, _receiptHash(other))
        );
        assertEq(staking.lockOf(address(court), runner, Role.Runner), MINIMUM_SLASH);

        vm.warp(START + THAW + 2 * REVEAL);
        court.release(batchOf[first]);

        assertEq(staking.lockOf(address(court), runner, Role.Runner), MINIMUM_SLASH);
        court.expire(batchOf[second], 0);
        assertEq(staking.slashed(), 2 * MINIMUM_SLASH);
    }

    /// @dev Whatever the terms and the batch are: deposits come back whole, and the stake that is taken is divided without a
    /// rest between who demanded, the payers and the fire.
    function testFuzz_DemandThenExpireAndReturnDeposit_DividesTheStake(
        uint256 settled,
        uint256 deposit,
        uint256 minimum,
        uint256 bountyBps
    ) public {
        deposit = bound(deposit, 1, 100e18);
        minimum = bound(minimum, 1, 10_000e18);
        bountyBps = bound(bountyBps, 1, 2500);
        court.setTerms(IReceiptCourt.Terms(uint96(deposit), uint96(minimum), uint16(bountyBps)));
        Entry[] memory entries = new Entry[](1);
        entries[0] = Entry(channels[2], cheapModel, 0, uint96(bound(settled, 1, settled % 2 == 0 ? 1e22 : 2e23)));
        settled = entries[0].afterwards;
        uint64 other = _settle(receiptsOf[number], entries);
        uint256 held = token.balanceOf(demander);

        _demand(other, 1);
        _demand(other, WHOLE_BATCH);
        assertEq(token.balanceOf(demander), held - 17 * deposit);
        assertEq(token.balanceOf(address(court)), 17 * deposit);
        vm.warp(START + REVEAL);
        vm.prank(stranger);
        court.expire(batchOf[other], 1);

        uint256 taken = (settled * 10_000 + 4999 - bountyBps) / (5000 - bountyBps);
        if (taken < minimum) taken = minimum;
        if (taken > STAKE) taken = STAKE;
        uint256 bounty = taken * bountyBps / 10_000;
        uint256 back = taken / 2 - bounty < settled ? taken / 2 - bounty : settled;
        assertEq(token.balanceOf(demander), held - 16 * deposit + bounty);
        assertEq(token.balanceOf(address(court)), 16 * deposit + back);
        assertEq(court.refundOf(other).total, back);
        assertEq(staking.burnt(), taken - bounty - back);
        court.returnDeposit(other, WHOLE_BATCH);
        assertEq(token.balanceOf(demander), held + bounty);
        assertEq(token.balanceOf(address(court)), back);
    }
}
