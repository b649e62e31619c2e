// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBurnQueue} from "../../../contracts/interfaces/IBurnQueue.sol";
import {BurnQueue} from "../../../contracts/token/BurnQueue.sol";
import {OpenToken} from "../../../contracts/token/OpenToken.sol";
import {FakeBridged, HostileNative} from "../../fixture/BurnQueueTokens.sol";
import {Test} from "forge-std/Test.sol";

contract BurnQueueFlushTest is Test {
    OpenToken private token;
    IBurnQueue private queue;
    FakeBridged private bridged;
    IBurnQueue private bridgedQueue;
    address private nativeQueue = makeAddr("native queue");
    address private stranger = makeAddr("stranger");

    function setUp() public {
        token = OpenToken(vm.deployCode("OpenToken.sol:OpenToken", abi.encode(address(this))));
        queue = _deploy(address(token), address(0));
        bridged = new FakeBridged();
        bridgedQueue = _deploy(address(bridged), nativeQueue);
    }

    function test_Native_BurnsAllThatLiesThere() public {
        assertTrue(token.transfer(address(queue), 7));

        vm.expectEmit(address(queue));
        emit IBurnQueue.Flushed(stranger, 7, 7);
        vm.prank(stranger);
        assertEq(queue.flush(), 7);

        assertEq(token.totalSupply(), 1e27 - 7);
        assertEq(token.balanceOf(address(queue)), 0);
    }

    function test_Native_CountsAllFlushes() public {
        assertTrue(token.transfer(address(queue), 7));
        queue.flush();
        assertTrue(token.transfer(address(queue), 1e27 - 7));

        vm.expectEmit(address(queue));
        emit IBurnQueue.Flushed(address(this), 1e27 - 7, 1e27);
        queue.flush();

        assertEq(queue.flushed(), 1e27);
        assertEq(token.totalSupply(), 0);
    }

    function test_Bridged_WithdrawsToTheNativeQueue() public {
        assertTrue(bridged.transfer(address(bridgedQueue), 9));

        vm.expectEmit(address(bridgedQueue));
        emit IBurnQueue.Flushed(stranger, 9, 9);
        vm.prank(stranger);
        assertEq(bridgedQueue.flush(), 9);

        assertEq(
            bridged.call(), abi.encode(address(bridged), bridged.remoteToken(), nativeQueue, 9, uint32(200_000), "")
        );
        assertEq(bridged.balanceOf(address(bridgedQueue)), 0);
        assertEq(bridged.allowance(address(bridgedQueue), address(bridged)), 0);
    }

    function test_KnowsItsMode() public view {
        assertEq(queue.token(), address(token));
        assertEq(queue.nativeQueue(), address(0));
        assertEq(queue.bridge(), address(0));
        assertEq(bridgedQueue.token(), address(bridged));
        assertEq(bridgedQueue.nativeQueue(), nativeQueue);
        assertEq(bridgedQueue.bridge(), address(bridged));
    }

    function test_RevertGiven_NothingLiesThere() public {
        vm.expectRevert(IBurnQueue.BurnQueue_Empty.selector);
        queue.flush();
        vm.expectRevert(IBurnQueue.BurnQueue_Empty.selector);
        bridgedQueue.flush();
    }

    /// @dev What was not taken must not be counted as gone.
    function test_RevertGiven_TheBridgeTakesNothing() public {
        assertTrue(bridged.transfer(address(bridgedQueue), 9));
        bridged.setIdle();

        vm.expectRevert(abi.encodeWithSelector(IBurnQueue.BurnQueue_NotTaken.selector, 9));
        bridgedQueue.flush();
        assertEq(bridgedQueue.flushed(), 0);
    }

    function test_RevertWhen_TheTokenIsZero() public {
        vm.expectRevert(IBurnQueue.BurnQueue_ZeroToken.selector);
        new BurnQueue(address(0), address(0));
    }

    /// @dev On the wrong chain what arrives would lie there for ever.
    function test_RevertWhen_TheModeIsNotTheTokens() public {
        vm.expectRevert(abi.encodeWithSelector(IBurnQueue.BurnQueue_WrongMode.selector, false, nativeQueue));
        new BurnQueue(address(token), nativeQueue);
        vm.expectRevert(abi.encodeWithSelector(IBurnQueue.BurnQueue_WrongMode.selector, true, address(0)));
        new BurnQueue(address(bridged), address(0));
    }

    function test_RevertGiven_ATokenBurnsLessThanItIsAsked() public {
        HostileNative hostile = new HostileNative();
        IBurnQueue its = _deploy(address(hostile), address(0));
        assertTrue(hostile.transfer(address(its), 10));

        hostile.setMode(HostileNative.Mode.Short);
        vm.expectRevert(abi.encodeWithSelector(IBurnQueue.BurnQueue_NotTaken.selector, 1));
        its.flush();
        hostile.setMode(HostileNative.Mode.Idle);
        vm.expectRevert(abi.encodeWithSelector(IBurnQueue.BurnQueue_NotTaken.selector, 10));
        its.flush();
    }

    function testFuzz_ReceivedIsFlushedAndBalance(uint96[5] calldata amounts, uint8 flushes) public {
        uint256 received;
        for (uint256 i = 0; i < amounts.length; ++i) {
            uint256 amount = bound(amounts[i], 0, token.balanceOf(address(this)));
            assertTrue(token.transfer(address(queue), amount));
            received += amount;
            if ((flushes >> i) & 1 == 1 && token.balanceOf(address(queue)) != 0) queue.flush();
            assertEq(queue.flushed() + token.balanceOf(address(queue)), received);
            assertEq(token.totalSupply(), 1e27 - queue.flushed());
        }
    }

    function _deploy(address token_, address nativeQueue_) private returns (IBurnQueue) {
        return IBurnQueue(vm.deployCode("BurnQueue.sol:BurnQueue", abi.encode(token_, nativeQueue_)));
    }
}
