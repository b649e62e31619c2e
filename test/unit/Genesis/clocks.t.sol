// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IGenesis} from "../../../contracts/interfaces/IGenesis.sol";
import {ClockBoundaries} from "../../fixture/ClockBoundaries.sol";
import {GenesisFixture} from "../../fixture/GenesisFixture.sol";

/// @notice A second before each of the schedule's bends, at it and a second after it.
contract GenesisClocksTest is GenesisFixture, ClockBoundaries {
    uint256 private constant COMMUNITY = 0;
    uint256 private constant TEAM = 2;
    uint256 private constant LIQUIDITY = 4;
    /// @dev Of each allocation a third.
    uint256 private constant THIRD = 2;

    function test_Genesis_ReleasesWhatIsReleasedAtOnce() public {
        _opensAt(GENESIS_AT, stranger, address(genesis), _claimOf(LIQUIDITY), _nothing(LIQUIDITY));
        _opensAt(GENESIS_AT, stranger, address(genesis), _claimOf(COMMUNITY), _nothing(COMMUNITY));
    }

    /// @dev The cliff's last second is its end: what is linear begins there, at nothing.
    function test_Cliff_ReleasesFromTheSecondAfterItsEndOn() public {
        _opensAt(GENESIS_AT + 12 * MONTH + 1, stranger, address(genesis), _claimOf(TEAM), _nothing(TEAM));
    }

    /// @dev A month is 2,628,000 seconds, and a whole one releases a 48th of what is linear, or after the cliff a 36th.
    function test_Month_ReleasesItsPartBySecond() public {
        for (uint64 i; i < 3; ++i) {
            uint64 passed = MONTH - 1 + i;
            uint256 community = 138_700_000e18 + uint256(378_400_000e18) * passed / 126_144_000;
            _assertClaimAt(GENESIS_AT + passed, COMMUNITY, community, 517_100_000e18);
            uint256 team = uint256(150_000_000e18) * passed / 94_608_000;
            _assertClaimAt(GENESIS_AT + 12 * MONTH + passed, TEAM, team, 150_000_000e18);
        }
    }

    function test_LastMonth_ReleasesAllAtItsEnd() public {
        uint64 end = GENESIS_AT + 48 * MONTH;
        uint256 allButASecond = uint256(150_000_000e18) * 94_607_999 / 94_608_000;

        _assertClaimAt(end - 1, TEAM, allButASecond, 150_000_000e18);
        _assertClaimAt(end, TEAM, 150_000_000e18, 150_000_000e18);
        _assertClaimAt(end + 1, TEAM, 150_000_000e18, 150_000_000e18);
    }

    /// @dev A third's part of what is released of `total`, rounded down.
    function _assertClaimAt(uint64 second, uint256 allocation, uint256 released, uint256 total) private {
        uint256 snapshot = vm.snapshotState();
        vm.warp(second);
        assertEq(_claim(allocation, THIRD), uint256(grants[allocation][THIRD].amount) * released / total);
        vm.revertToStateAndDelete(snapshot);
    }

    function _claimOf(uint256 allocation) private view returns (bytes memory) {
        return abi.encodeCall(IGenesis.claim, (grants[allocation][THIRD], _place(allocation, THIRD)));
    }

    function _nothing(uint256 allocation) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IGenesis.Genesis_NothingToClaim.selector, allocation, THIRD, 0);
    }
}
