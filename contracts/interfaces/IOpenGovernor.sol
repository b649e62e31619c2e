// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IStakeVotes} from "./IStakeVotes.sol";
import {Role} from "./IStakingManager.sol";
import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";

/// @title IOpenGovernor
/// @notice Proposals, votes of gOPEN and staked OPEN, and their execution through the access manager: what is particular to
/// this governor, beside OpenZeppelin's `IGovernor`, `GovernorSettings`, `GovernorTimelockAccess`, `GovernorPreventLateQuorum`
/// and `GovernorProposalGuardian`.
/// @dev STATES. Pending, then Active from the second after the snapshot up to the deadline (inclusive), then Defeated or
/// Succeeded; Succeeded is Queued by anyone, then Executed by anyone. Cancelled by the guardian at any time before execution
/// or by the proposer while Pending. Expired: not queued within `QUEUE_PERIOD` of the deadline, or not executed within
/// `EXECUTION_PERIOD` of its eta (the time in which the access manager keeps an operation).
///
/// CLOCKS. Timestamps. Voting delay 2 days, voting period 7 days. Quorum that is reached in the last 2 days moves the deadline
/// to 2 days after that vote, once. A proposal waits from its queueing for the longest delay of its calls: the one of the
/// governor's role for the function, of the target's admin delay where the access manager's own configuration of that target
/// changes, `OWN_DELAY` for the governor's own settings, and never less than the base delay. Delays are read when it is
/// proposed; if one has grown since, it cannot be queued and has to be proposed again.
///
/// VOTES. Weight at the snapshot = gOPEN votes + tokens of all the voter's pools. Votable = gOPEN supply + stake, both at the
/// snapshot. Quorum = max(4 % of votable, 10,000,000 OPEN), reached by For and Abstain; For has to exceed Against. A holder of
/// gOPEN overrides its delegate, a delegator of a pool its operator: the value at the snapshot moves from that account's vote,
/// cast before, later or never, to the override. Each holder once, each (delegator, operator, role) once per proposal. Votes
/// counted never exceed votable.
///
/// PARAMS. What a vote is, of OpenZeppelin's `castVoteWithReasonAndParams` and its signed form: empty, the voter's votes; `0x01`,
/// its own gOPEN in its delegate's place; `abi.encode(address operator, Role role)`, what it delegated to that pool in the
/// operator's place. Overrides are announced by `VoteCastWithParams` with these params. A signed ballot names its proposal,
/// hence it is good until that proposal's deadline.
///
/// TRUST. The governor acts only by proposals. The guardian vetoes, nothing else; it cannot veto a proposal that does nothing but
/// replace it. Settings stay in bounds that leave time to react. Voters trust gOPEN and the staking manager to count.
///
/// LIVENESS. The guardian can veto for ever what it does not like, until it is replaced, which it cannot veto. A staking manager
/// that reverts on past votes stops votes: it is never ignored, since what is ignored can be made to fail on purpose.
///
/// NOT DONE. The extension protects from late quorum, not from a majority that changes late. Anyone who reaches the threshold
/// may copy a pending proposal unless its description ends with `#proposer=0x…`.
interface IOpenGovernor {
    /// @notice A source of votes does not count timestamps.
    /// @param source That contract.
    error OpenGovernor_ClockMismatch(address source);

    /// @notice The voter had nothing at the snapshot that voted through another, or others have taken all of it.
    /// @param voter Who votes.
    /// @param from In whose place: its delegate or the operator.
    error OpenGovernor_NothingToOverride(address voter, address from);

    /// @notice The delegator has voted with its part of the pool before.
    /// @param delegator Who delegated to the pool.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    error OpenGovernor_AlreadyOverridden(address delegator, address operator, Role role);

    /// @notice The guardian cannot cancel the proposal that does nothing but replace it.
    /// @param proposalId The proposal's id, as OpenZeppelin's governor hashes it.
    error OpenGovernor_GuardianReplacement(uint256 proposalId);

