// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {GovernanceFixture} from "../../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

contract OpenGovernorLateQuorumTest is GovernanceFixture {
    event ProposalExtended(uint256 indexed proposalId, uint64 extendedDeadline);

    Proposal private p;
    uint256 private deadline;

    function setUp() public override {
        super.setUp();
        _wrap(alice, 6_000_000e18);
        _wrap(bob, 4_000_000e18);
        _wrap(carol, 30_000_000e18);
        stake.addDelegated(stranger, guardian, Role.Model, 4_000_000e18);
        vm.warp(block.timestamp + 1);
        p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (1)));
        _activate(p);
        _vote(alice, p, FOR);
        deadline = governor.proposalDeadline(p.id);
    }

    function test_QuorumTwoDaysBeforeTheEndExtendsNothing() public {
        vm.warp(deadline - 2 days);
        _vote(bob, p, FOR);

        assertEq(governor.proposalDeadline(p.id), deadline);
    }

    function test_QuorumASecondLaterExtendsByIt() public {
        vm.warp(deadline - 2 days + 1);
        vm.expectEmit(address(governor));
        emit ProposalExtended(p.id, uint64(deadline + 1));
        _vote(bob, p, FOR);

        assertEq(governor.proposalDeadline(p.id), deadline + 1);
    }

    /// @dev Quorum in the last second: two more days to answer it.
    function test_QuorumInTheLastSecond() public {
        vm.warp(deadline);
        _vote(bob, p, FOR);
        assertEq(governor.proposalDeadline(p.id), deadline + 2 days);

        vm.warp(deadline + 2 days);
        _vote(carol, p, AGAINST);
        assertEq(governor.proposalDeadline(p.id), deadline + 2 days);
        vm.warp(deadline + 2 days + 1);

        _assertState(p, IGovernor.ProposalState.Defeated);
    }

    function test_AnOverrideReachesQuorumAsWell() public {
        vm.warp(deadline);
        vm.prank(stranger);
        governor.castStakeOverrideVote(p.id, ABSTAIN, guardian, Role.Model, "");

        assertEq(governor.proposalDeadline(p.id), deadline + 2 days);
    }

    function test_ExtendsOnce() public {
        vm.warp(deadline - 1 days);
        _vote(bob, p, FOR);
        assertEq(governor.proposalDeadline(p.id), deadline + 1 days);
        vm.warp(deadline + 1 days);
        _vote(carol, p, FOR);

        assertEq(governor.proposalDeadline(p.id), deadline + 1 days);
    }
}
