// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentReputation} from "../../contracts/interfaces/IAgentReputation.sol";
import {AgentFixture} from "../fixture/AgentFixture.sol";
import {GasSnapshots} from "./GasSnapshots.sol";

/// @notice Gas of each action as a transaction of its own: with cold storage, 21,000 and the calldata.
/// forge-config: default.isolate = true
contract AgentReputationGasTest is GasSnapshots, AgentFixture {
    function test_Register() public {
        _register(stranger);
        _record("register_an_agent");
    }

    function test_RateAndRevoke() public {
        _rate();
        _record("rate_first");
        _rate();
        _record("rate_again");
        vm.prank(payer);
        reputation.revokeFeedback(agent, 1);
        _record("revoke_feedback");
    }

    function _rate() private {
        channels.settle(CHANNEL, MODEL, 100);
        vm.prank(payer);
        reputation.rate(agent, CHANNEL, IAgentReputation.Feedback(87, 0, "starred", "", "", "ipfs://f", 0));
    }
}
