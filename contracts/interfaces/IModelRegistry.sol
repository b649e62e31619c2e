// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title IModelRegistry
/// @notice Owns models: their roots, prices, Datanet versions, lineage and the parts of a fee that their owners choose.
/// @dev A model's number is its ERC-721 token id, counted from 1. A number names exact bytes: weights, program, Datanet
/// versions, price and lineage never change. What is new is another number, which may supersede this one.
///
/// STATES. Registered, then perhaps deprecated, for good: by its owner, or by a verdict. A deprecated model takes no new base's
/// place, and nodes open no channels for it; what was answered settles as ever. `successor` is a pointer, and deprecates nothing.
///
/// CLOCKS. A revenue configuration comes into force 7 days after it was scheduled, from `effectiveAt` on (inclusive). One may
/// be pending for each model; until then its owner may cancel it, as if it had never been. A pause of registrations lasts
/// 7 days at most and ends by itself: the first second of working is `registrationPausedUntil`.
///
/// MONEY. A registration may cost a fee in OPEN, pulled from the caller and sent to the treasury in the same transaction. The
/// registry never holds tokens. The fee has a fixed ceiling, and each caller names the most that it pays.
///
/// LINEAGE. A registration grants models that it derives from a part of its own model part. What they owe their own upstream
/// is taken out of their grants, so that all upstream is one flat list of at most 8 models: for a grant of g to a model, each
/// entry (u, b) of its list adds floor(g·b/10⁴) to u, and the model keeps what is left. The list sums to what was granted.
/// The base, and what the base derives from, is always in an adapter's list, if need be with nothing.
/// Whoever is in a list was granted at least what it asks of derivatives, `derivativeBps`: what was granted to it directly
/// and what others' grants add to it, before it passes on to its own upstream. So a shell in between evades nobody's terms.
///
/// TRUST. Governance sets fee and treasury, pauses registrations, and deprecates by verdict. It changes no revenue, no price,
/// no lineage, no owner.
///
/// NOT DONE. Derivation that nobody declares, other than from a base, is not seen here: that is a matter of disputes.
interface IModelRegistry {
    /// @notice What an answer costs: `perRequest + promptTokens * perPromptToken + outputTokens * perOutputToken`, base units.
    /// @param perRequest Base units of OPEN for each request.
    /// @param perPromptToken Base units for each token that is read.
    /// @param perOutputToken Base units for each token that is written.
    struct Price {
        uint96 perRequest;
        uint96 perPromptToken;
        uint96 perOutputToken;
    }

    /// @notice The parts of a fee that a model's owner chooses, in basis points of the fee.
    /// @dev `dataBps >= 2000` when the model names a Datanet version, 0 when it names none;
    /// `modelBps + dataBps <= 7000`, so that at least 10 % is left to the runner under any governed split.
    /// @param modelBps To the model's owner and its upstream models.
    /// @param dataBps To those whose data the answer stands on.
    struct Revenue {
        uint16 modelBps;
        uint16 dataBps;
    }

    /// @notice A version of a Datanet.
    /// @param datanet The Datanet's number, from 1.
    /// @param version The version's number, from 1.
    struct VersionRef {
        uint64 datanet;
        uint32 version;
    }

    /// @param model The upstream model's number, from 1.
    /// @param bps Of the derived model's model part, in basis points.
    struct Upstream {
        uint64 model;
        uint16 bps;
    }

    /// @param base 0 for a base; else the base's number.
    /// @param weightsRoot Root of its weight file, `MerkleLib` over 1 KiB chunks with `LeafLib.chunk`.
    /// @param programRoot `keccak256` of its canonical program description.
    /// @param manifestHash SHA-256 of its manifest in the content store: how it was trained and from what.
    /// @param price What an answer costs.
    /// @param revenue What is in force now.
    /// @param registeredAt Timestamp.
    /// @param name 1 to 64 bytes.
    /// @param versions The Datanet versions it was trained on, ascending by (datanet, version); none for a base.
    /// @param supersedes The model that this one takes the place of; 0 for none.
    /// @param successor The model that took its place; 0 for none.
    /// @param deprecatedAt Timestamp at which it was deprecated; 0 while it is not.
    /// @param derivativeBps The least that a derivative has to grant it, basis points of the derivative's model part.
    /// @param upstream Flattened lineage, ascending by model.
    struct Model {
        uint64 base;
        bytes32 weightsRoot;
        bytes32 programRoot;
        bytes32 manifestHash;
        Price price;
        Revenue revenue;
        uint64 registeredAt;
        string name;
        VersionRef[] versions;
        uint64 supersedes;
        uint64 successor;
        uint64 deprecatedAt;
        uint16 derivativeBps;
        Upstream[] upstream;
    }

