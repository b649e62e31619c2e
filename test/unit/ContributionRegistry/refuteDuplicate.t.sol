// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {DuplicateFixture} from "../../fixture/DuplicateFixture.sol";

contract ContributionRegistryRefuteDuplicateTest is DuplicateFixture {
    uint64 private first;
    uint64 private second;

    function setUp() public override {
        super.setUp();
        IDatanetRegistry.Rules memory rules = _rules();
        rules.contributionFee = 11;
        datanet = _createDatanet("Go", rules);
        _enrich(alice);
        _enrich(bob);
        first = _contributeTexts(alice, _texts(1, 2, 3));
        second = _contributeTexts(bob, _texts(4, 3, 5));
        _accept(first);
    }

    /// @dev Half of 11 to the prover: 5, and 6 back.
    function test_Undecided_IsRejectedAndPaysTheProver() public {
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.DuplicateRefuted(second, first, stranger, 1, 2, 5);
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.ContributionRejected(second, datanet, bob);
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.FeeSettled(datanet, second, 0, 0, 5, 6, 0);
        vm.prank(stranger);
        _refute(second, 1, first, 2);

        _assertState(second, IContributionRegistry.ContributionState.Rejected);
        assertEq(open.balanceOf(stranger), 5);
        assertEq(open.balanceOf(bob), RICHES - 5);
        assertEq(open.balanceOf(address(contributions)), 0);
    }

    function test_Accepted_LosesTheRecordAlone() public {
        _accept(second);
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.DuplicateRefuted(second, first, stranger, 1, 2, 0);
        vm.prank(stranger);
        _refute(second, 1, first, 2);

        _assertState(second, IContributionRegistry.ContributionState.Accepted);
        assertTrue(contributions.isRecordRevoked(second, 1));
        assertFalse(contributions.isRecordRevoked(second, 0));
        assertFalse(contributions.isRecordRevoked(first, 2));
        assertEq(open.balanceOf(stranger), 0, "the fee is spent");
        vm.expectRevert(_standsNot(second, 1));
        _refute(second, 1, first, 2);
    }

    function test_WithinOneContribution() public {
        uint64 twice = _contributeTexts(bob, _texts(7, 8, 7));
        vm.expectRevert(_notLater(twice, 0));
        _refute(twice, 0, twice, 2);
        vm.expectRevert(_notLater(twice, 2));
        _refute(twice, 2, twice, 2);

        _refute(twice, 2, twice, 0);

        _assertState(twice, IContributionRegistry.ContributionState.Rejected);
    }

    function test_WithinOneContribution_Accepted() public {
        uint64 twice = _contributeTexts(bob, _texts(7, 8, 7));
        _accept(twice);

        _refute(twice, 2, twice, 0);

        assertTrue(contributions.isRecordRevoked(twice, 2));
        assertFalse(contributions.isRecordRevoked(twice, 0));
    }

    /// @dev Order is that of committing: who was accepted first by chance keeps nothing.
    function test_EarlierIsWhoCommittedEarlier() public {
        uint64 third = _contributeTexts(bob, _texts(6, 4, 9));
        _accept(third);
        vm.expectRevert(_notLater(second, 0));
        _refute(second, 0, third, 1);
        _accept(second);

        _refute(third, 1, second, 0);

        assertTrue(contributions.isRecordRevoked(third, 1));
    }

    /// @dev Else who copies and is rejected could have the original refuted.
    function test_RevertGiven_TheEarlierIsNotAccepted() public {
        uint64 third = _contributeTexts(alice, _texts(6, 4, 9));
        vm.expectRevert(_wrongState(second, IContributionRegistry.ContributionState.Committed));
        _refute(third, 1, second, 0);
        _reject(second);
        vm.expectRevert(_wrongState(second, IContributionRegistry.ContributionState.Rejected));
        _refute(third, 1, second, 0);
    }

    function test_RevertGiven_TheEarlierIsRevoked() public {
        contributions.revokeRecord(known[first], 2);
        vm.expectRevert(_standsNot(first, 2));
        _refute(second, 1, first, 2);
        contributions.revokeContribution(known[first]);
        vm.expectRevert(_wrongState(first, IContributionRegistry.ContributionState.Revoked));
        _refute(second, 1, first, 2);
    }

    function test_RevertGiven_TheLaterIsOver() public {
        _reject(second);
        vm.expectRevert(_wrongState(second, IContributionRegistry.ContributionState.Rejected));
        _refute(second, 1, first, 2);
    }

    function test_RevertWhen_TheTextsDiffer() public {
        vm.expectRevert(_invalidProof(first, 1));
        _refute(second, 1, first, 1);
        vm.expectRevert(_invalidProof(second, 0));
        contributions.refuteDuplicate(known[second], _open(second, 0), known[first], _open(first, 2), _contentHash(3));
    }

    /// @dev Bug: proofs not bound to item and pool. An opening of another contribution's tree proves nothing.
    function test_ProofsNotBound_RevertWhen_TheOpeningIsOfAnotherTree() public {
        vm.expectRevert(_invalidProof(first, 1));
        contributions.refuteDuplicate(known[second], _open(second, 1), known[first], _open(second, 1), _contentHash(3));
        IContributionRegistry.RecordOpening memory moved = _open(first, 2);
        moved.index = 0;
        vm.expectRevert(_invalidProof(first, 0));
        contributions.refuteDuplicate(known[second], _open(second, 1), known[first], moved, _contentHash(3));
        // beyond the last record, where the tree is padded
        moved.index = 3;
        vm.expectRevert(_invalidProof(first, 3));
        contributions.refuteDuplicate(known[second], _open(second, 1), known[first], moved, 0);
    }

    /// @dev Bug: proofs not bound to the pool. The same text may be in two Datanets.
    function test_ProofsNotBound_RevertWhen_OfAnotherDatanet() public {
        uint64 here = datanet;
        datanet = _createDatanet("Other");
        uint64 other = _contributeTexts(bob, _texts(3, 2, 1));
        vm.expectRevert(
            abi.encodeWithSelector(
                IContributionRegistry.ContributionRegistry_NotInDatanet.selector, first, datanet, here
            )
        );
        _refute(other, 0, first, 2);
    }

    function test_RevertWhen_WhatIsBroughtIsNotWhatWasCommitted() public {
        IContributionRegistry.Contribution memory forged = known[first];
        forged.recordsRoot = known[second].recordsRoot;
        vm.expectRevert(
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_NotCommittedAs.selector, first)
        );
        contributions.refuteDuplicate(known[second], _open(second, 1), forged, _open(second, 1), _contentHash(3));
        forged = known[second];
        forged.contributor = stranger;
        vm.expectRevert(
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_NotCommittedAs.selector, second)
        );
        contributions.refuteDuplicate(forged, _open(second, 1), known[first], _open(first, 2), _contentHash(3));
        // the same number, another tree: a contribution is no duplicate of itself
        forged = known[second];
        forged.recordsRoot = known[first].recordsRoot;
        vm.expectRevert(
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_NotCommittedAs.selector, second)
        );
        contributions.refuteDuplicate(known[second], _open(second, 1), forged, _open(first, 0), _contentHash(3));
    }

    /// @dev Half of the fee, rounded down, to whoever proves it, and the rest back; nothing once it is accepted.
    function testFuzz_RefuteDuplicate_DividesTheFee(uint256 amount, bool isAccepted) public {
        IDatanetRegistry.Rules memory rules = _rules();
        rules.contributionFee = uint96(bound(amount, 0, RICHES / 2));
        uint96 fee = rules.contributionFee;
        datanet = _createDatanet("Shogi", rules);
        uint256 held = open.balanceOf(address(contributions));
        uint256 others = open.balanceOf(alice);
        uint256 own = open.balanceOf(bob);
        uint64 earlier = _contributeTexts(alice, _texts(1, 2, 3));
        uint64 later = _contributeTexts(bob, _texts(4, 3, 5));
        _accept(earlier);
        if (isAccepted) _accept(later);

        vm.prank(stranger);
        _refute(later, 1, earlier, 2);

        assertEq(open.balanceOf(stranger), isAccepted ? 0 : fee / 2);
        assertEq(open.balanceOf(bob), own - (isAccepted ? fee : fee / 2));
        assertEq(open.balanceOf(alice), others - fee);
        assertEq(datanets.datanetOf(datanet).ownerCredit, isAccepted ? 2 * fee : fee);
        assertEq(contributions.feesHeldOf(datanet), 0);
        assertEq(open.balanceOf(address(contributions)), held);
    }

    function _notLater(uint64 number, uint32 index) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_NotLater.selector, number, index);
    }

    function _standsNot(uint64 number, uint32 index) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_RecordRevoked.selector, number, index);
    }

    function _invalidProof(uint64 number, uint32 index) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IContributionRegistry.ContributionRegistry_InvalidRecordProof.selector, number, index
            );
    }
}
