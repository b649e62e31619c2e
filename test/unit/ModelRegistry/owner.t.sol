// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {ModelFixture} from "../../fixture/ModelFixture.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @notice Whose a model was: what disputes of its conduct go by.
contract ModelRegistryOwnerTest is ModelFixture {
    function test_OwnerAtIsTheOneAtTheEndOfASecond() public {
        address[3] memory later = [alice, stranger, alice];
        for (uint256 i; i < 3; ++i) {
            vm.warp(START + 10 * (i + 1));
            address holder = IERC721(address(models)).ownerOf(base);
            vm.prank(holder);
            IERC721(address(models)).transferFrom(holder, later[i], base);
        }
        // twice in one second: the last counts
        vm.prank(alice);
        IERC721(address(models)).transferFrom(alice, owner, base);

        assertEq(models.ownerAt(base, uint48(START + 9)), owner);
        assertEq(models.ownerAt(base, uint48(START + 10)), alice);
        assertEq(models.ownerAt(base, uint48(START + 19)), alice);
        assertEq(models.ownerAt(base, uint48(START + 20)), stranger);
        assertEq(models.ownerAt(base, uint48(START + 30)), owner);
        assertEq(models.ownerAt(base, type(uint48).max), owner);
    }

    function test_OwnerAtBeforeItsRegistrationIsItsFirstOwner() public {
        vm.warp(START + 10);
        vm.prank(owner);
        IERC721(address(models)).transferFrom(owner, alice, base);

        assertEq(models.ownerAt(base, 0), owner);
        assertEq(models.ownerAt(base, uint48(START - 1)), owner);
    }

    /// @dev Registered and sent in one transaction, it was nobody's but its maker's before.
    function test_OwnerAtBeforeASameSecondTransferIsWhoRegisteredIt() public {
        vm.startPrank(owner);
        IERC721(address(models)).transferFrom(owner, alice, base);
        vm.stopPrank();
        vm.prank(alice);
        IERC721(address(models)).transferFrom(alice, stranger, base);

        assertEq(models.ownerAt(base, uint48(START - 1)), owner);
        assertEq(models.ownerAt(base, uint48(START)), stranger);
        assertEq(models.ownerAt(base, uint48(START + 1)), stranger);
    }

    function test_OwnerAt_RevertWhen_ThereIsNoSuchModel() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 99));
        models.ownerAt(99, uint48(START));
    }
}
