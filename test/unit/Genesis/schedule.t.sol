// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Allocation, IGenesis} from "../../../contracts/interfaces/IGenesis.sol";
import {GenesisFixture} from "../../fixture/GenesisFixture.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";

/// @dev The table is asserted three times: by rows that TypeScript reckons from the table's words, by formulas over whole
/// months here, and by plain numbers where the table has them.
contract GenesisScheduleTest is GenesisFixture, VectorReader {
    string[ALLOCATIONS] private _names = ["community", "investors", "team", "ecosystem", "liquidity"];

    function test_Table_AddsUpToTheSupply() public view {
        assertEq(genesis.totalOf(Allocation.Community), 517_100_000e18);
        assertEq(genesis.totalOf(Allocation.Investors), 182_900_000e18);
        assertEq(genesis.totalOf(Allocation.Team), 150_000_000e18);
        assertEq(genesis.totalOf(Allocation.Ecosystem), 100_000_000e18);
        assertEq(genesis.totalOf(Allocation.Liquidity), 50_000_000e18);
        uint256 sum;
        for (uint256 i = 0; i < ALLOCATIONS; ++i) {
            sum += genesis.totalOf(Allocation(i));
        }
        assertEq(sum, 1e27);
        assertEq(sum, token.totalSupply());
    }

    function test_Genesis_Circulates2155HundredthsOfAPercent() public view {
        assertEq(genesis.circulatingAt(GENESIS_AT), 215_500_000e18);
        assertEq(genesis.releasedAt(Allocation.Community, GENESIS_AT), 138_700_000e18);
        assertEq(genesis.releasedAt(Allocation.Investors, GENESIS_AT), 0);
        assertEq(genesis.releasedAt(Allocation.Team, GENESIS_AT), 0);
        assertEq(genesis.releasedAt(Allocation.Ecosystem, GENESIS_AT), 26_800_000e18);
        assertEq(genesis.releasedAt(Allocation.Liquidity, GENESIS_AT), 50_000_000e18);
        assertEq(genesis.circulatingAt(GENESIS_AT - 1), 0);
        assertEq(genesis.circulatingAt(0), 0);
        assertEq(genesis.circulatingAt(type(uint64).max), 1e27);
    }

    function testDiff_EachMonth_MatchesVectors() public {
        _read("tokenomics.json");
        while (_next("month")) {
            assertEq(_number("elapsed"), (rowCount - 1) * MONTH, row);
            _assertRow();
        }
        assertEq(rowCount, 61);
    }

    /// @dev One second before, at and after genesis, the cliff's end and the last month's.
    function testDiff_SecondsAroundEachBend_MatchesVectors() public {
        _read("tokenomics.json");
        while (_next("second")) _assertRow();
        assertGt(rowCount, 8);
    }

    function testDiff_Grants_MatchesVectors() public {
        _read("tokenomics.json");
        while (_next("vested")) {
            Allocation allocation = Allocation(_number("allocation"));
            IGenesis.Grant memory grant = IGenesis.Grant(allocation, stranger, uint96(_number("amount")));
            assertEq(genesis.vestedAt(grant, GENESIS_AT + uint64(_number("elapsed"))), _number("vested"), row);
        }
        assertGt(rowCount, 100);
    }

    function test_EachMonth_FollowsTheWords() public view {
        for (uint64 month = 0; month <= 60; ++month) {
            uint64 moment = GENESIS_AT + month * MONTH;
            uint256 linear = month < 48 ? month : 48;
            uint256 afterCliff = linear < 12 ? 0 : linear - 12;
            assertEq(genesis.releasedAt(Allocation.Community, moment), 138_700_000e18 + (378_400_000e18 * linear) / 48);
            assertEq(genesis.releasedAt(Allocation.Investors, moment), (182_900_000e18 * afterCliff) / 36);
            assertEq(genesis.releasedAt(Allocation.Team, moment), (150_000_000e18 * afterCliff) / 36);
            assertEq(genesis.releasedAt(Allocation.Ecosystem, moment), 26_800_000e18 + (73_200_000e18 * linear) / 48);
            assertEq(genesis.releasedAt(Allocation.Liquidity, moment), 50_000_000e18);
        }
    }

    function test_Cliff_EndsAfterTheSecondOfMonthTwelve() public view {
        uint64 cliffEnd = GENESIS_AT + 365 days;
        assertEq(genesis.releasedAt(Allocation.Team, cliffEnd - 1), 0);
        assertEq(genesis.releasedAt(Allocation.Team, cliffEnd), 0);
        // a second of 36 months of 2,628,000 seconds
        assertEq(genesis.releasedAt(Allocation.Team, cliffEnd + 1), uint256(150_000_000e18) / 94_608_000);
        assertEq(genesis.releasedAt(Allocation.Investors, cliffEnd), 0);
        assertEq(genesis.releasedAt(Allocation.Investors, cliffEnd + 1), uint256(182_900_000e18) / 94_608_000);
    }

    function test_LastMonth_ReleasesAllToTheBaseUnit() public view {
        uint64 end = GENESIS_AT + 4 * 365 days;
        assertEq(end, GENESIS_AT + 48 * MONTH);
        assertLt(genesis.circulatingAt(end - 1), 1e27);
        assertEq(genesis.circulatingAt(end), 1e27);
        assertEq(genesis.circulatingAt(end + 1), 1e27);
    }

    function testFuzz_ReleaseOnlyRises(uint64 earlier, uint64 later) public view {
        earlier = uint64(bound(earlier, GENESIS_AT - 1 days, GENESIS_AT + 60 * MONTH));
        later = uint64(bound(later, earlier, GENESIS_AT + 61 * MONTH));
        for (uint256 i = 0; i < ALLOCATIONS; ++i) {
            uint96 before = genesis.releasedAt(Allocation(i), earlier);
            assertLe(before, genesis.releasedAt(Allocation(i), later));
            assertLe(before, genesis.totalOf(Allocation(i)));
        }
    }

    /// @dev However an allocation is cut into grants, they never have more than it, and at the end have all of it.
    function testFuzz_GrantsNeverExceedTheirAllocation(uint8 which, uint96[7] memory cuts, uint64 moment) public view {
        Allocation allocation = Allocation(which % ALLOCATIONS);
        moment = uint64(bound(moment, GENESIS_AT, GENESIS_AT + 50 * MONTH));
        uint96 left = genesis.totalOf(allocation);
        uint256 vested;
        uint256 vestedAtTheEnd;
        for (uint256 i = 0; i <= cuts.length; ++i) {
            uint96 amount = i == cuts.length ? left : uint96(bound(cuts[i], 0, i % 2 == 0 ? left : left / 1e20));
            left -= amount;
            IGenesis.Grant memory grant = IGenesis.Grant(allocation, stranger, amount);
            vested += genesis.vestedAt(grant, moment);
            vestedAtTheEnd += genesis.vestedAt(grant, GENESIS_AT + 48 * MONTH);
        }
        assertLe(vested, genesis.releasedAt(allocation, moment));
        assertEq(vestedAtTheEnd, genesis.totalOf(allocation));
    }

    function _assertRow() private view {
        uint64 moment = GENESIS_AT + uint64(_number("elapsed"));
        for (uint256 i = 0; i < ALLOCATIONS; ++i) {
            assertEq(genesis.releasedAt(Allocation(i), moment), _number(_names[i]), string.concat(row, _names[i]));
        }
        assertEq(genesis.circulatingAt(moment), _number("circulating"), row);
    }
}
