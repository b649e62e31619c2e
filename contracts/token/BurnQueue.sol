// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

/// @title BurnQueue
/// @notice Burns the OPEN that was sent to it, on the chain where OPEN is native.
contract BurnQueue {
    ERC20Burnable public immutable token;
    uint256 public total;

    event Burned(uint256 amount, uint256 total);

    constructor(ERC20Burnable token_) {
        token = token_;
    }

    /// @notice Burns what is here. Anyone may.
    function flush() external {
        uint256 amount = token.balanceOf(address(this));
        total += amount;

        emit Burned(amount, total);
        token.burn(amount);
    }
}
