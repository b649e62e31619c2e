// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AttributionPlaceLib} from "../../../contracts/verification/AttributionPlaceLib.sol";
import {Test} from "forge-std/Test.sol";

/// @dev Figures are what the engine's `partsOf` and `stepOf` give for programs of these sizes.
contract AttributionPlaceLibPlacesTest is Test {
    function test_SurprisePart() public pure {
        assertEq(AttributionPlaceLib.surprisePart(5), 3);
        assertEq(AttributionPlaceLib.surprisePart(1536), 8);
        assertEq(AttributionPlaceLib.surprisePart(1537), 10);
        assertEq(AttributionPlaceLib.surprisePart(3000), 15);
        assertEq(AttributionPlaceLib.surprisePart(128_000), 503);
    }

    function test_DenominatorPart() public pure {
        assertEq(AttributionPlaceLib.denominatorPart(1), 0);
        assertEq(AttributionPlaceLib.denominatorPart(1536), 0);
        assertEq(AttributionPlaceLib.denominatorPart(1537), 1);
        assertEq(AttributionPlaceLib.denominatorPart(1_179_648), 6);
        assertEq(AttributionPlaceLib.denominatorPart(1_179_649), 8);
        assertEq(AttributionPlaceLib.denominatorPart(2_000_000), 12);
    }

    function test_OneStage() public pure {
        _assertRow(1, 0, 0, 1, true);
        _assertRow(1536, 0, 0, 1536, true);
        _assertNone(1536, 1);
    }

    function test_TwoStages() public pure {
        _assertSums(1537, 0, 4, 3, 6, 1, true);
        _assertSums(1537, 0, 4, 1, 0, 1536, true);
        _assertRow(1537, 1, 0, 4, false);
        _assertNone(1537, 2);

        _assertSums(1_179_648, 0, 256, 255, 762, 1536, true);
        _assertSums(1_179_648, 5, 256, 255, 4602, 1536, true);
        _assertRow(1_179_648, 6, 0, 1536, false);
        _assertNone(1_179_648, 7);
    }

    function test_ThreeStages() public pure {
        _assertSums(1_179_649, 0, 256, 255, 762, 1536, true);
        _assertSums(1_179_649, 6, 2, 1, 4608, 1, true);
        _assertSums(1_179_649, 7, 4, 3, 6, 2, false);
        _assertRow(1_179_649, 8, 7, 4, false);
        _assertNone(1_179_649, 9);

        _assertSums(2_000_000, 10, 46, 45, 7812, 128, true);
        _assertSums(2_000_000, 11, 4, 3, 6, 1070, false);
        _assertSums(2_000_000, 11, 4, 0, 0, 1536, false);
        _assertRow(2_000_000, 12, 11, 4, false);
    }

    /// @dev Each part of an operation is one stage's, the row is its last, and behind it is nothing.
    function testFuzz_PartsEndWithTheRow(uint32 records) public pure {
        uint256 last = AttributionPlaceLib.denominatorPart(records);

        assertTrue(AttributionPlaceLib.stageAt(records, last).isRow);
        assertEq(AttributionPlaceLib.stageAt(records, last).length, 2);
        assertEq(AttributionPlaceLib.stageAt(records, last + 1).length, 0);
        if (last > 0) assertFalse(AttributionPlaceLib.stageAt(records, last - 1).isRow);
    }

    function _assertRow(uint256 records, uint256 part, uint256 first, uint256 elements, bool isFirst) private pure {
        AttributionPlaceLib.Stage memory stage = AttributionPlaceLib.stageAt(records, part);
        assertTrue(stage.isRow);
        assertEq(stage.isFirst, isFirst);
        assertEq(AttributionPlaceLib.elementsAt(stage.length, stage.part), 2);
        (uint256 from, uint256 count) = AttributionPlaceLib.runOf(stage, 1);
        assertEq(from, first);
        assertEq(count, elements);
    }

    function _assertSums(
        uint256 records,
        uint256 part,
        uint256 length,
        uint256 element,
        uint256 first,
        uint256 elements,
        bool isFirst
    ) private pure {
        AttributionPlaceLib.Stage memory stage = AttributionPlaceLib.stageAt(records, part);
        assertFalse(stage.isRow);
        assertEq(stage.isFirst, isFirst);
        assertEq(AttributionPlaceLib.elementsAt(stage.length, stage.part), length);
        (uint256 from, uint256 count) = AttributionPlaceLib.runOf(stage, element);
        assertEq(from, first);
        assertEq(count, elements);
    }

    function _assertNone(uint256 records, uint256 part) private pure {
        assertEq(AttributionPlaceLib.stageAt(records, part).length, 0);
    }
}
