// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

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

    /// @dev What the caller pays the named payer gets, up to all that the caller has.
    function testFuzz_Deposit_CreditsWhatIsPaid(address to, uint256 amount) public {
        vm.assume(to != address(0));
        uint256 held = token.balanceOf(address(this));
        uint96 before = market.freeOf(to);
        uint96 paid = uint96(bound(amount, 0, held + 1));
        token.approve(address(market), paid);

        if (paid == 0) vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        if (paid > held) {
            vm.expectRevert(
                abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, address(this), held, paid)
            );
        }
        market.deposit(to, paid);

        if (paid > held) paid = 0;
        assertEq(token.balanceOf(address(this)), held - paid);
        assertEq(token.balanceOf(address(market)), 2 * uint256(FUNDS) + paid);
        assertEq(market.freeOf(to), before + paid);
    }

    /// @dev What the payer has less somebody has more, up to all of its free money and none of another's.
    function testFuzz_Withdraw_PaysWhatIsTaken(address to, uint256 amount) public {
        vm.assume(to != address(0) && to != address(market));
        uint256 before = token.balanceOf(to);
        uint96 taken = uint96(bound(amount, 0, FUNDS + 1));

        if (taken == 0) vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        if (taken > FUNDS) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IInferenceMarket.InferenceMarket_InsufficientFree.selector, payer, FUNDS + 1, FUNDS
                )
            );
        }
        vm.prank(payer);
        market.withdraw(to, taken);

        if (taken > FUNDS) taken = 0;
        assertEq(token.balanceOf(to), before + taken);
        assertEq(token.balanceOf(address(market)), 2 * uint256(FUNDS) - taken);
        assertEq(market.freeOf(payer), FUNDS - taken);
        assertEq(market.freeOf(stranger), FUNDS);
    }
}
