// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketFixture} from "../../fixture/MarketFixture.sol";

/// @notice What is claimed for each model of a channel: kept in one slot while there is one model, in its own after that.
contract InferenceMarketClaimTest is MarketFixture {
    bytes32 private channel;

    function setUp() public override {
        super.setUp();
        channel = _open(1e20);
    }

    function test_OneModelIsAllThatIsClaimed() public {
        _settle(channel, model, 10);
        _settle(channel, model, 30);

        _expectClaimed(30, 0, 30);
    }

    function test_ASecondModelStartsAtZero() public {
        _settle(channel, model, 30);
        _settle(channel, plainModel, 7);

        _expectClaimed(30, 7, 37);
    }

    function test_TheFirstModelGoesOnWhereItWas() public {
        _settle(channel, model, 30);
        _settle(channel, plainModel, 7);
        _settle(channel, model, 31);
        _settle(channel, plainModel, 9);

        _expectClaimed(31, 9, 40);
    }

    function test_ALowerVoucherOfTheFirstModelStaysANoOp() public {
        _settle(channel, model, 30);
        _settle(channel, plainModel, 7);

        assertEq(_settle(channel, model, 30), 0);
        assertEq(_settle(channel, plainModel, 7), 0);
        _expectClaimed(30, 7, 37);
    }

    function test_BothModelsInOneBatch() public {
        bytes memory rows =
            abi.encodePacked(_group(_payment(channel, model, 10)), _group(_payment(channel, plainModel, 20)));

        _settle(rows);

        _expectClaimed(10, 20, 30);
    }

    /// @dev Numbers that do not fit the channel's slot, and the one that marks many models there.
    function test_ModelsOfLargeNumbersAreKeptApart() public {
        uint64[3] memory large = [uint64(2 ** 24 - 2), 2 ** 24 - 1, 2 ** 24 + 1];
        models.skipTo(large[0] - 1);
        models.add(modelOwner, 1500, 0);
        models.add(modelOwner, 1500, 0);
        models.add(modelOwner, 1500, 0);
        models.add(modelOwner, 1500, 0);

        bytes32 second = _open("second", 1e20);
        _settle(second, large[1], 5);
        assertEq(market.modelClaimedOf(second, large[1]), 5);
        _settle(second, large[2], 6);
        _settle(second, large[1], 7);
        _settle(channel, large[0], 1);
        _settle(channel, large[2], 2);
        _settle(channel, large[0], 3);

        assertEq(market.modelClaimedOf(second, large[1]), 7);
        assertEq(market.modelClaimedOf(second, large[2]), 6);
        assertEq(market.modelClaimedOf(second, 1), 0, "2^24 + 1 is not 1");
        assertEq(market.channelOf(second).claimed, 13);
        assertEq(market.modelClaimedOf(channel, large[0]), 3);
        assertEq(market.modelClaimedOf(channel, large[2]), 2);
        assertEq(market.channelOf(channel).claimed, 5);
    }

    function testFuzz_EachModelIsClaimedApart(uint8[20] memory which, uint64[20] memory steps) public {
        models.add(modelOwner, 100, 3000);
        uint96[4] memory claimed;
        uint256 sum;
        for (uint256 i; i < which.length; ++i) {
            uint64 m = 1 + which[i] % 3;
            if (i < 5) m = 1;
            uint96 step = uint96(bound(steps[i], 1, 1e17));
            claimed[m] += step;
            sum += step;
            _settle(channel, m, claimed[m]);
            for (uint64 j = 1; j < 4; ++j) {
                assertEq(market.modelClaimedOf(channel, j), claimed[j]);
            }
            assertEq(market.channelOf(channel).claimed, sum);
        }
        assertEq(market.channelOf(channel).balance, 1e20);
        assertEq(market.channelOf(channel).thawEnd, 0);
    }

    /// @dev The channel's slot holds funds and model: neither disturbs the other.
    function test_ThawsAndModelsShareASlotInPeace() public {
        vm.prank(payer);
        market.thaw(channel, 7);
        _settle(channel, model, 30);
        _settle(channel, plainModel, 7);
        vm.startPrank(payer);
        market.topUp(channel, 5);
        assertEq(market.channelOf(channel).thawEnd, START + THAW_PERIOD);
        vm.warp(START + THAW_PERIOD);
        market.withdrawThawed(channel);
        vm.stopPrank();

        _expectClaimed(30, 7, 37);
        assertEq(market.channelOf(channel).balance, 1e20 - 2);
    }

    function _expectClaimed(uint96 first, uint96 second, uint96 all) private view {
        assertEq(market.modelClaimedOf(channel, model), first);
        assertEq(market.modelClaimedOf(channel, plainModel), second);
        assertEq(market.modelClaimedOf(channel, 3), 0);
        assertEq(market.modelClaimedOf(channel, 0), 0);
        assertEq(market.channelOf(channel).claimed, all);
    }
}
