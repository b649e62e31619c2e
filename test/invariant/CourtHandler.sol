// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../contracts/interfaces/IAttributionOracle.sol";
import {IDisputeManager} from "../../contracts/interfaces/IDisputeManager.sol";
import {BatchOpening} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IJury} from "../../contracts/interfaces/IJury.sol";
import {IReceiptCourt, WHOLE_BATCH} from "../../contracts/interfaces/IReceiptCourt.sol";
import {IReceiptVerifier} from "../../contracts/interfaces/IReceiptVerifier.sol";
import {Role} from "../../contracts/interfaces/IStakingManager.sol";
import {Tree} from "../fixture/Tree.sol";
import {FalseBatches} from "./FalseBatches.sol";

/// @notice Settles honest and false batches, demands, answers, keeps silent, proves, disputes and votes, as runners, watchers and
/// jurors do, and keeps ghosts.
/// @dev Biased to what breaks: deadlines hit to the second, a stake thawed whole or down to dust, one entry refunded at a time.
contract CourtHandler is FalseBatches {
    struct Opened {
        uint64 batch;
        uint32 index;
    }

    uint64[] public batches;
    /// @dev By receipt: whether two were signed for its nonce and shown.
    mapping(bytes32 place => bool) private _equivocated;
    Opened[] public demands;
    Opened[] public cases;
    bool public honestStruck;
    bool public falseStands;
    bool public provenTwice;
    bool public lateAnswerTaken;
    bool public earlyExpiryTaken;
    bool public answerRefused;
    mapping(uint64 dispute => mapping(uint8 round => mapping(uint256 juror => IJury.Vote))) private _committed;

    // Batches

    function settle(uint256 seed) external {
        if (batches.length > 5) return;
        _answer(seed % 3, model, uint32(seed >> 8) % 9, uint32(seed >> 16) % 9);
        if (seed % 2 == 0) _answer((seed >> 24) % 3, cheapModel, 0, uint32(seed >> 32) % 9);
        if (seed % 5 == 0) _answer((seed >> 40) % 3, freeModel, 0, 0);
        batches.push(_close());
    }

    function settleFalse(uint256 seed) external {
        if (batches.length > 5) return;
        uint256 kinds = uint256(type(Falsehood).max);
        batches.push(_settleFalse(Falsehood(1 + seed % kinds), seed / kinds));
    }

    // Demands

    function demand(uint256 which, uint256 index) external {
        (bool some, uint64 batch) = _batch(which);
        if (!some) return;
        uint32 place = uint32(index % (receiptsOf[batch].length + 3));
        if (place == receiptsOf[batch].length + 2) place = WHOLE_BATCH;
        (bool done,) = _call(demander, address(court), abi.encodeCall(court.demand, (_opening(batch), place)));
        if (done) demands.push(Opened(batch, place));
    }

    function answer(uint256 which) external {
        if (demands.length == 0) return;
        Opened memory o = demands[which % demands.length];
        IReceiptCourt.Demand memory d = court.demandOf(o.batch, o.index);
        bool inTime = vm.getBlockTimestamp() < d.deadline;
        if (o.index == WHOLE_BATCH) return _show(o.batch, d.shown, which, inTime);
        bytes memory call = o.index < receiptsOf[o.batch].length
            ? abi.encodeCall(verifier.reveal, (batchOf[o.batch], o.index, _revelation(o.batch, o.index)))
            : abi.encodeCall(
                verifier.revealAbsent,
                (batchOf[o.batch], o.index, uint64(receiptsOf[o.batch].length), Tree.top(_leaves(receiptsOf[o.batch])))
            );
        (bool done,) = _call(stranger, address(verifier), call);
        if (done && !inTime) lateAnswerTaken = true;
        bool isOpen = d.state == IReceiptCourt.DemandState.Open && court.voidedAt(o.batch) == 0;
        if (!done && inTime && isOpen) answerRefused = true;
    }

    function expire(uint256 which, bool early) external {
        if (demands.length == 0) return;
        Opened memory o = demands[which % demands.length];
        uint64 deadline = court.demandOf(o.batch, o.index).deadline;
        if (vm.getBlockTimestamp() < deadline && !early) vm.warp(deadline);
        bool isDue = vm.getBlockTimestamp() >= deadline;
        (bool done,) = _call(stranger, address(court), abi.encodeCall(court.expire, (batchOf[o.batch], o.index)));
        if (done && !isDue) earlyExpiryTaken = true;
    }

    function returnDeposit(uint256 which) external {
        if (demands.length == 0) return;
        Opened memory o = demands[which % demands.length];
        _call(stranger, address(court), abi.encodeCall(court.returnDeposit, (o.batch, o.index)));
    }

    function release(uint256 which) external {
        (bool some, uint64 batch) = _batch(which);
        if (some) _call(stranger, address(court), abi.encodeCall(court.release, (batchOf[batch])));
    }

    function refund(uint256 which, uint256 entries) external {
        (bool some, uint64 batch) = _batch(which);
        if (!some) return;
        bytes memory call = abi.encodeCall(court.refund, (batchOf[batch], _settlements(batch), uint32(entries % 3)));
        _call(stranger, address(court), call);
    }

    // Proofs

    /// @dev Proves what is false; what is honest must stand. A void batch cannot be proven again.
    function prove(uint256 which, uint256 index) external {
        (bool some, uint64 batch) = _batch(which);
        if (!some) return;
        if (falsehoodOf[batch] == Falsehood.None) return _accuse(batch, index);
        bool stood = court.voidedAt(batch) == 0;
        bool inTime = vm.getBlockTimestamp() < batchOf[batch].settledAt + TRIAL + 2 * REVEAL;
        (bool done,) = _call(prover, address(verifier), _proofOf(batch));
        if (!done && stood && inTime) falseStands = true;
        if (done && !stood) provenTwice = true;
    }

    /// @dev Two receipts for one nonce: proven once, whenever. The same receipt twice is no fault.
    function proveEquivocation(uint256 which, uint256 index) external {
        (bool some, uint64 batch) = _batch(which);
        if (!some) return;
        IAttributionOracle.Receipt memory receipt = receiptsOf[batch][index % receiptsOf[batch].length];
        bytes32 place = keccak256(abi.encode(receipt.channel, receipt.model, receipt.nonce));
        (bool done,) = _call(prover, address(verifier), _equivocationProof(receipt, true));
        if (done) honestStruck = true;
        (done,) = _call(prover, address(verifier), _equivocationProof(receipt, false));
        if (!done && !_equivocated[place]) falseStands = true;
        if (done && _equivocated[place]) provenTwice = true;
        _equivocated[place] = true;
    }

    // Cases

    function openCase(uint256 which, uint256 index) external {
        (bool some, uint64 batch) = _batch(which);
        if (!some) return;
        uint32 place = uint32(index % receiptsOf[batch].length);
        bytes memory call = abi.encodeCall(court.openCase, (_opening(batch), _place(batch, place)));
        (bool done,) = _call(judge, address(court), call);
        if (done) cases.push(Opened(batch, place));
    }

    function closeCase(uint256 which, uint256 how) external {
        if (cases.length == 0) return;
        Opened memory o = cases[which % cases.length];
        if (how % 3 == 0) _call(judge, address(court), abi.encodeCall(court.strike, (o.batch, o.index, prover)));
        if (how % 3 == 1) _call(judge, address(court), abi.encodeCall(court.clear, (o.batch, o.index)));
        if (how % 3 == 2) _call(stranger, address(court), abi.encodeCall(court.lapse, (o.batch, o.index)));
    }

    // Disputes

    function file(uint256 seed) external {
        if (jury.disputeCount() > 5) return;
        uint64 day = uint64(vm.getBlockTimestamp() / 1 days - seed % 8);
        bytes memory call =
            abi.encodeCall(disputes.fileConduct, (IDisputeManager.Kind.Downtime, _subject(runner), day, EVIDENCE_HASH));
        (bool some, uint64 batch) = _batch(seed >> 8);
        if (some && seed % 2 == 0) {
            uint32 place = uint32((seed >> 16) % receiptsOf[batch].length);
            call = abi.encodeCall(disputes.fileAnswer, (_opening(batch), _place(batch, place), EVIDENCE_HASH));
            (bool done,) = _call(filer, address(disputes), call);
            if (done) cases.push(Opened(batch, place));
            return;
        }
        _call(filer, address(disputes), call);
    }

    function commitVote(uint256 which, uint256 juror, bool upholds) external {
        (bool some, uint64 dispute) = _dispute(which);
        if (!some) return;
        uint8 round = jury.hearingOf(dispute).appellant == address(0) ? 1 : 2;
        uint64 opens = jury.hearingOf(dispute).openedAt + EVIDENCE;
        if (vm.getBlockTimestamp() < opens) vm.warp(opens);
        IJury.Vote vote = upholds ? IJury.Vote.Uphold : IJury.Vote.Dismiss;
        juror %= 5;
        bytes32 commitment = _commitment(dispute, round, jurors[juror], vote, SALT);
        (bool done,) = _call(jurors[juror], address(jury), abi.encodeCall(jury.commitVote, (dispute, commitment)));
        if (done) _committed[dispute][round][juror] = vote;
    }

    function revealVotes(uint256 which, uint256 mask) external {
        (bool some, uint64 dispute) = _dispute(which);
        if (!some) return;
        uint8 round = jury.hearingOf(dispute).appellant == address(0) ? 1 : 2;
        uint64 opens = jury.tallyOf(dispute, round).commitsUntil;
        if (vm.getBlockTimestamp() < opens) vm.warp(opens);
        for (uint256 i; i < 5; ++i) {
            if ((mask >> i) & 1 == 0) continue;
            bytes memory call =
                abi.encodeCall(jury.revealVote, (dispute, jurors[i], _committed[dispute][round][i], SALT));
            _call(stranger, address(jury), call);
        }
    }

    function appeal(uint256 which) external {
        (bool some, uint64 dispute) = _dispute(which);
        if (some) _call(appellant, address(jury), abi.encodeCall(jury.appeal, (dispute)));
    }

    function finish(uint256 which) external {
        (bool some, uint64 dispute) = _dispute(which);
        if (!some) return;
        _call(stranger, address(jury), abi.encodeCall(jury.finish, (dispute)));
        _call(stranger, address(disputes), abi.encodeCall(disputes.enforce, (dispute)));
    }

    function claim(uint256 which, uint256 juror) external {
        (bool some, uint64 dispute) = _dispute(which);
        if (!some) return;
        bytes memory call = abi.encodeCall(jury.claim, (dispute, uint8(1 + juror % 2), jurors[juror % 5]));
        _call(stranger, address(jury), call);
    }

    // The runner and time

    /// @dev All of it, or all but dust.
    function thaw(bool dust) external {
        uint96 active = staking.activeStake(runner, Role.Runner);
        if (active < 8) return;
        staking.thaw(runner, Role.Runner, dust ? active - 7 : active);
    }

    function withdraw() external {
        _call(stranger, address(staking), abi.encodeCall(staking.withdraw, (runner, Role.Runner)));
    }

    function stake(uint96 amount) external {
        staking.stakeFor(runner, Role.Runner, uint96(bound(amount, 1, 50_000e18)));
    }

    function wait(uint32 duration) external {
        vm.warp(vm.getBlockTimestamp() + duration % 3 days);
    }

    // What is left

    /// @dev Anybody, long after: ends all that can be ended, without a role.
    function endAll() external {
        vm.warp(vm.getBlockTimestamp() + 60 days);
        for (uint256 i; i < demands.length; ++i) {
            Opened memory o = demands[i];
            _call(stranger, address(court), abi.encodeCall(court.expire, (batchOf[o.batch], o.index)));
            _call(stranger, address(court), abi.encodeCall(court.returnDeposit, (o.batch, o.index)));
        }
        for (uint64 d = 1; d <= jury.disputeCount(); ++d) {
            _call(stranger, address(jury), abi.encodeCall(jury.finish, (d)));
            _call(stranger, address(disputes), abi.encodeCall(disputes.enforce, (d)));
            for (uint256 i; i < 10; ++i) {
                _call(stranger, address(jury), abi.encodeCall(jury.claim, (d, uint8(1 + i / 5), jurors[i % 5])));
            }
        }
        for (uint256 i; i < cases.length; ++i) {
            _call(stranger, address(court), abi.encodeCall(court.lapse, (cases[i].batch, cases[i].index)));
        }
        for (uint256 i; i < batches.length; ++i) {
            uint64 batch = batches[i];
            _call(stranger, address(court), abi.encodeCall(court.release, (batchOf[batch])));
            bytes memory call = abi.encodeCall(court.refund, (batchOf[batch], _settlements(batch), 100));
            _call(stranger, address(court), call);
        }
    }

    function openDeposits() external view returns (uint256 sum) {
        for (uint256 i; i < demands.length; ++i) {
            sum += court.demandOf(demands[i].batch, demands[i].index).deposit;
        }
    }

    function unpaidRefunds() external view returns (uint256 sum) {
        for (uint256 i; i < batches.length; ++i) {
            IReceiptCourt.Refund memory r = court.refundOf(batches[i]);
            sum += r.total - r.paid;
        }
    }

    function refunds() external view returns (uint256 sum) {
        for (uint256 i; i < batches.length; ++i) {
            sum += court.refundOf(batches[i]).total;
        }
    }

    function amountOf(uint64 batch) external view returns (uint96) {
        return batchOf[batch].amount;
    }

    function openCases() external view returns (uint256 count) {
        for (uint256 i; i < cases.length; ++i) {
            if (court.trialOf(cases[i].batch, cases[i].index).state == IReceiptCourt.CaseState.Open) ++count;
        }
    }

    function bondsHeld() external view returns (uint256 sum) {
        for (uint64 d = 1; d <= jury.disputeCount(); ++d) {
            IJury.Hearing memory h = jury.hearingOf(d);
            sum += uint256(jury.tallyOf(d, 1).pot) + jury.tallyOf(d, 2).pot;
            if (h.state == IJury.HearingState.Open) sum += h.appellant == address(0) ? h.bond : 3 * uint256(h.bond);
        }
    }

    function batchCount() external view returns (uint256) {
        return batches.length;
    }

    function parts()
        external
        view
        returns (address court_, address jury_, address disputes_, address staking_, address token_, address runner_)
    {
        return (address(court), address(jury), address(disputes), address(staking), address(token), runner);
    }

    /// @dev One receipt, or all that are left.
    function _show(uint64 batch, uint64 shown, uint256 seed, bool inTime) private {
        uint64 count = uint64(receiptsOf[batch].length);
        if (shown == count) return;
        uint64 length = seed % 2 == 0 ? 1 : count - shown;
        IReceiptVerifier.Disclosure[] memory disclosures = _disclosuresOf(batch, shown, length);
        bytes32[] memory siblings = Tree.rangeSiblings(_leaves(receiptsOf[batch]), shown, length);
        bytes memory call = abi.encodeCall(verifier.disclose, (batchOf[batch], shown, count, disclosures, siblings));
        (bool done,) = _call(stranger, address(verifier), call);
        if (done && !inTime) lateAnswerTaken = true;
        if (!done && inTime && court.voidedAt(batch) == 0) answerRefused = true;
    }

    /// @dev Tries each kind of proof on an honest batch.
    function _accuse(uint64 batch, uint256 index) private {
        uint256 count = receiptsOf[batch].length;
        uint256 entries = entriesOf[batch].length;
        index %= count;
        IAttributionOracle.Receipt memory receipt = receiptsOf[batch][index];
        _mustFail(_feeProof(batch, index));
        _mustFail(_edgeProof(batch, index));
        _mustFail(_unsettledProof(batch, index));
        _mustFail(_omissionProof(batch, receipt, _one(batch, index)));
        if (entries != 0) _mustFail(_uncoveredProof(batch, index % entries, _one(batch, index)));
        if (index + 1 == count) return;
        _mustFail(_neighboursProof(batch, index));
        _mustFail(_boundaryProof(batch, index));
        _mustFail(_omissionProof(batch, receipt, _two(batch, index)));
        if (entries != 0) _mustFail(_uncoveredProof(batch, index % entries, _two(batch, index)));
    }

    function _mustFail(bytes memory proof) private {
        (bool done,) = _call(prover, address(verifier), proof);
        if (done) honestStruck = true;
    }

    function _batch(uint256 which) private view returns (bool some, uint64 batch) {
        some = batches.length != 0;
        if (some) batch = batches[which % batches.length];
    }

    function _dispute(uint256 which) private view returns (bool some, uint64 dispute) {
        uint64 count = jury.disputeCount();
        some = count != 0;
        if (some) dispute = uint64(1 + which % count);
    }

    function _call(address from, address to, bytes memory data) private returns (bool, bytes memory) {
        vm.prank(from);
        return to.call(data);
    }
}
