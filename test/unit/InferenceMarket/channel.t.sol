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
}
