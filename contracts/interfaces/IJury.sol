// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title IJury
/// @notice Hears disputes: evidence, votes of validators' stake by commit and reveal, one appeal, and the bonds of both sides. What
/// a dispute is over, and what follows, is the dispute manager's.
/// @dev STATES. A hearing is `Open`; `finish` makes it `Dismissed` or `Upheld` for ever.
///
/// CLOCKS. In seconds from the opening: evidence for `evidence`; then commits and reveals for `vote` each; then an appeal for
/// `appeal`. An appeal starts a second and last round, `vote` each. From the end of what is last anyone may finish: at most
/// evidence + 4·vote + appeal in all, at most 29 days, within the 30 of a receipt's case.
///
/// JURY. Whoever is active as a validator and staked the second before the opening, but the parties. A vote weighs what was staked
/// then, at most what is active when it is revealed: neither stake that came for the vote nor stake that left counts. Votes are
/// committed, then revealed (`CommitRevealLib`; scope `scopeOf(dispute, round)`; value 1 upholds, 2 dismisses). With less weight
/// than the quorum the outcome is the default: dismissed in the first round, the first round's in the second, whose quorum is
/// double. Equal weights dismiss.
///
/// MONEY. The filer's bond and an appellant's, double that. Of each the jurors' fee goes to its round; the rest goes back, or, when
/// a jury with a quorum found against it, to that jury. Jurors who voted with the outcome share by weight, exactly; where no quorum
/// decided, all who revealed. A fee that nobody shares goes to the jury that decided, or back.
///
/// TRUST. A majority of validators' stake that takes part. Governance sets terms within bounds for hearings to come; it cannot take
/// a bond. The code is never changed in place.
///
/// LIVENESS. `finish` needs nobody but the clock and no other contract but the token: neither a pause nor a missing role traps a
/// bond.
///
/// NOT DONE. Juries drawn by lot; parties behind other accounts are not told apart.
interface IJury {
    enum HearingState {
        None,
        Open,
        Dismissed,
        Upheld
    }

    enum Vote {
        None,
        Uphold,
        Dismiss
    }

    /// @param state `None` for one that was not opened.
    /// @param filer Who filed it.
    /// @param openedAt Timestamp.
    /// @param accused Whom it is about.
    /// @param bond The filer's, base units of OPEN.
    /// @param appellant Zero unless there was an appeal.
    /// @param quorum Least weight of the first round, base units, inclusive.
    /// @param jurorFeeBps Of each bond, to its round; basis points.
    struct Hearing {
        HearingState state;
        address filer;
        uint64 openedAt;
        address accused;
        uint96 bond;
        address appellant;
        uint96 quorum;
        uint16 jurorFeeBps;
    }

    /// @param uphold Weight that was revealed for it, base units of stake.
    /// @param dismiss Against it, likewise.
    /// @param commitsUntil First second in which no commit is taken, and the first of the reveals.
    /// @param revealsUntil First second in which no reveal is taken.
    /// @param pot What the round's jurors still share, once it is finished, base units of OPEN.
    /// @param potWeight Whose weight still shares it.
    /// @param side The vote that shares it; `None`: all.
    struct Tally {
        uint96 uphold;
        uint96 dismiss;
        uint64 commitsUntil;
        uint64 revealsUntil;
        uint96 pot;
        uint96 potWeight;
        Vote side;
    }

    /// @param bond Of a filer, base units, more than 0, at most 100,000 OPEN, inclusive; an appellant's is double.
    /// @param quorum Weight, base units, more than 0, at most 50,000,000 OPEN, inclusive; doubled in the second round.
    /// @param jurorFeeBps Of a bond, basis points, 1 to 5,000, inclusive.
    struct Terms {
        uint96 bond;
        uint96 quorum;
        uint16 jurorFeeBps;
    }

    /// @param evidence Seconds, at least 48 h, inclusive; on a local chain 1 second.
    /// @param vote Seconds, at least 36 h, inclusive; on a local chain 1 second.
    /// @param appeal Seconds, at least 7 d, inclusive; on a local chain 1 second.
    struct Clocks {
        uint64 evidence;
        uint64 vote;
        uint64 appeal;
    }

    /// @notice Clocks are shorter than they may be, or longer in all.
    /// @param clocks What was given.
    error Jury_ClocksOutOfBounds(Clocks clocks);

    /// @notice Terms are zero or above what constants allow: a bond of 100,000 OPEN, a quorum of 50,000,000, a fee of
    /// half the bond.
    /// @param terms What was given.
    error Jury_TermsOutOfBounds(Terms terms);

    /// @notice Only the dispute manager opens hearings.
    /// @param caller Who called.
    /// @param manager Who that is.
    error Jury_NotManager(address caller, address manager);

    /// @notice The hash of evidence may not be zero.
    error Jury_ZeroEvidence();

    /// @notice The account has brought as much evidence as one may.
    /// @param dispute The dispute's number, from 1.
    /// @param from Who called.
    /// @param maximum 16, inclusive.
    error Jury_TooMuchEvidence(uint64 dispute, address from, uint32 maximum);

