// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IDatanetRegistry} from "./IDatanetRegistry.sol";

/// @title IContributionRegistry
/// @notice Owns the contributions of Datanets: who made them, what was decided, what is revoked, and their fees until then.
/// @dev STATES of a contribution.
/// `Committed` → `Accepted` | `Rejected` | `Withdrawn`, or → `InRound` (validators score it) → `Accepted` | `Rejected`, or
/// → `Referred` (the round had no quorum: the owner decides, or another round). `Accepted` → `Revoked`: by its contributor
/// or a moderator. A record of an accepted contribution can be revoked alone. `Rejected`, `Withdrawn` and `Revoked` are final.
///
/// CLOCKS. In seconds since 1970. A contribution can be decided before `committedAt + decisionPeriod` of its rules; from that
/// second on anyone settles it: accepted where access is `Open`, rejected elsewhere. A round never lasts beyond that second. A
/// pause of contributions ends by itself at `until`, at most 7 days ahead; it stops no clock.
///
/// MONEY. OPEN only: per Datanet `feesHeld`, of its undecided contributions; the balance is at least their sum. A fee goes
/// – accepted by the owner or by time: to the owner's credit in the Datanet registry;
/// – decided by validators: their part by the rules to them, the rest to the owner's credit or, rejected, back;
/// – rejected otherwise, withdrawn or moderated before it was decided: back to the contributor, whole;
/// – refuted as a duplicate before it was decided: half to the prover, the rest back.
/// Nobody can take what is held otherwise.
///
/// TRUST. The owner decides where the rules say so. Moderators (the dispute manager, by verdict) revoke; governance pauses and
/// upgrades. None of them can accept a contribution, un-accept one from a published version, or keep a fee.
///
/// LIVENESS. Every contribution ends by time, by anyone's call; nothing waits for a privileged account.
///
/// NOT DONE. No proof of near-duplicates: only the same text is refuted here. A contributor's files are as public as it makes
/// them: who publishes before its commitment is in a block can be overtaken by a copy.
///
/// Record leaf, contribution leaf and both trees are defined once, in `LeafLib` and `MerkleLib`.
interface IContributionRegistry {
    enum ContributionState {
        None,
        Committed,
        InRound,
        Referred,
        Accepted,
        Rejected,
        Withdrawn,
        Revoked
    }

    /// @notice What a contribution is, for ever. Only a hash of it is kept: `ContributionCommitted` tells it, and callers
    /// bring it back.
    /// @param number From 1, over all Datanets.
    /// @param datanet The Datanet's number, from 1.
    /// @param contributor Whose it is.
    /// @param recordCount Records in it, at least 1.
    /// @param rules Number of the Datanet's rules it was made under.
    /// @param committedAt Timestamp of the block that holds it.
    /// @param recordsRoot Root of the tree of its records, `MerkleLib` over `LeafLib.record`.
    /// @param licence SPDX identifier as left-aligned ASCII, for instance `"MIT"`.
    /// @param dataHash SHA-256 of its file in the content store.
    struct Contribution {
        uint64 number;
        uint64 datanet;
        address contributor;
        uint32 recordCount;
        uint32 rules;
        uint64 committedAt;
        bytes32 recordsRoot;
        bytes32 licence;
        bytes32 dataHash;
    }

    /// @notice A record, opened in its contribution.
    /// @param index Its place among the contribution's records, from 0.
    /// @param byteLength Of its UTF-8 text.
    /// @param licence The record's, as in its leaf.
    /// @param siblings From the leaf upwards.
    struct RecordOpening {
        uint32 index;
        uint32 byteLength;
        bytes32 licence;
        bytes32[] siblings;
    }

    /// @notice Nothing was committed under that number.
    /// @param contribution What was named.
    error ContributionRegistry_UnknownContribution(uint64 contribution);

    /// @notice What was brought is not what was committed under that number.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    error ContributionRegistry_NotCommittedAs(uint64 contribution);

    /// @notice A contribution has at least one record.
    error ContributionRegistry_EmptyContribution();

    /// @notice The root of the records may not be zero.
    error ContributionRegistry_ZeroRoot();

    /// @notice The hash of the file may not be zero.
    error ContributionRegistry_ZeroDataHash();

    /// @notice No contribution is taken now.
    /// @param until Timestamp from which (inclusive) they are.
    /// @param now_ The block's timestamp.
    error ContributionRegistry_Paused(uint64 until, uint64 now_);

