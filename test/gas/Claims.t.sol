// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IRewardDistributor} from "../../contracts/interfaces/IRewardDistributor.sol";
// Deployed by artifact; named here so that a run over a few files builds it.
// solhint-disable-next-line no-unused-import
import {OpenToken} from "../../contracts/token/OpenToken.sol";
import {StreamFixture} from "../fixture/StreamFixture.sol";
import {Tree} from "../fixture/Tree.sol";
import {GasSnapshots} from "./GasSnapshots.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Gas of claims out of a tree of 2^20 leaves, as transactions pay it: cold storage, 21,000 and calldata included.
/// @dev First: the account never held OPEN. Repeat: it was paid by an earlier root. Amounts and sums fill their width as real
/// ones do.
/// forge-config: default.isolate = true
contract ClaimsGasTest is GasSnapshots, StreamFixture {
    uint256 private constant DEPTH = 20;
    uint256 private constant RANGE = 128;
    /// @dev Odd, so that the range has siblings on both sides.
    uint256 private constant FIRST = 700_001;

    function setUp() public override {
        vm.warp(START);
        _deploy(IERC20(vm.deployCode("OpenToken.sol:OpenToken", abi.encode(address(this)))));
        distributor.fund(stream, FUNDS);
    }

    function test_ClaimOneByOne() public {
        _record("claim_first", _claimOne(1e18 + 12_345));
        uint256 first = vm.lastCallGas().gasTotalUsed;
        _record("claim_repeat", _claimOne(2e18 + 54_321));

        assertLe(first, 110_000);
        assertLe(vm.lastCallGas().gasTotalUsed, 77_000);
    }

    function test_ClaimAgainstTheOldestRoot() public {
        IRewardDistributor.Leaf[] memory leaves = _leaves(1, 1e18 + 12_345);
        (bytes32 root, bytes32[] memory siblings) = _deep(leaves);
        _makeFinal(root, 1e22);
        for (uint256 i; i < 3; ++i) {
            _makeFinal(keccak256(abi.encode(i)), 1e22);
        }

        _record("claim_first_oldest_root", _send(root, leaves[0], siblings));
        assertLe(vm.lastCallGas().gasTotalUsed, 115_000);
    }

    function test_ClaimRange() public {
        uint256 first = _claimMany(1e18 + 12_345) / RANGE;
        uint256 repeat = _claimMany(2e18 + 54_321) / RANGE;
        _record("claim_range_leaf_first", first);
        _record("claim_range_leaf_repeat", repeat);

        assertLe(first, 56_000);
        assertLe(repeat, 21_000);
    }

    function _claimOne(uint96 cumulative) private returns (uint256) {
        IRewardDistributor.Leaf[] memory leaves = _leaves(1, cumulative);
        (bytes32 root, bytes32[] memory siblings) = _deep(leaves);
        _makeFinal(root, 1e22);
        return _send(root, leaves[0], siblings);
    }

    function _send(bytes32 root, IRewardDistributor.Leaf memory leaf, bytes32[] memory siblings)
        private
        returns (uint256)
    {
        distributor.claim(
            stream, root, uint64(FIRST), uint64(1 << DEPTH), leaf.account, leaf.cumulative, leaf.runningSum, siblings
        );
        return vm.lastCallGas().gasTotalUsed;
    }

    function _claimMany(uint96 cumulative) private returns (uint256) {
        IRewardDistributor.Leaf[] memory leaves = _leaves(RANGE, cumulative);
        (bytes32 root, bytes32[] memory siblings) = _deep(leaves);
        _makeFinal(root, 1e22);
        distributor.claimRange(stream, root, uint64(FIRST), uint64(1 << DEPTH), leaves, siblings);
        return vm.lastCallGas().gasTotalUsed;
    }

    function _leaves(uint256 count, uint96 cumulative) private pure returns (IRewardDistributor.Leaf[] memory leaves) {
        leaves = new IRewardDistributor.Leaf[](count);
        for (uint256 i; i < count; ++i) {
            address account = address(uint160(uint256(keccak256(abi.encode(i)))));
            leaves[i] = IRewardDistributor.Leaf(account, cumulative, uint128(1e24 + i * cumulative));
        }
    }

    function _deep(IRewardDistributor.Leaf[] memory leaves)
        private
        view
        returns (bytes32 root, bytes32[] memory siblings)
    {
        bytes32[] memory row = new bytes32[](leaves.length);
        for (uint256 i; i < row.length; ++i) {
            row[i] = _leafOf(stream, leaves[i]);
        }
        return Tree.deepRange("Payout", row, FIRST, DEPTH);
    }
}
