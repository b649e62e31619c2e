// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "./IContributionRegistry.sol";
import {IDatanetValidators} from "./IDatanetValidators.sol";
import {IRewardDistributor} from "./IRewardDistributor.sol";

/// @title IDatanetRegistry
/// @notice Owns Datanets: their owners (ERC-721), their rules, their versions and what they earn.
/// @dev What they are made of is owned by `IContributionRegistry`, how it is scored by `IDatanetValidators`.
///
/// STATES. Rules are numbered from 1 per Datanet; a number's rules never change. A version is frozen when published. Its root
/// covers every contribution accepted until then, revoked ones included: the tree only grows. It carries how many revocations
/// the Datanet had (`revocationCount`) and the hash over them (`revocationsHash`); the version's records are those of its
/// contributions less what these revocations name. What is revoked later leaves the version as it is and is missing in the
/// next one.
///
/// CLOCKS. In seconds since 1970. Rules come into force `RULES_DELAY` (7 days) after they are scheduled. A contribution names
/// the rules in force and keeps them: its fee, who decides, until when and what follows by default, whatever the owner
/// schedules later. Licences and the list of contributors change at once, for later contributions.
///
/// MONEY. OPEN only: per Datanet an `ownerCredit`; the balance is at least their sum. It grows by the owner's parts of
/// contribution fees and of what the Datanet's pool earns (`claimPool`); the curation part of the latter goes to the
/// validators' reserve, by the rules in force. `collectOwner` pays the credit to whoever owns the Datanet then: who buys a
/// Datanet buys its credit. The publishing fee goes straight from the owner to the treasury.
///
/// TRUST. The owner makes the rules and publishes. Governance sets the publishing fee and its destination, and upgrades; it can
/// alter neither a version nor a credit. Distributor, contributions and validators are wired once.
///
/// LIVENESS. Claims and collections are anyone's to call; nothing else here waits for time.
///
/// NOT DONE. Index roots are claims: see `commitIndex`.
interface IDatanetRegistry {
    /// @notice Who may contribute, and what follows when nobody decides in time.
    /// @dev Open: anyone, accepted. Approval: anyone, rejected. Private: accounts on the Datanet's list, rejected.
    enum Access {
        Open,
        Approval,
        Private
    }

    /// @notice Who decides on a contribution.
    enum Decider {
        Owner,
        Validators
    }

    /// @notice Which validators may score: those on the Datanet's list, or any with an active stake.
    enum Admission {
        Listed,
        Active
    }

    /// @param access Who may contribute, and what follows when nobody decides in time.
    /// @param decider Who decides.
    /// @param admission Which validators may score; meaningful where validators decide.
    /// @param contributionFee Base units of OPEN a contribution costs; may be zero.
    /// @param decisionPeriod Seconds to decide, 1 hour to 90 days, inclusive; where validators decide at least both
    /// windows together.
    /// @param validatorsBps Of the fee, to the validators of the round that decides; basis points, at most 10,000,
    /// inclusive.
    /// @param curationBps Of what the pool earns, to the validators' reserve; basis points, at most 1,000, inclusive.
    /// @param acceptScore A score from this on is a vote to accept, 1 to 10,000, inclusive. From here on only where
    /// validators decide.
    /// @param quorum Least validators that must reveal, 1 to 255, inclusive.
    /// @param commitPeriod Seconds of the commit window, 10 minutes to 7 days, inclusive.
    /// @param revealPeriod Seconds of the reveal window, 10 minutes to 7 days, inclusive.
    /// @param rewardPerContribution Out of the reserve, for each contribution a round decides, as far as it reaches,
    /// base units.
    /// Warning: above what a contribution costs, whoever contributes and validates earns the difference.
    struct Rules {
        Access access;
        Decider decider;
        Admission admission;
        uint96 contributionFee;
        uint32 decisionPeriod;
        uint16 validatorsBps;
        uint16 curationBps;
        uint16 acceptScore;
        uint8 quorum;
        uint32 commitPeriod;
        uint32 revealPeriod;
        uint96 rewardPerContribution;
    }

    /// @param rules Number of the rules in force.
    /// @param nextRulesAt First second of the rules `rules + 1`; 0 when none are scheduled.
    /// @param versionCount Versions published; the newest has this number, the first is 1.
    /// @param ownerCredit What `collectOwner` would pay, base units of OPEN.
    /// @param metadataHash SHA-256 of its description in the content store; may be zero.
    /// @param name 1 to 64 bytes.
    struct Datanet {
        uint32 rules;
        uint64 nextRulesAt;
        uint32 versionCount;
        uint96 ownerCredit;
        bytes32 metadataHash;
        string name;
    }

