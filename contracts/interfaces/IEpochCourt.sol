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
    /// @param batch Its batch, shown against the market's chain.
    /// @param receipt The receipt, with the proof of its place in that batch.
    /// @param attribution What its `attributionHash` commits to.
    struct ReceiptEvidence {
        BatchOpening batch;
        IAttributionOracle.ReceiptOpening receipt;
        IAttributionOracle.Attribution attribution;
    }

    /// @notice What was shown is no fault.
    error EpochCourt_NoFault();

    /// @notice The leaves do not stand side by side.
    /// @param left Place of the left one, from 0.
    /// @param right Place of the right one, from 0.
    error EpochCourt_NotNeighbours(uint64 left, uint64 right);

    /// @notice The look-up shows neither the account's leaf nor the gap where it would stand.
    /// @param account Whom it was to be about.
    error EpochCourt_InvalidLookup(address account);

    /// @notice The attribution is not what the receipt commits to.
    /// @param committed The receipt's `attributionHash`.
    /// @param revealed Hash of what was brought.
    error EpochCourt_AttributionMismatch(bytes32 committed, bytes32 revealed);

    /// @notice The credit is of another batch than the one that was opened.
    /// @param expected The credit's batch.
    /// @param actual Number of the batch that was opened.
    error EpochCourt_BatchMismatch(uint64 expected, uint64 actual);

    /// @notice The batch is not in the range of the epoch that was named as its own.
    /// @param batch The batch's number.
    /// @param epoch What was named.
    error EpochCourt_NotInEpoch(uint64 batch, uint64 epoch);

    /// @notice The model registry gave no answer about a model's revenue.
    /// @param model The model's number.
    /// @param timestamp When the batch was settled.
    error EpochCourt_NoRevenue(uint64 model, uint64 timestamp);

    /// @notice Proof 1: the first credit, whose running total is not its amount.
    /// @param epoch The epoch whose pending proposal is judged.
    /// @param first The list's first credit, with the proof of its place: index 0.
    function proveFirstCredit(uint64 epoch, IAttributionOracle.CreditOpening calldata first) external;

    /// @notice Proof 1: two neighbouring credits out of order, duplicated, or whose running totals do not add up.
    /// @param epoch The epoch whose pending proposal is judged.
    /// @param left A credit, with the proof of its place.
    /// @param right The next one, with the proof of its place.
    function proveCreditNeighbours(
        uint64 epoch,
        IAttributionOracle.CreditOpening calldata left,
        IAttributionOracle.CreditOpening calldata right
    ) external;

    /// @notice Proof 2: a credit of a receipt that does not belong to the epoch: see BELONGS above.
    /// @param epoch The epoch whose pending proposal is judged.
    /// @param credit The credit, with the proof of its place under the proposal's root.
    /// @param ownEpoch The epoch whose range holds the credit's batch; not read when the batch is 0 or behind the
    /// judged epoch's last one.
    function proveForeignCredit(uint64 epoch, IAttributionOracle.CreditOpening calldata credit, uint64 ownEpoch)
        external;

    /// @notice Proof 2: a credit for a receipt index beyond its batch's receipts.
    /// @param epoch The epoch whose pending proposal is judged.
    /// @param credit The credit, with the proof of its place under the proposal's root.
    /// @param batch The credit's batch, shown against the market's chain.
    /// @param receiptCount Count that the batch's root binds; at most the credit's `receiptIndex`, inclusive.
    /// @param top Node over all its receipts.
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
    /// @param epoch The epoch whose pending proposal is judged.
    /// @param credit The credit, with the proof of its place under the proposal's root.
    /// @param evidence The credit's receipt, with the way from its batch's header down to its shares.
    function proveCreditAmount(
        uint64 epoch,
        IAttributionOracle.CreditOpening calldata credit,
        ReceiptEvidence calldata evidence
    ) external;

    /// @notice Proof 3: a receipt that belongs to the epoch gives a contributor something, and the list has no credit for it.
    /// @param epoch The epoch whose pending proposal is judged.
    /// @param contributor Who lacks the credit.
    /// @param receiptIndex Place of the receipt in its batch, from 0.
    /// @param ownEpoch The epoch whose range holds the batch.
    /// @param evidence The receipt, with the way from its batch's header down to its shares.
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
    /// @param epoch The epoch whose pending proposal is judged.
    /// @param account Whose amount is false.
    /// @param newLeaf What the proposed pay-out tree says of it.
    /// @param previousLeaf What the newest final pay-out tree says of it.
    /// @param credit What the proposed credits say of it.
    function provePayout(
        uint64 epoch,
        address account,
        IAttributionOracle.PayoutLookup calldata newLeaf,
        IAttributionOracle.PayoutLookup calldata previousLeaf,
        IAttributionOracle.CreditLookup calldata credit
    ) external;

    /// @notice Proofs 5 and 6: neighbouring pay-out leaves out of order, or whose running sums do not add up.
    /// @param epoch The epoch whose pending proposal is judged.
    /// @param left A pay-out, with the proof of its place.
    /// @param right The next one, with the proof of its place.
    function provePayoutNeighbours(
        uint64 epoch,
        IAttributionOracle.PayoutOpening calldata left,
        IAttributionOracle.PayoutOpening calldata right
    ) external;

    /// @notice Proof 6: the first leaf's running sum is not its amount, or the last leaf's is not the stated total.
    /// @param epoch The epoch whose pending proposal is judged.
    /// @param edge The tree's first or last pay-out, with the proof of its place.
    function provePayoutTotal(uint64 epoch, IAttributionOracle.PayoutOpening calldata edge) external;

    /// @notice Ends a proposal that credits a batch which was voided after its `asOf`: no fault, the bond goes back. Anyone.
    /// @param epoch The epoch whose pending proposal is judged.
    /// @param credit A credit of the voided batch, with the proof of its place.
    function withdrawOverVoid(uint64 epoch, IAttributionOracle.CreditOpening calldata credit) external;
}
