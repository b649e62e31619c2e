// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MerkleLib} from "./MerkleLib.sol";

/// @title TraceLib
/// @notice The tree over an exact program's trace, and over the rows of its weight tables.
/// @dev TREE. That of RFC 6962, section 2.1, with keccak-256: the nodes of a level are paired from the left, and a last node
/// without partner is lifted as it is. Level 0 holds the leaves; level L of `count` leaves is ceil(count / 2^L) nodes wide.
/// Unlike the padded tree of MerkleLib nothing stands behind the last leaf, so two roots of one count differ only where a
/// leaf differs: what a proof of a false trace needs.
///
/// TAGS. A trace's leaf starts with 0x00, an inner node with 0x01, a root with 0x02, a table's leaf with 0x03: none can be
/// taken for another. The root binds the program's or the table's id and the number of leaves, and with them the exact
/// length of every proof.
///
/// The SDK (`sdk/src/exact`) has the same definitions; `test/vectors/trace.json` pins both.
library TraceLib {
    /// @notice Most bytes of a trace's leaf.
    uint256 internal constant MAX_LEAF_BYTES = 4096;

    /// @notice Bytes of a table's row under one leaf; a longer row has several parts, the last one the rest.
    uint256 internal constant ROW_PART_BYTES = 1024;

    /// @notice Most levels that one reveal descends: 256 nodes, 8 KiB.
    uint256 internal constant MAX_REVEAL_DEPTH = 8;

    /// @notice What a root is over.
    /// @param root From `MerkleLib.rootHash(id, count, top)`.
    /// @param id The program's id for a trace, the table's for rows.
    /// @param count Leaves.
    struct Tree {
        bytes32 root;
        bytes32 id;
        uint64 count;
    }

    /// @notice A table as its program states it.
    /// @param root Over its rows.
    /// @param id Of its name: `keccak256("OpenLedger.Table.v1:" ‖ name)`.
    /// @param rows Output channels. @param rowBytes Of each, more than 0.
    struct Table {
        bytes32 root;
        bytes32 id;
        uint32 rows;
        uint32 rowBytes;
    }

    /// @notice The tree has no node `index` at `level`: the level is `width` nodes wide.
    error TraceLib_NoSuchNode(uint256 level, uint256 index, uint256 width);
    /// @notice A proof holds `found` siblings where the node's place has `expected`.
    error TraceLib_ProofLength(uint256 found, uint256 expected);
    /// @notice A reveal holds `found` nodes where the node stands over `expected`.
    error TraceLib_RevealWidth(uint256 found, uint256 expected);
    /// @notice A reveal would descend `depth` levels; `maximum` is allowed from its node.
    error TraceLib_RevealDepth(uint256 depth, uint256 maximum);
    /// @notice A trace's leaf holds `length` bytes, not 1 to 4,096.
    error TraceLib_LeafLength(uint256 length);
    /// @notice The table has no `part` of `row`.
    error TraceLib_NoSuchPart(uint256 row, uint256 part);
    /// @notice A part holds `found` bytes where the table's shape gives it `expected`.
    error TraceLib_PartLength(uint256 found, uint256 expected);

    /// @notice Leaf of a trace: `keccak256(0x00 ‖ programId ‖ uint32 op ‖ uint32 position ‖ uint32 part ‖ data)`.
    /// @dev Reverts on empty data and on more than `MAX_LEAF_BYTES`.
    /// @param programId Of the program whose trace it is. @param op Index of the op in it.
    /// @param position In the sequence. @param part Of the op's row at that position. @param data The part's bytes.
    /// @return The leaf, a node of level 0.
    function leafHash(bytes32 programId, uint32 op, uint32 position, uint32 part, bytes memory data)
        internal
        pure
        returns (bytes32)
    {
        if (data.length == 0 || data.length > MAX_LEAF_BYTES) revert TraceLib_LeafLength(data.length);
        return keccak256(abi.encodePacked(bytes1(0x00), programId, op, position, part, data));
    }

    /// @notice Leaf of a table: `keccak256(0x03 ‖ table ‖ uint32 row ‖ uint32 part ‖ data)`.
    /// @dev Says nothing about the part's length: `verifyRow` checks it against the table's shape.
    /// @param table The table's id. @param row Output channel. @param part Of that row. @param data The part's bytes.
    /// @return The leaf, a node of level 0.
    function rowHash(bytes32 table, uint32 row, uint32 part, bytes memory data) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x03), table, row, part, data));
    }

    /// @notice Inner node: `keccak256(0x01 ‖ left ‖ right)`.
    /// @param left Node of the level below. @param right Its neighbour.
    /// @return The node over both.
    function nodeHash(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return MerkleLib.innerHash(left, right);
    }

    /// @notice Nodes at a level.
    /// @param count Leaves of the tree. @param level At most 64.
    /// @return ceil(count / 2^level).
    function levelWidth(uint64 count, uint256 level) internal pure returns (uint256) {
        return (uint256(count) + (uint256(1) << level) - 1) >> level;
    }

    /// @notice Whether `node` stands at `index` of `level`.
    /// @dev Reverts where the tree has no such node and where the proof is longer or shorter than its place makes it. Hashes
    /// at most 64 times.
    /// @param tree What the root is over. @param level 0 for a leaf. @param index From the left.
    /// @param node To be found there. @param siblings From the node's level upwards; none where it is lifted.
    /// @return Whether the root follows.
    function verify(Tree memory tree, uint256 level, uint256 index, bytes32 node, bytes32[] calldata siblings)
        internal
        pure
        returns (bool)
    {
        uint256 width = _requireNode(tree.count, level, index);
        uint256 expected = _siblingCount(width, index);
        if (siblings.length != expected) revert TraceLib_ProofLength(siblings.length, expected);

        bytes32 top = node;
        uint256 used = 0;
        uint256 place = index;
        // count < 2^64: the last index is 0 after 64 halvings; the width of a level that has the node is not 0
        unchecked {
            for (uint256 last = width - 1; last > 0; last >>= 1) {
                if (place & 1 == 1) top = nodeHash(siblings[used++], top);
                else if (place < last) top = nodeHash(top, siblings[used++]);
                place >>= 1;
            }
        }
        return MerkleLib.rootHash(tree.id, tree.count, top) == tree.root;
    }

    /// @notice Whether `nodes` are what stands `depth` levels under `node`.
    /// @dev Says nothing about the node itself: the caller knows it, from a root or an earlier reveal. Reverts where the tree
    /// has no such node, on a depth over `MAX_REVEAL_DEPTH` or the node's level, and on the wrong number of nodes.
    /// @param count Leaves of the tree. @param level Of the node. @param index Of the node. @param node Revealed.
    /// @param depth Levels down. @param nodes All of them from the left.
    /// @return Whether the node follows.
    function verifyReveal(
        uint64 count,
        uint256 level,
        uint256 index,
        bytes32 node,
        uint256 depth,
        bytes32[] calldata nodes
    ) internal pure returns (bool) {
        _requireNode(count, level, index);
        uint256 maximum = level < MAX_REVEAL_DEPTH ? level : MAX_REVEAL_DEPTH;
        if (depth > maximum) revert TraceLib_RevealDepth(depth, maximum);
        uint256 expected = levelWidth(count, level - depth) - (index << depth);
        if (expected > 1 << depth) expected = 1 << depth;
        if (nodes.length != expected) revert TraceLib_RevealWidth(nodes.length, expected);

        bytes32[] memory above = nodes;
        for (uint256 width = expected; width > 1; width = (width + 1) >> 1) {
            for (uint256 i = 0; i < width; i += 2) {
                above[i >> 1] = i + 1 < width ? nodeHash(above[i], above[i + 1]) : above[i];
            }
        }
        return above[0] == node;
    }

    /// @notice Whether `data` is a part of a row of a table.
    /// @dev Reverts where the table has no such part, where the part has another length by the table's shape, and on a proof
    /// of the wrong length.
    /// @param table As its program states it. @param row Output channel. @param part Of that row.
    /// @param data The part's bytes. @param siblings From the leaf upwards.
    /// @return Whether the table's root follows.
    function verifyRow(Table memory table, uint32 row, uint32 part, bytes calldata data, bytes32[] calldata siblings)
        internal
        pure
        returns (bool)
    {
        uint256 expected = _partLength(table, row, part);
        if (data.length != expected) revert TraceLib_PartLength(data.length, expected);

        uint256 parts = (uint256(table.rowBytes) + ROW_PART_BYTES - 1) / ROW_PART_BYTES;
        // rows < 2^32 and parts <= 2^22: below 2^54
        Tree memory tree = Tree({root: table.root, id: table.id, count: uint64(table.rows * parts)});
        bytes32 leaf = rowHash(table.id, row, part, data);
        return verify(tree, 0, row * parts + part, leaf, siblings);
    }

    /// @dev Bytes of a part. Reverts where the table has none.
    function _partLength(Table memory table, uint32 row, uint32 part) private pure returns (uint256 length) {
        uint256 start = uint256(part) * ROW_PART_BYTES;
        if (row >= table.rows || start >= table.rowBytes) revert TraceLib_NoSuchPart(row, part);
        length = table.rowBytes - start;
        if (length > ROW_PART_BYTES) length = ROW_PART_BYTES;
    }

    /// @dev Reverts where the tree has no such node; no level above the top is one.
    function _requireNode(uint64 count, uint256 level, uint256 index) private pure returns (uint256 width) {
        width = level > MerkleLib.treeDepth(count) ? 0 : levelWidth(count, level);
        if (index >= width) revert TraceLib_NoSuchNode(level, index, width);
    }

    /// @dev Levels at which the node, or what is above it, has a partner.
    function _siblingCount(uint256 width, uint256 index) private pure returns (uint256 siblings) {
        uint256 place = index;
        // at most 64 levels, of a width that is not 0
        unchecked {
            for (uint256 last = width - 1; last > 0; last >>= 1) {
                if (place & 1 == 1 || place < last) ++siblings;
                place >>= 1;
            }
        }
    }
}
