// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @dev The order is part of the leaves: see `LeafLib.grant`.
enum Allocation {
    Community,
    Investors,
    Team,
    Ecosystem,
    Liquidity
}

/// @title IGenesis
/// @notice Makes OPEN, holds all of it at first, and releases the five allocations to those whom their trees name.
/// @dev STATES. A grant is a leaf of its allocation's tree: (allocation, beneficiary, amount) at an index. Nothing is registered:
/// a grant's slot is written when it is first claimed or moved.
///
/// CLOCKS. `genesisAt` starts every schedule. Before it nothing is released; at that second the genesis parts are. A month is a
/// twelfth of 365 days. Team and investors: nothing up to and with month 12, then evenly to month 48. Community and
/// ecosystem: a part at genesis, the rest evenly to month 48. Liquidity: all at genesis. Every grant of an allocation is
/// released in the same proportion as the allocation itself: none is favoured. The table is in `ScheduleLib`.
///
/// MONEY. 1e27 base units are minted here and leave by claims alone: balance + claimed = 1e27. Per allocation
/// claimed <= released <= total, whatever its tree says: no tree can release earlier than the table or from another
/// allocation. Released parts of grants are rounded down; from month 48 on each grant is released to the base unit. What
/// nobody claims stays claimable for ever: there is no sweep, no deadline and no clawback.
///
/// VOTES. What lies here does not vote: it can be neither wrapped nor staked, and this contract delegates to nobody. A beneficiary
/// votes with what it has claimed. Otherwise the locked 33.29 % of team and investors would outvote all that circulates.
///
/// TRUST. Whoever deploys fixes the five trees, for ever. They bind nobody whose list is not published: check before genesis that each
/// list gives its root and that its amounts add up to the allocation. Amounts that add up to more would leave the last claimers
/// short; to less, the rest locked. After that: nobody.
///
/// LIVENESS. Anyone claims for anyone; the money goes to the grant's holder alone.
///
/// NOT DONE. A grant is not taken back from somebody who leaves, nor divided. A holder that lost its key cannot be replaced.
interface IGenesis {
    /// @param allocation Which of the five.
    /// @param beneficiary Who holds it unless it was moved.
    /// @param amount All of it, base units.
    struct Grant {
        Allocation allocation;
        address beneficiary;
        uint96 amount;
    }

    /// @param index Place of the grant in its allocation's tree, from 0.
    /// @param count Leaves of that tree.
    /// @param siblings From the leaf's level upwards.
    struct Place {
        uint64 index;
        uint64 count;
        bytes32[] siblings;
    }

    /// @param holder To whom the grant was moved; zero while its beneficiary holds it.
    /// @param claimed All that was ever paid out of it, base units.
    struct Position {
        address holder;
        uint96 claimed;
    }

    /// @notice Genesis cannot lie in the past.
    /// @param genesisAt What was given, timestamp.
    /// @param now_ The block's timestamp, inclusive.
    error Genesis_PastGenesis(uint64 genesisAt, uint64 now_);

    /// @notice Genesis lies too far ahead.
    /// @param genesisAt What was given, timestamp.
    /// @param latest 365 days from now, inclusive.
    error Genesis_GenesisTooFar(uint64 genesisAt, uint64 latest);

    /// @notice A zero root, or the root of a tree without leaves: nobody could claim the allocation, ever.
    /// @dev A zero root, or the root of a tree without leaves: nobody could claim the allocation, ever.
    /// @param allocation Whose root it is.
    error Genesis_EmptyTree(Allocation allocation);

    /// @notice The proof does not show the grant in its allocation's tree.
    /// @param allocation Which of the five.
    /// @param index Place of the grant in its allocation's tree, from 0.
    /// @param count Leaves of the tree, as the proof says.
    error Genesis_InvalidProof(Allocation allocation, uint64 index, uint64 count);

    /// @notice Nothing more of the grant is released than was paid.
    /// @param allocation Which of the five.
    /// @param index Place of the grant in its allocation's tree, from 0.
    /// @param claimed What was paid out of it, base units.
    error Genesis_NothingToClaim(Allocation allocation, uint64 index, uint96 claimed);

    /// @notice The allocation's claims would exceed what is released of it: its tree adds up to more than the
    /// allocation.
    /// @param allocation Which of the five.
    /// @param claimed What they would be, base units.
    /// @param released What is released of the allocation, base units, inclusive.
    error Genesis_ClaimsExceedRelease(Allocation allocation, uint256 claimed, uint96 released);

