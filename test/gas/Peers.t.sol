// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CumulativeDistributor} from "../fixture/peers/CumulativeDistributor.sol";
import {VotesToken} from "../fixture/peers/VotesToken.sol";
import {GasSnapshots} from "./GasSnapshots.sol";

/// @notice What others' contracts pay for the same actions, measured the same way.
/// forge-config: default.isolate = true
contract PeersGasTest is GasSnapshots {
    uint256 private constant DEPTH = 20;

    address private alice = makeAddr("alice");
    address private bob = makeAddr("bob");
    /// @dev Has never held the token, as whoever `claim_first` pays has never held OPEN.
    address private claimant = makeAddr("claimant");
    VotesToken private token = new VotesToken();
    CumulativeDistributor private distributor = new CumulativeDistributor();
    bytes32[] private proof;

    function setUp() public {
        for (uint256 i; i < DEPTH; ++i) {
            proof.push(keccak256(abi.encode("sibling", i)));
        }
        token.transfer(alice, 1e24);
        token.transfer(bob, 1e24);
        token.transfer(address(distributor), 1e24);
    }

    function test_VotesTokenTransfer() public {
        vm.prank(alice);
        token.delegate(alice);
        vm.prank(bob);
        token.delegate(bob);
        vm.warp(block.timestamp + 1);
        vm.roll(block.number + 1);

        vm.prank(alice);
        token.transfer(bob, 1e18 + 1);
        _record("peer_transfer");

        assertEq(token.getVotes(bob), 1e24 + 1e18 + 1);
    }

    function test_CumulativeClaims() public {
        distributor.setRoot(_root(1e18 + 1));
        distributor.claim(claimant, address(token), 1e18 + 1, proof);
        _record("peer_claim_first");

        distributor.setRoot(_root(2e18 + 3));
        distributor.claim(claimant, address(token), 2e18 + 3, proof);
        _record("peer_claim_repeat");

        assertEq(token.balanceOf(claimant), 2e18 + 3);
    }

    function _root(uint256 claimable) private view returns (bytes32 node) {
        node = keccak256(bytes.concat(keccak256(abi.encode(claimant, address(token), claimable))));
        for (uint256 i; i < DEPTH; ++i) {
            node = node < proof[i] ? keccak256(abi.encode(node, proof[i])) : keccak256(abi.encode(proof[i], node));
        }
    }
}