    /// @notice A pause of contributions would last longer than one may.
    /// @param until The end that was asked for, timestamp.
    /// @param latest 7 days from now, inclusive.
    error ContributionRegistry_PauseOutOfRange(uint64 until, uint64 latest);

    /// @notice A signed contribution came after its deadline.
    /// @param deadline Last second in which it could be sent (inclusive).
    /// @param now_ The block's timestamp.
    error ContributionRegistry_SignatureExpired(uint64 deadline, uint64 now_);

    /// @notice The signature is not the contributor's, or not over this contribution and nonce.
    /// @param signer Whose it ought to be.
    error ContributionRegistry_InvalidSignature(address signer);

    /// @notice Only the Datanet's owner decides.
    /// @param datanet The Datanet's number, from 1.
    /// @param caller Who called.
    /// @param owner Whose the Datanet is.
    error ContributionRegistry_NotOwner(uint64 datanet, address caller, address owner);

    /// @notice Only its contributor takes a contribution back.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param caller Who called.
    /// @param contributor Whose contribution it is.
    error ContributionRegistry_NotContributor(uint64 contribution, address caller, address contributor);

    /// @notice Only the contract of validators' rounds calls this.
    /// @param caller Who called.
    /// @param validators That contract; zero until it is wired.
    error ContributionRegistry_NotValidators(address caller, address validators);

    /// @notice The contribution is of another Datanet.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param expected The Datanet that was named.
    /// @param actual The contribution's own.
    error ContributionRegistry_NotInDatanet(uint64 contribution, uint64 expected, uint64 actual);

    /// @notice The contribution is not in a state that this takes.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param state State of the contribution.
    error ContributionRegistry_WrongState(uint64 contribution, ContributionState state);

    /// @notice Whoever called does not decide on contributions made under these rules.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param rules Number of the contribution's rules.
    error ContributionRegistry_NotDecider(uint64 contribution, uint32 rules);

    /// @notice The time to decide is over: anyone settles the contribution.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param decideBy Timestamp before which (exclusive) it could be decided.
    /// @param now_ The block's timestamp.
    error ContributionRegistry_DecisionOver(uint64 contribution, uint64 decideBy, uint64 now_);

    /// @notice The contribution can still be decided.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param decideBy Timestamp from which (inclusive) anyone settles it.
    /// @param now_ The block's timestamp.
    error ContributionRegistry_DecisionOpen(uint64 contribution, uint64 decideBy, uint64 now_);

    /// @notice A round until `endsAt` would outlast the time in which the contribution is decided.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param endsAt First second after the round.
    /// @param decideBy Timestamp at which (inclusive) the round must be over.
    error ContributionRegistry_RoundTooLong(uint64 contribution, uint64 endsAt, uint64 decideBy);

    /// @notice A list is longer than one may be.
    /// @param count Its length.
    /// @param maximum 64, inclusive.
    error ContributionRegistry_TooMany(uint256 count, uint256 maximum);

    /// @notice The contribution has no record at that place.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param index What was named.
    /// @param recordCount Its records: places run from 0 to it, exclusive.
    error ContributionRegistry_NoSuchRecord(uint64 contribution, uint32 index, uint32 recordCount);

    /// @notice The record is revoked already, alone or with its contribution.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param index Place of the record in its contribution, from 0.
    error ContributionRegistry_RecordRevoked(uint64 contribution, uint32 index);

    /// @notice The proof does not show the record with that text in its contribution.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param index Place of the record in its contribution, from 0.
    error ContributionRegistry_InvalidRecordProof(uint64 contribution, uint32 index);

    /// @notice The record brought as the later one does not stand behind the other.
    /// @param contribution The one that was brought as the later.
    /// @param index Place of its record, from 0.
    error ContributionRegistry_NotLater(uint64 contribution, uint32 index);

