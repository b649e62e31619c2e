// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IRewardDistributor} from "../../../contracts/interfaces/IRewardDistributor.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {Tree} from "../../fixture/Tree.sol";

contract RewardDistributorClaimTest is MarketFixture {
    address private alice = address(uint160(0xA) << 100);
    address private bob = address(uint160(0xB) << 100);
    address private pool = address(1);
    uint64 private own;
    bytes32[] private leaves;

    function setUp() public override {
        super.setUp();
        own = distributor.createStream(address(this));
        token.approve(address(distributor), type(uint256).max);
        distributor.fund(own, 1000);
    }

    function test_ClaimPaysTheAccountWhoeverCalls() public {
        bytes32 root = _makeFinal(own, 10, 30, 60);

        vm.expectEmit(address(distributor));
        emit IRewardDistributor.Claimed(own, alice, alice, 30, 30, 30);
        vm.prank(stranger);
        uint96 amount = _claim(own, root, 1, alice, 30, 40);

        assertEq(amount, 30);
        assertEq(token.balanceOf(alice), 30);
        assertEq(distributor.claimedOf(own, alice), 30);
        assertEq(distributor.streamOf(own).claimed, 30);
    }

    /// @dev address(1) is a precompile: money sent there would be burnt by whoever calls.
    function test_PoolsClaimGoesToTheRegistry() public {
        bytes32 root = _makeFinal(own, 10, 30, 60);
        bytes32[] memory path = Tree.siblings(leaves, 0);

        vm.expectEmit(address(distributor));
        emit IRewardDistributor.Claimed(own, pool, address(datanets), 10, 10, 10);
        vm.prank(address(datanets));
        distributor.claim(own, root, 0, 3, pool, 10, 10, path);

        assertEq(token.balanceOf(address(datanets)), 10);
        assertEq(token.balanceOf(pool), 0);
        assertEq(distributor.claimedOf(own, pool), 10);
    }

    function test_RevertWhen_AnybodyElseClaimsForAPool() public {
        bytes32 root = _makeFinal(own, 10, 30, 60);
        bytes32[] memory path = Tree.siblings(leaves, 0);
        address[3] memory callers = [stranger, datanetOwner, pool];

        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IRewardDistributor.RewardDistributor_NotDatanets.selector, callers[i], pool)
            );
            vm.prank(callers[i]);
            distributor.claim(own, root, 0, 3, pool, 10, 10, path);
        }
    }

    /// @dev 2^64 - 1 is the last pool, 2^64 the first account of somebody.
    function test_PoolsEndBelowTwoToThe64() public {
        pool = address(uint160(type(uint64).max));
        bytes32 root = _makeFinal(own, 10, 30, 60);
        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_NotDatanets.selector, address(this), pool)
        );
        _claim(own, root, 0, pool, 10, 10);

        pool = address(uint160(type(uint64).max) + 1);
        root = _makeFinal(own, 10, 30, 60);
        _claim(own, root, 0, pool, 10, 10);

        assertEq(token.balanceOf(pool), 10);
    }

    /// @dev The registry is paid for pools alone: what it calls for others goes to them.
    function test_RegistryClaimsForOthersLikeAnybody() public {
        bytes32 root = _makeFinal(own, 10, 30, 60);
        bytes32[] memory path = Tree.siblings(leaves, 1);

        vm.prank(address(datanets));
        distributor.claim(own, root, 1, 3, alice, 30, 40, path);

        assertEq(token.balanceOf(alice), 30);
    }

    function test_ClaimTwicePaysOnce() public {
        bytes32 root = _makeFinal(own, 10, 30, 60);
        _claim(own, root, 1, alice, 30, 40);

        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_NothingToClaim.selector, own, alice, 30)
        );
        _claim(own, root, 1, alice, 30, 40);
    }

    function test_LaterRootPaysTheDifference() public {
        bytes32 first = _makeFinal(own, 10, 30, 60);
        _claim(own, first, 1, alice, 30, 40);
        bytes32 second = _makeFinal(own, 10, 45, 60);

        uint96 amount = _claim(own, second, 1, alice, 45, 55);

        assertEq(amount, 15);
        assertEq(token.balanceOf(alice), 45);
    }

    function test_RevertWhen_AnOlderRootIsClaimedAfterANewer() public {
        bytes32 first = _makeFinal(own, 10, 30, 60);
        bytes32[] memory path = Tree.siblings(leaves, 1);
        bytes32 second = _makeFinal(own, 10, 45, 60);
        _claim(own, second, 1, alice, 45, 55);

        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_NothingToClaim.selector, own, alice, 30)
        );
        distributor.claim(own, first, 1, 3, alice, 30, 40, path);
    }

    function test_RevertGiven_TheRootIsPending() public {
        bytes32 root = _root(own, 10, 30, 60);
        distributor.proposeRoot(own, root, 100);

        _expectUnknownRoot(own, root);
        _claim(own, root, 1, alice, 30, 40);
    }

    function test_RevertWhen_TheRootIsZero() public {
        _makeFinal(own, 10, 30, 60);

        _expectUnknownRoot(own, 0);
        _claim(own, 0, 1, alice, 30, 40);
    }

    function test_RevertWhen_TheRootIsTheFifthOldest() public {
        bytes32 oldest = _makeFinal(own, 10, 30, 60);
        for (uint96 i = 1; i < 5; ++i) {
            _makeFinal(own, 10, 30, 60 + i);
        }

        _expectUnknownRoot(own, oldest);
        _claim(own, oldest, 1, alice, 30, 40);
    }

    /// @dev The same tree is final in both streams; its leaves name one of them.
    function test_RevertWhen_ALeafIsClaimedInAnotherStream() public {
        uint64 other = distributor.createStream(address(this));
        distributor.fund(other, 1000);
        bytes32 root = _makeFinal(own, 10, 30, 60);
        distributor.proposeRoot(other, root, 100);
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        distributor.finalizeRoot(other);

        _expectInvalidProof(root, 1, 3);
        _claim(other, root, 1, alice, 30, 40);
    }

    function test_RevertWhen_AnyPartOfTheLeafIsAltered() public {
        bytes32 root = _makeFinal(own, 10, 30, 60);

        _expectInvalidProof(root, 1, 3);
        _claim(own, root, 1, bob, 30, 40);
        _expectInvalidProof(root, 1, 3);
        _claim(own, root, 1, alice, 31, 40);
        _expectInvalidProof(root, 1, 3);
        _claim(own, root, 1, alice, 30, 41);
        _expectInvalidProof(root, 2, 3);
        _claim(own, root, 2, alice, 30, 40);
    }

    function test_RevertWhen_TheCountIsNotTheTrees() public {
        bytes32 root = _makeFinal(own, 10, 30, 60);
        bytes32[] memory path = Tree.siblings(leaves, 1);

        _expectInvalidProof(root, 1, 4);
        distributor.claim(own, root, 1, 4, alice, 30, 40, path);
    }

    /// @dev A false tree whose leaves exceed its stated total cannot reach other money of the stream.
    function test_RevertWhen_ClaimsExceedTheAllocation() public {
        bytes32 root = _root(own, 10, 30, 60);
        distributor.proposeRoot(own, root, 89);
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        distributor.finalizeRoot(own);
        _claim(own, root, 1, alice, 30, 40);

        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_ClaimsExceedAllocation.selector, own, 90, 89)
        );
        _claim(own, root, 2, bob, 60, 100);
    }

    /// @dev A tree of pool, alice and bob: accounts ascending.
    function _root(uint64 stream_, uint96 toPool, uint96 toAlice, uint96 toBob) private returns (bytes32) {
        delete leaves;
        leaves.push(_leaf(stream_, pool, toPool, toPool));
        leaves.push(_leaf(stream_, alice, toAlice, toPool + toAlice));
        leaves.push(_leaf(stream_, bob, toBob, toPool + toAlice + toBob));
        return Tree.root("Payout", leaves);
    }

    function _makeFinal(uint64 stream_, uint96 toPool, uint96 toAlice, uint96 toBob) private returns (bytes32 root) {
        root = _root(stream_, toPool, toAlice, toBob);
        distributor.proposeRoot(stream_, root, toPool + toAlice + toBob);
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        distributor.finalizeRoot(stream_);
    }

    function _claim(uint64 stream_, bytes32 root, uint64 index, address account, uint96 cumulative, uint128 sum)
        private
        returns (uint96)
    {
        return distributor.claim(stream_, root, index, 3, account, cumulative, sum, Tree.siblings(leaves, index));
    }

    function _expectUnknownRoot(uint64 stream_, bytes32 root) private {
        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_UnknownRoot.selector, stream_, root)
        );
    }

    function _expectInvalidProof(bytes32 root, uint64 index, uint64 count) private {
        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_InvalidProof.selector, root, index, count)
        );
    }

    function _leaf(uint64 stream_, address account, uint96 cumulative, uint128 sum) private pure returns (bytes32) {
        return Tree.leaf("Payout", abi.encodePacked(stream_, account, cumulative, sum));
    }
}
