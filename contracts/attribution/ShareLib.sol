// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";

/// @title ShareLib
/// @notice What a receipt's shares make of its data fee.
library ShareLib {
    /// @dev All shares of a receipt add up to this.
    uint256 internal constant WHOLE = 1 << 16;
    /// @dev 64 contributors and 8 pools.
    uint256 internal constant MAXIMUM_COUNT = 72;

    /// @notice Whether the list may earn anything: at most 72 shares, ascending by account, each above 0, whole in sum.
    function isWhole(IAttributionOracle.Share[] calldata shares) internal pure returns (bool) {
        if (shares.length == 0 || shares.length > MAXIMUM_COUNT) return false;
        uint256 sum;
        for (uint256 i; i < shares.length; ++i) {
            if (shares[i].share == 0) return false;
            if (i != 0 && shares[i].account <= shares[i - 1].account) return false;
            sum += shares[i].share;
        }
        return sum == WHOLE;
    }

    /// @notice What `account` earns of `dataFee` by `shares`; 0 when the list is not whole or does not name it.
    function due(IAttributionOracle.Share[] calldata shares, address account, uint96 dataFee)
        internal
        pure
        returns (uint96)
    {
        if (!isWhole(shares)) return 0;
        // ascending accounts: a pool, if any, is first
        bool takesRest = shares[0].account == account && uint160(account) <= type(uint64).max;
        uint96 others;
        for (uint256 i = takesRest ? 1 : 0; i < shares.length; ++i) {
            // share <= 2^16, so a part is at most dataFee, and so is the sum of all parts
            uint96 part = uint96(uint256(dataFee) * shares[i].share / WHOLE);
            if (!takesRest && shares[i].account == account) return part;
            others += part;
        }
        return takesRest ? dataFee - others : 0;
    }
}