    /// @param name 1 to 64 bytes, inclusive.
    /// @param weightsRoot As in `Model`; not zero.
    /// @param programRoot As in `Model`; not zero.
    /// @param manifestHash As in `Model`; not zero.
    /// @param price What an answer costs; any.
    /// @param revenue In force at once; bounds as in `Revenue`.
    /// @param derivativeBps The least that derivatives have to grant this model of their model part, basis points, at
    /// most 5,000, inclusive.
    /// @param supersedes A model of the caller's whose place this one takes, which has no successor yet; 0 for none.
    /// @param upstream Models that this one derives from and what it grants each, strictly ascending by model, at most
    /// 9,000 basis points together, inclusive.
    /// @param maximumFee The most that the caller pays for this registration, base units, inclusive.
    struct Registration {
        string name;
        bytes32 weightsRoot;
        bytes32 programRoot;
        bytes32 manifestHash;
        Price price;
        Revenue revenue;
        uint16 derivativeBps;
        uint64 supersedes;
        Upstream[] upstream;
        uint96 maximumFee;
    }

    /// @notice No model of that number was registered.
    /// @param model What was named.
    error ModelRegistry_UnknownModel(uint64 model);

    /// @notice Only the model's owner calls this.
    /// @param model The model's number, from 1.
    /// @param caller Who called.
    /// @param owner Whose the model is.
    error ModelRegistry_NotOwner(uint64 model, address caller, address owner);

    /// @notice An adapter is over a base, not over another adapter.
    /// @param model What was named.
    error ModelRegistry_NotABase(uint64 model);

    /// @notice No adapter is registered over a deprecated base.
    /// @param base Number of the base.
    /// @param deprecatedAt Timestamp at which it was deprecated.
    error ModelRegistry_BaseDeprecated(uint64 base, uint64 deprecatedAt);

    /// @notice Neither root of a model may be zero.
    error ModelRegistry_ZeroRoot();

    /// @notice The hash of a model's manifest may not be zero.
    error ModelRegistry_ZeroManifestHash();

    /// @notice The zero address is no treasury.
    error ModelRegistry_ZeroAddress();

    /// @notice A model's name is too long, or empty.
    /// @param length Its bytes.
    /// @param maximum 64, inclusive.
    error ModelRegistry_NameLengthOutOfRange(uint256 length, uint256 maximum);

    /// @notice An adapter names too many Datanet versions, or none.
    /// @param count How many were named.
    /// @param maximum 8, inclusive.
    error ModelRegistry_VersionCountOutOfRange(uint256 count, uint256 maximum);

    /// @notice Versions stand strictly ascending by (datanet, version).
    /// @param index Place of the first that does not, from 0.
    error ModelRegistry_VersionsNotAscending(uint256 index);

    /// @notice The data part lies out of bounds.
    /// @param dataBps What was given, basis points of the fee.
    /// @param minimum 2,000 where the model names a Datanet version, else 0; basis points, inclusive.
    /// @param maximum 7,000 where the model names a Datanet version, else 0; basis points, inclusive.
    error ModelRegistry_DataShareOutOfRange(uint16 dataBps, uint16 minimum, uint16 maximum);

    /// @notice Model's and data part together are larger than they may be.
    /// @param sumBps What they would be, basis points of the fee.
    /// @param maximumBps 7,000, inclusive.
    error ModelRegistry_SharesTooLarge(uint256 sumBps, uint256 maximumBps);

