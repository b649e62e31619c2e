// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {Batch} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {IReceiptVerifier} from "../../../contracts/interfaces/IReceiptVerifier.sol";
import {ReceiptPlaceLib} from "../../../contracts/verification/ReceiptPlaceLib.sol";
import {CourtFixture} from "../../fixture/CourtFixture.sol";
import {Tree} from "../../fixture/Tree.sol";

contract ReceiptVerifierRevealTest is CourtFixture {
    uint64 private number;
    Batch private batch;

    function setUp() public override {
        super.setUp();
        _answer(0, model, 3, 5);
        _answer(0, model, 1, 1);
        _answer(1, cheapModel, 0, 9);
        number = _close();
        batch = batchOf[number];
        _demand(number, 1);
    }

    function test_AnyoneRevealsAndGetsTheDeposit() public {
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 1);

        vm.expectEmit(address(verifier));
        emit IReceiptVerifier.ReceiptRevealed(number, 1, stranger, revelation);
        vm.expectEmit(address(court));
        emit IReceiptCourt.DemandAnswered(number, 1, stranger, IReceiptCourt.DemandState.Revealed, 3, DEPOSIT, 0);
        vm.prank(stranger);
        verifier.reveal(batch, 1, revelation);

        assertEq(uint8(court.demandOf(number, 1).state), uint8(IReceiptCourt.DemandState.Revealed));
        assertEq(court.demandOf(number, 1).deposit, 0);
        assertEq(court.openDemandsOf(number), 0);
        assertEq(token.balanceOf(stranger), DEPOSIT);
        assertEq(token.balanceOf(address(court)), 0);
        assertEq(court.voidedAt(number), 0);
    }

    function test_AnswerIsTakenUntilTheDeadline() public {
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 1);

        vm.warp(START + REVEAL);
        vm.expectRevert(
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooLate.selector, number, START + REVEAL, START + REVEAL)
        );
        verifier.reveal(batch, 1, revelation);
        vm.warp(START + REVEAL - 1);
        verifier.reveal(batch, 1, revelation);
    }

    function test_RevertGiven_NothingIsDemanded() public {
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 0);

        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptCourt.ReceiptCourt_NoOpenDemand.selector, number, 0, IReceiptCourt.DemandState.None
            )
        );
        verifier.reveal(batch, 0, revelation);
    }

    function test_RevertGiven_ItWasAnswered() public {
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 1);
        verifier.reveal(batch, 1, revelation);

        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptCourt.ReceiptCourt_NoOpenDemand.selector, number, 1, IReceiptCourt.DemandState.Revealed
            )
        );
        verifier.reveal(batch, 1, revelation);
    }

    function test_RevertWhen_TheHeaderIsAltered() public {
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 1);
        Batch memory altered = batch;
        altered.amount += 1;

        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptCourt.ReceiptCourt_WrongBatch.selector,
                number,
                keccak256(abi.encode(altered)),
                keccak256(abi.encode(batch))
            )
        );
        verifier.reveal(altered, 1, revelation);
    }

    function test_RevertWhen_AnotherReceiptIsRevealed() public {
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 0);

        vm.expectRevert(abi.encodeWithSelector(IReceiptVerifier.ReceiptVerifier_WrongIndex.selector, 0, 1));
        verifier.reveal(batch, 1, revelation);
    }

    function test_RevertWhen_TheReceiptIsAltered() public {
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 1);
        revelation.placed.receipt.fee += 1;

        vm.expectRevert(
            abi.encodeWithSelector(ReceiptPlaceLib.ReceiptPlaceLib_InvalidOpening.selector, batch.receiptsRoot, 1, 3)
        );
        verifier.reveal(batch, 1, revelation);
    }

    function test_RevertWhen_TheRunnerDidNotSign() public {
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 1);
        uint256 otherKey = keyOf[payers[0]];
        revelation.runnerSignature = _sign(otherKey, _receiptHash(revelation.placed.receipt));

        vm.expectRevert(
            abi.encodeWithSelector(IReceiptVerifier.ReceiptVerifier_WrongRunnerSignature.selector, payers[0], runner)
        );
        verifier.reveal(batch, 1, revelation);
    }

    function test_RevertWhen_ASignatureIsMalformed() public {
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 1);
        bytes memory signature = revelation.voucherSignature;
        revelation.voucherSignature = hex"00";
        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptVerifier.ReceiptVerifier_WrongVoucherSignature.selector, address(0), payers[0]
            )
        );
        verifier.reveal(batch, 1, revelation);

        revelation.voucherSignature = signature;
        revelation.runnerSignature = hex"";
        vm.expectRevert(
            abi.encodeWithSelector(IReceiptVerifier.ReceiptVerifier_WrongRunnerSignature.selector, address(0), runner)
        );
        verifier.reveal(batch, 1, revelation);
    }

    function test_RevertWhen_AnotherPayerSignedTheVoucher() public {
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 1);
        bytes32 digest = _voucherHash(revelation.placed.receipt, revelation.cumulativeCap, revelation.deadline);
        revelation.voucherSignature = _sign(keyOf[payers[1]], digest);

        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptVerifier.ReceiptVerifier_WrongVoucherSignature.selector, payers[1], payers[0]
            )
        );
        verifier.reveal(batch, 1, revelation);
    }

    function test_SignerOfThePayerCounts() public {
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 1);
        market.authorise(payers[0], payers[1]);
        bytes32 digest = _voucherHash(revelation.placed.receipt, revelation.cumulativeCap, revelation.deadline);
        revelation.voucherSignature = _sign(keyOf[payers[1]], digest);

        verifier.reveal(batch, 1, revelation);
    }

    /// @dev The runner has answered more than the payer promised.
    function test_RevertWhen_TheVoucherIsForLess() public {
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 1);
        IAttributionOracle.Receipt memory receipt = revelation.placed.receipt;
        revelation.cumulativeCap = receipt.cumulative - 1;
        revelation.voucherSignature =
            _sign(keyOf[payers[0]], _voucherHash(receipt, revelation.cumulativeCap, revelation.deadline));

        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptVerifier.ReceiptVerifier_AboveCap.selector, receipt.cumulative, receipt.cumulative - 1
            )
        );
        verifier.reveal(batch, 1, revelation);

        revelation.cumulativeCap = receipt.cumulative;
        revelation.voucherSignature =
            _sign(keyOf[payers[0]], _voucherHash(receipt, revelation.cumulativeCap, revelation.deadline));
        verifier.reveal(batch, 1, revelation);
    }

    /// @dev Each field of the voucher is bound: what was signed for another request, nonce, model, channel or time is none.
    function testFuzz_RevertWhen_TheVoucherIsAnothers(uint256 field) public {
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 1);
        IAttributionOracle.Receipt memory other = receiptsOf[number][1];
        uint64 deadline = revelation.deadline;
        uint96 cap = revelation.cumulativeCap;
        field %= 6;
        if (field == 0) other.channel = channels[1];
        if (field == 1) other.model += 1;
        if (field == 2) other.nonce += 1;
        if (field == 3) other.requestHash = keccak256("another");
        if (field == 4) deadline += 1;
        if (field == 5) cap += 1;
        revelation.voucherSignature = _sign(keyOf[payers[0]], _voucherHash(other, cap, deadline));

        vm.expectPartialRevert(IReceiptVerifier.ReceiptVerifier_WrongVoucherSignature.selector);
        verifier.reveal(batch, 1, revelation);
    }

    function test_RevertWhen_TheAttributionIsAnother() public {
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 1);
        revelation.attribution.shares[0].share -= 1;
        bytes32 revealed = _attributionHash(revelation.attribution.shares);

        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptVerifier.ReceiptVerifier_AttributionMismatch.selector,
                receiptsOf[number][1].attributionHash,
                revealed
            )
        );
        verifier.reveal(batch, 1, revelation);
    }

    function test_AbsenceIsAnAnswer() public {
        _demand(number, 3);
        bytes32 top = Tree.top(_leaves(receiptsOf[number]));

        vm.expectEmit(address(court));
        emit IReceiptCourt.DemandAnswered(number, 3, stranger, IReceiptCourt.DemandState.Absent, 3, DEPOSIT, 1);
        vm.prank(stranger);
        verifier.revealAbsent(batch, 3, 3, top);

        assertEq(uint8(court.demandOf(number, 3).state), uint8(IReceiptCourt.DemandState.Absent));
        assertEq(token.balanceOf(stranger), DEPOSIT);
    }

    function test_RevertWhen_TheReceiptIsNotAbsent() public {
        _demand(number, 2);
        bytes32 top = Tree.top(_leaves(receiptsOf[number]));

        vm.expectRevert(abi.encodeWithSelector(IReceiptVerifier.ReceiptVerifier_NotAbsent.selector, 2, 3));
        verifier.revealAbsent(batch, 2, 3, top);
    }

    function test_RevertWhen_TheCountIsNotTheRoots() public {
        _demand(number, 3);
        bytes32 top = Tree.top(_leaves(receiptsOf[number]));
        bytes32 found = keccak256(abi.encodePacked(hex"02", Tree.domainOf("Receipt"), uint64(2), top));

        vm.expectRevert(
            abi.encodeWithSelector(IReceiptVerifier.ReceiptVerifier_WrongRoot.selector, found, batch.receiptsRoot)
        );
        verifier.revealAbsent(batch, 3, 2, top);
    }

    function test_RevertWhen_SomebodyElseAnswersAtTheCourt() public {
        vm.expectRevert(
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_NotVerifier.selector, runner, address(verifier))
        );
        vm.prank(runner);
        court.answer(batch, 1, IReceiptCourt.DemandState.Absent, 1, runner);
    }
}
