// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice What a pool holds, as one value of its checkpoints: own tokens in bits 96 to 191, delegated ones below.
type PoolTokens is uint208;

using {own, delegated, sum} for PoolTokens global;

function toPoolTokens(uint96 own_, uint96 delegated_) pure returns (PoolTokens) {
    return PoolTokens.wrap((uint208(own_) << 96) | delegated_);
}

function own(PoolTokens tokens) pure returns (uint96) {
    // bits above 191 are never set
    return uint96(PoolTokens.unwrap(tokens) >> 96);
}

function delegated(PoolTokens tokens) pure returns (uint96) {
    return uint96(PoolTokens.unwrap(tokens));
}

/// @dev Both parts are held by one token contract, whose supply fits 96 bits: checked all the same.
function sum(PoolTokens tokens) pure returns (uint96) {
    return own(tokens) + delegated(tokens);
}
