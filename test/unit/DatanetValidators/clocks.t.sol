// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetValidators} from "../../../contracts/interfaces/IDatanetValidators.sol";
import {CommitRevealLib} from "../../../contracts/libraries/CommitRevealLib.sol";
import {ClockBoundaries} from "../../fixture/ClockBoundaries.sol";
import {ValidatorFixture} from "../../fixture/ValidatorFixture.sol";

/// @notice A second before each of a round's boundaries, at it and a second after it.
contract DatanetValidatorsClocksTest is ValidatorFixture, ClockBoundaries {
    CommitRevealLib.Phase private constant COMMIT = CommitRevealLib.Phase.Commit;
    CommitRevealLib.Phase private constant TELL = CommitRevealLib.Phase.Reveal;
    CommitRevealLib.Phase private constant OVER = CommitRevealLib.Phase.Over;

    /// @dev The last second in which a round of 90 minutes ends no later than the decision.
    function test_Round_IsOpenedWhileItEndsInTheDecisionsTime() public {
        uint64 decideBy = START + DECISION_PERIOD;
        uint64 end = decideBy - 90 minutes + 1;

        _closesAt(
            end,
            owner,
            address(validators),
            abi.encodeCall(IDatanetValidators.openRound, (_list(first, second))),
            _tooLong(decideBy + 1, decideBy),
            _tooLong(decideBy + 2, decideBy)
        );
    }

    function test_Commits_AreTakenBeforeTheReveals() public {
        uint64 round = _openRound();

        _closesAt(
            COMMITS_UNTIL,
            who[0],
            address(validators),
            abi.encodeCall(IDatanetValidators.commit, (round, SALT)),
            _wrongPhase(TELL, COMMIT)
        );
    }

    /// @dev Its deadline is the last second in which it is taken.
    function test_SignedCommit_IsTakenUpToItsDeadline() public {
        uint64 round = _openRound();
        uint64 deadline = START + 5;
        bytes memory signature = _signCommit(round, who[0], SALT, deadline, keys[0]);

        _closesAt(
            deadline + 1,
            stranger,
            address(validators),
            abi.encodeCall(IDatanetValidators.commitFor, (round, who[0], SALT, deadline, signature)),
            _expired(deadline, deadline + 1),
            _expired(deadline, deadline + 2)
        );
    }

    function test_Reveals_AreTakenFromTheCommitsEndOnAndBeforeTheirOwn() public {
        uint64 round = _openRound();
        _commit(round, 0, _scores(9000, 100));
        bytes memory reveal = abi.encodeCall(IDatanetValidators.reveal, (round, who[0], _scores(9000, 100), SALT));

        _opensAt(COMMITS_UNTIL, stranger, address(validators), reveal, _wrongPhase(COMMIT, TELL));
        _closesAt(REVEALS_UNTIL, stranger, address(validators), reveal, _wrongPhase(OVER, TELL));
    }

    function test_Round_IsClosedFromTheRevealsEndOn() public {
        uint64 round = _openRound();

        _opensAt(
            REVEALS_UNTIL,
            stranger,
            address(validators),
            abi.encodeCall(IDatanetValidators.closeRound, (round, _list(first, second))),
            _wrongPhase(TELL, OVER)
        );
    }

    function _tooLong(uint64 endsAt, uint64 decideBy) private view returns (bytes memory) {
        return abi.encodeWithSelector(
            IContributionRegistry.ContributionRegistry_RoundTooLong.selector, first, endsAt, decideBy
        );
    }

    function _expired(uint64 deadline, uint64 now_) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDatanetValidators.DatanetValidators_SignatureExpired.selector, deadline, now_);
    }

    function _wrongPhase(CommitRevealLib.Phase phase, CommitRevealLib.Phase expected)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(CommitRevealLib.CommitRevealLib_WrongPhase.selector, phase, expected);
    }
}
