// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CommitRevealLib} from "../libraries/CommitRevealLib.sol";
import {IContributionRegistry} from "./IContributionRegistry.sol";

/// @title IDatanetValidators
/// @notice Owns the rounds in which validators score contributions by commit–reveal, and what validators earn by them.
/// @dev STATES. A round is opened over 1 to 64 undecided contributions of one Datanet under the same rules. It takes commits,
/// then reveals (`CommitRevealLib`), then anyone closes it: with quorum it decides, without it refers all to the owner.
///
/// SCORES. A validator gives each contribution 0 to 10,000. A score of at least the rules' `acceptScore` is a vote to accept; a
/// contribution is accepted by more than half of those who revealed, which is to say: where the lower median of the scores
/// reaches `acceptScore`. A tie rejects.
///
/// CLOCKS. Windows by the rules; the round is over, and can be closed, from the second `revealsUntil` on.
///
/// MONEY. OPEN only. Per Datanet a `reserve` (curation parts of its pool, and what anyone adds); per round a pot, filled when
/// it closes: the validators' part of the fees of what it decided, and the rules' reward for each out of the reserve. The pot
/// is split by points: one for each contribution on which a validator voted as the majority. What the points do not divide
/// stays in the reserve. A reward goes to the validator's stake pool as fees, to the validator itself where nothing is staked,
/// and to the reserve where it equivocated.
/// The balance is at least the sum of reserves and of pots not yet collected.
///
/// TRUST. Nobody sees a score before the commits are over, nor can reveal another's commitment. Whoever may not commit cannot
/// vote; once committed a validator stays in, whatever the owner changes. Votes count by validator, not by stake.
///
/// SLASHING. Two different commitments by one validator for one round, each signed by it or taken from it, are equivocation:
/// proven by anyone in one call, once per validator and round; a tenth of its slashable validator stake, a fifth of that to the
/// prover. It loses the round's reward.
///
/// LIVENESS. Every round ends by time. Who commits and does not reveal earns nothing.
///
/// NOT DONE. No slash for silence or for scores off the majority.
interface IDatanetValidators {
    /// @param datanet The Datanet's number, from 1.
    /// @param rules Number of the rules the contributions were made under.
    /// @param contributionCount Contributions of the round, 1 to 64.
    /// @param state `Open` until it is closed.
    /// @param commitsUntil First second in which no commit is taken, and the first of the reveals.
    /// @param revealsUntil First second in which no reveal is taken.
    /// @param commitCount Validators that have committed.
    /// @param revealCount Of them, those that have revealed.
    /// @param contributionsHash `keccak256(abi.encode(uint64[] numbers))`, in the order of the scores.
    /// @param accepted Bit i: the majority accepted the i-th contribution; meaningful when decided.
    /// @param perPoint Base units of OPEN a point is worth; meaningful when decided.
    struct Round {
        uint64 datanet;
        uint32 rules;
        uint8 contributionCount;
        RoundState state;
        uint64 commitsUntil;
        uint64 revealsUntil;
        uint32 commitCount;
        uint32 revealCount;
        bytes32 contributionsHash;
        uint64 accepted;
        uint96 perPoint;
    }

    enum RoundState {
        None,
        Open,
        Decided,
        Referred
    }

    /// @notice A commitment that a validator spoke for: one it signed, or (empty signature) the one the round holds of it.
    /// @param commitment What it commits to.
    /// @param deadline What was signed with it; not looked at without a signature.
    /// @param signature The validator's, of a key or for ERC-1271; empty: the round holds the commitment.
    struct Statement {
        bytes32 commitment;
        uint64 deadline;
        bytes signature;
    }

    /// @notice Only the Datanet's owner lists validators.
    /// @param datanet The Datanet's number, from 1.
    /// @param caller Who called.
    /// @param owner Whose the Datanet is.
    error DatanetValidators_NotOwner(uint64 datanet, address caller, address owner);

    /// @notice A list, or two lists together, are longer than they may be.
    /// @param count Their length.
    /// @param maximum 64, inclusive.
    error DatanetValidators_TooMany(uint256 count, uint256 maximum);

    /// @notice A round is over one contribution at least.
    error DatanetValidators_NoContributions();

    /// @notice The contributions of a round are of one Datanet and made under the same rules.
    /// @param contribution Number of the first that is not as those before it.
    error DatanetValidators_MixedRules(uint64 contribution);

