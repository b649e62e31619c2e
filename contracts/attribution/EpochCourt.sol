// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BatchChainLib} from "../inference/BatchChainLib.sol";
import {MarketDomainLib} from "../inference/MarketDomainLib.sol";
import {SplitLib} from "../inference/SplitLib.sol";
import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {IEpochCourt} from "../interfaces/IEpochCourt.sol";
import {BatchOpening, IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IReceiptCourt} from "../interfaces/IReceiptCourt.sol";
import {LeafLib} from "../libraries/LeafLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";
import {CreditTreeLib} from "./CreditTreeLib.sol";
import {MembershipLib} from "./MembershipLib.sol";
import {PayoutTreeLib} from "./PayoutTreeLib.sol";
import {ReceiptLib} from "./ReceiptLib.sol";
import {ShareLib} from "./ShareLib.sol";

/// @title EpochCourt
/// @notice Judges proposed epochs: each proof is one transaction that cancels a false root. Immutable, owns no money.
contract EpochCourt is IEpochCourt {
    using ReceiptLib for IAttributionOracle.Receipt;

    uint8 private constant PROOF_CREDIT_ORDER = 1;
    uint8 private constant PROOF_CREDIT_AMOUNT = 2;
    uint8 private constant PROOF_CREDIT_MISSING = 3;
    uint8 private constant PROOF_PAYOUT_AMOUNT = 4;
    uint8 private constant PROOF_PAYOUT_ORDER = 5;
    uint8 private constant PROOF_PAYOUT_TOTAL = 6;

    /// @notice The oracle whose proposals are judged.
    IAttributionOracle public immutable oracle;
    /// @notice The market whose batches a proposal has to pay.
    IInferenceMarket public immutable market;
    /// @notice The model registry: gives the data part of a receipt's fee.
    IModelRegistry public immutable models;
    /// @notice The court whose cases and voids move receipts between epochs.
    IReceiptCourt public immutable receiptCourt;

    /// @notice Fixes for ever whom it asks.
    /// @param oracle_ The oracle whose proposals are judged.
    /// @param market_ The market whose batches a proposal has to pay.
    /// @param models_ The model registry.
    /// @param receiptCourt_ The court whose cases and voids move receipts between epochs.
    constructor(
        IAttributionOracle oracle_,
        IInferenceMarket market_,
        IModelRegistry models_,
        IReceiptCourt receiptCourt_
    ) {
        oracle = oracle_;
        market = market_;
        models = models_;
        receiptCourt = receiptCourt_;
    }

    /// @inheritdoc IEpochCourt
    function proveFirstCredit(uint64 epoch, IAttributionOracle.CreditOpening calldata first) external {
        CreditTreeLib.requireOpening(oracle.reviewOf(epoch).creditsRoot, first);

        bool fault = first.index == 0 && first.credit.running != first.credit.amount;

        _refute(epoch, fault, PROOF_CREDIT_ORDER);
    }

    /// @inheritdoc IEpochCourt
    function proveCreditNeighbours(
        uint64 epoch,
        IAttributionOracle.CreditOpening calldata left,
        IAttributionOracle.CreditOpening calldata right
    ) external {
        bytes32 root = oracle.reviewOf(epoch).creditsRoot;
        _requireNeighbours(left.index, right.index);
        CreditTreeLib.requireOpening(root, left);
        CreditTreeLib.requireOpening(root, right);

        uint256 before = left.credit.contributor == right.credit.contributor ? left.credit.running : 0;
        bool fault =
            !CreditTreeLib.isBefore(left.credit, right.credit) || right.credit.running != before + right.credit.amount;

        _refute(epoch, fault, PROOF_CREDIT_ORDER);
    }

    /// @inheritdoc IEpochCourt
    function proveForeignCredit(uint64 epoch, IAttributionOracle.CreditOpening calldata credit, uint64 ownEpoch)
        external
    {
        IAttributionOracle.Review memory review = oracle.reviewOf(epoch);
        CreditTreeLib.requireOpening(review.creditsRoot, credit);

        bool fault = !_belongs(review, credit.credit.batch, credit.credit.receiptIndex, ownEpoch);

        _refute(epoch, fault, PROOF_CREDIT_AMOUNT);
    }

    /// @inheritdoc IEpochCourt
    function proveCreditBeyond(
        uint64 epoch,
        IAttributionOracle.CreditOpening calldata credit,
        BatchOpening calldata batch,
        uint64 receiptCount,
        bytes32 top
    ) external {
        CreditTreeLib.requireOpening(oracle.reviewOf(epoch).creditsRoot, credit);
        _requireBatch(credit.credit.batch, batch);
        bytes32 root = batch.batch.receiptsRoot;
        if (MerkleLib.rootHash(LeafLib.RECEIPT, receiptCount, top) != root) {
            revert IAttributionOracle.AttributionOracle_InvalidOpening(root, credit.credit.receiptIndex, receiptCount);
        }

        _refute(epoch, credit.credit.receiptIndex >= receiptCount, PROOF_CREDIT_AMOUNT);
    }

    /// @inheritdoc IEpochCourt
    function proveCreditAmount(
        uint64 epoch,
        IAttributionOracle.CreditOpening calldata credit,
        ReceiptEvidence calldata evidence
    ) external {
        CreditTreeLib.requireOpening(oracle.reviewOf(epoch).creditsRoot, credit);
        _requireBatch(credit.credit.batch, evidence.batch);

        uint96 due = _due(credit.credit.contributor, credit.credit.receiptIndex, evidence);

        _refute(epoch, credit.credit.amount != due, PROOF_CREDIT_AMOUNT);
    }

    /// @inheritdoc IEpochCourt
    function proveMissingCredit(
        uint64 epoch,
        address contributor,
        uint32 receiptIndex,
        uint64 ownEpoch,
        ReceiptEvidence calldata evidence,
        IAttributionOracle.CreditLookup calldata place
    ) external {
        IAttributionOracle.Review memory review = oracle.reviewOf(epoch);
        uint64 batch = evidence.batch.batch.number;
        CreditTreeLib.requireAbsence(review.creditsRoot, contributor, batch, receiptIndex, place);
        BatchChainLib.requireBatch(market, evidence.batch);

        bool fault = _due(contributor, receiptIndex, evidence) != 0 && _belongs(review, batch, receiptIndex, ownEpoch);

        _refute(epoch, fault, PROOF_CREDIT_MISSING);
    }

    /// @inheritdoc IEpochCourt
    function provePayout(
        uint64 epoch,
        address account,
        IAttributionOracle.PayoutLookup calldata newLeaf,
        IAttributionOracle.PayoutLookup calldata previousLeaf,
        IAttributionOracle.CreditLookup calldata credit
    ) external {
        IAttributionOracle.Review memory review = oracle.reviewOf(epoch);

        uint256 expected = PayoutTreeLib.cumulativeOf(review.previousPayoutsRoot, review.stream, account, previousLeaf);
        expected += CreditTreeLib.lastRunning(review.creditsRoot, account, credit);
        uint96 actual = PayoutTreeLib.cumulativeOf(review.payoutsRoot, review.stream, account, newLeaf);

        _refute(epoch, actual != expected, PROOF_PAYOUT_AMOUNT);
    }

    /// @inheritdoc IEpochCourt
    function provePayoutNeighbours(
        uint64 epoch,
        IAttributionOracle.PayoutOpening calldata left,
        IAttributionOracle.PayoutOpening calldata right
    ) external {
        IAttributionOracle.Review memory review = oracle.reviewOf(epoch);
        _requireNeighbours(left.index, right.index);
        PayoutTreeLib.requireOpening(review.payoutsRoot, review.stream, left);
        PayoutTreeLib.requireOpening(review.payoutsRoot, review.stream, right);

        bool unordered = left.payout.account >= right.payout.account;
        bool unsummed = right.payout.runningSum != uint256(left.payout.runningSum) + right.payout.cumulative;

        _refute(epoch, unordered || unsummed, unordered ? PROOF_PAYOUT_ORDER : PROOF_PAYOUT_TOTAL);
    }

    /// @inheritdoc IEpochCourt
    function provePayoutTotal(uint64 epoch, IAttributionOracle.PayoutOpening calldata edge) external {
        IAttributionOracle.Review memory review = oracle.reviewOf(epoch);
        PayoutTreeLib.requireOpening(review.payoutsRoot, review.stream, edge);

        // the opening holds, so index < count
        bool fault = (edge.index == 0 && edge.payout.runningSum != edge.payout.cumulative)
            || (edge.index + 1 == edge.count && edge.payout.runningSum != review.total);

        _refute(epoch, fault, PROOF_PAYOUT_TOTAL);
    }

    /// @inheritdoc IEpochCourt
    function withdrawOverVoid(uint64 epoch, IAttributionOracle.CreditOpening calldata credit) external {
        IAttributionOracle.Review memory review = oracle.reviewOf(epoch);
        CreditTreeLib.requireOpening(review.creditsRoot, credit);
        uint64 batch = credit.credit.batch;
        // at or before `asOf` it would be a fault, which costs the bond
        if (receiptCourt.voidedAt(batch) <= review.asOf) revert EpochCourt_NoFault();

        oracle.withdraw(epoch, batch);
    }

    /// @dev Reverts without a fault, so that no proof ever confirms anything.
    function _refute(uint64 epoch, bool fault, uint8 proof) private {
        if (!fault) revert EpochCourt_NoFault();

        oracle.refute(epoch, proof, msg.sender);
    }

    function _belongs(IAttributionOracle.Review memory review, uint64 batch, uint32 receiptIndex, uint64 ownEpoch)
        private
        view
        returns (bool)
    {
        return MembershipLib.belongs(oracle, receiptCourt, review, batch, receiptIndex, ownEpoch);
    }

    function _requireBatch(uint64 number, BatchOpening calldata opening) private view {
        if (opening.batch.number != number) revert EpochCourt_BatchMismatch(number, opening.batch.number);
        BatchChainLib.requireBatch(market, opening);
    }

    /// @dev What the contributor earns by the receipt. The batch's header is checked by the caller.
    function _due(address contributor, uint32 receiptIndex, ReceiptEvidence calldata evidence)
        private
        view
        returns (uint96)
    {
        IAttributionOracle.ReceiptOpening calldata opening = evidence.receipt;
        bytes32 root = evidence.batch.batch.receiptsRoot;
        bytes32 leaf = LeafLib.receipt(opening.receipt.digest(MarketDomainLib.separator(address(market))));
        if (!MerkleLib.verify(root, LeafLib.RECEIPT, leaf, receiptIndex, opening.count, opening.siblings)) {
            revert IAttributionOracle.AttributionOracle_InvalidOpening(root, receiptIndex, opening.count);
        }
        IAttributionOracle.Attribution calldata shown = evidence.attribution;
        bytes32 revealed = LeafLib.attribution(LeafLib.shares(shown.shares), shown.recordsHash, shown.methodHash);
        if (revealed != opening.receipt.attributionHash) {
            revert EpochCourt_AttributionMismatch(opening.receipt.attributionHash, revealed);
        }
        return ShareLib.due(shown.shares, contributor, _dataFeeOf(opening.receipt, evidence.batch.batch.settledAt));
    }

    /// @dev A receipt over a model that did not exist when it was settled, or with a fee above its cumulative amount, has no
    /// data fee.
    function _dataFeeOf(IAttributionOracle.Receipt calldata receipt, uint64 settledAt) private view returns (uint96) {
        if (receipt.fee > receipt.cumulative) return 0;
        try models.revenueAt(receipt.model, settledAt) returns (IModelRegistry.Revenue memory revenue) {
            return SplitLib.dataFee(receipt.cumulative - receipt.fee, receipt.cumulative, revenue.dataBps);
        } catch (bytes memory reason) {
            // an answer, as that there is or was no such model; a call that runs out of gas must not make a fee vanish
            if (reason.length != 0) return 0;
            revert EpochCourt_NoRevenue(receipt.model, settledAt);
        }
    }

    function _requireNeighbours(uint64 left, uint64 right) private pure {
        if (uint256(left) + 1 != right) revert EpochCourt_NotNeighbours(left, right);
    }
}
