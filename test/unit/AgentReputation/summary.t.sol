// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentReputation} from "../../../contracts/interfaces/IAgentReputation.sol";
import {AgentFixture} from "../../fixture/AgentFixture.sol";

contract AgentReputationSummaryTest is AgentFixture {
    struct Given {
        address client;
        uint64 model;
        uint96 weight;
        int256 value;
        string tag1;
        string tag2;
        bool isRevoked;
    }

    address[4] private clients;
    string[3] private tags = ["", "starred", "uptime"];
    Given[] private given;
    mapping(address client => uint64) private lastIndex;

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < 4; ++i) {
            clients[i] = makeAddr(vm.toString(i));
            channels.open(_channelOf(clients[i]), clients[i], runner);
        }
    }

    function test_IsTheMeanByWeight() public {
        _rate(clients[0], 1, 90, 0, "starred", "");
        _rate(clients[1], 3, 505, 1, "starred", "");

        (uint64 count, int128 value, uint8 decimals) = reputation.getSummary(agent, _all(), "starred", "");

        assertEq(count, 2);
        assertEq(value, (90e18 + 3 * 50.5e18) / 4);
        assertEq(decimals, 18);
    }

    function test_IsRoundedToZero() public {
        _rate(clients[0], 2, -1, 18, "", "");
        _rate(clients[1], 1, 0, 18, "", "");

        (, int128 value,) = reputation.getSummary(agent, _all(), "", "");
        assertEq(value, 0);
    }

    function test_OfNothingIsNothing() public {
        (uint64 count, int128 value, uint8 decimals) = reputation.getSummary(agent, _all(), "", "");
        assertEq(count, 0);
        assertEq(value, 0);
        assertEq(decimals, 0);

        _rate(clients[0], 2, 7, 0, "", "");
        vm.prank(clients[0]);
        reputation.revokeFeedback(agent, 1);

        (count, value, decimals) = reputation.getSummary(agent, _all(), "", "");
        assertEq(count, 0);
        assertEq(value, 0);
        assertEq(decimals, 0);
    }

    /// @dev Another model is another thing to be rated.
    function test_StartsAnewWithAnotherModel() public {
        _rate(clients[0], 5, 90, 0, "", "");
        vm.prank(owner);
        agents.setOffer(agent, 2, 5);

        (uint64 count,,) = reputation.getSummary(agent, _all(), "", "");
        assertEq(count, 0);
        _assertReputation(reputation.reputationOf(agent, MODEL, address(0), "", ""), 1, 5, 450e18);
        _assertReputation(reputation.reputationOf(agent, 2, address(0), "", ""), 0, 0, 0);
    }

    function test_RevertWhen_ClientsAreNoneOrTooMany() public {
        vm.expectRevert(abi.encodeWithSelector(IAgentReputation.AgentReputation_ClientCountOutOfRange.selector, 0, 64));
        reputation.getSummary(agent, new address[](0), "", "");
        vm.expectRevert(abi.encodeWithSelector(IAgentReputation.AgentReputation_ClientCountOutOfRange.selector, 65, 64));
        reputation.getSummary(agent, new address[](65), "", "");
        reputation.getSummary(agent, new address[](64), "", "");
        vm.expectRevert(abi.encodeWithSelector(IAgentReputation.AgentReputation_ClientCountOutOfRange.selector, 65, 64));
        reputation.getResponseCount(agent, payer, 1, new address[](65));
        vm.expectRevert(abi.encodeWithSelector(IAgentReputation.AgentReputation_ClientCountOutOfRange.selector, 65, 64));
        reputation.readAllFeedback(agent, new address[](65), "", "", true);
    }

    function test_ReadsAllFeedback() public {
        _rate(clients[0], 1, 11, 0, "starred", "week");
        _rate(clients[1], 1, 22, 1, "uptime", "");
        _rate(clients[0], 1, -33, 2, "starred", "");
        vm.prank(clients[1]);
        reputation.revokeFeedback(agent, 1);

        (
            address[] memory who,
            uint64[] memory indexes,
            int128[] memory values,
            uint8[] memory decimals,
            string[] memory tag1s,
            string[] memory tag2s,
            bool[] memory revoked
        ) = reputation.readAllFeedback(agent, new address[](0), "", "", true);

        assertEq(abi.encode(who), abi.encode(_three(clients[0], clients[0], clients[1])));
        assertEq(indexes.length, 3);
        assertEq(uint256(indexes[0]) * 100 + indexes[1] * 10 + indexes[2], 121);
        assertEq(values[0] + values[1] * 1000 + values[2] * 1_000_000, 11 - 33_000 + 22_000_000);
        assertEq(uint256(decimals[0]) * 100 + decimals[1] * 10 + decimals[2], 21);
        assertEq(string.concat(tag1s[0], tag1s[1], tag1s[2]), "starredstarreduptime");
        assertEq(string.concat(tag2s[0], tag2s[1], tag2s[2]), "week");
        assertFalse(revoked[0] || revoked[1]);
        assertTrue(revoked[2]);
    }

    function test_ReadsWhatIsAskedFor() public {
        _rate(clients[0], 1, 11, 0, "starred", "week");
        _rate(clients[1], 1, 22, 1, "uptime", "week");
        _rate(clients[0], 1, -33, 2, "starred", "");
        vm.prank(clients[0]);
        reputation.revokeFeedback(agent, 2);

        assertEq(_sumOf("", "", false), 33);
        assertEq(_sumOf("starred", "", false), 11);
        assertEq(_sumOf("starred", "", true), -22);
        assertEq(_sumOf("", "week", true), 33);
        assertEq(_sumOf("uptime", "week", true), 22);
        assertEq(_sumOf("uptime", "day", true), 0);
        address[] memory one = new address[](1);
        one[0] = clients[1];
        (address[] memory who,,,,,,) = reputation.readAllFeedback(agent, one, "", "", true);
        assertEq(who.length, 1);
    }

    /// @dev Feedback and revocations at random, against sums over a plain list.
    function testFuzz_SumsAreThoseOfAList(uint256 seed) public {
        for (uint256 i = 0; i < 20; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 5 == 0) {
                _revokeSome(seed >> 8);
                continue;
            }
            if (seed % 7 == 0) {
                vm.prank(owner);
                agents.setOffer(agent, 1 + uint64((seed >> 8) % 2), 5);
            }
            uint8 decimals = uint8((seed >> 16) % 19);
            int128 value = int128(int256((seed >> 32) % 2001)) - 1000;
            _rate(
                clients[(seed >> 64) % 4],
                uint96(1 + (seed >> 72) % (seed % 2 == 0 ? 3 : 1e27)),
                value,
                decimals,
                tags[(seed >> 168) % 3],
                tags[(seed >> 176) % 3]
            );
        }

        for (uint64 model = 1; model < 3; ++model) {
            for (uint256 i = 0; i < 45; ++i) {
                address client = i % 5 == 4 ? address(0) : clients[i % 5];
                _assertSums(model, client, tags[i / 5 % 3], tags[i / 15]);
            }
        }
    }

    function _assertSums(uint64 model, address client, string memory tag1, string memory tag2) private view {
        uint64 count;
        uint128 weight;
        int256 weightedSum;
        for (uint256 i = 0; i < given.length; ++i) {
            Given storage g = given[i];
            if (g.isRevoked || g.model != model || (client != address(0) && g.client != client)) continue;
            if (bytes(tag1).length != 0 && keccak256(bytes(g.tag1)) != keccak256(bytes(tag1))) continue;
            if (bytes(tag2).length != 0 && keccak256(bytes(g.tag2)) != keccak256(bytes(tag2))) continue;
            ++count;
            weight += g.weight;
            weightedSum += int256(uint256(g.weight)) * g.value;
        }
        _assertReputation(reputation.reputationOf(agent, model, client, tag1, tag2), count, weight, weightedSum);
    }

    function _revokeSome(uint256 seed) private {
        if (given.length == 0) return;
        uint256 place = seed % given.length;
        Given storage g = given[place];
        if (g.isRevoked) return;
        uint64 index;
        for (uint256 i = 0; i <= place; ++i) {
            if (given[i].client == g.client) ++index;
        }
        vm.prank(g.client);
        reputation.revokeFeedback(agent, index);
        g.isRevoked = true;
    }

    function _rate(address client, uint96 weight, int128 value, uint8 decimals, string memory tag1, string memory tag2)
        private
    {
        uint64 model = agents.offerOf(agent).model;
        channels.settle(_channelOf(client), model, weight);
        vm.prank(client);
        reputation.rate(agent, _channelOf(client), IAgentReputation.Feedback(value, decimals, tag1, tag2, "", "", 0));
        int256 normal = int256(value) * int256(1e18) / int256(10 ** uint256(decimals));
        given.push(Given(client, model, weight, normal, tag1, tag2, false));
    }

    function _sumOf(string memory tag1, string memory tag2, bool includeRevoked) private view returns (int256 sum) {
        (,, int128[] memory values,,,,) =
            reputation.readAllFeedback(agent, new address[](0), tag1, tag2, includeRevoked);
        for (uint256 i = 0; i < values.length; ++i) {
            sum += values[i];
        }
    }

    function _channelOf(address client) private pure returns (bytes32) {
        return keccak256(abi.encode(client));
    }

    function _all() private view returns (address[] memory list) {
        list = new address[](4);
        for (uint256 i = 0; i < 4; ++i) {
            list[i] = clients[i];
        }
    }

    function _three(address one, address two, address three) private pure returns (address[] memory list) {
        list = new address[](3);
        (list[0], list[1], list[2]) = (one, two, three);
    }
}
