// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title IRewardDistributor
/// @notice Pays streams of rewards out by cumulative Merkle roots. Immutable: no admin, no sweep.
/// @dev STATES. A stream has at most one pending root. `proposeRoot` sets it, `cancelRoot` removes it, `finalizeRoot` makes it
/// the stream's newest final root. The last four final roots can be claimed against, the zero root never.
///
/// CLOCKS. A root is pending for at least `window` seconds: `finalizeRoot` works from `finalizableAt` on (inclusive).
///
/// MONEY. Per stream claimed <= allocated <= funded; the balance covers the sum of funded - claimed over streams. No stream
/// pays from another. What is funded leaves by claims alone: there is no other way out, for anybody.
///
/// POOLS. An account of at most 2⁶⁴ − 1 is a Datanet's pool: its number as an address. Only the Datanet registry may claim for
/// it, and is paid: it divides what the pool earned. Paid to the pool's own address it would be lost.
///
/// TREES. A root's tree is `MerkleLib` over `LeafLib.payout`; the leaf names the stream.
///
/// TRUST. A stream's `allocator`, fixed when the stream is created, proposes roots and says when they are true; this contract
/// only enforces solvency, monotony and the window. A Datanet's number on a stream says what its creator meant by it: nobody
/// of the Datanet has to know.
///
/// LIVENESS. Claims need nobody's consent and are never paused. An allocator that stops stops its own stream alone.
///
/// NOT DONE. Nothing brings back what an allocator never allocates.
interface IRewardDistributor {
    /// @param allocator The only account that may propose, cancel or finalise roots.
    /// @param funded All that was paid in, ever, base units of OPEN.
    /// @param allocated Total of the newest final root, base units.
    /// @param claimed All that was paid out, ever, base units.
    struct Stream {
        address allocator;
        uint96 funded;
        uint96 allocated;
        uint96 claimed;
    }

    /// @param root The root that waits.
    /// @param total Sum of the tree's cumulative amounts as its proposer states it, base units.
    /// @param finalizableAt Timestamp from which (inclusive) the root may be made final; 0 when none is pending.
    struct PendingRoot {
        bytes32 root;
        uint96 total;
        uint64 finalizableAt;
    }

    /// @param account Who earned it: an account, or a pool.
    /// @param cumulative All the account ever earned in the stream, base units.
    /// @param runningSum Sum of `cumulative` over the tree's leaves up to and with this one, base units.
    struct Leaf {
        address account;
        uint96 cumulative;
        uint128 runningSum;
    }

    /// @notice No stream of that number was created.
    /// @param stream What was named.
    error RewardDistributor_UnknownStream(uint64 stream);

    /// @notice Only the stream's allocator calls this.
    /// @param caller Who called.
    /// @param allocator Who that is.
    error RewardDistributor_NotAllocator(address caller, address allocator);

    /// @notice The zero root pays nobody.
    error RewardDistributor_ZeroRoot();

    /// @notice Nothing would be added.
    error RewardDistributor_ZeroAmount();

    /// @notice A stream without an allocator would pay nobody.
    error RewardDistributor_ZeroAllocator();

    /// @notice Datanets are numbered from 1.
    error RewardDistributor_ZeroDatanet();

    /// @notice Roots would be pending for too short a time.
    /// @param window What was given, seconds.
    /// @param minimum 24 hours, on a local chain a second; inclusive.
    error RewardDistributor_WindowTooShort(uint64 window, uint64 minimum);

    /// @notice A root is pending: its allocator has to cancel it first.
    /// @param stream The stream's number, from 1.
    /// @param root The pending one.
    error RewardDistributor_RootPending(uint64 stream, bytes32 root);

    /// @notice No root is pending.
    /// @param stream The stream's number, from 1.
    error RewardDistributor_NoRootPending(uint64 stream);

    /// @notice The pending root's window has not passed.
    /// @param finalizableAt Timestamp from which (inclusive) it has.
    /// @param now_ The block's timestamp.
    error RewardDistributor_WindowOpen(uint64 finalizableAt, uint64 now_);

    /// @notice A root cannot take back what is allocated.
    /// @param total What was proposed, base units.
    /// @param allocated Total of the newest final root, base units, inclusive.
    error RewardDistributor_TotalDecreased(uint96 total, uint96 allocated);

    /// @notice A root cannot allocate more than was paid in.
    /// @param total What was proposed, base units.
    /// @param funded All that was paid in, base units, inclusive.
    error RewardDistributor_TotalExceedsFunds(uint96 total, uint96 funded);

    /// @notice The root is not one of the stream's last four final ones.
    /// @param stream The stream's number, from 1.
    /// @param root What was named.
    error RewardDistributor_UnknownRoot(uint64 stream, bytes32 root);

