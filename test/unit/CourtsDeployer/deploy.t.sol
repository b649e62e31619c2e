// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDisputeManager} from "../../../contracts/interfaces/IDisputeManager.sol";
import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IJury} from "../../../contracts/interfaces/IJury.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {IStakingManager} from "../../../contracts/interfaces/IStakingManager.sol";
import {CourtsDeployer} from "../../../script/CourtsDeployer.sol";
import {CourtContributions} from "../../fixture/CourtContributions.sol";
import {CourtMarket} from "../../fixture/CourtMarket.sol";
import {CourtModels} from "../../fixture/CourtModels.sol";
import {CourtStaking} from "../../fixture/CourtStaking.sol";
import {TestToken} from "../../fixture/TestToken.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Test} from "forge-std/Test.sol";

contract CourtsDeployerTest is CourtsDeployer, Test {
    AccessManager private manager;
    Courts private courts;

    function setUp() public {
        vm.chainId(10);
        manager = new AccessManager(address(this));
        TestToken token = new TestToken();
        CourtParties memory p = CourtParties(
            address(this),
            address(manager),
            token,
            IStakingManager(address(new CourtStaking(token, 21 days))),
            IInferenceMarket(address(new CourtMarket())),
            IModelRegistry(address(new CourtModels())),
            IContributionRegistry(address(new CourtContributions()))
        );
        CourtClocks memory clocks = CourtClocks(14 days, 2 days, IJury.Clocks(48 hours, 36 hours, 7 days));
        Courts memory c;
        _deployReceiptCourt(p, clocks, c);
        _deployDisputes(p, clocks, c);
        courts = c;
    }

    function test_CourtsNameEachOther() public view {
        assertEq(courts.receiptCourt.verifier(), address(courts.receiptVerifier));
        assertEq(address(courts.receiptVerifier.court()), address(courts.receiptCourt));
        assertEq(courts.jury.manager(), address(courts.disputes));
        assertEq(address(courts.disputes.jury()), address(courts.jury));
        assertEq(address(courts.disputes.court()), address(courts.receiptCourt));
    }

    function test_TermsAreThoseOfTheDeployer() public view {
        assertEq(courts.receiptCourt.terms().demandDeposit, DEMAND_DEPOSIT);
        assertEq(courts.receiptCourt.trialPeriod(), 14 days);
        assertEq(courts.jury.terms().bond, DISPUTE_BOND);
        assertEq(courts.jury.clocks().appeal, 7 days);
        assertEq(courts.disputes.penaltyOf(IDisputeManager.Kind.Downtime).slashBps, 100);
        assertEq(courts.disputes.penaltyOf(IDisputeManager.Kind.Agent).slashMaximum, 20_000e18);
    }
}
