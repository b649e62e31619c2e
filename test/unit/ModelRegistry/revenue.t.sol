// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {ModelFixture} from "../../fixture/ModelFixture.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

contract ModelRegistryRevenueTest is ModelFixture {
    uint64 private constant NOTICE = 7 days;

    uint64 private model;
    /// @dev What the fuzz test expects: from which timestamp on which parts.
    uint64[] private since;
    IModelRegistry.Revenue[] private expected;

    function setUp() public override {
        super.setUp();
        model = _registerAdapter(_registration(1500, 4000));
    }

    function test_StartsWithWhatWasRegistered() public view {
        _assertRevenue(_inForce(model), 1500, 4000);
        _assertRevenue(models.revenueAt(model, START), 1500, 4000);
        _assertSchedule(1500, 4000, 1500, 4000, START);
        _assertNothingPending();
    }

    function test_IsInForceSevenDaysLater() public {
        uint64 effectiveAt = START + 10 + NOTICE;
        vm.warp(START + 10);
        vm.expectEmit(address(models));
        emit IModelRegistry.RevenueScheduled(model, IModelRegistry.Revenue(3000, 2000), effectiveAt);
        assertEq(_schedule(3000, 2000), effectiveAt);

        _assertSchedule(1500, 4000, 3000, 2000, effectiveAt);
        vm.warp(effectiveAt - 1);
        _assertRevenue(_inForce(model), 1500, 4000);
        _assertRevenue(models.modelOf(model).revenue, 1500, 4000);
        assertEq(_pendingFrom(model), effectiveAt);
        vm.warp(effectiveAt);
        _assertRevenue(_inForce(model), 3000, 2000);
        _assertRevenue(models.modelOf(model).revenue, 3000, 2000);
        _assertNothingPending();
        vm.warp(effectiveAt + 1);
        _assertRevenue(_inForce(model), 3000, 2000);
    }

    function test_HistoryAnswersForEverySecond() public {
        vm.warp(START + 100);
        uint64 second = _schedule(3000, 2000);
        vm.warp(second);
        uint64 third = _schedule(0, 7000);
        vm.warp(third + 50 days);
        uint64 fourth = _schedule(1, 2001);

        for (uint256 i = 0; i < 2; ++i) {
            _assertRevenue(models.revenueAt(model, START), 1500, 4000);
            _assertRevenue(models.revenueAt(model, second - 1), 1500, 4000);
            _assertRevenue(models.revenueAt(model, second), 3000, 2000);
            _assertRevenue(models.revenueAt(model, third - 1), 3000, 2000);
            _assertRevenue(models.revenueAt(model, third), 0, 7000);
            _assertRevenue(models.revenueAt(model, fourth - 1), 0, 7000);
            _assertRevenue(models.revenueAt(model, fourth), 1, 2001);
            _assertRevenue(models.revenueAt(model, type(uint64).max), 1, 2001);
            vm.warp(fourth + i);
        }
    }

    function test_RevertWhen_TimestampLiesBeforeTheRegistration() public {
        bytes memory early =
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_BeforeRegistration.selector, model, START - 1, START);
        vm.expectRevert(early);
        models.revenueAt(model, START - 1);

        _schedule(1, 2000);

        vm.expectRevert(early);
        models.revenueAt(model, START - 1);
    }

    function test_RevertGiven_OneIsPending() public {
        uint64 effectiveAt = _schedule(3000, 2000);

        vm.warp(effectiveAt - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_RevenuePending.selector, model, effectiveAt)
        );
        _schedule(1, 2000);
        vm.warp(effectiveAt);
        _schedule(1, 2000);
    }

    function test_RevertWhen_NotTheOwner() public {
        bytes memory refused =
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotOwner.selector, model, stranger, owner);
        vm.expectRevert(refused);
        vm.prank(stranger);
        models.scheduleRevenue(model, IModelRegistry.Revenue(0, 2000));
        vm.expectRevert(refused);
        vm.prank(stranger);
        models.cancelRevenue(model);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 9));
        models.scheduleRevenue(9, IModelRegistry.Revenue(0, 2000));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 9));
        models.cancelRevenue(9);
    }

    function test_RevertWhen_OutOfBounds() public {
        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_DataShareOutOfRange.selector, 1999, 2000, 7000)
        );
        _schedule(0, 1999);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_SharesTooLarge.selector, 7001, 7000));
        _schedule(5001, 2000);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_SharesTooLarge.selector, 67_535, 7000));
        _schedule(type(uint16).max, 2000);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_DataShareOutOfRange.selector, 1, 0, 0));
        vm.prank(owner);
        models.scheduleRevenue(base, IModelRegistry.Revenue(0, 1));
        _schedule(5000, 2000);
    }

    function test_CancelTakesBackWhatIsPending() public {
        uint64 effectiveAt = _schedule(3000, 2000);
        vm.warp(effectiveAt - 1);

        vm.expectEmit(address(models));
        emit IModelRegistry.RevenueCancelled(model, IModelRegistry.Revenue(1500, 4000));
        vm.prank(owner);
        models.cancelRevenue(model);

        _assertNothingPending();
        _assertSchedule(1500, 4000, 1500, 4000, START);
        vm.warp(effectiveAt + 1);
        _assertRevenue(_inForce(model), 1500, 4000);
        _assertRevenue(models.revenueAt(model, effectiveAt), 1500, 4000);
    }

    /// @dev The new owner is not bound by what the old one announced.
    function test_TheNextOwnerMayCancel() public {
        uint64 effectiveAt = _schedule(3000, 2000);
        vm.prank(owner);
        IERC721(address(models)).transferFrom(owner, alice, model);

        vm.prank(alice);
        models.cancelRevenue(model);

        vm.warp(effectiveAt);
        _assertRevenue(_inForce(model), 1500, 4000);
    }

    function test_Cancel_RevertGiven_NothingPends() public {
        bytes memory nothing = abi.encodeWithSelector(IModelRegistry.ModelRegistry_NothingPending.selector, model);
        vm.expectRevert(nothing);
        vm.prank(owner);
        models.cancelRevenue(model);
        vm.warp(_schedule(3000, 2000));
        vm.expectRevert(nothing);
        vm.prank(owner);
        models.cancelRevenue(model);
    }

    /// @dev Schedules, cancels and waits at random, then asks for every second around every change.
    function testFuzz_HistoryIsWhatWasInForce(uint256 seed) public {
        _expect(START, 1500, 4000);
        uint256 time = START;
        for (uint256 i = 0; i < 24; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            time += seed % 3 == 0 ? 0 : (seed >> 8) % 9 days;
            vm.warp(time);
            bool pends = since[since.length - 1] > time;
            uint256 draw = (seed >> 64) % 4;
            if (pends && draw < 2) {
                vm.prank(owner);
                models.cancelRevenue(model);
                since.pop();
                expected.pop();
            } else if (!pends) {
                uint16 dataBps = uint16(2000 + (seed >> 80) % 5001);
                uint16 modelBps = uint16((seed >> 128) % (7001 - dataBps));
                _expect(_schedule(modelBps, dataBps), modelBps, dataBps);
            }
            // exactly when it comes into force, now and then
            if (draw == 3 && since[since.length - 1] > time) time = since[since.length - 1];
        }
        _assertHistory(time);
    }

    function _assertHistory(uint256 time) private {
        for (uint256 i = 0; i < since.length; ++i) {
            IModelRegistry.Revenue memory e = expected[i];
            _assertRevenue(models.revenueAt(model, since[i]), e.modelBps, e.dataBps);
            uint64 last = i + 1 < since.length ? since[i + 1] - 1 : since[i] + 1;
            _assertRevenue(models.revenueAt(model, last), e.modelBps, e.dataBps);
            _assertRevenue(models.revenueAt(model, (since[i] + last) / 2), e.modelBps, e.dataBps);
        }
        vm.warp(time + 9 days);
        IModelRegistry.Revenue memory newest = expected[expected.length - 1];
        _assertRevenue(_inForce(model), newest.modelBps, newest.dataBps);
    }

    function _expect(uint64 from, uint16 modelBps, uint16 dataBps) private {
        since.push(from);
        expected.push(IModelRegistry.Revenue(modelBps, dataBps));
    }

    function _schedule(uint16 modelBps, uint16 dataBps) private returns (uint64) {
        vm.prank(owner);
        return models.scheduleRevenue(model, IModelRegistry.Revenue(modelBps, dataBps));
    }

    function _assertNothingPending() private view {
        assertEq(_pendingFrom(model), 0);
    }

    function _assertSchedule(uint16 modelBps, uint16 dataBps, uint16 nextModelBps, uint16 nextDataBps, uint64 from)
        private
        view
    {
        (uint16 m, uint16 d, uint16 nm, uint16 nd, uint64 effectiveAt) = models.revenueScheduleOf(model);
        assertEq(m, modelBps);
        assertEq(d, dataBps);
        assertEq(nm, nextModelBps);
        assertEq(nd, nextDataBps);
        assertEq(effectiveAt, from);
    }
}
