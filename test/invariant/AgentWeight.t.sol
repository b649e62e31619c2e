// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAgentRegistry} from "../../contracts/interfaces/IAgentRegistry.sol";
import {IAgentReputation} from "../../contracts/interfaces/IAgentReputation.sol";
import {FakeChannels} from "../fixture/AgentFakes.sol";
import {AgentHandler} from "./AgentHandler.sol";
import {Test} from "forge-std/Test.sol";

/// @notice What holds of agents and their reputation whatever is paid and said.
/// @dev AGENT-1 what weighed of a channel is at most what settled, and all of it is some client's weight or some feedback's.
/// AGENT-2 an agent's reputation weighs what stands of its feedback. AGENT-3 sums over clients are the sum over all.
/// AGENT-4 nobody weighs for or rates what is his own. AGENT-5 no wallet outlives a sale.
/// forge-config: default.invariant.runs = 32
/// forge-config: deep.invariant.runs = 4096
/// forge-config: default.invariant.fail-on-revert = true
contract AgentWeightTest is Test {
    AgentHandler private handler;
    IAgentRegistry private agents;
    IAgentReputation private reputation;
    FakeChannels private channels;

    function setUp() public {
        handler = new AgentHandler();
        handler.setUp();
        (agents, reputation, channels) = handler.parts();
        bytes4[] memory selectors = new bytes4[](7);
        selectors[0] = AgentHandler.settle.selector;
        selectors[1] = AgentHandler.weigh.selector;
        selectors[2] = AgentHandler.give.selector;
        selectors[3] = AgentHandler.revoke.selector;
        selectors[4] = AgentHandler.swapModel.selector;
        selectors[5] = AgentHandler.sell.selector;
        selectors[6] = AgentHandler.payAndWeigh.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    /// @dev The invariants say nothing where the handler does nothing.
    function test_HandlerDoesEverything() public {
        for (uint256 i = 0; i < 300; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            handler.settle(seed, uint64(seed >> 8), uint96(seed >> 16));
            handler.weigh(seed >> 1, seed);
            handler.give(seed >> 1, (seed % 16) / 4, int128(int256(seed % 100)), uint8(seed >> 24));
            if (i % 4 == 0) handler.revoke(seed >> 1, seed >> 2, uint64(seed >> 3));
            if (i % 9 == 0) handler.swapModel(seed >> 1, uint64(seed >> 4));
            if (i % 9 == 0) handler.sell(seed >> 1, seed >> 5);
        }

        assertGt(handler.ratings(), 50, "ratings");
        assertGt(handler.revocations(), 5, "revocations");
        _AGENT1_WeightIsWhatWasPaid();
        _AGENT2_ReputationWeighsWhatStands();
        _AGENT3_ClientsAddUp();
        _AGENT4_NobodyRatesHisOwn();
        _AGENT5_NoWalletOutlivesASale();
        invariant_AgentWeight();
    }

    /// @dev All in one campaign: each call is followed by each property.
    function invariant_AgentWeight() public view {
        _AGENT1_WeightIsWhatWasPaid();
        _AGENT2_ReputationWeighsWhatStands();
        _AGENT3_ClientsAddUp();
        _AGENT4_NobodyRatesHisOwn();
        _AGENT5_NoWalletOutlivesASale();
    }

    function _AGENT1_WeightIsWhatWasPaid() private view {
        uint256 weighed;
        uint256 gained;
        for (uint64 model = 1; model < 3; ++model) {
            for (uint256 i = 0; i < 16; ++i) {
                bytes32 channel = handler.channelIds(i);
                uint96 one = reputation.weighedOf(channel, model);
                assertLe(one, channels.modelClaimedOf(channel, model), "AGENT-1 settled");
                weighed += one;
            }
            gained += handler.gained(1, model) + handler.gained(2, model);
        }
        assertEq(weighed, gained, "AGENT-1 once");
        for (uint256 agentId = 1; agentId < 3; ++agentId) {
            uint64 model = agents.offerOf(agentId).model;
            uint256 left;
            for (uint256 i = 0; i < 4; ++i) {
                left += reputation.weightOf(agentId, handler.accounts(i));
            }
            assertEq(left, handler.gained(agentId, model) - handler.spent(agentId, model), "AGENT-1 left");
        }
    }

    function _AGENT2_ReputationWeighsWhatStands() private view {
        for (uint256 agentId = 1; agentId < 3; ++agentId) {
            for (uint64 model = 1; model < 3; ++model) {
                IAgentReputation.Reputation memory all = reputation.reputationOf(agentId, model, address(0), "", "");
                assertEq(all.weight, handler.spent(agentId, model) - handler.revoked(agentId, model), "AGENT-2");
            }
        }
    }

    function _AGENT3_ClientsAddUp() private view {
        for (uint256 agentId = 1; agentId < 3; ++agentId) {
            for (uint64 model = 1; model < 3; ++model) {
                IAgentReputation.Reputation memory all = reputation.reputationOf(agentId, model, address(0), "", "");
                for (uint256 i = 0; i < 4; ++i) {
                    IAgentReputation.Reputation memory one =
                        reputation.reputationOf(agentId, model, handler.accounts(i), "", "");
                    all.count -= one.count;
                    all.weight -= one.weight;
                    all.weightedSum -= one.weightedSum;
                }
                assertEq(all.count, 0, "AGENT-3 count");
                assertEq(all.weight, 0, "AGENT-3 weight");
                assertEq(all.weightedSum, 0, "AGENT-3 sum");
            }
        }
    }

    function _AGENT4_NobodyRatesHisOwn() private view {
        assertFalse(handler.selfDealt(), "AGENT-4");
    }

    function _AGENT5_NoWalletOutlivesASale() private view {
        assertFalse(handler.walletOutlivedSale(), "AGENT-5");
    }
}
