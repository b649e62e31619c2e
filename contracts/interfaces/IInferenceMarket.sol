// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice A batch's header: all that the chain commits to of a settlement. The market stores only the chain of their hashes.
/// @param number Running number, from 1.
/// @param runner Who settled it.
/// @param settledAt Timestamp of the block that settled it.
/// @param amount All that it settled, base units of OPEN.
/// @param dataAmount Of it, the data parts, base units.
/// @param receiptsRoot Root of its receipts, `MerkleLib` over `LeafLib.receipt`, ordered by (channel, model, nonce).
/// @param settlementsHash `keccak256` of `(bytes32 channel ‖ uint64 model ‖ uint96 before ‖ uint96 after)*`: one entry
/// of 64 bytes for each (channel, model) that it moved, models strictly ascending and channels strictly ascending
/// within a model. `before` and `after` are the channel's claimed amounts for that model.
struct Batch {
    uint64 number;
    address runner;
    uint64 settledAt;
    uint96 amount;
    uint96 dataAmount;
    bytes32 receiptsRoot;
    bytes32 settlementsHash;
}

/// @notice A batch's header with the way from it to a pinned number of the chain.
/// @param batch The header.
/// @param chainBefore The chain before the batch, 0 for the first.
/// @param later Header hashes of the batches behind it up to and with the pinned one, at most 64; none when it is
/// itself pinned.
struct BatchOpening {
    Batch batch;
    bytes32 chainBefore;
    bytes32[] later;
}

/// @title IInferenceMarket
/// @notice Owns payers' money: free balances, channels to runners, vouchers, settlement in batches and exact splits.
/// @dev STATES. A channel is unknown until it is opened and then open for ever; its money goes in (`openChannel`, `topUp`,
/// `allocate`), to the runner's batch (`settle`), or back (`thaw` then `withdrawThawed`; `release` at once, if the runner
/// agrees). A signer is unknown, authorised, thawing, or revoked; it may be authorised again from any of these. A batch is
/// settled, for ever; its header is shown against the chain once its number or a later one is pinned.
///
/// CLOCKS. What a payer takes out of a channel thaws for `thawPeriod` seconds, in which the runner may still settle. From
/// `thawEnd` on (inclusive) it is the payer's, withdrawn or not; a signer's vouchers count up to its end (exclusive). Thaws run
/// in working time, which stands still while settlement is paused: `thawEnd` in views, events and errors is the timestamp at
/// which that clock will be there unless another pause is ordered. A voucher, an allocation, an order and a release are good
/// up to their deadline (inclusive), paused or not. A pause ends by itself: its `until` is the first second of working.
/// Upgrades end at `upgradesFrozenAt`. A runner's stake is looked at when it settles and was not looked at within
/// `stakeCheckPeriod`: deployed so that what is active at a look still answers for the last batch until that batch's trial ends.
///
/// MONEY. The balance covers free balances + (channel balance − claimed) over channels + all dues: governed (protocol and
/// security), stakers', models', runners', and the data dues, which are `cumulativeData` less what `collectData` moved. Only
/// what was received is credited. Nothing leaves but by its owner (`withdraw`) or to fixed destinations (`collect…`).
///
/// TRUST. A runner can never take more than the payer or its signers signed last, nor more than the channel holds. Governance
/// sets the split within bounds, the two destinations and, until they freeze, upgrades; the brake can pause settlement for
/// 7 days at a time and exits for 72 hours. Nobody can take from a balance or from an approval: tokens are pulled only from
/// the caller, or by an authorisation (ERC-3009) that names this contract. The model registry is believed about a model's
/// existence, owner, upstream models and revenue, the latter within bounds.
///
/// LIVENESS. Settling calls the model registry once a week for each model, and staking once a day for each runner; nobody else.
/// No list that others can grow is walked: a settlement's length is its sender's choice, a model has at most 8 upstream models.
///
/// ROUNDING. Each part is floored once per model and batch, the data part once per row; the runner's part is the remainder.
/// Protocol and security are settled as one governed part, floored once. It is divided among the two, and a model's due among
/// owner and upstream models, without rounding: a rest that the shares do not divide (less than governedBps, or 10⁴, base
/// units) waits for the next division. So no part depends on how often something is collected.
///
/// NOT DONE. A pause does not lengthen deadlines: a runner should take no voucher that ends within a pause's length. A batch
/// that the court voids is made good from stakes, not by turning its settlement back.
///
/// SETTLEMENT. `rows` is packed, big-endian: groups, one per model, models strictly ascending. A group is
/// `uint64 model ‖ uint16 rowCount`, then its rows of 168 bytes, their channels' numbers strictly ascending:
/// `address payer ‖ uint96 salt ‖ uint64 nonce ‖ uint96 cumulative ‖ uint96 cumulativeCap ‖ bytes32 requestHash ‖
/// uint64 deadline ‖ bytes32 r ‖ bytes32 vs` (EIP-2098). The channel is the one of (payer, runner, salt); one that was never
/// opened holds nothing. `cumulative` is what the runner takes, at most the signed `cumulativeCap`. At least one group, at
/// least one row a group, no byte left over.
///
/// RECORD. What a batch moved stands in `BatchSettled`, packed, big-endian. `settlements` is the preimage of the header's
/// `settlementsHash`: 64 bytes for each (channel, model) that moved. `details` has for each model of these, in the same order:
/// 20 bytes for each of its channels, `uint64 nonce ‖ uint96 claimedAfter` (of the channel, over all models), then 60 bytes, its
/// split: `uint96 governed ‖ uint96 stakers ‖ uint96 model ‖ uint96 data ‖ uint96 runner`. The model's amount is their sum.
///
/// SPLIT of a model's settled amount d with rows i: data = Σ_i (floor(after_i·dataBps/10⁴) − floor(before_i·dataBps/10⁴)),
/// where before and after are the channel's claimed amounts for that model, so that the data fee of each receipt follows
/// from its own `cumulative` and `fee` and leaves no dust. Of the rest r = d − data:
/// governed, stakers and model = floor(r·bps/(10⁴ − dataBps)) each, governedBps being protocolBps + securityBps; the runner
/// takes what is left. `dataBps` and `modelBps` are in force at the batch's `settledAt`.
interface IInferenceMarket {
    /// @notice The governed parts of a fee, in basis points of the fee; together at most 2,000, inclusive.
    /// @param protocolBps The protocol's part.
    /// @param securityBps The security part.
    /// @param stakersBps The stakers' part.
    struct SplitConfig {
        uint16 protocolBps;
        uint16 securityBps;
        uint16 stakersBps;
    }

