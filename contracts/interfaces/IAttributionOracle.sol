// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title IAttributionOracle
/// @notice Owns epochs: closed ranges of batches and the bonded roots of who earned what in them. What is false in a root is
/// proven to `IEpochCourt`; what its proposer withholds is demanded here.
/// @dev STATES. `Open` (range fixed) → `Proposed` (bonded roots, window runs) → `Final`. A proof, a demand that nobody answers
/// and a batch that was voided take `Proposed` back to `Open`: anyone eligible proposes again. One epoch at a time, one
/// proposal at a time; nobody, its proposer included, can replace or withdraw a pending one.
///
/// CLOCKS. `finalize` works from `finalizableAt` on (inclusive): the distributor's window after the proposal, later by at most
/// two `revealPeriod`s where leaves were demanded. A proposal is refutable until `finalize` has been called, however late.
/// Leaves can be demanded until `demandsEnd` (exclusive), where the window ends. A demand is answered before its `deadline`
/// and expires from it on. What is revealed leaves `revealPeriod` seconds for a proof that is built on it.
///
/// AS OF. A proposal reckons with cases and voids as they stood at `asOf`, a past timestamp since the epoch was opened, so that
/// nothing that happens later makes it false. A receipt is credited in exactly one epoch: the first whose `asOf` is not before
/// the end of its case, when it had an open case at its own epoch's `asOf`; else its own. See `IEpochCourt`, BELONGS.
///
/// MONEY. Here lie the pending proposal's bond and the deposits of open demands, nothing else. The bond comes back on finality
/// and when a void ends the proposal; refuted, half goes to who proved or whose demand was not answered, the rest to the
/// treasury: who refutes itself loses that. A demand's deposit, a 500th of the bond, goes to who answers; it comes back when
/// nobody does, or when the proposal ends meanwhile. The pay-outs lie in the distributor's stream and are limited by it.
///
/// TRUST. One honest watcher within the window. Every proof is arithmetic over what the proposer itself committed to, or over
/// what a runner signed; none needs a vote. Nobody has to publish leaves, but who cannot show one that is demanded is slashed:
/// an answer shows, with the leaf, each node beside its way up, so that a watcher that knows the true lists follows those that
/// are not the true ones down to the first false leaf: one demand a level at most.
///
/// LIVENESS. Every demand ends: by an answer, by expiry, or with its proposal. There is no bound on open demands, since a
/// false proposer could fill it with its own; each costs its demander a deposit that pays the answer. Finality can be paused
/// for 7 days at a time; a pause moves no other clock.
///
/// CREDITS. A receipt earns somebody something only when its shares are at most 72, ascending by account, each above 0 and
/// 65,536 in all, its model is known and its fee is at most its cumulative amount. An account earns floor(dataFee·share/2¹⁶);
/// only the list's first account, when it is a pool's (at most 2⁶⁴ − 1), earns what the others leave instead.
///
/// TREES. Credits: `MerkleLib` over `LeafLib.credit`, sorted by (contributor, batch, receiptIndex). Pay-outs: `MerkleLib`
/// over `LeafLib.payout`, sorted by account. Shares: `LeafLib.shares`.
///
/// NOT DONE. What a runner is paid for a receipt that is struck later comes back from its stake, not from here.
interface IAttributionOracle {
    enum EpochState {
        None,
        Open,
        Proposed,
        Final
    }

    /// @notice The two trees of a proposal.
    enum LeafTree {
        Credits,
        Payouts
    }

    enum DemandState {
        None,
        Open,
        Answered,
        Ended
    }

    /// @param firstBatch First batch of the range, inclusive.
    /// @param lastBatch Last, inclusive.
    /// @param dataAmount Data parts of these batches, base units.
    /// @param state `None` for one that was not opened.
    /// @param asOf Of the newest proposal; 0 before the first.
    /// @param openedAt Timestamp of its opening; 0, like all that follows, once a later epoch is opened: the events
    /// tell.
    /// @param proposal Number of the pending or final proposal; 0, like all that follows, while the epoch is open.
    /// @param proposer Who bonded the proposal.
    /// @param bond What the proposer put down, base units of OPEN.
    /// @param total Cumulative total of the pay-out tree, base units.
    /// @param finalizableAt Timestamp from which (inclusive) it may become final.
    /// @param demandsEnd Timestamp until which (exclusive) leaves may be demanded.
    /// @param demandDeposit What a demand costs, base units.
    /// @param openDemands Demands that wait for an answer.
    /// @param creditsRoot Root of the credits.
    /// @param payoutsRoot Root of the pay-outs.
    struct Epoch {
        uint64 firstBatch;
        uint64 lastBatch;
        uint96 dataAmount;
        EpochState state;
        uint64 asOf;
        uint64 openedAt;
        uint64 proposal;
        address proposer;
        uint96 bond;
        uint96 total;
        uint64 finalizableAt;
        uint64 demandsEnd;
        uint96 demandDeposit;
        uint32 openDemands;
        bytes32 creditsRoot;
        bytes32 payoutsRoot;
    }