    /// @notice A model asks more of derivatives than it may.
    /// @param derivativeBps What was given, basis points of their model part.
    /// @param maximum 5,000, inclusive.
    error ModelRegistry_DerivativeShareTooLarge(uint16 derivativeBps, uint16 maximum);

    /// @notice What a registration derives from stands strictly ascending by model, from 1.
    /// @param index Place of the first that does not, from 0.
    error ModelRegistry_UpstreamNotAscending(uint256 index);

    /// @notice The flattened lineage would be longer than it may.
    /// @param maximum 8 models, inclusive.
    error ModelRegistry_TooManyUpstream(uint256 maximum);

    /// @notice A registration grants more of its model part than it may.
    /// @param sumBps What it would be, basis points of the model part.
    /// @param maximumBps 9,000, inclusive.
    error ModelRegistry_UpstreamTooLarge(uint256 sumBps, uint256 maximumBps);

    /// @notice A model is granted less than it asks of derivatives.
    /// @param upstream Number of that model.
    /// @param grantedBps What it would get, basis points of the model part.
    /// @param derivativeBps What it asks, basis points, inclusive.
    error ModelRegistry_GrantTooSmall(uint64 upstream, uint16 grantedBps, uint16 derivativeBps);

    /// @notice The place of a model is taken once.
    /// @param model The model's number, from 1.
    /// @param successor Number of the model that took it.
    error ModelRegistry_HasSuccessor(uint64 model, uint64 successor);

    /// @notice The model is deprecated already.
    /// @param model The model's number, from 1.
    /// @param deprecatedAt Timestamp at which it was deprecated.
    error ModelRegistry_AlreadyDeprecated(uint64 model, uint64 deprecatedAt);

    /// @notice Another revenue is scheduled, and not yet in force.
    /// @param model The model's number, from 1.
    /// @param effectiveAt Timestamp from which (inclusive) it is in force.
    error ModelRegistry_RevenuePending(uint64 model, uint64 effectiveAt);

    /// @notice No revenue waits to come into force.
    /// @param model The model's number, from 1.
    error ModelRegistry_NothingPending(uint64 model);

    /// @notice The model had no revenue before it was registered.
    /// @param model The model's number, from 1.
    /// @param timestamp What was asked for.
    /// @param registeredAt Timestamp of its registration, inclusive.
    error ModelRegistry_BeforeRegistration(uint64 model, uint64 timestamp, uint64 registeredAt);

    /// @notice The fee is more than the caller pays for this registration, or than any may be.
    /// @param fee What it is, or would be, base units of OPEN.
    /// @param maximum What the caller named, or 10,000 OPEN; base units, inclusive.
    error ModelRegistry_FeeAboveMaximum(uint96 fee, uint96 maximum);

    /// @notice No model can be registered now.
    /// @param until Timestamp from which (inclusive) registrations work.
    error ModelRegistry_RegistrationPaused(uint64 until);

    /// @notice A pause of registrations would last longer than one may.
    /// @param until The end that was asked for, timestamp.
    /// @param latest 7 days from now, inclusive.
    error ModelRegistry_PauseTooLong(uint64 until, uint64 latest);

    /// @notice A model is registered; all this is fixed for ever but its revenue.
    /// @param model The model's number, from 1.
    /// @param base Number of the base; 0 for a base.
    /// @param owner Who registered it.
    /// @param name 1 to 64 bytes.
    /// @param weightsRoot Root of its weight file, `MerkleLib` over 1 KiB chunks with `LeafLib.chunk`.
    /// @param programRoot `keccak256` of its canonical program description.
    /// @param manifestHash SHA-256 of its manifest in the content store.
    /// @param price What an answer costs, base units of OPEN.
    /// @param revenue Model's and data part, basis points of the fee, in force at once.
    /// @param versions The Datanet versions it was trained on, ascending by (datanet, version); none for a base.
    event ModelRegistered(
        uint64 indexed model,
        uint64 indexed base,
        address indexed owner,
        string name,
        bytes32 weightsRoot,
        bytes32 programRoot,
        bytes32 manifestHash,
        Price price,
        Revenue revenue,
        VersionRef[] versions
    );

