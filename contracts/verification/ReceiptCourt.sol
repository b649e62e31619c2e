// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BatchChainLib} from "../inference/BatchChainLib.sol";
import {BatchLib} from "../inference/BatchLib.sol";
import {MarketDomainLib} from "../inference/MarketDomainLib.sol";
import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {Batch, BatchOpening, IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IReceiptCourt} from "../interfaces/IReceiptCourt.sol";
import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {ReceiptPlaceLib} from "./ReceiptPlaceLib.sol";
import {SettlementListLib} from "./SettlementListLib.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title ReceiptCourt
/// @notice Judges what binds an answer to its pay: that a batch's receipts chain, cost what the model's price says, stand on
/// vouchers and are complete.
contract ReceiptCourt is IReceiptCourt, AccessManaged {
    using SafeERC20 for IERC20;
    using SettlementListLib for bytes;

    struct BatchState {
        // of its header, once somebody opened it here
        bytes32 hash;
        // one slot: what a demand writes
        uint64 voidedAt;
        uint64 lockedUntil;
        uint32 openDemands;
        uint96 locked;
        // one slot: what a refund writes
        uint96 refundTotal;
        uint96 refundPaid;
        uint32 entriesPaid;
        // the entries' amounts, less what strikes brought their payers: all, and of the entries dealt with
        uint96 weight;
        uint96 weightPaid;
        // what strikes brought payers
        uint96 struck;
        uint64 receiptCount;
        bool counted;
    }

    /// @dev A receipt's newest case, what epochs go by, and the hash of its (channel, model).
    struct Docket {
        Trial trial;
        Case first;
        bytes32 pair;
    }

    uint256 private constant LOCAL_CHAIN_ID = 31_337;
    /// @dev Twice the 12 hours after which a rollup includes by force, and 6 more.
    uint64 private constant MINIMUM_REVEAL_PERIOD = 30 hours;
    uint64 private constant MINIMUM_LOCAL_REVEAL_PERIOD = 1 seconds;
    uint64 private constant CASE_LIMIT = 30 days;
    uint32 private constant DEMANDS_PER_DEPOSIT = 16;
    uint256 private constant BPS = 10_000;
    uint16 private constant MAXIMUM_BOUNTY_BPS = 2500;
    uint96 private constant MAXIMUM_DEPOSIT = 100e18;
    uint96 private constant MAXIMUM_MINIMUM_SLASH = 10_000e18;

    /// @notice OPEN: deposits and refunds are paid in it.
    IERC20 public immutable token;
    /// @notice The market whose batches are judged.
    IInferenceMarket public immutable market;
    /// @notice The staking manager that faults are slashed by.
    IStakingManager public immutable staking;
    /// @notice The only contract whose answers and proofs the court takes.
    address public immutable verifier;
    /// @inheritdoc IReceiptCourt
    uint64 public immutable revealPeriod;
    /// @inheritdoc IReceiptCourt
    uint64 public immutable trialPeriod;

    Terms private _terms;
    mapping(uint64 batch => BatchState) private _batches;
    mapping(uint64 batch => mapping(uint32 index => Demand)) private _demands;
    mapping(uint64 batch => mapping(uint32 index => Docket)) private _dockets;
    /// @dev What strikes brought the payer of a batch's (channel, model).
    mapping(uint64 batch => mapping(bytes32 pair => uint96)) private _struckOf;
    mapping(bytes32 place => bool) private _equivocations;

    /// @notice Fixes the clocks and the verifier for ever and sets the first terms.
    /// @param authority The AccessManager: governs the terms, names who may open cases.
    constructor(
        address authority,
        IERC20 token_,
        IInferenceMarket market_,
        IStakingManager staking_,
        address verifier_,
        uint64 revealPeriod_,
        uint64 trialPeriod_,
        Terms memory terms_
    ) AccessManaged(authority) {
        uint64 minimum = block.chainid == LOCAL_CHAIN_ID ? MINIMUM_LOCAL_REVEAL_PERIOD : MINIMUM_REVEAL_PERIOD;
        if (revealPeriod_ < minimum) revert ReceiptCourt_RevealPeriodTooShort(revealPeriod_, minimum);
        uint64 trialEnd = trialPeriod_ + 2 * revealPeriod_;
        uint64 thawPeriod = staking_.thawPeriod();
        if (trialEnd > thawPeriod) revert ReceiptCourt_TrialOutlastsThaw(trialEnd, thawPeriod);
        token = token_;
        market = market_;
        staking = staking_;
        verifier = verifier_;
        revealPeriod = revealPeriod_;
        trialPeriod = trialPeriod_;
        _setTerms(terms_);
    }

    /// @inheritdoc IReceiptCourt
    function demand(BatchOpening calldata opening, uint32 index) external {
        Batch calldata batch = opening.batch;
        BatchState storage s = _standing(opening, trialPeriod);
        Demand storage d = _demands[batch.number][index];
        if (d.state != DemandState.None) revert ReceiptCourt_AlreadyDemanded(batch.number, index, d.state);
        if (s.counted && index >= s.receiptCount) {
            revert ReceiptCourt_NoSuchReceipt(batch.number, index, s.receiptCount);
        }

        uint96 deposit = depositOf(batch.number);
        uint64 deadline = uint64(block.timestamp) + revealPeriod;
        uint96 cost = _costOf(batch.amount);

        d.state = DemandState.Open;
        d.demander = msg.sender;
        d.deadline = deadline;
        d.deposit = deposit;
        s.openDemands += 1;
        s.lockedUntil = deadline + revealPeriod;
        if (cost > s.locked) s.locked += staking.lock(batch.runner, Role.Runner, cost - s.locked);

        emit ReceiptDemanded(batch.number, index, msg.sender, batch.runner, deposit, deadline, s.openDemands, s.locked);
        token.safeTransferFrom(msg.sender, address(this), deposit);
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
        staking.unlock(batch.runner, Role.Runner, locked);
    }

    /// @inheritdoc IReceiptCourt
    function answer(Batch calldata batch, uint32 index, DemandState state, uint64 count, address answerer) external {
        _requireVerifier();
        BatchState storage s = _known(batch);
        _requireStanding(batch.number, s);
        Demand storage d = _openDemand(batch.number, index);
        _requireBefore(batch.number, d.deadline);

        uint96 deposit = d.deposit;

        d.state = state;
        d.deposit = 0;
        s.openDemands -= 1;
        if (!s.counted) (s.counted, s.receiptCount) = (true, count);

        emit DemandAnswered(batch.number, index, answerer, state, count, deposit, s.openDemands);
        token.safeTransfer(answerer, deposit);
    }

    /// @inheritdoc IReceiptCourt
    function convict(BatchOpening calldata opening, Fault fault, address bountyTo) external {
        _requireVerifier();
        BatchState storage s = _standing(opening, trialPeriod + 2 * revealPeriod);

        _void(opening.batch, s, fault, bountyTo);
    }

    /// @inheritdoc IReceiptCourt
    function convictRunner(address runner, bytes32 channel, uint64 model, uint64 nonce, address bountyTo) external {
        _requireVerifier();
        bytes32 place = _placeHash(channel, model, nonce);
        if (_equivocations[place]) revert ReceiptCourt_AlreadyProven(channel, model, nonce);

        _equivocations[place] = true;
        (uint96 taken, uint96 bounty,) = _slash(runner, _terms.minimumSlash, 0, bountyTo, address(0), 0);

        emit EquivocationProven(channel, model, nonce, runner, bountyTo, taken, bounty);
    }

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
    function openCase(BatchOpening calldata opening, PlacedReceipt calldata placed) external restricted {
        Batch calldata batch = opening.batch;
        _standing(opening, trialPeriod);
        ReceiptPlaceLib.requirePlaced(batch.receiptsRoot, _separator(), placed);
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
        uint96 locked = staking.lock(batch.runner, Role.Runner, _costOf(fee));
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
            staking.unlock(c.trial.runner, Role.Runner, c.trial.locked);
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
    function setTerms(Terms calldata terms_) external restricted {
        _setTerms(terms_);
    }

    /// @inheritdoc IReceiptCourt
    function terms() external view returns (Terms memory) {
        return _terms;
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
    function caseOf(uint64 batch, uint32 index) external view returns (Case memory) {
        return _dockets[batch][index].first;
    }

    /// @inheritdoc IReceiptCourt
    function trialOf(uint64 batch, uint32 index) external view returns (Trial memory) {
        return _dockets[batch][index].trial;
    }

    /// @inheritdoc IReceiptCourt
    function voidedAt(uint64 batch) external view returns (uint64) {
        return _batches[batch].voidedAt;
    }

    /// @inheritdoc IReceiptCourt
    function refundOf(uint64 batch) external view returns (Refund memory) {
        BatchState storage s = _batches[batch];
        return Refund(s.refundTotal, s.refundPaid, s.entriesPaid);
    }

    /// @inheritdoc IReceiptCourt
    function isEquivocation(bytes32 channel, uint64 model, uint64 nonce) external view returns (bool) {
        return _equivocations[_placeHash(channel, model, nonce)];
    }

    /// @inheritdoc IReceiptCourt
    function depositOf(uint64 batch) public view returns (uint96) {
        // at most 100e18 times 2^28: below 2^96
        return _terms.demandDeposit * (1 + _batches[batch].openDemands / DEMANDS_PER_DEPOSIT);
    }

    /// @dev Nobody where the channel has not paid as much: a friend's channel, put into a batch, would get its payers' refund.
    function _payerOf(IAttributionOracle.Receipt calldata receipt) private view returns (address) {
        bool isPaid = receipt.cumulative <= market.modelClaimedOf(receipt.channel, receipt.model);
        return isPaid ? market.payerOf(receipt.channel) : address(0);
    }

    function _void(Batch calldata batch, BatchState storage s, Fault fault, address bountyTo) private {
        // what strikes refunded was at most their fees, each at most the amount, but nothing bounds their sum
        uint96 owed = batch.amount > s.struck ? batch.amount - s.struck : 0;

        uint96 locked = s.locked;
        s.voidedAt = uint64(block.timestamp);
        s.locked = 0;
        (uint96 taken, uint96 bounty, uint96 refunded) =
            _slash(batch.runner, _costOf(owed), locked, bountyTo, address(this), owed);
        s.refundTotal = refunded;

        emit BatchVoided(batch.number, batch.runner, fault, bountyTo, taken, bounty, refunded);
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

    function _returnDeposit(BatchState storage s, Demand storage d, uint64 batch, uint32 index) private {
        (address demander, uint96 deposit) = (d.demander, d.deposit);

        d.state = DemandState.Returned;
        d.deposit = 0;
        s.openDemands -= 1;

        emit DepositReturned(batch, index, demander, deposit);
        token.safeTransfer(demander, deposit);
    }

    function _clear(uint64 batch, uint32 index) private {
        Docket storage c = _close(batch, index, CaseState.Cleared);

        emit CaseCleared(batch, index, c.trial.number);
        staking.unlock(c.trial.runner, Role.Runner, c.trial.locked);
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

    /// @notice Slashes a runner for one matter and keeps what is locked for others.
    /// @dev The staking manager takes of this court's lock first, whatever it was for: what was locked for this matter is given up
    /// with it, what is locked for others is locked again as far as there is stake.
    /// @param own Locked for this matter.
    function _slash(address runner, uint96 amount, uint96 own, address bountyTo, address refundTo, uint96 refundAmount)
        private
        returns (uint96 taken, uint96 bounty, uint96 refunded)
    {
        uint96 before = staking.lockOf(address(this), runner, Role.Runner);
        (taken, bounty, refunded) = staking.slash(
            IStakingManager.Slash(runner, Role.Runner, amount, bountyTo, _terms.bountyBps, refundTo, refundAmount)
        );

        uint96 others = before > own ? before - own : 0;
        uint96 left = before > taken ? before - taken : 0;
        if (left > others) staking.unlock(runner, Role.Runner, left - others);
        if (left < others) staking.lock(runner, Role.Runner, others - left);
    }

    function _setTerms(Terms memory terms_) private {
        bool sound = terms_.demandDeposit != 0 && terms_.demandDeposit <= MAXIMUM_DEPOSIT && terms_.minimumSlash != 0
            && terms_.minimumSlash <= MAXIMUM_MINIMUM_SLASH && terms_.bountyBps != 0
            && terms_.bountyBps <= MAXIMUM_BOUNTY_BPS;
        if (!sound) revert ReceiptCourt_TermsOutOfBounds(terms_);

        _terms = terms_;

        emit TermsSet(terms_);
    }

    /// @dev The batch that the opening shows, which is not void, within a period. Its header is kept: from here on it is opened
    /// by itself.
    function _standing(BatchOpening calldata opening, uint64 period) private returns (BatchState storage s) {
        uint64 number = opening.batch.number;
        s = _batches[number];
        bytes32 found = BatchLib.hash(opening.batch);
        if (s.hash != found) {
            BatchChainLib.requireBatch(market, opening);
            s.hash = found;
        }
        _requireStanding(number, s);
        _requireBefore(number, opening.batch.settledAt + period);
    }

    function _known(Batch calldata batch) private view returns (BatchState storage s) {
        s = _batches[batch.number];
        bytes32 found = BatchLib.hash(batch);
        if (found != s.hash) revert ReceiptCourt_WrongBatch(batch.number, found, s.hash);
    }

    function _openDemand(uint64 batch, uint32 index) private view returns (Demand storage d) {
        d = _demands[batch][index];
        if (d.state != DemandState.Open) revert ReceiptCourt_NoOpenDemand(batch, index, d.state);
    }

    function _requireBefore(uint64 batch, uint64 end) private view {
        if (block.timestamp >= end) revert ReceiptCourt_TooLate(batch, end, uint64(block.timestamp));
    }

    /// @dev What is slashed for an amount: so much that the payers' refund and the bounty are the half that does not burn.
    function _costOf(uint96 amount) private view returns (uint96) {
        Terms storage t = _terms;
        uint256 whole = Math.ceilDiv(uint256(amount) * BPS, BPS / 2 - t.bountyBps);
        // at most 2^96 - 1: just that
        return uint96(Math.min(Math.max(whole, t.minimumSlash), type(uint96).max));
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

    function _separator() private view returns (bytes32) {
        return MarketDomainLib.separator(address(market));
    }

    function _requireVerifier() private view {
        if (msg.sender != verifier) revert ReceiptCourt_NotVerifier(msg.sender, verifier);
    }

    function _requireStanding(uint64 batch, BatchState storage s) private view {
        if (s.voidedAt != 0) revert ReceiptCourt_BatchVoid(batch, s.voidedAt);
    }

    function _pairHash(bytes32 channel, uint64 model) private pure returns (bytes32) {
        return keccak256(abi.encode(channel, model));
    }

    function _placeHash(bytes32 channel, uint64 model, uint64 nonce) private pure returns (bytes32) {
        return keccak256(abi.encode(channel, model, nonce));
    }
}