    /// @notice What a pending proposal is judged by.
    /// @param epoch The epoch's number, from 1.
    /// @param stream The distributor's stream that it pays out.
    /// @param firstBatch First batch of the range, inclusive.
    /// @param lastBatch Last batch of the range, inclusive.
    /// @param asOf Timestamp as of which cases and voids count.
    /// @param previousAsOf Of the epoch before, 0 for the first.
    /// @param total Cumulative total of the pay-out tree, base units.
    /// @param creditsRoot Root of the credits.
    /// @param payoutsRoot Root of the pay-outs.
    /// @param previousPayoutsRoot The newest final root; that of an empty tree before the first.
    struct Review {
        uint64 epoch;
        uint64 stream;
        uint64 firstBatch;
        uint64 lastBatch;
        uint64 asOf;
        uint64 previousAsOf;
        uint96 total;
        bytes32 creditsRoot;
        bytes32 payoutsRoot;
        bytes32 previousPayoutsRoot;
    }

    /// @param demander Who asked.
    /// @param deposit What it cost, base units of OPEN.
    /// @param deadline Timestamp from which (inclusive) the demand can expire and no longer be answered.
    /// @param state `None` where nothing was demanded.
    struct Demand {
        address demander;
        uint96 deposit;
        uint64 deadline;
        DemandState state;
    }

    /// @notice A credit: what one contributor earned by one receipt.
    /// @param contributor Who earned it: an account, or a pool.
    /// @param batch The batch's number, from 1.
    /// @param receiptIndex Place of the receipt in its batch, from 0.
    /// @param amount What the receipt gives, base units.
    /// @param running Sum of this contributor's amounts in this list up to and with this one, base units.
    struct Credit {
        address contributor;
        uint64 batch;
        uint32 receiptIndex;
        uint96 amount;
        uint96 running;
    }

    /// @param account Who earned it: an account, or a pool.
    /// @param cumulative All the account ever earned in the stream, base units.
    /// @param runningSum Sum over leaves up to and with this one, base units.
    struct Payout {
        address account;
        uint96 cumulative;
        uint128 runningSum;
    }

    /// @notice A leaf with the proof of its place: `index` of `count`.
    /// @param credit The leaf.
    /// @param index Its place, from 0; below `count`.
    /// @param count Leaves of the tree.
    /// @param siblings From the leaf's level upwards, one a level.
    struct CreditOpening {
        Credit credit;
        uint64 index;
        uint64 count;
        bytes32[] siblings;
    }

    /// @notice A leaf of pay-outs with the proof of its place: `index` of `count`.
    /// @param payout The leaf.
    /// @param index Its place, from 0; below `count`.
    /// @param count Leaves of the tree.
    /// @param siblings From the leaf's level upwards, one a level.
    struct PayoutOpening {
        Payout payout;
        uint64 index;
        uint64 count;
        bytes32[] siblings;
    }

    /// @notice What a sorted pay-out tree says of an account: its leaf, or the neighbours that straddle its place.
    /// @dev Present: `left` is the account's leaf, `hasRight` false. Absent: `left` (unless the place is before the first
    /// leaf) and `right` (unless after the last) are neighbours. In an empty tree neither is given; `emptyRoot` is checked.
    /// @param present Whether the tree has a leaf of the account.
    /// @param hasLeft Whether `left` is given; not looked at where the leaf is present.
    /// @param hasRight Whether `right` is given; not looked at where the leaf is present.
    /// @param left The account's leaf, or the last one before its place.
    /// @param right The first one behind its place.
    struct PayoutLookup {
        bool present;
        bool hasLeft;
        bool hasRight;
        PayoutOpening left;
        PayoutOpening right;
    }