    /// @notice A contribution was committed; this tells all of it, once.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param datanet The Datanet's number, from 1.
    /// @param contributor Whose contribution it is.
    /// @param recordsRoot Root of the tree of its records, `MerkleLib` over `LeafLib.record`; not zero.
    /// @param recordCount Records in it, at least 1; the root binds it.
    /// @param licence SPDX identifier as left-aligned ASCII, one of the Datanet's licences.
    /// @param dataHash SHA-256 of the contribution's file in the content store; not zero.
    /// @param rules Number of the rules it is made under, from 1.
    /// @param committedAt Timestamp of the block that holds it.
    event ContributionCommitted(
        uint64 indexed contribution,
        uint64 indexed datanet,
        address indexed contributor,
        bytes32 recordsRoot,
        uint32 recordCount,
        bytes32 licence,
        bytes32 dataHash,
        uint32 rules,
        uint64 committedAt
    );

    /// @notice A contribution is accepted: it stands at `position`, from 0, of its Datanet's tree and is in the next
    /// version.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param datanet The Datanet's number, from 1.
    /// @param contributor Whose contribution it is.
    /// @param position Its place in the Datanet's tree, from 0.
    /// @param contributionCountAfter Contributions in that tree, revoked ones included.
    /// @param recordCountAfter Records of all these.
    event ContributionAccepted(
        uint64 indexed contribution,
        uint64 indexed datanet,
        address indexed contributor,
        uint64 position,
        uint64 contributionCountAfter,
        uint64 recordCountAfter
    );

    /// @notice A contribution is rejected, for good.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param datanet The Datanet's number, from 1.
    /// @param contributor Whose contribution it is.
    event ContributionRejected(uint64 indexed contribution, uint64 indexed datanet, address indexed contributor);

    /// @notice A contributor has taken back a contribution that was not decided.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param datanet The Datanet's number, from 1.
    /// @param contributor Whose contribution it is.
    event ContributionWithdrawn(uint64 indexed contribution, uint64 indexed datanet, address indexed contributor);

    /// @notice Validators score a contribution.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param datanet The Datanet's number, from 1.
    event ContributionEnteredRound(uint64 indexed contribution, uint64 indexed datanet);

    /// @notice A round over a contribution had no quorum: its Datanet's owner decides, or another round.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param datanet The Datanet's number, from 1.
    event ContributionReferred(uint64 indexed contribution, uint64 indexed datanet);

    /// @notice A contribution is revoked as a whole: it is missing in versions published later.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param datanet The Datanet's number, from 1.
    /// @param by Who called: its contributor or a moderator.
    /// @param revocationCountAfter Revocations in the Datanet, with this one.
    /// @param revocationsHashAfter Hash over them: `ContributionLib.revocationsHash`.
    event ContributionRevoked(
        uint64 indexed contribution,
        uint64 indexed datanet,
        address indexed by,
        uint64 revocationCountAfter,
        bytes32 revocationsHashAfter
    );

    /// @notice One record of an accepted contribution is revoked: it is missing in versions published later.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param datanet The Datanet's number, from 1.
    /// @param by Who called: a moderator, or whoever refuted it.
    /// @param index Place of the record in its contribution, from 0.
    /// @param revocationCountAfter Revocations in the Datanet, with this one.
    /// @param revocationsHashAfter Hash over them: `ContributionLib.revocationsHash`.
    event RecordRevoked(
        uint64 indexed contribution,
        uint64 indexed datanet,
        address indexed by,
        uint32 index,
        uint64 revocationCountAfter,
        bytes32 revocationsHashAfter
    );

    /// @notice A record was shown to be also at `earlierIndex` of `earlierContribution`.
    /// @param contribution The later one, which loses the record or is rejected.
    /// @param earlierContribution The one that holds it already; the same where a record stands twice in it.
    /// @param prover Who called.
    /// @param index Place of the record in the later one, from 0.
    /// @param earlierIndex Its place in the earlier one, from 0.
    /// @param bounty The prover's half of the fee, base units, rounded down; 0 where it was decided already.
    event DuplicateRefuted(
        uint64 indexed contribution,
        uint64 indexed earlierContribution,
        address indexed prover,
        uint32 index,
        uint32 earlierIndex,
        uint96 bounty
    );

    /// @notice A contribution's fee is held until it is decided.
    /// @param datanet The Datanet's number, from 1.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param amount The fee, base units of OPEN, more than 0.
    /// @param feesHeldAfter Fees of the Datanet's undecided contributions, base units of OPEN.
    event FeeHeld(uint64 indexed datanet, uint64 indexed contribution, uint96 amount, uint96 feesHeldAfter);

