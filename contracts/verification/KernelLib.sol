// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title KernelLib
/// @notice The integer operations of attribution: what a record resembles a token by, and what it is credited for it.
/// @dev The engine (`engine/src/exact/program/AttributionOp.ts`) has the same definitions; `test/vectors/exact-ops.json` pins
/// both. Rows are elements of i32 side by side, little endian.
///
/// BROKEN. Where inputs break a bound that holds for every honest execution, an operation has no result: it gives `BROKEN`,
/// which no element of a row equals.
library KernelLib {
    /// @notice What records are compared with.
    /// @param code Of a position. @param token What follows it. @param threshold θ of that token.
    struct Query {
        bytes16 code;
        uint256 token;
        uint256 threshold;
    }

    /// @notice No result; equal to no i32.
    int256 internal constant BROKEN = type(int256).min;

    /// @notice Bits of a code.
    uint256 internal constant CODE_BITS = 128;

    /// @notice Bytes of a code.
    uint256 internal constant CODE_BYTES = 16;

    /// @notice Base of the two digits of what 31 bits do not hold: high · 2^24 + low.
    uint256 internal constant WORD = 1 << 24;

    /// @notice Added to every chain of denominators, and the scale of credits.
    uint256 internal constant WHOLE = 1 << 16;

    /// @notice What is divided, and what by: both below.
    uint256 internal constant DIVISION_LIMIT = 1 << 52;

    /// @notice Credits of earlier positions by which a sum is counted once more.
    uint256 internal constant CARRY = 1 << 19;

    /// @notice How often a sum is counted once more, at most.
    uint256 internal constant MAXIMUM_CARRIES = 31;

    /// @dev Every byte, every second run of two bytes, … of a word.
    uint256 private constant EVEN_BYTES = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
    uint256 private constant EVEN_PAIRS = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
    uint256 private constant EVEN_LANES = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    /// @dev The sign of every i32 of a word.
    uint256 private constant SIGNS = 0x8000000080000000800000008000000080000000800000008000000080000000;
    /// @dev Bits that a pair of digits, high before low, has none of.
    uint256 private constant NO_DIGITS = 0x80000000ff00000080000000ff00000080000000ff00000080000000ff000000;

    /// @notice Σ v over the positions of a record, or of a part of one, at which the query's token stands.
    /// @dev With dot = 128 − 2 · hamming(code, the position's code), v = ⌊(256 · dot / 128)² · u / 2^7⌋ where dot > threshold,
    /// else 0; u the position's surprise. `BROKEN` where an entry is negative. At most 65,024 a position.
    /// @param entries Of each position token · 2^7 + surprise. Whole elements.
    /// @param codes Of each position 16 bytes, as many as `entries` has elements: the caller checks both.
    /// @return sum Or `BROKEN`.
    function similarity(Query memory query, bytes calldata entries, bytes calldata codes)
        internal
        pure
        returns (int256 sum)
    {
        (uint128 code, uint256 token, uint256 threshold) = (uint128(query.code), query.token, query.threshold);
        uint256 length = entries.length;
        // from: below 2^64. A word's surplus is masked to 0, which is no token's entry but one of surprise 0, worth nothing.
        unchecked {
            for (uint256 from = 0; from < length; from += 32) {
                uint256 word = _swapped(_word(entries, from));
                if (word & SIGNS != 0) return BROKEN;
                for (uint256 place = from; word != 0; place += 4) {
                    uint256 entry = word >> 224;
                    word <<= 32;
                    if (entry >> 7 != token || entry & 127 == 0) continue;
                    // entries beyond the last are 0: the position has a code
                    uint256 dot = _dot(code, _codeAt(codes, place << 2), threshold);
                    sum += int256(((dot * dot << 2) * (entry & 127)) >> 7);
                }
            }
        }
    }

    /// @notice Σ of a run of a row.
    /// @param run Whole elements, below 2^32 of them.
    function sumOf(bytes calldata run) internal pure returns (int256) {
        uint256 length = run.length;
        uint256 lanes = 0;
        // Each i32 moved up by 2^31 is not negative; eight are added a word, in four lanes of 64 bits that below 2^32 do not fill.
        unchecked {
            for (uint256 from = 0; from < length; from += 32) {
                uint256 word = _swapped(_word(run, from)) ^ SIGNS;
                lanes += (word & EVEN_LANES) + ((word >> 32) & EVEN_LANES);
            }
            return int256(_folded(lanes)) - int256(((length + 31) >> 5) << 34);
        }
    }

    /// @notice Σ of a run of integers in two digits each; `BROKEN` where there is none of them in such digits.
    /// @param run Whole pairs of elements, the high digit first, below 2^32 of them.
    function sumOfDigits(bytes calldata run) internal pure returns (int256) {
        uint256 length = run.length;
        uint256 high = 0;
        uint256 low = 0;
        // Four pairs a word, in lanes of 64 bits that 2^32 digits do not fill.
        unchecked {
            for (uint256 from = 0; from < length; from += 32) {
                uint256 word = _swapped(_word(run, from));
                if (word & NO_DIGITS != 0) return BROKEN;
                high += (word >> 32) & EVEN_LANES;
                low += word & EVEN_LANES;
            }
            return int256(_folded(high) * WORD + _folded(low));
        }
    }

    /// @notice A denominator: what is before it in its chain, and the sums that it adds; `BROKEN` where one is negative.
    /// @param before 2^16, or the denominator of the index before. @param sum Σ n.
    function denominatorOf(int256 before, int256 sum) internal pure returns (int256) {
        // both below 2^88
        return before < 0 || sum < 0 ? BROKEN : before + sum;
    }

    /// @notice One of the two digits of a denominator, or of a sum on the way to one.
    /// @dev `BROKEN` outside of [0, 2^52).
    /// @param sum What it is a digit of. @param place 0 for the high one, else the low one.
    /// @return Or `BROKEN`.
    function digitOf(int256 sum, uint256 place) internal pure returns (int256) {
        if (sum < 0 || sum >= int256(DIVISION_LIMIT)) return BROKEN;
        return place == 0 ? sum / int256(WORD) : sum % int256(WORD);
    }

    /// @notice ⌊w · n · 2^16 / D⌋: a record's part of a token.
    /// @dev `BROKEN` where D is not in (0, 2^52) or the dividend not in [0, 2^52).
    /// @param weight w, the token's surprise. @param sum n, the record's sum. @param denominator D.
    /// @return Or `BROKEN`.
    function credit(uint8 weight, int32 sum, int256 denominator) internal pure returns (int256) {
        if (denominator <= 0 || denominator >= int256(DIVISION_LIMIT)) return BROKEN;
        int256 dividend = int256(uint256(weight)) * sum * int256(WHOLE);
        if (dividend < 0 || dividend >= int256(DIVISION_LIMIT)) return BROKEN;
        return dividend / denominator;
    }

    /// @notice n + ⌊n · min(31 · 2^19, Σ c) / 2^19⌋: a record's sum, more where it is credited for the tokens before.
    /// @dev `BROKEN` where n or a credit is negative.
    /// @param sum n, the record's at a position. @param credits c, the record's at up to seven positions before.
    /// @return Or `BROKEN`.
    function continuity(int32 sum, int32[] memory credits) internal pure returns (int256) {
        if (sum < 0) return BROKEN;
        uint256 carried = 0;
        for (uint256 i = 0; i < credits.length; ++i) {
            if (credits[i] < 0) return BROKEN;
            carried += uint32(credits[i]);
        }
        if (carried > MAXIMUM_CARRIES * CARRY) carried = MAXIMUM_CARRIES * CARRY;
        uint256 own = uint32(sum);
        // below 2^31 · 2^24
        return int256(own + own * carried / CARRY);
    }

    /// @notice An element of a row.
    /// @param row Whole elements. @param place Counted from the first; the row has it.
    function elementOf(bytes calldata row, uint256 place) internal pure returns (int32) {
        return int32(uint32(_swapped(_word(row, place << 2)) >> 224));
    }

    /// @dev dot where it is above the threshold, else 0. `bits` are those in which the codes differ.
    function _dot(uint256 code, uint256 other, uint256 threshold) private pure returns (uint256) {
        uint256 bits = code ^ other;
        // at most 128 bits: sums of bytes do not overflow
        unchecked {
            bits -= (bits >> 1) & 0x55555555555555555555555555555555;
            bits = (bits & 0x33333333333333333333333333333333) + ((bits >> 2) & 0x33333333333333333333333333333333);
            bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f;
            bits = (bits * 0x01010101010101010101010101010101 >> 120) & 0xff;
            if (bits << 1 >= CODE_BITS) return 0;
            uint256 dot = CODE_BITS - (bits << 1);
            return dot > threshold ? dot : 0;
        }
    }

    /// @dev The 16 bytes from `from` on; they are within.
    function _codeAt(bytes calldata codes, uint256 from) private pure returns (uint256 code) {
        assembly ("memory-safe") {
            code := shr(128, calldataload(add(codes.offset, from)))
        }
    }

    /// @dev 32 bytes from `from` on, zero behind the end; `from` is within.
    function _word(bytes calldata data, uint256 from) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(data.offset, from))
            let left := sub(data.length, from)
            // 2^(256 − 8 · left) − 1 are the bits behind the end
            if lt(left, 32) { word := and(word, not(sub(shl(sub(256, shl(3, left)), 1), 1))) }
        }
    }

    /// @dev Eight integers of 32 bits, each in the other byte order.
    function _swapped(uint256 word) private pure returns (uint256) {
        uint256 bytesSwapped = ((word >> 8) & EVEN_BYTES) | ((word & EVEN_BYTES) << 8);
        return ((bytesSwapped >> 16) & EVEN_PAIRS) | ((bytesSwapped & EVEN_PAIRS) << 16);
    }

    /// @dev Σ of four lanes of 64 bits.
    function _folded(uint256 lanes) private pure returns (uint256) {
        return (lanes >> 192) + ((lanes >> 128) & type(uint64).max) + ((lanes >> 64) & type(uint64).max)
            + (lanes & type(uint64).max);
    }
}
