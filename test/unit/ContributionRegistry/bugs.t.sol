// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";

/// @notice Other people's bugs, each named by its test.
contract ContributionRegistryBugsTest is RegistryFixture {
    function test_DuplicateIdsInOneBatch_AreNotAcceptedOrPaidTwice() public {
        uint64 contribution = _paid(alice);
        bytes memory twice = _wrongState(contribution, IContributionRegistry.ContributionState.Accepted);
        vm.expectRevert(twice);
        vm.prank(owner);
        contributions.accept(datanet, _list(contribution, contribution));

        vm.expectRevert(_wrongState(contribution, IContributionRegistry.ContributionState.Rejected));
        vm.prank(owner);
        contributions.reject(datanet, _list(contribution, contribution));
        vm.warp(START + DECISION_PERIOD);
        vm.expectRevert(_wrongState(contribution, IContributionRegistry.ContributionState.Rejected));
        contributions.settleOverdue(datanet, _list(contribution, contribution));
    }

    function test_SomebodyElsesContribution_IsNotWithdrawn() public {
        uint64 contribution = _paid(alice);
        bytes memory notIts = abi.encodeWithSelector(
            IContributionRegistry.ContributionRegistry_NotContributor.selector, contribution, bob, alice
        );
        vm.expectRevert(notIts);
        vm.prank(bob);
        contributions.withdrawContribution(known[contribution]);
        // nor by naming oneself in what is brought
        IContributionRegistry.Contribution memory forged = known[contribution];
        forged.contributor = bob;
        vm.expectRevert(
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_NotCommittedAs.selector, contribution)
        );
        vm.prank(bob);
        contributions.withdrawContribution(forged);
        _accept(contribution);
        vm.expectRevert(notIts);
        vm.prank(bob);
        contributions.withdrawContribution(known[contribution]);
    }

    /// @dev Two Datanets of different fees: what is brought as another's cannot draw on the larger escrow.
    function test_CreditsWithoutTransfer_AFeeIsThatOfItsOwnRules() public {
        uint64 cheap = _paid(alice);
        IDatanetRegistry.Rules memory rules = _rules();
        rules.contributionFee = 1e6;
        datanet = _createDatanet("Dear", rules);
        _contribute(alice, 3);
        IContributionRegistry.Contribution memory forged = known[cheap];
        forged.datanet = datanet;

        vm.expectRevert(
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_NotCommittedAs.selector, cheap)
        );
        vm.prank(alice);
        contributions.withdrawContribution(forged);
        assertEq(contributions.feesHeldOf(datanet), 1e6);
    }

    /// @dev Governance may do four things here; none of them takes what others approved.
    function test_AdminPullingFromApprovals_IsImpossible() public {
        _paid(alice);
        uint256 held = open.balanceOf(address(contributions));
        contributions.pauseContributions(START + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_InvalidSignature.selector, alice)
        );
        contributions.contributeFor(alice, datanet, ROOT, 3, MIT, DATA_HASH, 1, START + 1, "");

        assertEq(open.balanceOf(alice), RICHES - 10);
        assertEq(open.balanceOf(address(contributions)), held);
    }

    function test_LoopsOverListsUsersCanGrow_NothingCostsMoreForWhatIsUndecided() public {
        uint64 first = _contribute(alice, 1);
        uint256 gas = gasleft();
        _accept(first);
        uint256 before = gas - gasleft();
        for (uint32 i; i < 200; ++i) {
            _contribute(stranger, i + 1);
        }
        uint64 last = _contribute(alice, 2);
        vm.warp(START + 1);

        gas = gasleft();
        _accept(last);
        uint256 after_ = gas - gasleft();

        assertLt(after_, before + 5000);
    }

    function test_UninitialisedImplementations_CannotBeTaken() public {
        address[3] memory codes = [
            vm.deployCode("DatanetRegistry.sol:DatanetRegistry", abi.encode(open)),
            vm.deployCode("ContributionRegistry.sol:ContributionRegistry", abi.encode(open, datanets)),
            vm.deployCode("DatanetValidators.sol:DatanetValidators", abi.encode(open, datanets, contributions, stakes))
        ];
        address[3] memory proxies = [address(datanets), address(contributions), address(validators)];
        for (uint256 i; i < 3; ++i) {
            _uninitialisable(codes[i]);
            _uninitialisable(proxies[i]);
        }
    }

    function test_EnteringARound_IsForTheValidatorsAlone() public {
        uint64 contribution = _contribute(alice, 1);
        bytes memory notValidators = abi.encodeWithSelector(
            IContributionRegistry.ContributionRegistry_NotValidators.selector, address(this), validators
        );
        vm.expectRevert(notValidators);
        contributions.enterRound(datanet, _list(contribution), START + 1);
        vm.expectRevert(notValidators);
        contributions.decideRound(datanet, _list(contribution), 1);
        vm.expectRevert(notValidators);
        contributions.releaseRound(_list(contribution));
    }

    function _uninitialisable(address target) private {
        vm.expectRevert(abi.encodeWithSignature("InvalidInitialization()"));
        (bool done,) = target.call(abi.encodeWithSignature("initialize(address)", address(this)));
        assertTrue(done, "reverted as expected");
    }

    function _paid(address contributor) private returns (uint64) {
        IDatanetRegistry.Rules memory rules = _rules();
        rules.contributionFee = 10;
        datanet = _createDatanet("Go", rules);
        _enrich(contributor);
        return _contribute(contributor, 3);
    }
}
