// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Config} from "../../script/Deployment.sol";
import {DeployedFixture} from "../fixture/DeployedFixture.sol";
import {GasSnapshots} from "./GasSnapshots.sol";

/// @notice Gas of an epoch as transactions over the deployed protocol pay it: each with cold storage, 21,000 and its calldata.
/// @dev Roots are those of a list nobody could hold: what is posted does not depend on how long the lists are.
/// forge-config: default.isolate = true
contract OracleGasTest is GasSnapshots, DeployedFixture {
    function _config() internal view override returns (Config memory config) {
        config = super._config();
        config.clocks.epochPeriod = EPOCH_PERIOD;
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
        // opened once for all payers of an epoch
        _record("settle_open_and_root", settled + opened + proposed + finalized);
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
}
