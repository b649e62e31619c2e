// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {AgentFixture} from "../../fixture/AgentFixture.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";

/// @notice Other people's bugs, which this registry is not to have.
contract AgentRegistryBugsTest is AgentFixture {
    /// @dev A proof without an end could be kept and used against the wallet for ever.
    function test_Bug_SignatureWithoutDeadline() public {
        uint256 latest = START + 1 hours;
        uint256[2] memory deadlines = [latest + 1, type(uint256).max];

        for (uint256 i = 0; i < 2; ++i) {
            bytes memory proof = _proof(deadlines[i]);
            vm.expectRevert(
                abi.encodeWithSelector(IAgentRegistry.AgentRegistry_DeadlineTooFar.selector, deadlines[i], latest)
            );
            vm.prank(owner);
            agents.setAgentWallet(agent, wallet, deadlines[i], proof);
        }
    }

    function test_Bug_WalletProofReplayedOnAnotherAgent() public {
        uint256 other = _register(owner);

        _assertRefused(other, wallet, START, _proof(START));
    }

    function test_Bug_WalletProofReplayedOnAnotherChain() public {
        bytes memory proof = _proof(START);
        vm.chainId(10);

        _assertRefused(agent, wallet, START, proof);
    }

    function test_Bug_WalletProofReplayedOnAnotherContract() public {
        bytes memory proof = _proof(START);
        agents = IAgentRegistry(
            _deployGoverned("AgentRegistry.sol:AgentRegistry", abi.encode(address(stakes), address(models)))
        );
        _register(owner);

        _assertRefused(agent, wallet, START, proof);
    }

    function test_Bug_WalletProofReplayedByTheNextOwner() public {
        bytes memory proof = _proof(START);
        vm.prank(owner);
        _nft().transferFrom(owner, stranger, agent);
        owner = stranger;

        _assertRefused(agent, wallet, START, proof);
    }

    function test_Bug_WalletProofWithAnotherDeadline() public {
        _assertRefused(agent, wallet, START + 1, _proof(START));
    }

    /// @dev A wallet that has withdrawn is not to be brought back by what it signed before.
    function test_Bug_WalletProofReplayedAfterTheWalletLeft() public {
        bytes memory proof = _proof(START + 1 hours);
        vm.prank(owner);
        agents.setAgentWallet(agent, wallet, START + 1 hours, proof);
        vm.prank(wallet);
        agents.unsetAgentWallet(agent);

        bytes32 digest = agents.walletDigest(agent, wallet, START + 1 hours);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.AgentRegistry_ProofUsed.selector, digest));
        vm.prank(owner);
        agents.setAgentWallet(agent, wallet, START + 1 hours, proof);
    }

    /// @dev Nor by its malleable twin: OpenZeppelin's recovery refuses a high s, and the digest is what counts.
    function test_Bug_WalletProofReplayedByMalleability() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(walletKey, agents.walletDigest(agent, wallet, START));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

        _assertRefused(agent, wallet, START, abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? 28 : 27));
    }

    /// @dev A buyer would otherwise take over the seller's agreement, and payments would go on to a stranger.
    function test_Bug_WalletOutlivesATransfer() public {
        _setWallet();

        vm.expectEmit(address(agents));
        emit IAgentRegistry.MetadataSet(agent, "agentWallet", "agentWallet", "");
        vm.prank(owner);
        _nft().transferFrom(owner, stranger, agent);

        assertEq(agents.getAgentWallet(agent), address(0));
        // not even on the way back
        vm.prank(stranger);
        _nft().transferFrom(stranger, owner, agent);
        assertEq(agents.getAgentWallet(agent), address(0));
    }

    /// @dev The first wallet is the owner: a sale takes it away too.
    function test_Bug_SellerStaysTheWallet() public {
        vm.prank(owner);
        _nft().transferFrom(owner, stranger, agent);

        assertEq(agents.getAgentWallet(agent), address(0));
    }

    function test_Bug_UninitialisedImplementation() public {
        address code = vm.deployCode("AgentRegistry.sol:AgentRegistry", abi.encode(address(stakes), address(models)));

        (bool done, bytes memory reason) = code.call(abi.encodeWithSignature("initialize(address)", address(this)));
        assertFalse(done);
        assertEq(bytes4(reason), Initializable.InvalidInitialization.selector);
        (done, reason) = address(agents).call(abi.encodeWithSignature("initialize(address)", address(this)));
        assertFalse(done);
        assertEq(bytes4(reason), Initializable.InvalidInitialization.selector);
    }

    function test_Bug_UpgradeByAnyone() public {
        address code = vm.deployCode("AgentRegistry.sol:AgentRegistry", abi.encode(address(stakes), address(models)));
        bytes memory upgrade = abi.encodeWithSelector(UPGRADE, code, "");

        vm.prank(stranger);
        (bool done, bytes memory reason) = address(agents).call(upgrade);
        assertFalse(done);
        assertEq(reason, _unauthorized(stranger));
        (done,) = address(agents).call(upgrade);
        assertTrue(done);
        assertEq(agents.agentCount(), 1);
    }

    function _assertRefused(uint256 agentId, address newWallet, uint256 deadline, bytes memory proof) private {
        bytes32 digest = agents.walletDigest(agentId, newWallet, deadline);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.AgentRegistry_WrongProof.selector, newWallet, digest));
        vm.prank(owner);
        agents.setAgentWallet(agentId, newWallet, deadline, proof);
    }
}
