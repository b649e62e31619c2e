// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {FakeModels} from "../../fixture/FakeModels.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";

/// @notice The market keeps a model's revenue beside its due; it never settles by a stale one.
contract InferenceMarketRevenueTest is MarketFixture {
    bytes32 private channel;
    uint96 private cumulative;

    function setUp() public override {
        super.setUp();
        channel = _open(9e23);
    }

    function test_TheRegistryIsAskedOnceAWeek() public {
        _expectAsked(1);
        _settleThousand();
        vm.warp(START + 7 days - 1);
        _settleThousand();
    }

    function test_TheRegistryIsAskedAgainAfterAWeek() public {
        _settleThousand();
        vm.warp(START + 7 days);

        _expectAsked(1);
        _settleThousand();
    }

    /// @dev 15 % of each: one slot holds the due and the revenue.
    function test_WhatIsDueStaysWhenTheRevenueIsReadAgain() public {
        _settleThousand();
        models.schedule(model, 500, 6000);
        vm.warp(START + 7 days);

        _settleThousand();

        assertEq(market.modelDue(model), 150 + 50);
    }

    /// @dev Scheduled in the second in which the market reads: in force when the kept one ends.
    function test_AChangeScheduledAtTheReadingCountsInTime() public {
        _settleThousand();
        models.schedule(model, 500, 6000);

        vm.warp(START + 7 days - 1);
        assertEq(_settleThousand(), 400);
        vm.warp(START + 7 days);
        assertEq(_settleThousand(), 600);
    }

    function test_APendingChangeEndsWhatIsKept() public {
        models.schedule(model, 500, 6000);
        vm.warp(START + 6 days);

        assertEq(_settleThousand(), 400);
        vm.warp(START + 7 days - 1);
        assertEq(_settleThousand(), 400);
        vm.warp(START + 7 days);
        assertEq(_settleThousand(), 600);
    }

    /// @dev Kept beyond its own end, the first change would count although it never came into force.
    function test_AChangeThatReplacesAPendingOneCounts() public {
        models.schedule(model, 500, 6000);
        vm.warp(START + 6 days);
        assertEq(_settleThousand(), 400);
        models.schedule(model, 500, 2000);

        vm.warp(START + 7 days);
        assertEq(_settleThousand(), 400, "the first never came");
        vm.warp(START + 13 days - 1);
        assertEq(_settleThousand(), 400);
        vm.warp(START + 13 days);
        assertEq(_settleThousand(), 200);
    }

    function test_APastChangeIsInForceForGood() public {
        models.schedule(model, 500, 6000);
        vm.warp(START + 700 days);

        assertEq(_settleThousand(), 600);
    }

    /// @dev Whatever is scheduled whenever, each settlement is by the registry's revenue of its second.
    function testFuzz_NeverStale(uint32[12] memory steps, uint16[12] memory shares) public {
        for (uint256 i; i < steps.length; ++i) {
            if (steps[i] % 3 == 0) models.schedule(model, uint16(shares[i] % 1000), 2000 + shares[i] % 4001);
            // often just at a boundary of the seven days
            uint256 step = steps[i] % 5 == 0 ? 7 days : steps[i] % 5 == 1 ? 7 days - 1 : steps[i] % 10 days;
            vm.warp(block.timestamp + step);

            uint16 dataBps = models.revenueAt(model, uint64(vm.getBlockTimestamp())).dataBps;
            uint96 before = cumulative;
            uint96 data = _settleThousand();

            assertEq(data, uint256(cumulative) * dataBps / 10_000 - uint256(before) * dataBps / 10_000);
        }
    }

    function test_RevertWhen_TheRegistryOverstepsItsBounds() public {
        uint64 odd = models.add(modelOwner, 3001, 4000);
        bytes memory rows = _group(_payment(channel, odd, 10));

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_RevenueTooLarge.selector, odd, 7001, 7000)
        );
        _settle(rows);
    }

    /// @return data What the settlement paid for data.
    function _settleThousand() private returns (uint96 data) {
        uint96 before = market.cumulativeData();
        cumulative += 1000;
        Payment memory p = _payment(channel, model, cumulative);
        p.deadline = type(uint64).max;
        _settle(_group(p));
        return market.cumulativeData() - before;
    }

    function _expectAsked(uint64 times) private {
        vm.expectCall(address(models), abi.encodeCall(FakeModels.revenueScheduleOf, (model)), times);
    }
}
