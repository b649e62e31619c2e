// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title IAgentRegistry
/// @notice Owns agents: their identity (ERC-8004), wallet, model and price.
/// @dev The identity registry of ERC-8004: names, parameters and events of its functions are the standard's. An agent's id is
/// its ERC-721 token id, counted from 1; its `agentURI` is the token's URI. `AgentReputation` is the reputation registry.
///
/// STATES. An agent is active while it offers a model that is not deprecated and its owner, or its wallet, has the stake that
/// governance asks of agents. Nothing else depends on it: an inactive agent keeps its identity.
///
/// CLOCKS. A wallet's proof names a deadline (inclusive) at most one hour away, and serves once. A pause of registrations lasts
/// 7 days at most and ends by itself: the first second of working is `registrationPausedUntil`.
///
/// MONEY. None is held or moved here.
///
/// TRUST. Governance pauses registrations, nothing else. What an agent says of itself, behind its URI and in its metadata,
/// nobody vouches for; that its wallet agreed to be its wallet, a signature does.
///
/// NOT DONE. One stake stands behind all agents of its operator.
interface IAgentRegistry {
    /// @param metadataKey Any but "agentWallet".
    /// @param metadataValue Any bytes.
    struct MetadataEntry {
        string metadataKey;
        bytes metadataValue;
    }

    /// @param model Number in the model registry; 0 when nothing is offered.
    /// @param pricePerCall Base units of OPEN.
    struct Offer {
        uint64 model;
        uint96 pricePerCall;
    }

    /// @notice The caller is neither the agent's owner nor its operator.
    /// @param agentId The agent's number, from 1.
    /// @param caller Who called.
    /// @param owner Whose the agent is.
    error AgentRegistry_NotAuthorized(uint256 agentId, address caller, address owner);

    /// @notice The key is that of the agent's wallet, which only a proof sets.
    /// @param metadataKey "agentWallet".
    error AgentRegistry_ReservedKey(string metadataKey);

    /// @notice A registration brings more entries of metadata than one may.
    /// @param count Entries that were brought.
    /// @param maximum 16, inclusive.
    error AgentRegistry_TooManyEntries(uint256 count, uint256 maximum);

    /// @notice The zero address can be nobody's wallet.
    error AgentRegistry_ZeroAddress();

    /// @notice The wallet's proof came after its deadline.
    /// @param deadline Last second in which it counted (inclusive).
    /// @param now_ The block's timestamp.
    error AgentRegistry_ProofExpired(uint256 deadline, uint256 now_);

    /// @notice The wallet's proof names a deadline too far ahead.
    /// @param deadline What it names, timestamp.
    /// @param latest An hour from now, inclusive.
    error AgentRegistry_DeadlineTooFar(uint256 deadline, uint256 latest);

    /// @notice The wallet's proof has served before.
    /// @param digest What the wallet signed, EIP-712.
    error AgentRegistry_ProofUsed(bytes32 digest);

    /// @notice The signature is not the wallet's.
    /// @param wallet Whose it ought to be.
    /// @param digest What ought to be signed, EIP-712.
    error AgentRegistry_WrongProof(address wallet, bytes32 digest);

    /// @notice No agent can offer a deprecated model anew.
    /// @param model Number in the model registry, from 1.
    /// @param deprecatedAt Timestamp at which it was deprecated.
    error AgentRegistry_ModelDeprecated(uint64 model, uint64 deprecatedAt);

    /// @notice No agent can be registered now.
    /// @param until Timestamp from which (inclusive) registrations work.
    error AgentRegistry_RegistrationPaused(uint64 until);

    /// @notice A pause of registrations would last longer than one may.
    /// @param until The end that was asked for, timestamp.
    /// @param latest 7 days from now, inclusive.
    error AgentRegistry_PauseTooLong(uint64 until, uint64 latest);

    /// @notice An agent was registered; its owner is its first wallet.
    /// @param agentId The agent's number, from 1.
    /// @param agentURI Where its registration file is; may be empty.
    /// @param owner Whose it is, and its first wallet.
    event Registered(uint256 indexed agentId, string agentURI, address indexed owner);

    /// @notice A key of an agent's metadata has a new value; the key is given twice, once to filter by.
    /// @param agentId The agent's number, from 1.
    /// @param indexedMetadataKey The key, to filter by: its hash is the topic.
    /// @param metadataKey The key; "agentWallet" where the wallet changed.
    /// @param metadataValue Its new value; of the wallet 20 bytes, or none where it was cleared.
    event MetadataSet(
        uint256 indexed agentId, string indexed indexedMetadataKey, string metadataKey, bytes metadataValue
    );

    /// @notice An agent's URI has changed.
    /// @param agentId The agent's number, from 1.
    /// @param newURI Where the agent's registration file is from now on; may be empty.
    /// @param updatedBy Who set it: owner or operator.
    event URIUpdated(uint256 indexed agentId, string newURI, address indexed updatedBy);

    /// @notice An agent offers a model at a price in base units of OPEN a call.
    /// @param agentId The agent's number, from 1.
    /// @param model Number in the model registry, from 1: none is offered until the first `OfferSet`.
    /// @param pricePerCall Base units of OPEN.
    event OfferSet(uint256 indexed agentId, uint64 indexed model, uint96 pricePerCall);

