// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {ClockBoundaries} from "../../fixture/ClockBoundaries.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";

/// @notice A second before each of the contributions' boundaries, at it and a second after it.
contract ContributionRegistryClocksTest is RegistryFixture, ClockBoundaries {
    uint64 private constant DECIDE_BY = START + DECISION_PERIOD;

    uint64 private contribution;

    function setUp() public override {
        super.setUp();
        contribution = _contribute(alice, 3);
    }

    function test_Acceptance_IsTheOwnersBeforeTheDecisionsEnd() public {
        _closesAt(
            DECIDE_BY,
            owner,
            address(contributions),
            abi.encodeCall(IContributionRegistry.accept, (datanet, _list(contribution))),
            _decisionOver(DECIDE_BY),
            _decisionOver(DECIDE_BY + 1)
        );
    }

    function test_Rejection_IsTheOwnersBeforeTheDecisionsEnd() public {
        _closesAt(
            DECIDE_BY,
            owner,
            address(contributions),
            abi.encodeCall(IContributionRegistry.reject, (datanet, _list(contribution))),
            _decisionOver(DECIDE_BY),
            _decisionOver(DECIDE_BY + 1)
        );
    }

    /// @dev The second in which a decision is too late is the one in which anybody may settle without one.
    function test_Default_IsAnybodysFromTheDecisionsEndOn() public {
        _opensAt(
            DECIDE_BY,
            stranger,
            address(contributions),
            abi.encodeCall(IContributionRegistry.settleOverdue, (datanet, _list(contribution))),
            abi.encodeWithSelector(
                IContributionRegistry.ContributionRegistry_DecisionOpen.selector, contribution, DECIDE_BY, DECIDE_BY - 1
            )
        );
    }

    function test_Pause_EndsByItself() public {
        uint64 until = START + 7 days;
        contributions.pauseContributions(until);

        _opensAt(
            until,
            bob,
            address(contributions),
            abi.encodeCall(IContributionRegistry.contribute, (datanet, ROOT, 1, MIT, DATA_HASH, 1)),
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_Paused.selector, until, until - 1)
        );
    }

    function test_Pause_IsOrderedSevenDaysAheadAtMost() public {
        uint64 until = START + 30 days;

        _opensAt(
            until - 7 days,
            address(this),
            address(contributions),
            abi.encodeCall(IContributionRegistry.pauseContributions, (until)),
            abi.encodeWithSelector(
                IContributionRegistry.ContributionRegistry_PauseOutOfRange.selector, until, until - 1
            )
        );
    }

    function _decisionOver(uint64 now_) private view returns (bytes memory) {
        return abi.encodeWithSelector(
            IContributionRegistry.ContributionRegistry_DecisionOver.selector, contribution, DECIDE_BY, now_
        );
    }
}
