// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IRewardDistributor} from "./IRewardDistributor.sol";

/// @title ITreasury
/// @notice Holds the protocol's OPEN, and any ERC-20 or ether that is sent to it, and spends by governance alone.
/// @dev MONEY. Per token at most 5 % of what it holds leaves in a window of 30 days by the short way; more by the long one. A
/// window opens with the first payment after the last window's end, so that any 30 days see parts of two at most. The limit
/// is 5 % of the balance and what the window has spent already: what comes in raises it, what the long way takes lowers it.
///
/// CLOCKS. The short way (`spend`, `fundStream`) has the delay of parameters, the long one (`spendBeyondLimit`) that of the
/// access manager's administration: 2 and 10 days after a vote.
///
/// TRUST. Nobody but the access manager's authorised callers moves anything. Each payment names its token: none is iterated.
///
/// NOT DONE. No payment over time: `RewardDistributor` streams and further proposals do that. ERC-721 and ERC-1155 are lost.
interface ITreasury {
    /// @param end Timestamp from which (inclusive) the window is over; 0 when none was ever opened.
    /// @param spent What left by the short way in it, base units.
    struct Window {
        uint64 end;
        uint256 spent;
    }

    /// @notice Nobody can be paid at the zero address.
    error Treasury_ZeroAddress();

    /// @notice Nothing would be paid.
    error Treasury_ZeroAmount();

    /// @notice A payment goes beyond what the window leaves.
    /// @param token An ERC-20, or 0 for ether.
    /// @param amount What was asked for, base units.
    /// @param spendable What it leaves, base units, inclusive.
    error Treasury_LimitExceeded(address token, uint256 amount, uint256 spendable);

    /// @notice Money left within a window's limit.
    /// @param token An ERC-20, or 0 for ether.
    /// @param to Who was paid: an account, or a distributor for one of its streams.
    /// @param amount Base units, not zero.
    /// @param windowSpentAfter What left by the short way in the window that ends at `windowEnd`, base units.
    /// @param windowEnd Timestamp from which (inclusive) the window is over.
    /// @param spentAfter All that ever left of this token, by both ways.
    event Spent(
        address indexed token,
        address indexed to,
        uint256 amount,
        uint256 windowSpentAfter,
        uint64 windowEnd,
        uint256 spentAfter
    );

    /// @notice Money left by the long way, beyond any window's limit.
    /// @param token An ERC-20, or 0 for ether.
    /// @param to Who was paid.
    /// @param amount Base units, not zero.
    /// @param spentAfter All that ever left of this token, by both ways, base units.
    event SpentBeyondLimit(address indexed token, address indexed to, uint256 amount, uint256 spentAfter);

    /// @notice Ether came in.
    /// @param from Who sent it.
    /// @param amount Wei; may be zero.
    event EtherReceived(address indexed from, uint256 amount);

    /// @notice Pays within the window's limit. Governed (parameters).
    /// @param token An ERC-20, or 0 for ether.
    /// @param to Who is paid; not zero.
    /// @param amount Base units, not zero, at most `spendable`, inclusive.
    function spend(address token, address to, uint256 amount) external;

    /// @notice Pays OPEN into a stream of a distributor, within the same limit as `spend`. Governed (parameters).
    /// @dev Warning: the distributor is given an allowance of `amount` for this call, and none after it.
    /// @param distributor The distributor; not zero.
    /// @param stream Its stream, from 1.
    /// @param amount Base units of OPEN, not zero, at most `spendable` of OPEN, inclusive.
    function fundStream(IRewardDistributor distributor, uint64 stream, uint96 amount) external;

    /// @notice Pays any amount, outside of windows. Governed (administration).
    /// @param token An ERC-20, or 0 for ether.
    /// @param to Who is paid; not zero.
    /// @param amount Base units, not zero, at most what is here.
    function spendBeyondLimit(address token, address to, uint256 amount) external;

    /// @notice What `spend` may still pay of a token now.
    /// @param token An ERC-20, or 0 for ether.
    /// @return Base units.
    function spendable(address token) external view returns (uint256);

    /// @notice The newest window of a token, zero address for ether; zeros before the first.
    /// @param token An ERC-20, or 0 for ether.
    /// @return Its end, and what left in it by the short way, base units.
    function windowOf(address token) external view returns (Window memory);

    /// @notice All that ever left of a token.
    /// @param token An ERC-20, or 0 for ether.
    /// @return Base units, by both ways.
    function spentOf(address token) external view returns (uint256);
}
