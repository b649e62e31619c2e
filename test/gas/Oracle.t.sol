// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../contracts/interfaces/IAttributionOracle.sol";
import {IDatanetRegistry} from "../../contracts/interfaces/IDatanetRegistry.sol";
import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../../contracts/interfaces/IModelRegistry.sol";
import {IRewardDistributor} from "../../contracts/interfaces/IRewardDistributor.sol";
import {IStakingManager, Role} from "../../contracts/interfaces/IStakingManager.sol";
import {ProtocolDeployer} from "../../script/ProtocolDeployer.sol";
import {EpochFixture} from "../fixture/EpochFixture.sol";
import {TestToken} from "../fixture/TestToken.sol";
import {GasSnapshots} from "./GasSnapshots.sol";

/// @notice Gas of an epoch as transactions over the deployed protocol pay it: each with cold storage, 21,000 and its calldata.
/// @dev Roots are those of a list nobody could hold: what is posted does not depend on how long the lists are.
/// forge-config: default.isolate = true
contract OracleGasTest is GasSnapshots, EpochFixture, ProtocolDeployer {
    function setUp() public override {
        vm.warp(START);
        vm.chainId(10);
        Deployment memory d = _deploy(
            Config(address(this), treasury, security, WINDOW, EPOCH_PERIOD, REVEAL_PERIOD, 21 days, THAW_PERIOD)
        );
        token = TestToken(address(d.token));
        distributor = IRewardDistributor(address(d.distributor));
        oracle = IAttributionOracle(address(d.oracle));
        market = IInferenceMarket(address(d.market));
        stream = oracle.stream();
        (payer, payerKey) = makeAddrAndKey("payer");
        _fund(payer);
        model = _registerModel(IDatanetRegistry(address(d.datanets)), IModelRegistry(address(d.models)));
        _stake(d.staking, runner, Role.Runner);
        _stake(d.staking, proposer, Role.Oracle);
        vm.prank(proposer);
        token.approve(address(oracle), 10_000e18);
        channel = _open(9e23);
    }

    function test_RootOfAnEpoch() public {
        // the distributor keeps four roots: from the fifth on nothing is written that was empty
        for (uint64 number = 1; number < 5; ++number) {
            _epoch(number);
        }
        (uint256 settled, uint256 opened, uint256 proposed, uint256 finalized) = _epoch(5);

        _record("epoch_open", opened);
        _record("root_propose", proposed);
        _record("root_finalize", finalized);
        _record("settle_and_root", settled + proposed + finalized);
        assertLe(proposed, 200_000);
        assertLe(finalized, 95_000);
        assertLe(settled + proposed + finalized, 350_000);
    }

    function _epoch(uint64 number)
        private
        returns (uint256 settled, uint256 opened, uint256 proposed, uint256 finalized)
    {
        _answer(1e18, _shares(ALICE));
        settled = _settleOpenBatch();
        oracle.openEpoch();
        opened = vm.lastCallGas().gasTotalUsed;
        vm.warp(vm.getBlockTimestamp() + 60);
        _propose(number, keccak256(abi.encode("credits", number)), keccak256(abi.encode("payouts", number)), 4e17);
        proposed = vm.lastCallGas().gasTotalUsed;
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        oracle.finalize(number);
        finalized = vm.lastCallGas().gasTotalUsed;
    }

    function _settleOpenBatch() private returns (uint256) {
        Payment memory p = _payment(channel, model, cumulative);
        bytes memory rows = _group(p);
        vm.prank(runner);
        market.settle(rows, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE);
        return vm.lastCallGas().gasTotalUsed;
    }

    function _registerModel(IDatanetRegistry datanets_, IModelRegistry models_) private returns (uint64) {
        bytes32[] memory licences = new bytes32[](1);
        licences[0] = "MIT";
        uint64 datanet = datanets_.createDatanet("sources", 0, licences);
        uint64[] memory accepted = new uint64[](1);
        accepted[0] = datanets_.contribute(datanet, keccak256("records"), 3, "MIT", DATA_HASH);
        datanets_.accept(datanet, accepted);
        IModelRegistry.VersionRef[] memory versions = new IModelRegistry.VersionRef[](1);
        versions[0] = IModelRegistry.VersionRef(datanet, datanets_.publishVersion(datanet));
        uint64 base = models_.registerBase(_registration(0));
        return models_.registerAdapter(base, _registration(4000), versions);
    }

    function _stake(IStakingManager stakes, address operator, Role role) private {
        require(token.transfer(operator, 20_000e18), "not paid");
        vm.startPrank(operator);
        token.approve(address(stakes), 10_000e18);
        stakes.stake(role, 10_000e18);
        vm.stopPrank();
    }

    function _registration(uint16 dataBps) private pure returns (IModelRegistry.Registration memory) {
        return IModelRegistry.Registration({
            name: "model",
            weightsRoot: keccak256("weights"),
            programRoot: keccak256("program"),
            manifestHash: keccak256("manifest"),
            price: IModelRegistry.Price(0, 1, 1),
            revenue: IModelRegistry.Revenue(1500, dataBps)
        });
    }
}