    /// @param payer Who pays; zero for a channel that was never opened.
    /// @param balance All that was put into the channel and has not been taken back, base units of OPEN.
    /// @param runner Who is paid.
    /// @param claimed Of it, what the runner settled, over all models, base units.
    /// @param thawing What the payer has announced to take back, base units.
    /// @param thawEnd Timestamp from which (inclusive) it may be taken; 0 when nothing thaws.
    /// @param salt Tells channels of one payer and runner apart.
    struct Channel {
        address payer;
        uint96 balance;
        address runner;
        uint96 claimed;
        uint96 thawing;
        uint64 thawEnd;
        uint96 salt;
    }

    /// @notice What a payer signs so that somebody else may put its free money into its channels.
    /// @param payer Whose money it is, and who signs.
    /// @param operator Who may.
    /// @param runner Whose channels; 0: any active runner's.
    /// @param maxAmount The most that may be moved in all, base units, inclusive.
    /// @param maxCount The most often that something may be moved, inclusive.
    /// @param expiry Last timestamp (inclusive) at which it may be used.
    /// @param nonce Tells allocations apart that are equal otherwise.
    struct Allocation {
        address payer;
        address operator;
        address runner;
        uint96 maxAmount;
        uint32 maxCount;
        uint64 expiry;
        uint256 nonce;
    }

    /// @param amount Moved so far, base units.
    /// @param count How often.
    /// @param isRevoked Whether its payer has ended it.
    struct AllocationUse {
        uint96 amount;
        uint32 count;
        bool isRevoked;
    }

    /// @notice What a runner signs so that somebody else may settle for it.
    /// @param runner Who signs, and for whom it is settled.
    /// @param rowsHash `keccak256` of the rows.
    /// @param receiptsRoot As in `settle`.
    /// @param dataHash As in `settle`.
    /// @param settlementsHash As in the batch's header, so that the batch moves just what its receipts chain over:
    /// without it, orders carried out of order would leave a batch whose receipts start below what it moved.
    /// @param expectedConfig The split configuration's `configCode` that the runner reckoned with.
    /// @param deadline Last timestamp (inclusive) at which it may be carried out.
    struct SettleFor {
        address runner;
        bytes32 rowsHash;
        bytes32 receiptsRoot;
        bytes32 dataHash;
        bytes32 settlementsHash;
        uint32 expectedConfig;
        uint64 deadline;
    }

    /// @notice What a runner signs so that a payer has unclaimed money back at once.
    /// @param channel Of the payer, whose runner signs.
    /// @param amount The most that is released, base units.
    /// @param nonce Tells releases apart that are equal otherwise.
    /// @param deadline Last timestamp (inclusive) at which it may be used; used once.
    struct Release {
        bytes32 channel;
        uint96 amount;
        uint256 nonce;
        uint64 deadline;
    }

    /// @notice Nothing would move.
    error InferenceMarket_ZeroAmount();

    /// @notice The zero address is no payer, receiver, signer or destination.
    error InferenceMarket_ZeroAddress();

    /// @notice The payer's free balance does not cover the amount.
    /// @param payer Whose money it is.
    /// @param amount What was asked for, base units.
    /// @param free What there is, base units, inclusive.
    error InferenceMarket_InsufficientFree(address payer, uint96 amount, uint96 free);

    /// @notice The channel is open already: it is topped up instead.
    /// @param channel Number of the channel, see `channelId`.
    error InferenceMarket_ChannelExists(bytes32 channel);

    /// @notice The channel was never opened.
    /// @param channel What was named.
    error InferenceMarket_UnknownChannel(bytes32 channel);

    /// @notice Only the channel's payer calls this.
    /// @param channel Number of the channel, see `channelId`.
    /// @param caller Who called.
    /// @param payer Whose money it is.
    error InferenceMarket_NotPayer(bytes32 channel, address caller, address payer);

    /// @notice Only the channel's runner calls this.
    /// @param channel Number of the channel, see `channelId`.
    /// @param caller Who called.
    /// @param runner Whose channel it is.
    error InferenceMarket_NotRunner(bytes32 channel, address caller, address runner);

    /// @notice The runner has no active stake.
    /// @param runner The runner.
    error InferenceMarket_RunnerNotActive(address runner);

    /// @notice Less is neither claimed nor thawing than the payer would take out.
    /// @param amount What was asked for, base units.
    /// @param available What there is, base units, inclusive.
    error InferenceMarket_ThawExceedsBalance(uint96 amount, uint96 available);

