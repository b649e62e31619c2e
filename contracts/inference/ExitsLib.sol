// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {MarketStorageLib} from "./MarketStorageLib.sol";

/// @title ExitsLib
/// @notice Whether money may leave the market.
library ExitsLib {
    function areOpen() internal view returns (bool) {
        return block.timestamp >= MarketStorageLib.load().clock.exitsPausedUntil;
    }

    function requireOpen() internal view {
        if (areOpen()) return;
        revert IInferenceMarket.InferenceMarket_ExitsPaused(MarketStorageLib.load().clock.exitsPausedUntil);
    }
}