    /// @notice What a sorted credit list says of a contributor: the last credit and its successor, or the straddle.
    /// @dev Present: `left` is the contributor's last credit; `right` its successor unless it is the list's last.
    /// @param present Whether the list has a credit of the contributor.
    /// @param hasLeft Whether `left` is given.
    /// @param hasRight Whether `right` is given.
    /// @param left The contributor's last credit, or the last one before its place.
    /// @param right The next one.
    struct CreditLookup {
        bool present;
        bool hasLeft;
        bool hasRight;
        CreditOpening left;
        CreditOpening right;
    }

    /// @notice A receipt as the runner signed it (EIP-712), less its signature.
    /// @param channel Number of the market's channel.
    /// @param model Number in the model registry, from 1.
    /// @param nonce The request's, ascending in the channel and model.
    /// @param cumulative What the channel has paid for the model with this answer, base units of OPEN.
    /// @param fee What the answer cost, base units.
    /// @param promptTokens How many were read.
    /// @param outputTokens How many were written.
    /// @param requestHash Hash of the request.
    /// @param programRoot `keccak256` of the program that answered.
    /// @param seed What it drew its tokens with.
    /// @param outputHash Hash of the answer.
    /// @param attributionHash Hash of who earns what of it, see `Attribution`.
    struct Receipt {
        bytes32 channel;
        uint64 model;
        uint64 nonce;
        uint96 cumulative;
        uint96 fee;
        uint32 promptTokens;
        uint32 outputTokens;
        bytes32 requestHash;
        bytes32 programRoot;
        bytes32 seed;
        bytes32 outputHash;
        bytes32 attributionHash;
    }

    /// @notice One account's share of a receipt, of 65,536 in all. A pool's account is its Datanet's number as an address.
    /// @param account Who earns it.
    /// @param share Its part, of 65,536; more than 0.
    struct Share {
        address account;
        uint32 share;
    }

    /// @notice A receipt of a batch with the proof of its place; its index is the credit's `receiptIndex`.
    /// @param receipt The leaf, as it was signed.
    /// @param count Receipts of the batch.
    /// @param siblings From the leaf's level upwards, one a level.
    struct ReceiptOpening {
        Receipt receipt;
        uint64 count;
        bytes32[] siblings;
    }

    /// @notice What a receipt's `attributionHash` commits to.
    /// @param shares Ascending by account.
    /// @param recordsHash Hash of the records' shares.
    /// @param methodHash Hash of the method and its indices.
    struct Attribution {
        Share[] shares;
        bytes32 recordsHash;
        bytes32 methodHash;
    }

    /// @notice No epoch of that number was opened.
    /// @param epoch What was asked for.
    error AttributionOracle_UnknownEpoch(uint64 epoch);

    /// @notice The epoch is not in the state that this takes.
    /// @param epoch The epoch's number, from 1.
    /// @param actual The epoch's.
    /// @param expected What it would have to be.
    error AttributionOracle_WrongState(uint64 epoch, EpochState actual, EpochState expected);

    /// @notice Nothing was settled since the last epoch.
    /// @param lastBatch Number of the newest batch, which the last epoch holds already; 0 when there is none.
    error AttributionOracle_NoNewBatches(uint64 lastBatch);

    /// @notice The next epoch is opened only behind a final one.
    /// @param epoch The newest, which is not final.
    error AttributionOracle_EpochUnfinished(uint64 epoch);

    /// @notice The period, window or deadline that has to pass has not.
    /// @param earliest Timestamp from which (inclusive) it works.
    /// @param now_ The block's timestamp.
    error AttributionOracle_TooEarly(uint64 earliest, uint64 now_);

    /// @notice Only an operator with an active stake as oracle proposes.
    /// @param proposer Who called.
    error AttributionOracle_ProposerNotActive(address proposer);

    /// @notice Neither root may be zero.
    error AttributionOracle_ZeroRoot();

    /// @notice The bond may be neither zero nor above the maximum.
    /// @param bond What was given, base units of OPEN.
    /// @param maximum 100,000 OPEN, inclusive.
    error AttributionOracle_BondOutOfRange(uint96 bond, uint96 maximum);

    /// @notice The hash of the leaf data may not be zero.
    error AttributionOracle_ZeroDataHash();