    /// @notice What thaws may still be settled.
    /// @param thawEnd Timestamp from which (inclusive) it is over, unless another pause is ordered.
    /// @param now_ The block's timestamp.
    error InferenceMarket_StillThawing(uint64 thawEnd, uint64 now_);

    /// @notice The payer has announced to take nothing out of the channel.
    /// @param channel Number of the channel, see `channelId`.
    error InferenceMarket_NothingThawing(bytes32 channel);

    /// @notice The account is not authorised, or its thaw is over.
    /// @param payer Whose money it is.
    /// @param signer Who signs in the payer's name.
    error InferenceMarket_NotASigner(address payer, address signer);

    /// @notice The signature is not that account's, or not over this.
    /// @param signer Whose it ought to be.
    error InferenceMarket_InvalidSignature(address signer);

    /// @notice What was signed came after its deadline.
    /// @param deadline Last second in which it could be used (inclusive).
    /// @param now_ The block's timestamp.
    error InferenceMarket_SignatureExpired(uint64 deadline, uint64 now_);

    /// @notice The release has served before.
    /// @param digest What was signed, EIP-712.
    error InferenceMarket_SignatureUsed(bytes32 digest);

    /// @notice Only its payer ends an allocation.
    /// @param caller Who called.
    /// @param signer The payer.
    error InferenceMarket_NotTheSigner(address caller, address signer);

    /// @notice Only the operator that an allocation names uses it.
    /// @param caller Who called.
    /// @param operator Whom it names.
    error InferenceMarket_NotOperator(address caller, address operator);

    /// @notice The allocation is for another runner's channels.
    /// @param runner What was asked for.
    /// @param allowed Whom it names.
    error InferenceMarket_WrongRunner(address runner, address allowed);

    /// @notice More would be moved than the allocation allows in all.
    /// @param amount What it would be, base units.
    /// @param maxAmount What it allows, base units, inclusive.
    error InferenceMarket_AllocationExceeded(uint256 amount, uint96 maxAmount);

    /// @notice The allocation has been used as often as it may.
    /// @param maxCount How often that is.
    error InferenceMarket_AllocationUsedUp(uint32 maxCount);

    /// @notice The allocation is revoked.
    /// @param allocation Digest of the allocation, EIP-712.
    error InferenceMarket_AllocationRevoked(bytes32 allocation);

    /// @notice The runner would give back more than it is due.
    /// @param amount What was asked for, base units.
    /// @param due What it is due, base units, inclusive.
    error InferenceMarket_DueExceeded(uint96 amount, uint96 due);

    /// @notice Settlements are split by another configuration than the runner reckoned with.
    /// @param expected The `configCode` that it named.
    /// @param actual The one in force.
    error InferenceMarket_ConfigChanged(uint32 expected, uint32 actual);

    /// @notice The batch would settle another amount than the runner reckoned with.
    /// @param expected What it named, base units.
    /// @param actual What it would be, base units.
    error InferenceMarket_AmountChanged(uint256 expected, uint256 actual);

    /// @notice The rows are not those that the runner signed.
    /// @param expected Hash that it signed.
    /// @param actual Hash of what was brought.
    error InferenceMarket_RowsChanged(bytes32 expected, bytes32 actual);

    /// @notice The batch would move something else than the runner signed.
    /// @param expected `settlementsHash` that it signed.
    /// @param actual The one that it would be.
    error InferenceMarket_SettlementsChanged(bytes32 expected, bytes32 actual);

    /// @notice The packed rows are not whole groups of one row at least.
    /// @param offset Byte at which the group starts that is not whole, from 0.
    error InferenceMarket_MalformedRows(uint256 offset);

    /// @notice Groups stand strictly ascending by model, from 1.
    /// @param previous Model of the group before, 0 for the first.
    /// @param model Model of this one.
    error InferenceMarket_ModelsNotAscending(uint64 previous, uint64 model);

    /// @notice Rows of a group stand strictly ascending by channel.
    /// @param previous Channel of the row before.
    /// @param channel Channel of this one.
    error InferenceMarket_ChannelsNotAscending(bytes32 previous, bytes32 channel);

    /// @notice The voucher's signer is neither the payer nor a signer of the payer's.
    /// @param channel Number of the channel, see `channelId`.
    /// @param recovered Whose signature it is; zero for a malformed one.
    /// @param payer Whom the row names.
    error InferenceMarket_WrongSigner(bytes32 channel, address recovered, address payer);

    /// @notice The voucher came after its deadline.
    /// @param channel Number of the channel, see `channelId`.
    /// @param deadline Last second in which it settled (inclusive).
    /// @param now_ The block's timestamp.
    error InferenceMarket_VoucherExpired(bytes32 channel, uint64 deadline, uint64 now_);

    /// @notice The runner would take more than the voucher allows.
    /// @param channel Number of the channel, see `channelId`.
    /// @param cumulative What it would take, base units, over the model's life in the channel.
    /// @param cumulativeCap What the voucher allows, base units, inclusive.
    error InferenceMarket_AmountAboveCap(bytes32 channel, uint96 cumulative, uint96 cumulativeCap);

    /// @notice The channel does not hold what would be claimed of it.
    /// @param channel Number of the channel, see `channelId`.
    /// @param claimed What that would be, base units, over all models.
    /// @param available What it holds, less what has thawed, base units, inclusive.
    error InferenceMarket_ChannelExhausted(bytes32 channel, uint256 claimed, uint96 available);

    /// @notice A sum does not fit 96 bits.
    /// @param amount What does not fit, base units; of two sums that are checked at once their bits together.
    error InferenceMarket_AmountTooLarge(uint256 amount);

