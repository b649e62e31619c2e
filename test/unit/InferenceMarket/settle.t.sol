// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Batch, IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";

contract InferenceMarketSettleTest is MarketFixture {
    bytes32 private channel;

    function setUp() public override {
        super.setUp();
        channel = _open(9e23);
    }

    function test_SettlesAndSplits() public {
        bytes memory settlements = abi.encodePacked(channel, model, uint96(0), uint96(10_000));
        // the channel: nonce, claimed; then 7 % governed, stakers 8 %, model 15 %, data 40 %, runner 30 %
        bytes memory details = abi.encodePacked(
            uint64(1), uint96(10_000), uint96(700), uint96(800), uint96(1500), uint96(4000), uint96(3000)
        );

        vm.expectEmit(address(market));
        emit IInferenceMarket.BatchSettled(
            1, runner, RECEIPTS_ROOT, DATA_HASH, 10_000, 4000, 4000, settlements, details
        );
        uint64 batch = _settle(channel, model, 10_000);

        assertEq(batch, 1);
        assertEq(market.batchCount(), 1);
        assertEq(market.cumulativeData(), 4000);
        assertEq(market.modelClaimedOf(channel, model), 10_000);
        assertEq(market.protocolDue(), 200);
        assertEq(market.securityDue(), 500);
        assertEq(market.stakersDue(runner), 800);
        assertEq(market.modelDue(model), 1500);
        assertEq(market.runnerDue(runner), 3000);
        assertEq(market.dataDue(), 4000, "waits in the market");
        assertEq(token.balanceOf(address(distributor)), 0);
    }

    /// @dev Each model is split by its own parts; the batch, its header and the runner's dues are of both.
    function test_SettlesAndSplitsTwoModelsInABatch() public {
        bytes memory rows =
            abi.encodePacked(_group(_payment(channel, model, 1000)), _group(_payment(channel, plainModel, 10_000)));
        bytes memory settlements =
            abi.encodePacked(channel, model, uint96(0), uint96(1000), channel, plainModel, uint96(0), uint96(10_000));
        // of each model: the channel's nonce, claimed; governed, stakers, model, data, runner
        bytes memory details = abi.encodePacked(
            abi.encodePacked(uint64(1), uint96(1000), uint96(70), uint96(80), uint96(150), uint96(400), uint96(300)),
            abi.encodePacked(uint64(1), uint96(11_000), uint96(700), uint96(800), uint96(1500), uint96(0), uint96(7000))
        );

        vm.expectEmit(address(market));
        emit IInferenceMarket.BatchSettled(1, runner, RECEIPTS_ROOT, DATA_HASH, 11_000, 400, 400, settlements, details);
        _settle(rows);

        (, bytes32 chain) = market.pinBatches();
        Batch memory header = Batch(1, runner, START, 11_000, 400, RECEIPTS_ROOT, keccak256(settlements));
        assertEq(chain, keccak256(abi.encode(bytes32(0), keccak256(abi.encode(header)))), "header");
        assertEq(market.protocolDue() + market.securityDue() + market.governedRest(), 770);
        assertEq(market.stakersDue(runner), 880);
        assertEq(market.modelDue(model), 150);
        assertEq(market.modelDue(plainModel), 1500);
        assertEq(market.runnerDue(runner), 7300);
        assertEq(market.dataDue(), 400);
    }

    function test_GivenNoDatanet_NothingIsForData() public {
        _settle(channel, plainModel, 10_000);

        assertEq(market.dataDue(), 0);
        assertEq(market.runnerDue(runner), 7000);
        assertEq(market.modelDue(plainModel), 1500);
    }

    function test_ReplayedBatchIsANoOpAndNoBatch() public {
        bytes memory rows = _group(_payment(channel, model, 10_000));
        _settle(rows);
        vm.warp(START + 366 days);

        vm.recordLogs();
        uint64 batch = _settle(rows);

        assertEq(batch, 0);
        assertEq(market.batchCount(), 1);
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(market.channelOf(channel).claimed, 10_000);
        assertEq(market.runnerDue(runner), 3000);
    }

    function test_LowerVoucherIsANoOpBesideAHigherOne() public {
        bytes32 second = _open("second", 100);
        _settle(channel, model, 10_000);
        bytes memory lower = _row(_payment(channel, model, 9999), payerKey);
        bytes memory higher = _row(_payment(second, model, 10), payerKey);
        (bytes memory first, bytes memory last) = channel < second ? (lower, higher) : (higher, lower);
        bytes memory settlements = abi.encodePacked(second, model, uint96(0), uint96(10));
        bytes memory details =
            abi.encodePacked(uint64(1), uint96(10), uint96(0), uint96(0), uint96(1), uint96(4), uint96(5));

        vm.expectEmit(address(market));
        emit IInferenceMarket.BatchSettled(2, runner, RECEIPTS_ROOT, DATA_HASH, 10, 4, 4004, settlements, details);
        uint64 batch = _settle(abi.encodePacked(model, uint16(2), first, last));

        assertEq(batch, 2);
        assertEq(market.channelOf(channel).claimed, 10_000);
        assertEq(market.channelOf(second).claimed, 10);
    }

    function test_RevertWhen_AChannelComesTwice() public {
        bytes memory row = _row(_payment(channel, model, 10), payerKey);

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ChannelsNotAscending.selector, channel, channel)
        );
        _settle(abi.encodePacked(model, uint16(2), row, row));
    }

    function test_RevertWhen_ChannelsDescend() public {
        bytes32 second = _open("second", 100);
        (bytes32 low, bytes32 high) = channel < second ? (channel, second) : (second, channel);
        bytes memory rows = abi.encodePacked(
            model, uint16(2), _row(_payment(high, model, 10), payerKey), _row(_payment(low, model, 10), payerKey)
        );

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ChannelsNotAscending.selector, high, low)
        );
        _settle(rows);
    }

    function test_ModelsAreClaimedApart() public {
        _settle(abi.encodePacked(_group(_payment(channel, model, 10)), _group(_payment(channel, plainModel, 20))));

        assertEq(market.modelClaimedOf(channel, model), 10);
        assertEq(market.modelClaimedOf(channel, plainModel), 20);
        assertEq(market.channelOf(channel).claimed, 30);
    }

    function test_RevertWhen_TheSplitChanged() public {
        bytes memory rows = _group(_payment(channel, model, 10));

        vm.expectRevert(
            abi.encodeWithSelector(
                IInferenceMarket.InferenceMarket_ConfigChanged.selector, CONFIG_CODE + 1, CONFIG_CODE
            )
        );
        vm.prank(runner);
        market.settle(rows, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE + 1);
    }

    function test_RevertWhen_AnotherAmountThanExpectedMoves() public {
        bytes memory rows = _group(_payment(channel, model, 10));
        vm.startPrank(runner);
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_AmountChanged.selector, 11, 10));
        market.settle(rows, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE + (11 << 32));
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_AmountChanged.selector, 9, 10));
        market.settle(rows, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE + (9 << 32));

        market.settle(rows, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE + (10 << 32));

        assertEq(market.modelClaimedOf(channel, model), 10);
        // carried twice it moves nothing, and is no error
        assertEq(market.settle(rows, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE + (10 << 32)), 0);
    }

    /// @dev The code's 32 bits alone are the configuration: what lies above is the amount.
    function test_RevertWhen_TheSplitChangedThoughTheAmountIsRight() public {
        bytes memory rows = _group(_payment(channel, model, 10));

        vm.expectRevert(
            abi.encodeWithSelector(
                IInferenceMarket.InferenceMarket_ConfigChanged.selector, CONFIG_CODE + (1 << 22), CONFIG_CODE
            )
        );
        vm.prank(runner);
        market.settle(rows, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE + (1 << 22) + (10 << 32));
    }

    function test_RevertWhen_ReceiptsRootIsZero() public {
        bytes memory rows = _group(_payment(channel, model, 10));

        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroReceiptsRoot.selector);
        vm.prank(runner);
        market.settle(rows, 0, DATA_HASH, CONFIG_CODE);
    }

    function test_RevertWhen_DataHashIsZero() public {
        bytes memory rows = _group(_payment(channel, model, 10));

        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroDataHash.selector);
        vm.prank(runner);
        market.settle(rows, RECEIPTS_ROOT, 0, CONFIG_CODE);
    }

    function test_RevertWhen_TheModelIsUnknown() public {
        bytes memory rows = _group(_payment(channel, 3, 10));

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 3));
        _settle(rows);
    }

    function test_RevertWhen_AModelComesTwice() public {
        bytes memory group = _group(_payment(channel, model, 10));

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ModelsNotAscending.selector, model, model)
        );
        _settle(abi.encodePacked(group, group));
    }

    function test_RevertWhen_ModelsDescend() public {
        bytes memory rows =
            abi.encodePacked(_group(_payment(channel, plainModel, 10)), _group(_payment(channel, model, 10)));

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ModelsNotAscending.selector, plainModel, model)
        );
        _settle(rows);
    }

    function test_RevertWhen_TheModelIsZero() public {
        bytes memory rows = _group(_payment(channel, 0, 10));

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ModelsNotAscending.selector, 0, 0));
        _settle(rows);
    }

    function test_RevertWhen_RowsAreEmpty() public {
        _expectMalformed("", 0);
    }

    function test_RevertWhen_TheGroupHeadIsCut() public {
        bytes memory group = _group(_payment(channel, model, 10));

        _expectMalformed(abi.encodePacked(group, bytes9(0)), group.length);
        _expectMalformed(abi.encodePacked(model, uint8(0)), 0);
    }

    function test_RevertWhen_TheGroupIsEmpty() public {
        _expectMalformed(abi.encodePacked(model, uint16(0)), 0);
    }

    function testFuzz_RevertWhen_ARowIsCut(uint256 cut) public {
        bytes memory rows = _group(_payment(channel, model, 10));
        cut = bound(cut, 1, 168);
        uint256 length = rows.length - cut;
        assembly {
            mstore(rows, length)
        }

        _expectMalformed(rows, 0);
    }

    function test_RevertWhen_TheCountIsOneTooHigh() public {
        _expectMalformed(abi.encodePacked(model, uint16(2), _row(_payment(channel, model, 10), payerKey)), 0);
    }

    /// @dev What is left over reads as the head of the next group.
    function test_RevertWhen_ARowIsLeftOver() public {
        bytes memory row = _row(_payment(channel, model, 10), payerKey);

        vm.expectPartialRevert(IInferenceMarket.InferenceMarket_ModelsNotAscending.selector);
        _settle(abi.encodePacked(model, uint16(1), row, uint64(0), uint16(1), row));
        vm.expectRevert();
        _settle(abi.encodePacked(model, uint16(1), row, row));
    }

    function testFuzz_PartsAddUpToTheDelta(uint96[4] memory raw, uint16 dataBps, uint16 modelBps) public {
        dataBps = uint16(bound(dataBps, 2000, 7000));
        modelBps = uint16(bound(modelBps, 0, 7000 - dataBps));
        uint64 odd = models.add(modelOwner, modelBps, dataBps);
        uint96 cumulative;
        for (uint256 i; i < raw.length; ++i) {
            cumulative += uint96(bound(raw[i], 1, 2e23));
            _settle(channel, odd, cumulative);
        }

        uint256 sum = uint256(market.protocolDue()) + market.securityDue() + market.governedRest()
            + market.stakersDue(runner) + market.modelDue(odd) + market.runnerDue(runner) + market.dataDue();
        assertEq(sum, cumulative);
        // four settlements, each rounded down once
        assertGe(market.runnerDue(runner) + 4, cumulative / 10, "at least a tenth is the runner's");
    }

    /// @dev However answers are gathered into settlements, the data part is the sum of their own data fees.
    function testFuzz_DataPartIsTheSumOfReceiptsFees(uint96[8] memory fees, uint8 cuts, uint16 dataBps) public {
        dataBps = uint16(bound(dataBps, 2000, 7000));
        uint64 odd = models.add(modelOwner, 0, dataBps);
        uint256 dataFees;
        uint96 cumulative;
        for (uint256 i; i < fees.length; ++i) {
            uint256 before = uint256(cumulative) * dataBps / 10_000;
            cumulative += uint96(bound(fees[i], 1, 1e22));
            dataFees += uint256(cumulative) * dataBps / 10_000 - before;
            if (cuts >> i & 1 == 1 || i + 1 == fees.length) _settle(channel, odd, cumulative);
        }

        assertEq(market.cumulativeData(), dataFees);
        assertEq(market.dataDue(), dataFees);
    }

    function _expectMalformed(bytes memory rows, uint256 offset) private {
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_MalformedRows.selector, offset));
        _settle(rows);
    }
}
