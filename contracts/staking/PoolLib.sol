// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PoolTokens, toPoolTokens} from "./PoolTokens.sol";
import {StakingStorage} from "./StakingStorage.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title PoolLib
/// @notice What a pool holds now, and its checkpoints.
library PoolLib {
    using Checkpoints for Checkpoints.Trace208;

    function tokensNow(StakingStorage.PoolState storage pool) internal view returns (PoolTokens) {
        return PoolTokens.wrap(pool.tokens.latest());
    }

    function activeOwn(StakingStorage.PoolState storage pool, PoolTokens tokens) internal view returns (uint256) {
        return tokens.own() - pool.ownThawing;
    }

    function setTokens(StakingStorage.PoolState storage pool, uint256 own, uint256 delegated) internal {
        record(pool.tokens, PoolTokens.unwrap(toPoolTokens(own, delegated)));
    }

    /// @dev Values fit: totals have 96 bits, pool tokens 192, shares 116 at most (see `DelegationLib`).
    function record(Checkpoints.Trace208 storage trace, uint256 value) internal {
        trace.push(uint48(block.timestamp), uint208(value));
    }

    /// @notice What a part of all shares is worth, rounded down: part <= shares; the product fits 212 bits.
    function valueOf(uint256 part, uint256 delegated, uint256 shares) internal pure returns (uint256) {
        return shares == 0 ? 0 : part * delegated / shares;
    }
}
