// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {KernelLib} from "../../../contracts/verification/KernelLib.sol";
import {KernelLibHarness} from "./KernelLibHarness.sol";
import {Test} from "forge-std/Test.sol";

/// @dev Against the formulas written out, element by element and bit by bit.
contract KernelLibAttackTest is Test {
    KernelLibHarness private _lib;

    function setUp() public {
        _lib = new KernelLibHarness();
    }

    function testFuzz_Similarity_IsTheFormulas(bytes32 seed, uint256 size, uint256 token, uint256 threshold)
        public
        view
    {
        uint256 positions = bound(size, 0, 70);
        token = bound(token, 0, 2);
        threshold = bound(threshold, 0, 128);
        bytes16 code = bytes16(seed);
        bytes memory entries;
        bytes memory codes;
        uint256 expected;
        for (uint256 i = 0; i < positions; ++i) {
            uint256 drawn = uint256(keccak256(abi.encode(seed, i)));
            (uint256 there, uint256 surprise) = (drawn % 3, (drawn >> 8) % 128);
            // from a copy to half of the bits flipped
            bytes16 other = code ^ bytes16(uint128(drawn >> 64) & uint128((1 << ((drawn >> 192) % 129)) - 1));
            entries = bytes.concat(entries, _littleEndian(uint32(there * 128 + surprise)));
            codes = bytes.concat(codes, other);
            if (there == token) expected += _similarityOf(code, other, surprise, threshold);
        }

        int256 found = _lib.similarity(KernelLib.Query(code, token, threshold), entries, codes);

        assertEq(found, int256(expected));
    }

    function test_Similarity_AtItsEnds() public view {
        bytes memory entries;
        for (uint256 i = 0; i < 256; ++i) {
            entries = bytes.concat(entries, _littleEndian(7 * 128 + 127));
        }
        bytes memory codes = new bytes(256 * 16);

        assertEq(_lib.similarity(KernelLib.Query(0, 7, 0), entries, codes), 256 * 65_024);
        assertEq(_lib.similarity(KernelLib.Query(0, 7, 127), entries, codes), 256 * 65_024);
        assertEq(_lib.similarity(KernelLib.Query(0, 7, 128), entries, codes), 0);
        assertEq(_lib.similarity(KernelLib.Query(~bytes16(0), 7, 0), entries, codes), 0);
        assertEq(_lib.similarity(KernelLib.Query(0, 6, 0), entries, codes), 0);
        // 64 of 128 bits differ: dot = 0 is not above θ = 0
        assertEq(_lib.similarity(KernelLib.Query(bytes16(bytes8(type(uint64).max)), 7, 0), entries, codes), 0);
    }

    /// @dev What stands behind a record's end in calldata is not of the record.
    function test_Similarity_ReadsNothingBehind() public {
        bytes memory entries = abi.encodePacked(_littleEndian(5 * 128 + 3), _littleEndian(5 * 128 + 3));
        bytes memory call =
            abi.encodeCall(KernelLibHarness.similarity, (KernelLib.Query(0, 5, 0), entries, new bytes(32)));
        // the rest of the word in which the entries end: more of them
        uint256 end = 4 + 32 * 5 + 32 + 8;
        for (uint256 i = 0; i < 24; ++i) {
            call[end + i] = entries[i % 4];
        }

        (bool succeeded, bytes memory found) = address(_lib).call(call);

        assertTrue(succeeded);
        assertEq(abi.decode(found, (int256)), 2 * ((256 * 256 * 3) >> 7));
    }

    function test_Similarity_BrokenWhereAnEntryIsNegative() public view {
        bytes memory entries = abi.encodePacked(_littleEndian(1), _littleEndian(0x80000000));

        assertEq(_lib.similarity(KernelLib.Query(0, 5, 0), entries, new bytes(32)), KernelLib.BROKEN);
    }

    function testFuzz_SumOf_IsTheSum(int32[] memory elements) public view {
        bytes memory row;
        int256 expected;
        for (uint256 i = 0; i < elements.length; ++i) {
            row = bytes.concat(row, _littleEndian(uint32(elements[i])));
            expected += elements[i];
        }

        assertEq(_lib.sumOf(row), expected);
        for (uint256 i = 0; i < elements.length; ++i) {
            assertEq(_lib.elementOf(row, i), elements[i]);
        }
    }

    function test_SumOf_AtItsEnds() public view {
        for (uint256 count = 1; count <= 257; count += 64) {
            bytes memory least;
            bytes memory most;
            for (uint256 i = 0; i < count; ++i) {
                least = bytes.concat(least, _littleEndian(0x80000000));
                most = bytes.concat(most, _littleEndian(0x7fffffff));
            }
            assertEq(_lib.sumOf(least), -int256(count << 31));
            assertEq(_lib.sumOf(most), int256(count * 0x7fffffff));
        }
    }

    function testFuzz_SumOfDigits_IsTheSum(uint256[] memory drawn) public view {
        bytes memory row;
        uint256 expected;
        for (uint256 i = 0; i < drawn.length; ++i) {
            (uint256 high, uint256 low) = (drawn[i] % 2 ** 31, (drawn[i] >> 64) % 2 ** 24);
            row = bytes.concat(row, _littleEndian(uint32(high)), _littleEndian(uint32(low)));
            expected += high * 2 ** 24 + low;
        }

        assertEq(_lib.sumOfDigits(row), int256(expected));
    }

    function test_SumOfDigits_BrokenWhereNoDigits() public view {
        for (uint256 place = 0; place < 9; ++place) {
            assertEq(_lib.sumOfDigits(_pairs(place, 0x80000000, 0)), KernelLib.BROKEN);
            assertEq(_lib.sumOfDigits(_pairs(place, 0, 0x01000000)), KernelLib.BROKEN);
            assertEq(_lib.sumOfDigits(_pairs(place, 0, 0xffffffff)), KernelLib.BROKEN);
            assertEq(_lib.sumOfDigits(_pairs(place, 0x7fffffff, 0x00ffffff)), 2 ** 55 - 1);
        }
    }

    function test_DigitOf_BrokenOutside() public pure {
        assertEq(KernelLib.digitOf(-1, 0), KernelLib.BROKEN);
        assertEq(KernelLib.digitOf(2 ** 52, 1), KernelLib.BROKEN);
        assertEq(KernelLib.digitOf(2 ** 52 - 1, 0), 2 ** 28 - 1);
        assertEq(KernelLib.digitOf(2 ** 52 - 1, 1), 2 ** 24 - 1);
        assertEq(KernelLib.digitOf(0, 0), 0);
    }

    function test_DenominatorOf_BrokenWhereOneIsNegative() public pure {
        assertEq(KernelLib.denominatorOf(2 ** 16, -1), KernelLib.BROKEN);
        assertEq(KernelLib.denominatorOf(KernelLib.BROKEN, 1), KernelLib.BROKEN);
        assertEq(KernelLib.denominatorOf(2 ** 16, KernelLib.BROKEN), KernelLib.BROKEN);
        assertEq(KernelLib.denominatorOf(0, 0), 0);
    }

    function test_Credit_BrokenOutsideItsBounds() public pure {
        assertEq(KernelLib.credit(1, 1, 0), KernelLib.BROKEN);
        assertEq(KernelLib.credit(1, 1, -1), KernelLib.BROKEN);
        assertEq(KernelLib.credit(1, 1, 2 ** 52), KernelLib.BROKEN);
        assertEq(KernelLib.credit(1, -1, 2 ** 16), KernelLib.BROKEN);
        assertEq(KernelLib.credit(32, type(int32).max, 2 ** 52 - 1), 0);
        assertEq(KernelLib.credit(33, type(int32).max, 2 ** 52 - 1), KernelLib.BROKEN);
        // most that m can be, of a surprise that is most
        assertEq(KernelLib.credit(127, 32 * 256 * 65_024, 1), int256(127) * 32 * 256 * 65_024 * 65_536);
    }

    function testFuzz_Continuity_IsTheFormula(uint256 sum, uint256[7] memory drawn, uint256 count) public pure {
        sum = bound(sum, 0, 256 * 65_024);
        count = bound(count, 0, 7);
        int32[] memory credits = new int32[](count);
        uint256 carried;
        for (uint256 i = 0; i < count; ++i) {
            credits[i] = int32(uint32(bound(drawn[i], 0, 127 * 65_536)));
            carried += uint32(credits[i]);
        }

        uint256 expected = sum + sum * (carried < 16_252_928 ? carried : 16_252_928) / 524_288;
        assertEq(KernelLib.continuity(int32(uint32(sum)), credits), int256(expected));
    }

    /// @dev Written down by hand.
    function test_Continuity_OfExamples() public pure {
        int32[] memory credits = new int32[](2);
        assertEq(KernelLib.continuity(1000, credits), 1000);
        (credits[0], credits[1]) = (524_287, 0);
        assertEq(KernelLib.continuity(1000, credits), 1999);
        (credits[0], credits[1]) = (524_287, 1);
        assertEq(KernelLib.continuity(1000, credits), 2000);
        (credits[0], credits[1]) = (8_323_072, 7_929_855);
        assertEq(KernelLib.continuity(16_646_144, credits), 16_646_144 + 516_030_432);
        (credits[0], credits[1]) = (8_323_072, 7_929_856);
        assertEq(KernelLib.continuity(16_646_144, credits), 32 * 16_646_144);
        (credits[0], credits[1]) = (8_323_072, 8_323_072);
        assertEq(KernelLib.continuity(16_646_144, credits), 532_676_608);
        assertEq(KernelLib.continuity(16_646_144, new int32[](0)), 16_646_144);
    }

    function test_Continuity_BrokenWhereOneIsNegative() public pure {
        int32[] memory credits = new int32[](2);
        assertEq(KernelLib.continuity(-1, credits), KernelLib.BROKEN);
        (credits[0], credits[1]) = (5, -1);
        assertEq(KernelLib.continuity(0, credits), KernelLib.BROKEN);
    }

    function _similarityOf(bytes16 one, bytes16 other, uint256 surprise, uint256 threshold)
        private
        pure
        returns (uint256)
    {
        int256 dot = 128;
        for (uint256 i = 0; i < 128; ++i) {
            if (((uint128(one) ^ uint128(other)) >> i) & 1 == 1) dot -= 2;
        }
        if (dot <= int256(threshold)) return 0;
        return ((256 * uint256(dot) / 128) ** 2 * surprise) / 2 ** 7;
    }

    /// @dev Nine pairs, all 0 but one.
    function _pairs(uint256 place, uint32 high, uint32 low) private pure returns (bytes memory row) {
        for (uint256 i = 0; i < 9; ++i) {
            row = bytes.concat(row, _littleEndian(i == place ? high : 0), _littleEndian(i == place ? low : 0));
        }
    }

    function _littleEndian(uint32 element) private pure returns (bytes memory) {
        return abi.encodePacked(uint8(element), uint8(element >> 8), uint8(element >> 16), uint8(element >> 24));
    }
}
