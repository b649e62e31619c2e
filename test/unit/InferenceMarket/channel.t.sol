// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";

contract InferenceMarketChannelTest is MarketFixture {
    function test_OpenBindsPayerRunnerAndSalt() public {
        bytes32 expected = keccak256(abi.encode(block.chainid, address(market), payer, runner, uint96(bytes12("salt"))));

        vm.expectEmit(address(market));
        emit IInferenceMarket.ChannelOpened(expected, payer, runner, uint96(bytes12("salt")), 100, FUNDS - 100);
        bytes32 channel = _open(100);

        assertEq(channel, expected);
        assertEq(
            abi.encode(market.channelOf(channel)),
            abi.encode(IInferenceMarket.Channel(payer, 100, runner, 0, 0, 0, uint96(bytes12("salt"))))
        );
    }

    function test_RevertWhen_OpenedTwice() public {
        bytes32 channel = _open(100);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ChannelExists.selector, channel));
        _open(100);
    }

    function test_RevertWhen_RunnerIsNotActive() public {
        staking.setActive(runner, Role.Runner, false);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_RunnerNotActive.selector, runner));
        _open(100);
    }

    function test_RevertWhen_OpenExceedsFreeByOne() public {
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InsufficientFree.selector, payer, FUNDS + 1, FUNDS)
        );
        _open(FUNDS + 1);
    }

    function test_RevertWhen_OpenIsEmpty() public {
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        _open(0);
    }

    function test_TopUpRaisesTheBalance() public {
        bytes32 channel = _open(100);

        vm.expectEmit(address(market));
        emit IInferenceMarket.ChannelToppedUp(channel, 11, 111, FUNDS - 111);
        vm.prank(payer);
        market.topUp(channel, 11);

        assertEq(market.channelOf(channel).balance, 111);
        assertEq(market.freeOf(payer), FUNDS - 111);
    }

    function test_RevertWhen_ToppedUpByAStranger() public {
        bytes32 channel = _open(100);

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_NotPayer.selector, channel, stranger, payer)
        );
        vm.prank(stranger);
        market.topUp(channel, 1);
    }

    function test_RevertWhen_ToppingUpAnUnknownChannel() public {
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_UnknownChannel.selector, bytes32("x")));
        vm.prank(payer);
        market.topUp("x", 1);
    }

    function test_ThawThenWithdrawAtTheEnd() public {
        bytes32 channel = _open(100);

        vm.expectEmit(address(market));
        emit IInferenceMarket.ChannelThawStarted(channel, 60, 60, START + THAW_PERIOD);
        vm.prank(payer);
        market.thaw(channel, 60);
        vm.warp(START + THAW_PERIOD);
        vm.expectEmit(address(market));
        emit IInferenceMarket.ChannelThawWithdrawn(channel, 60, 40, FUNDS - 40);
        vm.prank(payer);
        uint96 amount = market.withdrawThawed(channel);

        assertEq(amount, 60);
        assertEq(market.freeOf(payer), FUNDS - 40);
        assertEq(
            abi.encode(market.channelOf(channel)),
            abi.encode(IInferenceMarket.Channel(payer, 40, runner, 0, 0, 0, uint96(bytes12("salt"))))
        );
    }

    function test_RevertWhen_WithdrawnOneSecondEarly() public {
        bytes32 channel = _open(100);
        vm.startPrank(payer);
        market.thaw(channel, 60);

        vm.warp(START + THAW_PERIOD - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IInferenceMarket.InferenceMarket_StillThawing.selector, START + THAW_PERIOD, START + THAW_PERIOD - 1
            )
        );
        market.withdrawThawed(channel);
    }

    function test_ThawingMoreRestartsTheClock() public {
        bytes32 channel = _open(100);
        vm.startPrank(payer);
        market.thaw(channel, 60);
        vm.warp(START + THAW_PERIOD - 1);
        market.thaw(channel, 40);

        vm.warp(START + THAW_PERIOD);
        vm.expectRevert(
            abi.encodeWithSelector(
                IInferenceMarket.InferenceMarket_StillThawing.selector, START + 2 * THAW_PERIOD - 1, START + THAW_PERIOD
            )
        );
        market.withdrawThawed(channel);
    }

    function test_RevertWhen_ThawExceedsWhatIsLeftByOne() public {
        bytes32 channel = _open(100);
        _settle(channel, model, 30);
        vm.startPrank(payer);
        market.thaw(channel, 50);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ThawExceedsBalance.selector, 21, 20));
        market.thaw(channel, 21);
        market.thaw(channel, 20);
    }

    function test_RevertGiven_WhatThawsWasSettledMeanwhile() public {
        bytes32 channel = _open(100);
        vm.prank(payer);
        market.thaw(channel, 100);
        _settle(channel, model, 30);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ThawExceedsBalance.selector, 1, 0));
        vm.prank(payer);
        market.thaw(channel, 1);
    }

    function test_RevertWhen_ThawIsZero() public {
        bytes32 channel = _open(100);

        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        vm.prank(payer);
        market.thaw(channel, 0);
    }

    function test_RevertWhen_AStrangerFillsSomebodysThaw() public {
        bytes32 channel = _open(100);

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_NotPayer.selector, channel, stranger, payer)
        );
        vm.prank(stranger);
        market.thaw(channel, 1);
    }

    function test_RevertGiven_NothingThaws() public {
        bytes32 channel = _open(100);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_NothingThawing.selector, channel));
        vm.prank(payer);
        market.withdrawThawed(channel);
    }

    function test_SettledMoneyDoesNotComeBack() public {
        bytes32 channel = _open(100);
        vm.prank(payer);
        market.thaw(channel, 100);
        vm.warp(START + THAW_PERIOD - 1);
        _settle(channel, model, 30);
        vm.warp(START + THAW_PERIOD);

        vm.prank(payer);
        uint96 amount = market.withdrawThawed(channel);

        assertEq(amount, 70);
        assertEq(market.channelOf(channel).balance, 30);
        assertEq(market.channelOf(channel).claimed, 30);
    }

    function test_WithdrawnAfterAllWasSettledEndsTheThaw() public {
        bytes32 channel = _open(100);
        vm.prank(payer);
        market.thaw(channel, 100);
        _settle(channel, model, 100);
        vm.warp(START + THAW_PERIOD);

        vm.prank(payer);
        uint96 amount = market.withdrawThawed(channel);

        assertEq(amount, 0);
        assertEq(market.channelOf(channel).thawEnd, 0);
        assertEq(market.channelOf(channel).thawing, 0);
    }

    function test_RevertGiven_MoneyHasThawed_RunnerSettlesBeyond() public {
        bytes32 channel = _open(100);
        vm.prank(payer);
        market.thaw(channel, 60);
        vm.warp(START + THAW_PERIOD);
        bytes memory beyond = _group(_payment(channel, model, 41));

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ChannelExhausted.selector, channel, 41, 40)
        );
        _settle(beyond);
        _settle(channel, model, 40);
    }

    function test_RunnerSettlesAllOneSecondBeforeTheThawEnds() public {
        bytes32 channel = _open(100);
        vm.prank(payer);
        market.thaw(channel, 60);
        vm.warp(START + THAW_PERIOD - 1);

        _settle(channel, model, 100);

        assertEq(market.channelOf(channel).claimed, 100);
    }

    function test_RevertGiven_ThawWasWithdrawn_RunnerSettlesBeyond() public {
        bytes32 channel = _open(100);
        vm.startPrank(payer);
        market.thaw(channel, 60);
        vm.warp(START + THAW_PERIOD);
        market.withdrawThawed(channel);
        vm.stopPrank();
        bytes memory beyond = _group(_payment(channel, model, 41));

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ChannelExhausted.selector, channel, 41, 40)
        );
        _settle(beyond);
    }

    /// @dev What a channel gets its payer's free money loses: never more than there is, and no token moves.
    function testFuzz_OpenChannelAndTopUp_MoveFreeMoney(uint256 first, uint256 second) public {
        uint96 opened = uint96(bound(first, 0, FUNDS + 1));
        _expectFree(opened, FUNDS);
        bytes32 channel = _open(opened);
        if (opened == 0 || opened > FUNDS) {
            assertEq(market.freeOf(payer), FUNDS);
            return;
        }

        uint96 added = uint96(bound(second, 0, FUNDS - opened + 1));
        _expectFree(added, FUNDS - opened);
        vm.prank(payer);
        market.topUp(channel, added);

        if (added > FUNDS - opened) added = 0;
        assertEq(market.channelOf(channel).balance, opened + added);
        assertEq(market.freeOf(payer), FUNDS - opened - added);
        assertEq(market.freeOf(stranger), FUNDS);
        assertEq(token.balanceOf(address(market)), 2 * uint256(FUNDS));
    }

    /// @dev Of what thaws the payer gets what nobody settled meanwhile, not a second too early.
    function testFuzz_ThawThenWithdrawThawed_GivesBackWhatIsUnclaimed(
        uint256 put,
        uint256 settledBefore,
        uint256 thawed,
        uint256 settledMeanwhile,
        uint256 wait
    ) public {
        uint96 balance = uint96(bound(put, 1, FUNDS));
        bytes32 channel = _open(balance);
        uint96 claimed = uint96(bound(settledBefore, 0, balance));
        if (claimed != 0) _settle(channel, model, claimed);
        uint96 thawing = uint96(bound(thawed, 0, balance - claimed + 1));

        if (thawing == 0) vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        if (thawing > balance - claimed) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IInferenceMarket.InferenceMarket_ThawExceedsBalance.selector, thawing, balance - claimed
                )
            );
        }
        vm.prank(payer);
        market.thaw(channel, thawing);
        if (thawing > balance - claimed) thawing = 0;
        assertEq(market.channelOf(channel).thawing, thawing);
        assertEq(market.channelOf(channel).balance, balance);

        uint96 claimedAfter = uint96(bound(settledMeanwhile, claimed, balance));
        if (claimedAfter != claimed) _settle(channel, model, claimedAfter);
        vm.warp(START + bound(wait, 0, 2 * THAW_PERIOD));
        uint96 back = _withdrawThawed(channel, thawing);

        assertEq(back, thawing < balance - claimedAfter ? thawing : balance - claimedAfter);
        assertEq(market.channelOf(channel).balance, balance - back);
        assertEq(market.channelOf(channel).claimed, claimedAfter);
        assertEq(market.freeOf(payer), FUNDS - balance + back);
        assertEq(token.balanceOf(address(market)), 2 * uint256(FUNDS));
    }

    /// @dev Withdraws as soon as it may; where it is too early it is refused first.
    function _withdrawThawed(bytes32 channel, uint96 thawing) private returns (uint96 back) {
        uint64 now_ = uint64(vm.getBlockTimestamp());
        vm.startPrank(payer);
        if (thawing == 0) {
            vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_NothingThawing.selector, channel));
        } else if (now_ < START + THAW_PERIOD) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IInferenceMarket.InferenceMarket_StillThawing.selector, START + THAW_PERIOD, now_
                )
            );
        }
        back = market.withdrawThawed(channel);
        if (thawing != 0 && now_ < START + THAW_PERIOD) {
            vm.warp(START + THAW_PERIOD);
            back = market.withdrawThawed(channel);
        }
        vm.stopPrank();
    }

    function _expectFree(uint96 amount, uint96 free) private {
        if (amount == 0) vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        if (amount > free) {
            vm.expectRevert(
                abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InsufficientFree.selector, payer, amount, free)
            );
        }
    }
}
