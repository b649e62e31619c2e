// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BurnQueue} from "../contracts/token/BurnQueue.sol";
import {Genesis} from "../contracts/token/Genesis.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Vm} from "forge-std/Vm.sol";
import {console} from "forge-std/console.sol";

/// @title DeployToken
/// @notice Makes OPEN on the chain where it is native: its genesis with the five allocations' roots, and its burn queue. Nobody
/// governs them. Without `--broadcast` nothing is sent: a dry run.
/// @dev Reads the file named by `DEPLOY_CONFIG`, by default `script/config/<chain id>.json`: `genesisAt`, in seconds since 1970 and
/// ahead of the transaction, and `roots`, in the order community, investors, team, ecosystem, liquidity.
contract DeployToken {
    using SafeCast for uint256;

    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant ALLOCATIONS = 5;

    error DeployToken_RootCount(uint256 actual, uint256 expected);

    function run() external returns (Genesis genesis, BurnQueue burnQueue) {
        string memory chain = vm.toString(block.chainid);
        string memory json = vm.readFile(vm.envOr("DEPLOY_CONFIG", string.concat("script/config/", chain, ".json")));
        uint64 genesisAt = vm.parseJsonUint(json, ".genesisAt").toUint64();
        bytes32[] memory read = vm.parseJsonBytes32Array(json, ".roots");
        if (read.length != ALLOCATIONS) revert DeployToken_RootCount(read.length, ALLOCATIONS);
        bytes32[ALLOCATIONS] memory roots;
        for (uint256 i = 0; i < ALLOCATIONS; ++i) {
            roots[i] = read[i];
        }

        vm.startBroadcast();
        genesis = new Genesis(genesisAt, roots);
        burnQueue = new BurnQueue(genesis.token(), address(0));
        vm.stopBroadcast();

        console.log("CONTRACTS");
        console.log("  %s genesis", address(genesis));
        console.log("  %s openToken", genesis.token());
        console.log("  %s burnQueue", address(burnQueue));
        console.log("ROLES: none. Genesis at", genesisAt);
    }
}
