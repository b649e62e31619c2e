// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {CommitRevealLib} from "../../../contracts/libraries/CommitRevealLib.sol";
import {DuplicateFixture} from "../../fixture/DuplicateFixture.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";
import {ValidatorFixture} from "../../fixture/ValidatorFixture.sol";

/// @notice Other people's bugs, each named by its test.
contract DatanetValidatorsBugsTest is ValidatorFixture, DuplicateFixture {
    function setUp() public override(RegistryFixture, ValidatorFixture) {
        ValidatorFixture.setUp();
    }

    /// @dev A validator that sends what a better one sent can never reveal it: not before, not after the other.
    function test_WeightCopyingWithoutCommitReveal_ACopyEarnsNothing() public {
        uint64 round = _openRound();
        bytes32 honest = _commitment(round, who[0], _scores(9000, 100));
        vm.prank(who[0]);
        validators.commit(round, honest);
        vm.prank(who[1]);
        validators.commit(round, honest);
        vm.expectRevert(
            abi.encodeWithSelector(
                CommitRevealLib.CommitRevealLib_WrongPhase.selector,
                CommitRevealLib.Phase.Commit,
                CommitRevealLib.Phase.Reveal
            )
        );
        _reveal(round, 0, _scores(9000, 100));

        vm.warp(COMMITS_UNTIL);
        _reveal(round, 0, _scores(9000, 100));

        // now the scores are known, and it is too late to commit to them
        bytes32 late = _commitment(round, who[2], _scores(9000, 100));
        vm.expectRevert(
            abi.encodeWithSelector(
                CommitRevealLib.CommitRevealLib_WrongPhase.selector,
                CommitRevealLib.Phase.Reveal,
                CommitRevealLib.Phase.Commit
            )
        );
        vm.prank(who[2]);
        validators.commit(round, late);
        vm.expectRevert(
            abi.encodeWithSelector(
                CommitRevealLib.CommitRevealLib_NotCommitted.selector,
                who[1],
                _commitment(round, who[1], _scores(9000, 100)),
                honest
            )
        );
        _reveal(round, 1, _scores(9000, 100));
    }

    /// @dev Bug: votes carried from one round into another of the same contributions.
    function test_ProofsNotBoundToTheRound_ACommitmentIsOfOneRound() public {
        uint64 round = _openRound();
        bytes32 commitment = _commitment(round, who[0], _scores(9000, 100));
        vm.warp(REVEALS_UNTIL);
        validators.closeRound(round, _list(first, second));
        uint64 next = _openRound();
        vm.prank(who[0]);
        validators.commit(next, commitment);
        skip(1 hours);

        vm.expectRevert(
            abi.encodeWithSelector(
                CommitRevealLib.CommitRevealLib_NotCommitted.selector,
                who[0],
                _commitment(next, who[0], _scores(9000, 100)),
                commitment
            )
        );
        _reveal(next, 0, _scores(9000, 100));
    }

    /// @dev A duplicate found while validators score it: rejected at once, paid once, passed over when the round closes.
    function test_PaidTwice_ADuplicateLeavesTheRoundWithItsFee() public {
        uint64 original = _contributeTexts(alice, _texts(1, 2, 3));
        uint64 copy = _contributeTexts(bob, _texts(9, 8, 1));
        uint64 round = _openRound(_list(original));
        for (uint256 i; i < 3; ++i) {
            _commit(round, i, _scores(original));
        }
        skip(1 hours);
        for (uint256 i; i < 3; ++i) {
            _reveal(round, i, _scores(original));
        }
        skip(30 minutes);
        validators.closeRound(round, _list(original));
        uint64 next = _openRound(_list(copy));

        uint256 before = open.balanceOf(bob);
        vm.prank(stranger);
        _refute(copy, 2, original, 0);

        assertEq(open.balanceOf(stranger), 501);
        assertEq(open.balanceOf(bob), before + 502);
        skip(90 minutes);
        validators.closeRound(next, _list(copy));
        _assertState(copy, IContributionRegistry.ContributionState.Rejected);
        assertEq(contributions.feesHeldOf(datanet), 2 * FEE, "those of the other two");
        assertEq(open.balanceOf(address(contributions)), 2 * FEE);
    }

    /// @dev One score that accepts; the number only makes the call read well.
    function _scores(uint64) private pure returns (uint16[] memory scores) {
        scores = new uint16[](1);
        scores[0] = 9000;
    }
}
