// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract ContributionRegistryContributeTest is RegistryFixture {
    function test_Commits() public {
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.ContributionCommitted(1, datanet, alice, ROOT, 3, APACHE, DATA_HASH, 1, START);
        vm.prank(alice);
        uint64 number = contributions.contribute(datanet, ROOT, 3, APACHE, DATA_HASH, 1);

        assertEq(number, 1);
        assertEq(contributions.contributionCount(), 1);
        _assertState(number, IContributionRegistry.ContributionState.Committed);
        assertEq(contributions.nextVersionOf(datanet).contributionCount, 0);
        assertTrue(contributions.isContribution(_contribution()));
    }

    /// @dev Each field is bound: what differs in one of them is not what was committed.
    function test_BindsEveryField() public {
        vm.prank(alice);
        contributions.contribute(datanet, ROOT, 3, APACHE, DATA_HASH, 1);
        for (uint256 field; field < 9; ++field) {
            IContributionRegistry.Contribution memory c = _contribution();
            if (field == 0) c.number = 2;
            if (field == 1) c.datanet = 2;
            if (field == 2) c.contributor = bob;
            if (field == 3) c.recordCount = 4;
            if (field == 4) c.rules = 2;
            if (field == 5) c.committedAt = START + 1;
            if (field == 6) c.recordsRoot = DATA_HASH;
            if (field == 7) c.licence = MIT;
            if (field == 8) c.dataHash = ROOT;
            assertFalse(contributions.isContribution(c), vm.toString(field));
            c.number = 1;
            if (field == 0) continue;
            vm.expectRevert(
                abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_NotCommittedAs.selector, 1)
            );
            contributions.settleOverdue(datanet, _one(c));
        }
    }

    function test_RevertWhen_SomethingIsMissing() public {
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownDatanet.selector, 2));
        contributions.contribute(2, ROOT, 1, MIT, DATA_HASH, 1);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownDatanet.selector, 0));
        contributions.contribute(0, ROOT, 1, MIT, DATA_HASH, 0);
        vm.expectRevert(IContributionRegistry.ContributionRegistry_ZeroRoot.selector);
        contributions.contribute(datanet, 0, 1, MIT, DATA_HASH, 1);
        vm.expectRevert(IContributionRegistry.ContributionRegistry_EmptyContribution.selector);
        contributions.contribute(datanet, ROOT, 0, MIT, DATA_HASH, 1);
        vm.expectRevert(IContributionRegistry.ContributionRegistry_ZeroDataHash.selector);
        contributions.contribute(datanet, ROOT, 1, MIT, 0, 1);
        bytes32 gpl = "GPL-3.0";
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_LicenceNotAllowed.selector, datanet, gpl)
        );
        contributions.contribute(datanet, ROOT, 1, gpl, DATA_HASH, 1);
    }

    function test_HoldsTheFee() public {
        datanet = _createDatanet("Go", _validatorRules(7e18));
        _enrich(alice);
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.FeeHeld(datanet, 1, 7e18, 7e18);
        _contribute(alice, 3);
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.FeeHeld(datanet, 2, 7e18, 14e18);
        _contribute(alice, 3);

        assertEq(contributions.feesHeldOf(datanet), 14e18);
        assertEq(open.balanceOf(address(contributions)), 14e18);
        assertEq(open.balanceOf(alice), RICHES - 14e18);
    }

    function test_RevertGiven_NoAllowanceForTheFee() public {
        datanet = _createDatanet("Go", _validatorRules(7e18));
        vm.expectRevert(
            abi.encodeWithSignature("ERC20InsufficientAllowance(address,uint256,uint256)", contributions, 0, 7e18)
        );
        vm.prank(alice);
        contributions.contribute(datanet, ROOT, 3, MIT, DATA_HASH, 1);
    }

    function test_Pause_EndsByItself() public {
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.ContributionsPaused(START + 7 days);
        contributions.pauseContributions(START + 7 days);
        assertEq(contributions.pausedUntil(), START + 7 days);

        vm.warp(START + 7 days - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IContributionRegistry.ContributionRegistry_Paused.selector, START + 7 days, START + 7 days - 1
            )
        );
        contributions.contribute(datanet, ROOT, 3, MIT, DATA_HASH, 1);
        vm.warp(START + 7 days);
        contributions.contribute(datanet, ROOT, 3, MIT, DATA_HASH, 1);
    }

    /// @dev A pause stops what comes in, nothing that is due.
    function test_Pause_StopsNoDecision() public {
        uint64 first = _contribute(alice, 3);
        uint64 second = _contribute(alice, 4);
        contributions.pauseContributions(START + 7 days);

        _accept(first);
        vm.prank(alice);
        contributions.withdrawContribution(known[second]);
        _publish();
    }

    function test_Pause_RevertWhen_TooLongOrByAnyone() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IContributionRegistry.ContributionRegistry_PauseOutOfRange.selector, START + 7 days + 1, START + 7 days
            )
        );
        contributions.pauseContributions(START + 7 days + 1);
        vm.expectRevert(_unauthorized(owner));
        vm.prank(owner);
        contributions.pauseContributions(START + 1);
    }

    /// @dev What each contributor pays is held, up to all that it has.
    function testFuzz_Contribute_HoldsTheFee(uint256 amount) public {
        IDatanetRegistry.Rules memory rules = _rules();
        rules.contributionFee = uint96(bound(amount, 0, RICHES + 1));
        uint256 fee = rules.contributionFee;
        datanet = _createDatanet("Go", rules);
        _enrich(alice);
        _enrich(bob);

        if (fee > RICHES) {
            bytes memory refusal =
                abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, RICHES, fee);
            vm.expectRevert(refusal);
            vm.prank(alice);
            contributions.contribute(datanet, ROOT, 3, MIT, DATA_HASH, 1);
            return;
        }
        _contribute(alice, 3);
        assertEq(open.balanceOf(alice), RICHES - fee);
        assertEq(contributions.feesHeldOf(datanet), fee);
        _contribute(bob, 4);

        assertEq(open.balanceOf(bob), RICHES - fee);
        assertEq(open.balanceOf(alice), RICHES - fee);
        assertEq(contributions.feesHeldOf(datanet), 2 * fee);
        assertEq(open.balanceOf(address(contributions)), 2 * fee);
        assertEq(contributions.feesHeldOf(1), 0, "another Datanet's");
    }

    function _contribution() private view returns (IContributionRegistry.Contribution memory) {
        return IContributionRegistry.Contribution(1, datanet, alice, 3, 1, START, ROOT, APACHE, DATA_HASH);
    }

    function _one(IContributionRegistry.Contribution memory c)
        private
        pure
        returns (IContributionRegistry.Contribution[] memory list)
    {
        list = new IContributionRegistry.Contribution[](1);
        list[0] = c;
    }
}
