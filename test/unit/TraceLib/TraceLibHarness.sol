// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TraceLib} from "../../../contracts/libraries/TraceLib.sol";

/// @notice Calls the library with calldata, as the contracts do.
contract TraceLibHarness {
    function verify(TraceLib.Tree memory tree, uint256 level, uint256 index, bytes32 node, bytes32[] calldata siblings)
        external
        pure
        returns (bool)
    {
        return TraceLib.verify(tree, level, index, node, siblings);
    }

    function verifyReveal(
        uint64 count,
        uint256 level,
        uint256 index,
        bytes32 node,
        uint256 depth,
        bytes32[] calldata nodes
    ) external pure returns (bool) {
        return TraceLib.verifyReveal(count, level, index, node, depth, nodes);
    }

    function verifyRow(
        TraceLib.Table memory table,
        uint32 row,
        uint32 part,
        bytes calldata data,
        bytes32[] calldata siblings
    ) external pure returns (bool) {
        return TraceLib.verifyRow(table, row, part, data, siblings);
    }

    function leafHash(bytes32 programId, uint32 op, uint32 position, uint32 part, bytes memory data)
        external
        pure
        returns (bytes32)
    {
        return TraceLib.leafHash(programId, op, position, part, data);
    }
}
