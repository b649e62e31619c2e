// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IRewardDistributor} from "../interfaces/IRewardDistributor.sol";
import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {LeafLib} from "../libraries/LeafLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";
import {TokenLib} from "../libraries/TokenLib.sol";
import {CreditTreeLib} from "./CreditTreeLib.sol";
import {OracleStorageLib} from "./OracleStorageLib.sol";
import {PayoutTreeLib} from "./PayoutTreeLib.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title AttributionOracle
/// @notice Owns epochs: closed ranges of batches and the bonded roots of who earned what in them.
contract AttributionOracle is IAttributionOracle, UUPSUpgradeable, AccessManagedUpgradeable {
    using SafeERC20 for IERC20;
    using TokenLib for IERC20;

    uint8 private constant PROOF_SILENCE = 7;
    uint96 private constant DEPOSITS_PER_BOND = 500;
    uint64 private constant MAXIMUM_PAUSE = 7 days;
    uint96 private constant MAXIMUM_BOND = 100_000e18;
    /// @dev The 12 hours after which a rollup includes by force, and one more.
    uint64 private constant MINIMUM_REVEAL_PERIOD = 13 hours;
    uint64 private constant MINIMUM_LOCAL_REVEAL_PERIOD = 1 seconds;
    /// @dev A withheld tree of 2^24 leaves is searched in four rounds of 64 demands each; two more are to spare.
    uint64 private constant REVEALS_PER_WINDOW = 6;
    uint256 private constant LOCAL_CHAIN_ID = 31_337;

    /// @notice OPEN: bonds and deposits are paid in it.
    IERC20 public immutable token;
    /// @notice The market whose batches epochs close.
    IInferenceMarket public immutable market;
    /// @notice The distributor whose stream epochs pay out.
    IRewardDistributor public immutable distributor;
    /// @notice The staking manager: only active oracles propose.
    IStakingManager public immutable staking;
    /// @notice The contract that proofs go to: the only one that may refute.
    address public immutable court;
    /// @inheritdoc IAttributionOracle
    uint64 public immutable epochPeriod;
    /// @inheritdoc IAttributionOracle
    uint64 public immutable revealPeriod;

    /// @notice Fixes what no upgrade of storage changes: token, contracts and periods.
    /// @param token_ OPEN.
    /// @param market_ The market whose batches epochs close.
    /// @param distributor_ The distributor whose stream epochs pay out.
    /// @param staking_ The staking manager.
    /// @param court_ The only contract that may refute.
    /// @param epochPeriod_ Least seconds between two openings of epochs.
    /// @param revealPeriod_ Seconds in which a demand is answered: 13 hours to a sixth of the distributor's window, on a
    /// local chain a second to all of it, inclusive.
    constructor(
        IERC20 token_,
        IInferenceMarket market_,
        IRewardDistributor distributor_,
        IStakingManager staking_,
        address court_,
        uint64 epochPeriod_,
        uint64 revealPeriod_
    ) {
        bool isLocal = block.chainid == LOCAL_CHAIN_ID;
        uint64 minimum = isLocal ? MINIMUM_LOCAL_REVEAL_PERIOD : MINIMUM_REVEAL_PERIOD;
        uint64 maximum = isLocal ? distributor_.window() : distributor_.window() / REVEALS_PER_WINDOW;
        if (revealPeriod_ < minimum || revealPeriod_ > maximum) {
            revert AttributionOracle_RevealPeriodOutOfRange(revealPeriod_, minimum, maximum);
        }
        token = token_;
        market = market_;
        distributor = distributor_;
        staking = staking_;
        court = court_;
        epochPeriod = epochPeriod_;
        revealPeriod = revealPeriod_;
        _disableInitializers();
    }

    /// @notice Hands the proxy over to its authority, sets the first bond and creates the stream, once.
    /// @param authority The AccessManager that governs the bond, pauses and upgrades.
    /// @param bond_ Base units of OPEN, more than 0.
    function initialize(address authority, uint96 bond_) external initializer {
        __AccessManaged_init(authority);
        _setBond(bond_);
        OracleStorageLib.load().stream = distributor.createStream(address(this));
    }

    /// @inheritdoc IAttributionOracle
    function openEpoch() external returns (uint64 epoch) {
        OracleStorageLib.Layout storage $ = OracleStorageLib.load();
        uint64 previous = $.epochCount;
        if (previous != 0 && $.state != EpochState.Final) revert AttributionOracle_EpochUnfinished(previous);
        uint64 earliest = $.openedAt + epochPeriod;
        if (previous != 0 && block.timestamp < earliest) {
            revert AttributionOracle_TooEarly(earliest, uint64(block.timestamp));
        }
        (uint64 lastBatch, bytes32 chain) = market.pinBatches();
        uint64 previousLast = $.ranges[previous].lastBatch;
        if (lastBatch == previousLast) revert AttributionOracle_NoNewBatches(lastBatch);

        epoch = previous + 1;
        uint96 cumulativeData = market.cumulativeData();
        uint96 dataAmount = cumulativeData - $.dataClosed;

        $.epochCount = epoch;
        $.openedAt = uint64(block.timestamp);
        $.state = EpochState.Open;
        $.dataClosed = cumulativeData;
        $.ranges[epoch] = OracleStorageLib.EpochRange({lastBatch: lastBatch, asOf: 0, dataAmount: dataAmount});

        emit EpochOpened(epoch, previousLast + 1, lastBatch, dataAmount, cumulativeData, chain);
        market.collectData();
    }

    /// @inheritdoc IAttributionOracle
    function propose(
        uint64 epoch,
        bytes32 creditsRoot,
        bytes32 payoutsRoot,
        uint96 total,
        bytes32 dataHash,
        uint64 asOf
    ) external {
        OracleStorageLib.Layout storage $ = _inState(epoch, EpochState.Open);
        if (!staking.isActive(msg.sender, Role.Oracle)) revert AttributionOracle_ProposerNotActive(msg.sender);
        if (creditsRoot == 0 || payoutsRoot == 0) revert AttributionOracle_ZeroRoot();
        if (dataHash == 0) revert AttributionOracle_ZeroDataHash();
        // before now: what may still happen in this second would change what `asOf` means
        if (asOf < $.openedAt || asOf >= block.timestamp) {
            revert AttributionOracle_AsOfOutOfRange(asOf, $.openedAt, uint64(block.timestamp));
        }
        _requireTotal($, total, payoutsRoot);

        uint96 bond_ = $.bond;
        uint64 demandsEnd = uint64(block.timestamp) + distributor.window();
        uint64 proposal = $.proposalCount + 1;

        $.proposalCount = proposal;
        $.state = EpochState.Proposed;
        $.ranges[epoch].asOf = asOf;
        $.newest = OracleStorageLib.Proposal({
            proposer: msg.sender,
            bond: bond_,
            total: total,
            finalizableAt: demandsEnd,
            demandsEnd: demandsEnd,
            openDemands: 0,
            creditsRoot: creditsRoot,
            payoutsRoot: payoutsRoot
        });

        emit EpochProposed(
            epoch, msg.sender, proposal, creditsRoot, payoutsRoot, dataHash, total, asOf, bond_, demandsEnd
        );
        distributor.proposeRoot($.stream, payoutsRoot, total);
        token.pull(msg.sender, bond_);
    }

    /// @inheritdoc IAttributionOracle
    function finalize(uint64 epoch) external {
        OracleStorageLib.Layout storage $ = _inState(epoch, EpochState.Proposed);
        OracleStorageLib.Proposal storage p = $.newest;
        if (block.timestamp < p.finalizableAt) {
            revert AttributionOracle_TooEarly(p.finalizableAt, uint64(block.timestamp));
        }
        if (block.timestamp < $.finalityPausedUntil) {
            revert AttributionOracle_FinalityPaused($.finalityPausedUntil, uint64(block.timestamp));
        }
        if (p.openDemands != 0) revert AttributionOracle_DemandsOpen($.proposalCount, p.openDemands);

        address proposer = p.proposer;
        uint96 bond_ = p.bond;

        $.state = EpochState.Final;

        emit EpochFinalized(epoch, proposer, $.proposalCount, p.payoutsRoot, p.total);
        distributor.finalizeRoot($.stream);
        token.safeTransfer(proposer, bond_);
    }

    /// @inheritdoc IAttributionOracle
    function demandLeaf(uint64 proposal, LeafTree tree, uint64 index) external {
        OracleStorageLib.Proposal storage p = _pending(proposal);
        if (block.timestamp >= p.demandsEnd) {
            revert AttributionOracle_DemandsClosed(p.demandsEnd, uint64(block.timestamp));
        }
        Demand storage demand = _demand(proposal, tree, index);
        if (demand.state != DemandState.None) revert AttributionOracle_DemandedBefore(proposal, tree, index);

        uint96 deposit = _depositOf(p.bond);
        uint64 deadline = uint64(block.timestamp) + revealPeriod;
        uint32 openDemandsAfter = p.openDemands + 1;

        demand.demander = msg.sender;
        demand.deposit = deposit;
        demand.deadline = deadline;
        demand.state = DemandState.Open;
        p.openDemands = openDemandsAfter;

        emit LeafDemanded(proposal, tree, index, msg.sender, deposit, deadline, openDemandsAfter);
        token.pull(msg.sender, deposit);
    }

    /// @inheritdoc IAttributionOracle
    function revealCredit(uint64 proposal, CreditOpening calldata opening) external {
        CreditTreeLib.requireOpening(_pending(proposal).creditsRoot, opening);

        emit CreditRevealed(proposal, opening.index, opening);
        _answer(proposal, LeafTree.Credits, opening.index);
    }

    /// @inheritdoc IAttributionOracle
    function revealPayout(uint64 proposal, PayoutOpening calldata opening) external {
        PayoutTreeLib.requireOpening(_pending(proposal).payoutsRoot, OracleStorageLib.load().stream, opening);

        emit PayoutRevealed(proposal, opening.index, opening);
        _answer(proposal, LeafTree.Payouts, opening.index);
    }

    /// @inheritdoc IAttributionOracle
    function revealAbsence(uint64 proposal, LeafTree tree, uint64 index, uint64 count, bytes32 top) external {
        OracleStorageLib.Proposal storage p = _pending(proposal);
        bytes32 root = tree == LeafTree.Credits ? p.creditsRoot : p.payoutsRoot;
        bytes32 domain = tree == LeafTree.Credits ? LeafLib.CREDIT : LeafLib.PAYOUT;
        if (MerkleLib.rootHash(domain, count, top) != root) {
            revert AttributionOracle_InvalidOpening(root, index, count);
        }
        if (index < count) revert AttributionOracle_LeafExists(index, count);

        emit AbsenceRevealed(proposal, tree, index, count, top);
        _answer(proposal, tree, index);
    }

    /// @inheritdoc IAttributionOracle
    function expireDemand(uint64 proposal, LeafTree tree, uint64 index) external {
        _pending(proposal);
        Demand storage demand = _openDemand(proposal, tree, index);
        if (block.timestamp < demand.deadline) {
            revert AttributionOracle_TooEarly(demand.deadline, uint64(block.timestamp));
        }

        address demander = demand.demander;
        uint96 deposit = demand.deposit;

        demand.state = DemandState.Ended;

        emit DepositReturned(proposal, tree, index, demander, deposit);
        _refute(OracleStorageLib.load().epochCount, PROOF_SILENCE, demander);
        token.safeTransfer(demander, deposit);
    }

    /// @inheritdoc IAttributionOracle
    function reclaimDeposit(uint64 proposal, LeafTree tree, uint64 index) external {
        if (_isPending(proposal)) revert AttributionOracle_StillPending(proposal);
        Demand storage demand = _openDemand(proposal, tree, index);

        address demander = demand.demander;
        uint96 deposit = demand.deposit;

        demand.state = DemandState.Ended;

        emit DepositReturned(proposal, tree, index, demander, deposit);
        token.safeTransfer(demander, deposit);
    }

    /// @inheritdoc IAttributionOracle
    function refute(uint64 epoch, uint8 proof, address prover) external {
        _requireCourt();
        _inState(epoch, EpochState.Proposed);

        _refute(epoch, proof, prover);
    }

    /// @inheritdoc IAttributionOracle
    function withdraw(uint64 epoch, uint64 batch) external {
        _requireCourt();
        OracleStorageLib.Layout storage $ = _inState(epoch, EpochState.Proposed);

        address proposer = $.newest.proposer;
        uint96 bond_ = $.newest.bond;

        $.state = EpochState.Open;

        emit EpochWithdrawn(epoch, proposer, batch, $.proposalCount, bond_);
        distributor.cancelRoot($.stream);
        token.safeTransfer(proposer, bond_);
    }

    /// @inheritdoc IAttributionOracle
    function setBond(uint96 bond_) external restricted {
        _setBond(bond_);
    }

    /// @inheritdoc IAttributionOracle
    function pauseFinality(uint64 until) external restricted {
        uint64 maximum = uint64(block.timestamp) + MAXIMUM_PAUSE;
        if (until > maximum) revert AttributionOracle_PauseTooLong(until, maximum);

        OracleStorageLib.load().finalityPausedUntil = until;

        emit FinalityPaused(until);
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
    function proposalCount() external view returns (uint64) {
        return OracleStorageLib.load().proposalCount;
    }

    /// @inheritdoc IAttributionOracle
    function finalityPausedUntil() external view returns (uint64) {
        return OracleStorageLib.load().finalityPausedUntil;
    }

    /// @inheritdoc IAttributionOracle
    function epochOf(uint64 epoch) external view returns (Epoch memory e) {
        OracleStorageLib.Layout storage $ = OracleStorageLib.load();
        e.state = _stateOf($, epoch);
        if (e.state == EpochState.None) return e;
        (e.firstBatch, e.lastBatch, e.asOf) = rangeOf(epoch);
        e.dataAmount = $.ranges[epoch].dataAmount;
        if (epoch != $.epochCount) return e;
        e.openedAt = $.openedAt;
        if (e.state == EpochState.Open) return e;
        OracleStorageLib.Proposal storage p = $.newest;
        e.proposal = $.proposalCount;
        e.proposer = p.proposer;
        e.bond = p.bond;
        e.total = p.total;
        e.finalizableAt = p.finalizableAt;
        e.demandsEnd = p.demandsEnd;
        e.demandDeposit = _depositOf(p.bond);
        e.openDemands = p.openDemands;
        e.creditsRoot = p.creditsRoot;
        e.payoutsRoot = p.payoutsRoot;
    }

    /// @inheritdoc IAttributionOracle
    function demandOf(uint64 proposal, LeafTree tree, uint64 index) external view returns (Demand memory) {
        return _demand(proposal, tree, index);
    }

    /// @inheritdoc IAttributionOracle
    function reviewOf(uint64 epoch) external view returns (Review memory review) {
        OracleStorageLib.Layout storage $ = _inState(epoch, EpochState.Proposed);
        OracleStorageLib.Proposal storage p = $.newest;
        review.epoch = epoch;
        review.stream = $.stream;
        (review.firstBatch, review.lastBatch, review.asOf) = rangeOf(epoch);
        review.previousAsOf = $.ranges[epoch - 1].asOf;
        review.total = p.total;
        review.creditsRoot = p.creditsRoot;
        review.payoutsRoot = p.payoutsRoot;
        bytes32 previous = distributor.newestRootOf($.stream);
        review.previousPayoutsRoot = previous == 0 ? MerkleLib.emptyRoot(LeafLib.PAYOUT) : previous;
    }

    /// @inheritdoc IAttributionOracle
    function rangeOf(uint64 epoch) public view returns (uint64 firstBatch, uint64 lastBatch, uint64 asOf) {
        OracleStorageLib.Layout storage $ = OracleStorageLib.load();
        if (_stateOf($, epoch) == EpochState.None) revert AttributionOracle_UnknownEpoch(epoch);
        OracleStorageLib.EpochRange storage range = $.ranges[epoch];
        return ($.ranges[epoch - 1].lastBatch + 1, range.lastBatch, range.asOf);
    }

    /// @dev Closes an open demand, and leaves time for a proof that is built on the answer.
    function _answer(uint64 proposal, LeafTree tree, uint64 index) private {
        OracleStorageLib.Proposal storage p = OracleStorageLib.load().newest;
        Demand storage demand = _openDemand(proposal, tree, index);
        if (block.timestamp >= demand.deadline) {
            revert AttributionOracle_DeadlinePassed(demand.deadline, uint64(block.timestamp));
        }

        uint96 deposit = demand.deposit;
        uint64 followUpEnd = uint64(block.timestamp) + revealPeriod;
        uint64 finalizableAtAfter = followUpEnd > p.finalizableAt ? followUpEnd : p.finalizableAt;
        uint32 openDemandsAfter = p.openDemands - 1;

        demand.state = DemandState.Answered;
        p.openDemands = openDemandsAfter;
        p.finalizableAt = finalizableAtAfter;

        emit DemandAnswered(proposal, tree, index, msg.sender, deposit, finalizableAtAfter, openDemandsAfter);
        token.safeTransfer(msg.sender, deposit);
    }

    /// @dev A proposer that proves its own fault still loses what the treasury gets.
    function _refute(uint64 epoch, uint8 proof, address prover) private {
        OracleStorageLib.Layout storage $ = OracleStorageLib.load();
        uint96 bond_ = $.newest.bond;
        uint96 bounty = bond_ / 2;

        $.state = EpochState.Open;

        emit EpochRefuted(epoch, $.newest.proposer, prover, $.proposalCount, proof, bounty);
        distributor.cancelRoot($.stream);
        token.safeTransfer(prover, bounty);
        token.safeTransfer(market.treasury(), bond_ - bounty);
    }

    function _setBond(uint96 bond_) private {
        if (bond_ == 0 || bond_ > MAXIMUM_BOND) revert AttributionOracle_BondOutOfRange(bond_, MAXIMUM_BOND);

        OracleStorageLib.load().bond = bond_;

        emit BondSet(bond_);
    }

    /// @dev `upgradeToAndCall` is the only entry, so `restricted` checks that selector.
    function _authorizeUpgrade(address) internal override restricted {}

    function _requireCourt() private view {
        if (msg.sender != court) revert AttributionOracle_NotCourt(msg.sender);
    }

    function _stateOf(OracleStorageLib.Layout storage $, uint64 epoch) private view returns (EpochState) {
        if (epoch == 0 || epoch > $.epochCount) return EpochState.None;
        // an epoch is opened only behind a final one
        return epoch == $.epochCount ? $.state : EpochState.Final;
    }

    function _inState(uint64 epoch, EpochState expected) private view returns (OracleStorageLib.Layout storage $) {
        $ = OracleStorageLib.load();
        EpochState state = _stateOf($, epoch);
        if (state == EpochState.None) revert AttributionOracle_UnknownEpoch(epoch);
        if (state != expected) revert AttributionOracle_WrongState(epoch, state, expected);
    }

    function _isPending(uint64 proposal) private view returns (bool) {
        OracleStorageLib.Layout storage $ = OracleStorageLib.load();
        return $.state == EpochState.Proposed && proposal == $.proposalCount;
    }

    function _pending(uint64 proposal) private view returns (OracleStorageLib.Proposal storage) {
        if (!_isPending(proposal)) revert AttributionOracle_NotPending(proposal);
        return OracleStorageLib.load().newest;
    }

    function _demand(uint64 proposal, LeafTree tree, uint64 index) private view returns (Demand storage) {
        return OracleStorageLib.load().demands[proposal][tree][index];
    }

    function _openDemand(uint64 proposal, LeafTree tree, uint64 index) private view returns (Demand storage demand) {
        demand = _demand(proposal, tree, index);
        if (demand.state != DemandState.Open) revert AttributionOracle_NotDemanded(proposal, tree, index);
    }

    /// @dev A pay-out tree without leaves has no last running sum that could refute its total, so its total is 0. That the
    /// total does not fall is the distributor's rule.
    function _requireTotal(OracleStorageLib.Layout storage $, uint96 total, bytes32 payoutsRoot) private view {
        // not only this epoch's: what a case kept back in an earlier one may be due now
        uint96 maximum = $.dataClosed;
        if (total > maximum) revert AttributionOracle_TotalExceedsFunds(total, maximum);
        if (total != 0 && payoutsRoot == MerkleLib.emptyRoot(LeafLib.PAYOUT)) {
            revert AttributionOracle_TotalWithoutPayouts(total);
        }
    }

    /// @dev Rounded up, so that no demand is free.
    function _depositOf(uint96 bond_) private pure returns (uint96) {
        // a 500th of a uint96, so that adding one cannot overflow
        return (bond_ - 1) / DEPOSITS_PER_BOND + 1;
    }
}
