// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {MarketDomainLib} from "./MarketDomainLib.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title MarketSignaturesLib
/// @notice EIP-712 digests of what payers and runners sign beside vouchers, in the market's domain.
/// @dev Structs of value types: `abi.encode` of one is its members' words in order, which is EIP-712's encodeData.
library MarketSignaturesLib {
    bytes32 internal constant ALLOCATION_TYPEHASH = keccak256(
        "Allocation(address payer,address operator,address runner,uint96 maxAmount,uint32 maxCount,uint64 expiry,uint256 nonce)"
    );
    bytes32 internal constant SETTLE_FOR_TYPEHASH = keccak256(
        "SettleFor(address runner,bytes32 rowsHash,bytes32 receiptsRoot,bytes32 dataHash,bytes32 settlementsHash,uint32 expectedConfig,uint64 deadline)"
    );
    bytes32 internal constant RELEASE_TYPEHASH =
        keccak256("Release(bytes32 channel,uint96 amount,uint256 nonce,uint64 deadline)");

    function digest(IInferenceMarket.Allocation calldata allocation) internal view returns (bytes32) {
        return _typed(keccak256(abi.encode(ALLOCATION_TYPEHASH, allocation)));
    }

    function digest(IInferenceMarket.SettleFor calldata order) internal view returns (bytes32) {
        return _typed(keccak256(abi.encode(SETTLE_FOR_TYPEHASH, order)));
    }

    function digest(IInferenceMarket.Release calldata release) internal view returns (bytes32) {
        return _typed(keccak256(abi.encode(RELEASE_TYPEHASH, release)));
    }

    function requireInTime(uint64 deadline) internal view {
        if (block.timestamp > deadline) {
            revert IInferenceMarket.InferenceMarket_SignatureExpired(deadline, uint64(block.timestamp));
        }
    }

    function _typed(bytes32 structHash) private view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(MarketDomainLib.separator(address(this)), structHash);
    }
}
