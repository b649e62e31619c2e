// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../contracts/interfaces/IDatanetRegistry.sol";
import {IDatanetValidators} from "../../contracts/interfaces/IDatanetValidators.sol";
import {DuplicateFixture} from "../fixture/DuplicateFixture.sol";
import {RegistryFixture} from "../fixture/RegistryFixture.sol";
import {ValidatorFixture} from "../fixture/ValidatorFixture.sol";

/// @notice Acts on three Datanets as contributors, owner, validators, provers, moderators and anyone do, and keeps ghosts.
/// @dev Biased to what breaks: fees of one base unit, odd ones and large ones, texts out of few, ends of windows hit to the
/// second, everything tried again after it is over. What must fail is tried too, and remembered where it did not.
contract DatanetHandler is ValidatorFixture, DuplicateFixture {
    enum Fault {
        None,
        DecidedTwice,
        DecidedAfterItsTime,
        DecidedBeforeItsTime,
        WrongTransition,
        RoundStuck,
        CollectedTwice,
        WronglyRewarded
    }

    uint256 private constant MOST_CONTRIBUTIONS = 28;
    uint256 private constant MOST_ROUNDS = 12;

    uint64[] public rounds;
    /// @dev Numbers of a round's contributions.
    mapping(uint64 round => uint64[]) public listOf;
    mapping(uint64 round => mapping(uint256 validator => uint16[])) public scoresOf;
    mapping(uint64 round => mapping(uint256 validator => bool)) public isCommitted;
    mapping(uint64 contribution => uint256) public feeOf;
    /// @dev Base units that a contributor got back for a contribution, and a prover took.
    mapping(uint64 contribution => uint256) public backOf;
    mapping(uint64 contribution => uint256) public bountyOf;
    mapping(uint64 contribution => IContributionRegistry.ContributionState) public stateBefore;
    mapping(uint64 datanet => uint256) public revocations;
    mapping(uint64 datanet => uint96) public pooled;
    /// @dev Pots that rounds filled, and what was collected of them.
    uint256 public potted;
    uint256 public rewarded;
    Fault public fault;

    constructor() {
        ValidatorFixture.setUp();
        // the fixture's: validators, 1,003 a contribution, 40 %; then dust in an open one, and a large one with a reward
        IDatanetRegistry.Rules memory dust = _rules();
        (dust.access, dust.contributionFee, dust.curationBps) = (IDatanetRegistry.Access.Open, 1, 333);
        _createDatanet("Dust", dust);
        IDatanetRegistry.Rules memory large = _validatorRules(1e18 + 7);
        (large.quorum, large.rewardPerContribution, large.curationBps) = (1, 17, 1000);
        large.access = IDatanetRegistry.Access.Open;
        uint64 third = _createDatanet("Large", large);
        for (uint256 i; i < 4; ++i) {
            vm.prank(owner);
            validators.setValidators(third, _accounts(who[i]), new address[](0));
        }
        (feeOf[first], feeOf[second]) = (FEE, FEE);
        require(open.transfer(address(pools), RICHES), "no pools");
        _enrich(address(this));
        _note();
    }

    function setUp() public override(RegistryFixture, ValidatorFixture) {}

    // --- contributors ---

    function contribute(uint256 seed) external {
        if (contributions.contributionCount() >= MOST_CONTRIBUTIONS) return;
        datanet = uint64(2 + seed % 3);
        _contributed(seed);
        _note();
    }

    function withdraw(uint256 seed) external {
        uint64 number = _any(seed);
        if (number == 0) return;
        uint256 before = open.balanceOf(known[number].contributor);
        bool accepted = _is(number, IContributionRegistry.ContributionState.Accepted);
        vm.prank(known[number].contributor);
        try contributions.withdrawContribution(known[number]) {
            if (accepted) ++revocations[known[number].datanet];
        } catch {}
        backOf[number] += open.balanceOf(known[number].contributor) - before;
        _note();
    }

    // --- owner, and anyone in time ---

    function decide(uint256 seed, bool accepting) external {
        uint64 number = _any(seed);
        if (number == 0) return;
        uint256 before = open.balanceOf(known[number].contributor);
        bool late = vm.getBlockTimestamp() >= _decideBy(number);
        vm.prank(owner);
        if (accepting) {
            try contributions.accept(known[number].datanet, _list(number)) {
                if (late) fault = Fault.DecidedAfterItsTime;
            } catch {}
        } else {
            try contributions.reject(known[number].datanet, _list(number)) {
                if (late) fault = Fault.DecidedAfterItsTime;
            } catch {}
        }
        backOf[number] += open.balanceOf(known[number].contributor) - before;
        _note();
    }

    function settleOverdue(uint256 seed) external {
        uint64 number = _any(seed);
        if (number == 0) return;
        uint256 before = open.balanceOf(known[number].contributor);
        bool early = vm.getBlockTimestamp() < _decideBy(number);
        vm.prank(stranger);
        try contributions.settleOverdue(known[number].datanet, _list(number)) {
            if (early) fault = Fault.DecidedBeforeItsTime;
        } catch {}
        backOf[number] += open.balanceOf(known[number].contributor) - before;
        _note();
    }

    function scheduleFee(uint256 seed, uint96 fee) external {
        uint64 which = uint64(2 + seed % 3);
        IDatanetRegistry.Rules memory rules = datanets.rulesOf(which, datanets.datanetOf(which).rules);
        rules.contributionFee = uint96(bound(fee, 0, 1e18));
        vm.prank(owner);
        datanets.scheduleRules(which, rules);
    }

    function publish(uint256 seed) external {
        vm.prank(owner);
        try datanets.publishVersion(uint64(2 + seed % 3)) {} catch {}
    }

    // --- validators ---

    function openRound(uint256 seed) external {
        if (rounds.length >= MOST_ROUNDS) return;
        uint64 one = _any(seed);
        uint64 two = _any(seed >> 64);
        if (one == 0) return;
        bool pair = two != one && known[two].datanet == known[one].datanet;
        vm.prank(who[seed % 4]);
        try validators.openRound(pair ? _list(one, two) : _list(one)) returns (uint64 round) {
            rounds.push(round);
            listOf[round].push(one);
            if (pair) listOf[round].push(two);
        } catch {}
        _note();
    }

    function commit(uint256 seed) external {
        (uint64 round, uint256 i) = _seat(seed);
        if (round == 0 || isCommitted[round][i]) return;
        uint16[] memory scores = new uint16[](listOf[round].length);
        for (uint256 k; k < scores.length; ++k) {
            scores[k] = uint16((seed >> (32 * (k + 1))) % 10_001);
        }
        bytes32 commitment = _commitment(round, who[i], scores);
        vm.prank(who[i]);
        try validators.commit(round, commitment) {
            isCommitted[round][i] = true;
            scoresOf[round][i] = scores;
        } catch {}
    }

    function reveal(uint256 seed) external {
        (uint64 round, uint256 i) = _seat(seed);
        if (round == 0) return;
        try validators.reveal(round, who[i], scoresOf[round][i], SALT) {} catch {}
    }

    function equivocate(uint256 seed) external {
        (uint64 round, uint256 i) = _seat(seed);
        // seldom: who is slashed stays slashed
        if (round == 0 || seed % 7 != 0) return;
        _equivocate(round, i);
    }

    function closeRound(uint256 seed) external {
        if (rounds.length == 0) return;
        _close(rounds[seed % rounds.length]);
        _note();
    }

    function collectReward(uint256 seed) external {
        (uint64 round, uint256 i) = _seat(seed);
        if (round != 0) _collectAll(round, i);
    }

    /// @dev A whole round, which single steps would seldom bring about: who votes, who is silent, who equivocates and what is
    /// refuted meanwhile by the seed.
    function playRound(uint256 seed) external {
        if (rounds.length >= MOST_ROUNDS || contributions.contributionCount() + 2 > MOST_CONTRIBUTIONS) return;
        uint256 before = rounds.length;
        datanet = seed & 1 == 0 ? 2 : 4;
        uint64 one = _contributed(seed);
        uint64 two = _contributed(seed >> 3);
        _note();
        vm.prank(owner);
        uint64 round = validators.openRound(_list(one, two));
        rounds.push(round);
        listOf[round].push(one);
        listOf[round].push(two);
        _note();
        for (uint256 i; i < 4; ++i) {
            this.commit(before + (i << 8) + ((uint256(keccak256(abi.encode(seed, i))) >> 32) << 32));
        }
        vm.warp(validators.roundOf(round).commitsUntil);
        for (uint256 i; i < 4; ++i) {
            if ((seed >> (200 + i)) & 3 != 0) this.reveal(before + (i << 8));
        }
        if ((seed >> 210) & 3 == 0) {
            _equivocate(round, (seed >> 212) % 4);
            for (uint64 later = 1; later <= contributions.contributionCount(); ++later) {
                this.refute((later - 1) + (uint256(seed % 5) << 64) + ((seed >> 190) << 128));
            }
        }
        vm.warp(validators.roundOf(round).revealsUntil);
        _close(round);
        for (uint256 i; i < 4; ++i) {
            _collectAll(round, i);
        }
        _note();
    }

    // --- provers and moderators ---

    function refute(uint256 seed) external {
        uint64 later = _any(seed);
        uint64 earlier = _any(seed >> 64);
        if (later == 0 || textsOf[later].length == 0 || textsOf[earlier].length == 0) return;
        uint32 index = uint32((seed >> 128) % 3);
        for (uint32 k; k < 3; ++k) {
            if (textsOf[later][index] != textsOf[earlier][k] || (later == earlier && index == k)) continue;
            _tryRefute(later, index, earlier, k);
        }
        _note();
    }

    function moderate(uint256 seed) external {
        uint64 number = _any(seed);
        // seldom: else nothing would stand
        if (number == 0 || (seed >> 16) % 4 != 0) return;
        bool accepted = _is(number, IContributionRegistry.ContributionState.Accepted);
        uint256 before = open.balanceOf(known[number].contributor);
        if (seed & 1 == 0) {
            try contributions.revokeContribution(known[number]) {
                if (accepted) ++revocations[known[number].datanet];
            } catch {}
        } else {
            try contributions.revokeRecord(known[number], uint32((seed >> 32) % 4)) {
                ++revocations[known[number].datanet];
            } catch {}
        }
        backOf[number] += open.balanceOf(known[number].contributor) - before;
        _note();
    }

    // --- money ---

    function claimPool(uint256 seed, uint96 amount) external {
        uint64 which = uint64(2 + seed % 3);
        pooled[which] += uint96(bound(amount, 1, seed & 1 == 0 ? 3 : 1e18));
        datanets.claimPool(1, 0, 0, 1, which, pooled[which], 0, new bytes32[](0));
    }

    function addReserve(uint256 seed, uint96 amount) external {
        validators.addReserve(uint64(2 + seed % 3), uint96(bound(amount, 1, 1000)));
    }

    function collectOwner(uint256 seed) external {
        try datanets.collectOwner(uint64(2 + seed % 3)) {} catch {}
    }

    // --- time ---

    /// @dev To an end of something, a second before it, or by minutes.
    function pass(uint256 seed) external {
        uint256 to = vm.getBlockTimestamp() + seed % 20 minutes;
        uint64 number = _any(seed >> 64);
        if (seed & 3 == 1 && number != 0) to = _decideBy(number) - (seed >> 4) % 2;
        if (seed & 3 != 1 && seed & 12 != 0 && rounds.length != 0) {
            IDatanetValidators.Round memory r = validators.roundOf(rounds[(seed >> 96) % rounds.length]);
            to = (seed & 4 == 0 ? r.commitsUntil : r.revealsUntil) - (seed >> 5) % 2;
        }
        if (to > vm.getBlockTimestamp()) vm.warp(to);
    }

    /// @notice Ends all by time, as anyone can: nothing here is privileged.
    function endAll() external {
        vm.warp(vm.getBlockTimestamp() + 91 days);
        for (uint256 i; i < rounds.length; ++i) {
            _close(rounds[i]);
            for (uint256 v; v < 4; ++v) {
                _collectAll(rounds[i], v);
            }
        }
        for (uint64 number = 1; number <= contributions.contributionCount(); ++number) {
            if (!isUndecided(number)) continue;
            uint256 before = open.balanceOf(known[number].contributor);
            vm.prank(stranger);
            contributions.settleOverdue(known[number].datanet, _list(number));
            backOf[number] += open.balanceOf(known[number].contributor) - before;
        }
        _note();
    }

    // --- for the invariants ---

    function registries()
        external
        view
        returns (IDatanetRegistry, IContributionRegistry, IDatanetValidators, FakeBalance)
    {
        return (datanets, contributions, validators, FakeBalance(address(open)));
    }

    function roundCount() external view returns (uint256) {
        return rounds.length;
    }

    function roundLength(uint64 round) external view returns (uint256) {
        return listOf[round].length;
    }

    function isUndecided(uint64 number) public view returns (bool) {
        IContributionRegistry.ContributionState state = contributions.stateOf(number);
        return state == IContributionRegistry.ContributionState.Committed
            || state == IContributionRegistry.ContributionState.InRound
            || state == IContributionRegistry.ContributionState.Referred;
    }

    /// @dev All that the invariants ask of a contribution, at once.
    function lookAt(uint64 number)
        external
        view
        returns (uint64 datanet_, IContributionRegistry.ContributionState state, bool undecided, uint256 fee)
    {
        return (known[number].datanet, contributions.stateOf(number), isUndecided(number), feeOf[number]);
    }

    /// @dev Votes counted from the scores, apart from the contract's counters.
    function votesFor(uint64 round, uint256 k) external view returns (uint256 yes, uint256 all) {
        for (uint256 i; i < 4; ++i) {
            if (validators.ballotOf(round, who[i]).value == 0) continue;
            ++all;
            if (scoresOf[round][i][k] >= 6000) ++yes;
        }
    }

    /// @dev Out of ten texts: most contributions share one.
    function _contributed(uint256 seed) private returns (uint64 number) {
        number = _contributeTexts(seed & 1 == 0 ? alice : bob, _texts(seed % 10, (seed >> 8) % 10, (seed >> 16) % 10));
        feeOf[number] = datanets.rulesOf(datanet, known[number].rules).contributionFee;
    }

    function _equivocate(uint64 round, uint256 i) private {
        bytes32 one = keccak256(abi.encode(round, i));
        try validators.proveEquivocation(
            round, who[i], _statement(round, i, one), _statement(round, i, keccak256(abi.encode(one)))
        ) {}
            catch {}
    }

    function _tryRefute(uint64 later, uint32 index, uint64 earlier, uint32 k) private {
        bool accepted = _is(later, IContributionRegistry.ContributionState.Accepted);
        uint256 before = open.balanceOf(known[later].contributor);
        uint256 proverBefore = open.balanceOf(stranger);
        if (_refuted(later, index, earlier, k) && accepted) ++revocations[known[later].datanet];
        backOf[later] += open.balanceOf(known[later].contributor) - before;
        bountyOf[later] += open.balanceOf(stranger) - proverBefore;
    }

    function _refuted(uint64 later, uint32 index, uint64 earlier, uint32 k) private returns (bool) {
        IContributionRegistry.RecordOpening memory laterRecord = _open(later, index);
        IContributionRegistry.RecordOpening memory earlierRecord = _open(earlier, k);
        bytes32 contentHash = _contentHash(textsOf[later][index]);
        vm.prank(stranger);
        try contributions.refuteDuplicate(known[later], laterRecord, known[earlier], earlierRecord, contentHash) {
            return true;
        } catch {
            return false;
        }
    }

    function _close(uint64 round) private {
        IDatanetValidators.Round memory r = validators.roundOf(round);
        bool over = r.state == IDatanetValidators.RoundState.Open && vm.getBlockTimestamp() >= r.revealsUntil;
        uint256[] memory before = _balancesOf(round);
        uint256 held = open.balanceOf(address(validators));
        uint256 reserve = validators.reserveOf(r.datanet);
        vm.prank(stranger);
        try validators.closeRound(round, _list(listOf[round])) {
            if (!over) fault = Fault.DecidedTwice;
            uint256 fees = open.balanceOf(address(validators)) - held;
            potted += fees + reserve - validators.reserveOf(r.datanet);
        } catch {
            if (over) fault = Fault.RoundStuck;
        }
        // two contributions of one contributor share its balance: halves are as good as parts here
        _noteBacks(round, before);
    }

    function _noteBacks(uint64 round, uint256[] memory before) private {
        uint64[] storage list = listOf[round];
        for (uint256 k; k < list.length; ++k) {
            address contributor = known[list[k]].contributor;
            uint256 grown = open.balanceOf(contributor) - before[k];
            if (k == 0 && list.length == 2 && contributor == known[list[1]].contributor) {
                // both are of one contributor: give each what its own outcome is worth
                uint256 own = _is(list[0], IContributionRegistry.ContributionState.Rejected)
                    && stateBefore[list[0]] == IContributionRegistry.ContributionState.InRound && grown != 0
                    ? _restOf(list[0])
                    : 0;
                backOf[list[0]] += own;
                backOf[list[1]] += grown - own;
                return;
            }
            backOf[list[k]] += grown;
        }
    }

    function _restOf(uint64 number) private view returns (uint256) {
        uint256 fee = feeOf[number];
        return fee - fee * 4000 / 10_000;
    }

    function _collectAll(uint64 round, uint256 i) private {
        uint16[] memory scores = scoresOf[round][i];
        uint256 before = stakes.feesOf(who[i]) + open.balanceOf(who[i]);
        try validators.collectReward(round, who[i], scores) returns (uint96 amount) {
            rewarded += amount;
            uint256 after_ = stakes.feesOf(who[i]) + open.balanceOf(who[i]);
            if (after_ - before != (validators.hasEquivocated(round, who[i]) ? 0 : amount)) {
                fault = Fault.WronglyRewarded;
            }
            try validators.collectReward(round, who[i], scores) {
                fault = Fault.CollectedTwice;
            } catch {}
        } catch {}
    }

    /// @dev Remembers states and looks whether each step was one of the table.
    function _note() private {
        for (uint64 number = 1; number <= contributions.contributionCount(); ++number) {
            IContributionRegistry.ContributionState now_ = contributions.stateOf(number);
            IContributionRegistry.ContributionState before = stateBefore[number];
            if (now_ == before) continue;
            // bit 8 * before + now: see STATES
            if ((_allowedSteps() >> (8 * uint8(before) + uint8(now_))) & 1 == 0) fault = Fault.WrongTransition;
            stateBefore[number] = now_;
        }
    }

    /// @dev None 0, Committed 1, InRound 2, Referred 3, Accepted 4, Rejected 5, Withdrawn 6, Revoked 7. One action may take two
    /// steps only where a round is opened: none does here.
    function _allowedSteps() private pure returns (uint256) {
        uint256 waiting = (1 << 2) | (1 << 4) | (1 << 5) | (1 << 6);
        uint256 inRound = (1 << 3) | (1 << 4) | (1 << 5);
        return (uint256(1) << 1) | (waiting << 8) | (inRound << 16) | (waiting << 24) | (uint256(1 << 7) << 32);
    }

    function _balancesOf(uint64 round) private view returns (uint256[] memory balances) {
        balances = new uint256[](listOf[round].length);
        for (uint256 k; k < balances.length; ++k) {
            balances[k] = open.balanceOf(known[listOf[round][k]].contributor);
        }
    }

    function _any(uint256 seed) private view returns (uint64) {
        uint64 count = contributions.contributionCount();
        return count == 0 ? 0 : uint64(1 + uint64(seed) % count);
    }

    function _seat(uint256 seed) private view returns (uint64 round, uint256 validator) {
        if (rounds.length == 0) return (0, 0);
        return (rounds[seed % rounds.length], (seed >> 8) % 4);
    }

    function _is(uint64 number, IContributionRegistry.ContributionState state) private view returns (bool) {
        return contributions.stateOf(number) == state;
    }

    function _decideBy(uint64 number) private view returns (uint64) {
        return known[number].committedAt + datanets.rulesOf(known[number].datanet, known[number].rules).decisionPeriod;
    }
}

/// @notice The token, as far as the invariants ask it.
interface FakeBalance {
    function balanceOf(address account) external view returns (uint256);
}
