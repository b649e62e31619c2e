// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Batch} from "../interfaces/IInferenceMarket.sol";
import {IReceiptCourt} from "../interfaces/IReceiptCourt.sol";
import {CourtBatches} from "./CourtBatches.sol";
import {SettlementListLib} from "./SettlementListLib.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title BatchRefunds
/// @notice The part of the receipt court that pays the payers of void batches back.
abstract contract BatchRefunds is CourtBatches {
    using SafeERC20 for IERC20;
    using SettlementListLib for bytes;

    /// @inheritdoc IReceiptCourt
    function refund(Batch calldata batch, bytes calldata settlements, uint32 entries) external {
        BatchState storage s = _known(batch);
        if (s.voidedAt == 0) revert ReceiptCourt_BatchNotVoid(batch.number);
        settlements.requireList(batch.settlementsHash);
        uint256 end = Math.min(uint256(s.entriesPaid) + entries, settlements.count());
        if (s.refundTotal == 0 || end == s.entriesPaid) revert ReceiptCourt_NothingToRefund(batch.number);

        if (s.weight == 0) s.weight = _weigh(batch, s, settlements);
        for (uint256 i = s.entriesPaid; i < end; ++i) {
            _refundEntry(batch.number, s, settlements.entryAt(i));
        }
    }

    /// @inheritdoc IReceiptCourt
    function refundOf(uint64 batch) external view returns (Refund memory) {
        BatchState storage s = _batches[batch];
        return Refund(s.refundTotal, s.refundPaid, s.entriesPaid);
    }

    function _refundEntry(uint64 batch, BatchState storage s, SettlementListLib.Entry memory entry) private {
        uint96 weightPaid = s.weightPaid + _weightOf(batch, s.struck, entry);
        // at most the total, since weightPaid <= weight: differences of floors, so that parts add up to it
        uint96 paidAfter = uint96(uint256(s.refundTotal) * weightPaid / s.weight);
        uint96 amount = paidAfter - s.refundPaid;
        address payer = market.payerOf(entry.channel);

        s.weightPaid = weightPaid;
        s.refundPaid = paidAfter;
        s.entriesPaid += 1;

        emit PayerRefunded(batch, entry.channel, entry.model, payer, amount, paidAfter, s.entriesPaid);
        if (amount != 0) token.safeTransfer(payer, amount);
    }

    /// @dev The sum of all entries' weights.
    function _weigh(Batch calldata batch, BatchState storage s, bytes calldata settlements)
        private
        view
        returns (uint96 weight)
    {
        if (s.struck == 0) return batch.amount;
        for (uint256 i = 0; i < settlements.count(); ++i) {
            weight += _weightOf(batch.number, s.struck, settlements.entryAt(i));
        }
    }

    function _weightOf(uint64 batch, uint96 struck, SettlementListLib.Entry memory entry)
        private
        view
        returns (uint96 weight)
    {
        weight = entry.afterwards - entry.before;
        if (struck == 0) return weight;
        uint96 refunded = _struckOf[batch][_pairHash(entry.channel, entry.model)];
        return weight > refunded ? weight - refunded : 0;
    }
}
