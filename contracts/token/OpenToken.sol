// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";

/// @title OpenToken
/// @notice OPEN: a fixed supply that its holders can burn, approve by signature (ERC-2612) and send by signature (ERC-3009).
/// @dev MONEY. 1,000,000,000 OPEN of 18 decimals, minted once here. There is no owner, no mint, no pause and no upgrade.
contract OpenToken is ERC20Burnable, ERC20Permit, ERC3009 {
    uint256 private constant SUPPLY = 1e27;

    error OpenToken_ZeroGenesisHolder();

    /// @param genesisHolder Receives the whole supply.
    constructor(address genesisHolder) ERC20("OpenLedger", "OPEN") ERC20Permit("OpenLedger") {
        if (genesisHolder == address(0)) revert OpenToken_ZeroGenesisHolder();
        _mint(genesisHolder, SUPPLY);
    }
}
