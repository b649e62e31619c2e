// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CommitRevealLib} from "../../../contracts/libraries/CommitRevealLib.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";

/// @notice A juror's commitment and an offence's id are the same in the SDK.
contract JuryVectorsTest is VectorReader {
    function commitment(bytes32 scope, address juror, uint256 vote, bytes32 salt) external view returns (bytes32) {
        return CommitRevealLib.commitmentHash(scope, juror, bytes32(vote), salt);
    }

    function testDiff_Commitment_MatchesVectors() public {
        _read("court.json");
        vm.chainId(10);
        while (_next("commitments")) {
            address jury = _account("jury");
            vm.etch(jury, address(this).code);
            bytes32 scope = keccak256(abi.encode(_number("dispute"), _number("round")));

            bytes32 found = JuryVectorsTest(jury).commitment(scope, _account("juror"), _number("vote"), _word("salt"));

            assertEq(found, _word("commitment"), row);
        }
        assertEq(rowCount, 4);
    }

    function testDiff_DisputeId_MatchesVectors() public {
        _read("court.json");
        while (_next("disputes")) {
            bytes32 id = keccak256(abi.encode(_number("kind"), _word("subject"), _number("offence")));

            assertEq(id, _word("id"), row);
        }
        assertEq(rowCount, 2);
    }
}
