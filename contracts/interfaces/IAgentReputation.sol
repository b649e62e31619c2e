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
    /// @param valueDecimals Decimals of the value, 0 to 18, inclusive.
    /// @param tag1 First tag; may be empty.
    /// @param tag2 Second tag; may be empty.
    /// @param endpoint What of the agent was used; may be empty.
    /// @param feedbackURI Where more about it is; may be empty.
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

    /// @param count How much feedback stands.
    /// @param weight Sum of what was paid, base units.
    /// @param weightedSum Sum of weight times value in 18 decimals.
    struct Reputation {
        uint64 count;
        uint128 weight;
        int256 weightedSum;
    }

    /// @notice The agent offers no model: nothing can have been settled for it.
    /// @param agentId The agent's number, from 1.
    error AgentReputation_NoModel(uint256 agentId);

    /// @notice Only a channel's payer weighs by it.
    /// @param channel The market's channel.
    /// @param caller Who called.
    /// @param payer Whose channel it is; zero for one that was never opened.
    error AgentReputation_NotPayer(bytes32 channel, address caller, address payer);

    /// @notice Owner, operators and wallet of an agent give it no feedback, nor does a runner that pays itself.
    /// @param agentId The agent's number, from 1.
    /// @param client Who called.
    error AgentReputation_SelfDealing(uint256 agentId, address client);

    /// @notice Nothing has been settled that has not weighed before, or feedback would weigh nothing.
    /// @param agentId The agent's number, from 1.
    /// @param client Who called.
    error AgentReputation_NothingSettled(uint256 agentId, address client);

    /// @notice A value has more decimals than one may.
    /// @param valueDecimals What was given.
    /// @param maximum 18, inclusive.
    error AgentReputation_DecimalsOutOfRange(uint8 valueDecimals, uint8 maximum);

    /// @notice A value is larger in size than one may be: 1e38 in 18 decimals, inclusive.
    /// @param value What was given, times 10^-valueDecimals.
    /// @param valueDecimals Its decimals, 0 to 18.
    error AgentReputation_ValueOutOfRange(int128 value, uint8 valueDecimals);

    /// @notice The client gave no feedback of that index.
    /// @param agentId The agent's number, from 1.
    /// @param client Who gave, or is to give, feedback.
    /// @param feedbackIndex What was asked for.
    error AgentReputation_UnknownFeedback(uint256 agentId, address client, uint64 feedbackIndex);

    /// @notice The feedback was revoked before.
    /// @param agentId The agent's number, from 1.
    /// @param client Who gave, or is to give, feedback.
    /// @param feedbackIndex Of the client's feedback on the agent, from 1.
    error AgentReputation_FeedbackIsRevoked(uint256 agentId, address client, uint64 feedbackIndex);

    /// @notice A response without a URI says nothing.
    error AgentReputation_EmptyURI();

    /// @notice A list of clients or responders is longer than one may be, or a summary names nobody.
    /// @param count How many were named.
    /// @param maximum 64, inclusive.
    error AgentReputation_ClientCountOutOfRange(uint256 count, uint256 maximum);

    /// @notice There is more feedback to look through than one call reads.
    /// @param count How much there is of the clients that were named.
    /// @param maximum 1,024, inclusive.
    error AgentReputation_TooMuchFeedback(uint256 count, uint256 maximum);

    /// @notice A client has given feedback on an agent.
    /// @param agentId The agent's number, from 1.
    /// @param clientAddress Who gave the feedback.
    /// @param feedbackIndex Of the client's feedback on the agent, from 1.
    /// @param value Times 10^-valueDecimals; in 18 decimals at most 1e38 in size, inclusive.
    /// @param valueDecimals Decimals of the value, 0 to 18, inclusive.
    /// @param indexedTag1 The first tag, to filter by: its hash is the topic.
    /// @param tag1 First tag; may be empty.
    /// @param tag2 Second tag; may be empty.
    /// @param endpoint What of the agent was used; may be empty. Told by the event alone.
    /// @param feedbackURI Where more about it is; may be empty. Told by the event alone.
    /// @param feedbackHash `keccak256` of what `feedbackURI` holds; 0 if that is content-addressed. Told by the event
    /// alone.
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
    /// @param agentId The agent's number, from 1.
    /// @param clientAddress Who gave the feedback.
    /// @param feedbackIndex Of the client's feedback on the agent, from 1.
    event FeedbackRevoked(uint256 indexed agentId, address indexed clientAddress, uint64 indexed feedbackIndex);

    /// @notice Somebody has answered feedback; anyone may.
    /// @param agentId The agent's number, from 1.
    /// @param clientAddress Who gave the feedback.
    /// @param feedbackIndex Of the client's feedback on the agent, from 1.
    /// @param responder Who answered.
    /// @param responseURI Where the response is; not empty.
    /// @param responseHash `keccak256` of what `responseURI` holds; 0 if that is content-addressed.
    event ResponseAppended(
        uint256 indexed agentId,
        address indexed clientAddress,
        uint64 feedbackIndex,
        address indexed responder,
        string responseURI,
        bytes32 responseHash
    );

    /// @notice What a client had settled for the agent's model became weight of its next feedback.
    /// @param agentId The agent's number, from 1.
    /// @param client The channel's payer.
    /// @param channel Where it was settled.
    /// @param model Number in the model registry, from 1.
    /// @param amount What newly weighs, base units of OPEN, more than 0.
    /// @param weighedAfter What of the channel's settled amount for the model has weighed, over all agents, base units.
    /// @param weightAfter What the client's next feedback on the agent weighs, base units.
    event SettlementWeighed(
        uint256 indexed agentId,
        address indexed client,
        bytes32 indexed channel,
        uint64 model,
        uint96 amount,
        uint96 weighedAfter,
        uint96 weightAfter
    );

    /// @notice What feedback weighs; follows each `NewFeedback`.
    /// @param agentId The agent's number, from 1.
    /// @param client Who gave, or is to give, feedback.
    /// @param feedbackIndex Of the client's feedback on the agent, from 1.
    /// @param model What the agent offered then.
    /// @param weight What the client had paid for, base units of OPEN, more than 0.
    event FeedbackWeighed(
        uint256 indexed agentId, address indexed client, uint64 feedbackIndex, uint64 indexed model, uint96 weight
    );

    /// @notice An agent's reputation by a model; follows each feedback and each revocation.
    /// @param agentId The agent's number, from 1.
    /// @param model Number in the model registry, from 1.
    /// @param reputation What it is now, over all clients and tags.
    event ReputationChanged(uint256 indexed agentId, uint64 indexed model, Reputation reputation);

    /// @notice Turns what newly settled in a channel of the caller's, for the agent's model, into weight of the caller's next
    /// feedback on the agent.
    /// @dev Reverts when nothing did, and for owner, operators and wallet of the agent and the channel's own runner.
    /// @param agentId The agent's number, from 1.
    /// @param channel The market's channel, whose payer is the caller.
    /// @return weightAfter What the caller's next feedback on the agent weighs, base units of OPEN.
    function weigh(uint256 agentId, bytes32 channel) external returns (uint96 weightAfter);

    /// @notice Gives feedback that weighs all the caller's weight for the agent's model, which must not be zero.
    /// @param agentId The agent's number, from 1.
    /// @param value Times 10^-valueDecimals; in 18 decimals at most 1e38 in size, inclusive.
    /// @param valueDecimals Decimals of the value, 0 to 18, inclusive.
    /// @param tag1 First tag; may be empty.
    /// @param tag2 Second tag; may be empty.
    /// @param endpoint What of the agent was used; may be empty. Told by the event alone.
    /// @param feedbackURI Where more about it is; may be empty. Told by the event alone.
    /// @param feedbackHash `keccak256` of what `feedbackURI` holds; 0 if that is content-addressed. Told by the event
    /// alone.
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
    /// @param agentId The agent's number, from 1.
    /// @param channel The market's channel, whose payer is the caller.
    /// @param feedback As `giveFeedback` takes it.
    function rate(uint256 agentId, bytes32 channel, Feedback calldata feedback) external;

    /// @notice Takes feedback of the caller's out of the agent's reputation. Its weight is spent.
    /// @param agentId The agent's number, from 1.
    /// @param feedbackIndex Of the caller's feedback on the agent, from 1.
    function revokeFeedback(uint256 agentId, uint64 feedbackIndex) external;

    /// @notice Attaches a response to feedback; anyone may.
    /// @param agentId The agent's number, from 1.
    /// @param clientAddress Who gave the feedback.
    /// @param feedbackIndex Of the client's feedback on the agent, from 1.
    /// @param responseURI Where the response is; not empty.
    /// @param responseHash `keccak256` of what `responseURI` holds; 0 if that is content-addressed.
    function appendResponse(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        string calldata responseURI,
        bytes32 responseHash
    ) external;

    /// @notice The registry of the agents.
    /// @return identityRegistry The agent registry.
    function getIdentityRegistry() external view returns (address identityRegistry);

    /// @notice What a client's next feedback on the agent weighs, for the model that it offers now.
    /// @param agentId The agent's number, from 1.
    /// @param client Whose feedback.
    /// @return Base units of OPEN; 0 where nothing new is settled and weighed.
    function weightOf(uint256 agentId, address client) external view returns (uint96);

    /// @notice What of a channel's settled amount for a model has weighed.
    /// @param channel The market's channel.
    /// @param model Number in the model registry, from 1.
    /// @return Base units of OPEN, over all agents.
    function weighedOf(bytes32 channel, uint64 model) external view returns (uint96);

    /// @notice Reputation of an agent by a model.
    /// @param agentId The agent's number, from 1.
    /// @param model Number in the model registry, from 1.
    /// @param client Whose feedback counts; 0 for all.
    /// @param tag1 First tag that counts; empty for all.
    /// @param tag2 Second tag that counts; empty for all.
    /// @return Count, weight and weighted sum; all zeros without feedback.
    function reputationOf(uint256 agentId, uint64 model, address client, string calldata tag1, string calldata tag2)
        external
        view
        returns (Reputation memory);

    /// @notice Mean of clients' feedback by the model that the agent offers now, weighted by what they paid, rounded to zero.
    /// @param agentId The agent's number, from 1.
    /// @param clientAddresses Whose feedback counts, 1 to 64, inclusive; one named twice counts twice.
    /// @param tag1 First tag that counts; empty for all.
    /// @param tag2 Second tag that counts; empty for all.
    /// @return count How much feedback counts; revoked feedback does not.
    /// @return summaryValue The mean, times 10^-summaryValueDecimals.
    /// @return summaryValueDecimals 18, or 0 without feedback.
    function getSummary(uint256 agentId, address[] calldata clientAddresses, string calldata tag1, string calldata tag2)
        external
        view
        returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals);

    /// @notice Feedback as it was given, and whether it is revoked.
    /// @param agentId The agent's number, from 1.
    /// @param clientAddress Who gave the feedback.
    /// @param feedbackIndex From 1.
    /// @return value Times 10^-valueDecimals.
    /// @return valueDecimals 0 to 18.
    /// @return tag1 First tag; may be empty.
    /// @return tag2 Second tag; may be empty.
    /// @return isRevoked Whether its giver has taken it back.
    function readFeedback(uint256 agentId, address clientAddress, uint64 feedbackIndex)
        external
        view
        returns (int128 value, uint8 valueDecimals, string memory tag1, string memory tag2, bool isRevoked);

    /// @notice What a client's feedback weighed, and by which model.
    /// @param agentId The agent's number, from 1.
    /// @param clientAddress Who gave the feedback.
    /// @param feedbackIndex Of the client's feedback on the agent, from 1.
    /// @return weight Base units of OPEN, as it was given, revoked or not.
    /// @return model What the agent offered then.
    function feedbackWeightOf(uint256 agentId, address clientAddress, uint64 feedbackIndex)
        external
        view
        returns (uint96 weight, uint64 model);

    /// @notice Feedback of several clients, of all when none is named.
    /// @dev Reverts with more than 64 clients or 1,024 feedbacks to look through: read those from events.
    /// @param agentId The agent's number, from 1.
    /// @param clientAddresses Whose feedback, at most 64, inclusive; none for all clients, if they are not more.
    /// @param tag1 First tag that counts; empty for all.
    /// @param tag2 Second tag that counts; empty for all.
    /// @param includeRevoked Whether revoked feedback is listed too.
    /// @return clients Who gave it; all lists are of one length, one place a feedback.
    /// @return feedbackIndexes Its index by that client, from 1.
    /// @return values Times 10^-valueDecimals.
    /// @return valueDecimals 0 to 18.
    /// @return tag1s First tags.
    /// @return tag2s Second tags.
    /// @return revokedStatuses Whether it is revoked.
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
    /// @param agentId The agent's number, from 1.
    /// @param clientAddress Whose feedback; 0 for all.
    /// @param feedbackIndex Which of the client's, from 1; 0 for all. Not looked at for all clients.
    /// @param responders Whose answers count, at most 64, inclusive; none for all.
    /// @return count How many answers.
    function getResponseCount(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        address[] calldata responders
    ) external view returns (uint64 count);

    /// @notice All who ever gave feedback on an agent, each once.
    /// @dev Warning: as long as there are clients; nothing here loops over it. Contracts are not to call it.
    /// @param agentId The agent's number, from 1.
    /// @return The clients, in the order of their first feedback.
    function getClients(uint256 agentId) external view returns (address[] memory);

    /// @notice Index of a client's newest feedback on an agent, 0 where it gave none.
    /// @param agentId The agent's number, from 1.
    /// @param clientAddress Who gave the feedback.
    /// @return The index.
    function getLastIndex(uint256 agentId, address clientAddress) external view returns (uint64);
}
