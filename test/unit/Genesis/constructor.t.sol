// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Allocation, IGenesis} from "../../../contracts/interfaces/IGenesis.sol";
import {GenesisFixture} from "../../fixture/GenesisFixture.sol";
import {Vm} from "forge-std/Vm.sol";

contract GenesisConstructorTest is GenesisFixture {
    function test_HoldsTheWholeSupplyOfTheTokenItMade() public view {
        assertEq(token.totalSupply(), 1e27);
        assertEq(token.balanceOf(address(genesis)), 1e27);
        assertEq(genesis.genesisAt(), GENESIS_AT);
        // its first creation
        assertEq(address(token), vm.computeCreateAddress(address(genesis), 1));
    }

    function test_EmitsEachAllocation() public {
        vm.recordLogs();
        IGenesis made = _genesisOf(bytes32(uint256(7)));
        Vm.Log[] memory logs = vm.getRecordedLogs();

        for (uint256 i = 0; i < ALLOCATIONS; ++i) {
            assertEq(logs[i].topics[0], IGenesis.Allocated.selector);
            assertEq(logs[i].topics[1], bytes32(i));
            assertEq(logs[i].data, abi.encode(made.rootOf(Allocation(i)), made.totalOf(Allocation(i))));
        }
    }

    function test_GenesisMayBeNowAndAYearAhead() public {
        this.deploy(uint64(vm.getBlockTimestamp()), _roots());
        this.deploy(uint64(vm.getBlockTimestamp()) + 365 days, _roots());
    }

    function test_RevertWhen_GenesisIsPast() public {
        uint64 now_ = uint64(vm.getBlockTimestamp());

        vm.expectRevert(abi.encodeWithSelector(IGenesis.Genesis_PastGenesis.selector, now_ - 1, now_));
        this.deploy(now_ - 1, _roots());
    }

    /// @dev Milliseconds, for instance.
    function test_RevertWhen_GenesisIsTooFar() public {
        uint64 latest = uint64(vm.getBlockTimestamp()) + 365 days;

        vm.expectRevert(abi.encodeWithSelector(IGenesis.Genesis_GenesisTooFar.selector, latest + 1, latest));
        this.deploy(latest + 1, _roots());
        vm.expectRevert(abi.encodeWithSelector(IGenesis.Genesis_GenesisTooFar.selector, type(uint64).max, latest));
        this.deploy(type(uint64).max, _roots());
    }

    function deploy(uint64 genesisAt, bytes32[ALLOCATIONS] calldata roots) external {
        bytes memory creation = abi.encodePacked(vm.getCode("Genesis.sol:Genesis"), abi.encode(genesisAt, roots));
        assembly ("memory-safe") {
            if iszero(create(0, add(creation, 32), mload(creation))) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    function _roots() private pure returns (bytes32[ALLOCATIONS] memory roots) {
        for (uint256 i = 0; i < ALLOCATIONS; ++i) {
            roots[i] = bytes32(i + 1);
        }
    }
}
