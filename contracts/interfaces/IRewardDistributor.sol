// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title IRewardDistributor
/// @notice Pays streams of rewards out by cumulative Merkle roots. Immutable: no admin, no sweep.
/// @dev MONEY. Per stream claimed <= allocated <= funded; the balance covers the sum of funded - claimed. No stream pays
/// from another. A root's tree is `MerkleLib` over `LeafLib.payout`.
///
/// POOLS. An account of at most 2⁶⁴ − 1 is a Datanet's pool: its number as an address. What a pool earns is paid to the owner
/// of the Datanet's ERC-721 token at the time of the claim; paid to the pool's own address it would be lost.
///
/// TRUST. A stream's `allocator`, fixed when the stream is created, proposes roots; this contract only enforces solvency,
/// monotony and the window.
interface IRewardDistributor {
    /// @param allocator The only account that may propose or cancel roots.
    /// @param funded All that was paid in, ever.
    /// @param allocated Total of the newest final root.
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

    error RewardDistributor_UnknownStream(uint64 stream);
    error RewardDistributor_NotAllocator(address caller, address allocator);
    error RewardDistributor_ZeroRoot();
    error RewardDistributor_ZeroAmount();
    error RewardDistributor_ZeroAllocator();
    error RewardDistributor_WindowTooShort(uint64 window, uint64 minimum);
    error RewardDistributor_RootPending(uint64 stream, bytes32 root);
    error RewardDistributor_NoRootPending(uint64 stream);
    error RewardDistributor_WindowOpen(uint64 finalizableAt, uint64 now_);
    error RewardDistributor_TotalDecreased(uint96 total, uint96 allocated);
    error RewardDistributor_TotalExceedsFunds(uint96 total, uint96 funded);
    error RewardDistributor_UnknownRoot(uint64 stream, bytes32 root);
    error RewardDistributor_InvalidProof(bytes32 root, uint64 index, uint64 count);
    error RewardDistributor_NothingToClaim(uint64 stream, address account, uint96 cumulative);
    error RewardDistributor_ClaimsExceedAllocation(uint64 stream, uint256 claimed, uint96 allocated);

    event StreamCreated(uint64 indexed stream, address indexed allocator);
    event Funded(uint64 indexed stream, address indexed from, uint96 amount, uint96 fundedAfter);
    event RootProposed(uint64 indexed stream, bytes32 root, uint96 total, uint64 finalizableAt);
    event RootCancelled(uint64 indexed stream, bytes32 root);
    event RootFinalized(uint64 indexed stream, bytes32 root, uint96 total, uint32 rootNumber);
    /// @param to Who was paid: the account itself, or for a pool the owner of its Datanet.
    event Claimed(
        uint64 indexed stream,
        address indexed account,
        address to,
        uint96 amount,
        uint96 cumulativeAfter,
        uint96 streamClaimedAfter
    );

    /// @notice Creates a stream, numbered from 1, whose roots `allocator` proposes for ever.
    function createStream(address allocator) external returns (uint64 stream);

    /// @notice Adds OPEN to a stream, pulled from the caller.
    function fund(uint64 stream, uint96 amount) external;

    /// @notice Proposes the next cumulative root. Only the allocator; one at a time.
    /// @param root Not zero. @param total At least what is allocated, at most what is funded.
    function proposeRoot(uint64 stream, bytes32 root, uint96 total) external;

    /// @notice Withdraws the pending root. Only the allocator.
    function cancelRoot(uint64 stream) external;

    /// @notice Makes the pending root final once its window has passed. Only the allocator.
    function finalizeRoot(uint64 stream) external;

    /// @notice Pays `account` what a leaf of one of the last four final roots holds above what it was paid before.
    /// @dev Anyone may call; the money always goes to `account`, for a pool to the owner of its Datanet.
    /// @param root One of the last four final roots.
    /// @param index Place of the leaf, from 0. @param count Leaves of the tree.
    /// @param cumulative All the account ever earned in the stream. @param runningSum Sum of `cumulative` over the leaves up to and with this one.
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

    function window() external view returns (uint64);
    function streamCount() external view returns (uint64);
    function streamOf(uint64 stream) external view returns (Stream memory);
    function pendingRootOf(uint64 stream) external view returns (PendingRoot memory);
    function isClaimableRoot(uint64 stream, bytes32 root) external view returns (bool);
    function claimedOf(uint64 stream, address account) external view returns (uint96);
}
