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
        market.collectData();

        assertEq(token.balanceOf(address(market)), market.freeOf(payer) + market.freeOf(stranger));
    }

    function test_DataPartGoesToTheStream() public {
        vm.expectEmit(address(market));
        emit IInferenceMarket.DataCollected(stream, 4000, 4000);
        vm.prank(stranger);
        uint96 amount = market.collectData();

        assertEq(amount, 4000);
        assertEq(market.dataDue(), 0);
        assertEq(market.cumulativeData(), 4000);
        assertEq(distributor.streamOf(stream).funded, 4000);
        assertEq(token.allowance(address(market), address(distributor)), 0, "no standing allowance");
    }

    function test_GivenNoDataIsDue_CollectDataMovesNothing() public {
        market.collectData();

        vm.recordLogs();
        assertEq(market.collectData(), 0);
        assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_DataPartsAddUpOverCollections() public {
        market.collectData();
        _settle(market.channelId(payer, runner, uint96(bytes12("salt"))), model, 10_000);
        bytes32 second = _open("second", 7);
        _settle(second, model, 7);

        vm.expectEmit(address(market));
        emit IInferenceMarket.DataCollected(stream, 2, 4002);
        market.collectData();
    }

    function test_ModelPartIsSharedWithUpstreamModels() public {
        address[2] memory owners = [makeAddr("first"), makeAddr("second")];
        models.addUpstream(model, models.add(owners[0], 0, 0), 1000);
        models.addUpstream(model, models.add(owners[1], 0, 0), 2500);
        bytes32 second = _open("second", 1e20);
        _settle(second, model, 1e20);
        // 15 % of 1e20, and 1500 from before
        assertEq(market.modelDue(model), 15e18 + 1500);

        vm.expectEmit(address(market));
        emit IInferenceMarket.UpstreamCollected(model, 3, owners[0], 15e17);
        vm.expectEmit(address(market));
        emit IInferenceMarket.UpstreamCollected(model, 4, owners[1], 375e16);
        vm.expectEmit(address(market));
        emit IInferenceMarket.ModelCollected(model, modelOwner, 975e16);
        uint96 amount = market.collectModel(model);

        assertEq(amount, 15e18);
        assertEq(token.balanceOf(owners[0]), 15e17);
        assertEq(token.balanceOf(owners[1]), 375e16);
        assertEq(token.balanceOf(modelOwner), 975e16);
        assertEq(market.modelDue(model), 1500, "what ten thousandths do not divide waits");
    }

    /// @dev Named for lineage alone it gets nothing, no transfer of zero, and keeps no rest back.
    function test_Model_UpstreamWithoutAPartIsPassedOver() public {
        models.addUpstream(model, plainModel, 0);
        _settle(_open("second", 2e18), model, 1e18 + 7);
        uint96 due = market.modelDue(model);
        assertNotEq(due % 10_000, 0);

        market.collectModel(model);

        assertEq(token.balanceOf(modelOwner), due);
        assertEq(market.modelDue(model), 0);
    }

    function test_RevertGiven_UpstreamModelsAndTooLittleToDivide() public {
        models.addUpstream(model, plainModel, 1000);

        vm.expectRevert(IInferenceMarket.InferenceMarket_NothingDue.selector);
        market.collectModel(model);
    }

    function testFuzz_PartsOfEightUpstreamModelsAddUp(uint96 settled, uint16[8] memory bps) public {
        settled = uint96(bound(settled, 1e5, 9e23));
        uint256 left = 10_000;
        for (uint256 i; i < 8; ++i) {
            bps[i] = uint16(bps[i] % (left + 1));
            left -= bps[i];
            models.addUpstream(model, models.add(address(uint160(100 + i)), 0, 0), bps[i]);
        }
        _settle(_open("second", settled), model, settled);
        uint96 due = market.modelDue(model);

        uint96 amount = market.collectModel(model);

        uint256 paid = token.balanceOf(modelOwner);
        for (uint256 i; i < 8; ++i) {
            uint256 part = token.balanceOf(address(uint160(100 + i)));
            assertEq(part * 10_000, uint256(amount) * bps[i], "exact");
            paid += part;
        }
        assertEq(paid, amount);
        assertEq(market.modelDue(model), due - amount);
        assertLt(market.modelDue(model), 10_000);
    }

    function test_GovernedPartIsDividedWithoutARest() public {
        // 700 and floor(6006·700/10⁴): 1120 in all, which 700 divides once
        _settle(_open("second", 10_010), model, 6006);

        assertEq(market.protocolDue(), 200);
        assertEq(market.securityDue(), 500);
        assertEq(market.governedRest(), 420);
        market.collectProtocol();
        assertEq(market.governedRest(), 420);
        assertEq(market.securityDue(), 500);
    }

    /// @dev What is due is divided by the split it was settled under; only a rest that does not divide goes over.
    function test_ANewSplitDividesOnlyWhatComesAfter() public {
        market.setSplitConfig(IInferenceMarket.SplitConfig(1000, 0, 0));

        assertEq(market.protocolDue(), 200);
        assertEq(market.securityDue(), 500);
        bytes memory rows = _group(_payment(_open("second", 10_000), model, 10_000));
        vm.prank(runner);
        market.settle(rows, RECEIPTS_ROOT, DATA_HASH, 1000 * 2048);
        assertEq(market.protocolDue(), 1200);
        assertEq(market.securityDue(), 500);
    }

    function test_GivenNoGovernedParts_TheRestWaits() public {
        _settle(_open("second", 10_010), model, 6006);

        market.setSplitConfig(IInferenceMarket.SplitConfig(0, 0, 0));
        assertEq(market.governedRest(), 420);
        assertEq(market.protocolDue(), 200);
        market.setSplitConfig(IInferenceMarket.SplitConfig(42, 0, 0));

        assertEq(market.governedRest(), 0);
        assertEq(market.protocolDue(), 620);
    }

    /// @dev Each due is paid to the last unit, or refused where so few units were settled that it is nothing.
    function testFuzz_Collect_PaysEachDueWhole(uint256 settled) public {
        market.collectStakers(runner);
        market.collectRunner(runner);
        market.collectData();
        uint96 amount = uint96(bound(settled, 0, settled % 2 == 0 ? 20 : FUNDS - 10_000));
        if (amount != 0) _settle(_open("second", amount), model, amount);
        // 40 % data, 7 % governed, 8 % stakers, 15 % model: of what is behind the data part so many of 60
        uint256 data = uint256(amount) * 2 / 5;
        uint256 rest = amount - data;
        uint256 stakers = rest * 8 / 60;
        uint256 own = rest - stakers - rest * 7 / 60 - rest / 4;
        uint256 held = token.balanceOf(address(market));

        if (stakers == 0) vm.expectRevert(IInferenceMarket.InferenceMarket_NothingDue.selector);
        market.collectStakers(runner);
        if (own == 0) vm.expectRevert(IInferenceMarket.InferenceMarket_NothingDue.selector);
        market.collectRunner(runner);
        assertEq(market.collectData(), data);

        assertEq(token.balanceOf(address(staking)), 800 + stakers);
        assertEq(staking.feesOf(runner, Role.Runner), 800 + stakers);
        assertEq(token.balanceOf(runner), 3000 + own);
        assertEq(token.balanceOf(address(distributor)), 4000 + data);
        assertEq(distributor.streamOf(stream).funded, 4000 + data);
        assertEq(token.balanceOf(address(market)), held - stakers - own - data);
        assertEq(market.freeOf(payer), FUNDS - 10_000 - amount);
        assertEq(market.stakersDue(runner) + market.runnerDue(runner) + market.dataDue(), 0);
    }

    /// @dev What the governed part divides into sevenths is paid, two to the treasury and five to security; the rest waits.
    function testFuzz_CollectProtocolAndSecurity_DivideTheGovernedPart(uint256 settled, bool inBetween) public {
        if (inBetween) {
            market.collectProtocol();
            market.collectSecurity();
        }
        uint96 amount = uint96(bound(settled, 1, settled % 2 == 0 ? 30_000 : FUNDS - 10_000));
        _settle(_open("second", amount), model, amount);
        // 700 of before; 7 of the 60 hundredths behind the data part
        uint256 governed = 700 + (amount - uint256(amount) * 2 / 5) * 7 / 60;
        uint256 times = governed / 700;
        uint256 held = token.balanceOf(address(market));

        if (inBetween && times == 1) vm.expectRevert(IInferenceMarket.InferenceMarket_NothingDue.selector);
        market.collectProtocol();
        if (inBetween && times == 1) vm.expectRevert(IInferenceMarket.InferenceMarket_NothingDue.selector);
        market.collectSecurity();

        assertEq(token.balanceOf(treasury), times * 200);
        assertEq(token.balanceOf(security), times * 500);
        assertEq(token.balanceOf(address(market)), held - (inBetween ? times - 1 : times) * 700);
        assertEq(market.governedRest(), governed % 700);
        assertEq(market.protocolDue() + market.securityDue(), 0);
    }
}
