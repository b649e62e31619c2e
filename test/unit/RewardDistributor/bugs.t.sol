// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IRewardDistributor} from "../../../contracts/interfaces/IRewardDistributor.sol";
import {StreamFixture} from "../../fixture/StreamFixture.sol";
import {Tree} from "../../fixture/Tree.sol";

/// @notice Bugs that others shipped, each shown not to be here.
contract RewardDistributorBugsTest is StreamFixture {
    function setUp() public override {
        super.setUp();
        distributor.fund(stream, 1000);
    }

    /// @dev Nomad, and every distributor whose mapping of roots is asked for a root that was never set.
    function test_Bug_ZeroRootAccepted() public {
        _build(_amounts(2, 10));

        vm.expectRevert(IRewardDistributor.RewardDistributor_ZeroRoot.selector);
        distributor.proposeRoot(stream, 0, 20);
        for (uint256 finals; finals < 6; ++finals) {
            assertFalse(distributor.isClaimableRoot(stream, 0));
            assertFalse(distributor.isClaimableRoot(99, 0), "of a stream that is none");
            vm.expectRevert(
                abi.encodeWithSelector(IRewardDistributor.RewardDistributor_UnknownRoot.selector, stream, bytes32(0))
            );
            _claim(0, 1);
            vm.expectRevert(
                abi.encodeWithSelector(IRewardDistributor.RewardDistributor_UnknownRoot.selector, stream, bytes32(0))
            );
            _claimRange(0, 0, 2);
            _makeFinal(keccak256(abi.encode(finals)), 20);
        }
    }

    /// @dev A checked root swapped for another in its last second.
    function test_Bug_PendingRootOverwrittenByItsPoster() public {
        distributor.proposeRoot(stream, "checked", 10);
        vm.warp(START + WINDOW - 1);

        vm.expectRevert(
            abi.encodeWithSelector(
                IRewardDistributor.RewardDistributor_RootPending.selector, stream, bytes32("checked")
            )
        );
        distributor.proposeRoot(stream, "swapped", 10);
        distributor.cancelRoot(stream);
        distributor.proposeRoot(stream, "swapped", 10);
        vm.warp(START + WINDOW);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRewardDistributor.RewardDistributor_WindowOpen.selector, START + 2 * WINDOW - 1, START + WINDOW
            )
        );
        distributor.finalizeRoot(stream);
    }

    function test_Bug_FirstClaimAgainstAPendingOrCancelledRoot() public {
        bytes32 root = _build(_amounts(2, 10));
        bytes memory refusal =
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_UnknownRoot.selector, stream, root);

        distributor.proposeRoot(stream, root, 20);
        vm.expectRevert(refusal);
        _claim(root, 0);
        distributor.cancelRoot(stream);
        vm.expectRevert(refusal);
        _claim(root, 0);
        vm.warp(START + 10 * WINDOW);
        vm.expectRevert(refusal);
        _claim(root, 0);
    }

    /// @dev A faulty tree holds one account twice: what is paid is its highest amount, in whatever order.
    function test_Bug_DuplicateAccountInOneRangePaidTwice() public {
        _build(_amounts(4, 10));
        list[2].account = list[1].account;
        bytes32 root = _rebuild();
        _makeFinal(root);

        assertEq(_claimRange(root, 0, 4), 30);
        assertEq(token.balanceOf(_account(1)), 10);
    }

    function test_Bug_RewardsDependOnTheNumberOfCalls() public {
        bytes32 root = _build(_amounts(8, 10));
        _makeFinal(root);
        uint256 snapshot = vm.snapshotState();

        _claimRange(root, 0, 8);
        uint256 atOnce = token.balanceOf(_account(3));
        vm.revertToState(snapshot);
        for (uint256 i; i < 8; ++i) {
            _claimRange(root, i, 1);
            _claimRange(root, 0, i + 1);
        }

        assertEq(token.balanceOf(_account(3)), atOnce);
        assertEq(distributor.streamOf(stream).claimed, 80);
    }

    /// @dev A proof for one leaf, one stream, one contract.
    function test_Bug_ProofsNotBoundToItemAndPool() public {
        bytes32 root = _build(_amounts(4, 10));
        _makeFinal(root);
        uint64 other = distributor.createStream(address(this));
        distributor.fund(other, 1000);
        distributor.proposeRoot(other, root, 40);
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        distributor.finalizeRoot(other);
        IRewardDistributor.Leaf[] memory leaves = _range(1, 2);
        bytes32[] memory siblings = Tree.rangeSiblings(nodes, 1, 2);
        bytes32[] memory path = Tree.siblings(nodes, 1);

        // the same root is final in another stream, which its leaves do not name
        _expectInvalidProof(root, 1);
        distributor.claim(other, root, 1, 4, _account(1), 10, 20, path);
        _expectInvalidProof(root, 1);
        distributor.claimRange(other, root, 1, 4, leaves, siblings);
        // another account, another place
        _expectInvalidProof(root, 1);
        distributor.claim(stream, root, 1, 4, stranger, 10, 20, path);
        _expectInvalidProof(root, 2);
        distributor.claim(stream, root, 2, 4, _account(1), 10, 20, path);
    }

    function test_Bug_StreamPaysFromAnother() public {
        uint64 poor = distributor.createStream(address(this));
        stream = poor;
        bytes32 root = _build(_amounts(2, 10));

        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RewardDistributor_TotalExceedsFunds.selector, 20, 0));
        distributor.proposeRoot(poor, root, 20);
        // with a total that is not its leaves'
        distributor.fund(poor, 15);
        _makeFinal(root, 15);
        _claim(root, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_ClaimsExceedAllocation.selector, poor, 20, 15)
        );
        _claim(root, 1);
        assertEq(token.balanceOf(address(distributor)), 1000 + 5);
    }

    /// @dev Whoever deployed it, allocates, or owns a Datanet: no call brings money out, and nothing can be upgraded.
    function test_Bug_SweepUnderAKey() public {
        datanets.add(address(this), 1);
        string[12] memory doors = [
            "sweep(address)",
            "sweep(address,address,uint256)",
            "withdraw(uint256)",
            "withdraw(address,uint256)",
            "emergencyWithdraw()",
            "rescueTokens(address,uint256)",
            "recoverERC20(address,uint256)",
            "transferOwnership(address)",
            "setRoot(bytes32)",
            "setAllocator(uint64,address)",
            "upgradeToAndCall(address,bytes)",
            "pause()"
        ];
        for (uint256 i; i < doors.length; ++i) {
            (bool open,) = address(distributor)
                .call(abi.encodePacked(bytes4(keccak256(bytes(doors[i]))), abi.encode(address(this), 1, 1)));
            assertFalse(open, doors[i]);
        }
        assertEq(token.balanceOf(address(distributor)), 1000);
    }

    function _expectInvalidProof(bytes32 root, uint64 index) private {
        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_InvalidProof.selector, root, index, 4)
        );
    }
}
