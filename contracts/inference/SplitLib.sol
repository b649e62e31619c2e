// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

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

    /// @notice Divides what is left of an amount behind its data part; the parts add up to it.
    /// @param rest At most a uint96. @param governedBps Up to `dataBps`: basis points of the fee.
    /// @dev The market bounds governedBps + stakersBps by 2000 and modelBps + dataBps by 7000 (`MarketConfigLib`, `RevenueLib`).
    function split(uint256 rest, uint256 governedBps, uint256 stakersBps, uint256 modelBps, uint256 dataBps)
        internal
        pure
        returns (uint256 governed, uint256 stakers, uint256 model, uint256 runner)
    {
        // restBps >= 3000 and >= governedBps + stakersBps + modelBps + 1000: a runner's part is left; products are below 2^110
        unchecked {
            uint256 restBps = BPS - dataBps;
            governed = rest * governedBps / restBps;
            stakers = rest * stakersBps / restBps;
            model = rest * modelBps / restBps;
            runner = rest - governed - stakers - model;
        }
    }
}
