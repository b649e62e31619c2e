// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IStakeVotes} from "./IStakeVotes.sol";
import {Role} from "./Role.sol";

/// @title IStakingManager
/// @notice Owns stakes: one pool per operator and role, of the operator's own stake and of what others delegate to it.
/// @dev STATES. A pool is keyed by (operator, role), whatever the role: behind models and agents stands the account that stakes
/// for them. It holds own tokens, of which some thaw, and delegated tokens, which delegators hold by shares, of which some thaw.
/// Active and thawing shares have one price, delegated tokens / shares: both are slashed alike. It starts at 1, falls by slashes
/// only and never rises above 1: fees never become tokens of a pool, and nothing but `delegate` adds delegated tokens. So
/// nobody can inflate it, and a delegator loses less than one base unit by rounding.
///
/// CLOCKS. A thaw lasts `thawPeriod`; thawing more restarts it for all that thaws of that account in that pool; from its end on
/// (inclusive) it may be withdrawn. What thaws is slashed like the rest. Delegated tokens lose at most `delegatedCapBps` of their
/// price within a slash window; one begins with the first slash that reaches them and lasts `thawPeriod` + 7 days: who starts
/// to thaw within 7 days of that slash is out before another window can begin. Fees for staked tokens are released linearly over
/// 7 days. A higher fee cut is in force 7 days after it was set. Upgrades end at `upgradesFrozenAt`. Checkpoints and votes count
/// timestamps: a value "at" t is the last one of that second.
///
/// MONEY. balance = Σ over pools of own + delegated + scheduled fees + operator's fees + delegators' fees (+ what was sent here
/// uncalled for). Delegators' fees hold the dust of flooring, less than one base unit for each release and each delegator's
/// settlement; it stays. Of a slash: taken = bounty + refund + burnt, bounty <= 40 % of taken, burnt >= 50 % of taken. Own tokens
/// are taken first, thawing ones before active ones; then delegated ones, over a pool's life at most as many as own ones.
/// So who has its own pool slashed, and collects both bounty and refund through friends, never gains.
///
/// TRUST. Holders of the slashing role (contracts) take and lock stakes within these bounds; each can take what it locked and what
/// nobody locked. Locks of one who lost that role can be lifted by anybody. Governance sets minima and, until they freeze,
/// upgrades; the brake delays entries and exits; none of them can take a stake. An operator cannot touch delegated tokens.
///
/// LIVENESS. No list is walked and nobody can write into another's thaw. `lock`, `unlock` and `slash` do not revert for want of
/// stake. An exit waits for: its thaw, open cases whose locks the rest of the pool does not cover, and a pause (72 h at most,
/// then 7 days without).
///
/// NOT DONE. Redelegation without a thaw, delegation by signature, withdrawing a part of what has thawed.
interface IStakingManager is IStakeVotes {
    /// @param own The operator's tokens, thawing ones included.
    /// @param ownThawing Of these, those on their way out; they do not count as active.
    /// @param ownThawEnd Timestamp from which (inclusive) they may leave; 0 when none thaw.
    /// @param delegated Delegated tokens, thawing ones included.
    /// @param shares All shares in `delegated`, thawing ones included.
    /// @param thawingShares Of these, those on their way out.
    /// @param locked What lockers keep from leaving, at most what can be slashed.
    /// @param slashFloor Delegated tokens that no slash can reach now.
    /// @param slashWindowEnd Timestamp from which (inclusive) `slashFloor` follows from `delegated` anew; 0 before any
    /// slash.
    /// @param lead By how much more own than delegated tokens were slashed over the pool's life.
    struct Pool {
        uint256 own;
        uint256 ownThawing;
        uint64 ownThawEnd;
        uint256 delegated;
        uint256 shares;
        uint256 thawingShares;
        uint256 locked;
        uint256 slashFloor;
        uint64 slashWindowEnd;
        uint256 lead;
    }

