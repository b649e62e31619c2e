// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAgentRegistry} from "../interfaces/IAgentRegistry.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IStakingManager, Role} from "../interfaces/IStakingManager.sol";
import {AgentStorageLib} from "./AgentStorageLib.sol";
import {
    AccessManagedUpgradeable
} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";
import {EIP712Upgradeable} from "@openzeppelin/contracts-upgradeable/utils/cryptography/EIP712Upgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title AgentRegistry
/// @notice Owns agents: their identity (ERC-8004), wallet, model and price.
contract AgentRegistry is
    IAgentRegistry,
    UUPSUpgradeable,
    AccessManagedUpgradeable,
    ERC721Upgradeable,
    EIP712Upgradeable
{
    bytes32 private constant WALLET_TYPEHASH =
        keccak256("AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)");
    string private constant WALLET_KEY = "agentWallet";
    uint256 private constant LONGEST_PROOF = 1 hours;
    uint256 private constant MAXIMUM_ENTRIES = 16;
    uint64 private constant LONGEST_PAUSE = 7 days;

    /// @notice The staking manager: asks whether an agent's owner or wallet has the stake that agents need.
    IStakingManager public immutable staking;
    /// @notice The model registry: asks whether an offered model exists and is not deprecated.
    IModelRegistry public immutable models;

    /// @notice Fixes what no upgrade of storage changes: whom it asks.
    /// @param staking_ The staking manager.
    /// @param models_ The model registry.
    constructor(IStakingManager staking_, IModelRegistry models_) {
        staking = staking_;
        models = models_;
        _disableInitializers();
    }

    /// @notice Hands the proxy over to its authority, once.
    /// @param authority The AccessManager that governs pauses and upgrades.
    function initialize(address authority) external initializer {
        __AccessManaged_init(authority);
        __ERC721_init("OpenLedger Agent", "AGENT");
        // the domain that wallets and tools of the standard sign in
        __EIP712_init("ERC8004IdentityRegistry", "1");
    }

    /// @inheritdoc IAgentRegistry
    function register(string calldata agentURI, MetadataEntry[] calldata metadata) external returns (uint256 agentId) {
        if (metadata.length > MAXIMUM_ENTRIES) {
            revert AgentRegistry_TooManyEntries(metadata.length, MAXIMUM_ENTRIES);
        }
        agentId = _register(agentURI);
        for (uint256 i = 0; i < metadata.length; ++i) {
            _setMetadata(agentId, metadata[i].metadataKey, metadata[i].metadataValue);
        }
    }

    /// @inheritdoc IAgentRegistry
    function register(string calldata agentURI) external returns (uint256 agentId) {
        return _register(agentURI);
    }

    /// @inheritdoc IAgentRegistry
    function register() external returns (uint256 agentId) {
        return _register("");
    }

    /// @inheritdoc IAgentRegistry
    function setAgentURI(uint256 agentId, string calldata newURI) external {
        _requireAuthorized(agentId);

        AgentStorageLib.load().agents[agentId].uri = newURI;

        emit URIUpdated(agentId, newURI, msg.sender);
    }

    /// @inheritdoc IAgentRegistry
    function setMetadata(uint256 agentId, string calldata metadataKey, bytes calldata metadataValue) external {
        _requireAuthorized(agentId);
        _setMetadata(agentId, metadataKey, metadataValue);
    }

    /// @inheritdoc IAgentRegistry
    function setAgentWallet(uint256 agentId, address newWallet, uint256 deadline, bytes calldata signature) external {
        address owner = _requireAuthorized(agentId);
        if (newWallet == address(0)) revert AgentRegistry_ZeroAddress();
        if (block.timestamp > deadline) revert AgentRegistry_ProofExpired(deadline, block.timestamp);
        uint256 latest = block.timestamp + LONGEST_PROOF;
        if (deadline > latest) revert AgentRegistry_DeadlineTooFar(deadline, latest);
        bytes32 digest = _walletDigest(agentId, newWallet, owner, deadline);
        if (AgentStorageLib.load().isProofUsed[digest]) revert AgentRegistry_ProofUsed(digest);
        if (!_isSignedBy(newWallet, digest, signature)) revert AgentRegistry_WrongProof(newWallet, digest);

        AgentStorageLib.load().isProofUsed[digest] = true;
        _setWallet(agentId, newWallet);
    }

    /// @inheritdoc IAgentRegistry
    function unsetAgentWallet(uint256 agentId) external {
        _requireOwned(agentId);
        if (msg.sender != AgentStorageLib.load().agents[agentId].wallet) _requireAuthorized(agentId);

        _setWallet(agentId, address(0));
    }

    /// @inheritdoc IAgentRegistry
    function setOffer(uint256 agentId, uint64 model, uint96 pricePerCall) external {
        _requireAuthorized(agentId);
        uint64 deprecatedAt = models.deprecatedAtOf(model);
        if (deprecatedAt != 0) revert AgentRegistry_ModelDeprecated(model, deprecatedAt);

        AgentStorageLib.Agent storage agent = AgentStorageLib.load().agents[agentId];
        agent.model = model;
        agent.pricePerCall = pricePerCall;

        emit OfferSet(agentId, model, pricePerCall);
    }

    /// @inheritdoc IAgentRegistry
    function pauseRegistration(uint64 until) external restricted {
        uint64 latest = uint64(block.timestamp) + LONGEST_PAUSE;
        if (until > latest) revert AgentRegistry_PauseTooLong(until, latest);

        AgentStorageLib.load().registrationPausedUntil = until;

        emit RegistrationPaused(until);
    }

    /// @inheritdoc IAgentRegistry
    function agentCount() external view returns (uint256) {
        return AgentStorageLib.load().agentCount;
    }

    /// @inheritdoc IAgentRegistry
    function offerOf(uint256 agentId) external view returns (Offer memory) {
        _requireOwned(agentId);
        AgentStorageLib.Agent storage agent = AgentStorageLib.load().agents[agentId];
        return Offer(agent.model, agent.pricePerCall);
    }

    /// @inheritdoc IAgentRegistry
    function isActive(uint256 agentId) external view returns (bool) {
        address owner = _requireOwned(agentId);
        AgentStorageLib.Agent storage agent = AgentStorageLib.load().agents[agentId];
        if (agent.model == 0 || models.deprecatedAtOf(agent.model) != 0) return false;
        if (staking.isActive(owner, Role.Agent)) return true;
        return agent.wallet != address(0) && staking.isActive(agent.wallet, Role.Agent);
    }

    /// @inheritdoc IAgentRegistry
    function getMetadata(uint256 agentId, string calldata metadataKey) external view returns (bytes memory) {
        AgentStorageLib.Agent storage agent = AgentStorageLib.load().agents[agentId];
        if (!_isWalletKey(metadataKey)) return agent.metadata[metadataKey];
        return _walletBytes(agent.wallet);
    }

    /// @inheritdoc IAgentRegistry
    function getAgentWallet(uint256 agentId) external view returns (address) {
        return AgentStorageLib.load().agents[agentId].wallet;
    }

    /// @inheritdoc IAgentRegistry
    function isAuthorizedOrOwner(address spender, uint256 agentId) external view returns (bool) {
        return _isAuthorized(_requireOwned(agentId), spender, agentId);
    }

    /// @inheritdoc IAgentRegistry
    function walletDigest(uint256 agentId, address newWallet, uint256 deadline) external view returns (bytes32) {
        return _walletDigest(agentId, newWallet, _requireOwned(agentId), deadline);
    }

    /// @inheritdoc IAgentRegistry
    function registrationPausedUntil() external view returns (uint64) {
        return AgentStorageLib.load().registrationPausedUntil;
    }

    /// @inheritdoc ERC721Upgradeable
    function tokenURI(uint256 agentId) public view override returns (string memory) {
        _requireOwned(agentId);
        return AgentStorageLib.load().agents[agentId].uri;
    }

    /// @dev A wallet agreed to serve one owner: it does not go along with the agent.
    function _update(address to, uint256 agentId, address auth) internal override returns (address from) {
        from = super._update(to, agentId, auth);
        if (from != address(0)) _setWallet(agentId, address(0));
    }

    // solhint-disable-next-line no-empty-blocks
    function _authorizeUpgrade(address) internal override restricted {}

    function _register(string memory agentURI) private returns (uint256 agentId) {
        AgentStorageLib.Layout storage $ = AgentStorageLib.load();
        uint64 until = $.registrationPausedUntil;
        if (block.timestamp < until) revert AgentRegistry_RegistrationPaused(until);

        agentId = ++$.agentCount;
        $.agents[agentId].uri = agentURI;
        _mint(msg.sender, agentId);

        emit Registered(agentId, agentURI, msg.sender);
        _setWallet(agentId, msg.sender);
    }

    function _setMetadata(uint256 agentId, string calldata key, bytes calldata value) private {
        if (_isWalletKey(key)) revert AgentRegistry_ReservedKey(key);

        AgentStorageLib.load().agents[agentId].metadata[key] = value;

        emit MetadataSet(agentId, key, key, value);
    }

    function _setWallet(uint256 agentId, address wallet) private {
        AgentStorageLib.load().agents[agentId].wallet = wallet;

        emit MetadataSet(agentId, WALLET_KEY, WALLET_KEY, _walletBytes(wallet));
    }

    function _requireAuthorized(uint256 agentId) private view returns (address owner) {
        owner = _requireOwned(agentId);
        if (!_isAuthorized(owner, msg.sender, agentId)) {
            revert AgentRegistry_NotAuthorized(agentId, msg.sender, owner);
        }
    }

    function _walletDigest(uint256 agentId, address newWallet, address owner, uint256 deadline)
        private
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(keccak256(abi.encode(WALLET_TYPEHASH, agentId, newWallet, owner, deadline)));
    }

    /// @dev By its key first: an account may have both a key and code (EIP-7702).
    function _isSignedBy(address wallet, bytes32 digest, bytes calldata signature) private view returns (bool) {
        // address(0) where it is malformed, which no wallet is
        (address signer,,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (signer == wallet) return true;
        return SignatureChecker.isValidERC1271SignatureNow(wallet, digest, signature);
    }

    function _isWalletKey(string calldata key) private pure returns (bool) {
        return keccak256(bytes(key)) == keccak256(bytes(WALLET_KEY));
    }

    function _walletBytes(address wallet) private pure returns (bytes memory) {
        return wallet == address(0) ? bytes("") : abi.encodePacked(wallet);
    }
}
