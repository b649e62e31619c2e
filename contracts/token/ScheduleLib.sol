// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Allocation} from "../interfaces/IGenesis.sol";

/// @title ScheduleLib
/// @notice How much of each allocation is released when: the whole tokenomics table.
/// @dev In hundredths of a percent of the supply, 100,000 OPEN each, the grain in which the table is written:
///
/// | allocation | all   | at genesis | then linear            |
/// |------------|-------|------------|------------------------|
/// | community  | 51.71 | 13.87      | months 0–48            |
/// | investors  | 18.29 | 0          | months 12–48           |
/// | team       | 15.00 | 0          | months 12–48           |
/// | ecosystem  | 10.00 | 2.68       | months 0–48            |
/// | liquidity  | 5.00  | 5.00       | –                      |
/// | all        | 100   | 21.55      |                        |
///
/// Of the 21.55 % that circulate at genesis liquidity is 5 %. The other 16.55 % are the same part of community and ecosystem,
/// 16.55 / 61.71 = 26.819 %, rounded to the table's grain: 13.868 → 13.87 and 2.682 → 2.68. Neither is favoured, and the sum is exact.
///
/// A month is a twelfth of 365 days: 2,628,000 seconds exactly. Twelve months of cliff are one year, 48 months 1,460 days.
library ScheduleLib {
    /// @param total All of it, base units. @param atGenesis Released at once, base units.
    /// @param cliff Seconds after genesis until which nothing more is released.
    /// @param duration Seconds after the cliff over which the rest is released evenly; not zero.
    struct Schedule {
        uint96 total;
        uint96 atGenesis;
        uint64 cliff;
        uint64 duration;
    }

    uint64 internal constant MONTH = 365 days / 12;
    uint96 private constant UNIT = 100_000e18;

    /// @notice The schedule of an allocation.
    function scheduleOf(Allocation allocation) internal pure returns (Schedule memory) {
        if (allocation == Allocation.Community) return Schedule(5171 * UNIT, 1387 * UNIT, 0, 48 * MONTH);
        if (allocation == Allocation.Investors) return Schedule(1829 * UNIT, 0, 12 * MONTH, 36 * MONTH);
        if (allocation == Allocation.Team) return Schedule(1500 * UNIT, 0, 12 * MONTH, 36 * MONTH);
        if (allocation == Allocation.Ecosystem) return Schedule(1000 * UNIT, 268 * UNIT, 0, 48 * MONTH);
        return Schedule(500 * UNIT, 500 * UNIT, 0, 48 * MONTH);
    }

    /// @notice What of an allocation is released, rounded down to the base unit.
    /// @param elapsed Seconds since genesis.
    function releasedDown(Schedule memory schedule, uint256 elapsed) internal pure returns (uint96) {
        if (elapsed <= schedule.cliff) return schedule.atGenesis;
        uint256 passed = elapsed - schedule.cliff;
        if (passed >= schedule.duration) return schedule.total;
        // below `total`, a uint96: passed < duration
        return uint96(schedule.atGenesis + (uint256(schedule.total) - schedule.atGenesis) * passed / schedule.duration);
    }

    /// @notice What of one grant is released, rounded down to the base unit: the same part as of its allocation.
    /// @dev Floors of parts add up to at most the allocation's floor: grants that add up to an allocation never exceed it.
    /// @param released Of the allocation. @param amount Of the grant.
    function vestedDown(Schedule memory schedule, uint96 released, uint96 amount) internal pure returns (uint96) {
        // released <= total: at most `amount`; the product fits: both are below 2^96
        return uint96(uint256(amount) * released / schedule.total);
    }
}
