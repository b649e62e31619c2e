// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Tree} from "../fixture/Tree.sol";
import {MoneyWorld} from "./MoneyWorld.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Moves money through market and distributor as payers, runners, an allocator and anyone do, and keeps ghosts.
/// @dev Biased to what breaks: dust, whole balances, replays, thaw ends hit to the second.
contract MoneyHandler is Test {
    MoneyWorld private immutable _world;

    bytes32[] public channels;
    /// @dev All that ever went into free balances, and out of them.
    uint256 public deposited;
    uint256 public withdrawn;
    uint256 public settled;
    uint256 public collected;
    uint256 public donated;
    uint256 public claimed;
    mapping(bytes32 channel => uint96) public claimedBefore;
    bool public claimedFell;
    bool public thawedMoneyTaken;
    bool public replayPaid;
    bool public thawLeftEarly;

    /// @dev The tree that was made final last, for claims.
    address[] private _accounts;
    uint96[] private _cumulative;
    bytes32[] private _leaves;
    bytes32 private _root;
    bytes32 private _pendingRoot;

    constructor(MoneyWorld world) {
        _world = world;
    }

    function deposit(uint256 who, uint96 amount) external {
        amount = _amount(amount, 1e20);
        _world.deposit(who % 3, amount);
        deposited += amount;
    }

    function withdraw(uint256 who, uint96 amount) external {
        uint96 free = _world.market().freeOf(_world.payerAt(who % 3));
        if (free == 0) return;
        amount = uint96(bound(amount, 1, free));
        if (who % 2 == 0) amount = free;
        _world.withdraw(who % 3, amount);
        withdrawn += amount;
    }

    function open(uint256 who, uint256 which, bytes32 salt, uint96 amount) external {
        uint96 free = _world.market().freeOf(_world.payerAt(who % 3));
        if (free == 0 || channels.length > 11 || _world.isOpen(who % 3, which % 2, salt)) return;
        channels.push(_world.open(who % 3, which % 2, salt, uint96(bound(amount, 1, free))));
    }

    function topUp(uint256 which, uint96 amount) external {
        if (channels.length == 0) return;
        bytes32 channel = channels[which % channels.length];
        uint96 free = _world.market().freeOf(_world.market().channelOf(channel).payer);
        if (free == 0) return;
        _world.topUp(channel, uint96(bound(amount, 1, free)));
    }

    function thaw(uint256 which, uint96 amount) external {
        if (channels.length == 0) return;
        bytes32 channel = channels[which % channels.length];
        uint96 left = _world.unclaimed(channel);
        uint96 thawing = _world.market().channelOf(channel).thawing;
        if (left <= thawing) return;
        amount = which % 2 == 0 ? left - thawing : uint96(bound(amount, 1, left - thawing));
        _world.thaw(channel, amount);
    }

    function withdrawThawed(uint256 which) external {
        if (channels.length == 0) return;
        bytes32 channel = channels[which % channels.length];
        uint64 thawEnd = _world.market().channelOf(channel).thawEnd;
        if (thawEnd == 0) return;
        if (vm.getBlockTimestamp() < thawEnd) {
            if (_world.tryWithdrawThawed(channel)) thawLeftEarly = true;
            vm.warp(thawEnd);
        }
        _world.withdrawThawed(channel);
    }

    /// @dev Settles one channel for one model, twice in one batch, then replays it whole.
    function settle(uint256 which, uint256 model, uint96 amount) external {
        if (channels.length == 0) return;
        bytes32 channel = channels[which % channels.length];
        uint96 available = _world.available(channel);
        if (available == 0) return;
        amount = which % 3 == 0 ? available : uint96(bound(amount, 1, available));
        uint64 number = uint64(1 + model % 3);
        _world.settle(channel, number, amount);
        settled += amount;
        uint96 after_ = _world.market().channelOf(channel).claimed;
        _world.replay();
        replayPaid = replayPaid || _world.market().channelOf(channel).claimed != after_;
        _note(channel);
    }

    /// @dev Tries one base unit more than the runner may take.
    function overdraw(uint256 which, uint256 model) external {
        if (channels.length == 0) return;
        bytes32 channel = channels[which % channels.length];
        uint96 available = _world.available(channel);
        if (_world.trySettle(channel, uint64(1 + model % 3), available + 1)) thawedMoneyTaken = true;
        _note(channel);
    }

    function collect(uint256 kind, uint256 which) external {
        collected += _world.collect(kind % 5, which);
    }

    function donate(uint96 amount) external {
        amount = _amount(amount, 1e18);
        _world.donate(amount);
        donated += amount;
    }

    /// @dev Raises a few accounts' cumulative amounts and proposes the tree; now and then beyond what was funded.
    function propose(uint256 seed) external {
        if (_pendingRoot != 0) return;
        uint96 funded = _world.streamFunded();
        if (_accounts.length < 6) {
            _accounts.push(address(uint160(uint256(keccak256(abi.encode(seed)))) | uint160(1 << 80)));
            _cumulative.push(0);
        }
        uint96 total = _sum();
        if (funded > total) _cumulative[seed % _cumulative.length] += uint96(bound(seed, 1, funded - total));
        _build();
        _pendingRoot = _root;
        _world.propose(_root, _sum());
    }

    function finalize() external {
        if (_pendingRoot == 0) return;
        vm.warp(vm.getBlockTimestamp() + _world.distributor().window());
        _world.finalize();
        _pendingRoot = 0;
    }

    /// @dev Claims every leaf, twice: against a pending root each must fail.
    function claim() external {
        if (_accounts.length == 0 || _root == 0) return;
        for (uint256 i; i < _accounts.length; ++i) {
            for (uint256 again; again < 2; ++again) {
                claimed += _world.claim(_root, i, _accounts, _cumulative, _leaves);
            }
        }
    }

    function wait(uint32 duration) external {
        vm.warp(vm.getBlockTimestamp() + duration % 3 days);
    }

    function channelCount() external view returns (uint256) {
        return channels.length;
    }

    function _note(bytes32 channel) private {
        uint96 now_ = _world.market().channelOf(channel).claimed;
        if (now_ < claimedBefore[channel]) claimedFell = true;
        claimedBefore[channel] = now_;
    }

    function _build() private {
        delete _leaves;
        uint128 sum;
        for (uint256 i; i < _accounts.length; ++i) {
            sum += _cumulative[i];
            _leaves.push(Tree.leaf("Payout", abi.encodePacked(_world.ownStream(), _accounts[i], _cumulative[i], sum)));
        }
        _root = Tree.root("Payout", _leaves);
    }

    function _sum() private view returns (uint96 sum) {
        for (uint256 i; i < _cumulative.length; ++i) {
            sum += _cumulative[i];
        }
    }

    /// @dev Half the time dust.
    function _amount(uint96 raw, uint96 maximum) private pure returns (uint96) {
        return raw % 2 == 0 ? uint96(bound(raw, 1, 9)) : uint96(bound(raw, 1, maximum));
    }
}
