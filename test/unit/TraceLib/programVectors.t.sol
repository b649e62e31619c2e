// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TraceLib} from "../../../contracts/libraries/TraceLib.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";
import {TraceLibHarness} from "./TraceLibHarness.sol";

contract TraceLibProgramVectorsTest is VectorReader {
    TraceLibHarness private _lib;

    function setUp() public {
        _lib = new TraceLibHarness();
        _read("program.json");
    }

    function testDiff_Programs_MatchesVectors() public {
        while (_next("programs")) assertEq(keccak256(_bytes("document")), _word("id"), row);
        assertGt(rowCount, 1);
    }

    function testDiff_Planes_MatchesVectors() public {
        while (_next("planes")) {
            TraceLib.Table memory table = TraceLib.Table({
                root: _word("root"),
                id: _word("table"),
                rows: uint32(_number("rows")),
                rowBytes: uint32(_number("rowBytes"))
            });
            (uint32 channel, uint32 part) = (uint32(_number("row")), uint32(_number("part")));
            bytes memory packed = _bytes("siblings");
            bytes32[] memory siblings = new bytes32[](packed.length / 32);
            for (uint256 i = 0; i < siblings.length; ++i) {
                assembly ("memory-safe") {
                    mstore(add(add(siblings, 32), mul(i, 32)), mload(add(add(packed, 32), mul(i, 32))))
                }
            }

            bytes memory data = _bytes("data");
            assertTrue(_lib.verifyRow(table, channel, part, data, siblings), row);
            data[0] = ~data[0];
            assertFalse(_lib.verifyRow(table, channel, part, data, siblings), row);
        }
        assertGt(rowCount, 15);
    }

    /// @dev A row's bound is the sum of its integers' magnitudes, in units of the lowest digit.
    function testDiff_Bounds_MatchesVectors() public {
        while (_next("bounds")) {
            (bytes memory high, bytes memory low) = (_bytes("high"), _bytes("low"));

            int256 sum = 0;
            for (uint256 j = 0; j < high.length; ++j) {
                int256 w = _digit(high, j);
                if (low.length > 0) w = 128 * w + _digit(low, j);
                sum += w < 0 ? -w : w;
            }

            assertEq(uint256(sum), _number("bound"), row);
        }
        assertGt(rowCount, 5);
    }

    function _digit(bytes memory digits, uint256 at) private pure returns (int256) {
        return int8(uint8(digits[at]));
    }
}
