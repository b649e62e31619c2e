// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BatchChainLib} from "../../../contracts/inference/BatchChainLib.sol";
import {Batch, BatchOpening, IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";

/// @notice The chain of batches' headers, its pins and openings.
contract InferenceMarketBatchTest is MarketFixture {
    bytes32 private channel;
    Batch[] private headers;
    bytes32[] private chain;

    function setUp() public override {
        super.setUp();
        channel = _open(1e20);
        chain.push(0);
        headers.push();
    }

    /// @dev Outside, so that its revert can be expected.
    function requireBatch(BatchOpening calldata opening) external view {
        BatchChainLib.requireBatch(market, opening);
    }

    function test_TheChainIsOfHeaders() public {
        _settleNext(10_000);

        vm.expectEmit(address(market));
        emit IInferenceMarket.BatchesPinned(1, chain[1]);
        vm.prank(stranger);
        (uint64 number, bytes32 pinned) = market.pinBatches();

        assertEq(number, 1);
        assertEq(pinned, chain[1]);
        assertEq(market.batchChainAt(1), chain[1]);
        assertEq(market.batchChainAt(2), 0);
    }

    function test_PinnedAgainItIsANoOp() public {
        _settleNext(10_000);
        market.pinBatches();

        vm.recordLogs();
        (uint64 number, bytes32 pinned) = market.pinBatches();

        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(number, 1);
        assertEq(pinned, chain[1]);
    }

    function test_GivenNoBatch_NothingIsPinned() public {
        vm.recordLogs();
        (uint64 number, bytes32 pinned) = market.pinBatches();

        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(number, 0);
        assertEq(pinned, 0);
    }

    function test_EachMultipleOf64IsPinned() public {
        for (uint256 i; i < 63; ++i) {
            _settleNext(7);
        }
        assertEq(market.batchChainAt(63), 0);

        vm.expectEmit(address(market));
        emit IInferenceMarket.BatchesPinned(64, _chainAfter(7));
        _settleNext(7);

        assertEq(market.batchChainAt(64), chain[64]);
        for (uint64 number = 1; number <= 64; ++number) {
            this.requireBatch(_opening(number, 64));
        }
    }

    function test_AHeaderOpensToWhateverWasPinned() public {
        for (uint256 i; i < 3; ++i) {
            _settleNext(1001);
        }
        market.pinBatches();
        for (uint256 i; i < 2; ++i) {
            _settleNext(1001);
        }
        market.pinBatches();

        this.requireBatch(_opening(1, 3));
        this.requireBatch(_opening(3, 3));
        this.requireBatch(_opening(1, 5));
        this.requireBatch(_opening(4, 5));
        _expectRefused(_opening(2, 4));
    }

    function testFuzz_RevertWhen_AnythingIsChanged(uint8 field) public {
        for (uint256 i; i < 4; ++i) {
            _settleNext(1001);
        }
        market.pinBatches();
        BatchOpening memory o = _opening(2, 4);
        field = field % 11;
        if (field == 0) o.batch.number = 1;
        if (field == 1) o.batch.runner = stranger;
        if (field == 2) o.batch.settledAt += 1;
        if (field == 3) o.batch.amount += 1;
        if (field == 4) o.batch.dataAmount += 1;
        if (field == 5) o.batch.receiptsRoot = keccak256("other");
        if (field == 6) o.batch.settlementsHash = keccak256("other");
        if (field == 7) o.chainBefore = chain[2];
        if (field == 8) o.later[0] = keccak256("other");
        if (field == 9) o.later[1] = 0;
        if (field == 10) o.later = new bytes32[](1);

        _expectRefused(o);
    }

    /// @dev What a batch not settled yet would need is a preimage of 0.
    function test_RevertWhen_TheBatchIsUnknown() public {
        _settleNext(1001);
        BatchOpening memory o;
        o.batch.number = 2;

        _expectRefused(o);
        o.batch.number = 0;
        _expectRefused(o);
        o.batch.number = type(uint64).max;
        o.later = new bytes32[](1);
        _expectRefused(o);
    }

    function test_AtMost64HeadersMayLieBehind() public {
        for (uint256 i; i < 66; ++i) {
            _settleNext(7);
        }
        market.pinBatches();

        this.requireBatch(_opening(2, 66));
        _expectRefused(_opening(1, 66));
    }

    /// @dev A reorganisation takes the batch away; settled again, its place and time are what they are then.
    function test_AReorganisedSettlementSettlesAgain() public {
        uint256 snapshot = vm.snapshotState();
        _settleNext(10_000);
        bytes memory rows = _group(_payment(channel, model, 10_000));
        bytes32 before = chain[1];

        vm.revertToState(snapshot);
        assertEq(market.batchCount(), 0);
        vm.warp(START + 12);
        assertEq(_settle(rows), 1);
        market.pinBatches();

        assertNotEq(market.batchChainAt(1), before, "settled at another time");
        assertEq(market.channelOf(channel).claimed, 10_000);
        assertEq(market.cumulativeData(), 4000);
    }

    function _settleNext(uint96 amount) private {
        uint96 before = market.modelClaimedOf(channel, model);
        vm.warp(block.timestamp + 13);
        _push(amount);
        _settle(channel, model, before + amount);
    }

    function _push(uint96 amount) private {
        uint96 before = market.modelClaimedOf(channel, model);
        uint96 after_ = before + amount;
        headers.push(
            Batch({
                number: uint64(headers.length),
                runner: runner,
                settledAt: uint64(block.timestamp),
                amount: amount,
                dataAmount: after_ * 4000 / 10_000 - before * 4000 / 10_000,
                receiptsRoot: RECEIPTS_ROOT,
                settlementsHash: keccak256(abi.encodePacked(channel, model, before, after_))
            })
        );
        bytes32 headerHash = keccak256(abi.encode(headers[headers.length - 1]));
        chain.push(keccak256(abi.encode(chain[chain.length - 1], headerHash)));
    }

    /// @dev The chain behind the next batch, 13 seconds ahead.
    function _chainAfter(uint96 amount) private returns (bytes32) {
        uint256 snapshot = vm.snapshotState();
        vm.warp(block.timestamp + 13);
        _push(amount);
        bytes32 result = chain[chain.length - 1];
        vm.revertToState(snapshot);
        return result;
    }

    function _opening(uint64 number, uint64 pinned) private view returns (BatchOpening memory o) {
        o.batch = headers[number];
        o.chainBefore = chain[number - 1];
        o.later = new bytes32[](pinned - number);
        for (uint256 i; i < o.later.length; ++i) {
            o.later[i] = keccak256(abi.encode(headers[number + 1 + i]));
        }
    }

    function _expectRefused(BatchOpening memory o) private {
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidBatchOpening.selector, o.batch.number)
        );
        this.requireBatch(o);
    }
}
