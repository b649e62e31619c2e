// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @notice What a payer signs for one request.
/// @param nonce Number of the request within (channel, model), from 1.
/// @param cumulativeCap The most that may have been taken for (channel, model) in all once this request is paid.
/// @param deadline Last timestamp at which it may be settled.
struct Voucher {
    bytes32 channel;
    uint64 model;
    uint64 nonce;
    uint96 cumulativeCap;
    bytes32 requestHash;
    uint64 deadline;
}

/// @title VoucherLib
/// @notice EIP-712 digest of a voucher.
library VoucherLib {
    bytes32 internal constant TYPEHASH = keccak256(
        "Voucher(bytes32 channel,uint64 model,uint64 nonce,uint96 cumulativeCap,bytes32 requestHash,uint64 deadline)"
    );

    function digest(Voucher memory voucher, bytes32 domainSeparator) internal pure returns (bytes32) {
        bytes32 typehash = TYPEHASH;
        bytes32 structHash;
        // EIP-712's encodeData of value types is their words in order, as the struct lies in memory; behind the free memory
        // pointer, which is left as it is, so that a long batch does not grow memory by each row
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, typehash)
            mcopy(add(at, 0x20), voucher, 0xc0)
            structHash := keccak256(at, 0xe0)
        }
        return MessageHashUtils.toTypedDataHash(domainSeparator, structHash);
    }
}
