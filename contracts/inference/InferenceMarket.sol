// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IRewardDistributor} from "../interfaces/IRewardDistributor.sol";
import {IStakingManager} from "../interfaces/IStakingManager.sol";
import {BatchChainLib} from "./BatchChainLib.sol";
import {ChannelLib} from "./ChannelLib.sol";
import {ClaimLib} from "./ClaimLib.sol";
import {GovernedDuesLib} from "./GovernedDuesLib.sol";
import {MarketAccounts} from "./MarketAccounts.sol";
import {MarketClock} from "./MarketClock.sol";
import {MarketDomainLib} from "./MarketDomainLib.sol";
import {MarketDues} from "./MarketDues.sol";
import {MarketSignaturesLib} from "./MarketSignaturesLib.sol";
import {MarketStorageLib} from "./MarketStorageLib.sol";
import {MarketTotals} from "./MarketTotals.sol";
import {SettlementFrame} from "./SettlementFrame.sol";
import {SettlementLib} from "./SettlementLib.sol";
import {SettlementRowsLib} from "./SettlementRowsLib.sol";
import {SignerLib} from "./SignerLib.sol";
import {Voucher, VoucherLib} from "./VoucherLib.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title InferenceMarket
/// @notice Owns payers' money: free balances, channels to runners, vouchers, settlement in batches and exact splits.
/// @dev Settlement, governance and views stand here; the rest in two parts that run as this contract (`MarketPart`).
contract InferenceMarket is IInferenceMarket, IERC5267, UUPSUpgradeable, AccessManagedUpgradeable {
    using MarketSignaturesLib for SettleFor;
    using VoucherLib for Voucher;

    uint64 private constant UPGRADABLE_FOR = 548 days;

    /// @notice OPEN: all that is paid here.
    IERC20 public immutable token;
    /// @notice The distributor whose stream takes the data parts.
    IRewardDistributor public immutable distributor;
    /// @notice The staking manager: says which runners are active, and takes the stakers' part.
    IStakingManager public immutable staking;
    /// @notice The model registry: says who is paid for a model, and by what parts.
    IModelRegistry public immutable models;
    /// @inheritdoc IInferenceMarket
    uint64 public immutable dataStream;
    /// @inheritdoc IInferenceMarket
    uint64 public immutable thawPeriod;
    /// @inheritdoc IInferenceMarket
    uint64 public immutable stakeCheckPeriod;
    address private immutable _accounts;
    address private immutable _dues;

    /// @notice Fixes what no upgrade of storage changes: token, contracts and periods; creates the market's parts.
    /// @param token_ OPEN.
    /// @param distributor_ The distributor whose stream takes the data parts.
    /// @param staking_ The staking manager.
    /// @param models_ The model registry.
    /// @param oracle_ The oracle, allocator of that stream, which it names.
    /// @param thawPeriod_ Seconds of working time that money and signers thaw.
    /// @param stakeCheckPeriod_ Seconds for which a runner may settle after its stake was seen active.
    constructor(
        IERC20 token_,
        IRewardDistributor distributor_,
        IStakingManager staking_,
        IModelRegistry models_,
        IAttributionOracle oracle_,
        uint64 thawPeriod_,
        uint64 stakeCheckPeriod_
    ) {
        // asked here, not told: between two transactions of a deployment anybody can take a number
        uint64 dataStream_ = oracle_.stream();
        address allocator = distributor_.streamOf(dataStream_).allocator;
        if (allocator != address(oracle_)) revert InferenceMarket_ForeignStream(dataStream_, allocator);
        token = token_;
        distributor = distributor_;
        staking = staking_;
        models = models_;
        dataStream = dataStream_;
        thawPeriod = thawPeriod_;
        stakeCheckPeriod = stakeCheckPeriod_;
        _accounts = address(new MarketAccounts(token_, staking_, thawPeriod_));
        _dues = address(new MarketDues(token_, distributor_, staking_, models_, dataStream_));
        _disableInitializers();
    }

    /// @notice Hands the proxy over to its authority and sets destinations and split; upgrades freeze 548 days later.
    /// Once.
    /// @param authority The AccessManager that governs split, destinations, pauses and upgrades.
    /// @param treasury_ Where the protocol's part goes; not zero.
    /// @param security_ Where the security part goes; not zero.
    /// @param config Basis points of the fee, together at most 2,000, inclusive.
    function initialize(address authority, address treasury_, address security_, SplitConfig calldata config)
        external
        initializer
    {
        __AccessManaged_init(authority);
        MarketStorageLib.load().upgradesFrozenAt = uint64(block.timestamp) + UPGRADABLE_FOR;
        _run(_dues, abi.encodeCall(MarketDues.setDestinations, (treasury_, security_)));
        _run(_dues, abi.encodeCall(MarketDues.setSplitConfig, (config)));
    }

    /// @inheritdoc IInferenceMarket
    function deposit(address, uint96) external {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function depositWithPermit(address, uint96, uint256, uint8, bytes32, bytes32) external {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function depositWithAuthorization(address, uint96, uint256, uint256, bytes32, uint8, bytes32, bytes32) external {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function withdraw(address, uint96) external {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function authorizeSigner(address) external {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function thawSigner(address) external {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function openChannel(address, uint96, uint96) external returns (bytes32) {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function topUp(bytes32, uint96) external {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function allocate(Allocation calldata, address, uint96, uint96, bytes calldata) external returns (bytes32) {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function revokeAllocation(Allocation calldata) external {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function thaw(bytes32, uint96) external {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function withdrawThawed(bytes32) external returns (uint96) {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function release(bytes32, uint96) external returns (uint96) {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function releaseBySignature(Release calldata, bytes calldata) external returns (uint96) {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function refund(bytes32, uint96) external {
        _runAs(_accounts);
    }

    /// @inheritdoc IInferenceMarket
    function settle(bytes calldata rows, bytes32 receiptsRoot, bytes32 dataHash, uint256 expected)
        external
        returns (uint64 batch)
    {
        (batch,) = _settle(msg.sender, rows, receiptsRoot, dataHash, expected);
    }

    /// @inheritdoc IInferenceMarket
    function settleFor(SettleFor calldata order, bytes calldata rows, bytes calldata signature)
        external
        returns (uint64 batch)
    {
        MarketSignaturesLib.requireInTime(order.deadline);
        if (keccak256(rows) != order.rowsHash) revert InferenceMarket_RowsChanged(order.rowsHash, keccak256(rows));
        // a malformed signature is nobody's: an error, whoever the runner is said to be
        (address signer, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(order.digest(), signature);
        if (failure != ECDSA.RecoverError.NoError || signer != order.runner) {
            revert InferenceMarket_InvalidSignature(order.runner);
        }
        bytes32 settlementsHash;
        (batch, settlementsHash) = _settle(order.runner, rows, order.receiptsRoot, order.dataHash, order.expectedConfig);

        if (batch != 0 && settlementsHash != order.settlementsHash) {
            revert InferenceMarket_SettlementsChanged(order.settlementsHash, settlementsHash);
        }
    }

    /// @inheritdoc IInferenceMarket
    function collectProtocol() external returns (uint96) {
        _runAs(_dues);
    }

    /// @inheritdoc IInferenceMarket
    function collectSecurity() external returns (uint96) {
        _runAs(_dues);
    }

    /// @inheritdoc IInferenceMarket
    function collectStakers(address) external returns (uint96) {
        _runAs(_dues);
    }

    /// @inheritdoc IInferenceMarket
    function collectModel(uint64) external returns (uint96) {
        _runAs(_dues);
    }

    /// @inheritdoc IInferenceMarket
    function collectRunner(address) external returns (uint96) {
        _runAs(_dues);
    }

    /// @inheritdoc IInferenceMarket
    function collectData() external returns (uint96) {
        _runAs(_dues);
    }

    /// @inheritdoc IInferenceMarket
    function pinBatches() external returns (uint64 number, bytes32 chain) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        number = $.totals.batchCount();
        chain = $.chain;
        if ($.pinned[number] == chain) return (number, chain);

        _pin(number, chain);
    }

    /// @inheritdoc IInferenceMarket
    function setSplitConfig(SplitConfig calldata) external restricted {
        _runAs(_dues);
    }

    /// @inheritdoc IInferenceMarket
    function setDestinations(address, address) external restricted {
        _runAs(_dues);
    }

    /// @inheritdoc IInferenceMarket
    function pauseSettlement(uint64) external restricted {
        _runAs(_dues);
    }

    /// @inheritdoc IInferenceMarket
    function pauseExits(uint64) external restricted {
        _runAs(_dues);
    }

    /// @inheritdoc IInferenceMarket
    function splitConfig() external view returns (SplitConfig memory) {
        return MarketStorageLib.load().config;
    }

    /// @inheritdoc IInferenceMarket
    function configCode() external view returns (uint32) {
        return MarketStorageLib.load().totals.configCode();
    }

    /// @inheritdoc IInferenceMarket
    function batchCount() external view returns (uint64) {
        return MarketStorageLib.load().totals.batchCount();
    }

    /// @inheritdoc IInferenceMarket
    function batchChainAt(uint64 number) external view returns (bytes32) {
        return MarketStorageLib.load().pinned[number];
    }

    /// @inheritdoc IInferenceMarket
    function cumulativeData() external view returns (uint96) {
        return MarketStorageLib.load().totals.cumulativeData();
    }

    /// @inheritdoc IInferenceMarket
    function treasury() external view returns (address) {
        return MarketStorageLib.load().treasury;
    }

    /// @inheritdoc IInferenceMarket
    function security() external view returns (address) {
        return MarketStorageLib.load().security;
    }

    /// @inheritdoc IInferenceMarket
    function upgradesFrozenAt() external view returns (uint64) {
        return MarketStorageLib.load().upgradesFrozenAt;
    }

    /// @inheritdoc IInferenceMarket
    function pausedUntil() external view returns (uint64 settlement, uint64 exits) {
        MarketClock storage clock = MarketStorageLib.load().clock;
        return (clock.pausedUntil, clock.exitsPausedUntil);
    }

    /// @inheritdoc IInferenceMarket
    function freeOf(address payer) external view returns (uint96) {
        return MarketStorageLib.load().free[payer];
    }

    /// @inheritdoc IInferenceMarket
    function channelOf(bytes32 channel) external view returns (Channel memory) {
        return ChannelLib.stateOf(channel);
    }

    /// @inheritdoc IInferenceMarket
    function payerOf(bytes32 channel) external view returns (address) {
        return MarketStorageLib.load().terms[channel].payer;
    }

    /// @inheritdoc IInferenceMarket
    function runnerOf(bytes32 channel) external view returns (address) {
        return MarketStorageLib.load().terms[channel].runner;
    }

    /// @inheritdoc IInferenceMarket
    function isSigner(address payer, address signer) external view returns (bool) {
        return payer == signer || MarketStorageLib.load().signerEnd[payer][signer] != 0;
    }

    /// @inheritdoc IInferenceMarket
    function signerEndOf(address payer, address signer) external view returns (uint64) {
        return SignerLib.endOf(payer, signer);
    }

    /// @inheritdoc IInferenceMarket
    function channelId(address payer, address runner, uint96 salt) external view returns (bytes32) {
        return ChannelLib.idOf(payer, runner, salt);
    }

    /// @inheritdoc IInferenceMarket
    function modelClaimedOf(bytes32 channel, uint64 model) external view returns (uint96) {
        return ClaimLib.claimedOf(MarketStorageLib.load().funds[channel].word, channel, model);
    }

    /// @inheritdoc IInferenceMarket
    function protocolDue() external view returns (uint96) {
        (uint96 undivided,,) = GovernedDuesLib.parts();
        return MarketStorageLib.load().protocolDue + undivided;
    }

    /// @inheritdoc IInferenceMarket
    function securityDue() external view returns (uint96) {
        (, uint96 undivided,) = GovernedDuesLib.parts();
        return MarketStorageLib.load().securityDue + undivided;
    }

    /// @inheritdoc IInferenceMarket
    function governedRest() external view returns (uint96 rest) {
        (,, rest) = GovernedDuesLib.parts();
    }

    /// @inheritdoc IInferenceMarket
    function stakersDue(address runner) external view returns (uint96) {
        return MarketStorageLib.load().dues[runner].word.stakers();
    }

    /// @inheritdoc IInferenceMarket
    function modelDue(uint64 model) external view returns (uint96) {
        return MarketStorageLib.load().models[model].word.due();
    }

    /// @inheritdoc IInferenceMarket
    function runnerDue(address runner) external view returns (uint96) {
        return MarketStorageLib.load().dues[runner].word.runner();
    }

    /// @inheritdoc IInferenceMarket
    function dataDue() external view returns (uint96) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        return $.totals.cumulativeData() - $.dataCollected;
    }

    /// @inheritdoc IInferenceMarket
    function allocationUse(bytes32 allocation) external view returns (AllocationUse memory) {
        return MarketStorageLib.load().allocations[allocation];
    }

    /// @inheritdoc IInferenceMarket
    function voucherDigest(
        bytes32 channel,
        uint64 model,
        uint64 nonce,
        uint96 cumulativeCap,
        bytes32 requestHash,
        uint64 deadline
    ) external view returns (bytes32) {
        return Voucher(channel, model, nonce, cumulativeCap, requestHash, deadline)
            .digest(MarketDomainLib.separator(address(this)));
    }

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        // 0x0f: name, version, chainId, verifyingContract
        return
            (hex"0f", MarketDomainLib.NAME, MarketDomainLib.VERSION, block.chainid, address(this), 0, new uint256[](0));
    }

    /// @notice Settles rows for a runner and writes the batch's header into the chain.
    /// @return batch 0 where nothing is settled. @return settlementsHash Of what was moved.
    function _settle(address runner, bytes calldata rows, bytes32 receiptsRoot, bytes32 dataHash, uint256 expected)
        private
        returns (uint64 batch, bytes32 settlementsHash)
    {
        MarketTotals totals = MarketStorageLib.load().totals;
        // the lowest 32 bits are the configuration
        if (!totals.isReadyFor(uint32(expected))) _requireExpected(totals, uint32(expected));
        if (receiptsRoot == 0) revert InferenceMarket_ZeroReceiptsRoot();
        if (dataHash == 0) revert InferenceMarket_ZeroDataHash();
        if (rows.length == 0) revert InferenceMarket_MalformedRows(0);

        uint256 rowCount = rows.length / SettlementRowsLib.ROW_SIZE;
        SettlementFrame.open(runner, rowCount, receiptsRoot, dataHash);
        SettlementLib.settle(rows, totals, models);
        (uint256 amount,) = SettlementFrame.amounts();
        if (amount == 0) return (0, 0);
        expected >>= 32;
        if (amount != expected && expected != 0) revert InferenceMarket_AmountChanged(expected, amount);
        settlementsHash = SettlementFrame.settlementsHash();

        totals = SettlementLib.credit(totals, staking, stakeCheckPeriod);
        batch = totals.batchCount();
        bytes32 chain = SettlementLib.link(batch, settlementsHash);

        SettlementFrame.emitBatch(rowCount, batch, totals.cumulativeData());
        if (batch % BatchChainLib.PIN_INTERVAL == 0) _pin(batch, chain);
    }

    function _pin(uint64 number, bytes32 chain) private {
        MarketStorageLib.load().pinned[number] = chain;

        emit BatchesPinned(number, chain);
    }

    /// @dev `upgradeToAndCall` is the only entry, so `restricted` checks that selector.
    function _authorizeUpgrade(address) internal override restricted {
        uint64 frozenAt = MarketStorageLib.load().upgradesFrozenAt;
        if (block.timestamp >= frozenAt) {
            revert InferenceMarket_UpgradesFrozen(frozenAt, uint64(block.timestamp));
        }
    }

    /// @dev Runs the call as it came in a part of this code, on this contract's storage, and ends it with the part's answer.
    function _runAs(address part) private {
        // memory is this call's own to the end: nothing follows
        assembly ("memory-safe") {
            calldatacopy(0, 0, calldatasize())
            let done := delegatecall(gas(), part, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(done) { revert(0, returndatasize()) }
            return(0, returndatasize())
        }
    }

    /// @dev Runs a call in a part and goes on: what it answers is not read.
    function _run(address part, bytes memory data) private {
        assembly ("memory-safe") {
            if iszero(delegatecall(gas(), part, add(data, 0x20), mload(data), 0, 0)) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    /// @dev Reverts while settlement is paused, and where another configuration is in force.
    function _requireExpected(MarketTotals totals, uint32 expectedConfig) private view {
        uint64 until = MarketStorageLib.load().clock.pausedUntil;
        if (block.timestamp < until) revert InferenceMarket_SettlementPaused(until);
        uint32 actual = totals.configCode();
        if (expectedConfig != actual) revert InferenceMarket_ConfigChanged(expectedConfig, actual);
    }
}
