// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LeafLib} from "../../../contracts/libraries/LeafLib.sol";
import {MerkleLib} from "../../../contracts/libraries/MerkleLib.sol";
import {Test} from "forge-std/Test.sol";

/// @dev Leaf i of each tree in the vectors is the leaf of domain Record over the eight bytes of i.
contract MerkleLibVectorsTest is Test {
    using MerkleLib for MerkleLib.Frontier;

    string private _json;
    MerkleLib.Frontier private _frontier;

    function setUp() public {
        _json = vm.readFile("test/vectors/merkle.json");
    }

    function verify(bytes32 root, bytes32 domain, bytes32 leaf, uint64 index, uint64 count, bytes32[] calldata siblings)
        external
        pure
        returns (bool)
    {
        return MerkleLib.verify(root, domain, leaf, index, count, siblings);
    }

    function testDiff_Roots_MatchesVectors() public {
        uint64 appended = 0;
        uint256 rows = 0;
        for (; vm.keyExistsJson(_json, _at("roots", rows)); ++rows) {
            string memory row = _at("roots", rows);
            // Ascending in the file: one frontier grows through all of them.
            uint64 count = uint64(_uint(row, ".count"));
            for (; appended < count; ++appended) {
                _frontier.append(appended, MerkleLib.leafHash(LeafLib.RECORD, abi.encodePacked(appended)));
            }

            assertEq(_frontier.rootOf(LeafLib.RECORD, count), _bytes32(row, ".root"), row);
            assertEq(MerkleLib.rootHash(LeafLib.RECORD, count, _bytes32(row, ".top")), _bytes32(row, ".root"), row);
        }
        assertGt(rows, 10);
    }

    function testDiff_Proofs_MatchesVectors() public view {
        uint256 rows = 0;
        for (; vm.keyExistsJson(_json, _at("proofs", rows)); ++rows) {
            string memory row = _at("proofs", rows);
            bytes32[] memory siblings = _words(vm.parseJsonBytes(_json, string.concat(row, ".siblings")));
            bytes32 root = _bytes32(row, ".root");
            bytes32 leaf = _bytes32(row, ".leaf");
            uint64 index = uint64(_uint(row, ".index"));
            uint64 count = uint64(_uint(row, ".count"));

            assertTrue(this.verify(root, LeafLib.RECORD, leaf, index, count, siblings), row);
            assertFalse(this.verify(root, LeafLib.RECORD, leaf, index, count + 1, siblings), row);
        }
        assertGt(rows, 50);
    }

    function _at(string memory list, uint256 row) private pure returns (string memory) {
        return string.concat(".", list, "[", vm.toString(row), "]");
    }

    function _uint(string memory row, string memory key) private view returns (uint256) {
        return vm.parseJsonUint(_json, string.concat(row, key));
    }

    function _bytes32(string memory row, string memory key) private view returns (bytes32) {
        return vm.parseJsonBytes32(_json, string.concat(row, key));
    }

    function _words(bytes memory packed) private pure returns (bytes32[] memory words) {
        words = new bytes32[](packed.length / 32);
        for (uint256 i = 0; i < words.length; ++i) {
            assembly ("memory-safe") {
                mstore(add(add(words, 32), mul(i, 32)), mload(add(add(packed, 32), mul(i, 32))))
            }
        }
    }
}
