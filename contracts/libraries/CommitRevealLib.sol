// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title CommitRevealLib
/// @notice The commit–reveal round of every vote that must not be copied: validators' scores, audits, juries.
/// @dev STATES. A round is opened once. A participant commits once, then reveals once what it committed to. Who may take
/// part, how the values are counted and what follows is the caller's; the caller opens a round per scope.
///
/// CLOCKS. All in seconds since 1970. Commits are taken before `commitsUntil`; reveals from `commitsUntil` on and before
/// `revealsUntil`; from `revealsUntil` on the round is over, whoever revealed. No reveal is taken while others may still
/// commit: a value is unknown until it is too late to copy it.
///
/// TRUST. A commitment binds the chain, the contract, the scope, the participant, the value and a salt: another's
/// commitment, sent as one's own, cannot be revealed. Warning: without 32 random bytes of salt a value out of few is found
/// by trying them; a salt used twice shows equal values.
///
/// LIVENESS. A round ends by time. What nobody revealed is `commitCount - revealCount`.
///
/// The SDK (`sdk/src/hash/commitment.ts`) has the same hashes; `test/vectors/datanet.json` pins both.
library CommitRevealLib {
    enum Phase {
        None,
        Commit,
        Reveal,
        Over
    }

    /// @param commitment From `commitmentHash`; zero where nothing is committed.
    /// @param value What was revealed; zero where nothing is.
    struct Ballot {
        bytes32 commitment;
        bytes32 value;
    }

    /// @param commitsUntil The first second in which no commit is taken, and the first of the reveals. Zero: not opened.
    /// @param revealsUntil The first second in which no reveal is taken.
    /// @param commitCount Participants that committed. @param revealCount Of them, those that revealed.
    struct Round {
        uint64 commitsUntil;
        uint64 revealsUntil;
        uint32 commitCount;
        uint32 revealCount;
        mapping(address participant => Ballot) ballots;
    }

    bytes32 internal constant COMMITMENT = keccak256("OpenLedger.Commitment.v1");

    /// @notice EIP-712 type of a commit that somebody else sends, in the domain of the contract that holds the round.
    bytes32 internal constant COMMIT_TYPEHASH =
        keccak256("Commit(bytes32 scope,address participant,bytes32 commitment,uint64 deadline)");

    /// @notice The round was opened before.
    /// @param commitsUntil Its first second in which no commit is taken.
    error CommitRevealLib_AlreadyOpen(uint64 commitsUntil);

    /// @notice A window of no seconds: nobody could commit, or nobody reveal.
    /// @param commitPeriod Seconds for commits.
    /// @param revealPeriod Seconds for reveals.
    error CommitRevealLib_EmptyWindow(uint64 commitPeriod, uint64 revealPeriod);

    /// @notice The round takes this only in phase `expected`.
    /// @param phase The one it is in.
    /// @param expected The one it would have to be in.
    error CommitRevealLib_WrongPhase(Phase phase, Phase expected);

    /// @notice Zero stands for "not committed" and is no commitment.
    error CommitRevealLib_ZeroCommitment();

    /// @notice Zero stands for "not revealed" and is no value.
    error CommitRevealLib_ZeroValue();

    /// @notice The participant committed to `commitment` before: the first one stands.
    /// @param participant Who committed.
    /// @param commitment To what.
    error CommitRevealLib_AlreadyCommitted(address participant, bytes32 commitment);

    /// @notice The participant revealed before.
    /// @param participant Whose value it is.
    /// @param value What was revealed.
    error CommitRevealLib_AlreadyRevealed(address participant, bytes32 value);

    /// @notice What is revealed hashes to `found`, the participant committed to `committed`.
    /// @param participant Whose value it is to be.
    /// @param found Hash of what was brought.
    /// @param committed The participant's commitment; zero: to nothing.
    error CommitRevealLib_NotCommitted(address participant, bytes32 found, bytes32 committed);

    /// @notice Opens a round now.
    /// @param commitPeriod Seconds for commits, more than 0. @param revealPeriod Seconds for reveals after them, more than 0.
    function open(Round storage round, uint64 commitPeriod, uint64 revealPeriod) internal {
        if (round.commitsUntil != 0) revert CommitRevealLib_AlreadyOpen(round.commitsUntil);
        if (commitPeriod == 0 || revealPeriod == 0) revert CommitRevealLib_EmptyWindow(commitPeriod, revealPeriod);

        uint64 commitsUntil = uint64(block.timestamp) + commitPeriod;
        round.commitsUntil = commitsUntil;
        round.revealsUntil = commitsUntil + revealPeriod;
    }

    /// @notice Takes a participant's commitment, once.
    /// @dev Warning: the caller has checked that the participant may take part and that it is the participant who speaks.
    function commit(Round storage round, address participant, bytes32 commitment) internal {
        requirePhase(round, Phase.Commit);
        if (commitment == 0) revert CommitRevealLib_ZeroCommitment();
        Ballot storage ballot = round.ballots[participant];
        if (ballot.commitment != 0) revert CommitRevealLib_AlreadyCommitted(participant, ballot.commitment);

        ballot.commitment = commitment;
        ++round.commitCount;
    }

    /// @notice Takes what a participant committed to, once; anyone who knows value and salt may bring it.
    /// @param scope As in `commitmentHash`. @param value Not zero. @param salt As in `commitmentHash`.
    function reveal(Round storage round, bytes32 scope, address participant, bytes32 value, bytes32 salt) internal {
        requirePhase(round, Phase.Reveal);
        if (value == 0) revert CommitRevealLib_ZeroValue();
        Ballot storage ballot = round.ballots[participant];
        if (ballot.value != 0) revert CommitRevealLib_AlreadyRevealed(participant, ballot.value);
        bytes32 found = commitmentHash(scope, participant, value, salt);
        if (found != ballot.commitment) {
            revert CommitRevealLib_NotCommitted(participant, found, ballot.commitment);
        }

        ballot.value = value;
        ++round.revealCount;
    }

    /// @notice Where the round stands now.
    function phaseOf(Round storage round) internal view returns (Phase) {
        if (round.commitsUntil == 0) return Phase.None;
        if (block.timestamp < round.commitsUntil) return Phase.Commit;
        return block.timestamp < round.revealsUntil ? Phase.Reveal : Phase.Over;
    }

    /// @notice Reverts where the round is not in phase `expected`.
    function requirePhase(Round storage round, Phase expected) internal view {
        Phase phase = phaseOf(round);
        if (phase != expected) revert CommitRevealLib_WrongPhase(phase, expected);
    }

    /// @notice What a participant commits to:
    /// `keccak256(COMMITMENT ‖ chain id (32) ‖ this contract (20) ‖ scope (32) ‖ participant (20) ‖ value (32) ‖ salt (32))`.
    /// @param scope Names the round within the contract: no two rounds of a contract share one.
    /// @param value A vote, or the hash of a longer answer. @param salt 32 random bytes, never used before.
    function commitmentHash(bytes32 scope, address participant, bytes32 value, bytes32 salt)
        internal
        view
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(COMMITMENT, block.chainid, address(this), scope, participant, value, salt));
    }

    /// @notice EIP-712 struct hash of a signed commit; the domain adds chain and contract.
    /// @dev Warning: two of them for one scope by one participant are equivocation, whatever their deadlines.
    /// @param deadline The last second in which it may be sent.
    function commitStructHash(bytes32 scope, address participant, bytes32 commitment, uint64 deadline)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(COMMIT_TYPEHASH, scope, participant, commitment, deadline));
    }
}
