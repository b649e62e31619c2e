// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketDomainLib} from "../inference/MarketDomainLib.sol";
import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {Batch, BatchOpening} from "../interfaces/IInferenceMarket.sol";
import {IReceiptCourt} from "../interfaces/IReceiptCourt.sol";
import {CourtBatches} from "./CourtBatches.sol";
import {ReceiptPlaceLib} from "./ReceiptPlaceLib.sol";

/// @title ReceiptCases
/// @notice The part of the receipt court that keeps the cases which other courts open and close over single receipts.
abstract contract ReceiptCases is CourtBatches {
    /// @dev A receipt's newest case, what epochs go by, and the hash of its (channel, model).
    struct Docket {
        Trial trial;
        Case first;
        bytes32 pair;
    }

    uint64 private constant CASE_LIMIT = 30 days;

    mapping(uint64 batch => mapping(uint32 index => Docket)) private _dockets;

    /// @inheritdoc IReceiptCourt
    function openCase(BatchOpening calldata opening, PlacedReceipt calldata placed) external restricted {
        Batch calldata batch = opening.batch;
        _standing(opening, trialPeriod);
        ReceiptPlaceLib.requirePlaced(batch.receiptsRoot, MarketDomainLib.separator(address(market)), placed);
        if (placed.index > type(uint32).max) revert ReceiptCourt_IndexTooLarge(placed.index);
        uint32 index = uint32(placed.index);
        Docket storage c = _dockets[batch.number][index];
        if (c.trial.state == CaseState.Open || c.trial.state == CaseState.Struck) {
            revert ReceiptCourt_CaseExists(batch.number, index, c.trial.state);
        }

        // a fee above all that was settled was not paid
        uint96 fee = placed.receipt.fee < batch.amount ? placed.receipt.fee : batch.amount;
        address payer = _payerOf(placed.receipt);
        uint32 number = c.trial.number + 1;
        if (number == 1) c.first = Case(CaseState.Open, uint64(block.timestamp), 0);
        c.pair = _pairHash(placed.receipt.channel, placed.receipt.model);
        uint96 locked = _lock(batch.runner, _costOf(fee));
        c.trial = Trial(CaseState.Open, number, uint64(block.timestamp), batch.runner, fee, payer, locked);

        emit CaseOpened(batch.number, index, batch.runner, number, payer, fee, locked);
    }

    /// @inheritdoc IReceiptCourt
    function strike(uint64 batch, uint32 index, address bountyTo)
        external
        restricted
        returns (uint96 taken, uint96 bounty)
    {
        Docket storage c = _close(batch, index, CaseState.Struck);
        BatchState storage s = _batches[batch];

        uint96 refunded;
        if (s.voidedAt == 0) {
            Trial memory t = c.trial;
            // a channel that was never opened has no payer
            (taken, bounty, refunded) = _slash(t.runner, _costOf(t.fee), t.locked, bountyTo, t.payer, t.fee);
            s.struck += refunded;
            _struckOf[batch][c.pair] += refunded;
        } else {
            _unlock(c.trial.runner, c.trial.locked);
        }

        emit CaseStruck(batch, index, c.trial.number, bountyTo, taken, bounty, refunded);
    }

    /// @inheritdoc IReceiptCourt
    function clear(uint64 batch, uint32 index) external restricted {
        _clear(batch, index);
    }

    /// @inheritdoc IReceiptCourt
    function lapse(uint64 batch, uint32 index) external {
        uint64 lapsesAt = _dockets[batch][index].trial.openedAt + CASE_LIMIT;
        if (block.timestamp < lapsesAt) revert ReceiptCourt_TooEarly(lapsesAt, uint64(block.timestamp));

        _clear(batch, index);
    }

    /// @inheritdoc IReceiptCourt
    function caseOf(uint64 batch, uint32 index) external view returns (Case memory) {
        return _dockets[batch][index].first;
    }

    /// @inheritdoc IReceiptCourt
    function trialOf(uint64 batch, uint32 index) external view returns (Trial memory) {
        return _dockets[batch][index].trial;
    }

    function _clear(uint64 batch, uint32 index) private {
        Docket storage c = _close(batch, index, CaseState.Cleared);

        emit CaseCleared(batch, index, c.trial.number);
        _unlock(c.trial.runner, c.trial.locked);
    }

    function _close(uint64 batch, uint32 index, CaseState state) private returns (Docket storage c) {
        c = _dockets[batch][index];
        if (c.trial.state != CaseState.Open) revert ReceiptCourt_NoOpenCase(batch, index, c.trial.state);

        c.trial.state = state;
        if (c.trial.number == 1) {
            c.first.state = state;
            c.first.closedAt = uint64(block.timestamp);
        }
    }

    /// @dev Nobody where the channel has not paid as much: a friend's channel, put into a batch, would get its payers' refund.
    function _payerOf(IAttributionOracle.Receipt calldata receipt) private view returns (address) {
        bool isPaid = receipt.cumulative <= market.modelClaimedOf(receipt.channel, receipt.model);
        return isPaid ? market.payerOf(receipt.channel) : address(0);
    }
}
