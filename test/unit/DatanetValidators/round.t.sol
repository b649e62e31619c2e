// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {IDatanetValidators} from "../../../contracts/interfaces/IDatanetValidators.sol";
import {CommitRevealLib} from "../../../contracts/libraries/CommitRevealLib.sol";
import {ValidatorFixture} from "../../fixture/ValidatorFixture.sol";

contract DatanetValidatorsRoundTest is ValidatorFixture {
    function test_OpenRound_TakesTheContributionsIn() public {
        uint64[] memory numbers = new uint64[](2);
        (numbers[0], numbers[1]) = (first, second);
        vm.expectEmit(address(validators));
        emit IDatanetValidators.RoundOpened(1, datanet, numbers, 1, COMMITS_UNTIL, REVEALS_UNTIL);
        vm.expectEmit(address(contributions));
        emit IContributionRegistry.ContributionEnteredRound(first, datanet);
        uint64 round = _openRound();

        IDatanetValidators.Round memory r = validators.roundOf(round);
        assertEq(round, 1);
        assertEq(validators.roundCount(), 1);
        assertEq(r.datanet, datanet);
        assertEq(r.rules, 1);
        assertEq(r.contributionCount, 2);
        assertEq(uint8(r.state), uint8(IDatanetValidators.RoundState.Open));
        assertEq(r.commitsUntil, COMMITS_UNTIL);
        assertEq(r.revealsUntil, REVEALS_UNTIL);
        assertEq(r.contributionsHash, keccak256(abi.encode(numbers)));
        assertEq(uint8(validators.phaseOf(round)), uint8(CommitRevealLib.Phase.Commit));
        _assertState(first, IContributionRegistry.ContributionState.InRound);
        _assertState(second, IContributionRegistry.ContributionState.InRound);
    }

    function test_OpenRound_ByAValidatorToo() public {
        vm.expectRevert(_notValidator(stranger));
        vm.prank(stranger);
        validators.openRound(_list(first));
        vm.prank(who[2]);
        assertEq(validators.openRound(_list(first)), 1);
    }

    function test_OpenRound_RevertGiven_OneIsScoredAlready() public {
        _openRound(_list(first));
        vm.expectRevert(_wrongState(first, IContributionRegistry.ContributionState.InRound));
        _openRound();
    }

    /// @dev Bug: duplicate ids in one batch.
    function test_OpenRound_RevertWhen_ListedTwice() public {
        vm.expectRevert(_wrongState(first, IContributionRegistry.ContributionState.InRound));
        _openRound(_list(first, first));
    }

    function test_OpenRound_RevertWhen_NoneTooManyOrMixed() public {
        vm.startPrank(owner);
        vm.expectRevert(IDatanetValidators.DatanetValidators_NoContributions.selector);
        validators.openRound(new IContributionRegistry.Contribution[](0));
        vm.expectRevert(abi.encodeWithSelector(IDatanetValidators.DatanetValidators_TooMany.selector, 65, 64));
        validators.openRound(new IContributionRegistry.Contribution[](65));
        vm.stopPrank();
        _scheduleRules(_validatorRules(1));
        uint64 third = _contribute(alice, 3);
        vm.expectRevert(abi.encodeWithSelector(IDatanetValidators.DatanetValidators_MixedRules.selector, third));
        _openRound(_list(first, third));
        uint64 here = datanet;
        datanet = _createDatanet("Other", _validatorRules(0));
        uint64 other = _contribute(alice, 3);
        datanet = here;
        vm.expectRevert(abi.encodeWithSelector(IDatanetValidators.DatanetValidators_MixedRules.selector, other));
        _openRound(_list(first, other));
    }

    function test_OpenRound_RevertWhen_TheOwnerDecides() public {
        IDatanetRegistry.Rules memory rules = _validatorRules(0);
        rules.decider = IDatanetRegistry.Decider.Owner;
        datanet = _createDatanet("Mine", rules);
        uint64 mine = _contribute(alice, 3);
        vm.expectRevert(abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_NotDecider.selector, mine, 1));
        _openRound(_list(mine));
    }

    /// @dev A round ends before the time to decide does: so nobody need wait for it.
    function test_OpenRound_RevertWhen_ItWouldLastTooLong() public {
        uint64 decideBy = START + DECISION_PERIOD;
        vm.warp(decideBy - 90 minutes + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IContributionRegistry.ContributionRegistry_RoundTooLong.selector, first, decideBy + 1, decideBy
            )
        );
        _openRound();
        vm.warp(decideBy - 90 minutes);
        assertEq(validators.roundOf(_openRound()).revealsUntil, decideBy);
    }

    function test_OpenRound_RevertWhen_ForgedOrUnknown() public {
        IContributionRegistry.Contribution[] memory list = _list(first);
        list[0].contributor = bob;
        vm.expectRevert(
            abi.encodeWithSelector(IContributionRegistry.ContributionRegistry_NotCommittedAs.selector, first)
        );
        _openRound(list);
        list[0].rules = 2;
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownRules.selector, datanet, 2));
        _openRound(list);
    }

    function test_Commit_OfListedActiveValidatorsAlone() public {
        uint64 round = _openRound();
        vm.expectEmit(address(validators));
        emit IDatanetValidators.ScoresCommitted(round, who[0], SALT, 1);
        vm.prank(who[0]);
        validators.commit(round, SALT);
        vm.expectRevert(_notValidator(stranger));
        vm.prank(stranger);
        validators.commit(round, SALT);
        stakes.setStake(stranger, 10e18);
        assertFalse(validators.isValidator(round, stranger), "active, not listed");
        stakes.setStake(who[1], 1e18 - 1);
        vm.expectRevert(_notValidator(who[1]));
        vm.prank(who[1]);
        validators.commit(round, SALT);
        stakes.setStake(who[1], 1e18);
        vm.prank(who[1]);
        validators.commit(round, SALT);
    }

    function test_Commit_OfAnyActiveValidatorWhereTheRulesSaySo() public {
        IDatanetRegistry.Rules memory rules = _validatorRules(0);
        rules.admission = IDatanetRegistry.Admission.Active;
        datanet = _createDatanet("Anyone's", rules);
        uint64 round = _openRound(_list(_contribute(alice, 1)));
        vm.expectRevert(_notValidator(stranger));
        vm.prank(stranger);
        validators.commit(round, SALT);
        stakes.setStake(stranger, 1e18);
        assertTrue(validators.isValidator(round, stranger));
        vm.prank(stranger);
        validators.commit(round, SALT);
    }

    /// @dev Votes are counted in eight bits each: of anybody who is active no more than 255 vote.
    function test_Commit_RevertGiven_TheRoundIsFull() public {
        IDatanetRegistry.Rules memory rules = _validatorRules(0);
        rules.admission = IDatanetRegistry.Admission.Active;
        datanet = _createDatanet("Anyone's", rules);
        uint64 round = _openRound(_list(_contribute(alice, 1)));
        for (uint160 i = 1; i < 256; ++i) {
            address validator = address(i << 80);
            stakes.setStake(validator, 1e18);
            vm.prank(validator);
            validators.commit(round, SALT);
        }
        stakes.setStake(stranger, 1e18);

        vm.expectRevert(abi.encodeWithSelector(IDatanetValidators.DatanetValidators_RoundFull.selector, round, 255));
        vm.prank(stranger);
        validators.commit(round, SALT);
    }

    /// @dev Who committed stays in, whatever the owner does: it cannot pick among votes.
    function test_SetValidators_ForLaterCommits() public {
        uint64 round = _openRound();
        _commit(round, 0, _scores(1, 2));
        vm.expectEmit(address(validators));
        emit IDatanetValidators.ValidatorsChanged(datanet, new address[](0), _accounts(who[0]));
        vm.prank(owner);
        validators.setValidators(datanet, new address[](0), _accounts(who[0]));
        assertFalse(validators.isListed(datanet, who[0]));
        vm.warp(COMMITS_UNTIL);

        _reveal(round, 0, _scores(1, 2));

        assertEq(validators.roundOf(round).revealCount, 1);
    }

    function test_SetValidators_RevertWhen_NotTheOwnerOrTooMany() public {
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetValidators.DatanetValidators_NotOwner.selector, datanet, alice, owner)
        );
        vm.prank(alice);
        validators.setValidators(datanet, _accounts(alice), new address[](0));
        vm.expectRevert(abi.encodeWithSelector(IDatanetValidators.DatanetValidators_TooMany.selector, 65, 64));
        vm.prank(owner);
        validators.setValidators(datanet, new address[](33), new address[](32));
    }

    function test_CommitFor_BySignature() public {
        uint64 round = _openRound();
        bytes32 commitment = _commitment(round, who[0], _scores(9000, 1));
        bytes memory signature = _signCommit(round, who[0], commitment, START + 5, keys[0]);
        vm.startPrank(stranger);
        vm.expectRevert(_invalidSignature(who[1]));
        validators.commitFor(round, who[1], commitment, START + 5, signature);
        vm.expectRevert(_invalidSignature(who[0]));
        validators.commitFor(round, who[0], SALT, START + 5, signature);
        vm.expectRevert(_invalidSignature(who[0]));
        validators.commitFor(round, who[0], commitment, START + 6, signature);
        vm.expectRevert(_invalidSignature(who[0]));
        validators.commitFor(round + 1, who[0], commitment, START + 5, signature);
        vm.warp(START + 6);
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetValidators.DatanetValidators_SignatureExpired.selector, START + 5, START + 6)
        );
        validators.commitFor(round, who[0], commitment, START + 5, signature);
        vm.warp(START + 5);
        validators.commitFor(round, who[0], commitment, START + 5, signature);

        assertEq(validators.ballotOf(round, who[0]).commitment, commitment);
        vm.expectRevert(
            abi.encodeWithSelector(CommitRevealLib.CommitRevealLib_AlreadyCommitted.selector, who[0], commitment)
        );
        validators.commitFor(round, who[0], commitment, START + 5, signature);
    }

    function test_Reveal_ByAnyoneWhoKnowsTheSalt() public {
        uint64 round = _openRound();
        _commit(round, 0, _scores(10_000, 0));
        assertEq(
            validators.commitmentHash(round, who[0], _scores(10_000, 0), SALT),
            _commitment(round, who[0], _scores(10_000, 0))
        );
        vm.warp(COMMITS_UNTIL);
        vm.expectEmit(address(validators));
        emit IDatanetValidators.ScoresRevealed(round, who[0], _scores(10_000, 0), 1);
        vm.prank(stranger);
        validators.reveal(round, who[0], _scores(10_000, 0), SALT);
    }

    function test_Reveal_RevertWhen_ScoresAreMissingOrTooHigh() public {
        uint64 round = _openRound();
        _commit(round, 0, _scores(10_001, 0));
        vm.warp(COMMITS_UNTIL);
        vm.expectRevert(abi.encodeWithSelector(IDatanetValidators.DatanetValidators_ScoreCount.selector, 1, 2));
        validators.reveal(round, who[0], new uint16[](1), SALT);
        vm.expectRevert(abi.encodeWithSelector(IDatanetValidators.DatanetValidators_ScoreCount.selector, 3, 2));
        validators.reveal(round, who[0], new uint16[](3), SALT);
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetValidators.DatanetValidators_ScoreOutOfRange.selector, 0, 10_001, 10_000)
        );
        _reveal(round, 0, _scores(10_001, 0));
    }

    function test_RoundOf_RevertWhen_Unknown() public {
        bytes memory unknown = abi.encodeWithSelector(IDatanetValidators.DatanetValidators_UnknownRound.selector, 1);
        vm.expectRevert(unknown);
        validators.roundOf(1);
        vm.expectRevert(unknown);
        validators.commit(1, SALT);
        vm.expectRevert(unknown);
        validators.reveal(1, who[0], _scores(1, 1), SALT);
        vm.expectRevert(unknown);
        validators.closeRound(1, _list(first));
        vm.expectRevert(unknown);
        validators.collectReward(1, who[0], _scores(1, 1));
    }

    function _notValidator(address account) private view returns (bytes memory) {
        return abi.encodeWithSelector(IDatanetValidators.DatanetValidators_NotValidator.selector, datanet, account);
    }

    function _invalidSignature(address account) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDatanetValidators.DatanetValidators_InvalidSignature.selector, account);
    }
}
