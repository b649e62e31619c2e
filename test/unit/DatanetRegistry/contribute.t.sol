// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

contract DatanetRegistryContributeTest is RegistryFixture {
    function test_CreateDatanet_MintsItsNumberToTheCaller() public {
        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.DatanetCreated(2, owner, "Go", bytes32(0), _licences());
        uint64 number = _createDatanet("Go");

        assertEq(number, 2);
        assertEq(datanets.datanetCount(), 2);
        assertEq(IERC721(address(datanets)).ownerOf(2), owner);
        assertEq(datanets.datanetOf(2).name, "Go");
        assertTrue(datanets.isLicenceAllowed(2, APACHE));
        assertFalse(datanets.isLicenceAllowed(2, "GPL-3.0"));
    }

    function test_CreateDatanet_RevertWhen_NameIsEmptyOrLong() public {
        bytes32[] memory licences = _licences();
        datanets.createDatanet(string(new bytes(64)), 0, licences);

        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NameLengthOutOfRange.selector, 0, 64));
        datanets.createDatanet("", 0, licences);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NameLengthOutOfRange.selector, 65, 64));
        datanets.createDatanet(string(new bytes(65)), 0, licences);
    }

    function test_CreateDatanet_RevertWhen_LicencesAreNoneOrTooMany() public {
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_LicenceCountOutOfRange.selector, 0, 16));
        datanets.createDatanet("Go", 0, new bytes32[](0));
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_LicenceCountOutOfRange.selector, 17, 16)
        );
        datanets.createDatanet("Go", 0, new bytes32[](17));
    }

    /// @dev A licence of zero would let contributions name none.
    function test_CreateDatanet_RevertWhen_ALicenceIsZero() public {
        bytes32[] memory licences = _licences();
        licences[1] = 0;
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_LicenceNotAllowed.selector, 2, 0));
        datanets.createDatanet("Go", 0, licences);
    }

    function test_Contribute_Commits() public {
        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.ContributionCommitted(1, datanet, alice, ROOT, 3, APACHE, DATA_HASH);
        vm.prank(alice);
        uint64 number = datanets.contribute(datanet, ROOT, 3, APACHE, DATA_HASH);

        IDatanetRegistry.Contribution memory c = datanets.contributionOf(number);
        assertEq(number, 1);
        assertEq(datanets.contributionCount(), 1);
        assertEq(c.contributor, alice);
        assertEq(c.datanet, datanet);
        assertEq(c.recordCount, 3);
        assertEq(c.recordsRoot, ROOT);
        assertEq(c.licence, APACHE);
        assertEq(c.dataHash, DATA_HASH);
        assertEq(uint8(c.state), uint8(IDatanetRegistry.ContributionState.Committed));
        assertEq(datanets.datanetOf(datanet).contributionCount, 0);
    }

    function test_Contribute_RevertWhen_SomethingIsMissing() public {
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownDatanet.selector, 2));
        datanets.contribute(2, ROOT, 1, MIT, DATA_HASH);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownDatanet.selector, 0));
        datanets.contribute(0, ROOT, 1, MIT, DATA_HASH);
        vm.expectRevert(IDatanetRegistry.DatanetRegistry_ZeroRoot.selector);
        datanets.contribute(datanet, 0, 1, MIT, DATA_HASH);
        vm.expectRevert(IDatanetRegistry.DatanetRegistry_EmptyContribution.selector);
        datanets.contribute(datanet, ROOT, 0, MIT, DATA_HASH);
        vm.expectRevert(IDatanetRegistry.DatanetRegistry_ZeroDataHash.selector);
        datanets.contribute(datanet, ROOT, 1, MIT, 0);
        bytes32 gpl = "GPL-3.0";
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_LicenceNotAllowed.selector, datanet, gpl)
        );
        datanets.contribute(datanet, ROOT, 1, gpl, DATA_HASH);
    }

    function test_ContributionOf_RevertWhen_Unknown() public {
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownContribution.selector, 1));
        datanets.contributionOf(1);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownDatanet.selector, 2));
        datanets.datanetOf(2);
    }
}