    /// @notice The hearing is finished, or there is none.
    /// @param dispute What was named.
    /// @param state What it is.
    error Jury_NotOpen(uint64 dispute, HearingState state);

    /// @notice The time before has not run out.
    /// @param dispute The dispute's number, from 1.
    /// @param earliest Timestamp from which (inclusive) it works.
    /// @param now_ The block's timestamp.
    error Jury_TooEarly(uint64 dispute, uint64 earliest, uint64 now_);

    /// @notice The time for this has run out.
    /// @param dispute The dispute's number, from 1.
    /// @param end Timestamp before which (exclusive) it worked.
    /// @param now_ The block's timestamp.
    error Jury_TooLate(uint64 dispute, uint64 end, uint64 now_);

    /// @notice The account is a party, no active validator, or had no stake the second before the opening.
    /// @param dispute The dispute's number, from 1.
    /// @param account Whom it is about.
    error Jury_NotAJuror(uint64 dispute, address account);

    /// @notice A vote upholds or dismisses.
    /// @param vote What was given.
    error Jury_WrongVote(Vote vote);

    /// @notice There is one appeal.
    /// @param dispute The dispute's number, from 1.
    /// @param appellant Who made it.
    error Jury_AlreadyAppealed(uint64 dispute, address appellant);

    /// @notice The hearing is not finished, or there is none.
    /// @param dispute What was named.
    error Jury_NotFinished(uint64 dispute);

    /// @notice The juror has no part in the round's pot, or has claimed it.
    /// @param dispute The dispute's number, from 1.
    /// @param round What was named.
    /// @param juror Whose vote it is.
    error Jury_NothingToClaim(uint64 dispute, uint8 round, address juror);

    /// @notice A hearing is open: evidence, then commits, then reveals, each before its timestamp.
    /// @param dispute The dispute's number, from 1.
    /// @param filer Who filed it.
    /// @param accused Whom it is about.
    /// @param bond The filer's, base units of OPEN.
    /// @param quorum Least weight of the first round, base units, inclusive.
    /// @param evidenceUntil First second in which no evidence is taken, and the first of the commits.
    /// @param commitsUntil First second in which no commit is taken, and the first of the reveals.
    /// @param revealsUntil First second in which no reveal is taken.
    event HearingOpened(
        uint64 indexed dispute,
        address indexed filer,
        address indexed accused,
        uint96 bond,
        uint96 quorum,
        uint64 evidenceUntil,
        uint64 commitsUntil,
        uint64 revealsUntil
    );

    /// @notice Somebody has added evidence, which lies in the content store.
    /// @param dispute The dispute's number, from 1.
    /// @param from Who brought it.
    /// @param evidenceHash SHA-256 of the evidence in the content store; not zero.
    /// @param evidenceCountOfSender Pieces of that account so far, at most 16.
    event EvidenceSubmitted(
        uint64 indexed dispute, address indexed from, bytes32 evidenceHash, uint32 evidenceCountOfSender
    );

    /// @notice A juror has committed its vote in a round.
    /// @param dispute The dispute's number, from 1.
    /// @param round 1 or 2.
    /// @param juror Whose vote it is.
    /// @param commitment What hides the vote until it is revealed.
    /// @param commitCount Jurors that have committed in the round.
    event VoteCommitted(
        uint64 indexed dispute, uint8 indexed round, address indexed juror, bytes32 commitment, uint32 commitCount
    );

    /// @notice A juror's vote is revealed and weighs.
    /// @param dispute The dispute's number, from 1.
    /// @param round 1 or 2.
    /// @param juror Whose vote it is.
    /// @param vote Upholds or dismisses.
    /// @param weight What it weighs, base units of stake, more than 0.
    /// @param upholdAfter Weight revealed for it so far, base units.
    /// @param dismissAfter Weight revealed against it so far, base units.
    event VoteRevealed(
        uint64 indexed dispute,
        uint8 indexed round,
        address indexed juror,
        Vote vote,
        uint96 weight,
        uint96 upholdAfter,
        uint96 dismissAfter
    );

    /// @notice A second and last round runs.
    /// @param dispute The dispute's number, from 1.
    /// @param appellant Who appealed.
    /// @param bond The appellant's, base units of OPEN: twice the filer's.
    /// @param commitsUntil First second in which no commit is taken, and the first of the reveals.
    /// @param revealsUntil First second in which no reveal is taken.
    event HearingAppealed(
        uint64 indexed dispute, address indexed appellant, uint96 bond, uint64 commitsUntil, uint64 revealsUntil
    );

    /// @notice A hearing has its outcome and its bonds are divided.
    /// @param dispute The dispute's number, from 1.
    /// @param state `Dismissed` or `Upheld`.
    /// @param byDefault Whether no jury with a quorum decided.
    /// @param toFiler Of its bond, what went back, base units of OPEN.
    /// @param toAppellant Of its bond, what went back, base units.
    /// @param pots What the two rounds' jurors share, base units; all four are both bonds.
    event HearingFinished(
        uint64 indexed dispute,
        HearingState indexed state,
        bool byDefault,
        uint96 toFiler,
        uint96 toAppellant,
        uint96[2] pots
    );

