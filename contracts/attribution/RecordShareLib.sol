// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {IAttributionVerifier} from "../interfaces/IAttributionVerifier.sol";

/// @title RecordShareLib
/// @notice What a receipt's shares are made of: those of its records.
library RecordShareLib {
    /// @dev Records that a receipt names at most.
    uint256 internal constant MAXIMUM_COUNT = 64;

    /// @notice Whether records are at most 64, in descending share, then ascending (datanet, version, recordIndex), none twice.
    function isOrdered(IAttributionVerifier.CreditedRecord[] calldata records) internal pure returns (bool) {
        if (records.length > MAXIMUM_COUNT) return false;
        uint256 before = 0;
        for (uint256 i = 0; i < records.length; ++i) {
            uint256 rank = _rankOf(records[i]);
            if (i != 0 && rank <= before) return false;
            before = rank;
        }
        return true;
    }

    /// @notice Whether each share is ⌊credit / weight⌋ and not 0. Where nothing has weight, nobody has a share.
    function isOfCredits(IAttributionVerifier.CreditedRecord[] calldata records, uint256 weight)
        internal
        pure
        returns (bool)
    {
        if (weight == 0) return records.length == 0;
        for (uint256 i = 0; i < records.length; ++i) {
            IAttributionVerifier.CreditedRecord calldata record = records[i];
            uint256 share = record.share;
            if (share == 0 || share != record.credit / weight) return false;
        }
        return true;
    }

    /// @notice Whether each account but the pool has what its records have, and none of them is missing.
    /// @param shares Whole: what is left is the pool's.
    function isOfRecords(
        IAttributionOracle.Share[] calldata shares,
        IAttributionVerifier.CreditedRecord[] calldata records,
        address pool
    ) internal pure returns (bool) {
        uint256 count = shares.length;
        address[] memory accounts = new address[](count);
        uint256[] memory left = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            (accounts[i], left[i]) = (shares[i].account, shares[i].share);
        }
        for (uint256 i = 0; i < records.length; ++i) {
            IAttributionVerifier.CreditedRecord calldata record = records[i];
            (bool found, uint256 place) = _placeOf(accounts, record.contributor);
            if (!found) return false;
            if (accounts[place] == pool) continue;
            uint256 share = record.share;
            if (left[place] < share) return false;
            left[place] -= share;
        }
        for (uint256 i = 0; i < count; ++i) {
            if (left[i] != 0 && accounts[i] != pool) return false;
        }
        return true;
    }

    /// @notice The least share that an answer of so many tokens pays.
    /// @param floors For answers of at least 2^0, 2^1, … 2^8 tokens.
    function floorOf(uint32[9] calldata floors, uint256 tokens) internal pure returns (uint256 floor) {
        uint256 k = 0;
        while (k < 8 && tokens >> (k + 1) != 0) ++k;
        floor = floors[k];
        if (floor == 0) floor = 1;
    }

    /// @notice The share with which a list names a record, if it does.
    function shareOf(
        IAttributionVerifier.CreditedRecord[] calldata records,
        IAttributionVerifier.Record calldata record
    ) internal pure returns (bool, uint256) {
        for (uint256 i = 0; i < records.length; ++i) {
            IAttributionVerifier.CreditedRecord calldata listed = records[i];
            if (
                listed.recordIndex == record.recordIndex && listed.datanet == record.datanet
                    && listed.version == record.version
            ) return (true, listed.share);
        }
        return (false, 0);
    }

    /// @notice Whether a record of this share that a list does not name would stand in it: before the last of 64, or as one of fewer.
    function isWorthy(
        IAttributionVerifier.CreditedRecord[] calldata records,
        IAttributionVerifier.Record calldata record,
        uint256 share
    ) internal pure returns (bool) {
        if (records.length < MAXIMUM_COUNT) return true;
        // a share is at most 2^16 of an honest trace; of any other it outranks whatever is listed
        if (share > type(uint32).max) return true;
        IAttributionVerifier.CreditedRecord calldata last = records[records.length - 1];
        return _rank(uint32(share), record.datanet, record.version, record.recordIndex) < _rankOf(last);
    }

    /// @dev Ascends in the order of records.
    function _rankOf(IAttributionVerifier.CreditedRecord calldata record) private pure returns (uint256) {
        return _rank(record.share, record.datanet, record.version, record.recordIndex);
    }

    /// @dev Of shares the greatest first, then by place.
    function _rank(uint32 share, uint64 datanet, uint32 version, uint64 recordIndex) private pure returns (uint256) {
        return
            (uint256(type(uint32).max - share) << 160) | (uint256(datanet) << 96) | (uint256(version) << 64)
                | recordIndex;
    }

    /// @dev Where an account stands among those that ascend, if it does.
    function _placeOf(address[] memory accounts, address account) private pure returns (bool found, uint256 low) {
        uint256 high = accounts.length;
        // both are at most the accounts' number
        unchecked {
            while (low < high) {
                uint256 middle = (low + high) / 2;
                address there = accounts[middle];
                if (there == account) return (true, middle);
                if (there < account) low = middle + 1;
                else high = middle;
            }
        }
    }
}