    /// @notice A held fee left: the four parts are all of it.
    /// @param datanet The Datanet's number, from 1.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param toOwner To the owner's credit, base units.
    /// @param toValidators To the round's validators, base units.
    /// @param toProver To who refuted it, base units.
    /// @param toContributor Back, base units.
    /// @param feesHeldAfter Fees of the Datanet's undecided contributions, base units of OPEN.
    event FeeSettled(
        uint64 indexed datanet,
        uint64 indexed contribution,
        uint96 toOwner,
        uint96 toValidators,
        uint96 toProver,
        uint96 toContributor,
        uint96 feesHeldAfter
    );

    /// @notice No contribution can be made before `until`.
    /// @param until Timestamp, exclusive; one that has passed: none is paused.
    event ContributionsPaused(uint64 until);

    /// @notice Commits a contribution of records by the caller, who pays the rules' fee.
    /// @param datanet The Datanet's number, from 1.
    /// @param recordsRoot Root of the tree of its records, `MerkleLib` over `LeafLib.record`; not zero.
    /// @param recordCount At least 1; the root binds it.
    /// @param licence One of the Datanet's licences.
    /// @param dataHash SHA-256 of the contribution's file in the content store; not zero.
    /// @param rules Number of the rules in force, to which the contributor agrees with it.
    /// @return contribution Its number, from 1 over all Datanets.
    function contribute(
        uint64 datanet,
        bytes32 recordsRoot,
        uint32 recordCount,
        bytes32 licence,
        bytes32 dataHash,
        uint32 rules
    ) external returns (uint64 contribution);

    /// @notice As `contribute` for an account that signed; anyone may send it. The contributor pays the fee, by allowance.
    /// @dev EIP-712 `Contribute(address contributor,uint64 datanet,bytes32 recordsRoot,uint32 recordCount,bytes32 licence,
    /// bytes32 dataHash,uint32 rules,uint64 nonce,uint64 deadline)`, by key or ERC-1271. Uses up the contributor's nonce.
    /// @param contributor Who signed and pays; the caller pays only gas.
    /// @param datanet The Datanet's number, from 1.
    /// @param recordsRoot Root of the tree of its records, `MerkleLib` over `LeafLib.record`; not zero.
    /// @param recordCount Records in it, at least 1; the root binds it.
    /// @param licence SPDX identifier as left-aligned ASCII, one of the Datanet's licences.
    /// @param dataHash SHA-256 of the contribution's file in the content store; not zero.
    /// @param rules Number of the rules in force, to which the contributor agrees with it.
    /// @param deadline The last second (inclusive) in which it may be sent.
    /// @param signature The contributor's, of a key or for ERC-1271.
    /// @return contribution Its number, from 1 over all Datanets.
    function contributeFor(
        address contributor,
        uint64 datanet,
        bytes32 recordsRoot,
        uint32 recordCount,
        bytes32 licence,
        bytes32 dataHash,
        uint32 rules,
        uint64 deadline,
        bytes calldata signature
    ) external returns (uint64 contribution);

    /// @notice Accepts contributions, in the order given, at most 64 at a time. Only the Datanet's owner, where the rules make
    /// it the decider or validators had no quorum, and in time.
    /// @param datanet The Datanet's number, from 1.
    /// @param contributions At most 64, inclusive, each as it was committed.
    function accept(uint64 datanet, Contribution[] calldata contributions) external;

    /// @notice Rejects contributions, at most 64 at a time; their fees go back. Only the Datanet's owner, as `accept`.
    /// @param datanet The Datanet's number, from 1.
    /// @param contributions At most 64, inclusive, each as it was committed.
    function reject(uint64 datanet, Contribution[] calldata contributions) external;

    /// @notice Ends contributions that nobody decided in time, at most 64: accepts where access is open, rejects elsewhere.
    /// @param datanet The Datanet of all of them, from 1.
    /// @param contributions At most 64, inclusive, each as it was committed.
    function settleOverdue(uint64 datanet, Contribution[] calldata contributions) external;

    /// @notice Takes the caller's own contribution back: undecided with its fee; accepted from all later versions.
    /// @dev Not while validators score it, nor once it is final.
    /// @param contribution As it was committed.
    function withdrawContribution(Contribution calldata contribution) external;

    /// @notice Revokes an accepted contribution for all later versions; rejects an undecided one. Only a moderator.
    /// @param contribution As it was committed.
    function revokeContribution(Contribution calldata contribution) external;

