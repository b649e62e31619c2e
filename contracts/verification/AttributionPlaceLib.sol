// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title AttributionPlaceLib
/// @notice Where a trace keeps the rows of attribution.
/// @dev A row is cut in leaves of 1,024 bytes, the last one shorter; parts number an operation's leaves at a position, stage
/// after stage, its own row last. Engine's `engine/src/exact/trace/layout.ts` has the same.
library AttributionPlaceLib {
    /// @notice Elements of i32 that a leaf holds.
    uint256 internal constant LEAF_ELEMENTS = 256;

    /// @notice Elements that are added at once.
    uint256 internal constant REACH = 6 * LEAF_ELEMENTS;

    /// @notice What one leaf of a denominator holds, and what its elements add.
    /// @param length Elements of the stage that the leaf is of.
    /// @param part Which of the stage's leaves it is.
    /// @param isRow Whether the stage is the operation's own row.
    /// @param summed Elements of what the stage adds: of the index's sums, or of the stage before.
    /// @param below The first part of the stage before.
    /// @param isFirst Whether the stage adds the index's sums themselves.
    struct Stage {
        uint256 length;
        uint256 part;
        bool isRow;
        uint256 summed;
        uint256 below;
        bool isFirst;
    }

    /// @notice Leaves of a row of i32.
    function leafCount(uint256 elements) internal pure returns (uint256) {
        return (elements + LEAF_ELEMENTS - 1) / LEAF_ELEMENTS;
    }

    /// @notice Elements of i32 in a part of a row; 0 where it has no such part.
    function elementsAt(uint256 length, uint256 part) internal pure returns (uint256) {
        uint256 first = part * LEAF_ELEMENTS;
        if (first >= length) return 0;
        return length - first < LEAF_ELEMENTS ? length - first : LEAF_ELEMENTS;
    }

    /// @notice The part that holds the surprise of a position: partial maxima, the maximum, weights and sums stand before.
    /// @param vocabulary Of the program.
    function surprisePart(uint256 vocabulary) internal pure returns (uint256) {
        uint256 runs = _runs(vocabulary);
        uint256 partials = vocabulary > REACH ? leafCount(runs) : 0;
        return partials + 1 + leafCount(vocabulary) + leafCount(3 * runs);
    }

    /// @notice The part that holds the two digits of a denominator: its sums stand before.
    /// @param records Of the index that it adds.
    function denominatorPart(uint256 records) internal pure returns (uint256 part) {
        for (uint256 count = records; count > REACH;) {
            count = 2 * _runs(count);
            part += leafCount(count);
        }
    }

    /// @notice What a part of a denominator holds; nothing (`length` 0) where it has no such part.
    /// @param records Of the index that it adds. @param part Of the operation.
    function stageAt(uint256 records, uint256 part) internal pure returns (Stage memory stage) {
        stage.summed = records;
        stage.isFirst = true;
        uint256 start = 0;
        while (stage.summed > REACH) {
            uint256 length = 2 * _runs(stage.summed);
            uint256 end = start + leafCount(length);
            if (part < end) {
                (stage.length, stage.part) = (length, part - start);
                return stage;
            }
            (stage.summed, stage.below, stage.isFirst) = (length, start, false);
            start = end;
        }
        if (part == start) (stage.length, stage.isRow) = (2, true);
    }

    /// @notice The run that an element of a denominator's leaf adds.
    /// @param stage What the leaf holds. @param element Counted from the leaf's first; the leaf has it.
    /// @return part The first leaf of the run, which starts there. @return elements How many they are, at most 1,536.
    function runOf(Stage memory stage, uint256 element) internal pure returns (uint256 part, uint256 elements) {
        // two digits each
        uint256 run = stage.isRow ? 0 : (stage.part * LEAF_ELEMENTS + element) / 2;
        elements = stage.summed - REACH * run;
        if (elements > REACH) elements = REACH;
        part = stage.below + REACH / LEAF_ELEMENTS * run;
    }

    /// @dev Of up to 1,536 elements each.
    function _runs(uint256 elements) private pure returns (uint256) {
        return (elements + REACH - 1) / REACH;
    }
}
