// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title MerkleLib
/// @notice The positional, padded tree of every root in the protocol.
/// @dev TREE. Leaves stand at their index; the places right of the last leaf hold `bytes32(0)` up to the next power of two.
/// Leaf, inner and root nodes start with 0x00, 0x01 and 0x02: none can be taken for another. The root binds the domain and
/// the number of leaves, so that a proof shows the place of a leaf and that nothing stands after the last one.
library MerkleLib {
    /// @notice Levels an appended tree can have: what a count of 64 bits needs.
    uint256 internal constant MAX_DEPTH = 64;

    /// @notice An append-only tree in storage: one new slot an append, none of them ever read in vain.
    /// @param nodes At a level whose bit is set in the count: the full subtree of 2^level leaves that waits for its right
    /// neighbour. At other levels what once stood there.
    struct Frontier {
        bytes32[MAX_DEPTH] nodes;
    }

    /// @notice The node of a leaf: `keccak256(0x00 ‖ domain ‖ payload)`.
    function leafHash(bytes32 domain, bytes memory payload) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x00), domain, payload));
    }

    /// @notice The node over two nodes: `keccak256(0x01 ‖ left ‖ right)`.
    function innerHash(bytes32 left, bytes32 right) internal pure returns (bytes32 node) {
        // Behind the free memory pointer, which is left as it is: nothing allocated is touched.
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore8(at, 0x01)
            mstore(add(at, 1), left)
            mstore(add(at, 33), right)
            node := keccak256(at, 65)
        }
    }

    /// @notice The root of a tree: `keccak256(0x02 ‖ domain ‖ uint64 count ‖ top)`.
    /// @param top The node over all leaves, `bytes32(0)` for an empty tree.
    function rootHash(bytes32 domain, uint64 count, bytes32 top) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x02), domain, count, top));
    }

    /// @notice The root of a tree without leaves.
    function emptyRoot(bytes32 domain) internal pure returns (bytes32) {
        return rootHash(domain, 0, 0);
    }

    /// @notice Levels between the leaves and the top: ceil(log2 count), 0 for one leaf and for none.
    function treeDepth(uint64 count) internal pure returns (uint256) {
        return count < 2 ? 0 : Math.log2(count - 1) + 1;
    }

    /// @notice Whether `leaf` stands at `index` of `count` in the tree of `root`.
    /// @param siblings From the leaf's level upwards, exactly `treeDepth(count)` of them.
    function verify(bytes32 root, bytes32 domain, bytes32 leaf, uint64 index, uint64 count, bytes32[] calldata siblings)
        internal
        pure
        returns (bool)
    {
        if (index >= count || siblings.length != treeDepth(count)) return false;

        bytes32 node = leaf;
        // `innerHash` level by level, behind the free memory pointer. Written out, a level costs half of what it does with
        // bounds checked that hold anyway: this is most of what a claim computes.
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore8(preimage, 0x01)
            let position := index
            let end := add(siblings.offset, shl(5, siblings.length))
            for { let from := siblings.offset } lt(from, end) { from := add(from, 32) } {
                // 0 for a left node, 32 for a right one
                let side := shl(5, and(position, 1))
                mstore(add(preimage, add(1, side)), node)
                mstore(add(preimage, sub(33, side)), calldataload(from))
                node := keccak256(preimage, 65)
                position := shr(1, position)
            }
        }
        return rootHash(domain, count, node) == root;
    }

    /// @notice Appends a leaf to a tree that has `count` leaves.
    /// @dev Warning: the caller counts; a wrong count gives a wrong tree.
    function append(Frontier storage frontier, uint64 count, bytes32 leaf) internal {
        bytes32 node = leaf;
        uint256 level = 0;
        for (uint256 left = count; left & 1 == 1; left >>= 1) {
            node = innerHash(frontier.nodes[level], node);
            ++level;
        }
        // count < 2^64 - 1, since the count after it has to fit: a level below 64
        frontier.nodes[level] = node;
    }

    /// @notice The root of an appended tree that has `count` leaves.
    function rootOf(Frontier storage frontier, bytes32 domain, uint64 count) internal view returns (bytes32) {
        uint256 depth = treeDepth(count);
        // A full tree waits at its own depth; else the top is folded from the padding and what waits below it.
        bytes32 top = (count >> depth) & 1 == 1 ? frontier.nodes[depth] : bytes32(0);
        if (top == 0) {
            bytes32 empty = 0;
            for (uint256 level = 0; level < depth; ++level) {
                top = (count >> level) & 1 == 1 ? innerHash(frontier.nodes[level], top) : innerHash(top, empty);
                empty = innerHash(empty, empty);
            }
        }
        return rootHash(domain, count, top);
    }
}
