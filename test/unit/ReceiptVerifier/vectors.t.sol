// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CourtFixture} from "../../fixture/CourtFixture.sol";
import {CourtMarket} from "../../fixture/CourtMarket.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";
import {Vm} from "forge-std/Vm.sol";

/// @notice What the SDK builds against false batches voids them, by the fault that it names.
contract ReceiptVerifierVectorsTest is CourtFixture, VectorReader {
    address private constant MARKET = 0x00000000000000000000000000000000000aAaAA;

    function _newMarket() internal override returns (CourtMarket) {
        deployCodeTo("CourtMarket.sol:CourtMarket", MARKET);
        return CourtMarket(MARKET);
    }

    function testDiff_Proofs_MatchVectors() public {
        _read("court.json");
        while (_next("proofs")) {
            uint256 snapshot = vm.snapshotState();
            market.settle(runner, uint96(_number("amount")), _word("receiptsRoot"), _bytes("settlements"));
            market.pinBatches();

            vm.recordLogs();
            (bool done,) = address(verifier).call(_bytes("call"));

            assertTrue(done, row);
            assertEq(court.voidedAt(1), START, row);
            assertEq(_faultOf(vm.getRecordedLogs()), _number("fault"), row);
            vm.revertToState(snapshot);
        }
        assertGt(rowCount, 10);
    }

    /// @dev The channel is runner's, as in the vectors.
    function testDiff_Equivocation_MatchesVectors() public {
        _read("court.json");
        vm.mockCall(MARKET, abi.encodeCall(market.runnerOf, (bytes32(uint256(1)))), abi.encode(runner));
        while (_next("equivocations")) {
            (bool done,) = address(verifier).call(_bytes("call"));

            assertTrue(done, row);
            assertTrue(court.isEquivocation(bytes32(uint256(1)), 1, 1), row);
        }
        assertEq(rowCount, 1);
    }

    function _faultOf(Vm.Log[] memory logs) private view returns (uint256) {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter == address(court) && logs[i].topics.length == 4) return uint256(logs[i].topics[3]);
        }
        return 0;
    }
}
