// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @notice What a payer, or a signer that it authorised, signs for one request.
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
        // a struct of value types encodes as its members in order, which is EIP-712's encodeData
        return MessageHashUtils.toTypedDataHash(domainSeparator, keccak256(abi.encode(TYPEHASH, voucher)));
    }
}
