// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {ModelFixture} from "../../fixture/ModelFixture.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

contract ModelRegistryDeprecateTest is ModelFixture {
    uint64 private constant MODERATOR = 7;
    address private moderator = makeAddr("moderator");

    function setUp() public override {
        super.setUp();
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = IModelRegistry.deprecateByVerdict.selector;
        manager.setTargetFunctionRole(address(models), selectors, MODERATOR);
        manager.grantRole(MODERATOR, moderator, 0);
    }

    function test_ByItsOwner() public {
        vm.warp(START + 5);
        vm.expectEmit(address(models));
        emit IModelRegistry.ModelDeprecated(base, owner, START + 5);
        vm.prank(owner);
        models.deprecate(base);

        assertEq(models.deprecatedAtOf(base), START + 5);
        assertEq(models.modelOf(base).deprecatedAt, START + 5);
    }

    /// @dev What was answered settles: its terms stay, and so does its owner.
    function test_TermsStay() public {
        uint64 adapter = _registerAdapter(_registration(1500, 4000));

        vm.prank(owner);
        models.deprecate(adapter);

        _assertRevenue(_inForce(adapter), 1500, 4000);
        assertEq(IERC721(address(models)).ownerOf(adapter), owner);
    }

    function test_ByVerdict() public {
        vm.expectEmit(address(models));
        emit IModelRegistry.ModelDeprecated(base, moderator, START);
        vm.prank(moderator);
        models.deprecateByVerdict(base);

        assertEq(models.deprecatedAtOf(base), START);
    }

    function test_RevertWhen_NeitherOwnerNorModerator() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotOwner.selector, base, moderator, owner));
        vm.prank(moderator);
        models.deprecate(base);
        vm.expectRevert(_unauthorized(owner));
        vm.prank(owner);
        models.deprecateByVerdict(base);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 2));
        vm.prank(moderator);
        models.deprecateByVerdict(2);
    }

    function test_RevertGiven_Deprecated() public {
        vm.prank(owner);
        models.deprecate(base);
        vm.warp(START + 1);

        bytes memory again =
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_AlreadyDeprecated.selector, base, START);
        vm.expectRevert(again);
        vm.prank(owner);
        models.deprecate(base);
        vm.expectRevert(again);
        vm.prank(moderator);
        models.deprecateByVerdict(base);
    }

    /// @dev But it is still owed as upstream: else a deprecation would bar those who owe it from paying.
    function test_RevertWhen_ADeprecatedModelIsToBeABase() public {
        vm.prank(owner);
        models.deprecate(base);

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_BaseDeprecated.selector, base, START));
        _registerAdapter(_registration(0, 2000));
        _registerBase(_derived(0, _grants(base, 100)));
    }

    function test_ASuccessorIsALinkBothWays() public {
        IModelRegistry.Registration memory r = _registration(1500, 0);
        r.supersedes = base;
        vm.expectEmit(address(models));
        emit IModelRegistry.LineageFixed(2, base, 0, new IModelRegistry.Upstream[](0));

        uint64 next = _registerBase(r);

        assertEq(models.modelOf(base).successor, next);
        assertEq(models.modelOf(next).supersedes, base);
        assertEq(models.modelOf(next).successor, 0);
        assertEq(models.deprecatedAtOf(base), 0);
    }

    function test_Supersede_RevertWhen_NotItsOwner() public {
        IModelRegistry.Registration memory r = _registration(1500, 0);
        r.supersedes = base;

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotOwner.selector, base, stranger, owner));
        vm.prank(stranger);
        models.registerBase(r);
        // neither one that is not there, nor the one that is being registered
        r.supersedes = 2;
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 2));
        _registerBase(r);
        r.supersedes = 3;
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 3));
        _registerBase(r);
    }

    function test_Supersede_RevertGiven_ItHasASuccessor() public {
        IModelRegistry.Registration memory r = _registration(1500, 0);
        r.supersedes = base;
        uint64 next = _registerBase(r);

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_HasSuccessor.selector, base, next));
        _registerBase(r);
        r.supersedes = next;
        _registerBase(r);
    }
}
