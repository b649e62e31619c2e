// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CommitRevealLib} from "../../../contracts/libraries/CommitRevealLib.sol";

/// @notice Rounds by scope, with everything open to anyone: the library alone.
contract CommitRevealHarness {
    using CommitRevealLib for CommitRevealLib.Round;

    mapping(bytes32 scope => CommitRevealLib.Round) private _rounds;

    function open(bytes32 scope, uint64 commitPeriod, uint64 revealPeriod) external {
        _rounds[scope].open(commitPeriod, revealPeriod);
    }

    function commit(bytes32 scope, address participant, bytes32 commitment) external {
        _rounds[scope].commit(participant, commitment);
    }

    function reveal(bytes32 scope, address participant, bytes32 value, bytes32 salt) external {
        _rounds[scope].reveal(scope, participant, value, salt);
    }

    function phaseOf(bytes32 scope) external view returns (CommitRevealLib.Phase) {
        return _rounds[scope].phaseOf();
    }

    function countsOf(bytes32 scope) external view returns (uint32 commitCount, uint32 revealCount) {
        return (_rounds[scope].commitCount, _rounds[scope].revealCount);
    }

    function windowsOf(bytes32 scope) external view returns (uint64 commitsUntil, uint64 revealsUntil) {
        return (_rounds[scope].commitsUntil, _rounds[scope].revealsUntil);
    }

    function ballotOf(bytes32 scope, address participant) external view returns (CommitRevealLib.Ballot memory) {
        return _rounds[scope].ballots[participant];
    }

    function commitmentHash(bytes32 scope, address participant, bytes32 value, bytes32 salt)
        external
        view
        returns (bytes32)
    {
        return CommitRevealLib.commitmentHash(scope, participant, value, salt);
    }

    function commitStructHash(bytes32 scope, address participant, bytes32 commitment, uint64 deadline)
        external
        pure
        returns (bytes32)
    {
        return CommitRevealLib.commitStructHash(scope, participant, commitment, deadline);
    }
}
