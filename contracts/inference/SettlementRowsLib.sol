// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {Voucher} from "./VoucherLib.sol";

/// @title SettlementRowsLib
/// @notice Reads the packed groups and rows of a settlement; `IInferenceMarket`, SETTLEMENT, defines them.
/// @dev Every read is bounded by the length of the bytes; the offset in the error is where the piece that does not fit
/// begins.
library SettlementRowsLib {
    uint256 internal constant GROUP_SIZE = 10;
    uint256 internal constant ROW_SIZE = 168;

    /// @param cumulative What the runner takes, at most the voucher's cap.
    struct Row {
        Voucher voucher;
        uint96 cumulative;
        bytes32 r;
        bytes32 vs;
    }

    /// @return model The group's model. @return end Offset behind its last row, within the bytes.
    function readGroup(bytes calldata rows, uint256 offset) internal pure returns (uint64 model, uint256 end) {
        if (offset + GROUP_SIZE > rows.length) revert IInferenceMarket.InferenceMarket_MalformedRows(offset);
        model = uint64(bytes8(rows[offset:offset + 8]));
        uint256 count = uint16(bytes2(rows[offset + 8:offset + 10]));
        end = offset + GROUP_SIZE + count * ROW_SIZE;
        if (count == 0 || end > rows.length) revert IInferenceMarket.InferenceMarket_MalformedRows(offset);
    }

    /// @dev The row lies within its group, so within the bytes: `readGroup` has checked it. Fills `row` and its voucher but
    /// for the voucher's model, which is the group's; the caller uses them again for each row, so memory is paid once. Plain
    /// slices would check the bounds of each of the eight fields again, a twentieth of what a settled row costs.
    function readRow(bytes calldata rows, uint256 offset, Row memory row) internal pure {
        Voucher memory voucher = row.voucher;
        assembly ("memory-safe") {
            let from := add(rows.offset, offset)
            mstore(voucher, calldataload(from))
            mstore(add(voucher, 0x40), shr(192, calldataload(add(from, 32))))
            mstore(add(row, 0x20), shr(160, calldataload(add(from, 40))))
            mstore(add(voucher, 0x60), shr(160, calldataload(add(from, 52))))
            mstore(add(voucher, 0x80), calldataload(add(from, 64)))
            mstore(add(voucher, 0xa0), shr(192, calldataload(add(from, 96))))
            mstore(add(row, 0x40), calldataload(add(from, 104)))
            mstore(add(row, 0x60), calldataload(add(from, 136)))
        }
    }
}
