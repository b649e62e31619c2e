// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";

contract DatanetRegistryScheduleRulesTest is RegistryFixture {
    function test_InForceSevenDaysLater() public {
        IDatanetRegistry.Rules memory next = _validatorRules(5);
        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.RulesScheduled(datanet, 2, next, START + 7 days);
        assertEq(_schedule(next), 2);

        vm.warp(START + 7 days - 1);
        assertEq(datanets.datanetOf(datanet).rules, 1, "a second before");
        assertEq(datanets.datanetOf(datanet).nextRulesAt, START + 7 days);
        vm.warp(START + 7 days);
        assertEq(datanets.datanetOf(datanet).rules, 2, "in that second");
        assertEq(datanets.datanetOf(datanet).nextRulesAt, 0, "nothing else is scheduled");
        assertEq(abi.encode(datanets.rulesOf(datanet, 2)), abi.encode(next));
        assertEq(abi.encode(datanets.rulesOf(datanet, 1)), abi.encode(_rules()), "the old number's stay");
    }

    function test_ReplacesWhatIsNotInForceYet() public {
        _schedule(_validatorRules(5));
        skip(7 days - 1);

        assertEq(_schedule(_validatorRules(9)), 2);

        skip(1);
        assertEq(datanets.datanetOf(datanet).rules, 1, "the clock began anew");
        skip(7 days - 1);
        assertEq(datanets.datanetOf(datanet).rules, 2);
        assertEq(datanets.rulesOf(datanet, 2).contributionFee, 9);
    }

    /// @dev Rules that came into force may hold contributions: their number is never written again.
    function test_FollowsWhatIsInForce() public {
        _schedule(_validatorRules(5));
        skip(7 days);

        assertEq(_schedule(_validatorRules(9)), 3);

        assertEq(datanets.datanetOf(datanet).rules, 2);
        assertEq(datanets.rulesOf(datanet, 2).contributionFee, 5);
        skip(7 days);
        assertEq(datanets.datanetOf(datanet).rules, 3);
    }

    /// @dev The contributor agreed to a number: a change cannot slip in between.
    function test_RevertWhen_TheContributionNamesOtherRules() public {
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_RulesNotInForce.selector, datanet, 2, 1)
        );
        contributions.contribute(datanet, ROOT, 1, MIT, DATA_HASH, 2);
        _schedule(_validatorRules(5));
        skip(7 days);

        vm.expectRevert(
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_RulesNotInForce.selector, datanet, 1, 2)
        );
        contributions.contribute(datanet, ROOT, 1, MIT, DATA_HASH, 1);
    }

    /// @dev Whoever committed before keeps its decider, its time and its default.
    function test_CannotHurtWhoCommittedBefore() public {
        uint64 before = _contribute(alice, 3);
        IDatanetRegistry.Rules memory next = _validatorRules(5e18);
        (next.access, next.decisionPeriod) = (IDatanetRegistry.Access.Open, 2 hours);
        _schedule(next);
        skip(7 days);

        vm.expectRevert(
            abi.encodeWithSelector(
                IContributionRegistry.ContributionRegistry_DecisionOpen.selector,
                before,
                START + DECISION_PERIOD,
                START + 7 days
            )
        );
        contributions.settleOverdue(datanet, _list(before));
        _accept(before);
        _assertState(before, IContributionRegistry.ContributionState.Accepted);
    }

    function test_RevertWhen_NotTheOwnerOrUnknown() public {
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NotOwner.selector, datanet, alice, owner)
        );
        vm.prank(alice);
        datanets.scheduleRules(datanet, _rules());
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownDatanet.selector, 2));
        vm.prank(owner);
        datanets.scheduleRules(2, _rules());
    }

    function test_RevertWhen_ARuleIsOutOfRange() public {
        IDatanetRegistry.Rules memory next = _rules();
        next.curationBps = 1001;
        vm.expectRevert(
            abi.encodeWithSelector(
                IDatanetRegistry.DatanetRegistry_RuleOutOfRange.selector, bytes32("curationBps"), 1001, 0, 1000
            )
        );
        _schedule(next);
    }

    function _schedule(IDatanetRegistry.Rules memory next) private returns (uint32) {
        vm.prank(owner);
        return datanets.scheduleRules(datanet, next);
    }
}
