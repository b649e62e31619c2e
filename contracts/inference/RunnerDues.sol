// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";

/// @notice What is due to a runner and to its stakers, in one slot.
/// @dev | bits   | field   |                                    |
///      | 0–95   | runner  | runner parts settled and not taken |
///      | 96–191 | stakers | stakers' parts likewise            |
type RunnerDues is uint256;

using RunnerDuesLib for RunnerDues global;

/// @title RunnerDuesLib
/// @notice Reads and moves a runner's dues.
library RunnerDuesLib {
    uint256 private constant MASK_96 = type(uint96).max;

    function pack(uint96 runner_, uint96 stakers_) internal pure returns (RunnerDues) {
        return RunnerDues.wrap(uint256(runner_) | (uint256(stakers_) << 96));
    }

    function runner(RunnerDues dues) internal pure returns (uint96) {
        // the lowest 96 bits are the field
        return uint96(RunnerDues.unwrap(dues));
    }

    function stakers(RunnerDues dues) internal pure returns (uint96) {
        // shifted down, the lowest 96 bits are the field
        return uint96(RunnerDues.unwrap(dues) >> 96);
    }

    /// @notice The dues once a batch's parts were added. Reverts where they would not fit.
    /// @param ofRunner @param ofStakers Of uint96.
    function raised(RunnerDues dues, uint256 ofRunner, uint256 ofStakers) internal pure returns (RunnerDues) {
        uint256 word = RunnerDues.unwrap(dues);
        // sums of two uint96
        unchecked {
            uint256 sums = ((word & MASK_96) + ofRunner) | ((word >> 96) + ofStakers);
            if (sums > MASK_96) revert IInferenceMarket.InferenceMarket_AmountTooLarge(sums);
            // so nothing is carried out of a field
            return RunnerDues.wrap(word + (ofStakers << 96) + ofRunner);
        }
    }
}
