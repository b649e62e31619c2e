// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";

/// @notice What is due to a runner and to its stakers, and how long its stake needs no look, in one slot.
/// @dev | bits    | field       |                                                              |
///      | 0–95    | runner      | runner parts settled and not taken                           |
///      | 96–191  | stakers     | stakers' parts likewise                                      |
///      | 192–255 | backedUntil | timestamp before which a settlement does not look at a stake |
type RunnerDues is uint256;

using RunnerDuesLib for RunnerDues global;

/// @title RunnerDuesLib
/// @notice Reads and moves a runner's dues.
library RunnerDuesLib {
    uint256 private constant MASK_96 = type(uint96).max;
    uint256 private constant MASK_192 = type(uint192).max;

    function withRunner(RunnerDues dues, uint96 runner_) internal pure returns (RunnerDues) {
        return RunnerDues.wrap((RunnerDues.unwrap(dues) & ~MASK_96) | runner_);
    }

    function withStakers(RunnerDues dues, uint96 stakers_) internal pure returns (RunnerDues) {
        return RunnerDues.wrap((RunnerDues.unwrap(dues) & ~(MASK_96 << 96)) | (uint256(stakers_) << 96));
    }

    function withBackedUntil(RunnerDues dues, uint64 timestamp) internal pure returns (RunnerDues) {
        return RunnerDues.wrap((RunnerDues.unwrap(dues) & MASK_192) | (uint256(timestamp) << 192));
    }

    function runner(RunnerDues dues) internal pure returns (uint96) {
        // the lowest 96 bits are the field
        return uint96(RunnerDues.unwrap(dues));
    }

    function stakers(RunnerDues dues) internal pure returns (uint96) {
        // shifted down, the lowest 96 bits are the field
        return uint96(RunnerDues.unwrap(dues) >> 96);
    }

    function backedUntil(RunnerDues dues) internal pure returns (uint256) {
        return RunnerDues.unwrap(dues) >> 192;
    }

    /// @notice The dues once a batch's parts were added. Reverts where they would not fit.
    /// @param ofRunner @param ofStakers Of uint96.
    function raised(RunnerDues dues, uint256 ofRunner, uint256 ofStakers) internal pure returns (RunnerDues) {
        uint256 word = RunnerDues.unwrap(dues);
        // sums of two uint96
        unchecked {
            uint256 sums = ((word & MASK_96) + ofRunner) | (((word >> 96) & MASK_96) + ofStakers);
            if (sums > MASK_96) revert IInferenceMarket.InferenceMarket_AmountTooLarge(sums);
            // so nothing is carried out of a field
            return RunnerDues.wrap(word + (ofStakers << 96) + ofRunner);
        }
    }
}
