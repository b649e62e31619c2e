// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title IBurnQueue
/// @notice Where OPEN is sent to be burnt. On the chain where OPEN is native it burns; on another it takes the bridge to the
/// native chain's queue, which burns it there.
/// @dev STATES. None: what lies here waits for the next `flush`, whoever sent it.
///
/// MONEY. What arrives leaves by `flush` alone: burnt, or to the native chain's queue. There is no approval, no withdrawal and no
/// way back. Fewer tokens than `flush` moved can never have arrived: received = flushed + balance.
///
/// TRUST. The token; on another chain than the native one also its bridge and what stands behind it. No key, no owner, no upgrade.
///
/// LIVENESS. Anyone flushes, here and there. A bridge that is paused, or a delivery that failed for want of gas, delays the burn:
/// the message stays deliverable, and the tokens are gone from this chain's supply at once.
///
/// NOT DONE. It rewards nobody for flushing: burning helps every holder alike and costs about as much as a transfer.
interface IBurnQueue {
    /// @notice A queue needs a token to burn.
    error BurnQueue_ZeroToken();

    /// @notice A bridged token needs the native chain's queue, a native one must not have it.
    /// @dev OPEN tells by ERC-165 whether it is bridged.
    /// @param isBridged Whether the token says that a bridge mints it.
    /// @param nativeQueue What was given; zero for none.
    error BurnQueue_WrongMode(bool isBridged, address nativeQueue);

    /// @notice Nothing lies here.
    error BurnQueue_Empty();

    /// @notice The burn or the bridge did not take all.
    /// @dev What is left would be counted as gone.
    /// @param left Base units that are still here.
    error BurnQueue_NotTaken(uint256 left);

    /// @notice What lay here was burnt, or went through the bridge to be burnt.
    /// @param caller Who flushed.
    /// @param amount What this flush moved, base units, more than 0.
    /// @param flushedAfter All that flushes ever moved, base units.
    event Flushed(address indexed caller, uint256 amount, uint256 flushedAfter);

    /// @notice Burns all that lies here, or sends it through the bridge to the native chain's queue.
    /// @dev Anyone may call, but not from within a flush. Reverts when nothing lies here.
    /// @return amount What it moved, base units, more than 0.
    function flush() external returns (uint256 amount);

    /// @notice OPEN on this chain.
    /// @return The token.
    function token() external view returns (address);

    /// @notice The queue on the chain where OPEN is native; zero when this is it.
    /// @return The other queue.
    function nativeQueue() external view returns (address);

    /// @notice The bridge that takes OPEN to the native chain; zero on it.
    /// @return The bridge.
    function bridge() external view returns (address);

    /// @notice All that flushes ever moved, base units.
    /// @return Base units.
    function flushed() external view returns (uint256);
}