    /// @param scheduled Fees that are not released yet.
    /// @param scheduledEnd Timestamp by which all of them are.
    /// @param operatorFees What the operator can claim now.
    /// @param delegatorFees What delegators can claim now, dust included.
    /// @param cutBps The operator's cut in force, of fees as they are added, basis points.
    /// @param nextCutBps The cut in force from `nextCutAt` on (inclusive), basis points; both 0 when none is scheduled.
    /// @param nextCutAt Timestamp.
    struct Fees {
        uint256 scheduled;
        uint64 scheduledEnd;
        uint256 operatorFees;
        uint256 delegatorFees;
        uint16 cutBps;
        uint16 nextCutBps;
        uint64 nextCutAt;
    }

    /// @param shares All of a delegator's shares in a pool.
    /// @param thawingShares Of these, those on their way out.
    /// @param thawEnd Timestamp from which (inclusive) they may leave; 0 when none thaw.
    /// @param tokens What all shares are worth now, rounded down.
    /// @param fees What can be claimed now.
    struct Delegation {
        uint256 shares;
        uint256 thawingShares;
        uint64 thawEnd;
        uint256 tokens;
        uint256 fees;
    }

    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param amount At most so much is taken, base units.
    /// @param bountyTo Who found it; the zero address: no bounty.
    /// @param bountyBps Its part of what is taken, basis points, at most 4,000, inclusive.
    /// @param refundTo Who was harmed; the zero address: no refund.
    /// @param refundAmount At most so much goes to it, base units: what is left of one half of what is taken after the
    /// bounty.
    struct Slash {
        address operator;
        Role role;
        uint96 amount;
        address bountyTo;
        uint16 bountyBps;
        address refundTo;
        uint96 refundAmount;
    }

    /// @param own Taken of own tokens, base units, as all that follows.
    /// @param delegated Taken of delegated ones.
    /// @param bounty Of what was taken, to who found it.
    /// @param refund Of it, to who was harmed.
    /// @param burnt Of it, to be burnt: the three are own + delegated.
    /// @param ownAfter Own tokens that the pool holds after it.
    /// @param ownThawingAfter Of these, those on their way out.
    /// @param delegatedAfter Delegated tokens that the pool holds after it.
    /// @param lockedAfter What all lockers keep of it.
    /// @param lockAfter What the slasher has locked after it.
    /// @param slashWindowEnd As in `Pool`.
    struct Outcome {
        uint256 own;
        uint256 delegated;
        uint256 bounty;
        uint256 refund;
        uint256 burnt;
        uint256 ownAfter;
        uint256 ownThawingAfter;
        uint256 delegatedAfter;
        uint256 lockedAfter;
        uint256 lockAfter;
        uint64 slashWindowEnd;
    }

    /// @notice The zero address is neither token nor burn queue.
    error StakingManager_ZeroAddress();

    /// @notice Nothing would move, or be set.
    error StakingManager_ZeroAmount();

    /// @notice There is no staking for no role.
    /// @param role `None`.
    error StakingManager_RoleNotStakeable(Role role);

    /// @notice Governance has set no minimum for the role: nobody can stake for it.
    /// @param role The role.
    error StakingManager_MinimumUnset(Role role);

    /// @notice The pool holds no own stake.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    error StakingManager_UnknownPool(address operator, Role role);

    /// @notice What is held here would not fit 96 bits.
    /// @param balance What it would be, base units.
    error StakingManager_TooMuchHeld(uint256 balance);

    /// @notice Less is active than is to thaw.
    /// @param amount What is to thaw: base units of own stake, or shares.
    /// @param active What is active, likewise, inclusive.
    error StakingManager_ThawExceedsActive(uint256 amount, uint256 active);

    /// @notice What thaws cannot leave yet.
    /// @param thawEnd Timestamp from which (inclusive) all that thaws may leave.
    /// @param now_ The block's timestamp.
    error StakingManager_StillThawing(uint256 thawEnd, uint256 now_);

