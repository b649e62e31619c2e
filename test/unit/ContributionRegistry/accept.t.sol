// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

contract ContributionRegistryAcceptTest is RegistryFixture {
    function test_Accept_CountsInTheOrderGiven() public {
        uint64 first = _contribute(alice, 3);
        uint64 second = _contribute(bob, 5);

        vm.expectEmit(address(contributions));
        emit IContributionRegistry.ContributionAccepted(second, datanet, bob, 0, 1, 5);
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.ContributionAccepted(first, datanet, alice, 1, 2, 8);
        vm.prank(owner);
        contributions.accept(datanet, _list(second, first));

        _assertState(first, IContributionRegistry.ContributionState.Accepted);
        assertEq(contributions.nextVersionOf(datanet).contributionCount, 2);
        assertEq(contributions.nextVersionOf(datanet).recordCount, 8);
    }

    function test_Reject_ForEver() public {
        uint64 contribution = _contribute(alice, 3);
        vm.startPrank(owner);

        vm.expectEmit(address(contributions));
        emit IContributionRegistry.ContributionRejected(contribution, datanet, alice);
        contributions.reject(datanet, _list(contribution));

        vm.expectRevert(_wrongState(contribution, IContributionRegistry.ContributionState.Rejected));
        contributions.accept(datanet, _list(contribution));
        assertEq(contributions.nextVersionOf(datanet).contributionCount, 0);
    }

    function test_Accept_RevertWhen_CallerIsNotTheOwner() public {
        uint64 contribution = _contribute(alice, 3);
        bytes memory notOwner =
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_NotOwner.selector, datanet, alice, owner);
        vm.startPrank(alice);

        vm.expectRevert(notOwner);
        contributions.accept(datanet, _list(contribution));
        vm.expectRevert(notOwner);
        contributions.reject(datanet, _list(contribution));
    }

    function test_Accept_ByWhoeverHoldsTheDatanetsToken() public {
        uint64 contribution = _contribute(alice, 3);
        vm.prank(owner);
        IERC721(address(datanets)).transferFrom(owner, bob, datanet);

        vm.prank(bob);
        contributions.accept(datanet, _list(contribution));

        _assertState(contribution, IContributionRegistry.ContributionState.Accepted);
    }

    function test_Accept_RevertWhen_OfAnotherDatanet() public {
        uint64 contribution = _contribute(alice, 3);
        uint64 other = _createDatanet("Go");
        bytes memory notInIt = abi.encodeWithSelector(
            IContributionRegistry.ContributionRegistry_NotInDatanet.selector, contribution, other, datanet
        );
        vm.startPrank(owner);

        vm.expectRevert(notInIt);
        contributions.accept(other, _list(contribution));
        vm.expectRevert(notInIt);
        contributions.reject(other, _list(contribution));
        vm.warp(START + DECISION_PERIOD);
        vm.expectRevert(notInIt);
        contributions.settleOverdue(other, _list(contribution));
    }

    function test_Accept_RevertWhen_UnknownOrTooMany() public {
        IContributionRegistry.Contribution[] memory unknown = new IContributionRegistry.Contribution[](1);
        unknown[0].number = 9;
        bytes memory tooMany =
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_TooMany.selector, 65, 64);
        vm.startPrank(owner);

        vm.expectRevert(
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_UnknownContribution.selector, 9)
        );
        contributions.accept(datanet, unknown);
        vm.expectRevert(tooMany);
        contributions.accept(datanet, new IContributionRegistry.Contribution[](65));
        vm.expectRevert(tooMany);
        contributions.reject(datanet, new IContributionRegistry.Contribution[](65));
        vm.expectRevert(tooMany);
        contributions.settleOverdue(datanet, new IContributionRegistry.Contribution[](65));
        vm.expectRevert(abi.encodeWithSignature("ERC721NonexistentToken(uint256)", 2));
        contributions.accept(2, new IContributionRegistry.Contribution[](0));
    }

    function test_Accept_GivesTheFeeToTheOwner() public {
        uint64 first = _feeContribution(10);
        uint64 second = _feeContribution(10);
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.FeeSettled(datanet, first, 10, 0, 0, 0, 10);
        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.OwnerCredited(datanet, address(contributions), 20, 20);
        vm.prank(owner);
        contributions.accept(datanet, _list(first, second));

        assertEq(contributions.feesHeldOf(datanet), 0);
        assertEq(datanets.datanetOf(datanet).ownerCredit, 20);
        assertEq(open.balanceOf(address(contributions)), 0);
        assertEq(open.balanceOf(address(datanets)), 20);
    }

    /// @dev Else rejecting would pay.
    function test_Reject_GivesTheWholeFeeBack() public {
        uint64 contribution = _feeContribution(11);
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.FeeSettled(datanet, contribution, 0, 0, 0, 11, 0);
        _reject(contribution);

        assertEq(open.balanceOf(alice), RICHES);
        assertEq(datanets.datanetOf(datanet).ownerCredit, 0);
        assertEq(open.balanceOf(address(contributions)), 0);
    }

    /// @dev A list may mix contributions made under different rules; each keeps its own.
    function test_Accept_EachByItsOwnRules() public {
        uint64 free = _contribute(alice, 3);
        IDatanetRegistry.Rules memory rules = _rules();
        rules.contributionFee = 5;
        vm.prank(owner);
        datanets.scheduleRules(datanet, rules);
        skip(7 days);
        _enrich(alice);
        uint64 paid = _contribute(alice, 4);
        uint64 paidToo = _contribute(alice, 5);
        uint64[] memory numbers = new uint64[](3);
        (numbers[0], numbers[1], numbers[2]) = (paid, free, paidToo);

        vm.prank(owner);
        contributions.accept(datanet, _list(numbers));

        assertEq(datanets.datanetOf(datanet).ownerCredit, 10);
        assertEq(contributions.feesHeldOf(datanet), 0);
    }

    function test_Accept_UntilTheDecisionIsOver() public {
        uint64 first = _contribute(alice, 3);
        uint64 second = _contribute(alice, 4);
        uint64 end = START + DECISION_PERIOD;
        vm.warp(end - 1);
        _accept(first);
        vm.warp(end);
        bytes memory over =
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_DecisionOver.selector, second, end, end);
        vm.startPrank(owner);
        vm.expectRevert(over);
        contributions.accept(datanet, _list(second));
        vm.expectRevert(over);
        contributions.reject(datanet, _list(second));
    }

    function test_Accept_RevertGiven_ValidatorsDecide() public {
        datanet = _createDatanet("Go", _validatorRules(0));
        uint64 contribution = _contribute(alice, 3);
        vm.expectRevert(
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_NotDecider.selector, contribution, 1)
        );
        vm.prank(owner);
        contributions.accept(datanet, _list(contribution));
    }

    /// @dev Of each contribution the whole fee: the owner's credit where it is accepted, else the contributor's again.
    function testFuzz_AcceptAndReject_PayTheFeeOn(uint256 amount, uint8 accepted) public {
        IDatanetRegistry.Rules memory rules = _rules();
        rules.contributionFee = uint96(bound(amount, 0, RICHES / 2));
        uint256 fee = rules.contributionFee;
        datanet = _createDatanet("Go", rules);
        _enrich(alice);
        _enrich(bob);
        uint64[4] memory made = [_contribute(alice, 3), _contribute(bob, 4), _contribute(alice, 5), _contribute(bob, 6)];

        uint256[2] memory paid;
        for (uint256 i; i < made.length; ++i) {
            bool isAccepted = accepted >> i & 1 == 1;
            if (isAccepted) paid[i % 2] += fee;
            isAccepted ? _accept(made[i]) : _reject(made[i]);
            assertEq(contributions.feesHeldOf(datanet), (3 - i) * fee);
        }

        assertEq(open.balanceOf(alice), RICHES - paid[0]);
        assertEq(open.balanceOf(bob), RICHES - paid[1]);
        assertEq(datanets.datanetOf(datanet).ownerCredit, paid[0] + paid[1]);
        assertEq(open.balanceOf(address(datanets)), paid[0] + paid[1]);
        assertEq(open.balanceOf(address(contributions)), 0);
        assertEq(open.allowance(address(contributions), address(datanets)), 0);
    }

    /// @dev A list in one call: the owner's credit is the sum of its fees.
    function testFuzz_Accept_CreditsTheWholeList(uint256 amount, uint256 count) public {
        IDatanetRegistry.Rules memory rules = _rules();
        count = bound(count, 1, 4);
        rules.contributionFee = uint96(bound(amount, 0, RICHES / count));
        datanet = _createDatanet("Go", rules);
        _enrich(alice);
        uint64[] memory numbers = new uint64[](count);
        for (uint256 i; i < count; ++i) {
            numbers[i] = _contribute(alice, uint32(i + 1));
        }

        vm.prank(owner);
        contributions.accept(datanet, _list(numbers));

        uint256 sum = count * uint256(rules.contributionFee);
        assertEq(datanets.datanetOf(datanet).ownerCredit, sum);
        assertEq(open.balanceOf(address(datanets)), sum);
        assertEq(open.balanceOf(alice), RICHES - sum);
        assertEq(contributions.feesHeldOf(datanet), 0);
    }

    /// @dev By validators: their part of each fee, rounded down, whatever they find; the rest to the owner's credit or back.
    function testFuzz_DecideRound_DividesTheFee(uint256 amount, uint256 validatorsBps, uint256 accepted) public {
        IDatanetRegistry.Rules memory rules = _validatorRules(uint96(bound(amount, 0, RICHES)));
        rules.validatorsBps = uint16(bound(validatorsBps, 0, 10_000));
        datanet = _createDatanet("Go", rules);
        _enrich(alice);
        _enrich(bob);
        IContributionRegistry.Contribution[] memory list = _list(_contribute(alice, 3), _contribute(bob, 4));
        vm.startPrank(address(validators));
        contributions.enterRound(datanet, list, START + 1 hours);

        uint96 paid = contributions.decideRound(datanet, list, uint64(accepted % 4));

        uint256 part = uint256(rules.contributionFee) * rules.validatorsBps / 10_000;
        uint256 rest = rules.contributionFee - part;
        (bool takesFirst, bool takesSecond) = (accepted % 2 == 1, accepted % 4 > 1);
        uint256 credit = (takesFirst ? rest : 0) + (takesSecond ? rest : 0);
        assertEq(paid, 2 * part);
        assertEq(open.balanceOf(address(validators)), 2 * part);
        assertEq(open.balanceOf(alice), RICHES - part - (takesFirst ? rest : 0));
        assertEq(open.balanceOf(bob), RICHES - part - (takesSecond ? rest : 0));
        assertEq(datanets.datanetOf(datanet).ownerCredit, credit);
        assertEq(open.balanceOf(address(datanets)), credit);
        assertEq(contributions.feesHeldOf(datanet), 0);
        assertEq(open.balanceOf(address(contributions)), 0);
    }

    function _feeContribution(uint96 fee) private returns (uint64) {
        if (open.balanceOf(alice) == 0) {
            IDatanetRegistry.Rules memory rules = _rules();
            (rules.contributionFee, rules.validatorsBps) = (fee, 5000);
            datanet = _createDatanet("Go", rules);
            _enrich(alice);
        }
        return _contribute(alice, 3);
    }
}
