// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ModelAccount} from "./ModelAccount.sol";

/// @title RevenueLib
/// @notice Keeps a model's revenue beside its due, so that a settlement seldom asks the registry.
/// @dev A kept revenue can never be stale. The registry puts a change into force at the earliest `REVENUE_DELAY` after it was
/// scheduled, and at most one change is pending, E being when it comes into force. What is read at time t is kept for times
/// before min(t + REVENUE_DELAY, E), and within them nothing else can come into force:
/// - the change that was pending at t comes into force at E, if it is not replaced;
/// - a change scheduled at s >= t, be it a new one or one in the pending one's place, at s + REVENUE_DELAY or later.
/// So a kept revenue is the one that `revenueAt` gives for the batch's `settledAt`, which proofs of receipts read.
library RevenueLib {
    /// @notice What the registry promises as the least time between a change's announcement and its force.
    uint64 internal constant REVENUE_DELAY = 7 days;

    /// @dev The registry's own bound, checked here too: splits rely on it.
    uint256 private constant MAXIMUM_BPS = 7000;

    /// @notice The account with the revenue in force. The caller writes it, or reads it again next time.
    /// @dev Reverts as the registry does where it does not know the model, and where shares are out of bounds.
    function refreshed(ModelAccount account, uint64 model, IModelRegistry models) internal view returns (ModelAccount) {
        if (block.timestamp < account.goodUntil()) return account;

        (uint16 modelBps, uint16 dataBps, uint16 nextModelBps, uint16 nextDataBps, uint64 effectiveAt) =
            models.revenueScheduleOf(model);
        uint64 goodUntil = uint64(block.timestamp) + REVENUE_DELAY;
        if (effectiveAt > block.timestamp) {
            if (effectiveAt < goodUntil) goodUntil = effectiveAt;
        } else if (effectiveAt != 0) {
            (modelBps, dataBps) = (nextModelBps, nextDataBps);
        }
        uint256 sum = uint256(modelBps) + dataBps;
        if (sum > MAXIMUM_BPS) revert IInferenceMarket.InferenceMarket_RevenueTooLarge(model, sum, MAXIMUM_BPS);
        return account.withRevenue(modelBps, dataBps, goodUntil);
    }
}
