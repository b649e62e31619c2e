// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @notice What a settlement must know of a channel, in one slot.
/// @dev | bits    | field     |                                                                                |
///      | 0–95    | balance   | all that was put in and not taken back                                         |
///      | 96–191  | claimed   | of it, what the runner settled over all models: at most the balance            |
///      | 192–231 | thawEnd   | working time (`MarketClock`) from which what thaws is the payer's; 0: nothing thaws |
///      | 232–255 | onlyModel | the only model that was settled so far: all that is claimed is claimed for it; 0: none was; `MANY`: claimed amounts lie in slots of their own |
type ChannelFunds is uint256;

using ChannelFundsLib for ChannelFunds global;

/// @title ChannelFundsLib
/// @notice Reads and moves a channel's funds.
library ChannelFundsLib {
    /// @notice More than one model was settled, or one whose number is not below this.
    uint64 internal constant MANY = type(uint24).max;

    /// @notice The funds of a channel that is opened.
    function opened(uint96 amount) internal pure returns (ChannelFunds) {
        return ChannelFunds.wrap(amount);
    }

    function balance(ChannelFunds funds) internal pure returns (uint96) {
        // the lowest 96 bits are the field
        return uint96(ChannelFunds.unwrap(funds));
    }

    function claimed(ChannelFunds funds) internal pure returns (uint96) {
        // shifted down, the lowest 96 bits are the field
        return uint96(ChannelFunds.unwrap(funds) >> 96);
    }

    function thawEnd(ChannelFunds funds) internal pure returns (uint64) {
        // shifted down, the lowest 40 bits are the field
        return uint40(ChannelFunds.unwrap(funds) >> 192);
    }

    function onlyModel(ChannelFunds funds) internal pure returns (uint64) {
        // 24 bits are left of the word
        return uint64(ChannelFunds.unwrap(funds) >> 232);
    }

    /// @notice What is neither claimed nor taken back.
    function unclaimed(ChannelFunds funds) internal pure returns (uint96) {
        return funds.balance() - funds.claimed();
    }

    /// @notice The funds once `paid` more was claimed.
    /// @dev Warning: the caller has checked that claimed + paid <= balance, so that nothing is carried out of the field.
    function withClaimedRaised(ChannelFunds funds, uint256 paid) internal pure returns (ChannelFunds) {
        unchecked {
            return ChannelFunds.wrap(ChannelFunds.unwrap(funds) + (paid << 96));
        }
    }

    function withBalance(ChannelFunds funds, uint96 balance_) internal pure returns (ChannelFunds) {
        uint256 word = ChannelFunds.unwrap(funds);
        return ChannelFunds.wrap((word & ~uint256(type(uint96).max)) | balance_);
    }

    /// @dev Reverts where the end does not fit: 34,000 years ahead.
    function withThawEnd(ChannelFunds funds, uint64 thawEnd_) internal pure returns (ChannelFunds) {
        uint256 word = ChannelFunds.unwrap(funds);
        return
            ChannelFunds.wrap(
                (word & ~(uint256(type(uint40).max) << 192)) | (uint256(SafeCast.toUint40(thawEnd_)) << 192)
            );
    }

    /// @notice The funds with the one model that they pay for, or the mark of many.
    /// @param model At most `MANY`.
    function withOnlyModel(ChannelFunds funds, uint64 model) internal pure returns (ChannelFunds) {
        uint256 word = ChannelFunds.unwrap(funds);
        return ChannelFunds.wrap((word & (type(uint256).max >> 24)) | (uint256(model) << 232));
    }
}