    /// @param root Root of the tree of accepted contributions, `MerkleLib` over `LeafLib.contribution`.
    /// @param contributionCount Contributions in it, revoked ones included.
    /// @param recordCount Records of all these.
    /// @param publishedAt Timestamp.
    /// @param revocationCount The Datanet's revocations when it was published: what they name is no part of the
    /// version.
    /// @param revocationsHash Over them, `ContributionLib.revocationsHash` from zero.
    struct Version {
        bytes32 root;
        uint64 contributionCount;
        uint64 recordCount;
        uint64 publishedAt;
        uint64 revocationCount;
        bytes32 revocationsHash;
    }

    /// @notice No Datanet of that number was opened.
    /// @param datanet What was named.
    error DatanetRegistry_UnknownDatanet(uint64 datanet);

    /// @notice The Datanet has published no version of that number.
    /// @param datanet The Datanet's number, from 1.
    /// @param version What was named.
    error DatanetRegistry_UnknownVersion(uint64 datanet, uint32 version);

    /// @notice The Datanet has no rules of that number.
    /// @param datanet The Datanet's number, from 1.
    /// @param rules What was named.
    error DatanetRegistry_UnknownRules(uint64 datanet, uint32 rules);

    /// @notice Only the Datanet's owner calls this.
    /// @param datanet The Datanet's number, from 1.
    /// @param caller Who called.
    /// @param owner Whose the Datanet is.
    error DatanetRegistry_NotOwner(uint64 datanet, address caller, address owner);

    /// @notice Contributions to the Datanet may not carry the licence; none may carry zero.
    /// @param datanet The Datanet's number, from 1.
    /// @param licence SPDX identifier as left-aligned ASCII.
    error DatanetRegistry_LicenceNotAllowed(uint64 datanet, bytes32 licence);

    /// @notice A Datanet opens with too many licences, or none.
    /// @param count How many were given.
    /// @param maximum 16, inclusive.
    error DatanetRegistry_LicenceCountOutOfRange(uint256 count, uint256 maximum);

    /// @notice A Datanet's name is too long, or empty.
    /// @param length Its bytes.
    /// @param maximum 64, inclusive.
    error DatanetRegistry_NameLengthOutOfRange(uint256 length, uint256 maximum);

    /// @notice A field of `Rules` lies outside its bounds, both inclusive.
    /// @param rule Name of the field, left-aligned ASCII.
    /// @param value What was given, in the field's unit.
    /// @param minimum Inclusive.
    /// @param maximum Inclusive.
    error DatanetRegistry_RuleOutOfRange(bytes32 rule, uint256 value, uint256 minimum, uint256 maximum);

    /// @notice The contribution was made for rules `named`; `inForce` are in force.
    /// @param datanet The Datanet's number, from 1.
    /// @param named Number of the rules that the contributor agreed to.
    /// @param inForce Number of the rules in force.
    error DatanetRegistry_RulesNotInForce(uint64 datanet, uint32 named, uint32 inForce);

    /// @notice The Datanet is private, and the account is not on its list.
    /// @param datanet The Datanet's number, from 1.
    /// @param contributor Who is to contribute.
    error DatanetRegistry_NotAdmitted(uint64 datanet, address contributor);

    /// @notice Two lists together are longer than they may be.
    /// @param count Their length.
    /// @param maximum 64, inclusive.
    error DatanetRegistry_TooMany(uint256 count, uint256 maximum);

    /// @notice Nothing was accepted or revoked since the last version.
    /// @param datanet The Datanet's number, from 1.
    error DatanetRegistry_NothingToPublish(uint64 datanet);

    /// @notice The index of a version under a base is committed once.
    /// @param datanet The Datanet's number, from 1.
    /// @param version The version's number, from 1.
    /// @param base Number of the base model whose index it is.
    error DatanetRegistry_IndexExists(uint64 datanet, uint32 version, uint64 base);

    /// @notice The root of an index may not be zero.
    error DatanetRegistry_ZeroRoot();

    /// @notice The hash of an index file may not be zero.
    error DatanetRegistry_ZeroDataHash();

    /// @notice The zero address is no treasury and no contract.
    error DatanetRegistry_ZeroAccount();

    /// @notice The contracts are wired once.
    /// @param distributor The one that is wired.
    error DatanetRegistry_AlreadyWired(address distributor);

