// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IRewardDistributor} from "../interfaces/IRewardDistributor.sol";
import {LeafLib} from "../libraries/LeafLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @title RewardDistributor
/// @notice Pays streams of rewards out by cumulative Merkle roots. Immutable: no admin, no sweep.
contract RewardDistributor is IRewardDistributor {
    using SafeERC20 for IERC20;

    /// @dev A leaf with its place in a tree.
    struct Place {
        uint64 index;
        uint64 count;
        bytes32 leaf;
    }

    /// @dev Final roots that stay claimable, so that a claim in flight survives the next epochs.
    uint32 private constant CLAIMABLE_ROOTS = 4;
    uint64 private constant MINIMUM_WINDOW = 24 hours;
    uint64 private constant MINIMUM_LOCAL_WINDOW = 1 seconds;
    uint256 private constant LOCAL_CHAIN_ID = 31_337;

    IERC20 public immutable token;
    IERC721 public immutable datanets;
    uint64 public immutable window;

    uint64 public streamCount;
    mapping(uint64 stream => Stream) private _streams;
    mapping(uint64 stream => PendingRoot) private _pending;
    mapping(uint64 stream => uint32) private _rootCount;
    /// @dev Number of the newest finalisation of a root, from 1.
    mapping(uint64 stream => mapping(bytes32 root => uint32)) private _rootNumber;
    mapping(uint64 stream => mapping(address account => uint96)) private _claimed;

    constructor(IERC20 token_, IERC721 datanets_, uint64 window_) {
        uint64 minimum = block.chainid == LOCAL_CHAIN_ID ? MINIMUM_LOCAL_WINDOW : MINIMUM_WINDOW;
        if (window_ < minimum) revert RewardDistributor_WindowTooShort(window_, minimum);
        token = token_;
        datanets = datanets_;
        window = window_;
    }

    /// @inheritdoc IRewardDistributor
    function createStream(address allocator) external returns (uint64 stream) {
        if (allocator == address(0)) revert RewardDistributor_ZeroAllocator();

        stream = ++streamCount;
        _streams[stream].allocator = allocator;

        emit StreamCreated(stream, allocator);
    }

    /// @inheritdoc IRewardDistributor
    function fund(uint64 stream, uint96 amount) external {
        Stream storage s = _streams[stream];
        if (s.allocator == address(0)) revert RewardDistributor_UnknownStream(stream);
        if (amount == 0) revert RewardDistributor_ZeroAmount();

        uint96 fundedAfter = s.funded + amount;

        s.funded = fundedAfter;

        emit Funded(stream, msg.sender, amount, fundedAfter);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IRewardDistributor
    function proposeRoot(uint64 stream, bytes32 root, uint96 total) external {
        Stream storage s = _ownStream(stream);
        PendingRoot storage pending = _pending[stream];
        if (root == 0) revert RewardDistributor_ZeroRoot();
        if (pending.finalizableAt != 0) revert RewardDistributor_RootPending(stream, pending.root);
        if (total < s.allocated) revert RewardDistributor_TotalDecreased(total, s.allocated);
        if (total > s.funded) revert RewardDistributor_TotalExceedsFunds(total, s.funded);

        uint64 finalizableAt = uint64(block.timestamp) + window;

        pending.root = root;
        pending.total = total;
        pending.finalizableAt = finalizableAt;

        emit RootProposed(stream, root, total, finalizableAt);
    }

    /// @inheritdoc IRewardDistributor
    function cancelRoot(uint64 stream) external {
        _ownStream(stream);
        bytes32 root = _pendingRoot(stream).root;

        delete _pending[stream];

        emit RootCancelled(stream, root);
    }

    /// @inheritdoc IRewardDistributor
    function finalizeRoot(uint64 stream) external {
        Stream storage s = _ownStream(stream);
        PendingRoot memory pending = _pendingRoot(stream);
        if (block.timestamp < pending.finalizableAt) {
            revert RewardDistributor_WindowOpen(pending.finalizableAt, uint64(block.timestamp));
        }

        uint32 number = _rootCount[stream] + 1;

        _rootCount[stream] = number;
        _rootNumber[stream][pending.root] = number;
        s.allocated = pending.total;
        delete _pending[stream];

        emit RootFinalized(stream, pending.root, pending.total, number);
    }

    /// @inheritdoc IRewardDistributor
    function claim(
        uint64 stream,
        bytes32 root,
        uint64 index,
        uint64 count,
        address account,
        uint96 cumulative,
        uint128 runningSum,
        bytes32[] calldata siblings
    ) external returns (uint96 amount) {
        if (!isClaimableRoot(stream, root)) revert RewardDistributor_UnknownRoot(stream, root);
        // gathered in memory: the stack does not hold them all
        Place memory place;
        place.index = index;
        place.count = count;
        place.leaf = LeafLib.payout(stream, account, cumulative, runningSum);
        _requirePlace(root, place, siblings);

        amount = _recordClaim(stream, account, cumulative);
        _pay(stream, account, amount, cumulative);
    }

    /// @inheritdoc IRewardDistributor
    function streamOf(uint64 stream) external view returns (Stream memory) {
        return _streams[stream];
    }

    /// @inheritdoc IRewardDistributor
    function pendingRootOf(uint64 stream) external view returns (PendingRoot memory) {
        return _pending[stream];
    }

    /// @inheritdoc IRewardDistributor
    function claimedOf(uint64 stream, address account) external view returns (uint96) {
        return _claimed[stream][account];
    }

    /// @inheritdoc IRewardDistributor
    function isClaimableRoot(uint64 stream, bytes32 root) public view returns (bool) {
        uint32 number = _rootNumber[stream][root];
        return number != 0 && number + CLAIMABLE_ROOTS > _rootCount[stream];
    }

    /// @dev Bounds: the account by its leaf, the stream by what its final roots allocate, whatever a false leaf says.
    function _recordClaim(uint64 stream, address account, uint96 cumulative) private returns (uint96 amount) {
        Stream storage s = _streams[stream];
        uint96 before = _claimed[stream][account];
        if (cumulative <= before) revert RewardDistributor_NothingToClaim(stream, account, cumulative);
        amount = cumulative - before;
        uint256 claimedAfter = uint256(s.claimed) + amount;
        if (claimedAfter > s.allocated) {
            revert RewardDistributor_ClaimsExceedAllocation(stream, claimedAfter, s.allocated);
        }

        _claimed[stream][account] = cumulative;
        // at most `allocated`, a uint96
        s.claimed = uint96(claimedAfter);
    }

    function _pay(uint64 stream, address account, uint96 amount, uint96 cumulative) private {
        address to = _payee(account);

        emit Claimed(stream, account, to, amount, cumulative, _streams[stream].claimed);
        token.safeTransfer(to, amount);
    }

    /// @dev A pool's account is its Datanet's number as an address: nobody holds its key.
    function _payee(address account) private view returns (address) {
        uint256 number = uint256(uint160(account));
        return number > type(uint64).max ? account : datanets.ownerOf(number);
    }

    function _ownStream(uint64 stream) private view returns (Stream storage s) {
        s = _streams[stream];
        if (s.allocator == address(0)) revert RewardDistributor_UnknownStream(stream);
        if (s.allocator != msg.sender) revert RewardDistributor_NotAllocator(msg.sender, s.allocator);
    }

    function _pendingRoot(uint64 stream) private view returns (PendingRoot storage pending) {
        pending = _pending[stream];
        if (pending.finalizableAt == 0) revert RewardDistributor_NoRootPending(stream);
    }

    function _requirePlace(bytes32 root, Place memory place, bytes32[] calldata siblings) private pure {
        if (!MerkleLib.verify(root, LeafLib.PAYOUT, place.leaf, place.index, place.count, siblings)) {
            revert RewardDistributor_InvalidProof(root, place.index, place.count);
        }
    }
}