    /// @notice A setting of the governor lies out of bounds.
    /// @param value What was given: seconds, or base units for the threshold.
    /// @param minimum Inclusive.
    /// @param maximum Inclusive.
    error OpenGovernor_SettingOutOfBounds(uint256 value, uint256 minimum, uint256 maximum);

    /// @notice The account has voted with its own gOPEN in its delegate's place before.
    /// @dev OpenZeppelin's name, so that front ends know it.
    /// @param account Who votes.
    error GovernorAlreadyOverriddenVote(address account);

    /// @notice A cast vote lost `weight` to an override. A vote that is cast later is announced without it.
    /// @param delegate Whose vote it was: a delegate or an operator.
    /// @param proposalId The proposal's id, as OpenZeppelin's governor hashes it.
    /// @param support What that vote was: 0 against, 1 for, 2 abstain.
    /// @param weight What it lost, base units, more than 0.
    event VoteReduced(address indexed delegate, uint256 proposalId, uint8 support, uint256 weight);

    /// @notice Votes with the caller's own gOPEN balance at the snapshot, in its delegate's place; also without a delegate.
    /// @dev Reverts unless the proposal is active, and when the caller has done so before or had no balance.
    /// @param proposalId The proposal's id, as OpenZeppelin's governor hashes it.
    /// @param support 0 against, 1 for, 2 abstain.
    /// @param reason For people; may be empty.
    /// @return weight What it counts for, base units, more than 0.
    function castOverrideVote(uint256 proposalId, uint8 support, string calldata reason)
        external
        returns (uint256 weight);

    /// @notice Votes with what the caller had delegated to an operator's pool at the snapshot, in the operator's place.
    /// @dev Reverts unless the proposal is active, and when the caller has done so for this pool before or had nothing in it.
    /// The weight is at most what of the operator's stake votes nobody has overridden yet.
    /// @param proposalId The proposal's id, as OpenZeppelin's governor hashes it.
    /// @param support 0 against, 1 for, 2 abstain.
    /// @param operator In whose place.
    /// @param role Role of the pool.
    /// @param reason For people; may be empty.
    /// @return weight What it counts for, base units, more than 0.
    function castStakeOverrideVote(
        uint256 proposalId,
        uint8 support,
        address operator,
        Role role,
        string calldata reason
    ) external returns (uint256 weight);

    /// @notice Votes so far, overrides moved.
    /// @param proposalId The proposal's id, as OpenZeppelin's governor hashes it.
    /// @return againstVotes Base units.
    /// @return forVotes Base units.
    /// @return abstainVotes Base units.
    function proposalVotes(uint256 proposalId)
        external
        view
        returns (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes);

    /// @notice Whether an account has voted with its own gOPEN in its delegate's place.
    /// @param proposalId The proposal's id, as OpenZeppelin's governor hashes it.
    /// @param account Whom it is about.
    /// @return True where it has.
    function hasVotedOverride(uint256 proposalId, address account) external view returns (bool);

    /// @notice Whether a delegator has voted with its part of a pool in the operator's place.
    /// @param proposalId The proposal's id, as OpenZeppelin's governor hashes it.
    /// @param delegator Who delegated to the pool.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @return True where it has.
    function hasVotedStakeOverride(uint256 proposalId, address delegator, address operator, Role role)
        external
        view
        returns (bool);

    /// @notice gOPEN supply and staked OPEN at a timepoint before now.
    /// @param timepoint Timestamp before now, exclusive.
    /// @return Base units.
    function votableSupply(uint256 timepoint) external view returns (uint256);

    /// @notice gOPEN.
    /// @return The token.
    function token() external view returns (IERC5805);

    /// @notice The staking manager.
    /// @return The manager, as what it says of votes.
    function stakeVotes() external view returns (IStakeVotes);
}