    /// @notice The timestamp that cases and voids count by lies before the epoch's opening, or not in the past.
    /// @param asOf What was proposed.
    /// @param earliest The epoch's opening, inclusive.
    /// @param now_ The block's timestamp, exclusive.
    error AttributionOracle_AsOfOutOfRange(uint64 asOf, uint64 earliest, uint64 now_);

    /// @notice A pay-out tree without leaves pays nothing.
    /// @param total What was proposed, base units.
    error AttributionOracle_TotalWithoutPayouts(uint96 total);

    /// @notice The total is more than all data parts up to this epoch.
    /// @param total What was proposed, base units.
    /// @param maximum The data parts, base units, inclusive.
    error AttributionOracle_TotalExceedsFunds(uint96 total, uint96 maximum);

    /// @notice The proof does not show its leaf, or its count of leaves, under the root.
    /// @param root What the proof was held against.
    /// @param index Place of the leaf in its tree, from 0.
    /// @param count Leaves of the tree, which its root binds.
    error AttributionOracle_InvalidOpening(bytes32 root, uint64 index, uint64 count);

    /// @notice Only the epoch court refutes and withdraws.
    /// @param caller Who called.
    error AttributionOracle_NotCourt(address caller);

    /// @notice The seconds to answer a demand lie out of bounds.
    /// @param revealPeriod What was given, seconds.
    /// @param minimum 13 hours, on a local chain a second; inclusive.
    /// @param maximum A sixth of the distributor's window, on a local chain all of it, seconds; inclusive.
    error AttributionOracle_RevealPeriodOutOfRange(uint64 revealPeriod, uint64 minimum, uint64 maximum);

    /// @notice A pause of finality would last longer than one may.
    /// @param until The end that was asked for, timestamp.
    /// @param maximum 7 days from now, inclusive.
    error AttributionOracle_PauseTooLong(uint64 until, uint64 maximum);

    /// @notice No proposal becomes final now.
    /// @param until Timestamp from which (inclusive) they do.
    /// @param now_ The block's timestamp.
    error AttributionOracle_FinalityPaused(uint64 until, uint64 now_);

    /// @notice Leaves of the proposal are demanded and not yet shown.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param openDemands How many.
    error AttributionOracle_DemandsOpen(uint64 proposal, uint32 openDemands);

    /// @notice The time to demand leaves of the proposal is over.
    /// @param demandsEnd Timestamp before which (exclusive) it ran.
    /// @param now_ The block's timestamp.
    error AttributionOracle_DemandsClosed(uint64 demandsEnd, uint64 now_);

    /// @notice The proposal is not the pending one.
    /// @param proposal What was named.
    error AttributionOracle_NotPending(uint64 proposal);

    /// @notice A demand's deposit is reclaimed only once its proposal has ended.
    /// @param proposal What is pending.
    error AttributionOracle_StillPending(uint64 proposal);

    /// @notice A leaf is demanded once a proposal.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param tree Credits or pay-outs.
    /// @param index Place of the leaf in its tree, from 0.
    error AttributionOracle_DemandedBefore(uint64 proposal, LeafTree tree, uint64 index);

    /// @notice No open demand asks for this leaf.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param tree Credits or pay-outs.
    /// @param index Place of the leaf in its tree, from 0.
    error AttributionOracle_NotDemanded(uint64 proposal, LeafTree tree, uint64 index);

    /// @notice The demand can no longer be answered.
    /// @param deadline Timestamp before which (exclusive) it could.
    /// @param now_ The block's timestamp.
    error AttributionOracle_DeadlinePassed(uint64 deadline, uint64 now_);

    /// @notice The tree has the leaf: its absence cannot be shown.
    /// @param index What was demanded.
    /// @param count Leaves of the tree, more than `index`.
    error AttributionOracle_LeafExists(uint64 index, uint64 count);

    /// @notice An epoch's range of batches is fixed and their data parts have gone into the stream.
    /// @param epoch The epoch's number, from 1.
    /// @param firstBatch First batch of the range, inclusive.
    /// @param lastBatch Last batch of the range, inclusive.
    /// @param dataAmount Data parts of these batches, base units.
    /// @param dataAmountAfter Data parts of all batches up to the last one, base units.
    /// @param chain The market's chain of batches behind `lastBatch`, pinned.
    event EpochOpened(
        uint64 indexed epoch,
        uint64 firstBatch,
        uint64 lastBatch,
        uint96 dataAmount,
        uint96 dataAmountAfter,
        bytes32 chain
    );

