// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {KernelLib} from "../../../contracts/verification/KernelLib.sol";
import {KernelLibHarness} from "./KernelLibHarness.sol";
import {Test} from "forge-std/Test.sol";

/// @dev Rows of the vectors are in hexadecimal, elements big-endian.
contract KernelLibVectorsTest is Test {
    string private constant FILE = "test/vectors/exact-ops.json";

    string private _line;
    KernelLibHarness private _lib;

    function setUp() public {
        _lib = new KernelLibHarness();
    }

    function testDiff_Similarity_MatchesVectors() public {
        uint256 records;
        while (_next("similarity")) {
            uint256 width = vm.parseJsonUint(_line, ".tables.index.columns");
            bytes memory entries = _littleEndian(_hex(".tables.index.entries"));
            bytes memory codes = _hex(".tables.index.codes");
            bytes memory output = _hex(".output.row");
            KernelLib.Query memory query;
            query.code = bytes16(_hex(".inputs[0].rows[0]"));
            // where none follows, no operation is asked
            bool follows = vm.keyExistsJson(_line, ".following");
            if (follows) {
                query.token = vm.parseJsonUint(_line, ".following");
                query.threshold = uint8(_hex(".tables.index.thresholds")[query.token]);
            }

            for (uint256 record = 0; record < output.length / 4; ++record) {
                int256 expected = _element(output, record);
                int256 found = _lib.similarity(
                    query,
                    _slice(entries, 4 * width * record, 4 * width),
                    _slice(codes, 16 * width * record, 16 * width)
                );
                assertEq(follows ? found : int256(0), expected, _line);
                ++records;
            }
        }
        assertGt(records, 500);
    }

    function testDiff_Denominator_MatchesVectors() public {
        uint256 vectors;
        while (_next("denominator")) {
            int256 before = 2 ** 16;
            if (vm.keyExistsJson(_line, ".inputs[1]")) {
                before = _lib.sumOfDigits(_littleEndian(_hex(".inputs[1].rows[0]")));
            }
            int256 sum = _lib.sumOf(_littleEndian(_hex(".inputs[0].rows[0]")));
            bytes memory output = _hex(".output.row");

            int256 denominator = KernelLib.denominatorOf(before, sum);
            assertEq(KernelLib.digitOf(denominator, 0), _element(output, 0), _line);
            assertEq(KernelLib.digitOf(denominator, 1), _element(output, 1), _line);
            ++vectors;
        }
        assertGt(vectors, 6);
    }

    function testDiff_Credit_MatchesVectors() public {
        uint256 credits;
        while (_next("credit")) {
            bytes memory sums = _hex(".inputs[0].rows[0]");
            uint8 weight = uint8(_hex(".inputs[1].rows[0]")[0]);
            int256 denominator = _lib.sumOfDigits(_littleEndian(_hex(".inputs[2].rows[0]")));
            bytes memory output = _hex(".output.row");

            for (uint256 record = 0; record < output.length / 4; ++record) {
                int256 found = KernelLib.credit(weight, int32(_element(sums, record)), denominator);
                assertEq(found, _element(output, record), _line);
                ++credits;
            }
        }
        assertGt(credits, 40);
    }

    function testDiff_Continuity_MatchesVectors() public {
        uint256 sums;
        while (_next("continuity")) {
            bytes memory row = _hex(".inputs[0].rows[0]");
            uint256 position = vm.parseJsonUint(_line, ".position");
            bytes memory output = _hex(".output.row");

            for (uint256 record = 0; record < output.length / 4; ++record) {
                // the last row stands at the position itself
                uint256 from = position > 7 ? position - 7 : 0;
                int32[] memory credits = new int32[](position - from);
                for (uint256 at = from; at < position; ++at) {
                    string memory key = string.concat(".inputs[1].rows[", vm.toString(at), "]");
                    credits[at - from] = int32(_element(_hex(key), record));
                }
                int256 found = KernelLib.continuity(int32(_element(row, record)), credits);
                assertEq(found, _element(output, record), _line);
                ++sums;
            }
        }
        assertEq(sums, 20);
    }

    /// @dev Steps to the next vector of a kind, of which each has a line for itself; false behind the last.
    function _next(string memory kind) private returns (bool) {
        bytes memory line = bytes(vm.readLine(FILE));
        while (line.length > 0 && line[0] != "]") {
            // of the list only the comma is left
            if (line[line.length - 1] == ",") {
                assembly ("memory-safe") {
                    mstore(line, sub(mload(line), 1))
                }
            }
            bool isVector = line.length > 12;
            if (isVector && keccak256(bytes(vm.parseJsonString(string(line), ".kind"))) == keccak256(bytes(kind))) {
                _line = string(line);
                return true;
            }
            line = bytes(vm.readLine(FILE));
        }
        vm.closeFile(FILE);
        return false;
    }

    function _hex(string memory key) private view returns (bytes memory) {
        return vm.parseBytes(string.concat("0x", vm.parseJsonString(_line, key)));
    }

    /// @dev Big-endian.
    function _element(bytes memory row, uint256 place) private pure returns (int256) {
        bytes4 word;
        for (uint256 i = 0; i < 4; ++i) {
            word |= bytes4(row[4 * place + i]) >> (8 * i);
        }
        return int32(uint32(word));
    }

    function _littleEndian(bytes memory row) private pure returns (bytes memory swapped) {
        swapped = new bytes(row.length);
        for (uint256 i = 0; i < row.length; ++i) {
            swapped[i] = row[i - i % 4 + 3 - i % 4];
        }
    }

    function _slice(bytes memory data, uint256 from, uint256 length) private pure returns (bytes memory slice) {
        slice = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            slice[i] = data[from + i];
        }
    }
}
