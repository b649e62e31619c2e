// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {ContractWallet} from "../../fixture/AgentFakes.sol";
import {AgentFixture} from "../../fixture/AgentFixture.sol";

contract AgentRegistryWalletTest is AgentFixture {
    function test_SetByTheWalletsKey() public {
        bytes memory proof = _proof(START + 1 hours);

        vm.expectEmit(address(agents));
        emit IAgentRegistry.MetadataSet(agent, "agentWallet", "agentWallet", abi.encodePacked(wallet));
        vm.prank(owner);
        agents.setAgentWallet(agent, wallet, START + 1 hours, proof);

        assertEq(agents.getAgentWallet(agent), wallet);
        assertEq(agents.getMetadata(agent, "agentWallet"), abi.encodePacked(wallet));
        assertEq(agents.offerOf(agent).model, MODEL, "the offer lies beside it");
        assertEq(agents.offerOf(agent).pricePerCall, 5);
    }

    function test_SetByAContractWallet() public {
        address contractWallet = address(new ContractWallet(wallet));
        bytes32 digest = _digest(block.chainid, address(agents), agent, contractWallet, owner, START);
        bytes memory proof = _sign(walletKey, digest);

        vm.prank(owner);
        agents.setAgentWallet(agent, contractWallet, START, proof);

        assertEq(agents.getAgentWallet(agent), contractWallet);
    }

    /// @dev EIP-7702: code that denies everything beside a key that signs.
    function test_SetByAKeyWithCode() public {
        vm.etch(wallet, hex"fe");

        _setWallet();

        assertEq(agents.getAgentWallet(agent), wallet);
    }

    function test_AnOperatorMaySetIt() public {
        bytes memory proof = _proof(START);
        vm.prank(owner);
        _nft().setApprovalForAll(stranger, true);

        vm.prank(stranger);
        agents.setAgentWallet(agent, wallet, START, proof);

        assertEq(agents.getAgentWallet(agent), wallet);
    }

    function test_TheDeadlineIsInclusive() public {
        bytes memory proof = _proof(START + 60);

        vm.warp(START + 61);
        vm.expectRevert(
            abi.encodeWithSelector(IAgentRegistry.AgentRegistry_ProofExpired.selector, START + 60, START + 61)
        );
        vm.prank(owner);
        agents.setAgentWallet(agent, wallet, START + 60, proof);
        vm.warp(START + 60);
        vm.prank(owner);
        agents.setAgentWallet(agent, wallet, START + 60, proof);
    }

    function test_RevertWhen_TheSignatureIsNotTheWallets() public {
        bytes32 digest = agents.walletDigest(agent, wallet, START);
        bytes memory wrong = abi.encodeWithSelector(IAgentRegistry.AgentRegistry_WrongProof.selector, wallet, digest);
        (, uint256 strangerKey) = makeAddrAndKey("stranger");
        bytes[4] memory proofs = [_sign(strangerKey, digest), bytes(""), new bytes(65), new bytes(64)];

        vm.startPrank(owner);
        for (uint256 i = 0; i < proofs.length; ++i) {
            vm.expectRevert(wrong);
            agents.setAgentWallet(agent, wallet, START, proofs[i]);
        }
        vm.expectRevert(IAgentRegistry.AgentRegistry_ZeroAddress.selector);
        agents.setAgentWallet(agent, address(0), START, new bytes(65));
    }

    function test_RevertWhen_AContractWalletDenies() public {
        address contractWallet = address(new ContractWallet(owner));
        bytes32 digest = agents.walletDigest(agent, contractWallet, START);
        bytes memory proof = _sign(walletKey, digest);

        vm.expectRevert(
            abi.encodeWithSelector(IAgentRegistry.AgentRegistry_WrongProof.selector, contractWallet, digest)
        );
        vm.prank(owner);
        agents.setAgentWallet(agent, contractWallet, START, proof);
    }

    function test_OwnerOperatorAndWalletUnsetIt() public {
        vm.prank(owner);
        _nft().setApprovalForAll(stranger, true);
        address[3] memory allowed = [owner, stranger, wallet];

        for (uint256 i = 0; i < 3; ++i) {
            vm.warp(START + i);
            _setWallet();
            vm.expectEmit(address(agents));
            emit IAgentRegistry.MetadataSet(agent, "agentWallet", "agentWallet", "");
            vm.prank(allowed[i]);
            agents.unsetAgentWallet(agent);
            assertEq(agents.getAgentWallet(agent), address(0));
            assertEq(agents.getMetadata(agent, "agentWallet"), "");
        }
    }

    function testFuzz_DigestIsEip712(uint256 deadline, address newWallet) public view {
        assertEq(
            agents.walletDigest(agent, newWallet, deadline),
            _digest(block.chainid, address(agents), agent, newWallet, owner, deadline)
        );
    }

    function testFuzz_DigestBindsEachField(address newWallet, uint256 deadline) public {
        uint256 other = _register(owner);
        bytes32[5] memory digests;
        digests[0] = agents.walletDigest(agent, newWallet, deadline);
        digests[1] = agents.walletDigest(other, newWallet, deadline);
        digests[2] = agents.walletDigest(agent, address(~uint160(newWallet)), deadline);
        digests[3] = agents.walletDigest(agent, newWallet, ~deadline);
        vm.prank(owner);
        _nft().transferFrom(owner, stranger, agent);
        digests[4] = agents.walletDigest(agent, newWallet, deadline);

        for (uint256 i = 0; i < digests.length; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                assertNotEq(digests[i], digests[j]);
            }
        }
    }
}
