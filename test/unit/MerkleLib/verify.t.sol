// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleLib} from "../../../contracts/libraries/MerkleLib.sol";
import {Test} from "forge-std/Test.sol";

contract MerkleLibVerifyTest is Test {
    using MerkleLib for MerkleLib.Frontier;

    bytes32 private constant DOMAIN = keccak256("OpenLedger.Receipt.v1");

    MerkleLib.Frontier private _frontier;

    function verify(bytes32 root, bytes32 domain, bytes32 leaf, uint64 index, uint64 count, bytes32[] calldata siblings)
        external
        pure
        returns (bool)
    {
        return MerkleLib.verify(root, domain, leaf, index, count, siblings);
    }

    function test_EmptyTree() public view {
        assertEq(_frontier.rootOf(DOMAIN, 0), keccak256(abi.encodePacked(bytes1(0x02), DOMAIN, uint64(0), bytes32(0))));
    }

    function test_TreeDepth() public pure {
        assertEq(MerkleLib.treeDepth(0), 0);
        assertEq(MerkleLib.treeDepth(1), 0);
        assertEq(MerkleLib.treeDepth(2), 1);
        assertEq(MerkleLib.treeDepth(3), 2);
        assertEq(MerkleLib.treeDepth(4), 2);
        assertEq(MerkleLib.treeDepth(5), 3);
        assertEq(MerkleLib.treeDepth(uint64(1) << 63), 63);
        assertEq(MerkleLib.treeDepth(type(uint64).max), 64);
    }

    /// @dev The tree is built here level by level with all its padding, independently of the frontier.
    function testFuzz_FrontierEqualsPaddedTreeAndEveryLeafVerifies(uint8 size, bytes32 seed) public {
        uint64 count = uint64(bound(size, 1, 40));
        bytes32[] memory leaves = new bytes32[](count);
        for (uint64 i = 0; i < count; ++i) {
            leaves[i] = keccak256(abi.encode(seed, i));
            _frontier.append(i, leaves[i]);
        }

        bytes32[][] memory levels = _levels(leaves);
        bytes32 top = levels[levels.length - 1][0];
        bytes32 root = keccak256(abi.encodePacked(bytes1(0x02), DOMAIN, count, top));

        assertEq(_frontier.rootOf(DOMAIN, count), root);
        for (uint64 i = 0; i < count; ++i) {
            assertTrue(this.verify(root, DOMAIN, leaves[i], i, count, _siblings(levels, i)));
        }
    }

    function test_RejectsEveryAlteration() public view {
        uint64 count = 5;
        bytes32[] memory leaves = new bytes32[](count);
        for (uint64 i = 0; i < count; ++i) {
            leaves[i] = keccak256(abi.encode(i));
        }
        bytes32[][] memory levels = _levels(leaves);
        bytes32 root = MerkleLib.rootHash(DOMAIN, count, levels[3][0]);
        bytes32[] memory siblings = _siblings(levels, 4);
        assertTrue(this.verify(root, DOMAIN, leaves[4], 4, count, siblings));

        assertFalse(this.verify(root ^ bytes32(uint256(1)), DOMAIN, leaves[4], 4, count, siblings));
        assertFalse(this.verify(root, keccak256("OpenLedger.Credit.v1"), leaves[4], 4, count, siblings));
        assertFalse(this.verify(root, DOMAIN, leaves[3], 4, count, siblings));
        assertFalse(this.verify(root, DOMAIN, leaves[4], 3, count, siblings));
        // same place in a tree of the same depth, but the root binds the count
        assertFalse(this.verify(root, DOMAIN, leaves[4], 4, 6, siblings));
        // a padding node is no leaf, though its hashes would fit
        assertFalse(this.verify(root, DOMAIN, bytes32(0), 5, count, _siblings(levels, 5)));
        for (uint256 i = 0; i < siblings.length; ++i) {
            bytes32 kept = siblings[i];
            siblings[i] = ~kept;
            assertFalse(this.verify(root, DOMAIN, leaves[4], 4, count, siblings));
            siblings[i] = kept;
        }
        bytes32[] memory longer = new bytes32[](4);
        bytes32[] memory shorter = new bytes32[](2);
        for (uint256 i = 0; i < 3; ++i) {
            longer[i] = siblings[i];
        }
        for (uint256 i = 0; i < 2; ++i) {
            shorter[i] = siblings[i];
        }
        assertFalse(this.verify(root, DOMAIN, leaves[4], 4, count, longer));
        assertFalse(this.verify(root, DOMAIN, leaves[4], 4, count, shorter));
    }

    /// @dev An inner node given as a leaf: without the prefixes a shorter proof of it would hold.
    function test_RejectsInnerNodeAsLeaf() public view {
        bytes32 left = MerkleLib.leafHash(DOMAIN, "left");
        bytes32 right = MerkleLib.leafHash(DOMAIN, "right");
        bytes32 inner = MerkleLib.innerHash(left, right);

        assertFalse(this.verify(MerkleLib.rootHash(DOMAIN, 2, inner), DOMAIN, inner, 0, 1, new bytes32[](0)));
        assertNotEq(MerkleLib.leafHash(DOMAIN, abi.encodePacked(left, right)), inner);
    }

    function _levels(bytes32[] memory leaves) private pure returns (bytes32[][] memory levels) {
        uint256 depth = MerkleLib.treeDepth(uint64(leaves.length));
        levels = new bytes32[][](depth + 1);
        levels[0] = new bytes32[](1 << depth);
        for (uint256 i = 0; i < leaves.length; ++i) {
            levels[0][i] = leaves[i];
        }
        for (uint256 level = 1; level <= depth; ++level) {
            levels[level] = new bytes32[](1 << (depth - level));
            for (uint256 i = 0; i < levels[level].length; ++i) {
                levels[level][i] =
                    keccak256(abi.encodePacked(bytes1(0x01), levels[level - 1][2 * i], levels[level - 1][2 * i + 1]));
            }
        }
    }

    function _siblings(bytes32[][] memory levels, uint256 index) private pure returns (bytes32[] memory siblings) {
        siblings = new bytes32[](levels.length - 1);
        for (uint256 level = 0; level < siblings.length; ++level) {
            siblings[level] = levels[level][(index >> level) ^ 1];
        }
    }
}
