// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

/// @notice Pauses end by themselves; a paused settlement stops payers' and signers' thaws, and paused exits move no money.
contract InferenceMarketPauseTest is MarketFixture {
    bytes32 private channel;

    function setUp() public override {
        super.setUp();
        channel = _open(1000);
    }

    function test_RevertGiven_SettlementIsPaused() public {
        bytes memory rows = _group(_payment(channel, model, 10));
        vm.expectEmit(address(market));
        emit IInferenceMarket.SettlementPaused(START + 7 days);
        market.pauseSettlement(START + 7 days);

        vm.warp(START + 7 days - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_SettlementPaused.selector, START + 7 days)
        );
        _settle(rows);
        vm.warp(START + 7 days);
        assertEq(_settle(rows), 1);
        assertEq(_settle(channel, model, 20), 2, "and again");
    }

    function test_RevertWhen_ThePauseIsOutOfRange() public {
        _expectOutOfRange(START, START + 7 days);
        market.pauseSettlement(START);
        _expectOutOfRange(START + 7 days + 1, START + 7 days);
        market.pauseSettlement(START + 7 days + 1);
        _expectOutOfRange(START, START + 72 hours);
        market.pauseExits(START);
        _expectOutOfRange(START + 72 hours + 1, START + 72 hours);
        market.pauseExits(START + 72 hours + 1);
    }

    function test_RevertWhen_AStrangerPauses() public {
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);

        vm.expectRevert(refusal);
        market.pauseSettlement(START + 1);
        vm.expectRevert(refusal);
        market.pauseExits(START + 1);
    }

    function test_APauseStopsAThawsClock() public {
        vm.prank(payer);
        market.thaw(channel, 600);
        vm.warp(START + 1 days);
        market.pauseSettlement(START + 4 days);

        assertEq(market.channelOf(channel).thawEnd, START + 5 days, "known from the order on");
        vm.warp(START + 5 days - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IInferenceMarket.InferenceMarket_StillThawing.selector, START + 5 days, START + 5 days - 1
            )
        );
        vm.prank(payer);
        market.withdrawThawed(channel);
        vm.warp(START + 5 days);
        vm.prank(payer);
        assertEq(market.withdrawThawed(channel), 600);
    }

    /// @dev The runner has as many working seconds as without the pause.
    function test_ARunnerSettlesWhatThawsForAllItsWorkingTime() public {
        vm.prank(payer);
        market.thaw(channel, 1000);
        vm.warp(START + 1 days);
        market.pauseSettlement(START + 4 days);
        bytes memory rows = _group(_payment(channel, model, 10));
        bytes memory beyond = _group(_payment(channel, model, 11));

        vm.warp(START + 5 days - 1);
        _settle(rows);
        vm.warp(START + 5 days);
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ChannelExhausted.selector, channel, 11, 0)
        );
        _settle(beyond);
    }

    function test_AThawBegunInAPauseStartsAtItsEnd() public {
        market.pauseSettlement(START + 3 days);
        vm.warp(START + 1 days);

        vm.expectEmit(address(market));
        emit IInferenceMarket.ChannelThawStarted(channel, 600, 600, START + 3 days + THAW_PERIOD);
        vm.prank(payer);
        market.thaw(channel, 600);

        assertEq(market.channelOf(channel).thawEnd, START + 3 days + THAW_PERIOD);
    }

    function test_AThawThatEndedBeforeThePauseHasEnded() public {
        vm.prank(payer);
        market.thaw(channel, 600);
        vm.warp(START + THAW_PERIOD);
        market.pauseSettlement(START + THAW_PERIOD + 1 days);

        assertEq(market.channelOf(channel).thawEnd, START + THAW_PERIOD);
        vm.prank(payer);
        assertEq(market.withdrawThawed(channel), 600);
    }

    function test_ThePausesEndMovesEitherWay() public {
        vm.prank(payer);
        market.thaw(channel, 600);
        market.pauseSettlement(START + 1 days);
        vm.warp(START + 12 hours);
        market.pauseSettlement(START + 5 days);
        assertEq(market.channelOf(channel).thawEnd, START + 5 days + THAW_PERIOD);

        vm.warp(START + 1 days);
        market.pauseSettlement(START + 1 days + 1);

        assertEq(market.channelOf(channel).thawEnd, START + 1 days + 1 + THAW_PERIOD);
        vm.warp(START + 1 days + 1);
        _settle(channel, model, 10);
    }

    function test_PausesAddUp() public {
        vm.prank(payer);
        market.thaw(channel, 600);
        for (uint64 i; i < 3; ++i) {
            market.pauseSettlement(uint64(block.timestamp) + 1 days);
            // each with half a working day behind it
            vm.warp(block.timestamp + 1 days + 12 hours);
        }

        assertEq(market.channelOf(channel).thawEnd, START + 3 days + THAW_PERIOD);
        vm.warp(START + 3 days + THAW_PERIOD - 1);
        vm.expectPartialRevert(IInferenceMarket.InferenceMarket_StillThawing.selector);
        vm.prank(payer);
        market.withdrawThawed(channel);
        vm.warp(START + 3 days + THAW_PERIOD);
        vm.prank(payer);
        assertEq(market.withdrawThawed(channel), 600);
    }

    /// @dev A pause ordered when the last has ended unseen by any settlement, and one in the very second that it ends.
    function testFuzz_WorkingTimeIsTimeLessPauses(uint32[6] memory gaps, uint32[6] memory lengths) public {
        uint256 now_ = START;
        uint256 paused;
        for (uint256 i; i < 6; ++i) {
            uint256 length = bound(lengths[i], 1, 7 days);
            market.pauseSettlement(uint64(now_ + length));
            paused += length;
            now_ += length + (gaps[i] % 3 == 0 ? 0 : gaps[i] % 1 days);
            vm.warp(now_);
            vm.prank(payer);
            market.thaw(channel, 1);
            assertEq(market.channelOf(channel).thawEnd, now_ + THAW_PERIOD);
        }
        vm.prank(payer);
        market.authorizeSigner(stranger);
        vm.prank(payer);
        market.thawSigner(stranger);
        market.pauseSettlement(uint64(now_ + 100));

        assertEq(market.channelOf(channel).thawEnd, now_ + THAW_PERIOD + 100);
        assertEq(market.signerEndOf(payer, stranger), now_ + THAW_PERIOD + 100);
        assertGt(paused, 0);
    }

    function test_APauseStopsASignersThaw() public {
        (address signer, uint256 signerKey) = makeAddrAndKey("signer");
        vm.startPrank(payer);
        market.authorizeSigner(signer);
        market.thawSigner(signer);
        vm.stopPrank();
        market.pauseSettlement(START + 7 days);
        bytes memory rows = abi.encodePacked(model, uint16(1), _row(_payment(channel, model, 10), signerKey));
        bytes memory later = abi.encodePacked(model, uint16(1), _row(_payment(channel, model, 11), signerKey));

        assertEq(market.signerEndOf(payer, signer), START + 7 days + THAW_PERIOD);
        vm.warp(START + 7 days + THAW_PERIOD - 1);
        _settle(rows);
        vm.warp(START + 7 days + THAW_PERIOD);
        vm.expectPartialRevert(IInferenceMarket.InferenceMarket_WrongSigner.selector);
        _settle(later);
    }

    function test_RevertGiven_ExitsArePaused() public {
        _settle(_open("second", 10_000), model, 10_000);
        vm.expectEmit(address(market));
        emit IInferenceMarket.ExitsPaused(START + 72 hours);
        market.pauseExits(START + 72 hours);
        bytes[6] memory exits = [
            abi.encodeCall(IInferenceMarket.withdraw, (payer, 1)),
            abi.encodeCall(IInferenceMarket.collectProtocol, ()),
            abi.encodeCall(IInferenceMarket.collectSecurity, ()),
            abi.encodeCall(IInferenceMarket.collectStakers, (runner)),
            abi.encodeCall(IInferenceMarket.collectModel, (model)),
            abi.encodeCall(IInferenceMarket.collectRunner, (runner))
        ];

        vm.warp(START + 72 hours - 1);
        for (uint256 i; i < exits.length; ++i) {
            vm.prank(payer);
            (bool done, bytes memory answer) = address(market).call(exits[i]);
            assertFalse(done);
            assertEq(
                answer, abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ExitsPaused.selector, START + 72 hours)
            );
        }
        assertEq(market.collectData(), 0, "epochs open all the same");
        assertEq(market.dataDue(), 4000);
        vm.warp(START + 72 hours);
        for (uint256 i; i < exits.length; ++i) {
            vm.prank(payer);
            (bool done,) = address(market).call(exits[i]);
            assertTrue(done);
        }
        assertEq(market.collectData(), 4000);
    }

    function test_PausedExitsStopNeitherSettlingNorThaws() public {
        market.pauseExits(START + 72 hours);
        vm.prank(payer);
        market.thaw(channel, 600);

        assertEq(market.channelOf(channel).thawEnd, START + THAW_PERIOD);
        _settle(channel, model, 10);
        (uint64 settlement, uint64 exits) = market.pausedUntil();
        assertEq(settlement, 0);
        assertEq(exits, START + 72 hours);
    }

    function _expectOutOfRange(uint64 until, uint64 maximum) private {
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_PauseOutOfRange.selector, until, START, maximum)
        );
    }
}
