// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {IEpochCourt} from "../../../contracts/interfaces/IEpochCourt.sol";
import {BatchOpening, IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {EpochFixture} from "../../fixture/EpochFixture.sol";
import {Tree} from "../../fixture/Tree.sol";

/// @notice What a receipt's data fee is reckoned by, and how its batch is shown, from the first to the 65th behind.
contract EpochCourtEvidenceTest is EpochFixture {
    /// @dev The price list changes between settlement and proof: 40 % counts, not 20 %.
    function test_DataFeeIsByTheRevenueAtSettlement() public {
        _answer(1000, _shares(ALICE));
        _closeBatch();
        vm.warp(START + 10);
        models.change(model, 1500, 2000);
        _openEpoch();

        _proposeOne(1, 400);
        vm.expectRevert(IEpochCourt.EpochCourt_NoFault.selector);
        court.proveCreditAmount(1, _opened(1, 400), _evidence(1, 0));
        vm.prank(address(court));
        oracle.refute(1, 1, prover);
        _proposeOne(1, 200);
        court.proveCreditAmount(1, _opened(1, 200), _evidence(1, 0));
    }

    function test_DataFeeIsByTheRevenueOfTheVerySecond() public {
        vm.warp(START + 10);
        models.change(model, 1500, 2000);
        _answer(1000, _shares(ALICE));
        _closeBatchOfTwentyPercent();
        _openEpoch();

        _proposeOne(1, 200);
        vm.expectRevert(IEpochCourt.EpochCourt_NoFault.selector);
        court.proveCreditAmount(1, _opened(1, 200), _evidence(1, 0));
    }

    /// @dev Neither unknown then nor known since may block a proof.
    function test_ReceiptOfAModelThatCameLaterEarnsNobody() public {
        IAttributionOracle.Share[] memory shares = _shares(ALICE);
        _answer(1000, shares);
        IAttributionOracle.Receipt memory odd = receipts[1][0];
        odd.model = models.modelCount() + 1;
        _push(odd, shares);
        _closeBatch();
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = new IAttributionOracle.Credit[](2);
        credits[0] = IAttributionOracle.Credit(ALICE, 1, 0, 400, 400);
        credits[1] = IAttributionOracle.Credit(ALICE, 1, 1, 400, 800);
        _propose(1, _creditsRoot(credits), keccak256("payouts"), 400);
        vm.expectRevert(IEpochCourt.EpochCourt_NoFault.selector);
        court.proveCreditAmount(1, _openCredit(credits, 0), _evidence(1, 0));
        uint256 snapshot = vm.snapshotState();

        court.proveCreditAmount(1, _openCredit(credits, 1), _evidence(1, 1));
        vm.revertToState(snapshot);
        vm.warp(vm.getBlockTimestamp() + 1);
        models.add(modelOwner, 1500, 4000);
        court.proveCreditAmount(1, _openCredit(credits, 1), _evidence(1, 1));
    }

    /// @dev With so little gas that the registry cannot answer, an honest credit must not look false.
    function testFuzz_HonestCreditStandsWhateverGasTheProofHas(uint256 gas_) public {
        _answer(1000, _shares(ALICE));
        _closeBatch();
        _openEpoch();
        _proposeOne(1, 400);
        bytes memory proof = abi.encodeCall(IEpochCourt.proveCreditAmount, (1, _opened(1, 400), _evidence(1, 0)));

        (bool refuted,) = address(court).call{gas: bound(gas_, 20_000, 120_000)}(proof);

        assertFalse(refuted);
        assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Proposed));
    }

    function test_RevertWhen_TheRegistryGivesNoAnswer() public {
        _answer(1000, _shares(ALICE));
        _closeBatch();
        _openEpoch();
        _proposeOne(1, 7);
        IAttributionOracle.CreditOpening memory opening = _opened(1, 7);
        IEpochCourt.ReceiptEvidence memory evidence = _evidence(1, 0);

        vm.mockCallRevert(address(models), abi.encodeWithSelector(IModelRegistry.revenueAt.selector), "");
        vm.expectRevert(abi.encodeWithSelector(IEpochCourt.EpochCourt_NoRevenue.selector, model, START));
        court.proveCreditAmount(1, opening, evidence);
    }

    /// @dev Batch 1 is 63 batches before the first pinned one, batch 64; batch 65 is pinned when its epoch opens.
    function test_BatchIsShownFromAnyPlaceBetweenPins() public {
        for (uint256 i; i < 70; ++i) {
            _answer(1000, _shares(ALICE));
            _closeBatch();
        }
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = _credits(1, 70);
        _propose(1, credits, _payouts(new IAttributionOracle.Payout[](0), credits));

        uint64[5] memory batches = [uint64(1), 2, 64, 65, 70];
        for (uint256 i; i < 5; ++i) {
            IEpochCourt.ReceiptEvidence memory evidence = _evidence(batches[i], 0);
            evidence.batch = _openBatch(batches[i], batches[i] <= 64 ? 64 : 70);
            vm.expectRevert(IEpochCourt.EpochCourt_NoFault.selector);
            court.proveCreditAmount(1, _openCredit(credits, batches[i] - 1), evidence);
        }
        IEpochCourt.ReceiptEvidence memory unpinned = _evidence(2, 0);
        unpinned.batch = _openBatch(2, 63);
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidBatchOpening.selector, 2));
        court.proveCreditAmount(1, _openCredit(credits, 1), unpinned);
    }

    function test_RevertWhen_TheEvidenceIsOfAnotherBatchThanTheCredit() public {
        for (uint256 i; i < 2; ++i) {
            _answer(1000, _shares(ALICE));
            _closeBatch();
        }
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = _credits(1, 2);
        _propose(1, credits, _payouts(new IAttributionOracle.Payout[](0), credits));
        IAttributionOracle.CreditOpening memory opening = _openCredit(credits, 0);
        IEpochCourt.ReceiptEvidence memory evidence = _evidence(2, 0);
        bytes32 top = Tree.top(_receiptLeaves(2));

        vm.expectRevert(abi.encodeWithSelector(IEpochCourt.EpochCourt_BatchMismatch.selector, 1, 2));
        court.proveCreditAmount(1, opening, evidence);
        BatchOpening memory batch = _openBatch(2);
        vm.expectRevert(abi.encodeWithSelector(IEpochCourt.EpochCourt_BatchMismatch.selector, 1, 2));
        court.proveCreditBeyond(1, opening, batch, 1, top);
    }

    function test_VoidAfterAsOfEndsTheProposalWithoutFault() public {
        _answer(1000, _shares(ALICE));
        _closeBatch();
        _openEpoch();
        _proposeOne(1, 400);
        receiptCourt.voidBatch(1);

        vm.expectEmit(address(oracle));
        emit IAttributionOracle.EpochWithdrawn(1, proposer, 1, 1, BOND);
        vm.prank(stranger);
        court.withdrawOverVoid(1, _opened(1, 400));

        assertEq(token.balanceOf(proposer), FUNDS);
        assertEq(token.balanceOf(address(oracle)), 0);
        assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Open));
        assertEq(distributor.pendingRootOf(stream).root, 0);
        vm.warp(vm.getBlockTimestamp() + 1);
        IAttributionOracle.Credit[] memory none = new IAttributionOracle.Credit[](0);
        _propose(1, none, new IAttributionOracle.Payout[](0));
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        oracle.finalize(1);
    }

    /// @dev What was void at asOf is a fault, and costs the bond.
    function test_RevertWhen_TheBatchWasVoidAtAsOf() public {
        _answer(1000, _shares(ALICE));
        _closeBatch();
        oracle.openEpoch();
        receiptCourt.voidBatch(1);
        vm.warp(START + 1);
        _proposeOne(1, 400);
        IAttributionOracle.CreditOpening memory opening = _opened(1, 400);

        vm.expectRevert(IEpochCourt.EpochCourt_NoFault.selector);
        court.withdrawOverVoid(1, opening);
        court.proveForeignCredit(1, opening, 1);
    }

    function test_RevertWhen_SomebodyElseThanTheCourtRefutes() public {
        _answer(1000, _shares(ALICE));
        _closeBatch();
        _openEpoch();
        _proposeOne(1, 400);
        address[3] memory callers = [stranger, proposer, address(this)];

        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_NotCourt.selector, callers[i]));
            vm.prank(callers[i]);
            oracle.refute(1, 1, callers[i]);
            vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_NotCourt.selector, callers[i]));
            vm.prank(callers[i]);
            oracle.withdraw(1, 1);
        }
    }

    function test_RevertWhen_TheCourtRefutesWhatIsNotPending() public {
        _answer(1000, _shares(ALICE));
        _closeBatch();
        _openEpoch();
        bytes memory refusal = abi.encodeWithSelector(
            IAttributionOracle.AttributionOracle_WrongState.selector,
            1,
            IAttributionOracle.EpochState.Open,
            IAttributionOracle.EpochState.Proposed
        );
        vm.startPrank(address(court));

        vm.expectRevert(refusal);
        oracle.refute(1, 1, prover);
        vm.expectRevert(refusal);
        oracle.withdraw(1, 1);
        vm.expectRevert(refusal);
        oracle.reviewOf(1);
    }

    function _closeBatchOfTwentyPercent() private {
        _closeBatch();
        // the fixture's header supposes 40 %
        headers[1].dataAmount = 200;
        chains[1] = keccak256(abi.encode(bytes32(0), keccak256(abi.encode(headers[1]))));
    }

    function _proposeOne(uint64 batch, uint96 amount) private {
        _propose(1, _creditsRoot(_one(batch, amount)), keccak256("payouts"), amount);
    }

    function _opened(uint64 batch, uint96 amount) private pure returns (IAttributionOracle.CreditOpening memory) {
        return _openCredit(_one(batch, amount), 0);
    }

    function _one(uint64 batch, uint96 amount) private pure returns (IAttributionOracle.Credit[] memory credits) {
        credits = new IAttributionOracle.Credit[](1);
        credits[0] = IAttributionOracle.Credit(ALICE, batch, 0, amount, amount);
    }
}
