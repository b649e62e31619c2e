// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakingManager, Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {StakingFixture} from "../../fixture/StakingFixture.sol";

contract StakingManagerUndelegateTest is StakingFixture {
    function setUp() public override {
        super.setUp();
        _stake(MINIMUM);
        _delegate(alice, 10e18);
        _delegate(bob, 4e18);
    }

    function test_StartsTheClock() public {
        vm.expectEmit(address(staking));
        emit IStakingManager.UndelegationStarted(operator, Role.Runner, alice, 3e18, 3e18, 3e18, START + THAW_PERIOD);
        _undelegate(alice, 3e18);
        skip(5);
        vm.expectEmit(address(staking));
        emit IStakingManager.UndelegationStarted(operator, Role.Runner, bob, 4e18, 4e18, 7e18, START + THAW_PERIOD + 5);
        _undelegate(bob, 4e18);

        _assertDelegated(14e18, 14e18, 7e18);
        IStakingManager.Delegation memory d = _delegation(alice);
        assertEq(d.shares, 10e18);
        assertEq(d.thawingShares, 3e18);
        assertEq(d.thawEnd, START + THAW_PERIOD);
        assertEq(_delegation(bob).thawEnd, START + THAW_PERIOD + 5);
        assertEq(staking.activeStake(operator, Role.Runner), MINIMUM + 7e18);
    }

    function test_RestartsTheClockForAllThatThaws() public {
        _undelegate(alice, 3e18);
        skip(THAW_PERIOD - 1);
        _undelegate(alice, 1e18);
        skip(1);

        vm.expectRevert(
            abi.encodeWithSelector(
                IStakingManager.StakingManager_StillThawing.selector, START + 2 * THAW_PERIOD - 1, START + THAW_PERIOD
            )
        );
        _withdrawUndelegated(alice);
        skip(THAW_PERIOD - 1);
        assertEq(_withdrawUndelegated(alice), 4e18);
    }

    function test_RevertWhen_SharesAreZero() public {
        vm.expectRevert(IStakingManager.StakingManager_ZeroAmount.selector);
        _undelegate(alice, 0);
    }

    function test_RevertWhen_SharesExceedWhatIsActive() public {
        _undelegate(alice, 3e18);

        vm.expectRevert(
            abi.encodeWithSelector(
                IStakingManager.StakingManager_ThawExceedsActive.selector, uint256(7e18 + 1), uint256(7e18)
            )
        );
        _undelegate(alice, 7e18 + 1);
        _undelegate(alice, 7e18);
    }

    function test_RevertWhen_LessThanOneOpenWouldStay() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IStakingManager.StakingManager_LeftoverTooSmall.selector, uint256(1e18 - 1), uint256(1e18)
            )
        );
        _undelegate(alice, 9e18 + 1);
        _undelegate(alice, 9e18);
        _undelegate(alice, 1e18);
    }

    /// @dev What slashes left below 1 OPEN can leave as a whole.
    function test_AllOfItHoweverLittle() public {
        _slash(court, MINIMUM + 7e18);
        _undelegate(alice, 8e18);
        assertEq(_delegation(alice).tokens, 5e18);
        vm.expectRevert(
            abi.encodeWithSelector(
                IStakingManager.StakingManager_LeftoverTooSmall.selector, uint256(1e18) - 1, uint256(1e18)
            )
        );
        _undelegate(bob, 2e18 + 1);
        skip(SLASH_WINDOW);
        _stake(7e18);
        _slash(court, 14e18);

        _undelegate(alice, 2e18);
        skip(THAW_PERIOD);
        assertEq(_withdrawUndelegated(alice), 2.5e18);
    }

    function test_Withdraw_PaysFromTheThawsEndOn() public {
        _undelegate(alice, 4e18);
        skip(THAW_PERIOD - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IStakingManager.StakingManager_StillThawing.selector, START + THAW_PERIOD, START + THAW_PERIOD - 1
            )
        );
        _withdrawUndelegated(alice);

        skip(1);
        vm.expectEmit(address(staking));
        emit IStakingManager.UndelegationWithdrawn(operator, Role.Runner, alice, 4e18, 4e18, 6e18, 10e18, 10e18, 0);
        assertEq(_withdrawUndelegated(alice), 4e18);

        _assertDelegated(10e18, 10e18, 0);
        IStakingManager.Delegation memory d = _delegation(alice);
        assertEq(d.shares, 6e18);
        assertEq(d.thawingShares, 0);
        assertEq(d.thawEnd, 0);
        assertEq(token.balanceOf(alice), uint256(FUNDS) - 6e18);
        assertEq(token.balanceOf(address(staking)), uint256(MINIMUM) + 10e18);
    }

    function test_Withdraw_RevertGiven_NothingThaws() public {
        vm.expectRevert(IStakingManager.StakingManager_NothingThawing.selector);
        _withdrawUndelegated(alice);

        _undelegate(alice, 10e18);
        skip(THAW_PERIOD);
        _withdrawUndelegated(alice);
        vm.expectRevert(IStakingManager.StakingManager_NothingThawing.selector);
        _withdrawUndelegated(alice);
    }

    /// @dev Slashed like the rest while it thaws: 14 of 14 thaw or not, 7 are taken.
    function test_Withdraw_PaysWhatSlashesLeft() public {
        _undelegate(alice, 10e18);
        _slash(court, MINIMUM + 7e18);
        skip(THAW_PERIOD);

        assertEq(_withdrawUndelegated(alice), 5e18);
        assertEq(_delegation(bob).tokens, 2e18);
        _assertDelegated(2e18, 4e18, 0);
    }

    /// @dev The operator's leaving binds no delegator.
    function test_Withdraw_GivenOperatorIsGone() public {
        _thaw(MINIMUM);
        skip(THAW_PERIOD);
        _withdraw();

        _undelegate(alice, 10e18);
        _undelegate(bob, 4e18);
        skip(THAW_PERIOD);
        assertEq(_withdrawUndelegated(alice), 10e18);
        assertEq(_withdrawUndelegated(bob), 4e18);
        assertEq(token.balanceOf(address(staking)), 0);
    }
}
