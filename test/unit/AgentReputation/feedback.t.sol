// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentReputation} from "../../../contracts/interfaces/IAgentReputation.sol";
import {AgentFixture} from "../../fixture/AgentFixture.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract AgentReputationFeedbackTest is AgentFixture {
    function test_WeighsWhatWasPaid() public {
        _pay(30);

        vm.expectEmit(address(reputation));
        emit IAgentReputation.NewFeedback(
            agent, payer, 1, 8750, 2, "starred", "starred", "week", "https://a", "ipfs://f", keccak256("f")
        );
        vm.expectEmit(address(reputation));
        emit IAgentReputation.FeedbackWeighed(agent, payer, 1, MODEL, 30);
        vm.expectEmit(address(reputation));
        emit IAgentReputation.ReputationChanged(agent, MODEL, IAgentReputation.Reputation(1, 30, 30 * 87.5e18));
        _give(payer, 8750, 2, "starred", "week");

        assertEq(reputation.weightOf(agent, payer), 0, "spent");
        assertEq(reputation.getLastIndex(agent, payer), 1);
        (uint96 weight, uint64 model) = reputation.feedbackWeightOf(agent, payer, 1);
        assertEq(weight, 30);
        assertEq(model, MODEL);
        (int128 value, uint8 decimals, string memory tag1, string memory tag2, bool isRevoked) =
            reputation.readFeedback(agent, payer, 1);
        assertEq(value, 8750);
        assertEq(decimals, 2);
        assertEq(tag1, "starred");
        assertEq(tag2, "week");
        assertFalse(isRevoked);
        assertEq(reputation.getClients(agent).length, 1);
        assertEq(reputation.getClients(agent)[0], payer);
    }

    function test_RateIsBothInOne() public {
        channels.settle(CHANNEL, MODEL, 4);
        IAgentReputation.Feedback memory f =
            IAgentReputation.Feedback(-3, 0, "starred", "", "https://a", "ipfs://f", keccak256("f"));

        vm.expectEmit(address(reputation));
        emit IAgentReputation.SettlementWeighed(agent, payer, CHANNEL, MODEL, 4, 4, 4);
        vm.expectEmit(address(reputation));
        emit IAgentReputation.NewFeedback(
            agent, payer, 1, -3, 0, "starred", "starred", "", "https://a", "ipfs://f", keccak256("f")
        );
        vm.prank(payer);
        reputation.rate(agent, CHANNEL, f);

        _assertReputation(reputation.reputationOf(agent, MODEL, address(0), "", ""), 1, 4, -12e18);
    }

    function test_RevertGiven_NoWeight() public {
        bytes memory nothing =
            abi.encodeWithSelector(IAgentReputation.AgentReputation_NothingSettled.selector, agent, payer);
        vm.expectRevert(nothing);
        _give(payer, 1, 0, "", "");
        _pay(1);
        _give(payer, 1, 0, "", "");
        vm.expectRevert(nothing);
        _give(payer, 1, 0, "", "");
    }

    function test_RevertWhen_ValueIsOutOfRange() public {
        _pay(1);

        vm.expectRevert(abi.encodeWithSelector(IAgentReputation.AgentReputation_DecimalsOutOfRange.selector, 19, 18));
        _give(payer, 1, 19, "", "");
        vm.expectRevert(
            abi.encodeWithSelector(IAgentReputation.AgentReputation_ValueOutOfRange.selector, int128(1e38 + 1), 18)
        );
        _give(payer, 1e38 + 1, 18, "", "");
        vm.expectRevert(abi.encodeWithSelector(IAgentReputation.AgentReputation_ValueOutOfRange.selector, -1e20 - 1, 0));
        _give(payer, -1e20 - 1, 0, "", "");
        vm.expectRevert(
            abi.encodeWithSelector(IAgentReputation.AgentReputation_ValueOutOfRange.selector, type(int128).min, 0)
        );
        _give(payer, type(int128).min, 0, "", "");
        _give(payer, -1e38, 18, "", "");
    }

    /// @dev The largest of everything: sums neither wrap nor lock later feedback out.
    function test_LargestValuesOfLargestWeights() public {
        _pay(type(uint96).max);
        _give(payer, -1e38, 18, "", "");
        for (uint256 i = 0; i < 20; ++i) {
            bytes32 channel = bytes32(i);
            channels.open(channel, payer, runner);
            channels.settle(channel, MODEL, type(uint96).max);
            vm.prank(payer);
            reputation.weigh(agent, channel);
            _give(payer, -1e20, 0, "", "");
        }

        (uint64 count, int128 mean, uint8 decimals) = reputation.getSummary(agent, _list(payer), "", "");
        assertEq(count, 21);
        assertEq(mean, -1e38);
        assertEq(decimals, 18);
    }

    function test_RevertWhen_ThereIsNoSuchAgent() public {
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 9));
        vm.prank(payer);
        reputation.giveFeedback(9, 1, 0, "", "", "", "", 0);
    }

    function test_RevokeTakesItOut() public {
        _pay(10);
        _give(payer, 50, 0, "starred", "");
        _pay(20);
        _give(payer, 80, 0, "starred", "");

        vm.expectEmit(address(reputation));
        emit IAgentReputation.FeedbackRevoked(agent, payer, 1);
        vm.expectEmit(address(reputation));
        emit IAgentReputation.ReputationChanged(agent, MODEL, IAgentReputation.Reputation(1, 20, 1600e18));
        vm.prank(payer);
        reputation.revokeFeedback(agent, 1);

        _assertReputation(reputation.reputationOf(agent, MODEL, address(0), "", ""), 1, 20, 1600e18);
        _assertReputation(reputation.reputationOf(agent, MODEL, payer, "starred", ""), 1, 20, 1600e18);
        (,,,, bool isRevoked) = reputation.readFeedback(agent, payer, 1);
        assertTrue(isRevoked);
        assertEq(reputation.weightOf(agent, payer), 0, "spent all the same");
    }

    /// @dev What is revoked leaves the sums of the model by which it was paid for, whatever is offered since.
    function test_RevokeAfterTheModelChanged() public {
        _pay(10);
        _give(payer, 50, 0, "", "");
        vm.prank(owner);
        agents.setOffer(agent, 2, 5);

        vm.prank(payer);
        reputation.revokeFeedback(agent, 1);

        _assertReputation(reputation.reputationOf(agent, MODEL, address(0), "", ""), 0, 0, 0);
    }

    function test_Revoke_RevertWhen_UnknownOrRevoked() public {
        _pay(10);
        _give(payer, 50, 0, "", "");

        vm.expectRevert(
            abi.encodeWithSelector(IAgentReputation.AgentReputation_UnknownFeedback.selector, agent, stranger, 1)
        );
        vm.prank(stranger);
        reputation.revokeFeedback(agent, 1);
        vm.startPrank(payer);
        vm.expectRevert(
            abi.encodeWithSelector(IAgentReputation.AgentReputation_UnknownFeedback.selector, agent, payer, 0)
        );
        reputation.revokeFeedback(agent, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IAgentReputation.AgentReputation_UnknownFeedback.selector, agent, payer, 2)
        );
        reputation.revokeFeedback(agent, 2);
        reputation.revokeFeedback(agent, 1);
        vm.expectRevert(
            abi.encodeWithSelector(IAgentReputation.AgentReputation_FeedbackIsRevoked.selector, agent, payer, 1)
        );
        reputation.revokeFeedback(agent, 1);
    }

    function test_ResponsesAreCounted() public {
        address other = makeAddr("other");
        channels.open("other", other, runner);
        channels.settle("other", MODEL, 1);
        _pay(1);
        _give(payer, 1, 0, "", "");
        _pay(1);
        _give(payer, 1, 0, "", "");
        vm.prank(other);
        reputation.weigh(agent, "other");
        _give(other, 1, 0, "", "");

        vm.expectEmit(address(reputation));
        emit IAgentReputation.ResponseAppended(agent, payer, 1, owner, "ipfs://refund", keccak256("refund"));
        vm.prank(owner);
        reputation.appendResponse(agent, payer, 1, "ipfs://refund", keccak256("refund"));
        _respond(owner, payer, 1);
        _respond(stranger, payer, 2);
        _respond(stranger, other, 1);

        address[] memory all = new address[](0);
        assertEq(reputation.getResponseCount(agent, payer, 1, all), 2);
        assertEq(reputation.getResponseCount(agent, payer, 1, _list(owner)), 2);
        assertEq(reputation.getResponseCount(agent, payer, 1, _list(stranger)), 0);
        assertEq(reputation.getResponseCount(agent, payer, 0, all), 3);
        assertEq(reputation.getResponseCount(agent, payer, 0, _list(stranger)), 1);
        assertEq(reputation.getResponseCount(agent, address(0), 0, all), 4);
        assertEq(reputation.getResponseCount(agent, address(0), 7, all), 4, "an index of nobody in particular");
        assertEq(reputation.getResponseCount(agent, address(0), 0, _list(stranger)), 2);
        assertEq(reputation.getResponseCount(agent, address(0), 0, _list(address(0))), 0);
    }

    function test_Respond_RevertWhen_ThereIsNothingToRespondToOrWith() public {
        vm.expectRevert(
            abi.encodeWithSelector(IAgentReputation.AgentReputation_UnknownFeedback.selector, agent, payer, 1)
        );
        reputation.appendResponse(agent, payer, 1, "ipfs://r", 0);
        _pay(1);
        _give(payer, 1, 0, "", "");
        vm.expectRevert(IAgentReputation.AgentReputation_EmptyURI.selector);
        reputation.appendResponse(agent, payer, 1, "", 0);
        vm.expectRevert(
            abi.encodeWithSelector(IAgentReputation.AgentReputation_UnknownFeedback.selector, agent, payer, 2)
        );
        reputation.readFeedback(agent, payer, 2);
    }

    function _respond(address responder, address client, uint64 index) private {
        vm.prank(responder);
        reputation.appendResponse(agent, client, index, "ipfs://r", 0);
    }

    function _list(address one) private pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = one;
    }
}
