// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IRewardDistributor} from "../interfaces/IRewardDistributor.sol";
import {LeafLib} from "../libraries/LeafLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";
import {MerkleRangeLib} from "../libraries/MerkleRangeLib.sol";
import {TokenLib} from "../libraries/TokenLib.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @title RewardDistributor
/// @notice Pays streams of rewards out by cumulative Merkle roots. Immutable: no admin, no sweep.
contract RewardDistributor is IRewardDistributor {
    using SafeERC20 for IERC20;

    /// @dev Packed for what happens each epoch: nothing is zeroed that is written again, since that costs four times as much.
    struct StreamState {
        address allocator;
        uint96 funded;
        uint96 allocated;
        uint96 claimed;
        uint32 rootCount;
        // what is pending counts only while `finalizableAt` is not zero
        bytes32 pendingRoot;
        uint96 pendingTotal;
        uint64 finalizableAt;
        // root number n, from 1, at (n - 1) % CLAIMABLE_ROOTS
        bytes32[4] roots;
        mapping(address account => uint96) claimedOf;
    }

    /// @dev A leaf with its place in a tree.
    struct Place {
        uint64 index;
        uint64 count;
        bytes32 leaf;
    }

    /// @dev Final roots that stay claimable, so that a claim in flight survives the next epochs.
    uint256 private constant CLAIMABLE_ROOTS = 4;
    /// @dev About 14 M gas when all leaves are claimed for the first time: fits into a transaction of 2^24 gas.
    uint256 private constant MAXIMUM_RANGE = 256;
    uint64 private constant MINIMUM_WINDOW = 24 hours;
    uint64 private constant MINIMUM_LOCAL_WINDOW = 1 seconds;
    uint256 private constant LOCAL_CHAIN_ID = 31_337;

    /// @notice OPEN: streams hold and pay it.
    IERC20 public immutable token;
    /// @notice The registry whose ERC-721 owners stand behind pools' accounts.
    IERC721 public immutable datanets;
    /// @inheritdoc IRewardDistributor
    uint64 public immutable window;

    /// @inheritdoc IRewardDistributor
    uint64 public streamCount;
    mapping(uint64 stream => StreamState) private _streams;

    /// @notice Fixes token, Datanets and window for ever.
    /// @param token_ OPEN.
    /// @param datanets_ The registry of Datanets.
    /// @param window_ Seconds for which a root is pending at least: at least 24 hours, on a local chain a second,
    /// inclusive.
    constructor(IERC20 token_, IERC721 datanets_, uint64 window_) {
        uint64 minimum = block.chainid == LOCAL_CHAIN_ID ? MINIMUM_LOCAL_WINDOW : MINIMUM_WINDOW;
        if (window_ < minimum) revert RewardDistributor_WindowTooShort(window_, minimum);
        token = token_;
        datanets = datanets_;
        window = window_;
    }

    /// @inheritdoc IRewardDistributor
    function createStream(address allocator) external returns (uint64 stream) {
        return _createStream(0, allocator);
    }

    /// @inheritdoc IRewardDistributor
    function createDatanetStream(uint64 datanet, address allocator) external returns (uint64 stream) {
        if (datanet == 0) revert RewardDistributor_ZeroDatanet();
        // reverts when there is no such Datanet
        datanets.ownerOf(datanet);

        return _createStream(datanet, allocator);
    }

    /// @inheritdoc IRewardDistributor
    function fund(uint64 stream, uint96 amount) external {
        StreamState storage s = _streams[stream];
        if (s.allocator == address(0)) revert RewardDistributor_UnknownStream(stream);
        if (amount == 0) revert RewardDistributor_ZeroAmount();

        uint96 fundedAfter = s.funded + amount;

        s.funded = fundedAfter;

        emit Funded(stream, msg.sender, amount, fundedAfter);
        TokenLib.pull(token, msg.sender, amount);
    }

    /// @inheritdoc IRewardDistributor
    function proposeRoot(uint64 stream, bytes32 root, uint96 total) external {
        StreamState storage s = _ownStream(stream);
        if (root == 0) revert RewardDistributor_ZeroRoot();
        if (s.finalizableAt != 0) revert RewardDistributor_RootPending(stream, s.pendingRoot);
        if (total < s.allocated) revert RewardDistributor_TotalDecreased(total, s.allocated);
        if (total > s.funded) revert RewardDistributor_TotalExceedsFunds(total, s.funded);

        uint64 finalizableAt = uint64(block.timestamp) + window;

        s.pendingRoot = root;
        s.pendingTotal = total;
        s.finalizableAt = finalizableAt;

        emit RootProposed(stream, root, total, finalizableAt);
    }

    /// @inheritdoc IRewardDistributor
    function cancelRoot(uint64 stream) external {
        StreamState storage s = _ownStream(stream);
        if (s.finalizableAt == 0) revert RewardDistributor_NoRootPending(stream);

        s.finalizableAt = 0;

        emit RootCancelled(stream, s.pendingRoot);
    }

    /// @inheritdoc IRewardDistributor
    function finalizeRoot(uint64 stream) external {
        StreamState storage s = _ownStream(stream);
        uint64 finalizableAt = s.finalizableAt;
        if (finalizableAt == 0) revert RewardDistributor_NoRootPending(stream);
        if (block.timestamp < finalizableAt) {
            revert RewardDistributor_WindowOpen(finalizableAt, uint64(block.timestamp));
        }

        bytes32 root = s.pendingRoot;
        uint96 total = s.pendingTotal;
        uint32 number = s.rootCount + 1;

        s.roots[_slotOf(number)] = root;
        s.rootCount = number;
        s.allocated = total;
        s.finalizableAt = 0;

        emit RootFinalized(stream, root, total, number);
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
        _requireClaimable(stream, root);
        // gathered in memory: the stack does not hold them all
        Place memory place;
        place.index = index;
        place.count = count;
        place.leaf = LeafLib.payout(stream, account, cumulative, runningSum);
        _requirePlace(root, place, siblings);
        address to = account;
        if (_isPool(account)) {
            if (msg.sender != address(datanets)) revert RewardDistributor_NotDatanets(msg.sender, account);
            to = msg.sender;
        }

        amount = _recordClaim(stream, account, cumulative, to);
        token.safeTransfer(to, amount);
    }

    /// @inheritdoc IRewardDistributor
    function claimRange(
        uint64 stream,
        bytes32 root,
        uint64 firstIndex,
        uint64 count,
        Leaf[] calldata leaves,
        bytes32[] calldata siblings
    ) external returns (uint96 amount) {
        if (leaves.length == 0 || leaves.length > MAXIMUM_RANGE) {
            revert RewardDistributor_RangeLengthOutOfBounds(leaves.length, MAXIMUM_RANGE);
        }
        _requireClaimable(stream, root);
        if (!MerkleRangeLib.verify(root, LeafLib.PAYOUT, _nodesOf(stream, leaves), firstIndex, count, siblings)) {
            revert RewardDistributor_InvalidProof(root, firstIndex, count);
        }

        uint96[] memory amounts;
        (amounts, amount) = _recordRange(stream, leaves);

        for (uint256 i = 0; i < leaves.length; ++i) {
            if (amounts[i] != 0) token.safeTransfer(leaves[i].account, amounts[i]);
        }
    }

    /// @inheritdoc IRewardDistributor
    function streamOf(uint64 stream) external view returns (Stream memory) {
        StreamState storage s = _streams[stream];
        return Stream({allocator: s.allocator, funded: s.funded, allocated: s.allocated, claimed: s.claimed});
    }

    /// @inheritdoc IRewardDistributor
    function pendingRootOf(uint64 stream) external view returns (PendingRoot memory pending) {
        StreamState storage s = _streams[stream];
        if (s.finalizableAt == 0) return pending;
        return PendingRoot({root: s.pendingRoot, total: s.pendingTotal, finalizableAt: s.finalizableAt});
    }

    /// @inheritdoc IRewardDistributor
    function newestRootOf(uint64 stream) external view returns (bytes32) {
        StreamState storage s = _streams[stream];
        return s.rootCount == 0 ? bytes32(0) : s.roots[_slotOf(s.rootCount)];
    }

    /// @inheritdoc IRewardDistributor
    function claimedOf(uint64 stream, address account) external view returns (uint96) {
        return _streams[stream].claimedOf[account];
    }

    /// @inheritdoc IRewardDistributor
    function isClaimableRoot(uint64 stream, bytes32 root) public view returns (bool) {
        StreamState storage s = _streams[stream];
        uint32 number = s.rootCount;
        // newest first, where most claims look; never a slot without a final root, which would hold the zero root
        for (uint256 i = 0; i < CLAIMABLE_ROOTS && number > 0; ++i) {
            if (s.roots[_slotOf(number--)] == root) return true;
        }
        return false;
    }

    function _createStream(uint64 datanet, address allocator) private returns (uint64 stream) {
        if (allocator == address(0)) revert RewardDistributor_ZeroAllocator();

        stream = ++streamCount;
        _streams[stream].allocator = allocator;

        emit StreamCreated(stream, allocator, datanet, msg.sender);
    }

    /// @dev Bounds: the account by its leaf, the stream by what its final roots allocate, whatever a false leaf says.
    function _recordClaim(uint64 stream, address account, uint96 cumulative, address to)
        private
        returns (uint96 amount)
    {
        StreamState storage s = _streams[stream];
        uint96 before = s.claimedOf[account];
        if (cumulative <= before) revert RewardDistributor_NothingToClaim(stream, account, cumulative);
        amount = cumulative - before;
        uint96 claimedAfter = _addClaim(stream, s.claimed, amount, s.allocated);

        s.claimedOf[account] = cumulative;
        s.claimed = claimedAfter;

        emit Claimed(stream, account, to, amount, cumulative, claimedAfter);
    }

    /// @dev Writes everything before the first payment. Of an account that a false tree holds twice only what is new counts.
    function _recordRange(uint64 stream, Leaf[] calldata leaves)
        private
        returns (uint96[] memory amounts, uint96 amount)
    {
        StreamState storage s = _streams[stream];
        uint96 claimedBefore = s.claimed;
        uint96 claimedAfter = claimedBefore;
        uint96 allocated = s.allocated;
        amounts = new uint96[](leaves.length);

        for (uint256 i = 0; i < leaves.length; ++i) {
            address account = leaves[i].account;
            uint96 cumulative = leaves[i].cumulative;
            uint96 before = s.claimedOf[account];
            if (cumulative <= before || _isPool(account)) continue;
            uint96 part = cumulative - before;
            claimedAfter = _addClaim(stream, claimedAfter, part, allocated);
            amounts[i] = part;

            s.claimedOf[account] = cumulative;

            emit Claimed(stream, account, account, part, cumulative, claimedAfter);
        }
        amount = claimedAfter - claimedBefore;
        if (amount != 0) s.claimed = claimedAfter;
    }

    function _requireClaimable(uint64 stream, bytes32 root) private view {
        if (!isClaimableRoot(stream, root)) revert RewardDistributor_UnknownRoot(stream, root);
    }

    function _ownStream(uint64 stream) private view returns (StreamState storage s) {
        s = _streams[stream];
        if (s.allocator == address(0)) revert RewardDistributor_UnknownStream(stream);
        if (s.allocator != msg.sender) revert RewardDistributor_NotAllocator(msg.sender, s.allocator);
    }

    function _addClaim(uint64 stream, uint96 claimed, uint96 amount, uint96 allocated) private pure returns (uint96) {
        uint256 claimedAfter = uint256(claimed) + amount;
        if (claimedAfter > allocated) {
            revert RewardDistributor_ClaimsExceedAllocation(stream, claimedAfter, allocated);
        }
        // at most `allocated`, a uint96
        return uint96(claimedAfter);
    }

    function _requirePlace(bytes32 root, Place memory place, bytes32[] calldata siblings) private pure {
        if (!MerkleLib.verify(root, LeafLib.PAYOUT, place.leaf, place.index, place.count, siblings)) {
            revert RewardDistributor_InvalidProof(root, place.index, place.count);
        }
    }

    function _nodesOf(uint64 stream, Leaf[] calldata leaves) private pure returns (bytes32[] memory nodes) {
        nodes = new bytes32[](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            Leaf calldata leaf = leaves[i];
            nodes[i] = LeafLib.payout(stream, leaf.account, leaf.cumulative, leaf.runningSum);
        }
    }

    /// @dev A pool's account is its Datanet's number as an address: nobody holds its key.
    function _isPool(address account) private pure returns (bool) {
        return uint160(account) <= type(uint64).max;
    }

    function _slotOf(uint32 rootNumber) private pure returns (uint256) {
        return (rootNumber - 1) % CLAIMABLE_ROOTS;
    }
}
