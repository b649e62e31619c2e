// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {AgentFixture} from "../../fixture/AgentFixture.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

contract AgentRegistryRegisterTest is AgentFixture {
    function test_WithMetadata() public {
        IAgentRegistry.MetadataEntry[] memory entries = new IAgentRegistry.MetadataEntry[](2);
        entries[0] = IAgentRegistry.MetadataEntry("name", "Scholar");
        entries[1] = IAgentRegistry.MetadataEntry("skills", hex"0102");

        vm.expectEmit(address(agents));
        emit IERC721.Transfer(address(0), stranger, 2);
        vm.expectEmit(address(agents));
        emit IAgentRegistry.Registered(2, "ipfs://scholar", stranger);
        vm.expectEmit(address(agents));
        emit IAgentRegistry.MetadataSet(2, "agentWallet", "agentWallet", abi.encodePacked(stranger));
        vm.expectEmit(address(agents));
        emit IAgentRegistry.MetadataSet(2, "name", "name", "Scholar");
        vm.expectEmit(address(agents));
        emit IAgentRegistry.MetadataSet(2, "skills", "skills", hex"0102");
        vm.prank(stranger);
        uint256 id = agents.register("ipfs://scholar", entries);

        assertEq(id, 2);
        assertEq(agents.agentCount(), 2);
        assertEq(_nft().ownerOf(2), stranger);
        assertEq(IERC721Metadata(address(agents)).tokenURI(2), "ipfs://scholar");
        assertEq(agents.getAgentWallet(2), stranger);
        assertEq(agents.getMetadata(2, "agentWallet"), abi.encodePacked(stranger));
        assertEq(agents.getMetadata(2, "name"), "Scholar");
        assertEq(agents.getMetadata(2, "skills"), hex"0102");
        assertEq(agents.getMetadata(2, "other"), "");
    }

    function test_WithoutAnything() public {
        vm.expectEmit(address(agents));
        emit IAgentRegistry.Registered(2, "", stranger);
        vm.prank(stranger);
        assertEq(agents.register(), 2);

        assertEq(IERC721Metadata(address(agents)).tokenURI(2), "");
        assertEq(agents.getAgentWallet(2), stranger);
        assertEq(agents.offerOf(2).model, 0);
    }

    function test_RevertWhen_MetadataNameTheWallet() public {
        IAgentRegistry.MetadataEntry[] memory entries = new IAgentRegistry.MetadataEntry[](1);
        entries[0] = IAgentRegistry.MetadataEntry("agentWallet", abi.encodePacked(stranger));

        bytes memory reserved = abi.encodeWithSelector(IAgentRegistry.AgentRegistry_ReservedKey.selector, "agentWallet");
        vm.expectRevert(reserved);
        agents.register("", entries);
        vm.expectRevert(reserved);
        vm.prank(owner);
        agents.setMetadata(agent, "agentWallet", abi.encodePacked(stranger));
    }

    function test_RevertWhen_MetadataAreTooMany() public {
        IAgentRegistry.MetadataEntry[] memory entries = new IAgentRegistry.MetadataEntry[](17);

        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.AgentRegistry_TooManyEntries.selector, 17, 16));
        agents.register("", entries);
        agents.register("", new IAgentRegistry.MetadataEntry[](16));
    }

    function test_OwnerAndOperatorsSetUriAndMetadata() public {
        address approved = makeAddr("approved");
        address operator = makeAddr("operator");
        vm.startPrank(owner);
        _nft().approve(approved, agent);
        _nft().setApprovalForAll(operator, true);
        vm.stopPrank();
        address[3] memory allowed = [owner, approved, operator];

        for (uint256 i = 0; i < 3; ++i) {
            string memory uri = vm.toString(i);
            vm.expectEmit(address(agents));
            emit IAgentRegistry.URIUpdated(agent, uri, allowed[i]);
            vm.prank(allowed[i]);
            agents.setAgentURI(agent, uri);
            assertEq(IERC721Metadata(address(agents)).tokenURI(agent), uri);
            vm.expectEmit(address(agents));
            emit IAgentRegistry.MetadataSet(agent, "key", "key", bytes(uri));
            vm.prank(allowed[i]);
            agents.setMetadata(agent, "key", bytes(uri));
            assertEq(agents.getMetadata(agent, "key"), bytes(uri));
            assertTrue(agents.isAuthorizedOrOwner(allowed[i], agent));
        }
        assertFalse(agents.isAuthorizedOrOwner(stranger, agent));
    }

    function test_RevertWhen_NotAuthorized() public {
        bytes memory refused =
            abi.encodeWithSelector(IAgentRegistry.AgentRegistry_NotAuthorized.selector, agent, stranger, owner);
        vm.startPrank(stranger);
        vm.expectRevert(refused);
        agents.setAgentURI(agent, "");
        vm.expectRevert(refused);
        agents.setMetadata(agent, "key", "");
        vm.expectRevert(refused);
        agents.setOffer(agent, 1, 1);
        vm.expectRevert(refused);
        agents.setAgentWallet(agent, stranger, START, "");
        vm.expectRevert(refused);
        agents.unsetAgentWallet(agent);
    }

    function test_RevertWhen_ThereIsNoSuchAgent() public {
        bytes memory missing = abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 2);
        vm.expectRevert(missing);
        agents.setAgentURI(2, "");
        vm.expectRevert(missing);
        agents.offerOf(2);
        vm.expectRevert(missing);
        agents.isActive(2);
        vm.expectRevert(missing);
        agents.isAuthorizedOrOwner(owner, 2);
        vm.expectRevert(missing);
        agents.unsetAgentWallet(2);
        vm.expectRevert(missing);
        agents.walletDigest(2, wallet, START);
        vm.expectRevert(missing);
        IERC721Metadata(address(agents)).tokenURI(2);
    }

    function test_APauseEndsByItself() public {
        uint64 until = START + 7 days;
        vm.expectEmit(address(agents));
        emit IAgentRegistry.RegistrationPaused(until);
        agents.pauseRegistration(until);

        assertEq(agents.registrationPausedUntil(), until);
        vm.warp(until - 1);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.AgentRegistry_RegistrationPaused.selector, until));
        agents.register();
        vm.prank(owner);
        agents.setAgentURI(agent, "");
        vm.warp(until);
        agents.register();
    }

    function test_Pause_RevertWhen_TooLongOrNotTheBrake() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IAgentRegistry.AgentRegistry_PauseTooLong.selector, START + 7 days + 1, START + 7 days
            )
        );
        agents.pauseRegistration(START + 7 days + 1);
        vm.expectRevert(_unauthorized(stranger));
        vm.prank(stranger);
        agents.pauseRegistration(START);
    }

    function test_IsAnERC721() public view {
        assertTrue(IERC165(address(agents)).supportsInterface(type(IERC721).interfaceId));
        assertTrue(IERC165(address(agents)).supportsInterface(type(IERC721Metadata).interfaceId));
        assertEq(IERC721Metadata(address(agents)).symbol(), "AGENT");
    }
}
