// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {ClockBoundaries} from "../../fixture/ClockBoundaries.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";

/// @notice A second before scheduled rules are in force, at it and a second after it.
contract DatanetRegistryClocksTest is RegistryFixture, ClockBoundaries {
    /// @dev The second in which the new number is the one to agree to is the one in which the old no longer is.
    function test_Rules_AreInForceAfterSevenDays() public {
        vm.prank(owner);
        datanets.scheduleRules(datanet, _rules());
        uint64 effectiveAt = START + 7 days;

        _opensAt(effectiveAt, alice, address(contributions), _contribution(2), _notInForce(2, 1));
        _closesAt(effectiveAt, alice, address(contributions), _contribution(1), _notInForce(1, 2));
    }

    function _contribution(uint32 rules) private view returns (bytes memory) {
        return abi.encodeCall(IContributionRegistry.contribute, (datanet, ROOT, 1, MIT, DATA_HASH, rules));
    }

    function _notInForce(uint32 named, uint32 inForce) private view returns (bytes memory) {
        return
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_RulesNotInForce.selector, datanet, named, inForce);
    }
}
