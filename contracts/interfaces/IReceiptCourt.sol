// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title IReceiptCourt
/// @notice Cases on receipts: what the attribution of fees reads of them.
interface IReceiptCourt {
    enum CaseState {
        None,
        Open,
        Cleared,
        Struck
    }

    struct Case {
        CaseState state;
        uint64 openedAt;
        uint64 closedAt;
    }

    function caseOf(uint64 batch, uint32 index) external view returns (Case memory);

    /// @return 0 while the batch stands; else the timestamp at which it was struck whole.
    function voidedAt(uint64 batch) external view returns (uint64);
}
