// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";

/// @title SplitLib
/// @notice Divides what is settled; the parts always add up to it.
library SplitLib {
    uint256 internal constant BPS = 10_000;

    /// @notice Data part of what lies between two cumulative amounts, `before <= cumulative`.
    /// @dev A difference of floors: the parts of successive receipts add up to the part of their sum, with no dust.
    function dataFee(uint96 before, uint96 cumulative, uint16 dataBps) internal pure returns (uint96) {
        // dataBps <= 10_000, so the result is at most cumulative - before + 1 and at most cumulative
        return uint96(uint256(cumulative) * dataBps / BPS - uint256(before) * dataBps / BPS);
    }

    /// @notice Divides `amount`, of which `data` is the data part.
    /// @dev The registry bounds modelBps + dataBps by 7000 and the market the governed parts by 2000, so the denominator is
    /// positive and the runner's remainder never negative.
    function split(
        uint96 amount,
        uint96 data,
        IInferenceMarket.SplitConfig memory config,
        IModelRegistry.Revenue memory revenue
    ) internal pure returns (IInferenceMarket.Split memory parts) {
        uint96 rest = amount - data;
        uint256 restBps = BPS - revenue.dataBps;

        parts.data = data;
        parts.protocol = _partDown(rest, config.protocolBps, restBps);
        parts.security = _partDown(rest, config.securityBps, restBps);
        parts.stakers = _partDown(rest, config.stakersBps, restBps);
        parts.model = _partDown(rest, revenue.modelBps, restBps);
        parts.runner = rest - parts.protocol - parts.security - parts.stakers - parts.model;
    }

    function _partDown(uint96 rest, uint16 bps, uint256 restBps) private pure returns (uint96) {
        // bps <= restBps, so the part is at most rest
        return uint96(uint256(rest) * bps / restBps);
    }
}