    /// @notice The Datanet has no credit.
    /// @param datanet The Datanet's number, from 1.
    error DatanetRegistry_NothingToCollect(uint64 datanet);

    /// @notice Publishing may not cost more than the maximum.
    /// @param fee What was given, base units of OPEN.
    /// @param maximum 10,000 OPEN, inclusive.
    error DatanetRegistry_FeeAboveMaximum(uint96 fee, uint96 maximum);

    /// @notice A Datanet was opened; its first rules follow in `RulesScheduled`.
    /// @param datanet The Datanet's number, from 1.
    /// @param owner Who opened it.
    /// @param name 1 to 64 bytes.
    /// @param metadataHash SHA-256 of its description in the content store; may be zero.
    /// @param licences What contributions may carry, 1 to 16, SPDX identifiers as left-aligned ASCII.
    event DatanetCreated(
        uint64 indexed datanet, address indexed owner, string name, bytes32 metadataHash, bytes32[] licences
    );

    /// @notice Rules of that number are in force from `effectiveAt`; scheduled again, the later event counts.
    /// @param datanet The Datanet's number, from 1.
    /// @param number Number of the rules, from 1.
    /// @param rules What they are.
    /// @param effectiveAt Timestamp from which (inclusive) they are in force.
    event RulesScheduled(uint64 indexed datanet, uint32 indexed number, Rules rules, uint64 effectiveAt);

    /// @notice Later contributions may carry other licences.
    /// @param datanet The Datanet's number, from 1.
    /// @param added What later contributions may carry as well, SPDX identifiers.
    /// @param removed What they may no longer carry; what is in both lists is removed.
    event LicencesChanged(uint64 indexed datanet, bytes32[] added, bytes32[] removed);

    /// @notice Where access is private, others may contribute later.
    /// @param datanet The Datanet's number, from 1.
    /// @param added Who is on the list from now on.
    /// @param removed Who is no longer on it; who is in both lists is removed.
    event ContributorsChanged(uint64 indexed datanet, address[] added, address[] removed);

    /// @notice A Datanet's accepted contributions and its revocations so far are frozen as a version.
    /// @param datanet The Datanet's number, from 1.
    /// @param version The version's number, from 1.
    /// @param root Root of the tree of accepted contributions, `MerkleLib` over `LeafLib.contribution`.
    /// @param contributionCount Contributions in it, revoked ones included.
    /// @param recordCount Records of all these.
    /// @param revocationCount The Datanet's revocations so far.
    /// @param revocationsHash Hash over them: `ContributionLib.revocationsHash` from zero.
    /// @param publishingFee What the owner paid to the treasury, base units of OPEN.
    event VersionPublished(
        uint64 indexed datanet,
        uint32 indexed version,
        bytes32 root,
        uint64 contributionCount,
        uint64 recordCount,
        uint64 revocationCount,
        bytes32 revocationsHash,
        uint96 publishingFee
    );

    /// @notice The owner has claimed the index of a version under a base, once.
    /// @param datanet The Datanet's number, from 1.
    /// @param version The version's number, from 1.
    /// @param base Number of the base model whose index it is.
    /// @param root `indexRoot` as the engine defines it.
    /// @param dataHash SHA-256 of the index file in the content store.
    event IndexCommitted(
        uint64 indexed datanet, uint32 indexed version, uint64 indexed base, bytes32 root, bytes32 dataHash
    );

    /// @notice A Datanet's owner has more to collect.
    /// @param datanet The Datanet's number, from 1.
    /// @param from Who paid.
    /// @param amount Base units of OPEN.
    /// @param ownerCreditAfter What `collectOwner` would pay now, base units of OPEN.
    event OwnerCredited(uint64 indexed datanet, address indexed from, uint96 amount, uint96 ownerCreditAfter);

    /// @notice What a Datanet's pool earned in a stream went to the owner's credit and the validators' reserve.
    /// @param datanet The Datanet's number, from 1.
    /// @param stream The distributor's stream, from 1.
    /// @param toOwner To the owner's credit, base units.
    /// @param toReserve To the validators' reserve, base units, rounded down: the rules' `curationBps` of the whole.
    /// @param ownerCreditAfter What `collectOwner` would pay now, base units of OPEN.
    event PoolClaimed(
        uint64 indexed datanet, uint64 indexed stream, uint96 toOwner, uint96 toReserve, uint96 ownerCreditAfter
    );

