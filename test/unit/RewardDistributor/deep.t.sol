// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IRewardDistributor} from "../../../contracts/interfaces/IRewardDistributor.sol";
import {StreamFixture} from "../../fixture/StreamFixture.sol";
import {Tree} from "../../fixture/Tree.sol";

/// @notice Trees that nobody could list: a million contributors and more, and numbers at the edge of their types.
contract RewardDistributorDeepTest is StreamFixture {
    function setUp() public override {
        super.setUp();
        distributor.fund(stream, FUNDS);
    }

    /// @dev A range anywhere in a tree of 2 to 2^63 leaves, claimed at once and leaf by leaf.
    function testFuzz_RangeOfADeepTree(uint256 seed) public {
        uint256 depth = 1 + seed % 63;
        uint256 count = 1 << depth;
        uint256 length = 1 + (seed >> 8) % (count < 9 ? count : 9);
        uint256 first = (seed >> 16) % (count - length + 1);
        IRewardDistributor.Leaf[] memory leaves = _leaves(length);
        bytes32[] memory siblings = _final(leaves, first, depth);

        vm.expectRevert(
            abi.encodeWithSelector(
                IRewardDistributor.RewardDistributor_InvalidProof.selector,
                distributor.newestRootOf(stream),
                first ^ 1,
                count
            )
        );
        this.send(first ^ 1, count, leaves, siblings);
        uint96 amount = this.send(first, count, leaves, siblings);

        assertEq(amount, 10 * length);
        for (uint256 i; i < length; ++i) {
            assertEq(token.balanceOf(_account(i)), 10);
        }
    }

    /// @dev 2^20 contributors, the last two of them.
    function test_LastLeavesOfAMillion() public {
        IRewardDistributor.Leaf[] memory leaves = _leaves(2);
        bytes32[] memory siblings = _final(leaves, (1 << 20) - 2, 20);
        assertEq(siblings.length, 19);

        assertEq(this.send((1 << 20) - 2, 1 << 20, leaves, siblings), 20);
    }

    function test_RevertWhen_AProofIsLongerThanAnyTree() public {
        IRewardDistributor.Leaf[] memory leaves = _leaves(1);
        bytes32[] memory siblings = _final(leaves, 0, 20);
        bytes32[] memory long = new bytes32[](1000);
        bytes32 root = distributor.newestRootOf(stream);
        for (uint256 i; i < siblings.length; ++i) {
            long[i] = siblings[i];
        }

        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_InvalidProof.selector, root, 0, 1 << 20)
        );
        distributor.claim(stream, root, 0, 1 << 20, leaves[0].account, 10, 10, long);
        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_InvalidProof.selector, root, 0, 1 << 20)
        );
        distributor.claimRange(stream, root, 0, 1 << 20, leaves, long);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRewardDistributor.RewardDistributor_InvalidProof.selector, root, type(uint64).max, type(uint64).max
            )
        );
        distributor.claim(stream, root, type(uint64).max, type(uint64).max, leaves[0].account, 10, 10, siblings);
    }

    /// @dev The most that a leaf can say, of a stream that holds a thousandth of it.
    function test_RevertWhen_ALeafIsTheLargestNumber() public {
        IRewardDistributor.Leaf[] memory leaves = _leaves(1);
        leaves[0].cumulative = type(uint96).max;
        leaves[0].runningSum = type(uint128).max;
        bytes32[] memory siblings = _final(leaves, 5, 20);
        bytes memory refusal = abi.encodeWithSelector(
            IRewardDistributor.RewardDistributor_ClaimsExceedAllocation.selector, stream, type(uint96).max, FUNDS
        );

        vm.expectRevert(refusal);
        this.send(5, 1 << 20, leaves, siblings);
        bytes32 root = distributor.newestRootOf(stream);
        vm.expectRevert(refusal);
        distributor.claim(stream, root, 5, 1 << 20, leaves[0].account, type(uint96).max, type(uint128).max, siblings);
    }

    /// @dev Sums beyond 96 bits are compared, not wrapped.
    function test_RevertWhen_TwoLargestNumbersAreClaimed() public {
        IRewardDistributor.Leaf[] memory leaves = _leaves(2);
        leaves[0].cumulative = uint96(FUNDS);
        leaves[1].cumulative = type(uint96).max;
        bytes32[] memory siblings = _final(leaves, 4, 20);

        vm.expectRevert(
            abi.encodeWithSelector(
                IRewardDistributor.RewardDistributor_ClaimsExceedAllocation.selector,
                stream,
                uint256(FUNDS) + type(uint96).max,
                FUNDS
            )
        );
        this.send(4, 1 << 20, leaves, siblings);
    }

    function test_RevertWhen_AllMoneyThereIsFundsAStreamTwice() public {
        deal(address(token), address(this), type(uint128).max);
        distributor.fund(stream, type(uint96).max - FUNDS);

        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        distributor.fund(stream, 1);
        assertEq(distributor.streamOf(stream).funded, type(uint96).max);
    }

    function send(uint256 first, uint256 count, IRewardDistributor.Leaf[] calldata leaves, bytes32[] calldata siblings)
        external
        returns (uint96)
    {
        return distributor.claimRange(
            stream, distributor.newestRootOf(stream), uint64(first), uint64(count), leaves, siblings
        );
    }

    function _leaves(uint256 length) private pure returns (IRewardDistributor.Leaf[] memory leaves) {
        leaves = new IRewardDistributor.Leaf[](length);
        for (uint256 i; i < length; ++i) {
            leaves[i] = IRewardDistributor.Leaf(_account(i), 10, uint128(10 * (i + 1)));
        }
    }

    function _final(IRewardDistributor.Leaf[] memory leaves, uint256 first, uint256 depth)
        private
        returns (bytes32[] memory siblings)
    {
        bytes32[] memory row = new bytes32[](leaves.length);
        for (uint256 i; i < row.length; ++i) {
            row[i] = _leafOf(stream, leaves[i]);
        }
        bytes32 root;
        (root, siblings) = Tree.deepRange("Payout", row, first, depth);
        _makeFinal(root, FUNDS);
    }
}
