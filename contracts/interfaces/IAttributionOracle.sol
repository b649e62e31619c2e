// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BatchOpening} from "./IInferenceMarket.sol";

/// @title IAttributionOracle
/// @notice Owns epochs: closed ranges of batches, the bonded roots of who earned what in them, and the proofs that cancel a
/// false root in one transaction.
/// @dev STATES. `Open` (range fixed) → `Proposed` (bonded root, window runs) → `Final`; a proof takes `Proposed` back to
/// `Open`, forfeits the bond and lets anyone eligible propose again.
///
/// CLOCKS. A proposal can be refuted until the distributor's window has passed; `finalize` works from that second on.
///
/// MONEY. Bonds, until returned on finality or forfeited: half to who proved, half to the treasury. The pay-outs lie in the
/// distributor's stream and are limited by it.
///
/// TRUST. One honest watcher within the window. Every proof is arithmetic over what the proposer itself committed to, or
/// over what a runner signed; none needs a vote.
///
/// CREDITS. A receipt earns somebody something only when its shares are at most 72, ascending by account, each above 0 and
/// 65,536 in all, its model is known and its fee is at most its cumulative amount. An account earns floor(dataFee·share/2¹⁶);
/// only the list's first account, when it is a pool's (at most 2⁶⁴ − 1), earns what the others leave instead.
///
/// NOT DONE. A proof of a missing credit (an oracle must be free to pass over a receipt that is false), a demand for
/// leaves that were not published, a proof that a batch's receipts do not chain. Until then oracles watch what they can read.
///
/// TREES. Credits: `MerkleLib` over `LeafLib.credit`, sorted by (contributor, batch, receiptIndex). Pay-outs: `MerkleLib`
/// over `LeafLib.payout`, sorted by account. Shares: `LeafLib.shares`.
interface IAttributionOracle {
    enum EpochState {
        None,
        Open,
        Proposed,
        Final
    }

    /// @param firstBatch First batch of the range, inclusive. @param lastBatch Last, inclusive.
    /// @param dataAmount Data parts of these batches, base units: what the epoch may hand out.
    struct Epoch {
        uint64 firstBatch;
        uint64 lastBatch;
        uint96 dataAmount;
        EpochState state;
        address proposer;
        uint96 bond;
        uint96 total;
        uint64 finalizableAt;
        bytes32 creditsRoot;
        bytes32 payoutsRoot;
    }

    /// @notice A credit: what one contributor earned by one receipt.
    /// @param running Sum of this contributor's amounts in this list up to and with this one.
    struct Credit {
        address contributor;
        uint64 batch;
        uint32 receiptIndex;
        uint96 amount;
        uint96 running;
    }

    /// @param cumulative All the account ever earned in the stream. @param runningSum Sum over leaves up to and with this one.
    struct Payout {
        address account;
        uint96 cumulative;
        uint128 runningSum;
    }

    /// @notice A leaf with the proof of its place: `index` of `count`.
    struct CreditOpening {
        Credit credit;
        uint64 index;
        uint64 count;
        bytes32[] siblings;
    }

    struct PayoutOpening {
        Payout payout;
        uint64 index;
        uint64 count;
        bytes32[] siblings;
    }

    /// @notice What a sorted pay-out tree says of an account: its leaf, or the neighbours that straddle its place.
    /// @dev Present: `left` is the account's leaf, `hasRight` false. Absent: `left` (unless the place is before the first
    /// leaf) and `right` (unless after the last) are neighbours. In an empty tree neither is given; `emptyRoot` is checked.
    struct PayoutLookup {
        bool present;
        bool hasLeft;
        bool hasRight;
        PayoutOpening left;
        PayoutOpening right;
    }

    /// @notice What a sorted credit list says of a contributor: the last credit and its successor, or the straddle.
    /// @dev Present: `left` is the contributor's last credit; `right` its successor unless it is the list's last.
    struct CreditLookup {
        bool present;
        bool hasLeft;
        bool hasRight;
        CreditOpening left;
        CreditOpening right;
    }

    /// @notice A receipt as the runner signed it (EIP-712), less its signature.
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
    struct Share {
        address account;
        uint32 share;
    }

    /// @notice A receipt of a batch with the proof of its place; its index is the credit's `receiptIndex`.
    struct ReceiptOpening {
        Receipt receipt;
        uint64 count;
        bytes32[] siblings;
    }

    /// @notice What a receipt's `attributionHash` commits to.
    /// @param shares Ascending by account. @param recordsHash Hash of the records' shares. @param methodHash Hash of the
    /// method and its indices.
    struct Attribution {
        Share[] shares;
        bytes32 recordsHash;
        bytes32 methodHash;
    }

