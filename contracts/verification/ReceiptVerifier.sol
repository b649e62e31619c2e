// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ReceiptLib} from "../attribution/ReceiptLib.sol";
import {MarketDomainLib} from "../inference/MarketDomainLib.sol";
import {Voucher, VoucherLib} from "../inference/VoucherLib.sol";
import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {Batch, BatchOpening, IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IReceiptCourt} from "../interfaces/IReceiptCourt.sol";
import {IReceiptVerifier} from "../interfaces/IReceiptVerifier.sol";
import {LeafLib} from "../libraries/LeafLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";
import {MerkleRangeLib} from "../libraries/MerkleRangeLib.sol";
import {ReceiptPlaceLib} from "./ReceiptPlaceLib.sol";
import {SettlementListLib} from "./SettlementListLib.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title ReceiptVerifier
/// @notice Checks the proofs against batches and takes what they prove to the receipt court.
contract ReceiptVerifier is IReceiptVerifier {
    using ReceiptLib for IAttributionOracle.Receipt;
    using ReceiptPlaceLib for IAttributionOracle.Receipt;
    using SettlementListLib for bytes;
    using VoucherLib for Voucher;

    /// @notice The court that answers and proofs go to.
    IReceiptCourt public immutable court;
    /// @notice The market whose chain of batches receipts are shown against.
    IInferenceMarket public immutable market;
    /// @notice The model registry: gives the price and the program of a model.
    IModelRegistry public immutable models;

    /// @notice Fixes for ever whom it asks.
    /// @param court_ The court that answers and proofs go to.
    /// @param market_ The market whose chain of batches receipts are shown against.
    /// @param models_ The model registry.
    constructor(IReceiptCourt court_, IInferenceMarket market_, IModelRegistry models_) {
        court = court_;
        market = market_;
        models = models_;
    }

    /// @inheritdoc IReceiptVerifier
    function reveal(Batch calldata batch, uint32 index, Revelation calldata revelation) external {
        IReceiptCourt.PlacedReceipt calldata placed = revelation.placed;
        if (placed.index != index) revert ReceiptVerifier_WrongIndex(placed.index, index);
        bytes32 separator = _separator();
        bytes32 digest = ReceiptPlaceLib.requirePlaced(batch.receiptsRoot, separator, placed);
        _requireRunner(digest, revelation.runnerSignature, batch.runner);
        _requireVoucher(separator, revelation);
        _requireAttribution(placed.receipt.attributionHash, revelation.attribution);

        emit ReceiptRevealed(batch.number, index, msg.sender, revelation);
        court.answer(batch, index, IReceiptCourt.DemandState.Revealed, placed.count, msg.sender);
    }

    /// @inheritdoc IReceiptVerifier
    function revealAbsent(Batch calldata batch, uint32 index, uint64 count, bytes32 top) external {
        bytes32 root = MerkleLib.rootHash(LeafLib.RECEIPT, count, top);
        if (root != batch.receiptsRoot) revert ReceiptVerifier_WrongRoot(root, batch.receiptsRoot);
        if (index < count) revert ReceiptVerifier_NotAbsent(index, count);

        court.answer(batch, index, IReceiptCourt.DemandState.Absent, count, msg.sender);
    }

    /// @inheritdoc IReceiptVerifier
    function disclose(
        Batch calldata batch,
        uint64 first,
        uint64 count,
        Disclosure[] calldata disclosures,
        bytes32[] calldata siblings
    ) external {
        uint64 length = uint64(disclosures.length);
        bytes32 separator = _separator();
        bytes32[] memory leaves = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) {
            Disclosure calldata disclosure = disclosures[i];
            _requireAttribution(disclosure.receipt.attributionHash, disclosure.attribution);
            leaves[i] = LeafLib.receipt(disclosure.receipt.digest(separator));
        }
        bool isEmpty = count == 0 && length == 0 && batch.receiptsRoot == MerkleLib.emptyRoot(LeafLib.RECEIPT);
        if (!isEmpty && !MerkleRangeLib.verify(batch.receiptsRoot, LeafLib.RECEIPT, leaves, first, count, siblings)) {
            revert ReceiptVerifier_WrongRange(batch.receiptsRoot, first, length, count);
        }

        emit ReceiptsDisclosed(batch.number, first, msg.sender, disclosures);
        court.show(batch, first, length, count, msg.sender);
    }

    /// @inheritdoc IReceiptVerifier
    function proveNeighbours(
        BatchOpening calldata opening,
        IReceiptCourt.PlacedReceipt calldata left,
        IReceiptCourt.PlacedReceipt calldata right
    ) external {
        ReceiptPlaceLib.requireNeighbours(opening.batch.receiptsRoot, _separator(), left, right);

        bool ordered = left.receipt.isBefore(right.receipt.placeOf());
        bool chained = !left.receipt.isSamePair(right.receipt) || right.receipt.startsAt(left.receipt.cumulative);

        _convict(opening, IReceiptCourt.Fault.BrokenChain, !ordered || !chained);
    }

    /// @inheritdoc IReceiptVerifier
    function proveBoundary(
        BatchOpening calldata opening,
        bytes calldata settlements,
        IReceiptCourt.PlacedReceipt calldata left,
        IReceiptCourt.PlacedReceipt calldata right
    ) external {
        settlements.requireList(opening.batch.settlementsHash);
        ReceiptPlaceLib.requireNeighbours(opening.batch.receiptsRoot, _separator(), left, right);

        bool fault = !left.receipt.isSamePair(right.receipt)
            && (_endsElsewhere(settlements, left.receipt) || _startsElsewhere(settlements, right.receipt));

        _convict(opening, IReceiptCourt.Fault.FalseEdge, fault);
    }

    /// @inheritdoc IReceiptVerifier
    function proveEdge(
        BatchOpening calldata opening,
        bytes calldata settlements,
        IReceiptCourt.PlacedReceipt calldata edge
    ) external {
        settlements.requireList(opening.batch.settlementsHash);
        ReceiptPlaceLib.requirePlaced(opening.batch.receiptsRoot, _separator(), edge);

        // the opening holds, so index < count
        bool fault = (edge.index == 0 && _startsElsewhere(settlements, edge.receipt))
            || (edge.index + 1 == edge.count && _endsElsewhere(settlements, edge.receipt));

        _convict(opening, IReceiptCourt.Fault.FalseEdge, fault);
    }

    /// @inheritdoc IReceiptVerifier
    function proveUnsettled(
        BatchOpening calldata opening,
        bytes calldata settlements,
        IReceiptCourt.PlacedReceipt calldata placed
    ) external {
        settlements.requireList(opening.batch.settlementsHash);
        ReceiptPlaceLib.requirePlaced(opening.batch.receiptsRoot, _separator(), placed);

        (bool found,) = settlements.find(placed.receipt.channel, placed.receipt.model);

        _convict(opening, IReceiptCourt.Fault.Unsettled, !found && placed.receipt.fee != 0);
    }

    /// @inheritdoc IReceiptVerifier
    function proveUncovered(
        BatchOpening calldata opening,
        bytes calldata settlements,
        bytes32 channel,
        uint64 model,
        IReceiptCourt.PlacedReceipt[] calldata around
    ) external {
        settlements.requireList(opening.batch.settlementsHash);
        (bool found,) = settlements.find(channel, model);
        if (!found) revert ReceiptVerifier_NoEntry(channel, model);
        ReceiptPlaceLib.Place memory place = ReceiptPlaceLib.Place(channel, model, 0, type(uint64).max);
        ReceiptPlaceLib.requireGap(opening.batch.receiptsRoot, _separator(), place, around);

        _convict(opening, IReceiptCourt.Fault.Uncovered, true);
    }

    /// @inheritdoc IReceiptVerifier
    function proveFee(BatchOpening calldata opening, IReceiptCourt.PlacedReceipt calldata placed) external {
        ReceiptPlaceLib.requirePlaced(opening.batch.receiptsRoot, _separator(), placed);

        _convict(opening, IReceiptCourt.Fault.FalseFee, _costsOtherwise(placed.receipt));
    }

    /// @inheritdoc IReceiptVerifier
    function proveOmitted(
        BatchOpening calldata opening,
        bytes calldata settlements,
        IAttributionOracle.Receipt calldata receipt,
        bytes calldata signature,
        IReceiptCourt.PlacedReceipt[] calldata around
    ) external {
        settlements.requireList(opening.batch.settlementsHash);
        _requireRunner(receipt.digest(_separator()), signature, opening.batch.runner);

        bool fault = _isCovered(settlements, receipt) && _isMissing(opening.batch, receipt, around);

        _convict(opening, IReceiptCourt.Fault.Omitted, fault);
    }

    /// @inheritdoc IReceiptVerifier
    function proveEquivocation(
        IAttributionOracle.Receipt calldata one,
        bytes calldata signatureOfOne,
        IAttributionOracle.Receipt calldata other,
        bytes calldata signatureOfOther
    ) external {
        (bytes32 digest, bytes32 otherDigest) = (one.digest(_separator()), other.digest(_separator()));
        if (digest == otherDigest || !one.isSamePair(other) || one.nonce != other.nonce) {
            revert ReceiptVerifier_NoFault();
        }
        address runner = market.runnerOf(one.channel);
        _requireRunner(digest, signatureOfOne, runner);
        _requireRunner(otherDigest, signatureOfOther, runner);

        court.convictRunner(runner, one.channel, one.model, one.nonce, msg.sender);
    }

    /// @dev Takes the batch to the court when `isFault`; reverts otherwise, so that no proof ever confirms anything. Of the
    /// batch itself the court sees to it that the market settled it.
    function _convict(BatchOpening calldata opening, IReceiptCourt.Fault fault, bool isFault) private {
        if (!isFault) revert ReceiptVerifier_NoFault();

        court.convict(opening, fault, msg.sender);
    }

    /// @dev Whether it is not in the batch: another receipt stands at its nonce, or nothing stands at its place. Reverts where
    /// neither is shown.
    function _isMissing(
        Batch calldata batch,
        IAttributionOracle.Receipt calldata receipt,
        IReceiptCourt.PlacedReceipt[] calldata around
    ) private view returns (bool) {
        if (around.length == 1 && around[0].receipt.isSamePair(receipt) && around[0].receipt.nonce == receipt.nonce) {
            return
                ReceiptPlaceLib.requirePlaced(batch.receiptsRoot, _separator(), around[0])
                    != receipt.digest(_separator());
        }
        ReceiptPlaceLib.requireGap(batch.receiptsRoot, _separator(), receipt.placeOf(), around);
        return true;
    }

    function _costsOtherwise(IAttributionOracle.Receipt calldata receipt) private view returns (bool) {
        if (receipt.model == 0 || receipt.model > models.modelCount()) return true;
        (IModelRegistry.Price memory price,) = models.termsOf(receipt.model);
        return receipt.fee
            != price.perRequest + uint256(receipt.promptTokens) * price.perPromptToken + uint256(receipt.outputTokens)
                * price.perOutputToken;
    }

    /// @dev A malformed signature recovers to address(0), which no payer is.
    function _requireVoucher(bytes32 separator, Revelation calldata revelation) private view {
        IAttributionOracle.Receipt calldata receipt = revelation.placed.receipt;
        if (receipt.cumulative > revelation.cumulativeCap) {
            revert ReceiptVerifier_AboveCap(receipt.cumulative, revelation.cumulativeCap);
        }
        bytes32 digest = Voucher(
                receipt.channel,
                receipt.model,
                receipt.nonce,
                revelation.cumulativeCap,
                receipt.requestHash,
                revelation.deadline
            ).digest(separator);
        (address signer,,) = ECDSA.tryRecoverCalldata(digest, revelation.voucherSignature);
        address payer = market.payerOf(receipt.channel);
        if (signer == address(0) || !market.isSigner(payer, signer)) {
            revert ReceiptVerifier_WrongVoucherSignature(signer, payer);
        }
    }

    function _separator() private view returns (bytes32) {
        return MarketDomainLib.separator(address(market));
    }

    /// @dev A malformed signature recovers to address(0), which no runner is.
    function _requireRunner(bytes32 digest, bytes calldata signature, address runner) private pure {
        (address signer,,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (signer == address(0) || signer != runner) revert ReceiptVerifier_WrongRunnerSignature(signer, runner);
    }

    function _requireAttribution(bytes32 committed, IAttributionOracle.Attribution calldata attribution) private pure {
        bytes32 revealed =
            LeafLib.attribution(LeafLib.shares(attribution.shares), attribution.recordsHash, attribution.methodHash);
        if (revealed != committed) revert ReceiptVerifier_AttributionMismatch(committed, revealed);
    }

    /// @dev Whether the batch settled the receipt's amount, which is not nothing.
    function _isCovered(bytes calldata settlements, IAttributionOracle.Receipt calldata receipt)
        private
        pure
        returns (bool)
    {
        (bool found, SettlementListLib.Entry memory entry) = settlements.find(receipt.channel, receipt.model);
        if (!found) revert ReceiptVerifier_NoEntry(receipt.channel, receipt.model);
        return receipt.fee != 0 && receipt.cumulative > entry.before && receipt.cumulative <= entry.afterwards;
    }

    /// @dev Whether the last receipt of its (channel, model) does not end where the batch settled to.
    function _endsElsewhere(bytes calldata settlements, IAttributionOracle.Receipt calldata receipt)
        private
        pure
        returns (bool)
    {
        (bool found, SettlementListLib.Entry memory entry) = settlements.find(receipt.channel, receipt.model);
        return found && receipt.cumulative != entry.afterwards;
    }

    /// @dev Whether the first receipt of its (channel, model) does not start where the batch settled from.
    function _startsElsewhere(bytes calldata settlements, IAttributionOracle.Receipt calldata receipt)
        private
        pure
        returns (bool)
    {
        (bool found, SettlementListLib.Entry memory entry) = settlements.find(receipt.channel, receipt.model);
        return found && !receipt.startsAt(entry.before);
    }
}
