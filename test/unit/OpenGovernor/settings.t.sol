// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GOpen} from "../../../contracts/governance/GOpen.sol";
import {OpenGovernor} from "../../../contracts/governance/OpenGovernor.sol";
import {IOpenGovernor} from "../../../contracts/interfaces/IOpenGovernor.sol";
import {FakeStakeVotes} from "../../fixture/FakeStakeVotes.sol";
import {GovernanceFixture} from "../../fixture/GovernanceFixture.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

contract OpenGovernorSettingsTest is GovernanceFixture {
    function setUp() public override {
        super.setUp();
        _wrap(alice, 20_000_000e18);
        vm.warp(block.timestamp + 1);
    }

    function test_StartsAsDesigned() public view {
        assertEq(governor.name(), "OpenGovernor");
        assertEq(governor.votingDelay(), 2 days);
        assertEq(governor.votingPeriod(), 7 days);
        assertEq(governor.proposalThreshold(), 1e24);
        assertEq(governor.lateQuorumVoteExtension(), 2 days);
        assertEq(governor.baseDelaySeconds(), 2 days);
        assertEq(governor.proposalGuardian(), guardian);
        assertEq(address(governor.accessManager()), address(manager));
        assertEq(address(governor.token()), address(gOpen));
        assertEq(address(governor.stakeVotes()), address(stake));
        assertEq(governor.CLOCK_MODE(), "mode=timestamp");
        assertEq(governor.clock(), block.timestamp);
        assertEq(governor.COUNTING_MODE(), "support=bravo,override&quorum=for,abstain&overridable=true&params=override");
    }

    function test_RevertWhen_ASourceCountsBlocks() public {
        FakeStakeVotes other = new FakeStakeVotes();
        other.setClockMode("mode=blocknumber&from=default");
        bytes memory arguments = abi.encode(gOpen, other, manager, guardian);

        vm.expectRevert(abi.encodeWithSelector(IOpenGovernor.OpenGovernor_ClockMismatch.selector, address(other)));
        this.deployGovernor(arguments);
    }

    function deployGovernor(bytes calldata arguments) external {
        bytes memory code = abi.encodePacked(vm.getCode("OpenGovernor.sol:OpenGovernor"), arguments);
        assembly ("memory-safe") {
            let made := create(0, add(code, 32), mload(code))
            if iszero(made) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    function test_ChangeByProposal() public {
        Proposal memory p = _proposal(address(governor), abi.encodeCall(governor.setVotingDelay, (14 days)));
        p = _and(p, address(governor), abi.encodeCall(governor.setVotingPeriod, (30 days)));
        p = _and(p, address(governor), abi.encodeCall(governor.setProposalThreshold, (1e25)));
        p = _and(p, address(governor), abi.encodeCall(governor.setLateQuorumVoteExtension, (30 days)));
        p = _and(p, address(governor), abi.encodeCall(governor.setBaseDelaySeconds, (30 days)));
        p = _and(p, address(governor), abi.encodeCall(governor.setProposalGuardian, (bob)));

        _enact(p);

        assertEq(governor.votingDelay(), 14 days);
        assertEq(governor.votingPeriod(), 30 days);
        assertEq(governor.proposalThreshold(), 1e25);
        assertEq(governor.lateQuorumVoteExtension(), 30 days);
        assertEq(governor.baseDelaySeconds(), 30 days);
        assertEq(governor.proposalGuardian(), bob);
    }

    /// @dev A change of the governor takes 10 days, though no role stands before it.
    function test_OwnSettingsWaitTenDays() public {
        Proposal memory p = _proposal(address(governor), abi.encodeCall(governor.setVotingDelay, (3 days)));
        _pass(p);
        _queue(p);
        uint256 eta = block.timestamp + 10 days;
        assertEq(governor.proposalEta(p.id), eta);

        vm.warp(eta - 1);
        vm.expectRevert(_unmetDelay(p, eta));
        this.execute(p);
        vm.warp(eta);
        _execute(p);

        assertEq(governor.votingDelay(), 3 days);
    }

    function test_RevertWhen_NotGovernance() public {
        bytes memory refused = abi.encodeWithSelector(IGovernor.GovernorOnlyExecutor.selector, guardian);
        vm.startPrank(guardian);

        vm.expectRevert(refused);
        governor.setVotingDelay(3 days);
        vm.expectRevert(refused);
        governor.setVotingPeriod(3 days);
        vm.expectRevert(refused);
        governor.setProposalThreshold(2);
        vm.expectRevert(refused);
        governor.setLateQuorumVoteExtension(1);
        vm.expectRevert(refused);
        governor.setBaseDelaySeconds(3 days);
        vm.expectRevert(refused);
        governor.setProposalGuardian(bob);
        vm.expectRevert(refused);
        governor.setAccessManagerIgnored(address(target), new bytes4[](1), true);
        vm.expectRevert(refused);
        governor.relay(address(token), 0, "");
    }

    function test_RevertWhen_OutOfBounds() public {
        _assertBounds(governor.setVotingDelay.selector, 1 days, 14 days);
        _assertBounds(governor.setVotingPeriod.selector, 3 days, 30 days);
        _assertBounds(governor.setBaseDelaySeconds.selector, 2 days, 30 days);
        _assertBounds(governor.setProposalThreshold.selector, 1, 1e25);
    }

    /// @dev Least and greatest are taken, one beyond each is refused.
    function _assertBounds(bytes4 selector, uint256 minimum, uint256 maximum) private {
        vm.startPrank(address(governor));
        _set(selector, minimum);
        _set(selector, maximum);
        _refuse(selector, minimum - 1, minimum, maximum);
        _refuse(selector, maximum + 1, minimum, maximum);
        vm.stopPrank();
    }

    function _set(bytes4 selector, uint256 value) private {
        (bool done,) = address(governor).call(abi.encodeWithSelector(selector, value));
        assertTrue(done);
    }

    function _refuse(bytes4 selector, uint256 value, uint256 minimum, uint256 maximum) private {
        (bool done, bytes memory reason) = address(governor).call(abi.encodeWithSelector(selector, value));
        assertFalse(done);
        assertEq(
            reason,
            abi.encodeWithSelector(IOpenGovernor.OpenGovernor_SettingOutOfBounds.selector, value, minimum, maximum)
        );
    }

    function execute(Proposal calldata p) external {
        _execute(p);
    }
}
