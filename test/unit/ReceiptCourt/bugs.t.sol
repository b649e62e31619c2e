// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {BatchOpening} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IReceiptCourt, WHOLE_BATCH} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {IReceiptVerifier} from "../../../contracts/interfaces/IReceiptVerifier.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {ReceiptPlaceLib} from "../../../contracts/verification/ReceiptPlaceLib.sol";
import {CourtFixture} from "../../fixture/CourtFixture.sol";
import {Tree} from "../../fixture/Tree.sol";

/// @notice Other people's bugs, each by its name.
contract ReceiptCourtBugsTest is CourtFixture {
    uint64 private number;

    function setUp() public override {
        super.setUp();
        _answer(0, model, 3, 5);
        _answer(0, model, 1, 1);
        _answer(1, cheapModel, 0, 9);
        number = _close();
    }

    /// @dev A cheat that demands its own receipt, keeps silent and takes the bounty burns at least half; so it does when it is the
    /// payer, too.
    function test_SelfChallengeToRecoverAStakeBurnsHalf() public {
        uint64 dear = _dearBatch(40_000e18);
        token.transfer(runner, DEPOSIT);
        vm.prank(runner);
        token.approve(address(court), DEPOSIT);
        BatchOpening memory opening = _opening(dear);
        vm.prank(runner);
        court.demand(opening, 0);
        vm.warp(START + REVEAL);
        court.expire(batchOf[dear], 0);
        court.refund(batchOf[dear], _settlements(dear), 10);

        // bounty and refund together, if it paid itself
        uint256 back = token.balanceOf(runner) - DEPOSIT + token.balanceOf(payers[0]);
        assertEq(staking.slashed(), STAKE);
        assertEq(back, STAKE / 2);
        assertEq(staking.burnt(), STAKE / 2);
    }

    /// @dev What a friend's case came to binds nobody: a cleared receipt is tried again and struck.
    function test_FriendlyChallengerLosingOnPurposeConfirmsNothing() public {
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 0);
        vm.startPrank(judge);
        court.openCase(opening, placed);
        court.clear(number, 0);
        court.openCase(opening, placed);
        court.strike(number, 0, prover);
        vm.stopPrank();

        assertEq(token.balanceOf(payers[0]), receiptsOf[number][0].fee);
    }

    /// @dev A friend's demand that is answered shields neither its receipt from a proof nor others from demands.
    function test_FriendlyDemandConfirmsNothing() public {
        IAttributionOracle.Receipt[] memory receipts = receiptsOf[number];
        receipts[1].fee += 1;
        uint64 second = _settle(receipts, new Entry[](0));
        _demand(second, 1);
        verifier.reveal(batchOf[second], 1, _revelation(second, 1));

        verifier.proveFee(_opening(second), _place(second, 1));

        assertEq(court.voidedAt(second), START);
    }

    /// @dev The victim is paid for each, and each sixteen dearer: 64 open demands cost 160 deposits.
    function test_GriefingDemandsPayTheirVictim() public {
        for (uint32 i; i < 64; ++i) {
            _demand(number, i);
        }
        bytes32 top = Tree.top(_leaves(receiptsOf[number]));
        vm.startPrank(runner);
        for (uint32 i; i < 64; ++i) {
            if (i < 3) verifier.reveal(batchOf[number], i, _revelation(number, i));
            else verifier.revealAbsent(batchOf[number], i, 3, top);
        }
        vm.stopPrank();

        assertEq(token.balanceOf(runner), 16 * (1 + 2 + 3 + 4) * DEPOSIT);
    }

    /// @dev No maximum that a runner could fill by demands of its own, which cost it nothing.
    function test_RunnerCannotShutOthersOutByItsOwnDemands() public {
        token.transfer(runner, 1e24);
        BatchOpening memory opening = _opening(number);
        vm.startPrank(runner);
        token.approve(address(court), type(uint256).max);
        for (uint32 i = 1; i < 200; ++i) {
            court.demand(opening, i);
        }
        vm.stopPrank();

        _demand(number, 0);

        assertEq(court.demandOf(number, 0).deposit, 13 * DEPOSIT);
    }

    /// @dev A runner's own demand of its false receipt, to keep others from it, ends as theirs would.
    function test_OwnDemandDoesNotShieldAReceipt() public {
        token.transfer(runner, DEPOSIT);
        BatchOpening memory opening = _opening(number);
        vm.startPrank(runner);
        token.approve(address(court), DEPOSIT);
        court.demand(opening, 0);
        vm.stopPrank();
        vm.warp(START + REVEAL);

        vm.prank(stranger);
        court.expire(batchOf[number], 0);

        assertEq(court.voidedAt(number), START + REVEAL);
    }

    /// @dev Demanded in the last second, answered in the last second: still time to prove, and stake that cannot have left.
    function test_LastSecondDemandLeavesTimeToProve() public {
        IAttributionOracle.Receipt[] memory receipts = receiptsOf[number];
        receipts[1].fee += 1;
        staking.thaw(runner, Role.Runner, STAKE);
        uint64 second = _settle(receipts, new Entry[](0));
        vm.warp(START + TRIAL - 1);
        _demand(second, 1);
        vm.warp(START + TRIAL - 1 + REVEAL - 1);
        verifier.reveal(batchOf[second], 1, _revelation(second, 1));
        vm.warp(START + TRIAL + 2 * REVEAL - 1);

        BatchOpening memory opening = _opening(second);
        vm.prank(prover);
        verifier.proveFee(opening, _place(second, 1));

        assertEq(token.balanceOf(prover), MINIMUM_SLASH / 10);
    }

    /// @dev A runner that began to thaw before it cheated could be out before a demand ends: what is demanded is locked.
    function test_DisputeFiledLateDoesNotExpireAfterTheThaw() public {
        uint64 dear = _dearBatch(40_000e18);
        vm.warp(START);
        staking.thaw(runner, Role.Runner, STAKE);
        vm.warp(START + TRIAL - 1);
        _demand(dear, 0);
        vm.warp(START + THAW);
        vm.expectRevert("locked");
        staking.withdraw(runner, Role.Runner);

        court.expire(batchOf[dear], 0);

        assertEq(staking.slashed(), STAKE);
    }

    /// @dev An entry is refunded once, however often its list is shown.
    function test_DuplicateEntriesOfOneBatchAreNotPaidTwice() public {
        _demand(number, 0);
        vm.warp(START + REVEAL);
        court.expire(batchOf[number], 0);
        // money of others in the court
        _answer(2, model, 1, 1);
        _demand(_close(), 0);
        bytes memory settlements = _settlements(number);
        court.refund(batchOf[number], settlements, 1);
        court.refund(batchOf[number], settlements, 1);

        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_NothingToRefund.selector, number));
        court.refund(batchOf[number], settlements, 1);
        assertEq(token.balanceOf(payers[0]), 2160);
        assertEq(token.balanceOf(address(court)), DEPOSIT);
    }

    /// @dev A receipt's proof is good for its own batch only: another's root does not take its place.
    function test_ProofIsBoundToItsBatch() public {
        IAttributionOracle.Receipt[] memory receipts = receiptsOf[number];
        receipts[1].fee += 1;
        uint64 second = _settle(receipts, new Entry[](0));
        BatchOpening memory honest = _opening(number);
        IReceiptCourt.PlacedReceipt memory guilty = _place(second, 1);

        vm.expectRevert(
            abi.encodeWithSelector(
                ReceiptPlaceLib.ReceiptPlaceLib_InvalidOpening.selector, honest.batch.receiptsRoot, 1, 3
            )
        );
        verifier.proveFee(honest, guilty);
        honest.batch.receiptsRoot = batchOf[second].receiptsRoot;
        vm.expectPartialRevert(bytes4(keccak256("InferenceMarket_InvalidBatchOpening(uint64)")));
        verifier.proveFee(honest, guilty);
    }

    /// @dev What a runner signed on another chain, or for another market, is another digest here.
    function test_ProofIsBoundToItsChain() public {
        IAttributionOracle.Receipt memory one = receiptsOf[number][0];
        IAttributionOracle.Receipt memory other = receiptsOf[number][0];
        other.seed = keccak256("another");
        bytes memory signatureOfOne = _sign(runnerKey, _receiptHash(one));
        bytes memory signatureOfOther = _sign(runnerKey, _receiptHash(other));
        vm.chainId(11);

        vm.expectPartialRevert(IReceiptVerifier.ReceiptVerifier_WrongRunnerSignature.selector);
        verifier.proveEquivocation(one, signatureOfOne, other, signatureOfOther);
    }

    /// @dev A revelation of one batch answers no demand of another.
    function test_AnswerIsBoundToItsBatch() public {
        _answer(0, model, 3, 5);
        uint64 second = _close();
        _demand(second, 0);
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 0);

        vm.expectPartialRevert(ReceiptPlaceLib.ReceiptPlaceLib_InvalidOpening.selector);
        verifier.reveal(batchOf[second], 0, revelation);
    }

    /// @dev The holder of a receipt that was kept out of the batch that took its money.
    function test_WithheldReceiptIsProvenByItsHolder() public {
        IAttributionOracle.Receipt memory held = _nextReceipt(channels[0], model, 1, 2);
        Entry[] memory entries = new Entry[](1);
        entries[0] = Entry(channels[0], model, held.cumulative - held.fee, held.cumulative);
        IAttributionOracle.Receipt[] memory receipts = new IAttributionOracle.Receipt[](1);
        receipts[0] = held;
        receipts[0].nonce += 1;
        uint64 second = _settle(receipts, entries);
        held = _copy(held);
        held.nonce -= 1;
        bytes memory signature = _sign(runnerKey, _receiptHash(held));

        BatchOpening memory opening = _opening(second);
        vm.prank(payers[0]);
        verifier.proveOmitted(opening, _settlements(second), held, signature, _one(second, 0));

        assertEq(token.balanceOf(payers[0]), MINIMUM_SLASH / 10);
    }

    /// @dev A list that nobody can see: whatever index is demanded, nothing can be answered, not even that it is absent.
    function test_MissingBatchListVoidsTheBatch() public {
        batchOf[number + 1] = market.settle(runner, 10, keccak256("no tree at all"), "");
        market.pinBatches();
        _demand(number + 1, 4_000_000_000);

        vm.warp(START + REVEAL);
        court.expire(batchOf[number + 1], 4_000_000_000);

        assertEq(court.voidedAt(number + 1), START + REVEAL);
    }

    /// @dev An inner node of 65 bytes, a root or padding is no leaf: each preimage starts with its own byte.
    function test_SecondPreimageIsNoReceipt() public {
        bytes32[] memory leaves = _leaves(receiptsOf[number]);
        bytes32 inner = keccak256(abi.encodePacked(hex"01", leaves[0], leaves[1]));
        BatchOpening memory opening = _opening(number);
        IReceiptCourt.PlacedReceipt memory placed = _place(number, 0);
        // one level less: the receipt in place of the inner node
        placed.count = 2;
        placed.siblings = new bytes32[](1);
        placed.siblings[0] = inner;

        vm.expectPartialRevert(ReceiptPlaceLib.ReceiptPlaceLib_InvalidOpening.selector);
        verifier.proveFee(opening, placed);
        // behind the last receipt stands padding, which no receipt hashes to
        placed = _place(number, 2);
        placed.index = 3;
        vm.expectPartialRevert(ReceiptPlaceLib.ReceiptPlaceLib_InvalidOpening.selector);
        verifier.proveFee(opening, placed);
    }

    /// @dev The only lists that are walked are one settlement's entries, in pieces of the caller's choice.
    function test_ListsThatUsersGrowAreRefundedInPieces() public {
        Entry[] memory entries = new Entry[](600);
        for (uint64 i; i < entries.length; ++i) {
            entries[i] = Entry(channels[0], i + 1, 0, 1e18);
        }
        uint64 long = _settle(new IAttributionOracle.Receipt[](0), entries);
        bytes memory settlements = _pack(entries);
        // an empty batch is proven with one gap, at any of its entries
        uint256 gas = gasleft();
        verifier.proveUncovered(_opening(long), settlements, channels[0], 600, _none());
        assertLt(gas - gasleft(), 1_000_000, "proof over 600 entries");

        gas = gasleft();
        court.refund(batchOf[long], settlements, 50);
        assertLt(gas - gasleft(), 2_000_000, "refund of 50 of 600");
        assertEq(court.refundOf(long).entriesPaid, 50);
    }

    function _dearBatch(uint96 amount) private returns (uint64) {
        Entry[] memory entries = new Entry[](1);
        entries[0] = Entry(channels[0], 4, 0, amount);
        return _settle(new IAttributionOracle.Receipt[](0), entries);
    }

    function _copy(IAttributionOracle.Receipt memory r) private pure returns (IAttributionOracle.Receipt memory) {
        return abi.decode(abi.encode(r), (IAttributionOracle.Receipt));
    }

    /// @dev Very many tiny receipts, each correct, none published: one demand at one price shows all of them or voids the batch.
    function test_WithheldReceiptsCostMoreToDemandThanTheyAreWorth() public {
        for (uint256 i; i < 200; ++i) {
            _answer(i % 3, cheapModel, 0, 0);
        }
        uint64 tiny = _close();
        uint256 before = token.balanceOf(demander);
        _demand(tiny, WHOLE_BATCH);
        assertEq(before - token.balanceOf(demander), 16 * DEPOSIT);

        vm.warp(START + REVEAL);
        court.expire(batchOf[tiny], WHOLE_BATCH);

        assertEq(court.voidedAt(tiny), START + REVEAL);
        assertEq(token.balanceOf(demander), before + MINIMUM_SLASH / 10);
    }
}
