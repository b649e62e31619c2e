// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice When the market was or is paused.
/// @param pausedAt Start of the newest pause of settlement; 0 when there was none.
/// @param pausedUntil Its end: the first second of working.
/// @param pausedBefore Seconds of all pauses of settlement before it.
/// @param exitsPausedUntil The first second in which money leaves again.
struct MarketClock {
    uint64 pausedAt;
    uint64 pausedUntil;
    uint64 pausedBefore;
    uint64 exitsPausedUntil;
}

using MarketClockLib for MarketClock global;

/// @title MarketClockLib
/// @notice The clock of thaws: timestamps less the seconds in which settlement was paused.
/// @dev A thaw's end is kept in working time, so that a pause ordered later moves it by itself.
library MarketClockLib {
    /// @notice Working time now. It stands still from `pausedAt` up to `pausedUntil`, else a second is a second.
    function workingTime(MarketClock memory clock) internal view returns (uint64) {
        uint256 pauseEnd = block.timestamp < clock.pausedUntil ? block.timestamp : clock.pausedUntil;
        // a pause starts at the block that orders it and ends later: pausedAt <= both; all pauses lie in the past
        return uint64(block.timestamp - clock.pausedBefore - (pauseEnd - clock.pausedAt));
    }

    /// @notice The timestamp at which working time reaches `working`, unless another pause is ordered.
    /// @dev Exact from the newest pause on; what lies before it has been reached already.
    function timestampOf(MarketClock memory clock, uint64 working) internal pure returns (uint64) {
        uint64 timestamp = working + clock.pausedBefore;
        return timestamp > clock.pausedAt ? timestamp + (clock.pausedUntil - clock.pausedAt) : timestamp;
    }

    /// @notice Pauses settlement from now up to `until`, which lies ahead; during a pause, moves that pause's end.
    function pauseSettlement(MarketClock storage clock, uint64 until) internal {
        if (block.timestamp >= clock.pausedUntil) {
            clock.pausedBefore += clock.pausedUntil - clock.pausedAt;
            clock.pausedAt = uint64(block.timestamp);
        }
        clock.pausedUntil = until;
    }
}
