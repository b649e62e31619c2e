// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OpenToken} from "../../../contracts/token/OpenToken.sol";
import {Test} from "forge-std/Test.sol";

contract OpenTokenSupplyTest is Test {
    OpenToken private token;
    address private holder = makeAddr("holder");
    address private spender = makeAddr("spender");

    function setUp() public {
        token = OpenToken(vm.deployCode("OpenToken.sol:OpenToken", abi.encode(holder)));
    }

    function test_IsMintedOnce() public view {
        assertEq(token.name(), "OpenLedger");
        assertEq(token.symbol(), "OPEN");
        assertEq(token.decimals(), 18);
        assertEq(token.totalSupply(), 1_000_000_000 * 1e18);
        assertEq(token.balanceOf(holder), token.totalSupply());
    }

    function test_RevertWhen_GenesisHolderIsZero() public {
        vm.expectRevert(OpenToken.OpenToken_ZeroGenesisHolder.selector);
        new OpenToken(address(0));
    }

    /// @dev Neither an owner, nor a mint, nor votes in a transfer.
    function test_HasNoPrivilegedFunctions() public {
        string[8] memory functions = [
            "mint(address,uint256)",
            "owner()",
            "pause()",
            "upgradeToAndCall(address,bytes)",
            "burn(address,uint256)",
            "crosschainMint(address,uint256)",
            "getVotes(address)",
            "delegate(address)"
        ];
        for (uint256 i = 0; i < functions.length; ++i) {
            vm.prank(holder);
            (bool done,) =
                address(token).call(abi.encodePacked(bytes4(keccak256(bytes(functions[i]))), abi.encode(holder, 1)));
            assertFalse(done, functions[i]);
        }
    }

    function test_Burn_LowersTheSupply() public {
        vm.prank(holder);
        token.burn(1);

        assertEq(token.totalSupply(), 1e27 - 1);
        assertEq(token.balanceOf(holder), 1e27 - 1);
    }

    function test_Burn_RevertWhen_MoreThanTheBalance() public {
        vm.expectRevert(
            abi.encodeWithSignature("ERC20InsufficientBalance(address,uint256,uint256)", address(this), 0, 1)
        );
        token.burn(1);
    }

    function test_BurnFrom_NeedsAndSpendsAnAllowance() public {
        vm.prank(spender);
        vm.expectRevert(abi.encodeWithSignature("ERC20InsufficientAllowance(address,uint256,uint256)", spender, 0, 5));
        token.burnFrom(holder, 5);
        vm.prank(holder);
        token.approve(spender, 7);

        vm.prank(spender);
        token.burnFrom(holder, 5);

        assertEq(token.allowance(holder, spender), 2);
        assertEq(token.totalSupply(), 1e27 - 5);
    }

    function testFuzz_TransfersKeepTheSupply(address to, uint256 amount) public {
        vm.assume(to != address(0) && to != holder);
        amount = bound(amount, 0, 1e27);

        vm.prank(holder);
        assertTrue(token.transfer(to, amount));

        assertEq(token.balanceOf(to), amount);
        assertEq(token.balanceOf(holder) + amount, 1e27);
        assertEq(token.totalSupply(), 1e27);
    }

    /// @dev What a holder burns is gone from it and from the supply, up to all it has, and from nobody else.
    function testFuzz_Burn_LowersBalanceAndSupply(address other, uint256 given, uint256 burnt) public {
        vm.assume(other != address(0) && other != holder);
        given = bound(given, 0, 1e27);
        burnt = bound(burnt, 0, given + 1);
        vm.prank(holder);
        require(token.transfer(other, given), "not given");

        if (burnt > given) {
            vm.expectRevert(
                abi.encodeWithSignature("ERC20InsufficientBalance(address,uint256,uint256)", other, given, burnt)
            );
        }
        vm.prank(other);
        token.burn(burnt);

        if (burnt > given) burnt = 0;
        assertEq(token.balanceOf(other), given - burnt);
        assertEq(token.balanceOf(holder), 1e27 - given);
        assertEq(token.totalSupply(), 1e27 - burnt);
    }

    /// @dev At most the allowance, unless it is endless, and at most the balance; the spender's own stays.
    function testFuzz_BurnFrom_TakesAllowanceBalanceAndSupply(uint256 allowed, uint256 burnt, bool isEndless) public {
        allowed = isEndless ? type(uint256).max : bound(allowed, 0, 2e27);
        burnt = bound(burnt, 0, allowed < 1e27 ? allowed + 1 : 1e27 + 1);
        vm.prank(holder);
        token.approve(spender, allowed);

        if (burnt > allowed) {
            vm.expectRevert(
                abi.encodeWithSignature("ERC20InsufficientAllowance(address,uint256,uint256)", spender, allowed, burnt)
            );
        } else if (burnt > 1e27) {
            vm.expectRevert(
                abi.encodeWithSignature("ERC20InsufficientBalance(address,uint256,uint256)", holder, 1e27, burnt)
            );
        }
        vm.prank(spender);
        token.burnFrom(holder, burnt);

        if (burnt > allowed || burnt > 1e27) burnt = 0;
        assertEq(token.allowance(holder, spender), isEndless ? allowed : allowed - burnt);
        assertEq(token.balanceOf(holder), 1e27 - burnt);
        assertEq(token.totalSupply(), 1e27 - burnt);
    }
}
