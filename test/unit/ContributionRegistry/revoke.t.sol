// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";

contract ContributionRegistryRevokeTest is RegistryFixture {
    uint32 private constant ALL = type(uint32).max;

    function test_Withdraw_Undecided() public {
        uint64 contribution = _paid();
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.ContributionWithdrawn(contribution, datanet, alice);
        vm.prank(alice);
        contributions.withdrawContribution(known[contribution]);

        _assertState(contribution, IContributionRegistry.ContributionState.Withdrawn);
        assertEq(open.balanceOf(alice), RICHES);
        assertEq(contributions.feesHeldOf(datanet), 0);
        assertFalse(contributions.isRevoked(contribution), "it was never in");
        vm.expectRevert(_wrongState(contribution, IContributionRegistry.ContributionState.Withdrawn));
        vm.prank(alice);
        contributions.withdrawContribution(known[contribution]);
    }

    function test_Withdraw_AcceptedIsRevokedForLaterVersions() public {
        uint64 contribution = _paid();
        _accept(contribution);
        _publish();
        bytes32 root = datanets.versionOf(datanet, 1).root;
        bytes32 hash = keccak256(abi.encodePacked(bytes32(0), contribution, ALL));
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.ContributionRevoked(contribution, datanet, alice, 1, hash);
        vm.prank(alice);
        contributions.withdrawContribution(known[contribution]);

        assertTrue(contributions.isRevoked(contribution));
        assertTrue(contributions.isRecordRevoked(contribution, 2));
        assertEq(open.balanceOf(alice), RICHES - 10, "what was accepted is paid");
        _publish();
        assertEq(datanets.versionOf(datanet, 2).root, root, "the tree only grows");
        assertEq(datanets.versionOf(datanet, 2).revocationsHash, hash);
        vm.expectRevert(_wrongState(contribution, IContributionRegistry.ContributionState.Revoked));
        vm.prank(alice);
        contributions.withdrawContribution(known[contribution]);
    }

    function test_RevokeContribution_ByAModeratorAlone() public {
        uint64 contribution = _paid();
        _accept(contribution);
        vm.expectRevert(_unauthorized(owner));
        vm.prank(owner);
        contributions.revokeContribution(known[contribution]);

        contributions.revokeContribution(known[contribution]);

        assertTrue(contributions.isRevoked(contribution));
        vm.expectRevert(_wrongState(contribution, IContributionRegistry.ContributionState.Revoked));
        contributions.revokeContribution(known[contribution]);
    }

    function test_RevokeContribution_UndecidedIsRejectedAndPaidBack() public {
        uint64 contribution = _paid();
        contributions.revokeContribution(known[contribution]);

        _assertState(contribution, IContributionRegistry.ContributionState.Rejected);
        assertEq(open.balanceOf(alice), RICHES);
        assertEq(contributions.nextVersionOf(datanet).revocationCount, 0, "it was never in");
        vm.expectRevert(_wrongState(contribution, IContributionRegistry.ContributionState.Rejected));
        contributions.revokeContribution(known[contribution]);
    }

    function test_RevokeRecord_SetsItsBitAlone() public {
        uint64 contribution = _contribute(alice, 600);
        _accept(contribution);
        bytes32 hash = keccak256(abi.encodePacked(bytes32(0), contribution, uint32(256)));
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.RecordRevoked(contribution, datanet, address(this), 256, 1, hash);
        contributions.revokeRecord(known[contribution], 256);
        hash = keccak256(abi.encodePacked(hash, contribution, uint32(471)));
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.RecordRevoked(contribution, datanet, address(this), 471, 2, hash);
        contributions.revokeRecord(known[contribution], 471);

        for (uint32 i; i < 600; ++i) {
            assertEq(contributions.isRecordRevoked(contribution, i), i == 256 || i == 471);
        }
        assertFalse(contributions.isRevoked(contribution));
        vm.expectRevert(
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_RecordRevoked.selector, contribution, 256)
        );
        contributions.revokeRecord(known[contribution], 256);
    }

    function test_RevokeRecord_RevertWhen_ThereIsNoSuchRecord() public {
        uint64 contribution = _contribute(alice, 5);
        vm.expectRevert(_wrongState(contribution, IContributionRegistry.ContributionState.Committed));
        contributions.revokeRecord(known[contribution], 0);
        _accept(contribution);

        contributions.revokeRecord(known[contribution], 4);
        vm.expectRevert(
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_NoSuchRecord.selector, contribution, 5, 5)
        );
        contributions.revokeRecord(known[contribution], 5);
        vm.expectRevert(_unauthorized(owner));
        vm.prank(owner);
        contributions.revokeRecord(known[contribution], 1);
    }

    /// @dev Both, in any order: a record of a revoked contribution is revoked already.
    function test_RevokeRecord_RevertGiven_TheContributionIs() public {
        uint64 contribution = _contribute(alice, 5);
        _accept(contribution);
        contributions.revokeContribution(known[contribution]);

        vm.expectRevert(_wrongState(contribution, IContributionRegistry.ContributionState.Revoked));
        contributions.revokeRecord(known[contribution], 1);
    }

    function test_RevocationsAreCountedPerDatanet() public {
        uint64 one = _contribute(alice, 5);
        _accept(one);
        datanet = _createDatanet("Go");
        uint64 other = _contribute(bob, 6);
        _accept(other);
        contributions.revokeRecord(known[one], 1);
        contributions.revokeRecord(known[other], 2);

        assertEq(contributions.nextVersionOf(1).revocationCount, 1);
        assertEq(contributions.nextVersionOf(2).revocationCount, 1);
        assertEq(
            contributions.nextVersionOf(2).revocationsHash, keccak256(abi.encodePacked(bytes32(0), other, uint32(2)))
        );
    }

    /// @dev By its contributor or a moderator: the whole fee goes back while it is undecided, and stays the owner's behind that.
    function testFuzz_WithdrawOrRevokeContribution_ReturnsAFeeThatIsHeld(
        uint256 amount,
        bool isAccepted,
        bool byContributor
    ) public {
        uint96 fee = uint96(bound(amount, 0, RICHES));
        uint64 contribution = _paid(fee);
        if (isAccepted) _accept(contribution);

        if (byContributor) vm.prank(alice);
        byContributor
            ? contributions.withdrawContribution(known[contribution])
            : contributions.revokeContribution(known[contribution]);

        assertEq(open.balanceOf(alice), isAccepted ? RICHES - fee : RICHES);
        assertEq(datanets.datanetOf(datanet).ownerCredit, isAccepted ? fee : 0);
        assertEq(open.balanceOf(address(datanets)), isAccepted ? fee : 0);
        assertEq(open.balanceOf(address(contributions)), 0);
        assertEq(contributions.feesHeldOf(datanet), 0);
    }

    function _paid() private returns (uint64) {
        return _paid(10);
    }

    function _paid(uint96 fee) private returns (uint64) {
        IDatanetRegistry.Rules memory rules = _rules();
        rules.contributionFee = fee;
        datanet = _createDatanet("Go", rules);
        _enrich(alice);
        return _contribute(alice, 3);
    }
}
