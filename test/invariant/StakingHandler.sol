// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IStakingManager} from "../../contracts/interfaces/IStakingManager.sol";
import {StakingWorld} from "./StakingWorld.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Moves stake as operators, delegators, courts and anyone do, and keeps ghosts.
/// @dev Biased to what breaks: dust slashes, odd wei, everything thawed, thaw and window ends hit to the second.
contract StakingHandler is Test {
    StakingWorld private immutable _world;

    uint256 public donated;
    uint256 public feesAdded;
    uint256 public feesClaimed;
    uint256 public burnt;
    uint256 public slashes;
    uint256 public delegatedSlashes;
    /// @dev Bookings that may each leave less than a base unit of fees with nobody.
    uint256 public bookings;
    mapping(uint256 pool => uint256) public ownSlashed;
    mapping(uint256 pool => uint256) public delegatedSlashed;
    /// @dev Price at which a window began, as tokens and shares, and its end.
    mapping(uint256 pool => uint256) private _windowTokens;
    mapping(uint256 pool => uint256) private _windowShares;
    mapping(uint256 pool => uint256) private _windowEnd;
    /// @dev Thaw ends as this handler reckons them: pool, and delegator + 1 or 0 for the operator.
    mapping(uint256 pool => mapping(uint256 whose => uint256)) private _thawEnd;

    /// @dev Values at the last second that something happened in, for lookups of the past.
    uint256 public lastTime;
    uint256 public lastTotal;
    uint256[4] public lastStakes;

    bool public priceFell;
    bool public leftEarly;
    bool public exitFailed;
    bool public ownSpared;
    bool public partsDiffer;
    bool public windowExceeded;
    bool public pastDiffers;
    bool public pausedEntered;
    bool public pausedLeft;
    bool public pausedLonger;
    /// @dev When entries work again, and the newest pause of exits.
    uint256 public stakingPausedUntil;
    uint256 public exitsPausedFrom;
    uint256 public exitsPausedUntil;

    constructor(StakingWorld world) {
        _world = world;
    }

    /// @dev Around each action: first the past, then what only a slash may do to the price.
    modifier step(uint256 pool) {
        _lookBack();
        IStakingManager.Pool memory before = _world.poolAt(pool % 4);
        ++bookings;
        _;
        IStakingManager.Pool memory now_ = _world.poolAt(pool % 4);
        if (before.shares != 0 && now_.shares != 0 && now_.delegated * before.shares < before.delegated * now_.shares) {
            priceFell = true;
        }
        _remember();
    }

    function stake(uint256 pool, uint96 amount) external step(pool) {
        try _world.stakePool(pool % 4, _amount(amount, 1e21)) {
            if (vm.getBlockTimestamp() < stakingPausedUntil) pausedEntered = true;
        } catch {
            if (vm.getBlockTimestamp() >= stakingPausedUntil) pausedLonger = true;
        }
    }

    function thaw(uint256 pool, uint96 amount) external step(pool) {
        pool %= 4;
        IStakingManager.Pool memory p = _world.poolAt(pool);
        uint256 active = p.own - p.ownThawing;
        if (active == 0) return;
        _world.thawPool(pool, amount % 2 == 0 ? active : bound(amount, 1, active));
        _thawEnd[pool][0] = vm.getBlockTimestamp() + 21 days;
    }

    function withdraw(uint256 pool) external step(pool) {
        pool %= 4;
        if (_world.poolAt(pool).ownThawing == 0) return;
        _waitFor(_thawEnd[pool][0]);
        if (vm.getBlockTimestamp() < _thawEnd[pool][0]) {
            try _world.withdrawPool(pool) {
                leftEarly = true;
            } catch {}
            vm.warp(_thawEnd[pool][0]);
        }
        if (vm.getBlockTimestamp() < exitsPausedUntil) {
            try _world.withdrawPool(pool) {
                pausedLeft = true;
            } catch {}
            vm.warp(exitsPausedUntil);
        }
        try _world.withdrawPool(pool) {}
        catch (bytes memory reason) {
            _lift(pool, reason);
            try _world.withdrawPool(pool) {}
            catch {
                exitFailed = true;
            }
        }
    }

    function delegate(uint256 who, uint256 pool, uint96 amount) external step(pool) {
        pool %= 4;
        IStakingManager.Pool memory p = _world.poolAt(pool);
        if (p.own == 0) this.stake(pool, 1);
        if (_world.poolAt(pool).own == 0 || p.delegated * 1e6 < p.shares) return;
        try _world.delegateTo(who % 3, pool, uint96(1e18 + _amount(amount, 1e21))) {
            if (vm.getBlockTimestamp() < stakingPausedUntil) pausedEntered = true;
        } catch {
            if (vm.getBlockTimestamp() >= stakingPausedUntil) pausedLonger = true;
        }
    }

    function undelegate(uint256 who, uint256 pool, uint256 part) external step(pool) {
        pool %= 4;
        who %= 3;
        IStakingManager.Delegation memory d = _world.delegationAt(who, pool);
        uint256 active = d.shares - d.thawingShares;
        if (active == 0) return;
        uint256 shares = bound(part, 1, active);
        IStakingManager.Pool memory p = _world.poolAt(pool);
        if (part % 2 == 0 || (active - shares) * p.delegated / p.shares < 1e18) shares = active;
        _world.undelegateFrom(who, pool, shares);
        _thawEnd[pool][who + 1] = vm.getBlockTimestamp() + 21 days;
    }

    function withdrawUndelegated(uint256 who, uint256 pool) external step(pool) {
        pool %= 4;
        who %= 3;
        if (_world.delegationAt(who, pool).thawingShares == 0) return;
        _waitFor(_thawEnd[pool][who + 1]);
        if (vm.getBlockTimestamp() < _thawEnd[pool][who + 1]) {
            try _world.withdrawFrom(who, pool) {
                leftEarly = true;
            } catch {}
            vm.warp(_thawEnd[pool][who + 1]);
        }
        if (vm.getBlockTimestamp() < exitsPausedUntil) {
            try _world.withdrawFrom(who, pool) {
                pausedLeft = true;
            } catch {}
            vm.warp(exitsPausedUntil);
        }
        try _world.withdrawFrom(who, pool) {}
        catch (bytes memory reason) {
            _lift(pool, reason);
            try _world.withdrawFrom(who, pool) {}
            catch {
                exitFailed = true;
            }
        }
    }

    function addFees(uint256 pool, uint96 amount) external step(pool) {
        amount = _amount(amount, 1e20);
        _world.addFeesTo(pool % 4, amount);
        feesAdded += amount;
    }

    function claim(uint256 who, uint256 pool) external step(pool) {
        pool %= 4;
        if (vm.getBlockTimestamp() < exitsPausedUntil) return _claimPaused(who % 3, pool);
        if (_world.delegationAt(who % 3, pool).fees != 0) feesClaimed += _world.claimOf(who % 3, pool);
        if (_world.feesAt(pool).operatorFees != 0) feesClaimed += _world.claimOperatorOf(pool);
    }

    function setCut(uint256 pool, uint16 bps) external step(pool) {
        _world.setCutOf(pool % 4, bps % 10_001);
    }

    function lock(uint256 which, uint256 pool, uint96 amount) external step(pool) {
        amount = which % 3 == 0 ? type(uint96).max : _amount(amount, 1e21);
        uint256 free = _world.slashableAt(pool % 4) - _world.poolAt(pool % 4).locked;
        uint96 locked = _world.lockBy(which % 2, pool % 4, amount);
        if (locked != (amount < free ? amount : free)) partsDiffer = true;
    }

    function unlock(uint256 which, uint256 pool, uint96 amount) external step(pool) {
        _world.unlockBy(which % 2, pool % 4, which % 3 == 0 ? type(uint96).max : _amount(amount, 1e21));
    }

    /// @dev Three of four are dust; some reach behind own stake to delegated dust.
    function slash(uint256 which, uint256 pool, uint96 amount, uint16 bountyBps, uint96 refundAmount) external {
        pool %= 4;
        _lookBack();
        ++bookings;
        if (which % 5 == 0) _slash(which % 2, pool, uint96(_world.poolAt(pool).own), bountyBps, refundAmount);
        _slash(which % 2, pool, which % 4 != 1 ? amount % 10 : _amount(amount, 1e21), bountyBps, refundAmount);
        _remember();
    }

    /// @dev Now and then to its last second, or behind it; a pause in the past lifts it.
    function pauseStaking(uint32 duration, uint8 then_) external {
        stakingPausedUntil = vm.getBlockTimestamp() + duration % (14 days + 1);
        _world.pauseStaking(stakingPausedUntil);
        _goOn(stakingPausedUntil, then_);
    }

    /// @dev Anew, longer or shorter; tries a second more than may be, and an early one.
    function pauseExits(uint32 duration, uint8 then_) external {
        uint256 now_ = vm.getBlockTimestamp();
        bool anew = now_ >= exitsPausedUntil;
        uint256 from = anew ? now_ : exitsPausedFrom;
        bool tooSoon = anew && now_ < exitsPausedUntil + 7 days;
        uint256 until = tooSoon ? now_ + 1 : from + 72 hours + 1;
        try _world.pauseExits(until) {
            pausedLonger = true;
        } catch {}
        if (tooSoon) return;
        (exitsPausedFrom, exitsPausedUntil) = (from, now_ + duration % (from + 72 hours - now_ + 1));
        _world.pauseExits(exitsPausedUntil);
        _goOn(exitsPausedUntil, then_);
    }

    function donate(uint96 amount) external {
        amount = _amount(amount, 1e18);
        _world.donate(amount);
        donated += amount;
    }

    /// @dev To a second before, at or after an end, or anywhere.
    function wait(uint256 pool, uint32 duration) external {
        uint256[4] memory ends = [
            _thawEnd[pool % 4][0],
            _thawEnd[pool % 4][1 + duration % 3],
            _world.poolAt(pool % 4).slashWindowEnd,
            _world.feesAt(pool % 4).scheduledEnd
        ];
        uint256 end = ends[(pool / 4) % 4] + duration % 3;
        if (end > vm.getBlockTimestamp()) vm.warp(end - 1 < vm.getBlockTimestamp() ? end : end - 1);
        else skip(duration % 10 days);
    }

    /// @dev Everybody leaves: courts close their cases, all is thawed, withdrawn and claimed.
    function leaveAll() external {
        for (uint256 pool; pool < 4; ++pool) {
            _world.unlockBy(0, pool, type(uint96).max);
            _world.unlockBy(1, pool, type(uint96).max);
            IStakingManager.Pool memory p = _world.poolAt(pool);
            if (p.own > p.ownThawing) _world.thawPool(pool, p.own - p.ownThawing);
            for (uint256 who; who < 3; ++who) {
                IStakingManager.Delegation memory d = _world.delegationAt(who, pool);
                if (d.shares > d.thawingShares) _world.undelegateFrom(who, pool, d.shares - d.thawingShares);
            }
        }
        skip(21 days);
        for (uint256 pool; pool < 4; ++pool) {
            if (_world.poolAt(pool).own != 0) _world.withdrawPool(pool);
            for (uint256 who; who < 3; ++who) {
                if (_world.delegationAt(who, pool).shares != 0) _world.withdrawFrom(who, pool);
                if (_world.delegationAt(who, pool).fees != 0) feesClaimed += _world.claimOf(who, pool);
            }
            if (_world.feesAt(pool).operatorFees != 0) feesClaimed += _world.claimOperatorOf(pool);
            bookings += 4;
        }
    }

    function _slash(uint256 which, uint256 pool, uint96 amount, uint16 bountyBps, uint96 refundAmount) private {
        IStakingManager.Pool memory before = _world.poolAt(pool);
        (uint96 taken, uint96 bounty, uint96 refund) =
            _world.slashBy(which, pool, amount, bountyBps % 4001, refundAmount % 3 == 0 ? refundAmount : 1);
        IStakingManager.Pool memory p = _world.poolAt(pool);
        uint256 own = before.own - p.own;
        uint256 delegated = before.delegated - p.delegated;

        if (own + delegated != taken || taken > amount) partsDiffer = true;
        if (2 * (uint256(bounty) + refund) > taken) partsDiffer = true;
        if (delegated != 0 && p.own != 0) ownSpared = true;
        burnt += uint256(taken) - bounty - refund;
        ownSlashed[pool] += own;
        delegatedSlashed[pool] += delegated;
        ++slashes;
        if (delegated != 0) _noteWindow(pool, before, p);
    }

    /// @dev A window's price: half of it stays, whoever joined or left meanwhile.
    function _noteWindow(uint256 pool, IStakingManager.Pool memory before, IStakingManager.Pool memory p) private {
        ++delegatedSlashes;
        if (vm.getBlockTimestamp() >= _windowEnd[pool] || before.slashWindowEnd == 0) {
            _windowTokens[pool] = before.delegated;
            _windowShares[pool] = before.shares;
            _windowEnd[pool] = vm.getBlockTimestamp() + 28 days;
        }
        if (2 * p.delegated * _windowShares[pool] < _windowTokens[pool] * p.shares) windowExceeded = true;
    }

    /// @dev Only a lock may hold back what has thawed, and only while it is there.
    function _lift(uint256 pool, bytes memory reason) private {
        if (bytes4(reason) != IStakingManager.StakingManager_StakeLocked.selector) exitFailed = true;
        _world.unlockBy(0, pool, type(uint96).max);
        _world.unlockBy(1, pool, type(uint96).max);
    }

    function _claimPaused(uint256 who, uint256 pool) private {
        try _world.claimOf(who, pool) {
            pausedLeft = true;
        } catch {}
        try _world.claimOperatorOf(pool) {
            pausedLeft = true;
        } catch {}
    }

    function _goOn(uint256 end, uint8 how) private {
        if (how % 4 < 2 && end > vm.getBlockTimestamp()) vm.warp(how % 4 == 0 ? end - 1 : end);
    }

    /// @dev To the last second before.
    function _waitFor(uint256 end) private {
        if (end > vm.getBlockTimestamp() + 1) vm.warp(end - 1);
    }

    function _remember() private {
        lastTime = vm.getBlockTimestamp();
        lastTotal = 0;
        for (uint256 pool; pool < 4; ++pool) {
            IStakingManager.Pool memory p = _world.poolAt(pool);
            lastStakes[pool] = p.own + p.delegated;
            lastTotal += lastStakes[pool];
        }
    }

    function _lookBack() private {
        if (lastTime == 0 || lastTime >= vm.getBlockTimestamp()) return;
        if (_world.pastTotalAt(lastTime) != lastTotal) pastDiffers = true;
        for (uint256 pool; pool < 4; ++pool) {
            if (_world.pastStakeAt(pool, lastTime) != lastStakes[pool]) pastDiffers = true;
        }
    }

    /// @dev Half the time dust.
    function _amount(uint96 raw, uint96 maximum) private pure returns (uint96) {
        return raw % 2 == 0 ? uint96(bound(raw, 1, 9)) : uint96(bound(raw, 1, maximum));
    }
}
