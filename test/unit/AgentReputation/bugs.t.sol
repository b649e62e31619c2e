// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentReputation} from "../../../contracts/interfaces/IAgentReputation.sol";
import {AgentFixture} from "../../fixture/AgentFixture.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";

/// @notice Other people's bugs, which this registry is not to have.
contract AgentReputationBugsTest is AgentFixture {
    /// @dev One who names his own service sends the same escrow round and round: what settled weighs once, for one agent, and
    /// each round has to be settled, and its parts paid, anew.
    function test_Bug_SelfNamedServiceRecyclesEscrow() public {
        uint256 twin = _register(stranger);
        vm.prank(stranger);
        agents.setOffer(twin, MODEL, 1);
        _pay(100);
        _give(payer, 100, 0, "", "");

        bytes memory nothing =
            abi.encodeWithSelector(IAgentReputation.AgentReputation_NothingSettled.selector, agent, payer);
        vm.expectRevert(nothing);
        vm.prank(payer);
        reputation.weigh(agent, CHANNEL);
        vm.expectRevert(abi.encodeWithSelector(IAgentReputation.AgentReputation_NothingSettled.selector, twin, payer));
        vm.prank(payer);
        reputation.weigh(twin, CHANNEL);
        // revoking does not give the weight back
        vm.prank(payer);
        reputation.revokeFeedback(agent, 1);
        vm.expectRevert(nothing);
        _give(payer, 100, 0, "", "");
    }

    /// @dev The payer who is the runner pays himself.
    function test_Bug_WashFeedbackByTheRunnerItself() public {
        channels.open("self", runner, runner);
        channels.settle("self", MODEL, 100);

        vm.expectRevert(abi.encodeWithSelector(IAgentReputation.AgentReputation_SelfDealing.selector, agent, runner));
        vm.prank(runner);
        reputation.weigh(agent, "self");
    }

    function test_Bug_WashFeedbackByTheAgentsOwn() public {
        address approved = makeAddr("approved");
        address operator = makeAddr("operator");
        _setWallet();
        vm.startPrank(owner);
        _nft().approve(approved, agent);
        _nft().setApprovalForAll(operator, true);
        vm.stopPrank();
        address[4] memory own = [owner, wallet, approved, operator];

        for (uint256 i = 0; i < own.length; ++i) {
            bytes32 channel = bytes32(i);
            channels.open(channel, own[i], runner);
            channels.settle(channel, MODEL, 100);
            vm.expectRevert(
                abi.encodeWithSelector(IAgentReputation.AgentReputation_SelfDealing.selector, agent, own[i])
            );
            vm.prank(own[i]);
            reputation.weigh(agent, channel);
        }
    }

    /// @dev Weight gathered as a stranger does not count once the agent is one's own.
    function test_Bug_WashFeedbackByWhoBuysTheAgent() public {
        _pay(100);
        vm.prank(owner);
        _nft().transferFrom(owner, payer, agent);

        vm.expectRevert(abi.encodeWithSelector(IAgentReputation.AgentReputation_SelfDealing.selector, agent, payer));
        _give(payer, 100, 0, "", "");
    }

    /// @dev Reputation that a good model earned is not shown for a bad one.
    function test_Bug_ModelSwappedUnderItsReputation() public {
        _pay(100);
        _give(payer, 100, 0, "", "");

        vm.prank(owner);
        agents.setOffer(agent, 2, 1);

        address[] memory clients = new address[](1);
        clients[0] = payer;
        (uint64 count,,) = reputation.getSummary(agent, clients, "", "");
        assertEq(count, 0);
    }

    /// @dev However many clients, however much feedback: neither giving, revoking nor reading sums gets dearer.
    function test_Bug_LoopOverAListUsersCanGrow() public {
        _pay(1);
        _give(payer, 1, 0, "tag", "");
        (uint256 give, uint256 revoke, uint256 read) = _gas();
        for (uint160 i = 1; i < 400; ++i) {
            address client = address(i << 80);
            channels.open(bytes32(uint256(i)), client, runner);
            channels.settle(bytes32(uint256(i)), MODEL, 1);
            vm.prank(client);
            reputation.weigh(agent, bytes32(uint256(i)));
            _give(client, 1, 0, "tag", "");
            reputation.appendResponse(agent, client, 1, "ipfs://r", 0);
        }

        (uint256 giveLater, uint256 revokeLater, uint256 readLater) = _gas();

        assertApproxEqAbs(giveLater, give, 5000, "give");
        assertApproxEqAbs(revokeLater, revoke, 5000, "revoke");
        assertApproxEqAbs(readLater, read, 5000, "read");
        assertEq(reputation.getClients(agent).length, 400);
    }

    /// @dev A page has an end, too.
    function test_Bug_UnboundedPage() public {
        for (uint256 i = 0; i < 1025; ++i) {
            _pay(1);
            _give(payer, 1, 0, "", "");
        }
        address[] memory clients = new address[](1);
        clients[0] = payer;

        vm.expectRevert(abi.encodeWithSelector(IAgentReputation.AgentReputation_TooMuchFeedback.selector, 1025, 1024));
        reputation.readAllFeedback(agent, clients, "", "", true);
        (uint64 count,,) = reputation.getSummary(agent, clients, "", "");
        assertEq(count, 1025);
    }

    function test_Bug_UninitialisedImplementation() public {
        address code =
            vm.deployCode("AgentReputation.sol:AgentReputation", abi.encode(address(agents), address(channels)));

        (bool done, bytes memory reason) = code.call(abi.encodeWithSignature("initialize(address)", address(this)));
        assertFalse(done);
        assertEq(bytes4(reason), Initializable.InvalidInitialization.selector);
        (done, reason) = address(reputation).call(abi.encodeWithSignature("initialize(address)", address(this)));
        assertFalse(done);
        assertEq(bytes4(reason), Initializable.InvalidInitialization.selector);
    }

    function test_Bug_UpgradeByAnyone() public {
        address code =
            vm.deployCode("AgentReputation.sol:AgentReputation", abi.encode(address(agents), address(channels)));
        bytes memory upgrade = abi.encodeWithSelector(UPGRADE, code, "");

        vm.prank(stranger);
        (bool done, bytes memory reason) = address(reputation).call(upgrade);
        assertFalse(done);
        assertEq(reason, _unauthorized(stranger));
        (done,) = address(reputation).call(upgrade);
        assertTrue(done);
    }

    /// @dev Of one more feedback of the payer's, which is taken back.
    function _gas() private returns (uint256 give, uint256 revoke, uint256 read) {
        _pay(1);
        uint256 before = gasleft();
        _give(payer, 1, 0, "tag", "");
        give = before - gasleft();
        uint64 index = reputation.getLastIndex(agent, payer);
        before = gasleft();
        vm.prank(payer);
        reputation.revokeFeedback(agent, index);
        revoke = before - gasleft();
        address[] memory clients = new address[](1);
        clients[0] = payer;
        before = gasleft();
        reputation.getSummary(agent, clients, "tag", "");
        read = before - gasleft();
    }
}
