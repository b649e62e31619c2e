// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakingManager, Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {StakingFixture} from "../../fixture/StakingFixture.sol";

contract StakingManagerVotesTest is StakingFixture {
    function test_ClockIsTheTimestamp() public {
        assertEq(staking.clock(), START);
        skip(7);
        assertEq(staking.clock(), START + 7);
        assertEq(staking.CLOCK_MODE(), "mode=timestamp");
    }

    function test_VotesAreAllTokensOfAllPools() public {
        staking.setMinimumStake(Role.Agent, 1);
        _stake(5e18);
        vm.prank(operator);
        staking.stake(Role.Agent, 3e18);
        _delegate(alice, 2e18);
        vm.prank(bob);
        staking.delegate(operator, Role.Agent, 1e18);
        _thaw(5e18);
        _undelegate(alice, 2e18);
        staking.stake(Role.Runner, 100e18);

        assertEq(staking.getVotes(operator), 11e18);
        assertEq(staking.getVotes(alice), 0, "a delegator's are its operator's");
        skip(1);
        assertEq(staking.getPastVotes(operator, START), 11e18);
        assertEq(staking.getPastTotalSupply(START), 111e18);
        assertEq(staking.pastStakeOf(operator, Role.Runner, uint48(START)), 7e18);
        assertEq(staking.pastStakeOf(operator, Role.Agent, uint48(START)), 4e18);
    }

    /// @dev Each kind of change at a time of its own; a value at a second is the last one of that second.
    function test_PastValuesAreThoseOfTheirSecond() public {
        _stake(5e18);
        skip(10);
        _stake(1e18);
        _stake(2e18);
        skip(10);
        _delegate(alice, 4e18);
        _delegate(bob, 4e18);
        skip(10);
        _slash(court, 10e18);
        skip(10);
        _undelegate(alice, 4e18);
        skip(THAW_PERIOD);
        _withdrawUndelegated(alice);
        _stake(10e18);
        skip(1);

        uint256 left = START + 40 + THAW_PERIOD;
        _assertPast(START - 1, 0, 0, 0);
        _assertPast(START, 5e18, 0, 0);
        _assertPast(START + 9, 5e18, 0, 0);
        _assertPast(START + 10, 8e18, 0, 0);
        _assertPast(START + 20, 16e18, 4e18, 4e18);
        _assertPast(START + 29, 16e18, 4e18, 4e18);
        _assertPast(START + 30, 6e18, 3e18, 3e18);
        _assertPast(left - 1, 6e18, 3e18, 3e18);
        _assertPast(left, 13e18, 0, 3e18);
    }

    function test_RevertWhen_TimepointIsNotOver() public {
        _stake(1);
        bytes memory refused =
            abi.encodeWithSelector(IStakingManager.StakingManager_FutureLookup.selector, START, START);
        vm.expectRevert(refused);
        staking.getPastVotes(operator, START);
        vm.expectRevert(refused);
        staking.getPastTotalSupply(START);
        vm.expectRevert(refused);
        staking.pastStakeOf(operator, Role.Runner, uint48(START));
        vm.expectRevert(refused);
        staking.pastDelegatedOf(alice, operator, Role.Runner, uint48(START));

        // no lookup wraps around
        vm.expectRevert(
            abi.encodeWithSelector(
                IStakingManager.StakingManager_FutureLookup.selector, uint256(type(uint48).max) + 2, START
            )
        );
        staking.getPastVotes(operator, uint256(type(uint48).max) + 2);
    }

    /// @dev Against a plain copy of each second's values; and delegators' parts never exceed what the pool held.
    function testFuzz_MatchesACopy(uint256[12] calldata steps) public {
        _stake(1e18);
        uint256[13] memory times;
        uint256[13] memory pools;
        uint256[13] memory alices;
        for (uint256 i; i < steps.length; ++i) {
            uint96 amount = uint96(bound(steps[i] >> 8, 1e18, 1e21));
            uint256 kind = steps[i] % 6;
            if (kind == 0) _stake(amount);
            if (kind == 1) _delegate(alice, amount);
            if (kind == 2) _delegate(bob, amount);
            if (kind == 3) _slash(court, amount);
            if (kind == 4 && _delegation(alice).shares > _delegation(alice).thawingShares) {
                _undelegate(alice, _delegation(alice).shares - _delegation(alice).thawingShares);
            }
            if (kind == 5 && _delegation(alice).thawEnd != 0) {
                vm.warp(_delegation(alice).thawEnd);
                _withdrawUndelegated(alice);
            }
            if (_pool().own == 0) _stake(1);
            times[i] = vm.getBlockTimestamp();
            pools[i] = _pool().own + _pool().delegated;
            alices[i] = _delegation(alice).tokens;
            skip(steps[i] % 2);
        }
        skip(1);
        for (uint256 i; i < steps.length; ++i) {
            if (times[i + 1] == times[i]) continue;
            assertEq(staking.pastStakeOf(operator, Role.Runner, uint48(times[i])), pools[i]);
            assertEq(staking.getPastTotalSupply(times[i]), pools[i]);
            assertEq(staking.getPastVotes(operator, times[i]), pools[i]);
            assertEq(staking.pastDelegatedOf(alice, operator, Role.Runner, uint48(times[i])), alices[i]);
            uint256 bobs = staking.pastDelegatedOf(bob, operator, Role.Runner, uint48(times[i]));
            assertLe(alices[i] + bobs, pools[i]);
        }
    }

    function _assertPast(uint256 time, uint256 votes, uint256 alices, uint256 bobs) private view {
        assertEq(staking.getPastVotes(operator, time), votes);
        assertEq(staking.getPastTotalSupply(time), votes);
        assertEq(staking.pastStakeOf(operator, Role.Runner, uint48(time)), votes);
        assertEq(staking.pastDelegatedOf(alice, operator, Role.Runner, uint48(time)), alices, "alice");
        assertEq(staking.pastDelegatedOf(bob, operator, Role.Runner, uint48(time)), bobs, "bob");
    }
}
