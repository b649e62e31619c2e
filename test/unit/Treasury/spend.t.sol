// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Treasury} from "../../../contracts/governance/Treasury.sol";
import {IRewardDistributor} from "../../../contracts/interfaces/IRewardDistributor.sol";
import {ITreasury} from "../../../contracts/interfaces/ITreasury.sol";
import {FalseOpen, ReentrantOpen} from "../../fixture/HostileOpen.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {Test} from "forge-std/Test.sol";

/// @dev The test is the access manager's admin, without delays: delays are the integration test's.
contract TreasurySpendTest is Test {
    uint256 private constant START = 1_800_000_000;
    uint64 private constant WINDOW = 30 days;

    Treasury private treasury;
    IERC20 private token;
    address private to = makeAddr("to");

    function setUp() public {
        vm.warp(START);
        token = IERC20(vm.deployCode("OpenToken.sol:OpenToken", abi.encode(address(this))));
        treasury = new Treasury(address(new AccessManager(address(this))), token);
        require(token.transfer(address(treasury), 1000e18), "no funds");
    }

    function test_Spend() public {
        vm.expectEmit(address(treasury));
        emit ITreasury.Spent(address(token), to, 20e18, 20e18, uint64(START) + WINDOW, 20e18);
        treasury.spend(address(token), to, 20e18);
        vm.warp(START + WINDOW - 1);
        vm.expectEmit(address(treasury));
        emit ITreasury.Spent(address(token), to, 30e18, 50e18, uint64(START) + WINDOW, 50e18);
        treasury.spend(address(token), to, 30e18);

        assertEq(token.balanceOf(to), 50e18);
        assertEq(treasury.spentOf(address(token)), 50e18);
        assertEq(treasury.windowOf(address(token)).spent, 50e18);
        assertEq(treasury.windowOf(address(token)).end, START + WINDOW);
    }

    /// @dev 5 % of what there was, however many payments take it.
    function test_RevertWhen_OverTheLimit() public {
        vm.expectRevert(
            abi.encodeWithSelector(ITreasury.Treasury_LimitExceeded.selector, address(token), 50e18 + 1, 50e18)
        );
        treasury.spend(address(token), to, 50e18 + 1);
        treasury.spend(address(token), to, 49e18);
        assertEq(treasury.spendable(address(token)), 1e18);
        vm.expectRevert(
            abi.encodeWithSelector(ITreasury.Treasury_LimitExceeded.selector, address(token), 1e18 + 1, 1e18)
        );
        treasury.spend(address(token), to, 1e18 + 1);
        treasury.spend(address(token), to, 1e18);

        assertEq(treasury.spendable(address(token)), 0);
    }

    /// @dev One second before, at: the next window opens with its first payment, for 5 % of what is left.
    function test_TheNextWindow() public {
        treasury.spend(address(token), to, 50e18);
        vm.warp(START + WINDOW - 1);
        assertEq(treasury.spendable(address(token)), 0);
        vm.warp(START + WINDOW);
        assertEq(treasury.spendable(address(token)), 47.5e18);
        vm.warp(START + WINDOW + 9);

        treasury.spend(address(token), to, 47.5e18);

        assertEq(treasury.windowOf(address(token)).end, START + 2 * WINDOW + 9);
        assertEq(treasury.windowOf(address(token)).spent, 47.5e18);
        assertEq(treasury.spentOf(address(token)), 97.5e18);
    }

    /// @dev The end is the first second of what comes next.
    function test_APaymentAtTheEndOpensTheNextWindow() public {
        treasury.spend(address(token), to, 50e18);
        vm.warp(START + WINDOW);

        treasury.spend(address(token), to, 1e18);

        assertEq(treasury.windowOf(address(token)).end, START + 2 * WINDOW);
        assertEq(treasury.windowOf(address(token)).spent, 1e18);
    }

    function test_WhatComesInRaisesTheLimit() public {
        treasury.spend(address(token), to, 50e18);
        require(token.transfer(address(treasury), 200e18), "no funds");

        assertEq(treasury.spendable(address(token)), 10e18);
    }

    function test_SpendBeyondLimit() public {
        treasury.spend(address(token), to, 10e18);

        vm.expectEmit(address(treasury));
        emit ITreasury.SpentBeyondLimit(address(token), to, 900e18, 910e18);
        treasury.spendBeyondLimit(address(token), to, 900e18);

        assertEq(token.balanceOf(to), 910e18);
        assertEq(treasury.spentOf(address(token)), 910e18);
        assertEq(treasury.windowOf(address(token)).spent, 10e18);
        // 5 % of 90 + 10 is 5: less than what is spent
        assertEq(treasury.spendable(address(token)), 0);
    }

    function test_Ether() public {
        vm.deal(address(this), 100);
        vm.expectEmit(address(treasury));
        emit ITreasury.EtherReceived(address(this), 100);
        (bool done,) = address(treasury).call{value: 100}("");
        assertTrue(done);
        assertEq(treasury.spendable(address(0)), 5);

        treasury.spend(address(0), to, 5);
        treasury.spendBeyondLimit(address(0), to, 95);

        assertEq(to.balance, 100);
        vm.expectRevert(abi.encodeWithSelector(Errors.InsufficientBalance.selector, 0, 1));
        treasury.spendBeyondLimit(address(0), to, 1);
    }

    /// @dev Limits are per token.
    function test_TokensAreApart() public {
        treasury.spend(address(token), to, 50e18);
        ReentrantOpen other = new ReentrantOpen();
        require(other.transfer(address(treasury), 100), "no funds");

        treasury.spend(address(other), to, 5);

        assertEq(treasury.spendable(address(other)), 0);
        assertEq(other.balanceOf(to), 5);
    }

    function testFuzz_AWindowTakesAtMostAPart(uint96[6] calldata amounts, uint96 more) public {
        uint256 before = 1000e18;
        uint256 spent;
        for (uint256 i; i < amounts.length; ++i) {
            uint256 amount = amounts[i] % 30e18 + 1;
            if (i == 3) {
                require(token.transfer(address(treasury), more % 1e24), "no funds");
                before += more % 1e24;
            }
            (bool done,) = address(treasury).call(abi.encodeCall(Treasury.spend, (address(token), to, amount)));
            assertEq(done, spent + amount <= before / 20);
            if (done) spent += amount;
        }
        assertLe(spent, before / 20);
        assertEq(token.balanceOf(to), spent);
    }

    function test_RevertWhen_NothingOrNobody() public {
        vm.expectRevert(ITreasury.Treasury_ZeroAmount.selector);
        treasury.spend(address(token), to, 0);
        vm.expectRevert(ITreasury.Treasury_ZeroAddress.selector);
        treasury.spend(address(token), address(0), 1);
        vm.expectRevert(ITreasury.Treasury_ZeroAmount.selector);
        treasury.spendBeyondLimit(address(token), to, 0);
        vm.expectRevert(ITreasury.Treasury_ZeroAddress.selector);
        treasury.spendBeyondLimit(address(token), address(0), 1);
    }

    function test_RevertWhen_NotGoverned() public {
        vm.startPrank(to);
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", to));
        treasury.spend(address(token), to, 1);
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", to));
        treasury.spendBeyondLimit(address(token), to, 1);
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", to));
        treasury.fundStream(IRewardDistributor(to), 1, 1);
    }

    function test_RevertWhen_TokenReturnsFalse() public {
        FalseOpen falsy = new FalseOpen();

        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(falsy)));
        treasury.spendBeyondLimit(address(falsy), to, 1);
    }

    /// @dev A token that calls back in the middle of a payment finds a treasury that does not know it.
    function test_RevertWhen_TokenReenters() public {
        ReentrantOpen re = new ReentrantOpen();
        require(re.transfer(address(treasury), 1000), "no funds");
        re.arm(address(treasury), abi.encodeCall(Treasury.spend, (address(re), to, 25)));

        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", address(re)));
        treasury.spend(address(re), to, 25);
    }

    /// @dev Tokens or ether: what leaves the treasury somebody gets, up to all of it, and no window notes it.
    function testFuzz_SpendBeyondLimit_PaysWhatIsTaken(uint256 amount, bool isEther) public {
        vm.deal(address(treasury), 1000e18);
        amount = bound(amount, 0, 1000e18 + 1);
        address asset = isEther ? address(0) : address(token);

        if (amount == 0) vm.expectRevert(ITreasury.Treasury_ZeroAmount.selector);
        if (amount > 1000e18) {
            vm.expectRevert(
                isEther
                    ? abi.encodeWithSelector(Errors.InsufficientBalance.selector, 1000e18, amount)
                    : abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, treasury, 1000e18, amount)
            );
        }
        treasury.spendBeyondLimit(asset, to, amount);

        if (amount > 1000e18) amount = 0;
        assertEq(token.balanceOf(to), isEther ? 0 : amount);
        assertEq(to.balance, isEther ? amount : 0);
        assertEq(token.balanceOf(address(treasury)), isEther ? 1000e18 : 1000e18 - amount);
        assertEq(address(treasury).balance, isEther ? 1000e18 - amount : 1000e18);
        assertEq(treasury.spentOf(asset), amount);
        assertEq(treasury.windowOf(asset).spent, 0);
    }
}
