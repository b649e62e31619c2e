// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOpenGovernor} from "../../../contracts/interfaces/IOpenGovernor.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {GovernanceFixture} from "../../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

/// @dev alice operates two pools with bob's delegation in both; bob operates one with alice's and carol's.
contract OpenGovernorCastStakeOverrideVoteTest is GovernanceFixture {
    Proposal private p;

    function setUp() public override {
        super.setUp();
        stake.addOwn(alice, 1e24);
        stake.addDelegated(bob, alice, Role.Runner, 20e18);
        stake.addDelegated(bob, alice, Role.Model, 4e18);
        stake.addDelegated(carol, alice, Role.Runner, 5e18);
        stake.addOwn(bob, 300e18);
        stake.addDelegated(alice, bob, Role.Oracle, 60e18);
        stake.addDelegated(carol, bob, Role.Oracle, 1e18);
        vm.warp(block.timestamp + 1);
        p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (1)));
        _activate(p);
    }

    function test_BeforeTheOperatorVotes() public {
        vm.expectEmit(address(governor));
        emit IGovernor.VoteCastWithParams(bob, p.id, AGAINST, 20e18, "no", abi.encode(alice, Role.Runner));
        assertEq(_override(bob, AGAINST, alice, Role.Runner), 20e18);
        _assertVotes(p, 20e18, 0, 0);

        assertEq(_vote(alice, p, FOR), 1e24 + 9e18);

        _assertVotes(p, 20e18, 1e24 + 9e18, 0);
        assertTrue(governor.hasVotedStakeOverride(p.id, bob, alice, Role.Runner));
        assertFalse(governor.hasVotedStakeOverride(p.id, bob, alice, Role.Model));
        assertFalse(governor.hasVotedStakeOverride(p.id, carol, alice, Role.Runner));
        assertFalse(governor.hasVoted(p.id, bob));
        assertFalse(governor.hasVotedOverride(p.id, bob));
    }

    function test_AfterTheOperatorVoted() public {
        _vote(alice, p, FOR);

        vm.expectEmit(address(governor));
        emit IOpenGovernor.VoteReduced(alice, p.id, FOR, 4e18);
        _override(bob, ABSTAIN, alice, Role.Model);

        _assertVotes(p, 0, 1e24 + 25e18, 4e18);
    }

    function test_WhenTheOperatorNeverVotes() public {
        _override(bob, FOR, alice, Role.Runner);
        _override(bob, AGAINST, alice, Role.Model);

        _assertVotes(p, 4e18, 20e18, 0);
    }

    /// @dev Each delegates to the other: own votes and overrides are apart.
    function test_ADelegatorThatIsAnOperator() public {
        _override(bob, AGAINST, alice, Role.Runner);
        _override(bob, AGAINST, alice, Role.Model);
        _override(alice, FOR, bob, Role.Oracle);
        assertEq(_vote(alice, p, FOR), 1e24 + 5e18);
        assertEq(_vote(bob, p, AGAINST), 301e18);

        _assertVotes(p, 24e18 + 301e18, 1e24 + 5e18 + 60e18, 0);
    }

    /// @dev gOPEN and stake of the same people at once: each token is in one place.
    function test_BesideGOpen() public {
        vm.warp(block.timestamp + 7 days);
        _wrap(alice, 50e18);
        _deposit(bob, 9e18);
        vm.prank(bob);
        gOpen.delegate(alice);
        vm.warp(block.timestamp + 1);
        p = _described(p, "another");
        _activate(p);

        _override(bob, AGAINST, alice, Role.Runner);
        vm.prank(bob);
        governor.castOverrideVote(p.id, ABSTAIN, "");
        assertEq(_vote(alice, p, FOR), 1e24 + 9e18 + 50e18);
        _override(carol, AGAINST, alice, Role.Runner);
        assertEq(_vote(bob, p, AGAINST), 361e18);

        _assertVotes(p, 25e18 + 361e18, 1e24 + 4e18 + 50e18, 9e18);
    }

    /// @dev An operator that delegated to its own pool moves that part of its own vote.
    function test_OfOneself() public {
        vm.warp(block.timestamp + 7 days);
        stake.addDelegated(alice, alice, Role.Runner, 8e18);
        vm.warp(block.timestamp + 1);
        p = _described(p, "another");
        _activate(p);
        _vote(alice, p, FOR);

        _override(alice, AGAINST, alice, Role.Runner);

        _assertVotes(p, 8e18, 1e24 + 29e18, 0);
    }

    function test_WhatChangedSinceTheSnapshotIsIgnored() public {
        stake.addDelegated(bob, alice, Role.Runner, -20e18);
        stake.addDelegated(bob, carol, Role.Runner, 20e18);
        _vote(alice, p, FOR);

        _override(bob, AGAINST, alice, Role.Runner);

        _assertVotes(p, 20e18, 1e24 + 9e18, 0);
        vm.expectRevert(abi.encodeWithSelector(IOpenGovernor.OpenGovernor_NothingToOverride.selector, bob, carol));
        _override(bob, AGAINST, carol, Role.Runner);
    }

    /// @dev Pools that tell more than they hold take nothing but the operator's stake votes, before and after its vote.
    function test_NeverTakesMoreThanTheOperatorsStakeVotes() public {
        _deposit(stranger, 1e18);
        vm.prank(stranger);
        gOpen.delegate(bob);
        vm.warp(block.timestamp + 7 days);
        p = _described(p, "another");
        _activate(p);
        stake.setExcess(1e30);

        assertEq(_override(alice, AGAINST, bob, Role.Oracle), 361e18);
        assertEq(_vote(bob, p, FOR), 1e18);
        vm.expectRevert(abi.encodeWithSelector(IOpenGovernor.OpenGovernor_NothingToOverride.selector, carol, bob));
        _override(carol, AGAINST, bob, Role.Oracle);

        _assertVotes(p, 361e18, 1e18, 0);
    }

    function test_NeverTakesMoreThanTheOperatorsStakeVotesAfterwards() public {
        stake.setExcess(301e18);
        _vote(bob, p, FOR);

        assertEq(_override(carol, AGAINST, bob, Role.Oracle), 302e18);
        assertEq(_override(alice, AGAINST, bob, Role.Oracle), 59e18);

        _assertVotes(p, 361e18, 0, 0);
    }

    function test_RevertWhen_OverriddenTwice() public {
        _override(bob, FOR, alice, Role.Runner);
        bytes memory refused =
            abi.encodeWithSelector(IOpenGovernor.OpenGovernor_AlreadyOverridden.selector, bob, alice, Role.Runner);

        vm.expectRevert(refused);
        _override(bob, AGAINST, alice, Role.Runner);
        _vote(alice, p, FOR);
        vm.expectRevert(refused);
        _override(bob, AGAINST, alice, Role.Runner);
        _override(bob, AGAINST, alice, Role.Model);
    }

    function test_RevertWhen_NothingIsDelegated() public {
        vm.expectRevert(abi.encodeWithSelector(IOpenGovernor.OpenGovernor_NothingToOverride.selector, bob, alice));
        _override(bob, FOR, alice, Role.Oracle);
        vm.expectRevert(abi.encodeWithSelector(IOpenGovernor.OpenGovernor_NothingToOverride.selector, bob, alice));
        _override(bob, FOR, alice, Role.None);
        vm.expectRevert(abi.encodeWithSelector(IOpenGovernor.OpenGovernor_NothingToOverride.selector, alice, alice));
        _override(alice, FOR, alice, Role.Runner);
    }

    function test_RevertWhen_SupportIsUnknown() public {
        vm.expectRevert(IGovernor.GovernorInvalidVoteType.selector);
        _override(bob, 3, alice, Role.Runner);
    }

    function test_RevertGiven_NotActive() public {
        vm.warp(governor.proposalDeadline(p.id));
        _override(carol, FOR, alice, Role.Runner);
        vm.warp(block.timestamp + 1);

        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Defeated, 2));
        _override(bob, FOR, alice, Role.Runner);
    }

    function _override(address voter, uint8 support, address operator, Role role) private returns (uint256) {
        vm.prank(voter);
        return governor.castStakeOverrideVote(p.id, support, operator, role, "no");
    }
}
