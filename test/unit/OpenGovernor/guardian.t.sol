// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOpenGovernor} from "../../../contracts/interfaces/IOpenGovernor.sol";
import {GovernanceFixture} from "../../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

contract OpenGovernorGuardianTest is GovernanceFixture {
    Proposal private p;

    function setUp() public override {
        super.setUp();
        _wrap(alice, 20_000_000e18);
        vm.warp(block.timestamp + 1);
        p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (1)));
    }

    function test_VetoesInEachState() public {
        _propose(alice, p);
        _veto();
        p = _described(p, "active");
        _activate(p);
        _veto();
        p = _described(p, "succeeded");
        _pass(p);
        _veto();
        p = _described(p, "queued");
        _pass(p);
        _queue(p);
        vm.warp(governor.proposalEta(p.id));
        _veto();

        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Canceled, 1 << 5));
        _execute(p);
    }

    /// @dev The operation is gone from the access manager as well: the same call can be scheduled anew.
    function test_AVetoClearsTheAccessManager() public {
        _pass(p);
        _queue(p);
        bytes32 operation = manager.hashOperation(address(governor), p.targets[0], p.calldatas[0]);
        assertNotEq(manager.getSchedule(operation), 0);

        vm.expectEmit(address(governor));
        emit IGovernor.ProposalCanceled(p.id);
        vm.expectEmit(address(manager));
        emit IAccessManager.OperationCanceled(operation, 1);
        _cancel(guardian, p);

        assertEq(manager.getSchedule(operation), 0);
        _enact(_described(p, "again"));
        assertEq(target.value(), 1);
    }

    function test_RevertGiven_ExecutedOrVetoed() public {
        _enact(p);
        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Executed, 0x3b));
        _cancel(guardian, p);
        p = _described(p, "again");
        _propose(alice, p);
        _veto();
        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Canceled, 0x3b));
        _cancel(guardian, p);
    }

    function test_RevertWhen_NotTheGuardian() public {
        _pass(p);

        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, p.id, alice));
        _cancel(alice, p);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, p.id, stranger));
        _cancel(stranger, p);
    }

    /// @dev The guardian is a holder like another: without votes it proposes nothing, and it executes only what passed.
    function test_TheGuardianDoesNothingElse() public {
        bytes memory refused =
            abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, guardian, 0, 1e24);
        vm.expectRevert(refused);
        this.propose(guardian, p);
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", guardian));
        vm.prank(guardian);
        target.setValue(1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessManager.AccessManagerUnauthorizedCall.selector,
                guardian,
                address(target),
                GovernedValue.setValue.selector
            )
        );
        vm.prank(guardian);
        manager.schedule(address(target), p.calldatas[0], 0);
        _activate(p);
        vm.startPrank(guardian);
        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Active, 1 << 5));
        _execute(p);
        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Active, 1 << 4));
        _queue(p);
        for (uint64 role = 0; role < 8; ++role) {
            (bool member,) = manager.hasRole(role, guardian);
            assertFalse(member);
        }
    }

    /// @dev A guardian that could veto its own replacement would rule for ever.
    function test_RevertWhen_TheGuardianVetoesItsReplacement() public {
        Proposal memory replacement = _proposal(address(governor), abi.encodeCall(governor.setProposalGuardian, (bob)));
        _pass(replacement);
        bytes memory refused =
            abi.encodeWithSelector(IOpenGovernor.OpenGovernor_GuardianReplacement.selector, replacement.id);

        vm.expectRevert(refused);
        _cancel(guardian, replacement);
        _queue(replacement);
        vm.expectRevert(refused);
        _cancel(guardian, replacement);
        vm.warp(governor.proposalEta(replacement.id));
        _execute(replacement);

        assertEq(governor.proposalGuardian(), bob);
        _propose(alice, p);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, p.id, guardian));
        _cancel(guardian, p);
        _cancel(bob, p);
    }

    /// @dev Only that and nothing else is beyond its veto.
    function test_VetoesAReplacementThatBringsMore() public {
        Proposal memory more = _proposal(address(governor), abi.encodeCall(governor.setProposalGuardian, (bob)));
        more = _and(more, address(target), abi.encodeCall(GovernedValue.setValue, (1)));
        _propose(alice, more);
        _cancel(guardian, more);
        _assertState(more, IGovernor.ProposalState.Canceled);

        Proposal memory elsewhere = _proposal(address(target), abi.encodeCall(governor.setProposalGuardian, (bob)));
        _propose(alice, elsewhere);
        _cancel(guardian, elsewhere);
        _assertState(elsewhere, IGovernor.ProposalState.Canceled);

        Proposal memory other = _proposal(address(governor), abi.encodeCall(governor.setVotingDelay, (3 days)));
        _propose(alice, other);
        _cancel(guardian, other);
        _assertState(other, IGovernor.ProposalState.Canceled);
    }

    /// @dev Without a guardian proposers can withdraw what they proposed, at any time.
    function test_WithoutAGuardian() public {
        _enact(_proposal(address(governor), abi.encodeCall(governor.setProposalGuardian, (address(0)))));
        _pass(p);

        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, p.id, bob));
        _cancel(bob, p);
        _cancel(alice, p);

        _assertState(p, IGovernor.ProposalState.Canceled);
    }

    function propose(address proposer, Proposal calldata q) external {
        _propose(proposer, q);
    }

    function _veto() private {
        vm.expectEmit(address(governor));
        emit IGovernor.ProposalCanceled(p.id);
        _cancel(guardian, p);
        _assertState(p, IGovernor.ProposalState.Canceled);
    }
}
