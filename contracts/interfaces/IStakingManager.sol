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

/// @title IStakingManager
/// @notice Owns stakes: one pool per operator and role, thawed before it leaves.
/// @dev MONEY. The contract's OPEN balance is at least the sum of all pools' tokens, thawing ones included.
///
/// CLOCKS. A thaw lasts `thawPeriod` seconds; thawing more restarts the clock for all that thaws in that pool. Upgrades end
/// at `upgradesFrozenAt`.
///
/// TRUST. Governance sets minima and, until they freeze, upgrades; it cannot take a stake.
///
/// NOT DONE. Delegation, slashing, pools of validators, models and agents.
interface IStakingManager {
    /// @param tokens All tokens of the pool, thawing ones included.
    /// @param thawing Of these, those on their way out; they do not count as active.
    /// @param thawEnd Timestamp from which (inclusive) they may leave; 0 when none thaw.
    struct Pool {
        uint96 tokens;
        uint96 thawing;
        uint64 thawEnd;
    }

    /// @param amount At most so much is taken. @param bountyTo Who found it. @param bountyBps Its part, at most 4000.
    /// @param refundTo Who was harmed. @param refundAmount At most so much goes to it.
    struct Slash {
        address operator;
        Role role;
        uint96 amount;
        address bountyTo;
        uint16 bountyBps;
        address refundTo;
        uint96 refundAmount;
    }

    error StakingManager_RoleNotStakeable(Role role);
    error StakingManager_ZeroAmount();
    error StakingManager_ThawExceedsActive(uint96 amount, uint96 active);
    error StakingManager_StillThawing(uint64 thawEnd, uint64 now_);
    error StakingManager_NothingThawing(address operator, Role role);
    error StakingManager_UnknownPool(address operator, Role role);
    error StakingManager_EndpointTooLong(uint256 length, uint256 maximum);
    error StakingManager_MinimumUnset(Role role);
    error StakingManager_UpgradesFrozen(uint64 frozenAt, uint64 now_);

    event Staked(address indexed operator, Role indexed role, address indexed from, uint96 amount, uint96 tokensAfter);
    event ThawStarted(address indexed operator, Role indexed role, uint96 amount, uint96 thawingAfter, uint64 thawEnd);
    event ThawWithdrawn(address indexed operator, Role indexed role, uint96 amount, uint96 tokensAfter);
    event FeesAdded(address indexed operator, Role indexed role, uint96 amount, uint96 tokensAfter);
    event EndpointSet(address indexed operator, Role indexed role, string endpoint);
    event MinimumStakeSet(Role indexed role, uint96 amount);

    /// @notice Adds the caller's OPEN to the caller's own pool for a role. The role must be runner or oracle, its minimum set.
    function stake(Role role, uint96 amount) external;

    /// @notice Starts the thaw of a part of the caller's pool. The clock restarts for what was already thawing.
    function thaw(Role role, uint96 amount) external;

    /// @notice Pays out what has thawed to the caller.
    function withdraw(Role role) external returns (uint96 amount);

    /// @notice Takes stake for a proven fault. Only a slasher; never reverts for want of stake.
    function slash(Slash calldata s) external returns (uint96 taken, uint96 bounty, uint96 refund);

    /// @notice Adds fees to an operator's pool that holds tokens, pulled from the caller. Anyone may; only the pool gains.
    function addFees(address operator, Role role, uint96 amount) external;

    /// @notice Publishes where the caller, whose pool must hold tokens, is reached: at most 256 bytes.
    function setEndpoint(Role role, string calldata endpoint) external;

    /// @notice Sets the least active stake of a role, not zero. Governed.
    function setMinimumStake(Role role, uint96 amount) external;

    function thawPeriod() external view returns (uint64);

    /// @notice Timestamp from which (inclusive) the code can no longer be upgraded.
    function upgradesFrozenAt() external view returns (uint64);
    function minimumStake(Role role) external view returns (uint96);
    function poolOf(address operator, Role role) external view returns (Pool memory);

    /// @notice Tokens that the caller could slash.
    function slashable(address operator, Role role) external view returns (uint96);

    /// @notice Tokens that are staked and not thawing.
    function activeStake(address operator, Role role) external view returns (uint96);

    /// @notice Whether the active stake reaches the role's minimum, which must be set.
    function isActive(address operator, Role role) external view returns (bool);
}
