// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../contracts/interfaces/IAttributionOracle.sol";
import {EpochFixture} from "../fixture/EpochFixture.sol";
import {Tree} from "../fixture/Tree.sol";
import {GasSnapshots} from "./GasSnapshots.sol";

/// @notice Gas of what a watcher sends against a list of 2^20 credits, as transactions pay it.
/// forge-config: default.isolate = true
contract ProofsGasTest is GasSnapshots, EpochFixture {
    uint256 private constant DEPTH = 20;
    uint64 private constant FIRST = 700_002;

    IAttributionOracle.CreditOpening private _left;
    IAttributionOracle.CreditOpening private _right;

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < 64; ++i) {
            _answer(1e18, _shares(ALICE, 30_000, BOB));
        }
        _closeBatch();
        _openEpoch();
        require(token.transfer(prover, 1e18), "not paid");
        vm.prank(prover);
        token.approve(address(oracle), 1e18);
    }

    function test_DemandAndReveal() public {
        _proposePair(1e17);
        vm.prank(prover);
        oracle.demandLeaf(1, IAttributionOracle.LeafTree.Credits, FIRST);
        _print("demand_leaf", 170_000);
        vm.prank(proposer);
        oracle.revealCredit(1, _left);
        _print("reveal_leaf", 130_000);
    }

    function test_ProveNeighbours() public {
        _proposePair(1e17 + 1);
        vm.prank(prover);
        court.proveCreditNeighbours(1, _left, _right);
        _print("prove_neighbours", 210_000);
    }

    function test_ProveAmount() public {
        _proposePair(1e17);
        vm.prank(prover);
        court.proveCreditAmount(1, _left, _evidence(1, 3));
        _print("prove_amount", 210_000);
    }

    /// @dev Bob's share of receipt 3 has no credit between two of Alice's and Carol's.
    function test_ProveMissing() public {
        _proposePair(1e17);
        IAttributionOracle.CreditLookup memory place = IAttributionOracle.CreditLookup(false, true, true, _left, _right);
        vm.prank(prover);
        court.proveMissingCredit(1, BOB, 3, 1, _evidence(1, 3), place);
        _print("prove_missing", 250_000);
    }

    function _print(string memory name, uint256 maximum) private {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        _record(name, used);
        assertLe(used, maximum, name);
    }

    function _proposePair(uint96 running) private {
        IAttributionOracle.Credit[] memory pair = new IAttributionOracle.Credit[](2);
        pair[0] = IAttributionOracle.Credit(ALICE, 1, 3, 1e17, 1e17);
        pair[1] = IAttributionOracle.Credit(CAROL, 1, 3, 1e17, running);
        bytes32[] memory row = _creditLeaves(pair);
        (bytes32 root, bytes32[] memory path) = Tree.deepRange("Credit", row, FIRST, DEPTH);
        _propose(1, root, keccak256("payouts"), 1e17);
        _left = IAttributionOracle.CreditOpening(pair[0], FIRST, uint64(1 << DEPTH), _joined(row[1], path));
        _right = IAttributionOracle.CreditOpening(pair[1], FIRST + 1, uint64(1 << DEPTH), _joined(row[0], path));
    }

    function _joined(bytes32 sibling, bytes32[] memory path) private pure returns (bytes32[] memory all) {
        all = new bytes32[](path.length + 1);
        all[0] = sibling;
        for (uint256 i; i < path.length; ++i) {
            all[i + 1] = path[i];
        }
    }
}
