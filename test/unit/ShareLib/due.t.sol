// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ShareLib} from "../../../contracts/attribution/ShareLib.sol";
import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";

contract ShareLibDueTest is VectorReader {
    function dueOf(IAttributionOracle.Share[] calldata shares, address account, uint96 dataFee)
        external
        pure
        returns (uint96)
    {
        return ShareLib.due(shares, account, dataFee);
    }

    function testDiff_Due_MatchesVectors() public {
        _read("money.json");
        while (_next("credit")) {
            IAttributionOracle.Share[] memory shares = _unpack(_bytes("shares"));
            uint96 dataFee = uint96(_number("dataFee"));

            assertEq(this.dueOf(shares, shares[0].account, dataFee), _number("first"), row);
            assertEq(this.dueOf(shares, shares[shares.length - 1].account, dataFee), _number("last"), row);
        }
        assertGt(rowCount, 1);
    }

    function testFuzz_PoolLeavesNoDust(uint96 dataFee, uint64 pool, uint16[5] memory weights) public view {
        IAttributionOracle.Share[] memory shares = _whole(address(uint160(pool)), weights);

        uint256 sum;
        for (uint256 i; i < shares.length; ++i) {
            sum += this.dueOf(shares, shares[i].account, dataFee);
        }

        assertEq(sum, dataFee);
    }

    function testFuzz_GivenNoPool_DuesAreFloors(uint96 dataFee, uint16[5] memory weights) public view {
        IAttributionOracle.Share[] memory shares = _whole(address(uint160(1 << 64)), weights);

        uint256 sum;
        for (uint256 i; i < shares.length; ++i) {
            uint96 due = this.dueOf(shares, shares[i].account, dataFee);
            assertEq(due, uint256(dataFee) * shares[i].share / 65_536);
            sum += due;
        }

        assertLe(sum, dataFee);
        assertGe(sum + shares.length, dataFee, "less than a base unit of dust each");
    }

    /// @dev Only the first of two pools takes what is left: else both would, and more than the fee were paid.
    function test_SecondPoolEarnsItsFloor() public view {
        IAttributionOracle.Share[] memory shares = new IAttributionOracle.Share[](2);
        shares[0] = IAttributionOracle.Share(address(1), 1);
        shares[1] = IAttributionOracle.Share(address(2), 65_535);

        assertEq(this.dueOf(shares, address(1), 10), 1);
        assertEq(this.dueOf(shares, address(2), 10), 9);
    }

    function test_SeventyTwoSharesEarnSeventyThreeDoNot() public view {
        assertEq(this.dueOf(_equal(72), address(uint160(1 << 64)), 65_536), 65_536 - 71);
        assertEq(this.dueOf(_equal(73), address(uint160(1 << 64)), 65_536), 0);
    }

    function test_EmptyListEarnsNobody() public view {
        assertEq(this.dueOf(new IAttributionOracle.Share[](0), address(1), 10), 0);
    }

    function test_OneShareMoreOrLessThanTheWholeSpoilsTheList() public view {
        IAttributionOracle.Share[] memory shares = new IAttributionOracle.Share[](2);
        shares[0] = IAttributionOracle.Share(address(1), 1);
        shares[1] = IAttributionOracle.Share(address(2), 65_534);
        assertEq(this.dueOf(shares, address(2), 10), 0, "less");

        shares[1].share = 65_536;
        assertEq(this.dueOf(shares, address(2), 10), 0, "more");
    }

    function test_AnAccountNamedTwiceSpoilsTheList() public view {
        IAttributionOracle.Share[] memory shares = new IAttributionOracle.Share[](2);
        shares[0] = IAttributionOracle.Share(address(uint160(1 << 64)), 1);
        shares[1] = IAttributionOracle.Share(address(uint160(1 << 64)), 65_535);

        assertEq(this.dueOf(shares, address(uint160(1 << 64)), 65_536), 0);
    }

    function test_ShareOfZeroSpoilsTheList() public view {
        IAttributionOracle.Share[] memory shares = new IAttributionOracle.Share[](2);
        shares[0] = IAttributionOracle.Share(address(1), 0);
        shares[1] = IAttributionOracle.Share(address(2), 65_536);

        assertEq(this.dueOf(shares, address(2), 10), 0);
    }

    /// @dev The first account has what the others' single shares leave.
    function _equal(uint32 count) private pure returns (IAttributionOracle.Share[] memory shares) {
        shares = new IAttributionOracle.Share[](count);
        for (uint32 i; i < count; ++i) {
            shares[i] = IAttributionOracle.Share(address((uint160(1) << 64) + i), i == 0 ? 65_537 - count : 1);
        }
    }

    /// @dev Six accounts, the first as given, whose shares are 1 and more and whole in sum.
    function _whole(address first, uint16[5] memory weights)
        private
        pure
        returns (IAttributionOracle.Share[] memory shares)
    {
        shares = new IAttributionOracle.Share[](6);
        uint32 left = 65_536;
        for (uint160 i; i < 5; ++i) {
            uint32 share = 1 + uint32(weights[i]) % 13_000;
            left -= share;
            shares[i + 1] = IAttributionOracle.Share(address((uint160(1) << 100) + i), share);
        }
        shares[0] = IAttributionOracle.Share(first, left);
    }

    function _unpack(bytes memory packed) private pure returns (IAttributionOracle.Share[] memory shares) {
        shares = new IAttributionOracle.Share[](packed.length / 24);
        for (uint256 i; i < shares.length; ++i) {
            bytes32 word;
            assembly {
                word := mload(add(add(packed, 32), mul(i, 24)))
            }
            shares[i] = IAttributionOracle.Share(address(bytes20(word)), uint32(bytes4(word << 160)));
        }
    }
}