    error AttributionOracle_UnknownEpoch(uint64 epoch);
    error AttributionOracle_WrongState(uint64 epoch, EpochState actual, EpochState expected);
    error AttributionOracle_NoNewBatches(uint64 lastBatch);
    error AttributionOracle_EpochUnfinished(uint64 epoch);
    error AttributionOracle_TooEarly(uint64 earliest, uint64 now_);
    error AttributionOracle_ProposerNotActive(address proposer);
    error AttributionOracle_ZeroRoot();
    error AttributionOracle_ZeroBond();
    error AttributionOracle_TotalWithoutPayouts(uint96 total);
    error AttributionOracle_ZeroDataHash();
    error AttributionOracle_TotalExceedsFunds(uint96 total, uint96 maximum);
    error AttributionOracle_TotalDecreased(uint96 total, uint96 previous);
    error AttributionOracle_WindowClosed(uint64 finalizableAt, uint64 now_);
    error AttributionOracle_InvalidOpening(bytes32 root, uint64 index, uint64 count);
    error AttributionOracle_NotNeighbours(uint64 left, uint64 right);
    error AttributionOracle_InvalidLookup(address account);
    error AttributionOracle_AttributionMismatch(bytes32 committed, bytes32 revealed);
    error AttributionOracle_NoFault();

    event EpochOpened(uint64 indexed epoch, uint64 firstBatch, uint64 lastBatch, uint96 dataAmount);
    event EpochProposed(
        uint64 indexed epoch,
        address indexed proposer,
        bytes32 creditsRoot,
        bytes32 payoutsRoot,
        bytes32 dataHash,
        uint96 total,
        uint96 bond,
        uint64 finalizableAt
    );
    /// @param proof Number of the proof, 1 to 6. @param bounty The prover's half of the bond; the treasury has the rest.
    event EpochRefuted(
        uint64 indexed epoch, address indexed proposer, address indexed prover, uint8 proof, uint96 bounty
    );
    event EpochFinalized(uint64 indexed epoch, address indexed proposer, bytes32 payoutsRoot, uint96 total);
    event BondSet(uint96 bond);

    /// @notice Closes the range of all batches since the last epoch and opens an epoch over it. Anyone.
    /// @dev The epoch before must be final; at least `epochPeriod` seconds must lie between openings.
    function openEpoch() external returns (uint64 epoch);

    /// @notice Proposes an open epoch's roots, bonded. Only an active oracle.
    /// @param total New cumulative total of the pay-out tree: at least the previous, at most it + the epoch's `dataAmount`.
    /// @param dataHash SHA-256 of the leaf data in the content store.
    function propose(uint64 epoch, bytes32 creditsRoot, bytes32 payoutsRoot, uint96 total, bytes32 dataHash) external;

    /// @notice Makes a proposed epoch final after its window and returns the bond. Anyone.
    function finalize(uint64 epoch) external;

    /// @notice Proof 1: the first credit, whose running total is not its amount.
    function proveFirstCredit(uint64 epoch, CreditOpening calldata first) external;

    /// @notice Proof 1: two neighbouring credits out of order, duplicated, or whose running totals do not add up.
    function proveCreditNeighbours(uint64 epoch, CreditOpening calldata left, CreditOpening calldata right) external;

    /// @notice Proof 2: a credit for a batch outside the epoch, or for a receipt index beyond the batch's receipts.
    /// @param opening The credit's batch; not read when it lies outside. @param receiptCount Count that the batch's root binds; `top` its tree's top node.
    function proveCreditOutside(
        uint64 epoch,
        CreditOpening calldata credit,
        BatchOpening calldata opening,
        uint64 receiptCount,
        bytes32 top
    ) external;

    /// @notice Proof 2: a credit whose amount is not what the receipt's data fee and share give.
    /// @param opening The credit's batch.
    /// @dev Data fee = floor(cumulative·dataBps/10⁴) − floor((cumulative − fee)·dataBps/10⁴). A contributor earns
    /// floor(dataFee·share/2¹⁶), a pool what these leave: see CREDITS above.
    function proveCreditAmount(
        uint64 epoch,
        CreditOpening calldata credit,
        BatchOpening calldata opening,
        ReceiptOpening calldata receipt,
        Attribution calldata attribution
    ) external;

    /// @notice Proof 4: an account's new cumulative amount is not its previous one plus its last running total.
    function provePayout(
        uint64 epoch,
        address account,
        PayoutLookup calldata newLeaf,
        PayoutLookup calldata previousLeaf,
        CreditLookup calldata credit
    ) external;

    /// @notice Proofs 5 and 6: neighbouring pay-out leaves out of order, or whose running sums do not add up.
    function provePayoutNeighbours(uint64 epoch, PayoutOpening calldata left, PayoutOpening calldata right) external;

    /// @notice Proof 6: the first leaf's running sum is not its amount, or the last leaf's is not the stated total.
    function provePayoutTotal(uint64 epoch, PayoutOpening calldata edge) external;

    /// @notice Sets the bond of proposals to come, not zero. Governed.
    function setBond(uint96 bond) external;

    /// @notice The distributor's stream that epochs pay out.
    function stream() external view returns (uint64);
    function bond() external view returns (uint96);
    function epochPeriod() external view returns (uint64);
    function epochCount() external view returns (uint64);
    function epochOf(uint64 epoch) external view returns (Epoch memory);
}
