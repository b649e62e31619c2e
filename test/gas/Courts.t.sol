// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IDisputeManager} from "../../contracts/interfaces/IDisputeManager.sol";
import {BatchOpening} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IJury} from "../../contracts/interfaces/IJury.sol";
import {IReceiptCourt, WHOLE_BATCH} from "../../contracts/interfaces/IReceiptCourt.sol";
import {IReceiptVerifier} from "../../contracts/interfaces/IReceiptVerifier.sol";
import {DisputeFixture} from "../fixture/DisputeFixture.sol";
import {GasSnapshots} from "./GasSnapshots.sol";

/// @notice What courts and juries cost over batches of 64 receipts and 3 settlements, staking by a small fake.
/// forge-config: default.isolate = true
contract CourtsGasTest is DisputeFixture, GasSnapshots {
    uint64 private number;

    function setUp() public override {
        super.setUp();
        for (uint32 i; i < 64; ++i) {
            _answer(i % 3, model, i, 5);
        }
        number = _close();
    }

    function test_DemandAndReveal() public {
        _demand(number, 7);
        BatchOpening memory opening = _opening(number);
        vm.prank(demander);
        court.demand(opening, 8);
        _record("demand_receipt");
        IReceiptVerifier.Revelation memory revelation = _revelation(number, 8);
        vm.prank(runner);
        verifier.reveal(batchOf[number], 8, revelation);
        _record("reveal_receipt");

        vm.warp(START + 1 + REVEAL);
        court.expire(batchOf[number], 7);
        _record("expire_demand");
        bytes memory settlements = _settlements(number);
        court.refund(batchOf[number], settlements, 3);
        _record("refund_3_payers");

        assertEq(court.refundOf(number).entriesPaid, 3);
    }

    function test_DemandAndDisclose() public {
        BatchOpening memory opening = _opening(number);
        vm.prank(demander);
        court.demand(opening, WHOLE_BATCH);
        _record("demand_batch");
        IReceiptVerifier.Disclosure[] memory all = _disclosuresOf(number, 0, 64);
        vm.prank(runner);
        verifier.disclose(batchOf[number], 0, 64, all, new bytes32[](0));
        _record("disclose_64_receipts");

        assertEq(court.openDemandsOf(number), 0);
    }

    function test_Proofs() public {
        receiptsOf[number][9].fee += 1;
        uint64 second = _settle(receiptsOf[number], entriesOf[number]);
        BatchOpening memory opening = _opening(second);
        IReceiptCourt.PlacedReceipt memory placed = _place(second, 9);
        uint256 snapshot = vm.snapshotState();

        verifier.proveFee(opening, placed);
        _record("prove_receipt_fee");
        assertNotEq(court.voidedAt(second), 0);
        vm.revertToState(snapshot);
        IReceiptCourt.PlacedReceipt memory left = _place(second, 8);
        verifier.proveNeighbours(opening, left, placed);
        _record("prove_broken_chain");
        assertNotEq(court.voidedAt(second), 0);
    }

    function test_Dispute() public {
        _fileDowntime();
        vm.prank(filer);
        uint64 dispute = disputes.fileConduct(IDisputeManager.Kind.Downtime, _subject(runner), DAY - 1, EVIDENCE_HASH);
        _record("file_dispute");
        vm.warp(START + 1 + EVIDENCE);
        bytes32 commitment = _commitment(dispute, 1, jurors[4], IJury.Vote.Uphold, SALT);
        vm.prank(jurors[4]);
        jury.commitVote(dispute, commitment);
        _record("commit_jury_vote");
        vm.warp(START + 1 + EVIDENCE + VOTE);
        jury.revealVote(dispute, jurors[4], IJury.Vote.Uphold, SALT);
        _record("reveal_jury_vote");
        vm.warp(START + 1 + EVIDENCE + 2 * VOTE + APPEAL);
        jury.finish(dispute);
        _record("finish_dispute");
        disputes.enforce(dispute);
        _record("enforce_verdict");

        assertTrue(disputes.disputeOf(dispute).isEnforced);
    }
}
