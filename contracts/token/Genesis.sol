// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Allocation, IGenesis} from "../interfaces/IGenesis.sol";
import {LeafLib} from "../libraries/LeafLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";
import {OpenToken} from "./OpenToken.sol";
import {ScheduleLib} from "./ScheduleLib.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Genesis
/// @notice Makes OPEN and releases its five allocations. Immutable: no admin, no sweep.
contract Genesis is IGenesis {
    using SafeERC20 for IERC20;

    /// @dev A genesis further away is a mistaken unit rather than a plan, and would lock the supply.
    uint64 private constant LATEST_GENESIS = 365 days;
    uint256 private constant ALLOCATIONS = 5;

    /// @inheritdoc IGenesis
    address public immutable token;
    /// @inheritdoc IGenesis
    uint64 public immutable genesisAt;

    /// @inheritdoc IGenesis
    mapping(Allocation allocation => bytes32) public rootOf;
    /// @inheritdoc IGenesis
    mapping(Allocation allocation => uint96) public claimedOf;
    mapping(Allocation allocation => mapping(uint64 index => Position)) private _positions;

    /// @notice Mints all of OPEN to itself and fixes the five trees.
    /// @dev Makes the token itself: none of the supply is ever held by a key, and no address has to be foretold.
    /// @param genesisAt_ Timestamp, from now to 365 days ahead, both inclusive.
    /// @param roots Of the five allocations, in their order; none zero, none of an empty tree.
    constructor(uint64 genesisAt_, bytes32[ALLOCATIONS] memory roots) {
        uint64 now_ = uint64(block.timestamp);
        if (genesisAt_ < now_) revert Genesis_PastGenesis(genesisAt_, now_);
        if (genesisAt_ > now_ + LATEST_GENESIS) revert Genesis_GenesisTooFar(genesisAt_, now_ + LATEST_GENESIS);

        bytes32 emptyRoot = MerkleLib.emptyRoot(LeafLib.GRANT);
        for (uint256 i = 0; i < ALLOCATIONS; ++i) {
            Allocation allocation = Allocation(i);
            if (roots[i] == 0 || roots[i] == emptyRoot) revert Genesis_EmptyTree(allocation);
            rootOf[allocation] = roots[i];
            emit Allocated(allocation, roots[i], totalOf(allocation));
        }
        genesisAt = genesisAt_;
        token = address(new OpenToken(address(this)));
    }

    /// @inheritdoc IGenesis
    function claim(Grant calldata grant, Place calldata place) external returns (uint96 amount) {
        _requirePlace(grant, place);
        Position storage position = _positions[grant.allocation][place.index];
        uint96 released = releasedAt(grant.allocation, uint64(block.timestamp));
        uint96 vested = ScheduleLib.vestedDown(ScheduleLib.scheduleOf(grant.allocation), released, grant.amount);
        uint96 claimed = position.claimed;
        if (vested <= claimed) revert Genesis_NothingToClaim(grant.allocation, place.index, claimed);

        amount = vested - claimed;
        uint256 allocationClaimed = uint256(claimedOf[grant.allocation]) + amount;
        if (allocationClaimed > released) {
            revert Genesis_ClaimsExceedRelease(grant.allocation, allocationClaimed, released);
        }
        address holder = _holderOf(position, grant);

        position.claimed = vested;
        // at most `released`, a uint96
        claimedOf[grant.allocation] = uint96(allocationClaimed);

        emit Claimed(grant.allocation, place.index, holder, amount, vested, uint96(allocationClaimed));
        IERC20(token).safeTransfer(holder, amount);
    }

    /// @inheritdoc IGenesis
    function moveGrant(Grant calldata grant, Place calldata place, address to) external {
        _requirePlace(grant, place);
        Position storage position = _positions[grant.allocation][place.index];
        address holder = _holderOf(position, grant);
        if (msg.sender != holder) revert Genesis_NotHolder(msg.sender, holder);
        // zero would give the grant back to its first beneficiary
        if (to == address(0) || to == address(this)) revert Genesis_InvalidHolder(to);

        position.holder = to;

        emit GrantMoved(grant.allocation, place.index, holder, to);
    }

    /// @inheritdoc IGenesis
    function positionOf(Allocation allocation, uint64 index) external view returns (Position memory) {
        return _positions[allocation][index];
    }

    /// @inheritdoc IGenesis
    function circulatingAt(uint64 timestamp) external view returns (uint96 circulating) {
        for (uint256 i = 0; i < ALLOCATIONS; ++i) {
            circulating += releasedAt(Allocation(i), timestamp);
        }
    }

    /// @inheritdoc IGenesis
    function vestedAt(Grant calldata grant, uint64 timestamp) external view returns (uint96) {
        uint96 released = releasedAt(grant.allocation, timestamp);
        return ScheduleLib.vestedDown(ScheduleLib.scheduleOf(grant.allocation), released, grant.amount);
    }

    /// @inheritdoc IGenesis
    function releasedAt(Allocation allocation, uint64 timestamp) public view returns (uint96) {
        if (timestamp < genesisAt) return 0;
        return ScheduleLib.releasedDown(ScheduleLib.scheduleOf(allocation), timestamp - genesisAt);
    }

    /// @inheritdoc IGenesis
    function totalOf(Allocation allocation) public pure returns (uint96) {
        return ScheduleLib.scheduleOf(allocation).total;
    }

    function _requirePlace(Grant calldata grant, Place calldata place) private view {
        bytes32 leaf = LeafLib.grant(uint8(grant.allocation), grant.beneficiary, grant.amount);
        bytes32 root = rootOf[grant.allocation];
        if (!MerkleLib.verify(root, LeafLib.GRANT, leaf, place.index, place.count, place.siblings)) {
            revert Genesis_InvalidProof(grant.allocation, place.index, place.count);
        }
    }

    function _holderOf(Position storage position, Grant calldata grant) private view returns (address) {
        address moved = position.holder;
        return moved == address(0) ? grant.beneficiary : moved;
    }
}