    /// @notice The account is not active as a validator, or not on the Datanet's list where the rules ask for it.
    /// @param datanet The Datanet's number, from 1.
    /// @param account Whom it is about.
    error DatanetValidators_NotValidator(uint64 datanet, address account);

    /// @notice A round over it had no quorum: the owner decides, or opens another.
    /// @param contribution The contribution's number.
    error DatanetValidators_OwnerDecides(uint64 contribution);

    /// @notice No round of that number was opened.
    /// @param round What was named.
    error DatanetValidators_UnknownRound(uint64 round);

    /// @notice No more validators can commit in the round.
    /// @param round The round's number, from 1.
    /// @param maximum 255, inclusive.
    error DatanetValidators_RoundFull(uint64 round, uint256 maximum);

    /// @notice The round is not in the state that this takes.
    /// @param round The round's number, from 1.
    /// @param state What it is in.
    error DatanetValidators_WrongState(uint64 round, RoundState state);

    /// @notice These are not the contributions that the round was opened with, in their order.
    /// @param round The round's number, from 1.
    error DatanetValidators_OtherContributions(uint64 round);

    /// @notice A signed commitment came after its deadline.
    /// @param deadline Last second in which it could be sent (inclusive).
    /// @param now_ The block's timestamp.
    error DatanetValidators_SignatureExpired(uint64 deadline, uint64 now_);

    /// @notice The signature is not the validator's, or not over this commitment.
    /// @param signer Whose it ought to be.
    error DatanetValidators_InvalidSignature(address signer);

    /// @notice There is one score for each contribution of the round.
    /// @param found Scores that were brought.
    /// @param expected Contributions of the round.
    error DatanetValidators_ScoreCount(uint256 found, uint256 expected);

    /// @notice A score is above the highest.
    /// @param index Its place, from 0.
    /// @param score What was given.
    /// @param maximum 10,000, inclusive.
    error DatanetValidators_ScoreOutOfRange(uint256 index, uint16 score, uint16 maximum);

    /// @notice These are not the scores that the validator revealed.
    /// @param round The round's number, from 1.
    /// @param validator Whose scores they are.
    error DatanetValidators_OtherScores(uint64 round, address validator);

    /// @notice The validator earned nothing in the round.
    /// @param round The round's number, from 1.
    /// @param validator Whose scores they are.
    error DatanetValidators_NothingToCollect(uint64 round, address validator);

    /// @notice The validator's reward of the round was paid before.
    /// @param round The round's number, from 1.
    /// @param validator Whose scores they are.
    error DatanetValidators_AlreadyCollected(uint64 round, address validator);

    /// @notice The validator's equivocation in the round is proven.
    /// @param round The round's number, from 1.
    /// @param validator Whose scores they are.
    error DatanetValidators_Equivocated(uint64 round, address validator);

    /// @notice Two statements of one commitment are no equivocation.
    /// @param commitment What both state.
    error DatanetValidators_SameCommitment(bytes32 commitment);

    /// @notice The validator neither signed the commitment nor has it in the round.
    /// @param validator Whose scores they are.
    /// @param commitment What was brought.
    error DatanetValidators_NotStated(address validator, bytes32 commitment);

    /// @notice A Datanet's list of validators has changed, for commits to come.
    /// @param datanet The Datanet's number, from 1.
    /// @param added Who is on the list from now on.
    /// @param removed Who is no longer on it; who is in both lists is removed.
    event ValidatorsChanged(uint64 indexed datanet, address[] added, address[] removed);

    /// @notice Validators score contributions: commits before `commitsUntil`, reveals from then on and before
    /// `revealsUntil`.
    /// @param round The round's number, from 1.
    /// @param datanet The Datanet's number, from 1.
    /// @param contributions Their numbers, 1 to 64, in the order of the scores.
    /// @param rules Number of the rules they were made under.
    /// @param commitsUntil First second in which no commit is taken, and the first of the reveals.
    /// @param revealsUntil First second in which no reveal is taken.
    event RoundOpened(
        uint64 indexed round,
        uint64 indexed datanet,
        uint64[] contributions,
        uint32 rules,
        uint64 commitsUntil,
        uint64 revealsUntil
    );

