// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @notice Anyone may sweep a due; it goes to its fixed destination, once.
contract InferenceMarketCollectTest is MarketFixture {
    function setUp() public override {
        super.setUp();
        _settle(_open(10_000), model, 10_000);
    }

    function test_ProtocolPartGoesToTheTreasury() public {
        vm.expectEmit(address(market));
        emit IInferenceMarket.ProtocolCollected(treasury, 200);
        vm.prank(stranger);
        uint96 amount = market.collectProtocol();

        assertEq(amount, 200);
        assertEq(token.balanceOf(treasury), 200);
        vm.expectRevert(IInferenceMarket.InferenceMarket_NothingDue.selector);
        market.collectProtocol();
    }

    function test_SecurityPartGoesToSecurity() public {
        vm.expectEmit(address(market));
        emit IInferenceMarket.SecurityCollected(security, 500);
        vm.prank(stranger);
        market.collectSecurity();

        assertEq(token.balanceOf(security), 500);
        vm.expectRevert(IInferenceMarket.InferenceMarket_NothingDue.selector);
        market.collectSecurity();
    }

    function test_StakersPartGoesToTheRunnersPool() public {
        vm.expectEmit(address(market));
        emit IInferenceMarket.StakersCollected(runner, 800);
        vm.prank(stranger);
        market.collectStakers(runner);

        assertEq(staking.feesOf(runner, Role.Runner), 800);
        assertEq(token.allowance(address(market), address(staking)), 0, "no standing allowance");
        vm.expectRevert(IInferenceMarket.InferenceMarket_NothingDue.selector);
        market.collectStakers(runner);
    }

    function test_ModelPartGoesToWhoOwnsTheModelNow() public {
        address buyer = makeAddr("buyer");
        vm.prank(modelOwner);
        IERC721(address(models)).transferFrom(modelOwner, buyer, model);

        vm.expectEmit(address(market));
        emit IInferenceMarket.ModelCollected(model, buyer, 1500);
        vm.prank(stranger);
        market.collectModel(model);

        assertEq(token.balanceOf(buyer), 1500);
        vm.expectRevert(IInferenceMarket.InferenceMarket_NothingDue.selector);
        market.collectModel(model);
    }

    function test_RunnerPartGoesToTheRunner() public {
        vm.expectEmit(address(market));
        emit IInferenceMarket.RunnerCollected(runner, 3000);
        vm.prank(stranger);
        market.collectRunner(runner);

        assertEq(token.balanceOf(runner), 3000);
        vm.expectRevert(IInferenceMarket.InferenceMarket_NothingDue.selector);
        market.collectRunner(runner);
    }

    function test_AllDuesCollectedLeavePayersMoneyWhole() public {
        market.collectProtocol();
        market.collectSecurity();
        market.collectStakers(runner);
        market.collectModel(model);
        market.collectRunner(runner);

        assertEq(token.balanceOf(address(market)), market.freeOf(payer) + market.freeOf(stranger));
    }
}
