// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IDatanetRegistry} from "../interfaces/IDatanetRegistry.sol";

/// @title DatanetRulesLib
/// @notice The bounds of a Datanet's rules, both ends inclusive.
/// @dev They keep every contribution decidable in a time that its contributor could foresee.
library DatanetRulesLib {
    uint256 private constant BPS = 10_000;
    uint256 private constant MAXIMUM_CURATION_BPS = 1000;
    uint256 private constant MINIMUM_DECISION_PERIOD = 1 hours;
    uint256 private constant MAXIMUM_DECISION_PERIOD = 90 days;
    uint256 private constant MINIMUM_WINDOW = 10 minutes;
    uint256 private constant MAXIMUM_WINDOW = 7 days;
    uint256 private constant MAXIMUM_QUORUM = 255;

    /// @notice Reverts where a rule is out of its bounds; what only rounds use is looked at only where validators decide.
    function requireValid(IDatanetRegistry.Rules memory rules) internal pure {
        _requireWithin("decisionPeriod", rules.decisionPeriod, MINIMUM_DECISION_PERIOD, MAXIMUM_DECISION_PERIOD);
        _requireWithin("validatorsBps", rules.validatorsBps, 0, BPS);
        _requireWithin("curationBps", rules.curationBps, 0, MAXIMUM_CURATION_BPS);
        if (rules.decider == IDatanetRegistry.Decider.Owner) return;

        _requireWithin("acceptScore", rules.acceptScore, 1, BPS);
        _requireWithin("quorum", rules.quorum, 1, MAXIMUM_QUORUM);
        _requireWithin("commitPeriod", rules.commitPeriod, MINIMUM_WINDOW, MAXIMUM_WINDOW);
        _requireWithin("revealPeriod", rules.revealPeriod, MINIMUM_WINDOW, MAXIMUM_WINDOW);
        // else no round could ever be opened
        uint256 windows = uint256(rules.commitPeriod) + rules.revealPeriod;
        _requireWithin("decisionPeriod", rules.decisionPeriod, windows, MAXIMUM_DECISION_PERIOD);
    }

    function _requireWithin(bytes32 rule, uint256 value, uint256 minimum, uint256 maximum) private pure {
        if (value < minimum || value > maximum) {
            revert IDatanetRegistry.DatanetRegistry_RuleOutOfRange(rule, value, minimum, maximum);
        }
    }
}
