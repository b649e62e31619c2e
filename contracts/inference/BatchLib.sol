// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Batch} from "../interfaces/IInferenceMarket.sol";

/// @title BatchLib
/// @notice Hashes batches' headers into the chain that the market keeps instead of them.
library BatchLib {
    /// @notice Hash of a batch's header.
    function hash(Batch memory batch) internal pure returns (bytes32) {
        return keccak256(abi.encode(batch));
    }

    /// @notice The chain behind a batch: `keccak256(chainBefore ‖ headerHash)`; before the first batch it is 0.
    function extend(bytes32 chainBefore, bytes32 headerHash) internal pure returns (bytes32 chain) {
        // in scratch space, which is free between statements
        assembly ("memory-safe") {
            mstore(0x00, chainBefore)
            mstore(0x20, headerHash)
            chain := keccak256(0x00, 0x40)
        }
    }
}
