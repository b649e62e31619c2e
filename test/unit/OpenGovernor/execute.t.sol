// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Roles} from "../../../contracts/governance/Roles.sol";
import {GovernanceFixture} from "../../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

/// @dev From the deadline to the effect, each clock one second before, at and after.
contract OpenGovernorExecuteTest is GovernanceFixture {
    uint256 private constant QUEUED = 1 << 5;
    uint256 private constant SUCCEEDED = 1 << 4;

    function setUp() public override {
        super.setUp();
        _wrap(alice, 20_000_000e18);
        vm.warp(block.timestamp + 1);
    }

    function test_ParametersTakeTwoDays() public {
        Proposal memory p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (7)));
        _assertDelay(p, 2 days);
        assertEq(target.value(), 7);
    }

    function test_StakingTakes25Days() public {
        Proposal memory p = _proposal(address(target), abi.encodeCall(GovernedValue.setStakeValue, (8)));
        _assertDelay(p, 25 days);
        assertEq(target.value(), 8);
    }

    function test_AdministrationTakesTenDays() public {
        Proposal memory p =
            _proposal(address(manager), abi.encodeCall(manager.grantRole, (Roles.MODERATOR, address(target), 0)));
        _assertDelay(p, 10 days);
        (uint48 since,,,) = manager.getAccess(Roles.MODERATOR, address(target));
        assertEq(since, block.timestamp + 10 days);
    }

    function test_AdministrationOfATargetTakesItsDelay() public {
        Proposal memory p =
            _proposal(address(manager), abi.encodeCall(manager.setTargetClosed, (address(target), true)));
        _assertDelay(p, 25 days);
        assertTrue(manager.isTargetClosed(address(target)));
    }

    function test_EtherTakesTheBaseDelay() public {
        Proposal memory p = _proposal(bob, "");
        p.values[0] = 3;
        p = _described(p, "pay bob");
        vm.deal(address(governor), 3);
        _assertDelay(p, 2 days);
        assertEq(bob.balance, 3);
    }

    function test_RevertGiven_NotQueued() public {
        Proposal memory p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (7)));
        _pass(p);

        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Succeeded, QUEUED));
        _execute(p);
    }

    function test_RevertGiven_QueuedTwice() public {
        Proposal memory p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (7)));
        _pass(p);
        _queue(p);

        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Queued, SUCCEEDED));
        _queue(p);
    }

    function test_RevertGiven_ExecutedTwice() public {
        Proposal memory p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (7)));
        _enact(p);

        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Executed, QUEUED));
        _execute(p);
    }

    /// @dev Nobody goes round the governor: neither the call nor its schedule is there for others.
    function test_RevertWhen_CalledDirectly() public {
        Proposal memory p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (7)));
        _pass(p);
        _queue(p);
        vm.warp(governor.proposalEta(p.id));

        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", alice));
        vm.prank(alice);
        target.setValue(7);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessManager.AccessManagerUnauthorizedCall.selector,
                alice,
                address(target),
                GovernedValue.setValue.selector
            )
        );
        vm.prank(alice);
        manager.execute(address(target), p.calldatas[0]);
    }

    /// @dev A proposal that passed is queued within 14 days or never: no old vote is brought out in another year.
    function test_SucceededExpires() public {
        Proposal memory p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (7)));
        Proposal memory late = _described(p, "late");
        _propose(alice, late);
        _activate(p);
        _vote(alice, p, FOR);
        _vote(alice, late, FOR);
        uint256 end = governor.proposalDeadline(p.id) + 14 days;

        vm.warp(end);
        _assertState(late, IGovernor.ProposalState.Succeeded);
        _queue(p);
        vm.warp(end + 1);
        _assertState(late, IGovernor.ProposalState.Expired);
        vm.expectRevert(_unexpectedState(late, IGovernor.ProposalState.Expired, SUCCEEDED));
        _queue(late);
    }

    function test_QueuedExpires() public {
        Proposal memory p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (7)));
        _pass(p);
        _queue(p);
        uint256 end = governor.proposalEta(p.id) + 7 days;
        uint256 snapshot = vm.snapshotState();

        vm.warp(end - 1);
        _assertState(p, IGovernor.ProposalState.Queued);
        _execute(p);
        assertEq(target.value(), 7);
        vm.revertToState(snapshot);
        vm.warp(end);
        _assertState(p, IGovernor.ProposalState.Expired);
        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Expired, QUEUED));
        _execute(p);
    }

    /// @dev The governor's own settings are not scheduled in the access manager; they expire all the same.
    function test_QueuedOwnSettingExpires() public {
        Proposal memory p = _proposal(address(governor), abi.encodeCall(governor.setVotingDelay, (3 days)));
        _pass(p);
        _queue(p);
        vm.warp(governor.proposalEta(p.id) + 7 days);

        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Expired, QUEUED));
        _execute(p);
    }

    /// @dev A delay that grew since the proposal is not undercut: it cannot be queued.
    function test_RevertGiven_DelayGrew() public {
        Proposal memory p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (7)));
        Proposal memory slower = _proposal(
            address(manager), abi.encodeCall(manager.grantRole, (Roles.PARAMETERS, address(governor), 5 days))
        );
        _pass(slower);
        _queue(slower);
        vm.warp(governor.proposalEta(slower.id));
        _propose(alice, p);
        _execute(slower);
        vm.warp(block.timestamp + 2 days + 1);
        _vote(alice, p, FOR);
        vm.warp(governor.proposalDeadline(p.id) + 1);

        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessManager.AccessManagerUnauthorizedCall.selector,
                address(governor),
                address(target),
                GovernedValue.setValue.selector
            )
        );
        _queue(p);
        _assertState(p, IGovernor.ProposalState.Succeeded);
    }

    /// @dev The same call twice at once cannot be scheduled: the second waits for the first.
    function test_RevertGiven_SameCallScheduled() public {
        Proposal memory p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (7)));
        Proposal memory twin = _described(p, "twin");
        _propose(alice, twin);
        _activate(p);
        _vote(alice, p, FOR);
        _vote(alice, twin, FOR);
        vm.warp(governor.proposalDeadline(twin.id) + 1);
        _queue(p);

        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessManager.AccessManagerAlreadyScheduled.selector,
                manager.hashOperation(address(governor), p.targets[0], p.calldatas[0])
            )
        );
        _queue(twin);
        vm.warp(governor.proposalEta(p.id));
        _execute(p);
        _queue(twin);
    }

    function _assertDelay(Proposal memory p, uint256 delay) private {
        _pass(p);
        _queue(p);
        uint256 eta = block.timestamp + delay;
        assertEq(governor.proposalEta(p.id), eta);
        _assertState(p, IGovernor.ProposalState.Queued);

        vm.expectRevert(_unmetDelay(p, eta));
        _execute(p);
        vm.warp(eta - 1);
        vm.expectRevert(_unmetDelay(p, eta));
        _execute(p);
        vm.warp(eta);
        _execute(p);

        _assertState(p, IGovernor.ProposalState.Executed);
    }
}