    /// @notice Nothing thaws that could leave.
    error StakingManager_NothingThawing();

    /// @notice The rest of the pool could not pay what is locked.
    /// @param locked What is, base units.
    /// @param slashableAfter What could be slashed of the rest, base units.
    error StakingManager_StakeLocked(uint256 locked, uint256 slashableAfter);

    /// @notice A delegation is too small.
    /// @param amount What was to be delegated, base units.
    /// @param minimum 1 OPEN, base units, inclusive.
    error StakingManager_DelegationTooSmall(uint256 amount, uint256 minimum);

    /// @notice What would stay active is too little, and not nothing.
    /// @param left What it is worth, base units.
    /// @param minimum 1 OPEN, base units, inclusive.
    error StakingManager_LeftoverTooSmall(uint256 left, uint256 minimum);

    /// @notice The pool's price fell so low that nobody can delegate to it.
    /// @param delegated Its delegated tokens, base units.
    /// @param shares Its shares: more than 10^6 times as many.
    error StakingManager_PoolDepleted(uint256 delegated, uint256 shares);

    /// @notice A part is larger than it may be.
    /// @param bps What was given, basis points.
    /// @param maximum What it may be, basis points, inclusive.
    error StakingManager_BpsTooLarge(uint256 bps, uint256 maximum);

    /// @notice The locker may still slash, or nobody may while governance has closed this contract.
    /// @param locker Whose locks were to be lifted.
    error StakingManager_LockerNotRevoked(address locker);

    /// @notice An endpoint is too long.
    /// @param length Its bytes.
    /// @param maximum 256, inclusive.
    error StakingManager_EndpointTooLong(uint256 length, uint256 maximum);

    /// @notice This is paused now.
    /// @param until Timestamp from which (inclusive) it works.
    /// @param now_ The block's timestamp.
    error StakingManager_Paused(uint256 until, uint256 now_);

    /// @notice A pause would last longer than one may.
    /// @param until The end that was asked for, timestamp.
    /// @param latest 14 days from now, for exits 72 hours from the pause's beginning; inclusive.
    error StakingManager_PauseTooLong(uint256 until, uint256 latest);

    /// @notice Between two pauses of exits lie 7 days.
    /// @param now_ The block's timestamp.
    /// @param earliest Timestamp from which (inclusive) the next may begin.
    error StakingManager_PauseTooSoon(uint256 now_, uint256 earliest);

    /// @notice The code can no longer be upgraded.
    /// @param frozenAt Timestamp from which (inclusive) it cannot.
    /// @param now_ The block's timestamp.
    error StakingManager_UpgradesFrozen(uint256 frozenAt, uint256 now_);

    /// @notice The present second and later ones may still change.
    /// @param timepoint What was asked for, timestamp.
    /// @param clock The block's timestamp, exclusive.
    error StakingManager_FutureLookup(uint256 timepoint, uint256 clock);

    /// @notice An operator's own tokens came into its pool.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param from Who paid: the operator.
    /// @param amount Base units of OPEN, more than 0.
    /// @param ownAfter The operator's tokens in the pool, thawing ones included, base units.
    event Staked(address indexed operator, Role indexed role, address indexed from, uint256 amount, uint256 ownAfter);

    /// @notice Own tokens of an operator thaw; they can still be slashed.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param amount What it adds to what thaws, base units, more than 0.
    /// @param thawingAfter All own tokens that thaw, base units.
    /// @param thawEnd Timestamp from which (inclusive) all that thaws may leave.
    event ThawStarted(
        address indexed operator, Role indexed role, uint256 amount, uint256 thawingAfter, uint64 thawEnd
    );

    /// @notice Own tokens that had thawed left.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param amount Base units of OPEN, more than 0.
    /// @param ownAfter The operator's tokens in the pool, thawing ones included, base units.
    event ThawWithdrawn(address indexed operator, Role indexed role, uint256 amount, uint256 ownAfter);

