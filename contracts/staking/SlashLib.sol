// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IStakingManager} from "../interfaces/IStakingManager.sol";
import {PoolLib} from "./PoolLib.sol";
import {PoolTokens} from "./PoolTokens.sol";
import {StakingStorage} from "./StakingStorage.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title SlashLib
/// @notice What of a pool can be slashed, locks on it, and taking it.
/// @dev slashable = own + min(delegated - floor, own + lead). Taking x lowers it by x exactly, and neither time nor new stake
/// lowers it: so locks, which are at most slashable when they are made, stay covered by checking withdrawals alone.
library SlashLib {
    using PoolLib for StakingStorage.PoolState;

    uint16 internal constant MAXIMUM_BOUNTY_BPS = 4000;
    uint16 internal constant MAXIMUM_CAP_BPS = 9000;
    uint16 internal constant WHOLE_BPS = 10_000;
    /// @dev Delegators who begin to thaw within it after a slash leave before the next window.
    uint64 internal constant GRACE_PERIOD = 7 days;

    /// @param capBps Of delegated tokens, in one window. @param window Its length in seconds.
    struct Terms {
        uint16 capBps;
        uint64 window;
    }

    function slashable(StakingStorage.PoolState storage pool, Terms memory terms) internal view returns (uint96) {
        PoolTokens tokens = pool.tokensNow();
        (uint96 floor,) = floorNow(pool, tokens.delegated(), terms);
        uint256 own = tokens.own();
        // at most own + delegated
        return uint96(own + Math.min(tokens.delegated() - floor, own + pool.lead));
    }

    /// @return floor Delegated tokens out of reach. @return windowEnd 0 while no window runs.
    function floorNow(StakingStorage.PoolState storage pool, uint96 delegated, Terms memory terms)
        internal
        view
        returns (uint96 floor, uint64 windowEnd)
    {
        windowEnd = pool.slashWindowEnd;
        if (block.timestamp < windowEnd) return (pool.slashFloor, windowEnd);
        // the cap is WHOLE_BPS at most
        return (uint96(Math.ceilDiv(uint256(delegated) * (WHOLE_BPS - terms.capBps), WHOLE_BPS)), 0);
    }

    /// @notice Keeps a running window's floor in proportion when shares are minted or redeemed, rounded up.
    /// @dev floor <= before, so that floor × after / before, rounded up, is at most `after_`. A window ends with its last
    /// delegator, so that before > 0 while one runs.
    function moveFloor(StakingStorage.PoolState storage pool, uint96 before, uint96 after_) internal {
        if (block.timestamp >= pool.slashWindowEnd) return;
        pool.slashFloor = uint96(Math.ceilDiv(uint256(pool.slashFloor) * after_, before));
        if (after_ == 0) pool.slashWindowEnd = 0;
    }

    /// @notice Reverts unless what is locked is covered.
    function requireCovered(StakingStorage.PoolState storage pool, Terms memory terms) internal view {
        uint96 locked = pool.locked;
        if (locked == 0) return;
        uint96 covered = slashable(pool, terms);
        if (covered < locked) revert IStakingManager.StakingManager_StakeLocked(locked, covered);
    }

    /// @dev What the locker could take: others' locks are out of its reach.
    function availableTo(StakingStorage.PoolState storage pool, address locker, Terms memory terms)
        internal
        view
        returns (uint96)
    {
        // saturating, as in `lock`: a slash must not fail, not even after an upgrade that lowers the cap
        return uint96(Math.saturatingSub(slashable(pool, terms), pool.locked - pool.lockOf[locker]));
    }

    function lock(StakingStorage.PoolState storage pool, address locker, uint96 amount, Terms memory terms)
        internal
        returns (uint96 added, uint96 lockAfter, uint96 lockedAfter)
    {
        uint96 locked = pool.locked;
        uint96 free = uint96(Math.saturatingSub(slashable(pool, terms), locked));
        added = amount < free ? amount : free;
        lockAfter = pool.lockOf[locker] + added;
        lockedAfter = locked + added;
        if (added == 0) return (0, lockAfter, lockedAfter);

        pool.lockOf[locker] = lockAfter;
        pool.locked = lockedAfter;
    }

    function unlock(StakingStorage.PoolState storage pool, address locker, uint96 amount)
        internal
        returns (uint96 removed, uint96 lockAfter, uint96 lockedAfter)
    {
        uint96 lock_ = pool.lockOf[locker];
        removed = amount < lock_ ? amount : lock_;
        lockAfter = lock_ - removed;
        lockedAfter = pool.locked - removed;
        if (removed == 0) return (0, lockAfter, lockedAfter);

        pool.lockOf[locker] = lockAfter;
        pool.locked = lockedAfter;
    }

    /// @notice Takes at most `amount` out of a pool. Fees that are due must have been released.
    function take(StakingStorage.PoolState storage pool, address slasher, uint96 amount, Terms memory terms)
        internal
        returns (IStakingManager.Outcome memory o)
    {
        uint96 available = availableTo(pool, slasher, terms);
        if (amount > available) amount = available;
        if (amount == 0) return o;
        PoolTokens tokens = pool.tokensNow();
        o.own = amount < tokens.own() ? amount : tokens.own();
        o.delegated = amount - o.own;
        o.ownAfter = tokens.own() - o.own;
        o.delegatedAfter = tokens.delegated() - o.delegated;

        (, o.lockAfter, o.lockedAfter) = unlock(pool, slasher, amount);
        _shrinkThaw(pool, o);
        _openWindow(pool, tokens.delegated(), o, terms);
        pool.setTokens(o.ownAfter, o.delegatedAfter);
    }

    /// @notice Divides what was taken: bounty, then refund out of what is left of one half, the rest burns.
    function divide(IStakingManager.Outcome memory o, IStakingManager.Slash calldata s) internal pure {
        uint96 taken = o.own + o.delegated;
        if (s.bountyTo != address(0)) o.bounty = uint96(uint256(taken) * s.bountyBps / WHOLE_BPS);
        if (s.refundTo != address(0)) {
            // the bounty is 40 % at most, rounded down: never more than half, rounded down
            uint96 left = taken / 2 - o.bounty;
            o.refund = s.refundAmount < left ? s.refundAmount : left;
        }
        o.burnt = taken - o.bounty - o.refund;
    }

    /// @dev Thawing own tokens go first: what stays keeps backing its operator's work.
    function _shrinkThaw(StakingStorage.PoolState storage pool, IStakingManager.Outcome memory o) private {
        uint96 thawing = pool.ownThawing;
        if (thawing == 0) return;
        o.ownThawingAfter = thawing > o.own ? thawing - o.own : 0;

        pool.ownThawing = o.ownThawingAfter;
        if (o.ownThawingAfter == 0) pool.ownThawEnd = 0;
    }

    /// @dev The floor stands from a window's first slash on; own tokens that were taken open delegated ones to be taken.
    function _openWindow(
        StakingStorage.PoolState storage pool,
        uint96 delegated,
        IStakingManager.Outcome memory o,
        Terms memory terms
    ) private {
        (uint96 floor, uint64 windowEnd) = floorNow(pool, delegated, terms);
        // delegated - floor and own + lead bound what is taken of delegated tokens
        pool.lead = pool.lead + o.own - o.delegated;
        if (o.delegated != 0 && windowEnd == 0) {
            windowEnd = uint64(block.timestamp) + terms.window;
            pool.slashFloor = floor;
            pool.slashWindowEnd = windowEnd;
        }
        o.slashFloorAfter = floor;
        o.slashWindowEnd = windowEnd;
    }
}
