// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {ModelFixture} from "../../fixture/ModelFixture.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";

/// @notice Other people's bugs, which this registry is not to have.
contract ModelRegistryBugsTest is ModelFixture {
    /// @dev An owner who sees a settlement coming, or holds it back, cannot take the contributors' part of it: answers are
    /// split as their batch's timestamp says, and no change is in force within seven days.
    function test_Bug_RevenueShareFrontRun() public {
        uint64 model = _registerAdapter(_registration(0, 7000));
        vm.warp(START + 30 days);

        vm.prank(owner);
        uint64 effectiveAt = models.scheduleRevenue(model, IModelRegistry.Revenue(5000, 2000));

        assertEq(effectiveAt, START + 37 days);
        _assertRevenue(_inForce(model), 0, 7000);
        vm.warp(effectiveAt - 1);
        _assertRevenue(_inForce(model), 0, 7000);
        // and when it is in force, what settled before is still shared as it was
        vm.warp(effectiveAt + 365 days);
        _assertRevenue(models.revenueAt(model, effectiveAt - 1), 0, 7000);
    }

    /// @dev Cancelling and scheduling anew starts the clock anew: nothing waits in reserve.
    function test_Bug_ScheduleHeldInReserve() public {
        uint64 model = _registerAdapter(_registration(0, 7000));
        vm.startPrank(owner);
        uint64 first = models.scheduleRevenue(model, IModelRegistry.Revenue(5000, 2000));
        vm.warp(first - 1);
        models.cancelRevenue(model);

        uint64 second = models.scheduleRevenue(model, IModelRegistry.Revenue(5000, 2000));

        assertEq(second, first - 1 + 7 days);
        vm.warp(second - 1);
        _assertRevenue(_inForce(model), 0, 7000);
    }

    /// @dev A change past cannot be undone: cancelling right after it came into force would rewrite it.
    function test_Bug_CancelRewritesHistory() public {
        uint64 model = _registerAdapter(_registration(0, 7000));
        vm.startPrank(owner);
        uint64 effectiveAt = models.scheduleRevenue(model, IModelRegistry.Revenue(0, 2000));
        vm.warp(effectiveAt);

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NothingPending.selector, model));
        models.cancelRevenue(model);
    }

    /// @dev A shell between a model and who derives from it would keep the model from its part.
    function test_Bug_LineageLaunderedThroughAShell() public {
        uint64 original = _registerBase(_derived(2000, _none()));
        uint64 shell = _registerBase(_derived(0, _grants(original, 2000)));

        // by an adapter that grants its base nothing, or too little
        bytes memory nothing =
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_GrantTooSmall.selector, original, 0, 2000);
        vm.expectRevert(nothing);
        _registerAdapter(shell, _registration(0, 2000));
        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_GrantTooSmall.selector, original, 1800, 2000)
        );
        _registerBase(_derived(0, _grants(shell, 9000)));

        // what is missing can be granted beside it
        uint64 fair = _registerBase(_derived(0, _grants(original, 1980, shell, 100)));
        assertEq(models.upstreamOf(fair)[0].bps, 2000);
    }

    /// @dev Whoever names many, or models with long lists, pays for it alone and is stopped at the ninth.
    function test_Bug_LoopOverAListUsersCanGrow() public {
        uint256[2][] memory grants = new uint256[2][](60);
        for (uint256 i = 0; i < 60; ++i) {
            grants[i] = [i + 1, uint256(0)];
            _registerBase(_derived(0, _none()));
        }

        uint256 before = gasleft();
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_TooManyUpstream.selector, 8));
        _registerBase(_derived(0, grants));
        assertLt(before - gasleft(), 400_000);
    }

    /// @dev Reads of the history stay cheap however often its owner changes the revenue.
    function test_Bug_HistoryGrownToStallSettlement() public {
        vm.startPrank(owner);
        uint64 time = START;
        for (uint256 i = 0; i < 200; ++i) {
            time = models.scheduleRevenue(base, IModelRegistry.Revenue(uint16(i), 0));
            vm.warp(time);
        }

        uint256 before = gasleft();
        models.termsOf(base);
        assertLt(before - gasleft(), 12_000);
        before = gasleft();
        _assertRevenue(models.revenueAt(base, START + 7 days * 100), 99, 0);
        assertLt(before - gasleft(), 40_000);
    }

    /// @dev Nor by what is announced and taken back: it leaves nothing behind.
    function test_Bug_HistoryGrownByCancelling() public {
        vm.startPrank(owner);
        models.scheduleRevenue(base, IModelRegistry.Revenue(1, 0));
        models.revenueAt(base, START);
        uint256 before = gasleft();
        models.revenueAt(base, START);
        uint256 once = before - gasleft();

        for (uint256 i = 0; i < 64; ++i) {
            models.cancelRevenue(base);
            models.scheduleRevenue(base, IModelRegistry.Revenue(1, 0));
        }

        before = gasleft();
        models.revenueAt(base, START);
        assertApproxEqAbs(before - gasleft(), once, 100);
    }

    /// @dev Raising the fee takes no more out of an open approval than the caller named.
    function test_Bug_AdminPullsFromApprovals() public {
        assertTrue(token.transfer(owner, 1e24));
        vm.prank(owner);
        token.approve(address(models), type(uint256).max);
        models.setPublishingFee(10_000e18);

        IModelRegistry.Registration memory r = _registration(0, 0);
        r.maximumFee = 5e18;
        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_FeeAboveMaximum.selector, uint96(10_000e18), 5e18)
        );
        _registerBase(r);
        assertEq(token.balanceOf(owner), 1e24);
    }

    function test_Bug_UninitialisedImplementation() public {
        address code = vm.deployCode("ModelRegistry.sol:ModelRegistry", abi.encode(datanets, token));

        vm.expectRevert(Initializable.InvalidInitialization.selector);
        ModelRegistryInitialize(code).initialize(stranger, stranger);
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        ModelRegistryInitialize(address(models)).initialize(stranger, stranger);
    }

    function test_Bug_UpgradeByAnyone() public {
        address code = vm.deployCode("ModelRegistry.sol:ModelRegistry", abi.encode(datanets, token));

        vm.expectRevert(_unauthorized(stranger));
        vm.prank(stranger);
        ModelRegistryInitialize(address(models)).upgradeToAndCall(code, "");
        ModelRegistryInitialize(address(models)).upgradeToAndCall(code, "");
        assertEq(models.modelCount(), 1);
    }
}

interface ModelRegistryInitialize {
    function initialize(address authority, address treasury) external;
    function upgradeToAndCall(address code, bytes calldata data) external;
}
