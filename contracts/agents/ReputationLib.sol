// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAgentReputation} from "../interfaces/IAgentReputation.sol";
import {ReputationStorageLib} from "./ReputationStorageLib.sol";

/// @title ReputationLib
/// @notice Feedback, and sums over it that are kept as it comes, so that no reader has to loop over what users can grow.
library ReputationLib {
    uint8 internal constant DECIMALS = 18;
    /// @dev Sums stay far within their types: 1e38 times the weight of all that 2^128 base units can pay is below 2^255.
    int256 private constant MAXIMUM_VALUE = 1e38;
    uint256 private constant MAXIMUM_CLIENTS = 64;
    uint256 private constant MAXIMUM_FEEDBACK = 1024;

    /// @dev What `readAllFeedback` asks for, and what it has found so far.
    struct Page {
        address[] clients;
        uint64[] indexes;
        int128[] values;
        uint8[] decimals;
        string[] tag1s;
        string[] tag2s;
        bool[] revoked;
    }

    function requireSound(int128 value, uint8 valueDecimals) internal pure {
        if (valueDecimals > DECIMALS) {
            revert IAgentReputation.AgentReputation_DecimalsOutOfRange(valueDecimals, DECIMALS);
        }
        int256 normal = _normal(value, valueDecimals);
        if (normal > MAXIMUM_VALUE || normal < -MAXIMUM_VALUE) {
            revert IAgentReputation.AgentReputation_ValueOutOfRange(value, valueDecimals);
        }
    }

    /// @notice Spends the client's weight on its next feedback. @return index From 1.
    function give(uint256 agentId, uint64 model, address client, IAgentReputation.Feedback memory given)
        internal
        returns (uint64 index, uint96 weight)
    {
        ReputationStorageLib.Layout storage $ = ReputationStorageLib.load();
        weight = $.weight[agentId][model][client];
        if (weight == 0) revert IAgentReputation.AgentReputation_NothingSettled(agentId, client);

        $.weight[agentId][model][client] = 0;
        index = ++$.lastIndex[agentId][client];
        if (index == 1) $.clients[agentId].push(client);
        ReputationStorageLib.StoredFeedback storage stored = $.feedback[agentId][client][index];
        stored.value = given.value;
        stored.valueDecimals = given.valueDecimals;
        stored.weight = weight;
        stored.model = model;
        stored.tag1 = given.tag1;
        stored.tag2 = given.tag2;
        _tell(agentId, client, stored, false);
    }

    function revoke(uint256 agentId, address client, uint64 index) internal returns (uint64 model) {
        ReputationStorageLib.StoredFeedback storage stored = known(agentId, client, index);
        if (stored.isRevoked) revert IAgentReputation.AgentReputation_FeedbackIsRevoked(agentId, client, index);

        stored.isRevoked = true;
        _tell(agentId, client, stored, true);
        return stored.model;
    }

    /// @dev Counts by agent, by client and by feedback, of all responders and of this one.
    function respond(uint256 agentId, address client, uint64 index, address responder) internal {
        mapping(bytes32 key => uint64) storage counts = ReputationStorageLib.load().responseCount;
        for (uint256 i = 0; i < 2; ++i) {
            address who = i == 0 ? address(0) : responder;
            ++counts[_responseKey(agentId, client, index, who)];
            ++counts[_responseKey(agentId, client, 0, who)];
            ++counts[_responseKey(agentId, address(0), 0, who)];
        }
    }

    function known(uint256 agentId, address client, uint64 index)
        internal
        view
        returns (ReputationStorageLib.StoredFeedback storage)
    {
        ReputationStorageLib.Layout storage $ = ReputationStorageLib.load();
        if (index == 0 || index > $.lastIndex[agentId][client]) {
            revert IAgentReputation.AgentReputation_UnknownFeedback(agentId, client, index);
        }
        return $.feedback[agentId][client][index];
    }

    function reputationOf(uint256 agentId, uint64 model, address client, bytes32 tag1, bytes32 tag2)
        internal
        view
        returns (IAgentReputation.Reputation storage)
    {
        return ReputationStorageLib.load().reputation[keccak256(abi.encode(agentId, model, client, tag1, tag2))];
    }

    function summaryOf(uint256 agentId, uint64 model, address[] calldata clients, bytes32 tag1, bytes32 tag2)
        internal
        view
        returns (uint64 count, int128 mean, uint8 decimals)
    {
        _requireClients(clients.length, 1);
        uint256 weight;
        int256 weightedSum;
        for (uint256 i = 0; i < clients.length; ++i) {
            IAgentReputation.Reputation storage r = reputationOf(agentId, model, clients[i], tag1, tag2);
            count += r.count;
            weight += r.weight;
            weightedSum += r.weightedSum;
        }
        if (count == 0) return (0, 0, 0);
        // a mean of values of at most 1e38; weights are not zero, and sums of 64 of them below 2^134
        return (count, int128(weightedSum / int256(weight)), DECIMALS);
    }

    function responseCountOf(uint256 agentId, address client, uint64 index, address[] calldata responders)
        internal
        view
        returns (uint64 count)
    {
        _requireClients(responders.length, 0);
        mapping(bytes32 key => uint64) storage counts = ReputationStorageLib.load().responseCount;
        if (client == address(0)) index = 0;
        if (responders.length == 0) return counts[_responseKey(agentId, client, index, address(0))];
        for (uint256 i = 0; i < responders.length; ++i) {
            // the zero address stands for all, and never responds
            if (responders[i] == address(0)) continue;
            count += counts[_responseKey(agentId, client, index, responders[i])];
        }
    }

    function read(uint256 agentId, address[] memory clients, bytes32 tag1, bytes32 tag2, bool includeRevoked)
        internal
        view
        returns (Page memory page)
    {
        ReputationStorageLib.Layout storage $ = ReputationStorageLib.load();
        if (clients.length == 0) clients = $.clients[agentId];
        _requireClients(clients.length, 0);
        uint256 total;
        for (uint256 i = 0; i < clients.length; ++i) {
            total += $.lastIndex[agentId][clients[i]];
        }
        if (total > MAXIMUM_FEEDBACK) revert IAgentReputation.AgentReputation_TooMuchFeedback(total, MAXIMUM_FEEDBACK);

        page = Page(
            new address[](total),
            new uint64[](total),
            new int128[](total),
            new uint8[](total),
            new string[](total),
            new string[](total),
            new bool[](total)
        );
        uint256 count;
        for (uint256 i = 0; i < clients.length; ++i) {
            uint64 last = $.lastIndex[agentId][clients[i]];
            for (uint64 index = 1; index <= last; ++index) {
                ReputationStorageLib.StoredFeedback storage stored = $.feedback[agentId][clients[i]][index];
                if (stored.isRevoked && !includeRevoked) continue;
                if (!_fits(stored.tag1, tag1) || !_fits(stored.tag2, tag2)) continue;
                page.clients[count] = clients[i];
                page.indexes[count] = index;
                _copy(page, count, stored);
                ++count;
            }
        }
        _cut(page, count);
    }

    /// @notice What stands for a tag in keys: 0 for none, which as a filter is all.
    function tagHash(string memory tag) internal pure returns (bytes32) {
        return bytes(tag).length == 0 ? bytes32(0) : keccak256(bytes(tag));
    }

    /// @dev Adds feedback to every sum that it counts in, or takes it out: for all clients and for its own, with each of its
    /// tags fixed or not. At most eight.
    function _tell(uint256 agentId, address client, ReputationStorageLib.StoredFeedback storage stored, bool out)
        private
    {
        bytes32 tag1 = tagHash(stored.tag1);
        bytes32 tag2 = tagHash(stored.tag2);
        uint64 model = stored.model;
        uint96 weight = stored.weight;
        int256 weighted = int256(uint256(weight)) * _normal(stored.value, stored.valueDecimals);
        for (uint256 i = 0; i < 8; ++i) {
            // without a tag, that tag fixed is the same sum
            if ((i & 1 != 0 && tag1 == 0) || (i & 2 != 0 && tag2 == 0)) continue;
            IAgentReputation.Reputation storage r = reputationOf(
                agentId,
                model,
                i & 4 == 0 ? address(0) : client,
                i & 1 == 0 ? bytes32(0) : tag1,
                i & 2 == 0 ? bytes32(0) : tag2
            );
            if (out) {
                (r.count, r.weight, r.weightedSum) = (r.count - 1, r.weight - weight, r.weightedSum - weighted);
            } else {
                (r.count, r.weight, r.weightedSum) = (r.count + 1, r.weight + weight, r.weightedSum + weighted);
            }
        }
    }

    function _copy(Page memory page, uint256 place, ReputationStorageLib.StoredFeedback storage stored) private view {
        page.values[place] = stored.value;
        page.decimals[place] = stored.valueDecimals;
        page.tag1s[place] = stored.tag1;
        page.tag2s[place] = stored.tag2;
        page.revoked[place] = stored.isRevoked;
    }

    /// @dev Shortens the lists to what was found.
    function _cut(Page memory page, uint256 count) private pure {
        assembly ("memory-safe") {
            for { let i := 0 } lt(i, 0xe0) { i := add(i, 0x20) } { mstore(mload(add(page, i)), count) }
        }
    }

    function _fits(string memory tag, bytes32 filter) private pure returns (bool) {
        return filter == 0 || tagHash(tag) == filter;
    }

    function _normal(int128 value, uint8 valueDecimals) private pure returns (int256) {
        return int256(value) * int256(10 ** uint256(DECIMALS - valueDecimals));
    }

    function _responseKey(uint256 agentId, address client, uint64 index, address responder)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(agentId, client, index, responder));
    }

    function _requireClients(uint256 count, uint256 minimum) private pure {
        if (count < minimum || count > MAXIMUM_CLIENTS) {
            revert IAgentReputation.AgentReputation_ClientCountOutOfRange(count, MAXIMUM_CLIENTS);
        }
    }
}