    /// @notice A validator has committed its scores in a round.
    /// @param round The round's number, from 1.
    /// @param validator Whose scores they are.
    /// @param commitment What `commitmentHash` gives; not zero.
    /// @param commitCountAfter Validators that have committed in the round, at most 255.
    event ScoresCommitted(uint64 indexed round, address indexed validator, bytes32 commitment, uint32 commitCountAfter);

    /// @notice A validator's scores are revealed; they count.
    /// @param round The round's number, from 1.
    /// @param validator Whose scores they are.
    /// @param scores One per contribution, 0 to 10,000.
    /// @param revealCountAfter Validators that have revealed in the round.
    event ScoresRevealed(uint64 indexed round, address indexed validator, uint16[] scores, uint32 revealCountAfter);

    /// @notice A round with quorum has decided its contributions and filled its pot.
    /// @param round The round's number, from 1.
    /// @param datanet The Datanet's number, from 1.
    /// @param accepted Bit i: the i-th contribution is accepted.
    /// @param pot What its points divide, base units of OPEN.
    /// @param perPoint What a point is worth, base units, rounded down.
    /// @param reserveAfter What the Datanet's reserve holds, base units of OPEN.
    event RoundDecided(
        uint64 indexed round, uint64 indexed datanet, uint64 accepted, uint96 pot, uint96 perPoint, uint96 reserveAfter
    );

    /// @notice A round ended without its quorum: the Datanet's owner decides.
    /// @param round The round's number, from 1.
    /// @param datanet The Datanet's number, from 1.
    /// @param revealCount Validators that revealed: fewer than the quorum.
    /// @param quorum Least validators that had to.
    event RoundReferred(uint64 indexed round, uint64 indexed datanet, uint32 revealCount, uint8 quorum);

    /// @notice A validator's reward of a round was paid.
    /// @param round The round's number, from 1.
    /// @param datanet The Datanet's number, from 1.
    /// @param validator Whose scores they are.
    /// @param to The staking manager, for the validator's pool; the validator; or this contract, for the reserve.
    /// @param amount Base units of OPEN, more than 0.
    event RewardCollected(
        uint64 indexed round, uint64 indexed datanet, address indexed validator, address to, uint96 amount
    );

    /// @notice A Datanet's reserve for its validators has grown.
    /// @param datanet The Datanet's number, from 1.
    /// @param from Who paid, or called for what an equivocator lost.
    /// @param amount Base units of OPEN.
    /// @param reserveAfter What the Datanet's reserve holds, base units of OPEN.
    event ReserveAdded(uint64 indexed datanet, address indexed from, uint96 amount, uint96 reserveAfter);

    /// @notice A validator stated two commitments for one round and was slashed.
    /// @param round The round's number, from 1.
    /// @param validator Whose scores they are.
    /// @param prover Who proved it.
    /// @param taken What was slashed, base units of OPEN.
    /// @param bounty Of it, to the prover, base units.
    event Equivocated(
        uint64 indexed round, address indexed validator, address indexed prover, uint96 taken, uint96 bounty
    );

    /// @notice Changes which validators the Datanet admits, at most 64 at a time. Only the Datanet's owner.
    /// @param datanet The Datanet's number, from 1.
    /// @param added Who is admitted from now on; both lists together at most 64, inclusive.
    /// @param removed Who is no longer; who is in both lists is removed.
    function setValidators(uint64 datanet, address[] calldata added, address[] calldata removed) external;

    /// @notice Opens a round over undecided contributions of one Datanet, made under the same rules. Only the Datanet's owner
    /// or, where none of them was referred to the owner before, a validator that may score them.
    /// @param contributions 1 to 64, inclusive, each as it was committed; their order is that of the scores.
    /// @return round Its number, from 1.
    function openRound(IContributionRegistry.Contribution[] calldata contributions) external returns (uint64 round);

    /// @notice Takes the caller's commitment to its scores: `CommitRevealLib.commitmentHash` of `bytes32(round)`, the caller,
    /// `keccak256(abi.encode(uint16[] scores))` and a salt.
    /// @param round The round's number, from 1.
    /// @param commitment What `commitmentHash` gives; not zero.
    function commit(uint64 round, bytes32 commitment) external;

