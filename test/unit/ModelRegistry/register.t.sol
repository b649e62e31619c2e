// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {ModelFixture} from "../../fixture/ModelFixture.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

contract ModelRegistryRegisterTest is ModelFixture {
    function test_Base() public {
        vm.expectEmit(address(models));
        emit IModelRegistry.ModelRegistered(
            2,
            0,
            alice,
            "Small",
            keccak256("weights"),
            keccak256("program"),
            keccak256("manifest"),
            IModelRegistry.Price(1, 2, 3),
            IModelRegistry.Revenue(7000, 0),
            new IModelRegistry.VersionRef[](0)
        );
        vm.expectEmit(address(models));
        emit IModelRegistry.LineageFixed(2, 0, 5000, new IModelRegistry.Upstream[](0));
        IModelRegistry.Registration memory r = _registration(7000, 0);
        r.derivativeBps = 5000;
        vm.prank(alice);
        uint64 model = models.registerBase(r);

        assertEq(model, 2);
        assertEq(models.modelCount(), 2);
        assertEq(IERC721(address(models)).ownerOf(2), alice);
        IModelRegistry.Model memory m = models.modelOf(2);
        assertEq(m.base, 0);
        assertEq(m.weightsRoot, keccak256("weights"));
        assertEq(m.programRoot, keccak256("program"));
        assertEq(m.manifestHash, keccak256("manifest"));
        assertEq(m.name, "Small");
        assertEq(m.registeredAt, START);
        assertEq(m.versions.length, 0);
        assertEq(m.derivativeBps, 5000);
        assertEq(m.upstream.length, 0);
        assertEq(m.supersedes + m.successor + m.deprecatedAt, 0);
    }

    function test_Adapter() public {
        vm.expectEmit(address(models));
        emit IModelRegistry.ModelRegistered(
            2,
            base,
            alice,
            "Small",
            keccak256("weights"),
            keccak256("program"),
            keccak256("manifest"),
            IModelRegistry.Price(1, 2, 3),
            IModelRegistry.Revenue(1500, 4000),
            _versions(1, 2)
        );
        vm.prank(alice);
        uint64 model = models.registerAdapter(base, _registration(1500, 4000), _versions(1, 2));

        IModelRegistry.Model memory m = models.modelOf(model);
        assertEq(m.base, base);
        assertEq(m.versions.length, 2);
        assertEq(m.versions[0].datanet, datanet);
        assertEq(m.versions[0].version, 1);
        assertEq(m.versions[1].version, 2);
        (IModelRegistry.Price memory price, IModelRegistry.Revenue memory revenue) = models.termsOf(model);
        assertEq(abi.encode(price), abi.encode(IModelRegistry.Price(1, 2, 3)));
        assertEq(abi.encode(revenue), abi.encode(IModelRegistry.Revenue(1500, 4000)));
        assertEq(abi.encode(m.price), abi.encode(price));
        assertEq(abi.encode(m.revenue), abi.encode(revenue));
    }

    function test_RevertWhen_SomethingIsMissing() public {
        IModelRegistry.Registration memory r = _registration(0, 0);
        r.weightsRoot = 0;
        vm.expectRevert(IModelRegistry.ModelRegistry_ZeroRoot.selector);
        models.registerBase(r);
        r = _registration(0, 0);
        r.programRoot = 0;
        vm.expectRevert(IModelRegistry.ModelRegistry_ZeroRoot.selector);
        models.registerBase(r);
        r = _registration(0, 0);
        r.manifestHash = 0;
        vm.expectRevert(IModelRegistry.ModelRegistry_ZeroManifestHash.selector);
        models.registerBase(r);
        r = _registration(0, 0);
        r.name = "";
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NameLengthOutOfRange.selector, 0, 64));
        models.registerBase(r);
        r.name = string(new bytes(65));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NameLengthOutOfRange.selector, 65, 64));
        models.registerBase(r);
        r.name = string(new bytes(64));
        models.registerBase(r);
    }

    function test_RevertWhen_DerivativesWouldOweTooMuch() public {
        IModelRegistry.Registration memory r = _registration(0, 0);
        r.derivativeBps = 5001;

        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_DerivativeShareTooLarge.selector, 5001, 5000)
        );
        models.registerBase(r);
    }

    /// @dev A data part without a Datanet has nobody to go to.
    function test_Base_RevertWhen_ItHasADataPart() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_DataShareOutOfRange.selector, 1, 0, 0));
        models.registerBase(_registration(0, 1));
    }

    function test_RevertWhen_PartsAreOutOfBounds() public {
        IModelRegistry.VersionRef[] memory versions = _versions(1, 2);

        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_DataShareOutOfRange.selector, 1999, 2000, 7000)
        );
        models.registerAdapter(base, _registration(0, 1999), versions);
        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_DataShareOutOfRange.selector, 7001, 2000, 7000)
        );
        models.registerAdapter(base, _registration(0, 7001), versions);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_SharesTooLarge.selector, 7001, 7000));
        models.registerAdapter(base, _registration(5001, 2000), versions);
        // 65,535 + 2,000 does not fit a uint16: the sum must not wrap
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_SharesTooLarge.selector, 67_535, 7000));
        models.registerAdapter(base, _registration(type(uint16).max, 2000), versions);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_SharesTooLarge.selector, 7001, 7000));
        models.registerBase(_registration(7001, 0));
        models.registerAdapter(base, _registration(5000, 2000), versions);
    }

    function test_Adapter_RevertWhen_BaseIsNone() public {
        IModelRegistry.VersionRef[] memory versions = _versions(1, 2);
        uint64 adapter = models.registerAdapter(base, _registration(0, 2000), versions);

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotABase.selector, adapter));
        models.registerAdapter(adapter, _registration(0, 2000), versions);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 3));
        models.registerAdapter(3, _registration(0, 2000), versions);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 0));
        models.registerAdapter(0, _registration(0, 2000), versions);
    }

    function test_Adapter_RevertWhen_VersionsAreNotSound() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_VersionCountOutOfRange.selector, 0, 8));
        models.registerAdapter(base, _registration(0, 2000), new IModelRegistry.VersionRef[](0));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_VersionCountOutOfRange.selector, 9, 8));
        models.registerAdapter(base, _registration(0, 2000), new IModelRegistry.VersionRef[](9));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_VersionsNotAscending.selector, 1));
        models.registerAdapter(base, _registration(0, 2000), _versions(2, 1));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_VersionsNotAscending.selector, 1));
        models.registerAdapter(base, _registration(0, 2000), _versions(2, 2));
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownVersion.selector, datanet, 3));
        models.registerAdapter(base, _registration(0, 2000), _versions(1, 3));
    }

    function test_Views_RevertWhen_Unknown() public {
        bytes memory unknown = abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 2);
        vm.expectRevert(unknown);
        models.modelOf(2);
        vm.expectRevert(unknown);
        models.termsOf(2);
        vm.expectRevert(unknown);
        models.revenueAt(2, START);
        vm.expectRevert(unknown);
        models.revenueScheduleOf(2);
        vm.expectRevert(unknown);
        models.upstreamOf(2);
        vm.expectRevert(unknown);
        models.deprecatedAtOf(2);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 0));
        models.termsOf(0);
    }
}
