// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {Tree} from "../fixture/Tree.sol";
import {MoneyWorld} from "./MoneyWorld.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Moves money through market and distributor as payers, runners, an allocator and anyone do, and keeps ghosts.
/// @dev Biased to what breaks: dust, whole balances, replays, thaw ends hit to the second.
contract MoneyHandler is Test {
    MoneyWorld private immutable _world;

    bytes32[] public channels;
    mapping(bytes32 channel => uint256) private _ownerOf;
    /// @dev All that ever went into free balances, and out of them.
    uint256 public deposited;
    uint256 public withdrawn;
    uint256 public settled;
    uint256 public refunded;
    uint256 public collected;
    uint256 public donated;
    uint256 public claimed;
    mapping(bytes32 channel => uint96) public claimedBefore;
    bool public claimedFell;
    bool public thawedMoneyTaken;
    bool public replayPaid;
    bool public thawLeftEarly;
    bool public pausedSettled;
    bool public forgeryPaid;
    bool public capExceeded;
    bool public thawLeftLate;
    bool public signatureMisused;
    bool public pausedLeft;
    /// @dev When money leaves again.
    uint64 public exitsPausedUntil;
    /// @dev When settlement works again, and how long it has stood still before the newest pause, reckoned apart.
    uint64 public pausedUntil;
    uint64 private _pausedAt;
    uint64 private _pausedBefore;
    /// @dev Seconds of work that a channel's thaw, or a payer's signer, still has: each a deadline on the working clock.
    mapping(bytes32 channel => uint64) private _thawDue;
    mapping(bytes32 channel => uint96) private _thawing;
    /// @dev 0: none; the maximum: authorised; else on the working clock.
    mapping(uint256 payer => uint64) private _signerDue;

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

    /// @dev For another or the signer; that another may not use it for itself is tried first.
    function depositWithPermit(uint256 who, uint256 to, uint96 amount, bool carried) external {
        amount = _amount(amount, 1e20);
        uint96 free = _world.market().freeOf(_world.payerAt(to % 3));
        if (_world.tryStolenPermit(who % 3, amount)) signatureMisused = true;
        _world.depositWithPermit(who % 3, to % 3, amount, carried);
        if (_world.market().freeOf(_world.payerAt(to % 3)) != free + amount) signatureMisused = true;
        deposited += amount;
    }

    function depositWithAuthorization(uint256 who, uint96 amount) external {
        amount = _amount(amount, 1e20);
        if (_world.depositWithAuthorization(who % 3, amount)) signatureMisused = true;
        deposited += amount;
    }

    function withdraw(uint256 who, uint96 amount) external {
        uint96 free = _world.market().freeOf(_world.payerAt(who % 3));
        if (free == 0) return;
        amount = uint96(bound(amount, 1, free));
        if (who % 2 == 0) amount = free;
        bool done = _world.tryWithdraw(who % 3, amount);
        if (done != (vm.getBlockTimestamp() >= exitsPausedUntil)) pausedLeft = true;
        if (done) withdrawn += amount;
    }

    function open(uint256 who, uint256 which, uint96 salt, uint96 amount) external {
        uint96 free = _world.market().freeOf(_world.payerAt(who % 3));
        if (free == 0 || channels.length > 11 || _world.isOpen(who % 3, which % 2, salt)) return;
        bytes32 channel = _world.open(who % 3, which % 2, salt, uint96(bound(amount, 1, free)));
        channels.push(channel);
        _ownerOf[channel] = who % 3;
    }

    /// @dev An operator opens a channel or tops it up; now and then beyond what the payer allowed.
    function allocate(uint256 who, uint256 which, uint96 salt, uint96 amount, bool beyond) external {
        uint96 free = _world.market().freeOf(_world.payerAt(who % 3));
        salt = salt % 3;
        bool known = _world.isOpen(who % 3, which % 2, salt);
        if (free == 0 || (!known && channels.length > 11)) return;
        amount = uint96(bound(amount, 1, free));
        (bool done, bytes32 channel) = _world.allocate(who % 3, which % 2, salt, amount, beyond ? amount - 1 : amount);
        if (done && beyond) capExceeded = true;
        if (!done || known) return;
        channels.push(channel);
        _ownerOf[channel] = who % 3;
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
        _thawing[channel] = thawing + amount;
        _thawDue[channel] = _working() + 2 days;
    }

    /// @dev One second before its end, reckoned apart, and at it.
    function withdrawThawed(uint256 which) external {
        if (channels.length == 0) return;
        bytes32 channel = channels[which % channels.length];
        if (_thawDue[channel] == 0) return;
        uint64 end = _timestampOf(_thawDue[channel]);
        if (vm.getBlockTimestamp() < end) {
            vm.warp(end - 1);
            if (_world.tryWithdrawThawed(channel)) thawLeftEarly = true;
            vm.warp(end);
        }
        uint96 left = _world.unclaimed(channel);
        uint96 expected = left < _thawing[channel] ? left : _thawing[channel];
        uint96 free = _world.market().freeOf(_world.market().payerOf(channel));
        _world.withdrawThawed(channel);
        if (_world.market().freeOf(_world.market().payerOf(channel)) != free + expected) thawLeftLate = true;
        _thawDue[channel] = 0;
        _thawing[channel] = 0;
    }

    /// @dev Settles one channel for one model, then tries any settlement again.
    function settle(uint256 which, uint256 model, uint96 amount, bool bySigner) external {
        if (channels.length == 0) return;
        bytes32 channel = channels[which % channels.length];
        uint96 available = _available(channel);
        if (available == 0) return;
        amount = which % 3 == 0 ? available : uint96(bound(amount, 1, available));
        uint64 number = uint64(1 + model % 3);
        if (vm.getBlockTimestamp() < pausedUntil) {
            if (_world.trySettle(channel, number, amount, 0)) pausedSettled = true;
            return;
        }
        _world.settle(channel, number, amount, bySigner && _signerCounts(_ownerOf[channel]));
        settled += amount;
        this.replay(which);
        _note(channel);
    }

    /// @dev Anybody carries a runner's order, twice; now and then one whose receipts start elsewhere.
    function settleFor(uint256 which, uint256 model, uint96 amount, bool elsewhere) external {
        if (channels.length == 0) return;
        bytes32 channel = channels[which % channels.length];
        uint96 available = _available(channel);
        if (available == 0) return;
        amount = which % 3 == 0 ? available : uint96(bound(amount, 1, available));
        uint64 number = uint64(1 + model % 3);
        uint96 before = _world.market().modelClaimedOf(channel, number);
        MoneyWorld.SignedOrder memory order = _world.order(channel, number, amount, elsewhere ? before + 1 : before);
        bool moved = _world.carry(order);
        bool isPaused = vm.getBlockTimestamp() < pausedUntil;
        if (moved && isPaused) pausedSettled = true;
        if (moved == elsewhere && !isPaused) signatureMisused = true;
        if (!moved) return;
        settled += amount;
        if (_world.carry(order)) replayPaid = true;
        _note(channel);
    }

    /// @dev All channels of a runner at once; some of them take nothing.
    function settleMany(uint256 which, uint256 model, uint96 seed) external {
        if (vm.getBlockTimestamp() < pausedUntil) return;
        address runner = _world.runnerOf(which % 2);
        bytes32[] memory found = new bytes32[](channels.length);
        uint256 count;
        for (uint256 i; i < channels.length; ++i) {
            if (_world.market().runnerOf(channels[i]) == runner) found[count++] = channels[i];
        }
        if (count == 0) return;
        assembly ("memory-safe") {
            mstore(found, count)
        }
        _sort(found);
        uint96[] memory amounts = new uint96[](count);
        for (uint256 i; i < count; ++i) {
            uint96 available = _available(found[i]);
            amounts[i] = i % 3 == 2 ? 0 : i % 3 == 1 ? available : seed % (available + 1);
            settled += amounts[i];
        }
        _world.settleMany(found, uint64(1 + model % 3), amounts);
        for (uint256 i; i < count; ++i) {
            _note(found[i]);
        }
    }

    function replay(uint256 which) external {
        if (_world.replay(which)) replayPaid = true;
    }

    /// @dev Tries one base unit more than the runner may take.
    function overdraw(uint256 which, uint256 model) external {
        if (channels.length == 0) return;
        bytes32 channel = channels[which % channels.length];
        if (_world.trySettle(channel, uint64(1 + model % 3), _available(channel) + 1, 0)) thawedMoneyTaken = true;
        _note(channel);
    }

    /// @dev Signed by a stranger, and by the signer where it does not count.
    function forge(uint256 which, uint256 model) external {
        if (channels.length == 0) return;
        bytes32 channel = channels[which % channels.length];
        if (_available(channel) == 0) return;
        uint64 number = uint64(1 + model % 3);
        if (_world.trySettle(channel, number, 1, 0xbad)) forgeryPaid = true;
        if (_signerCounts(_ownerOf[channel])) return;
        if (_world.trySettleBySigner(channel, number, 1)) forgeryPaid = true;
    }

    function authorize(uint256 who) external {
        _world.authorize(who % 3);
        _signerDue[who % 3] = type(uint64).max;
    }

    /// @dev And goes to its end, at which it counts no more, or a second before.
    function thawSigner(uint256 who, bool toTheEnd) external {
        if (!_world.thawSigner(who % 3)) return;
        _signerDue[who % 3] = _working() + 2 days;
        uint64 end = _timestampOf(_signerDue[who % 3]);
        if (who % 2 == 0) vm.warp(toTheEnd ? end : end - 1);
        if (who % 2 == 0 && toTheEnd) _forgeBySigner(who % 3);
    }

    function release(uint256 which, uint96 amount) external {
        if (channels.length == 0) return;
        bytes32 channel = channels[which % channels.length];
        if (_world.unclaimed(channel) == 0) return;
        _noteReleased(
            channel, _world.release(channel, which % 4 == 0 ? type(uint96).max : uint96(bound(amount, 1, 1e18)))
        );
    }

    /// @dev By the runner's signature, twice, or by a stranger's.
    function releaseBySignature(uint256 which, uint96 amount, bool forged) external {
        if (channels.length == 0) return;
        bytes32 channel = channels[which % channels.length];
        uint96 left = _world.unclaimed(channel);
        if (left == 0) return;
        amount = which % 4 == 0 ? type(uint96).max : _amount(amount, 1e18);
        MoneyWorld.SignedRelease memory signed = _world.signRelease(channel, amount, forged);
        uint96 released = _world.tryRelease(signed);
        if (released != (forged ? 0 : amount < left ? amount : left)) signatureMisused = true;
        if (released != 0) _noteReleased(channel, released);
        if (_world.tryRelease(signed) != 0) signatureMisused = true;
    }

    function refund(uint256 which, uint96 amount) external {
        if (channels.length == 0) return;
        bytes32 channel = channels[which % channels.length];
        uint96 due = _world.market().runnerDue(_world.market().runnerOf(channel));
        if (due == 0) return;
        amount = uint96(bound(amount, 1, due));
        _world.refund(channel, amount);
        refunded += amount;
    }

    /// @dev Anew or during a pause; now and then to its last second, or behind it.
    function pause(uint32 duration, uint8 then_) external {
        uint64 now_ = uint64(vm.getBlockTimestamp());
        uint64 until = now_ + uint64(bound(duration, 1, 7 days));
        _world.pauseSettlement(until);
        if (now_ >= pausedUntil) {
            _pausedBefore += pausedUntil - _pausedAt;
            _pausedAt = now_;
        }
        pausedUntil = until;
        if (then_ % 4 == 0) vm.warp(until - 1);
        if (then_ % 4 == 1) vm.warp(until);
    }

    /// @dev Anew or during a pause; now and then to its last second, or behind it.
    function pauseExits(uint32 duration, uint8 then_) external {
        exitsPausedUntil = uint64(vm.getBlockTimestamp() + bound(duration, 1, 72 hours));
        _world.pauseExits(exitsPausedUntil);
        if (then_ % 4 == 0) vm.warp(exitsPausedUntil - 1);
        if (then_ % 4 == 1) vm.warp(exitsPausedUntil);
    }

    function setSplitConfig(uint16 protocol, uint16 security, uint16 stakers) external {
        protocol = protocol % 700;
        security = security % 700;
        _world.setSplitConfig(IInferenceMarket.SplitConfig(protocol, security, stakers % 600));
    }

    function schedule(uint64 model, uint16 modelBps, uint16 dataBps) external {
        _world.schedule(1 + model % 3, modelBps % 1000, dataBps % 6001);
    }

    function collect(uint256 kind, uint256 which) external {
        uint96 amount = _world.collect(kind % 6, which);
        if (amount != 0 && vm.getBlockTimestamp() < exitsPausedUntil) pausedLeft = true;
        if (kind % 6 != 5) collected += amount;
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

    /// @dev What the runner may still take: all that is unclaimed, without what has thawed.
    function _available(bytes32 channel) private view returns (uint96) {
        uint96 left = _world.unclaimed(channel);
        if (_thawDue[channel] == 0 || _working() < _thawDue[channel]) return left;
        return left > _thawing[channel] ? left - _thawing[channel] : 0;
    }

    function _signerCounts(uint256 who) private view returns (bool) {
        return _signerDue[who] == type(uint64).max || _working() < _signerDue[who];
    }

    /// @dev Seconds in which settlement worked, since 1970: reckoned second by second's difference, not as the market does.
    function _working() private view returns (uint64) {
        uint64 now_ = uint64(vm.getBlockTimestamp());
        if (now_ < pausedUntil) return _pausedAt - _pausedBefore;
        return now_ - _pausedBefore - (pausedUntil - _pausedAt);
    }

    function _timestampOf(uint64 working) private view returns (uint64) {
        if (working <= _working()) return uint64(vm.getBlockTimestamp());
        uint64 from = uint64(vm.getBlockTimestamp());
        if (from < pausedUntil) from = pausedUntil;
        return from + working - _working();
    }

    function _forgeBySigner(uint256 who) private {
        for (uint256 i; i < channels.length; ++i) {
            if (_ownerOf[channels[i]] != who || _available(channels[i]) == 0) continue;
            if (_world.trySettleBySigner(channels[i], 1, 1)) forgeryPaid = true;
        }
    }

    function _sort(bytes32[] memory words) private pure {
        for (uint256 i = 1; i < words.length; ++i) {
            for (uint256 j = i; j > 0 && words[j] < words[j - 1]; --j) {
                (words[j], words[j - 1]) = (words[j - 1], words[j]);
            }
        }
    }

    function _note(bytes32 channel) private {
        uint96 now_ = _world.market().channelOf(channel).claimed;
        if (now_ < claimedBefore[channel]) claimedFell = true;
        claimedBefore[channel] = now_;
    }

    function _noteReleased(bytes32 channel, uint96 released) private {
        _thawing[channel] = _thawing[channel] > released ? _thawing[channel] - released : 0;
        if (_thawing[channel] == 0) _thawDue[channel] = 0;
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
