// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IModelRegistry} from "../../contracts/interfaces/IModelRegistry.sol";
import {ModelHandler} from "./ModelHandler.sol";
import {Test} from "forge-std/Test.sol";

/// @notice What holds of models whatever their owners do.
/// @dev MODEL-1 a lineage has at most 8 entries, ascending, of older models, at most 9000 bps together; it never changes.
/// MODEL-2 revenue in force and pending is within its bounds. MODEL-3 what a second once answered it answers for ever, and
/// nothing changes in the second it is scheduled or cancelled. MODEL-4 `supersedes` and `successor` mirror each other.
/// MODEL-5 a deprecation is for good. MODEL-6 fees go to the treasury whole, and none stays. MODEL-7 only owners act.
/// forge-config: default.invariant.runs = 32
/// forge-config: deep.invariant.runs = 4096
/// forge-config: default.invariant.fail-on-revert = true
contract ModelLineageTest is Test {
    ModelHandler private handler;
    IModelRegistry private models;

    function setUp() public {
        handler = new ModelHandler();
        handler.setUp();
        models = handler.registry();
        bytes4[] memory selectors = new bytes4[](9);
        selectors[0] = ModelHandler.register.selector;
        selectors[1] = ModelHandler.schedule.selector;
        selectors[2] = ModelHandler.cancel.selector;
        selectors[3] = ModelHandler.goToAChange.selector;
        selectors[4] = ModelHandler.wait.selector;
        selectors[5] = ModelHandler.deprecate.selector;
        selectors[6] = ModelHandler.sell.selector;
        selectors[7] = ModelHandler.govern.selector;
        selectors[8] = ModelHandler.intrude.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    /// @dev The invariants say nothing where the handler does nothing.
    function test_HandlerDoesEverything() public {
        for (uint256 i = 0; i < 200; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            handler.register(seed, seed >> 1);
            handler.schedule(seed >> 2);
            if (i % 3 == 0) handler.cancel(seed >> 2);
            handler.goToAChange(seed >> 3);
            handler.sell(seed >> 4);
            handler.deprecate(seed >> 5);
            handler.intrude(seed >> 6);
            handler.govern(seed >> 7);
        }

        assertGt(handler.registered(), 30, "registered");
        assertGt(handler.refused(), 20, "refused");
        assertGt(handler.scheduled(), 20, "scheduled");
        assertGt(handler.cancelled(), 5, "cancelled");
        assertEq(handler.deepest(), 8, "deepest");
        assertGt(handler.feesPaid(), 0, "fees");
        _MODEL1_LineageIsBoundedAndFrozen();
        _MODEL2_RevenueIsWithinBounds();
        _MODEL3_ThePastStands();
        _MODEL4_SuccessionIsMutual();
        _MODEL5_DeprecationIsForGood();
        _MODEL6_FeesAreTheTreasurys();
        _MODEL7_OnlyOwnersAct();
        invariant_ModelLineage();
    }

    /// @dev All in one campaign: each call is followed by each property.
    function invariant_ModelLineage() public view {
        _MODEL1_LineageIsBoundedAndFrozen();
        _MODEL2_RevenueIsWithinBounds();
        _MODEL3_ThePastStands();
        _MODEL4_SuccessionIsMutual();
        _MODEL5_DeprecationIsForGood();
        _MODEL6_FeesAreTheTreasurys();
        _MODEL7_OnlyOwnersAct();
    }

    function _MODEL1_LineageIsBoundedAndFrozen() private view {
        for (uint64 model = 1; model <= models.modelCount(); ++model) {
            IModelRegistry.Upstream[] memory list = models.upstreamOf(model);
            uint256 sum;
            for (uint256 i = 0; i < list.length; ++i) {
                assertLt(i == 0 ? 0 : list[i - 1].model, list[i].model, "MODEL-1 ascending");
                assertLt(list[i].model, model, "MODEL-1 older");
                sum += list[i].bps;
            }
            assertLe(list.length, 8, "MODEL-1 count");
            assertLe(sum, 9000, "MODEL-1 sum");
            assertEq(keccak256(abi.encode(list)), handler.lineageHash(model), "MODEL-1 frozen");
        }
    }

    function _MODEL2_RevenueIsWithinBounds() private view {
        for (uint64 model = 1; model <= models.modelCount(); ++model) {
            (uint16 modelBps, uint16 dataBps, uint16 nextModelBps, uint16 nextDataBps,) =
                models.revenueScheduleOf(model);
            uint256 minimum = models.modelOf(model).versions.length == 0 ? 0 : 2000;
            uint256 maximum = minimum == 0 ? 0 : 7000;
            assertTrue(dataBps >= minimum && dataBps <= maximum, "MODEL-2 data");
            assertTrue(nextDataBps >= minimum && nextDataBps <= maximum, "MODEL-2 next data");
            assertLe(uint256(modelBps) + dataBps, 7000, "MODEL-2 sum");
            assertLe(uint256(nextModelBps) + nextDataBps, 7000, "MODEL-2 next sum");
        }
    }

    function _MODEL3_ThePastStands() private view {
        for (uint256 i = 0; i < handler.sampleCount(); ++i) {
            (uint64 model, uint64 timestamp, uint16 modelBps, uint16 dataBps) = handler.samples(i);
            IModelRegistry.Revenue memory revenue = models.revenueAt(model, timestamp);
            assertEq(revenue.modelBps, modelBps, "MODEL-3 model");
            assertEq(revenue.dataBps, dataBps, "MODEL-3 data");
        }
        assertFalse(handler.changedEarly(), "MODEL-3 changed at once");
    }

    function _MODEL4_SuccessionIsMutual() private view {
        for (uint64 model = 1; model <= models.modelCount(); ++model) {
            IModelRegistry.Model memory m = models.modelOf(model);
            if (m.supersedes != 0) assertEq(models.modelOf(m.supersedes).successor, model, "MODEL-4 successor");
            if (m.successor != 0) assertEq(models.modelOf(m.successor).supersedes, model, "MODEL-4 supersedes");
        }
    }

    function _MODEL5_DeprecationIsForGood() private view {
        for (uint64 model = 1; model <= models.modelCount(); ++model) {
            assertEq(models.deprecatedAtOf(model), handler.deprecatedAt(model), "MODEL-5");
        }
    }

    function _MODEL6_FeesAreTheTreasurys() private view {
        assertEq(handler.tokensOf(handler.treasuryAccount()), handler.feesPaid(), "MODEL-6 treasury");
        assertEq(handler.tokensOf(address(models)), 0, "MODEL-6 registry");
    }

    function _MODEL7_OnlyOwnersAct() private view {
        assertFalse(handler.strangerActed(), "MODEL-7");
    }
}
