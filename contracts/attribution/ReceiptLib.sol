// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title ReceiptLib
/// @notice EIP-712 digest of a receipt, in the market's domain: what its runner signed and its leaf holds.
library ReceiptLib {
    bytes32 internal constant TYPEHASH = keccak256(
        "Receipt(bytes32 channel,uint64 model,uint64 nonce,uint96 cumulative,uint96 fee,uint32 promptTokens,uint32 outputTokens,bytes32 requestHash,bytes32 programRoot,bytes32 seed,bytes32 outputHash,bytes32 attributionHash)"
    );

    function digest(IAttributionOracle.Receipt calldata receipt, bytes32 domainSeparator)
        internal
        pure
        returns (bytes32)
    {
        // a struct of value types encodes as its members in order, which is EIP-712's encodeData
        return MessageHashUtils.toTypedDataHash(domainSeparator, keccak256(abi.encode(TYPEHASH, receipt)));
    }
}
