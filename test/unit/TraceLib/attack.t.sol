// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleLib} from "../../../contracts/libraries/MerkleLib.sol";
import {TraceLib} from "../../../contracts/libraries/TraceLib.sol";
import {TraceLibHarness} from "./TraceLibHarness.sol";
import {Test} from "forge-std/Test.sol";

/// @dev Trees are built here by the recursion of RFC 6962, which the library has no line of.
contract TraceLibAttackTest is Test {
    bytes32 private constant PROGRAM = keccak256("program");

    TraceLibHarness private _lib;

    function setUp() public {
        _lib = new TraceLibHarness();
    }

    function test_EveryLeafOfEveryCountVerifies() public view {
        for (uint256 count = 1; count <= 70; ++count) {
            (TraceLib.Tree memory tree, bytes32[] memory leaves) = _tree(count);
            for (uint256 i = 0; i < count; ++i) {
                assertTrue(_lib.verify(tree, 0, i, leaves[i], _path(i, leaves, 0, count)));
            }
        }
    }

    function testFuzz_LeafVerifiesNowhereElse(uint256 size, uint256 place, uint256 other) public view {
        uint256 count = bound(size, 2, 70);
        (TraceLib.Tree memory tree, bytes32[] memory leaves) = _tree(count);
        place = bound(place, 0, count - 1);
        other = (place + bound(other, 1, count - 1)) % count;
        bytes32[] memory siblings = _path(place, leaves, 0, count);

        try _lib.verify(tree, 0, other, leaves[place], siblings) returns (bool found) {
            assertFalse(found);
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), TraceLib.TraceLib_ProofLength.selector);
        }
    }

    function testFuzz_WrongCountNeverVerifies(uint256 size, uint256 place, uint64 claimed) public view {
        uint256 count = bound(size, 1, 70);
        (TraceLib.Tree memory tree, bytes32[] memory leaves) = _tree(count);
        place = bound(place, 0, count - 1);
        vm.assume(claimed != count);
        bytes32[] memory siblings = _path(place, leaves, 0, count);
        tree.count = claimed;

        try _lib.verify(tree, 0, place, leaves[place], siblings) returns (bool found) {
            assertFalse(found);
        } catch (bytes memory reason) {
            bool named = bytes4(reason) == TraceLib.TraceLib_ProofLength.selector
                || bytes4(reason) == TraceLib.TraceLib_NoSuchNode.selector;
            assertTrue(named);
        }
    }

    function testFuzz_AnyOtherProgramFails(bytes32 id) public view {
        vm.assume(id != PROGRAM);
        (TraceLib.Tree memory tree, bytes32[] memory leaves) = _tree(5);
        tree.id = id;

        assertFalse(_lib.verify(tree, 0, 4, leaves[4], _path(4, leaves, 0, 5)));
    }

    function test_RevertWhen_ProofIsTruncatedOrExtended() public {
        (TraceLib.Tree memory tree, bytes32[] memory leaves) = _tree(5);
        bytes32[] memory siblings = _path(0, leaves, 0, 5);

        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_ProofLength.selector, 2, 3));
        _lib.verify(tree, 0, 0, leaves[0], _resized(siblings, 2));
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_ProofLength.selector, 4, 3));
        _lib.verify(tree, 0, 0, leaves[0], _resized(siblings, 4));
        // The last of five has one partner only, the tree over the four.
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_ProofLength.selector, 3, 1));
        _lib.verify(tree, 0, 4, leaves[4], siblings);
    }

    function test_RevertWhen_NodeIsOutside() public {
        (TraceLib.Tree memory tree, bytes32[] memory leaves) = _tree(5);

        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_NoSuchNode.selector, 0, 5, 5));
        _lib.verify(tree, 0, 5, leaves[4], new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_NoSuchNode.selector, 4, 0, 0));
        _lib.verify(tree, 4, 0, leaves[4], new bytes32[](0));
        tree.count = 0;
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_NoSuchNode.selector, 0, 0, 0));
        _lib.verify(tree, 0, 0, 0, new bytes32[](0));
    }

    /// @dev A proof takes 64 levels at most, whatever count and index say.
    function testFuzz_HugeCountsEnd(uint64 count, uint256 index, bytes32 node) public view {
        count = uint64(bound(count, 1, type(uint64).max));
        index = bound(index, 0, count - 1);
        TraceLib.Tree memory tree = TraceLib.Tree({root: 0, id: PROGRAM, count: count});

        try _lib.verify(tree, 0, index, node, new bytes32[](65)) returns (bool) {
            revert("a proof of 65 siblings was read");
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), TraceLib.TraceLib_ProofLength.selector);
        }
        assertFalse(_lib.verify(TraceLib.Tree(0, PROGRAM, type(uint64).max), 0, 0, node, new bytes32[](64)));
    }

    /// @dev A row of 64 bytes that is the two nodes under an inner node, and a row that is a whole inner preimage.
    function testFuzz_SecondPreimage(bytes32 left, bytes32 right, uint32 op, uint32 position, uint32 part) public pure {
        bytes32 node = TraceLib.nodeHash(left, right);
        bytes memory both = abi.encodePacked(left, right);
        bytes memory whole = abi.encodePacked(bytes1(0x01), left, right);

        assertNotEq(TraceLib.leafHash(PROGRAM, op, position, part, both), node);
        assertNotEq(TraceLib.rowHash(PROGRAM, position, part, both), node);
        assertNotEq(TraceLib.leafHash(PROGRAM, op, position, part, whole), node);
        assertNotEq(TraceLib.leafHash(left, op, position, part, abi.encodePacked(right)), node);
        // A table's leaf whose bytes continue with what would be a trace leaf's part.
        assertNotEq(
            TraceLib.rowHash(PROGRAM, op, position, abi.encodePacked(part, both)),
            TraceLib.leafHash(PROGRAM, op, position, part, both)
        );
    }

    /// @dev An inner node passes for no leaf of the tree: its path is shorter than any leaf's at its place.
    function test_RevertWhen_InnerNodeIsGivenAsLeaf() public {
        (TraceLib.Tree memory tree, bytes32[] memory leaves) = _tree(8);
        bytes32 inner = TraceLib.nodeHash(leaves[0], leaves[1]);
        bytes32[] memory siblings = _resized(_path(0, leaves, 0, 8), 3);
        bytes32[] memory above = new bytes32[](2);
        (above[0], above[1]) = (siblings[1], siblings[2]);

        assertTrue(_lib.verify(tree, 1, 0, inner, above));
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_ProofLength.selector, 2, 3));
        _lib.verify(tree, 0, 0, inner, above);
    }

    function testFuzz_PlaceIsBound(uint32 op, uint32 position, uint32 part, bytes32 data) public pure {
        bytes32 leaf = TraceLib.leafHash(PROGRAM, op, position, part, abi.encodePacked(data));

        if (part != position) {
            assertNotEq(leaf, TraceLib.leafHash(PROGRAM, op, part, position, abi.encodePacked(data)));
        }
        if (op != position) {
            assertNotEq(leaf, TraceLib.leafHash(PROGRAM, position, op, part, abi.encodePacked(data)));
        }
    }

    function test_RevertWhen_LeafLengthIsOutOfRange() public {
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_LeafLength.selector, 0));
        _lib.leafHash(PROGRAM, 0, 0, 0, "");
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_LeafLength.selector, 4097));
        _lib.leafHash(PROGRAM, 0, 0, 0, new bytes(4097));
        assertNotEq(_lib.leafHash(PROGRAM, 0, 0, 0, new bytes(4096)), 0);
    }

    function test_Row_RevertWhen_PartStartsWhereTheRowEnds() public {
        TraceLib.Table memory table = TraceLib.Table({root: 0, id: PROGRAM, rows: 3, rowBytes: 2048});

        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_NoSuchPart.selector, 0, 2));
        _lib.verifyRow(table, 0, 2, "", new bytes32[](0));
    }

    function test_Row_RevertWhen_PartIsNotTheTables() public {
        TraceLib.Table memory table = TraceLib.Table({root: 0, id: PROGRAM, rows: 3, rowBytes: 1536});

        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_NoSuchPart.selector, 3, 0));
        _lib.verifyRow(table, 3, 0, new bytes(1024), new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_NoSuchPart.selector, 0, 2));
        _lib.verifyRow(table, 0, 2, new bytes(512), new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_PartLength.selector, 1024, 512));
        _lib.verifyRow(table, 0, 1, new bytes(1024), new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_PartLength.selector, 0, 1024));
        _lib.verifyRow(table, 0, 0, "", new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_ProofLength.selector, 0, 3));
        _lib.verifyRow(table, 0, 0, new bytes(1024), new bytes32[](0));
    }

    function test_Row_SwappedRowAndPartFail() public view {
        bytes memory data = new bytes(1024);
        bytes32[] memory leaves = new bytes32[](4);
        for (uint32 i = 0; i < 4; ++i) {
            leaves[i] = TraceLib.rowHash(PROGRAM, i / 2, i % 2, data);
        }
        bytes32 root = MerkleLib.rootHash(PROGRAM, 4, _top(leaves, 0, 4));
        TraceLib.Table memory table = TraceLib.Table({root: root, id: PROGRAM, rows: 2, rowBytes: 2048});

        assertTrue(_lib.verifyRow(table, 0, 1, data, _path(1, leaves, 0, 4)));
        assertFalse(_lib.verifyRow(table, 1, 0, data, _path(1, leaves, 0, 4)));
        // The same number of leaves in another shape.
        (table.rows, table.rowBytes) = (4, 1024);
        assertFalse(_lib.verifyRow(table, 1, 0, data, _path(1, leaves, 0, 4)));
    }

    function testFuzz_RevealOfEveryNode(uint256 size, uint256 level, uint256 index, uint256 depth) public view {
        uint256 count = bound(size, 1, 300);
        (TraceLib.Tree memory tree, bytes32[] memory leaves) = _tree(count);
        level = bound(level, 0, MerkleLib.treeDepth(tree.count));
        index = bound(index, 0, (count - 1) >> level);
        depth = bound(depth, 0, level < 8 ? level : 8);
        uint256 first = index << depth;
        uint256 size2 = ((count - 1) >> (level - depth)) + 1 - first;
        if (size2 > 1 << depth) size2 = 1 << depth;
        bytes32[] memory nodes = new bytes32[](size2);
        for (uint256 i = 0; i < size2; ++i) {
            nodes[i] = _node(leaves, level - depth, first + i);
        }
        bytes32 node = _node(leaves, level, index);

        assertTrue(_lib.verifyReveal(tree.count, level, index, node, depth, nodes));
        nodes[size2 - 1] = keccak256(abi.encode(nodes[size2 - 1]));
        assertFalse(_lib.verifyReveal(tree.count, level, index, node, depth, nodes));
    }

    function test_Reveal_RevertWhen_WidthOrDepthIsWrong() public {
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_RevealWidth.selector, 4, 3));
        _lib.verifyReveal(7, 2, 1, 0, 2, new bytes32[](4));
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_RevealDepth.selector, 3, 2));
        _lib.verifyReveal(7, 2, 1, 0, 3, new bytes32[](3));
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_RevealDepth.selector, 9, 8));
        _lib.verifyReveal(1024, 10, 0, 0, 9, new bytes32[](512));
        vm.expectRevert(abi.encodeWithSelector(TraceLib.TraceLib_NoSuchNode.selector, 2, 2, 2));
        _lib.verifyReveal(7, 2, 2, 0, 1, new bytes32[](1));
    }

    function _tree(uint256 count) private pure returns (TraceLib.Tree memory tree, bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint32 i = 0; i < count; ++i) {
            leaves[i] = TraceLib.leafHash(PROGRAM, i, 0, 0, abi.encodePacked(i));
        }
        bytes32 root = keccak256(abi.encodePacked(bytes1(0x02), PROGRAM, uint64(count), _top(leaves, 0, count)));
        tree = TraceLib.Tree({root: root, id: PROGRAM, count: uint64(count)});
    }

    function _node(bytes32[] memory leaves, uint256 level, uint256 index) private pure returns (bytes32) {
        uint256 end = (index + 1) << level;
        return _top(leaves, index << level, end < leaves.length ? end : leaves.length);
    }

    /// @dev MTH of RFC 6962 over leaves `from` to `to`.
    function _top(bytes32[] memory leaves, uint256 from, uint256 to) private pure returns (bytes32) {
        if (to - from == 1) return leaves[from];
        uint256 half = _split(to - from);
        bytes32 left = _top(leaves, from, from + half);
        return keccak256(abi.encodePacked(bytes1(0x01), left, _top(leaves, from + half, to)));
    }

    /// @dev PATH of RFC 6962 for leaf `from + index`, bottom up.
    function _path(uint256 index, bytes32[] memory leaves, uint256 from, uint256 to)
        private
        pure
        returns (bytes32[] memory siblings)
    {
        if (to - from == 1) return new bytes32[](0);
        uint256 half = _split(to - from);
        bool isLeft = index < half;
        bytes32[] memory below =
            isLeft ? _path(index, leaves, from, from + half) : _path(index - half, leaves, from + half, to);
        siblings = _resized(below, below.length + 1);
        siblings[below.length] = isLeft ? _top(leaves, from + half, to) : _top(leaves, from, from + half);
    }

    function _split(uint256 size) private pure returns (uint256 half) {
        half = 1;
        while (half * 2 < size) half *= 2;
    }

    function _resized(bytes32[] memory words, uint256 length) private pure returns (bytes32[] memory resized) {
        resized = new bytes32[](length);
        for (uint256 i = 0; i < length && i < words.length; ++i) {
            resized[i] = words[i];
        }
    }
}
