// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {IDatanetValidators} from "../../../contracts/interfaces/IDatanetValidators.sol";
import {CommitRevealLib} from "../../../contracts/libraries/CommitRevealLib.sol";
import {ValidatorFixture} from "../../fixture/ValidatorFixture.sol";

contract DatanetValidatorsCloseRoundTest is ValidatorFixture {
    /// @dev Of each fee of 1003 the validators' 40 % are 401; the rest of 602 to the owner, or back. Points: 2 + 2.
    function test_Decides_ByMajorityAndSplitsTheFees() public {
        uint64 round = _openRound();
        _voteOfThree(round);
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.FeeSettled(datanet, first, 602, 401, 0, 0, FEE);
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.FeeSettled(datanet, second, 0, 401, 0, 602, 0);
        vm.expectEmit(address(validators));
        emit IDatanetValidators.RoundDecided(round, datanet, 1, 802, 200, 2);
        vm.prank(stranger);
        validators.closeRound(round, _list(first, second));

        _assertState(first, IContributionRegistry.ContributionState.Accepted);
        _assertState(second, IContributionRegistry.ContributionState.Rejected);
        assertEq(datanets.datanetOf(datanet).ownerCredit, 602);
        assertEq(open.balanceOf(bob), RICHES - 401, "its fee less the validators' part");
        assertEq(contributions.feesHeldOf(datanet), 0);
        assertEq(open.balanceOf(address(validators)), 802);
        assertEq(validators.reserveOf(datanet), 2, "what four points do not divide");
        IDatanetValidators.Round memory r = validators.roundOf(round);
        assertEq(uint8(r.state), uint8(IDatanetValidators.RoundState.Decided));
        assertEq(r.accepted, 1);
        assertEq(r.perPoint, 200);
    }

    function test_RevertGiven_TheWindowsAreOpenOrItIsClosed() public {
        uint64 round = _openRound();
        _voteOfThree(round);
        vm.warp(REVEALS_UNTIL - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                CommitRevealLib.CommitRevealLib_WrongPhase.selector,
                CommitRevealLib.Phase.Reveal,
                CommitRevealLib.Phase.Over
            )
        );
        validators.closeRound(round, _list(first, second));
        vm.warp(REVEALS_UNTIL);
        validators.closeRound(round, _list(first, second));
        vm.expectRevert(
            abi.encodeWithSelector(
                IDatanetValidators.DatanetValidators_WrongState.selector, round, IDatanetValidators.RoundState.Decided
            )
        );
        validators.closeRound(round, _list(first, second));
    }

    function test_RevertWhen_ClosedWithOtherContributions() public {
        uint64 round = _openRound();
        uint64 third = _contribute(alice, 5);
        _voteOfThree(round);
        bytes memory other =
            abi.encodeWithSelector(IDatanetValidators.DatanetValidators_OtherContributions.selector, round);
        vm.expectRevert(other);
        validators.closeRound(round, _list(second, first));
        vm.expectRevert(other);
        validators.closeRound(round, _list(first));
        vm.expectRevert(other);
        validators.closeRound(round, _list(first, third));
        IContributionRegistry.Contribution[] memory forged = _list(first, second);
        forged[1].contributor = stranger;
        vm.expectRevert(
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_NotCommittedAs.selector, second)
        );
        validators.closeRound(round, forged);
    }

    /// @dev Two of a quorum of three: the owner decides, in the time that is left; then the default follows.
    function test_WithoutQuorum_RefersToTheOwner() public {
        uint64 round = _openRound();
        _commit(round, 0, _scores(9000, 9000));
        _commit(round, 1, _scores(9000, 9000));
        _commit(round, 2, _scores(9000, 9000));
        vm.warp(COMMITS_UNTIL);
        _reveal(round, 0, _scores(9000, 9000));
        _reveal(round, 1, _scores(9000, 9000));
        vm.warp(REVEALS_UNTIL);
        vm.expectEmit(address(validators));
        emit IDatanetValidators.RoundReferred(round, datanet, 2, 3);
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.ContributionReferred(first, datanet);
        vm.prank(stranger);
        validators.closeRound(round, _list(first, second));

        _assertState(first, IContributionRegistry.ContributionState.Referred);
        assertEq(contributions.feesHeldOf(datanet), 2 * FEE);
        _accept(first);
        assertEq(datanets.datanetOf(datanet).ownerCredit, FEE, "validators decided nothing");
        vm.expectRevert(
            abi.encodeWithSelector(
                IDatanetValidators.DatanetValidators_WrongState.selector, round, IDatanetValidators.RoundState.Referred
            )
        );
        _collect(round, 0, _scores(9000, 9000));
        vm.warp(START + DECISION_PERIOD);
        vm.prank(stranger);
        contributions.settleOverdue(datanet, _list(second));
        _assertState(second, IContributionRegistry.ContributionState.Rejected);
        assertEq(open.balanceOf(bob), RICHES);
    }

    function test_WithoutQuorum_TheOwnerMayOpenAnotherRound() public {
        uint64 round = _openRound();
        vm.warp(REVEALS_UNTIL);
        validators.closeRound(round, _list(first, second));

        // Bug: a clock that others can hold up. A validator alone cannot keep it from the owner by empty rounds.
        vm.expectRevert(abi.encodeWithSelector(IDatanetValidators.DatanetValidators_OwnerDecides.selector, first));
        vm.prank(who[0]);
        validators.openRound(_list(first));

        uint64 next = _openRound();
        for (uint256 i; i < 3; ++i) {
            _commit(next, i, _scores(9000, 9000));
        }
        skip(1 hours);
        for (uint256 i; i < 3; ++i) {
            _reveal(next, i, _scores(9000, 9000));
        }
        skip(30 minutes);
        validators.closeRound(next, _list(first, second));

        _assertState(second, IContributionRegistry.ContributionState.Accepted);
    }

    /// @dev Nobody closed it in time: it still decides, and no default overtakes it.
    function test_ClosedLate_StillDecides() public {
        uint64 round = _openRound();
        _voteOfThree(round);
        vm.warp(START + DECISION_PERIOD + 1);
        vm.expectRevert(_wrongState(first, IContributionRegistry.ContributionState.InRound));
        contributions.settleOverdue(datanet, _list(first));

        validators.closeRound(round, _list(first, second));

        _assertState(first, IContributionRegistry.ContributionState.Accepted);
    }

    function test_WhileScored_NeitherOwnerNorContributorDecides() public {
        _openRound();
        bytes memory inRound = _wrongState(first, IContributionRegistry.ContributionState.InRound);
        vm.expectRevert(inRound);
        _accept(first);
        vm.expectRevert(inRound);
        _reject(first);
        vm.expectRevert(inRound);
        vm.prank(alice);
        contributions.withdrawContribution(known[first]);
    }

    /// @dev A moderator may end one meanwhile: the round passes it over and pays nothing out of its fee.
    function test_WhileScored_AModeratorEndsOne() public {
        uint64 round = _openRound();
        contributions.revokeContribution(known[first]);
        _assertState(first, IContributionRegistry.ContributionState.Rejected);
        assertEq(open.balanceOf(alice), RICHES);
        _voteOfThree(round);

        vm.expectEmit(address(validators));
        emit IDatanetValidators.RoundDecided(round, datanet, 1, 401, 100, 1);
        validators.closeRound(round, _list(first, second));

        _assertState(first, IContributionRegistry.ContributionState.Rejected);
        assertEq(open.balanceOf(alice), RICHES);
        assertEq(contributions.feesHeldOf(datanet), 0);
    }

    /// @dev The reward for each out of the reserve, and no more than is there.
    function test_TakesTheRewardOutOfTheReserve() public {
        IDatanetRegistry.Rules memory rules = _validatorRules(0);
        rules.rewardPerContribution = 70;
        datanet = _createDatanet("Rewarded", rules);
        for (uint256 i; i < 3; ++i) {
            vm.prank(owner);
            validators.setValidators(datanet, _accounts(who[i]), new address[](0));
        }
        vm.prank(alice);
        validators.addReserve(datanet, 200);
        (first, second) = (_contribute(alice, 3), _contribute(alice, 4));
        uint64 round = _openRound();
        _voteOfThree(round);
        vm.expectEmit(address(validators));
        emit IDatanetValidators.RoundDecided(round, datanet, 1, 140, 35, 60);
        validators.closeRound(round, _list(first, second));
        assertEq(validators.reserveOf(datanet), 60);

        vm.warp(START);
        (first, second) = (_contribute(alice, 3), _contribute(alice, 4));
        round = _openRound();
        _voteOfThree(round);
        vm.expectEmit(address(validators));
        emit IDatanetValidators.RoundDecided(round, datanet, 1, 60, 15, 0);
        validators.closeRound(round, _list(first, second));
        assertEq(validators.reserveOf(datanet), 0);
    }
}