    /// @notice A Datanet's whole credit was paid to whoever owned it.
    /// @param datanet The Datanet's number, from 1.
    /// @param owner Who was paid.
    /// @param amount Base units of OPEN, more than 0.
    event OwnerCollected(uint64 indexed datanet, address indexed owner, uint96 amount);

    /// @notice Publishing a version costs this many base units of OPEN, paid to the treasury.
    /// @param amount Base units of OPEN.
    /// @param treasury Who receives it; not zero.
    event PublishingFeeSet(uint96 amount, address treasury);

    /// @notice Distributor, contributions and validators are named, for good.
    /// @param distributor The distributor whose pools are claimed here.
    /// @param contributions The registry of contributions.
    /// @param validators The contract of validators' rounds.
    event Wired(address distributor, address contributions, address validators);

    /// @notice Opens a Datanet; the caller receives its ERC-721 token, whose id is the Datanet's number.
    /// @param name 1 to 64 bytes, inclusive.
    /// @param metadataHash SHA-256 of its description in the content store; may be zero.
    /// @param licences The licences a contribution may carry, 1 to 16, inclusive: SPDX identifiers as left-aligned
    /// ASCII, none zero.
    /// @param rules In force at once, as number 1.
    /// @return datanet Its number, from 1.
    function createDatanet(
        string calldata name,
        bytes32 metadataHash,
        bytes32[] calldata licences,
        Rules calldata rules
    ) external returns (uint64 datanet);

    /// @notice Schedules the next rules, in force in 7 days. Only the Datanet's owner.
    /// @dev What was scheduled and is not in force yet is replaced. Contributions made before keep the rules they name.
    /// @param datanet The Datanet's number, from 1.
    /// @param rules What they are to be; bounds as in `Rules`.
    /// @return number Number of the scheduled rules: one more than those in force.
    function scheduleRules(uint64 datanet, Rules calldata rules) external returns (uint32 number);

    /// @notice Changes which licences later contributions may carry, at most 64 at a time. Only the Datanet's owner.
    /// @param datanet The Datanet's number, from 1.
    /// @param added What contributions may carry from now on, SPDX identifiers, none zero; both lists together at most
    /// 64, inclusive.
    /// @param removed What they may no longer carry; what is in both lists is removed.
    function setLicences(uint64 datanet, bytes32[] calldata added, bytes32[] calldata removed) external;

    /// @notice Changes who may contribute where access is private, at most 64 at a time. Only the Datanet's owner.
    /// @param datanet The Datanet's number, from 1.
    /// @param added Who may from now on; both lists together at most 64, inclusive.
    /// @param removed Who may no longer; who is in both lists is removed.
    function setContributors(uint64 datanet, address[] calldata added, address[] calldata removed) external;

    /// @notice Freezes what is accepted and revoked so far as the next version; the caller pays the publishing fee. Only the
    /// Datanet's owner.
    /// @dev Reverts when nothing was accepted or revoked since the last version.
    /// @param datanet The Datanet's number, from 1.
    /// @return version Its number, from 1.
    function publishVersion(uint64 datanet) external returns (uint32 version);

    /// @notice Commits the index of a version under a base, once. Only the Datanet's owner.
    /// @dev Warning: the root is a claim until index proofs are deployed; oracles recompute it.
    /// @param datanet The Datanet's number, from 1.
    /// @param version A version that is published, from 1.
    /// @param base Number of the base model whose index it is; not checked.
    /// @param root `indexRoot` as the engine defines it; not zero.
    /// @param dataHash SHA-256 of the index file in the content store; not zero.
    function commitIndex(uint64 datanet, uint32 version, uint64 base, bytes32 root, bytes32 dataHash) external;

    /// @notice Claims what the Datanet's pool earned in a stream; anyone may call. Parameters as `IRewardDistributor.claim`.
    /// @param stream The distributor's stream, from 1.
    /// @param root One of the stream's last four final roots.
    /// @param index Place of the pool's leaf, from 0.
    /// @param count Leaves of the tree.
    /// @param datanet Whose pool it is, from 1.
    /// @param cumulative All the pool ever earned in the stream, base units.
    /// @param runningSum Sum of `cumulative` over the leaves up to and with this one, base units.
    /// @param siblings From the leaf's level upwards, one a level.
    /// @return amount What the pool had earned and not claimed, base units.
    function claimPool(
        uint64 stream,
        bytes32 root,
        uint64 index,
        uint64 count,
        uint64 datanet,
        uint96 cumulative,
        uint128 runningSum,
        bytes32[] calldata siblings
    ) external returns (uint96 amount);