    /// @notice A delegator's tokens came into a pool for shares of it.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param delegator Whose shares they are.
    /// @param amount Base units of OPEN, at least 1 OPEN.
    /// @param shares Shares that were minted for it.
    /// @param sharesAfter The delegator's shares in the pool.
    /// @param delegatedAfter The pool's delegated tokens.
    /// @param poolSharesAfter All shares of the pool.
    event Delegated(
        address indexed operator,
        Role indexed role,
        address indexed delegator,
        uint256 amount,
        uint256 shares,
        uint256 sharesAfter,
        uint256 delegatedAfter,
        uint256 poolSharesAfter
    );

    /// @notice Shares of a delegator thaw; they can still be slashed and earn no fees.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param delegator Whose shares they are.
    /// @param shares Shares that it adds to what thaws, more than 0.
    /// @param thawingAfter The delegator's thawing shares.
    /// @param poolThawingAfter All thawing shares of the pool.
    /// @param thawEnd Timestamp from which (inclusive) all that thaws may leave.
    event UndelegationStarted(
        address indexed operator,
        Role indexed role,
        address indexed delegator,
        uint256 shares,
        uint256 thawingAfter,
        uint256 poolThawingAfter,
        uint64 thawEnd
    );

    /// @notice Shares that had thawed were redeemed, at what they were worth then.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param delegator Whose shares they are.
    /// @param amount What they were worth, base units of OPEN, rounded down.
    /// @param shares Shares that were redeemed.
    /// @param sharesAfter The delegator's shares; none of them thaw.
    /// @param delegatedAfter The pool's delegated tokens, base units.
    /// @param poolSharesAfter All shares of the pool.
    /// @param poolThawingAfter All thawing shares of the pool.
    event UndelegationWithdrawn(
        address indexed operator,
        Role indexed role,
        address indexed delegator,
        uint256 amount,
        uint256 shares,
        uint256 sharesAfter,
        uint256 delegatedAfter,
        uint256 poolSharesAfter,
        uint256 poolThawingAfter
    );

    /// @notice Fees came into a pool: the operator's cut at once, the rest over time.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param from Who paid.
    /// @param amount Base units of OPEN, more than 0.
    /// @param operatorFeesAfter What the operator can claim now, base units.
    /// @param scheduledAfter Fees that are not released yet, base units.
    /// @param scheduledEnd Timestamp by which all scheduled fees are released.
    event FeesAdded(
        address indexed operator,
        Role indexed role,
        address indexed from,
        uint256 amount,
        uint256 operatorFeesAfter,
        uint256 scheduledAfter,
        uint64 scheduledEnd
    );

    /// @notice Scheduled fees of a pool are due by now and booked.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param toOperator What the operator got, base units.
    /// @param toDelegators What delegators got, base units.
    /// @param operatorFeesAfter What the operator can claim now, base units.
    /// @param delegatorFeesAfter What delegators can claim now, dust included, base units.
    /// @param scheduledAfter Fees that are not released yet, base units.
    /// @param feesPerShareAfter Fees of one active share since the pool's beginning, base units times 2^128.
    event FeesReleased(
        address indexed operator,
        Role indexed role,
        uint256 toOperator,
        uint256 toDelegators,
        uint256 operatorFeesAfter,
        uint256 delegatorFeesAfter,
        uint256 scheduledAfter,
        uint256 feesPerShareAfter
    );

    /// @notice A delegator was paid its fees.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param delegator Whose shares they are.
    /// @param amount Base units of OPEN, more than 0.
    /// @param delegatorFeesAfter What delegators can claim now, dust included, base units.
    event FeesClaimed(
        address indexed operator,
        Role indexed role,
        address indexed delegator,
        uint256 amount,
        uint256 delegatorFeesAfter
    );

