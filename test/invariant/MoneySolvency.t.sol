// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IRewardDistributor} from "../../contracts/interfaces/IRewardDistributor.sol";
import {MoneyHandler} from "./MoneyHandler.sol";
import {MoneyWorld} from "./MoneyWorld.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Where each unit of money can be, in market and distributor.
/// @dev MONEY-1 market balance = free + unclaimed + dues, of protocol, security, stakers, models, runners and data. MONEY-2
/// claimed monotone, at most the channel's balance, and the sum over its models. MONEY-3 nothing leaves a channel beyond what
/// was signed and has not thawed. MONEY-4 what was settled is all in dues, collected, refunded or data parts; the stream was
/// funded by collections of the latter alone. MONEY-5 only signatures of the payer, or of a signer that counts, raise claimed.
/// MONEY-6 no settlement pays twice, whatever came between. MONEY-7 a thaw's rest comes back at its end, not a second earlier,
/// and a paused settlement, which settles nothing, moves that end. MONEY-8 an allocation moves no more than was signed. MONEY-9 a
/// signed deposit, order or release moves what was signed, for whom it was signed, once. MONEY-10 while exits are paused no money
/// leaves the market, and it leaves from their end on.
/// STREAM-1 claimed <= allocated <= funded. STREAM-2 distributor balance = sum of funded - claimed. STREAM-3 only the own
/// stream's final roots paid.
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
        handler.open(0, 0, 7, 1e18);
        handler.allocate(0, 0, 0, 1e18, false);
        handler.allocate(0, 0, 0, 1e17, true);
        handler.settle(0, 0, 1e17, false);
        handler.authorize(0);
        handler.settle(1, 1, 1e17, true);
        handler.settleMany(0, 2, 1e16);
        handler.forge(0, 0);
        handler.deposit(0, 1e19 + 1);
        handler.topUp(0, 1e18);
        handler.thawSigner(0, true);
        handler.forge(1, 0);
        handler.deposit(0, 1e19 + 1);
        handler.topUp(0, 1e18);
        handler.settleFor(1, 0, 1e16, true);
        handler.settleFor(1, 0, 1e16, false);
        handler.overdraw(0, 0);
        handler.thaw(0, 0);
        handler.depositWithPermit(0, 1, 1e19 + 1, true);
        handler.depositWithAuthorization(2, 1e19 + 1);
        handler.pauseExits(100, 2);
        handler.withdraw(1, 0);
        handler.collect(4, 0);
        assertEq(handler.withdrawn() + handler.collected(), 0, "paused");
        handler.releaseBySignature(2, 1e10, false);
        handler.releaseBySignature(2, 1e10, true);
        handler.pauseExits(100, 1);
        handler.withdraw(1, 0);
        handler.pause(100, 2);
        handler.settle(0, 0, 1, false);
        handler.withdrawThawed(0);
        handler.release(1, 1e10);
        handler.refund(0, 1000);
        handler.setSplitConfig(1, 2, 3);
        handler.schedule(0, 1, 2000);
        handler.replay(0);
        handler.collect(5, 0);
        handler.collect(4, 0);
        handler.donate(1e17 + 1);
        handler.propose(1);
        handler.claim();
        assertEq(handler.claimed(), 0, "pending");
        handler.finalize();
        handler.claim();

        assertEq(handler.channelCount(), 2);
        assertGt(handler.settled(), 0);
        assertGt(handler.withdrawn(), 0);
        assertGt(handler.refunded(), 0);
        assertGt(handler.collected(), 0);
        assertGt(handler.claimed(), 0);
        assertEq(market.channelOf(handler.channels(0)).thawEnd, 0);
        invariant_MoneySolvency();
    }

    /// @dev All in one campaign: each call is followed by each property.
    function invariant_MoneySolvency() public view {
        _MONEY1_MarketBalanceIsFreeUnclaimedAndDues();
        _MONEY2_ClaimedIsMonotoneAndCovered();
        _MONEY3_NothingBeyondSignatureAndThaw();
        _MONEY4_SettledIsDuesCollectedRefundedAndData();
        _MONEY5_OnlyThePayersSignaturesRaiseClaimed();
        _MONEY6_NoSettlementPaysTwice();
        _MONEY7_ThawsEndInWorkingTime();
        _MONEY8_AllocationsKeepToTheirCaps();
        _MONEY9_SignaturesMoveWhatWasSignedOnce();
        _MONEY10_NothingLeavesWhileExitsArePaused();
        _STREAM1_ClaimedWithinAllocatedWithinFunded();
        _STREAM2_BalanceIsFundedLessClaimed();
        _STREAM3_StreamsAreIsolated();
    }

    function _MONEY1_MarketBalanceIsFreeUnclaimedAndDues() private view {
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

    function _MONEY2_ClaimedIsMonotoneAndCovered() private view {
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

    function _MONEY3_NothingBeyondSignatureAndThaw() private view {
        assertFalse(handler.thawedMoneyTaken(), "MONEY-3");
    }

    function _MONEY4_SettledIsDuesCollectedRefundedAndData() private view {
        uint256 data = market.cumulativeData();
        assertEq(
            handler.settled(), _dues() - market.dataDue() + handler.collected() + handler.refunded() + data, "MONEY-4"
        );
        assertEq(distributor.streamOf(market.dataStream()).funded, data - market.dataDue(), "MONEY-4 data");
    }

    function _MONEY5_OnlyThePayersSignaturesRaiseClaimed() private view {
        assertFalse(handler.forgeryPaid(), "MONEY-5");
    }

    function _MONEY6_NoSettlementPaysTwice() private view {
        assertFalse(handler.replayPaid(), "MONEY-6");
    }

    function _MONEY7_ThawsEndInWorkingTime() private view {
        assertFalse(handler.thawLeftEarly(), "MONEY-7 early");
        assertFalse(handler.thawLeftLate(), "MONEY-7 the rest");
        assertFalse(handler.pausedSettled(), "MONEY-7 settled while paused");
    }

    function _MONEY8_AllocationsKeepToTheirCaps() private view {
        assertFalse(handler.capExceeded(), "MONEY-8");
    }

    function _MONEY9_SignaturesMoveWhatWasSignedOnce() private view {
        assertFalse(handler.signatureMisused(), "MONEY-9");
    }

    function _MONEY10_NothingLeavesWhileExitsArePaused() private view {
        assertFalse(handler.pausedLeft(), "MONEY-10");
    }

    function _STREAM1_ClaimedWithinAllocatedWithinFunded() private view {
        for (uint64 i = 1; i <= distributor.streamCount(); ++i) {
            IRewardDistributor.Stream memory s = distributor.streamOf(i);
            assertLe(s.claimed, s.allocated, "STREAM-1 claimed");
            assertLe(s.allocated, s.funded, "STREAM-1 allocated");
        }
    }

    function _STREAM2_BalanceIsFundedLessClaimed() private view {
        uint256 owed;
        for (uint64 i = 1; i <= distributor.streamCount(); ++i) {
            IRewardDistributor.Stream memory s = distributor.streamOf(i);
            owed += s.funded - s.claimed;
        }
        assertEq(world.tokenBalanceOf(address(distributor)), owed, "STREAM-2");
    }

    function _STREAM3_StreamsAreIsolated() private view {
        assertEq(distributor.streamOf(world.ownStream()).funded, handler.donated(), "STREAM-3 funded");
        assertEq(distributor.streamOf(world.ownStream()).claimed, handler.claimed(), "STREAM-3 claimed");
        assertEq(distributor.streamOf(market.dataStream()).claimed, 0, "STREAM-3 another stream paid");
    }

    function _dues() private view returns (uint256 dues) {
        dues = uint256(market.protocolDue()) + market.securityDue() + market.governedRest() + market.dataDue();
        for (uint256 i; i < 2; ++i) {
            dues += uint256(market.stakersDue(world.runnerOf(i))) + market.runnerDue(world.runnerOf(i));
        }
        for (uint64 model = 1; model <= 3; ++model) {
            dues += market.modelDue(model);
        }
    }
}
