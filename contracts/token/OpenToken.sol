// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OpenERC20} from "./OpenERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

/// @title OpenToken
/// @notice OPEN on the chain where it is native: a fixed supply that its holders can burn.
/// @dev MONEY. 1,000,000,000 OPEN of 18 decimals, minted once here; after that the supply only falls.
///
/// TRUST. Nobody: there is no owner, no mint, no pause and no upgrade.
contract OpenToken is OpenERC20, ERC20Burnable {
    uint256 private constant SUPPLY = 1e27;

    /// @notice The zero address cannot hold the supply.
    error OpenToken_ZeroGenesisHolder();

    /// @notice Mints the supply, the only time.
    /// @param genesisHolder Receives the whole supply; not zero.
    constructor(address genesisHolder) {
        if (genesisHolder == address(0)) revert OpenToken_ZeroGenesisHolder();
        _mint(genesisHolder, SUPPLY);
    }
}
