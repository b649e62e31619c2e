// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IRewardDistributor} from "../../../contracts/interfaces/IRewardDistributor.sol";
import {StreamFixture} from "../../fixture/StreamFixture.sol";
import {Tree} from "../../fixture/Tree.sol";

contract RewardDistributorClaimRangeTest is StreamFixture {
    function setUp() public override {
        super.setUp();
        distributor.fund(stream, FUNDS);
    }

    function test_PaysEachAccountOfTheRangeWhoeverCalls() public {
        bytes32 root = _finalTree(9);

        for (uint256 i; i < 3; ++i) {
            vm.expectEmit(address(distributor));
            emit IRewardDistributor.Claimed(
                stream, _account(2 + i), _account(2 + i), uint96(12 + i), uint96(12 + i), _sum(12, i + 1)
            );
        }
        IRewardDistributor.Leaf[] memory leaves = _range(2, 3);
        bytes32[] memory siblings = Tree.rangeSiblings(nodes, 2, 3);
        vm.prank(stranger);
        uint96 amount = distributor.claimRange(stream, root, 2, 9, leaves, siblings);

        assertEq(amount, 12 + 13 + 14);
        for (uint256 i; i < 9; ++i) {
            bool paid = i >= 2 && i < 5;
            assertEq(token.balanceOf(_account(i)), paid ? 10 + i : 0);
            assertEq(distributor.claimedOf(stream, _account(i)), paid ? 10 + i : 0);
        }
        assertEq(distributor.streamOf(stream).claimed, amount);
    }

    function test_WholeTreeNeedsNoSiblingsWhenItIsFull() public {
        bytes32 root = _finalTree(8);
        assertEq(Tree.rangeSiblings(nodes, 0, 8).length, 0);

        assertEq(_claimRange(root, 0, 8), _sum(10, 8));
    }

    function test_TreeOfOneLeaf() public {
        bytes32 root = _finalTree(1);

        assertEq(_claimRange(root, 0, 1), 10);
    }

    function test_AccountsWithNothingNewArePassedOver() public {
        bytes32 root = _finalTree(5);
        _claim(root, 1);

        assertEq(_claimRange(root, 0, 3), 10 + 12);
        vm.recordLogs();
        assertEq(_claimRange(root, 0, 3), 0, "a no-op");
        assertEq(vm.getRecordedLogs().length, 0, "and tells nothing");
        assertEq(_claimRange(root, 0, 5), 13 + 14);
        assertEq(token.balanceOf(_account(1)), 11);
    }

    function test_PoolsArePassedOver() public {
        _build(_amounts(3, 20));
        list[0].account = address(uint160(type(uint64).max));
        bytes32 root = _rebuild();
        _makeFinal(root);

        vm.prank(address(datanets));
        distributor.claimRange(stream, root, 0, 3, _range(0, 3), Tree.rangeSiblings(nodes, 0, 3));

        assertEq(token.balanceOf(address(datanets)), 0, "the registry claims one by one");
        assertEq(distributor.claimedOf(stream, list[0].account), 0);
        assertEq(distributor.streamOf(stream).claimed, 40);
    }

    function test_LaterRootPaysTheDifferences() public {
        _claimRange(_finalTree(6), 0, 6);
        bytes32 next = _build(_amounts(6, 100));
        _makeFinal(next);

        assertEq(_claimRange(next, 1, 4), 400 - 11 - 12 - 13 - 14);
        assertEq(token.balanceOf(_account(2)), 100);
    }

    /// @dev What is paid depends neither on the number of calls nor on how the leaves are cut into ranges.
    function testFuzz_AnyCutIsTheSameAsClaimByClaim(uint256 seed, uint8 countSeed, uint8 cutSeed) public {
        uint256 count = 1 + countSeed % 70;
        uint96[] memory cumulative = new uint96[](count);
        for (uint256 i; i < count; ++i) {
            cumulative[i] = uint96(uint256(keccak256(abi.encode(seed, i))) % 1e20);
        }
        bytes32 root = _build(cumulative);
        _makeFinal(root);
        uint256 snapshot = vm.snapshotState();
        for (uint256 i; i < count; ++i) {
            if (cumulative[i] != 0) _claim(root, i);
        }
        bytes32 one = _state(count);
        vm.revertToState(snapshot);

        uint256 cut = 1 + cutSeed % count;
        // some of them twice, some singly in between
        if (seed % 2 == 0) _claimRange(root, count - cut, cut);
        if (seed % 3 == 0 && distributor.claimedOf(stream, _account(0)) < cumulative[0]) _claim(root, 0);
        for (uint256 first; first < count; first += cut) {
            _claimRange(root, first, first + cut > count ? count - first : cut);
        }

        assertEq(_state(count), one);
    }

    function testFuzz_RevertWhen_AnythingOfTheProofIsAltered(uint256 seed, uint8 countSeed) public {
        uint256 count = 2 + countSeed % 40;
        bytes32 root = _finalTree(count);
        uint256 first = seed % count;
        uint256 length = 1 + (seed >> 8) % (count - first);
        IRewardDistributor.Leaf[] memory leaves = _range(first, length);
        bytes32[] memory siblings = Tree.rangeSiblings(nodes, first, length);
        uint64 place = uint64(first);
        uint64 total = uint64(count);
        uint256 leaf = (seed >> 16) % length;

        uint256 kind = (seed >> 64) % 8;
        if (kind == 0) leaves[leaf].account = address(uint160(leaves[leaf].account) + 1);
        else if (kind == 1) leaves[leaf].cumulative += 1;
        else if (kind == 2) leaves[leaf].runningSum += 1;
        else if (kind == 3) place += 1;
        else if (kind == 4) total += 1;
        else if (kind == 5 && siblings.length > 0) siblings[(seed >> 32) % siblings.length] ^= bytes32(uint256(1));
        else if (kind == 6 && siblings.length > 0) siblings = _shortened(siblings);
        else siblings = _lengthened(siblings);

        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_InvalidProof.selector, root, place, total)
        );
        distributor.claimRange(stream, root, place, total, leaves, siblings);
    }

    function test_RevertWhen_TheRangeReachesBeyondTheTree() public {
        bytes32 root = _finalTree(5);
        IRewardDistributor.Leaf[] memory leaves = _range(3, 2);
        IRewardDistributor.Leaf[] memory three = new IRewardDistributor.Leaf[](3);
        (three[0], three[1]) = (leaves[0], leaves[1]);
        bytes32[] memory siblings = Tree.rangeSiblings(nodes, 3, 2);

        _expectInvalidProof(root, 3, 5);
        distributor.claimRange(stream, root, 3, 5, three, siblings);
        _expectInvalidProof(root, 5, 5);
        distributor.claimRange(stream, root, 5, 5, leaves, siblings);
        _expectInvalidProof(root, type(uint64).max, 5);
        distributor.claimRange(stream, root, type(uint64).max, 5, leaves, siblings);
        _expectInvalidProof(root, type(uint64).max - 1, type(uint64).max);
        distributor.claimRange(stream, root, type(uint64).max - 1, type(uint64).max, leaves, siblings);
    }

    /// @dev Two leaves of a full tree of four and two that nobody allocated: without the bound the walk would end at the true top
    /// and never look at what it folded beside it.
    function test_RevertWhen_LeavesAreAddedBehindAFullTree() public {
        bytes32 root = _finalTree(4);
        IRewardDistributor.Leaf[] memory leaves = new IRewardDistributor.Leaf[](4);
        (leaves[0], leaves[1]) = (list[2], list[3]);
        leaves[2] = IRewardDistributor.Leaf(stranger, 5, 1);
        leaves[3] = IRewardDistributor.Leaf(stranger, 10, 1);
        bytes32[] memory siblings = new bytes32[](2);
        siblings[0] = keccak256(abi.encodePacked(hex"01", nodes[0], nodes[1]));

        _expectInvalidProof(root, 2, 4);
        distributor.claimRange(stream, root, 2, 4, leaves, siblings);
    }

    function test_RangeOf256LeavesIsTheLongest() public {
        bytes32 root = _build(_amounts(257, 3));
        _makeFinal(root);
        IRewardDistributor.Leaf[] memory none = new IRewardDistributor.Leaf[](0);

        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_RangeLengthOutOfBounds.selector, 0, 256)
        );
        distributor.claimRange(stream, root, 0, 257, none, new bytes32[](0));
        IRewardDistributor.Leaf[] memory leaves = _range(0, 257);
        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_RangeLengthOutOfBounds.selector, 257, 256)
        );
        distributor.claimRange(stream, root, 0, 257, leaves, new bytes32[](0));
        assertEq(_claimRange(root, 1, 256), 768);
    }

    function test_RevertGiven_TheRootIsPendingOrCancelled() public {
        bytes32 root = _build(_amounts(4, 5));
        distributor.proposeRoot(stream, root, 20);

        _expectUnknownRoot(root);
        _claimRange(root, 0, 4);
        distributor.cancelRoot(stream);
        vm.warp(START + WINDOW);
        _expectUnknownRoot(root);
        _claimRange(root, 0, 4);
    }

    /// @dev A false tree cannot reach other money of the stream, in a range no more than leaf by leaf.
    function test_RevertWhen_ARangeExceedsTheAllocation() public {
        bytes32 root = _build(_amounts(4, 5));
        _makeFinal(root, 14);

        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_ClaimsExceedAllocation.selector, stream, 15, 14)
        );
        _claimRange(root, 0, 3);
        assertEq(_claimRange(root, 1, 2), 10);
    }

    function _finalTree(uint256 count) private returns (bytes32 root) {
        uint96[] memory cumulative = new uint96[](count);
        for (uint256 i; i < count; ++i) {
            cumulative[i] = uint96(10 + i);
        }
        root = _build(cumulative);
        _makeFinal(root);
    }

    function _state(uint256 count) private view returns (bytes32) {
        bytes memory all = abi.encode(distributor.streamOf(stream), token.balanceOf(address(distributor)));
        for (uint256 i; i < count; ++i) {
            all = abi.encode(all, token.balanceOf(_account(i)), distributor.claimedOf(stream, _account(i)));
        }
        return keccak256(all);
    }

    function _expectInvalidProof(bytes32 root, uint64 index, uint64 count) private {
        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_InvalidProof.selector, root, index, count)
        );
    }

    function _expectUnknownRoot(bytes32 root) private {
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RewardDistributor_UnknownRoot.selector, stream, root));
    }

    /// @dev first + (first + 1) + …, `length` numbers.
    function _sum(uint96 first, uint256 length) private pure returns (uint96 sum) {
        for (uint96 i; i < length; ++i) {
            sum += first + i;
        }
    }

    function _shortened(bytes32[] memory words) private pure returns (bytes32[] memory fewer) {
        fewer = new bytes32[](words.length - 1);
        for (uint256 i; i < fewer.length; ++i) {
            fewer[i] = words[i];
        }
    }

    function _lengthened(bytes32[] memory words) private pure returns (bytes32[] memory more) {
        more = new bytes32[](words.length + 1);
        for (uint256 i; i < words.length; ++i) {
            more[i] = words[i];
        }
    }
}
