// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Role} from "../../contracts/interfaces/IStakingManager.sol";
import {GovernanceFixture} from "../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../fixture/GovernedValue.sol";
import {GasSnapshots} from "./GasSnapshots.sol";

/// @notice Gas of governance as transactions pay it: calls with cold storage, 21,000 and the calldata.
/// forge-config: default.isolate = true
contract OpenGovernorGasTest is GovernanceFixture, GasSnapshots {
    function test_Gas() public {
        _wrap(alice, 20_000_000e18);
        _deposit(bob, 5e18);
        _record("gopen_deposit_first");
        vm.prank(bob);
        gOpen.delegate(alice);
        _record("gopen_delegate_first");
        _deposit(bob, 5e18);
        _record("gopen_deposit_delegated");
        stake.addDelegated(carol, alice, Role.Runner, 7e18);
        vm.warp(block.timestamp + 1);
        Proposal memory p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (1)));

        _propose(alice, p);
        _record("proposal_propose");
        vm.warp(block.timestamp + 2 days + 1);
        _vote(alice, p, FOR);
        _record("proposal_vote");
        vm.prank(bob);
        governor.castOverrideVote(p.id, AGAINST, "");
        _record("proposal_override");
        vm.prank(carol);
        governor.castStakeOverrideVote(p.id, AGAINST, alice, Role.Runner, "");
        _record("proposal_stake_override");
        vm.warp(governor.proposalDeadline(p.id) + 1);
        _queue(p);
        _record("proposal_queue");
        vm.warp(governor.proposalEta(p.id));
        _execute(p);
        _record("proposal_execute");
        vm.prank(brakeGuardian);
        brake.pause(workBit, uint64(block.timestamp + 7 days));
        _record("brake_pause_first");

        assertEq(target.value(), 1);
    }
}