    /// @notice A juror has got its part of a round's pot.
    /// @param dispute The dispute's number, from 1.
    /// @param round 1 or 2.
    /// @param juror Whose vote it is.
    /// @param amount Base units of OPEN, more than 0.
    /// @param potAfter What the round's other jurors still share, base units.
    event JurorPaid(uint64 indexed dispute, uint8 indexed round, address indexed juror, uint96 amount, uint96 potAfter);

    /// @notice Hearings opened from now on have these terms.
    /// @param terms What they are.
    event TermsSet(Terms terms);

    /// @notice Opens a hearing and pulls the filer's bond. Only the dispute manager.
    /// @param filer Who pays the bond, by allowance.
    /// @param accused Whom it is about.
    /// @param evidenceHash SHA-256 of the filer's evidence in the content store; not zero.
    /// @return dispute Its number, from 1.
    function open(address filer, address accused, bytes32 evidenceHash) external returns (uint64 dispute);

    /// @notice Adds evidence while there is time: at most 16 pieces of each account, so that nobody can crowd out another.
    /// @param dispute The dispute's number, from 1.
    /// @param evidenceHash SHA-256 of the evidence in the content store; not zero.
    function submitEvidence(uint64 dispute, bytes32 evidenceHash) external;

    /// @notice Commits the caller's vote in the round that runs.
    /// @param dispute The dispute's number, from 1.
    /// @param commitment `CommitRevealLib.commitmentHash(scopeOf(dispute, round), juror, vote, salt)`.
    function commitVote(uint64 dispute, bytes32 commitment) external;

    /// @notice Reveals a juror's vote in the round that runs. Anyone who knows it.
    /// @param dispute The dispute's number, from 1.
    /// @param juror Whose vote it is.
    /// @param vote Upholds or dismisses.
    /// @param salt What the commitment was made with.
    function revealVote(uint64 dispute, address juror, Vote vote, bytes32 salt) external;

    /// @notice Starts the second and last round. Anyone, once; twice the filer's bond is pulled.
    /// @param dispute The dispute's number, from 1.
    function appeal(uint64 dispute) external;

    /// @notice Ends a hearing whose last clock has run out. Anyone.
    /// @param dispute The dispute's number, from 1.
    function finish(uint64 dispute) external;

    /// @notice Pays a juror its part of a finished round's pot. Anyone may call; only the juror is paid.
    /// @param dispute The dispute's number, from 1.
    /// @param round 1 or 2; another has no pot.
    /// @param juror Whose vote it is.
    /// @return amount What the juror was paid, base units of OPEN, more than 0, rounded down; the last gets what is
    /// left.
    function claim(uint64 dispute, uint8 round, address juror) external returns (uint96 amount);

    /// @notice Sets the terms of hearings to come. Governed.
    /// @param terms None zero; a bond of at most 100,000 OPEN, a quorum of at most 50,000,000 OPEN, a fee of at most
    /// 5,000 basis points, all inclusive.
    function setTerms(Terms calldata terms) external;

    /// @notice Seconds of evidence, votes and appeals, fixed for ever.
    /// @return Seconds each.
    function clocks() external view returns (Clocks memory);

    /// @notice Bond, quorum and jurors' fee of hearings opened now.
    /// @return The terms.
    function terms() external view returns (Terms memory);

    /// @notice Hearings opened so far; numbers run from 1 to it.
    /// @return How many there are.
    function disputeCount() external view returns (uint64);

    /// @notice A hearing as it stands; all zeros for one that was not opened.
    /// @param dispute The dispute's number, from 1.
    /// @return The hearing.
    function hearingOf(uint64 dispute) external view returns (Hearing memory);

    /// @notice State of a hearing; `None` for one that was not opened.
    /// @param dispute The dispute's number, from 1.
    /// @return Its state.
    function stateOf(uint64 dispute) external view returns (HearingState);

    /// @notice What was revealed in a round of a hearing, its clocks and its pot.
    /// @param dispute The dispute's number, from 1.
    /// @param round 1 or 2.
    /// @return Weights and pot in base units; all zeros for a round that was not opened.
    function tallyOf(uint64 dispute, uint8 round) external view returns (Tally memory);

    /// @notice What a juror revealed, and its weight; 0 once it has claimed.
    /// @param dispute The dispute's number, from 1.
    /// @param round 1 or 2.
    /// @param juror Whose vote it is.
    /// @return vote `None` where it revealed nothing.
    /// @return weight Base units of stake.
    function voteOf(uint64 dispute, uint8 round, address juror) external view returns (Vote vote, uint96 weight);

    /// @notice What votes of a round are committed to, so that a commitment serves in no other.
    /// @param dispute The dispute's number, from 1.
    /// @param round 1 or 2.
    /// @return The scope: `keccak256(abi.encode(dispute, round))`.
    function scopeOf(uint64 dispute, uint8 round) external pure returns (bytes32);
}
