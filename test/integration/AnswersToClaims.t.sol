// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../contracts/interfaces/IAttributionOracle.sol";
import {IContributionRegistry} from "../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../contracts/interfaces/IDatanetRegistry.sol";
import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../../contracts/interfaces/IModelRegistry.sol";
import {IRewardDistributor} from "../../contracts/interfaces/IRewardDistributor.sol";
import {IStakingManager, Role} from "../../contracts/interfaces/IStakingManager.sol";
import {ProtocolDeployer} from "../../script/ProtocolDeployer.sol";
import {EpochFixture} from "../fixture/EpochFixture.sol";
import {TestToken} from "../fixture/TestToken.sol";
import {console} from "forge-std/console.sol";

/// @notice The whole way over the deployed protocol: a Datanet, a model on it, paid answers, an epoch, claims and sweeps.
/// forge-config: default.isolate = true
contract AnswersToClaimsTest is EpochFixture, ProtocolDeployer {
    IStakingManager private stakes;
    address private registry;

    function setUp() public override {
        vm.warp(START);
        Deployment memory d =
            _deploy(Config(address(this), treasury, security, WINDOW, 1, REVEAL_PERIOD, 21 days, THAW_PERIOD));
        token = TestToken(address(d.token));
        stakes = d.staking;
        distributor = IRewardDistributor(address(d.distributor));
        oracle = IAttributionOracle(address(d.oracle));
        registry = address(d.datanets);
        market = IInferenceMarket(address(d.market));
        stream = d.oracle.stream();
        (payer, payerKey) = makeAddrAndKey("payer");
        _fund(payer);
        model = _register(IDatanetRegistry(address(d.datanets)), IModelRegistry(address(d.models)));
        _stake(runner, Role.Runner);
        _stake(proposer, Role.Oracle);
        vm.prank(proposer);
        token.approve(address(oracle), type(uint256).max);
        channel = _open(9e23);
    }

    function test_FromAnswersToClaims() public {
        _answer(1e18, _shares(POOL, 10_000, ALICE));
        _answer(2e18, _shares(ALICE, 20_000, BOB));
        _closeBatch();
        _answer(3e18 + 7, _shares(BOB));
        _closeBatch();
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = _credits(1, 2);
        IAttributionOracle.Payout[] memory payouts = _payouts(new IAttributionOracle.Payout[](0), credits);

        _propose(1, credits, payouts);
        console.log("propose, first", vm.lastCallGas().gasTotalUsed);
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        oracle.finalize(1);
        console.log("finalize, first", vm.lastCallGas().gasTotalUsed);
        bytes32 root = _payoutsRoot(payouts);
        for (uint256 i; i < payouts.length; ++i) {
            IAttributionOracle.PayoutOpening memory o = _openPayout(payouts, i);
            if (o.payout.account == POOL) vm.prank(registry);
            distributor.claim(
                stream, root, o.index, o.count, o.payout.account, o.payout.cumulative, o.payout.runningSum, o.siblings
            );
        }
        console.log("claim, first", vm.lastCallGas().gasTotalUsed);
        _sweep();

        uint96 fees = 6e18 + 7;
        uint256 data = uint256(fees) * 4000 / 10_000;
        assertApproxEqAbs(token.balanceOf(ALICE) + token.balanceOf(BOB) + token.balanceOf(datanetOwner), data, 3);
        assertEq(token.balanceOf(datanetOwner), 4e17 - uint256(4e17) * 55_536 / 65_536, "the pool's owner");
        assertEq(stakes.poolOf(runner, Role.Runner).own, 10_000e18);
        assertEq(stakes.feesOf(runner, Role.Runner).operatorFees, uint256(fees) * 800 / 10_000);
        assertEq(token.balanceOf(modelOwner), uint256(fees) * 1500 / 10_000);
        assertEq(token.balanceOf(treasury), uint256(fees) * 200 / 10_000);
        assertEq(token.balanceOf(security), uint256(fees) * 500 / 10_000);
        assertEq(token.balanceOf(address(market)), FUNDS - fees, "the payer's money and nothing else");
        assertEq(token.balanceOf(address(oracle)), 0, "no bond stays");
    }

    function _sweep() private {
        market.collectProtocol();
        market.collectSecurity();
        market.collectStakers(runner);
        market.collectModel(model);
        market.collectRunner(runner);
    }

    function _register(IDatanetRegistry datanets_, IModelRegistry models_) private returns (uint64) {
        bytes32[] memory licences = new bytes32[](1);
        licences[0] = "MIT";
        IDatanetRegistry.Rules memory rules;
        rules.decisionPeriod = 1 days;
        vm.prank(datanetOwner);
        uint64 datanet = datanets_.createDatanet("sources", 0, licences, rules);
        IContributionRegistry contributions = datanets_.contributions();
        IContributionRegistry.Contribution[] memory accepted = new IContributionRegistry.Contribution[](1);
        accepted[0] = IContributionRegistry.Contribution(
            1, datanet, ALICE, 3, 1, uint64(block.timestamp), keccak256("records"), "MIT", DATA_HASH
        );
        vm.prank(ALICE);
        contributions.contribute(datanet, keccak256("records"), 3, "MIT", DATA_HASH, 1);
        vm.startPrank(datanetOwner);
        contributions.accept(datanet, accepted);
        uint32 version = datanets_.publishVersion(datanet);
        vm.stopPrank();

        vm.startPrank(modelOwner);
        uint64 base = models_.registerBase(_registration("base", 0));
        IModelRegistry.VersionRef[] memory versions = new IModelRegistry.VersionRef[](1);
        versions[0] = IModelRegistry.VersionRef(datanet, version);
        uint64 adapter = models_.registerAdapter(base, _registration("adapter", 4000), versions);
        vm.stopPrank();
        return adapter;
    }

    function _stake(address operator, Role role) private {
        require(token.transfer(operator, 20_000e18), "not paid");
        vm.startPrank(operator);
        token.approve(address(stakes), 10_000e18);
        stakes.stake(role, 10_000e18);
        vm.stopPrank();
    }

    function _registration(string memory name, uint16 dataBps)
        private
        pure
        returns (IModelRegistry.Registration memory r)
    {
        r.name = name;
        r.weightsRoot = keccak256(bytes(name));
        r.programRoot = keccak256("program");
        r.manifestHash = keccak256("manifest");
        r.price = IModelRegistry.Price(0, 1, 1);
        r.revenue = IModelRegistry.Revenue(1500, dataBps);
    }
}
