// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MerkleLib} from "./MerkleLib.sol";

/// @title MerkleRangeLib
/// @notice One proof for neighbouring leaves of a `MerkleLib` tree: only the two borders of the range need siblings.
library MerkleRangeLib {
    /// @notice Whether `nodes` stand at `first`, `first + 1`, … of `count` in the tree of `root`.
    /// @dev A range of one leaf has exactly the siblings of `MerkleLib.verify`.
    /// @param nodes Leaf nodes in order. Warning: overwritten on the way up.
    /// @param siblings From the leaves' level upwards; at a level first the left border's, then the right border's, each only
    /// where the border has its partner outside of the range. All have to be used.
    function verify(
        bytes32 root,
        bytes32 domain,
        bytes32[] memory nodes,
        uint64 first,
        uint64 count,
        bytes32[] calldata siblings
    ) internal pure returns (bool) {
        uint256 width = nodes.length;
        // a range that reached beyond the tree would end with nodes beside the top that nothing is compared with
        if (width == 0 || first >= count || width > count - first) return false;

        uint256 used = 0;
        uint256 low = first;
        for (uint256 depth = MerkleLib.treeDepth(count); depth > 0; --depth) {
            uint256 from = 0;
            uint256 to = 0;
            if (low & 1 == 1) {
                if (used == siblings.length) return false;
                nodes[0] = MerkleLib.innerHash(siblings[used++], nodes[0]);
                (from, to) = (1, 1);
            }
            for (; from + 1 < width; from += 2) {
                nodes[to++] = MerkleLib.innerHash(nodes[from], nodes[from + 1]);
            }
            if (from < width) {
                if (used == siblings.length) return false;
                nodes[to++] = MerkleLib.innerHash(nodes[from], siblings[used++]);
            }
            width = to;
            low >>= 1;
        }
        // width <= count - first, so one node is left at the top
        return used == siblings.length && MerkleLib.rootHash(domain, count, nodes[0]) == root;
    }
}
