// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Allocation, IGenesis} from "../../../contracts/interfaces/IGenesis.sol";
import {GenesisFixture} from "../../fixture/GenesisFixture.sol";

contract GenesisMoveGrantTest is GenesisFixture {
    address private heir = makeAddr("heir");

    function test_PaysTheNewHolderFromThenOn() public {
        vm.warp(GENESIS_AT);
        uint96 before = _claim(0, 2);
        address beneficiary = grants[0][2].beneficiary;

        vm.expectEmit(address(genesis));
        emit IGenesis.GrantMoved(Allocation.Community, 2, beneficiary, heir);
        _move(beneficiary, heir);
        vm.warp(GENESIS_AT + 48 * MONTH);
        _claim(0, 2);

        assertEq(token.balanceOf(beneficiary), before);
        assertEq(token.balanceOf(heir), grants[0][2].amount - before);
        assertEq(genesis.positionOf(Allocation.Community, 2).holder, heir);
        assertEq(genesis.positionOf(Allocation.Community, 2).claimed, grants[0][2].amount);
    }

    function test_OnlyTheMovedGrantMoves() public {
        vm.prank(grants[0][0].beneficiary);
        genesis.moveGrant(grants[0][0], _place(0, 0), heir);
        vm.warp(GENESIS_AT + 48 * MONTH);
        _claim(0, 3);

        assertEq(token.balanceOf(grants[0][3].beneficiary), grants[0][3].amount);
        assertEq(token.balanceOf(heir), 0);
    }

    function test_TheNewHolderMovesItOn() public {
        address beneficiary = grants[0][2].beneficiary;
        _move(beneficiary, heir);

        vm.expectRevert(abi.encodeWithSelector(IGenesis.Genesis_NotHolder.selector, beneficiary, heir));
        _move(beneficiary, stranger);
        _move(heir, beneficiary);

        assertEq(genesis.positionOf(Allocation.Community, 2).holder, beneficiary);
    }

    function test_RevertWhen_TheCallerIsNotTheHolder() public {
        vm.expectRevert(abi.encodeWithSelector(IGenesis.Genesis_NotHolder.selector, stranger, grants[0][2].beneficiary));
        _move(stranger, stranger);
    }

    /// @dev A leaf that names the caller is no leaf of the tree.
    function test_RevertWhen_TheGrantIsInvented() public {
        IGenesis.Grant memory grant = grants[0][2];
        grant.beneficiary = stranger;

        vm.expectRevert(abi.encodeWithSelector(IGenesis.Genesis_InvalidProof.selector, Allocation.Community, 2, 4));
        vm.prank(stranger);
        genesis.moveGrant(grant, _place(0, 2), stranger);
    }

    function test_RevertWhen_NobodyWouldHoldIt() public {
        address beneficiary = grants[0][2].beneficiary;

        vm.expectRevert(abi.encodeWithSelector(IGenesis.Genesis_InvalidHolder.selector, address(0)));
        _move(beneficiary, address(0));
        vm.expectRevert(abi.encodeWithSelector(IGenesis.Genesis_InvalidHolder.selector, address(genesis)));
        _move(beneficiary, address(genesis));
    }

    function _move(address from, address to) private {
        vm.prank(from);
        genesis.moveGrant(grants[0][2], _place(0, 2), to);
    }
}
