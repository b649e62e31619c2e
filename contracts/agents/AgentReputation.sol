// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAgentRegistry} from "../interfaces/IAgentRegistry.sol";
import {IAgentReputation} from "../interfaces/IAgentReputation.sol";
import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {ReputationLib} from "./ReputationLib.sol";
import {ReputationStorageLib} from "./ReputationStorageLib.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// @title AgentReputation
/// @notice Owns agents' reputation: feedback of those who paid for answers, and what was answered to it.
contract AgentReputation is IAgentReputation, UUPSUpgradeable, AccessManagedUpgradeable {
    /// @notice The registry of the agents that feedback is about.
    IAgentRegistry public immutable agents;
    /// @notice The market whose settlements feedback weighs by.
    IInferenceMarket public immutable market;

    /// @notice Fixes what no upgrade of storage changes: whom it asks.
    /// @param agents_ The agent registry.
    /// @param market_ The market.
    constructor(IAgentRegistry agents_, IInferenceMarket market_) {
        agents = agents_;
        market = market_;
        _disableInitializers();
    }

    /// @notice Hands the proxy over to its authority, once.
    /// @param authority The AccessManager that governs upgrades.
    function initialize(address authority) external initializer {
        __AccessManaged_init(authority);
    }

    /// @inheritdoc IAgentReputation
    function weigh(uint256 agentId, bytes32 channel) external returns (uint96 weightAfter) {
        return _weigh(agentId, channel);
    }

    /// @inheritdoc IAgentReputation
    /// @dev In memory each takes one place on the stack, which has no more.
    function giveFeedback( // solhint-disable-line gas-calldata-parameters
        uint256 agentId,
        int128 value,
        uint8 valueDecimals,
        string memory tag1,
        string memory tag2,
        string memory endpoint,
        string memory feedbackURI,
        bytes32 feedbackHash
    ) external {
        _give(agentId, Feedback(value, valueDecimals, tag1, tag2, endpoint, feedbackURI, feedbackHash));
    }

    /// @inheritdoc IAgentReputation
    function rate(uint256 agentId, bytes32 channel, Feedback calldata feedback) external {
        _weigh(agentId, channel);
        _give(agentId, feedback);
    }

    /// @inheritdoc IAgentReputation
    function revokeFeedback(uint256 agentId, uint64 feedbackIndex) external {
        uint64 model = ReputationLib.revoke(agentId, msg.sender, feedbackIndex);

        emit FeedbackRevoked(agentId, msg.sender, feedbackIndex);
        emit ReputationChanged(agentId, model, ReputationLib.reputationOf(agentId, model, address(0), 0, 0));
    }

    /// @inheritdoc IAgentReputation
    function appendResponse(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        string calldata responseURI,
        bytes32 responseHash
    ) external {
        ReputationLib.known(agentId, clientAddress, feedbackIndex);
        if (bytes(responseURI).length == 0) revert AgentReputation_EmptyURI();

        ReputationLib.respond(agentId, clientAddress, feedbackIndex, msg.sender);

        emit ResponseAppended(agentId, clientAddress, feedbackIndex, msg.sender, responseURI, responseHash);
    }

    /// @inheritdoc IAgentReputation
    function getIdentityRegistry() external view returns (address identityRegistry) {
        return address(agents);
    }

    /// @inheritdoc IAgentReputation
    function weightOf(uint256 agentId, address client) external view returns (uint96) {
        ReputationStorageLib.Layout storage $ = ReputationStorageLib.load();
        return $.weight[agentId][agents.offerOf(agentId).model][client];
    }

    /// @inheritdoc IAgentReputation
    function weighedOf(bytes32 channel, uint64 model) external view returns (uint96) {
        return ReputationStorageLib.load().weighed[channel][model];
    }

    /// @inheritdoc IAgentReputation
    function reputationOf(uint256 agentId, uint64 model, address client, string calldata tag1, string calldata tag2)
        external
        view
        returns (Reputation memory)
    {
        return
            ReputationLib.reputationOf(agentId, model, client, ReputationLib.tagHash(tag1), ReputationLib.tagHash(tag2));
    }

    /// @inheritdoc IAgentReputation
    function getSummary(uint256 agentId, address[] calldata clientAddresses, string calldata tag1, string calldata tag2)
        external
        view
        returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals)
    {
        uint64 model = agents.offerOf(agentId).model;
        return ReputationLib.summaryOf(
            agentId, model, clientAddresses, ReputationLib.tagHash(tag1), ReputationLib.tagHash(tag2)
        );
    }

    /// @inheritdoc IAgentReputation
    function readFeedback(uint256 agentId, address clientAddress, uint64 feedbackIndex)
        external
        view
        returns (int128 value, uint8 valueDecimals, string memory tag1, string memory tag2, bool isRevoked)
    {
        ReputationStorageLib.StoredFeedback storage f = ReputationLib.known(agentId, clientAddress, feedbackIndex);
        return (f.value, f.valueDecimals, f.tag1, f.tag2, f.isRevoked);
    }

    /// @inheritdoc IAgentReputation
    function feedbackWeightOf(uint256 agentId, address clientAddress, uint64 feedbackIndex)
        external
        view
        returns (uint96 weight, uint64 model)
    {
        ReputationStorageLib.StoredFeedback storage f = ReputationLib.known(agentId, clientAddress, feedbackIndex);
        return (f.weight, f.model);
    }

    /// @inheritdoc IAgentReputation
    /// @dev In memory each takes one place on the stack, which has no more.
    function readAllFeedback( // solhint-disable-line gas-calldata-parameters
        uint256 agentId,
        address[] memory clientAddresses,
        string memory tag1,
        string memory tag2,
        bool includeRevoked
    )
        external
        view
        returns (
            address[] memory clients,
            uint64[] memory feedbackIndexes,
            int128[] memory values,
            uint8[] memory valueDecimals,
            string[] memory tag1s,
            string[] memory tag2s,
            bool[] memory revokedStatuses
        )
    {
        ReputationLib.Page memory page = ReputationLib.read(
            agentId, clientAddresses, ReputationLib.tagHash(tag1), ReputationLib.tagHash(tag2), includeRevoked
        );
        clients = page.clients;
        feedbackIndexes = page.indexes;
        values = page.values;
        valueDecimals = page.decimals;
        tag1s = page.tag1s;
        tag2s = page.tag2s;
        revokedStatuses = page.revoked;
    }

    /// @inheritdoc IAgentReputation
    function getResponseCount(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        address[] calldata responders
    ) external view returns (uint64 count) {
        return ReputationLib.responseCountOf(agentId, clientAddress, feedbackIndex, responders);
    }

    /// @inheritdoc IAgentReputation
    function getClients(uint256 agentId) external view returns (address[] memory) {
        return ReputationStorageLib.load().clients[agentId];
    }

    /// @inheritdoc IAgentReputation
    function getLastIndex(uint256 agentId, address clientAddress) external view returns (uint64) {
        return ReputationStorageLib.load().lastIndex[agentId][clientAddress];
    }

    // solhint-disable-next-line no-empty-blocks
    function _authorizeUpgrade(address) internal override restricted {}

    function _weigh(uint256 agentId, bytes32 channel) private returns (uint96 weightAfter) {
        _requireStranger(agentId);
        ReputationStorageLib.Layout storage $ = ReputationStorageLib.load();
        uint64 model = agents.offerOf(agentId).model;
        if (model == 0) revert AgentReputation_NoModel(agentId);
        IInferenceMarket.Channel memory c = market.channelOf(channel);
        if (c.payer != msg.sender) revert AgentReputation_NotPayer(channel, msg.sender, c.payer);
        if (c.runner == msg.sender) revert AgentReputation_SelfDealing(agentId, msg.sender);
        uint96 settled = market.modelClaimedOf(channel, model);
        uint96 before = $.weighed[channel][model];
        if (settled <= before) revert AgentReputation_NothingSettled(agentId, msg.sender);

        $.weighed[channel][model] = settled;
        weightAfter = $.weight[agentId][model][msg.sender] + (settled - before);
        $.weight[agentId][model][msg.sender] = weightAfter;

        emit SettlementWeighed(agentId, msg.sender, channel, model, settled - before, settled, weightAfter);
    }

    function _give(uint256 agentId, Feedback memory feedback) private {
        _requireStranger(agentId);
        ReputationLib.requireSound(feedback.value, feedback.valueDecimals);
        uint64 model = agents.offerOf(agentId).model;

        (uint64 index, uint96 weight) = ReputationLib.give(agentId, model, msg.sender, feedback);

        _emitFeedback(agentId, index, feedback);
        emit FeedbackWeighed(agentId, msg.sender, index, model, weight);
        emit ReputationChanged(agentId, model, ReputationLib.reputationOf(agentId, model, address(0), 0, 0));
    }

    function _emitFeedback(uint256 agentId, uint64 index, Feedback memory feedback) private {
        emit NewFeedback(
            agentId,
            msg.sender,
            index,
            feedback.value,
            feedback.valueDecimals,
            feedback.tag1,
            feedback.tag1,
            feedback.tag2,
            feedback.endpoint,
            feedback.feedbackURI,
            feedback.feedbackHash
        );
    }

    /// @dev Whoever gains by an agent's reputation gives it none.
    function _requireStranger(uint256 agentId) private view {
        if (agents.isAuthorizedOrOwner(msg.sender, agentId) || msg.sender == agents.getAgentWallet(agentId)) {
            revert AgentReputation_SelfDealing(agentId, msg.sender);
        }
    }
}
