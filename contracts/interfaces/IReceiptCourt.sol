// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "./IAttributionOracle.sol";
import {Batch, BatchOpening} from "./IInferenceMarket.sol";

/// @dev In place of an index: all receipts of a batch.
uint32 constant WHOLE_BATCH = type(uint32).max;

/// @title IReceiptCourt
/// @notice Judges what binds an answer to its pay: that a batch's receipts chain, cost what the model's price says, stand on
/// vouchers and are complete. Arithmetic alone, one transaction a proof; no outcome ever confirms a batch.
/// @dev Answers and proofs go to the court's `verifier` (`IReceiptVerifier`), which looks at receipts; the court keeps the
/// states and the money.
///
/// STATES. A batch stands until a proof or a silence voids it, whole and for ever. A demand of one receipt is `Open`, then
/// `Revealed` or `Absent` for ever: a fact that all share. A demand of the whole batch (index `WHOLE_BATCH`) is `Open` until the
/// last of its receipts is shown, in order, in as many transactions as it takes, then `Revealed`. Unanswered at its deadline a
/// demand may be expired, which voids the batch; the deposits of a void batch's open demands go back (`Returned`). A case of one receipt is `Open`, then `Cleared` or `Struck`.
///
/// EPOCHS. A void batch earns nobody anything and blocks no epoch. An open case takes one receipt out of its epoch; cleared, it
/// goes into the epoch in which the case closes. Clearing confirms nothing: another case may follow, but it moves the receipt no
/// more, and when it strikes, the payer is made good from the runner's stake, not from contributors. An open demand is no case
/// and moves nothing, for anybody may open one; if it ends in silence after the epoch was paid, the stake makes it good likewise.
///
/// CLOCKS. In seconds. With s the batch's `settledAt`, P `trialPeriod` and R `revealPeriod`: demands and cases open before
/// s + P; an answer is taken before demand + R, silence is expired from that second on; proofs are taken before s + P + 2R, so
/// that whoever demanded last has R to prove with what was revealed. P + 2R is at most the thaw of stakes: what was staked when
/// the batch settled is there to be slashed. A case that nobody closes may lapse to `Cleared` 30 days after it opened.
///
/// MONEY. Deposits of open demands, until they go to who answered or back; what slashes brought for the payers of void batches,
/// until `refund` pays it out. A void batch costs its runner a / (½ − bounty) of its amount a, at least `minimumSlash`: the
/// payers get a back, who proved gets the bounty, at least half burns. If the stake covers less, all get proportionally less. A
/// struck receipt costs the same of its fee; what its payer got then is not refunded again with the batch.
///
/// TRUST. Nobody: every proof is arithmetic over what the runner settled or signed. Roles: `COURT` contracts open and close
/// cases, governance sets terms within bounds; neither can take a deposit or a refund. The code is never changed in place: a
/// better court is a new contract, and the old one ends what it began.
///
/// WITHHELD BATCHES. What nobody can see nobody can credit, and demanding thousands of receipts one by one costs more than they
/// are worth. A demand of the whole batch costs 16 deposits however many receipts there are, and shows what credits need, receipts
/// and attributions; signatures and vouchers are for single demands. Who shows earns a deposit for four receipts, the rest goes
/// back; of more than 64 each earns the same part of the whole. A runner chooses how many receipts it puts into a batch: what
/// showing more costs is its own.
///
/// LIVENESS. Everything ends by a clock and can be ended by anyone: `expire`, `returnDeposit`, `refund`, `release`, `lapse`.
/// Demands have no fixed maximum, since a runner could fill it itself to shut others out: each 16 open ones of a batch raise the
/// price of the next by another deposit, paid to who answers. No receipt is demanded twice, none behind the known count.
///
/// NOT DONE. False outputs and attributions (the trace court, which opens cases here). Protection of a prover against one who
/// copies its transaction: the fault is proven all the same. Receipts without fee bind nobody and are not missed. A voucher's
/// deadline is not looked at: an amount may be taken by a later voucher. Runners sign by a key, not by ERC-1271.
interface IReceiptCourt {
    enum CaseState {
        None,
        Open,
        Cleared,
        Struck
    }