    /// @notice The proof does not show the leaf, or the range of leaves, under the root.
    /// @param root Root of the tree, `MerkleLib` over `LeafLib.payout`.
    /// @param index Place of the leaf, or of the range's first, from 0.
    /// @param count Leaves of the tree.
    error RewardDistributor_InvalidProof(bytes32 root, uint64 index, uint64 count);

    /// @notice A range has too many leaves, or none.
    /// @param length How many it has.
    /// @param maximum 256, inclusive.
    error RewardDistributor_RangeLengthOutOfBounds(uint256 length, uint256 maximum);

    /// @notice Only the Datanet registry claims for a pool.
    /// @param caller Who called.
    /// @param account The pool's.
    error RewardDistributor_NotDatanets(address caller, address account);

    /// @notice The leaf holds nothing above what the account was paid.
    /// @param stream The stream's number, from 1.
    /// @param account Who earned it.
    /// @param cumulative What the leaf holds, base units.
    error RewardDistributor_NothingToClaim(uint64 stream, address account, uint96 cumulative);

    /// @notice The stream's claims would exceed what its final roots allocate: a tree pays more than its total.
    /// @param stream The stream's number, from 1.
    /// @param claimed What they would be, base units.
    /// @param allocated Total of the newest final root, base units, inclusive.
    error RewardDistributor_ClaimsExceedAllocation(uint64 stream, uint256 claimed, uint96 allocated);

    /// @notice A stream exists; only its allocator proposes roots for it.
    /// @param stream The stream's number, from 1.
    /// @param allocator The only account that may propose, cancel or finalise its roots; not zero.
    /// @param datanet The Datanet that the stream is meant for, from 1; 0 when it is for none in particular.
    /// @param creator Who says so.
    event StreamCreated(uint64 indexed stream, address indexed allocator, uint64 indexed datanet, address creator);

    /// @notice A stream has more to pay out.
    /// @param stream The stream's number, from 1.
    /// @param from Who paid.
    /// @param amount Base units of OPEN, more than 0.
    /// @param fundedAfter All that was ever paid in, base units.
    event Funded(uint64 indexed stream, address indexed from, uint96 amount, uint96 fundedAfter);

    /// @notice A stream's allocator has proposed a root; it counts from `finalizableAt` on, if it is finalized.
    /// @param stream The stream's number, from 1.
    /// @param root Root of the tree, `MerkleLib` over `LeafLib.payout`.
    /// @param total Sum of the tree's cumulative amounts as its proposer states it, base units.
    /// @param finalizableAt Timestamp from which (inclusive) it may be made final.
    event RootProposed(uint64 indexed stream, bytes32 root, uint96 total, uint64 finalizableAt);

    /// @notice A proposed root is dropped.
    /// @param stream The stream's number, from 1.
    /// @param root Root of the tree, `MerkleLib` over `LeafLib.payout`.
    event RootCancelled(uint64 indexed stream, bytes32 root);

    /// @notice A root counts: what it says can be claimed.
    /// @param stream The stream's number, from 1.
    /// @param root Root of the tree, `MerkleLib` over `LeafLib.payout`.
    /// @param total Sum of the tree's cumulative amounts as its proposer states it, base units.
    /// @param rootNumber How many roots of the stream are final, with this one.
    event RootFinalized(uint64 indexed stream, bytes32 root, uint96 total, uint32 rootNumber);

    /// @notice An account was paid; both sums are cumulative.
    /// @param stream The stream's number, from 1.
    /// @param account Who earned it.
    /// @param to Who was paid: the account itself, or for a pool the Datanet registry.
    /// @param amount Base units of OPEN, more than 0.
    /// @param cumulativeAfter All that the account was ever paid by the stream, base units.
    /// @param streamClaimedAfter All that the stream ever paid, base units.
    event Claimed(
        uint64 indexed stream,
        address indexed account,
        address to,
        uint96 amount,
        uint96 cumulativeAfter,
        uint96 streamClaimedAfter
    );

    /// @notice Creates a stream, numbered from 1, whose roots `allocator` proposes for ever. Anyone.
    /// @param allocator The only account that may propose, cancel or finalise its roots; not zero.
    /// @return stream Its number, from 1.
    function createStream(address allocator) external returns (uint64 stream);

    /// @notice Creates a stream that is meant for a Datanet. Anyone.
    /// @dev Reverts as the registry's `ownerOf` does when there is no such Datanet.
    /// @param datanet Its number, from 1; it exists.
    /// @param allocator The only account that may propose, cancel or finalise its roots; not zero.
    /// @return stream Its number, from 1.
    function createDatanetStream(uint64 datanet, address allocator) external returns (uint64 stream);

