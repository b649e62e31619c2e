// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BatchOpening} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {TokenLib} from "../../../contracts/libraries/TokenLib.sol";
import {CourtFixture} from "../../fixture/CourtFixture.sol";
import {HostileToken} from "../../fixture/MarketHostileTokens.sol";

/// @notice Deposits and refunds in a token that takes a part, answers false or calls back.
contract ReceiptCourtHostileTest is CourtFixture {
    uint64 private number;

    function setUp() public override {
        super.setUp();
        _answer(0, model, 3, 5);
        _answer(1, model, 1, 1);
        number = _close();
    }

    function test_FeeOnTransfer_NoDepositCountsThatDidNotArrive() public {
        BatchOpening memory opening = _opening(number);
        _hostile().behave(HostileToken.Manner.TakesAFee);

        vm.expectRevert(abi.encodeWithSelector(TokenLib.TokenLib_NotReceived.selector, DEPOSIT, DEPOSIT - DEPOSIT / 10));
        vm.prank(demander);
        court.demand(opening, 0);
        assertEq(court.openDemandsOf(number), 0);
    }

    function test_FalseReturn_IsARevert() public {
        bytes memory failed = abi.encodeWithSignature("SafeERC20FailedOperation(address)", token);
        BatchOpening memory opening = _opening(number);
        _hostile().behave(HostileToken.Manner.AnswersFalse);
        vm.expectRevert(failed);
        vm.prank(demander);
        court.demand(opening, 0);

        _hostile().behave(HostileToken.Manner.Honest);
        _demand(number, 0);
        _demand(number, 1);
        vm.warp(START + REVEAL);
        court.expire(batchOf[number], 0);
        _hostile().behave(HostileToken.Manner.AnswersFalse);
        vm.expectRevert(failed);
        court.returnDeposit(number, 1);
        assertEq(uint8(court.demandOf(number, 1).state), uint8(IReceiptCourt.DemandState.Open), "still owed");
    }

    /// @dev A deposit that goes back calls for the same one again, while another's lies beside it.
    function test_Reentrant_CannotTakeADepositTwice() public {
        _demand(number, 0);
        _demand(number, 1);
        vm.warp(START + REVEAL);
        court.expire(batchOf[number], 0);
        uint256 before = token.balanceOf(demander);
        uint256 held = token.balanceOf(address(court));
        _hostile().reenter(address(court), abi.encodeCall(court.returnDeposit, (number, 1)));

        court.returnDeposit(number, 1);

        assertFalse(_hostile().reentered());
        assertEq(
            _hostile().answer(),
            abi.encodeWithSelector(
                IReceiptCourt.ReceiptCourt_NoOpenDemand.selector, number, 1, IReceiptCourt.DemandState.Returned
            )
        );
        assertEq(token.balanceOf(demander), before + DEPOSIT);
        assertEq(token.balanceOf(address(court)), held - DEPOSIT);
    }

    function _hostile() private view returns (HostileToken) {
        return HostileToken(address(token));
    }

    function _deployToken() internal override returns (address) {
        return address(new HostileToken());
    }
}
