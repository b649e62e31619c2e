// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IRewardDistributor} from "../../contracts/interfaces/IRewardDistributor.sol";
import {MoneyHandler} from "./MoneyHandler.sol";
import {MoneyWorld} from "./MoneyWorld.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Where each unit of money can be, in market and distributor.
/// @dev MONEY-1 market balance = free + unclaimed + dues. MONEY-2 claimed monotone, at most the channel. MONEY-3 nothing leaves
/// a channel beyond what the payer signed and has not thawed; no replay pays; no thaw ends early. MONEY-4 what was settled is
/// all in dues, collected or the data stream. STREAM-1 claimed <= allocated <= funded. STREAM-2 distributor balance = sum of
/// funded - claimed. STREAM-3 only the own stream's final roots paid.
/// forge-config: default.invariant.runs = 32
/// forge-config: deep.invariant.runs = 4096
/// forge-config: default.invariant.fail-on-revert = true
contract MoneySolvencyTest is Test {
    MoneyWorld private world;
    MoneyHandler private handler;
    IInferenceMarket private market;
    IRewardDistributor private distributor;
    uint256 private startDeposits;

    function setUp() public {
        world = new MoneyWorld();
        world.setUp();
        market = world.market();
        distributor = world.distributor();
        startDeposits = world.tokenBalanceOf(address(market));
        handler = new MoneyHandler(world);
        targetContract(address(handler));
    }

    /// @dev The invariants say nothing where the handler does nothing.
    function test_HandlerMovesMoneyEverywhere() public {
        handler.deposit(0, 1e19 + 1);
        handler.open(0, 0, "s", 1e18);
        handler.settle(0, 0, 1e17);
        handler.overdraw(0, 0);
        handler.thaw(0, 0);
        handler.withdrawThawed(0);
        handler.collect(4, 0);
        handler.donate(1e17 + 1);
        handler.propose(1);
        handler.claim();
        assertEq(handler.claimed(), 0, "pending");
        handler.finalize();
        handler.claim();

        assertGt(handler.settled(), 0);
        assertGt(handler.collected(), 0);
        assertGt(handler.claimed(), 0);
        assertEq(market.channelOf(handler.channels(0)).thawEnd, 0);
    }

    function invariant_MONEY1_MarketBalanceIsFreeUnclaimedAndDues() public view {
        uint256 owed = startDeposits + _dues();
        for (uint256 i; i < 3; ++i) {
            owed += market.freeOf(world.payerAt(i));
        }
        for (uint256 i; i < handler.channelCount(); ++i) {
            IInferenceMarket.Channel memory c = market.channelOf(handler.channels(i));
            owed += c.balance - c.claimed;
        }
        assertEq(world.tokenBalanceOf(address(market)), owed, "MONEY-1");
    }

    function invariant_MONEY2_ClaimedIsMonotoneAndCovered() public view {
        assertFalse(handler.claimedFell(), "MONEY-2 fell");
        for (uint256 i; i < handler.channelCount(); ++i) {
            bytes32 channel = handler.channels(i);
            IInferenceMarket.Channel memory c = market.channelOf(channel);
            assertLe(c.claimed, c.balance, "MONEY-2 covered");
            uint256 sum;
            for (uint64 model = 1; model <= 3; ++model) {
                sum += market.modelClaimedOf(channel, model);
            }
            assertEq(c.claimed, sum, "MONEY-2 sum over models");
        }
    }

    function invariant_MONEY3_NothingBeyondSignatureThawAndTime() public view {
        assertFalse(handler.thawedMoneyTaken(), "MONEY-3 thawed money taken");
        assertFalse(handler.replayPaid(), "MONEY-3 replay paid");
        assertFalse(handler.thawLeftEarly(), "MONEY-3 thaw left early");
    }

    function invariant_MONEY4_SettledIsDuesCollectedAndData() public view {
        assertEq(handler.settled(), _dues() + handler.collected() + market.cumulativeData(), "MONEY-4");
        assertEq(distributor.streamOf(market.dataStream()).funded, market.cumulativeData(), "MONEY-4 data");
    }

    function invariant_STREAM1_ClaimedWithinAllocatedWithinFunded() public view {
        for (uint64 i = 1; i <= distributor.streamCount(); ++i) {
            IRewardDistributor.Stream memory s = distributor.streamOf(i);
            assertLe(s.claimed, s.allocated, "STREAM-1 claimed");
            assertLe(s.allocated, s.funded, "STREAM-1 allocated");
        }
    }

    function invariant_STREAM2_BalanceIsFundedLessClaimed() public view {
        uint256 owed;
        for (uint64 i = 1; i <= distributor.streamCount(); ++i) {
            IRewardDistributor.Stream memory s = distributor.streamOf(i);
            owed += s.funded - s.claimed;
        }
        assertEq(world.tokenBalanceOf(address(distributor)), owed, "STREAM-2");
    }

    function invariant_STREAM3_StreamsAreIsolated() public view {
        assertEq(distributor.streamOf(world.ownStream()).funded, handler.donated(), "STREAM-3 funded");
        assertEq(distributor.streamOf(world.ownStream()).claimed, handler.claimed(), "STREAM-3 claimed");
        assertEq(distributor.streamOf(market.dataStream()).claimed, 0, "STREAM-3 another stream paid");
    }

    function _dues() private view returns (uint256 dues) {
        dues = uint256(market.protocolDue()) + market.securityDue();
        for (uint256 i; i < 2; ++i) {
            dues += uint256(market.stakersDue(world.runnerOf(i))) + market.runnerDue(world.runnerOf(i));
        }
        for (uint64 model = 1; model <= 3; ++model) {
            dues += market.modelDue(model);
        }
    }
}
