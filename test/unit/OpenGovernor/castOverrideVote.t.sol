// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOpenGovernor} from "../../../contracts/interfaces/IOpenGovernor.sol";
import {GovernanceFixture} from "../../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

/// @dev alice votes for bob and carol too, who delegated their gOPEN to her; stranger delegated to nobody.
contract OpenGovernorCastOverrideVoteTest is GovernanceFixture {
    Proposal private p;

    function setUp() public override {
        super.setUp();
        _wrap(alice, 1e24);
        _deposit(bob, 20e18);
        _deposit(carol, 3e18);
        _deposit(stranger, 7e18);
        vm.prank(bob);
        gOpen.delegate(alice);
        vm.prank(carol);
        gOpen.delegate(alice);
        vm.warp(block.timestamp + 1);
        p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (1)));
        _activate(p);
    }

    function test_BeforeTheDelegateVotes() public {
        vm.expectEmit(address(governor));
        emit IGovernor.VoteCastWithParams(bob, p.id, AGAINST, 20e18, "no", hex"01");
        assertEq(_override(bob, AGAINST), 20e18);
        _assertVotes(p, 20e18, 0, 0);

        vm.expectEmit(address(governor));
        emit IGovernor.VoteCast(alice, p.id, FOR, 1e24 + 3e18, "");
        assertEq(_vote(alice, p, FOR), 1e24 + 3e18);

        _assertVotes(p, 20e18, 1e24 + 3e18, 0);
        assertTrue(governor.hasVotedOverride(p.id, bob));
        assertFalse(governor.hasVoted(p.id, bob));
        assertFalse(governor.hasVotedOverride(p.id, alice));
    }

    function test_AfterTheDelegateVoted() public {
        _vote(alice, p, FOR);

        vm.expectEmit(address(governor));
        emit IOpenGovernor.VoteReduced(alice, p.id, FOR, 20e18);
        _override(bob, AGAINST);

        _assertVotes(p, 20e18, 1e24 + 3e18, 0);
    }

    function test_WhenTheDelegateNeverVotes() public {
        _override(bob, ABSTAIN);

        _assertVotes(p, 0, 0, 20e18);
    }

    function test_WithTheDelegatesOwnSupport() public {
        _vote(alice, p, FOR);
        _override(bob, FOR);

        _assertVotes(p, 0, 1e24 + 23e18, 0);
    }

    function test_WithoutADelegate() public {
        _override(stranger, FOR);

        _assertVotes(p, 0, 7e18, 0);
    }

    /// @dev Someone who delegated to itself splits its vote from what others gave it, or changes it.
    function test_OfOneself() public {
        _vote(alice, p, FOR);

        vm.expectEmit(address(governor));
        emit IOpenGovernor.VoteReduced(alice, p.id, FOR, 1e24);
        _override(alice, AGAINST);

        _assertVotes(p, 1e24, 23e18, 0);
    }

    function test_OfOneselfFirst() public {
        _override(alice, AGAINST);
        assertEq(_vote(alice, p, FOR), 23e18);

        _assertVotes(p, 1e24, 23e18, 0);
    }

    function test_AllOfThem() public {
        _override(bob, FOR);
        _override(carol, FOR);
        _override(alice, FOR);
        assertEq(_vote(alice, p, AGAINST), 0);

        _assertVotes(p, 0, 1e24 + 23e18, 0);
    }

    /// @dev Delegate and balance are those of the snapshot.
    function test_WhatChangedSinceTheSnapshotIsIgnored() public {
        vm.startPrank(bob);
        gOpen.delegate(carol);
        assertTrue(gOpen.transfer(carol, 20e18));
        vm.stopPrank();
        _vote(alice, p, FOR);

        _override(bob, AGAINST);
        _override(carol, AGAINST);

        _assertVotes(p, 23e18, 1e24, 0);
    }

    function test_RevertWhen_OverriddenTwice() public {
        _override(bob, FOR);

        vm.expectRevert(abi.encodeWithSelector(IOpenGovernor.GovernorAlreadyOverriddenVote.selector, bob));
        _override(bob, AGAINST);
        _vote(alice, p, FOR);
        vm.expectRevert(abi.encodeWithSelector(IOpenGovernor.GovernorAlreadyOverriddenVote.selector, bob));
        _override(bob, AGAINST);
    }

    function test_RevertWhen_NothingIsHeld() public {
        vm.expectRevert(
            abi.encodeWithSelector(IOpenGovernor.OpenGovernor_NothingToOverride.selector, guardian, address(0))
        );
        _override(guardian, FOR);
    }

    function test_RevertWhen_SupportIsUnknown() public {
        vm.expectRevert(IGovernor.GovernorInvalidVoteType.selector);
        _override(bob, 3);
    }

    function test_RevertGiven_NotActive() public {
        vm.warp(governor.proposalDeadline(p.id));
        _override(carol, FOR);
        vm.warp(block.timestamp + 1);

        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Defeated, 2));
        _override(bob, FOR);
    }

    function _override(address voter, uint8 support) private returns (uint256) {
        vm.prank(voter);
        return governor.castOverrideVote(p.id, support, "no");
    }
}
