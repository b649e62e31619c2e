// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IDatanetValidators} from "../interfaces/IDatanetValidators.sol";

/// @title ScoreLib
/// @notice The votes of a round: validators' scores counted against the score that accepts.
/// @dev A counter of 8 bits for each of 64 contributions, in two words: at most 255 validators reveal.
///
/// The lower median of n scores, the one at place ⌊(n − 1) / 2⌋ from 0, is at least s exactly where at least ⌊n / 2⌋ + 1 scores are:
/// more than half. So votes decide as the median does, and no score needs to be kept.
library ScoreLib {
    uint16 internal constant MAXIMUM_SCORE = 10_000;
    uint256 internal constant MAXIMUM_CONTRIBUTIONS = 64;
    uint256 internal constant MAXIMUM_VALIDATORS = 255;

    struct Votes {
        uint256[2] words;
    }

    /// @notice What a validator commits to.
    function valueOf(uint16[] calldata scores) internal pure returns (bytes32) {
        return keccak256(abi.encode(scores));
    }

    /// @notice Bit i: the i-th score is a vote to accept.
    function bitsOf(uint16[] calldata scores, uint16 acceptScore) internal pure returns (uint64 bits) {
        for (uint256 i = 0; i < scores.length; ++i) {
            if (scores[i] > MAXIMUM_SCORE) {
                revert IDatanetValidators.DatanetValidators_ScoreOutOfRange(i, scores[i], MAXIMUM_SCORE);
            }
            if (scores[i] >= acceptScore) bits |= uint64(1) << uint64(i);
        }
    }

    /// @notice Counts one validator's votes.
    function add(Votes storage votes, uint64 bits) internal {
        for (uint256 word = 0; word < 2; ++word) {
            uint256 sum = 0;
            for (uint256 i = 0; i < 32; ++i) {
                sum |= uint256((bits >> (word * 32 + i)) & 1) << (8 * i);
            }
            // no counter overflows into its neighbour: at most 255 validators
            if (sum != 0) votes.words[word] += sum;
        }
    }

    /// @notice What more than half accepts, and how many votes of all were with the majority.
    /// @param count Contributions. @param revealCount Validators that revealed, more than 0.
    /// @return accepted Bit i: the i-th is accepted. @return points At least half of count × revealCount, so not 0.
    function majority(Votes storage votes, uint256 count, uint256 revealCount)
        internal
        view
        returns (uint64 accepted, uint256 points)
    {
        for (uint256 i = 0; i < count; ++i) {
            uint256 yes = (votes.words[i / 32] >> (8 * (i % 32))) & 0xff;
            if (2 * yes > revealCount) {
                accepted |= uint64(1) << uint64(i);
                points += yes;
            } else {
                points += revealCount - yes;
            }
        }
    }

    /// @notice Contributions on which a validator voted as the majority.
    function pointsOf(uint64 bits, uint64 accepted, uint256 count) internal pure returns (uint256 points) {
        for (uint256 i = 0; i < count; ++i) {
            if (((bits ^ accepted) >> i) & 1 == 0) ++points;
        }
    }
}
