// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title TokenLib
/// @notice Takes tokens in for what is already written as owed, so that nothing is owed that did not arrive.
/// @dev What arrived is known only behind the call. A token that keeps a part of each transfer brings less; one that calls back
/// in between, and pays in once more there, would have the inner amount counted as both: so no more may arrive either.
library TokenLib {
    using SafeERC20 for IERC20;

    /// @notice Other than the amount that was to arrive did.
    /// @param amount What was to arrive, base units.
    /// @param received What arrived, base units.
    error TokenLib_NotReceived(uint256 amount, uint256 received);

    /// @notice Moves `amount` base units from `from`, which has approved them, to the calling contract.
    /// @dev Reverts where fewer arrive, or more.
    /// @param token What is moved.
    /// @param from Whose tokens they are.
    /// @param amount Base units.
    /// @return held What the calling contract holds then, base units.
    function pull(IERC20 token, address from, uint96 amount) internal returns (uint256 held) {
        uint256 before = heldOf(token);
        token.safeTransferFrom(from, address(this), amount);
        held = requireReceived(token, before, amount);
    }

    /// @notice What another contract was to pay to the calling one has arrived, and nothing else.
    /// @param token What was paid.
    /// @param before What the calling contract held before it was, base units.
    /// @param amount What was to arrive, base units.
    /// @return held What the calling contract holds, base units.
    function requireReceived(IERC20 token, uint256 before, uint96 amount) internal view returns (uint256 held) {
        held = heldOf(token);
        if (held != before + amount) revert TokenLib_NotReceived(amount, held < before ? 0 : held - before);
    }

    /// @notice What the calling contract holds.
    /// @param token Of which.
    /// @return Base units.
    function heldOf(IERC20 token) internal view returns (uint256) {
        return token.balanceOf(address(this));
    }
}