    /// @notice The model registry named larger shares than splits allow.
    /// @param model Number in the model registry, from 1.
    /// @param sumBps Model's and data part together, basis points.
    /// @param maximumBps 7,000, inclusive.
    error InferenceMarket_RevenueTooLarge(uint64 model, uint256 sumBps, uint256 maximumBps);

    /// @notice The root of a batch's receipts may not be zero.
    error InferenceMarket_ZeroReceiptsRoot();

    /// @notice The hash of a batch's file may not be zero.
    error InferenceMarket_ZeroDataHash();

    /// @notice The governed parts together are larger than they may be.
    /// @param sumBps What they would be, basis points.
    /// @param maximumBps 2,000, inclusive.
    error InferenceMarket_SplitTooLarge(uint256 sumBps, uint256 maximumBps);

    /// @notice Nothing is due that could be paid out.
    error InferenceMarket_NothingDue();

    /// @notice A part of the market's code was called itself.
    error InferenceMarket_NotTheMarket();

    /// @notice The stream that the oracle names is not the oracle's.
    /// @param stream The stream's number.
    /// @param allocator Whose it is.
    error InferenceMarket_ForeignStream(uint64 stream, address allocator);

    /// @notice The opening does not lead from its header to a pinned number of the chain.
    /// @param number The batch's number, as its header says.
    error InferenceMarket_InvalidBatchOpening(uint64 number);

    /// @notice A pause ends in the future, and not too far ahead.
    /// @param until The end that was asked for, timestamp.
    /// @param now_ The block's timestamp, exclusive.
    /// @param maximum 7 days from now, for exits 72 hours; inclusive.
    error InferenceMarket_PauseOutOfRange(uint64 until, uint64 now_, uint64 maximum);

    /// @notice Nothing is settled now.
    /// @param until Timestamp from which (inclusive) settlement works.
    error InferenceMarket_SettlementPaused(uint64 until);

    /// @notice Nothing is withdrawn or collected now.
    /// @param until Timestamp from which (inclusive) exits work.
    error InferenceMarket_ExitsPaused(uint64 until);

    /// @notice The code can no longer be upgraded.
    /// @param frozenAt Timestamp from which (inclusive) it cannot.
    /// @param now_ The block's timestamp.
    error InferenceMarket_UpgradesFrozen(uint64 frozenAt, uint64 now_);

    /// @notice Money came in, credited to a payer.
    /// @param payer Whose free balance grew.
    /// @param from Who paid.
    /// @param amount What arrived, at most what was asked for, base units of OPEN.
    /// @param freeAfter The payer's free balance, base units of OPEN.
    event Deposited(address indexed payer, address indexed from, uint96 amount, uint96 freeAfter);

    /// @notice Free money of a payer left.
    /// @param payer Whose money it is.
    /// @param to Who was paid.
    /// @param amount Base units of OPEN, more than 0.
    /// @param freeAfter The payer's free balance, base units of OPEN.
    event Withdrawn(address indexed payer, address indexed to, uint96 amount, uint96 freeAfter);

    /// @notice A channel was opened, funded from its payer's free balance.
    /// @param channel Number of the channel, see `channelId`.
    /// @param payer Whose money it is.
    /// @param runner The runner.
    /// @param salt Tells channels of one payer and runner apart.
    /// @param amount What it was opened with, base units of OPEN, more than 0.
    /// @param freeAfter The payer's free balance, base units of OPEN.
    event ChannelOpened(
        bytes32 indexed channel,
        address indexed payer,
        address indexed runner,
        uint96 salt,
        uint96 amount,
        uint96 freeAfter
    );

    /// @notice A channel got more of its payer's free balance.
    /// @param channel Number of the channel, see `channelId`.
    /// @param amount Base units of OPEN, more than 0.
    /// @param balanceAfter What the channel holds, claimed money included, base units.
    /// @param freeAfter The payer's free balance, base units of OPEN.
    event ChannelToppedUp(bytes32 indexed channel, uint96 amount, uint96 balanceAfter, uint96 freeAfter);

    /// @notice A payer takes money out of a channel; it may be settled before `thawEnd`.
    /// @param channel Number of the channel, see `channelId`.
    /// @param amount What it adds to what thaws, base units, more than 0.
    /// @param thawingAfter All that thaws, base units.
    /// @param thawEnd Timestamp from which (inclusive) it is the payer's, unless another pause is ordered.
    event ChannelThawStarted(bytes32 indexed channel, uint96 amount, uint96 thawingAfter, uint64 thawEnd);

    /// @notice What thawed and was not settled meanwhile is free again.
    /// @param channel Number of the channel, see `channelId`.
    /// @param amount Base units of OPEN; 0 where all of it was settled.
    /// @param balanceAfter What the channel holds, claimed money included, base units.
    /// @param freeAfter The payer's free balance, base units of OPEN.
    event ChannelThawWithdrawn(bytes32 indexed channel, uint96 amount, uint96 balanceAfter, uint96 freeAfter);

    /// @notice A runner has let unclaimed money go back at once.
    /// @param channel Number of the channel, see `channelId`.
    /// @param amount Base units of OPEN, more than 0.
    /// @param thawingAfter What still thaws, base units: money released counts as thawed first.
    /// @param balanceAfter What the channel holds, claimed money included, base units.
    /// @param freeAfter The payer's free balance, base units of OPEN.
    event ChannelReleased(
        bytes32 indexed channel, uint96 amount, uint96 thawingAfter, uint96 balanceAfter, uint96 freeAfter
    );