    /// @notice An epoch's roots are bonded and can be refuted from now on.
    /// @param epoch The epoch's number, from 1.
    /// @param proposer Who bonded the proposal.
    /// @param proposal Running number over all epochs, from 1: what demands name.
    /// @param creditsRoot Root of the credits, `MerkleLib` over `LeafLib.credit`; not zero.
    /// @param payoutsRoot Root of the pay-outs, `MerkleLib` over `LeafLib.payout`; not zero.
    /// @param dataHash SHA-256 of the leaf data in the content store.
    /// @param total Cumulative total of the pay-out tree, base units.
    /// @param asOf Timestamp as of which cases and voids count.
    /// @param bond What the proposer put down, base units of OPEN.
    /// @param finalizableAt Timestamp from which (inclusive) it may become final, if no demand puts that off.
    event EpochProposed(
        uint64 indexed epoch,
        address indexed proposer,
        uint64 indexed proposal,
        bytes32 creditsRoot,
        bytes32 payoutsRoot,
        bytes32 dataHash,
        uint96 total,
        uint64 asOf,
        uint96 bond,
        uint64 finalizableAt
    );

    /// @notice A proof, or silence, has cancelled a proposal; its epoch is open again.
    /// @param epoch The epoch's number, from 1.
    /// @param proposer Who bonded the proposal.
    /// @param prover Who proved; for proof 7 whose demand was not answered.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param proof Number of the proof, 1 to 7.
    /// @param bounty The prover's half of the bond, base units, rounded down; the treasury has the rest.
    event EpochRefuted(
        uint64 indexed epoch,
        address indexed proposer,
        address indexed prover,
        uint64 proposal,
        uint8 proof,
        uint96 bounty
    );

    /// @notice A batch that the proposal credits was voided after its `asOf`; the bond went back.
    /// @param epoch The epoch's number, from 1.
    /// @param proposer Who bonded the proposal.
    /// @param batch The batch that was voided.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param bond What went back to the proposer, base units.
    event EpochWithdrawn(
        uint64 indexed epoch, address indexed proposer, uint64 indexed batch, uint64 proposal, uint96 bond
    );

    /// @notice A proposal is final: what its pay-out root says can be claimed.
    /// @param epoch The epoch's number, from 1.
    /// @param proposer Who bonded the proposal.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param payoutsRoot Root of the pay-outs, `MerkleLib` over `LeafLib.payout`; not zero.
    /// @param total Cumulative total of the pay-out tree, base units.
    event EpochFinalized(
        uint64 indexed epoch, address indexed proposer, uint64 indexed proposal, bytes32 payoutsRoot, uint96 total
    );

    /// @notice A leaf of a proposal is demanded, against a deposit.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param tree Credits or pay-outs.
    /// @param index Place of the leaf in its tree, from 0.
    /// @param demander Who asked.
    /// @param deposit What it costs, base units, held until the demand ends.
    /// @param deadline Timestamp from which (inclusive) it expires and is no longer answered.
    /// @param openDemandsAfter Demands of the proposal that wait for an answer, with this one.
    event LeafDemanded(
        uint64 indexed proposal,
        LeafTree indexed tree,
        uint64 indexed index,
        address demander,
        uint96 deposit,
        uint64 deadline,
        uint32 openDemandsAfter
    );

    /// @notice A demanded credit was shown, with its whole opening, so that a proof can be built on the event alone.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param index Place of the leaf in its tree, from 0.
    /// @param opening The credit, its place, and all nodes beside its way up.
    event CreditRevealed(uint64 indexed proposal, uint64 indexed index, CreditOpening opening);

    /// @notice A demanded pay-out was shown, with all nodes beside its way up.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param index Place of the leaf in its tree, from 0.
    /// @param opening The pay-out, its place, and all nodes beside its way up.
    event PayoutRevealed(uint64 indexed proposal, uint64 indexed index, PayoutOpening opening);

    /// @notice A demanded leaf does not exist: the tree has only `count` leaves.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param tree Credits or pay-outs.
    /// @param index Place of the leaf in its tree, from 0.
    /// @param count Leaves of the tree, at most `index`.
    /// @param top The node over all leaves.
    event AbsenceRevealed(
        uint64 indexed proposal, LeafTree indexed tree, uint64 indexed index, uint64 count, bytes32 top
    );

