// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Batch, IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IRewardDistributor} from "../interfaces/IRewardDistributor.sol";
import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {BatchChainLib} from "./BatchChainLib.sol";
import {BatchLib} from "./BatchLib.sol";
import {MarketDomainLib} from "./MarketDomainLib.sol";
import {MarketStorageLib} from "./MarketStorageLib.sol";
import {SettlementRowsLib} from "./SettlementRowsLib.sol";
import {SplitLib} from "./SplitLib.sol";
import {Voucher, VoucherLib} from "./VoucherLib.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title InferenceMarket
/// @notice Owns payers' money: free balances, channels to runners, vouchers, settlement in batches and exact splits.
contract InferenceMarket is IInferenceMarket, IERC5267, UUPSUpgradeable, AccessManagedUpgradeable {
    using SafeERC20 for IERC20;
    using SettlementRowsLib for bytes;
    using VoucherLib for Voucher;

    /// @dev A settlement on its way: what is read once, and the sums over its groups.
    struct Settlement {
        uint64 batch;
        bytes32 domainSeparator;
        SplitConfig config;
        uint96 amount;
        Split sum;
        bytes settlements;
    }

    uint256 private constant MAXIMUM_GOVERNED_BPS = 2000;
    uint64 private constant UPGRADABLE_FOR = 548 days;

    IERC20 public immutable token;
    IRewardDistributor public immutable distributor;
    IStakingManager public immutable staking;
    IModelRegistry public immutable models;
    uint64 public immutable dataStream;
    uint64 public immutable thawPeriod;

    constructor(
        IERC20 token_,
        IRewardDistributor distributor_,
        IStakingManager staking_,
        IModelRegistry models_,
        uint64 dataStream_,
        uint64 thawPeriod_
    ) {
        if (distributor_.streamOf(dataStream_).allocator == address(0)) {
            revert InferenceMarket_UnknownStream(dataStream_);
        }
        token = token_;
        distributor = distributor_;
        staking = staking_;
        models = models_;
        dataStream = dataStream_;
        thawPeriod = thawPeriod_;
        _disableInitializers();
    }

    function initialize(address authority, address treasury_, address security_, SplitConfig calldata config)
        external
        initializer
    {
        __AccessManaged_init(authority);
        MarketStorageLib.load().upgradesFrozenAt = uint64(block.timestamp) + UPGRADABLE_FOR;
        _setDestinations(treasury_, security_);
        _setSplitConfig(config);
        // the distributor is immutable and pulls only what `fund`'s caller names
        token.forceApprove(address(distributor), type(uint256).max);
    }

    /// @inheritdoc IInferenceMarket
    function deposit(address payer, uint96 amount) external {
        if (payer == address(0)) revert InferenceMarket_ZeroAddress();
        if (amount == 0) revert InferenceMarket_ZeroAmount();

        uint96 freeAfter = MarketStorageLib.load().free[payer] + amount;

        MarketStorageLib.load().free[payer] = freeAfter;

        emit Deposited(payer, msg.sender, amount, freeAfter);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IInferenceMarket
    function withdraw(address to, uint96 amount) external {
        if (to == address(0)) revert InferenceMarket_ZeroAddress();

        uint96 freeAfter = _takeFree(amount);

        emit Withdrawn(msg.sender, to, amount, freeAfter);
        token.safeTransfer(to, amount);
    }

    /// @inheritdoc IInferenceMarket
    function openChannel(address runner, bytes32 salt, uint96 amount) external returns (bytes32 channel) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        channel = channelId(msg.sender, runner, salt);
        if ($.runnerOf[channel] != address(0)) revert InferenceMarket_ChannelExists(channel);
        if (!staking.isActive(runner, Role.Runner)) revert InferenceMarket_RunnerNotActive(runner);

        uint96 freeAfter = _takeFree(amount);

        $.runnerOf[channel] = runner;
        MarketStorageLib.ChannelState storage c = $.channels[runner][channel];
        c.payer = msg.sender;
        c.balance = amount;

        emit ChannelOpened(channel, msg.sender, runner, salt, amount, freeAfter);
    }

    /// @inheritdoc IInferenceMarket
    function topUp(bytes32 channel, uint96 amount) external {
        MarketStorageLib.ChannelState storage c = _ownChannel(channel);

        uint96 freeAfter = _takeFree(amount);
        uint96 balanceAfter = c.balance + amount;

        c.balance = balanceAfter;

        emit ChannelToppedUp(channel, amount, balanceAfter, freeAfter);
    }

    /// @inheritdoc IInferenceMarket
    function thaw(bytes32 channel, uint96 amount) external {
        MarketStorageLib.ChannelState storage c = _ownChannel(channel);
        if (amount == 0) revert InferenceMarket_ZeroAmount();
        uint96 unclaimed = c.balance - c.claimed;
        // what thaws may have been settled meanwhile
        uint96 available = unclaimed > c.thawing ? unclaimed - c.thawing : 0;
        if (amount > available) revert InferenceMarket_ThawExceedsBalance(amount, available);

        uint96 thawingAfter = c.thawing + amount;
        uint64 thawEnd = uint64(block.timestamp) + thawPeriod;

        c.thawing = thawingAfter;
        c.thawEnd = thawEnd;

        emit ChannelThawStarted(channel, amount, thawingAfter, thawEnd);
    }

    /// @inheritdoc IInferenceMarket
    function withdrawThawed(bytes32 channel) external returns (uint96 amount) {
        MarketStorageLib.ChannelState storage c = _ownChannel(channel);
        if (c.thawEnd == 0) revert InferenceMarket_NothingThawing(channel);
        if (block.timestamp < c.thawEnd) revert InferenceMarket_StillThawing(c.thawEnd, uint64(block.timestamp));

        uint96 unclaimed = c.balance - c.claimed;
        amount = c.thawing < unclaimed ? c.thawing : unclaimed;
        uint96 balanceAfter = c.balance - amount;
        uint96 freeAfter = MarketStorageLib.load().free[msg.sender] + amount;

        c.balance = balanceAfter;
        c.thawing = 0;
        c.thawEnd = 0;
        MarketStorageLib.load().free[msg.sender] = freeAfter;

        emit ChannelThawWithdrawn(channel, amount, balanceAfter, freeAfter);
    }

    /// @inheritdoc IInferenceMarket
    function settle(bytes calldata rows, bytes32 receiptsRoot, bytes32 dataHash, uint32 expectedConfig)
        external
        returns (uint64 batch)
    {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        if (expectedConfig != $.configVersion) revert InferenceMarket_ConfigChanged(expectedConfig, $.configVersion);
        if (receiptsRoot == 0) revert InferenceMarket_ZeroReceiptsRoot();
        if (dataHash == 0) revert InferenceMarket_ZeroDataHash();
        if (rows.length == 0) revert InferenceMarket_MalformedRows(0);

        Settlement memory s;
        s.batch = $.batchCount + 1;
        s.config = splitConfig();
        s.domainSeparator = MarketDomainLib.separator(address(this));
        _settleRows(s, rows);
        if (s.amount == 0) return 0;
        batch = s.batch;

        $.batchCount = batch;
        _chain($, s, receiptsRoot);
        $.protocolDue += s.sum.protocol;
        $.securityDue += s.sum.security;
        $.cumulativeData += s.sum.data;
        MarketStorageLib.RunnerDues storage dues = $.runnerDues[msg.sender];
        dues.runner += s.sum.runner;
        dues.stakers += s.sum.stakers;

        emit BatchSettled(batch, msg.sender, receiptsRoot, dataHash, s.amount, s.sum.data, $.cumulativeData);
    }

    function _chain(MarketStorageLib.Layout storage $, Settlement memory s, bytes32 receiptsRoot) private {
        Batch memory header = Batch(
            s.batch, msg.sender, uint64(block.timestamp), s.amount, s.sum.data, receiptsRoot, keccak256(s.settlements)
        );
        $.chain = BatchLib.extend($.chain, BatchLib.hash(header));
        if (s.batch % BatchChainLib.PIN_INTERVAL == 0) pinBatches();
    }

    /// @inheritdoc IInferenceMarket
    function pinBatches() public returns (uint64 number, bytes32 chain) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        number = $.batchCount;
        chain = $.chain;
        if ($.pinned[number] == chain) return (number, chain);

        $.pinned[number] = chain;

        emit BatchesPinned(number, chain);
    }

    /// @inheritdoc IInferenceMarket
    function collectData() external returns (uint96 amount) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        amount = $.cumulativeData - $.dataCollected;
        if (amount == 0) return 0;

        $.dataCollected += amount;

        emit DataCollected(dataStream, amount, $.dataCollected);
        distributor.fund(dataStream, amount);
    }

    /// @inheritdoc IInferenceMarket
    function collectProtocol() external returns (uint96 amount) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        amount = _nonZeroDue($.protocolDue);

        $.protocolDue = 0;

        emit ProtocolCollected($.treasury, amount);
        token.safeTransfer($.treasury, amount);
    }

    /// @inheritdoc IInferenceMarket
    function collectSecurity() external returns (uint96 amount) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        amount = _nonZeroDue($.securityDue);

        $.securityDue = 0;

        emit SecurityCollected($.security, amount);
        token.safeTransfer($.security, amount);
    }

    /// @inheritdoc IInferenceMarket
    function collectStakers(address runner) external returns (uint96 amount) {
        MarketStorageLib.RunnerDues storage dues = MarketStorageLib.load().runnerDues[runner];
        amount = _nonZeroDue(dues.stakers);

        dues.stakers = 0;

        emit StakersCollected(runner, amount);
        // just this amount: the staking manager can be upgraded, so it gets no standing allowance
        token.forceApprove(address(staking), amount);
        staking.addFees(runner, Role.Runner, amount);
    }

    /// @inheritdoc IInferenceMarket
    function collectModel(uint64 model) external returns (uint96 amount) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        amount = _nonZeroDue($.modelDue[model]);
        address owner = IERC721(address(models)).ownerOf(model);

        $.modelDue[model] = 0;

        emit ModelCollected(model, owner, amount);
        token.safeTransfer(owner, amount);
    }

    /// @inheritdoc IInferenceMarket
    function collectRunner(address runner) external returns (uint96 amount) {
        MarketStorageLib.RunnerDues storage dues = MarketStorageLib.load().runnerDues[runner];
        amount = _nonZeroDue(dues.runner);

        dues.runner = 0;

        emit RunnerCollected(runner, amount);
        token.safeTransfer(runner, amount);
    }

    /// @inheritdoc IInferenceMarket
    function setSplitConfig(SplitConfig calldata config) external restricted {
        _setSplitConfig(config);
    }

    /// @inheritdoc IInferenceMarket
    function setDestinations(address treasury_, address security_) external restricted {
        _setDestinations(treasury_, security_);
    }

    /// @inheritdoc IInferenceMarket
    function configVersion() external view returns (uint32) {
        return MarketStorageLib.load().configVersion;
    }

    /// @inheritdoc IInferenceMarket
    function batchCount() external view returns (uint64) {
        return MarketStorageLib.load().batchCount;
    }

    /// @inheritdoc IInferenceMarket
    function batchChainAt(uint64 number) external view returns (bytes32) {
        return MarketStorageLib.load().pinned[number];
    }

    /// @inheritdoc IInferenceMarket
    function payerOf(bytes32 channel) external view returns (address) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        return $.channels[$.runnerOf[channel]][channel].payer;
    }

    /// @inheritdoc IInferenceMarket
    function runnerOf(bytes32 channel) external view returns (address) {
        return MarketStorageLib.load().runnerOf[channel];
    }

    /// @inheritdoc IInferenceMarket
    function isSigner(address payer, address signer) external pure returns (bool) {
        return payer == signer;
    }

    /// @inheritdoc IInferenceMarket
    function cumulativeData() external view returns (uint96) {
        return MarketStorageLib.load().cumulativeData;
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
    function freeOf(address payer) external view returns (uint96) {
        return MarketStorageLib.load().free[payer];
    }

    /// @inheritdoc IInferenceMarket
    function channelOf(bytes32 channel) external view returns (Channel memory) {
        address runner = MarketStorageLib.load().runnerOf[channel];
        MarketStorageLib.ChannelState storage c = MarketStorageLib.load().channels[runner][channel];
        return Channel({
            payer: c.payer,
            balance: c.balance,
            runner: runner,
            claimed: c.claimed,
            thawing: c.thawing,
            thawEnd: c.thawEnd
        });
    }

    /// @inheritdoc IInferenceMarket
    function modelClaimedOf(bytes32 channel, uint64 model) external view returns (uint96) {
        return MarketStorageLib.load().modelClaimed[channel][model];
    }

    /// @inheritdoc IInferenceMarket
    function protocolDue() external view returns (uint96) {
        return MarketStorageLib.load().protocolDue;
    }

    /// @inheritdoc IInferenceMarket
    function securityDue() external view returns (uint96) {
        return MarketStorageLib.load().securityDue;
    }

    /// @inheritdoc IInferenceMarket
    function stakersDue(address runner) external view returns (uint96) {
        return MarketStorageLib.load().runnerDues[runner].stakers;
    }

    /// @inheritdoc IInferenceMarket
    function modelDue(uint64 model) external view returns (uint96) {
        return MarketStorageLib.load().modelDue[model];
    }

    /// @inheritdoc IInferenceMarket
    function runnerDue(address runner) external view returns (uint96) {
        return MarketStorageLib.load().runnerDues[runner].runner;
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

    /// @inheritdoc IInferenceMarket
    function splitConfig() public view returns (SplitConfig memory) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        return SplitConfig($.protocolBps, $.securityBps, $.stakersBps);
    }

    /// @inheritdoc IInferenceMarket
    function channelId(address payer, address runner, bytes32 salt) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), payer, runner, salt));
    }

    function _settleRows(Settlement memory s, bytes calldata rows) private {
        SettlementRowsLib.Row memory row;
        uint64 previous;
        uint256 offset;
        while (offset < rows.length) {
            (uint64 model, uint256 end) = rows.readGroup(offset);
            if (model <= previous) revert InferenceMarket_ModelsNotAscending(previous, model);
            row.voucher.model = model;
            _settleGroup(s, rows[:end], offset + SettlementRowsLib.GROUP_SIZE, row);
            previous = model;
            offset = end;
        }
    }

    /// @dev Settles one model's rows, which lie in `rows` from `offset` to its end, and writes its split once.
    function _settleGroup(Settlement memory s, bytes calldata rows, uint256 offset, SettlementRowsLib.Row memory row)
        private
    {
        uint64 model = row.voucher.model;
        (, IModelRegistry.Revenue memory revenue) = models.termsOf(model);

        uint96 amount;
        uint96 data;
        for (; offset < rows.length; offset += SettlementRowsLib.ROW_SIZE) {
            rows.readRow(offset, row);
            uint96 paid = _settleRow(s, row);
            if (paid == 0) continue;
            amount += paid;
            data += SplitLib.dataFee(row.cumulative - paid, row.cumulative, revenue.dataBps);
        }
        if (amount == 0) return;

        Split memory parts = SplitLib.split(amount, data, s.config, revenue);
        s.amount += amount;
        s.sum.protocol += parts.protocol;
        s.sum.security += parts.security;
        s.sum.stakers += parts.stakers;
        s.sum.data += parts.data;
        s.sum.runner += parts.runner;
        MarketStorageLib.load().modelDue[model] += parts.model;
        emit ModelSettled(s.batch, model, msg.sender, amount, parts);
    }

    /// @return paid What the row raises `claimed` by; 0 for a replayed or lower voucher.
    function _settleRow(Settlement memory s, SettlementRowsLib.Row memory row) private returns (uint96 paid) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        bytes32 channel = row.voucher.channel;
        MarketStorageLib.ChannelState storage c = $.channels[msg.sender][channel];
        address payer = c.payer;
        if (payer == address(0)) _revertNotRunner(channel);
        mapping(uint64 model => uint96) storage modelClaimed = $.modelClaimed[channel];
        uint96 before = modelClaimed[row.voucher.model];
        if (row.cumulative <= before) return 0;
        _requireVoucher(s.domainSeparator, row, payer);

        paid = row.cumulative - before;
        uint256 claimedAfter = uint256(c.claimed) + paid;
        uint96 available = c.balance;
        if (c.thawEnd != 0 && block.timestamp >= c.thawEnd) available -= c.thawing;
        if (claimedAfter > available) revert InferenceMarket_ChannelExhausted(channel, claimedAfter, available);

        // at most `available`, a uint96
        c.claimed = uint96(claimedAfter);
        modelClaimed[row.voucher.model] = row.cumulative;

        s.settlements = abi.encodePacked(s.settlements, channel, row.voucher.model, before, row.cumulative);

        emit ChannelSettled(
            channel, row.voucher.model, s.batch, row.voucher.nonce, paid, row.cumulative, uint96(claimedAfter)
        );
    }

    function _requireVoucher(bytes32 domainSeparator, SettlementRowsLib.Row memory row, address payer) private view {
        Voucher memory voucher = row.voucher;
        if (block.timestamp > voucher.deadline) {
            revert InferenceMarket_VoucherExpired(voucher.channel, voucher.deadline, uint64(block.timestamp));
        }
        if (row.cumulative > voucher.cumulativeCap) {
            revert InferenceMarket_AmountAboveCap(voucher.channel, row.cumulative, voucher.cumulativeCap);
        }
        // a malformed signature recovers to address(0), which no payer is
        (address signer,,) = ECDSA.tryRecover(voucher.digest(domainSeparator), row.r, row.vs);
        if (signer != payer) revert InferenceMarket_WrongSigner(voucher.channel, signer, payer);
    }

    function _takeFree(uint96 amount) private returns (uint96 freeAfter) {
        if (amount == 0) revert InferenceMarket_ZeroAmount();
        uint96 free = MarketStorageLib.load().free[msg.sender];
        if (amount > free) revert InferenceMarket_InsufficientFree(msg.sender, amount, free);

        freeAfter = free - amount;
        MarketStorageLib.load().free[msg.sender] = freeAfter;
    }

    function _setSplitConfig(SplitConfig calldata config) private {
        uint256 sum = uint256(config.protocolBps) + config.securityBps + config.stakersBps;
        if (sum > MAXIMUM_GOVERNED_BPS) revert InferenceMarket_SplitTooLarge(sum, MAXIMUM_GOVERNED_BPS);

        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        $.protocolBps = config.protocolBps;
        $.securityBps = config.securityBps;
        $.stakersBps = config.stakersBps;
        uint32 version = ++$.configVersion;

        emit SplitConfigSet(version, config);
    }

    function _setDestinations(address treasury_, address security_) private {
        if (treasury_ == address(0) || security_ == address(0)) revert InferenceMarket_ZeroAddress();

        MarketStorageLib.load().treasury = treasury_;
        MarketStorageLib.load().security = security_;

        emit DestinationsSet(treasury_, security_);
    }

    /// @dev `upgradeToAndCall` is the only entry, so `restricted` checks that selector.
    function _authorizeUpgrade(address) internal override restricted {
        uint64 frozenAt = MarketStorageLib.load().upgradesFrozenAt;
        if (block.timestamp >= frozenAt) {
            revert InferenceMarket_UpgradesFrozen(frozenAt, uint64(block.timestamp));
        }
    }

    function _ownChannel(bytes32 channel) private view returns (MarketStorageLib.ChannelState storage c) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        address runner = $.runnerOf[channel];
        if (runner == address(0)) revert InferenceMarket_UnknownChannel(channel);
        c = $.channels[runner][channel];
        if (c.payer != msg.sender) revert InferenceMarket_NotPayer(channel, msg.sender, c.payer);
    }

    function _revertNotRunner(bytes32 channel) private view {
        address runner = MarketStorageLib.load().runnerOf[channel];
        if (runner == address(0)) revert InferenceMarket_UnknownChannel(channel);
        revert InferenceMarket_NotRunner(channel, msg.sender, runner);
    }

    function _nonZeroDue(uint96 due) private pure returns (uint96) {
        if (due == 0) revert InferenceMarket_NothingDue();
        return due;
    }
}
