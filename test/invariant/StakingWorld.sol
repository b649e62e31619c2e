// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IStakingManager, Role} from "../../contracts/interfaces/IStakingManager.sol";
import {StakingFixture} from "../fixture/StakingFixture.sol";

/// @notice Two operators with a pool for each of two roles, three delegators (one is an operator too) and two courts, with an
/// action for each thing they can do.
contract StakingWorld is StakingFixture {
    uint256 public constant POOLS = 4;
    uint256 public constant DELEGATORS = 3;
    address[2] private _operators;
    address[3] private _delegators;
    address[2] private _courts;

    function setUp() public override {
        super.setUp();
        staking.setMinimumStake(Role.Model, MINIMUM);
        _operators = [operator, alice];
        _delegators = [alice, bob, address(this)];
        _courts = [court, otherCourt];
    }

    function operatorOf(uint256 pool) public view returns (address) {
        return _operators[pool % 2];
    }

    function roleOf(uint256 pool) public pure returns (Role) {
        return pool < 2 ? Role.Runner : Role.Model;
    }

    function delegatorAt(uint256 index) public view returns (address) {
        return _delegators[index];
    }

    function stakePool(uint256 pool, uint96 amount) external {
        vm.prank(operatorOf(pool));
        staking.stake(roleOf(pool), amount);
    }

    function thawPool(uint256 pool, uint256 amount) external {
        vm.prank(operatorOf(pool));
        staking.thaw(roleOf(pool), uint96(amount));
    }

    function withdrawPool(uint256 pool) external returns (uint96) {
        vm.prank(operatorOf(pool));
        return staking.withdraw(roleOf(pool));
    }

    function delegateTo(uint256 who, uint256 pool, uint96 amount) external {
        vm.prank(_delegators[who]);
        staking.delegate(operatorOf(pool), roleOf(pool), amount);
    }

    function undelegateFrom(uint256 who, uint256 pool, uint256 shares) external {
        vm.prank(_delegators[who]);
        staking.undelegate(operatorOf(pool), roleOf(pool), uint128(shares));
    }

    function withdrawFrom(uint256 who, uint256 pool) external returns (uint96) {
        vm.prank(_delegators[who]);
        return staking.withdrawUndelegated(operatorOf(pool), roleOf(pool));
    }

    function addFeesTo(uint256 pool, uint96 amount) external {
        staking.addFees(operatorOf(pool), roleOf(pool), amount);
    }

    function claimOf(uint256 who, uint256 pool) external returns (uint96) {
        return staking.claimFees(_delegators[who], operatorOf(pool), roleOf(pool));
    }

    function claimOperatorOf(uint256 pool) external returns (uint96) {
        return staking.claimOperatorFees(operatorOf(pool), roleOf(pool));
    }

    function setCutOf(uint256 pool, uint16 bps) external {
        vm.prank(operatorOf(pool));
        staking.setFeeCut(roleOf(pool), bps);
    }

    function lockBy(uint256 which, uint256 pool, uint96 amount) external returns (uint96) {
        vm.prank(_courts[which]);
        return staking.lock(operatorOf(pool), roleOf(pool), amount);
    }

    function unlockBy(uint256 which, uint256 pool, uint96 amount) external {
        vm.prank(_courts[which]);
        staking.unlock(operatorOf(pool), roleOf(pool), amount);
    }

    function slashBy(uint256 which, uint256 pool, uint96 amount, uint16 bountyBps, uint96 refundAmount)
        external
        returns (uint96, uint96, uint96)
    {
        vm.prank(_courts[which]);
        return staking.slash(
            IStakingManager.Slash(operatorOf(pool), roleOf(pool), amount, prover, bountyBps, harmed, refundAmount)
        );
    }

    function pauseStaking(uint256 until) external {
        vm.prank(brake);
        staking.pauseStaking(uint64(until));
    }

    function pauseExits(uint256 until) external {
        vm.prank(brake);
        staking.pauseExits(uint64(until));
    }

    function donate(uint96 amount) external {
        require(token.transfer(address(staking), amount), "not sent");
    }

    function poolAt(uint256 pool) external view returns (IStakingManager.Pool memory) {
        return staking.poolOf(operatorOf(pool), roleOf(pool));
    }

    function feesAt(uint256 pool) external view returns (IStakingManager.Fees memory) {
        return staking.feesOf(operatorOf(pool), roleOf(pool));
    }

    function delegationAt(uint256 who, uint256 pool) external view returns (IStakingManager.Delegation memory) {
        return staking.delegationOf(_delegators[who], operatorOf(pool), roleOf(pool));
    }

    function lockAt(uint256 which, uint256 pool) external view returns (uint96) {
        return staking.lockOf(_courts[which], operatorOf(pool), roleOf(pool));
    }

    /// @dev What could be slashed if nothing were locked.
    function slashableAt(uint256 pool) external view returns (uint256) {
        return uint256(staking.slashable(operatorOf(pool), roleOf(pool)))
            + staking.poolOf(operatorOf(pool), roleOf(pool)).locked;
    }

    function pastStakeAt(uint256 pool, uint256 time) external view returns (uint96) {
        return staking.pastStakeOf(operatorOf(pool), roleOf(pool), uint48(time));
    }

    function votesAt(uint256 index) external view returns (uint256) {
        return staking.getVotes(_operators[index]);
    }

    function pastTotalAt(uint256 time) external view returns (uint256) {
        return staking.getPastTotalSupply(time);
    }

    function held() external view returns (uint256) {
        return token.balanceOf(address(staking));
    }

    function burnt() external view returns (uint256) {
        return token.balanceOf(burnQueue);
    }
}
