// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentReputation} from "../../contracts/interfaces/IAgentReputation.sol";
import {AgentFixture} from "../fixture/AgentFixture.sol";
import {GasSnapshots} from "./GasSnapshots.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @notice Gas of each action as a transaction of its own: with cold storage, 21,000 and the calldata.
/// forge-config: default.isolate = true
contract AgentReputationGasTest is GasSnapshots, AgentFixture {
    function test_Register() public {
        uint256 registered = _register(stranger);
        _record("register_an_agent");

        assertEq(IERC721(address(agents)).ownerOf(registered), stranger);
    }

    function test_RateAndRevoke() public {
        _rate();
        _record("rate_first");
        _rate();
        _record("rate_again");
        vm.prank(payer);
        reputation.revokeFeedback(agent, 1);
        _record("revoke_feedback");

        (,,,, bool isRevoked) = reputation.readFeedback(agent, payer, 1);
        assertTrue(isRevoked);
        (,,,, isRevoked) = reputation.readFeedback(agent, payer, 2);
        assertFalse(isRevoked);
    }

    function _rate() private {
        channels.settle(CHANNEL, MODEL, 100);
        vm.prank(payer);
        reputation.rate(agent, CHANNEL, IAgentReputation.Feedback(87, 0, "starred", "", "", "ipfs://f", 0));
    }
}