    /// @notice As `commit` for a validator that signed (`CommitRevealLib.commitStructHash`, by key or ERC-1271); anyone may
    /// send it.
    /// @dev Warning: a validator that signs two commitments for one round is slashed, whichever was sent.
    /// @param round The round's number, from 1.
    /// @param validator Who signed.
    /// @param commitment What `commitmentHash` gives; not zero.
    /// @param deadline The last second (inclusive) in which it may be sent.
    /// @param signature The validator's, of a key or for ERC-1271.
    function commitFor(uint64 round, address validator, bytes32 commitment, uint64 deadline, bytes calldata signature)
        external;

    /// @notice Reveals a validator's scores; anyone who knows them and the salt may.
    /// @param round The round's number, from 1.
    /// @param validator Whose scores they are.
    /// @param scores One per contribution, 0 to 10,000, inclusive.
    /// @param salt What the commitment was made with.
    function reveal(uint64 round, address validator, uint16[] calldata scores, bytes32 salt) external;

    /// @notice Ends a round whose windows are over; anyone may.
    /// @param round The round's number, from 1.
    /// @param contributions Those it was opened with, in that order, each as it was committed.
    function closeRound(uint64 round, IContributionRegistry.Contribution[] calldata contributions) external;

    /// @notice Pays a validator's reward of a decided round, once; anyone may call.
    /// @param round The round's number, from 1.
    /// @param validator Whose scores they are.
    /// @param scores As it revealed them.
    /// @return amount What it earned, base units of OPEN, more than 0.
    function collectReward(uint64 round, address validator, uint16[] calldata scores) external returns (uint96 amount);

    /// @notice Adds OPEN to a Datanet's reserve, pulled from the caller. Anyone may; only its validators gain.
    /// @param datanet The Datanet's number, from 1.
    /// @param amount Base units of OPEN; may be zero.
    function addReserve(uint64 datanet, uint96 amount) external;

    /// @notice Proves that a validator stands for two commitments in one round, and slashes it.
    /// @param round The round's number, from 1.
    /// @param validator Who is slashed.
    /// @param one A commitment that it stands for.
    /// @param other Another that it stands for.
    function proveEquivocation(uint64 round, address validator, Statement calldata one, Statement calldata other)
        external;

    /// @notice Rounds opened so far; numbers run from 1 to it.
    /// @return How many there are.
    function roundCount() external view returns (uint64);

    /// @notice A round as it stands. Reverts for one that was not opened.
    /// @param round The round's number, from 1.
    /// @return The round.
    function roundOf(uint64 round) external view returns (Round memory);

    /// @notice Which window of a round runs now.
    /// @param round A number.
    /// @return The window; `None` for a round that was not opened.
    function phaseOf(uint64 round) external view returns (CommitRevealLib.Phase);

    /// @notice What a validator has committed and revealed in a round.
    /// @param round The round's number, from 1.
    /// @param validator Whose scores they are.
    /// @return Both zero where nothing is committed; the value is the hash of the scores.
    function ballotOf(uint64 round, address validator) external view returns (CommitRevealLib.Ballot memory);

    /// @notice What a Datanet has for its validators beyond their part of fees, base units of OPEN.
    /// @param datanet The Datanet's number, from 1.
    /// @return Base units.
    function reserveOf(uint64 datanet) external view returns (uint96);

    /// @notice Whether the Datanet's owner has put the account on its list.
    /// @param datanet The Datanet's number, from 1.
    /// @param account Whom it is about.
    /// @return True where it is listed.
    function isListed(uint64 datanet, address account) external view returns (bool);

    /// @notice Whether the account may commit in the round now: active stake, and listed where the round's rules say so.
    /// @param round The round's number, from 1.
    /// @param account Whom it is about.
    /// @return True where it may. Reverts for a round that was not opened.
    function isValidator(uint64 round, address account) external view returns (bool);

    /// @notice Whether a validator's equivocation in a round is proven.
    /// @param round The round's number, from 1.
    /// @param validator Whose scores they are.
    /// @return True where it is.
    function hasEquivocated(uint64 round, address validator) external view returns (bool);

    /// @notice What the validator commits to in a round, for these scores and this salt.
    /// @param round The round's number, from 1.
    /// @param validator Whose scores they are.
    /// @param scores One per contribution, 0 to 10,000, inclusive; neither is checked here.
    /// @param salt 32 random bytes, never used before.
    /// @return The commitment.
    function commitmentHash(uint64 round, address validator, uint16[] calldata scores, bytes32 salt)
        external
        view
        returns (bytes32);
}