    /// @notice An operator was paid its fees.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param amount Base units of OPEN, more than 0.
    event OperatorFeesClaimed(address indexed operator, Role indexed role, uint256 amount);

    /// @notice An operator takes another part of its delegators' fees, now or from `nextAt` on.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param bps In force now, basis points of fees as they are added.
    /// @param nextBps In force from `nextAt` on (inclusive), basis points; both 0 when no raise is scheduled.
    /// @param nextAt Timestamp.
    event FeeCutSet(address indexed operator, Role indexed role, uint16 bps, uint16 nextBps, uint64 nextAt);

    /// @notice A contract that can slash has locked stake: it cannot leave, and nobody else can take it.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param locker Who has locked it.
    /// @param amount What was locked, base units, more than 0.
    /// @param lockAfter What the locker keeps of the pool, base units.
    /// @param lockedAfter What all lockers keep of it, base units.
    event StakeLocked(
        address indexed operator,
        Role indexed role,
        address indexed locker,
        uint256 amount,
        uint256 lockAfter,
        uint256 lockedAfter
    );

    /// @notice A lock was given up, wholly or in part.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param locker Who has locked it.
    /// @param amount What was given up, base units, more than 0.
    /// @param lockAfter What the locker keeps of the pool, base units.
    /// @param lockedAfter What all lockers keep of it, base units.
    event StakeUnlocked(
        address indexed operator,
        Role indexed role,
        address indexed locker,
        uint256 amount,
        uint256 lockAfter,
        uint256 lockedAfter
    );

    /// @notice Stake was taken from a pool; the outcome says from whom and to whom.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param slasher Who called.
    /// @param bountyTo Who got the bounty; zero: nobody.
    /// @param refundTo Who got the refund; zero: nobody.
    /// @param outcome What was taken, where it went, and what the pool holds after it.
    event Slashed(
        address indexed operator,
        Role indexed role,
        address indexed slasher,
        address bountyTo,
        address refundTo,
        Outcome outcome
    );

    /// @notice An operator can be reached here.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param endpoint At most 256 bytes.
    event EndpointSet(address indexed operator, Role indexed role, string endpoint);

    /// @notice Operators of a role are active from this stake on, base units.
    /// @param role The role.
    /// @param amount Base units, more than 0.
    event MinimumStakeSet(Role indexed role, uint256 amount);

    /// @notice Nobody stakes or delegates before `until`; exits work.
    /// @param until Timestamp, exclusive; one that has passed: nothing is paused.
    event StakingPaused(uint64 until);

    /// @notice Nothing is withdrawn or claimed before `until`.
    /// @param until Timestamp, exclusive; now where a pause was ended.
    event ExitsPaused(uint64 until);

    // Operators

    /// @notice Adds the caller's OPEN to the caller's own pool for a role, whose minimum must be set.
    /// @dev Reverts while staking is paused.
    /// Warning: own stake is slashed first, and down to nothing.
    /// @param role A role whose minimum is set.
    /// @param amount Base units of OPEN, more than 0.
    function stake(Role role, uint96 amount) external;

    /// @notice Starts the thaw of a part of the caller's own stake. The clock restarts for what was already thawing.
    /// @param role Role of the caller's pool.
    /// @param amount Base units, more than 0, at most what is active of the caller's own, inclusive.
    function thaw(Role role, uint96 amount) external;

    /// @notice Pays out what has thawed of the caller's own stake, whole.
    /// @dev Reverts while the rest of the pool could not pay what is locked, and while exits are paused.
    /// @param role Role of the caller's pool.
    /// @return amount What left, base units of OPEN, more than 0.
    function withdraw(Role role) external returns (uint96 amount);

    /// @notice Sets the caller's cut of fees that are added to its pool, at most 10,000 basis points: lower at once, higher after
    /// 7 days. It replaces a raise that is not in force yet.
    /// @dev Warning for delegators: fees that are owed elsewhere and added after a raise pay the higher cut; anyone may have
    /// them added before (`collectStakers`).
    /// @param role Role of the caller's pool.
    /// @param bps Basis points of fees as they are added, at most 10,000, inclusive.
    function setFeeCut(Role role, uint16 bps) external;

