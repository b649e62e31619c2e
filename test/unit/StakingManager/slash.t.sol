// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakingManager, Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {StakingFixture} from "../../fixture/StakingFixture.sol";

contract StakingManagerSlashTest is StakingFixture {
    function setUp() public override {
        super.setUp();
        _stake(10e18);
    }

    function test_BountyRefundAndBurnAreWhatIsTaken() public {
        IStakingManager.Outcome memory o;
        (o.own, o.bounty, o.refund, o.burnt, o.ownAfter) = (1001, 300, 7, 694, 10e18 - 1001);
        vm.expectEmit(address(staking));
        emit IStakingManager.Slashed(operator, Role.Runner, court, prover, harmed, o);
        vm.prank(court);
        (uint96 taken, uint96 bounty, uint96 refund) = staking.slash(_order(1001, prover, 3000, harmed, 7));

        assertEq(taken, 1001);
        assertEq(bounty, 300, "floor(1001 * 0.3)");
        assertEq(refund, 7);
        assertEq(token.balanceOf(prover), 300);
        assertEq(token.balanceOf(harmed), 7);
        assertEq(token.balanceOf(burnQueue), 694);
        _assertPool(10e18 - 1001, 0, 0);
        assertEq(_pool().lead, 1001);
        assertEq(staking.getVotes(operator), 10e18 - 1001);
    }

    /// @dev 40 % bounty leave 10 % for the refund, whatever is asked; the burnt half is rounded up.
    function test_HalfOfItBurnsAtLeast() public {
        vm.prank(court);
        (uint96 taken, uint96 bounty, uint96 refund) =
            staking.slash(_order(1001, prover, 4000, harmed, type(uint96).max));

        assertEq(taken, 1001);
        assertEq(bounty, 400);
        assertEq(refund, 100);
        assertEq(token.balanceOf(burnQueue), 501);
    }

    function test_WithoutBountyOrRefundAllBurns() public {
        vm.prank(court);
        (uint96 taken, uint96 bounty, uint96 refund) =
            staking.slash(_order(1000, address(0), 4000, address(0), type(uint96).max));

        assertEq(taken, 1000);
        assertEq(bounty, 0);
        assertEq(refund, 0);
        assertEq(token.balanceOf(burnQueue), 1000);
    }

    function test_RevertWhen_BountyIsAboveFortyPercent() public {
        vm.prank(court);
        vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_BpsTooLarge.selector, 4001, 4000));
        staking.slash(_order(1000, prover, 4001, address(0), 0));
    }

    function test_RevertWhen_CallerMayNotSlash() public {
        vm.expectRevert(_unauthorized(stranger));
        _slash(stranger, 1);
    }

    function test_TakesThawingOwnTokensFirst() public {
        _thaw(4e18);
        assertEq(_slash(court, 3e18), 3e18);
        _assertPool(7e18, 1e18, START + THAW_PERIOD);

        assertEq(_slash(court, 2e18), 2e18);
        _assertPool(5e18, 0, 0);
        skip(THAW_PERIOD);
        vm.expectRevert(IStakingManager.StakingManager_NothingThawing.selector);
        _withdraw();
    }

    function test_TakesOwnTokensThenDelegatedOnes() public {
        _delegate(alice, 8e18);
        assertEq(_slash(court, 10e18), 10e18);
        _assertDelegated(8e18, 8e18, 0);
        assertEq(_pool().own, 0);
        assertEq(_pool().slashWindowEnd, 0);
        assertEq(_pool().slashFloor, 4e18);

        IStakingManager.Outcome memory o;
        (o.delegated, o.burnt, o.delegatedAfter) = (3e18, 3e18, 5e18);
        o.slashWindowEnd = START + SLASH_WINDOW;
        vm.expectEmit(address(staking));
        emit IStakingManager.Slashed(operator, Role.Runner, court, address(0), address(0), o);
        assertEq(_slash(court, 3e18), 3e18);

        _assertDelegated(5e18, 8e18, 0);
        assertEq(_delegation(alice).tokens, 5e18);
        assertEq(_pool().slashWindowEnd, START + SLASH_WINDOW);
        assertEq(_pool().lead, 7e18);
    }

    /// @dev However many slashes: half of the price in a window, and half of the rest in the next.
    function test_DelegatedLoseHalfOfTheirPriceInAWindow() public {
        _delegate(alice, 8e18);
        assertEq(_slash(court, 12e18), 12e18);
        skip(1 days);
        assertEq(_slash(otherCourt, 1e18), 1e18);
        assertEq(_pool().slashWindowEnd, START + SLASH_WINDOW, "more slashes do not move its end");
        assertEq(_slash(court, 5e18), 1e18, "half is gone");
        _stake(20e18);
        assertEq(_slash(court, 21e18), 20e18, "own stake only");

        vm.warp(START + SLASH_WINDOW - 1);
        assertEq(_slash(court, 1e18), 0);
        vm.warp(START + SLASH_WINDOW);
        assertEq(_slash(court, 5e18), 2e18);
        assertEq(_pool().slashWindowEnd, START + 2 * SLASH_WINDOW);
        assertEq(_delegation(alice).tokens, 2e18);
    }

    /// @dev Who joins in a window is cut at the same rate, and shields nobody: the floor grows with the pool.
    function test_DelegatedThatJoinOrLeaveMoveTheFloor() public {
        _stake(90e18);
        _delegate(alice, 8e18);
        _undelegate(alice, 4e18);
        skip(THAW_PERIOD - 1);
        _slash(court, 102e18);
        assertEq(_pool().slashFloor, 4e18);
        _stake(50e18);

        // 6 tokens of 8 shares; a third of them may still go
        _delegate(bob, 12e18);
        assertEq(_pool().slashFloor, 12e18);
        assertEq(_slash(court, 53e18), 53e18);
        assertEq(_delegation(bob).tokens, 10e18, "a sixth");
        assertEq(_delegation(alice).tokens, 5e18);

        skip(1);
        assertEq(_withdrawUndelegated(alice), 2.5e18);
        // 12.5 of 15 tokens left
        assertEq(_pool().slashFloor, 10e18);
        assertEq(_slash(court, 53e18), 2.5e18);
        assertEq(_delegation(alice).tokens, 2e18, "half of what it was");
        assertEq(_delegation(bob).tokens, 8e18, "two thirds: it joined at three quarters");
    }

    /// @dev When a window begins and when it moves: a unit that cannot be halved is the delegators'.
    function test_RoundsTheFloorUp() public {
        _delegate(alice, 3e18 + 1);
        assertEq(_pool().slashFloor, 1.5e18 + 1);
        assertEq(_slash(court, 10e18 + 1), 10e18 + 1);
        assertEq(_pool().slashFloor, 1.5e18 + 1, "pinned");
        _stake(1);

        // 4 tokens instead of 3
        _delegate(bob, 1e18);
        assertEq(_pool().slashFloor, 2e18 + 2, "four thirds of 1.5e18 + 1");
    }

    /// @dev The last delegator takes the window along.
    function test_AWindowEndsWithItsLastDelegator() public {
        _delegate(alice, 8e18);
        _undelegate(alice, 8e18);
        _slash(court, 11e18);
        skip(THAW_PERIOD);
        assertEq(_withdrawUndelegated(alice), 7e18);
        assertEq(_pool().slashWindowEnd, 0);
        _stake(10e18);
        _delegate(bob, 8e18);

        assertEq(_slashable(court), 14e18);
    }

    /// @dev Over the pool's life delegators never lose more than their operator did.
    function test_DelegatedLoseAtMostWhatTheOperatorLost() public {
        _slash(court, 9e18);
        _stake(1e18);
        _delegate(alice, 100e18);
        // own 2, and 9 lost before
        assertEq(_slashable(court), 2e18 + 11e18);

        assertEq(_slash(court, 50e18), 13e18);
        assertEq(_pool().lead, 0);
        assertEq(_delegation(alice).tokens, 89e18);
        assertEq(_slashable(court), 0);
    }

    /// @dev First the slasher's lock, then what nobody locked; never what another locked.
    function test_TakesTheCallersLockThenWhatNobodyLocked() public {
        _lock(court, 3e18);
        _lock(otherCourt, 5e18);

        IStakingManager.Outcome memory o;
        (o.own, o.burnt, o.ownAfter, o.lockAfter, o.lockedAfter) = (2e18, 2e18, 8e18, 1e18, 6e18);
        vm.expectEmit(address(staking));
        emit IStakingManager.Slashed(operator, Role.Runner, court, address(0), address(0), o);
        assertEq(_slash(court, 2e18), 2e18);
        assertEq(_slash(court, 9e18), 3e18, "the other five are locked");

        assertEq(staking.lockOf(court, operator, Role.Runner), 0);
        assertEq(_pool().locked, 5e18);
        assertEq(_pool().own, 5e18);
        assertEq(_slash(otherCourt, 9e18), 5e18);
        assertEq(_pool().locked, 0);
    }

    function test_DividesFeesByWhatWasThereBefore() public {
        _delegate(alice, 10e18);
        staking.addFees(operator, Role.Runner, 700);
        skip(7 days);
        _slash(court, 10e18);

        assertEq(_fees().operatorFees, 350);
        assertEq(_fees().delegatorFees, 350);
    }

    /// @dev Fees are nobody's stake.
    function test_TakesNoFees() public {
        staking.addFees(operator, Role.Runner, 700);
        assertEq(_slash(court, type(uint96).max), 10e18);
        assertEq(staking.claimOperatorFees(operator, Role.Runner), 700);
    }

    /// @dev The formula of the interface, and each unit of it: taking x lowers what can be taken by x.
    function testFuzz_TakesAtMostAndExactlyWhatIsSlashable(uint96 own, uint96 delegated, uint96[4] calldata amounts)
        public
    {
        _stake(uint96(bound(own, 1, 1e23)));
        _delegate(alice, uint96(bound(delegated, 1e18, 1e23)));
        for (uint256 i; i < amounts.length; ++i) {
            IStakingManager.Pool memory p = _pool();
            uint256 free = p.delegated - p.slashFloor;
            uint256 able = p.own + (free < p.own + p.lead ? free : p.own + p.lead);
            uint96 amount = uint96(bound(amounts[i], 0, i % 2 == 0 ? 9 : 2e23));
            assertEq(_slashable(court), able);

            uint96 taken = _slash(court, amount);

            assertEq(taken, amount < able ? amount : able);
            assertEq(_slashable(court), able - taken);
            assertEq(p.own - _pool().own, taken < p.own ? taken : p.own, "own first");
            skip(amounts[i] % 2 == 0 ? SLASH_WINDOW : 0);
        }
    }

    function testFuzz_HalfOfItBurns(uint96 amount, uint16 bountyBps, uint96 refundAmount) public {
        amount = uint96(bound(amount, 0, amount % 2 == 0 ? 9 : 10e18));
        bountyBps = uint16(bound(bountyBps, 0, 4000));
        vm.prank(court);
        (uint96 taken, uint96 bounty, uint96 refund) =
            staking.slash(_order(amount, prover, bountyBps, harmed, refundAmount));

        uint256 burnt = token.balanceOf(burnQueue);
        assertEq(taken, amount);
        assertEq(bounty, uint256(taken) * bountyBps / 10_000);
        assertGe(burnt * 2, taken);
        assertEq(uint256(bounty) + refund + burnt, taken);
        assertTrue(refund == refundAmount || burnt == (uint256(taken) + 1) / 2);
    }
}
