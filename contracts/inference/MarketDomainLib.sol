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
    bytes32 private constant NAME_HASH = keccak256("OpenLedger InferenceMarket");
    bytes32 private constant VERSION_HASH = keccak256("1");

    function separator(address market) internal view returns (bytes32 hash) {
        bytes32 typehash = DOMAIN_TYPEHASH;
        bytes32 nameHash = NAME_HASH;
        bytes32 versionHash = VERSION_HASH;
        // behind the free memory pointer, which is left as it is
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, typehash)
            mstore(add(at, 0x20), nameHash)
            mstore(add(at, 0x40), versionHash)
            mstore(add(at, 0x60), chainid())
            mstore(add(at, 0x80), market)
            hash := keccak256(at, 0xa0)
        }
    }
}