    enum DemandState {
        None,
        Open,
        Revealed,
        Absent,
        Returned
    }

    /// @notice Why a batch is void.
    enum Fault {
        None,
        BrokenChain,
        FalseEdge,
        Unsettled,
        Uncovered,
        FalseFee,
        Omitted,
        Silence
    }

    /// @notice A receipt's first case: what epochs go by. Later ones change nothing in it.
    /// @param closedAt 0 while it is open.
    struct Case {
        CaseState state;
        uint64 openedAt;
        uint64 closedAt;
    }

    /// @notice The newest case of a receipt.
    /// @param number From 1; above it a retrial.
    /// @param fee The receipt's. @param locked Of the runner's stake, until the case closes.
    struct Trial {
        CaseState state;
        uint32 number;
        uint64 openedAt;
        address runner;
        uint96 fee;
        address payer;
        uint96 locked;
    }

    /// @param deposit What is held for who answers; 0 once it was paid or returned.
    /// @param deadline First second in which no answer is taken. @param shown Receipts shown so far, of a whole batch.
    struct Demand {
        DemandState state;
        address demander;
        uint64 deadline;
        uint96 deposit;
        uint64 shown;
    }

    /// @param total What the payers of a void batch get in all. @param paid Of it, what was paid out.
    /// @param entriesPaid Entries of the batch's settlements that were dealt with.
    struct Refund {
        uint96 total;
        uint96 paid;
        uint32 entriesPaid;
    }

    /// @param demandDeposit What a demand costs: about twice what an answer's gas is worth.
    /// @param minimumSlash The least that a fault costs.
    /// @param bountyBps Of what is slashed, to who proved; at most 2,500.
    struct Terms {
        uint96 demandDeposit;
        uint96 minimumSlash;
        uint16 bountyBps;
    }

    /// @notice A receipt of a batch with the proof of its place.
    struct PlacedReceipt {
        IAttributionOracle.Receipt receipt;
        uint64 index;
        uint64 count;
        bytes32[] siblings;
    }

    error ReceiptCourt_NotVerifier(address caller, address verifier);
    error ReceiptCourt_RevealPeriodTooShort(uint64 revealPeriod, uint64 minimum);
    error ReceiptCourt_TrialOutlastsThaw(uint64 trialEnd, uint64 thawPeriod);
    error ReceiptCourt_TermsOutOfBounds(Terms terms);
    error ReceiptCourt_WrongBatch(uint64 batch, bytes32 found, bytes32 known);
    error ReceiptCourt_BatchVoid(uint64 batch, uint64 voidedAt);
    error ReceiptCourt_BatchNotVoid(uint64 batch);
    error ReceiptCourt_TooLate(uint64 batch, uint64 end, uint64 now_);
    error ReceiptCourt_TooEarly(uint64 earliest, uint64 now_);
    error ReceiptCourt_AlreadyDemanded(uint64 batch, uint32 index, DemandState state);
    error ReceiptCourt_NoOpenDemand(uint64 batch, uint32 index, DemandState state);
    error ReceiptCourt_NoSuchReceipt(uint64 batch, uint32 index, uint64 count);
    error ReceiptCourt_NotOneReceipt(uint64 batch);
    error ReceiptCourt_OutOfOrder(uint64 batch, uint64 first, uint64 shown);
    error ReceiptCourt_AlreadyProven(bytes32 channel, uint64 model, uint64 nonce);
    error ReceiptCourt_CaseExists(uint64 batch, uint32 index, CaseState state);
    error ReceiptCourt_IndexTooLarge(uint64 index);
    error ReceiptCourt_NoOpenCase(uint64 batch, uint32 index, CaseState state);
    error ReceiptCourt_NothingToRefund(uint64 batch);
    error ReceiptCourt_NothingLocked(uint64 batch);
    error ReceiptCourt_StillLocked(uint64 batch, uint32 openDemands, uint64 lockedUntil);

