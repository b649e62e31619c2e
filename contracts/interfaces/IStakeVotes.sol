// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Role} from "./Role.sol";

/// @title IStakeVotes
/// @notice The part of staking that governance reads: votes of operators, and what each delegator put into them.
/// @dev An operator's votes are all tokens of all its pools, its own and delegated ones. Timepoints are timestamps; what is
/// read at one is the value at the end of that second.
///
/// TRUST. The governor caps what delegators override by the operator's own votes, so that a wrong `pastDelegatedOf` can
/// neither mint votes nor block an operator's; `getPastVotes` summed over operators has to be at most `getPastTotalSupply`.
interface IStakeVotes {
    /// @notice Votes of an operator now.
    /// @param operator Whose pools they are.
    /// @return Base units of stake.
    function getVotes(address operator) external view returns (uint256);

    /// @notice Votes of an operator at a timepoint before now.
    /// @param operator Whose pools they are.
    /// @param timepoint Timestamp before now, exclusive.
    /// @return Base units of stake.
    function getPastVotes(address operator, uint256 timepoint) external view returns (uint256);

    /// @notice Sum of the votes of all operators at a timepoint before now.
    /// @param timepoint Timestamp before now, exclusive.
    /// @return Base units of stake.
    function getPastTotalSupply(uint256 timepoint) external view returns (uint256);

    /// @notice Tokens that a delegator's shares of one pool were worth at a timepoint before now, rounded down.
    /// @param delegator Whose shares.
    /// @param operator Whose pools they are.
    /// @param role Role of the pool.
    /// @param timepoint Timestamp before now, exclusive.
    /// @return Base units of stake.
    function pastDelegatedOf(address delegator, address operator, Role role, uint48 timepoint)
        external
        view
        returns (uint256);

    /// @notice The current timestamp.
    /// @return Seconds since 1970.
    function clock() external view returns (uint48);

    /// @notice What `clock` counts, as ERC-6372 writes it.
    /// @return `mode=timestamp`.
    function CLOCK_MODE() external view returns (string memory);
}
