// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice The roles an operator can stake for.
enum Role {
    None,
    Runner,
    Oracle,
    Validator,
    Model,
    Agent
}
