// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketFixture} from "../fixture/MarketFixture.sol";
import {console} from "forge-std/console.sol";

/// @notice Gas of settlement as a transaction would pay it: the call with cold storage, 21,000 and the calldata.
/// forge-config: default.isolate = true
contract MarketGasTest is MarketFixture {
    function test_SettleOneSteady() public {
        _measure("settle_1", 1, 70_000);
    }

    function test_SettleHundredSteady() public {
        _measure("settle_100", 100, 1_750_000);
    }

    function test_SettleTwoHundredAndFiftySteady() public {
        _measure("settle_250", 250, 4_300_000);
    }

    function _measure(string memory name, uint256 count, uint256 maximum) private {
        bytes32[] memory channels = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            channels[i] = _open(bytes12(uint96(i)), 1e20);
        }
        _settle(_group(channels, model, 1e18 + 7));
        bytes memory rows = _group(channels, model, 2e18 + 13);

        _settle(rows);
        uint256 used = vm.lastCallGas().gasTotalUsed;

        console.log(name, used);
        assertLe(used, maximum);
    }
}
