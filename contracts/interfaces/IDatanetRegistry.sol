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

    /// @param contributionFee Base units of OPEN a contribution costs; may be zero.
    /// @param decisionPeriod Seconds to decide, 1 hour to 90 days.
    /// @param validatorsBps Of the fee, to the validators of the round that decides; at most 10,000.
    /// @param curationBps Of what the pool earns, to the validators' reserve; at most 1,000.
    /// @param acceptScore A score from this on is a vote to accept, 1 to 10,000. From here on only where validators decide.
    /// @param quorum Least validators that must reveal, 1 to 255.
    /// @param commitPeriod Seconds of the commit window, 10 minutes to 7 days.
    /// @param revealPeriod Seconds of the reveal window, 10 minutes to 7 days.
    /// @param rewardPerContribution Out of the reserve, for each contribution a round decides, as far as it reaches.
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
    /// @param ownerCredit What `collectOwner` would pay.
    struct Datanet {
        uint32 rules;
        uint64 nextRulesAt;
        uint32 versionCount;
        uint96 ownerCredit;
        bytes32 metadataHash;
        string name;
    }

    /// @param root Root of the tree of accepted contributions, `MerkleLib` over `LeafLib.contribution`.
    /// @param contributionCount Contributions in it, revoked ones included. @param recordCount Records of all these.
    /// @param revocationCount The Datanet's revocations when it was published: what they name is no part of the version.
    /// @param revocationsHash Over them, `ContributionLib.revocationsHash` from zero.
    struct Version {
        bytes32 root;
        uint64 contributionCount;
        uint64 recordCount;
        uint64 publishedAt;
        uint64 revocationCount;
        bytes32 revocationsHash;
    }

    error DatanetRegistry_UnknownDatanet(uint64 datanet);
    error DatanetRegistry_UnknownVersion(uint64 datanet, uint32 version);
    error DatanetRegistry_UnknownRules(uint64 datanet, uint32 rules);
    error DatanetRegistry_NotOwner(uint64 datanet, address caller, address owner);
    error DatanetRegistry_LicenceNotAllowed(uint64 datanet, bytes32 licence);
    error DatanetRegistry_LicenceCountOutOfRange(uint256 count, uint256 maximum);
    error DatanetRegistry_NameLengthOutOfRange(uint256 length, uint256 maximum);
    /// @notice A field of `Rules` lies outside its bounds, both inclusive.
    error DatanetRegistry_RuleOutOfRange(bytes32 rule, uint256 value, uint256 minimum, uint256 maximum);
    /// @notice The contribution was made for rules `named`; `inForce` are in force.
    error DatanetRegistry_RulesNotInForce(uint64 datanet, uint32 named, uint32 inForce);
    error DatanetRegistry_NotAdmitted(uint64 datanet, address contributor);
    error DatanetRegistry_TooMany(uint256 count, uint256 maximum);
    error DatanetRegistry_NothingToPublish(uint64 datanet);
    error DatanetRegistry_IndexExists(uint64 datanet, uint32 version, uint64 base);
    error DatanetRegistry_ZeroRoot();
    error DatanetRegistry_ZeroDataHash();
    error DatanetRegistry_ZeroAccount();
    error DatanetRegistry_AlreadyWired(address distributor);
    error DatanetRegistry_NothingToCollect(uint64 datanet);
    error DatanetRegistry_Unpaid(uint256 received, uint256 expected);
    error DatanetRegistry_FeeAboveMaximum(uint96 fee, uint96 maximum);

    /// @notice A Datanet was opened; its first rules follow in `RulesScheduled`.
    event DatanetCreated(
        uint64 indexed datanet, address indexed owner, string name, bytes32 metadataHash, bytes32[] licences
    );
    /// @notice Rules of that number are in force from `effectiveAt`; scheduled again, the later event counts.
    event RulesScheduled(uint64 indexed datanet, uint32 indexed number, Rules rules, uint64 effectiveAt);

    /// @notice Later contributions may carry other licences.
    event LicencesChanged(uint64 indexed datanet, bytes32[] added, bytes32[] removed);

    /// @notice Where access is private, others may contribute later.
    event ContributorsChanged(uint64 indexed datanet, address[] added, address[] removed);

    /// @notice A Datanet's accepted contributions and its revocations so far are frozen as a version.
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
    event IndexCommitted(
        uint64 indexed datanet, uint32 indexed version, uint64 indexed base, bytes32 root, bytes32 dataHash
    );

    /// @notice A Datanet's owner has more to collect.
    event OwnerCredited(uint64 indexed datanet, address indexed from, uint96 amount, uint96 ownerCreditAfter);

    /// @notice What a Datanet's pool earned in a stream went to the owner's credit and the validators' reserve.
    event PoolClaimed(
        uint64 indexed datanet, uint64 indexed stream, uint96 toOwner, uint96 toReserve, uint96 ownerCreditAfter
    );

    /// @notice A Datanet's whole credit was paid to whoever owned it.
    event OwnerCollected(uint64 indexed datanet, address indexed owner, uint96 amount);

    /// @notice Publishing a version costs this many base units of OPEN, paid to the treasury.
    event PublishingFeeSet(uint96 amount, address treasury);

    /// @notice Distributor, contributions and validators are named, for good.
    event Wired(address distributor, address contributions, address validators);

    /// @notice Opens a Datanet; the caller receives its ERC-721 token, whose id is the Datanet's number.
    /// @param name 1 to 64 bytes.
    /// @param metadataHash SHA-256 of its description in the content store; may be zero.
    /// @param licences The licences a contribution may carry, 1 to 16, left-aligned ASCII SPDX identifiers.
    /// @param rules In force at once, as number 1.
    function createDatanet(
        string calldata name,
        bytes32 metadataHash,
        bytes32[] calldata licences,
        Rules calldata rules
    ) external returns (uint64 datanet);

    /// @notice Schedules the next rules, in force in 7 days. Only the Datanet's owner.
    /// @dev What was scheduled and is not in force yet is replaced. Contributions made before keep the rules they name.
    function scheduleRules(uint64 datanet, Rules calldata rules) external returns (uint32 number);

    /// @notice Changes which licences later contributions may carry, at most 64 at a time. Only the Datanet's owner.
    function setLicences(uint64 datanet, bytes32[] calldata added, bytes32[] calldata removed) external;

    /// @notice Changes who may contribute where access is private, at most 64 at a time. Only the Datanet's owner.
    function setContributors(uint64 datanet, address[] calldata added, address[] calldata removed) external;

    /// @notice Freezes what is accepted and revoked so far as the next version; the caller pays the publishing fee. Only the
    /// Datanet's owner.
    /// @dev Reverts when nothing was accepted or revoked since the last version.
    function publishVersion(uint64 datanet) external returns (uint32 version);

    /// @notice Commits the index of a version under a base, once. Only the Datanet's owner.
    /// @dev Warning: the root is a claim until index proofs are deployed; oracles recompute it.
    /// @param root `indexRoot` as the engine defines it; not zero.
    /// @param dataHash SHA-256 of the index file in the content store; not zero.
    function commitIndex(uint64 datanet, uint32 version, uint64 base, bytes32 root, bytes32 dataHash) external;

    /// @notice Claims what the Datanet's pool earned in a stream; anyone may call. Parameters as `IRewardDistributor.claim`.
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
    function addOwnerCredit(uint64 datanet, uint96 amount) external;

    /// @notice Pays a Datanet's credit to whoever owns it now; anyone may call.
    function collectOwner(uint64 datanet) external returns (uint96 amount);

    /// @notice Sets what publishing a version costs, at most 10,000 OPEN, and who receives it. Governed (`PARAMETERS`).
    function setPublishingFee(uint96 amount, address treasury) external;

    /// @notice Names the distributor whose pools are claimed here, and the contracts of contributions and validators, once.
    /// Governed.
    function wire(IRewardDistributor distributor, IContributionRegistry contributions, IDatanetValidators validators)
        external;

    /// @notice What a contribution by this account costs now; reverts where it may not be made.
    /// @param rules Number of the rules the contributor agrees to.
    function feeFor(uint64 datanet, address contributor, bytes32 licence, uint32 rules) external view returns (uint96);

    /// @notice Rules of a Datanet by their number, scheduled ones included. Reverts for a number that was not given.
    function rulesOf(uint64 datanet, uint32 rules) external view returns (Rules memory);

    /// @notice Datanets opened so far; numbers run from 1 to it.
    function datanetCount() external view returns (uint64);

    /// @notice What a Datanet is now. Reverts for one that does not exist.
    function datanetOf(uint64 datanet) external view returns (Datanet memory);

    /// @notice Whether contributions to a Datanet may carry a licence now.
    function isLicenceAllowed(uint64 datanet, bytes32 licence) external view returns (bool);

    /// @notice Whether an account is on a Datanet's list, which counts where access is private.
    function isContributor(uint64 datanet, address account) external view returns (bool);

    /// @notice A published version. Reverts for one that was not published.
    function versionOf(uint64 datanet, uint32 version) external view returns (Version memory);

    /// @notice Root and data hash of a version's index under a base, zeros where none was committed.
    function indexOf(uint64 datanet, uint32 version, uint64 base) external view returns (bytes32 root, bytes32 dataHash);

    /// @notice What publishing a version costs, base units of OPEN, and who receives it.
    function publishingFee() external view returns (uint96 amount, address treasury);

    /// @notice The distributor whose pools are claimed here; zero until it is wired.
    function distributor() external view returns (IRewardDistributor);

    /// @notice The registry of contributions; zero until it is wired.
    function contributions() external view returns (IContributionRegistry);

    /// @notice The contract of validators' rounds; zero until it is wired.
    function validators() external view returns (IDatanetValidators);
}
