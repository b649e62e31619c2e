// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IStakeVotes} from "../interfaces/IStakeVotes.sol";
import {GOpen} from "./GOpen.sol";
import {GovernorCountingStake} from "./GovernorCountingStake.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {GovernorPreventLateQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorPreventLateQuorum.sol";
import {GovernorProposalGuardian} from "@openzeppelin/contracts/governance/extensions/GovernorProposalGuardian.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorTimelockAccess} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockAccess.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title OpenGovernor
/// @notice Governs the protocol: proposals, votes of gOPEN and staked OPEN, execution through the access manager.
/// @dev Not upgradeable: it is replaced by a proposal that grants its roles to another.
contract OpenGovernor is
    GovernorSettings,
    GovernorCountingStake,
    GovernorTimelockAccess,
    GovernorPreventLateQuorum,
    GovernorProposalGuardian
{
    /// @notice Least delay of a proposal that changes the governor itself.
    uint32 public constant OWN_DELAY = 10 days;
    /// @notice Time after its deadline, inclusive, in which a proposal that succeeded can be queued.
    uint48 public constant QUEUE_PERIOD = 14 days;
    /// @notice Time after its eta, exclusive, in which a queued proposal can be executed: the access manager's.
    uint48 public constant EXECUTION_PERIOD = 7 days;

    uint32 private constant MINIMUM_BASE_DELAY = 2 days;
    uint32 private constant MAXIMUM_BASE_DELAY = 30 days;
    uint48 private constant MINIMUM_VOTING_DELAY = 1 days;
    uint48 private constant MAXIMUM_VOTING_DELAY = 14 days;
    uint32 private constant MINIMUM_VOTING_PERIOD = 3 days;
    uint32 private constant MAXIMUM_VOTING_PERIOD = 30 days;
    uint256 private constant MAXIMUM_THRESHOLD = 10_000_000e18;

    /// @dev While proposing: the longest delay of the calls that the access manager's `canCall` does not tell.
    uint32 private transient _longestDelay;

    /// @notice Fixes the sources of votes and the access manager, and sets the first settings.
    /// @dev A voting delay of 2 days, a period of 7, a threshold of 1,000,000 OPEN, a base delay of 2 days, and 2 days
    /// after a quorum that is reached late.
    /// @param gOpen gOPEN; counts timestamps.
    /// @param stake The staking manager; counts timestamps.
    /// @param manager The access manager that proposals are executed through.
    /// @param guardian Who may veto proposals; zero: nobody.
    constructor(GOpen gOpen, IStakeVotes stake, IAccessManager manager, address guardian)
        Governor("OpenGovernor")
        GovernorSettings(2 days, 7 days, 1_000_000e18)
        GovernorCountingStake(gOpen, stake)
        GovernorTimelockAccess(address(manager), 2 days)
        GovernorPreventLateQuorum(2 days)
    {
        _setProposalGuardian(guardian);
    }

    /// @notice Opens a proposal, as OpenZeppelin's governor does, with the longest delay that any of its calls takes.
    /// @param targets What is called, in this order.
    /// @param values Wei that goes along with each call.
    /// @param calldatas Selector and arguments of each call.
    /// @param description For people; its hash is part of the id.
    /// @return proposalId The proposal's id.
    function propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description
    ) public override(Governor, GovernorTimelockAccess) returns (uint256 proposalId) {
        uint32 longest;
        for (uint256 i = 0; i < targets.length && i < calldatas.length; ++i) {
            longest = uint32(Math.max(longest, _untoldDelay(targets[i], calldatas[i]))); // both are uint32
        }

        _longestDelay = longest;
        proposalId = super.propose(targets, values, calldatas, description);
        _longestDelay = 0;
    }

    /// @notice Cancels a proposal, as its proposer while it is pending or as the guardian at any time before execution.
    /// @dev The guardian cannot keep itself in office.
    /// @param targets What is called, in this order.
    /// @param values Wei that goes along with each call.
    /// @param calldatas Selector and arguments of each call.
    /// @param descriptionHash `keccak256` of the description.
    /// @return The proposal's id.
    function cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) public override returns (uint256) {
        if (_msgSender() == proposalGuardian() && _onlyReplacesGuardian(targets, calldatas)) {
            revert OpenGovernor_GuardianReplacement(getProposalId(targets, values, calldatas, descriptionHash));
        }
        return super.cancel(targets, values, calldatas, descriptionHash);
    }

    /// @notice State of a proposal: as OpenZeppelin's governor, and `Expired` where it was not queued or executed in
    /// time.
    /// @param proposalId The proposal's id.
    /// @return current Its state now.
    function state(uint256 proposalId) public view override returns (ProposalState current) {
        current = super.state(proposalId);
        if (current == ProposalState.Succeeded) {
            if (block.timestamp > proposalDeadline(proposalId) + QUEUE_PERIOD) return ProposalState.Expired;
        } else if (current == ProposalState.Queued) {
            if (block.timestamp >= proposalEta(proposalId) + EXECUTION_PERIOD) return ProposalState.Expired;
        }
    }

    /// @notice Seconds from queueing to execution that every proposal takes at least; while one is made, the longest
    /// its calls take.
    /// @return Seconds, at least 2 days, inclusive.
    function baseDelaySeconds() public view override returns (uint32) {
        return uint32(Math.max(super.baseDelaySeconds(), _longestDelay)); // both are uint32
    }

    /// @notice Votes that an account needs to propose, base units, inclusive.
    /// @return Base units, 1 to 10,000,000 OPEN, inclusive.
    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }

    /// @notice Last timestamp (inclusive) of a proposal's votes, put off where its quorum was reached late.
    /// @param proposalId The proposal's id.
    /// @return Timestamp, inclusive.
    function proposalDeadline(uint256 proposalId)
        public
        view
        override(Governor, GovernorPreventLateQuorum)
        returns (uint256)
    {
        return super.proposalDeadline(proposalId);
    }

    /// @notice Whether a proposal has to be queued before it is executed: every one has a delay.
    /// @param proposalId The proposal's id.
    /// @return True for every proposal that was made.
    function proposalNeedsQueuing(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockAccess)
        returns (bool)
    {
        return super.proposalNeedsQueuing(proposalId);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockAccess) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockAccess) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockAccess) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _tallyUpdated(uint256 proposalId) internal override(Governor, GovernorPreventLateQuorum) {
        super._tallyUpdated(proposalId);
    }

    function _setBaseDelaySeconds(uint32 newBaseDelay) internal override {
        _requireBounds(newBaseDelay, MINIMUM_BASE_DELAY, MAXIMUM_BASE_DELAY);
        super._setBaseDelaySeconds(newBaseDelay);
    }

    function _setVotingDelay(uint48 newVotingDelay) internal override {
        _requireBounds(newVotingDelay, MINIMUM_VOTING_DELAY, MAXIMUM_VOTING_DELAY);
        super._setVotingDelay(newVotingDelay);
    }

    function _setVotingPeriod(uint32 newVotingPeriod) internal override {
        _requireBounds(newVotingPeriod, MINIMUM_VOTING_PERIOD, MAXIMUM_VOTING_PERIOD);
        super._setVotingPeriod(newVotingPeriod);
    }

    function _setProposalThreshold(uint256 newThreshold) internal override {
        _requireBounds(newThreshold, 1, MAXIMUM_THRESHOLD);
        super._setProposalThreshold(newThreshold);
    }

    function _validateCancel(uint256 proposalId, address caller)
        internal
        view
        override(Governor, GovernorProposalGuardian)
        returns (bool)
    {
        return super._validateCancel(proposalId, caller);
    }

    /// @dev `canCall` knows the role of a function. It does not know that changing the access manager's configuration of a
    /// target takes that target's admin delay as well (its first argument; a role's number in its place has no such delay),
    /// and the governor's own functions ask nobody.
    function _untoldDelay(address target, bytes memory data) private view returns (uint32) {
        if (target == address(this)) return OWN_DELAY;
        if (target != address(accessManager()) || data.length < 36) return 0;
        uint256 firstArgument;
        assembly ("memory-safe") {
            firstArgument := mload(add(data, 36)) // 32 of the length and 4 of the selector, inside of data: checked above
        }
        return accessManager().getTargetAdminDelay(address(uint160(firstArgument)));
    }

    function _onlyReplacesGuardian(address[] memory targets, bytes[] memory calldatas) private view returns (bool) {
        return targets.length == 1 && calldatas.length == 1 && targets[0] == address(this)
            && bytes4(calldatas[0]) == this.setProposalGuardian.selector;
    }

    function _requireBounds(uint256 value, uint256 minimum, uint256 maximum) private pure {
        if (value < minimum || value > maximum) revert OpenGovernor_SettingOutOfBounds(value, minimum, maximum);
    }
}
