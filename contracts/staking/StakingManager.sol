// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {TokenLib} from "../libraries/TokenLib.sol";
import {DelegationLib} from "./DelegationLib.sol";
import {PoolLib} from "./PoolLib.sol";
import {PoolTokens} from "./PoolTokens.sol";
import {SlashLib} from "./SlashLib.sol";
import {StakeFeesLib} from "./StakeFeesLib.sol";
import {StakingStorage} from "./StakingStorage.sol";
import {StakingVotes} from "./StakingVotes.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {AuthorityUtils} from "@openzeppelin/contracts/access/manager/AuthorityUtils.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title StakingManager
/// @notice Owns stakes: one pool per operator and role, with delegations, thaws, fees, locks and slashes.
contract StakingManager is StakingVotes, UUPSUpgradeable, AccessManagedUpgradeable {
    using Checkpoints for Checkpoints.Trace208;
    using PoolLib for Checkpoints.Trace208;
    using DelegationLib for StakingStorage.PoolState;
    using PoolLib for StakingStorage.PoolState;
    using SafeERC20 for IERC20;
    using SlashLib for StakingStorage.PoolState;
    using StakeFeesLib for StakingStorage.PoolState;

    uint256 private constant MAXIMUM_ENDPOINT_BYTES = 256;
    uint256 private constant UPGRADABLE_FOR = 548 days;
    uint256 private constant LONGEST_STAKING_PAUSE = 14 days;
    uint256 private constant LONGEST_EXITS_PAUSE = 72 hours;
    uint256 private constant BETWEEN_EXITS_PAUSES = 7 days;

    /// @notice OPEN: all that is staked here.
    IERC20 public immutable token;
    /// @inheritdoc IStakingManager
    address public immutable burnQueue;
    /// @inheritdoc IStakingManager
    uint64 public immutable thawPeriod;
    /// @inheritdoc IStakingManager
    uint16 public immutable delegatedCapBps;

    /// @notice Fixes what no upgrade of storage changes: token, burn queue, thaw and cap.
    /// @param token_ OPEN; not zero.
    /// @param burnQueue_ Where slashed tokens go to be burnt; not zero.
    /// @param thawPeriod_ Seconds that stake thaws.
    /// @param delegatedCapBps_ What of delegated tokens a slash window can take at most, basis points, at most 9,000,
    /// inclusive: more than nothing stays.
    constructor(IERC20 token_, address burnQueue_, uint64 thawPeriod_, uint16 delegatedCapBps_) {
        if (address(token_) == address(0) || burnQueue_ == address(0)) revert StakingManager_ZeroAddress();
        _requireBps(delegatedCapBps_, SlashLib.MAXIMUM_CAP_BPS);
        token = token_;
        burnQueue = burnQueue_;
        thawPeriod = thawPeriod_;
        delegatedCapBps = delegatedCapBps_;
        _disableInitializers();
    }

    /// @notice Hands the proxy over to its authority; upgrades freeze 548 days later. Once.
    /// @param authority The AccessManager that governs minima, slashers, pauses and upgrades.
    function initialize(address authority) external initializer {
        __AccessManaged_init(authority);
        _load().upgradesFrozenAt = uint64(block.timestamp + UPGRADABLE_FOR);
    }

    /// @inheritdoc IStakingManager
    function stake(Role role, uint96 amount) external {
        _requireStakingOpen();
        if (minimumStake(role) == 0) revert StakingManager_MinimumUnset(role);
        _requireNonZero(amount);

        PoolState storage pool = _released(msg.sender, role);
        PoolTokens tokens = pool.tokensNow();
        uint256 ownAfter = tokens.own() + amount;

        pool.setTokens(ownAfter, tokens.delegated());
        _addTotal(amount);

        emit Staked(msg.sender, role, msg.sender, amount, ownAfter);
        _pull(amount);
    }

    /// @inheritdoc IStakingManager
    function thaw(Role role, uint96 amount) external {
        _requireNonZero(amount);
        PoolState storage pool = _released(msg.sender, role);
        uint256 active = pool.activeOwn(pool.tokensNow());
        if (amount > active) revert StakingManager_ThawExceedsActive(amount, active);

        uint256 thawingAfter = uint256(pool.ownThawing) + amount;
        uint64 thawEnd = _thawEnd();

        // at most the pool's own tokens
        pool.ownThawing = uint96(thawingAfter);
        pool.ownThawEnd = thawEnd;

        emit ThawStarted(msg.sender, role, amount, thawingAfter, thawEnd);
    }

    /// @inheritdoc IStakingManager
    function withdraw(Role role) external returns (uint96 amount) {
        _requireExitsOpen();
        PoolState storage pool = _pool(msg.sender, role);
        amount = pool.ownThawing;
        _requireThawed(amount, pool.ownThawEnd);

        PoolTokens tokens = pool.tokensNow();
        uint256 ownAfter = tokens.own() - amount;

        pool.ownThawing = 0;
        pool.ownThawEnd = 0;
        pool.setTokens(ownAfter, tokens.delegated());
        _subtractTotal(amount);
        _requireCovered(pool);

        emit ThawWithdrawn(msg.sender, role, amount, ownAfter);
        _push(msg.sender, amount);
    }

    /// @inheritdoc IStakingManager
    function delegate(address operator, Role role, uint96 amount) external returns (uint128 shares) {
        _requireStakingOpen();
        PoolState storage pool = _released(operator, role);
        _requireOwn(pool, operator, role);
        DelegationState storage delegation = _settled(pool, msg.sender, operator, role);

        DelegationLib.Change memory c = pool.mint(delegation, amount);
        shares = uint128(c.shares);
        _addTotal(amount);

        emit Delegated(operator, role, msg.sender, amount, shares, c.sharesAfter, c.delegatedAfter, c.poolSharesAfter);
        _pull(amount);
    }

    /// @inheritdoc IStakingManager
    function undelegate(address operator, Role role, uint128 shares) external {
        _requireNonZero(shares);
        PoolState storage pool = _released(operator, role);
        DelegationState storage delegation = _settled(pool, msg.sender, operator, role);
        uint64 thawEnd = _thawEnd();

        (uint256 thawingAfter, uint256 poolThawingAfter) = pool.thaw(delegation, shares, thawEnd);

        emit UndelegationStarted(operator, role, msg.sender, shares, thawingAfter, poolThawingAfter, thawEnd);
    }

    /// @inheritdoc IStakingManager
    function withdrawUndelegated(address operator, Role role) external returns (uint96 amount) {
        _requireExitsOpen();
        PoolState storage pool = _pool(operator, role);
        DelegationState storage delegation = _delegation(msg.sender, operator, role);
        _requireThawed(delegation.thawingShares, delegation.thawEnd);

        DelegationLib.Change memory c = pool.redeem(delegation);
        amount = uint96(c.amount);
        _subtractTotal(amount);
        _requireCovered(pool);

        emit UndelegationWithdrawn(
            operator,
            role,
            msg.sender,
            amount,
            c.shares,
            c.sharesAfter,
            c.delegatedAfter,
            c.poolSharesAfter,
            pool.thawingShares
        );
        _push(msg.sender, amount);
    }

    /// @inheritdoc IStakingManager
    function addFees(address operator, Role role, uint96 amount) external {
        _requireNonZero(amount);

        PoolState storage pool = _released(operator, role);
        pool.addFees(amount);

        emit FeesAdded(operator, role, msg.sender, amount, pool.operatorFees, pool.scheduled, pool.scheduledEnd);
        _pull(amount);
    }

    /// @inheritdoc IStakingManager
    function claimFees(address delegator, address operator, Role role) external returns (uint96 amount) {
        _requireExitsOpen();
        PoolState storage pool = _released(operator, role);
        DelegationState storage delegation = _settled(pool, delegator, operator, role);
        amount = delegation.fees;
        _requireNonZero(amount);
        uint256 delegatorFeesAfter = uint256(pool.delegatorFees) - amount;

        delegation.fees = 0;
        pool.delegatorFees = uint96(delegatorFeesAfter);

        emit FeesClaimed(operator, role, delegator, amount, delegatorFeesAfter);
        _push(delegator, amount);
    }

    /// @inheritdoc IStakingManager
    function claimOperatorFees(address operator, Role role) external returns (uint96 amount) {
        _requireExitsOpen();
        PoolState storage pool = _released(operator, role);
        amount = pool.operatorFees;
        _requireNonZero(amount);

        pool.operatorFees = 0;

        emit OperatorFeesClaimed(operator, role, amount);
        _push(operator, amount);
    }

    /// @inheritdoc IStakingManager
    function setFeeCut(Role role, uint16 bps) external {
        _requireBps(bps, StakeFeesLib.WHOLE_BPS);

        (uint16 cutBps, uint16 nextBps, uint64 nextAt) = _pool(msg.sender, role).setCut(bps);

        emit FeeCutSet(msg.sender, role, cutBps, nextBps, nextAt);
    }

    /// @inheritdoc IStakingManager
    function setEndpoint(Role role, string calldata endpoint) external {
        if (bytes(endpoint).length > MAXIMUM_ENDPOINT_BYTES) {
            revert StakingManager_EndpointTooLong(bytes(endpoint).length, MAXIMUM_ENDPOINT_BYTES);
        }
        _requireOwn(_pool(msg.sender, role), msg.sender, role);

        emit EndpointSet(msg.sender, role, endpoint);
    }

    /// @inheritdoc IStakingManager
    function lock(address operator, Role role, uint96 amount) external restricted returns (uint96 locked) {
        (uint256 added, uint256 lockAfter, uint256 lockedAfter) =
            _pool(operator, role).lock(msg.sender, amount, delegatedCapBps);

        if (added != 0) emit StakeLocked(operator, role, msg.sender, added, lockAfter, lockedAfter);
        return uint96(added);
    }

    /// @inheritdoc IStakingManager
    function unlock(address operator, Role role, uint96 amount) external restricted {
        _unlock(msg.sender, operator, role, amount);
    }

    /// @inheritdoc IStakingManager
    function unlockRevoked(address locker, address operator, Role role) external {
        // a right with a delay is no right to slash: `slash` would have to be scheduled
        (bool maySlash,) =
            AuthorityUtils.canCallWithDelay(authority(), locker, address(this), IStakingManager.slash.selector);
        // while governance has closed this contract nobody may slash: that revokes nobody
        if (maySlash || IAccessManager(authority()).isTargetClosed(address(this))) {
            revert StakingManager_LockerNotRevoked(locker);
        }

        _unlock(locker, operator, role, type(uint96).max);
    }

    /// @inheritdoc IStakingManager
    function slash(Slash calldata s) external restricted returns (uint96 taken, uint96 bounty, uint96 refund) {
        _requireBps(s.bountyBps, SlashLib.MAXIMUM_BOUNTY_BPS);
        PoolState storage pool = _released(s.operator, s.role);

        Outcome memory o = pool.take(msg.sender, s.amount, delegatedCapBps, _thawEnd() + SlashLib.GRACE_PERIOD);
        taken = uint96(o.own + o.delegated);
        if (taken == 0) return (0, 0, 0);
        SlashLib.divide(o, s);
        (bounty, refund) = (uint96(o.bounty), uint96(o.refund));
        _subtractTotal(taken);

        emit Slashed(s.operator, s.role, msg.sender, s.bountyTo, s.refundTo, o);
        _push(s.bountyTo, bounty);
        _push(s.refundTo, refund);
        _push(burnQueue, o.burnt);
    }

    /// @inheritdoc IStakingManager
    function setMinimumStake(Role role, uint96 amount) external restricted {
        _requireStakeable(role);
        _requireNonZero(amount);

        _load().minimumStake[role] = amount;

        emit MinimumStakeSet(role, amount);
    }

    /// @inheritdoc IStakingManager
    function pauseStaking(uint64 until) external restricted {
        _requireShort(until, block.timestamp + LONGEST_STAKING_PAUSE);

        _load().stakingPausedUntil = until;

        emit StakingPaused(until);
    }

    /// @inheritdoc IStakingManager
    function pauseExits(uint64 until) external restricted {
        Layout storage $ = _load();
        uint256 from = $.exitsPausedFrom;
        uint256 before = $.exitsPausedUntil;
        if (block.timestamp >= before) {
            uint256 earliest = before + BETWEEN_EXITS_PAUSES;
            if (block.timestamp < earliest) revert StakingManager_PauseTooSoon(block.timestamp, earliest);
            from = block.timestamp;
        }
        _requireShort(until, from + LONGEST_EXITS_PAUSE);
        // an end in the past would shorten the time to the next pause
        if (until < block.timestamp) until = uint64(block.timestamp);

        $.exitsPausedFrom = uint64(from);
        $.exitsPausedUntil = until;

        emit ExitsPaused(until);
    }

    /// @inheritdoc IStakingManager
    function upgradesFrozenAt() external view returns (uint64) {
        return _load().upgradesFrozenAt;
    }

    /// @inheritdoc IStakingManager
    function stakingPausedUntil() external view returns (uint64) {
        return _load().stakingPausedUntil;
    }

    /// @inheritdoc IStakingManager
    function exitsPausedUntil() external view returns (uint64) {
        return _load().exitsPausedUntil;
    }

    /// @inheritdoc IStakingManager
    function poolOf(address operator, Role role) external view returns (Pool memory p) {
        PoolState storage pool = _pool(operator, role);
        PoolTokens tokens = pool.tokensNow();
        p.own = tokens.own();
        p.ownThawing = pool.ownThawing;
        p.ownThawEnd = pool.ownThawEnd;
        p.delegated = tokens.delegated();
        p.shares = pool.shares.latest();
        p.thawingShares = pool.thawingShares;
        p.locked = pool.locked;
        p.slashFloor = pool.floorNow(p.delegated, delegatedCapBps);
        p.slashWindowEnd = pool.slashWindowEnd;
        p.lead = pool.lead;
    }

    /// @inheritdoc IStakingManager
    function feesOf(address operator, Role role) external view returns (Fees memory f) {
        PoolState storage pool = _pool(operator, role);
        StakeFeesLib.Release memory due = pool.dueOf();
        f.scheduled = pool.scheduled - due.toOperator - due.toDelegators;
        f.scheduledEnd = pool.scheduledEnd;
        f.operatorFees = pool.operatorFees + due.toOperator;
        f.delegatorFees = pool.delegatorFees + due.toDelegators;
        (f.cutBps, f.nextCutBps, f.nextCutAt) = pool.cutOf();
    }

    /// @inheritdoc IStakingManager
    function delegationOf(address delegator, address operator, Role role) external view returns (Delegation memory d) {
        PoolState storage pool = _pool(operator, role);
        DelegationState storage delegation = _delegation(delegator, operator, role);
        d.shares = delegation.shares.latest();
        d.thawingShares = delegation.thawingShares;
        d.thawEnd = delegation.thawEnd;
        d.tokens = PoolLib.valueOf(d.shares, pool.tokensNow().delegated(), pool.shares.latest());
        d.fees = StakeFeesLib.earned(delegation, pool.feesPerShare + pool.dueOf().perShare);
    }

    /// @inheritdoc IStakingManager
    function lockOf(address locker, address operator, Role role) external view returns (uint96) {
        return _pool(operator, role).lockOf[locker];
    }

    /// @inheritdoc IStakingManager
    function activeStake(address operator, Role role) external view returns (uint96) {
        (uint256 own, uint256 delegated) = _active(operator, role);
        return uint96(own + delegated);
    }

    /// @inheritdoc IStakingManager
    function isActive(address operator, Role role) external view returns (bool) {
        uint256 minimum = minimumStake(role);
        (uint256 own, uint256 delegated) = _active(operator, role);
        // no more of it can be slashed with the operator's own
        return minimum != 0 && own + Math.min(own, delegated) >= minimum;
    }

    /// @inheritdoc IStakingManager
    function slashable(address operator, Role role) external view returns (uint96) {
        return uint96(_pool(operator, role).availableTo(msg.sender, delegatedCapBps));
    }

    /// @inheritdoc IStakingManager
    function minimumStake(Role role) public view returns (uint96) {
        return _load().minimumStake[role];
    }

    /// @dev `upgradeToAndCall` is the only entry, so `restricted` checks that selector.
    function _authorizeUpgrade(address) internal override restricted {
        uint64 frozenAt = _load().upgradesFrozenAt;
        if (block.timestamp >= frozenAt) revert StakingManager_UpgradesFrozen(frozenAt, block.timestamp);
    }

    /// @dev Books what is due at the proportions that held so far.
    function _released(address operator, Role role) private returns (PoolState storage pool) {
        pool = _pool(operator, role);
        pool.release(operator, role);
    }

    function _settled(PoolState storage pool, address delegator, address operator, Role role)
        private
        returns (DelegationState storage delegation)
    {
        delegation = _delegation(delegator, operator, role);
        pool.settle(delegation);
    }

    function _unlock(address locker, address operator, Role role, uint96 amount) private {
        (uint256 removed, uint256 lockAfter, uint256 lockedAfter) = _pool(operator, role).unlock(locker, amount);

        if (removed != 0) emit StakeUnlocked(operator, role, locker, removed, lockAfter, lockedAfter);
    }

    /// @dev All that is held fits 96 bits, so that every sum of amounts does.
    function _pull(uint96 amount) private {
        uint256 held = TokenLib.pull(token, msg.sender, amount);
        if (held > type(uint96).max) revert StakingManager_TooMuchHeld(held);
    }

    function _addTotal(uint256 amount) private {
        Checkpoints.Trace208 storage total = _load().total;
        total.record(total.latest() + amount);
    }

    function _subtractTotal(uint256 amount) private {
        Checkpoints.Trace208 storage total = _load().total;
        total.record(total.latest() - amount);
    }

    function _push(address to, uint256 amount) private {
        if (amount != 0) token.safeTransfer(to, amount);
    }

    function _active(address operator, Role role) private view returns (uint256 own, uint256 delegated) {
        PoolState storage pool = _pool(operator, role);
        PoolTokens tokens = pool.tokensNow();
        uint256 shares = pool.shares.latest();
        return (pool.activeOwn(tokens), PoolLib.valueOf(shares - pool.thawingShares, tokens.delegated(), shares));
    }

    function _thawEnd() private view returns (uint64) {
        return uint64(block.timestamp + thawPeriod);
    }

    function _requireStakingOpen() private view {
        _requireOpen(_load().stakingPausedUntil);
    }

    function _requireExitsOpen() private view {
        _requireOpen(_load().exitsPausedUntil);
    }

    function _requireOpen(uint64 until) private view {
        if (block.timestamp < until) revert StakingManager_Paused(until, block.timestamp);
    }

    function _requireCovered(PoolState storage pool) private view {
        pool.requireCovered(delegatedCapBps);
    }

    function _requireThawed(uint256 thawing, uint64 thawEnd) private view {
        if (thawing == 0) revert StakingManager_NothingThawing();
        if (block.timestamp < thawEnd) revert StakingManager_StillThawing(thawEnd, block.timestamp);
    }

    /// @dev A pool without own stake is nobody's: to delegate to it is most likely an error.
    function _requireOwn(PoolState storage pool, address operator, Role role) private view {
        if (pool.tokensNow().own() == 0) revert StakingManager_UnknownPool(operator, role);
    }

    function _requireShort(uint256 until, uint256 latest) private pure {
        if (until > latest) revert StakingManager_PauseTooLong(until, latest);
    }

    function _requireBps(uint256 bps, uint256 maximum) private pure {
        if (bps > maximum) revert StakingManager_BpsTooLarge(bps, maximum);
    }

    function _requireNonZero(uint256 amount) private pure {
        if (amount == 0) revert StakingManager_ZeroAmount();
    }

    function _requireStakeable(Role role) private pure {
        if (role == Role.None) revert StakingManager_RoleNotStakeable(role);
    }
}
