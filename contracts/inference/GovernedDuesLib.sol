// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketStorageLib} from "./MarketStorageLib.sol";

/// @title GovernedDuesLib
/// @notice Divides what batches settled for protocol and security together.
/// @dev Only as far as it divides without a rest. What is left, less than governedBps base units, waits for the next division,
/// so that neither share depends on how often it is collected; without governed parts it waits for some.
library GovernedDuesLib {
    /// @notice Divides by the configuration in force.
    function divide() internal {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        (uint96 protocol, uint96 security, uint96 rest) = parts();

        $.protocolDue += protocol;
        $.securityDue += security;
        $.totals = $.totals.withGovernedDue(rest);
    }

    /// @notice What a division now would give to protocol and security, and what it would leave.
    /// @return protocol @return security What a division now adds to their dues. @return rest What it leaves.
    function parts() internal view returns (uint96 protocol, uint96 security, uint96 rest) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        rest = $.totals.governedDue();
        uint96 sumBps = uint96($.config.protocolBps) + $.config.securityBps;
        if (sumBps == 0) return (0, 0, rest);

        uint96 times = rest / sumBps;
        // times·sumBps <= rest
        protocol = times * $.config.protocolBps;
        security = times * $.config.securityBps;
        rest -= times * sumBps;
    }
}
