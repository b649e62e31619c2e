// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BurnQueue} from "../../contracts/token/BurnQueue.sol";
import {OpenToken} from "../../contracts/token/OpenToken.sol";
import {OpenTokenL2} from "../../contracts/token/OpenTokenL2.sol";
import {BridgeHandler} from "./BridgeHandler.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Where each base unit of OPEN is while it goes over the OP Stack's real bridge and to be burnt.
/// @dev SUPPLY-1 locked for bridged OPEN = its supply + deposits in flight + withdrawals in flight + what a second bridge took
/// away. SUPPLY-2 the bridge's balance covers what is locked for all. SUPPLY-3 native supply = 1e27 - burnt there. SUPPLY-4
/// nothing is delivered twice or early, and nobody but bridges mints or burns. BURN-1 a queue's received = flushed + balance,
/// on both chains. SUPPLY-5 once all has arrived nothing is in flight, and SUPPLY-1 holds without it.
/// forge-config: default.invariant.runs = 16
/// forge-config: deep.invariant.runs = 4096
/// forge-config: default.invariant.depth = 96
/// forge-config: deep.invariant.depth = 256
/// forge-config: default.invariant.fail-on-revert = true
contract BridgeSupplyTest is Test {
    BridgeHandler private handler;
    OpenToken private native;
    OpenTokenL2 private bridged;
    BurnQueue private nativeQueue;
    BurnQueue private bridgedQueue;
    address private l1Bridge;

    function setUp() public {
        // a contract is never a transaction's origin; drawn as one, the portal would not alias it
        targetSender(makeAddr("origin"));
        handler = new BridgeHandler();
        (native, bridged, nativeQueue, bridgedQueue, l1Bridge) = handler.world();
        bytes4[17] memory actions = [
            BridgeHandler.deposit.selector,
            BridgeHandler.depositToQueue.selector,
            BridgeHandler.depositForAnotherToken.selector,
            BridgeHandler.relayDeposit.selector,
            BridgeHandler.relayDepositAgain.selector,
            BridgeHandler.withdraw.selector,
            BridgeHandler.sendToQueue.selector,
            BridgeHandler.flush.selector,
            BridgeHandler.flushNative.selector,
            BridgeHandler.prove.selector,
            BridgeHandler.finalize.selector,
            BridgeHandler.finalizeAgain.selector,
            BridgeHandler.depart.selector,
            BridgeHandler.arrive.selector,
            BridgeHandler.give.selector,
            BridgeHandler.burn.selector,
            BridgeHandler.steal.selector
        ];
        bytes4[] memory selectors = new bytes4[](actions.length + 1);
        for (uint256 i = 0; i < actions.length; ++i) {
            selectors[i] = actions[i];
        }
        selectors[actions.length] = BridgeHandler.pause.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
        targetContract(address(handler));
    }

    /// @dev The invariants say nothing where the handler does nothing.
    function test_HandlerGoesEveryWay() public {
        handler.deposit(0, 1, 1e18 + 3);
        handler.deposit(1, 2, 5);
        assertGt(handler.depositsInFlight(), 0);
        handler.relayDeposit(1);
        handler.relayDeposit(0);
        handler.relayDepositAgain();
        handler.withdraw(1, 1, 1e17 + 3);
        assertGt(handler.withdrawalsInFlight(), 0);
        handler.depart(2, 1e17 + 3);
        assertGt(handler.away(), 0);
        handler.sendToQueue(2, 1);
        handler.flush();
        handler.finalize(0);
        handler.prove(0);
        handler.prove(1);
        handler.pause(true);
        handler.finalize(1);
        handler.pause(false);
        handler.finalize(1);
        handler.finalize(0);
        handler.finalizeAgain();
        handler.arrive(0, 1);
        handler.steal(0, 1);
        assertGt(native.balanceOf(address(nativeQueue)), 0);
        handler.flushNative();

        assertEq(handler.delivered(), 4);
        assertEq(handler.depositsInFlight() + handler.withdrawalsInFlight() + handler.away(), 0);
        assertGt(nativeQueue.flushed(), 0);
        _assertSupply1("after all ways");
        invariant_BridgeSupply();
    }

    /// @dev All in one campaign: each call is followed by each property.
    function invariant_BridgeSupply() public view {
        _SUPPLY1_LockedIsSupplyAndInFlight();
        _SUPPLY2_TheBridgeHoldsWhatIsLocked();
        _SUPPLY3_NativeSupplyFallsByBurnsAlone();
        _SUPPLY4_DeliveredOnceByBridgesAlone();
        _BURN1_ReceivedIsFlushedAndBalance();
    }

    function _SUPPLY1_LockedIsSupplyAndInFlight() private view {
        _assertSupply1("SUPPLY-1");
    }

    function _SUPPLY2_TheBridgeHoldsWhatIsLocked() private view {
        assertEq(
            native.balanceOf(l1Bridge),
            handler.locked() + handler.lockedForOthers() + handler.givenToBridge(),
            "SUPPLY-2"
        );
    }

    function _SUPPLY3_NativeSupplyFallsByBurnsAlone() private view {
        assertEq(native.totalSupply(), 1e27 - nativeQueue.flushed() - handler.burnedByHolders(), "SUPPLY-3");
    }

    function _SUPPLY4_DeliveredOnceByBridgesAlone() private view {
        assertFalse(handler.deliveredTwice(), "SUPPLY-4 twice");
        assertFalse(handler.deliveredEarly(), "SUPPLY-4 early");
        assertFalse(handler.mintedByStranger(), "SUPPLY-4 minted by a stranger");
    }

    function _BURN1_ReceivedIsFlushedAndBalance() private view {
        assertEq(
            bridgedQueue.flushed() + bridged.balanceOf(address(bridgedQueue)), handler.receivedHere(), "BURN-1 here"
        );
        assertEq(
            nativeQueue.flushed() + native.balanceOf(address(nativeQueue)), handler.receivedNative(), "BURN-1 native"
        );
    }

    function afterInvariant() public {
        handler.settle();

        assertEq(handler.depositsInFlight(), 0, "SUPPLY-5 deposits");
        assertEq(handler.withdrawalsInFlight(), 0, "SUPPLY-5 withdrawals");
        assertEq(handler.locked(), bridged.totalSupply() + handler.away(), "SUPPLY-5");
    }

    function _assertSupply1(string memory id) private view {
        uint256 inFlight = handler.depositsInFlight() + handler.withdrawalsInFlight() + handler.away();
        assertEq(handler.locked(), bridged.totalSupply() + inFlight, id);
    }
}