    /// @notice A demand is answered; its deposit went to the revealer.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param tree Credits or pay-outs.
    /// @param index Place of the leaf in its tree, from 0.
    /// @param revealer Who answered.
    /// @param deposit What the revealer got, base units.
    /// @param finalizableAtAfter Timestamp from which (inclusive) the proposal may become final.
    /// @param openDemandsAfter Demands of the proposal that still wait for an answer.
    event DemandAnswered(
        uint64 indexed proposal,
        LeafTree indexed tree,
        uint64 indexed index,
        address revealer,
        uint96 deposit,
        uint64 finalizableAtAfter,
        uint32 openDemandsAfter
    );

    /// @notice The deposit of a demand that nobody answered went back.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param tree Credits or pay-outs.
    /// @param index Place of the leaf in its tree, from 0.
    /// @param to The demander.
    /// @param deposit Base units.
    event DepositReturned(
        uint64 indexed proposal, LeafTree indexed tree, uint64 indexed index, address to, uint96 deposit
    );

    /// @notice Proposals from now on are bonded with this many base units of OPEN.
    /// @param bond Base units of OPEN, more than 0.
    event BondSet(uint96 bond);

    /// @notice No proposal becomes final before `until`.
    /// @param until Timestamp, exclusive; one that has passed lifts the pause.
    event FinalityPaused(uint64 until);

    /// @notice Closes the range of all batches since the last epoch and opens an epoch over it. Anyone.
    /// @dev Moves the range's data parts into the stream and pins the market's chain of batches. The epoch before must be final;
    /// at least `epochPeriod` seconds must lie between openings.
    /// @return epoch Its number, from 1.
    function openEpoch() external returns (uint64 epoch);

    /// @notice Proposes an open epoch's roots, bonded. Only an active oracle.
    /// @dev Reverts, in this order: unknown epoch, not open, proposer, roots, hash, `asOf`, total.
    /// Warning: the bond is lost with any false leaf, and with any leaf that is demanded and not revealed.
    /// @param epoch The epoch's number, from 1.
    /// @param creditsRoot Root of the credits, `MerkleLib` over `LeafLib.credit`; not zero.
    /// @param payoutsRoot Root of the pay-outs, `MerkleLib` over `LeafLib.payout`; not zero.
    /// @param total New cumulative total of the pay-out tree, base units: at least the previous, at most all data parts
    /// up to this epoch, both inclusive.
    /// @param dataHash SHA-256 of the leaf data in the content store; not zero.
    /// @param asOf Timestamp as of which cases and voids count: since the epoch was opened (inclusive), before now
    /// (exclusive).
    function propose(
        uint64 epoch,
        bytes32 creditsRoot,
        bytes32 payoutsRoot,
        uint96 total,
        bytes32 dataHash,
        uint64 asOf
    ) external;

    /// @notice Makes a proposed epoch final after its window and returns the bond. Anyone.
    /// @dev Reverts while the window, a pause or a demand is open.
    /// @param epoch The epoch's number, from 1.
    function finalize(uint64 epoch) external;

    /// @notice Demands a leaf of a pending proposal, for a deposit of `Epoch.demandDeposit`, pulled from the caller. Anyone.
    /// @dev Each leaf once a proposal. Works until `demandsEnd` (exclusive).
    /// Warning: the deposit is lost to whoever answers.
    /// @param proposal Its number, so that a demand never meets another proposal than the one it was meant for.
    /// @param tree Credits or pay-outs.
    /// @param index Place of the leaf, from 0; one that the tree does not have may be demanded too.
    function demandLeaf(uint64 proposal, LeafTree tree, uint64 index) external;

    /// @notice Answers a demand of a credit. Anyone; the deposit goes to the caller.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param opening The credit that was demanded, its place, and all nodes beside its way up.
    function revealCredit(uint64 proposal, CreditOpening calldata opening) external;

    /// @notice Answers a demand of a pay-out. Anyone; the deposit goes to the caller.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param opening The pay-out that was demanded, its place, and all nodes beside its way up.
    function revealPayout(uint64 proposal, PayoutOpening calldata opening) external;

