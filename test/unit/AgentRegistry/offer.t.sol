// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {AgentFixture} from "../../fixture/AgentFixture.sol";

contract AgentRegistryOfferTest is AgentFixture {
    function test_SetOffer() public {
        vm.expectEmit(address(agents));
        emit IAgentRegistry.OfferSet(agent, 9, type(uint96).max);
        vm.prank(owner);
        agents.setOffer(agent, 9, type(uint96).max);

        IAgentRegistry.Offer memory offer = agents.offerOf(agent);
        assertEq(offer.model, 9);
        assertEq(offer.pricePerCall, type(uint96).max);
        assertEq(agents.getAgentWallet(agent), owner, "the wallet lies beside it");
    }

    function test_RevertWhen_TheModelIsUnknownOrDeprecated() public {
        models.deprecate(2);

        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 10));
        agents.setOffer(agent, 10, 1);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 0));
        agents.setOffer(agent, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.AgentRegistry_ModelDeprecated.selector, 2, START));
        agents.setOffer(agent, 2, 1);
    }

    function test_IsActiveByItsOwnersStake() public {
        assertFalse(agents.isActive(agent));

        stakes.setActive(owner, Role.Runner, true);
        assertFalse(agents.isActive(agent), "another role's stake");
        stakes.setActive(owner, Role.Agent, true);
        assertTrue(agents.isActive(agent));
        stakes.setActive(owner, Role.Agent, false);
        assertFalse(agents.isActive(agent));
    }

    function test_IsActiveByItsWalletsStake() public {
        stakes.setActive(wallet, Role.Agent, true);
        assertFalse(agents.isActive(agent), "before it agreed");

        _setWallet();

        assertTrue(agents.isActive(agent));
        vm.prank(wallet);
        agents.unsetAgentWallet(agent);
        assertFalse(agents.isActive(agent));
    }

    /// @dev Whatever staking says of the zero address.
    function test_NoWalletHasNoStake() public {
        stakes.setActive(address(0), Role.Agent, true);
        vm.prank(owner);
        agents.unsetAgentWallet(agent);

        assertFalse(agents.isActive(agent));
    }

    function test_IsInactiveWithoutAModel() public {
        uint256 bare = _register(owner);
        stakes.setActive(owner, Role.Agent, true);

        assertFalse(agents.isActive(bare));
        assertTrue(agents.isActive(agent));
        models.deprecate(MODEL);
        assertFalse(agents.isActive(agent));
    }
}
