// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IStakeVotes} from "../interfaces/IStakeVotes.sol"; // solhint-disable-line no-unused-import
import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {PoolLib} from "./PoolLib.sol";
import {PoolTokens} from "./PoolTokens.sol";
import {StakingStorage} from "./StakingStorage.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title StakingVotes
/// @notice What was staked at any past second, by binary search over checkpoints.
abstract contract StakingVotes is IStakingManager, StakingStorage {
    using Checkpoints for Checkpoints.Trace208;
    using PoolLib for StakingStorage.PoolState;

    uint256 private constant ROLE_END = uint256(type(Role).max) + 1;

    /// @inheritdoc IStakeVotes
    function CLOCK_MODE() external pure returns (string memory) {
        return "mode=timestamp";
    }

    /// @inheritdoc IStakeVotes
    function getVotes(address operator) external view returns (uint256 votes) {
        for (uint256 role = 1; role < ROLE_END; ++role) {
            votes += _pool(operator, Role(role)).tokensNow().sum();
        }
    }

    /// @inheritdoc IStakeVotes
    function getPastVotes(address operator, uint256 timepoint) external view returns (uint256 votes) {
        uint48 past = _past(timepoint);
        for (uint256 role = 1; role < ROLE_END; ++role) {
            votes += _tokensAt(operator, Role(role), past).sum();
        }
    }

    /// @inheritdoc IStakeVotes
    function getPastTotalSupply(uint256 timepoint) external view returns (uint256) {
        return _load().total.upperLookup(_past(timepoint));
    }

    /// @inheritdoc IStakingManager
    function pastStakeOf(address operator, Role role, uint48 timepoint) external view returns (uint96) {
        return uint96(_tokensAt(operator, role, _past(timepoint)).sum());
    }

    /// @inheritdoc IStakeVotes
    function pastDelegatedOf(address delegator, address operator, Role role, uint48 timepoint)
        external
        view
        returns (uint256)
    {
        uint48 past = _past(timepoint);
        uint256 shares = _delegation(delegator, operator, role).shares.upperLookup(past);
        if (shares == 0) return 0;
        uint256 poolShares = _pool(operator, role).shares.upperLookup(past);
        return PoolLib.valueOf(shares, _tokensAt(operator, role, past).delegated(), poolShares);
    }

    /// @inheritdoc IStakeVotes
    function clock() public view returns (uint48) {
        return uint48(block.timestamp);
    }

    function _tokensAt(address operator, Role role, uint48 past) private view returns (PoolTokens) {
        return PoolTokens.wrap(_pool(operator, role).tokens.upperLookup(past));
    }

    /// @dev The present second is not over: its value may change.
    function _past(uint256 timepoint) private view returns (uint48) {
        if (timepoint >= block.timestamp) revert StakingManager_FutureLookup(timepoint, clock());
        return uint48(timepoint);
    }
}