    /// @notice Adds OPEN to a stream, pulled from the caller. Anyone.
    /// @dev Refuses a token that brings less than `amount`.
    /// Warning: what is funded is spent as the stream's allocator says; it does not come back.
    /// @param stream The stream's number, from 1.
    /// @param amount Base units, not 0.
    function fund(uint64 stream, uint96 amount) external;

    /// @notice Proposes the next cumulative root. Only the allocator; one at a time.
    /// @dev A pending root is never overwritten: its allocator has to cancel it first, and the window starts anew.
    /// @param stream The stream's number, from 1.
    /// @param root Root of the tree, `MerkleLib` over `LeafLib.payout`; not zero.
    /// @param total Base units: at least what is allocated, at most what is funded, both inclusive.
    function proposeRoot(uint64 stream, bytes32 root, uint96 total) external;

    /// @notice Withdraws the pending root. Only the allocator.
    /// @param stream The stream's number, from 1.
    function cancelRoot(uint64 stream) external;

    /// @notice Makes the pending root final once its window has passed. Only the allocator.
    /// @param stream The stream's number, from 1.
    function finalizeRoot(uint64 stream) external;

    /// @notice Pays `account` what a leaf of one of the last four final roots holds above what it was paid before.
    /// @dev Anyone may call; the money always goes to `account`. A pool's leaf is claimed by the Datanet registry alone, which
    /// is paid. Reverts, in this order: unknown root, false proof, somebody else's pool, nothing new, more than is allocated.
    /// @param stream The stream's number, from 1.
    /// @param root One of the last four final roots.
    /// @param index Place of the leaf, from 0.
    /// @param count Leaves of the tree.
    /// @param account Who is paid, or a pool.
    /// @param cumulative All the account ever earned in the stream, base units.
    /// @param runningSum Sum of `cumulative` over the leaves up to and with this one, base units.
    /// @param siblings From the leaf's level upwards, one a level.
    /// @return amount What was paid, base units of OPEN, more than 0.
    function claim(
        uint64 stream,
        bytes32 root,
        uint64 index,
        uint64 count,
        address account,
        uint96 cumulative,
        uint128 runningSum,
        bytes32[] calldata siblings
    ) external returns (uint96 amount);

    /// @notice Pays the accounts of neighbouring leaves: what `claim` does for each, with one proof for all.
    /// @dev Anyone may call. Leaves with nothing new and leaves of pools are passed over. Reverts, in this order: a range of no
    /// leaves or of more than 256, unknown root, false proof, more than is allocated.
    /// @param stream The stream's number, from 1.
    /// @param root One of the last four final roots.
    /// @param firstIndex Place of the first leaf, from 0.
    /// @param count Leaves of the tree.
    /// @param leaves 1 to 256, inclusive, in the tree's order.
    /// @param siblings See `MerkleRangeLib.verify`: those of the range's two borders.
    /// @return amount All that was paid, base units of OPEN; 0 where nothing was new.
    function claimRange(
        uint64 stream,
        bytes32 root,
        uint64 firstIndex,
        uint64 count,
        Leaf[] calldata leaves,
        bytes32[] calldata siblings
    ) external returns (uint96 amount);

    /// @notice Seconds for which a root is pending at least.
    /// @return Seconds.
    function window() external view returns (uint64);

    /// @notice Streams created so far; numbers run from 1 to it.
    /// @return How many there are.
    function streamCount() external view returns (uint64);

    /// @notice What a stream is and has paid; all zeros for one that was not created.
    /// @param stream The stream's number, from 1.
    /// @return Allocator, and cumulative amounts in base units.
    function streamOf(uint64 stream) external view returns (Stream memory);

    /// @notice The root that waits for its window in a stream; all zeros where none does.
    /// @param stream The stream's number, from 1.
    /// @return Root, total and when it may be made final.
    function pendingRootOf(uint64 stream) external view returns (PendingRoot memory);

    /// @notice The newest final root, 0 before the first.
    /// @param stream The stream's number, from 1.
    /// @return The root.
    function newestRootOf(uint64 stream) external view returns (bytes32);

    /// @notice Whether the root is one of the stream's last four final ones.
    /// @param stream The stream's number, from 1.
    /// @param root Any.
    /// @return True where it is; never for the zero root.
    function isClaimableRoot(uint64 stream, bytes32 root) external view returns (bool);

    /// @notice All that an account was ever paid by a stream, base units.
    /// @param stream The stream's number, from 1.
    /// @param account Whom it is about.
    /// @return Base units.
    function claimedOf(uint64 stream, address account) external view returns (uint96);
}
