// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice What a pool holds, as one value of its checkpoints: own tokens in bits 96 to 191, delegated ones below.
type PoolTokens is uint208;

using {own, delegated, sum} for PoolTokens global;

/// @dev Both are amounts that the staking manager holds: 96 bits each, see its `_pull`.
function toPoolTokens(uint256 own_, uint256 delegated_) pure returns (PoolTokens) {
    return PoolTokens.wrap(uint208((own_ << 96) | delegated_));
}

function own(PoolTokens tokens) pure returns (uint256) {
    return PoolTokens.unwrap(tokens) >> 96;
}

function delegated(PoolTokens tokens) pure returns (uint256) {
    return uint96(PoolTokens.unwrap(tokens));
}

function sum(PoolTokens tokens) pure returns (uint256) {
    return own(tokens) + delegated(tokens);
}
