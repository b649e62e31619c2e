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

    function sharesNow(StakingStorage.PoolState storage pool) internal view returns (uint128) {
        // only `DelegationLib` writes them, from uint128
        return uint128(pool.shares.latest());
    }

    function setTokens(StakingStorage.PoolState storage pool, uint96 own, uint96 delegated) internal {
        pool.tokens.push(uint48(block.timestamp), PoolTokens.unwrap(toPoolTokens(own, delegated)));
    }

    /// @dev A pool's tokens grew or shrank by as much.
    function addTotal(StakingStorage.Layout storage $, uint96 amount) internal {
        $.total.push(uint48(block.timestamp), $.total.latest() + amount);
    }

    function subtractTotal(StakingStorage.Layout storage $, uint96 amount) internal {
        $.total.push(uint48(block.timestamp), $.total.latest() - amount);
    }

    function activeOwn(StakingStorage.PoolState storage pool, PoolTokens tokens) internal view returns (uint96) {
        return tokens.own() - pool.ownThawing;
    }

    /// @dev part <= shares, so that the result fits; the product fits 224 bits.
    function valueOf(uint256 part, uint256 delegated, uint256 shares) internal pure returns (uint96) {
        return shares == 0 ? 0 : uint96(part * delegated / shares);
    }
}
