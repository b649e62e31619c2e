// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "./IAttributionOracle.sol";
import {BatchOpening} from "./IInferenceMarket.sol";

/// @title IEpochCourt
/// @notice Judges proposed epochs: each proof is one transaction that cancels a false root. Immutable, owns no money.
/// @dev PROOFS, by number. 1: credits out of order, duplicated, or whose running totals do not add up. 2: a credit whose amount
/// is not what its receipt gives, or of a receipt that does not belong to the epoch. 3: a receipt's share without its credit.
/// 4: a pay-out that is not the previous one plus the last running total. 5: pay-outs out of order or equal. 6: totals that do
/// not add up. 7: a leaf that is not revealed, see `IAttributionOracle.expireDemand`. A call that shows no fault reverts with
/// `EpochCourt_NoFault`: nothing ever confirms a proposal but time.
///
/// BELONGS. A receipt of a batch lies in that batch's own epoch k. It belongs to the epoch n that is judged exactly when
/// - its batch is not behind n's last one, and was not voided at or before n's `asOf`; and
/// - no case of it had been opened at or before k's `asOf`, and k = n; or one had, it was cleared at or before n's `asOf`, and
///   k = n or it was cleared after the `asOf` of the epoch before n.
/// So each receipt belongs to one epoch at most: a case that is opened once its fee was reckoned moves nothing.
///
/// MONEY. The bounty, half of the proposal's bond, goes from the oracle to the caller.
///
/// TRUST. What is opened is bound: credits and pay-outs by the proposed roots, receipts by the market's chain of batches and the
/// EIP-712 domain of this chain's market, shares by the receipt's `attributionHash`. The market, the model registry and the
/// receipt court are asked for what only they know.
///
/// CLOCKS, LIVENESS. Proofs work while the proposal is pending: at least for its window, also while finality is paused.
///
/// NOT DONE. An oracle that finds a receipt false has to open a case of it before its `asOf`: passing over it is a fault.
interface IEpochCourt {
    /// @notice What a receipt gives, with the way from its batch's header down to its shares.
    struct ReceiptEvidence {
        BatchOpening batch;
        IAttributionOracle.ReceiptOpening receipt;
        IAttributionOracle.Attribution attribution;
    }

    error EpochCourt_NoFault();
    error EpochCourt_NotNeighbours(uint64 left, uint64 right);
    error EpochCourt_InvalidLookup(address account);
    error EpochCourt_AttributionMismatch(bytes32 committed, bytes32 revealed);
    error EpochCourt_BatchMismatch(uint64 expected, uint64 actual);
    error EpochCourt_NotInEpoch(uint64 batch, uint64 epoch);
    error EpochCourt_NoRevenue(uint64 model, uint64 timestamp);

    /// @notice Proof 1: the first credit, whose running total is not its amount.
    function proveFirstCredit(uint64 epoch, IAttributionOracle.CreditOpening calldata first) external;

    /// @notice Proof 1: two neighbouring credits out of order, duplicated, or whose running totals do not add up.
    function proveCreditNeighbours(
        uint64 epoch,
        IAttributionOracle.CreditOpening calldata left,
        IAttributionOracle.CreditOpening calldata right
    ) external;

    /// @notice Proof 2: a credit of a receipt that does not belong to the epoch: see BELONGS above.
    /// @param ownEpoch The epoch whose range holds the credit's batch; not read when there is no such batch in any epoch.
    function proveForeignCredit(uint64 epoch, IAttributionOracle.CreditOpening calldata credit, uint64 ownEpoch)
        external;

    /// @notice Proof 2: a credit for a receipt index beyond its batch's receipts.
    /// @param receiptCount Count that the batch's root binds. @param top Node over all its receipts.
    function proveCreditBeyond(
        uint64 epoch,
        IAttributionOracle.CreditOpening calldata credit,
        BatchOpening calldata batch,
        uint64 receiptCount,
        bytes32 top
    ) external;

    /// @notice Proof 2: a credit whose amount is not what the receipt's data fee and share give.
    /// @dev Data fee = floor(cumulative·dataBps/10⁴) − floor((cumulative − fee)·dataBps/10⁴), by the model's revenue in force when
    /// the batch was settled. What an account earns of it: see `IAttributionOracle`, CREDITS.
    function proveCreditAmount(
        uint64 epoch,
        IAttributionOracle.CreditOpening calldata credit,
        ReceiptEvidence calldata evidence
    ) external;

    /// @notice Proof 3: a receipt that belongs to the epoch gives a contributor something, and the list has no credit for it.
    /// @param contributor Who lacks the credit. @param receiptIndex Place of the receipt in its batch.
    /// @param ownEpoch The epoch whose range holds the batch.
    /// @param place The credits that straddle where (contributor, batch, receiptIndex) would stand; `present` false.
    function proveMissingCredit(
        uint64 epoch,
        address contributor,
        uint32 receiptIndex,
        uint64 ownEpoch,
        ReceiptEvidence calldata evidence,
        IAttributionOracle.CreditLookup calldata place
    ) external;

    /// @notice Proof 4: an account's new cumulative amount is not its previous one plus its last running total.
    function provePayout(
        uint64 epoch,
        address account,
        IAttributionOracle.PayoutLookup calldata newLeaf,
        IAttributionOracle.PayoutLookup calldata previousLeaf,
        IAttributionOracle.CreditLookup calldata credit
    ) external;

    /// @notice Proofs 5 and 6: neighbouring pay-out leaves out of order, or whose running sums do not add up.
    function provePayoutNeighbours(
        uint64 epoch,
        IAttributionOracle.PayoutOpening calldata left,
        IAttributionOracle.PayoutOpening calldata right
    ) external;

    /// @notice Proof 6: the first leaf's running sum is not its amount, or the last leaf's is not the stated total.
    function provePayoutTotal(uint64 epoch, IAttributionOracle.PayoutOpening calldata edge) external;

    /// @notice Ends a proposal that credits a batch which was voided after its `asOf`: no fault, the bond goes back. Anyone.
    function withdrawOverVoid(uint64 epoch, IAttributionOracle.CreditOpening calldata credit) external;
}
