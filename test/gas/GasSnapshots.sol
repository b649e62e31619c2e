// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test} from "forge-std/Test.sol";

/// @notice Records what an action costs as a transaction of its own: cold storage, 21,000 and the calldata, refunds taken
/// off. Suites that use it run isolated. `snapshots/actions.json`
/// holds the figures; a test run compares with them.
abstract contract GasSnapshots is Test {
    /// @dev Records the last call under a name.
    function _record(string memory action) internal {
        _record(action, vm.lastCallGas().gasTotalUsed);
    }

    function _record(string memory action, uint256 gas) internal {
        vm.snapshotValue("actions", action, gas);
    }
}
