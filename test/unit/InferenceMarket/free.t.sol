// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";

contract InferenceMarketFreeTest is MarketFixture {
    function test_DepositCreditsTheNamedPayer() public {
        address other = makeAddr("other");
        token.approve(address(market), 7);

        vm.expectEmit(address(market));
        emit IInferenceMarket.Deposited(other, address(this), 7, 7);
        market.deposit(other, 7);

        assertEq(market.freeOf(other), 7);
        assertEq(token.balanceOf(address(market)), 2 * FUNDS + 7);
    }

    function test_RevertWhen_DepositIsZero() public {
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        market.deposit(payer, 0);
    }

    function test_RevertWhen_DepositNamesNobody() public {
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAddress.selector);
        market.deposit(address(0), 1);
    }

    function test_WithdrawPaysAllOfIt() public {
        address to = makeAddr("to");

        vm.expectEmit(address(market));
        emit IInferenceMarket.Withdrawn(payer, to, FUNDS, 0);
        vm.prank(payer);
        market.withdraw(to, FUNDS);

        assertEq(token.balanceOf(to), FUNDS);
        assertEq(market.freeOf(payer), 0);
        assertEq(market.freeOf(stranger), FUNDS, "another payer's money");
    }

    function test_RevertWhen_WithdrawExceedsFreeByOne() public {
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InsufficientFree.selector, payer, FUNDS + 1, FUNDS)
        );
        vm.prank(payer);
        market.withdraw(payer, FUNDS + 1);
    }

    function test_RevertWhen_WithdrawIsZero() public {
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        vm.prank(payer);
        market.withdraw(payer, 0);
    }

    function test_RevertWhen_WithdrawNamesNobody() public {
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAddress.selector);
        vm.prank(payer);
        market.withdraw(address(0), 1);
    }
}
