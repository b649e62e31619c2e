// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";

/// @title OracleStorageLib
/// @notice The attribution oracle's namespaced storage (ERC-7201).
library OracleStorageLib {
    /// @custom:storage-location erc7201:openledger.storage.AttributionOracle
    struct Layout {
        uint64 stream;
        uint64 epochCount;
        // timestamp at which the newest epoch was opened
        uint64 openedAt;
        uint96 bond;
        // of the newest final epoch: what the next one is measured against
        uint96 finalTotal;
        bytes32 finalPayoutsRoot;
        // the market's cumulative data up to the newest epoch's last batch
        uint96 dataClosed;
        mapping(uint64 epoch => IAttributionOracle.Epoch) epochs;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.AttributionOracle")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant SLOT = 0xa047db4881b21df090877aa10bccb672913966fed6736afec8ff7cf152333400;

    function load() internal pure returns (Layout storage $) {
        assembly ("memory-safe") {
            $.slot := SLOT
        }
    }
}
