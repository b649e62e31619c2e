// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {GovernedDuesLib} from "./GovernedDuesLib.sol";
import {MarketStorageLib} from "./MarketStorageLib.sol";
import {MarketTotals} from "./MarketTotals.sol";

/// @title MarketConfigLib
/// @notice What governance and the brake set of the market.
library MarketConfigLib {
    uint256 private constant MAXIMUM_GOVERNED_BPS = 2000;
    uint64 private constant LONGEST_SETTLEMENT_PAUSE = 7 days;
    uint64 private constant LONGEST_EXITS_PAUSE = 72 hours;

    function setSplitConfig(IInferenceMarket.SplitConfig calldata config) internal {
        uint256 governedBps = uint256(config.protocolBps) + config.securityBps;
        uint256 sum = governedBps + config.stakersBps;
        if (sum > MAXIMUM_GOVERNED_BPS) {
            revert IInferenceMarket.InferenceMarket_SplitTooLarge(sum, MAXIMUM_GOVERNED_BPS);
        }

        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        GovernedDuesLib.divide();
        $.config = config;
        MarketTotals totals = $.totals.withConfig(governedBps, config.stakersBps);
        $.totals = totals;

        emit IInferenceMarket.SplitConfigSet(totals.configCode(), config);
    }

    function setDestinations(address treasury, address security) internal {
        if (treasury == address(0) || security == address(0)) revert IInferenceMarket.InferenceMarket_ZeroAddress();

        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        $.treasury = treasury;
        $.security = security;

        emit IInferenceMarket.DestinationsSet(treasury, security);
    }

    function pauseSettlement(uint64 until) internal {
        _requirePause(until, LONGEST_SETTLEMENT_PAUSE);

        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        $.clock.pauseSettlement(until);
        $.totals = $.totals.withHold();

        emit IInferenceMarket.SettlementPaused(until);
    }

    function pauseExits(uint64 until) internal {
        _requirePause(until, LONGEST_EXITS_PAUSE);

        MarketStorageLib.load().clock.exitsPausedUntil = until;

        emit IInferenceMarket.ExitsPaused(until);
    }

    function _requirePause(uint64 until, uint64 longest) private view {
        uint64 now_ = uint64(block.timestamp);
        if (until <= now_ || until > now_ + longest) {
            revert IInferenceMarket.InferenceMarket_PauseOutOfRange(until, now_, now_ + longest);
        }
    }
}
