// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";

contract ContributionRegistrySettleOverdueTest is RegistryFixture {
    uint64 private constant END = START + DECISION_PERIOD;

    function test_Open_AcceptsWhatNobodyRejected() public {
        uint64 contribution = _in(IDatanetRegistry.Access.Open);
        _openUntilTheEnd(contribution);

        vm.prank(stranger);
        contributions.settleOverdue(datanet, _list(contribution));

        _assertState(contribution, IContributionRegistry.ContributionState.Accepted);
        assertEq(datanets.datanetOf(datanet).ownerCredit, 10);
        assertEq(open.balanceOf(alice), RICHES - 10);
    }

    function test_Approval_RejectsWhatNobodyAccepted() public {
        uint64 contribution = _in(IDatanetRegistry.Access.Approval);
        _openUntilTheEnd(contribution);

        vm.prank(stranger);
        contributions.settleOverdue(datanet, _list(contribution));

        _assertState(contribution, IContributionRegistry.ContributionState.Rejected);
        assertEq(datanets.datanetOf(datanet).ownerCredit, 0);
        assertEq(open.balanceOf(alice), RICHES);
    }

    function test_Private_RejectsWhatNobodyAccepted() public {
        uint64 contribution = _in(IDatanetRegistry.Access.Private);
        _openUntilTheEnd(contribution);

        vm.prank(stranger);
        contributions.settleOverdue(datanet, _list(contribution));

        _assertState(contribution, IContributionRegistry.ContributionState.Rejected);
        assertEq(open.balanceOf(alice), RICHES);
    }

    /// @dev Also where validators decide and none ever opened a round: no privileged account is needed.
    function test_ByTimeWhereValidatorsNeverCame() public {
        datanet = _createDatanet("Go", _validatorRules(0));
        uint64 contribution = _contribute(alice, 3);
        vm.warp(END);

        vm.prank(stranger);
        contributions.settleOverdue(datanet, _list(contribution));

        _assertState(contribution, IContributionRegistry.ContributionState.Rejected);
    }

    function test_RevertGiven_ItWasDecided() public {
        uint64 contribution = _in(IDatanetRegistry.Access.Open);
        _reject(contribution);
        vm.warp(END);

        vm.expectRevert(_wrongState(contribution, IContributionRegistry.ContributionState.Rejected));
        contributions.settleOverdue(datanet, _list(contribution));
    }

    /// @dev The whole fee to the owner's credit where the Datanet is open, else back; nothing before the time is over.
    function testFuzz_SettleOverdue_PaysTheFeeOn(uint256 amount, uint8 access, uint256 wait) public {
        uint96 fee = uint96(bound(amount, 0, RICHES));
        IDatanetRegistry.Access kind = IDatanetRegistry.Access(access % 3);
        uint64 contribution = _in(kind, fee);
        uint64 now_ = uint64(START + bound(wait, 0, 2 * DECISION_PERIOD));
        vm.warp(now_);

        if (now_ < END) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IContributionRegistry.ContributionRegistry_DecisionOpen.selector, contribution, END, now_
                )
            );
        }
        vm.prank(stranger);
        contributions.settleOverdue(datanet, _list(contribution));

        uint96 held = now_ < END ? fee : 0;
        uint96 earned = now_ >= END && kind == IDatanetRegistry.Access.Open ? fee : 0;
        assertEq(contributions.feesHeldOf(datanet), held);
        assertEq(open.balanceOf(address(contributions)), held);
        assertEq(datanets.datanetOf(datanet).ownerCredit, earned);
        assertEq(open.balanceOf(address(datanets)), earned);
        assertEq(open.balanceOf(alice), RICHES - held - earned);
        assertEq(open.balanceOf(stranger), 0);
    }

    function _openUntilTheEnd(uint64 contribution) private {
        vm.warp(END - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IContributionRegistry.ContributionRegistry_DecisionOpen.selector, contribution, END, END - 1
            )
        );
        contributions.settleOverdue(datanet, _list(contribution));
        vm.warp(END);
    }

    function _in(IDatanetRegistry.Access access) private returns (uint64) {
        return _in(access, 10);
    }

    function _in(IDatanetRegistry.Access access, uint96 fee) private returns (uint64) {
        IDatanetRegistry.Rules memory rules = _rules();
        (rules.access, rules.contributionFee) = (access, fee);
        datanet = _createDatanet("Go", rules);
        _enrich(alice);
        vm.prank(owner);
        datanets.setContributors(datanet, _accounts(alice), new address[](0));
        return _contribute(alice, 3);
    }
}
