// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IDatanetRegistry} from "../interfaces/IDatanetRegistry.sol";
import {IDatanetValidators} from "../interfaces/IDatanetValidators.sol";
import {CommitRevealLib} from "../libraries/CommitRevealLib.sol";
import {ScoreLib} from "./ScoreLib.sol";

/// @title ValidatorsStorageLib
/// @notice The namespaced storage (ERC-7201) of the Datanets' validators.
library ValidatorsStorageLib {
    struct RoundData {
        // one slot: what a round's steps read, copied from the rules
        uint64 datanet;
        uint32 rules;
        uint8 contributionCount;
        IDatanetValidators.RoundState state;
        IDatanetRegistry.Admission admission;
        uint8 quorum;
        uint16 acceptScore;
        uint96 rewardPerContribution;
        uint64 accepted;
        uint96 perPoint;
        bytes32 contributionsHash;
        CommitRevealLib.Round ballots;
        ScoreLib.Votes votes;
        mapping(address validator => bool) hasCollected;
        mapping(address validator => bool) hasEquivocated;
    }

    /// @custom:storage-location erc7201:openledger.storage.DatanetValidators
    struct Layout {
        uint64 roundCount;
        mapping(uint64 round => RoundData) rounds;
        mapping(uint64 datanet => mapping(address account => bool)) isListed;
        mapping(uint64 datanet => uint96) reserves;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.DatanetValidators")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant SLOT = 0x06d3edad33a2c3b4e193a0762347074068e6ddee6843e1dffe4da18d23e6ce00;

    function load() internal pure returns (Layout storage $) {
        assembly ("memory-safe") {
            $.slot := SLOT
        }
    }
}
