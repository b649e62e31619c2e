// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title HistoryLib
/// @notice What something was, and since when: words of `since` (64 bits) and a value (192 bits), ascending.
library HistoryLib {
    uint256 private constant VALUE_BITS = 192;

    /// @notice One word of a history.
    function entry(uint256 since, uint256 value) internal pure returns (uint256) {
        return since << VALUE_BITS | value;
    }

    /// @notice Notes a value from now on; of more in one second the last counts. The first of all stays: it is what was before.
    function note(uint256[] storage history, uint192 value) internal {
        uint256 length = history.length;
        if (length > 1 && sinceOf(history[length - 1]) == block.timestamp) history.pop();
        history.push(entry(block.timestamp, value));
    }

    /// @notice The newest word that is not later than a timestamp; the first where all are. The history must not be empty.
    function newestAt(uint256[] storage history, uint256 timestamp) internal view returns (uint256) {
        uint256 low = 0;
        uint256 high = history.length;
        // it lies in [low, high), if any does
        while (high - low > 1) {
            uint256 middle = (low + high) / 2;
            if (sinceOf(history[middle]) > timestamp) high = middle;
            else low = middle;
        }
        return history[low];
    }

    function sinceOf(uint256 word) internal pure returns (uint256) {
        return word >> VALUE_BITS;
    }
}
