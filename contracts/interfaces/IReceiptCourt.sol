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
    /// @param state `None` where there was none.
    /// @param openedAt Timestamp.
    /// @param closedAt Timestamp; 0 while it is open.
    struct Case {
        CaseState state;
        uint64 openedAt;
        uint64 closedAt;
    }

    /// @notice The newest case of a receipt.
    /// @param state `None` where there was none.
    /// @param number From 1; above it a retrial.
    /// @param openedAt Timestamp.
    /// @param runner Whose batch it is.
    /// @param fee The receipt's, at most all that the batch settled, base units.
    /// @param payer Whom a strike refunds; zero for nobody.
    /// @param locked Of the runner's stake, until the case closes, base units.
    struct Trial {
        CaseState state;
        uint32 number;
        uint64 openedAt;
        address runner;
        uint96 fee;
        address payer;
        uint96 locked;
    }

    /// @param state `None` where nothing was demanded.
    /// @param demander Who asked.
    /// @param deadline First second in which no answer is taken.
    /// @param deposit What is held for who answers, base units; 0 once it was paid or returned.
    /// @param shown Receipts shown so far, of a whole batch.
    struct Demand {
        DemandState state;
        address demander;
        uint64 deadline;
        uint96 deposit;
        uint64 shown;
    }

    /// @param total What the payers of a void batch get in all, base units.
    /// @param paid Of it, what was paid out, base units.
    /// @param entriesPaid Entries of the batch's settlements that were dealt with.
    struct Refund {
        uint96 total;
        uint96 paid;
        uint32 entriesPaid;
    }

    /// @param demandDeposit What a demand costs, base units, more than 0, at most 100 OPEN, inclusive: about twice what
    /// an answer's gas is worth.
    /// @param minimumSlash The least that a fault costs, base units, more than 0, at most 10,000 OPEN, inclusive.
    /// @param bountyBps Of what is slashed, to who proved; basis points, 1 to 2,500, inclusive.
    struct Terms {
        uint96 demandDeposit;
        uint96 minimumSlash;
        uint16 bountyBps;
    }

    /// @notice A receipt of a batch with the proof of its place.
    /// @param receipt The leaf, as it was signed.
    /// @param index Its place, from 0; below `count`.
    /// @param count Receipts of the batch.
    /// @param siblings From the leaf's level upwards, one a level.
    struct PlacedReceipt {
        IAttributionOracle.Receipt receipt;
        uint64 index;
        uint64 count;
        bytes32[] siblings;
    }

    /// @notice Only the court's own verifier calls this.
    /// @param caller Who called.
    /// @param verifier Who that is.
    error ReceiptCourt_NotVerifier(address caller, address verifier);

    /// @notice The seconds to answer a demand are too few.
    /// @param revealPeriod What was given, seconds.
    /// @param minimum 30 hours, on a local chain a second; inclusive.
    error ReceiptCourt_RevealPeriodTooShort(uint64 revealPeriod, uint64 minimum);

    /// @notice Proofs would be taken for longer than stake thaws.
    /// @param trialEnd `trialPeriod` and twice `revealPeriod`, seconds.
    /// @param thawPeriod Seconds that stake thaws, inclusive.
    error ReceiptCourt_TrialOutlastsThaw(uint64 trialEnd, uint64 thawPeriod);

    /// @notice Terms are zero or above what constants allow: a deposit of 100 OPEN, a least slash of 10,000, a bounty
    /// of a quarter.
    /// @param terms What was given.
    error ReceiptCourt_TermsOutOfBounds(Terms terms);

    /// @notice This is not the header of the batch that was opened here.
    /// @param batch The number that the header names.
    /// @param found Hash of what was brought.
    /// @param known Hash of the header that was opened here; 0 where none was.
    error ReceiptCourt_WrongBatch(uint64 batch, bytes32 found, bytes32 known);

    /// @notice The batch is void.
    /// @param batch The batch's number, from 1.
    /// @param voidedAt Timestamp at which it was voided.
    error ReceiptCourt_BatchVoid(uint64 batch, uint64 voidedAt);

    /// @notice The batch stands.
    /// @param batch The batch's number, from 1.
    error ReceiptCourt_BatchNotVoid(uint64 batch);

    /// @notice The time for this has run out.
    /// @param batch The batch's number, from 1.
    /// @param end Timestamp before which (exclusive) it worked.
    /// @param now_ The block's timestamp.
    error ReceiptCourt_TooLate(uint64 batch, uint64 end, uint64 now_);

    /// @notice The time before has not run out.
    /// @param earliest Timestamp from which (inclusive) it works.
    /// @param now_ The block's timestamp.
    error ReceiptCourt_TooEarly(uint64 earliest, uint64 now_);

    /// @notice A receipt is demanded once, and so is a whole batch.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0; `WHOLE_BATCH` for a demand of all.
    /// @param state What became of the demand.
    error ReceiptCourt_AlreadyDemanded(uint64 batch, uint32 index, DemandState state);

    /// @notice No open demand asks for this.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0; `WHOLE_BATCH` for a demand of all.
    /// @param state What became of the demand, if there was one.
    error ReceiptCourt_NoOpenDemand(uint64 batch, uint32 index, DemandState state);

    /// @notice The batch is known not to have the receipt.
    /// @param batch The batch's number, from 1.
    /// @param index What was demanded.
    /// @param count Receipts of the batch, as its root binds them.
    error ReceiptCourt_NoSuchReceipt(uint64 batch, uint32 index, uint64 count);

    /// @notice A demand of the whole batch is answered by showing all of it.
    /// @param batch The batch's number, from 1.
    error ReceiptCourt_NotOneReceipt(uint64 batch);

    /// @notice The receipts leave a gap behind those that were shown, or show nothing more.
    /// @param batch The batch's number, from 1.
    /// @param first Place of the first of them, from 0.
    /// @param shown How many were shown before.
    error ReceiptCourt_OutOfOrder(uint64 batch, uint64 first, uint64 shown);

    /// @notice An equivocation costs once for each place.
    /// @param channel Number of the market's channel.
    /// @param model Number in the model registry, from 1.
    /// @param nonce The request's, in the channel and model.
    error ReceiptCourt_AlreadyProven(bytes32 channel, uint64 model, uint64 nonce);

    /// @notice A case of the receipt is open, or it was struck.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0; `WHOLE_BATCH` for a demand of all.
    /// @param state `Open` or `Struck`.
    error ReceiptCourt_CaseExists(uint64 batch, uint32 index, CaseState state);

    /// @notice The place does not fit 32 bits.
    /// @param index What was brought.
    error ReceiptCourt_IndexTooLarge(uint64 index);

    /// @notice No case of the receipt is open.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0; `WHOLE_BATCH` for a demand of all.
    /// @param state What became of its newest case, if there was one.
    error ReceiptCourt_NoOpenCase(uint64 batch, uint32 index, CaseState state);

    /// @notice The slash brought the payers nothing, or all entries were dealt with.
    /// @param batch The batch's number, from 1.
    error ReceiptCourt_NothingToRefund(uint64 batch);

    /// @notice Nothing is locked for the batch's demands.
    /// @param batch The batch's number, from 1.
    error ReceiptCourt_NothingLocked(uint64 batch);

    /// @notice Stake stays locked while demands are open, and while there is time to prove with what they brought.
    /// @param batch The batch's number, from 1.
    /// @param openDemands Demands of the batch that wait for an answer.
    /// @param lockedUntil Timestamp from which (inclusive) it may be released.
    error ReceiptCourt_StillLocked(uint64 batch, uint32 openDemands, uint64 lockedUntil);

    /// @notice A receipt of a batch is demanded; its runner's stake is locked for it.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0; `WHOLE_BATCH` for a demand of all.
    /// @param demander Who asked.
    /// @param runner Whose batch it is.
    /// @param deposit What it costs, base units of OPEN, held for who answers.
    /// @param deadline First second in which no answer is taken.
    /// @param openDemands Of the batch, with this one.
    /// @param lockedAfter Of the runner's stake, for this batch, base units.
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
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0; `WHOLE_BATCH` for a demand of all.
    /// @param answerer Who answered, and is paid.
    /// @param state `Revealed` or `Absent`.
    /// @param count Receipts of the batch, as its root binds them.
    /// @param deposit What the answerer got by this, base units.
    /// @param openDemands Demands of the batch that still wait for an answer.
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
    /// @param batch The batch's number, from 1.
    /// @param answerer Who showed them.
    /// @param shown So far, of `count`.
    /// @param count Receipts of the batch, as its root binds them.
    /// @param paid Of the deposit, to who showed, base units.
    /// @param rest Of it, back to the demander, base units.
    event ReceiptsShown(
        uint64 indexed batch, address indexed answerer, uint64 shown, uint64 count, uint96 paid, uint96 rest
    );

    /// @notice A demander has its deposit back.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0; `WHOLE_BATCH` for a demand of all.
    /// @param demander Who asked.
    /// @param deposit Base units of OPEN.
    event DepositReturned(uint64 indexed batch, uint32 indexed index, address indexed demander, uint96 deposit);

    /// @notice A batch is void, whole and for ever, and its runner was slashed.
    /// @param batch The batch's number, from 1.
    /// @param runner Whose batch it is.
    /// @param fault Why.
    /// @param bountyTo Who proved, or whose demand was not answered.
    /// @param taken What was slashed, base units of OPEN; less than the fault costs where the stake covers less.
    /// @param bounty Of it, to `bountyTo`; the rest burns.
    /// @param refund Of `taken`, for the payers, base units; the rest burns.
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
    /// @param batch The batch's number, from 1.
    /// @param channel Number of the market's channel.
    /// @param model Number in the model registry, from 1.
    /// @param payer Who was paid.
    /// @param amount Base units of OPEN; may be 0.
    /// @param paidAfter What the batch's payers have got so far, base units.
    /// @param entriesPaidAfter Entries of the batch's settlements that were dealt with.
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
    /// @param batch The batch's number, from 1.
    /// @param runner Whose batch it is.
    /// @param amount Base units of stake.
    event StakeReleased(uint64 indexed batch, address indexed runner, uint96 amount);

    /// @notice A runner signed two receipts for one place and was slashed.
    /// @param channel Number of the market's channel.
    /// @param model Number in the model registry, from 1.
    /// @param nonce The request's, in the channel and model.
    /// @param runner Who signed both.
    /// @param bountyTo Who proved.
    /// @param taken What was slashed, base units of OPEN; less than the fault costs where the stake covers less.
    /// @param bounty Of `taken`, to `bountyTo`, base units.
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
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0; `WHOLE_BATCH` for a demand of all.
    /// @param runner Whose batch it is.
    /// @param number The case's number, from 1; above it a retrial.
    /// @param payer Whom a strike refunds; zero for nobody, where the channel has not paid as much.
    /// @param fee The receipt's, at most all that the batch settled, base units of OPEN.
    /// @param locked Of the runner's stake, until the case closes, base units; less than it may cost where there is
    /// less.
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
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0.
    /// @param number The case's number, from 1; above it a retrial.
    event CaseCleared(uint64 indexed batch, uint32 indexed index, uint32 number);

    /// @notice A case ended against the receipt: its runner was slashed, its payer refunded.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0; `WHOLE_BATCH` for a demand of all.
    /// @param number The case's number, from 1; above it a retrial.
    /// @param bountyTo Who gets the bounty.
    /// @param taken What was slashed, base units of OPEN; 0 where the batch is void.
    /// @param bounty Of `taken`, to `bountyTo`, base units.
    /// @param refund Of `taken`, to the payer, base units.
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
    /// @param terms What they are.
    event TermsSet(Terms terms);

    /// @notice Demands all that one receipt of a batch stands on, or all receipts. Anyone; costs `depositOf`, pulled from the
    /// caller.
    /// @dev Locks of the runner's stake what the batch's fall would cost. Whoever answers gets the deposit. Silence gives it
    /// back, with the bounty.
    /// @param opening The batch, shown against the market's chain.
    /// @param index `WHOLE_BATCH`, or a place from 0, which may lie behind the batch's receipts: a list that is
    /// withheld has no known count.
    function demand(BatchOpening calldata opening, uint32 index) external;

    /// @notice Voids a batch of which a demanded receipt was not revealed in time. Anyone; deposit and bounty go to the demander.
    /// @param batch Its header.
    /// @param index Place of the receipt in its batch, from 0; `WHOLE_BATCH` for a demand of all.
    function expire(Batch calldata batch, uint32 index) external;

    /// @notice Gives a demander the deposit of a demand back whose batch fell by something else. Anyone.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0; `WHOLE_BATCH` for a demand of all.
    function returnDeposit(uint64 batch, uint32 index) external;

    /// @notice Unlocks the runner's stake when no demand of the batch is open and the time to prove with what they brought is
    /// over. Anyone. A void batch's lock ended with it.
    /// @param batch Its header.
    function release(Batch calldata batch) external;

    /// @notice Takes an answer and pays its deposit. Only the court's own verifier, before the deadline.
    /// @param batch Its header.
    /// @param index Place of the receipt, from 0; not `WHOLE_BATCH`.
    /// @param state `Revealed` or `Absent`.
    /// @param count Receipts of the batch, as its root binds them.
    /// @param answerer Who answered, and is paid.
    function answer(Batch calldata batch, uint32 index, DemandState state, uint64 count, address answerer) external;

    /// @notice Takes the next receipts of a batch that was demanded whole. Only the court's own verifier, before the deadline.
    /// @param batch Its header.
    /// @param first Place of the first of them, from 0: those before were shown; they may have been shown too, but not
    /// all of them.
    /// @param length How many they are.
    /// @param count Receipts of the batch, as its root binds them.
    /// @param answerer Who showed them, and is paid.
    function show(Batch calldata batch, uint64 first, uint64 length, uint64 count, address answerer) external;

    /// @notice Voids a batch by a proof. Only the court's own verifier, while proofs are taken.
    /// @param opening The batch, shown against the market's chain.
    /// @param fault Why it falls.
    /// @param bountyTo Who proved.
    function convict(BatchOpening calldata opening, Fault fault, address bountyTo) external;

    /// @notice Slashes a runner, once for each place, by `minimumSlash`: not by the fees, which a runner writes as it likes and
    /// could burn its delegators' stake with for a bounty. Only the court's own verifier.
    /// @param runner Who signed both.
    /// @param channel Number of the market's channel.
    /// @param model Number in the model registry, from 1.
    /// @param nonce The request's, in the channel and model.
    /// @param bountyTo Who proved.
    function convictRunner(address runner, bytes32 channel, uint64 model, uint64 nonce, address bountyTo) external;

    /// @notice Pays the payers of a void batch their parts, in the order of its entries, at most `entries` of them. Anyone.
    /// @dev An entry's part of the total is by its amount, less what a struck receipt brought its payer before; parts add up to
    /// the total exactly.
    /// @param batch Its header.
    /// @param settlements The packed list that its `settlementsHash` is of.
    /// @param entries The most that are dealt with by this call.
    function refund(Batch calldata batch, bytes calldata settlements, uint32 entries) external;

    /// @notice Opens a case of a receipt and locks what it may cost the runner. Only role COURT.
    /// @param opening The batch, shown against the market's chain.
    /// @param placed The receipt, with the proof of its place in that batch.
    function openCase(BatchOpening calldata opening, PlacedReceipt calldata placed) external;

    /// @notice Closes a case against the receipt: slashes the runner, refunds the payer. Only role COURT.
    /// @dev Of a void batch nothing is slashed: all of it was.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0.
    /// @param bountyTo Who gets the bounty.
    /// @return taken What was slashed, base units of OPEN.
    /// @return bounty Of it, the bounty, base units.
    function strike(uint64 batch, uint32 index, address bountyTo) external returns (uint96 taken, uint96 bounty);

    /// @notice Closes a case without a verdict against the receipt. Only role COURT.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0.
    function clear(uint64 batch, uint32 index) external;

    /// @notice Closes a case that was open for 30 days, as `Cleared`. Anyone.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0.
    function lapse(uint64 batch, uint32 index) external;

    /// @notice Sets the terms of what comes. Governed.
    /// @param terms None zero; a deposit of at most 100 OPEN, a least slash of at most 10,000 OPEN, a bounty of at most
    /// 2,500 basis points, all inclusive.
    function setTerms(Terms calldata terms) external;

    /// @notice Seconds in which a demand is answered.
    /// @return Seconds.
    function revealPeriod() external view returns (uint64);

    /// @notice Seconds after a batch's settlement in which demands and cases open.
    /// @return Seconds.
    function trialPeriod() external view returns (uint64);

    /// @notice Deposit, least slash and bounty of what comes.
    /// @return The terms.
    function terms() external view returns (Terms memory);

    /// @notice What the next demand of a batch costs: of one receipt, or of all (`WHOLE_BATCH`), which is always 16 deposits.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0; `WHOLE_BATCH` for a demand of all.
    /// @return Base units of OPEN.
    function depositOf(uint64 batch, uint32 index) external view returns (uint96);

    /// @notice A demand of a receipt; `None` where it was not demanded.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0; `WHOLE_BATCH` for a demand of all.
    /// @return The demand.
    function demandOf(uint64 batch, uint32 index) external view returns (Demand memory);

    /// @notice Demands of a batch that wait for an answer.
    /// @param batch The batch's number, from 1.
    /// @return How many.
    function openDemandsOf(uint64 batch) external view returns (uint32);

    /// @notice A receipt's first case, which epochs go by.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0.
    /// @return The case; all zeros where there was none.
    function caseOf(uint64 batch, uint32 index) external view returns (Case memory);

    /// @notice The newest case of a receipt; all zeros where there was none.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0.
    /// @return The case.
    function trialOf(uint64 batch, uint32 index) external view returns (Trial memory);

    /// @notice Timestamp at which the batch was voided; 0: it stands.
    /// @param batch The batch's number, from 1.
    /// @return Timestamp.
    function voidedAt(uint64 batch) external view returns (uint64);

    /// @notice What a void batch's payers get and have got.
    /// @param batch The batch's number, from 1.
    /// @return Base units, and entries dealt with; all zeros while the batch stands.
    function refundOf(uint64 batch) external view returns (Refund memory);

    /// @notice Whether two receipts for a place are proven already.
    /// @param channel Number of the market's channel.
    /// @param model Number in the model registry, from 1.
    /// @param nonce The request's, in the channel and model.
    /// @return True where they are.
    function isEquivocation(bytes32 channel, uint64 model, uint64 nonce) external view returns (bool);
}
