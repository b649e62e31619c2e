// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {console} from "forge-std/console.sol";

/// @notice Gas of settlement as a transaction would pay it: the call with cold storage, 21,000 and the calldata.
/// forge-config: default.isolate = true
contract InferenceMarketGasTest is MarketFixture {
    function test_SettleOneSteady() public {
        _measure("settle 1, steady", 1, 150_000);
    }

    function test_SettleHundredSteady() public {
        _measure("settle 100, steady", 100, 2_590_000);
    }

    function _measure(string memory name, uint256 count, uint256 maximum) private {
        bytes32[] memory channels = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            channels[i] = _open(bytes32(i), 1e20);
        }
        _settle(_rows(channels, 1e18 + 7));
        bytes memory rows = _rows(channels, 2e18 + 13);

        _settle(rows);
        uint256 used = vm.lastCallGas().gasTotalUsed;

        console.log(name, used);
        assertLe(used, maximum);
    }

    function _rows(bytes32[] memory channels, uint96 cumulative) private view returns (bytes memory rows) {
        rows = abi.encodePacked(model, uint16(channels.length));
        for (uint256 i; i < channels.length; ++i) {
            rows = abi.encodePacked(rows, _row(_payment(channels[i], model, cumulative), payerKey));
        }
    }
}
