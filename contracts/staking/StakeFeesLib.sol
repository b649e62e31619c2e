// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {PoolLib} from "./PoolLib.sol";
import {PoolTokens} from "./PoolTokens.sol";
import {StakingStorage} from "./StakingStorage.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title StakeFeesLib
/// @notice A pool's fees: a cut for the operator, the rest released linearly and divided by what is active at that time.
/// @dev Released only, so that who delegates just before fees arrive earns no more than who is there while they are released.
library StakeFeesLib {
    using Checkpoints for Checkpoints.Trace208;
    using PoolLib for StakingStorage.PoolState;

    uint64 internal constant RELEASE_PERIOD = 7 days;
    uint64 internal constant CUT_DELAY = 7 days;
    uint16 internal constant WHOLE_BPS = 10_000;

    /// @dev What is due and not booked yet.
    struct Release {
        uint96 toOperator;
        uint96 toDelegators;
        uint256 perShare;
    }

    /// @notice Books what is due. Has to come before anything that changes what is active.
    function release(StakingStorage.PoolState storage pool, address operator, Role role) internal {
        uint96 scheduled = pool.scheduled;
        if (scheduled == 0) return;
        Release memory due = dueOf(pool);
        uint96 released = due.toOperator + due.toDelegators;
        // the time of what is less than a base unit counts next time
        if (released == 0) return;

        pool.scheduled = scheduled - released;
        pool.scheduledFrom = uint64(block.timestamp);
        uint96 operatorFees = pool.operatorFees + due.toOperator;
        uint96 delegatorFees = pool.delegatorFees + due.toDelegators;
        uint256 feesPerShare = pool.feesPerShare + due.perShare;
        pool.operatorFees = operatorFees;
        pool.delegatorFees = delegatorFees;
        pool.feesPerShare = feesPerShare;

        emit IStakingManager.FeesReleased(
            operator,
            role,
            due.toOperator,
            due.toDelegators,
            operatorFees,
            delegatorFees,
            scheduled - released,
            feesPerShare
        );
    }

    function dueOf(StakingStorage.PoolState storage pool) internal view returns (Release memory due) {
        uint256 scheduled = pool.scheduled;
        if (scheduled == 0) return due;
        uint256 from = pool.scheduledFrom;
        uint256 end = pool.scheduledEnd;
        uint256 released = block.timestamp >= end ? scheduled : scheduled * (block.timestamp - from) / (end - from);

        PoolTokens tokens = pool.tokensNow();
        uint128 shares = pool.sharesNow();
        uint128 active = shares - pool.thawingShares;
        uint256 delegated = PoolLib.valueOf(active, tokens.delegated(), shares);
        // both are at most `scheduled`
        if (delegated != 0) {
            due.toDelegators = uint96(released * delegated / (delegated + pool.activeOwn(tokens)));
            due.perShare = (uint256(due.toDelegators) << 128) / active;
        }
        due.toOperator = uint96(released) - due.toDelegators;
    }

    /// @notice Books new fees. What is due must have been released.
    function addFees(StakingStorage.PoolState storage pool, uint96 amount) internal {
        uint96 rest = 0;
        if (pool.sharesNow() != pool.thawingShares) {
            (uint16 cutBps,,) = cutOf(pool);
            // cutBps <= WHOLE_BPS
            rest = amount - uint96(uint256(amount) * cutBps / WHOLE_BPS);
        }
        uint96 left = pool.scheduled;

        if (amount != rest) pool.operatorFees += amount - rest;
        if (rest == 0) return;
        // The mean by amounts: a base unit more cannot put off what is scheduled. What is left ends later than now.
        uint256 leftSeconds = left == 0 ? 0 : pool.scheduledEnd - block.timestamp;
        uint256 seconds_ = (left * leftSeconds + uint256(rest) * RELEASE_PERIOD) / (uint256(left) + rest);
        pool.scheduled = left + rest;
        pool.scheduledFrom = uint64(block.timestamp);
        // a mean of periods that are RELEASE_PERIOD at most
        pool.scheduledEnd = uint64(block.timestamp + seconds_);
    }

    /// @notice Books a delegator's part of all that was released. Has to come before anything that changes its active shares.
    function settle(StakingStorage.PoolState storage pool, StakingStorage.DelegationState storage delegation) internal {
        uint256 perShare = pool.feesPerShare;
        uint256 paid = delegation.feesPerShare;
        if (perShare == paid) return;

        delegation.feesPerShare = perShare;
        // only `DelegationLib` writes shares, from uint128
        uint96 earned = earnedBy(uint128(delegation.shares.latest()) - delegation.thawingShares, perShare - paid);
        if (earned != 0) delegation.fees += earned;
    }

    /// @dev At most the fees that were released: fits.
    function earnedBy(uint128 active, uint256 perShare) internal pure returns (uint96) {
        return uint96(Math.mulDiv(active, perShare, 1 << 128));
    }

    /// @notice A raise waits; anything else is in force at once and replaces what waited.
    function setCut(StakingStorage.PoolState storage pool, uint16 bps)
        internal
        returns (uint16 cutBps, uint16 nextBps, uint64 nextAt)
    {
        (cutBps,,) = cutOf(pool);
        if (bps > cutBps) {
            (nextBps, nextAt) = (bps, uint64(block.timestamp) + CUT_DELAY);
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
