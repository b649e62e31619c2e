// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAgentRegistry} from "../../contracts/interfaces/IAgentRegistry.sol";
import {IAgentReputation} from "../../contracts/interfaces/IAgentReputation.sol";
import {FakeChannels} from "../fixture/AgentFakes.sol";
import {AgentFixture} from "../fixture/AgentFixture.sol";

/// @notice Pays, weighs, rates, revokes, sells and swaps models as users do, among few accounts that play all parts.
/// @dev Biased to what breaks: dust and the largest amounts, the same channel for two agents, owners who pay themselves.
contract AgentHandler is AgentFixture {
    address[4] public accounts;
    bytes32[] public channelIds;
    /// @dev Weight ever gained for an agent and model, and weight that feedback spent, revoked feedback included.
    mapping(uint256 agentId => mapping(uint64 model => uint256)) public gained;
    mapping(uint256 agentId => mapping(uint64 model => uint256)) public spent;
    mapping(uint256 agentId => mapping(uint64 model => uint256)) public revoked;
    uint256 public ratings;
    uint256 public revocations;
    bool public selfDealt;
    bool public walletOutlivedSale;

    function setUp() public override {
        super.setUp();
        accounts = [owner, payer, runner, stranger];
        _register(stranger);
        vm.prank(stranger);
        agents.setOffer(2, MODEL, 1);
        for (uint256 i = 0; i < 16; ++i) {
            bytes32 id = keccak256(abi.encode(i));
            channels.open(id, accounts[i / 4], accounts[i % 4]);
            channelIds.push(id);
        }
    }

    function parts() external view returns (IAgentRegistry, IAgentReputation, FakeChannels) {
        return (agents, reputation, channels);
    }

    function settle(uint256 which, uint64 model, uint96 amount) external {
        bytes32 channel = channelIds[which % 16];
        model = 1 + model % 2;
        uint96 room = type(uint96).max / 1e6 - channels.modelClaimedOf(channel, model);
        if (room == 0) return;
        channels.settle(channel, model, which % 2 == 0 ? uint96(bound(amount, 1, 9)) : uint96(bound(amount, 1, room)));
    }

    function weigh(uint256 agentId, uint256 which) external {
        agentId = 1 + agentId % 2;
        bytes32 channel = channelIds[which % 16];
        address client = channels.channelOf(channel).payer;
        uint64 model = agents.offerOf(agentId).model;
        uint96 before = reputation.weightOf(agentId, client);
        vm.prank(client);
        (bool done,) = address(reputation).call(abi.encodeCall(reputation.weigh, (agentId, channel)));
        if (!done) return;
        gained[agentId][model] += reputation.weightOf(agentId, client) - before;
        if (_isOwn(agentId, client) || channels.channelOf(channel).runner == client) selfDealt = true;
    }

    /// @dev One channel settles and weighs again and again, as a client that pays by the call does.
    function payAndWeigh(uint256 agentId, uint256 which, uint96 amount) external {
        this.settle(which % 4 * 5 + 1, agents.offerOf(1 + agentId % 2).model - 1, amount);
        this.weigh(agentId, which % 4 * 5 + 1);
    }

    function give(uint256 agentId, uint256 who, int128 value, uint8 decimals) external {
        agentId = 1 + agentId % 2;
        address client = accounts[who % 4];
        uint64 model = agents.offerOf(agentId).model;
        uint96 weight = reputation.weightOf(agentId, client);
        value = int128(bound(value, -1e20, 1e20));
        vm.prank(client);
        (bool done,) = address(reputation)
            .call(
                abi.encodeCall(
                    reputation.giveFeedback, (agentId, value, decimals % 20, who % 3 == 0 ? "t" : "", "", "", "", 0)
                )
            );
        if (!done) return;
        ++ratings;
        spent[agentId][model] += weight;
        if (_isOwn(agentId, client)) selfDealt = true;
    }

    function revoke(uint256 agentId, uint256 who, uint64 index) external {
        agentId = 1 + agentId % 2;
        address client = accounts[who % 4];
        index = 1 + index % (reputation.getLastIndex(agentId, client) + 1);
        vm.prank(client);
        (bool done,) = address(reputation).call(abi.encodeCall(reputation.revokeFeedback, (agentId, index)));
        if (!done) return;
        ++revocations;
        (uint96 weight, uint64 model) = reputation.feedbackWeightOf(agentId, client, index);
        revoked[agentId][model] += weight;
    }

    function swapModel(uint256 agentId, uint64 model) external {
        agentId = 1 + agentId % 2;
        vm.prank(_nft().ownerOf(agentId));
        agents.setOffer(agentId, 1 + model % 2, 1);
    }

    function sell(uint256 agentId, uint256 to) external {
        agentId = 1 + agentId % 2;
        address from = _nft().ownerOf(agentId);
        vm.prank(from);
        _nft().transferFrom(from, accounts[to % 4], agentId);
        if (agents.getAgentWallet(agentId) != address(0)) walletOutlivedSale = true;
    }

    function _isOwn(uint256 agentId, address client) private view returns (bool) {
        return _nft().ownerOf(agentId) == client || agents.getAgentWallet(agentId) == client;
    }
}
