// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GOpen} from "../../../contracts/governance/GOpen.sol";
import {IGOpen} from "../../../contracts/interfaces/IGOpen.sol";
import {OpenToken} from "../../../contracts/token/OpenToken.sol";
import {FalseOpen, FeeOpen, LyingOpen, ReentrantOpen} from "../../fixture/HostileOpen.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Test} from "forge-std/Test.sol";

contract GOpenDepositTest is Test {
    GOpen private gOpen;
    OpenToken private token;
    address private holder = makeAddr("holder");
    address private receiver = makeAddr("receiver");

    function setUp() public {
        token = OpenToken(vm.deployCode("OpenToken.sol:OpenToken", abi.encode(holder)));
        gOpen = new GOpen(token);
        vm.prank(holder);
        token.approve(address(gOpen), type(uint256).max);
    }

    function test_NamesItself() public view {
        assertEq(gOpen.name(), "Governance OPEN");
        assertEq(gOpen.symbol(), "gOPEN");
        assertEq(gOpen.decimals(), 18);
        assertEq(address(gOpen.underlying()), address(token));
        assertEq(gOpen.totalSupply(), 0);
    }

    function testFuzz_DepositFor_MintsOneForOne(uint256 amount) public {
        amount = bound(amount, 0, 1e27);

        vm.expectEmit(address(gOpen));
        emit IERC20.Transfer(address(0), receiver, amount);
        vm.prank(holder);
        assertTrue(gOpen.depositFor(receiver, amount));

        assertEq(gOpen.balanceOf(receiver), amount);
        assertEq(gOpen.totalSupply(), amount);
        assertEq(token.balanceOf(address(gOpen)), amount);
        assertEq(token.balanceOf(holder), 1e27 - amount);
    }

    function testFuzz_WithdrawTo_BurnsOneForOne(uint256 amount, uint256 taken) public {
        amount = bound(amount, 1, 1e27);
        taken = bound(taken, 0, amount);
        vm.startPrank(holder);
        gOpen.depositFor(holder, amount);

        assertTrue(gOpen.withdrawTo(receiver, taken));

        assertEq(gOpen.balanceOf(holder), amount - taken);
        assertEq(token.balanceOf(receiver), taken);
        assertEq(token.balanceOf(address(gOpen)), amount - taken);
    }

    function test_RevertWhen_WithdrawnIsMoreThanHeld() public {
        vm.startPrank(holder);
        gOpen.depositFor(holder, 5);

        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, 5, 6));
        gOpen.withdrawTo(holder, 6);
    }

    function test_RevertWhen_ReceiverIsTheWrapper() public {
        vm.startPrank(holder);
        gOpen.depositFor(holder, 5);

        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(gOpen)));
        gOpen.depositFor(address(gOpen), 1);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(gOpen)));
        gOpen.withdrawTo(address(gOpen), 1);
    }

    function test_RevertWhen_NothingIsApproved() public {
        vm.prank(receiver);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(gOpen), 0, 1));
        gOpen.depositFor(receiver, 1);
    }

    /// @dev OPEN sent without a deposit belongs to nobody: whoever wraps or unwraps gets what is theirs, no more.
    function test_SentOpenIsNobodys() public {
        vm.startPrank(holder);
        assertTrue(token.transfer(address(gOpen), 1000));
        gOpen.depositFor(holder, 5);
        gOpen.withdrawTo(holder, 5);

        assertEq(gOpen.totalSupply(), 0);
        assertEq(token.balanceOf(address(gOpen)), 1000);
    }

    function test_RevertWhen_TokenKeepsAFee() public {
        FeeOpen fee = new FeeOpen();
        GOpen wrapper = new GOpen(fee);
        fee.approve(address(wrapper), 1000);

        vm.expectRevert(abi.encodeWithSelector(IGOpen.GOpen_AmountNotReceived.selector, 1000, 990));
        wrapper.depositFor(address(this), 1000);
    }

    function test_RevertWhen_TokenReturnsFalse() public {
        FalseOpen falsy = new FalseOpen();
        GOpen wrapper = new GOpen(falsy);

        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(falsy)));
        wrapper.depositFor(address(this), 1000);
    }

    function test_RevertWhen_TokenLies() public {
        GOpen wrapper = new GOpen(new LyingOpen());

        vm.expectRevert(abi.encodeWithSelector(IGOpen.GOpen_AmountNotReceived.selector, 1000, 0));
        wrapper.depositFor(address(this), 1000);
    }

    /// @dev A deposit within a deposit would be counted into both.
    function test_RevertWhen_TokenReenters() public {
        ReentrantOpen re = new ReentrantOpen();
        GOpen wrapper = new GOpen(re);
        re.approve(address(wrapper), 1000);
        require(re.transfer(address(re), 7), "no funds");
        vm.prank(address(re));
        re.approve(address(wrapper), 7);
        re.arm(address(wrapper), abi.encodeCall(GOpen.depositFor, (address(this), 7)));

        vm.expectRevert(abi.encodeWithSelector(IGOpen.GOpen_AmountNotReceived.selector, 1000, 1007));
        wrapper.depositFor(address(this), 1000);
    }
}
