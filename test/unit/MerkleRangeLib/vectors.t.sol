// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LeafLib} from "../../../contracts/libraries/LeafLib.sol";
import {MerkleLib} from "../../../contracts/libraries/MerkleLib.sol";
import {MerkleRangeLib} from "../../../contracts/libraries/MerkleRangeLib.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";

/// @dev Leaf i of each tree in the vectors is the leaf of domain Record over the eight bytes of i.
contract MerkleRangeLibVectorsTest is VectorReader {
    function verify(bytes32 root, bytes32[] memory nodes, uint64 first, uint64 count, bytes32[] calldata siblings)
        external
        pure
        returns (bool)
    {
        return MerkleRangeLib.verify(root, LeafLib.RECORD, nodes, first, count, siblings);
    }

    function testDiff_Ranges_MatchesVectors() public {
        _read("merkle.json");
        while (_next("ranges")) {
            bytes32[] memory siblings = _words(_bytes("siblings"));
            bytes32 root = _word("root");
            uint64 first = uint64(_number("first"));
            uint64 count = uint64(_number("count"));
            uint256 length = _number("length");

            assertTrue(this.verify(root, _nodes(first, length), first, count, siblings), row);
            assertFalse(this.verify(root, _nodes(first, length), first, count + 1, siblings), row);
            assertFalse(this.verify(root, _nodes(first + 1, length), first, count, siblings), row);
            assertFalse(this.verify(~root, _nodes(first, length), first, count, siblings), row);
        }
        assertGt(rowCount, 100);
    }

    /// @dev A range of one leaf is proven by what proves the leaf.
    function testDiff_Proofs_MatchesVectors() public {
        _read("merkle.json");
        while (_next("proofs")) {
            uint64 index = uint64(_number("index"));
            bytes32[] memory siblings = _words(_bytes("siblings"));

            assertTrue(this.verify(_word("root"), _nodes(index, 1), index, uint64(_number("count")), siblings), row);
        }
        assertGt(rowCount, 50);
    }

    function test_NoLeavesAreNoRange() public view {
        bytes32 root = MerkleLib.emptyRoot(LeafLib.RECORD);

        assertFalse(this.verify(root, new bytes32[](0), 0, 0, new bytes32[](0)));
    }

    function _nodes(uint64 first, uint256 length) private pure returns (bytes32[] memory nodes) {
        nodes = new bytes32[](length);
        for (uint64 i = 0; i < length; ++i) {
            nodes[i] = MerkleLib.leafHash(LeafLib.RECORD, abi.encodePacked(first + i));
        }
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
