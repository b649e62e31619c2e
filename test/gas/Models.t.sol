// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IModelRegistry} from "../../contracts/interfaces/IModelRegistry.sol";
import {ModelFixture} from "../fixture/ModelFixture.sol";
import {GasSnapshots} from "./GasSnapshots.sol";

/// @notice Gas of each action as a transaction of its own: with cold storage, 21,000 and the calldata.
/// forge-config: default.isolate = true
contract ModelRegistryGasTest is GasSnapshots, ModelFixture {
    function test_RegisterBase() public {
        uint64 registered = _registerBase(_registration(1500, 0));
        _record("register_a_base");

        assertEq(registered, models.modelCount());
        _assertRevenue(_inForce(registered), 1500, 0);
    }

    function test_RegisterAdapterOverABase() public {
        uint64 registered = _registerAdapter(_registration(1500, 4000));
        _record("register_an_adapter_of_two_versions");

        _assertRevenue(_inForce(registered), 1500, 4000);
    }

    function test_RegisterWithEightUpstream() public {
        uint256[2][] memory grants = new uint256[2][](8);
        for (uint256 i = 0; i < 8; ++i) {
            grants[i] = [i + 1, uint256(1125)];
            if (i != 0) _registerBase(_derived(0, _grants(1, 1000)));
        }
        uint64 registered = _registerBase(_derived(0, grants));
        _record("register_with_eight_upstream");

        assertEq(models.upstreamOf(registered).length, 8);
    }

    function test_ScheduleAndCancelRevenue() public {
        vm.prank(owner);
        models.scheduleRevenue(base, IModelRegistry.Revenue(1, 0));
        _record("schedule_revenue_first");
        assertEq(_pendingFrom(base), START + 7 days);
        vm.prank(owner);
        models.cancelRevenue(base);
        _record("cancel_revenue");
        assertEq(_pendingFrom(base), 0);
    }

    /// @dev Calls, not transactions: what a settlement pays to ask, with cold storage.
    function test_Reads() public {
        vm.prank(owner);
        models.scheduleRevenue(base, IModelRegistry.Revenue(1, 0));
        (,, uint16 nextModelBps,,) = models.revenueScheduleOf(base);
        _record("revenue_schedule_of");
        models.termsOf(base);
        _record("terms_of");
        uint256 upstreamCount = models.upstreamOf(base).length;
        _record("upstream_of_none");
        models.revenueAt(base, START);
        _record("revenue_at_past");

        assertEq(nextModelBps, 1);
        assertEq(upstreamCount, 0);
    }
}
