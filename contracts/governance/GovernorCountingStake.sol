// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IOpenGovernor} from "../interfaces/IOpenGovernor.sol";
import {IStakeVotes} from "../interfaces/IStakeVotes.sol";
import {Role} from "../interfaces/IStakingManager.sol";
import {GOpen} from "./GOpen.sol";
import {Ballot, ProposalVote, VoteCountLib, VoteSources} from "./VoteCountLib.sol";
import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title GovernorCountingStake
/// @notice Votes of gOPEN and staked OPEN, which holders and delegators can override; counted by VoteCountLib.
abstract contract GovernorCountingStake is Governor, IOpenGovernor {
    /// @notice Quorum in basis points of what can vote.
    uint256 public constant QUORUM_BPS = 400;
    /// @notice Least quorum: whoever wraps or stakes first does not own it.
    uint256 public constant QUORUM_FLOOR = 10_000_000e18;

    bytes32 private constant TIMESTAMP_MODE = keccak256("mode=timestamp");

    GOpen private immutable _gOpen;
    IStakeVotes private immutable _stake;

    mapping(uint256 proposalId => ProposalVote) private _proposalVotes;

    constructor(GOpen gOpen, IStakeVotes stake) {
        _requireTimestamps(address(gOpen));
        _requireTimestamps(address(stake));
        _gOpen = gOpen;
        _stake = stake;
    }

    /// @inheritdoc IOpenGovernor
    function castOverrideVote(uint256 proposalId, uint8 support, string calldata reason) external returns (uint256) {
        return _castVote(proposalId, _msgSender(), support, reason, hex"01");
    }

    /// @inheritdoc IOpenGovernor
    function castStakeOverrideVote(
        uint256 proposalId,
        uint8 support,
        address operator,
        Role role,
        string calldata reason
    ) external returns (uint256) {
        return _castVote(proposalId, _msgSender(), support, reason, abi.encode(operator, role));
    }

    /// @inheritdoc IOpenGovernor
    function token() external view returns (IERC5805) {
        return _gOpen;
    }

    /// @inheritdoc IOpenGovernor
    function stakeVotes() external view returns (IStakeVotes) {
        return _stake;
    }

    /// @inheritdoc IOpenGovernor
    function proposalVotes(uint256 proposalId)
        external
        view
        returns (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes)
    {
        uint256[3] storage votes = _proposalVotes[proposalId].votes;
        return (votes[0], votes[1], votes[2]);
    }

    /// @inheritdoc IOpenGovernor
    function hasVotedOverride(uint256 proposalId, address account) external view returns (bool) {
        return _proposalVotes[proposalId].receipts[account].hasOverridden;
    }

    /// @inheritdoc IOpenGovernor
    function hasVotedStakeOverride(uint256 proposalId, address delegator, address operator, Role role)
        external
        view
        returns (bool)
    {
        return _proposalVotes[proposalId].stakeOverrides[delegator][operator][role];
    }

    /// @notice Whether an account has cast its own vote on a proposal; overrides do not count.
    /// @param proposalId The proposal's id.
    /// @param account Whom it is about.
    /// @return True where it has.
    function hasVoted(uint256 proposalId, address account) public view override returns (bool) {
        return _proposalVotes[proposalId].receipts[account].cast != 0;
    }

    /// @notice Least votes for and abstaining, in base units, of a proposal with its snapshot at a past timestamp: 4 %
    /// of what could vote then, at least `QUORUM_FLOOR`.
    /// @param timepoint Timestamp before now, exclusive.
    /// @return Base units, inclusive.
    function quorum(uint256 timepoint) public view override returns (uint256) {
        return Math.max(votableSupply(timepoint) * QUORUM_BPS / 10_000, QUORUM_FLOOR);
    }

    /// @inheritdoc IOpenGovernor
    function votableSupply(uint256 timepoint) public view returns (uint256) {
        return _gOpen.getPastTotalSupply(timepoint) + _stake.getPastTotalSupply(timepoint);
    }

    /// @notice The current timestamp, by which votes are looked up.
    /// @return Seconds since 1970.
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice What `clock` counts, as ERC-6372 writes it: seconds.
    /// @return `mode=timestamp`.
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @notice How votes are counted, for clients: quorum of for and abstain, overridable.
    /// @return As a query string.
    function COUNTING_MODE() public pure override returns (string memory) {
        return "support=bravo,override&quorum=for,abstain&overridable=true&params=override";
    }

    function _countVote(uint256 proposalId, address account, uint8 support, uint256 totalWeight, bytes memory params)
        internal
        override
        returns (uint256)
    {
        Ballot memory ballot = Ballot({
            proposalId: proposalId,
            snapshot: proposalSnapshot(proposalId),
            voter: account,
            support: support,
            weight: totalWeight,
            params: params
        });
        return VoteCountLib.count(_proposalVotes[proposalId], _sources(), ballot);
    }

    function _getVotes(address account, uint256 timepoint, bytes memory params)
        internal
        view
        override
        returns (uint256)
    {
        return VoteCountLib.weightOf(_sources(), account, timepoint, params);
    }

    function _quorumReached(uint256 proposalId) internal view override returns (bool) {
        uint256[3] storage votes = _proposalVotes[proposalId].votes;
        return votes[1] + votes[2] >= quorum(proposalSnapshot(proposalId));
    }

    function _voteSucceeded(uint256 proposalId) internal view override returns (bool) {
        uint256[3] storage votes = _proposalVotes[proposalId].votes;
        return votes[1] > votes[0];
    }

    function _sources() private view returns (VoteSources memory) {
        return VoteSources(_gOpen, _stake);
    }

    function _requireTimestamps(address source) private view {
        if (
            keccak256(bytes(IERC5805(source).CLOCK_MODE())) != TIMESTAMP_MODE
                || IERC5805(source).clock() != block.timestamp
        ) revert OpenGovernor_ClockMismatch(source);
    }
}
