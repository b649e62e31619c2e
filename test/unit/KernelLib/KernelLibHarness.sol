// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {KernelLib} from "../../../contracts/verification/KernelLib.sol";

/// @notice Calls the library with calldata, as the verifier does.
contract KernelLibHarness {
    function similarity(KernelLib.Query memory query, bytes calldata entries, bytes calldata codes)
        external
        pure
        returns (int256)
    {
        return KernelLib.similarity(query, entries, codes);
    }

    function sumOf(bytes calldata run) external pure returns (int256) {
        return KernelLib.sumOf(run);
    }

    function sumOfDigits(bytes calldata run) external pure returns (int256) {
        return KernelLib.sumOfDigits(run);
    }

    function elementOf(bytes calldata row, uint256 place) external pure returns (int32) {
        return KernelLib.elementOf(row, place);
    }
}