    /// @notice A runner gave back to a channel's payer out of its own dues.
    /// @param channel Number of the channel, see `channelId`.
    /// @param runner The runner.
    /// @param amount Base units of OPEN, more than 0.
    /// @param runnerDueAfter What the runner is due, base units.
    /// @param freeAfter The payer's free balance, base units of OPEN.
    event Refunded(
        bytes32 indexed channel, address indexed runner, uint96 amount, uint96 runnerDueAfter, uint96 freeAfter
    );

    /// @notice A signer's vouchers bind its payer from now on.
    /// @param payer Whose money it is.
    /// @param signer Who may sign; not zero.
    event SignerAuthorized(address indexed payer, address indexed signer);

    /// @notice A payer has begun to revoke a signer.
    /// @param payer Whose money it is.
    /// @param signer Who signs in the payer's name.
    /// @param thawEnd Timestamp from which (inclusive) its vouchers no longer count, unless another pause is ordered.
    event SignerThawStarted(address indexed payer, address indexed signer, uint64 thawEnd);

    /// @notice Free money of a payer went into a channel by its signed leave; sums are over all uses of it.
    /// @param allocation Digest of the allocation, EIP-712.
    /// @param payer Whose money it is.
    /// @param operator Who used it.
    /// @param channel Number of the channel, see `channelId`.
    /// @param amountAfter What was moved in all, base units.
    /// @param countAfter How often something was.
    event AllocationUsed(
        bytes32 indexed allocation,
        address indexed payer,
        address indexed operator,
        bytes32 channel,
        uint96 amountAfter,
        uint32 countAfter
    );

    /// @notice A payer has revoked an allocation, for good.
    /// @param allocation Digest of the allocation, EIP-712.
    /// @param payer Whose money it is.
    event AllocationWithdrawn(bytes32 indexed allocation, address indexed payer);

    /// @notice A batch, whole: see RECORD above.
    /// @param batch The batch's number, from 1.
    /// @param runner The runner.
    /// @param receiptsRoot Root of its receipts, `MerkleLib` over `LeafLib.receipt`.
    /// @param dataHash SHA-256 of the batch's file in the content store.
    /// @param amount All that the batch settled, base units of OPEN, more than 0.
    /// @param dataAmount Of it, the data parts, base units.
    /// @param cumulativeData Data parts of all batches up to and with this one, base units.
    /// @param settlements What it moved, packed: see RECORD.
    /// @param details How that was split, packed: see RECORD.
    event BatchSettled(
        uint64 indexed batch,
        address indexed runner,
        bytes32 receiptsRoot,
        bytes32 dataHash,
        uint96 amount,
        uint96 dataAmount,
        uint96 cumulativeData,
        bytes settlements,
        bytes details
    );

    /// @notice Headers of batches up to and with this number can be shown against the chain from now on.
    /// @param number The pinned batch's number, from 1.
    /// @param chain The chain behind it.
    event BatchesPinned(uint64 indexed number, bytes32 chain);

    /// @notice Data parts moved into the distributor's stream.
    /// @param stream The stream's number, from 1.
    /// @param amount Base units of OPEN, more than 0.
    /// @param collectedAfter All that ever was, base units.
    event DataCollected(uint64 indexed stream, uint96 amount, uint96 collectedAfter);

    /// @notice The protocol's due was paid to its destination.
    /// @param to The treasury.
    /// @param amount Base units of OPEN, more than 0.
    event ProtocolCollected(address indexed to, uint96 amount);

    /// @notice The security due was paid to its destination.
    /// @param to The destination of the security part.
    /// @param amount Base units of OPEN, more than 0.
    event SecurityCollected(address indexed to, uint96 amount);

    /// @notice The stakers' due of a runner went to its pool as fees.
    /// @param runner The runner.
    /// @param amount Base units of OPEN, more than 0.
    event StakersCollected(address indexed runner, uint96 amount);

    /// @notice A model's due was paid to its owner.
    /// @param model Number in the model registry, from 1.
    /// @param to The model's owner.
    /// @param amount The owner's part, base units, less what its upstream models' owners got: see `UpstreamCollected`.
    event ModelCollected(uint64 indexed model, address indexed to, uint96 amount);

    /// @notice An upstream model's owner was paid its part of a model's due.
    /// @param model Whose due it was.
    /// @param upstream Number of the upstream model.
    /// @param to That model's owner.
    /// @param amount Base units, more than 0.
    event UpstreamCollected(uint64 indexed model, uint64 indexed upstream, address indexed to, uint96 amount);

    /// @notice A runner's due was paid to it.
    /// @param runner The runner.
    /// @param amount Base units of OPEN, more than 0.
    event RunnerCollected(address indexed runner, uint96 amount);

    /// @notice Settlements from now on are split by this.
    /// @param configCode The configuration as runners name it, see `configCode`.
    /// @param config The parts, basis points of the fee.
    event SplitConfigSet(uint32 indexed configCode, SplitConfig config);

    /// @notice The protocol's and the security part go here from now on.
    /// @param treasury Where the protocol's part goes; not zero.
    /// @param security Where the security part goes; not zero.
    event DestinationsSet(address treasury, address security);

    /// @notice Nothing is settled, and thaws stand still, before `until`.
    /// @param until Timestamp, exclusive.
    event SettlementPaused(uint64 until);

    /// @notice Nothing is withdrawn or collected before `until`.
    /// @param until Timestamp, exclusive.
    event ExitsPaused(uint64 until);

