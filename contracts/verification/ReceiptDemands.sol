// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Batch, BatchOpening} from "../interfaces/IInferenceMarket.sol";
import {IReceiptCourt, WHOLE_BATCH} from "../interfaces/IReceiptCourt.sol";
import {TokenLib} from "../libraries/TokenLib.sol";
import {CourtBatches} from "./CourtBatches.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title ReceiptDemands
/// @notice The part of the receipt court that asks for what is withheld: one receipt, or all of a batch.
abstract contract ReceiptDemands is CourtBatches {
    using SafeERC20 for IERC20;
    using TokenLib for IERC20;

    uint32 private constant DEMANDS_PER_DEPOSIT = 16;
    /// @dev What a demand of a whole batch costs, in demands of one receipt; it pays for four receipts each.
    uint96 private constant WHOLE_DEPOSITS = 16;
    uint96 private constant PAID_RECEIPTS = 64;

    mapping(uint64 batch => mapping(uint32 index => Demand)) private _demands;

    /// @inheritdoc IReceiptCourt
    function demand(BatchOpening calldata opening, uint32 index) external {
        Batch calldata batch = opening.batch;
        BatchState storage s = _standing(opening, trialPeriod);
        Demand storage d = _demands[batch.number][index];
        if (d.state != DemandState.None) revert ReceiptCourt_AlreadyDemanded(batch.number, index, d.state);
        if (index != WHOLE_BATCH && s.counted && index >= s.receiptCount) {
            revert ReceiptCourt_NoSuchReceipt(batch.number, index, s.receiptCount);
        }

        uint96 deposit = depositOf(batch.number, index);
        uint64 deadline = uint64(block.timestamp) + revealPeriod;
        uint96 cost = _costOf(batch.amount);

        d.state = DemandState.Open;
        d.demander = msg.sender;
        d.deadline = deadline;
        d.deposit = deposit;
        s.openDemands += 1;
        s.lockedUntil = deadline + revealPeriod;
        if (cost > s.locked) s.locked += _lock(batch.runner, cost - s.locked);

        emit ReceiptDemanded(batch.number, index, msg.sender, batch.runner, deposit, deadline, s.openDemands, s.locked);
        token.pull(msg.sender, deposit);
    }

    /// @inheritdoc IReceiptCourt
    function expire(Batch calldata batch, uint32 index) external {
        BatchState storage s = _known(batch);
        _requireStanding(batch.number, s);
        Demand storage d = _openDemand(batch.number, index);
        if (block.timestamp < d.deadline) revert ReceiptCourt_TooEarly(d.deadline, uint64(block.timestamp));

        address demander = d.demander;
        _void(batch, s, Fault.Silence, demander);
        _returnDeposit(s, d, batch.number, index);
    }

    /// @inheritdoc IReceiptCourt
    function returnDeposit(uint64 batch, uint32 index) external {
        BatchState storage s = _batches[batch];
        if (s.voidedAt == 0) revert ReceiptCourt_BatchNotVoid(batch);

        _returnDeposit(s, _openDemand(batch, index), batch, index);
    }

    /// @inheritdoc IReceiptCourt
    function release(Batch calldata batch) external {
        BatchState storage s = _known(batch);
        uint96 locked = s.locked;
        if (locked == 0) revert ReceiptCourt_NothingLocked(batch.number);
        if (s.openDemands != 0 || block.timestamp < s.lockedUntil) {
            revert ReceiptCourt_StillLocked(batch.number, s.openDemands, s.lockedUntil);
        }

        s.locked = 0;

        emit StakeReleased(batch.number, batch.runner, locked);
        _unlock(batch.runner, locked);
    }

    /// @inheritdoc IReceiptCourt
    function answer(Batch calldata batch, uint32 index, DemandState state, uint64 count, address answerer) external {
        _requireVerifier();
        if (index == WHOLE_BATCH) revert ReceiptCourt_NotOneReceipt(batch.number);
        BatchState storage s = _known(batch);
        _requireStanding(batch.number, s);
        Demand storage d = _openDemand(batch.number, index);
        _requireBefore(batch.number, d.deadline);

        uint96 deposit = d.deposit;

        d.state = state;
        d.deposit = 0;
        s.openDemands -= 1;
        _count(s, count);

        emit DemandAnswered(batch.number, index, answerer, state, count, deposit, s.openDemands);
        token.safeTransfer(answerer, deposit);
    }

    /// @inheritdoc IReceiptCourt
    function show(Batch calldata batch, uint64 first, uint64 length, uint64 count, address answerer) external {
        _requireVerifier();
        BatchState storage s = _known(batch);
        _requireStanding(batch.number, s);
        Demand storage d = _openDemand(batch.number, WHOLE_BATCH);
        _requireBefore(batch.number, d.deadline);
        // what others have shown meanwhile is passed over: nobody can make a longer range fail by a shorter one before it
        uint64 before = d.shown;
        // shown receipts stand in the batch: a sum of at most `count`
        uint64 shown = first + length;
        if (first > before || (shown <= before && count != 0)) {
            revert ReceiptCourt_OutOfOrder(batch.number, first, before);
        }

        bool isAll = shown == count;
        uint96 deposit = d.deposit;
        uint96 rest = before == 0 ? _unearned(deposit, count) : 0;
        uint96 paid = _earned(deposit - rest, before, shown, count);
        address demander = d.demander;

        d.shown = shown;
        d.deposit = deposit - rest - paid;
        if (isAll) (d.state, s.openDemands) = (DemandState.Revealed, s.openDemands - 1);
        _count(s, count);

        emit ReceiptsShown(batch.number, answerer, shown, count, paid, rest);
        if (isAll) {
            emit DemandAnswered(batch.number, WHOLE_BATCH, answerer, d.state, count, paid, s.openDemands);
        }
        if (paid != 0) token.safeTransfer(answerer, paid);
        if (rest != 0) token.safeTransfer(demander, rest);
    }

    /// @inheritdoc IReceiptCourt
    function demandOf(uint64 batch, uint32 index) external view returns (Demand memory) {
        return _demands[batch][index];
    }

    /// @inheritdoc IReceiptCourt
    function openDemandsOf(uint64 batch) external view returns (uint32) {
        return _batches[batch].openDemands;
    }

    /// @inheritdoc IReceiptCourt
    function depositOf(uint64 batch, uint32 index) public view returns (uint96) {
        // once in a batch: many others must not make it dearer
        if (index == WHOLE_BATCH) return _terms.demandDeposit * WHOLE_DEPOSITS;
        // at most 100e18 times 2^28: below 2^96
        return _terms.demandDeposit * (1 + _batches[batch].openDemands / DEMANDS_PER_DEPOSIT);
    }

    function _returnDeposit(BatchState storage s, Demand storage d, uint64 batch, uint32 index) private {
        (address demander, uint96 deposit) = (d.demander, d.deposit);

        d.state = DemandState.Returned;
        d.deposit = 0;
        s.openDemands -= 1;

        emit DepositReturned(batch, index, demander, deposit);
        token.safeTransfer(demander, deposit);
    }

    function _count(BatchState storage s, uint64 count) private {
        if (!s.counted) (s.counted, s.receiptCount) = (true, count);
    }

    function _openDemand(uint64 batch, uint32 index) private view returns (Demand storage d) {
        d = _demands[batch][index];
        if (d.state != DemandState.Open) revert ReceiptCourt_NoOpenDemand(batch, index, d.state);
    }

    /// @dev What goes back of a whole batch's deposit, which pays for 64 receipts, where there are fewer.
    function _unearned(uint96 deposit, uint64 count) private pure returns (uint96) {
        // a part of it
        return deposit - uint96(uint256(deposit) * Math.min(count, PAID_RECEIPTS) / PAID_RECEIPTS);
    }

    /// @dev What showing the receipts from `first` up to `shown` earns of what is left for the rest: each the same, so that
    /// nobody who demands the whole is paid for the first of them and leaves the others to the runner.
    function _earned(uint96 left, uint64 first, uint64 shown, uint64 count) private pure returns (uint96) {
        // an empty batch, of which nothing is earned
        if (count == 0) return 0;
        // a part of what is left
        return uint96(uint256(left) * (shown - first) / (count - first));
    }
}
