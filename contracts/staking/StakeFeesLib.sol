// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {PoolLib} from "./PoolLib.sol";
import {PoolTokens} from "./PoolTokens.sol";
import {StakingStorage} from "./StakingStorage.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title StakeFeesLib
/// @notice A pool's fees: a cut for the operator, the rest released linearly and divided by what is active at that time.
/// @dev Released only, so that who delegates just before fees arrive earns no more than who is there while they are released.
/// Values are amounts of 96 bits in 256, and so are their sums: one token's supply bounds them all.
library StakeFeesLib {
    using Checkpoints for Checkpoints.Trace208;
    using PoolLib for StakingStorage.PoolState;

    uint256 internal constant RELEASE_PERIOD = 7 days;
    uint256 internal constant CUT_DELAY = 7 days;
    uint16 internal constant WHOLE_BPS = 10_000;

    /// @dev What is due and not booked yet.
    struct Release {
        uint256 toOperator;
        uint256 toDelegators;
        uint256 perShare;
    }

    /// @notice Books what is due. Has to come before anything that changes what is active.
    function release(StakingStorage.PoolState storage pool, address operator, Role role) internal {
        if (pool.scheduled == 0) return;
        Release memory due = dueOf(pool);
        uint256 released = due.toOperator + due.toDelegators;
        // the time of what is less than a base unit counts next time
        if (released == 0) return;

        uint256 scheduled = pool.scheduled - released;
        uint256 operatorFees = pool.operatorFees + due.toOperator;
        uint256 delegatorFees = pool.delegatorFees + due.toDelegators;
        uint256 perShare = pool.feesPerShare + due.perShare;

        pool.scheduled = uint96(scheduled);
        pool.scheduledFrom = uint64(block.timestamp);
        pool.operatorFees = uint96(operatorFees);
        pool.delegatorFees = uint96(delegatorFees);
        pool.feesPerShare = perShare;

        emit IStakingManager.FeesReleased(
            operator, role, due.toOperator, due.toDelegators, operatorFees, delegatorFees, scheduled, perShare
        );
    }

    function dueOf(StakingStorage.PoolState storage pool) internal view returns (Release memory due) {
        uint256 released = pool.scheduled;
        if (released == 0) return due;
        uint256 from = pool.scheduledFrom;
        uint256 end = pool.scheduledEnd;
        if (block.timestamp < end) released = released * (block.timestamp - from) / (end - from);

        PoolTokens tokens = pool.tokensNow();
        uint256 shares = pool.shares.latest();
        uint256 active = shares - pool.thawingShares;
        uint256 delegated = PoolLib.valueOf(active, tokens.delegated(), shares);
        if (delegated != 0) {
            due.toDelegators = released * delegated / (delegated + pool.activeOwn(tokens));
            due.perShare = (due.toDelegators << 128) / active;
        }
        due.toOperator = released - due.toDelegators;
    }

    /// @notice Books new fees. What is due must have been released.
    function addFees(StakingStorage.PoolState storage pool, uint256 amount) internal {
        uint256 rest = 0;
        if (pool.shares.latest() != pool.thawingShares) {
            (uint16 cutBps,,) = cutOf(pool);
            rest = amount - amount * cutBps / WHOLE_BPS;
        }
        if (amount != rest) pool.operatorFees = uint96(pool.operatorFees + amount - rest);
        if (rest == 0) return;

        // The mean by amounts: a base unit more cannot put off what is scheduled. What is left ends later than now.
        uint256 left = pool.scheduled;
        uint256 leftSeconds = left == 0 ? 0 : pool.scheduledEnd - block.timestamp;
        uint256 wait = (left * leftSeconds + rest * RELEASE_PERIOD) / (left + rest);
        pool.scheduled = uint96(left + rest);
        pool.scheduledFrom = uint64(block.timestamp);
        pool.scheduledEnd = uint64(block.timestamp + wait);
    }

    /// @notice Books a delegator's part of all that was released. Has to come before anything that changes its active shares.
    function settle(StakingStorage.PoolState storage pool, StakingStorage.DelegationState storage delegation) internal {
        uint256 perShare = pool.feesPerShare;
        if (perShare == delegation.feesPerShare) return;
        uint256 fees = earned(delegation, perShare);

        delegation.feesPerShare = perShare;
        delegation.fees = uint96(fees);
    }

    /// @notice What a delegator can claim at a given sum of fees per share.
    /// @dev Its active shares were among those that each release was divided by: the product is at most all that was ever
    /// released, times 2^128.
    function earned(StakingStorage.DelegationState storage delegation, uint256 perShare)
        internal
        view
        returns (uint256)
    {
        uint256 active = uint256(delegation.shares.latest()) - delegation.thawingShares;
        return delegation.fees + ((active * (perShare - delegation.feesPerShare)) >> 128);
    }

    /// @notice A raise waits; anything else is in force at once and replaces what waited.
    function setCut(StakingStorage.PoolState storage pool, uint16 bps)
        internal
        returns (uint16 cutBps, uint16 nextBps, uint64 nextAt)
    {
        (cutBps,,) = cutOf(pool);
        if (bps > cutBps) {
            (nextBps, nextAt) = (bps, uint64(block.timestamp + CUT_DELAY));
        } else {
            cutBps = bps;
        }

        pool.feeCutBps = cutBps;
        pool.nextFeeCutBps = nextBps;
        pool.nextFeeCutAt = nextAt;
    }

    function cutOf(StakingStorage.PoolState storage pool)
        internal
        view
        returns (uint16 cutBps, uint16 nextBps, uint64 nextAt)
    {
        (cutBps, nextBps, nextAt) = (pool.feeCutBps, pool.nextFeeCutBps, pool.nextFeeCutAt);
        if (nextAt != 0 && block.timestamp >= nextAt) return (nextBps, 0, 0);
    }
}
