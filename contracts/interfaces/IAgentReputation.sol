// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title IAgentReputation
/// @notice Owns agents' reputation: feedback of those who paid for answers, and what was answered to it.
/// @dev The reputation registry of ERC-8004: names, parameters and events of its functions are the standard's.
///
/// STATES. Feedback stands, or its giver has revoked it, for good.
///
/// WEIGHT. Feedback weighs what its giver paid. What was settled in a payer's channel for the model that an agent offers, and
/// has not weighed before, becomes weight of that payer's next feedback on the agent: `weigh`, then `giveFeedback`, or `rate`
/// for both. An amount weighs once, whatever the agent. Owner, operators and wallet of the agent give none, nor does a runner
/// that pays itself. Sums are kept by model: an agent that offers another model starts anew.
///
/// MONEY. None is held or moved here.
///
/// TRUST. Nobody's word but payers'. Whoever pays through a straw man to a runner of his own still pays what protocol,
/// security, stakers, data and model take of every answer: that, in OPEN, is what false feedback costs by weight.
///
/// LIVENESS. Nothing that writes loops over what users can grow: sums are kept as feedback comes and goes.
///
/// NOT DONE. A batch that is struck leaves the weight it gave. The validation registry of ERC-8004.
interface IAgentReputation {
    /// @param value Times 10^-valueDecimals. In 18 decimals at most 1e38 in size.
    /// @param feedbackHash `keccak256` of what `feedbackURI` holds; 0 if that is content-addressed.
    struct Feedback {
        int128 value;
        uint8 valueDecimals;
        string tag1;
        string tag2;
        string endpoint;
        string feedbackURI;
        bytes32 feedbackHash;
    }

    /// @param weight Sum of what was paid, base units. @param weightedSum Sum of weight times value in 18 decimals.
    struct Reputation {
        uint64 count;
        uint128 weight;
        int256 weightedSum;
    }

    error AgentReputation_NoModel(uint256 agentId);
    error AgentReputation_NotPayer(bytes32 channel, address caller, address payer);
    error AgentReputation_SelfDealing(uint256 agentId, address client);
    error AgentReputation_NothingSettled(uint256 agentId, address client);
    error AgentReputation_DecimalsOutOfRange(uint8 valueDecimals, uint8 maximum);
    error AgentReputation_ValueOutOfRange(int128 value, uint8 valueDecimals);
    error AgentReputation_UnknownFeedback(uint256 agentId, address client, uint64 feedbackIndex);
    error AgentReputation_FeedbackIsRevoked(uint256 agentId, address client, uint64 feedbackIndex);
    error AgentReputation_EmptyURI();
    error AgentReputation_ClientCountOutOfRange(uint256 count, uint256 maximum);
    error AgentReputation_TooMuchFeedback(uint256 count, uint256 maximum);

    /// @notice A client has given feedback on an agent.
    event NewFeedback(
        uint256 indexed agentId,
        address indexed clientAddress,
        uint64 feedbackIndex,
        int128 value,
        uint8 valueDecimals,
        string indexed indexedTag1,
        string tag1,
        string tag2,
        string endpoint,
        string feedbackURI,
        bytes32 feedbackHash
    );

    /// @notice A client has taken its feedback back, and the weight with it, for good.
    event FeedbackRevoked(uint256 indexed agentId, address indexed clientAddress, uint64 indexed feedbackIndex);

    /// @notice Somebody has answered feedback; anyone may.
    event ResponseAppended(
        uint256 indexed agentId,
        address indexed clientAddress,
        uint64 feedbackIndex,
        address indexed responder,
        string responseURI,
        bytes32 responseHash
    );

    /// @notice What a client had settled for the agent's model became weight of its next feedback.
    /// @param weighedAfter What of the channel's settled amount for the model has weighed, over all agents.
    /// @param weightAfter What the client's next feedback on the agent weighs.
    event SettlementWeighed(
        uint256 indexed agentId,
        address indexed client,
        bytes32 indexed channel,
        uint64 model,
        uint96 amount,
        uint96 weighedAfter,
        uint96 weightAfter
    );
    /// @notice Follows each `NewFeedback`.
    event FeedbackWeighed(
        uint256 indexed agentId, address indexed client, uint64 feedbackIndex, uint64 indexed model, uint96 weight
    );
    /// @notice Follows each feedback and each revocation. @param reputation Over all clients and tags.
    event ReputationChanged(uint256 indexed agentId, uint64 indexed model, Reputation reputation);

