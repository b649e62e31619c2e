// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";

/// @notice What a settlement must know of a model, in one slot: its due, and its revenue as read from the registry.
/// @dev | bits    | field     |                                                                      |
///      | 0–95    | due       | model parts settled and not collected                                |
///      | 96–111  | modelBps  | revenue in force                                                     |
///      | 112–127 | dataBps   | revenue in force                                                     |
///      | 128–191 | goodUntil | timestamp from which (inclusive) the revenue must be read again; 0: never read |
type ModelAccount is uint256;

using ModelAccountLib for ModelAccount global;

/// @title ModelAccountLib
/// @notice Reads and moves a model's account.
library ModelAccountLib {
    function due(ModelAccount account) internal pure returns (uint96) {
        // the lowest 96 bits are the field
        return uint96(ModelAccount.unwrap(account));
    }

    function modelBps(ModelAccount account) internal pure returns (uint16) {
        // shifted down, the lowest 16 bits are the field
        return uint16(ModelAccount.unwrap(account) >> 96);
    }

    function dataBps(ModelAccount account) internal pure returns (uint16) {
        // shifted down, the lowest 16 bits are the field
        return uint16(ModelAccount.unwrap(account) >> 112);
    }

    function goodUntil(ModelAccount account) internal pure returns (uint64) {
        // shifted down, the lowest 64 bits are the field
        return uint64(ModelAccount.unwrap(account) >> 128);
    }

    /// @notice The account with its due raised by a uint96. Reverts where it would not fit.
    function withDueRaised(ModelAccount account, uint256 amount) internal pure returns (ModelAccount) {
        // a sum of two uint96, then one that is not carried out of its field
        unchecked {
            uint256 due_ = account.due() + amount;
            if (due_ > type(uint96).max) revert IInferenceMarket.InferenceMarket_AmountTooLarge(due_);
            return ModelAccount.wrap(ModelAccount.unwrap(account) + amount);
        }
    }

    function withDue(ModelAccount account, uint96 due_) internal pure returns (ModelAccount) {
        uint256 word = ModelAccount.unwrap(account);
        return ModelAccount.wrap((word & ~uint256(type(uint96).max)) | due_);
    }

    function withRevenue(ModelAccount account, uint16 modelBps_, uint16 dataBps_, uint64 goodUntil_)
        internal
        pure
        returns (ModelAccount)
    {
        return ModelAccount.wrap(
            uint256(account.due()) | (uint256(modelBps_) << 96) | (uint256(dataBps_) << 112)
                | (uint256(goodUntil_) << 128)
        );
    }
}
