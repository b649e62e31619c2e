// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice A batch's header: all that the chain commits to of a settlement. The market stores only the chain of their hashes.
/// @param number Running number, from 1.
/// @param settledAt Timestamp of the block that settled it.
/// @param amount All that it settled. @param dataAmount Of it, the data parts.
/// @param receiptsRoot Root of its receipts, `MerkleLib` over `LeafLib.receipt`, ordered by (channel, model, nonce).
/// @param settlementsHash `keccak256` of `(bytes32 channel ‖ uint64 model ‖ uint96 before ‖ uint96 after)*`: one entry of 64
/// bytes for each (channel, model) that it moved, models strictly ascending and channels strictly ascending within a model.
/// `before` and `after` are the channel's claimed amounts for that model.
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
/// @param chainBefore The chain before the batch, 0 for the first.
/// @param later Header hashes of the batches behind it up to and with the pinned one, at most 64; none when it is itself pinned.
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
    /// @notice The governed parts of a fee, in basis points of the fee; together at most 2000.
    struct SplitConfig {
        uint16 protocolBps;
        uint16 securityBps;
        uint16 stakersBps;
    }

    /// @param balance All that was put into the channel and has not been taken back.
    /// @param claimed Of it, what the runner settled, over all models.
    /// @param thawing What the payer has announced to take back.
    /// @param thawEnd Timestamp from which (inclusive) it may be taken; 0 when nothing thaws.
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
    /// @param operator Who may. @param runner Whose channels; 0: any active runner's.
    /// @param maxAmount The most that may be moved in all. @param maxCount The most often that something may be moved.
    /// @param expiry Last timestamp at which it may be used.
    struct Allocation {
        address payer;
        address operator;
        address runner;
        uint96 maxAmount;
        uint32 maxCount;
        uint64 expiry;
        uint256 nonce;
    }

    /// @param amount Moved so far. @param count How often.
    struct AllocationUse {
        uint96 amount;
        uint32 count;
        bool isRevoked;
    }

    /// @notice What a runner signs so that somebody else may settle for it.
    /// @param rowsHash `keccak256` of the rows.
    /// @param settlementsHash As in the batch's header, so that the batch moves just what its receipts chain over: without it,
    /// orders carried out of order would leave a batch whose receipts start below what it moved.
    /// @param deadline Last timestamp at which it may be carried out.
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
    /// @param amount The most that is released. @param deadline Last timestamp at which it may be used; used once.
    struct Release {
        bytes32 channel;
        uint96 amount;
        uint256 nonce;
        uint64 deadline;
    }

    error InferenceMarket_ZeroAmount();
    error InferenceMarket_ZeroAddress();
    error InferenceMarket_InsufficientFree(address payer, uint96 amount, uint96 free);
    error InferenceMarket_ChannelExists(bytes32 channel);
    error InferenceMarket_UnknownChannel(bytes32 channel);
    error InferenceMarket_NotPayer(bytes32 channel, address caller, address payer);
    error InferenceMarket_NotRunner(bytes32 channel, address caller, address runner);
    error InferenceMarket_RunnerNotActive(address runner);
    error InferenceMarket_ThawExceedsBalance(uint96 amount, uint96 available);
    error InferenceMarket_StillThawing(uint64 thawEnd, uint64 now_);
    error InferenceMarket_NothingThawing(bytes32 channel);
    error InferenceMarket_NotASigner(address payer, address signer);
    error InferenceMarket_InvalidSignature(address signer);
    error InferenceMarket_SignatureExpired(uint64 deadline, uint64 now_);
    error InferenceMarket_SignatureUsed(bytes32 digest);
    error InferenceMarket_NotTheSigner(address caller, address signer);
    error InferenceMarket_NotOperator(address caller, address operator);
    error InferenceMarket_WrongRunner(address runner, address allowed);
    error InferenceMarket_AllocationExceeded(uint256 amount, uint96 maxAmount);
    error InferenceMarket_AllocationUsedUp(uint32 maxCount);
    error InferenceMarket_AllocationRevoked(bytes32 allocation);
    error InferenceMarket_DueExceeded(uint96 amount, uint96 due);
    error InferenceMarket_ConfigChanged(uint32 expected, uint32 actual);
    error InferenceMarket_AmountChanged(uint256 expected, uint256 actual);
    error InferenceMarket_RowsChanged(bytes32 expected, bytes32 actual);
    error InferenceMarket_SettlementsChanged(bytes32 expected, bytes32 actual);
    error InferenceMarket_MalformedRows(uint256 offset);
    error InferenceMarket_ModelsNotAscending(uint64 previous, uint64 model);
    error InferenceMarket_ChannelsNotAscending(bytes32 previous, bytes32 channel);
    error InferenceMarket_WrongSigner(bytes32 channel, address recovered, address payer);
    error InferenceMarket_VoucherExpired(bytes32 channel, uint64 deadline, uint64 now_);
    error InferenceMarket_AmountAboveCap(bytes32 channel, uint96 cumulative, uint96 cumulativeCap);
    error InferenceMarket_ChannelExhausted(bytes32 channel, uint256 claimed, uint96 available);
    error InferenceMarket_AmountTooLarge(uint256 amount);
    error InferenceMarket_RevenueTooLarge(uint64 model, uint256 sumBps, uint256 maximumBps);
    error InferenceMarket_ZeroReceiptsRoot();
    error InferenceMarket_ZeroDataHash();
    error InferenceMarket_SplitTooLarge(uint256 sumBps, uint256 maximumBps);
    error InferenceMarket_NothingDue();
    error InferenceMarket_NotTheMarket();
    error InferenceMarket_ForeignStream(uint64 stream, address allocator);
    error InferenceMarket_InvalidBatchOpening(uint64 number);
    error InferenceMarket_PauseOutOfRange(uint64 until, uint64 now_, uint64 maximum);
    error InferenceMarket_SettlementPaused(uint64 until);
    error InferenceMarket_ExitsPaused(uint64 until);
    error InferenceMarket_UpgradesFrozen(uint64 frozenAt, uint64 now_);

    /// @notice Money came in: `amount` is what arrived, credited to `payer`.
    event Deposited(address indexed payer, address indexed from, uint96 amount, uint96 freeAfter);

    /// @notice Free money of a payer left to `to`.
    event Withdrawn(address indexed payer, address indexed to, uint96 amount, uint96 freeAfter);

    /// @notice A channel was opened, funded from its payer's free balance.
    event ChannelOpened(
        bytes32 indexed channel,
        address indexed payer,
        address indexed runner,
        uint96 salt,
        uint96 amount,
        uint96 freeAfter
    );

    /// @notice A channel got more of its payer's free balance.
    event ChannelToppedUp(bytes32 indexed channel, uint96 amount, uint96 balanceAfter, uint96 freeAfter);

    /// @notice A payer takes money out of a channel; it may be settled before `thawEnd`.
    event ChannelThawStarted(bytes32 indexed channel, uint96 amount, uint96 thawingAfter, uint64 thawEnd);

    /// @notice What thawed and was not settled meanwhile is free again.
    event ChannelThawWithdrawn(bytes32 indexed channel, uint96 amount, uint96 balanceAfter, uint96 freeAfter);
    /// @notice A runner has let unclaimed money go back at once.
    /// @param thawingAfter What still thaws: money released counts as thawed first.
    event ChannelReleased(
        bytes32 indexed channel, uint96 amount, uint96 thawingAfter, uint96 balanceAfter, uint96 freeAfter
    );

    /// @notice A runner gave back to a channel's payer out of its own dues.
    event Refunded(
        bytes32 indexed channel, address indexed runner, uint96 amount, uint96 runnerDueAfter, uint96 freeAfter
    );

    /// @notice A signer's vouchers bind its payer from now on.
    event SignerAuthorized(address indexed payer, address indexed signer);
    /// @notice A payer has begun to revoke a signer.
    /// @param thawEnd Timestamp from which (inclusive) its vouchers no longer count.
    event SignerThawStarted(address indexed payer, address indexed signer, uint64 thawEnd);

    /// @notice Free money of a payer went into a channel by its signed leave; sums are over all uses of it.
    event AllocationUsed(
        bytes32 indexed allocation,
        address indexed payer,
        address indexed operator,
        bytes32 channel,
        uint96 amountAfter,
        uint32 countAfter
    );

    /// @notice A payer has revoked an allocation, for good.
    event AllocationWithdrawn(bytes32 indexed allocation, address indexed payer);
    /// @notice A batch, whole: see RECORD above.
    /// @param amount All that the batch settled. @param dataAmount Of it, the data parts.
    /// @param cumulativeData Data parts of all batches up to and with this one.
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
    event BatchesPinned(uint64 indexed number, bytes32 chain);

    /// @notice Data parts moved into the distributor's stream.
    event DataCollected(uint64 indexed stream, uint96 amount, uint96 collectedAfter);

    /// @notice The protocol's due was paid to its destination.
    event ProtocolCollected(address indexed to, uint96 amount);

    /// @notice The security due was paid to its destination.
    event SecurityCollected(address indexed to, uint96 amount);

    /// @notice The stakers' due of a runner went to its pool as fees.
    event StakersCollected(address indexed runner, uint96 amount);
    /// @notice A model's due was paid to its owner.
    /// @param amount The owner's part, less what its upstream models' owners got: see `UpstreamCollected`.
    event ModelCollected(uint64 indexed model, address indexed to, uint96 amount);

    /// @notice An upstream model's owner was paid its part of a model's due.
    event UpstreamCollected(uint64 indexed model, uint64 indexed upstream, address indexed to, uint96 amount);

    /// @notice A runner's due was paid to it.
    event RunnerCollected(address indexed runner, uint96 amount);

    /// @notice Settlements from now on are split by this.
    event SplitConfigSet(uint32 indexed configCode, SplitConfig config);

    /// @notice The protocol's and the security part go here from now on.
    event DestinationsSet(address treasury, address security);

    /// @notice Nothing is settled, and thaws stand still, before `until`.
    event SettlementPaused(uint64 until);

    /// @notice Nothing is withdrawn or collected before `until`.
    event ExitsPaused(uint64 until);

    /// @notice Adds the caller's OPEN to a payer's free balance.
    /// @dev Credits what arrives, at most `amount`; reverts where nothing does.
    function deposit(address payer, uint96 amount) external;

    /// @notice Adds the caller's OPEN to a payer's free balance by the caller's ERC-2612 permit over `amount`.
    /// @dev A permit that somebody else has carried to the token before is no error: the allowance then stands.
    function depositWithPermit(address payer, uint96 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Adds a payer's OPEN to its own free balance by its ERC-3009 `receiveWithAuthorization` to this contract. Anyone
    /// may carry it: only the market can use it, and only the payer is credited.
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
    function withdraw(address to, uint96 amount) external;

    /// @notice Lets `signer` sign vouchers in the caller's name. Needed by payers that are contracts.
    /// @dev Warning: it can spend all that the caller's channels hold. Ends a thaw that was under way.
    function authorizeSigner(address signer) external;

    /// @notice Starts the removal of one of the caller's signers: its vouchers count for another `thawPeriod`, so that what a
    /// runner has answered for stays good. Repeated, the clock restarts.
    function thawSigner(address signer) external;

    /// @notice Opens a channel from the caller to an active runner, funded from the caller's free balance.
    /// @return channel `keccak256(abi.encode(block.chainid, address(this), payer, runner, salt))`.
    function openChannel(address runner, uint96 salt, uint96 amount) external returns (bytes32 channel);

    /// @notice Adds to a channel from its payer's free balance. Only its payer.
    function topUp(bytes32 channel, uint96 amount) external;

    /// @notice Puts a payer's free money into its channel to a runner, which is opened if it is not, by the payer's signature.
    /// @dev Only the operator that it names. ERC-1271 for payers that are contracts. In this order it checks operator, expiry,
    /// runner, signature, revocation, count and amount.
    function allocate(
        Allocation calldata allocation,
        address runner,
        uint96 salt,
        uint96 amount,
        bytes calldata signature
    ) external returns (bytes32 channel);

    /// @notice Ends an allocation at once. Only its payer; whether it was signed or not.
    function revokeAllocation(Allocation calldata allocation) external;

    /// @notice Announces that the payer takes an amount out of a channel, at most what is neither claimed nor thawing. Only
    /// its payer. The clock restarts for what was already thawing.
    function thaw(bytes32 channel, uint96 amount) external;

    /// @notice Moves what has thawed, as far as it was not settled meanwhile, to the payer's free balance. Only its payer.
    function withdrawThawed(bytes32 channel) external returns (uint96 amount);

    /// @notice Gives unclaimed money of a channel back to its payer's free balance at once. Only its runner.
    /// @dev Warning: vouchers that the runner has not settled may lose their cover.
    /// @param amount The most that is released: what is unclaimed, if that is less. @return released Not zero.
    function release(bytes32 channel, uint96 amount) external returns (uint96 released);

    /// @notice The same by the runner's signature. Only the channel's payer. ERC-1271 for runners that are contracts.
    function releaseBySignature(Release calldata release_, bytes calldata signature) external returns (uint96 released);

    /// @notice Gives settled money back: from the caller's runner due to the free balance of a channel's payer. Only its
    /// runner.
    /// @dev What is claimed never falls: the settlement stands, with the parts that others have of it.
    function refund(bytes32 channel, uint96 amount) external;

    /// @notice Settles vouchers of the caller's channels and commits to the receipts they paid for.
    /// @dev A replayed or lower voucher is a no-op. When nothing at all is settled no batch is made and 0 is returned.
    /// A voucher is good up to its deadline (inclusive). No payer is ever called: signatures are of keys, not of contracts.
    /// Reverts whole on a wrong signer, an expired voucher, an amount over cap or channel, an unknown model, malformed rows.
    /// @param rows See SETTLEMENT above.
    /// @param receiptsRoot Root of the batch's receipts, `MerkleLib` over `LeafLib.receipt`, ordered by (channel, model, nonce).
    /// @param dataHash SHA-256 of the batch's file in the content store.
    /// @param expected What the runner reckoned with: the split configuration's `configCode` in the lowest 32 bits, above it what the
    /// batch settles in all, base units. Where an earlier settlement of the same channels was dropped, this one would settle its
    /// amounts too, and its receipts would not start there. 0 above the code: any amount.
    function settle(bytes calldata rows, bytes32 receiptsRoot, bytes32 dataHash, uint256 expected)
        external
        returns (uint64 batch);

    /// @notice Settles for a runner by its signature. Anyone; the dues are the runner's.
    /// @dev As `settle`; only keys sign. Carried twice it settles nothing the second time.
    function settleFor(SettleFor calldata order, bytes calldata rows, bytes calldata signature)
        external
        returns (uint64 batch);

    /// @notice Permissionless sweeps of dues to their fixed destinations.
    /// @dev A model's due goes to its owner less the basis points of it that its upstream models' owners get.
    function collectProtocol() external returns (uint96);

    /// @notice Pays the security due to its destination. Anyone.
    function collectSecurity() external returns (uint96);

    /// @notice Pays the stakers' due of a runner into its pool as fees. Anyone.
    function collectStakers(address runner) external returns (uint96);

    /// @notice Pays a model's due to its owner and its upstream models' owners. Anyone.
    function collectModel(uint64 model) external returns (uint96);

    /// @notice Pays a runner's due to it. Anyone.
    function collectRunner(address runner) external returns (uint96);

    /// @notice Moves the data parts settled so far into the distributor's stream. Anyone.
    /// @dev Moves nothing and returns 0 when nothing is due or exits are paused: epochs open all the same.
    function collectData() external returns (uint96 amount);

    /// @notice Pins the chain at the newest batch, so that each batch up to it can be opened. Anyone; repeated, a no-op.
    /// @dev Each multiple of 64 is pinned by the settlement that reaches it.
    /// @return number The newest batch, 0 when there is none. @return chain The chain behind it.
    function pinBatches() external returns (uint64 number, bytes32 chain);

    /// @notice Sets the governed parts. Governed. What is due so far is divided by the old ones first.
    function setSplitConfig(SplitConfig calldata config) external;

    /// @notice Sets where the protocol's and the security part go. Governed.
    function setDestinations(address treasury, address security) external;

    /// @notice Stops settlement, and with it all thaw clocks, up to `until`: later than now, at most 7 days ahead. Governed.
    /// @dev Ordered again during a pause it moves the pause's end, either way.
    function pauseSettlement(uint64 until) external;

    /// @notice Stops withdrawals and sweeps up to `until`: later than now, at most 72 hours ahead. Governed.
    function pauseExits(uint64 until) external;

    /// @notice Seconds of working time that money and signers thaw.
    function thawPeriod() external view returns (uint64);

    /// @notice Seconds for which a runner may settle after its stake was seen active.
    function stakeCheckPeriod() external view returns (uint64);

    /// @notice The distributor's stream that data parts go to.
    function dataStream() external view returns (uint64);

    /// @notice The governed parts that settlements are split by now.
    function splitConfig() external view returns (SplitConfig memory);

    /// @notice The configuration as a runner's own part depends on it: (protocolBps + securityBps)·2¹¹ + stakersBps.
    function configCode() external view returns (uint32);

    /// @notice Batches settled so far; the newest has this number, the first is 1.
    function batchCount() external view returns (uint64);

    /// @notice The chain behind a pinned batch: chain_n = keccak256(chain_(n−1) ‖ keccak256(abi.encode(header_n))), chain_0 = 0.
    /// @return 0 for a number that is not pinned.
    function batchChainAt(uint64 number) external view returns (bytes32);

    /// @notice Data parts of all batches so far, base units.
    function cumulativeData() external view returns (uint96);

    /// @notice Where the protocol's part goes.
    function treasury() external view returns (address);

    /// @notice Where the security part goes.
    function security() external view returns (address);

    /// @notice Timestamp from which (inclusive) the code can no longer be upgraded.
    function upgradesFrozenAt() external view returns (uint64);

    /// @notice Timestamps from which (inclusive) settlement and exits work; in the past when they do.
    function pausedUntil() external view returns (uint64 settlement, uint64 exits);

    /// @notice Money of a payer that no channel holds, base units.
    function freeOf(address payer) external view returns (uint96);

    /// @notice A channel as it stands; all zeros for one that was never opened.
    function channelOf(bytes32 channel) external view returns (Channel memory);

    /// @notice Payer of a channel, zero for one that was never opened.
    function payerOf(bytes32 channel) external view returns (address);

    /// @notice Runner of a channel, zero for one that was never opened.
    function runnerOf(bytes32 channel) external view returns (address);

    /// @notice Whether `signer` is the payer or was ever authorised by it: a revoked signer counts for what it signed.
    function isSigner(address payer, address signer) external view returns (bool);

    /// @notice Timestamp from which (inclusive) a signer's vouchers do not settle: 0 for one that was never authorised, the
    /// maximum for one that is and does not thaw. The payer itself needs no authorisation.
    function signerEndOf(address payer, address signer) external view returns (uint64);

    /// @notice Number of a channel, opened or not, on this chain and contract.
    function channelId(address payer, address runner, uint96 salt) external view returns (bytes32);

    /// @notice What was settled of a channel for one model, base units.
    function modelClaimedOf(bytes32 channel, uint64 model) external view returns (uint96);

    /// @notice What `collectProtocol` would pay now, base units.
    function protocolDue() external view returns (uint96);

    /// @notice What `collectSecurity` would pay now, base units.
    function securityDue() external view returns (uint96);

    /// @notice Of the governed due, what the two shares do not divide and waits.
    function governedRest() external view returns (uint96);

    /// @notice What `collectStakers` would pay for a runner now, base units.
    function stakersDue(address runner) external view returns (uint96);

    /// @notice What is due to a model and its upstream models, base units; what they do not divide waits.
    function modelDue(uint64 model) external view returns (uint96);

    /// @notice What `collectRunner` would pay a runner now, base units.
    function runnerDue(address runner) external view returns (uint96);

    /// @notice Data parts settled and not yet moved into the distributor's stream.
    function dataDue() external view returns (uint96);

    /// @notice How far an allocation is used up.
    /// @param allocation Its digest.
    function allocationUse(bytes32 allocation) external view returns (AllocationUse memory);

    /// @notice EIP-712 digest of a voucher on this chain and contract.
    function voucherDigest(
        bytes32 channel,
        uint64 model,
        uint64 nonce,
        uint96 cumulativeCap,
        bytes32 requestHash,
        uint64 deadline
    ) external view returns (bytes32);
}
