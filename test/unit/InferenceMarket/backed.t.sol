// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";

/// @notice When a settlement looks at its runner's stake.
contract InferenceMarketBackedTest is MarketFixture {
    bytes32 private channel;

    function setUp() public override {
        super.setUp();
        channel = _open(1e20);
        _settle(channel, model, 10e18);
    }

    /// @dev Stake that was active a day ago is still there, thawing or not.
    function test_ALookIsGoodForADay() public {
        staking.setActive(runner, Role.Runner, false);

        vm.warp(START + STAKE_CHECK_PERIOD - 1);
        _settle(channel, model, 20e18);
        vm.warp(START + STAKE_CHECK_PERIOD);
        _expectRefused(30e18);
    }

    function test_ALaterLookIsGoodForAnotherDay() public {
        vm.warp(START + STAKE_CHECK_PERIOD);
        _settle(channel, model, 20e18);
        staking.setActive(runner, Role.Runner, false);

        vm.warp(START + 2 * STAKE_CHECK_PERIOD - 1);
        _settle(channel, model, 30e18);
        vm.warp(START + 2 * STAKE_CHECK_PERIOD);
        _expectRefused(40e18);
    }

    /// @dev Collecting dues writes beside it, settling adds beside it.
    function test_DuesAndTheLookShareASlotUnharmed() public {
        uint96 due = market.runnerDue(runner);
        uint96 stakers = market.stakersDue(runner);
        market.collectRunner(runner);
        assertEq(market.stakersDue(runner), stakers);
        market.collectStakers(runner);
        staking.setActive(runner, Role.Runner, false);

        vm.warp(START + STAKE_CHECK_PERIOD - 1);
        _settle(channel, model, 20e18);
        assertEq(market.runnerDue(runner), due);
        assertEq(market.stakersDue(runner), stakers);
        vm.warp(START + STAKE_CHECK_PERIOD);
        _expectRefused(30e18);
    }

    /// @dev A replay settles nothing: nobody has to answer for it.
    function test_NothingToSettleLooksAtNothing() public {
        staking.setActive(runner, Role.Runner, false);
        vm.warp(START + STAKE_CHECK_PERIOD);

        assertEq(_settle(channel, model, 10e18), 0);
    }

    function _expectRefused(uint96 cumulative) private {
        bytes memory rows = _group(_payment(channel, model, cumulative));
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_RunnerNotActive.selector, runner));
        _settle(rows);
    }
}
