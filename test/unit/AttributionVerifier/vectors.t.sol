// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttributionVerifier} from "../../../contracts/interfaces/IAttributionVerifier.sol";
import {AttributionVerifier} from "../../../contracts/verification/AttributionVerifier.sol";
import {Test} from "forge-std/Test.sol";

/// @dev Calls that the SDK made of what the engine opened of whole programs' traces, with the engine's verdicts.
contract AttributionVerifierVectorsTest is Test {
    string private constant FILE = "test/vectors/attribution-proofs.json";

    function testDiff_Verdicts_MatchesVectors() public {
        address verifier = address(new AttributionVerifier());
        uint256 vectors;
        vm.readLine(FILE);
        for (bytes memory line = bytes(vm.readLine(FILE)); line[0] != "]"; line = bytes(vm.readLine(FILE))) {
            // of the list only the comma is left
            if (line[line.length - 1] == ",") {
                assembly ("memory-safe") {
                    mstore(line, sub(mload(line), 1))
                }
            }
            string memory json = string(line);

            (bool succeeded, bytes memory answer) = verifier.staticcall(vm.parseJsonBytes(json, ".call"));

            string memory name = vm.parseJsonString(json, ".name");
            bytes32 verdict = keccak256(bytes(vm.parseJsonString(json, ".verdict")));
            if (verdict == keccak256("holds")) {
                assertFalse(succeeded, name);
                assertEq(
                    answer, abi.encodeWithSelector(IAttributionVerifier.AttributionVerifier_NoFault.selector), name
                );
            } else {
                assertTrue(succeeded, name);
                assertEq(uint8(abi.decode(answer, (IAttributionVerifier.Fault))), uint8(_faultOf(verdict)), name);
            }
            ++vectors;
        }
        vm.closeFile(FILE);
        assertGt(vectors, 80);
    }

    function _faultOf(bytes32 verdict) private pure returns (IAttributionVerifier.Fault) {
        if (verdict == keccak256("value")) return IAttributionVerifier.Fault.Value;
        if (verdict == keccak256("length")) return IAttributionVerifier.Fault.Length;
        assertEq(verdict, keccak256("bound"));
        return IAttributionVerifier.Fault.Bound;
    }
}
