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

    error AgentRegistry_NotAuthorized(uint256 agentId, address caller, address owner);
    error AgentRegistry_ReservedKey(string metadataKey);
    error AgentRegistry_TooManyEntries(uint256 count, uint256 maximum);
    error AgentRegistry_ZeroAddress();
    error AgentRegistry_ProofExpired(uint256 deadline, uint256 now_);
    error AgentRegistry_DeadlineTooFar(uint256 deadline, uint256 latest);
    error AgentRegistry_ProofUsed(bytes32 digest);
    error AgentRegistry_WrongProof(address wallet, bytes32 digest);
    error AgentRegistry_ModelDeprecated(uint64 model, uint64 deprecatedAt);
    error AgentRegistry_RegistrationPaused(uint64 until);
    error AgentRegistry_PauseTooLong(uint64 until, uint64 latest);

    /// @notice An agent was registered; its owner is its first wallet.
    event Registered(uint256 indexed agentId, string agentURI, address indexed owner);

    /// @notice A key of an agent's metadata has a new value; the key is given twice, once to filter by.
    event MetadataSet(
        uint256 indexed agentId, string indexed indexedMetadataKey, string metadataKey, bytes metadataValue
    );

    /// @notice An agent's URI has changed.
    event URIUpdated(uint256 indexed agentId, string newURI, address indexed updatedBy);

    /// @notice An agent offers a model, 0 for none, at a price in base units of OPEN a call.
    event OfferSet(uint256 indexed agentId, uint64 indexed model, uint96 pricePerCall);

    /// @notice No agent can be registered before `until`.
    event RegistrationPaused(uint64 until);

    /// @notice Registers an agent of the caller's, whose wallet the caller is.
    /// @param metadata At most 16 entries, none of the key "agentWallet".
    function register(string calldata agentURI, MetadataEntry[] calldata metadata) external returns (uint256 agentId);

    /// @notice Registers an agent of the caller with a URI and without metadata.
    function register(string calldata agentURI) external returns (uint256 agentId);

    /// @notice Registers an agent of the caller without URI and metadata.
    function register() external returns (uint256 agentId);

    /// @notice Sets where the agent's registration file is. Owner or operator.
    function setAgentURI(uint256 agentId, string calldata newURI) external;

    /// @notice Sets a value under a key other than "agentWallet". Owner or operator.
    function setMetadata(uint256 agentId, string calldata metadataKey, bytes calldata metadataValue) external;

    /// @notice Sets the agent's wallet, which proves by its signature that it agrees. Owner or operator.
    /// @dev EIP-712 `AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)` in this contract's
    /// domain, by the wallet's key or by ERC-1271. A transfer of the agent clears its wallet.
    function setAgentWallet(uint256 agentId, address newWallet, uint256 deadline, bytes calldata signature) external;

    /// @notice Clears the agent's wallet. Owner, operator, or the wallet itself.
    function unsetAgentWallet(uint256 agentId) external;

    /// @notice Sets which model the agent answers by, which must not be deprecated, and its price. Owner or operator.
    function setOffer(uint256 agentId, uint64 model, uint96 pricePerCall) external;

    /// @notice Stops registrations until a timestamp at most 7 days away; one that has passed ends a pause. Governed: brake.
    function pauseRegistration(uint64 until) external;

    /// @notice Agents registered so far; ids run from 1 to it.
    function agentCount() external view returns (uint256);

    /// @notice What an agent offers now; all zeros where nothing is offered.
    function offerOf(uint256 agentId) external view returns (Offer memory);

    /// @notice Whether an agent offers a model that is not deprecated and its owner, or its wallet, has an active
    /// stake.
    function isActive(uint256 agentId) external view returns (bool);

    /// @notice Value of a key of an agent's metadata; empty where none was set.
    function getMetadata(uint256 agentId, string calldata metadataKey) external view returns (bytes memory);

    /// @notice Where the agent is paid; 0 when nobody has agreed to that.
    function getAgentWallet(uint256 agentId) external view returns (address);

    /// @notice Whether an account is the agent's owner or operator.
    function isAuthorizedOrOwner(address spender, uint256 agentId) external view returns (bool);

    /// @notice EIP-712 digest of what a wallet signs, for the agent's present owner.
    function walletDigest(uint256 agentId, address newWallet, uint256 deadline) external view returns (bytes32);

    /// @notice Timestamp from which (inclusive) registrations work.
    function registrationPausedUntil() external view returns (uint64);
}
