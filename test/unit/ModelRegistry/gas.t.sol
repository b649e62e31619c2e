// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {ModelFixture} from "../../fixture/ModelFixture.sol";
import {console} from "forge-std/console.sol";

/// @notice Gas of each action as a transaction of its own: with cold storage, 21,000 and the calldata.
/// forge-config: default.isolate = true
contract ModelRegistryGasTest is ModelFixture {
    function test_RegisterBase() public {
        _registerBase(_registration(1500, 0));
        _tell("register a base", 220_000);
    }

    function test_RegisterAdapterOverABase() public {
        _registerAdapter(_registration(1500, 4000));
        _tell("register an adapter of two versions", 366_000);
    }

    function test_RegisterWithEightUpstream() public {
        uint256[2][] memory grants = new uint256[2][](8);
        for (uint256 i = 0; i < 8; ++i) {
            grants[i] = [i + 1, uint256(1125)];
            if (i != 0) _registerBase(_derived(0, _grants(1, 1000)));
        }
        _registerBase(_derived(0, grants));
        _tell("register with eight upstream", 364_000);
    }

    function test_ScheduleAndCancelRevenue() public {
        vm.prank(owner);
        models.scheduleRevenue(base, IModelRegistry.Revenue(1, 0));
        _tell("schedule revenue, first", 87_000);
        vm.prank(owner);
        models.cancelRevenue(base);
        _tell("cancel revenue", 39_000);
    }

    /// @dev Calls, not transactions: what a settlement pays to ask, with cold storage.
    function test_Reads() public {
        vm.prank(owner);
        models.scheduleRevenue(base, IModelRegistry.Revenue(1, 0));
        models.revenueScheduleOf(base);
        _tell("revenueScheduleOf", 8100);
        models.termsOf(base);
        _tell("termsOf", 10_900);
        models.upstreamOf(base);
        _tell("upstreamOf, none", 8200);
        models.revenueAt(base, START);
        _tell("revenueAt, past", 15_100);
    }

    /// @dev Of the call before, with what a transaction costs itself.
    function _tell(string memory name, uint256 maximum) private view {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        console.log(name, used);
        assertLe(used, maximum, name);
    }
}