    /// @notice Turns what newly settled in a channel of the caller's, for the agent's model, into weight of the caller's next
    /// feedback on the agent.
    /// @dev Reverts when nothing did, and for owner, operators and wallet of the agent and the channel's own runner.
    function weigh(uint256 agentId, bytes32 channel) external returns (uint96 weightAfter);

    /// @notice Gives feedback that weighs all the caller's weight for the agent's model, which must not be zero.
    function giveFeedback(
        uint256 agentId,
        int128 value,
        uint8 valueDecimals,
        string calldata tag1,
        string calldata tag2,
        string calldata endpoint,
        string calldata feedbackURI,
        bytes32 feedbackHash
    ) external;

    /// @notice `weigh` and `giveFeedback` in one.
    function rate(uint256 agentId, bytes32 channel, Feedback calldata feedback) external;

    /// @notice Takes feedback of the caller's out of the agent's reputation. Its weight is spent.
    function revokeFeedback(uint256 agentId, uint64 feedbackIndex) external;

    /// @notice Attaches a response to feedback; anyone may.
    function appendResponse(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        string calldata responseURI,
        bytes32 responseHash
    ) external;

    /// @notice The registry of the agents.
    function getIdentityRegistry() external view returns (address identityRegistry);

    /// @notice What a client's next feedback on the agent weighs, for the model that it offers now.
    function weightOf(uint256 agentId, address client) external view returns (uint96);

    /// @notice What of a channel's settled amount for a model has weighed.
    function weighedOf(bytes32 channel, uint64 model) external view returns (uint96);

    /// @notice Reputation by a model. @param client 0 for all. @param tag1 Empty for all. @param tag2 Empty for all.
    function reputationOf(uint256 agentId, uint64 model, address client, string calldata tag1, string calldata tag2)
        external
        view
        returns (Reputation memory);

    /// @notice Mean of clients' feedback by the model that the agent offers now, weighted by what they paid, rounded to zero.
    /// @param clientAddresses 1 to 64; one named twice counts twice. @return summaryValueDecimals 18, or 0 without feedback.
    function getSummary(uint256 agentId, address[] calldata clientAddresses, string calldata tag1, string calldata tag2)
        external
        view
        returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals);

    /// @notice Feedback as it was given, and whether it is revoked.
    /// @param feedbackIndex From 1.
    function readFeedback(uint256 agentId, address clientAddress, uint64 feedbackIndex)
        external
        view
        returns (int128 value, uint8 valueDecimals, string memory tag1, string memory tag2, bool isRevoked);

    /// @notice What a client's feedback weighed, and by which model.
    function feedbackWeightOf(uint256 agentId, address clientAddress, uint64 feedbackIndex)
        external
        view
        returns (uint96 weight, uint64 model);

    /// @notice Feedback of several clients, of all when none is named.
    /// @dev Reverts with more than 64 clients or 1,024 feedbacks to look through: read those from events.
    function readAllFeedback(
        uint256 agentId,
        address[] calldata clientAddresses,
        string calldata tag1,
        string calldata tag2,
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
        );

    /// @notice How often feedback was answered, by anyone or by those named.
    /// @param clientAddress 0 for all. @param feedbackIndex 0 for all. @param responders At most 64; none for all.
    function getResponseCount(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        address[] calldata responders
    ) external view returns (uint64 count);

    /// @notice All who ever gave feedback on an agent, each once.
    /// @dev Warning: as long as there are clients; nothing here loops over it. Contracts are not to call it.
    function getClients(uint256 agentId) external view returns (address[] memory);

    /// @notice Index of a client's newest feedback on an agent, 0 where it gave none.
    function getLastIndex(uint256 agentId, address clientAddress) external view returns (uint64);
}
