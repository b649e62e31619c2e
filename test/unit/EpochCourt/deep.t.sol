// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {IEpochCourt} from "../../../contracts/interfaces/IEpochCourt.sol";
import {EpochFixture} from "../../fixture/EpochFixture.sol";
import {Tree} from "../../fixture/Tree.sol";

/// @notice Proofs out of trees that nobody could list, and numbers at the edge of their types.
contract EpochCourtDeepTest is EpochFixture {
    uint256 private _depth;
    uint256 private _first;

    function setUp() public override {
        super.setUp();
        _answer(1000, _shares(ALICE));
        _closeBatch();
        _openEpoch();
    }

    /// @dev Two neighbours anywhere in a list of 2 to 2^63 credits.
    function testFuzz_NeighboursOfADeepList(uint256 seed, uint96 before, uint96 amount, bool isFalse) public {
        _choose(seed);
        IAttributionOracle.Credit[] memory pair = new IAttributionOracle.Credit[](2);
        before = uint96(bound(before, 0, 1e27));
        amount = uint96(bound(amount, 0, 1e27));
        pair[0] = IAttributionOracle.Credit(ALICE, 1, 3, 1, before);
        pair[1] = IAttributionOracle.Credit(ALICE, 1, 4, amount, before + amount + (isFalse ? 1 : 0));
        (IAttributionOracle.CreditOpening memory left, IAttributionOracle.CreditOpening memory right) =
            _proposePair(pair);

        if (!isFalse) vm.expectRevert(IEpochCourt.EpochCourt_NoFault.selector);
        court.proveCreditNeighbours(1, left, right);
    }

    /// @dev Sums are taken in 256 bits: one that wraps around is false.
    function test_RunningTotalThatWrapsAroundIsFalse() public {
        (_depth, _first) = (40, 2);
        IAttributionOracle.Credit[] memory pair = new IAttributionOracle.Credit[](2);
        pair[0] = IAttributionOracle.Credit(ALICE, 1, 3, 1, type(uint96).max);
        pair[1] = IAttributionOracle.Credit(ALICE, 1, 4, 1, 0);
        (IAttributionOracle.CreditOpening memory left, IAttributionOracle.CreditOpening memory right) =
            _proposePair(pair);

        court.proveCreditNeighbours(1, left, right);
    }

    function test_RunningSumThatWrapsAroundIsFalse() public {
        (_depth, _first) = (40, 2);
        bytes32[] memory row = new bytes32[](2);
        row[0] = _payoutLeaf(ALICE, 1, type(uint128).max);
        row[1] = _payoutLeaf(BOB, 1, 0);
        (bytes32 root, bytes32[] memory path) = Tree.deepRange("Payout", row, _first, _depth);
        _propose(1, keccak256("credits"), root, 400);

        court.provePayoutNeighbours(
            1,
            IAttributionOracle.PayoutOpening(
                IAttributionOracle.Payout(ALICE, 1, type(uint128).max), 2, 1 << 40, _joined(row[1], path)
            ),
            IAttributionOracle.PayoutOpening(IAttributionOracle.Payout(BOB, 1, 0), 3, 1 << 40, _joined(row[0], path))
        );
    }

    /// @dev The last of 2^63 pay-outs states another sum than the proposal's total.
    function test_LastOfTheDeepestTreeIsItsEdge() public {
        (_depth, _first) = (63, (1 << 63) - 2);
        bytes32[] memory row = new bytes32[](2);
        row[0] = _payoutLeaf(ALICE, 100, 100);
        row[1] = _payoutLeaf(BOB, 299, 399);
        (bytes32 root, bytes32[] memory path) = Tree.deepRange("Payout", row, _first, _depth);
        _propose(1, keccak256("credits"), root, 400);

        court.provePayoutTotal(
            1,
            IAttributionOracle.PayoutOpening(
                IAttributionOracle.Payout(BOB, 299, 399), (1 << 63) - 1, 1 << 63, _joined(row[0], path)
            )
        );
    }

    /// @dev A credit names a batch and an index that no list holds.
    function test_CreditOfTheLargestNumbersIsForeign() public {
        (_depth, _first) = (40, 2);
        IAttributionOracle.Credit[] memory pair = new IAttributionOracle.Credit[](2);
        pair[0] = IAttributionOracle.Credit(ALICE, 1, type(uint32).max, 1, 1);
        pair[1] = IAttributionOracle.Credit(ALICE, type(uint64).max, type(uint32).max, 1, 2);
        (IAttributionOracle.CreditOpening memory left, IAttributionOracle.CreditOpening memory right) =
            _proposePair(pair);
        uint256 snapshot = vm.snapshotState();

        court.proveForeignCredit(1, right, 0);
        vm.revertToState(snapshot);
        court.proveCreditBeyond(1, left, _openBatch(1), 1, Tree.top(_receiptLeaves(1)));
    }

    function _choose(uint256 seed) private {
        _depth = 1 + seed % 63;
        _first = ((seed >> 8) % (1 << _depth)) & ~uint256(1);
    }

    function _proposePair(IAttributionOracle.Credit[] memory pair)
        private
        returns (IAttributionOracle.CreditOpening memory left, IAttributionOracle.CreditOpening memory right)
    {
        bytes32[] memory row = _creditLeaves(pair);
        (bytes32 root, bytes32[] memory path) = Tree.deepRange("Credit", row, _first, _depth);
        _propose(1, root, keccak256("payouts"), 400);
        uint64 count = uint64(1 << _depth);
        left = IAttributionOracle.CreditOpening(pair[0], uint64(_first), count, _joined(row[1], path));
        right = IAttributionOracle.CreditOpening(pair[1], uint64(_first) + 1, count, _joined(row[0], path));
    }

    function _payoutLeaf(address account, uint96 cumulative, uint128 sum) private view returns (bytes32) {
        return Tree.leaf("Payout", abi.encodePacked(stream, account, cumulative, sum));
    }

    function _joined(bytes32 sibling, bytes32[] memory path) private pure returns (bytes32[] memory all) {
        all = new bytes32[](path.length + 1);
        all[0] = sibling;
        for (uint256 i; i < path.length; ++i) {
            all[i + 1] = path[i];
        }
    }
}
