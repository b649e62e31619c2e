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
/// Values are amounts of 96 bits in 256, and so are sums and differences below, unless said otherwise.
library SlashLib {
    using PoolLib for StakingStorage.PoolState;

    uint16 internal constant MAXIMUM_BOUNTY_BPS = 4000;
    uint16 internal constant MAXIMUM_CAP_BPS = 9000;
    uint256 internal constant WHOLE_BPS = 10_000;
    /// @dev Delegators who begin to thaw within it after a slash leave before the next window.
    uint256 internal constant GRACE_PERIOD = 7 days;

    /// @notice What a slash could take of a pool now if nobody had locked any of it, base units.
    /// @param capBps What of delegated tokens one window can take.
    function slashable(StakingStorage.PoolState storage pool, uint256 capBps) internal view returns (uint256) {
        PoolTokens tokens = pool.tokensNow();
        uint256 own = tokens.own();
        uint256 delegated = tokens.delegated();
        return own + Math.min(delegated - floorNow(pool, delegated, capBps), own + pool.lead);
    }

    /// @notice Delegated tokens out of reach: as pinned while a window runs.
    function floorNow(StakingStorage.PoolState storage pool, uint256 delegated, uint256 capBps)
        internal
        view
        returns (uint256)
    {
        if (block.timestamp < pool.slashWindowEnd) return pool.slashFloor;
        return _divUp(delegated * (WHOLE_BPS - capBps), WHOLE_BPS);
    }

    /// @notice Keeps a running window's floor in proportion when shares are minted or redeemed, rounded up.
    /// @dev floor <= before, so that floor × after / before, rounded up, is at most `after_`. A window ends with its last
    /// delegator, so that before > 0 while one runs.
    function moveFloor(StakingStorage.PoolState storage pool, uint256 before, uint256 after_) internal {
        if (block.timestamp >= pool.slashWindowEnd) return;
        pool.slashFloor = uint96(_divUp(pool.slashFloor * after_, before));
        if (after_ == 0) pool.slashWindowEnd = 0;
    }

    /// @notice Reverts unless what is locked is covered.
    function requireCovered(StakingStorage.PoolState storage pool, uint256 capBps) internal view {
        uint256 locked = pool.locked;
        if (locked == 0) return;
        uint256 covered = slashable(pool, capBps);
        if (covered < locked) revert IStakingManager.StakingManager_StakeLocked(locked, covered);
    }

    /// @notice What a locker could take: others' locks are out of its reach.
    /// @dev Saturating: a slash must not fail, not even after an upgrade that lowers the cap.
    function availableTo(StakingStorage.PoolState storage pool, address locker, uint256 capBps)
        internal
        view
        returns (uint256)
    {
        return Math.saturatingSub(slashable(pool, capBps), uint256(pool.locked) - pool.lockOf[locker]);
    }

    function lock(StakingStorage.PoolState storage pool, address locker, uint256 amount, uint256 capBps)
        internal
        returns (uint256 added, uint256 lockAfter, uint256 lockedAfter)
    {
        uint256 locked = pool.locked;
        added = Math.min(amount, Math.saturatingSub(slashable(pool, capBps), locked));
        (lockAfter, lockedAfter) = (pool.lockOf[locker] + added, locked + added);
        _setLocks(pool, locker, lockAfter, lockedAfter);
    }

    function unlock(StakingStorage.PoolState storage pool, address locker, uint256 amount)
        internal
        returns (uint256 removed, uint256 lockAfter, uint256 lockedAfter)
    {
        uint256 lockBefore = pool.lockOf[locker];
        removed = Math.min(amount, lockBefore);
        (lockAfter, lockedAfter) = (lockBefore - removed, pool.locked - removed);
        _setLocks(pool, locker, lockAfter, lockedAfter);
    }

    /// @notice Takes at most `amount` out of a pool. Fees that are due must have been released.
    /// @param windowEnd When a window ends that begins now.
    function take(
        StakingStorage.PoolState storage pool,
        address slasher,
        uint256 amount,
        uint256 capBps,
        uint256 windowEnd
    ) internal returns (IStakingManager.Outcome memory o) {
        amount = Math.min(amount, availableTo(pool, slasher, capBps));
        if (amount == 0) return o;
        PoolTokens tokens = pool.tokensNow();
        uint256 own = Math.min(amount, tokens.own());
        uint256 delegated = amount - own;

        (, o.lockAfter, o.lockedAfter) = unlock(pool, slasher, amount);
        if (delegated != 0 && block.timestamp >= pool.slashWindowEnd) {
            pool.slashFloor = uint96(floorNow(pool, tokens.delegated(), capBps));
            pool.slashWindowEnd = uint64(windowEnd);
        }
        o.slashWindowEnd = pool.slashWindowEnd;
        // delegated <= own + lead; own tokens taken are at most twice what was ever burnt
        pool.lead = uint96(pool.lead + own - delegated);
        // thawing own tokens go first: what stays keeps backing its operator's work
        if (pool.ownThawing != 0) {
            o.ownThawingAfter = Math.saturatingSub(pool.ownThawing, own);
            pool.ownThawing = uint96(o.ownThawingAfter);
            if (o.ownThawingAfter == 0) pool.ownThawEnd = 0;
        }
        o.ownAfter = tokens.own() - own;
        o.delegatedAfter = tokens.delegated() - delegated;
        pool.setTokens(o.ownAfter, o.delegatedAfter);
        (o.own, o.delegated) = (own, delegated);
    }

    /// @notice Divides what was taken: bounty, then refund out of what is left of one half, the rest burns.
    function divide(IStakingManager.Outcome memory o, IStakingManager.Slash calldata s) internal pure {
        uint256 taken = o.own + o.delegated;
        if (s.bountyTo != address(0)) o.bounty = taken * s.bountyBps / WHOLE_BPS;
        // the bounty is 40 % at most, rounded down: never more than half, rounded down
        if (s.refundTo != address(0)) o.refund = Math.min(s.refundAmount, taken / 2 - o.bounty);
        o.burnt = taken - o.bounty - o.refund;
    }

    function _setLocks(StakingStorage.PoolState storage pool, address locker, uint256 lockAfter, uint256 lockedAfter)
        private
    {
        pool.lockOf[locker] = uint96(lockAfter);
        pool.locked = uint96(lockedAfter);
    }

    function _divUp(uint256 a, uint256 b) private pure returns (uint256) {
        return (a + b - 1) / b;
    }
}
