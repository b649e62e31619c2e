// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {ClockBoundaries} from "../../fixture/ClockBoundaries.sol";
import {ModelFixture} from "../../fixture/ModelFixture.sol";

/// @notice A second before each of the models' boundaries, at it and a second after it.
contract ModelRegistryClocksTest is ModelFixture, ClockBoundaries {
    uint64 private constant EFFECTIVE_AT = START + 7 days;

    /// @dev The second in which another may be announced is the one in which this one can no longer be called off.
    function test_Revenue_IsInForceAfterSevenDays() public {
        vm.startPrank(owner);
        models.scheduleRevenue(base, IModelRegistry.Revenue(3000, 0));
        vm.stopPrank();

        _opensAt(
            EFFECTIVE_AT,
            owner,
            address(models),
            abi.encodeCall(IModelRegistry.scheduleRevenue, (base, IModelRegistry.Revenue(1, 0))),
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_RevenuePending.selector, base, EFFECTIVE_AT)
        );
        _closesAt(
            EFFECTIVE_AT,
            owner,
            address(models),
            abi.encodeCall(IModelRegistry.cancelRevenue, (base)),
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_NothingPending.selector, base)
        );
        _assertInForceAt(EFFECTIVE_AT - 1, 1500);
        _assertInForceAt(EFFECTIVE_AT, 3000);
        _assertInForceAt(EFFECTIVE_AT + 1, 3000);
    }

    function test_Pause_EndsByItself() public {
        uint64 until = START + 7 days;
        models.pauseRegistration(until);

        _opensAt(
            until,
            owner,
            address(models),
            abi.encodeCall(IModelRegistry.registerBase, (_registration(1500, 0))),
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_RegistrationPaused.selector, until)
        );
    }

    function test_Pause_IsOrderedSevenDaysAheadAtMost() public {
        uint64 until = START + 30 days;

        _opensAt(
            until - 7 days,
            address(this),
            address(models),
            abi.encodeCall(IModelRegistry.pauseRegistration, (until)),
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_PauseTooLong.selector, until, until - 1)
        );
    }

    function _assertInForceAt(uint64 second, uint16 modelBps) private {
        vm.warp(second);
        _assertRevenue(_inForce(base), modelBps, 0);
    }
}
