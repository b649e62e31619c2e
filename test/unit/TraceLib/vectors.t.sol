// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TraceLib} from "../../../contracts/libraries/TraceLib.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";
import {TraceLibHarness} from "./TraceLibHarness.sol";

contract TraceLibVectorsTest is VectorReader {
    TraceLibHarness private _lib;

    function setUp() public {
        _lib = new TraceLibHarness();
        _read("trace.json");
    }

    function testDiff_Leaves_MatchesVectors() public {
        while (_next("leaves")) {
            bytes32 leaf = TraceLib.leafHash(
                _word("programId"),
                uint32(_number("op")),
                uint32(_number("position")),
                uint32(_number("part")),
                _bytes("data")
            );

            assertEq(leaf, _word("leaf"), row);
        }
        assertGt(rowCount, 4);
    }

    function testDiff_Nodes_MatchesVectors() public {
        while (_next("nodes")) {
            TraceLib.Tree memory tree =
                TraceLib.Tree({root: _word("root"), id: _word("id"), count: uint64(_number("count"))});
            bytes32[] memory siblings = _words(_bytes("siblings"));
            (uint256 level, uint256 index, bytes32 node) = (_number("level"), _number("index"), _word("node"));

            assertTrue(_lib.verify(tree, level, index, node, siblings), row);
            assertFalse(_lib.verify(tree, level, index, ~node, siblings), row);
        }
        assertGt(rowCount, 50);
    }

    function testDiff_Reveals_MatchesVectors() public {
        while (_next("reveals")) {
            uint64 count = uint64(_number("count"));
            (uint256 level, uint256 index, bytes32 node) = (_number("level"), _number("index"), _word("node"));
            (uint256 depth, bytes32[] memory nodes) = (_number("depth"), _words(_bytes("nodes")));

            assertTrue(_lib.verifyReveal(count, level, index, node, depth, nodes), row);
            nodes[nodes.length - 1] = ~nodes[nodes.length - 1];
            assertFalse(_lib.verifyReveal(count, level, index, node, depth, nodes), row);
        }
        assertGt(rowCount, 8);
    }

    function testDiff_Tables_MatchesVectors() public {
        while (_next("tables")) {
            TraceLib.Table memory table = TraceLib.Table({
                root: _word("root"),
                id: _word("table"),
                rows: uint32(_number("rows")),
                rowBytes: uint32(_number("rowBytes"))
            });
            (uint32 channel, uint32 part) = (uint32(_number("row")), uint32(_number("part")));
            (bytes memory data, bytes32[] memory siblings) = (_bytes("data"), _words(_bytes("siblings")));

            assertTrue(_lib.verifyRow(table, channel, part, data, siblings), row);
            data[0] = ~data[0];
            assertFalse(_lib.verifyRow(table, channel, part, data, siblings), row);
        }
        assertGt(rowCount, 8);
    }

    function testDiff_Programs_MatchesVectors() public {
        while (_next("programs")) assertEq(keccak256(_bytes("document")), _word("id"), row);
        assertGt(rowCount, 1);
    }

    function _words(bytes memory packed) private pure returns (bytes32[] memory words) {
        words = new bytes32[](packed.length / 32);
        for (uint256 i = 0; i < words.length; ++i) {
            assembly ("memory-safe") {
                mstore(add(add(words, 32), mul(i, 32)), mload(add(add(packed, 32), mul(i, 32))))
            }
        }
    }
}
