// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GOpen} from "../../../contracts/governance/GOpen.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Test} from "forge-std/Test.sol";

/// @dev Digests are built here from the standards, not by the contract.
contract GOpenVotesTest is Test {
    uint256 private constant START = 1_800_000_000;
    bytes32 private constant DELEGATION = keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)");
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    GOpen private gOpen;
    IERC20 private token;
    address private holder;
    uint256 private key;
    address private delegate = makeAddr("delegate");

    function setUp() public {
        vm.warp(START);
        (holder, key) = makeAddrAndKey("holder");
        token = IERC20(vm.deployCode("OpenToken.sol:OpenToken", abi.encode(address(this))));
        gOpen = new GOpen(token);
        token.approve(address(gOpen), type(uint256).max);
        gOpen.depositFor(holder, 100);
    }

    function test_ClockIsTheTimestamp() public {
        assertEq(gOpen.CLOCK_MODE(), "mode=timestamp");
        assertEq(gOpen.clock(), START);
        vm.roll(block.number + 5);
        assertEq(gOpen.clock(), START);
        vm.warp(START + 1);
        assertEq(gOpen.clock(), START + 1);
    }

    function test_VotesOnlyThroughADelegate() public {
        assertEq(gOpen.getVotes(holder), 0);

        vm.expectEmit(address(gOpen));
        emit IVotes.DelegateChanged(holder, address(0), delegate);
        vm.expectEmit(address(gOpen));
        emit IVotes.DelegateVotesChanged(delegate, 0, 100);
        vm.prank(holder);
        gOpen.delegate(delegate);

        assertEq(gOpen.getVotes(delegate), 100);
        assertEq(gOpen.getVotes(holder), 0);
        gOpen.depositFor(holder, 11);
        assertEq(gOpen.getVotes(delegate), 111);
        vm.prank(holder);
        gOpen.withdrawTo(holder, 110);
        assertEq(gOpen.getVotes(delegate), 1);
    }

    /// @dev One second before, at and after a change.
    function test_PastIsTheEndOfItsSecond() public {
        vm.prank(holder);
        gOpen.delegate(delegate);
        vm.warp(START + 10);
        gOpen.depositFor(holder, 5);
        gOpen.depositFor(holder, 6);
        vm.warp(START + 11);

        assertEq(gOpen.getPastVotes(delegate, START - 1), 0);
        assertEq(gOpen.getPastVotes(delegate, START + 9), 100);
        assertEq(gOpen.getPastVotes(delegate, START + 10), 111);
        assertEq(gOpen.getPastTotalSupply(START + 9), 100);
        assertEq(gOpen.getPastTotalSupply(START + 10), 111);
        assertEq(gOpen.getPastBalanceOf(holder, START + 9), 100);
        assertEq(gOpen.getPastBalanceOf(holder, START + 10), 111);
        assertEq(gOpen.getPastDelegate(holder, START - 1), address(0));
        assertEq(gOpen.getPastDelegate(holder, START), delegate);
    }

    function test_RevertWhen_TheSecondIsNotOver() public {
        vm.expectRevert(abi.encodeWithSelector(Votes.ERC5805FutureLookup.selector, START, START));
        gOpen.getPastVotes(holder, START);
        vm.expectRevert(abi.encodeWithSelector(Votes.ERC5805FutureLookup.selector, START, START));
        gOpen.getPastTotalSupply(START);
    }

    function test_DelegateBySig() public {
        (uint8 v, bytes32 r, bytes32 s) = _signDelegation(delegate, 0, START);

        gOpen.delegateBySig(delegate, 0, START, v, r, s);

        assertEq(gOpen.delegates(holder), delegate);
        assertEq(gOpen.getVotes(delegate), 100);
        assertEq(gOpen.nonces(holder), 1);
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, holder, 1));
        gOpen.delegateBySig(delegate, 0, START, v, r, s);
    }

    function test_DelegateBySig_RevertWhen_Expired() public {
        (uint8 v, bytes32 r, bytes32 s) = _signDelegation(delegate, 0, START);
        vm.warp(START + 1);

        vm.expectRevert(abi.encodeWithSelector(IVotes.VotesExpiredSignature.selector, START));
        gOpen.delegateBySig(delegate, 0, START, v, r, s);
    }

    /// @dev Permit and delegation share the nonces: each signature is used once, whatever the order.
    function test_Permit() public {
        bytes32 structHash = keccak256(abi.encode(PERMIT, holder, delegate, 40, 0, START));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _digest(structHash));

        gOpen.permit(holder, delegate, 40, START, v, r, s);

        assertEq(gOpen.allowance(holder, delegate), 40);
        assertEq(gOpen.nonces(holder), 1);
    }

    function test_Permit_RevertWhen_Expired() public {
        bytes32 structHash = keccak256(abi.encode(PERMIT, holder, delegate, 40, 0, START - 1));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _digest(structHash));

        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612ExpiredSignature.selector, START - 1));
        gOpen.permit(holder, delegate, 40, START - 1, v, r, s);
    }

    /// @dev Votes of all delegates and what is delegated to nobody are the supply.
    function testFuzz_VotesAreTheDelegatedSupply(uint96[4] calldata amounts, uint8[4] calldata delegates) public {
        uint256 delegated;
        for (uint160 i; i < 4; ++i) {
            uint256 amount = amounts[i] % 1e26;
            address account = address(100 + i);
            gOpen.depositFor(account, amount);
            address to = delegates[i] % 3 == 0 ? address(0) : address(uint160(200 + delegates[i] % 3));
            vm.prank(account);
            gOpen.delegate(to);
            if (to != address(0)) delegated += amount;
        }

        assertEq(gOpen.getVotes(address(201)) + gOpen.getVotes(address(202)), delegated);
        assertGe(gOpen.totalSupply(), delegated);
    }

    function _signDelegation(address to, uint256 nonce, uint256 expiry) private view returns (uint8, bytes32, bytes32) {
        return vm.sign(key, _digest(keccak256(abi.encode(DELEGATION, to, nonce, expiry))));
    }

    function _digest(bytes32 structHash) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Governance OPEN"),
                keccak256("1"),
                block.chainid,
                address(gOpen)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}