    /// @notice A model's lineage; follows each `ModelRegistered`.
    /// @param model The model's number, from 1.
    /// @param supersedes The model that this one takes the place of; 0 for none.
    /// @param derivativeBps The least that a derivative has to grant it, basis points of the derivative's model part.
    /// @param upstream The flattened lineage, ascending by model, basis points of the model part.
    event LineageFixed(uint64 indexed model, uint64 indexed supersedes, uint16 derivativeBps, Upstream[] upstream);

    /// @notice A registration's fee went to the treasury, base units of OPEN.
    /// @param model The model's number, from 1.
    /// @param payer Who registered it.
    /// @param treasury Where it went.
    /// @param amount Base units of OPEN, more than 0.
    event PublishingFeePaid(uint64 indexed model, address indexed payer, address indexed treasury, uint96 amount);

    /// @notice A model's revenue changes at `effectiveAt` (inclusive), unless that is cancelled before.
    /// @param model The model's number, from 1.
    /// @param revenue Model's and data part, basis points of the fee.
    /// @param effectiveAt Timestamp from which (inclusive) it is in force.
    event RevenueScheduled(uint64 indexed model, Revenue revenue, uint64 effectiveAt);

    /// @notice A scheduled revenue is dropped.
    /// @param model The model's number, from 1.
    /// @param revenue What stays in force, basis points of the fee.
    event RevenueCancelled(uint64 indexed model, Revenue revenue);

    /// @notice A model's owner says how right its attribution is, in place of what was said before.
    /// @param model The model's number, from 1.
    /// @param cardHash SHA-256 of its attribution card in the content store; 0 where it is withdrawn.
    event CardCommitted(uint64 indexed model, bytes32 cardHash);

    /// @notice A model is marked as no longer to be served, for good, by its owner or by a verdict.
    /// @param model The model's number, from 1.
    /// @param by Who called: its owner or a moderator.
    /// @param deprecatedAt Timestamp at which it was deprecated.
    event ModelDeprecated(uint64 indexed model, address indexed by, uint64 deprecatedAt);

    /// @notice Registering a model costs this many base units of OPEN.
    /// @param fee Base units of OPEN.
    event PublishingFeeSet(uint96 fee);

    /// @notice Publishing fees go here from now on.
    /// @param treasury The destination; not zero.
    event TreasurySet(address treasury);

    /// @notice No model can be registered before `until`.
    /// @param until Timestamp, exclusive; one that has passed: none is paused.
    event RegistrationPaused(uint64 until);

    /// @notice Registers a model with weights of its own, owned by the caller.
    /// @dev Emits `ModelRegistered`, `LineageFixed`, and `PublishingFeePaid` if there is a fee.
    /// @param registration Bounds as in `Registration`; its data part is 0.
    /// @return model Its number, from 1.
    function registerBase(Registration calldata registration) external returns (uint64 model);

    /// @notice Registers an adapter over a base, trained on Datanet versions, owned by the caller.
    /// @param base Number of a base that is not deprecated.
    /// @param registration Bounds as in `Registration`; its data part is 2,000 to 7,000 basis points, inclusive.
    /// @param versions 1 to 8, inclusive, strictly ascending by (datanet, version), each published.
    /// @return model Its number, from 1.
    function registerAdapter(uint64 base, Registration calldata registration, VersionRef[] calldata versions)
        external
        returns (uint64 model);

    /// @notice Announces other parts of the fee, in force 7 days from now. Only the owner, and only if nothing is pending.
    /// @param model The model's number, from 1.
    /// @param revenue Basis points of the fee; bounds as in `Revenue`.
    /// @return effectiveAt Timestamp from which (inclusive) they are in force.
    function scheduleRevenue(uint64 model, Revenue calldata revenue) external returns (uint64 effectiveAt);

    /// @notice Takes back what is pending. Only the owner.
    /// @param model The model's number, from 1.
    function cancelRevenue(uint64 model) external;

    /// @notice Commits a model's attribution card, in place of the one before. Only the owner.
    /// @dev A claim, which whoever retrains the model on subsets of its Datanets' records can compare with their own. Nothing on
    /// chain reads it: it is in the event alone.
    /// @param model The model's number, from 1.
    /// @param cardHash SHA-256 of the card in the content store; 0 withdraws it.
    function commitCard(uint64 model, bytes32 cardHash) external;

