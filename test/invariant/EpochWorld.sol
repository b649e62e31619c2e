// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../contracts/interfaces/IAttributionOracle.sol";
import {IEpochCourt} from "../../contracts/interfaces/IEpochCourt.sol";
import {IReceiptCourt} from "../../contracts/interfaces/IReceiptCourt.sol";
import {EpochFixture} from "../fixture/EpochFixture.sol";

/// @notice Answers, cases, voids, and the lists of the pending proposal and of the newest final one.
/// @dev Which receipts an honest list credits is said here in one sentence and not as the contract says it: each that was never
/// paid and, as of the proposal, neither lies in a voided batch nor has a case that is open or ended against it.
abstract contract EpochWorld is EpochFixture {
    struct Place {
        uint64 batch;
        uint32 index;
    }

    uint64 internal constant MAXIMUM_BATCHES = 14;
    address internal constant DAVE = address(uint160(0xD) << 100);

    address[5] internal accounts = [POOL, ALICE, BOB, CAROL, DAVE];
    IAttributionOracle.Credit[] internal credits;
    IAttributionOracle.Payout[] internal payouts;
    IAttributionOracle.Payout[] internal finalPayouts;
    /// @dev Receipts that the pending proposal credits.
    Place[] internal credited;
    mapping(uint64 batch => mapping(uint32 index => uint256)) public timesPaid;
    mapping(uint64 batch => uint64) internal epochOfBatch;
    uint96 public paidTotal;

    function _answers(uint256 seed) internal {
        for (uint256 i = 1 + seed % 2; i > 0; --i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 first = seed % 4;
            uint256 second = first + 1 + (seed >> 16) % (4 - first);
            uint96 fee = uint96(1 + (seed >> 64) % (seed % 3 == 0 ? 9 : 1e18));
            if (seed >> 252 == 0) _answer(fee, _shares(accounts[first]));
            else _answer(fee, _shares(accounts[first], uint32(1 + (seed >> 32) % 65_535), accounts[second]));
        }
        _closeBatch();
    }

    function _isDue(uint64 batch, uint32 index, uint64 asOf) internal view returns (bool) {
        if (timesPaid[batch][index] != 0) return false;
        uint64 voidedAt = receiptCourt.voidedAt(batch);
        if (voidedAt != 0 && voidedAt <= asOf) return false;
        IReceiptCourt.Case memory c = receiptCourt.caseOf(batch, index);
        if (c.state == IReceiptCourt.CaseState.None || c.openedAt > asOf) return true;
        return c.state == IReceiptCourt.CaseState.Cleared && c.closedAt <= asOf;
    }

    /// @dev The honest lists as of a timestamp, kept in storage.
    function _build(uint64 lastBatch, uint64 asOf) internal {
        delete credited;
        _forgetMoved();
        for (uint64 batch = 1; batch <= lastBatch; ++batch) {
            for (uint32 index; index < receipts[batch].length; ++index) {
                if (!_isDue(batch, index, asOf)) continue;
                _move(batch, index);
                credited.push(Place(batch, index));
            }
        }
        // an empty range: all that is credited was moved there one by one
        _keep(_credits(1, 0));
    }

    function _keep(IAttributionOracle.Credit[] memory list) internal {
        delete credits;
        for (uint256 i; i < list.length; ++i) {
            credits.push(list[i]);
        }
        _keep(_payouts(finalPayouts, list));
    }

    function _keep(IAttributionOracle.Payout[] memory list) internal {
        delete payouts;
        for (uint256 i; i < list.length; ++i) {
            payouts.push(list[i]);
        }
    }

    function _settleFinal() internal {
        delete finalPayouts;
        for (uint256 i; i < payouts.length; ++i) {
            finalPayouts.push(payouts[i]);
        }
        for (uint256 i; i < credited.length; ++i) {
            ++timesPaid[credited[i].batch][credited[i].index];
        }
        for (uint256 i; i < credits.length; ++i) {
            paidTotal += credits[i].amount;
        }
    }

    function _epochOf(uint64 batch) internal view returns (uint64 epoch) {
        for (epoch = 1; epoch <= oracle.epochCount(); ++epoch) {
            (uint64 first, uint64 last,) = oracle.rangeOf(epoch);
            if (batch >= first && batch <= last) return epoch;
        }
        return 0;
    }

    /// @dev A receipt that the pending lists must not credit; batch 0 when there is none.
    function _foreignPlace(uint256 seed, uint64 lastBatch, uint64 asOf) internal view returns (Place memory) {
        for (uint64 i; i < lastBatch; ++i) {
            uint64 batch = uint64((seed + i) % lastBatch) + 1;
            for (uint32 index; index < receipts[batch].length; ++index) {
                if (!_isDue(batch, index, asOf)) return Place(batch, index);
            }
        }
        return Place(0, 0);
    }

    /// @dev One of the proofs, drawn; its call for somebody to send.
    function _drawProof(uint64 epoch, uint256 seed) internal view returns (bytes memory) {
        uint256 kind = seed % 7;
        uint256 drawn = seed >> 8;
        address account = accounts[drawn % 5];
        if (kind == 0 || credits.length < 2 || payouts.length < 2) {
            return abi.encodeCall(
                IEpochCourt.provePayout,
                (epoch, account, _lookUp(payouts, account), _lookUp(finalPayouts, account), _lookUp(credits, account))
            );
        }
        uint256 left = drawn % (credits.length - 1);
        if (kind == 1) {
            return abi.encodeCall(
                IEpochCourt.proveCreditNeighbours, (epoch, _openCredit(credits, left), _openCredit(credits, left + 1))
            );
        }
        IAttributionOracle.Credit memory credit = credits[left];
        if (kind == 2) {
            return abi.encodeCall(
                IEpochCourt.proveCreditAmount,
                (epoch, _openCredit(credits, left), _evidence(credit.batch, credit.receiptIndex))
            );
        }
        if (kind == 3) {
            return
                abi.encodeCall(
                    IEpochCourt.proveForeignCredit, (epoch, _openCredit(credits, left), _epochOf(credit.batch))
                );
        }
        if (kind == 4) return _drawMissing(epoch, drawn);
        if (kind == 5) {
            return abi.encodeCall(IEpochCourt.provePayoutTotal, (epoch, _openPayout(payouts, drawn % payouts.length)));
        }
        uint256 at_ = drawn % (payouts.length - 1);
        return abi.encodeCall(
            IEpochCourt.provePayoutNeighbours, (epoch, _openPayout(payouts, at_), _openPayout(payouts, at_ + 1))
        );
    }

    function _drawMissing(uint64 epoch, uint256 drawn) internal view returns (bytes memory) {
        (, uint64 lastBatch,) = oracle.rangeOf(epoch);
        uint64 batch = uint64((drawn >> 8) % lastBatch) + 1;
        uint32 index = uint32((drawn >> 16) % receipts[batch].length);
        return _missing(epoch, accounts[drawn % 5], batch, index);
    }

    function _missing(uint64 epoch, address account, uint64 batch, uint32 index) internal view returns (bytes memory) {
        return abi.encodeCall(
            IEpochCourt.proveMissingCredit,
            (epoch, account, index, _epochOf(batch), _evidence(batch, index), _straddle(credits, account, batch, index))
        );
    }
}
