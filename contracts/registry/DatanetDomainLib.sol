// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title DatanetDomainLib
/// @notice EIP-712 domains of the contribution registry and of the validators.
/// @dev Computed anew each time: neither a fork of the chain nor a proxy can inherit a cached one.
library DatanetDomainLib {
    string internal constant CONTRIBUTIONS = "OpenLedger ContributionRegistry";
    string internal constant VALIDATORS = "OpenLedger DatanetValidators";

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    /// @notice What is signed for this contract.
    function digest(string memory name, bytes32 structHash) internal view returns (bytes32) {
        bytes32 separator = keccak256(
            abi.encode(DOMAIN_TYPEHASH, keccak256(bytes(name)), keccak256("1"), block.chainid, address(this))
        );
        return keccak256(abi.encodePacked(hex"1901", separator, structHash));
    }
}
