// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {GovernanceFixture} from "../../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {console} from "forge-std/console.sol";

/// @notice Gas of governance as transactions pay it: calls with cold storage, 21,000 and the calldata.
/// forge-config: default.isolate = true
contract OpenGovernorGasTest is GovernanceFixture {
    function test_Gas() public {
        _wrap(alice, 20_000_000e18);
        _deposit(bob, 5e18);
        _measure("depositFor, first", 140_000);
        vm.prank(bob);
        gOpen.delegate(alice);
        _measure("delegate, first", 115_000);
        _deposit(bob, 5e18);
        _measure("depositFor, delegated", 95_000);
        stake.addDelegated(carol, alice, Role.Runner, 7e18);
        vm.warp(block.timestamp + 1);
        Proposal memory p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (1)));

        _propose(alice, p);
        _measure("propose, one call", 165_000);
        vm.warp(block.timestamp + 2 days + 1);
        _vote(alice, p, FOR);
        _measure("castVote, reaches quorum", 155_000);
        vm.prank(bob);
        governor.castOverrideVote(p.id, AGAINST, "");
        _measure("castOverrideVote", 125_000);
        vm.prank(carol);
        governor.castStakeOverrideVote(p.id, AGAINST, alice, Role.Runner, "");
        _measure("castStakeOverrideVote", 115_000);
        vm.warp(governor.proposalDeadline(p.id) + 1);
        _queue(p);
        _measure("queue, one call", 145_000);
        vm.warp(governor.proposalEta(p.id));
        _execute(p);
        _measure("execute, one call", 135_000);
        vm.prank(brakeGuardian);
        brake.pause(workBit, uint64(block.timestamp + 7 days));
        _measure("pause, first", 160_000);
    }

    function _measure(string memory name, uint256 maximum) private {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        console.log(name, used);
        assertLe(used, maximum, name);
    }
}
