// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @param end Timestamp before which (exclusive) all its paused seconds lie.
/// @param length Paused seconds: without a gap before `end`, unless spans were merged.
struct Span {
    uint48 end;
    uint48 length;
}

/// @param last Place of the newest span.
struct PauseHistory {
    Span[8] spans;
    uint8 last;
}

/// @title PauseHistoryLib
/// @notice How long something was paused in the last 60 days, in bounded storage.
/// @dev Exact for up to eight pauses in 60 days. A further one is merged into the newest, which can only make the answer
/// larger: so no number of short pauses wears the brake out, and none is forgotten too early.
library PauseHistoryLib {
    uint256 internal constant PERIOD = 60 days;
    uint256 private constant SPANS = 8;

    /// @notice Adds a pause. @param from At or after the end of the last one. @param to After `from`.
    function add(PauseHistory storage history, uint48 from, uint48 to) internal {
        uint8 last = history.last;
        uint8 next = uint8((last + 1) % SPANS);
        bool continues = history.spans[last].end == from;
        // an older span is overwritten only when no 60 days that end after `from` see it
        bool full = history.spans[next].end + PERIOD > from;

        if (continues || full) {
            history.spans[last].length += to - from;
            history.spans[last].end = to;
        } else {
            history.spans[next] = Span(to, to - from);
            history.last = next;
        }
    }

    /// @notice Ends the newest pause. @param time Not before the pause began, not after its end.
    function cut(PauseHistory storage history, uint48 time) internal {
        Span storage span = history.spans[history.last];
        span.length -= span.end - time;
        span.end = time;
    }

    /// @notice Paused seconds in the 60 days up to a timepoint, which is not before the newest pause's end; never too few.
    function pausedBefore(PauseHistory storage history, uint256 timepoint) internal view returns (uint256 paused) {
        for (uint256 i = 0; i < SPANS; ++i) {
            Span memory span = history.spans[i];
            uint256 leaves = span.end + PERIOD;
            if (leaves <= timepoint) continue;
            uint256 within = leaves - timepoint;
            paused += span.length < within ? span.length : within;
        }
    }
}