    /// @notice Adds OPEN to a Datanet's credit, pulled from the caller. Anyone may; only the owner gains.
    /// @param datanet The Datanet's number, from 1.
    /// @param amount Base units of OPEN; may be zero.
    function addOwnerCredit(uint64 datanet, uint96 amount) external;

    /// @notice Pays a Datanet's credit to whoever owns it now; anyone may call.
    /// @param datanet The Datanet's number, from 1.
    /// @return amount What the owner was paid, base units of OPEN, more than 0.
    function collectOwner(uint64 datanet) external returns (uint96 amount);

    /// @notice Sets what publishing a version costs, at most 10,000 OPEN, and who receives it. Governed (`PARAMETERS`).
    /// @param amount Base units of OPEN, at most 10,000e18; zero makes it free.
    /// @param treasury Who receives it; not zero.
    function setPublishingFee(uint96 amount, address treasury) external;

    /// @notice Names the distributor whose pools are claimed here, and the contracts of contributions and validators, once.
    /// Governed.
    /// @param distributor The distributor whose pools are claimed here; not zero.
    /// @param contributions The registry of contributions; not zero.
    /// @param validators The contract of validators' rounds; not zero.
    function wire(IRewardDistributor distributor, IContributionRegistry contributions, IDatanetValidators validators)
        external;

    /// @notice What a contribution by this account costs now; reverts where it may not be made.
    /// @param datanet The Datanet's number, from 1.
    /// @param contributor Who is to contribute.
    /// @param licence SPDX identifier as left-aligned ASCII.
    /// @param rules Number of the rules the contributor agrees to: those in force.
    /// @return The fee, base units of OPEN.
    function feeFor(uint64 datanet, address contributor, bytes32 licence, uint32 rules) external view returns (uint96);

    /// @notice Rules of a Datanet by their number, scheduled ones included. Reverts for a number that was not given.
    /// @param datanet The Datanet's number, from 1.
    /// @param rules Their number, from 1.
    /// @return The rules.
    function rulesOf(uint64 datanet, uint32 rules) external view returns (Rules memory);

    /// @notice Datanets opened so far; numbers run from 1 to it.
    /// @return How many there are.
    function datanetCount() external view returns (uint64);

    /// @notice What a Datanet is now. Reverts for one that does not exist.
    /// @param datanet The Datanet's number, from 1.
    /// @return The Datanet.
    function datanetOf(uint64 datanet) external view returns (Datanet memory);

    /// @notice Whether contributions to a Datanet may carry a licence now.
    /// @param datanet The Datanet's number, from 1.
    /// @param licence SPDX identifier as left-aligned ASCII.
    /// @return True where they may.
    function isLicenceAllowed(uint64 datanet, bytes32 licence) external view returns (bool);

    /// @notice Whether an account is on a Datanet's list, which counts where access is private.
    /// @param datanet The Datanet's number, from 1.
    /// @param account Whom it is about.
    /// @return True where it is.
    function isContributor(uint64 datanet, address account) external view returns (bool);

    /// @notice A published version. Reverts for one that was not published.
    /// @param datanet The Datanet's number, from 1.
    /// @param version The version's number, from 1.
    /// @return The version.
    function versionOf(uint64 datanet, uint32 version) external view returns (Version memory);

    /// @notice Root and data hash of a version's index under a base, zeros where none was committed.
    /// @param datanet The Datanet's number, from 1.
    /// @param version The version's number, from 1.
    /// @param base Number of the base model whose index it is.
    /// @return root `indexRoot` as the engine defines it.
    /// @return dataHash SHA-256 of the index file in the content store.
    function indexOf(uint64 datanet, uint32 version, uint64 base) external view returns (bytes32 root, bytes32 dataHash);

    /// @notice What publishing a version costs, base units of OPEN, and who receives it.
    /// @return amount Base units.
    /// @return treasury Who receives it; zero until it is set.
    function publishingFee() external view returns (uint96 amount, address treasury);

    /// @notice The distributor whose pools are claimed here; zero until it is wired.
    /// @return The distributor.
    function distributor() external view returns (IRewardDistributor);

    /// @notice The registry of contributions; zero until it is wired.
    /// @return The registry.
    function contributions() external view returns (IContributionRegistry);

    /// @notice The contract of validators' rounds; zero until it is wired.
    /// @return The contract.
    function validators() external view returns (IDatanetValidators);
}
