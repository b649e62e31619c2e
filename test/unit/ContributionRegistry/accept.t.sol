// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

contract DatanetRegistryAcceptTest is RegistryFixture {
    function test_Accept_CountsInTheOrderGiven() public {
        uint64 first = _contribute(alice, 3);
        uint64 second = _contribute(bob, 5);

        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.ContributionAccepted(second, datanet, bob, 0, 1, 5);
        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.ContributionAccepted(first, datanet, alice, 1, 2, 8);
        vm.prank(owner);
        datanets.accept(datanet, _list(second, first));

        assertEq(datanets.contributionOf(second).position, 0);
        assertEq(datanets.contributionOf(first).position, 1);
        assertEq(uint8(datanets.contributionOf(first).state), uint8(IDatanetRegistry.ContributionState.Accepted));
        assertEq(datanets.datanetOf(datanet).contributionCount, 2);
        assertEq(datanets.datanetOf(datanet).recordCount, 8);
    }

    function test_Reject_ForEver() public {
        uint64 contribution = _contribute(alice, 3);
        vm.startPrank(owner);

        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.ContributionRejected(contribution, datanet, alice);
        datanets.reject(datanet, _list(contribution));

        vm.expectRevert(_notCommitted(contribution, IDatanetRegistry.ContributionState.Rejected));
        datanets.accept(datanet, _list(contribution));
        assertEq(datanets.datanetOf(datanet).contributionCount, 0);
    }

    /// @dev One contribution twice in a list would be paid twice.
    function test_Accept_RevertWhen_ListedTwice() public {
        uint64 contribution = _contribute(alice, 3);

        vm.expectRevert(_notCommitted(contribution, IDatanetRegistry.ContributionState.Accepted));
        vm.prank(owner);
        datanets.accept(datanet, _list(contribution, contribution));
    }

    function test_Accept_RevertWhen_CallerIsNotTheOwner() public {
        uint64 contribution = _contribute(alice, 3);
        bytes memory notOwner =
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NotOwner.selector, datanet, alice, owner);
        vm.startPrank(alice);

        vm.expectRevert(notOwner);
        datanets.accept(datanet, _list(contribution));
        vm.expectRevert(notOwner);
        datanets.reject(datanet, _list(contribution));
        vm.expectRevert(notOwner);
        datanets.publishVersion(datanet);
        vm.expectRevert(notOwner);
        datanets.commitIndex(datanet, 1, 1, ROOT, DATA_HASH);
    }

    function test_Accept_ByWhoeverHoldsTheDatanetsToken() public {
        uint64 contribution = _contribute(alice, 3);
        vm.prank(owner);
        IERC721(address(datanets)).transferFrom(owner, bob, datanet);

        vm.prank(bob);
        datanets.accept(datanet, _list(contribution));

        assertEq(datanets.datanetOf(datanet).contributionCount, 1);
    }

    function test_Accept_RevertWhen_OfAnotherDatanet() public {
        uint64 contribution = _contribute(alice, 3);
        uint64 other = _createDatanet("Go");

        vm.expectRevert(
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NotInDatanet.selector, contribution, other, datanet)
        );
        vm.prank(owner);
        datanets.accept(other, _list(contribution));
    }

    function test_Accept_RevertWhen_UnknownOrTooMany() public {
        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownContribution.selector, 9));
        datanets.accept(datanet, _list(9));
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_TooManyContributions.selector, 65, 64));
        datanets.accept(datanet, new uint64[](65));
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_TooManyContributions.selector, 65, 64));
        datanets.reject(datanet, new uint64[](65));
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownDatanet.selector, 2));
        datanets.accept(2, new uint64[](0));
    }

    function _notCommitted(uint64 contribution, IDatanetRegistry.ContributionState state)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NotCommitted.selector, contribution, state);
    }
}
