// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../contracts/interfaces/IDatanetRegistry.sol";
import {RegistryFixture} from "../fixture/RegistryFixture.sol";
import {GasSnapshots} from "./GasSnapshots.sol";

/// @notice Gas of Datanets' actions as a transaction would pay it: the call with cold storage, 21,000 and the calldata.
/// forge-config: default.isolate = true
contract DatanetGasTest is GasSnapshots, RegistryFixture {
    function test_Contribute() public {
        _contribute(bob, 1000);

        _contribute(alice, 1_000_000);

        _record("contribute");

        assertEq(contributions.contributionCount(), 2);
    }

    function test_ContributeWithFee() public {
        IDatanetRegistry.Rules memory rules = _rules();
        rules.contributionFee = 1e18;
        datanet = _createDatanet("Go", rules);
        _enrich(alice);
        _enrich(bob);
        _contribute(bob, 1000);

        _contribute(alice, 1_000_000);

        _record("contribute_with_a_fee");

        assertEq(open.balanceOf(address(contributions)), 2e18);
    }

    function test_Accept() public {
        _accept(_contribute(bob, 1000));
        _accept(_contribute(bob, 1001));
        uint64 third = _contribute(alice, 1000);

        _accept(third);

        _record("accept_one");

        _assertAccepted(third);
    }

    function test_AcceptSixtyFour() public {
        uint64[] memory numbers = new uint64[](64);
        for (uint32 i; i < 64; ++i) {
            numbers[i] = _contribute(alice, i + 1);
        }
        vm.prank(owner);
        contributions.accept(datanet, _list(numbers));

        _record("accept_64");

        _assertAccepted(numbers[0]);
        _assertAccepted(numbers[63]);
    }

    function test_PublishVersion() public {
        _accept(_contribute(bob, 1000));
        _publish();
        _accept(_contribute(alice, 1000));

        _publish();

        _record("publish_version");

        assertEq(datanets.datanetOf(datanet).versionCount, 2);
    }

    function _assertAccepted(uint64 contribution) private view {
        assertEq(uint8(contributions.stateOf(contribution)), uint8(IContributionRegistry.ContributionState.Accepted));
    }
}
