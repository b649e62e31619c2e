// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title SettlementListLib
/// @notice Reads the packed entries of what a batch settled; `IInferenceMarket` defines them under `Batch`.
/// @dev The market writes them strictly ascending by (model, channel), each once, `before < afterwards`, all in one
/// transaction with longer rows: what one transaction could settle another can show.
library SettlementListLib {
    uint256 internal constant ENTRY_SIZE = 64;

    /// @param before Claimed of the channel for the model, before the batch. @param afterwards Behind it.
    struct Entry {
        bytes32 channel;
        uint64 model;
        uint96 before;
        uint96 afterwards;
    }

    /// @notice The list is not what the batch's header commits to.
    /// @param found Hash of what was brought.
    /// @param committed The header's.
    error SettlementListLib_WrongHash(bytes32 found, bytes32 committed);

    /// @notice Reverts unless the bytes are what the batch's header commits to.
    function requireList(bytes calldata settlements, bytes32 settlementsHash) internal pure {
        bytes32 found = keccak256(settlements);
        if (found != settlementsHash) revert SettlementListLib_WrongHash(found, settlementsHash);
    }

    function count(bytes calldata settlements) internal pure returns (uint256) {
        return settlements.length / ENTRY_SIZE;
    }

    /// @notice Reads one entry of a batch's settlements.
    /// @param index Below `count`.
    function entryAt(bytes calldata settlements, uint256 index) internal pure returns (Entry memory entry) {
        bytes calldata packed = settlements[index * ENTRY_SIZE:(index + 1) * ENTRY_SIZE];
        entry.channel = bytes32(packed);
        uint256 numbers = uint256(bytes32(packed[32:]));
        entry.model = uint64(numbers >> 192);
        entry.before = uint96(numbers >> 96);
        entry.afterwards = uint96(numbers);
    }

    /// @notice The entry of a (channel, model), by halving.
    /// @return found Whether there is one; without it the entry says nothing.
    function find(bytes calldata settlements, bytes32 channel, uint64 model)
        internal
        pure
        returns (bool found, Entry memory entry)
    {
        uint256 low = 0;
        uint256 high = count(settlements);
        while (low < high) {
            uint256 middle = (low + high) / 2;
            entry = entryAt(settlements, middle);
            if (entry.model == model && entry.channel == channel) return (true, entry);
            if (entry.model < model || (entry.model == model && entry.channel < channel)) low = middle + 1;
            else high = middle;
        }
    }
}
