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
    function getVotes(address operator) external view returns (uint256);

    /// @notice Votes of an operator at a timepoint before now.
    function getPastVotes(address operator, uint256 timepoint) external view returns (uint256);

    /// @notice Sum of the votes of all operators at a timepoint before now.
    function getPastTotalSupply(uint256 timepoint) external view returns (uint256);

    /// @notice Tokens that a delegator's shares of one pool were worth at a timepoint before now, rounded down.
    function pastDelegatedOf(address delegator, address operator, Role role, uint48 timepoint)
        external
        view
        returns (uint256);

    /// @notice The current timestamp.
    function clock() external view returns (uint48);

    /// @notice `mode=timestamp`.
    function CLOCK_MODE() external view returns (string memory);
}
