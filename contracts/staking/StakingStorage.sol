// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Role} from "../interfaces/IStakingManager.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title StakingStorage
/// @notice The staking manager's namespaced storage (ERC-7201).
/// @dev In a base contract, not in a library: OpenZeppelin's validator compares the namespaces of contracts only.
/// The newest checkpoint is what is held now: there is no second copy that could differ from it.
abstract contract StakingStorage {
    struct PoolState {
        /// @dev `PoolTokens` by timestamp.
        Checkpoints.Trace208 tokens;
        /// @dev All delegators' shares by timestamp, thawing ones included.
        Checkpoints.Trace208 shares;
        uint96 ownThawing;
        uint96 locked;
        uint64 ownThawEnd;
        // one slot: written by slashes that reach delegated tokens or move the lead
        uint96 slashFloor;
        uint96 lead;
        uint64 slashWindowEnd;
        uint128 thawingShares;
        uint64 nextFeeCutAt;
        uint16 feeCutBps;
        uint16 nextFeeCutBps;
        // one slot: all that is read where nothing is scheduled
        uint96 scheduled;
        uint64 scheduledFrom;
        uint64 scheduledEnd;
        uint96 operatorFees;
        uint96 delegatorFees;
        uint256 feesPerShare;
        mapping(address locker => uint96) lockOf;
    }

    struct DelegationState {
        /// @dev Shares by timestamp, thawing ones included.
        Checkpoints.Trace208 shares;
        uint128 thawingShares;
        uint64 thawEnd;
        uint96 fees;
        /// @dev The pool's `feesPerShare` up to which `fees` were reckoned.
        uint256 feesPerShare;
    }

    /// @custom:storage-location erc7201:openledger.storage.StakingManager
    struct Layout {
        uint64 upgradesFrozenAt;
        uint64 stakingPausedUntil;
        uint64 exitsPausedFrom;
        uint64 exitsPausedUntil;
        mapping(address operator => mapping(Role role => PoolState)) pools;
        mapping(address delegator => mapping(address operator => mapping(Role role => DelegationState))) delegations;
        mapping(Role role => uint96) minimumStake;
        /// @dev Tokens of all pools by timestamp.
        Checkpoints.Trace208 total;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.StakingManager")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant SLOT = 0x1ca7aed45c9faefaabe590c15b6ba0dfdb921f4ba19a06c44ec26ecc9d237e00;

    function _pool(address operator, Role role) internal view returns (PoolState storage) {
        return _load().pools[operator][role];
    }

    function _delegation(address delegator, address operator, Role role)
        internal
        view
        returns (DelegationState storage)
    {
        return _load().delegations[delegator][operator][role];
    }

    function _load() internal pure returns (Layout storage $) {
        assembly ("memory-safe") {
            $.slot := SLOT
        }
    }
}
