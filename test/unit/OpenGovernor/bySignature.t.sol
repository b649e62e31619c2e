// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {GovernanceFixture} from "../../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

/// @dev Digests are built here from the typed data, not by the contract.
contract OpenGovernorBySignatureTest is GovernanceFixture {
    bytes32 private constant BALLOT = keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");
    bytes32 private constant EXTENDED_BALLOT = keccak256(
        "ExtendedBallot(uint256 proposalId,uint8 support,address voter,uint256 nonce,string reason,bytes params)"
    );

    Proposal private p;
    address private signer;
    uint256 private key;

    function setUp() public override {
        super.setUp();
        (signer, key) = makeAddrAndKey("signer");
        _wrap(alice, 1e24);
        _deposit(signer, 30e18);
        vm.prank(signer);
        gOpen.delegate(alice);
        stake.addOwn(signer, 4e18);
        stake.addDelegated(signer, bob, Role.Agent, 5e18);
        vm.warp(block.timestamp + 1);
        p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (1)));
        _activate(p);
    }

    function test_Vote() public {
        bytes32 structHash = keccak256(abi.encode(BALLOT, p.id, FOR, signer, 0));
        bytes memory signature = _sign(structHash);

        governor.castVoteBySig(p.id, FOR, signer, signature);

        _assertVotes(p, 0, 4e18, 0);
        assertEq(governor.nonces(signer), 1);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, signer));
        governor.castVoteBySig(p.id, FOR, signer, signature);
    }

    function test_Overrides() public {
        bytes memory pool = abi.encode(bob, Role.Agent);
        bytes memory own = _sign(_extended(FOR, 0, "why", hex"01"));
        bytes memory staked = _sign(_extended(AGAINST, 1, "", pool));

        governor.castVoteWithReasonAndParamsBySig(p.id, FOR, signer, "why", hex"01", own);
        governor.castVoteWithReasonAndParamsBySig(p.id, AGAINST, signer, "", pool, staked);

        _assertVotes(p, 5e18, 30e18, 0);
        assertTrue(governor.hasVotedOverride(p.id, signer));
        assertTrue(governor.hasVotedStakeOverride(p.id, signer, bob, Role.Agent));
    }

    /// @dev Each field is signed: changed, it is another's signature.
    function test_Bug_UnsignedFields() public {
        bytes memory pool = abi.encode(bob, Role.Agent);
        bytes memory signature = _sign(_extended(FOR, 0, "why", pool));
        bytes memory refused = abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, signer);
        Proposal memory other = _described(p, "another");
        _propose(alice, other);
        vm.warp(block.timestamp + 2 days + 1);

        vm.expectRevert(refused);
        governor.castVoteWithReasonAndParamsBySig(other.id, FOR, signer, "why", pool, signature);
        vm.expectRevert(refused);
        governor.castVoteWithReasonAndParamsBySig(p.id, AGAINST, signer, "why", pool, signature);
        vm.expectRevert(refused);
        governor.castVoteWithReasonAndParamsBySig(p.id, FOR, signer, "why not", pool, signature);
        vm.expectRevert(refused);
        governor.castVoteWithReasonAndParamsBySig(p.id, FOR, signer, "why", hex"01", signature);
        vm.expectRevert(refused);
        governor.castVoteWithReasonAndParamsBySig(p.id, FOR, signer, "why", abi.encode(bob, Role.Model), signature);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, carol));
        governor.castVoteWithReasonAndParamsBySig(p.id, FOR, carol, "why", pool, signature);
        governor.castVoteWithReasonAndParamsBySig(p.id, FOR, signer, "why", pool, signature);
        vm.expectRevert(refused);
        governor.castVoteWithReasonAndParamsBySig(p.id, FOR, signer, "why", pool, signature);
    }

    /// @dev Signatures name no time: the proposal's deadline is theirs.
    function test_Bug_SignatureWithoutDeadline() public {
        bytes memory signature = _sign(_extended(FOR, 0, "", hex"01"));
        vm.warp(governor.proposalDeadline(p.id) + 1);

        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Defeated, 2));
        governor.castVoteWithReasonAndParamsBySig(p.id, FOR, signer, "", hex"01", signature);
    }

    function _extended(uint8 support, uint256 nonce, string memory reason, bytes memory params)
        private
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encode(EXTENDED_BALLOT, p.id, support, signer, nonce, keccak256(bytes(reason)), keccak256(params))
        );
    }

    function _sign(bytes32 structHash) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("OpenGovernor"),
                keccak256("1"),
                block.chainid,
                address(governor)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }
}
