// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";

/// @title SettlementRowsLib
/// @notice Reads the packed groups and rows of a settlement; `IInferenceMarket`, SETTLEMENT, defines them.
/// @dev Every read is bounded by the length of the bytes; the offset in the error is where the piece that does not fit
/// begins.
library SettlementRowsLib {
    uint256 internal constant GROUP_SIZE = 10;
    uint256 internal constant ROW_SIZE = 168;

    struct Row {
        bytes32 channel;
        uint64 nonce;
        uint96 cumulative;
        uint96 cumulativeCap;
        bytes32 requestHash;
        uint64 deadline;
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

    /// @dev The row lies within its group, so within the bytes: `readGroup` has checked it. Fills `row`, which its caller
    /// uses again for each row: memory is paid once.
    function readRow(bytes calldata rows, uint256 offset, Row memory row) internal pure {
        bytes calldata packed = rows[offset:offset + ROW_SIZE];
        row.channel = bytes32(packed[0:32]);
        row.nonce = uint64(bytes8(packed[32:40]));
        row.cumulative = uint96(bytes12(packed[40:52]));
        row.cumulativeCap = uint96(bytes12(packed[52:64]));
        row.requestHash = bytes32(packed[64:96]);
        row.deadline = uint64(bytes8(packed[96:104]));
        row.r = bytes32(packed[104:136]);
        row.vs = bytes32(packed[136:168]);
    }
}