    /// @notice Marks a model as no longer to be served, for good. Only the owner.
    /// @param model The model's number, from 1.
    function deprecate(uint64 model) external;

    /// @notice The same by verdict of a dispute. Governed: moderators.
    /// @param model The model's number, from 1.
    function deprecateByVerdict(uint64 model) external;

    /// @notice Sets the fee of a registration, at most 10,000 OPEN. Governed.
    /// @param fee Base units of OPEN, at most 10,000 OPEN, inclusive.
    function setPublishingFee(uint96 fee) external;

    /// @notice Sets where fees go. Governed.
    /// @param treasury Where fees go; not zero.
    function setTreasury(address treasury) external;

    /// @notice Stops registrations until a timestamp at most 7 days away; one that has passed ends a pause. Governed: brake.
    /// @param until Timestamp, exclusive; at most 7 days ahead, inclusive.
    function pauseRegistration(uint64 until) external;

    /// @notice Models registered so far; numbers run from 1 to it.
    /// @return How many there are.
    function modelCount() external view returns (uint64);

    /// @notice All that was registered of a model. Reverts for one that does not exist.
    /// @param model The model's number, from 1.
    /// @return The model, its revenue as it is in force now.
    function modelOf(uint64 model) external view returns (Model memory);

    /// @notice The revenue split in force and the price alone: what settlement and proofs read.
    /// @param model The model's number, from 1.
    /// @return price Base units of OPEN.
    /// @return revenue Basis points of the fee.
    function termsOf(uint64 model) external view returns (Price memory price, Revenue memory revenue);

    /// @notice The revenue split that was in force at a timestamp from the model's registration on.
    /// @dev Past timestamps have one answer for ever. A future one has what is scheduled now, which may be cancelled.
    /// @param model The model's number, from 1.
    /// @param timestamp Not before the model's registration, inclusive.
    /// @return Basis points of the fee.
    function revenueAt(uint64 model, uint64 timestamp) external view returns (Revenue memory);

    /// @notice The revenue split before and from `effectiveAt` on, of one storage slot.
    /// @dev A change is pending while `effectiveAt` has not passed. Never 0.
    /// @param model The model's number, from 1.
    /// @return modelBps Model part before `effectiveAt`, basis points of the fee.
    /// @return dataBps Data part before it, basis points of the fee.
    /// @return nextModelBps Model part from it on, basis points of the fee.
    /// @return nextDataBps Data part from it on, basis points of the fee.
    /// @return effectiveAt Timestamp, inclusive; of the registration where nothing was ever scheduled.
    function revenueScheduleOf(uint64 model)
        external
        view
        returns (uint16 modelBps, uint16 dataBps, uint16 nextModelBps, uint16 nextDataBps, uint64 effectiveAt);

    /// @notice Flattened lineage, ascending by model, at most 8, of the model part; the rest is the model's owner's.
    /// @param model The model's number, from 1.
    /// @return Basis points of the model part.
    function upstreamOf(uint64 model) external view returns (Upstream[] memory);

    /// @notice Timestamp from which the model is not to be served; 0 while it is.
    /// @param model The model's number, from 1.
    /// @return Timestamp, inclusive.
    function deprecatedAtOf(uint64 model) external view returns (uint64);

    /// @notice Whose the model was at the end of a second; its first owner where it is younger.
    /// @param model The model's number, from 1.
    /// @param timestamp Any, seconds since 1970.
    /// @return The owner.
    function ownerAt(uint64 model, uint48 timestamp) external view returns (address);

    /// @notice What registering a model costs, base units of OPEN.
    /// @return Base units, at most 10,000 OPEN.
    function publishingFee() external view returns (uint96);

    /// @notice Where publishing fees go.
    /// @return The destination; not zero.
    function treasury() external view returns (address);

    /// @notice Timestamp from which (inclusive) registrations work.
    /// @return Timestamp; in the past while they work.
    function registrationPausedUntil() external view returns (uint64);
}
