// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CommitRevealLib} from "../../../contracts/libraries/CommitRevealLib.sol";
import {DatanetDomainLib} from "../../../contracts/registry/DatanetDomainLib.sol";
import {ScoreLib} from "../../../contracts/registry/ScoreLib.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";

/// @notice The hashes as a contract at another address computes them.
contract CommitRevealAt {
    function commitmentHash(bytes32 scope, address participant, bytes32 value, bytes32 salt)
        external
        view
        returns (bytes32)
    {
        return CommitRevealLib.commitmentHash(scope, participant, value, salt);
    }

    function digest(bytes32 structHash) external view returns (bytes32) {
        return DatanetDomainLib.digest(DatanetDomainLib.VALIDATORS, structHash);
    }

    function valueOf(uint16[] calldata scores) external pure returns (bytes32) {
        return ScoreLib.valueOf(scores);
    }
}

contract CommitRevealLibVectorsTest is VectorReader {
    function setUp() public {
        _read("datanet.json");
    }

    function testDiff_Commitment_MatchesVectors() public {
        while (_next("commitment")) {
            bytes32 hash = _at(_account("contract"))
                .commitmentHash(_word("scope"), _account("participant"), _word("value"), _word("salt"));
            assertEq(hash, _word("hash"), row);
        }
        assertGt(rowCount, 1);
    }

    function testDiff_SignedCommit_MatchesVectors() public {
        while (_next("commit")) {
            bytes32 structHash = CommitRevealLib.commitStructHash(
                _word("scope"), _account("participant"), _word("commitment"), uint64(_number("deadline"))
            );
            assertEq(_at(_account("contract")).digest(structHash), _word("digest"), row);
        }
        assertGt(rowCount, 1);
    }

    function testDiff_Scores_MatchesVectors() public {
        CommitRevealAt lib = new CommitRevealAt();
        while (_next("scores")) {
            bytes memory packed = _bytes("packed");
            uint16[] memory scores = new uint16[](packed.length / 2);
            for (uint256 i; i < scores.length; ++i) {
                scores[i] = (uint16(uint8(packed[2 * i])) << 8) | uint8(packed[2 * i + 1]);
            }
            assertEq(lib.valueOf(scores), _word("value"), row);
        }
        assertGt(rowCount, 1);
    }

    function _at(address contract_) private returns (CommitRevealAt) {
        vm.chainId(_number("chainId"));
        vm.etch(contract_, type(CommitRevealAt).runtimeCode);
        return CommitRevealAt(contract_);
    }
}
