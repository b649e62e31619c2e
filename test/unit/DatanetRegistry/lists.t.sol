// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";

contract DatanetRegistryListsTest is RegistryFixture {
    bytes32 private constant GPL = "GPL-3.0";

    function test_SetLicences_ForLaterContributions() public {
        uint64 before = _contribute(alice, 3);
        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.LicencesChanged(datanet, _words(GPL), _words(MIT));
        vm.prank(owner);
        datanets.setLicences(datanet, _words(GPL), _words(MIT));

        vm.expectRevert(
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_LicenceNotAllowed.selector, datanet, MIT)
        );
        contributions.contribute(datanet, ROOT, 1, MIT, DATA_HASH, 1);
        contributions.contribute(datanet, ROOT, 1, GPL, DATA_HASH, 1);
        _accept(before);
        _assertState(before, IContributionRegistry.ContributionState.Accepted);
    }

    function test_SetLicences_RevertWhen_ZeroTooManyOrNotTheOwner() public {
        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_LicenceNotAllowed.selector, datanet, 0));
        datanets.setLicences(datanet, new bytes32[](1), new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_TooMany.selector, 65, 64));
        datanets.setLicences(datanet, new bytes32[](32), new bytes32[](33));
        datanets.setLicences(datanet, new bytes32[](0), new bytes32[](64));
        vm.stopPrank();

        vm.expectRevert(
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NotOwner.selector, datanet, alice, owner)
        );
        vm.prank(alice);
        datanets.setLicences(datanet, _words(GPL), new bytes32[](0));
    }

    function test_Private_TakesListedContributorsAlone() public {
        IDatanetRegistry.Rules memory rules = _rules();
        rules.access = IDatanetRegistry.Access.Private;
        datanet = _createDatanet("Private", rules);
        bytes memory notAdmitted =
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NotAdmitted.selector, datanet, alice);

        vm.expectRevert(notAdmitted);
        vm.prank(alice);
        contributions.contribute(datanet, ROOT, 1, MIT, DATA_HASH, 1);
        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.ContributorsChanged(datanet, _accounts(alice), new address[](0));
        vm.prank(owner);
        datanets.setContributors(datanet, _accounts(alice), new address[](0));
        assertTrue(datanets.isContributor(datanet, alice));
        uint64 first = _contribute(alice, 1);
        vm.prank(owner);
        datanets.setContributors(datanet, new address[](0), _accounts(alice));

        vm.expectRevert(notAdmitted);
        vm.prank(alice);
        contributions.contribute(datanet, ROOT, 1, MIT, DATA_HASH, 1);
        // what it contributed before is decided as agreed
        _accept(first);
        _assertState(first, IContributionRegistry.ContributionState.Accepted);
    }

    function test_SetContributors_RevertWhen_TooManyOrNotTheOwner() public {
        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_TooMany.selector, 65, 64));
        datanets.setContributors(datanet, new address[](65), new address[](0));
        datanets.setContributors(datanet, new address[](32), new address[](32));
        vm.stopPrank();

        vm.expectRevert(
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NotOwner.selector, datanet, alice, owner)
        );
        vm.prank(alice);
        datanets.setContributors(datanet, _accounts(alice), new address[](0));
    }

    function _words(bytes32 one) private pure returns (bytes32[] memory list) {
        list = new bytes32[](1);
        list[0] = one;
    }
}
