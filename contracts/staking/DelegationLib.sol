// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IStakingManager} from "../interfaces/IStakingManager.sol";
import {PoolLib} from "./PoolLib.sol";
import {PoolTokens} from "./PoolTokens.sol";
import {SlashLib} from "./SlashLib.sol";
import {StakingStorage} from "./StakingStorage.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title DelegationLib
/// @notice Shares of delegated tokens: minted, thawing, redeemed.
/// @dev delegated <= shares always. Both start equal; minting adds floor(a × shares / delegated) >= a shares for a tokens;
/// redeeming s shares pays floor(s × delegated / shares) >= delegated - (shares - s); slashing lowers tokens only.
/// And delegated > 0 while shares > 0: redeeming less than all shares leaves more than nothing, a slash stops at its floor.
/// Shares have 116 bits at most: see DEPLETED_SHARES.
library DelegationLib {
    using Checkpoints for Checkpoints.Trace208;
    using PoolLib for Checkpoints.Trace208;
    using PoolLib for StakingStorage.PoolState;

    uint256 internal constant MINIMUM_DELEGATION = 1e18;
    /// @dev Most shares of a token. So shares <= 2^96 × 10^6 < 2^116.
    uint256 internal constant DEPLETED_SHARES = 1e6;

    /// @param amount Tokens minted for or redeemed. @param shares The delegator's that were minted or redeemed.
    /// @param sharesAfter The delegator's. @param delegatedAfter Tokens of the pool. @param poolSharesAfter All its shares.
    struct Change {
        uint256 amount;
        uint256 shares;
        uint256 sharesAfter;
        uint256 delegatedAfter;
        uint256 poolSharesAfter;
    }

    function mint(
        StakingStorage.PoolState storage pool,
        StakingStorage.DelegationState storage delegation,
        uint256 amount
    ) internal returns (Change memory c) {
        if (amount < MINIMUM_DELEGATION) {
            revert IStakingManager.StakingManager_DelegationTooSmall(amount, MINIMUM_DELEGATION);
        }
        PoolTokens tokens = pool.tokensNow();
        uint256 delegated = tokens.delegated();
        uint256 poolShares = pool.shares.latest();
        if (poolShares > delegated * DEPLETED_SHARES) {
            revert IStakingManager.StakingManager_PoolDepleted(delegated, poolShares);
        }

        c.amount = amount;
        c.shares = poolShares == 0 ? amount : amount * poolShares / delegated;
        c.sharesAfter = delegation.shares.latest() + c.shares;
        c.delegatedAfter = delegated + amount;
        c.poolSharesAfter = poolShares + c.shares;

        _write(pool, delegation, c, tokens);
    }

    /// @notice Redeems what has thawed.
    function redeem(StakingStorage.PoolState storage pool, StakingStorage.DelegationState storage delegation)
        internal
        returns (Change memory c)
    {
        PoolTokens tokens = pool.tokensNow();
        uint256 shares = delegation.thawingShares;
        uint256 poolShares = pool.shares.latest();
        c.shares = shares;
        c.amount = PoolLib.valueOf(shares, tokens.delegated(), poolShares);
        c.sharesAfter = delegation.shares.latest() - shares;
        c.delegatedAfter = tokens.delegated() - c.amount;
        c.poolSharesAfter = poolShares - shares;

        delegation.thawingShares = 0;
        delegation.thawEnd = 0;
        pool.thawingShares = uint128(pool.thawingShares - shares);
        _write(pool, delegation, c, tokens);
    }

    /// @notice Starts a thaw. `thawingAfter` are the delegator's thawing shares, `poolThawingAfter` all of the pool.
    function thaw(
        StakingStorage.PoolState storage pool,
        StakingStorage.DelegationState storage delegation,
        uint256 shares,
        uint64 thawEnd
    ) internal returns (uint256 thawingAfter, uint256 poolThawingAfter) {
        uint256 thawing = delegation.thawingShares;
        uint256 active = delegation.shares.latest() - thawing;
        if (shares > active) revert IStakingManager.StakingManager_ThawExceedsActive(shares, active);
        if (shares != active) {
            uint256 left = PoolLib.valueOf(active - shares, pool.tokensNow().delegated(), pool.shares.latest());
            if (left < MINIMUM_DELEGATION) {
                revert IStakingManager.StakingManager_LeftoverTooSmall(left, MINIMUM_DELEGATION);
            }
        }

        thawingAfter = thawing + shares;
        poolThawingAfter = pool.thawingShares + shares;

        delegation.thawingShares = uint128(thawingAfter);
        delegation.thawEnd = thawEnd;
        pool.thawingShares = uint128(poolThawingAfter);
    }

    function _write(
        StakingStorage.PoolState storage pool,
        StakingStorage.DelegationState storage delegation,
        Change memory c,
        PoolTokens before
    ) private {
        SlashLib.moveFloor(pool, before.delegated(), c.delegatedAfter);
        pool.setTokens(before.own(), c.delegatedAfter);
        pool.shares.record(c.poolSharesAfter);
        delegation.shares.record(c.sharesAfter);
    }
}
