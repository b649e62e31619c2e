// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";

/// @title MarketPart
/// @notice Code that runs as the market: the market alone would be larger than a contract may be.
/// @dev The market's constructor creates its parts, and each of the market's functions that stands in a part passes its call on
/// as it came: same selector, same arguments, the market's storage and money. A part has neither of its own.
abstract contract MarketPart {
    address private immutable _part = address(this);

    /// @dev Who called a part itself would leave money in it.
    modifier asMarket() {
        if (address(this) == _part) revert IInferenceMarket.InferenceMarket_NotTheMarket();
        _;
    }
}
