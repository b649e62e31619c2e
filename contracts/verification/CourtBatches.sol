// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BatchChainLib} from "../inference/BatchChainLib.sol";
import {BatchLib} from "../inference/BatchLib.sol";
import {Batch, BatchOpening, IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IReceiptCourt} from "../interfaces/IReceiptCourt.sol";
import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title CourtBatches
/// @notice The part of the receipt court that keeps batches and runners' stakes: what stands, what falls, what a fault costs.
abstract contract CourtBatches is IReceiptCourt, AccessManaged {
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

    uint256 private constant LOCAL_CHAIN_ID = 31_337;
    /// @dev Twice the 12 hours after which a rollup includes by force, and 6 more.
    uint64 private constant MINIMUM_REVEAL_PERIOD = 30 hours;
    uint64 private constant MINIMUM_LOCAL_REVEAL_PERIOD = 1 seconds;
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

    Terms internal _terms;
    mapping(uint64 batch => BatchState) internal _batches;
    /// @dev What strikes brought the payer of a batch's (channel, model).
    mapping(uint64 batch => mapping(bytes32 pair => uint96)) internal _struckOf;
    /// @dev The sum of what each matter of this court locked. What is locked is less where a slash took of it.
    mapping(address runner => uint96) private _lockedFor;
    mapping(bytes32 place => bool) private _equivocations;

    constructor(
        IERC20 token_,
        IInferenceMarket market_,
        IStakingManager staking_,
        address verifier_,
        uint64 revealPeriod_,
        uint64 trialPeriod_,
        Terms memory terms_
    ) {
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
    function setTerms(Terms calldata terms_) external restricted {
        _setTerms(terms_);
    }

    /// @inheritdoc IReceiptCourt
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// @inheritdoc IReceiptCourt
    function voidedAt(uint64 batch) external view returns (uint64) {
        return _batches[batch].voidedAt;
    }

    /// @inheritdoc IReceiptCourt
    function isEquivocation(bytes32 channel, uint64 model, uint64 nonce) external view returns (bool) {
        return _equivocations[_placeHash(channel, model, nonce)];
    }

    /// @notice Locks of a runner's stake, for one matter, as much as there is up to `amount`.
    function _lock(address runner, uint96 amount) internal returns (uint96 locked) {
        locked = staking.lock(runner, Role.Runner, amount);
        _lockedFor[runner] += locked;
    }

    /// @notice Gives up what is locked for one matter.
    function _unlock(address runner, uint96 locked) internal {
        _lockedFor[runner] -= locked;
        _balanceLock(runner);
    }

    /// @notice Slashes a runner for one matter and gives up what is locked for it.
    /// @param own Locked for this matter.
    function _slash(address runner, uint96 amount, uint96 own, address bountyTo, address refundTo, uint96 refundAmount)
        internal
        returns (uint96 taken, uint96 bounty, uint96 refunded)
    {
        _lockedFor[runner] -= own;
        (taken, bounty, refunded) = staking.slash(
            IStakingManager.Slash(runner, Role.Runner, amount, bountyTo, _terms.bountyBps, refundTo, refundAmount)
        );
        _balanceLock(runner);
    }

    function _void(Batch calldata batch, BatchState storage s, Fault fault, address bountyTo) internal {
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

    /// @dev The batch that the opening shows, which is not void, within a period. Its header is kept: from here on it is opened
    /// by itself.
    function _standing(BatchOpening calldata opening, uint64 period) internal returns (BatchState storage s) {
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

    function _known(Batch calldata batch) internal view returns (BatchState storage s) {
        s = _batches[batch.number];
        bytes32 found = BatchLib.hash(batch);
        if (found != s.hash) revert ReceiptCourt_WrongBatch(batch.number, found, s.hash);
    }

    function _requireBefore(uint64 batch, uint64 end) internal view {
        if (block.timestamp >= end) revert ReceiptCourt_TooLate(batch, end, uint64(block.timestamp));
    }

    function _requireVerifier() internal view {
        if (msg.sender != verifier) revert ReceiptCourt_NotVerifier(msg.sender, verifier);
    }

    function _requireStanding(uint64 batch, BatchState storage s) internal view {
        if (s.voidedAt != 0) revert ReceiptCourt_BatchVoid(batch, s.voidedAt);
    }

    /// @dev What is slashed for an amount: so much that the payers' refund and the bounty are the half that does not burn.
    function _costOf(uint96 amount) internal view returns (uint96) {
        Terms storage t = _terms;
        uint256 whole = Math.ceilDiv(uint256(amount) * BPS, BPS / 2 - t.bountyBps);
        // at most 2^96 - 1: just that
        return uint96(Math.min(Math.max(whole, t.minimumSlash), type(uint96).max));
    }

    function _pairHash(bytes32 channel, uint64 model) internal pure returns (bytes32) {
        return keccak256(abi.encode(channel, model));
    }

    /// @dev Locks what other matters locked, as far as there is stake: a slash takes of this court's lock first, whatever it was
    /// for.
    function _balanceLock(address runner) private {
        uint96 due = _lockedFor[runner];
        uint96 held = staking.lockOf(address(this), runner, Role.Runner);
        if (held > due) staking.unlock(runner, Role.Runner, held - due);
        if (held < due) staking.lock(runner, Role.Runner, due - held);
    }

    function _setTerms(Terms memory terms_) private {
        bool sound = terms_.demandDeposit != 0 && terms_.demandDeposit <= MAXIMUM_DEPOSIT && terms_.minimumSlash != 0
            && terms_.minimumSlash <= MAXIMUM_MINIMUM_SLASH && terms_.bountyBps != 0
            && terms_.bountyBps <= MAXIMUM_BOUNTY_BPS;
        if (!sound) revert ReceiptCourt_TermsOutOfBounds(terms_);

        _terms = terms_;

        emit TermsSet(terms_);
    }

    function _placeHash(bytes32 channel, uint64 model, uint64 nonce) private pure returns (bytes32) {
        return keccak256(abi.encode(channel, model, nonce));
    }
}
