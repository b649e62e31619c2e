// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ScoreLib} from "../../../contracts/registry/ScoreLib.sol";
import {Test} from "forge-std/Test.sol";

contract ScoreLibMajorityTest is Test {
    using ScoreLib for ScoreLib.Votes;

    ScoreLib.Votes private votes;

    function bitsOf(uint16[] calldata scores, uint16 acceptScore) external pure returns (uint64) {
        return ScoreLib.bitsOf(scores, acceptScore);
    }

    /// @dev What the library never computes: the lower median of sorted scores, against the score that accepts.
    function testFuzz_DecidesAsTheLowerMedian(uint256 seed, uint256 count, uint16 acceptScore) public {
        count = bound(count, 1, 12);
        acceptScore = uint16(bound(acceptScore, 1, 10_000));
        uint16[] memory scores = new uint16[](count);
        for (uint256 i; i < count; ++i) {
            // half of them close to what accepts
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            scores[i] = draw & 1 == 0 ? uint16((draw >> 8) % 10_001) : uint16(acceptScore - (draw >> 8) % 2);
            uint16[] memory one = new uint16[](1);
            one[0] = scores[i];
            votes.add(this.bitsOf(one, acceptScore));
        }

        (uint64 accepted, uint256 points) = votes.majority(1, count);

        _sort(scores);
        bool expected = scores[(count - 1) / 2] >= acceptScore;
        assertEq(accepted, expected ? 1 : 0);
        uint256 with;
        for (uint256 i; i < count; ++i) {
            if ((scores[i] >= acceptScore) == expected) ++with;
        }
        assertEq(points, with);
    }

    /// @dev All counters full: none runs over into its neighbour.
    function test_TwoHundredAndFiftyFiveValidatorsOnSixtyFour() public {
        uint64 even = 0x5555555555555555;
        for (uint256 i; i < 255; ++i) {
            votes.add(i < 128 ? type(uint64).max : even);
        }

        (uint64 accepted, uint256 points) = votes.majority(64, 255);

        assertEq(accepted, type(uint64).max);
        assertEq(points, 32 * 255 + 32 * 128);
        assertEq(ScoreLib.pointsOf(even, accepted, 64), 32);
        assertEq(ScoreLib.pointsOf(type(uint64).max, accepted, 64), 64);
        assertEq(ScoreLib.pointsOf(0, even, 64), 32);
        assertEq(ScoreLib.pointsOf(0, 0, 3), 3);
    }

    function test_ATieRejects() public {
        votes.add(1);
        votes.add(0);
        (uint64 accepted, uint256 points) = votes.majority(1, 2);
        assertEq(accepted, 0);
        assertEq(points, 1);
    }

    function _sort(uint16[] memory list) private pure {
        for (uint256 i = 1; i < list.length; ++i) {
            for (uint256 j = i; j > 0 && list[j - 1] > list[j]; --j) {
                (list[j - 1], list[j]) = (list[j], list[j - 1]);
            }
        }
    }
}
