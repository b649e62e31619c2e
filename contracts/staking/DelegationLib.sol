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
/// @dev delegated <= shares always: both start equal, minting rounds shares down from a price of at most 1, redeeming rounds
/// tokens down, slashing lowers tokens. And delegated > 0 while shares > 0: redeeming less than all shares leaves more than
/// nothing, and a slash stops at its floor.
library DelegationLib {
    using Checkpoints for Checkpoints.Trace208;
    using PoolLib for StakingStorage.PoolState;

    uint96 internal constant MINIMUM_DELEGATION = 1e18;
    /// @dev Least price of a share is 1 / this. So shares <= 2^96 × 10^6 < 2^116.
    uint256 internal constant DEPLETED_SHARES = 1e6;

    /// @param amount Tokens redeemed for `shares`. @param sharesAfter The delegator's shares.
    /// @param delegatedAfter Delegated tokens of the pool. @param poolSharesAfter and poolThawingAfter Its shares.
    struct Redemption {
        uint96 amount;
        uint128 shares;
        uint128 sharesAfter;
        uint96 delegatedAfter;
        uint128 poolSharesAfter;
        uint128 poolThawingAfter;
    }

    /// @notice Mints shares for tokens. `sharesAfter` are the delegator's, `poolSharesAfter` all of the pool.
    function mint(
        StakingStorage.PoolState storage pool,
        StakingStorage.DelegationState storage delegation,
        uint96 amount
    ) internal returns (uint128 shares, uint128 sharesAfter, uint96 delegatedAfter, uint128 poolSharesAfter) {
        if (amount < MINIMUM_DELEGATION) {
            revert IStakingManager.StakingManager_DelegationTooSmall(amount, MINIMUM_DELEGATION);
        }
        PoolTokens tokens = pool.tokensNow();
        uint96 delegated = tokens.delegated();
        uint128 poolShares = pool.sharesNow();
        if (poolShares > delegated * DEPLETED_SHARES) {
            revert IStakingManager.StakingManager_PoolDepleted(delegated, poolShares);
        }

        // < 2^96 × 10^6, see DEPLETED_SHARES
        shares = poolShares == 0 ? amount : uint128(uint256(amount) * poolShares / delegated);
        sharesAfter = uint128(delegation.shares.latest()) + shares;
        delegatedAfter = delegated + amount;
        poolSharesAfter = poolShares + shares;

        SlashLib.moveFloor(pool, delegated, delegatedAfter);
        pool.setTokens(tokens.own(), delegatedAfter);
        pool.shares.push(uint48(block.timestamp), poolSharesAfter);
        delegation.shares.push(uint48(block.timestamp), sharesAfter);
    }

    /// @notice Starts a thaw. `thawingAfter` are the delegator's thawing shares, `poolThawingAfter` all of the pool.
    function thaw(
        StakingStorage.PoolState storage pool,
        StakingStorage.DelegationState storage delegation,
        uint128 shares,
        uint64 thawEnd
    ) internal returns (uint128 thawingAfter, uint128 poolThawingAfter) {
        thawingAfter = delegation.thawingShares;
        uint128 active = uint128(delegation.shares.latest()) - thawingAfter;
        if (shares > active) revert IStakingManager.StakingManager_ThawExceedsActive(shares, active);
        if (shares != active) {
            uint96 left = PoolLib.valueOf(active - shares, pool.tokensNow().delegated(), pool.sharesNow());
            if (left < MINIMUM_DELEGATION) {
                revert IStakingManager.StakingManager_LeftoverTooSmall(left, MINIMUM_DELEGATION);
            }
        }
        thawingAfter += shares;
        poolThawingAfter = pool.thawingShares + shares;

        delegation.thawingShares = thawingAfter;
        delegation.thawEnd = thawEnd;
        pool.thawingShares = poolThawingAfter;
    }

    /// @notice Redeems what has thawed.
    function redeem(StakingStorage.PoolState storage pool, StakingStorage.DelegationState storage delegation)
        internal
        returns (Redemption memory r)
    {
        PoolTokens tokens = pool.tokensNow();
        uint128 poolShares = pool.sharesNow();
        r.shares = delegation.thawingShares;
        r.amount = PoolLib.valueOf(r.shares, tokens.delegated(), poolShares);
        r.sharesAfter = uint128(delegation.shares.latest()) - r.shares;
        r.delegatedAfter = tokens.delegated() - r.amount;
        r.poolSharesAfter = poolShares - r.shares;
        r.poolThawingAfter = pool.thawingShares - r.shares;

        delegation.thawingShares = 0;
        delegation.thawEnd = 0;
        delegation.shares.push(uint48(block.timestamp), r.sharesAfter);
        pool.thawingShares = r.poolThawingAfter;
        pool.shares.push(uint48(block.timestamp), r.poolSharesAfter);
        SlashLib.moveFloor(pool, tokens.delegated(), r.delegatedAfter);
        pool.setTokens(tokens.own(), r.delegatedAfter);
    }
}
