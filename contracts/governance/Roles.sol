// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Roles
/// @notice Numbers of the roles in the access manager: who holds each, and the delay of what it does.
library Roles {
    uint64 internal constant ADMIN = 0; // the governor, by proposal only, after 10 days
    uint64 internal constant PARAMETERS = 1; // the governor, 2 days
    uint64 internal constant UPGRADES = 2; // the governor, 10 days
    uint64 internal constant STAKING = 3; // the governor, 25 days: everything of StakingManager that governance may do
    uint64 internal constant BRAKE = 4; // EmergencyBrake, no delay: only `pause…` functions
    uint64 internal constant SLASHER = 5; // contracts: ReceiptCourt, DisputeManager, DatanetValidators: lock, unlock, slash
    uint64 internal constant COURT = 6; // contracts that may open and close cases on receipts: DisputeManager
    uint64 internal constant MODERATOR = 7; // DisputeManager: revoke a contribution or record, deprecate by verdict
}
