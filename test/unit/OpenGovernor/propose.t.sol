// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GovernanceFixture} from "../../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

contract OpenGovernorProposeTest is GovernanceFixture {
    function setUp() public override {
        super.setUp();
        _wrap(alice, 1e24);
        _wrap(bob, 1e24 - 1);
        stake.addOwn(carol, 6e23);
        _wrap(carol, 4e23);
        vm.warp(block.timestamp + 1);
    }

    function test_CreatesAProposal() public {
        Proposal memory p = _setValue(7);
        uint256 snapshot = block.timestamp + 2 days;

        vm.expectEmit(address(governor));
        emit IGovernor.ProposalCreated(
            p.id, alice, p.targets, p.values, new string[](1), p.calldatas, snapshot, snapshot + 7 days, p.description
        );
        _propose(alice, p);

        assertEq(governor.proposalProposer(p.id), alice);
        assertEq(governor.proposalSnapshot(p.id), snapshot);
        assertEq(governor.proposalDeadline(p.id), snapshot + 7 days);
        _assertState(p, IGovernor.ProposalState.Pending);
    }

    /// @dev 0.1 % of the supply, of gOPEN and stake together, held a second before.
    function test_ThresholdIsAThousandthOfTheSupply() public {
        _propose(carol, _setValue(1));

        Proposal memory p = _setValue(2);
        vm.expectRevert(
            abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, bob, 1e24 - 1, 1e24)
        );
        this.propose(bob, p);
        _deposit(bob, 1);
        vm.expectRevert(
            abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, bob, 1e24 - 1, 1e24)
        );
        this.propose(bob, p);
        vm.warp(block.timestamp + 1);
        _propose(bob, p);
    }

    function test_PlansTheDelayOfTheRole() public {
        _assertPlan(_setValue(1), 2 days, true);
        _assertPlan(_proposal(address(target), abi.encodeCall(GovernedValue.setStakeValue, (1))), 25 days, true);
        // what has no role is ADMIN's
        _assertPlan(
            _proposal(address(treasury), abi.encodeCall(treasury.spendBeyondLimit, (address(token), bob, 1))),
            10 days,
            true
        );
        _assertPlan(_proposal(address(token), abi.encodeCall(token.transfer, (bob, 1))), 10 days, true);
        _assertPlan(_proposal(address(manager), abi.encodeCall(manager.grantRole, (1, bob, 0))), 10 days, true);
        // without a selector the manager is not asked
        _assertPlan(_proposal(bob, ""), 2 days, false);
        _assertPlan(_proposal(address(governor), abi.encodeCall(governor.setVotingPeriod, (5 days))), 10 days, false);
    }

    function test_TheLongestDelayCounts() public {
        Proposal memory p = _setValue(1);
        p = _and(p, address(target), abi.encodeCall(GovernedValue.setStakeValue, (2)));
        p = _and(p, address(governor), abi.encodeCall(governor.setVotingPeriod, (5 days)));

        _propose(alice, p);

        (uint32 delay, bool[] memory indirect, bool[] memory withDelay) = governor.proposalExecutionPlan(p.id);
        assertEq(delay, 25 days);
        assertEq(abi.encode(indirect), abi.encode(_three(true, true, false)));
        assertEq(abi.encode(withDelay), abi.encode(_three(true, true, false)));
    }

    /// @dev Changing what the access manager knows of a target takes the target's admin delay, 25 days, not ADMIN's 10. Planned
    /// with 10 it could never be queued.
    function test_PlansTheAdminDelayOfTheTarget() public {
        bytes4[] memory selectors = new bytes4[](1);
        address t = address(target);
        _assertPlan(_proposal(address(manager), abi.encodeCall(manager.setTargetClosed, (t, true))), 25 days, true);
        _assertPlan(_proposal(address(manager), abi.encodeCall(manager.updateAuthority, (t, t))), 25 days, true);
        _assertPlan(_proposal(address(manager), abi.encodeCall(manager.setTargetAdminDelay, (t, 1))), 25 days, true);
        _assertPlan(
            _proposal(address(manager), abi.encodeCall(manager.setTargetFunctionRole, (t, selectors, 1))), 25 days, true
        );
        _assertPlan(
            _proposal(address(manager), abi.encodeCall(manager.setTargetClosed, (address(treasury), true))),
            10 days,
            true
        );
    }

    /// @dev The plan of one proposal does not leak into the next of the same transaction.
    function test_BaseDelayIsUntouchedAfterwards() public {
        vm.startPrank(alice);
        Proposal memory own = _proposal(address(governor), abi.encodeCall(governor.setVotingPeriod, (5 days)));
        governor.propose(own.targets, own.values, own.calldatas, own.description);

        assertEq(governor.baseDelaySeconds(), 2 days);
        Proposal memory p = _setValue(1);
        governor.propose(p.targets, p.values, p.calldatas, p.description);
        (uint32 delay,,) = governor.proposalExecutionPlan(p.id);
        assertEq(delay, 2 days);
    }

    function test_RevertWhen_LengthsDiffer() public {
        Proposal memory p = _setValue(1);
        p.calldatas = new bytes[](2);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 1, 2, 1));
        this.proposeUnchecked(alice, p);
        p.calldatas = new bytes[](0);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 1, 0, 1));
        this.proposeUnchecked(alice, p);
        p.targets = new address[](0);
        p.values = new uint256[](0);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 0, 0, 0));
        this.proposeUnchecked(alice, p);
    }

    function test_RevertWhen_ProposedTwice() public {
        Proposal memory p = _setValue(1);
        _propose(alice, p);

        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Pending, 0));
        this.propose(alice, p);
    }

    function test_RevertWhen_TheDescriptionNamesAnotherProposer() public {
        Proposal memory p = _described(_setValue(1), string.concat("mine #proposer=", Strings.toHexString(alice)));

        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, carol));
        this.propose(carol, p);
        _propose(alice, p);
    }

    function test_ProposerCancelsWhilePending() public {
        Proposal memory p = _setValue(1);
        _propose(alice, p);
        vm.warp(governor.proposalSnapshot(p.id));

        _cancel(alice, p);

        _assertState(p, IGovernor.ProposalState.Canceled);
    }

    function test_RevertWhen_ProposerCancelsAnActiveOne() public {
        Proposal memory p = _setValue(1);
        _propose(alice, p);
        vm.warp(governor.proposalSnapshot(p.id) + 1);

        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, p.id, alice));
        this.cancel(alice, p);
    }

    function _assertPlan(Proposal memory p, uint32 expected, bool throughManager) private {
        _propose(alice, p);
        (uint32 delay, bool[] memory indirect, bool[] memory withDelay) = governor.proposalExecutionPlan(p.id);
        assertEq(delay, expected, "delay");
        assertEq(indirect[0], throughManager, "indirect");
        assertEq(withDelay[0], throughManager, "with delay");
        assertTrue(governor.proposalNeedsQueuing(p.id), "queued");
    }

    function _setValue(uint256 value) private view returns (Proposal memory) {
        return _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (value)));
    }

    function _three(bool a, bool b, bool c) private pure returns (bool[] memory all) {
        all = new bool[](3);
        (all[0], all[1], all[2]) = (a, b, c);
    }

    function propose(address proposer, Proposal calldata p) external {
        _propose(proposer, p);
    }

    function proposeUnchecked(address proposer, Proposal calldata p) external {
        vm.prank(proposer);
        governor.propose(p.targets, p.values, p.calldatas, p.description);
    }

    function cancel(address caller, Proposal calldata p) external {
        _cancel(caller, p);
    }
}
