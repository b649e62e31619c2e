// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PauseHistory, PauseHistoryLib} from "../../../contracts/governance/PauseHistoryLib.sol";
import {Test} from "forge-std/Test.sol";

/// @dev Against a list of all pauses, without a bound and second by second exact.
contract PauseHistoryLibTest is Test {
    using PauseHistoryLib for PauseHistory;

    struct Pause {
        uint48 from;
        uint48 to;
    }

    uint48 private constant START = 1_800_000_000;

    PauseHistory private history;
    Pause[] private pauses;

    function test_IsExactForOnePause() public {
        _add(START, START + 7 days);

        assertEq(history.pausedBefore(START + 7 days), 7 days);
        assertEq(history.pausedBefore(START + 60 days), 7 days);
        assertEq(history.pausedBefore(START + 60 days + 1), 7 days - 1);
        assertEq(history.pausedBefore(START + 67 days - 1), 1);
        assertEq(history.pausedBefore(START + 67 days), 0);
        assertEq(history.pausedBefore(START + 1000 days), 0);
    }

    function test_CutGivesTheRestBack() public {
        _add(START, START + 7 days);
        history.cut(START + 1 days);
        assertEq(history.pausedBefore(START + 1 days), 1 days);
        assertEq(history.pausedBefore(START + 60 days), 1 days);
        assertEq(history.pausedBefore(START + 61 days - 1), 1);
        assertEq(history.pausedBefore(START + 61 days), 0);
    }

    function test_CutAtItsBeginningLeavesNothing() public {
        _add(START, START + 7 days);
        history.cut(START);

        assertEq(history.pausedBefore(START), 0);
    }

    function test_APauseThatContinuesIsOneSpan() public {
        _add(START, START + 1 days);
        _add(START + 1 days, START + 2 days);
        assertEq(history.last, 1);
        _add(START + 3 days, START + 4 days);
        assertEq(history.last, 2);

        assertEq(history.pausedBefore(START + 4 days), 3 days);
    }

    /// @dev The ninth within 60 days joins the eighth and counts until 60 days after its own end; nothing is forgotten.
    function test_TheNinthIsMerged() public {
        for (uint48 i; i < 9; ++i) {
            _add(START + i * 1 days, START + i * 1 days + 10);
        }
        assertEq(history.last, 0);

        assertEq(history.pausedBefore(START + 8 days + 10), 90);
        uint48 end = START + 67 days + 10; // the eighth alone would be gone
        assertEq(history.pausedBefore(end), 20);
        assertEq(history.pausedBefore(end + 1 days - 20), 20);
        assertEq(history.pausedBefore(end + 1 days - 1), 1);
        assertEq(history.pausedBefore(end + 1 days), 0);
    }

    /// @dev A span is overwritten in the second in which no 60 days see it any more, not before.
    function test_ReusesASpanWhenItIsPast() public {
        for (uint48 i; i < 8; ++i) {
            _add(START + i * 1 days, START + i * 1 days + 10);
        }
        uint256 snapshot = vm.snapshotState();
        _add(START + 60 days + 9, START + 60 days + 20);
        assertEq(history.last, 0);
        vm.revertToState(snapshot);
        _add(START + 60 days + 10, START + 60 days + 20);
        assertEq(history.last, 1);
    }

    /// @dev Never less than the truth, and the truth itself while no 60 days hold more than eight pauses.
    function testFuzz_MatchesTheList(uint256 seed) public {
        uint48 time = START;
        bool merged;
        for (uint256 i; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            time += uint48(seed % 7 == 0 ? seed % 30 days : seed % 3 == 0 ? 0 : seed % 5 days);
            uint48 to = time + uint48((seed >> 64) % 4 == 0 ? 1 : 1 + (seed >> 64) % 7 days);
            uint8 last = history.last;
            uint48 end = history.spans[last].end;
            history.add(time, to);
            merged = merged || (last == history.last && end != time);
            if ((seed >> 128) % 3 == 0) {
                to = time + uint48((seed >> 136) % (to - time + 1));
                history.cut(to);
            }
            pauses.push(Pause(time, to));
            uint256 timepoint = to + uint48((seed >> 192) % 2 == 0 ? 0 : (seed >> 200) % 80 days);
            uint256 truth = _truth(timepoint);
            uint256 told = history.pausedBefore(timepoint);
            assertGe(told, truth, "too few");
            if (!merged) assertEq(told, truth, "exact");
            time = to;
        }
    }

    function _add(uint48 from, uint48 to) private {
        history.add(from, to);
    }

    function _truth(uint256 timepoint) private view returns (uint256 sum) {
        uint256 first = timepoint - 60 days;
        for (uint256 i; i < pauses.length; ++i) {
            uint256 from = pauses[i].from > first ? pauses[i].from : first;
            uint256 to = pauses[i].to < timepoint ? pauses[i].to : timepoint;
            if (to > from) sum += to - from;
        }
    }
}
