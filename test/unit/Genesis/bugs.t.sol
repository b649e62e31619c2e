// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Allocation, IGenesis} from "../../../contracts/interfaces/IGenesis.sol";
import {GenesisFixture} from "../../fixture/GenesisFixture.sol";
import {Tree} from "../../fixture/Tree.sol";

/// @notice Bugs that others had, each by its name.
contract GenesisBugsTest is GenesisFixture {
    /// @dev Sweep functions under a key: the whole interface is what `IGenesis` says, and of it only claims move tokens.
    function test_Bug_SweepUnderAKey() public {
        vm.warp(GENESIS_AT + 48 * MONTH);
        string[10] memory sweeps = [
            "sweep()",
            "sweep(address)",
            "withdraw(uint256)",
            "withdraw(address,uint256)",
            "recover(address,uint256)",
            "rescue(address,address,uint256)",
            "emergencyWithdraw()",
            "owner()",
            "transferOwnership(address)",
            "setRoot(uint8,bytes32)"
        ];
        for (uint256 i = 0; i < sweeps.length; ++i) {
            (bool done,) = address(genesis).call(abi.encodePacked(bytes4(keccak256(bytes(sweeps[i]))), new bytes(128)));
            assertFalse(done, sweeps[i]);
        }
        (bool paid,) = address(genesis).call{value: 1}("");
        assertFalse(paid, "takes ether");

        assertEq(token.balanceOf(address(genesis)), 1e27);
        assertEq(token.allowance(address(genesis), address(this)), 0);
    }

    function test_Bug_ZeroRootAccepted() public {
        bytes32[2] memory empty = [bytes32(0), Tree.root("Grant", new bytes32[](0))];
        for (uint256 i = 0; i < empty.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IGenesis.Genesis_EmptyTree.selector, Allocation.Community));
            this.deployWith(empty[i]);
        }
    }

    function deployWith(bytes32 communityRoot) external {
        bytes32[ALLOCATIONS] memory roots;
        for (uint256 i = 1; i < ALLOCATIONS; ++i) {
            roots[i] = genesis.rootOf(Allocation(i));
        }
        roots[0] = communityRoot;
        bytes memory creation = abi.encodePacked(vm.getCode("Genesis.sol:Genesis"), abi.encode(GENESIS_AT, roots));
        assembly ("memory-safe") {
            if iszero(create(0, add(creation, 32), mload(creation))) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    /// @dev Proofs not bound to item and pool: one tree for two allocations, a leaf of one shown in the other; and a leaf
    /// of another kind that packs to the same length.
    function test_Bug_ProofOfOneAllocationPaidByAnother() public {
        bytes32[] memory leaves = new bytes32[](1);
        IGenesis.Grant memory grant = IGenesis.Grant(Allocation.Team, stranger, 150_000_000e18);
        leaves[0] = _leaf(grant);
        IGenesis mixed = _genesisOf(Tree.root("Grant", leaves));
        vm.warp(GENESIS_AT);
        grant.allocation = Allocation.Community;

        vm.expectRevert(abi.encodeWithSelector(IGenesis.Genesis_InvalidProof.selector, Allocation.Community, 0, 1));
        mixed.claim(grant, IGenesis.Place(0, 1, new bytes32[](0)));
    }

    /// @dev Duplicate ids paid twice: the same leaf cannot stand at two places of one tree by any index.
    function testFuzz_Bug_OneLeafPaidAtTwoPlaces(uint64 index, uint64 count) public {
        vm.assume(index != 2 || count != 4);
        vm.warp(GENESIS_AT + 48 * MONTH);
        IGenesis.Place memory place = _place(0, 2);
        (place.index, place.count) = (index, count);

        vm.expectRevert(
            abi.encodeWithSelector(IGenesis.Genesis_InvalidProof.selector, Allocation.Community, index, count)
        );
        genesis.claim(grants[0][2], place);
    }

    /// @dev Rewards that depend on the number of calls: a keeper that claims each day does not change a base unit.
    function test_Bug_ClaimsDependOnTheNumberOfCalls() public {
        vm.warp(GENESIS_AT);
        uint256 often = _claim(0, 2);
        for (uint256 day = 1; day <= 60; ++day) {
            skip(1 days);
            often += _claim(0, 2);
        }

        uint256 released = 138_700_000e18 + uint256(378_400_000e18) * 60 days / (1460 days);
        assertEq(often, uint256(grants[0][2].amount) * released / 517_100_000e18);
    }

    /// @dev Credits without transfer and the reverse: each claim moves what it books.
    function test_Bug_CreditWithoutTransfer() public {
        vm.warp(GENESIS_AT + 7 * MONTH + 13);
        uint256 before = token.balanceOf(address(genesis));
        uint96 amount = _claim(0, 3);

        assertEq(token.balanceOf(grants[0][3].beneficiary), amount);
        assertEq(before - token.balanceOf(address(genesis)), amount);
        assertEq(genesis.claimedOf(Allocation.Community), amount);
    }

    /// @dev Insiders' locked tokens in the vote: this contract has no way to wrap, stake, approve or delegate.
    function test_Bug_LockedTokensVote() public {
        string[5] memory ways = [
            "delegate(address)",
            "delegateGrant(uint8,uint64,address)",
            "getVotes(address)",
            "stake(uint8,uint96)",
            "approve(address,uint256)"
        ];
        for (uint256 i = 0; i < ways.length; ++i) {
            (bool done,) = address(genesis).call(abi.encodePacked(bytes4(keccak256(bytes(ways[i]))), new bytes(96)));
            assertFalse(done, ways[i]);
        }
    }
}
