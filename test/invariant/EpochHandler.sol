// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../contracts/interfaces/IAttributionOracle.sol";
import {IEpochCourt} from "../../contracts/interfaces/IEpochCourt.sol";
import {IReceiptCourt} from "../../contracts/interfaces/IReceiptCourt.sol";
import {IRewardDistributor} from "../../contracts/interfaces/IRewardDistributor.sol";
import {Tree} from "../fixture/Tree.sol";
import {EpochWorld} from "./EpochWorld.sol";

/// @notice Epochs as runners, proposers honest and false, watchers, claimants and the clock make them, with ghosts.
/// @dev Biased to what breaks: dust fees, clocks hit to the second, cases around proposals, proofs against honest lists.
contract EpochHandler is EpochWorld {
    enum Fault {
        None,
        Amount,
        Missing,
        Running,
        Payout,
        Foreign,
        Withheld
    }

    struct Demanded {
        uint64 proposal;
        IAttributionOracle.LeafTree tree;
        uint64 index;
        bool isOpen;
    }

    Fault private _fault;
    /// @dev The index in `credits` or `payouts` that is false, or the place that is missing.
    uint256 private _faultAt;
    Place private _missingPlace;
    address private _missingAccount;
    Demanded[] public demands;

    uint256 public bondsIn;
    uint256 public bondsReturned;
    uint256 public bondsForfeited;
    uint256 public depositsIn;
    uint256 public depositsOut;
    uint256 public finals;
    uint256 public refutations;
    uint256 public withdrawals;
    uint256 public expiries;
    uint256 public reveals;
    uint256 public rangesPaid;
    bool public honestRefuted;
    bool public faultUnproven;
    bool public earlyFinality;
    bool public badClaimPaid;
    bool public claimLost;
    bool public revealRefused;

    address private _watcher = makeAddr("watcher");

    function setUp() public override {
        super.setUp();
        require(token.transfer(_watcher, 1e24), "not paid");
        vm.prank(_watcher);
        token.approve(address(oracle), type(uint256).max);
        token.approve(address(distributor), type(uint256).max);
    }

    function answer(uint256 seed) external {
        // a few at a time, so that there are many epochs
        uint64 lastBatch = oracle.epochOf(oracle.epochCount()).lastBatch;
        if (openBatch <= MAXIMUM_BATCHES && openBatch < lastBatch + 3) _answers(seed);
    }

    function openCase(uint256 seed) external {
        (uint64 batch, uint32 index) = _receipt(seed);
        if (batch == 0 || receiptCourt.caseOf(batch, index).state != IReceiptCourt.CaseState.None) return;
        receiptCourt.open(batch, index);
    }

    function closeCase(uint256 seed) external {
        for (uint256 i; i < 12; ++i) {
            (uint64 batch, uint32 index) = _receipt(uint256(keccak256(abi.encode(seed, i))));
            if (batch == 0 || receiptCourt.caseOf(batch, index).state != IReceiptCourt.CaseState.Open) continue;
            receiptCourt.close(
                batch, index, seed % 4 == 0 ? IReceiptCourt.CaseState.Struck : IReceiptCourt.CaseState.Cleared
            );
            return;
        }
    }

    function voidBatch(uint256 seed) external {
        (uint64 batch,) = _receipt(seed);
        // of the newest epoch, half of the time
        if (seed >> 128 & 1 == 1) batch = oracle.epochOf(oracle.epochCount()).lastBatch;
        if (batch != 0 && seed % 3 == 0 && receiptCourt.voidedAt(batch) == 0) receiptCourt.voidBatch(batch);
    }

    function open() external {
        if (oracle.epochOf(oracle.epochCount()).lastBatch + 1 == openBatch) return;
        IAttributionOracle.EpochState state = _state();
        if (state == IAttributionOracle.EpochState.Open || state == IAttributionOracle.EpochState.Proposed) return;
        if (oracle.epochCount() != 0) vm.warp(vm.getBlockTimestamp() + EPOCH_PERIOD);
        _openEpoch();
    }

    function propose(uint256 seed) external {
        if (_state() != IAttributionOracle.EpochState.Open) return;
        if (seed % 2 == 0) vm.warp(vm.getBlockTimestamp() + 1 + seed % 5000);
        IAttributionOracle.Epoch memory e = oracle.epochOf(oracle.epochCount());
        uint64 asOf = uint64(vm.getBlockTimestamp()) - 1;
        _build(e.lastBatch, asOf);
        _plant(seed >> 8, e.lastBatch, asOf);
        bytes32 creditsRoot = _fault == Fault.Withheld ? keccak256(abi.encode(seed)) : _creditsRoot(credits);
        uint96 total = _total(payouts);

        bondsIn += oracle.bond();
        _propose(oracle.epochCount(), creditsRoot, _payoutsRoot(payouts), total);
    }

    /// @dev Whoever looks finds a planted fault: in one transaction, whatever happened since.
    function prove() public {
        if (_state() != IAttributionOracle.EpochState.Proposed || _fault == Fault.None) return;
        if (_fault == Fault.Withheld) return _starve();
        uint96 bond = oracle.epochOf(oracle.epochCount()).bond;
        (bool refuted,) = address(court).call(_proofOfFault());
        if (!refuted) faultUnproven = true;
        else _noteRefuted(bond);
    }

    function attackHonest(uint256 seed) external {
        if (_state() != IAttributionOracle.EpochState.Proposed || _fault != Fault.None) return;
        bytes memory proof = _drawProof(oracle.epochCount(), seed);
        (bool refuted,) = address(court).call(proof);
        if (refuted) honestRefuted = true;
    }

    function withdrawOverVoid() public {
        if (_state() != IAttributionOracle.EpochState.Proposed || _fault != Fault.None) return;
        IAttributionOracle.Epoch memory e = oracle.epochOf(oracle.epochCount());
        for (uint256 i; i < credits.length; ++i) {
            if (receiptCourt.voidedAt(credits[i].batch) <= e.asOf) continue;
            uint256 held = token.balanceOf(proposer);
            court.withdrawOverVoid(oracle.epochCount(), _openCredit(credits, i));
            bondsReturned += token.balanceOf(proposer) - held;
            ++withdrawals;
            return;
        }
    }

    function demand(uint256 seed) external {
        IAttributionOracle.Epoch memory e = oracle.epochOf(oracle.epochCount());
        if (e.state != IAttributionOracle.EpochState.Proposed || demands.length > 40) return;
        IAttributionOracle.LeafTree tree = IAttributionOracle.LeafTree(seed % 2);
        uint64 index = uint64((seed >> 8) % 8);
        if (oracle.demandOf(e.proposal, tree, index).state != IAttributionOracle.DemandState.None) return;
        if (vm.getBlockTimestamp() >= e.demandsEnd) {
            if (seed % 2 == 0) return;
            vm.warp(e.demandsEnd - 1);
        }
        vm.prank(_watcher);
        oracle.demandLeaf(e.proposal, tree, index);
        depositsIn += e.demandDeposit;
        demands.push(Demanded(e.proposal, tree, index, true));
    }

    function reveal(uint256 seed) external {
        if (demands.length == 0) return;
        Demanded storage d = demands[seed % demands.length];
        if (!d.isOpen || !_isPending(d.proposal)) return;
        if (_fault == Fault.Withheld && d.tree == IAttributionOracle.LeafTree.Credits) return;
        uint64 deadline = oracle.demandOf(d.proposal, d.tree, d.index).deadline;
        if (vm.getBlockTimestamp() >= deadline) return;
        if (seed % 5 == 0) vm.warp(deadline - 1);
        _reveal(d);
    }

    function expire(uint256 seed) external {
        if (demands.length == 0) return;
        Demanded storage d = demands[seed % demands.length];
        // an honest proposer answers: its demands are not left to expire here
        if (!d.isOpen || !_isPending(d.proposal) || _fault != Fault.Withheld) return;
        if (d.tree != IAttributionOracle.LeafTree.Credits) return;
        vm.warp(_later(oracle.demandOf(d.proposal, d.tree, d.index).deadline));
        _expire(d);
    }

    function reclaim(uint256 seed) external {
        if (demands.length == 0) return;
        Demanded storage d = demands[seed % demands.length];
        if (d.isOpen && !_isPending(d.proposal)) _reclaim(d);
    }

    function finalize(uint256 seed) external {
        if (_state() != IAttributionOracle.EpochState.Proposed) return;
        if (_fault != Fault.None) return prove();
        if (seed % 2 == 0) withdrawOverVoid();
        if (_state() != IAttributionOracle.EpochState.Proposed) return;
        IAttributionOracle.Epoch memory e = oracle.epochOf(oracle.epochCount());
        uint64 earliest = e.finalizableAt;
        if (oracle.finalityPausedUntil() > earliest) earliest = oracle.finalityPausedUntil();
        if (vm.getBlockTimestamp() < earliest) {
            vm.warp(earliest - 1);
            _tryFinalize();
            vm.warp(earliest);
        }
        if (e.openDemands != 0) {
            _tryFinalize();
            if (seed % 3 != 0) return;
            _answerAll();
            if (_state() != IAttributionOracle.EpochState.Proposed) return;
            vm.warp(_later(oracle.epochOf(oracle.epochCount()).finalizableAt));
        }
        oracle.finalize(oracle.epochCount());
        bondsReturned += e.bond;
        ++finals;
        _settleFinal();
    }

    /// @dev Each leaf of the newest final tree, or of the pending one, which must not pay.
    function claim(uint256 seed) external {
        bool isPending = _state() == IAttributionOracle.EpochState.Proposed && seed % 3 == 0;
        IAttributionOracle.Payout[] memory list = isPending ? payouts : finalPayouts;
        if (list.length == 0) return;
        bytes32 root = _payoutsRoot(list);
        uint256 index = (seed >> 8) % list.length;
        address account = list[index].account;
        bool isNew = list[index].cumulative > distributor.claimedOf(stream, account);
        bytes memory data = _claimCall(root, list, index);
        vm.prank(account == POOL ? address(datanets) : _watcher);
        (bool paid,) = address(distributor).call(data);
        bool mayPay = distributor.isClaimableRoot(stream, root);
        if (paid && (!mayPay || !isNew)) badClaimPaid = true;
        if (!paid && mayPay && isNew) claimLost = true;
    }

    function claimRange(uint256 seed) external {
        IAttributionOracle.Payout[] memory list = finalPayouts;
        if (list.length == 0) return;
        uint256 first = seed % list.length;
        uint256 length = 1 + (seed >> 8) % (list.length - first);
        IRewardDistributor.Leaf[] memory leaves = new IRewardDistributor.Leaf[](length);
        for (uint256 i; i < length; ++i) {
            leaves[i] = IRewardDistributor.Leaf(
                list[first + i].account, list[first + i].cumulative, list[first + i].runningSum
            );
        }
        bytes32[] memory siblings = Tree.rangeSiblings(_payoutLeaves(list), first, length);
        uint96 amount =
            distributor.claimRange(stream, _payoutsRoot(list), uint64(first), uint64(list.length), leaves, siblings);
        if (amount != 0) ++rangesPaid;
        for (uint256 i; i < length; ++i) {
            if (leaves[i].account == POOL) continue;
            if (distributor.claimedOf(stream, leaves[i].account) != leaves[i].cumulative) claimLost = true;
        }
    }

    function donate(uint96 amount) external {
        distributor.fund(stream, uint96(bound(amount, 1, 1e18)));
    }

    function pause(uint32 duration) external {
        oracle.pauseFinality(uint64(vm.getBlockTimestamp()) + duration % 2 days);
    }

    function setBond(uint96 amount) external {
        oracle.setBond(uint96(bound(amount, 1, 5000)));
    }

    function wait(uint256 seed) external {
        IAttributionOracle.Epoch memory e = oracle.epochOf(oracle.epochCount());
        uint256 kind = seed % 4;
        uint64 target = uint64(vm.getBlockTimestamp() + (seed >> 8) % 2 days);
        if (kind == 0 && e.finalizableAt != 0) target = e.finalizableAt - 1;
        if (kind == 1 && e.demandsEnd != 0) target = e.demandsEnd;
        if (kind == 2 && demands.length != 0) {
            Demanded storage d = demands[(seed >> 8) % demands.length];
            target = oracle.demandOf(d.proposal, d.tree, d.index).deadline - uint64(seed >> 128) % 2;
        }
        // an honest proposer is awake: nobody's time runs out on it
        if (_fault != Fault.Withheld) _answerBefore(target);
        vm.warp(_later(target));
    }

    /// @dev All that is open comes to its end with no privileged call.
    function endAll() external {
        vm.warp(vm.getBlockTimestamp() + 30 days);
        for (uint256 i; i < demands.length; ++i) {
            Demanded storage d = demands[i];
            if (!d.isOpen) continue;
            if (_isPending(d.proposal)) _expire(d);
            else _reclaim(d);
        }
    }

    function openDeposits() external view returns (uint256 sum) {
        for (uint256 i; i < demands.length; ++i) {
            Demanded storage d = demands[i];
            if (d.isOpen) sum += oracle.demandOf(d.proposal, d.tree, d.index).deposit;
        }
    }

    function openDemandsOf(uint64 proposal) external view returns (uint256 count) {
        for (uint256 i; i < demands.length; ++i) {
            if (demands[i].isOpen && demands[i].proposal == proposal) ++count;
        }
    }

    function contracts() external view returns (IAttributionOracle, IRewardDistributor, uint64) {
        return (oracle, distributor, stream);
    }

    function balanceOf(address account) external view returns (uint256) {
        return token.balanceOf(account);
    }

    function accountAt(uint256 index) external view returns (address) {
        return accounts[index];
    }

    function registry() external view returns (address) {
        return address(datanets);
    }

    function batchCount() external view returns (uint64) {
        return openBatch - 1;
    }

    function receiptCountOf(uint64 batch) external view returns (uint256) {
        return receipts[batch].length;
    }

    function finalCumulativeOf(address account) external view returns (uint96) {
        for (uint256 i; i < finalPayouts.length; ++i) {
            if (finalPayouts[i].account == account) return finalPayouts[i].cumulative;
        }
        return 0;
    }

    function _plant(uint256 seed, uint64 lastBatch, uint64 asOf) private {
        _fault = seed % 5 < 2 ? Fault.None : Fault((seed >> 8) % 7);
        if (_fault == Fault.None || _fault == Fault.Withheld) return;
        uint256 drawn = seed >> 16;
        IAttributionOracle.Credit[] memory list = credits;
        if (_fault == Fault.Foreign) {
            Place memory place = _foreignPlace(drawn, lastBatch, asOf);
            if (place.batch == 0) _fault = Fault.None;
            else _addForeign(place);
            return;
        }
        if (list.length == 0) {
            _fault = Fault.None;
            return;
        }
        _faultAt = drawn % list.length;
        if (_fault == Fault.Amount) {
            list[_faultAt].amount -= 1;
            _sortAndSum(list);
            _keep(list);
        } else if (_fault == Fault.Missing) {
            _missingPlace = Place(list[_faultAt].batch, list[_faultAt].receiptIndex);
            _missingAccount = list[_faultAt].contributor;
            _drop(list, _faultAt);
        } else if (_fault == Fault.Running) {
            credits[_faultAt].running -= 1;
        } else {
            IAttributionOracle.Payout[] memory tree = payouts;
            _faultAt = drawn % tree.length;
            if (tree[_faultAt].cumulative == 0) {
                _fault = Fault.None;
                return;
            }
            tree[_faultAt].cumulative -= 1;
            _sum(tree);
            // the total may not fall: the false list has to hand out what was final
            if (_total(tree) < distributor.streamOf(stream).allocated) _fault = Fault.None;
            else _keep(tree);
        }
        if (_total(payouts) < distributor.streamOf(stream).allocated) _fault = Fault.None;
    }

    function _addForeign(Place memory place) private {
        IAttributionOracle.Credit[] memory list = new IAttributionOracle.Credit[](credits.length + 1);
        for (uint256 i; i < credits.length; ++i) {
            list[i] = credits[i];
        }
        address account = sharesOf[place.batch][place.index][0].account;
        list[credits.length] = IAttributionOracle.Credit(account, place.batch, place.index, 0, 0);
        _sortAndSum(list);
        _keep(list);
        for (uint256 i; i < list.length; ++i) {
            bool isIt = list[i].batch == place.batch && list[i].receiptIndex == place.index;
            if (isIt && list[i].contributor == account) _faultAt = i;
        }
    }

    function _drop(IAttributionOracle.Credit[] memory list, uint256 index) private {
        IAttributionOracle.Credit[] memory fewer = new IAttributionOracle.Credit[](list.length - 1);
        uint256 count;
        for (uint256 i; i < list.length; ++i) {
            if (i != index) fewer[count++] = list[i];
        }
        _sortAndSum(fewer);
        _keep(fewer);
    }

    function _proofOfFault() private view returns (bytes memory) {
        uint64 epoch = oracle.epochCount();
        if (_fault == Fault.Missing) {
            return _missing(epoch, _missingAccount, _missingPlace.batch, _missingPlace.index);
        }
        if (_fault == Fault.Payout) {
            address account = payouts[_faultAt].account;
            return abi.encodeCall(
                IEpochCourt.provePayout,
                (epoch, account, _lookUp(payouts, account), _lookUp(finalPayouts, account), _lookUp(credits, account))
            );
        }
        IAttributionOracle.CreditOpening memory opening = _openCredit(credits, _faultAt);
        if (_fault == Fault.Running) {
            if (_faultAt == 0) return abi.encodeCall(IEpochCourt.proveFirstCredit, (epoch, opening));
            return
                abi.encodeCall(IEpochCourt.proveCreditNeighbours, (epoch, _openCredit(credits, _faultAt - 1), opening));
        }
        IAttributionOracle.Credit memory credit = credits[_faultAt];
        if (_fault == Fault.Foreign) {
            return abi.encodeCall(IEpochCourt.proveForeignCredit, (epoch, opening, _epochOf(credit.batch)));
        }
        return
            abi.encodeCall(
                IEpochCourt.proveCreditAmount, (epoch, opening, _evidence(credit.batch, credit.receiptIndex))
            );
    }

    /// @dev A withheld list falls to the first demand of it.
    function _starve() private {
        IAttributionOracle.Epoch memory e = oracle.epochOf(oracle.epochCount());
        if (vm.getBlockTimestamp() >= e.demandsEnd) vm.warp(e.demandsEnd - 1);
        uint64 index = 1_000_000;
        vm.prank(_watcher);
        oracle.demandLeaf(e.proposal, IAttributionOracle.LeafTree.Credits, index);
        depositsIn += e.demandDeposit;
        demands.push(Demanded(e.proposal, IAttributionOracle.LeafTree.Credits, index, true));
        vm.warp(vm.getBlockTimestamp() + REVEAL_PERIOD);
        _expire(demands[demands.length - 1]);
    }

    function _expire(Demanded storage d) private {
        uint96 bond = oracle.epochOf(oracle.epochCount()).bond;
        oracle.expireDemand(d.proposal, d.tree, d.index);
        depositsOut += oracle.demandOf(d.proposal, d.tree, d.index).deposit;
        d.isOpen = false;
        ++expiries;
        _noteRefuted(bond);
    }

    function _reclaim(Demanded storage d) private {
        oracle.reclaimDeposit(d.proposal, d.tree, d.index);
        depositsOut += oracle.demandOf(d.proposal, d.tree, d.index).deposit;
        d.isOpen = false;
    }

    function _reveal(Demanded storage d) private {
        bytes memory data;
        if (d.tree == IAttributionOracle.LeafTree.Credits) {
            data = d.index < credits.length
                ? abi.encodeCall(IAttributionOracle.revealCredit, (d.proposal, _openCredit(credits, d.index)))
                : _absence(d, _creditLeaves(credits));
        } else {
            data = d.index < payouts.length
                ? abi.encodeCall(IAttributionOracle.revealPayout, (d.proposal, _openPayout(payouts, d.index)))
                : _absence(d, _payoutLeaves(payouts));
        }
        (bool answered,) = address(oracle).call(data);
        if (!answered) {
            revealRefused = true;
            return;
        }
        depositsOut += oracle.demandOf(d.proposal, d.tree, d.index).deposit;
        d.isOpen = false;
        ++reveals;
    }

    function _absence(Demanded storage d, bytes32[] memory leaves) private view returns (bytes memory) {
        bytes32 top = leaves.length == 0 ? bytes32(0) : Tree.top(leaves);
        return
            abi.encodeCall(IAttributionOracle.revealAbsence, (d.proposal, d.tree, d.index, uint64(leaves.length), top));
    }

    function _answerAll() private {
        for (uint256 i; i < demands.length; ++i) {
            Demanded storage d = demands[i];
            if (!d.isOpen || !_isPending(d.proposal)) continue;
            if (vm.getBlockTimestamp() < oracle.demandOf(d.proposal, d.tree, d.index).deadline) _reveal(d);
            else return _expire(d);
        }
    }

    function _answerBefore(uint64 target) private {
        for (uint256 i; i < demands.length; ++i) {
            Demanded storage d = demands[i];
            if (!d.isOpen || !_isPending(d.proposal)) continue;
            uint64 deadline = oracle.demandOf(d.proposal, d.tree, d.index).deadline;
            if (deadline <= target && vm.getBlockTimestamp() < deadline) _reveal(d);
        }
    }

    function _tryFinalize() private {
        (bool done,) = address(oracle).call(abi.encodeCall(IAttributionOracle.finalize, (oracle.epochCount())));
        if (done) earlyFinality = true;
    }

    function _noteRefuted(uint96 bond) private {
        bondsForfeited += bond;
        ++refutations;
    }

    function _claimCall(bytes32 root, IAttributionOracle.Payout[] memory list, uint256 index)
        private
        view
        returns (bytes memory)
    {
        IAttributionOracle.PayoutOpening memory o = _openPayout(list, index);
        return abi.encodeCall(
            IRewardDistributor.claim,
            (stream, root, o.index, o.count, o.payout.account, o.payout.cumulative, o.payout.runningSum, o.siblings)
        );
    }

    function _receipt(uint256 seed) private view returns (uint64 batch, uint32 index) {
        if (openBatch == 1) return (0, 0);
        batch = uint64(1 + (seed >> 8) % (openBatch - 1));
        index = uint32((seed >> 32) % receipts[batch].length);
    }

    function _state() private view returns (IAttributionOracle.EpochState) {
        return oracle.epochOf(oracle.epochCount()).state;
    }

    function _isPending(uint64 proposal) private view returns (bool) {
        return _state() == IAttributionOracle.EpochState.Proposed && oracle.proposalCount() == proposal;
    }

    function _later(uint64 target) private view returns (uint256) {
        return target > vm.getBlockTimestamp() ? target : vm.getBlockTimestamp();
    }
}
