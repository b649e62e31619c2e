// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";

contract DatanetRegistryPublishVersionTest is RegistryFixture {
    bytes32 private constant DOMAIN = keccak256("OpenLedger.Contribution.v1");

    /// @dev Roots are folded here by hand, from the definition of leaf, inner node and root.
    function test_RootIsOfTheAcceptedContributions() public {
        uint64 first = _contribute(alice, 3);
        uint64 rejected = _contribute(bob, 4);
        uint64 second = _contribute(bob, 5);
        uint64 third = _contribute(alice, 7);
        _reject(rejected);
        _accept(first);
        _accept(third);
        bytes32 pair = _inner(_leaf(first, alice, 3), _leaf(third, alice, 7));

        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.VersionPublished(datanet, 1, _root(2, pair), 2, 10, 0, 0, 0);
        assertEq(_publish(), 1);
        skip(1 hours);
        _accept(second);
        assertEq(_publish(), 2);

        IDatanetRegistry.Version memory version = datanets.versionOf(datanet, 2);
        assertEq(version.root, _root(3, _inner(pair, _inner(_leaf(second, bob, 5), bytes32(0)))));
        assertEq(version.contributionCount, 3);
        assertEq(version.recordCount, 15);
        assertEq(version.publishedAt, START + 1 hours);
        assertEq(datanets.versionOf(datanet, 1).root, _root(2, pair), "a version never changes");
        assertEq(datanets.datanetOf(datanet).versionCount, 2);
    }

    function test_RevertGiven_NothingNewWasAccepted() public {
        bytes memory nothing =
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NothingToPublish.selector, datanet);
        vm.expectRevert(nothing);
        _publish();

        uint64 contribution = _contribute(alice, 3);
        vm.expectRevert(nothing);
        _publish();

        _accept(contribution);
        _publish();
        vm.expectRevert(nothing);
        _publish();
    }

    /// @dev What is revoked is a reason for a version, stays in the tree and is told by the version's revocations.
    function test_CarriesTheRevocationsUntilThen() public {
        uint64 first = _contribute(alice, 3);
        uint64 second = _contribute(bob, 5);
        _accept(first);
        _accept(second);
        _publish();
        contributions.revokeRecord(known[second], 4);
        vm.prank(alice);
        contributions.withdrawContribution(known[first]);
        bytes32 hash = keccak256(abi.encodePacked(bytes32(0), second, uint32(4)));
        hash = keccak256(abi.encodePacked(hash, first, type(uint32).max));

        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.VersionPublished(datanet, 2, datanets.versionOf(datanet, 1).root, 2, 8, 2, hash, 0);
        assertEq(_publish(), 2);

        assertEq(datanets.versionOf(datanet, 1).revocationCount, 0, "a version never changes");
        assertEq(datanets.versionOf(datanet, 1).revocationsHash, 0);
        assertEq(datanets.versionOf(datanet, 2).revocationCount, 2);
        assertEq(datanets.versionOf(datanet, 2).revocationsHash, hash);
    }

    function test_PaysThePublishingFeeToTheTreasury() public {
        datanets.setPublishingFee(9e18, stranger);
        _accept(_contribute(alice, 3));
        vm.expectRevert(
            abi.encodeWithSignature("ERC20InsufficientAllowance(address,uint256,uint256)", datanets, 0, 9e18)
        );
        _publish();
        _enrich(owner);

        _publish();

        assertEq(open.balanceOf(stranger), 9e18);
        assertEq(open.balanceOf(owner), RICHES - 9e18);
        assertEq(open.balanceOf(address(datanets)), 0);
    }

    function test_VersionOf_RevertWhen_NotPublished() public {
        _accept(_contribute(alice, 3));
        _publish();

        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownVersion.selector, datanet, 0));
        datanets.versionOf(datanet, 0);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownVersion.selector, datanet, 2));
        datanets.versionOf(datanet, 2);
    }

    function test_CommitIndex_Once() public {
        _accept(_contribute(alice, 3));
        _publish();
        vm.startPrank(owner);

        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.IndexCommitted(datanet, 1, 9, ROOT, DATA_HASH);
        datanets.commitIndex(datanet, 1, 9, ROOT, DATA_HASH);

        (bytes32 root, bytes32 dataHash) = datanets.indexOf(datanet, 1, 9);
        assertEq(root, ROOT);
        assertEq(dataHash, DATA_HASH);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_IndexExists.selector, datanet, 1, 9));
        datanets.commitIndex(datanet, 1, 9, DATA_HASH, ROOT);
        datanets.commitIndex(datanet, 1, 10, ROOT, DATA_HASH);
    }

    function test_CommitIndex_RevertWhen_SomethingIsMissing() public {
        _accept(_contribute(alice, 3));
        _publish();
        vm.startPrank(owner);

        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownVersion.selector, datanet, 2));
        datanets.commitIndex(datanet, 2, 9, ROOT, DATA_HASH);
        vm.expectRevert(IDatanetRegistry.DatanetRegistry_ZeroRoot.selector);
        datanets.commitIndex(datanet, 1, 9, 0, DATA_HASH);
        vm.expectRevert(IDatanetRegistry.DatanetRegistry_ZeroDataHash.selector);
        datanets.commitIndex(datanet, 1, 9, ROOT, 0);
    }

    function test_RevertWhen_NotTheOwner() public {
        bytes memory notOwner =
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NotOwner.selector, datanet, alice, owner);
        vm.startPrank(alice);

        vm.expectRevert(notOwner);
        datanets.publishVersion(datanet);
        vm.expectRevert(notOwner);
        datanets.commitIndex(datanet, 1, 1, ROOT, DATA_HASH);
    }

    function test_UpgradesKeepTheTree() public {
        uint64 first = _contribute(alice, 3);
        uint64 second = _contribute(bob, 5);
        _accept(first);

        _upgrade(address(datanets), vm.deployCode("DatanetRegistry.sol:DatanetRegistry", abi.encode(open)));
        _upgrade(
            address(contributions),
            vm.deployCode("ContributionRegistry.sol:ContributionRegistry", abi.encode(open, datanets))
        );
        _upgrade(
            address(validators),
            vm.deployCode("DatanetValidators.sol:DatanetValidators", abi.encode(open, datanets, contributions, stakes))
        );

        _accept(second);
        _publish();
        assertEq(datanets.versionOf(datanet, 1).root, _root(2, _inner(_leaf(first, alice, 3), _leaf(second, bob, 5))));
    }

    /// @dev What the owner pays the treasury gets, up to all that it has.
    function testFuzz_PublishVersion_PaysTheTreasury(uint256 amount) public {
        uint96 fee = uint96(bound(amount, 0, 10_000e18));
        address treasury = makeAddr("treasury");
        datanets.setPublishingFee(fee, treasury);
        _enrich(owner);
        _accept(_contribute(alice, 3));

        _publish();

        assertEq(open.balanceOf(owner), RICHES - fee);
        assertEq(open.balanceOf(treasury), fee);
        assertEq(open.balanceOf(address(datanets)), 0);
        assertEq(datanets.datanetOf(datanet).versionCount, 1);
    }

    function _upgrade(address proxy, address code) private {
        vm.expectRevert(_unauthorized(owner));
        vm.prank(owner);
        (bool done,) = proxy.call(abi.encodeWithSelector(UPGRADE, code, ""));
        assertTrue(done, "reverted as expected");
        (done,) = proxy.call(abi.encodeWithSelector(UPGRADE, code, ""));
        assertTrue(done);
    }

    function _leaf(uint64 number, address contributor, uint32 records) private pure returns (bytes32) {
        return keccak256(
            abi.encodePacked(
                bytes1(0x00), DOMAIN, number, contributor, keccak256(abi.encode(records)), records, bytes32(MIT)
            )
        );
    }

    function _inner(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x01), left, right));
    }

    function _root(uint64 count, bytes32 top) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x02), DOMAIN, count, top));
    }
}
