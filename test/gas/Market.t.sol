// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketFixture} from "../fixture/MarketFixture.sol";
import {GasSnapshots} from "./GasSnapshots.sol";

/// @notice Gas of settlement as a transaction would pay it: the call with cold storage, 21,000 and the calldata; each channel
/// has been settled before, whole words of salt, amounts of 18 decimals that divide into nothing.
/// forge-config: default.isolate = true
contract MarketGasTest is GasSnapshots, MarketFixture {
    function test_SettleOneSteady() public {
        _measure("settle_1", 1, false, 70_000);
    }

    function test_SettleHundredSteady() public {
        _measure("settle_100", 100, false, 1_390_000);
    }

    function test_SettleTwoHundredAndFiftySteady() public {
        _measure("settle_250", 250, false, 3_390_000);
    }

    /// @dev Channels that pay for more than one model keep what is claimed for each in a slot of its own.
    function test_SettleHundredOfChannelsWithManyModels() public {
        _measure("settle_100_many_models", 100, true, 1_940_000);
    }

    /// @dev And a payer's authorised signer, as payers that are contracts have one.
    function test_SettleOneSignedByASigner() public {
        vm.prank(payer);
        market.authorizeSigner(stranger);
        bytes32 channel = _open(bytes12(keccak256("channel")), 1e20);
        _settle(channel, model, 1e18 + 7);
        bytes memory rows = abi.encodePacked(model, uint16(1), _row(_payment(channel, model, 2e18 + 13), strangerKey));

        _settle(rows);

        _report("settle_1_by_signer", 73_000);
    }

    function _measure(string memory name, uint256 count, bool manyModels, uint256 maximum) private {
        bytes32[] memory channels = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            channels[i] = _open(bytes12(keccak256(abi.encode("channel", i))), 1e20);
        }
        if (manyModels) _settle(_group(channels, plainModel, 1e17));
        _settle(_group(channels, model, 1e18 + 7));
        bytes memory rows = _group(channels, model, 2e18 + 13);

        vm.prank(runner);
        market.settle(rows, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE + ((count * (1e18 + 6)) << 32));

        _report(name, maximum);
    }

    function _report(string memory name, uint256 maximum) private {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        _record(name, used);
        assertLe(used, maximum);
    }
}
