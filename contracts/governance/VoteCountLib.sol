// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IOpenGovernor} from "../interfaces/IOpenGovernor.sol";
import {IStakeVotes} from "../interfaces/IStakeVotes.sol";
import {Role} from "../interfaces/IStakingManager.sol";
import {GOpen} from "./GOpen.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @notice Who holds gOPEN and stake.
struct VoteSources {
    GOpen gOpen;
    IStakeVotes stake;
}

/// @param cast 0 before the account has cast its vote, then support + 1.
/// @param hasOverridden Whether the account has voted with its own gOPEN in its delegate's place.
/// @param overridden What holders took out of this account's vote. @param stakeOverridden What delegators took.
struct VoteReceipt {
    uint8 cast;
    bool hasOverridden;
    uint96 overridden;
    uint96 stakeOverridden;
}

/// @param votes By support: against, for, abstain.
struct ProposalVote {
    uint256[3] votes;
    mapping(address account => VoteReceipt) receipts;
    mapping(address delegator => mapping(address operator => mapping(Role role => bool))) stakeOverrides;
}

/// @notice One vote on its way. @param weight What `weightOf` says. @param params See IOpenGovernor, PARAMS.
struct Ballot {
    uint256 proposalId;
    uint256 snapshot;
    address voter;
    uint8 support;
    uint256 weight;
    bytes params;
}

/// @title VoteCountLib
/// @notice Counts votes that holders of gOPEN and delegators of pools can override.
/// @dev OpenZeppelin's GovernorCountingOverridable for two sources. Of an account with weight G + K (gOPEN and stake votes)
/// holders take at most G, since their balances are what G is made of, and delegators at most K, since what they take is
/// capped by what is left of it. So the account's vote, cast before or after, is G + K less what was taken, never below 0,
/// and no token is counted twice.
///
/// Its functions are external, so that the governor's code stays under 24,576 bytes: it is deployed once and linked.
library VoteCountLib {
    using SafeCast for uint256;

    uint8 private constant ABSTAIN = 2;
    uint256 private constant OVERRIDE_LENGTH = 1;
    uint256 private constant STAKE_OVERRIDE_LENGTH = 64;

    /// @notice Adds a vote to its proposal.
    /// @param vote The proposal's votes so far.
    /// @param sources Who holds gOPEN and stake.
    /// @param ballot The vote.
    /// @return weight What it counts for, base units.
    function count(ProposalVote storage vote, VoteSources calldata sources, Ballot calldata ballot)
        external
        returns (uint256 weight)
    {
        if (ballot.support > ABSTAIN) revert IGovernor.GovernorInvalidVoteType();
        if (ballot.params.length == 0) return _countVote(vote, ballot);
        if (ballot.params.length == OVERRIDE_LENGTH) return _countOverride(vote, sources.gOpen, ballot);
        return _countStakeOverride(vote, sources.stake, ballot);
    }

    /// @notice Votes of an account, or what its override moves at most.
    /// @param sources Who holds gOPEN and stake.
    /// @param account Who votes.
    /// @param timepoint Timestamp before now, exclusive.
    /// @param params See IOpenGovernor, PARAMS.
    /// @return Base units.
    function weightOf(VoteSources calldata sources, address account, uint256 timepoint, bytes calldata params)
        external
        view
        returns (uint256)
    {
        if (params.length == 0) {
            return sources.gOpen.getPastVotes(account, timepoint) + sources.stake.getPastVotes(account, timepoint);
        }
        if (params.length == OVERRIDE_LENGTH) {
            if (params[0] != 0x01) revert IGovernor.GovernorInvalidVoteParams();
            return sources.gOpen.getPastBalanceOf(account, timepoint);
        }
        (address operator, Role role) = _decodePool(params);
        return sources.stake.pastDelegatedOf(account, operator, role, timepoint.toUint48());
    }

    function _countVote(ProposalVote storage vote, Ballot calldata ballot) private returns (uint256 weight) {
        VoteReceipt storage receipt = vote.receipts[ballot.voter];
        if (receipt.cast != 0) revert IGovernor.GovernorAlreadyCastVote(ballot.voter);

        weight = ballot.weight - receipt.overridden - receipt.stakeOverridden;

        vote.votes[ballot.support] += weight;
        receipt.cast = ballot.support + 1;
    }

    function _countOverride(ProposalVote storage vote, GOpen gOpen, Ballot calldata ballot) private returns (uint256) {
        if (vote.receipts[ballot.voter].hasOverridden) {
            revert IOpenGovernor.GovernorAlreadyOverriddenVote(ballot.voter);
        }
        address delegate = gOpen.getPastDelegate(ballot.voter, ballot.snapshot);

        vote.receipts[ballot.voter].hasOverridden = true;
        vote.receipts[delegate].overridden += ballot.weight.toUint96();
        _moveVotes(vote, ballot, delegate, ballot.weight);
        return ballot.weight;
    }

    function _countStakeOverride(ProposalVote storage vote, IStakeVotes stake, Ballot calldata ballot)
        private
        returns (uint256 weight)
    {
        (address operator, Role role) = _decodePool(ballot.params);
        if (vote.stakeOverrides[ballot.voter][operator][role]) {
            revert IOpenGovernor.OpenGovernor_AlreadyOverridden(ballot.voter, operator, role);
        }
        VoteReceipt storage receipt = vote.receipts[operator];
        uint256 left = stake.getPastVotes(operator, ballot.snapshot) - receipt.stakeOverridden;
        weight = Math.min(ballot.weight, left);

        vote.stakeOverrides[ballot.voter][operator][role] = true;
        receipt.stakeOverridden += weight.toUint96();
        _moveVotes(vote, ballot, operator, weight);
    }

    /// @dev Adds to the ballot's side and takes out of the vote of `from` if that is cast already.
    function _moveVotes(ProposalVote storage vote, Ballot calldata ballot, address from, uint256 weight) private {
        if (weight == 0) revert IOpenGovernor.OpenGovernor_NothingToOverride(ballot.voter, from);
        vote.votes[ballot.support] += weight;
        uint8 cast = vote.receipts[from].cast;
        if (cast == 0) return;
        vote.votes[cast - 1] -= weight;
        emit IOpenGovernor.VoteReduced(from, ballot.proposalId, cast - 1, weight);
    }

    function _decodePool(bytes calldata params) private pure returns (address operator, Role role) {
        if (params.length != STAKE_OVERRIDE_LENGTH) revert IGovernor.GovernorInvalidVoteParams();
        return abi.decode(params, (address, Role));
    }
}
