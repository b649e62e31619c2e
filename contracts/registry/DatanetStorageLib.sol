// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "../interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../interfaces/IDatanetRegistry.sol";
import {IDatanetValidators} from "../interfaces/IDatanetValidators.sol";
import {IRewardDistributor} from "../interfaces/IRewardDistributor.sol";

/// @title DatanetStorageLib
/// @notice The Datanet registry's namespaced storage (ERC-7201).
library DatanetStorageLib {
    /// @dev The first slot is all that a contribution reads of it.
    struct DatanetState {
        // as last written: `rules + 1` are in force from `nextRulesAt` on, if that is not 0
        uint32 rules;
        uint64 nextRulesAt;
        uint32 versionCount;
        uint96 ownerCredit;
        bytes32 metadataHash;
        string name;
    }

    struct Index {
        bytes32 root;
        bytes32 dataHash;
    }

    /// @custom:storage-location erc7201:openledger.storage.DatanetRegistry
    struct Layout {
        uint64 datanetCount;
        address treasury;
        uint96 publishingFee;
        IRewardDistributor distributor;
        IContributionRegistry contributions;
        IDatanetValidators validators;
        mapping(uint64 datanet => DatanetState) datanets;
        mapping(uint64 datanet => mapping(uint32 number => IDatanetRegistry.Rules)) rules;
        mapping(uint64 datanet => mapping(bytes32 licence => bool)) isLicenceAllowed;
        mapping(uint64 datanet => mapping(address account => bool)) isContributor;
        mapping(uint64 datanet => mapping(uint32 version => IDatanetRegistry.Version)) versions;
        mapping(uint64 datanet => mapping(uint32 version => mapping(uint64 base => Index))) indices;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.DatanetRegistry")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant SLOT = 0x89e21eb98a99ad74696ff9cc7f797d53cf7230fa3926bb449dd08a57f81bef00;

    function load() internal pure returns (Layout storage $) {
        assembly ("memory-safe") {
            $.slot := SLOT
        }
    }

    /// @notice Number of the rules in force now; 0 where there is no such Datanet.
    function rulesInForce(DatanetState storage datanet) internal view returns (uint32) {
        uint64 nextAt = datanet.nextRulesAt;
        return nextAt != 0 && block.timestamp >= nextAt ? datanet.rules + 1 : datanet.rules;
    }
}
