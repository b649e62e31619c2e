// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IStakingManager} from "../../contracts/interfaces/IStakingManager.sol";
import {StakingHandler} from "./StakingHandler.sol";
import {StakingWorld} from "./StakingWorld.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Where each unit of stake and of its fees can be.
/// @dev STAKE-1 balance = own + delegated + scheduled + fees over pools. STAKE-2 shares, thawing shares and locks are the sums of
/// their holders'; thawing within all; tokens at most shares, and none without shares. STAKE-3 the price falls by slashes only,
/// at most by half in a window. STAKE-4 nothing leaves before its thaw, and then only a lock or a pause holds it. STAKE-5 locked is covered.
/// STAKE-6 own stake goes first; over a pool's life delegated stake loses no more. STAKE-7 slashed = bounty + refund + burnt,
/// half burnt. STAKE-8 fees added = claimed + held; delegators' claims within what is held for them, dust bounded. STAKE-9 votes
/// and totals are sums of pools, now and in the past. STAKE-10 at the end everybody leaves, and dust below its bound stays. STAKE-11 a
/// paused entry takes nothing, a paused exit gives nothing, all else goes on; exits are paused 72 hours at a time, 7 days apart.
/// forge-config: default.invariant.runs = 32
/// forge-config: deep.invariant.runs = 4096
/// forge-config: default.invariant.fail-on-revert = true
contract StakingSolvencyTest is Test {
    StakingWorld private world;
    StakingHandler private handler;

    function setUp() public {
        world = new StakingWorld();
        world.setUp();
        handler = new StakingHandler(world);
        bytes4[] memory selectors = new bytes4[](16);
        selectors[0] = StakingHandler.stake.selector;
        selectors[1] = StakingHandler.thaw.selector;
        selectors[2] = StakingHandler.withdraw.selector;
        selectors[3] = StakingHandler.delegate.selector;
        selectors[4] = StakingHandler.undelegate.selector;
        selectors[5] = StakingHandler.withdrawUndelegated.selector;
        selectors[6] = StakingHandler.addFees.selector;
        selectors[7] = StakingHandler.claim.selector;
        selectors[8] = StakingHandler.setCut.selector;
        selectors[9] = StakingHandler.lock.selector;
        selectors[10] = StakingHandler.unlock.selector;
        selectors[11] = StakingHandler.slash.selector;
        selectors[12] = StakingHandler.donate.selector;
        selectors[13] = StakingHandler.wait.selector;
        selectors[14] = StakingHandler.pauseStaking.selector;
        selectors[15] = StakingHandler.pauseExits.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
        targetContract(address(handler));
    }

    /// @dev The invariants say nothing where the handler does nothing.
    function test_HandlerMovesStakeEverywhere() public {
        handler.stake(0, 1e20 + 1);
        handler.delegate(1, 0, 1e20 + 1);
        handler.delegate(2, 0, 4);
        handler.addFees(0, 7e18 + 1);
        handler.wait(4 * 3, 4);
        handler.claim(1, 0);
        handler.lock(1, 0, 5e19 + 1);
        handler.slash(5, 0, 1e19 + 1, 4000, 3);
        handler.pauseStaking(100, 2);
        handler.delegate(1, 0, 1e20 + 1);
        handler.pauseStaking(0, 2);
        handler.delegate(2, 0, 1e20 + 3);
        handler.undelegate(1, 0, 0);
        handler.stake(0, 7);
        handler.thaw(0, 0);
        handler.addFees(0, 7e18 + 1);
        handler.wait(4 * 3, 4);
        handler.pauseExits(3 days, 1);
        handler.pauseExits(1, 2);
        skip(7 days);
        handler.pauseExits(3 days, 2);
        assertEq(handler.exitsPausedUntil(), vm.getBlockTimestamp() + 3 days, "paused");
        assertGt(world.delegationAt(2, 0).fees, 0, "fees to hold back");
        handler.claim(2, 0);
        handler.withdraw(0);
        handler.pauseExits(1, 2);
        handler.withdrawUndelegated(1, 0);
        handler.unlock(3, 0, 0);
        handler.donate(4);

        assertGt(handler.feesClaimed(), 0);
        assertGt(handler.burnt(), 0);
        assertGt(handler.delegatedSlashes(), 0);
        assertEq(world.poolAt(0).own, 0);
        assertEq(world.delegationAt(1, 0).shares, 0);
        assertGt(world.delegationAt(2, 0).shares, 0);
        _assertAll();
        handler.leaveAll();
        _assertLeft();
    }

    function invariant_STAKE_EverythingHolds() public view {
        _assertAll();
    }

    /// @dev STAKE-10, at the end of each run.
    function afterInvariant() public {
        handler.leaveAll();
        _assertLeft();
    }

    function _assertAll() private view {
        uint256 owed = handler.donated();
        uint256 total;
        uint256 fees;
        for (uint256 pool; pool < 4; ++pool) {
            IStakingManager.Pool memory p = world.poolAt(pool);
            IStakingManager.Fees memory f = world.feesAt(pool);
            total += p.own + p.delegated;
            fees += f.scheduled + f.operatorFees + f.delegatorFees;
            _assertHolders(pool, p, f);
            assertLe(p.locked, world.slashableAt(pool), "STAKE-5 locked is covered");
            assertEq(handler.ownSlashed(pool) - handler.delegatedSlashed(pool), p.lead, "STAKE-6 lead");
        }
        owed += total + fees;
        assertEq(world.held(), owed, "STAKE-1");
        assertFalse(handler.priceFell(), "STAKE-3 price fell without a slash");
        assertFalse(handler.windowExceeded(), "STAKE-3 more than half in a window");
        assertFalse(handler.leftEarly(), "STAKE-4 left early");
        assertFalse(handler.exitFailed(), "STAKE-4 held back");
        assertFalse(handler.ownSpared(), "STAKE-6 own stake spared");
        assertFalse(handler.partsDiffer(), "STAKE-7 parts");
        assertEq(world.burnt(), handler.burnt(), "STAKE-7 burnt");
        assertEq(handler.feesAdded(), handler.feesClaimed() + fees, "STAKE-8 added");
        assertEq(world.votesAt(0) + world.votesAt(1), total, "STAKE-9 votes");
        assertFalse(handler.pastDiffers(), "STAKE-9 past");
        assertFalse(handler.pausedEntered(), "STAKE-11 entered");
        assertFalse(handler.pausedLeft(), "STAKE-11 left");
        assertFalse(handler.pausedLonger(), "STAKE-11 longer");
    }

    function _assertHolders(uint256 pool, IStakingManager.Pool memory p, IStakingManager.Fees memory f) private view {
        uint256 shares;
        uint256 thawing;
        uint256 tokens;
        uint256 claims;
        for (uint256 who; who < 3; ++who) {
            IStakingManager.Delegation memory d = world.delegationAt(who, pool);
            assertLe(d.thawingShares, d.shares, "STAKE-2 thawing of a delegator");
            shares += d.shares;
            thawing += d.thawingShares;
            tokens += d.tokens;
            claims += d.fees;
        }
        assertEq(p.shares, shares, "STAKE-2 shares");
        assertEq(p.thawingShares, thawing, "STAKE-2 thawing shares");
        assertLe(p.ownThawing, p.own, "STAKE-2 own thawing");
        assertLe(tokens, p.delegated, "STAKE-2 worth more than there is");
        assertLe(p.delegated, p.shares, "STAKE-2 price above one");
        assertEq(p.delegated == 0, p.shares == 0, "STAKE-2 shares without tokens");
        assertEq(p.locked, uint256(world.lockAt(0, pool)) + world.lockAt(1, pool), "STAKE-2 locks");
        assertLe(p.slashFloor, p.delegated, "STAKE-2 floor");
        assertLe(claims, f.delegatorFees, "STAKE-8 claims");
        assertLe(f.delegatorFees - claims, 4 * handler.bookings(), "STAKE-8 dust");
    }

    function _assertLeft() private view {
        uint256 dust;
        for (uint256 pool; pool < 4; ++pool) {
            IStakingManager.Pool memory p = world.poolAt(pool);
            assertEq(p.own + p.delegated + p.shares + p.locked, 0, "STAKE-10 stake left");
            IStakingManager.Fees memory f = world.feesAt(pool);
            assertEq(f.scheduled + f.operatorFees, 0, "STAKE-10 fees left");
            dust += f.delegatorFees;
        }
        assertEq(world.held(), handler.donated() + dust, "STAKE-10 balance");
        assertLe(dust, 4 * handler.bookings(), "STAKE-10 dust");
    }
}
