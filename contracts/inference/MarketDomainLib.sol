// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title MarketDomainLib
/// @notice EIP-712 domain of the market: what vouchers, receipts and disclosures are bound to.
/// @dev Computed anew each time: neither a fork of the chain nor a proxy can inherit a cached one.
library MarketDomainLib {
    string internal constant NAME = "OpenLedger InferenceMarket";
    string internal constant VERSION = "1";

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    function separator(address market) internal view returns (bytes32) {
        return keccak256(
            abi.encode(DOMAIN_TYPEHASH, keccak256(bytes(NAME)), keccak256(bytes(VERSION)), block.chainid, market)
        );
    }
}
