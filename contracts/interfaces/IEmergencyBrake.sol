// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title IEmergencyBrake
/// @notice Lets guardians stop parts of the protocol for a short time: each part is a bit, a function `pause…(uint64 until)` of
/// one contract. It is the only holder of the access manager's BRAKE role.
/// @dev STATES. A bit is registered by governance as work or as an exit, and paused or not. It is paused from `since` up to
/// `until` (exclusive): it ends by itself. A running pause can be made longer, or released.
///
/// CLOCKS. Work: at most 7 days at a time, 14 days in any 60. Exits, and whatever else holds money back: 72 hours at a time and
/// in any 60 days, so that a stake (21 days of thaw) leaves before a change that takes 25 days, however the brake is pulled.
/// A release gives the rest back. The history of a bit is kept when it is retired, and found again when it is registered.
///
/// TRUST. A guardian can pause within these limits and release. It cannot move money, nor call anything that governance has not
/// registered. Governance names guardians and bits. The contracts behind the bits have limits of their own for each pause.
///
/// LIVENESS. No pause needs anybody to end it.
///
/// NOT DONE. After eight pauses within 60 days further ones count for longer than they are (see PauseHistoryLib).
interface IEmergencyBrake {
    enum Kind {
        None,
        Work,
        Exit
    }

    /// @param since Timestamp at which the newest pause began. @param until Timestamp at which (inclusive) it is over.
    struct Bit {
        Kind kind;
        uint48 since;
        uint48 until;
    }

    error EmergencyBrake_NotGuardian(address caller);
    error EmergencyBrake_ZeroAddress();
    error EmergencyBrake_NoKind();
    error EmergencyBrake_UnknownBit(bytes32 bit);
    error EmergencyBrake_BitRegistered(bytes32 bit);
    error EmergencyBrake_NotPaused(bytes32 bit);
    error EmergencyBrake_NotLonger(bytes32 bit, uint64 until, uint64 current);
    error EmergencyBrake_PauseTooLong(bytes32 bit, uint64 until, uint64 latest);
    error EmergencyBrake_PausedTooMuch(bytes32 bit, uint256 paused, uint256 maximum);

    /// @notice An account may pull the brake from now on, or no longer.
    event GuardianSet(address indexed guardian, bool active);

    /// @notice A function is pausable.
    event BitRegistered(bytes32 indexed bit, address indexed target, bytes4 selector, Kind kind, string label);

    /// @notice A function is no longer pausable; its history is kept.
    event BitRetired(bytes32 indexed bit);
    /// @notice A guardian has paused a bit, or made its pause longer.
    /// @param pausedAfter Paused seconds in the 60 days up to `until`.
    event BitPaused(bytes32 indexed bit, address indexed guardian, uint64 since, uint64 until, uint256 pausedAfter);
    /// @notice A guardian has ended a pause; the bit works from `until` on (inclusive).
    /// @param pausedAfter Paused seconds in the 60 days up to `until`.
    event BitReleased(bytes32 indexed bit, address indexed guardian, uint64 until, uint256 pausedAfter);

    /// @notice Pauses a bit, or makes its pause longer. Only a guardian.
    /// @dev Calls the bit's function with `until`; reverts as it does.
    /// @param until Timestamp at which the bit works again: after now and the running pause's end, within the limits above.
    function pause(bytes32 bit, uint64 until) external;

    /// @notice Ends a pause: the next second works again. Only a guardian. @dev Calls the bit's function with that second.
    function release(bytes32 bit) external;

    /// @notice Adds a guardian or removes it. Governed (parameters).
    function setGuardian(address guardian, bool active) external;

    /// @notice Makes a function pausable. Governed (administration). The access manager has to give it the BRAKE role.
    /// @param selector Of a function with one argument, `uint64 until`. @param label For people, as `market.settlement`.
    function registerBit(address target, bytes4 selector, Kind kind, string calldata label)
        external
        returns (bytes32 bit);

    /// @notice Makes a function no longer pausable; a pause that runs still ends by itself. Governed (administration).
    function retireBit(bytes32 bit) external;

    /// @notice Whether an account may pause and release.
    function isGuardian(address account) external view returns (bool);

    /// @notice Name of a bit: 20 bytes of the target, 4 of the selector, 8 of zeros.
    function bitOf(address target, bytes4 selector) external pure returns (bytes32);

    /// @notice A bit's kind and its newest pause; kind `None` where it is not registered.
    function stateOf(bytes32 bit) external view returns (Bit memory);

    /// @notice Seconds that a bit was paused in the 60 days up to now, or will have been up to the end of the running pause.
    function pausedOf(bytes32 bit) external view returns (uint256);
}
