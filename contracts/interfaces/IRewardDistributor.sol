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
    /// @param funded All that was paid in, ever. @param allocated Total of the newest final root.
    /// @param claimed All that was paid out, ever.
    struct Stream {
        address allocator;
        uint96 funded;
        uint96 allocated;
        uint96 claimed;
    }

    /// @param total Sum of the tree's cumulative amounts as its proposer states it.
    /// @param finalizableAt Timestamp from which (inclusive) the root may be made final; 0 when none is pending.
    struct PendingRoot {
        bytes32 root;
        uint96 total;
        uint64 finalizableAt;
    }

    /// @param cumulative All the account ever earned in the stream.
    /// @param runningSum Sum of `cumulative` over the tree's leaves up to and with this one.
    struct Leaf {
        address account;
        uint96 cumulative;
        uint128 runningSum;
    }

    error RewardDistributor_UnknownStream(uint64 stream);
    error RewardDistributor_NotAllocator(address caller, address allocator);
    error RewardDistributor_ZeroRoot();
    error RewardDistributor_ZeroAmount();
    error RewardDistributor_ZeroAllocator();
    error RewardDistributor_ZeroDatanet();
    error RewardDistributor_WindowTooShort(uint64 window, uint64 minimum);
    error RewardDistributor_FundsShort(uint256 received, uint96 amount);
    error RewardDistributor_RootPending(uint64 stream, bytes32 root);
    error RewardDistributor_NoRootPending(uint64 stream);
    error RewardDistributor_WindowOpen(uint64 finalizableAt, uint64 now_);
    error RewardDistributor_TotalDecreased(uint96 total, uint96 allocated);
    error RewardDistributor_TotalExceedsFunds(uint96 total, uint96 funded);
    error RewardDistributor_UnknownRoot(uint64 stream, bytes32 root);
    error RewardDistributor_InvalidProof(bytes32 root, uint64 index, uint64 count);
    error RewardDistributor_RangeLengthOutOfBounds(uint256 length, uint256 maximum);
    error RewardDistributor_NotDatanets(address caller, address account);
    error RewardDistributor_NothingToClaim(uint64 stream, address account, uint96 cumulative);
    error RewardDistributor_ClaimsExceedAllocation(uint64 stream, uint256 claimed, uint96 allocated);

    /// @notice A stream exists; only its allocator proposes roots for it.
    /// @param datanet The Datanet that the stream is meant for, 0 when it is for none in particular.
    /// @param creator Who says so.
    event StreamCreated(uint64 indexed stream, address indexed allocator, uint64 indexed datanet, address creator);

    /// @notice A stream has more to pay out.
    event Funded(uint64 indexed stream, address indexed from, uint96 amount, uint96 fundedAfter);

    /// @notice A stream's allocator has proposed a root; it counts from `finalizableAt` on, if it is finalized.
    event RootProposed(uint64 indexed stream, bytes32 root, uint96 total, uint64 finalizableAt);

    /// @notice A proposed root is dropped.
    event RootCancelled(uint64 indexed stream, bytes32 root);

    /// @notice A root counts: what it says can be claimed.
    event RootFinalized(uint64 indexed stream, bytes32 root, uint96 total, uint32 rootNumber);
    /// @notice An account was paid; both sums are cumulative.
    /// @param to Who was paid: the account itself, or for a pool the Datanet registry.
    event Claimed(
        uint64 indexed stream,
        address indexed account,
        address to,
        uint96 amount,
        uint96 cumulativeAfter,
        uint96 streamClaimedAfter
    );

    /// @notice Creates a stream, numbered from 1, whose roots `allocator` proposes for ever. Anyone.
    function createStream(address allocator) external returns (uint64 stream);

    /// @notice Creates a stream that is meant for a Datanet. Anyone.
    /// @dev Reverts as the registry's `ownerOf` does when there is no such Datanet.
    /// @param datanet From 1.
    function createDatanetStream(uint64 datanet, address allocator) external returns (uint64 stream);

    /// @notice Adds OPEN to a stream, pulled from the caller. Anyone.
    /// @dev Refuses a token that brings less than `amount`.
    /// Warning: what is funded is spent as the stream's allocator says; it does not come back.
    /// @param amount Base units, not 0.
    function fund(uint64 stream, uint96 amount) external;

    /// @notice Proposes the next cumulative root. Only the allocator; one at a time.
    /// @dev A pending root is never overwritten: its allocator has to cancel it first, and the window starts anew.
    /// @param root Not zero. @param total At least what is allocated, at most what is funded.
    function proposeRoot(uint64 stream, bytes32 root, uint96 total) external;

    /// @notice Withdraws the pending root. Only the allocator.
    function cancelRoot(uint64 stream) external;

    /// @notice Makes the pending root final once its window has passed. Only the allocator.
    function finalizeRoot(uint64 stream) external;

    /// @notice Pays `account` what a leaf of one of the last four final roots holds above what it was paid before.
    /// @dev Anyone may call; the money always goes to `account`. A pool's leaf is claimed by the Datanet registry alone, which
    /// is paid. Reverts, in this order: unknown root, false proof, somebody else's pool, nothing new, more than is allocated.
    /// @param root One of the last four final roots.
    /// @param index Place of the leaf, from 0. @param count Leaves of the tree.
    /// @param cumulative All the account ever earned in the stream.
    /// @param runningSum Sum of `cumulative` over the leaves up to and with this one.
    /// @param siblings From the leaf's level upwards, one a level.
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
    /// @param firstIndex Place of the first leaf, from 0. @param count Leaves of the tree.
    /// @param leaves 1 to 256, in the tree's order.
    /// @param siblings See `MerkleRangeLib.verify`: those of the range's two borders.
    /// @return amount All that was paid.
    function claimRange(
        uint64 stream,
        bytes32 root,
        uint64 firstIndex,
        uint64 count,
        Leaf[] calldata leaves,
        bytes32[] calldata siblings
    ) external returns (uint96 amount);

    /// @notice Seconds for which a root is pending at least.
    function window() external view returns (uint64);

    /// @notice Streams created so far; numbers run from 1 to it.
    function streamCount() external view returns (uint64);

    /// @notice What a stream is and has paid; all zeros for one that was not created.
    function streamOf(uint64 stream) external view returns (Stream memory);

    /// @notice The root that waits for its window in a stream; all zeros where none does.
    function pendingRootOf(uint64 stream) external view returns (PendingRoot memory);

    /// @notice The newest final root, 0 before the first.
    function newestRootOf(uint64 stream) external view returns (bytes32);

    /// @notice Whether the root is one of the stream's last four final ones.
    function isClaimableRoot(uint64 stream, bytes32 root) external view returns (bool);

    /// @notice All that an account was ever paid by a stream, base units.
    function claimedOf(uint64 stream, address account) external view returns (uint96);
}
