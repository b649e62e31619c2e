// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentReputation} from "../../../contracts/interfaces/IAgentReputation.sol";
import {AgentFixture} from "../../fixture/AgentFixture.sol";
import {console} from "forge-std/console.sol";

/// @notice Gas of each action as a transaction of its own: with cold storage, 21,000 and the calldata.
/// forge-config: default.isolate = true
contract AgentReputationGasTest is AgentFixture {
    function test_Register() public {
        _register(stranger);
        _tell("register an agent", 134_000);
    }

    function test_RateAndRevoke() public {
        _rate();
        _tell("rate, first", 446_000);
        _rate();
        _tell("rate again", 227_000);
        vm.prank(payer);
        reputation.revokeFeedback(agent, 1);
        _tell("revoke feedback", 96_000);
    }

    function _rate() private {
        channels.settle(CHANNEL, MODEL, 100);
        vm.prank(payer);
        reputation.rate(agent, CHANNEL, IAgentReputation.Feedback(87, 0, "starred", "", "", "ipfs://f", 0));
    }

    function _tell(string memory name, uint256 maximum) private view {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        console.log(name, used);
        assertLe(used, maximum, name);
    }
}
