// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {IEpochCourt} from "../../../contracts/interfaces/IEpochCourt.sol";
import {EpochFixture} from "../../fixture/EpochFixture.sol";
import {Tree} from "../../fixture/Tree.sol";

/// @notice No proof of any kind, at any place, cancels an honest root, and every single false number is refuted.
contract EpochCourtHonestTest is EpochFixture {
    address private constant DAVE = address(uint160(0xD) << 100);

    IAttributionOracle.Payout[] private _previous;

    /// forge-config: default.fuzz.runs = 24
    /// forge-config: deep.fuzz.runs = 4096
    function testFuzz_HonestRootsStand(uint256 seed) public {
        uint64 firstBatch = 1;
        for (uint64 epoch = 1; epoch <= 2; ++epoch) {
            seed = _answers(seed);
            uint64 lastBatch = openBatch - 1;
            _openEpoch();
            IAttributionOracle.Credit[] memory credits = _credits(firstBatch, lastBatch);
            IAttributionOracle.Payout[] memory payouts = _payouts(_previous, credits);
            _propose(epoch, credits, payouts);

            _tryCredits(epoch, credits);
            _tryPayouts(epoch, credits, payouts);
            _tryMissing(epoch, firstBatch, credits);

            vm.warp(vm.getBlockTimestamp() + WINDOW);
            oracle.finalize(epoch);
            _claimAll(payouts);
            delete _previous;
            for (uint256 i; i < payouts.length; ++i) {
                _previous.push(payouts[i]);
            }
            firstBatch = lastBatch + 1;
        }
    }

    /// @dev One credit's amount is off by one; all that follows from it is computed honestly.
    function testFuzz_AnyFalseCreditIsRefuted(uint256 seed, bool raised) public {
        _answers(seed);
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = _credits(1, openBatch - 1);
        uint256 place = seed % credits.length;
        credits[place].amount = raised ? credits[place].amount + 1 : credits[place].amount - 1;
        _sortAndSum(credits);
        IAttributionOracle.Payout[] memory payouts = _payouts(_previous, credits);
        vm.assume(_total(payouts) <= oracle.epochOf(1).dataAmount);
        _propose(1, credits, payouts);

        _proveAmount(1, credits, place);

        assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Open));
    }

    /// @dev One pay-out is off by one, its sums made to fit.
    function testFuzz_AnyFalsePayoutIsRefuted(uint256 seed, bool raised) public {
        _answers(seed);
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = _credits(1, openBatch - 1);
        IAttributionOracle.Payout[] memory payouts = _payouts(_previous, credits);
        uint256 place = seed % payouts.length;
        payouts[place].cumulative = raised ? payouts[place].cumulative + 1 : payouts[place].cumulative - 1;
        _sum(payouts);
        vm.assume(_total(payouts) <= oracle.epochOf(1).dataAmount);
        _propose(1, credits, payouts);

        address account = payouts[place].account;
        court.provePayout(1, account, _lookUp(payouts, account), _lookUp(_previous, account), _lookUp(credits, account));

        assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Open));
    }

    function test_EpochWithoutCreditsStands() public {
        bytes memory rows = _group(_payment(_open("plain", 100), plainModel, 100));
        vm.prank(runner);
        market.settle(rows, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE);
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = new IAttributionOracle.Credit[](0);
        _propose(1, credits, _payouts(_previous, credits));

        vm.expectRevert(IEpochCourt.EpochCourt_NoFault.selector);
        court.provePayout(1, ALICE, _lookUp(_previous, ALICE), _lookUp(_previous, ALICE), _lookUp(credits, ALICE));
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        oracle.finalize(1);
    }

    /// @dev One to two batches of one to three answers, each of one to three accounts, with or without the pool.
    function _answers(uint256 seed) private returns (uint256) {
        address[5] memory accounts = [POOL, ALICE, BOB, CAROL, DAVE];
        for (uint256 batches = 1 + seed % 2; batches > 0; --batches) {
            for (uint256 answers = 1 + (seed >> 8) % 3; answers > 0; --answers) {
                seed = uint256(keccak256(abi.encode(seed)));
                uint256 first = seed % 4;
                uint256 second = first + 1 + (seed >> 16) % (4 - first);
                uint32 share = uint32(1 + (seed >> 32) % 65_535);
                uint96 fee = uint96(1000 + (seed >> 64) % 1e18);
                if (seed >> 255 == 0) _answer(fee, _shares(accounts[first]));
                else _answer(fee, _shares(accounts[first], share, accounts[second]));
            }
            _closeBatch();
        }
        return seed;
    }

    function _tryCredits(uint64 epoch, IAttributionOracle.Credit[] memory credits) private {
        for (uint256 i; i < credits.length; ++i) {
            _expectNoFault();
            court.proveFirstCredit(epoch, _openCredit(credits, i));
            uint64 batch = credits[i].batch;
            bytes32[] memory leaves = _receiptLeaves(batch);
            _expectNoFault();
            court.proveCreditBeyond(
                epoch, _openCredit(credits, i), _openBatch(batch), uint64(leaves.length), Tree.top(leaves)
            );
            _expectNoFault();
            court.proveForeignCredit(epoch, _openCredit(credits, i), epoch);
            _expectNoFault();
            court.withdrawOverVoid(epoch, _openCredit(credits, i));
            _expectNoFault();
            _proveAmount(epoch, credits, i);
            if (i == 0) continue;
            _expectNoFault();
            court.proveCreditNeighbours(epoch, _openCredit(credits, i - 1), _openCredit(credits, i));
        }
    }

    /// @dev Each account, named or not, at each receipt ever settled: either its credit stands, or none is due.
    function _tryMissing(uint64 epoch, uint64 firstBatch, IAttributionOracle.Credit[] memory credits) private {
        address[6] memory accounts = [POOL, ALICE, BOB, CAROL, DAVE, address(2)];
        for (uint64 batch = 1; batch < openBatch; ++batch) {
            for (uint32 index; index < receipts[batch].length; ++index) {
                for (uint256 i; i < accounts.length; ++i) {
                    _tryMissing(epoch, batch < firstBatch ? epoch - 1 : epoch, accounts[i], batch, index, credits);
                }
            }
        }
    }

    function _tryMissing(
        uint64 epoch,
        uint64 ownEpoch,
        address account,
        uint64 batch,
        uint32 index,
        IAttributionOracle.Credit[] memory credits
    ) private {
        bool stands;
        for (uint256 i; i < credits.length; ++i) {
            stands = stands
                || (credits[i].contributor == account && credits[i].batch == batch && credits[i].receiptIndex == index);
        }
        IEpochCourt.ReceiptEvidence memory evidence = _evidence(batch, index);
        IAttributionOracle.CreditLookup memory place = _straddle(credits, account, batch, index);
        if (stands) vm.expectRevert(abi.encodeWithSelector(IEpochCourt.EpochCourt_InvalidLookup.selector, account));
        else _expectNoFault();
        court.proveMissingCredit(epoch, account, index, ownEpoch, evidence, place);
    }

    function _tryPayouts(
        uint64 epoch,
        IAttributionOracle.Credit[] memory credits,
        IAttributionOracle.Payout[] memory payouts
    ) private {
        address[7] memory accounts = [POOL, ALICE, BOB, CAROL, DAVE, address(2), address(type(uint160).max)];
        for (uint256 i; i < accounts.length; ++i) {
            IAttributionOracle.PayoutLookup memory previous = _lookUp(_previous, accounts[i]);
            _expectNoFault();
            court.provePayout(
                epoch, accounts[i], _lookUp(payouts, accounts[i]), previous, _lookUp(credits, accounts[i])
            );
        }
        for (uint256 i; i < payouts.length; ++i) {
            _expectNoFault();
            court.provePayoutTotal(epoch, _openPayout(payouts, i));
            if (i == 0) continue;
            _expectNoFault();
            court.provePayoutNeighbours(epoch, _openPayout(payouts, i - 1), _openPayout(payouts, i));
        }
    }

    /// @dev Makes one call only, so that a revert can be expected of it.
    function _proveAmount(uint64 epoch, IAttributionOracle.Credit[] memory credits, uint256 place) private {
        court.proveCreditAmount(
            epoch, _openCredit(credits, place), _evidence(credits[place].batch, credits[place].receiptIndex)
        );
    }

    function _claimAll(IAttributionOracle.Payout[] memory payouts) private {
        bytes32 root = _payoutsRoot(payouts);
        for (uint256 i; i < payouts.length; ++i) {
            IAttributionOracle.PayoutOpening memory o = _openPayout(payouts, i);
            if (distributor.claimedOf(stream, o.payout.account) == o.payout.cumulative) continue;
            if (o.payout.account == POOL) vm.prank(address(datanets));
            distributor.claim(
                stream, root, o.index, o.count, o.payout.account, o.payout.cumulative, o.payout.runningSum, o.siblings
            );
        }
        assertEq(distributor.streamOf(stream).claimed, _total(payouts));
    }

    function _expectNoFault() private {
        vm.expectRevert(IEpochCourt.EpochCourt_NoFault.selector);
    }
}
