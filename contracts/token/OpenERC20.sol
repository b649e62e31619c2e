// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";

/// @title OpenERC20
/// @notice What OPEN is on every chain: an ERC-20 of 18 decimals that is approved (ERC-2612) and sent (ERC-3009) by signature.
/// @dev SIGNATURES. The EIP-712 domain is name "OpenLedger", version "1", the chain and the token: a signature for one chain's
/// OPEN is void on another's. Every message has a deadline. Only keys sign: contract wallets (ERC-1271) approve by transaction.
///
/// VOTES. A transfer writes two balances and nothing else. Votes are checkpointed where tokens are wrapped or staked.
abstract contract OpenERC20 is ERC20Permit, ERC3009 {
    constructor() ERC20("OpenLedger", "OPEN") ERC20Permit("OpenLedger") {}

    /// @dev Timestamps alone, both bounds exclusive, as ERC-3009 says. OpenZeppelin's own check also takes block numbers,
    /// marked by a bit: what a signer means as "never" would be a block of some chain.
    function _checkValidity(uint256 validAfter, uint256 validBefore) internal view override {
        if (block.timestamp <= validAfter || block.timestamp >= validBefore) {
            revert ERC3009InvalidAuthorizationTime(validAfter, validBefore);
        }
    }
}