    /// @notice A receipt of a batch is demanded; its runner's stake is locked for it.
    /// @param openDemands Of the batch, with this one. @param lockedAfter Of the runner's stake, for this batch.
    event ReceiptDemanded(
        uint64 indexed batch,
        uint32 indexed index,
        address indexed demander,
        address runner,
        uint96 deposit,
        uint64 deadline,
        uint32 openDemands,
        uint96 lockedAfter
    );
    /// @notice A demand is answered, for all: the receipt is shown, or shown not to exist.
    /// @param count Receipts of the batch, as its root binds them.
    event DemandAnswered(
        uint64 indexed batch,
        uint32 indexed index,
        address indexed answerer,
        DemandState state,
        uint64 count,
        uint96 deposit,
        uint32 openDemands
    );

    /// @notice Receipts of a batch that was demanded whole are shown, in order.
    /// @param shown So far, of `count`. @param paid Of the deposit, to who showed. @param rest Of it, back to the demander.
    event ReceiptsShown(
        uint64 indexed batch, address indexed answerer, uint64 shown, uint64 count, uint96 paid, uint96 rest
    );

    /// @notice A demander has its deposit back.
    event DepositReturned(uint64 indexed batch, uint32 indexed index, address indexed demander, uint96 deposit);
    /// @notice A batch is void, whole and for ever, and its runner was slashed.
    /// @param refund Of `taken`, for the payers. @param bounty Of it, to `bountyTo`; the rest burns.
    event BatchVoided(
        uint64 indexed batch,
        address indexed runner,
        Fault indexed fault,
        address bountyTo,
        uint96 taken,
        uint96 bounty,
        uint96 refund
    );

    /// @notice A payer of a void batch got its part; sums are over the batch.
    event PayerRefunded(
        uint64 indexed batch,
        bytes32 indexed channel,
        uint64 indexed model,
        address payer,
        uint96 amount,
        uint96 paidAfter,
        uint32 entriesPaidAfter
    );

    /// @notice What was locked for a batch's demands is free again.
    event StakeReleased(uint64 indexed batch, address indexed runner, uint96 amount);

    /// @notice A runner signed two receipts for one place and was slashed.
    event EquivocationProven(
        bytes32 indexed channel,
        uint64 indexed model,
        uint64 indexed nonce,
        address runner,
        address bountyTo,
        uint96 taken,
        uint96 bounty
    );

    /// @notice A case of a receipt is open: epochs leave it out until it closes.
    event CaseOpened(
        uint64 indexed batch,
        uint32 indexed index,
        address indexed runner,
        uint32 number,
        address payer,
        uint96 fee,
        uint96 locked
    );

    /// @notice A case ended without a verdict against the receipt.
    event CaseCleared(uint64 indexed batch, uint32 indexed index, uint32 number);

    /// @notice A case ended against the receipt: its runner was slashed, its payer refunded.
    event CaseStruck(
        uint64 indexed batch,
        uint32 indexed index,
        uint32 number,
        address bountyTo,
        uint96 taken,
        uint96 bounty,
        uint96 refund
    );

    /// @notice Demands and faults from now on cost this.
    event TermsSet(Terms terms);

    /// @notice Demands all that one receipt of a batch stands on, or all receipts. Anyone; costs `depositOf`, pulled from the
    /// caller.
    /// @dev Locks of the runner's stake what the batch's fall would cost. Whoever answers gets the deposit. Silence gives it
    /// back, with the bounty.
    /// @param index `WHOLE_BATCH`, or a place, which may lie behind the batch's receipts: a list that is withheld has no known
    /// count.
    function demand(BatchOpening calldata opening, uint32 index) external;

    /// @notice Voids a batch of which a demanded receipt was not revealed in time. Anyone; deposit and bounty go to the demander.
    function expire(Batch calldata batch, uint32 index) external;

    /// @notice Gives a demander the deposit of a demand back whose batch fell by something else. Anyone.
    function returnDeposit(uint64 batch, uint32 index) external;

    /// @notice Unlocks the runner's stake when no demand of the batch is open and the time to prove with what they brought is
    /// over. Anyone. A void batch's lock ended with it.
    function release(Batch calldata batch) external;

