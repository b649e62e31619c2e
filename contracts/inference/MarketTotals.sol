// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";

/// @notice What every settlement reads and writes of the market as a whole, in one slot.
/// @dev | bits    | field          |                                                                        |
///      | 0–95    | governedDue    | protocol's and security's parts together, settled and not yet divided  |
///      | 96–191  | cumulativeData | data parts of all batches                                              |
///      | 192–231 | batchCount     | number of the newest batch                                             |
///      | 232–253 | configCode     | governedBps · 2¹¹ + stakersBps                                         |
///      | 254     | isHeld         | a pause was ordered and no settlement has seen its end                 |
///
/// 40 bits of batches: a settlement a second for 34,000 years.
type MarketTotals is uint256;

using MarketTotalsLib for MarketTotals global;

/// @title MarketTotalsLib
/// @notice Reads and moves the market's totals.
library MarketTotalsLib {
    uint256 private constant CODE_MASK = (1 << 22) - 1;
    uint256 private constant STAKERS_MASK = (1 << 11) - 1;
    uint256 private constant MASK_96 = type(uint96).max;
    uint256 private constant HELD = 1 << 254;

    function governedDue(MarketTotals totals) internal pure returns (uint96) {
        // the lowest 96 bits are the field
        return uint96(MarketTotals.unwrap(totals));
    }

    function cumulativeData(MarketTotals totals) internal pure returns (uint96) {
        // shifted down, the lowest 96 bits are the field
        return uint96(MarketTotals.unwrap(totals) >> 96);
    }

    function batchCount(MarketTotals totals) internal pure returns (uint40) {
        // shifted down, the lowest 40 bits are the field
        return uint40(MarketTotals.unwrap(totals) >> 192);
    }

    function configCode(MarketTotals totals) internal pure returns (uint32) {
        // 22 bits
        return uint32((MarketTotals.unwrap(totals) >> 232) & CODE_MASK);
    }

    /// @notice Whether it is not held and `code` is its configuration's.
    /// @dev One comparison of all that lies above the count. Turned over, the bit of the hold is 2^22 while it is not held; while it
    /// is, what is left is below 2^22, which no code with 2^22 added is, whatever the caller's 32 bits are.
    function isReadyFor(MarketTotals totals, uint32 code) internal pure returns (bool) {
        unchecked {
            return (MarketTotals.unwrap(totals) >> 232) ^ (1 << 22) == (1 << 22) + uint256(code);
        }
    }

    function governedBps(MarketTotals totals) internal pure returns (uint256) {
        return totals.configCode() >> 11;
    }

    function stakersBps(MarketTotals totals) internal pure returns (uint256) {
        return totals.configCode() & STAKERS_MASK;
    }

    /// @notice The totals behind one more batch, no longer held. Reverts where a sum would not fit its field.
    /// @param governed @param data Of uint96.
    function withBatch(MarketTotals totals, uint256 governed, uint256 data) internal pure returns (MarketTotals) {
        uint256 word = MarketTotals.unwrap(totals);
        // sums of two uint96
        unchecked {
            uint256 sums = ((word & MASK_96) + governed) | (((word >> 96) & MASK_96) + data);
            if (sums > MASK_96) revert IInferenceMarket.InferenceMarket_AmountTooLarge(sums);
            // so nothing is carried out of these two fields; out of the count neither: 2^40 settlements cost 10^17 gas
            return MarketTotals.wrap((word & ~HELD) + (1 << 192) + (data << 96) + governed);
        }
    }

    function withGovernedDue(MarketTotals totals, uint96 due) internal pure returns (MarketTotals) {
        uint256 word = MarketTotals.unwrap(totals);
        return MarketTotals.wrap((word & ~uint256(type(uint96).max)) | due);
    }

    /// @notice The totals with the governed parts that settlements from now on are split by.
    /// @param governedBps_ @param stakersBps_ Less than 2048 each, so that each keeps to its 11 bits.
    function withConfig(MarketTotals totals, uint256 governedBps_, uint256 stakersBps_)
        internal
        pure
        returns (MarketTotals)
    {
        uint256 word = MarketTotals.unwrap(totals) & ~(CODE_MASK << 232);
        return MarketTotals.wrap(word | (((governedBps_ << 11) | stakersBps_) << 232));
    }

    function withHold(MarketTotals totals) internal pure returns (MarketTotals) {
        return MarketTotals.wrap(MarketTotals.unwrap(totals) | HELD);
    }
}
