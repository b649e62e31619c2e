// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {IAttributionVerifier} from "../interfaces/IAttributionVerifier.sol";
import {MerkleLib} from "./MerkleLib.sol";

/// @title LeafLib
/// @notice Every preimage that the protocol hashes into its trees, big-endian and packed, each under its own domain.
/// @dev A domain is `keccak256("OpenLedger.<Name>.v1")`. The same preimages stand once more in the SDK; `test/vectors` pins both.
library LeafLib {
    bytes32 internal constant RECORD = keccak256("OpenLedger.Record.v1");
    bytes32 internal constant CONTRIBUTION = keccak256("OpenLedger.Contribution.v1");
    bytes32 internal constant RECEIPT = keccak256("OpenLedger.Receipt.v1");
    bytes32 internal constant CREDIT = keccak256("OpenLedger.Credit.v1");
    bytes32 internal constant PAYOUT = keccak256("OpenLedger.Payout.v1");
    bytes32 internal constant CHUNK = keccak256("OpenLedger.Chunk.v1");
    bytes32 internal constant SHARES = keccak256("OpenLedger.Shares.v1");
    bytes32 internal constant ATTRIBUTION = keccak256("OpenLedger.Attribution.v1");
    bytes32 internal constant ATTRIBUTION_RECORDS = keccak256("OpenLedger.AttributionRecords.v1");
    bytes32 internal constant ATTRIBUTION_METHOD = keccak256("OpenLedger.AttributionMethod.v1");
    bytes32 internal constant INDEX = keccak256("OpenLedger.Index.v1");
    bytes32 internal constant GRANT = keccak256("OpenLedger.Grant.v1");
    /// @dev Of an index: number of the rules, bits of a code, positions of a record.
    bytes12 private constant INDEX_HEAD = 0x000000020000008000000100;

    /// @notice Leaf of a record in its contribution.
    /// @param contentHash `keccak256` of the record's UTF-8 text. @param byteLength Of that text.
    /// @param licence SPDX identifier as left-aligned ASCII.
    function record(bytes32 contentHash, uint32 byteLength, bytes32 licence) internal pure returns (bytes32) {
        return MerkleLib.leafHash(RECORD, abi.encodePacked(contentHash, byteLength, licence));
    }

    /// @notice Leaf of an accepted contribution in a Datanet's versions.
    function contribution(uint64 number, address contributor, bytes32 recordsRoot, uint32 recordCount, bytes32 licence)
        internal
        pure
        returns (bytes32)
    {
        return
            MerkleLib.leafHash(CONTRIBUTION, abi.encodePacked(number, contributor, recordsRoot, recordCount, licence));
    }

    /// @notice Leaf of a receipt in its batch.
    /// @param receiptHash EIP-712 digest of the receipt in the market's domain.
    function receipt(bytes32 receiptHash) internal pure returns (bytes32) {
        return MerkleLib.leafHash(RECEIPT, abi.encodePacked(receiptHash));
    }

    /// @notice Leaf of a credit in an epoch's list.
    function credit(address contributor, uint64 batch, uint32 receiptIndex, uint96 amount, uint96 running)
        internal
        pure
        returns (bytes32)
    {
        return MerkleLib.leafHash(CREDIT, abi.encodePacked(contributor, batch, receiptIndex, amount, running));
    }

    /// @notice Leaf of an account in a stream's pay-out tree.
    function payout(uint64 stream, address account, uint96 cumulative, uint128 runningSum)
        internal
        pure
        returns (bytes32 leaf)
    {
        bytes32 domain = PAYOUT;
        // Packed behind the free memory pointer, which is left as it is, so that a long range of claims pays for no memory:
        // 0x00, 32 bytes of domain, 8 + 20 + 12 + 16 bytes of payload. From the last field to the first, so that each
        // word covers all that the one before wrote to the left of its own field.
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore(add(preimage, 57), runningSum)
            mstore(add(preimage, 41), cumulative)
            mstore(add(preimage, 29), account)
            mstore(add(preimage, 9), stream)
            mstore(add(preimage, 1), domain)
            mstore8(preimage, 0x00)
            leaf := keccak256(preimage, 89)
        }
    }

    /// @notice Leaf of a chunk of a weight file, 1 to 1,024 bytes.
    function chunk(bytes memory data) internal pure returns (bytes32) {
        return MerkleLib.leafHash(CHUNK, data);
    }

    /// @notice Hash of a receipt's share list: `keccak256(SHARES ‖ (address ‖ uint32 share)*)`.
    /// @dev Says nothing about order or sum: the caller checks them.
    function shares(IAttributionOracle.Share[] calldata list) internal pure returns (bytes32) {
        uint256 length = 32 + 24 * list.length;
        // A word is written for each entry of 24 bytes: the last one ends 8 bytes beyond.
        bytes memory packed = new bytes(length + 8);
        bytes32 domain = SHARES;
        assembly ("memory-safe") {
            mstore(packed, length)
            mstore(add(packed, 32), domain)
        }
        for (uint256 i = 0; i < list.length; ++i) {
            uint256 entry = (uint256(uint160(list[i].account)) << 96) | (uint256(list[i].share) << 64);
            assembly ("memory-safe") {
                mstore(add(add(packed, 64), mul(i, 24)), entry)
            }
        }
        return keccak256(packed);
    }

    /// @notice Hash of the records that a receipt names:
    /// `keccak256(ATTRIBUTION_RECORDS ‖ (uint64 datanet ‖ uint32 version ‖ uint64 recordIndex ‖ uint32 share)*)`.
    /// @dev Says nothing about order or shares: the caller checks them.
    function attributionRecords(IAttributionVerifier.CreditedRecord[] calldata list) internal pure returns (bytes32) {
        uint256 length = 32 + 24 * list.length;
        // A word is written for each entry of 24 bytes: the last one ends 8 bytes beyond.
        bytes memory packed = new bytes(length + 8);
        bytes32 domain = ATTRIBUTION_RECORDS;
        assembly ("memory-safe") {
            mstore(packed, length)
            mstore(add(packed, 32), domain)
        }
        for (uint256 i = 0; i < list.length; ++i) {
            IAttributionVerifier.CreditedRecord calldata record_ = list[i];
            uint256 entry = (uint256(record_.datanet) << 192) | (uint256(record_.version) << 160)
                | (uint256(record_.recordIndex) << 96) | (uint256(record_.share) << 64);
            assembly ("memory-safe") {
                mstore(add(add(packed, 64), mul(i, 24)), entry)
            }
        }
        return keccak256(packed);
    }

    /// @notice What a receipt's attribution hash commits to: `keccak256(ATTRIBUTION ‖ sharesHash ‖ recordsHash ‖ methodHash)`.
    function attribution(bytes32 sharesHash, bytes32 recordsHash, bytes32 methodHash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(ATTRIBUTION, sharesHash, recordsHash, methodHash));
    }

    /// @notice How shares are made: `keccak256(ATTRIBUTION_METHOD ‖ indexRoot*)`.
    /// @param roots Of the model's indexes, in its order.
    function attributionMethod(bytes32[] calldata roots) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(ATTRIBUTION_METHOD, roots));
    }

    /// @notice Root of an index: the leaf over uint32 rules ‖ bits ‖ positions ‖ floors ‖ the other roots.
    function index(IAttributionVerifier.Index calldata parts) internal pure returns (bytes32) {
        bytes memory floors = abi.encodePacked(INDEX_HEAD);
        for (uint256 i = 0; i < 9; ++i) {
            floors = abi.encodePacked(floors, parts.floors[i]);
        }
        return MerkleLib.leafHash(
            INDEX,
            abi.encodePacked(
                floors, parts.baseWeightsRoot, parts.attributionHash, parts.recordsRoot, parts.postingsRoot
            )
        );
    }

    /// @notice Leaf of a grant in its allocation's tree.
    /// @param allocation Number of the allocation, in the order of `Allocation`.
    function grant(uint8 allocation, address beneficiary, uint96 amount) internal pure returns (bytes32) {
        return MerkleLib.leafHash(GRANT, abi.encodePacked(allocation, beneficiary, amount));
    }
}
