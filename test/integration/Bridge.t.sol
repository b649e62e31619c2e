// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BedrockFixture} from "../fixture/BedrockFixture.sol";
import {IBedrock} from "../fixture/IBedrock.sol";

/// @notice OPEN over the real contracts of the OP Stack, there and back.
contract BridgeTest is BedrockFixture {
    address private reader = makeAddr("reader");

    function test_Deposit_LocksOnL1AndMintsOnL2() public {
        Deposit memory d = _deposit(holder, reader, 7e18);
        assertEq(native.balanceOf(l1Bridge), 7e18);
        assertEq(_locked(), 7e18);
        assertEq(bridged.totalSupply(), 0);

        vm.expectEmit(L2_BRIDGE);
        emit IBedrock.ERC20BridgeFinalized(address(bridged), address(native), holder, reader, 7e18, "");
        _relayDeposit(d);

        assertEq(bridged.balanceOf(reader), 7e18);
        assertEq(bridged.totalSupply(), 7e18);
    }

    function test_Deposit_ByAnAccountForItself() public {
        vm.startPrank(holder, holder);
        native.approve(l1Bridge, 5);
        vm.recordLogs();
        IBedrock(l1Bridge).bridgeERC20(address(native), address(bridged), 5, 200_000, "");
        vm.stopPrank();
        _relayDeposit(_emittedDeposit(vm.getRecordedLogs()));

        assertEq(bridged.balanceOf(holder), 5);
    }

    function test_Withdraw_BurnsOnL2AndReleasesOnL1() public {
        _relayDeposit(_deposit(holder, reader, 7e18));

        vm.expectEmit(L2_BRIDGE);
        emit IBedrock.ERC20BridgeInitiated(address(bridged), address(native), reader, reader, 3e18, "");
        IBedrock.Withdrawal memory w = _withdraw(reader, reader, 3e18);
        assertEq(bridged.totalSupply(), 4e18);
        assertEq(_locked(), 7e18);
        _prove(w);
        vm.warp(vm.getBlockTimestamp() + FINALIZATION + 1);
        _finalize(w);

        assertEq(native.balanceOf(reader), 3e18);
        assertEq(_locked(), 4e18);
        assertEq(native.balanceOf(l1Bridge), 4e18);
    }

    /// @dev At the end of the waiting time not yet, a second later.
    function test_Withdraw_RevertGiven_TheWaitIsNotOver() public {
        _relayDeposit(_deposit(holder, reader, 1));
        IBedrock.Withdrawal memory w = _withdraw(reader, reader, 1);
        _prove(w);
        vm.warp(vm.getBlockTimestamp() + FINALIZATION);

        vm.expectRevert("OptimismPortal: proven withdrawal finalization period has not elapsed");
        _finalize(w);
        vm.warp(vm.getBlockTimestamp() + 1);
        _finalize(w);

        assertEq(native.balanceOf(reader), 1);
        vm.expectRevert("OptimismPortal: withdrawal has already been finalized");
        _finalize(w);
    }

    function test_Withdraw_RevertGiven_TheHolderHasLess() public {
        _relayDeposit(_deposit(holder, reader, 1));

        vm.expectRevert(abi.encodeWithSignature("ERC20InsufficientBalance(address,uint256,uint256)", reader, 1, 2));
        vm.prank(reader);
        IBedrock(L2_BRIDGE).bridgeERC20To(address(bridged), address(native), reader, 2, 200_000, "");
    }

    /// @dev Locked for another token of L2: this one's books do not move, and nothing is minted.
    function test_Deposit_ForAnotherTokenMintsNothingHere() public {
        Deposit memory d = _depositFor(makeAddr("other token"), holder, reader, 9);
        _relayDeposit(d);

        assertEq(native.balanceOf(l1Bridge), 9);
        assertEq(_locked(), 0);
        assertEq(bridged.totalSupply(), 0);
    }

    function test_Withdraw_RevertWhen_TheRemoteTokenIsAnother() public {
        _relayDeposit(_deposit(holder, reader, 9));

        vm.expectRevert("StandardBridge: wrong remote token for Optimism Mintable ERC20 local token");
        vm.prank(reader);
        IBedrock(L2_BRIDGE).bridgeERC20To(address(bridged), makeAddr("other"), reader, 9, 200_000, "");
    }

    /// @dev The bridge's old function asks for `l1Token()`: it refuses, and burns nothing.
    function test_Withdraw_ByTheLegacyFunctionIsRefused() public {
        _relayDeposit(_deposit(holder, reader, 9));

        vm.prank(reader, reader);
        vm.expectRevert();
        IBedrock(L2_BRIDGE).withdraw(address(bridged), 9, 200_000, "");

        assertEq(bridged.balanceOf(reader), 9);
    }

    /// @dev A message that whoever sends through the messengers is not one of the other bridge.
    function test_RevertWhen_AnotherThanTheBridgeSendsTheMint() public {
        bytes memory mint =
            abi.encodeCall(IBedrock.finalizeBridgeERC20, (address(bridged), address(native), reader, reader, 1e27, ""));
        vm.roll(vm.getBlockNumber() + 1);
        vm.recordLogs();
        vm.prank(reader);
        IBedrock(l1Messenger).sendMessage(L2_BRIDGE, mint, 200_000);
        Deposit memory d = _emittedDeposit(vm.getRecordedLogs());

        vm.expectEmit(false, false, false, false, L2_MESSENGER);
        emit IBedrock.FailedRelayedMessage(0);
        _relayDeposit(d);

        assertEq(bridged.totalSupply(), 0);
        vm.expectRevert("StandardBridge: function can only be called from the other bridge");
        vm.prank(reader);
        IBedrock(L2_BRIDGE).finalizeBridgeERC20(address(bridged), address(native), reader, reader, 1, "");
    }

    function test_OnlyTheBridgeMintsAndBurns() public {
        _relayDeposit(_deposit(holder, reader, 9));
        address[4] memory others = [holder, L2_MESSENGER, l1Bridge, address(this)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSignature("OpenTokenL2_NotBridge(address)", others[i]));
            vm.prank(others[i]);
            bridged.mint(others[i], 1);
            vm.expectRevert(abi.encodeWithSignature("OpenTokenL2_NotBridge(address)", others[i]));
            vm.prank(others[i]);
            bridged.burn(reader, 1);
        }
    }

    function test_Burn_OnL1() public {
        vm.prank(holder);
        assertTrue(native.transfer(address(nativeQueue), 11));

        nativeQueue.flush();

        assertEq(native.totalSupply(), 1e27 - 11);
        assertEq(nativeQueue.flushed(), 11);
    }

    /// @dev The whole way: slashed on L2, withdrawn to L1's queue, burnt there.
    function test_Burn_OnL2IsBurntOnL1() public {
        _relayDeposit(_deposit(holder, reader, 100));
        vm.prank(reader);
        assertTrue(bridged.transfer(address(bridgedQueue), 40));

        IBedrock.Withdrawal memory w = _flush();
        assertEq(bridged.totalSupply(), 60);
        assertEq(bridgedQueue.flushed(), 40);
        _prove(w);
        vm.warp(vm.getBlockTimestamp() + FINALIZATION + 1);
        _finalize(w);
        assertEq(native.balanceOf(address(nativeQueue)), 40);
        nativeQueue.flush();

        assertEq(native.totalSupply(), 1e27 - 40);
        assertEq(_locked(), 60);
    }

    /// @dev A pause of the bridge delays a burn and loses nothing.
    function test_Burn_WaitsForAPausedBridge() public {
        _relayDeposit(_deposit(holder, address(bridgedQueue), 40));
        IBedrock.Withdrawal memory w = _flush();
        _prove(w);
        vm.warp(vm.getBlockTimestamp() + FINALIZATION + 1);
        vm.prank(guardian);
        IBedrock(superchainConfig).pause("test");

        vm.expectRevert(abi.encodeWithSignature("CallPaused()"));
        _finalize(w);
        vm.prank(guardian);
        IBedrock(superchainConfig).unpause();
        _finalize(w);

        assertEq(native.balanceOf(address(nativeQueue)), 40);
    }

    /// @dev The messenger may give the bridge of L1 no more than what the queue asked for: it has to be enough.
    function test_Burn_DeliveryFitsItsGas() public {
        _relayDeposit(_deposit(holder, address(bridgedQueue), 40));
        bytes memory relay = _flush().data;
        // behind the selector of relayMessage(nonce, sender, target, value, minGasLimit, message)
        bytes memory arguments = new bytes(relay.length - 4);
        for (uint256 i = 0; i < arguments.length; ++i) {
            arguments[i] = relay[i + 4];
        }
        (, address sender, address target,, uint256 minGasLimit, bytes memory message) =
            abi.decode(arguments, (uint256, address, address, uint256, uint256, bytes));
        assertEq(sender, L2_BRIDGE);
        assertEq(target, l1Bridge);

        vm.mockCall(l1Messenger, abi.encodeCall(IBedrock.xDomainMessageSender, ()), abi.encode(sender));
        vm.prank(l1Messenger);
        (bool done,) = target.call{gas: minGasLimit}(message);

        assertTrue(done);
        assertEq(native.balanceOf(address(nativeQueue)), 40);
    }

    function _flush() private returns (IBedrock.Withdrawal memory) {
        vm.recordLogs();
        bridgedQueue.flush();
        return _emittedWithdrawal(vm.getRecordedLogs());
    }
}
