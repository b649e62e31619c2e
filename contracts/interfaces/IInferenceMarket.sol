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
/// @dev MONEY. The balance covers free balances + (channel balance - claimed) over channels + all dues. The data part leaves
/// for the distributor's stream in the transaction that settles it.
///
/// TRUST. A runner can never take more than the payer signed last, nor more than the channel holds.
///
/// CLOCKS. What a payer takes out of a channel thaws for `thawPeriod` seconds, in which the runner may still settle. From
/// `thawEnd` on (inclusive) it is the payer's, withdrawn or not. Upgrades end at `upgradesFrozenAt`.
///
/// ROUNDING. Each part is floored once per model and batch, the data part once per row; the runner's part is the remainder.
///
/// NOT DONE. Signers authorised by a payer (contract payers), pauses, upstream models' shares.
///
/// SETTLEMENT. `rows` is packed, big-endian: groups, one per model, models strictly ascending. A group is
/// `uint64 model ‖ uint16 rowCount`, then its rows of 168 bytes:
/// `bytes32 channel ‖ uint64 nonce ‖ uint96 cumulative ‖ uint96 cumulativeCap ‖ bytes32 requestHash ‖ uint64 deadline ‖
/// bytes32 r ‖ bytes32 vs` (EIP-2098). `cumulative` is what the runner takes, at most the signed `cumulativeCap`. At least
/// one group, at least one row a group, no byte left over.
///
/// SPLIT of a model's settled amount d with rows i: data = Σ_i (floor(after_i·dataBps/10⁴) − floor(before_i·dataBps/10⁴)),
/// where before and after are the channel's claimed amounts for that model, so that the data fee of each receipt follows
/// from its own `cumulative` and `fee` and leaves no dust. Of the rest r = d − data:
/// protocol, security, stakers and model = floor(r·bps/(10⁴ − dataBps)) each; the runner takes what is left.
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
    }

    struct Split {
        uint96 protocol;
        uint96 security;
        uint96 stakers;
        uint96 model;
        uint96 data;
        uint96 runner;
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
    error InferenceMarket_ConfigChanged(uint32 expected, uint32 actual);
    error InferenceMarket_MalformedRows(uint256 offset);
    error InferenceMarket_ModelsNotAscending(uint64 previous, uint64 model);
    error InferenceMarket_WrongSigner(bytes32 channel, address recovered, address payer);
    error InferenceMarket_VoucherExpired(bytes32 channel, uint64 deadline, uint64 now_);
    error InferenceMarket_AmountAboveCap(bytes32 channel, uint96 cumulative, uint96 cumulativeCap);
    error InferenceMarket_ChannelExhausted(bytes32 channel, uint256 claimed, uint96 available);
    error InferenceMarket_ZeroReceiptsRoot();
    error InferenceMarket_ZeroDataHash();
    error InferenceMarket_SplitTooLarge(uint256 sumBps, uint256 maximumBps);
    error InferenceMarket_NothingDue();
    error InferenceMarket_UnknownStream(uint64 stream);
    error InferenceMarket_InvalidBatchOpening(uint64 number);
    error InferenceMarket_UpgradesFrozen(uint64 frozenAt, uint64 now_);

    event Deposited(address indexed payer, address indexed from, uint96 amount, uint96 freeAfter);
    event Withdrawn(address indexed payer, address indexed to, uint96 amount, uint96 freeAfter);
    event ChannelOpened(
        bytes32 indexed channel,
        address indexed payer,
        address indexed runner,
        bytes32 salt,
        uint96 amount,
        uint96 freeAfter
    );
    event ChannelToppedUp(bytes32 indexed channel, uint96 amount, uint96 balanceAfter, uint96 freeAfter);
    event ChannelThawStarted(bytes32 indexed channel, uint96 amount, uint96 thawingAfter, uint64 thawEnd);
    event ChannelThawWithdrawn(bytes32 indexed channel, uint96 amount, uint96 balanceAfter, uint96 freeAfter);
    event ChannelSettled(
        bytes32 indexed channel,
        uint64 indexed model,
        uint64 indexed batch,
        uint64 nonce,
        uint96 amount,
        uint96 modelClaimedAfter,
        uint96 claimedAfter
    );
    event ModelSettled(uint64 indexed batch, uint64 indexed model, address indexed runner, uint96 amount, Split split);
    /// @param amount All that the batch settled. @param dataAmount Of it, what went to the data stream.
    /// @param cumulativeData Data parts of all batches up to and with this one.
    event BatchSettled(
        uint64 indexed batch,
        address indexed runner,
        bytes32 receiptsRoot,
        bytes32 dataHash,
        uint96 amount,
        uint96 dataAmount,
        uint96 cumulativeData
    );
    /// @notice The chain of headers up to and with a batch can be shown against from now on.
    event BatchesPinned(uint64 indexed number, bytes32 chain);
    event DataCollected(uint64 indexed stream, uint96 amount, uint96 cumulativeCollected);
    event ProtocolCollected(address indexed to, uint96 amount);
    event SecurityCollected(address indexed to, uint96 amount);
    event StakersCollected(address indexed runner, uint96 amount);
    event ModelCollected(uint64 indexed model, address indexed to, uint96 amount);
    event RunnerCollected(address indexed runner, uint96 amount);
    event SplitConfigSet(uint32 indexed configVersion, SplitConfig config);
    event DestinationsSet(address treasury, address security);

    /// @notice Adds the caller's OPEN to a payer's free balance.
    function deposit(address payer, uint96 amount) external;

    /// @notice Pays from the caller's free balance to an address, at once: free money is owed to nobody.
    function withdraw(address to, uint96 amount) external;

    /// @notice Opens a channel from the caller to an active runner, funded from the caller's free balance.
    /// @return channel `keccak256(abi.encode(block.chainid, address(this), payer, runner, salt))`.
    function openChannel(address runner, bytes32 salt, uint96 amount) external returns (bytes32 channel);

    /// @notice Adds to a channel from its payer's free balance. Only its payer.
    function topUp(bytes32 channel, uint96 amount) external;

    /// @notice Announces that the payer takes an amount out of a channel, at most what is neither claimed nor thawing. Only
    /// its payer. The clock restarts for what was already thawing.
    function thaw(bytes32 channel, uint96 amount) external;

    /// @notice Moves what has thawed, as far as it was not settled meanwhile, to the payer's free balance. Only its payer.
    function withdrawThawed(bytes32 channel) external returns (uint96 amount);

    /// @notice Settles vouchers of the caller's channels and commits to the receipts they paid for.
    /// @dev A replayed or lower voucher is a no-op. When nothing at all is settled no batch is made and 0 is returned.
    /// A voucher is good up to its deadline (inclusive).
    /// Reverts whole on a wrong signer, an expired voucher, an amount over cap or channel, an unknown model, malformed rows.
    /// @param rows See SETTLEMENT above.
    /// @param receiptsRoot Root of the batch's receipts, `MerkleLib` over `LeafLib.receipt`, ordered by (channel, model, nonce).
    /// @param dataHash SHA-256 of the batch's file in the content store.
    /// @param expectedConfig The split configuration that the runner reckoned with.
    function settle(bytes calldata rows, bytes32 receiptsRoot, bytes32 dataHash, uint32 expectedConfig)
        external
        returns (uint64 batch);

    /// @notice Permissionless sweeps of dues to their fixed destinations.
    function collectProtocol() external returns (uint96);
    function collectSecurity() external returns (uint96);
    function collectStakers(address runner) external returns (uint96);
    function collectModel(uint64 model) external returns (uint96);
    function collectRunner(address runner) external returns (uint96);

    /// @notice Moves the data parts settled so far into the distributor's stream. Anyone.
    /// @dev Never reverts for want of dues: it then returns 0.
    function collectData() external returns (uint96 amount);

    /// @notice Pins the chain at the newest batch, so that each batch up to it can be opened. Anyone; repeated, a no-op.
    /// @dev Each multiple of 64 is pinned by the settlement that reaches it.
    /// @return number The newest batch, 0 when there is none. @return chain The chain behind it.
    function pinBatches() external returns (uint64 number, bytes32 chain);

    /// @notice Sets the governed parts; raises the configuration's number. Governed.
    function setSplitConfig(SplitConfig calldata config) external;

    /// @notice Sets where the protocol's and the security part go. Governed.
    function setDestinations(address treasury, address security) external;

    function thawPeriod() external view returns (uint64);
    function dataStream() external view returns (uint64);
    function configVersion() external view returns (uint32);
    function splitConfig() external view returns (SplitConfig memory);
    function batchCount() external view returns (uint64);

    /// @notice The chain behind a pinned batch: chain_n = keccak256(chain_(n−1) ‖ keccak256(abi.encode(header_n))), chain_0 = 0.
    /// @return 0 for a number that is not pinned.
    function batchChainAt(uint64 number) external view returns (bytes32);

    /// @notice Data parts of all batches so far, base units.
    function cumulativeData() external view returns (uint96);
    function treasury() external view returns (address);
    function security() external view returns (address);

    /// @notice Timestamp from which (inclusive) the code can no longer be upgraded.
    function upgradesFrozenAt() external view returns (uint64);
    function freeOf(address payer) external view returns (uint96);
    function channelOf(bytes32 channel) external view returns (Channel memory);
    function payerOf(bytes32 channel) external view returns (address);
    function runnerOf(bytes32 channel) external view returns (address);

    /// @notice Whether `signer` is the payer or was ever authorised by it: a revoked signer counts for what it signed.
    function isSigner(address payer, address signer) external view returns (bool);
    function channelId(address payer, address runner, bytes32 salt) external view returns (bytes32);
    function modelClaimedOf(bytes32 channel, uint64 model) external view returns (uint96);
    function protocolDue() external view returns (uint96);
    function securityDue() external view returns (uint96);
    function stakersDue(address runner) external view returns (uint96);
    function modelDue(uint64 model) external view returns (uint96);
    function runnerDue(address runner) external view returns (uint96);
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
