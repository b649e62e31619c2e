// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BurnQueue} from "../../contracts/token/BurnQueue.sol";
import {OpenToken} from "../../contracts/token/OpenToken.sol";
import {OpenTokenL2} from "../../contracts/token/OpenTokenL2.sol";
import {BedrockFixture} from "../fixture/BedrockFixture.sol";
import {IBedrock} from "../fixture/IBedrock.sol";

/// @notice Sends OPEN between the chains and to be burnt, delivers in any order, and keeps ghosts of what is in flight.
/// @dev Biased to what breaks: nothing, one base unit, whole balances; deliveries out of order, twice, too early and while the
/// bridge is paused; deposits for another token; gifts to bridge and queues; a second bridge that takes tokens away and back.
contract BridgeHandler is BedrockFixture {
    struct Leaving {
        IBedrock.Withdrawal withdrawal;
        uint256 amount;
        bool toQueue;
        uint256 provenAt;
    }

    address private constant CROSSCHAIN_BRIDGE = 0x4200000000000000000000000000000000000028;

    uint256 public depositsInFlight;
    uint256 public withdrawalsInFlight;
    uint256 public away;
    uint256 public lockedForOthers;
    uint256 public givenToBridge;
    uint256 public burnedByHolders;
    uint256 public receivedHere;
    uint256 public receivedNative;
    uint256 public delivered;
    bool public deliveredTwice;
    bool public deliveredEarly;
    bool public mintedByStranger;

    address[3] private _actors;
    Deposit[] private _deposits;
    uint256[] private _amounts;
    Leaving[] private _leaving;
    Deposit private _lastDeposit;
    IBedrock.Withdrawal private _lastWithdrawal;
    bool private _isPaused;

    constructor() {
        setUp();
        _actors = [holder, makeAddr("second"), makeAddr("third")];
        for (uint256 i = 1; i < 3; ++i) {
            vm.prank(holder);
            native.transfer(_actors[i], 1e26 + i);
        }
    }

    function deposit(uint256 from, uint256 to, uint256 raw) external {
        uint256 amount = _amount(raw, native.balanceOf(_actors[from % 3]));
        _deposits.push(_deposit(_actors[from % 3], _actors[to % 3], amount));
        _amounts.push(amount);
        depositsInFlight += amount;
    }

    function depositToQueue(uint256 from, uint256 raw) external {
        uint256 amount = _amount(raw, native.balanceOf(_actors[from % 3]));
        Deposit memory d = _deposit(_actors[from % 3], address(bridgedQueue), amount);
        _relayDeposit(d);
        receivedHere += amount;
    }

    function depositForAnotherToken(uint256 from, uint256 raw) external {
        uint256 amount = _amount(raw, native.balanceOf(_actors[from % 3]));
        _relayDeposit(_depositFor(address(0xbad), _actors[from % 3], _actors[from % 3], amount));
        lockedForOthers += amount;
    }

    function relayDeposit(uint256 which) external {
        if (_deposits.length == 0) return;
        which %= _deposits.length;
        _lastDeposit = _deposits[which];
        depositsInFlight -= _amounts[which];
        _deposits[which] = _deposits[_deposits.length - 1];
        _deposits.pop();
        _amounts[which] = _amounts[_amounts.length - 1];
        _amounts.pop();
        _relayDeposit(_lastDeposit);
        ++delivered;
    }

    function relayDepositAgain() external {
        if (_lastDeposit.to == address(0)) return;
        uint256 before = bridged.totalSupply();
        vm.prank(_lastDeposit.from);
        (bool done,) = _lastDeposit.to.call{gas: _lastDeposit.gasLimit}(_lastDeposit.data);
        if (done || bridged.totalSupply() != before) deliveredTwice = true;
    }

    function withdraw(uint256 from, uint256 to, uint256 raw) external {
        uint256 amount = _amount(raw, bridged.balanceOf(_actors[from % 3]));
        _leave(_withdraw(_actors[from % 3], _actors[to % 3], amount), amount, false);
    }

    function sendToQueue(uint256 from, uint256 raw) external {
        uint256 amount = _amount(raw, bridged.balanceOf(_actors[from % 3]));
        vm.prank(_actors[from % 3]);
        bridged.transfer(address(bridgedQueue), amount);
        receivedHere += amount;
    }

    function flush() external {
        if (bridged.balanceOf(address(bridgedQueue)) == 0) return;
        vm.recordLogs();
        uint256 amount = bridgedQueue.flush();
        _leave(_emittedWithdrawal(vm.getRecordedLogs()), amount, true);
    }

    function flushNative() external {
        if (native.balanceOf(address(nativeQueue)) == 0) return;
        nativeQueue.flush();
    }

    function prove(uint256 which) external {
        if (_leaving.length == 0 || _isPaused) return;
        Leaving storage leaving = _leaving[which % _leaving.length];
        if (leaving.provenAt != 0) return;
        _prove(leaving.withdrawal);
        leaving.provenAt = vm.getBlockTimestamp();
    }

    function finalize(uint256 which) external {
        if (_leaving.length == 0) return;
        which %= _leaving.length;
        Leaving memory leaving = _leaving[which];
        // exclusive: at this second not yet
        uint256 waitEnd = leaving.provenAt + FINALIZATION;
        if (leaving.provenAt == 0 || vm.getBlockTimestamp() <= waitEnd) {
            if (_tryFinalize(leaving.withdrawal)) deliveredEarly = true;
            if (leaving.provenAt == 0) return;
            vm.warp(waitEnd + 1);
        }
        if (_isPaused) {
            if (_tryFinalize(leaving.withdrawal)) deliveredEarly = true;
            return;
        }
        _finalize(leaving.withdrawal);
        _lastWithdrawal = leaving.withdrawal;
        withdrawalsInFlight -= leaving.amount;
        if (leaving.toQueue) receivedNative += leaving.amount;
        _leaving[which] = _leaving[_leaving.length - 1];
        _leaving.pop();
        ++delivered;
    }

    function finalizeAgain() external {
        if (_lastWithdrawal.target != address(0) && _tryFinalize(_lastWithdrawal)) deliveredTwice = true;
    }

    function pause(bool paused) external {
        if (paused == _isPaused) return;
        vm.prank(guardian);
        if (paused) IBedrock(superchainConfig).pause("");
        else IBedrock(superchainConfig).unpause();
        _isPaused = paused;
    }

    function depart(uint256 who, uint256 raw) external {
        uint256 amount = _amount(raw, bridged.balanceOf(_actors[who % 3]));
        vm.prank(CROSSCHAIN_BRIDGE);
        bridged.crosschainBurn(_actors[who % 3], amount);
        away += amount;
    }

    function arrive(uint256 who, uint256 raw) external {
        uint256 amount = _amount(raw, away);
        vm.prank(CROSSCHAIN_BRIDGE);
        bridged.crosschainMint(_actors[who % 3], amount);
        away -= amount;
    }

    function give(uint256 who, uint256 raw) external {
        uint256 amount = _amount(raw, native.balanceOf(_actors[who % 3]) / 1e6);
        address to = raw % 2 == 0 ? l1Bridge : address(nativeQueue);
        vm.prank(_actors[who % 3]);
        native.transfer(to, amount);
        if (to == l1Bridge) givenToBridge += amount;
        else receivedNative += amount;
    }

    function burn(uint256 who, uint256 raw) external {
        uint256 amount = _amount(raw, native.balanceOf(_actors[who % 3]) / 1e6);
        vm.prank(_actors[who % 3]);
        native.burn(amount);
        burnedByHolders += amount;
    }

    function steal(uint256 who, uint256 amount) external {
        vm.startPrank(_actors[who % 3]);
        try bridged.mint(_actors[who % 3], amount) {
            mintedByStranger = true;
        } catch {}
        try bridged.crosschainMint(_actors[who % 3], amount) {
            mintedByStranger = true;
        } catch {}
        try bridged.burn(address(bridgedQueue), 0) {
            mintedByStranger = true;
        } catch {}
        vm.stopPrank();
    }

    /// @dev All that is in flight arrives.
    function settle() external {
        if (_isPaused) this.pause(false);
        while (_deposits.length > 0) this.relayDeposit(0);
        while (_leaving.length > 0) {
            this.prove(0);
            this.finalize(0);
        }
    }

    function world() external view returns (OpenToken, OpenTokenL2, BurnQueue, BurnQueue, address) {
        return (native, bridged, nativeQueue, bridgedQueue, l1Bridge);
    }

    function locked() external view returns (uint256) {
        return _locked();
    }

    function _crosschainBridge() internal override returns (address) {
        vm.etch(CROSSCHAIN_BRIDGE, hex"00");
        return CROSSCHAIN_BRIDGE;
    }

    function _leave(IBedrock.Withdrawal memory w, uint256 amount, bool toQueue) private {
        withdrawalsInFlight += amount;
        Leaving storage leaving = _leaving.push();
        leaving.withdrawal = w;
        leaving.amount = amount;
        leaving.toQueue = toQueue;
    }

    function _tryFinalize(IBedrock.Withdrawal memory w) private returns (bool) {
        try IBedrock(portal).finalizeWithdrawalTransaction(w) {
            return true;
        } catch {
            return false;
        }
    }

    /// @dev A quarter each: nothing or a base unit, all, odd dust, anything.
    function _amount(uint256 raw, uint256 maximum) private pure returns (uint256) {
        if (raw % 4 == 0) return raw % 8 == 0 || maximum == 0 ? 0 : 1;
        if (raw % 4 == 1) return maximum;
        return bound(raw, 0, raw % 4 == 2 && maximum > 999 ? 999 : maximum);
    }
}
