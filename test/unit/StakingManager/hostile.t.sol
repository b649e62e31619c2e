// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakingManager, Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {TokenLib} from "../../../contracts/libraries/TokenLib.sol";
import {StakingFixture} from "../../fixture/StakingFixture.sol";
import {FalseReturnToken, FeeOnTransferToken, HugeToken, ReentrantToken} from "../../fixture/StakingHostileTokens.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

contract StakingManagerHostileTest is StakingFixture {
    function test_FeeOnTransfer_IsRefusedNotCredited() public {
        _use(address(new FeeOnTransferToken(address(this))));
        bytes memory refused = abi.encodeWithSelector(TokenLib.TokenLib_NotReceived.selector, 1000, 990);
        vm.expectRevert(refused);
        staking.stake(Role.Runner, 1000);
        vm.expectRevert(refused);
        staking.addFees(address(this), Role.Runner, 1000);

        assertEq(staking.poolOf(address(this), Role.Runner).own, 0);
        assertEq(staking.feesOf(address(this), Role.Runner).operatorFees, 0);
    }

    function test_FalseReturn_IsARevert() public {
        FalseReturnToken false_ = new FalseReturnToken(address(this));
        _use(address(false_));
        staking.stake(Role.Runner, 1000);
        staking.thaw(Role.Runner, 1000);
        skip(THAW_PERIOD);
        false_.setRefuses(true);

        bytes memory failed = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(false_));
        vm.expectRevert(failed);
        staking.stake(Role.Runner, 1);
        vm.expectRevert(failed);
        staking.withdraw(Role.Runner);
        assertEq(staking.poolOf(address(this), Role.Runner).own, 1000);

        false_.setRefuses(false);
        assertEq(staking.withdraw(Role.Runner), 1000);
    }

    function test_MoreThan96Bits_IsRefused() public {
        _use(address(new HugeToken(address(this))));
        staking.stake(Role.Runner, type(uint96).max);
        vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_TooMuchHeld.selector, uint256(2 ** 96)));
        staking.stake(Role.Runner, 1);
        assertEq(staking.poolOf(address(this), Role.Runner).own, type(uint96).max);
    }

    /// @dev Everything is written before money moves: a second withdrawal inside the first finds nothing.
    function test_Reentrant_WithdrawsOnce() public {
        ReentrantToken reentrant = new ReentrantToken(address(this));
        _use(address(reentrant));
        staking.stake(Role.Runner, 1e18);
        require(reentrant.transfer(address(reentrant), 3e18), "not paid");
        vm.startPrank(address(reentrant));
        reentrant.approve(address(staking), 3e18);
        staking.stake(Role.Runner, 1e18);
        staking.delegate(address(this), Role.Runner, 2e18);
        staking.undelegate(address(this), Role.Runner, 2e18);
        staking.thaw(Role.Runner, 1e18);
        skip(THAW_PERIOD);

        reentrant.watch(address(staking), address(staking), abi.encodeCall(IStakingManager.withdraw, (Role.Runner)));
        assertEq(staking.withdraw(Role.Runner), 1e18);
        assertFalse(reentrant.succeeded());
        assertEq(bytes4(reentrant.answer()), IStakingManager.StakingManager_NothingThawing.selector);

        reentrant.watch(
            address(staking),
            address(staking),
            abi.encodeCall(IStakingManager.withdrawUndelegated, (address(this), Role.Runner))
        );
        assertEq(staking.withdrawUndelegated(address(this), Role.Runner), 2e18);
        assertFalse(reentrant.succeeded());
        assertEq(bytes4(reentrant.answer()), IStakingManager.StakingManager_NothingThawing.selector);
        assertEq(reentrant.balanceOf(address(staking)), 1e18);
    }

    /// @dev A stake inside a stake would be counted as received twice.
    function test_Reentrant_StakesOnce() public {
        ReentrantToken reentrant = new ReentrantToken(address(this));
        _use(address(reentrant));
        require(reentrant.transfer(address(reentrant), 10), "not paid");
        vm.prank(address(reentrant));
        reentrant.approve(address(staking), 10);
        reentrant.watch(address(staking), address(staking), abi.encodeCall(IStakingManager.stake, (Role.Runner, 10)));

        vm.expectRevert(abi.encodeWithSelector(TokenLib.TokenLib_NotReceived.selector, 5, 15));
        staking.stake(Role.Runner, 5);
    }

    function _use(address token_) private {
        token = IERC20(token_);
        staking = _deployStaking(token_);
        staking.setMinimumStake(Role.Runner, 1);
        token.approve(address(staking), type(uint256).max);
    }
}
