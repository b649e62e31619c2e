// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BatchChainLib} from "../inference/BatchChainLib.sol";
import {MarketDomainLib} from "../inference/MarketDomainLib.sol";
import {SplitLib} from "../inference/SplitLib.sol";
import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {BatchOpening, IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IRewardDistributor} from "../interfaces/IRewardDistributor.sol";
import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {LeafLib} from "../libraries/LeafLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";
import {CreditTreeLib} from "./CreditTreeLib.sol";
import {OracleStorageLib} from "./OracleStorageLib.sol";
import {PayoutTreeLib} from "./PayoutTreeLib.sol";
import {ReceiptLib} from "./ReceiptLib.sol";
import {ShareLib} from "./ShareLib.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title AttributionOracle
/// @notice Owns epochs: closed ranges of batches, the bonded roots of who earned what in them, and the proofs that cancel a
/// false root in one transaction.
contract AttributionOracle is IAttributionOracle, UUPSUpgradeable, AccessManagedUpgradeable {
    using SafeERC20 for IERC20;
    using ReceiptLib for Receipt;

    uint8 private constant PROOF_CREDIT_ORDER = 1;
    uint8 private constant PROOF_CREDIT_AMOUNT = 2;
    uint8 private constant PROOF_PAYOUT_AMOUNT = 4;
    uint8 private constant PROOF_PAYOUT_ORDER = 5;
    uint8 private constant PROOF_PAYOUT_TOTAL = 6;

    IERC20 public immutable token;
    IInferenceMarket public immutable market;
    IRewardDistributor public immutable distributor;
    IStakingManager public immutable staking;
    IModelRegistry public immutable models;
    uint64 public immutable epochPeriod;

    constructor(
        IERC20 token_,
        IInferenceMarket market_,
        IRewardDistributor distributor_,
        IStakingManager staking_,
        IModelRegistry models_,
        uint64 epochPeriod_
    ) {
        token = token_;
        market = market_;
        distributor = distributor_;
        staking = staking_;
        models = models_;
        epochPeriod = epochPeriod_;
        _disableInitializers();
    }

    function initialize(address authority, uint96 bond_) external initializer {
        __AccessManaged_init(authority);
        _setBond(bond_);
        OracleStorageLib.Layout storage $ = OracleStorageLib.load();
        $.finalPayoutsRoot = MerkleLib.emptyRoot(LeafLib.PAYOUT);
        $.stream = distributor.createStream(address(this));
    }

    /// @inheritdoc IAttributionOracle
    function openEpoch() external returns (uint64 epoch) {
        OracleStorageLib.Layout storage $ = OracleStorageLib.load();
        Epoch storage previous = $.epochs[$.epochCount];
        if ($.epochCount != 0 && previous.state != EpochState.Final) {
            revert AttributionOracle_EpochUnfinished($.epochCount);
        }
        (uint64 lastBatch,) = market.pinBatches();
        if (lastBatch == previous.lastBatch) revert AttributionOracle_NoNewBatches(lastBatch);
        uint64 earliest = $.openedAt + epochPeriod;
        if ($.openedAt != 0 && block.timestamp < earliest) {
            revert AttributionOracle_TooEarly(earliest, uint64(block.timestamp));
        }

        epoch = $.epochCount + 1;
        uint64 firstBatch = previous.lastBatch + 1;
        uint96 cumulativeData = market.cumulativeData();
        uint96 dataAmount = cumulativeData - $.dataClosed;

        Epoch storage e = $.epochs[epoch];
        e.firstBatch = firstBatch;
        e.lastBatch = lastBatch;
        e.dataAmount = dataAmount;
        e.state = EpochState.Open;
        $.epochCount = epoch;
        $.openedAt = uint64(block.timestamp);
        $.dataClosed = cumulativeData;

        emit EpochOpened(epoch, firstBatch, lastBatch, dataAmount);
        market.collectData();
    }

    /// @inheritdoc IAttributionOracle
    function propose(uint64 epoch, bytes32 creditsRoot, bytes32 payoutsRoot, uint96 total, bytes32 dataHash) external {
        Epoch storage e = _inState(epoch, EpochState.Open);
        if (!staking.isActive(msg.sender, Role.Oracle)) revert AttributionOracle_ProposerNotActive(msg.sender);
        if (creditsRoot == 0 || payoutsRoot == 0) revert AttributionOracle_ZeroRoot();
        if (dataHash == 0) revert AttributionOracle_ZeroDataHash();
        _requireTotal(total, payoutsRoot, e.dataAmount);

        OracleStorageLib.Layout storage $ = OracleStorageLib.load();
        uint96 bond_ = $.bond;
        uint64 finalizableAt = uint64(block.timestamp) + distributor.window();

        e.state = EpochState.Proposed;
        e.proposer = msg.sender;
        e.bond = bond_;
        e.total = total;
        e.finalizableAt = finalizableAt;
        e.creditsRoot = creditsRoot;
        e.payoutsRoot = payoutsRoot;

        emit EpochProposed(epoch, msg.sender, creditsRoot, payoutsRoot, dataHash, total, bond_, finalizableAt);
        distributor.proposeRoot($.stream, payoutsRoot, total);
        token.safeTransferFrom(msg.sender, address(this), bond_);
    }

    /// @inheritdoc IAttributionOracle
    function finalize(uint64 epoch) external {
        Epoch storage e = _inState(epoch, EpochState.Proposed);
        if (block.timestamp < e.finalizableAt) {
            revert AttributionOracle_TooEarly(e.finalizableAt, uint64(block.timestamp));
        }

        OracleStorageLib.Layout storage $ = OracleStorageLib.load();
        e.state = EpochState.Final;
        $.finalTotal = e.total;
        $.finalPayoutsRoot = e.payoutsRoot;

        emit EpochFinalized(epoch, e.proposer, e.payoutsRoot, e.total);
        distributor.finalizeRoot($.stream);
        token.safeTransfer(e.proposer, e.bond);
    }

    /// @inheritdoc IAttributionOracle
    function proveFirstCredit(uint64 epoch, CreditOpening calldata first) external {
        Epoch storage e = _refutable(epoch);
        CreditTreeLib.requireOpening(e.creditsRoot, first);

        bool fault = first.index == 0 && first.credit.running != first.credit.amount;

        _refute(epoch, e, fault, PROOF_CREDIT_ORDER);
    }

    /// @inheritdoc IAttributionOracle
    function proveCreditNeighbours(uint64 epoch, CreditOpening calldata left, CreditOpening calldata right) external {
        Epoch storage e = _refutable(epoch);
        _requireNeighbours(left.index, right.index);
        CreditTreeLib.requireOpening(e.creditsRoot, left);
        CreditTreeLib.requireOpening(e.creditsRoot, right);

        uint256 before = left.credit.contributor == right.credit.contributor ? left.credit.running : 0;
        bool fault =
            !CreditTreeLib.isBefore(left.credit, right.credit) || right.credit.running != before + right.credit.amount;

        _refute(epoch, e, fault, PROOF_CREDIT_ORDER);
    }

    /// @inheritdoc IAttributionOracle
    function proveCreditOutside(
        uint64 epoch,
        CreditOpening calldata credit,
        BatchOpening calldata opening,
        uint64 receiptCount,
        bytes32 top
    ) external {
        Epoch storage e = _refutable(epoch);
        CreditTreeLib.requireOpening(e.creditsRoot, credit);

        uint64 batch = credit.credit.batch;
        bool fault = batch < e.firstBatch || batch > e.lastBatch;
        if (!fault) {
            bytes32 root = _receiptsRootOf(batch, opening);
            if (MerkleLib.rootHash(LeafLib.RECEIPT, receiptCount, top) != root) {
                revert AttributionOracle_InvalidOpening(root, credit.credit.receiptIndex, receiptCount);
            }
            fault = credit.credit.receiptIndex >= receiptCount;
        }

        _refute(epoch, e, fault, PROOF_CREDIT_AMOUNT);
    }

    /// @inheritdoc IAttributionOracle
    function proveCreditAmount(
        uint64 epoch,
        CreditOpening calldata credit,
        BatchOpening calldata opening,
        ReceiptOpening calldata receipt,
        Attribution calldata attribution
    ) external {
        Epoch storage e = _refutable(epoch);
        CreditTreeLib.requireOpening(e.creditsRoot, credit);
        _requireReceipt(_receiptsRootOf(credit.credit.batch, opening), credit.credit.receiptIndex, receipt);
        bytes32 revealed =
            LeafLib.attribution(LeafLib.shares(attribution.shares), attribution.recordsHash, attribution.methodHash);
        if (revealed != receipt.receipt.attributionHash) {
            revert AttributionOracle_AttributionMismatch(receipt.receipt.attributionHash, revealed);
        }

        uint96 due = ShareLib.due(attribution.shares, credit.credit.contributor, _dataFeeOf(receipt.receipt));

        _refute(epoch, e, credit.credit.amount != due, PROOF_CREDIT_AMOUNT);
    }

    /// @inheritdoc IAttributionOracle
    function provePayout(
        uint64 epoch,
        address account,
        PayoutLookup calldata newLeaf,
        PayoutLookup calldata previousLeaf,
        CreditLookup calldata credit
    ) external {
        Epoch storage e = _refutable(epoch);
        OracleStorageLib.Layout storage $ = OracleStorageLib.load();

        uint256 expected = PayoutTreeLib.cumulativeOf($.finalPayoutsRoot, $.stream, account, previousLeaf);
        expected += CreditTreeLib.lastRunning(e.creditsRoot, account, credit);
        uint96 actual = PayoutTreeLib.cumulativeOf(e.payoutsRoot, $.stream, account, newLeaf);

        _refute(epoch, e, actual != expected, PROOF_PAYOUT_AMOUNT);
    }

    /// @inheritdoc IAttributionOracle
    function provePayoutNeighbours(uint64 epoch, PayoutOpening calldata left, PayoutOpening calldata right) external {
        Epoch storage e = _refutable(epoch);
        uint64 stream_ = OracleStorageLib.load().stream;
        _requireNeighbours(left.index, right.index);
        PayoutTreeLib.requireOpening(e.payoutsRoot, stream_, left);
        PayoutTreeLib.requireOpening(e.payoutsRoot, stream_, right);

        bool unordered = left.payout.account >= right.payout.account;
        bool unsummed = right.payout.runningSum != uint256(left.payout.runningSum) + right.payout.cumulative;

        _refute(epoch, e, unordered || unsummed, unordered ? PROOF_PAYOUT_ORDER : PROOF_PAYOUT_TOTAL);
    }

    /// @inheritdoc IAttributionOracle
    function provePayoutTotal(uint64 epoch, PayoutOpening calldata edge) external {
        Epoch storage e = _refutable(epoch);
        PayoutTreeLib.requireOpening(e.payoutsRoot, OracleStorageLib.load().stream, edge);

        // the opening holds, so index < count
        bool fault = (edge.index == 0 && edge.payout.runningSum != edge.payout.cumulative)
            || (edge.index + 1 == edge.count && edge.payout.runningSum != e.total);

        _refute(epoch, e, fault, PROOF_PAYOUT_TOTAL);
    }

    /// @inheritdoc IAttributionOracle
    function setBond(uint96 bond_) external restricted {
        _setBond(bond_);
    }

    /// @inheritdoc IAttributionOracle
    function stream() external view returns (uint64) {
        return OracleStorageLib.load().stream;
    }

    /// @inheritdoc IAttributionOracle
    function bond() external view returns (uint96) {
        return OracleStorageLib.load().bond;
    }

    /// @inheritdoc IAttributionOracle
    function epochCount() external view returns (uint64) {
        return OracleStorageLib.load().epochCount;
    }

    /// @inheritdoc IAttributionOracle
    function epochOf(uint64 epoch) external view returns (Epoch memory) {
        return OracleStorageLib.load().epochs[epoch];
    }

    /// @dev Cancels the proposal when `fault`; reverts otherwise, so that no proof ever confirms anything. A proposer that
    /// proves its own fault still loses what the treasury gets.
    function _refute(uint64 epoch, Epoch storage e, bool fault, uint8 proof) private {
        if (!fault) revert AttributionOracle_NoFault();

        address proposer = e.proposer;
        uint96 bounty = e.bond / 2;
        uint96 rest = e.bond - bounty;

        e.state = EpochState.Open;
        e.proposer = address(0);
        e.bond = 0;
        e.total = 0;
        e.finalizableAt = 0;
        e.creditsRoot = 0;
        e.payoutsRoot = 0;

        emit EpochRefuted(epoch, proposer, msg.sender, proof, bounty);
        distributor.cancelRoot(OracleStorageLib.load().stream);
        token.safeTransfer(msg.sender, bounty);
        token.safeTransfer(market.treasury(), rest);
    }

    function _setBond(uint96 bond_) private {
        if (bond_ == 0) revert AttributionOracle_ZeroBond();

        OracleStorageLib.load().bond = bond_;

        emit BondSet(bond_);
    }

    /// @dev `upgradeToAndCall` is the only entry, so `restricted` checks that selector.
    function _authorizeUpgrade(address) internal override restricted {}

    function _inState(uint64 epoch, EpochState expected) private view returns (Epoch storage e) {
        e = OracleStorageLib.load().epochs[epoch];
        if (e.state == EpochState.None) revert AttributionOracle_UnknownEpoch(epoch);
        if (e.state != expected) revert AttributionOracle_WrongState(epoch, e.state, expected);
    }

    function _refutable(uint64 epoch) private view returns (Epoch storage e) {
        e = _inState(epoch, EpochState.Proposed);
        if (block.timestamp >= e.finalizableAt) {
            revert AttributionOracle_WindowClosed(e.finalizableAt, uint64(block.timestamp));
        }
    }

    /// @dev A pay-out tree without leaves has no last running sum that could refute its total, so its total is 0.
    function _requireTotal(uint96 total, bytes32 payoutsRoot, uint96 dataAmount) private view {
        uint96 previous = OracleStorageLib.load().finalTotal;
        if (total < previous) revert AttributionOracle_TotalDecreased(total, previous);
        // both are parts of the stream's funds, a uint96
        uint96 maximum = previous + dataAmount;
        if (total > maximum) revert AttributionOracle_TotalExceedsFunds(total, maximum);
        if (total != 0 && payoutsRoot == MerkleLib.emptyRoot(LeafLib.PAYOUT)) {
            revert AttributionOracle_TotalWithoutPayouts(total);
        }
    }

    function _receiptsRootOf(uint64 batch, BatchOpening calldata opening) private view returns (bytes32) {
        if (opening.batch.number != batch) {
            revert IInferenceMarket.InferenceMarket_InvalidBatchOpening(opening.batch.number);
        }
        BatchChainLib.requireBatch(market, opening);
        return opening.batch.receiptsRoot;
    }

    function _requireReceipt(bytes32 root, uint32 index, ReceiptOpening calldata opening) private view {
        bytes32 leaf = LeafLib.receipt(opening.receipt.digest(MarketDomainLib.separator(address(market))));
        if (!MerkleLib.verify(root, LeafLib.RECEIPT, leaf, index, opening.count, opening.siblings)) {
            revert AttributionOracle_InvalidOpening(root, index, opening.count);
        }
    }

    /// @dev A receipt over a model that does not exist, or with a fee above its cumulative amount, has no data fee.
    function _dataFeeOf(Receipt calldata receipt) private view returns (uint96) {
        if (receipt.model == 0 || receipt.model > models.modelCount()) return 0;
        if (receipt.fee > receipt.cumulative) return 0;
        (, IModelRegistry.Revenue memory revenue) = models.termsOf(receipt.model);
        return SplitLib.dataFee(receipt.cumulative - receipt.fee, receipt.cumulative, revenue.dataBps);
    }

    function _requireNeighbours(uint64 left, uint64 right) private pure {
        if (uint256(left) + 1 != right) revert AttributionOracle_NotNeighbours(left, right);
    }
}
