// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {IDatanetValidators} from "../../../contracts/interfaces/IDatanetValidators.sol";
import {IRewardDistributor} from "../../../contracts/interfaces/IRewardDistributor.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";

contract DatanetRegistryGovernTest is RegistryFixture {
    function test_SetPublishingFee_OnlyByGovernance() public {
        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.PublishingFeeSet(12, bob);
        datanets.setPublishingFee(12, bob);

        (uint96 amount, address treasury) = datanets.publishingFee();
        assertEq(amount, 12);
        assertEq(treasury, bob);
        vm.expectRevert(IDatanetRegistry.DatanetRegistry_ZeroAccount.selector);
        datanets.setPublishingFee(0, address(0));
        vm.expectRevert(_unauthorized(owner));
        vm.prank(owner);
        datanets.setPublishingFee(0, bob);
    }

    function test_SetPublishingFee_AtMostTenThousand() public {
        uint96 most = 10_000e18;
        datanets.setPublishingFee(most, bob);

        (uint96 amount,) = datanets.publishingFee();
        assertEq(amount, most);
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_FeeAboveMaximum.selector, most + 1, most)
        );
        datanets.setPublishingFee(most + 1, bob);
    }

    function test_Wire_Once() public {
        assertEq(address(datanets.distributor()), address(pools));
        assertEq(address(datanets.contributions()), address(contributions));
        assertEq(address(datanets.validators()), address(validators));

        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_AlreadyWired.selector, address(pools)));
        datanets.wire(IRewardDistributor(address(pools)), contributions, validators);
    }

    function test_Wire_RevertWhen_SomethingIsMissingOrByAnyone() public {
        IDatanetRegistry other =
            IDatanetRegistry(_deployGoverned("DatanetRegistry.sol:DatanetRegistry", abi.encode(open)));
        IRewardDistributor distributor = IRewardDistributor(address(pools));
        bytes4 zero = IDatanetRegistry.DatanetRegistry_ZeroAccount.selector;

        vm.expectRevert(zero);
        other.wire(IRewardDistributor(address(0)), contributions, validators);
        vm.expectRevert(zero);
        other.wire(distributor, IContributionRegistry(address(0)), validators);
        vm.expectRevert(zero);
        other.wire(distributor, contributions, IDatanetValidators(address(0)));
        vm.expectRevert(_unauthorized(owner));
        vm.prank(owner);
        other.wire(distributor, contributions, validators);
        vm.expectEmit(address(other));
        emit IDatanetRegistry.Wired(address(distributor), address(contributions), address(validators));
        other.wire(distributor, contributions, validators);
    }
}
