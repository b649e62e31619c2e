// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakingManager, Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {StakingFixture} from "../../fixture/StakingFixture.sol";

contract StakingManagerDelegateTest is StakingFixture {
    function setUp() public override {
        super.setUp();
        _stake(MINIMUM);
    }

    function test_SharesStartAtOneToken() public {
        vm.expectEmit(address(staking));
        emit IStakingManager.Delegated(operator, Role.Runner, alice, 5e18, 5e18, 5e18, 5e18, 5e18);
        assertEq(_delegate(alice, 5e18), 5e18);
        vm.expectEmit(address(staking));
        emit IStakingManager.Delegated(operator, Role.Runner, bob, 3e18, 3e18, 3e18, 8e18, 8e18);
        _delegate(bob, 3e18);
        vm.expectEmit(address(staking));
        emit IStakingManager.Delegated(operator, Role.Runner, alice, 1e18, 1e18, 6e18, 9e18, 9e18);
        _delegate(alice, 1e18);

        _assertDelegated(9e18, 9e18, 0);
        assertEq(_pool().own, MINIMUM);
        assertEq(_delegation(alice).shares, 6e18);
        assertEq(_delegation(alice).tokens, 6e18);
        assertEq(_delegation(bob).tokens, 3e18);
        assertEq(token.balanceOf(address(staking)), uint256(MINIMUM) + 9e18);
        assertEq(token.balanceOf(alice), uint256(FUNDS) - 6e18);
    }

    /// @dev A quarter of the price is slashed away: 10 tokens buy 10 / 0.75 shares, rounded down.
    function test_SharesByThePriceThatSlashesLeft() public {
        _delegate(alice, 8e18);
        assertEq(_slash(court, MINIMUM + 2e18), MINIMUM + 2e18);
        _stake(1);

        assertEq(_delegate(bob, 10e18), uint256(10e18) * 8e18 / 6e18);

        _assertDelegated(16e18, 8e18 + 13_333_333_333_333_333_333, 0);
        assertEq(_delegation(alice).tokens, 6e18);
        assertEq(_delegation(bob).tokens, 10e18 - 1, "rounded in favour of the pool");
    }

    function test_KeepsRolesAndOperatorsApart() public {
        staking.setMinimumStake(Role.Oracle, 1);
        vm.prank(operator);
        staking.stake(Role.Oracle, 1);
        _delegate(alice, 5e18);
        vm.prank(alice);
        staking.delegate(operator, Role.Oracle, 2e18);

        assertEq(_delegation(alice).shares, 5e18);
        assertEq(staking.delegationOf(alice, operator, Role.Oracle).shares, 2e18);
        assertEq(staking.delegationOf(operator, alice, Role.Runner).shares, 0);
        assertEq(staking.poolOf(operator, Role.Oracle).delegated, 2e18);
    }

    function test_RevertWhen_AmountIsBelowOneOpen() public {
        vm.expectRevert(
            abi.encodeWithSelector(IStakingManager.StakingManager_DelegationTooSmall.selector, 1e18 - 1, 1e18)
        );
        _delegate(alice, 1e18 - 1);
        _delegate(alice, 1e18);
    }

    function test_RevertGiven_PoolHasNoOwnStake() public {
        vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_UnknownPool.selector, bob, Role.Runner));
        vm.prank(alice);
        staking.delegate(bob, Role.Runner, 1e18);

        _slash(court, MINIMUM);
        vm.expectRevert(
            abi.encodeWithSelector(IStakingManager.StakingManager_UnknownPool.selector, operator, Role.Runner)
        );
        _delegate(alice, 1e18);
    }

    /// @dev The price at which it stops: a millionth, inclusive.
    function test_RevertGiven_PoolIsDepleted() public {
        _delegate(alice, 1e18);
        for (uint256 i; i < 19; ++i) {
            _slashWindowWhole();
        }
        uint256 left = _pool().delegated;
        assertGe(left * 1e6, 1e18);
        _slashWindowWhole();
        uint256 delegated = _pool().delegated;
        assertEq(delegated, (left + 1) / 2);
        assertLt(delegated * 1e6, 1e18);
        _stake(1);

        vm.expectRevert(
            abi.encodeWithSelector(IStakingManager.StakingManager_PoolDepleted.selector, delegated, uint256(1e18))
        );
        _delegate(bob, 1e18);

        // it begins anew when the last share is gone
        _undelegate(alice, 1e18);
        skip(THAW_PERIOD);
        assertEq(_withdrawUndelegated(alice), delegated);
        assertEq(_delegate(bob, 1e18), 1e18);
    }

    function test_CountsAsActiveUpToTheOperatorsOwn() public {
        assertTrue(staking.isActive(operator, Role.Runner));
        _thaw(MINIMUM / 2 + 1);
        _delegate(alice, MINIMUM);

        assertEq(staking.activeStake(operator, Role.Runner), MINIMUM / 2 - 1 + MINIMUM);
        assertFalse(staking.isActive(operator, Role.Runner), "own below half of the minimum");

        _stake(1);
        assertTrue(staking.isActive(operator, Role.Runner), "half of it delegated");

        _undelegate(alice, MINIMUM / 2 + 1);
        assertEq(staking.activeStake(operator, Role.Runner), MINIMUM - 1);
        assertFalse(staking.isActive(operator, Role.Runner), "what thaws does not count");
    }

    /// @dev Any number of delegations at any price: nobody's shares are worth more than was paid, less than one unit is lost.
    function testFuzz_NeverWorthMoreThanPaid(uint96[8] calldata amounts, uint96[8] calldata slashes) public {
        _stake(FUNDS / 2);
        for (uint256 i; i < amounts.length; ++i) {
            uint96 amount = uint96(bound(amounts[i], 1e18, 1e22));
            _delegate(bob, 1e18);
            uint256 aliceBefore = _delegation(alice).tokens;

            _delegate(alice, amount);

            uint256 gained = _delegation(alice).tokens - aliceBefore;
            // twice one unit: the value before was rounded down too
            assertLe(gained, uint256(amount) + 1);
            assertGe(gained + 1, amount);
            assertLe(_pool().delegated, _pool().shares);
            _slash(court, uint96(bound(slashes[i], 0, 1e22)));
        }
    }

    /// @dev All own stake and all that a window can take, then past the window.
    function _slashWindowWhole() private {
        _stake(1e18);
        _slash(court, type(uint96).max);
        assertEq(_slash(court, type(uint96).max), 0);
        skip(SLASH_WINDOW);
    }
}