    /// @notice Revokes one record of an accepted contribution for all later versions. Only a moderator.
    /// @param contribution As it was committed.
    /// @param index Place of the record, from 0; below its count of records.
    function revokeRecord(Contribution calldata contribution, uint32 index) external;

    /// @notice Proves in one call that a record is contained in an earlier contribution of the Datanet, or earlier in its own.
    /// @dev Earlier is by contribution number, then by index. The earlier contribution must be accepted (or the same one), its
    /// record not revoked. An accepted contribution loses the record; an undecided one is rejected, and the caller gets half
    /// of its fee.
    /// @param later Whose record is refuted, as it was committed.
    /// @param laterRecord That record, opened in it.
    /// @param earlier That holds it already, as it was committed.
    /// @param earlierRecord The record there, opened in it.
    /// @param contentHash `keccak256` of the text that both records have.
    function refuteDuplicate(
        Contribution calldata later,
        RecordOpening calldata laterRecord,
        Contribution calldata earlier,
        RecordOpening calldata earlierRecord,
        bytes32 contentHash
    ) external;

    /// @notice Takes contributions of one Datanet into a round. Only the validators contract.
    /// @param datanet The Datanet of all of them, from 1.
    /// @param contributions 1 to 64, inclusive: the validators contract sees to that; each as it was committed.
    /// @param endsAt First second after the round: at most when the first of them must be decided, inclusive.
    function enterRound(uint64 datanet, Contribution[] calldata contributions, uint64 endsAt) external;

    /// @notice Decides the contributions of a round and pays out their fees. Only the validators contract, which receives
    /// `validatorFees` at once. Those that left the round on their own are passed over.
    /// @param datanet The Datanet of all of them, from 1.
    /// @param contributions Those of the round, in its order.
    /// @param accepted Bit i: the i-th is accepted.
    /// @return validatorFees The validators' parts of their fees, base units of OPEN.
    function decideRound(uint64 datanet, Contribution[] calldata contributions, uint64 accepted)
        external
        returns (uint96 validatorFees);

    /// @notice Refers the contributions of a round without quorum to the owner. Only the validators contract.
    /// @param contributions Those of the round; which left it on their own are passed over.
    function releaseRound(Contribution[] calldata contributions) external;

    /// @notice Stops new contributions before `until`, at most 7 days ahead. Governed (`BRAKE`).
    /// @param until Timestamp, exclusive; at most 7 days ahead, inclusive. One that has passed ends a pause.
    function pauseContributions(uint64 until) external;

    /// @notice Contributions ever committed, over all Datanets.
    /// @return How many; numbers run from 1 to it.
    function contributionCount() external view returns (uint64);

    /// @notice State of a contribution; `None` for a number that was not given.
    /// @param contribution A number.
    /// @return Its state.
    function stateOf(uint64 contribution) external view returns (ContributionState);

    /// @notice Whether that is what was committed under its number.
    /// @param contribution What is asked about.
    /// @return True where all of it is as it was committed.
    function isContribution(Contribution calldata contribution) external view returns (bool);

    /// @notice Whether a contribution is revoked as a whole.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @return True where its contributor or a moderator revoked it.
    function isRevoked(uint64 contribution) external view returns (bool);

    /// @notice Whether a record is revoked, alone or with its whole contribution.
    /// @param contribution The contribution's number, from 1 over all Datanets.
    /// @param index Place of the record in its contribution, from 0.
    /// @return True for either.
    function isRecordRevoked(uint64 contribution, uint32 index) external view returns (bool);

    /// @notice The Datanet's next version, were it published now.
    /// @param datanet The Datanet's number, from 1.
    /// @return The version; its `publishedAt` is now.
    function nextVersionOf(uint64 datanet) external view returns (IDatanetRegistry.Version memory);

    /// @notice Fees of a Datanet's undecided contributions, base units of OPEN.
    /// @param datanet The Datanet's number, from 1.
    /// @return Base units.
    function feesHeldOf(uint64 datanet) external view returns (uint96);

    /// @notice Number that a contributor's next signed contribution names, from 0.
    /// @param contributor Who signs.
    /// @return The next nonce.
    function nonceOf(address contributor) external view returns (uint64);

    /// @notice First second in which contributions are taken again.
    /// @return Timestamp; in the past while they are taken.
    function pausedUntil() external view returns (uint64);
}