    /// @notice Answers a demand of a leaf that the tree does not have. Anyone; the deposit goes to the caller.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param tree Credits or pay-outs.
    /// @param index Place of the leaf in its tree, from 0.
    /// @param count Leaves of the tree, which its root binds; at most `index`, inclusive.
    /// @param top The node over all leaves.
    function revealAbsence(uint64 proposal, LeafTree tree, uint64 index, uint64 count, bytes32 top) external;

    /// @notice Proof 7: cancels a proposal of which a leaf was not revealed within its time. Anyone; bounty and deposit go to
    /// the demander.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param tree Credits or pay-outs.
    /// @param index Place of the leaf in its tree, from 0.
    function expireDemand(uint64 proposal, LeafTree tree, uint64 index) external;

    /// @notice Returns the deposit of an unanswered demand whose proposal has ended otherwise. Anyone; it goes to the demander.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param tree Credits or pay-outs.
    /// @param index Place of the leaf in its tree, from 0.
    function reclaimDeposit(uint64 proposal, LeafTree tree, uint64 index) external;

    /// @notice Cancels the pending proposal of an epoch and pays the prover half of its bond. Only the court.
    /// @param epoch The epoch's number, from 1.
    /// @param proof Number of the proof, 1 to 6.
    /// @param prover Who gets half of the bond, rounded down.
    function refute(uint64 epoch, uint8 proof, address prover) external;

    /// @notice Cancels the pending proposal of an epoch that credits a voided batch and returns the bond. Only the court.
    /// @param epoch The epoch's number, from 1.
    /// @param batch The batch that was voided.
    function withdraw(uint64 epoch, uint64 batch) external;

    /// @notice Sets the bond of proposals to come, not zero, at most 100,000 OPEN. Governed.
    /// @param bond Base units of OPEN, more than 0, at most 100,000e18.
    function setBond(uint96 bond) external;

    /// @notice Refuses finality until a timestamp (exclusive), at most 7 days ahead; one that has passed lifts the pause.
    /// Governed.
    /// @param until Timestamp, exclusive; at most 7 days ahead, inclusive.
    function pauseFinality(uint64 until) external;

    /// @notice The distributor's stream that epochs pay out.
    /// @return The stream's number, from 1.
    function stream() external view returns (uint64);

    /// @notice Bond of proposals to come, base units of OPEN.
    /// @return Base units, more than 0.
    function bond() external view returns (uint96);

    /// @notice Least seconds between two openings of epochs.
    /// @return Seconds.
    function epochPeriod() external view returns (uint64);

    /// @notice Seconds in which a demand is answered, and that a proof on what was revealed has at least.
    /// @return Seconds.
    function revealPeriod() external view returns (uint64);

    /// @notice Epochs opened so far; the newest has this number, the first is 1.
    /// @return How many there are.
    function epochCount() external view returns (uint64);

    /// @notice Proposals of all epochs so far; the newest has this number, the first is 1.
    /// @return How many there are.
    function proposalCount() external view returns (uint64);

    /// @notice First second in which proposals become final again; in the past when they do.
    /// @return Timestamp.
    function finalityPausedUntil() external view returns (uint64);

    /// @notice An epoch's range, state and newest proposal; all zeros for one that was not opened.
    /// @param epoch The epoch's number, from 1.
    /// @return The epoch; what changes with each proposal is kept of the newest epoch alone.
    function epochOf(uint64 epoch) external view returns (Epoch memory);

    /// @notice A demand of a leaf; `None` where it was not demanded in that proposal.
    /// @param proposal The proposal's number, from 1 over all epochs.
    /// @param tree Credits or pay-outs.
    /// @param index Place of the leaf in its tree, from 0.
    /// @return The demand.
    function demandOf(uint64 proposal, LeafTree tree, uint64 index) external view returns (Demand memory);

    /// @notice What the pending proposal of an epoch is judged by. Reverts when none is pending.
    /// @param epoch The epoch's number, from 1.
    /// @return The proposal with what it is held against.
    function reviewOf(uint64 epoch) external view returns (Review memory);

    /// @notice An epoch's range, both inclusive, and the `asOf` of its newest proposal. Reverts for an unknown epoch.
    /// @param epoch The epoch's number, from 1.
    /// @return firstBatch First batch, inclusive.
    /// @return lastBatch Last batch, inclusive.
    /// @return asOf Timestamp; 0 before the first proposal.
    function rangeOf(uint64 epoch) external view returns (uint64 firstBatch, uint64 lastBatch, uint64 asOf);
}
