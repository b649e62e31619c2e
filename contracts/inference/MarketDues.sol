// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IRewardDistributor} from "../interfaces/IRewardDistributor.sol";
import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {ExitsLib} from "./ExitsLib.sol";
import {GovernedDuesLib} from "./GovernedDuesLib.sol";
import {MarketConfigLib} from "./MarketConfigLib.sol";
import {MarketPart} from "./MarketPart.sol";
import {MarketStorageLib} from "./MarketStorageLib.sol";
import {ModelAccount} from "./ModelAccount.sol";
import {RunnerDues} from "./RunnerDues.sol";
import {SplitLib} from "./SplitLib.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @title MarketDues
/// @notice The market's part that sweeps dues to their fixed destinations, and what governance sets; `IInferenceMarket` defines
/// its functions. The market has checked who calls.
contract MarketDues is MarketPart {
    using SafeERC20 for IERC20;

    IERC20 private immutable _token;
    IRewardDistributor private immutable _distributor;
    IStakingManager private immutable _staking;
    IModelRegistry private immutable _models;
    uint64 private immutable _dataStream;

    modifier whenExitsWork() {
        ExitsLib.requireOpen();
        _;
    }

    /// @notice Made by the market's constructor.
    /// @param token_ OPEN.
    /// @param distributor_ The distributor whose stream takes the data parts.
    /// @param staking_ The staking manager.
    /// @param models_ The model registry.
    /// @param dataStream_ That stream's number, from 1.
    constructor(
        IERC20 token_,
        IRewardDistributor distributor_,
        IStakingManager staking_,
        IModelRegistry models_,
        uint64 dataStream_
    ) {
        _token = token_;
        _distributor = distributor_;
        _staking = staking_;
        _models = models_;
        _dataStream = dataStream_;
    }

    /// @notice The market's `collectProtocol`, as `IInferenceMarket` defines it.
    function collectProtocol() external asMarket whenExitsWork returns (uint96 amount) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        GovernedDuesLib.divide();
        amount = _nonZeroDue($.protocolDue);

        $.protocolDue = 0;

        emit IInferenceMarket.ProtocolCollected($.treasury, amount);
        _token.safeTransfer($.treasury, amount);
    }

    /// @notice The market's `collectSecurity`, as `IInferenceMarket` defines it.
    function collectSecurity() external asMarket whenExitsWork returns (uint96 amount) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        GovernedDuesLib.divide();
        amount = _nonZeroDue($.securityDue);

        $.securityDue = 0;

        emit IInferenceMarket.SecurityCollected($.security, amount);
        _token.safeTransfer($.security, amount);
    }

    /// @notice The market's `collectStakers`, as `IInferenceMarket` defines it.
    function collectStakers(address runner) external asMarket whenExitsWork returns (uint96 amount) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        RunnerDues dues = $.dues[runner].word;
        amount = _nonZeroDue(dues.stakers());

        $.dues[runner].word = dues.withStakers(0);

        emit IInferenceMarket.StakersCollected(runner, amount);
        // just this amount: nobody has a standing allowance over payers' money
        _token.forceApprove(address(_staking), amount);
        _staking.addFees(runner, Role.Runner, amount);
    }

    /// @notice The market's `collectRunner`, as `IInferenceMarket` defines it.
    function collectRunner(address runner) external asMarket whenExitsWork returns (uint96 amount) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        RunnerDues dues = $.dues[runner].word;
        amount = _nonZeroDue(dues.runner());

        $.dues[runner].word = dues.withRunner(0);

        emit IInferenceMarket.RunnerCollected(runner, amount);
        _token.safeTransfer(runner, amount);
    }

    /// @notice The market's `collectModel`, as `IInferenceMarket` defines it.
    /// @dev With upstream models only what divides into basis points without a rest leaves; the rest, less than 10⁴ base units,
    /// waits. So no part depends on how often it is collected.
    function collectModel(uint64 model) external asMarket whenExitsWork returns (uint96 amount) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        ModelAccount account = $.models[model].word;
        // at most eight, each with its basis points of the model part, together at most all of it: the registry's bounds
        IModelRegistry.Upstream[] memory upstream = _models.upstreamOf(model);
        uint96 rest = _isShared(upstream) ? account.due() % uint96(SplitLib.BPS) : 0;
        amount = _nonZeroDue(account.due() - rest);

        $.models[model].word = account.withDue(rest);

        uint96 left = amount;
        for (uint256 i = 0; i < upstream.length; ++i) {
            if (upstream[i].bps == 0) continue;
            uint96 part = amount / uint96(SplitLib.BPS) * upstream[i].bps;
            left -= part;
            address to = IERC721(address(_models)).ownerOf(upstream[i].model);
            emit IInferenceMarket.UpstreamCollected(model, upstream[i].model, to, part);
            _token.safeTransfer(to, part);
        }
        address owner = IERC721(address(_models)).ownerOf(model);
        emit IInferenceMarket.ModelCollected(model, owner, left);
        _token.safeTransfer(owner, left);
    }

    /// @notice The market's `collectData`, as `IInferenceMarket` defines it.
    function collectData() external asMarket returns (uint96 amount) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        uint96 collectedAfter = $.totals.cumulativeData();
        amount = collectedAfter - $.dataCollected;
        if (amount == 0 || !ExitsLib.areOpen()) return 0;

        $.dataCollected = collectedAfter;

        emit IInferenceMarket.DataCollected(_dataStream, amount, collectedAfter);
        _token.forceApprove(address(_distributor), amount);
        _distributor.fund(_dataStream, amount);
    }

    /// @notice The market's `setSplitConfig`, as `IInferenceMarket` defines it.
    function setSplitConfig(IInferenceMarket.SplitConfig calldata config) external asMarket {
        MarketConfigLib.setSplitConfig(config);
    }

    /// @notice The market's `setDestinations`, as `IInferenceMarket` defines it.
    function setDestinations(address treasury, address security) external asMarket {
        MarketConfigLib.setDestinations(treasury, security);
    }

    /// @notice The market's `pauseSettlement`, as `IInferenceMarket` defines it.
    function pauseSettlement(uint64 until) external asMarket {
        MarketConfigLib.pauseSettlement(until);
    }

    /// @notice The market's `pauseExits`, as `IInferenceMarket` defines it.
    function pauseExits(uint64 until) external asMarket {
        MarketConfigLib.pauseExits(until);
    }

    /// @dev Whether upstream models get a part of what their derivative earns: many are named for lineage alone.
    function _isShared(IModelRegistry.Upstream[] memory upstream) private pure returns (bool) {
        for (uint256 i = 0; i < upstream.length; ++i) {
            if (upstream[i].bps != 0) return true;
        }
        return false;
    }

    function _nonZeroDue(uint96 due) private pure returns (uint96) {
        if (due == 0) revert IInferenceMarket.InferenceMarket_NothingDue();
        return due;
    }
}
