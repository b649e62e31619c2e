// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReceiptCourt} from "../contracts/interfaces/IReceiptCourt.sol";

/// @title StandInReceiptCourt
/// @notice A court that never heard of a case: every receipt stands.
contract StandInReceiptCourt is IReceiptCourt {
    /// @inheritdoc IReceiptCourt
    function caseOf(uint64, uint32) external pure returns (Case memory none) {
        return none;
    }

    /// @inheritdoc IReceiptCourt
    function voidedAt(uint64) external pure returns (uint64) {
        return 0;
    }
}
