// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title TokenLib
/// @notice Takes tokens in for what is already written as owed, so that nothing is owed that did not arrive.
library TokenLib {
    using SafeERC20 for IERC20;

    /// @notice Fewer tokens arrived than were to.
    /// @param amount What was to arrive, base units.
    /// @param received What arrived, base units.
    error TokenLib_NotReceived(uint256 amount, uint256 received);

    /// @notice Moves `amount` base units from `from`, which has approved them, to the calling contract.
    /// @dev Reverts where fewer arrive, as with a token that keeps a part of each transfer.
    /// @param token What is moved.
    /// @param from Whose tokens they are.
    /// @param amount Base units.
    function pull(IERC20 token, address from, uint96 amount) internal {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(from, address(this), amount);
        uint256 held = token.balanceOf(address(this));
        if (held < before + amount) revert TokenLib_NotReceived(amount, held < before ? 0 : held - before);
    }
}
