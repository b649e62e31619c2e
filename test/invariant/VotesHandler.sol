// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Role} from "../../contracts/interfaces/IStakingManager.sol";
import {GovernanceFixture} from "../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../fixture/GovernedValue.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

/// @notice Five people who hold, stake, delegate, vote and override at any time, with a bias to dust, to everything at once and
/// to the seconds around a snapshot.
contract VotesHandler is GovernanceFixture {
    uint256 public constant ACTORS = 5;
    uint256 private constant NONE = 5;

    address[] public actors;
    uint256[] public proposals;
    /// @dev support + 1 of what was cast.
    mapping(uint256 id => mapping(address actor => uint8)) private _cast;
    mapping(uint256 id => mapping(address actor => uint8)) private _overridden;
    mapping(uint256 id => mapping(address actor => mapping(address operator => mapping(Role role => uint8)))) private
        _stakeOverridden;
    bool public rightVoteRefused;
    bool public wrongVoteTaken;
    uint256 public votesCast;
    uint256 public overridesCast;
    uint256 public stakeOverridesCast;
    uint256 private _nonce;

    function setUp() public override {
        super.setUp();
        actors = [alice, bob, carol, stranger, makeAddr("dave")];
        for (uint256 i; i < ACTORS; ++i) {
            vm.prank(actors[i]);
            token.approve(address(gOpen), type(uint256).max);
        }
        _wrap(alice, 4e24);
        stake.addDelegated(bob, alice, Role.Runner, 3e24);
        vm.warp(block.timestamp + 1);
    }

    function wrap(uint256 who, uint256 amount) external {
        _deposit(_actor(who), _amount(amount));
    }

    function unwrap(uint256 who, uint256 amount) external {
        address actor = _actor(who);
        amount = _part(amount, gOpen.balanceOf(actor));
        vm.prank(actor);
        gOpen.withdrawTo(address(this), amount);
    }

    function move(uint256 from, uint256 to, uint256 amount) external {
        address actor = _actor(from);
        amount = _part(amount, gOpen.balanceOf(actor));
        vm.prank(actor);
        require(gOpen.transfer(_actor(to), amount), "not moved");
    }

    function delegate(uint256 who, uint256 to) external {
        address delegatee = to % (ACTORS + 1) == NONE ? address(0) : _actor(to);
        vm.prank(_actor(who));
        gOpen.delegate(delegatee);
    }

    function delegateStake(uint256 who, uint256 operator, uint8 role, uint256 amount) external {
        stake.addDelegated(_actor(who), _actor(operator), _role(role), int256(_amount(amount)));
    }

    function undelegateStake(uint256 who, uint256 operator, uint8 role, uint256 amount) external {
        (address delegator, address pool, Role r) = (_actor(who), _actor(operator), _role(role));
        amount = _part(amount, stake.delegatedOf(delegator, pool, r));
        stake.addDelegated(delegator, pool, r, -int256(amount));
    }

    function stakeOwn(uint256 who, uint256 amount) external {
        stake.addOwn(_actor(who), int256(_amount(amount)));
    }

    /// @dev Borrowed and given back in one second, in both sources.
    function flash(uint256 who, uint256 amount) external {
        address actor = _actor(who);
        amount = _amount(amount);
        _deposit(actor, amount);
        vm.prank(actor);
        gOpen.withdrawTo(address(this), amount);
        stake.addOwn(actor, int256(amount));
        stake.addOwn(actor, -int256(amount));
    }

    function pass(uint256 kind, uint256 time) external {
        uint256 id = proposals.length == 0 ? 0 : proposals[proposals.length - 1];
        uint256 next = block.timestamp;
        if (kind % 5 == 0) next += time % 3;
        else if (kind % 5 == 1) next += time % 2 days;
        else if (id != 0 && kind % 5 == 2) next = governor.proposalSnapshot(id) + time % 2;
        else if (id != 0 && kind % 5 == 3) next = governor.proposalSnapshot(id) + 1;
        else if (id != 0) next = governor.proposalDeadline(id) + time % 2;
        if (next > block.timestamp) vm.warp(next);
    }

    function propose() external {
        if (proposals.length > 0 && block.timestamp <= governor.proposalDeadline(proposals[proposals.length - 1])) {
            return;
        }
        if (governor.getVotes(alice, block.timestamp - 1) < governor.proposalThreshold()) return;
        Proposal memory p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (++_nonce)));
        _propose(alice, p);
        proposals.push(p.id);
    }

    function vote(uint256 who, uint8 support) external {
        (uint256 id, bool active) = _newest();
        if (id == 0) return;
        address actor = _actor(who);
        support %= 3;
        bool right = active && _cast[id][actor] == 0;

        vm.prank(actor);
        (bool done,) = address(governor).call(abi.encodeCall(governor.castVote, (id, support)));

        _judge(done, right);
        if (!done) return;
        _cast[id][actor] = support + 1;
        ++votesCast;
    }

    function castOverride(uint256 who, uint8 support) external {
        (uint256 id, bool active) = _newest();
        if (id == 0) return;
        address actor = _actor(who);
        support %= 3;
        bool right =
            active && _overridden[id][actor] == 0 && gOpen.getPastBalanceOf(actor, governor.proposalSnapshot(id)) != 0;

        vm.prank(actor);
        (bool done,) = address(governor).call(abi.encodeCall(governor.castOverrideVote, (id, support, "")));

        _judge(done, right);
        if (!done) return;
        _overridden[id][actor] = support + 1;
        ++overridesCast;
    }

    function castStakeOverride(uint256 who, uint256 operator, uint8 role, uint8 support) external {
        (uint256 id, bool active) = _newest();
        if (id == 0) return;
        (address actor, address pool, Role r) = (_actor(who), _actor(operator), _role(role));
        support %= 3;
        bool right = active && _stakeOverridden[id][actor][pool][r] == 0
            && stake.pastDelegatedOf(actor, pool, r, uint48(governor.proposalSnapshot(id))) != 0;

        vm.prank(actor);
        (bool done,) =
            address(governor).call(abi.encodeCall(governor.castStakeOverrideVote, (id, support, pool, r, "")));

        _judge(done, right);
        if (!done) return;
        _stakeOverridden[id][actor][pool][r] = support + 1;
        ++stakeOverridesCast;
    }

    /// @notice What the votes of a proposal have to be, whatever their order was.
    function expectedVotes(uint256 id) external view returns (uint256[3] memory votes) {
        uint256 snapshot = governor.proposalSnapshot(id);
        if (block.timestamp <= snapshot) return votes;
        for (uint256 i; i < ACTORS; ++i) {
            address actor = actors[i];
            uint256 left = gOpen.getPastVotes(actor, snapshot) + stake.getPastVotes(actor, snapshot);
            for (uint256 j; j < ACTORS; ++j) {
                left -= _takenByHolder(id, snapshot, actor, actors[j], votes);
                left -= _takenByDelegator(id, snapshot, actor, actors[j], votes);
            }
            if (_cast[id][actor] != 0) votes[_cast[id][actor] - 1] += left;
        }
        for (uint256 j; j < ACTORS; ++j) {
            if (_overridden[id][actors[j]] != 0 && gOpen.getPastDelegate(actors[j], snapshot) == address(0)) {
                votes[_overridden[id][actors[j]] - 1] += gOpen.getPastBalanceOf(actors[j], snapshot);
            }
        }
    }

    /// @notice Votes of all at the snapshot, and what is held without a delegate.
    function allVotes(uint256 id) external view returns (uint256 sum) {
        uint256 snapshot = governor.proposalSnapshot(id);
        for (uint256 i; i < ACTORS; ++i) {
            sum += governor.getVotes(actors[i], snapshot);
            if (gOpen.getPastDelegate(actors[i], snapshot) == address(0)) {
                sum += gOpen.getPastBalanceOf(actors[i], snapshot);
            }
        }
    }

    function isOver(uint256 timepoint) external view returns (bool) {
        return timepoint < block.timestamp;
    }

    function proposalCount() external view returns (uint256) {
        return proposals.length;
    }

    function governorOf() external view returns (address) {
        return address(governor);
    }

    function wrapped() external view returns (uint256 supply, uint256 held) {
        return (gOpen.totalSupply(), token.balanceOf(address(gOpen)));
    }

    function _takenByHolder(uint256 id, uint256 snapshot, address from, address by, uint256[3] memory votes)
        private
        view
        returns (uint256 taken)
    {
        if (_overridden[id][by] == 0 || gOpen.getPastDelegate(by, snapshot) != from) return 0;
        taken = gOpen.getPastBalanceOf(by, snapshot);
        votes[_overridden[id][by] - 1] += taken;
    }

    function _takenByDelegator(uint256 id, uint256 snapshot, address from, address by, uint256[3] memory votes)
        private
        view
        returns (uint256 taken)
    {
        for (uint8 r; r < 2; ++r) {
            uint8 side = _stakeOverridden[id][by][from][_role(r)];
            if (side == 0) continue;
            uint256 value = stake.pastDelegatedOf(by, from, _role(r), uint48(snapshot));
            votes[side - 1] += value;
            taken += value;
        }
    }

    function _judge(bool done, bool right) private {
        if (right && !done) rightVoteRefused = true;
        if (!right && done) wrongVoteTaken = true;
    }

    function _newest() private view returns (uint256 id, bool active) {
        if (proposals.length == 0) return (0, false);
        id = proposals[proposals.length - 1];
        // by its times, not by what the governor says
        active = block.timestamp > governor.proposalSnapshot(id) && block.timestamp <= governor.proposalDeadline(id);
    }

    function _actor(uint256 who) private view returns (address) {
        return actors[who % ACTORS];
    }

    function _role(uint8 role) private pure returns (Role) {
        return role % 2 == 0 ? Role.Runner : Role.Model;
    }

    /// @dev Dust, odd and large amounts.
    function _amount(uint256 amount) private pure returns (uint256) {
        if (amount % 4 == 0) return amount % 3;
        if (amount % 4 == 1) return amount % 1e18;
        return amount % 2e24;
    }

    /// @dev Everything, every fourth time.
    function _part(uint256 amount, uint256 whole) private pure returns (uint256) {
        return amount % 4 == 0 ? whole : amount % (whole + 1);
    }
}