    /// @notice No agent can be registered before `until`.
    /// @param until Timestamp, exclusive; one that has passed: none is paused.
    event RegistrationPaused(uint64 until);

    /// @notice Registers an agent of the caller's, whose wallet the caller is.
    /// @param agentURI Where the agent's registration file is; may be empty.
    /// @param metadata At most 16 entries, none of the key "agentWallet".
    /// @return agentId The agent's number, from 1.
    function register(string calldata agentURI, MetadataEntry[] calldata metadata) external returns (uint256 agentId);

    /// @notice Registers an agent of the caller with a URI and without metadata.
    /// @param agentURI Where the agent's registration file is; may be empty.
    /// @return agentId The agent's number, from 1.
    function register(string calldata agentURI) external returns (uint256 agentId);

    /// @notice Registers an agent of the caller without URI and metadata.
    /// @return agentId The agent's number, from 1.
    function register() external returns (uint256 agentId);

    /// @notice Sets where the agent's registration file is. Owner or operator.
    /// @param agentId The agent's number, from 1.
    /// @param newURI Where the agent's registration file is from now on; may be empty.
    function setAgentURI(uint256 agentId, string calldata newURI) external;

    /// @notice Sets a value under a key other than "agentWallet". Owner or operator.
    /// @param agentId The agent's number, from 1.
    /// @param metadataKey Any but "agentWallet".
    /// @param metadataValue Any bytes.
    function setMetadata(uint256 agentId, string calldata metadataKey, bytes calldata metadataValue) external;

    /// @notice Sets the agent's wallet, which proves by its signature that it agrees. Owner or operator.
    /// @dev EIP-712 `AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)` in this contract's
    /// domain, by the wallet's key or by ERC-1271. A transfer of the agent clears its wallet.
    /// @param agentId The agent's number, from 1.
    /// @param newWallet Who is to be paid for the agent; not zero.
    /// @param deadline Last second (inclusive) in which the proof counts; at most an hour ahead, inclusive.
    /// @param signature The wallet's, over `walletDigest`; of a key, or for ERC-1271.
    function setAgentWallet(uint256 agentId, address newWallet, uint256 deadline, bytes calldata signature) external;

    /// @notice Clears the agent's wallet. Owner, operator, or the wallet itself.
    /// @param agentId The agent's number, from 1.
    function unsetAgentWallet(uint256 agentId) external;

    /// @notice Sets which model the agent answers by, which must not be deprecated, and its price. Owner or operator.
    /// @param agentId The agent's number, from 1.
    /// @param model Number in the model registry, from 1.
    /// @param pricePerCall Base units of OPEN; may be zero.
    function setOffer(uint256 agentId, uint64 model, uint96 pricePerCall) external;

    /// @notice Stops registrations until a timestamp at most 7 days away; one that has passed ends a pause. Governed: brake.
    /// @param until Timestamp, exclusive; at most 7 days ahead, inclusive.
    function pauseRegistration(uint64 until) external;

    /// @notice Agents registered so far; ids run from 1 to it.
    /// @return How many there are.
    function agentCount() external view returns (uint256);

    /// @notice What an agent offers now; all zeros where nothing is offered. Reverts for an agent that does not exist.
    /// @param agentId The agent's number, from 1.
    /// @return Model and price.
    function offerOf(uint256 agentId) external view returns (Offer memory);

    /// @notice Whether an agent offers a model that is not deprecated and its owner, or its wallet, has an active
    /// stake.
    /// @param agentId The agent's number, from 1.
    /// @return True where both hold. Reverts for an agent that does not exist.
    function isActive(uint256 agentId) external view returns (bool);

    /// @notice Value of a key of an agent's metadata; empty where none was set.
    /// @param agentId The agent's number, from 1.
    /// @param metadataKey Any; "agentWallet" gives the wallet's 20 bytes.
    /// @return The value.
    function getMetadata(uint256 agentId, string calldata metadataKey) external view returns (bytes memory);

    /// @notice Where the agent is paid; 0 when nobody has agreed to that.
    /// @param agentId The agent's number, from 1.
    /// @return The wallet.
    function getAgentWallet(uint256 agentId) external view returns (address);

    /// @notice Whether an account is the agent's owner or operator.
    /// @param spender Whom it is about.
    /// @param agentId The agent's number, from 1.
    /// @return True for the owner, for who is approved for the agent, and for who is for all of the owner's. Reverts
    /// for an agent that does not exist.
    function isAuthorizedOrOwner(address spender, uint256 agentId) external view returns (bool);

    /// @notice EIP-712 digest of what a wallet signs, for the agent's present owner.
    /// @param agentId The agent's number, from 1.
    /// @param newWallet Who is to be paid for the agent; not zero.
    /// @param deadline Last second (inclusive) in which the proof counts.
    /// @return The digest. Reverts for an agent that does not exist.
    function walletDigest(uint256 agentId, address newWallet, uint256 deadline) external view returns (bytes32);

    /// @notice Timestamp from which (inclusive) registrations work.
    /// @return Timestamp; in the past while they work.
    function registrationPausedUntil() external view returns (uint64);
}
