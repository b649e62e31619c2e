// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Allocation, IGenesis} from "../contracts/interfaces/IGenesis.sol";
import {LeafLib} from "../contracts/libraries/LeafLib.sol";
import {MerkleLib} from "../contracts/libraries/MerkleLib.sol";
import {Genesis} from "../contracts/token/Genesis.sol";
import {ScheduleLib} from "../contracts/token/ScheduleLib.sol";

/// @title LocalGenesis
/// @notice Genesis of a local chain, at the block it is made in: each allocation is one grant of one holder, who gets at once
/// what is released at genesis.
/// @dev A constructor, since only a transaction knows its block's time: a script's own clock is behind it.
contract LocalGenesis {
    uint256 private constant ALLOCATIONS = 5;
    uint64 private constant LOCAL_CHAIN = 31_337;

    IGenesis public immutable genesis;

    error LocalGenesis_WrongChain(uint256 chainId);

    constructor(address holder) {
        if (block.chainid != LOCAL_CHAIN) revert LocalGenesis_WrongChain(block.chainid);
        uint96[ALLOCATIONS] memory totals;
        bytes32[ALLOCATIONS] memory roots;
        for (uint8 i = 0; i < ALLOCATIONS; ++i) {
            totals[i] = ScheduleLib.scheduleOf(Allocation(i)).total;
            roots[i] = MerkleLib.rootHash(LeafLib.GRANT, 1, LeafLib.grant(i, holder, totals[i]));
        }
        genesis = new Genesis(uint64(block.timestamp), roots);
        for (uint8 i = 0; i < ALLOCATIONS; ++i) {
            if (genesis.releasedAt(Allocation(i), uint64(block.timestamp)) == 0) continue;
            genesis.claim(IGenesis.Grant(Allocation(i), holder, totals[i]), IGenesis.Place(0, 1, new bytes32[](0)));
        }
    }
}
