// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {ChannelFunds} from "./ChannelFunds.sol";
import {MarketClock} from "./MarketClock.sol";
import {MarketTotals} from "./MarketTotals.sol";
import {ModelAccount} from "./ModelAccount.sol";
import {RunnerDues} from "./RunnerDues.sol";

/// @title MarketStorageLib
/// @notice The market's namespaced storage (ERC-7201). What a settlement touches is packed into five slots for one row.
library MarketStorageLib {
    /// @dev What no settlement in steady state reads of a channel.
    struct ChannelTerms {
        address payer;
        uint96 thawing;
        address runner;
        uint96 salt;
    }

    /// @dev Words in structs of their own, so that a place is worked out once for reading and writing.
    struct FundsSlot {
        ChannelFunds word;
    }

    struct ModelSlot {
        ModelAccount word;
    }

    struct DuesSlot {
        RunnerDues word;
    }

    /// @custom:storage-location erc7201:openledger.storage.InferenceMarket
    struct Layout {
        // touched by each settlement
        MarketTotals totals;
        bytes32 chain;
        mapping(bytes32 channel => FundsSlot) funds;
        mapping(uint64 model => ModelSlot) models;
        mapping(address runner => DuesSlot) dues;
        // touched seldom
        mapping(bytes32 channel => mapping(uint64 model => uint96)) claimed;
        mapping(bytes32 channel => ChannelTerms) terms;
        mapping(address payer => uint96) free;
        // 0: never authorised; the maximum: authorised; else the working time from which its vouchers count no more
        mapping(address payer => mapping(address signer => uint64)) signerEnd;
        mapping(bytes32 allocation => IInferenceMarket.AllocationUse) allocations;
        mapping(bytes32 release => bool) released;
        mapping(uint64 batch => bytes32) pinned;
        uint96 protocolDue;
        uint96 securityDue;
        uint64 upgradesFrozenAt;
        uint96 dataCollected;
        address treasury;
        address security;
        IInferenceMarket.SplitConfig config;
        MarketClock clock;
    }

    // keccak256(abi.encode(uint256(keccak256("openledger.storage.InferenceMarket")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant SLOT = 0xa4170553416a7dd17f919004da27dd5d6db7c094f002e3031410ddb8ccc22800;

    function load() internal pure returns (Layout storage $) {
        assembly ("memory-safe") {
            $.slot := SLOT
        }
    }
}