    /// @notice Takes an answer and pays its deposit. Only the court's own verifier, before the deadline.
    /// @param state `Revealed` or `Absent`. @param count Receipts of the batch, as its root binds them.
    function answer(Batch calldata batch, uint32 index, DemandState state, uint64 count, address answerer) external;

    /// @notice Takes the next receipts of a batch that was demanded whole. Only the court's own verifier, before the deadline.
    /// @param first Place of the first of them: those before were shown; they may have been shown too, but not all of them.
    /// @param length How many they are.
    /// @param count Receipts of the batch, as its root binds them.
    function show(Batch calldata batch, uint64 first, uint64 length, uint64 count, address answerer) external;

    /// @notice Voids a batch by a proof. Only the court's own verifier, while proofs are taken.
    /// @param bountyTo Who proved.
    function convict(BatchOpening calldata opening, Fault fault, address bountyTo) external;

    /// @notice Slashes a runner, once for each place, by `minimumSlash`: not by the fees, which a runner writes as it likes and
    /// could burn its delegators' stake with for a bounty. Only the court's own verifier.
    function convictRunner(address runner, bytes32 channel, uint64 model, uint64 nonce, address bountyTo) external;

    /// @notice Pays the payers of a void batch their parts, in the order of its entries, at most `entries` of them. Anyone.
    /// @dev An entry's part of the total is by its amount, less what a struck receipt brought its payer before; parts add up to
    /// the total exactly.
    function refund(Batch calldata batch, bytes calldata settlements, uint32 entries) external;

    /// @notice Opens a case of a receipt and locks what it may cost the runner. Only role COURT.
    function openCase(BatchOpening calldata opening, PlacedReceipt calldata placed) external;

    /// @notice Closes a case against the receipt: slashes the runner, refunds the payer. Only role COURT.
    /// @dev Of a void batch nothing is slashed: all of it was.
    /// @param bountyTo Who gets the bounty. @return taken What was slashed. @return bounty Of it, the bounty.
    function strike(uint64 batch, uint32 index, address bountyTo) external returns (uint96 taken, uint96 bounty);

    /// @notice Closes a case without a verdict against the receipt. Only role COURT.
    function clear(uint64 batch, uint32 index) external;

    /// @notice Closes a case that was open for 30 days, as `Cleared`. Anyone.
    function lapse(uint64 batch, uint32 index) external;

    /// @notice Sets the terms of what comes. Governed.
    function setTerms(Terms calldata terms) external;

    /// @notice Seconds in which a demand is answered.
    function revealPeriod() external view returns (uint64);

    /// @notice Seconds after a batch's settlement in which demands and cases open.
    function trialPeriod() external view returns (uint64);

    /// @notice Deposit, least slash and bounty of what comes.
    function terms() external view returns (Terms memory);

    /// @notice What the next demand of a batch costs: of one receipt, or of all (`WHOLE_BATCH`), which is always 16 deposits.
    function depositOf(uint64 batch, uint32 index) external view returns (uint96);

    /// @notice A demand of a receipt; `None` where it was not demanded.
    function demandOf(uint64 batch, uint32 index) external view returns (Demand memory);

    /// @notice Demands of a batch that wait for an answer.
    function openDemandsOf(uint64 batch) external view returns (uint32);

    /// @notice A receipt's first case, which epochs go by.
    function caseOf(uint64 batch, uint32 index) external view returns (Case memory);

    /// @notice The newest case of a receipt; all zeros where there was none.
    function trialOf(uint64 batch, uint32 index) external view returns (Trial memory);

    /// @notice Timestamp at which the batch was voided; 0: it stands.
    function voidedAt(uint64 batch) external view returns (uint64);

    /// @notice What a void batch's payers get and have got.
    function refundOf(uint64 batch) external view returns (Refund memory);

    /// @notice Whether two receipts for a place are proven already.
    function isEquivocation(bytes32 channel, uint64 model, uint64 nonce) external view returns (bool);
}
