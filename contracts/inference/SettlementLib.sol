// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {BatchLib} from "./BatchLib.sol";
import {MarketStorageLib} from "./MarketStorageLib.sol";
import {MarketTotals} from "./MarketTotals.sol";
import {ModelAccount} from "./ModelAccount.sol";
import {RevenueLib} from "./RevenueLib.sol";
import {RunnerDues} from "./RunnerDues.sol";
import {SettlementFrame} from "./SettlementFrame.sol";
import {SettlementRowsLib} from "./SettlementRowsLib.sol";
import {SplitLib} from "./SplitLib.sol";

/// @title SettlementLib
/// @notice Takes a batch's vouchers: raises what is claimed of channels, credits models, and sums the other parts.
/// @dev No call to anybody but the model registry, where a model's revenue must be read again, and staking, where the runner's
/// stake must be looked at again.
library SettlementLib {
    /// @notice Settles the rows of the frame's runner; writes all that belongs to channels and models.
    function settle(bytes calldata rows, MarketTotals totals, IModelRegistry models) internal {
        uint256 start;
        assembly ("memory-safe") {
            start := rows.offset
        }
        uint256 previous;
        uint256 offset;
        while (offset < rows.length) {
            (uint64 model, uint256 end) = SettlementRowsLib.readGroup(rows, offset);
            if (model <= previous) {
                // it was a model's number
                revert IInferenceMarket.InferenceMarket_ModelsNotAscending(uint64(previous), model);
            }
            SettlementFrame.startModel(model);
            MarketStorageLib.ModelSlot storage slot = MarketStorageLib.load().models[model];
            ModelAccount account = RevenueLib.refreshed(slot.word, model, models);
            // within calldata
            unchecked {
                SettlementRowsLib.take(start + offset + SettlementRowsLib.GROUP_SIZE, start + end, account.dataBps());
            }
            _split(totals, slot, account);
            previous = model;
            offset = end;
        }
    }

    /// @notice Writes what a batch adds to the totals and to its runner's dues. Looks at the runner's stake if it was not looked
    /// at within `checkPeriod`.
    /// @return The totals behind it.
    function credit(MarketTotals totals, IStakingManager staking, uint64 checkPeriod) internal returns (MarketTotals) {
        (uint256 amount, uint256 data) = SettlementFrame.amounts();
        // the parts are parts of it, so that each fits where it is written or was recorded
        if (amount > type(uint96).max) revert IInferenceMarket.InferenceMarket_AmountTooLarge(amount);
        (uint256 governed, uint256 stakers, uint256 ofRunner) = SettlementFrame.parts();
        totals = totals.withBatch(governed, data);

        MarketStorageLib.load().totals = totals;
        MarketStorageLib.DuesSlot storage slot = MarketStorageLib.load().dues[SettlementFrame.runner()];
        RunnerDues dues = slot.word;
        if (block.timestamp >= dues.backedUntil()) dues = _backed(dues, staking, checkPeriod);
        slot.word = dues.raised(ofRunner, stakers);
        return totals;
    }

    /// @notice Adds a batch's header to the chain.
    /// @return chain The chain behind it.
    function link(uint64 batch, bytes32 settlementsHash) internal returns (bytes32 chain) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        chain = BatchLib.extend($.chain, SettlementFrame.headerHash(batch, settlementsHash));

        $.chain = chain;
    }

    /// @dev What is active now answers for each batch until then: its trial ends before what thaws from now on has left.
    function _backed(RunnerDues dues, IStakingManager staking, uint64 checkPeriod) private view returns (RunnerDues) {
        address runner = SettlementFrame.runner();
        if (!staking.isActive(runner, Role.Runner)) revert IInferenceMarket.InferenceMarket_RunnerNotActive(runner);
        return dues.withBackedUntil(uint64(block.timestamp) + checkPeriod);
    }

    /// @dev Writes the split of the frame's model, once.
    function _split(MarketTotals totals, MarketStorageLib.ModelSlot storage slot, ModelAccount account) private {
        (uint256 amount, uint256 data) = SettlementFrame.moved();
        if (amount == 0) return;
        // data is a part of amount
        unchecked {
            amount -= data;
        }
        (uint256 governed, uint256 stakers, uint256 ofModel, uint256 ofRunner) =
            SplitLib.split(amount, totals.governedBps(), totals.stakersBps(), account.modelBps(), account.dataBps());

        slot.word = account.withDueRaised(ofModel);

        SettlementFrame.addSplit(governed, stakers, ofModel, data, ofRunner);
    }
}
