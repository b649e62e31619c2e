// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {IAttributionVerifier} from "../../../contracts/interfaces/IAttributionVerifier.sol";
import {LeafLib} from "../../../contracts/libraries/LeafLib.sol";
import {Test} from "forge-std/Test.sol";

contract LeafLibVectorsTest is Test {
    string private _json;
    string private _row;
    uint256 private _rows;

    function setUp() public {
        _json = vm.readFile("test/vectors/hash.json");
    }

    function sharesHash(IAttributionOracle.Share[] calldata list) external pure returns (bytes32) {
        return LeafLib.shares(list);
    }

    function recordsHash(IAttributionVerifier.CreditedRecord[] calldata list) external pure returns (bytes32) {
        return LeafLib.attributionRecords(list);
    }

    function methodHash(bytes32[] calldata roots) external pure returns (bytes32) {
        return LeafLib.attributionMethod(roots);
    }

    function indexRoot(IAttributionVerifier.Index calldata parts) external pure returns (bytes32) {
        return LeafLib.index(parts);
    }

    function testDiff_Domains_MatchesVectors() public {
        bytes32[12] memory domains = [
            LeafLib.RECORD,
            LeafLib.CONTRIBUTION,
            LeafLib.RECEIPT,
            LeafLib.CREDIT,
            LeafLib.PAYOUT,
            LeafLib.CHUNK,
            LeafLib.SHARES,
            LeafLib.ATTRIBUTION,
            LeafLib.ATTRIBUTION_RECORDS,
            LeafLib.ATTRIBUTION_METHOD,
            LeafLib.INDEX,
            LeafLib.GRANT
        ];
        while (_next("domain")) assertEq(domains[_rows - 1], _bytes32(".hash"), _row);
        assertEq(_rows, domains.length);
    }

    function testDiff_Record_MatchesVectors() public {
        while (_next("record")) {
            bytes32 contentHash = keccak256(vm.parseJsonBytes(_json, string.concat(_row, ".text")));
            assertEq(contentHash, _bytes32(".contentHash"), _row);
            assertEq(LeafLib.record(contentHash, uint32(_uint(".byteLength")), _bytes32(".licence")), _leaf(), _row);
        }
        assertGt(_rows, 1);
    }

    function testDiff_Contribution_MatchesVectors() public {
        while (_next("contribution")) {
            bytes32 leaf = LeafLib.contribution(
                uint64(_uint(".contribution")),
                _address(".contributor"),
                _bytes32(".recordsRoot"),
                uint32(_uint(".recordCount")),
                _bytes32(".licence")
            );
            assertEq(leaf, _leaf(), _row);
        }
        assertGt(_rows, 1);
    }

    function testDiff_Receipt_MatchesVectors() public {
        while (_next("receiptLeaf")) assertEq(LeafLib.receipt(_bytes32(".receiptHash")), _leaf(), _row);
        assertGt(_rows, 1);
    }

    function testDiff_Credit_MatchesVectors() public {
        while (_next("credit")) {
            bytes32 leaf = LeafLib.credit(
                _address(".contributor"),
                uint64(_uint(".batch")),
                uint32(_uint(".receiptIndex")),
                uint96(_uint(".amount")),
                uint96(_uint(".running"))
            );
            assertEq(leaf, _leaf(), _row);
        }
        assertGt(_rows, 1);
    }

    function testDiff_Payout_MatchesVectors() public {
        while (_next("payout")) {
            bytes32 leaf = LeafLib.payout(
                uint64(_uint(".stream")),
                _address(".account"),
                uint96(_uint(".cumulative")),
                uint128(_uint(".runningSum"))
            );
            assertEq(leaf, _leaf(), _row);
        }
        assertGt(_rows, 1);
    }

    function testDiff_Chunk_MatchesVectors() public {
        while (_next("chunk")) {
            assertEq(LeafLib.chunk(vm.parseJsonBytes(_json, string.concat(_row, ".data"))), _leaf(), _row);
        }
        assertGt(_rows, 1);
    }

    function testDiff_Shares_MatchesVectors() public {
        while (_next("shares")) {
            bytes memory packed = vm.parseJsonBytes(_json, string.concat(_row, ".packed"));
            assertEq(this.sharesHash(_unpack(packed)), _bytes32(".hash"), _row);
        }
        assertGt(_rows, 1);
    }

    function testDiff_Attribution_MatchesVectors() public {
        while (_next("attribution")) {
            bytes32 hash =
                LeafLib.attribution(_bytes32(".sharesHash"), _bytes32(".recordsHash"), _bytes32(".methodHash"));
            assertEq(hash, _bytes32(".hash"), _row);
        }
        assertGt(_rows, 1);
    }

    function testDiff_AttributionRecords_MatchesVectors() public {
        while (_next("attributionRecords")) {
            bytes memory packed = vm.parseJsonBytes(_json, string.concat(_row, ".packed"));
            assertEq(this.recordsHash(_unpackRecords(packed)), _bytes32(".hash"), _row);
        }
        assertGt(_rows, 2);
    }

    function testDiff_Grant_MatchesVectors() public {
        while (_next("grant")) {
            bytes32 leaf =
                LeafLib.grant(uint8(_uint(".allocation")), _address(".beneficiary"), uint96(_uint(".amount")));
            assertEq(leaf, _leaf(), _row);
        }
        assertGt(_rows, 1);
    }

    /// @dev Lengths whose packing ends on a word and off it; what lies behind the list must not enter the hash.
    function testDiff_AttributionMethod_MatchesVectors() public {
        while (_next("attributionMethod")) {
            bytes32[] memory roots = vm.parseJsonBytes32Array(_json, string.concat(_row, ".roots"));
            assertEq(this.methodHash(roots), _bytes32(".hash"), _row);
        }
        assertGt(_rows, 2);
    }

    function testDiff_Index_MatchesVectors() public {
        while (_next("index")) {
            IAttributionVerifier.Index memory parts;
            uint256[] memory floors = vm.parseJsonUintArray(_json, string.concat(_row, ".floors"));
            for (uint256 k = 0; k < 9; ++k) {
                parts.floors[k] = uint32(floors[k]);
            }
            (parts.baseWeightsRoot, parts.attributionHash) =
            (_bytes32(".baseWeightsRoot"), _bytes32(".attributionHash"));
            (parts.recordsRoot, parts.postingsRoot) = (_bytes32(".recordsRoot"), _bytes32(".postingsRoot"));
            assertEq(this.indexRoot(parts), _leaf(), _row);
        }
        assertGt(_rows, 1);
    }

    function testFuzz_SharesHashesExactlyItsEntries(uint8 size, bytes32 seed) public view {
        IAttributionOracle.Share[] memory list = new IAttributionOracle.Share[](bound(size, 0, 72));
        bytes memory packed = abi.encodePacked(keccak256("OpenLedger.Shares.v1"));
        for (uint256 i = 0; i < list.length; ++i) {
            bytes32 random = keccak256(abi.encode(seed, i));
            list[i] = IAttributionOracle.Share(address(bytes20(random)), uint32(uint256(random)));
            packed = abi.encodePacked(packed, list[i].account, list[i].share);
        }

        assertEq(this.sharesHash(list), keccak256(packed));
    }

    function _next(string memory list) private returns (bool) {
        _row = string.concat(".", list, "[", vm.toString(_rows), "]");
        if (!vm.keyExistsJson(_json, _row)) return false;
        ++_rows;
        return true;
    }

    function _leaf() private view returns (bytes32) {
        return _bytes32(".leaf");
    }

    function _uint(string memory key) private view returns (uint256) {
        return vm.parseJsonUint(_json, string.concat(_row, key));
    }

    function _bytes32(string memory key) private view returns (bytes32) {
        return vm.parseJsonBytes32(_json, string.concat(_row, key));
    }

    function _address(string memory key) private view returns (address) {
        return vm.parseJsonAddress(_json, string.concat(_row, key));
    }

    function _unpackRecords(bytes memory packed)
        private
        pure
        returns (IAttributionVerifier.CreditedRecord[] memory list)
    {
        list = new IAttributionVerifier.CreditedRecord[](packed.length / 24);
        for (uint256 i = 0; i < list.length; ++i) {
            uint256 word;
            assembly ("memory-safe") {
                word := mload(add(add(packed, 32), mul(i, 24)))
            }
            (list[i].datanet, list[i].version) = (uint64(word >> 192), uint32(word >> 160));
            (list[i].recordIndex, list[i].share) = (uint64(word >> 96), uint32(word >> 64));
        }
    }

    function _unpack(bytes memory packed) private pure returns (IAttributionOracle.Share[] memory list) {
        list = new IAttributionOracle.Share[](packed.length / 24);
        for (uint256 i = 0; i < list.length; ++i) {
            uint256 word;
            assembly ("memory-safe") {
                word := mload(add(add(packed, 32), mul(i, 24)))
            }
            list[i] = IAttributionOracle.Share(address(uint160(word >> 96)), uint32(word >> 64));
        }
    }
}