    /// @notice Only a grant's holder moves it.
    /// @param caller Who called.
    /// @param holder Who holds it.
    error Genesis_NotHolder(address caller, address holder);

    /// @notice Neither the zero address nor this contract can hold a grant.
    /// @param holder What was named.
    error Genesis_InvalidHolder(address holder);

    /// @notice An allocation's tree is fixed, for ever.
    /// @param allocation Which of the five.
    /// @param root Of `MerkleLib` over `LeafLib.grant`.
    /// @param total Base units of OPEN.
    event Allocated(Allocation indexed allocation, bytes32 root, uint96 total);

    /// @notice A grant's holder was paid.
    /// @param allocation Which of the five.
    /// @param index Place of the grant in its allocation's tree, from 0.
    /// @param holder Who was paid.
    /// @param amount Base units of OPEN, more than 0.
    /// @param claimedAfter All that was ever claimed of the grant, base units.
    /// @param allocationClaimedAfter All that was ever claimed of its allocation, base units.
    event Claimed(
        Allocation indexed allocation,
        uint64 indexed index,
        address indexed holder,
        uint96 amount,
        uint96 claimedAfter,
        uint96 allocationClaimedAfter
    );

    /// @notice A grant has another holder.
    /// @param allocation Which of the five.
    /// @param index Place of the grant in its allocation's tree, from 0.
    /// @param from Who held it.
    /// @param to Who holds it from now on.
    event GrantMoved(Allocation indexed allocation, uint64 indexed index, address indexed from, address to);

    /// @notice Pays a grant's holder what is released of it and was not paid before.
    /// @dev Anyone may call. Reverts, in this order: no such leaf, nothing new, the allocation's claims would exceed its release.
    /// @param grant The leaf.
    /// @param place The proof of its place.
    /// @return amount What its holder was paid, base units of OPEN, more than 0.
    function claim(Grant calldata grant, Place calldata place) external returns (uint96 amount);

    /// @notice Moves a grant, with all of it that is not yet claimed, to another address.
    /// @dev Only its holder. Reverts, in this order: no such leaf, not the holder, `to` zero or this contract.
    /// Warning: at once and for good. A grant moved to an address without a key is lost; claim first what is already released.
    /// @param grant The leaf.
    /// @param place The proof of its place.
    /// @param to Who is to hold it; neither zero nor this contract.
    function moveGrant(Grant calldata grant, Place calldata place, address to) external;

    /// @notice OPEN, made by this contract.
    /// @return The token.
    function token() external view returns (address);

    /// @notice Timestamp at which the schedules start.
    /// @return Timestamp.
    function genesisAt() external view returns (uint64);

    /// @notice Root of an allocation's tree, `MerkleLib` over `LeafLib.grant`.
    /// @param allocation Which of the five.
    /// @return The root.
    function rootOf(Allocation allocation) external view returns (bytes32);

    /// @notice All of an allocation, base units.
    /// @param allocation Which of the five.
    /// @return Base units.
    function totalOf(Allocation allocation) external pure returns (uint96);

    /// @notice All that was ever claimed of an allocation, base units.
    /// @param allocation Which of the five.
    /// @return Base units.
    function claimedOf(Allocation allocation) external view returns (uint96);

    /// @notice What happened to the grant at an index of an allocation; zeros where nothing has.
    /// @param allocation Which of the five.
    /// @param index Place of the grant in its allocation's tree, from 0.
    /// @return Holder and what was claimed.
    function positionOf(Allocation allocation, uint64 index) external view returns (Position memory);

    /// @notice What of an allocation is released at a timestamp, claimed or not, base units.
    /// @param allocation Which of the five.
    /// @param timestamp Any, seconds since 1970.
    /// @return Base units, rounded down; 0 before genesis.
    function releasedAt(Allocation allocation, uint64 timestamp) external view returns (uint96);

    /// @notice What of all allocations is released at a timestamp: the circulating supply, before burns.
    /// @param timestamp Any, seconds since 1970.
    /// @return Base units; 0 before genesis.
    function circulatingAt(uint64 timestamp) external view returns (uint96);

    /// @notice What of a grant is released at a timestamp, claimed or not, base units.
    /// @dev Warning: whether there is such a grant its proof says, not this.
    /// @param grant The leaf.
    /// @param timestamp Any, seconds since 1970.
    /// @return Base units, rounded down.
    function vestedAt(Grant calldata grant, uint64 timestamp) external view returns (uint96);
}
