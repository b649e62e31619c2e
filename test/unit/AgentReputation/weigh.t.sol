// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentReputation} from "../../../contracts/interfaces/IAgentReputation.sol";
import {AgentFixture} from "../../fixture/AgentFixture.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract AgentReputationWeighTest is AgentFixture {
    function test_WhatNewlySettledWeighs() public {
        channels.settle(CHANNEL, MODEL, 100);
        vm.expectEmit(address(reputation));
        emit IAgentReputation.SettlementWeighed(agent, payer, CHANNEL, MODEL, 100, 100, 100);
        vm.prank(payer);
        assertEq(reputation.weigh(agent, CHANNEL), 100);
        channels.settle(CHANNEL, MODEL, 11);
        vm.expectEmit(address(reputation));
        emit IAgentReputation.SettlementWeighed(agent, payer, CHANNEL, MODEL, 11, 111, 111);
        vm.prank(payer);
        assertEq(reputation.weigh(agent, CHANNEL), 111);

        assertEq(reputation.weightOf(agent, payer), 111);
        assertEq(reputation.weighedOf(CHANNEL, MODEL), 111);
        assertEq(reputation.getIdentityRegistry(), address(agents));
    }

    function test_ChannelsAddUp() public {
        channels.open("another", payer, makeAddr("another runner"));
        channels.settle("another", MODEL, 7);
        _pay(5);

        vm.prank(payer);
        assertEq(reputation.weigh(agent, "another"), 12);
    }

    function test_RevertGiven_NothingNewSettled() public {
        bytes memory nothing =
            abi.encodeWithSelector(IAgentReputation.AgentReputation_NothingSettled.selector, agent, payer);
        vm.startPrank(payer);
        vm.expectRevert(nothing);
        reputation.weigh(agent, CHANNEL);
        channels.settle(CHANNEL, MODEL, 1);
        reputation.weigh(agent, CHANNEL);
        vm.expectRevert(nothing);
        reputation.weigh(agent, CHANNEL);
    }

    function test_RevertWhen_SettledForAnotherModel() public {
        channels.settle(CHANNEL, MODEL + 1, 100);

        vm.expectRevert(abi.encodeWithSelector(IAgentReputation.AgentReputation_NothingSettled.selector, agent, payer));
        vm.prank(payer);
        reputation.weigh(agent, CHANNEL);
    }

    function test_RevertWhen_NotThePayer() public {
        channels.settle(CHANNEL, MODEL, 100);

        vm.startPrank(stranger);
        vm.expectRevert(
            abi.encodeWithSelector(IAgentReputation.AgentReputation_NotPayer.selector, CHANNEL, stranger, payer)
        );
        reputation.weigh(agent, CHANNEL);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAgentReputation.AgentReputation_NotPayer.selector, bytes32("none"), stranger, address(0)
            )
        );
        reputation.weigh(agent, "none");
    }

    function test_RevertGiven_TheAgentOffersNoModel() public {
        uint256 bare = _register(owner);

        vm.expectRevert(abi.encodeWithSelector(IAgentReputation.AgentReputation_NoModel.selector, bare));
        vm.prank(payer);
        reputation.weigh(bare, CHANNEL);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 3));
        vm.prank(payer);
        reputation.weigh(3, CHANNEL);
    }

    /// @dev Weight goes with the model by which it was paid for, and waits while the agent offers another.
    function test_WeightStaysWithItsModel() public {
        _pay(9);

        vm.prank(owner);
        agents.setOffer(agent, 2, 5);
        assertEq(reputation.weightOf(agent, payer), 0);
        vm.prank(owner);
        agents.setOffer(agent, MODEL, 5);
        assertEq(reputation.weightOf(agent, payer), 9);
    }
}
