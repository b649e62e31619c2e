// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BatchChainLib} from "../../../contracts/inference/BatchChainLib.sol";
import {Batch, BatchOpening, IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {CourtMarket} from "../../fixture/CourtMarket.sol";
import {Test} from "forge-std/Test.sol";

/// @notice A batch is what the market settled under its number, shown by at most 64 headers behind it.
contract BatchChainLibRequireBatchTest is Test {
    uint256 private constant LONGEST = 64;

    CourtMarket private market;
    Batch[] private batches;

    function setUp() public {
        market = new CourtMarket();
        for (uint96 i = 1; i <= LONGEST + 2; ++i) {
            batches.push(market.settle(address(1), i, keccak256(abi.encode(i)), ""));
        }
        market.pinBatches();
    }

    function test_ABatchLeadsToThePinBehindIt() public view {
        this.requireBatch(_opening(1, 64));
        this.requireBatch(_opening(64, 64));
        this.requireBatch(_opening(65, 66));
    }

    /// @dev From 2 to 66 it is as far as an opening goes, from 1 a header further.
    function test_RevertWhen_MoreHeadersFollowThanBetweenTwoPins() public {
        this.requireBatch(_opening(2, 66));

        _expectInvalid(1);
        this.requireBatch(_opening(1, 66));
    }

    function test_RevertWhen_TheHeaderIsAnother() public {
        BatchOpening memory opening = _opening(3, 64);
        opening.batch.amount += 1;

        _expectInvalid(3);
        this.requireBatch(opening);
    }

    function test_RevertWhen_WhatCameBeforeIsAnother() public {
        BatchOpening memory opening = _opening(3, 64);
        opening.chainBefore = keccak256("another");

        _expectInvalid(3);
        this.requireBatch(opening);
    }

    function test_RevertWhen_ItLeadsToNoPin() public {
        _expectInvalid(3);
        this.requireBatch(_opening(3, 63));
    }

    function test_RevertWhen_TheNumberIsTheLastThereCanBe() public {
        BatchOpening memory opening = _opening(3, 64);
        opening.batch.number = type(uint64).max;

        _expectInvalid(type(uint64).max);
        this.requireBatch(opening);
    }

    function requireBatch(BatchOpening calldata opening) external view {
        BatchChainLib.requireBatch(IInferenceMarket(address(market)), opening);
    }

    /// @dev Of a batch, up to a number; from the definition of the chain.
    function _opening(uint64 number, uint64 until) private view returns (BatchOpening memory opening) {
        opening.batch = batches[number - 1];
        for (uint64 i = 1; i < number; ++i) {
            opening.chainBefore = keccak256(abi.encode(opening.chainBefore, _hashOf(i)));
        }
        opening.later = new bytes32[](until - number);
        for (uint64 i; i < opening.later.length; ++i) {
            opening.later[i] = _hashOf(number + i + 1);
        }
    }

    function _hashOf(uint64 number) private view returns (bytes32) {
        return keccak256(abi.encode(batches[number - 1]));
    }

    function _expectInvalid(uint64 number) private {
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidBatchOpening.selector, number));
    }
}