    /// @notice Publishes where the caller, whose pool must hold own tokens, is reached: at most 256 bytes.
    /// @param role Role of the caller's pool, which holds own stake.
    /// @param endpoint At most 256 bytes, inclusive; not looked at.
    function setEndpoint(Role role, string calldata endpoint) external;

    // Delegators

    /// @notice Delegates the caller's OPEN, at least 1, to a pool that holds own stake.
    /// @dev Reverts while staking is paused, and for a pool whose price fell below 10^-6.
    /// Warning: delegated tokens are slashed with the operator's, see CLOCKS and MONEY.
    /// @param operator Whose pool; it holds own stake.
    /// @param role Role of the pool.
    /// @param amount Base units of OPEN, at least 1 OPEN (10^18), inclusive.
    /// @return shares amount / price, rounded down.
    function delegate(address operator, Role role, uint96 amount) external returns (uint128 shares);

    /// @notice Starts the thaw of a part of the caller's shares. The clock restarts for what was already thawing. Thawing shares
    /// earn nothing.
    /// @dev What stays active must be nothing or worth at least 1 OPEN.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param shares More than 0, at most the caller's active ones, inclusive.
    function undelegate(address operator, Role role, uint128 shares) external;

    /// @notice Pays out what has thawed of the caller's shares, whole, at the price of now, rounded down.
    /// @dev Reverts while the rest of the pool could not pay what is locked, and while exits are paused.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @return amount What left, base units of OPEN.
    function withdrawUndelegated(address operator, Role role) external returns (uint96 amount);

    // Fees

    /// @notice Adds fees to a pool, pulled from the caller. Anyone may.
    /// @dev The operator's cut is its at once, and so is all while no shares are active. The rest is released over 7 days, more
    /// of which may be left than before, weighted by amounts: active own tokens and active shares at that time divide it.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param amount Base units of OPEN, more than 0.
    function addFees(address operator, Role role, uint96 amount) external;

    /// @notice Pays a delegator its released fees. Anyone may call; only the delegator is paid.
    /// @param delegator Who is paid.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @return amount What was paid, base units of OPEN, more than 0.
    function claimFees(address delegator, address operator, Role role) external returns (uint96 amount);

    /// @notice Pays an operator its released fees. Anyone may call; only the operator is paid.
    /// @param operator Who is paid.
    /// @param role Role of the pool.
    /// @return amount What was paid, base units of OPEN, more than 0.
    function claimOperatorFees(address operator, Role role) external returns (uint96 amount);

    // Courts

    /// @notice Keeps stake from leaving for an open case: as much as nobody has locked yet, at most `amount`. Slashers only.
    /// @dev Locks of one caller on one pool add up: which case they are for is the caller's business.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param amount The most that is locked, base units.
    /// @return locked What was, base units; 0 where there is nothing more to lock.
    function lock(address operator, Role role, uint96 amount) external returns (uint96 locked);

    /// @notice Gives back what the caller locked, at most `amount`. Slashers only.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param amount The most that is given back, base units.
    function unlock(address operator, Role role, uint96 amount) external;

    /// @notice Lifts all of a locker's locks on a pool, once it may no longer slash. Anyone may.
    /// @param locker Who may no longer slash.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    function unlockRevoked(address locker, address operator, Role role) external;

    /// @notice Takes stake, first what the caller locked, then what nobody locked, at most `amount`. Slashers only.
    /// @dev See MONEY for order and split. Bounty and refund round down. Nothing is taken from an empty pool, without an error.
    /// @param s What is taken, and where it goes; bounds as in `Slash`.
    /// @return taken What was taken, base units of OPEN; 0 from an empty pool.
    /// @return bounty Of it, to `bountyTo`, base units.
    /// @return refund Of it, to `refundTo`, base units.
    function slash(Slash calldata s) external returns (uint96 taken, uint96 bounty, uint96 refund);

