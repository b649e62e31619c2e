// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GovernanceFixture} from "../../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

contract OpenGovernorCastVoteTest is GovernanceFixture {
    Proposal private p;

    function setUp() public override {
        super.setUp();
        _wrap(alice, 6_000_000e18);
        stake.addOwn(alice, 3_000_000e18);
        _wrap(bob, 1_000_000e18);
        stake.addOwn(carol, 1e18);
        vm.warp(block.timestamp + 1);
        p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (1)));
    }

    function test_WeightIsGOpenAndStake() public {
        _activate(p);

        vm.expectEmit(address(governor));
        emit IGovernor.VoteCast(alice, p.id, FOR, 9_000_000e18, "");
        assertEq(_vote(alice, p, FOR), 9_000_000e18);
        assertEq(_vote(bob, p, ABSTAIN), 1_000_000e18);
        assertEq(_vote(carol, p, AGAINST), 1e18);

        _assertVotes(p, 1e18, 9_000_000e18, 1_000_000e18);
        assertTrue(governor.hasVoted(p.id, alice));
        assertFalse(governor.hasVoted(p.id, stranger));
        assertEq(governor.getVotes(alice, block.timestamp - 1), 9_000_000e18);
    }

    /// @dev What is wrapped or staked in the second of the snapshot counts, a second later not.
    function test_WeightIsThatOfTheSnapshot() public {
        _propose(alice, p);
        uint256 snapshot = governor.proposalSnapshot(p.id);
        vm.warp(snapshot);
        _deposit(alice, 5);
        stake.addOwn(alice, 6);
        vm.warp(snapshot + 1);
        _deposit(alice, 70);
        stake.addOwn(alice, 80);

        assertEq(_vote(alice, p, FOR), 9_000_000e18 + 11);
        assertEq(governor.votableSupply(snapshot), 10_000_001e18 + 11);
    }

    function test_RevertGiven_SnapshotSecondNotOver() public {
        _propose(alice, p);
        vm.warp(governor.proposalSnapshot(p.id));

        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Pending, 2));
        _vote(alice, p, FOR);
        vm.warp(block.timestamp + 1);
        _vote(alice, p, FOR);
    }

    function test_RevertGiven_DeadlinePassed() public {
        _propose(alice, p);
        uint256 deadline = governor.proposalDeadline(p.id);
        vm.warp(deadline);
        _vote(bob, p, FOR);
        vm.warp(deadline + 1);

        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Defeated, 2));
        _vote(alice, p, FOR);
    }

    function test_RevertWhen_VotedTwice() public {
        _activate(p);
        _vote(alice, p, FOR);

        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, alice));
        _vote(alice, p, AGAINST);
    }

    function test_RevertWhen_SupportIsUnknown() public {
        _activate(p);

        vm.expectRevert(IGovernor.GovernorInvalidVoteType.selector);
        _vote(alice, p, 3);
    }

    function test_RevertWhen_ParamsAreUnknown() public {
        _activate(p);
        vm.startPrank(alice);

        vm.expectRevert(IGovernor.GovernorInvalidVoteParams.selector);
        governor.castVoteWithReasonAndParams(p.id, FOR, "", hex"02");
        vm.expectRevert(IGovernor.GovernorInvalidVoteParams.selector);
        governor.castVoteWithReasonAndParams(p.id, FOR, "", hex"0101");
        vm.expectRevert(IGovernor.GovernorInvalidVoteParams.selector);
        governor.castVoteWithReasonAndParams(p.id, FOR, "", abi.encode(alice, 1, 1));
        // no such role: the decoder reverts without data
        vm.expectRevert(bytes(""));
        governor.castVoteWithReasonAndParams(p.id, FOR, "", abi.encode(alice, 6));
    }

    function test_QuorumFloor() public {
        _activate(p);
        uint256 snapshot = governor.proposalSnapshot(p.id);
        // 4 % of 10 M would be 0.4 M
        assertEq(governor.quorum(snapshot), 10_000_000e18);

        _vote(alice, p, FOR);
        _vote(bob, p, FOR);
        vm.warp(governor.proposalDeadline(p.id) + 1);

        _assertState(p, IGovernor.ProposalState.Succeeded);
    }

    function test_QuorumMissedByOneUnit() public {
        vm.prank(bob);
        gOpen.withdrawTo(bob, 1);
        _activate(p);

        _vote(alice, p, FOR);
        _vote(bob, p, FOR);
        vm.warp(governor.proposalDeadline(p.id) + 1);

        _assertVotes(p, 0, 10_000_000e18 - 1, 0);
        _assertState(p, IGovernor.ProposalState.Defeated);
    }

    /// @dev 4 % of gOPEN and stake, rounded down.
    function test_QuorumIsAPartOfWhatCanVote() public {
        _deposit(stranger, 200_000_000e18);
        stake.addOwn(stranger, int256(200_000_000e18 - 1e18 + 24));
        _activate(p);
        uint256 snapshot = governor.proposalSnapshot(p.id);

        assertEq(governor.votableSupply(snapshot), 410_000_000e18 + 24);
        assertEq(governor.quorum(snapshot), 16_400_000e18);
    }

    function testFuzz_Quorum(uint256 wrapped, uint256 staked) public {
        wrapped = bound(wrapped, 0, 4e26);
        staked = bound(staked, 0, 5e26);
        _deposit(stranger, wrapped);
        stake.addOwn(stranger, int256(staked));
        uint256 now_ = block.timestamp;
        vm.warp(now_ + 1);

        uint256 votable = 10_000_001e18 + wrapped + staked;
        uint256 part = votable / 25;
        assertEq(governor.quorum(now_), part > 1e25 ? part : 1e25);
    }

    /// @dev Abstentions reach the quorum, they decide nothing.
    function test_AbstentionsCountForQuorumOnly() public {
        _activate(p);
        _vote(alice, p, ABSTAIN);
        _vote(bob, p, FOR);
        vm.warp(governor.proposalDeadline(p.id) + 1);

        _assertState(p, IGovernor.ProposalState.Succeeded);
    }

    function test_ATieIsDefeated() public {
        stake.addOwn(bob, 8_000_000e18);
        stake.addOwn(carol, 2_000_000e18 - 1e18);
        vm.warp(block.timestamp + 1);
        _activate(p);
        _vote(alice, p, FOR);
        _vote(bob, p, AGAINST);
        _vote(carol, p, ABSTAIN);
        vm.warp(governor.proposalDeadline(p.id) + 1);

        _assertVotes(p, 9_000_000e18, 9_000_000e18, 2_000_000e18);
        _assertState(p, IGovernor.ProposalState.Defeated);
    }

    function test_AgainstDoesNotReachTheQuorum() public {
        _activate(p);
        _vote(alice, p, AGAINST);
        _vote(bob, p, FOR);
        vm.warp(governor.proposalDeadline(p.id) + 1);

        _assertState(p, IGovernor.ProposalState.Defeated);
    }
}
