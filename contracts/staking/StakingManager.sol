// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title StakingManager
/// @notice Owns stakes: one pool per operator and role, thawed before it leaves.
contract StakingManager is IStakingManager, UUPSUpgradeable, AccessManagedUpgradeable {
    using SafeERC20 for IERC20;

    /// @custom:storage-location erc7201:openledger.storage.StakingManager
    struct StakingStorage {
        uint64 upgradesFrozenAt;
        mapping(address operator => mapping(Role role => Pool)) pools;
        mapping(Role role => uint96) minimumStake;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.StakingManager")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_SLOT = 0x1ca7aed45c9faefaabe590c15b6ba0dfdb921f4ba19a06c44ec26ecc9d237e00;
    uint256 private constant MAXIMUM_ENDPOINT_BYTES = 256;
    uint64 private constant UPGRADABLE_FOR = 548 days;

    IERC20 public immutable token;
    uint64 public immutable thawPeriod;

    constructor(IERC20 token_, uint64 thawPeriod_) {
        token = token_;
        thawPeriod = thawPeriod_;
        _disableInitializers();
    }

    /// @param authority The AccessManager that governs minima and upgrades.
    function initialize(address authority) external initializer {
        __AccessManaged_init(authority);
        _storage().upgradesFrozenAt = uint64(block.timestamp) + UPGRADABLE_FOR;
    }

    /// @inheritdoc IStakingManager
    function stake(Role role, uint96 amount) external {
        _requireStakeable(role);
        if (minimumStake(role) == 0) revert StakingManager_MinimumUnset(role);
        if (amount == 0) revert StakingManager_ZeroAmount();

        Pool storage pool = _storage().pools[msg.sender][role];
        uint96 tokensAfter = pool.tokens + amount;

        pool.tokens = tokensAfter;

        emit Staked(msg.sender, role, msg.sender, amount, tokensAfter);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IStakingManager
    function thaw(Role role, uint96 amount) external {
        if (amount == 0) revert StakingManager_ZeroAmount();
        Pool storage pool = _storage().pools[msg.sender][role];
        uint96 active = pool.tokens - pool.thawing;
        if (amount > active) revert StakingManager_ThawExceedsActive(amount, active);

        uint96 thawingAfter = pool.thawing + amount;
        uint64 thawEnd = uint64(block.timestamp) + thawPeriod;

        pool.thawing = thawingAfter;
        pool.thawEnd = thawEnd;

        emit ThawStarted(msg.sender, role, amount, thawingAfter, thawEnd);
    }

    /// @inheritdoc IStakingManager
    function withdraw(Role role) external returns (uint96 amount) {
        Pool storage pool = _storage().pools[msg.sender][role];
        amount = pool.thawing;
        if (amount == 0) revert StakingManager_NothingThawing(msg.sender, role);
        if (block.timestamp < pool.thawEnd) {
            revert StakingManager_StillThawing(pool.thawEnd, uint64(block.timestamp));
        }

        uint96 tokensAfter = pool.tokens - amount;

        pool.tokens = tokensAfter;
        pool.thawing = 0;
        pool.thawEnd = 0;

        emit ThawWithdrawn(msg.sender, role, amount, tokensAfter);
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IStakingManager
    function addFees(address operator, Role role, uint96 amount) external {
        if (amount == 0) revert StakingManager_ZeroAmount();
        Pool storage pool = _knownPool(operator, role);

        uint96 tokensAfter = pool.tokens + amount;

        pool.tokens = tokensAfter;

        emit FeesAdded(operator, role, amount, tokensAfter);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IStakingManager
    function setEndpoint(Role role, string calldata endpoint) external {
        if (bytes(endpoint).length > MAXIMUM_ENDPOINT_BYTES) {
            revert StakingManager_EndpointTooLong(bytes(endpoint).length, MAXIMUM_ENDPOINT_BYTES);
        }
        _knownPool(msg.sender, role);

        emit EndpointSet(msg.sender, role, endpoint);
    }

    /// @inheritdoc IStakingManager
    function setMinimumStake(Role role, uint96 amount) external restricted {
        _requireStakeable(role);
        if (amount == 0) revert StakingManager_ZeroAmount();

        _storage().minimumStake[role] = amount;

        emit MinimumStakeSet(role, amount);
    }

    /// @inheritdoc IStakingManager
    function slash(Slash calldata) external restricted returns (uint96, uint96, uint96) {}

    /// @inheritdoc IStakingManager
    function slashable(address operator, Role role) external view returns (uint96) {
        return _storage().pools[operator][role].tokens;
    }

    /// @inheritdoc IStakingManager
    function poolOf(address operator, Role role) external view returns (Pool memory) {
        return _storage().pools[operator][role];
    }

    /// @inheritdoc IStakingManager
    function isActive(address operator, Role role) external view returns (bool) {
        uint96 minimum = minimumStake(role);
        return minimum != 0 && activeStake(operator, role) >= minimum;
    }

    /// @inheritdoc IStakingManager
    function upgradesFrozenAt() external view returns (uint64) {
        return _storage().upgradesFrozenAt;
    }

    /// @inheritdoc IStakingManager
    function activeStake(address operator, Role role) public view returns (uint96) {
        Pool storage pool = _storage().pools[operator][role];
        return pool.tokens - pool.thawing;
    }

    /// @inheritdoc IStakingManager
    function minimumStake(Role role) public view returns (uint96) {
        return _storage().minimumStake[role];
    }

    function _authorizeUpgrade(address) internal override restricted {
        uint64 frozenAt = _storage().upgradesFrozenAt;
        if (block.timestamp >= frozenAt) revert StakingManager_UpgradesFrozen(frozenAt, uint64(block.timestamp));
    }

    function _knownPool(address operator, Role role) private view returns (Pool storage pool) {
        pool = _storage().pools[operator][role];
        if (pool.tokens == 0) revert StakingManager_UnknownPool(operator, role);
    }

    function _requireStakeable(Role role) private pure {
        if (role != Role.Runner && role != Role.Oracle) revert StakingManager_RoleNotStakeable(role);
    }

    function _storage() private pure returns (StakingStorage storage $) {
        assembly ("memory-safe") {
            $.slot := STORAGE_SLOT
        }
    }
}