    // Governance

    /// @notice Sets the least active stake of a role, not zero. Governed.
    /// @param role The role; not `None`.
    /// @param amount Base units, more than 0.
    function setMinimumStake(Role role, uint96 amount) external;

    /// @notice Stops `stake` and `delegate` up to a timestamp (exclusive), at most 14 days away. Restricted.
    /// @param until Timestamp, exclusive; at most 14 days ahead, inclusive. One that has passed ends a pause.
    function pauseStaking(uint64 until) external;

    /// @notice Stops withdrawals and claims up to a timestamp (exclusive), at most 72 h after the pause began; the next can begin
    /// 7 days after its end. An earlier timestamp, also of the past, ends it. It stops no thaw, lock or slash. Restricted.
    /// @param until Timestamp, exclusive; at most 72 hours after the pause began, inclusive.
    function pauseExits(uint64 until) external;

    /// @notice Seconds that stake thaws.
    /// @return Seconds.
    function thawPeriod() external view returns (uint64);

    /// @notice What of delegated tokens a slash window can take at most, basis points.
    /// @return Basis points, at most 9,000.
    function delegatedCapBps() external view returns (uint16);

    /// @notice Where slashed tokens go to be burnt.
    /// @return The queue.
    function burnQueue() external view returns (address);

    /// @notice Timestamp from which (inclusive) the code can no longer be upgraded.
    /// @return Timestamp: 548 days after the deployment.
    function upgradesFrozenAt() external view returns (uint64);

    /// @notice Timestamp from which (inclusive) staking works.
    /// @return Timestamp; in the past while it works.
    function stakingPausedUntil() external view returns (uint64);

    /// @notice Timestamp from which (inclusive) exits work.
    /// @return Timestamp; in the past while they work.
    function exitsPausedUntil() external view returns (uint64);

    /// @notice Base units from which operators of a role are active; 0 where governance has set none: nobody can stake
    /// then.
    /// @param role The role.
    /// @return Base units, inclusive.
    function minimumStake(Role role) external view returns (uint96);

    /// @notice A pool as it stands; all zeros for one that never was.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @return The pool; amounts in base units.
    function poolOf(address operator, Role role) external view returns (Pool memory);

    /// @notice A pool's fees as of now, releases that are due included.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @return The fees; amounts in base units.
    function feesOf(address operator, Role role) external view returns (Fees memory);

    /// @notice A delegation as of now, releases that are due included.
    /// @param delegator Whose shares they are.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @return The delegation; amounts in base units.
    function delegationOf(address delegator, address operator, Role role) external view returns (Delegation memory);

    /// @notice What a locker keeps from leaving a pool.
    /// @param locker Whom it is about.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @return Base units.
    function lockOf(address locker, address operator, Role role) external view returns (uint96);

    /// @notice Own and delegated tokens that do not thaw.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @return Base units.
    function activeStake(address operator, Role role) external view returns (uint96);

    /// @notice Whether active own tokens, and active delegated ones as far as they are not more than those, reach the role's
    /// minimum, which must be set.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @return True where they do.
    function isActive(address operator, Role role) external view returns (bool);

    /// @notice What the caller could take by `slash` now: own tokens and what delegated ones must answer for, thawing ones
    /// included, less what others have locked.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @return Base units.
    function slashable(address operator, Role role) external view returns (uint96);

    // Checkpoints; votes are in IStakeVotes (ERC-6372: lookups of the present and the future are refused)

    /// @notice All tokens of a pool at a past timestamp.
    /// @param operator Whose pool it is.
    /// @param role Role of the pool.
    /// @param timepoint Timestamp before now, exclusive.
    /// @return Base units.
    function pastStakeOf(address operator, Role role, uint48 timepoint) external view returns (uint96);
}
