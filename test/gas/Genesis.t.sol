// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Allocation, IGenesis} from "../../contracts/interfaces/IGenesis.sol";
import {GenesisFixture} from "../fixture/GenesisFixture.sol";
import {GasSnapshots} from "./GasSnapshots.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Gas of a claim among 2^20 grants, as a transaction would pay it.
/// forge-config: default.isolate = true
contract GenesisGasTest is GenesisFixture, GasSnapshots {
    uint256 private constant DEPTH = 20;

    function test_ClaimOfAMillionGrants() public {
        IGenesis.Grant memory grant = IGenesis.Grant(Allocation.Community, makeAddr("claimer"), 500e18);
        IGenesis.Place memory place = IGenesis.Place(0, uint64(1 << DEPTH), new bytes32[](DEPTH));
        bytes32 node = _leaf(grant);
        for (uint256 i = 0; i < DEPTH; ++i) {
            place.siblings[i] = keccak256(abi.encode(i));
            node = keccak256(abi.encodePacked(hex"01", node, place.siblings[i]));
        }
        IGenesis large = _genesisOf(
            keccak256(abi.encodePacked(hex"02", keccak256("OpenLedger.Grant.v1"), uint64(1 << DEPTH), node))
        );
        vm.warp(GENESIS_AT);
        large.claim(grant, place);
        _record("genesis_claim_first");
        vm.warp(GENESIS_AT + MONTH);
        large.claim(grant, place);
        _record("genesis_claim_repeat");

        assertEq(IERC20(large.token()).balanceOf(grant.beneficiary), large.vestedAt(grant, GENESIS_AT + MONTH));
    }
}