    /// @notice Adds the caller's OPEN to a payer's free balance.
    /// @dev Credits what arrives, at most `amount`; reverts where nothing does.
    /// @param payer Whom it is credited to; not zero.
    /// @param amount Base units, at most the caller's balance and allowance.
    function deposit(address payer, uint96 amount) external;

    /// @notice Adds the caller's OPEN to a payer's free balance by the caller's ERC-2612 permit over `amount`.
    /// @dev A permit that somebody else has carried to the token before is no error: the allowance then stands.
    /// @param payer Whom it is credited to; not zero.
    /// @param amount Base units, what the permit is over.
    /// @param deadline Of the permit: last timestamp at which the token takes it.
    /// @param v Of the permit's signature: 27 or 28.
    /// @param r Of the permit's signature.
    /// @param s Of the permit's signature.
    function depositWithPermit(address payer, uint96 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Adds a payer's OPEN to its own free balance by its ERC-3009 `receiveWithAuthorization` to this contract. Anyone
    /// may carry it: only the market can use it, and only the payer is credited.
    /// @param payer Who signed, pays and is credited.
    /// @param amount Base units, what was signed.
    /// @param validAfter Timestamp after which (exclusive) the token takes it.
    /// @param validBefore Timestamp before which (exclusive) it does.
    /// @param nonce Of the authorisation, any that the payer has not used.
    /// @param v Of the authorisation's signature: 27 or 28.
    /// @param r Of the authorisation's signature.
    /// @param s Of the authorisation's signature.
    function depositWithAuthorization(
        address payer,
        uint96 amount,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Pays from the caller's free balance to an address, at once: free money is owed to nobody.
    /// @param to Who is paid; not zero.
    /// @param amount Base units, more than 0, at most what is free, inclusive.
    function withdraw(address to, uint96 amount) external;

    /// @notice Lets `signer` sign vouchers in the caller's name. Needed by payers that are contracts.
    /// @dev Warning: it can spend all that the caller's channels hold. Ends a thaw that was under way.
    /// @param signer Whose vouchers count from now on; not zero.
    function authorizeSigner(address signer) external;

    /// @notice Starts the removal of one of the caller's signers: its vouchers count for another `thawPeriod`, so that what a
    /// runner has answered for stays good. Repeated, the clock restarts.
    /// @param signer One that is authorised, or whose thaw is not over.
    function thawSigner(address signer) external;

    /// @notice Opens a channel from the caller to an active runner, funded from the caller's free balance.
    /// @param runner Has an active stake.
    /// @param salt Tells the caller's channels to the runner apart; any that it has not used.
    /// @param amount What it is opened with, base units, more than 0, at most what is free, inclusive.
    /// @return channel `keccak256(abi.encode(block.chainid, address(this), payer, runner, salt))`.
    function openChannel(address runner, uint96 salt, uint96 amount) external returns (bytes32 channel);

    /// @notice Adds to a channel from its payer's free balance. Only its payer.
    /// @param channel Number of the channel, see `channelId`.
    /// @param amount Base units, more than 0, at most what is free, inclusive.
    function topUp(bytes32 channel, uint96 amount) external;

    /// @notice Puts a payer's free money into its channel to a runner, which is opened if it is not, by the payer's signature.
    /// @dev Only the operator that it names. ERC-1271 for payers that are contracts. In this order it checks operator, expiry,
    /// runner, signature, revocation, count and amount.
    /// @param allocation What the payer signed.
    /// @param runner Whose channel; has an active stake where the channel is opened.
    /// @param salt Tells the payer's channels to the runner apart.
    /// @param amount Base units, more than 0, at most what is free and what the allocation leaves, inclusive.
    /// @param signature The payer's, of a key or for ERC-1271.
    /// @return channel The payer's channel to the runner.
    function allocate(
        Allocation calldata allocation,
        address runner,
        uint96 salt,
        uint96 amount,
        bytes calldata signature
    ) external returns (bytes32 channel);

    /// @notice Ends an allocation at once. Only its payer; whether it was signed or not.
    /// @param allocation What the caller has signed, or might have.
    function revokeAllocation(Allocation calldata allocation) external;

    /// @notice Announces that the payer takes an amount out of a channel, at most what is neither claimed nor thawing. Only
    /// its payer. The clock restarts for what was already thawing.
    /// @param channel Number of the channel, see `channelId`.
    /// @param amount Base units, more than 0, at most what is neither claimed nor thawing, inclusive.
    function thaw(bytes32 channel, uint96 amount) external;

    /// @notice Moves what has thawed, as far as it was not settled meanwhile, to the payer's free balance. Only its payer.
    /// @param channel Number of the channel, see `channelId`.
    /// @return amount What is free again, base units; 0 where all of it was settled.
    function withdrawThawed(bytes32 channel) external returns (uint96 amount);

    /// @notice Gives unclaimed money of a channel back to its payer's free balance at once. Only its runner.
    /// @dev Warning: vouchers that the runner has not settled may lose their cover.
    /// @param channel Number of the channel, see `channelId`.
    /// @param amount The most that is released, base units: what is unclaimed, if that is less.
    /// @return released Base units, not zero.
    function release(bytes32 channel, uint96 amount) external returns (uint96 released);

    /// @notice The same by the runner's signature. Only the channel's payer. ERC-1271 for runners that are contracts.
    /// @param release_ What the runner signed.
    /// @param signature The runner's, of a key or for ERC-1271.
    /// @return released Base units, not zero.
    function releaseBySignature(Release calldata release_, bytes calldata signature) external returns (uint96 released);

    /// @notice Gives settled money back: from the caller's runner due to the free balance of a channel's payer. Only its
    /// runner.
    /// @dev What is claimed never falls: the settlement stands, with the parts that others have of it.
    /// @param channel Number of the channel, see `channelId`.
    /// @param amount Base units, more than 0, at most what the caller is due, inclusive.
    function refund(bytes32 channel, uint96 amount) external;

    /// @notice Settles vouchers of the caller's channels and commits to the receipts they paid for.
    /// @dev A replayed or lower voucher is a no-op. When nothing at all is settled no batch is made and 0 is returned.
    /// A voucher is good up to its deadline (inclusive). No payer is ever called: signatures are of keys, not of contracts.
    /// Reverts whole on a wrong signer, an expired voucher, an amount over cap or channel, an unknown model, malformed rows.
    /// @param rows See SETTLEMENT above.
    /// @param receiptsRoot Root of the batch's receipts, `MerkleLib` over `LeafLib.receipt`, ordered by (channel,
    /// model, nonce); not zero.
    /// @param dataHash SHA-256 of the batch's file in the content store; not zero.
    /// @param expected What the runner reckoned with: the split configuration's `configCode` in the lowest 32 bits,
    /// above it what the batch settles in all, base units. Where an earlier settlement of the same channels was
    /// dropped, this one would settle its amounts too, and its receipts would not start there. 0 above the code: any
    /// amount.
    /// @return batch Its number, from 1; 0 where nothing was settled.
    function settle(bytes calldata rows, bytes32 receiptsRoot, bytes32 dataHash, uint256 expected)
        external
        returns (uint64 batch);

    /// @notice Settles for a runner by its signature. Anyone; the dues are the runner's.
    /// @dev As `settle`; only keys sign. Carried twice it settles nothing the second time.
    /// @param order What the runner signed.
    /// @param rows See SETTLEMENT above; hashes to the order's `rowsHash`.
    /// @param signature The runner's, of a key.
    /// @return batch Its number, from 1; 0 where nothing was settled.
    function settleFor(SettleFor calldata order, bytes calldata rows, bytes calldata signature)
        external
        returns (uint64 batch);

    /// @notice Pays the protocol due to its destination. Anyone.
    /// @dev All `collect…` but `collectData` revert where nothing is due and while exits are paused.
    /// @return What was paid, base units, more than 0.
    function collectProtocol() external returns (uint96);

    /// @notice Pays the security due to its destination. Anyone.
    /// @return What was paid, base units, more than 0.
    function collectSecurity() external returns (uint96);

    /// @notice Pays the stakers' due of a runner into its pool as fees. Anyone.
    /// @param runner Whose stakers.
    /// @return What was added, base units, more than 0.
    function collectStakers(address runner) external returns (uint96);

    /// @notice Pays a model's due to its owner and its upstream models' owners. Anyone.
    /// @dev The owner gets the due less the basis points of it that its upstream models' owners get.
    /// @param model Number in the model registry, from 1.
    /// @return What was paid to all of them, base units, more than 0.
    function collectModel(uint64 model) external returns (uint96);

    /// @notice Pays a runner's due to it. Anyone.
    /// @param runner Who is paid.
    /// @return What was paid, base units, more than 0.
    function collectRunner(address runner) external returns (uint96);

    /// @notice Moves the data parts settled so far into the distributor's stream. Anyone.
    /// @dev Moves nothing and returns 0 when nothing is due or exits are paused: epochs open all the same.
    /// @return amount What was moved, base units.
    function collectData() external returns (uint96 amount);

    /// @notice Pins the chain at the newest batch, so that each batch up to it can be opened. Anyone; repeated, a no-op.
    /// @dev Each multiple of 64 is pinned by the settlement that reaches it.
    /// @return number The newest batch, 0 when there is none.
    /// @return chain The chain behind it.
    function pinBatches() external returns (uint64 number, bytes32 chain);

    /// @notice Sets the governed parts. Governed. What is due so far is divided by the old ones first.
    /// @param config Basis points of the fee, together at most 2,000, inclusive.
    function setSplitConfig(SplitConfig calldata config) external;

    /// @notice Sets where the protocol's and the security part go. Governed.
    /// @param treasury Where the protocol's part goes; not zero.
    /// @param security Where the security part goes; not zero.
    function setDestinations(address treasury, address security) external;

    /// @notice Stops settlement, and with it all thaw clocks, up to `until`: later than now, at most 7 days ahead. Governed.
    /// @dev Ordered again during a pause it moves the pause's end, either way.
    /// @param until Timestamp, exclusive: later than now, at most 7 days ahead, inclusive.
    function pauseSettlement(uint64 until) external;

    /// @notice Stops withdrawals and sweeps up to `until`: later than now, at most 72 hours ahead. Governed.
    /// @param until Timestamp, exclusive: later than now, at most 72 hours ahead, inclusive.
    function pauseExits(uint64 until) external;

    /// @notice Seconds of working time that money and signers thaw.
    /// @return Seconds.
    function thawPeriod() external view returns (uint64);

    /// @notice Seconds for which a runner may settle after its stake was seen active.
    /// @return Seconds.
    function stakeCheckPeriod() external view returns (uint64);

    /// @notice The distributor's stream that data parts go to.
    /// @return The stream's number, from 1.
    function dataStream() external view returns (uint64);

    /// @notice The governed parts that settlements are split by now.
    /// @return Basis points of the fee.
    function splitConfig() external view returns (SplitConfig memory);

    /// @notice The configuration as a runner's own part depends on it: (protocolBps + securityBps)·2¹¹ + stakersBps.
    /// @return The code, 22 bits.
    function configCode() external view returns (uint32);

    /// @notice Batches settled so far; the newest has this number, the first is 1.
    /// @return How many there are.
    function batchCount() external view returns (uint64);

    /// @notice The chain behind a pinned batch: chain_n = keccak256(chain_(n−1) ‖ keccak256(abi.encode(header_n))), chain_0 = 0.
    /// @param number The batch's number, from 1.
    /// @return The chain; 0 for a number that is not pinned.
    function batchChainAt(uint64 number) external view returns (bytes32);

    /// @notice Data parts of all batches so far, base units.
    /// @return Base units, collected or not.
    function cumulativeData() external view returns (uint96);

    /// @notice Where the protocol's part goes.
    /// @return The destination; not zero.
    function treasury() external view returns (address);

    /// @notice Where the security part goes.
    /// @return The destination; not zero.
    function security() external view returns (address);

    /// @notice Timestamp from which (inclusive) the code can no longer be upgraded.
    /// @return Timestamp.
    function upgradesFrozenAt() external view returns (uint64);

    /// @notice Timestamps from which (inclusive) settlement and exits work; in the past when they do.
    /// @return settlement Timestamp; 0 where settlement was never paused.
    /// @return exits Timestamp; 0 where exits were never paused.
    function pausedUntil() external view returns (uint64 settlement, uint64 exits);

    /// @notice Money of a payer that no channel holds, base units.
    /// @param payer Whose money it is.
    /// @return Base units.
    function freeOf(address payer) external view returns (uint96);

    /// @notice A channel as it stands; all zeros for one that was never opened.
    /// @param channel Number of the channel, see `channelId`.
    /// @return The channel.
    function channelOf(bytes32 channel) external view returns (Channel memory);

    /// @notice Payer of a channel, zero for one that was never opened.
    /// @param channel Number of the channel, see `channelId`.
    /// @return The payer.
    function payerOf(bytes32 channel) external view returns (address);

    /// @notice Runner of a channel, zero for one that was never opened.
    /// @param channel Number of the channel, see `channelId`.
    /// @return The runner.
    function runnerOf(bytes32 channel) external view returns (address);

    /// @notice Whether `signer` is the payer or was ever authorised by it: a revoked signer counts for what it signed.
    /// @param payer Whose money it is.
    /// @param signer Who signed.
    /// @return True for either.
    function isSigner(address payer, address signer) external view returns (bool);

    /// @notice Timestamp from which (inclusive) a signer's vouchers do not settle: 0 for one that was never authorised, the
    /// maximum for one that is and does not thaw. The payer itself needs no authorisation.
    /// @param payer Whose money it is.
    /// @param signer Who signs in the payer's name.
    /// @return Timestamp, unless another pause is ordered.
    function signerEndOf(address payer, address signer) external view returns (uint64);

    /// @notice Number of a channel, opened or not, on this chain and contract.
    /// @param payer Whose money it is.
    /// @param runner The runner.
    /// @param salt Tells channels of one payer and runner apart.
    /// @return `keccak256(abi.encode(block.chainid, address(this), payer, runner, salt))`.
    function channelId(address payer, address runner, uint96 salt) external view returns (bytes32);

    /// @notice What was settled of a channel for one model, base units.
    /// @param channel Number of the channel, see `channelId`.
    /// @param model Number in the model registry, from 1.
    /// @return Base units.
    function modelClaimedOf(bytes32 channel, uint64 model) external view returns (uint96);

    /// @notice What `collectProtocol` would pay now, base units.
    /// @return Base units.
    function protocolDue() external view returns (uint96);

    /// @notice What `collectSecurity` would pay now, base units.
    /// @return Base units.
    function securityDue() external view returns (uint96);

    /// @notice Of the governed due, what the two shares do not divide and waits.
    /// @return Base units: fewer than protocol's and security's basis points together, or all of the due where both are
    /// 0.
    function governedRest() external view returns (uint96);

    /// @notice What `collectStakers` would pay for a runner now, base units.
    /// @param runner The runner.
    /// @return Base units.
    function stakersDue(address runner) external view returns (uint96);

    /// @notice What is due to a model and its upstream models, base units; what they do not divide waits.
    /// @param model Number in the model registry, from 1.
    /// @return Base units.
    function modelDue(uint64 model) external view returns (uint96);

    /// @notice What `collectRunner` would pay a runner now, base units.
    /// @param runner The runner.
    /// @return Base units.
    function runnerDue(address runner) external view returns (uint96);

    /// @notice Data parts settled and not yet moved into the distributor's stream.
    /// @return Base units.
    function dataDue() external view returns (uint96);

    /// @notice How far an allocation is used up.
    /// @param allocation Its digest.
    /// @return Amount, count, and whether it is revoked; all zeros where it was not used.
    function allocationUse(bytes32 allocation) external view returns (AllocationUse memory);

    /// @notice EIP-712 digest of a voucher on this chain and contract.
    /// @param channel Number of the channel, see `channelId`.
    /// @param model Number in the model registry, from 1.
    /// @param nonce The request's, ascending in the channel and model.
    /// @param cumulativeCap The most that may be claimed of the channel for the model with this request, base units,
    /// inclusive.
    /// @param requestHash Hash of the request.
    /// @param deadline Last second (inclusive) in which it settles.
    /// @return What the payer or its signer signs.
    function voucherDigest(
        bytes32 channel,
        uint64 model,
        uint64 nonce,
        uint96 cumulativeCap,
        bytes32 requestHash,
        uint64 deadline
    ) external view returns (bytes32);
}
