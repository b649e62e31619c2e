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

    /// @param kind Work or exit; `None` where it is not registered.
    /// @param since Timestamp at which the newest pause began.
    /// @param until Timestamp at which (inclusive) it is over.
    struct Bit {
        Kind kind;
        uint48 since;
        uint48 until;
    }

    /// @notice Only a guardian pauses and releases.
    /// @param caller Who called.
    error EmergencyBrake_NotGuardian(address caller);

    /// @notice The zero address is no guardian and no contract.
    error EmergencyBrake_ZeroAddress();

    /// @notice A bit is work or an exit.
    error EmergencyBrake_NoKind();

    /// @notice No bit of that name is registered.
    /// @param bit What was named.
    error EmergencyBrake_UnknownBit(bytes32 bit);

    /// @notice The bit is registered already.
    /// @param bit Name of the bit, see `bitOf`.
    error EmergencyBrake_BitRegistered(bytes32 bit);

    /// @notice The bit is not paused: there is nothing to release.
    /// @param bit Name of the bit, see `bitOf`.
    error EmergencyBrake_NotPaused(bytes32 bit);

    /// @notice A pause ends after now, and after the end of one that runs.
    /// @param bit Name of the bit, see `bitOf`.
    /// @param until What was asked for, timestamp.
    /// @param current Timestamp that it has to exceed.
    error EmergencyBrake_NotLonger(bytes32 bit, uint64 until, uint64 current);

    /// @notice A pause would last longer than one may.
    /// @param bit Name of the bit, see `bitOf`.
    /// @param until What was asked for, timestamp.
    /// @param latest Its beginning and 7 days, for exits 72 hours; inclusive.
    error EmergencyBrake_PauseTooLong(bytes32 bit, uint64 until, uint64 latest);

    /// @notice The bit would be paused for more of 60 days than it may.
    /// @param bit Name of the bit, see `bitOf`.
    /// @param paused Seconds it would be, in the 60 days up to the pause's end.
    /// @param maximum 14 days, for exits 72 hours, in seconds; inclusive.
    error EmergencyBrake_PausedTooMuch(bytes32 bit, uint256 paused, uint256 maximum);

    /// @notice An account may pull the brake from now on, or no longer.
    /// @param guardian The account; not zero.
    /// @param active Whether it may.
    event GuardianSet(address indexed guardian, bool active);

    /// @notice A function is pausable.
    /// @param bit Name of the bit, see `bitOf`.
    /// @param target The contract; not zero.
    /// @param selector Of the function, which has one argument, `uint64 until`.
    /// @param kind Work or exit.
    /// @param label For people.
    event BitRegistered(bytes32 indexed bit, address indexed target, bytes4 selector, Kind kind, string label);

    /// @notice A function is no longer pausable; its history is kept.
    /// @param bit Name of the bit, see `bitOf`.
    event BitRetired(bytes32 indexed bit);

    /// @notice A guardian has paused a bit, or made its pause longer.
    /// @param bit Name of the bit, see `bitOf`.
    /// @param guardian Who called.
    /// @param since Timestamp at which the pause began (inclusive).
    /// @param until Timestamp at which it ends (exclusive).
    /// @param pausedAfter Paused seconds in the 60 days up to `until`.
    event BitPaused(bytes32 indexed bit, address indexed guardian, uint64 since, uint64 until, uint256 pausedAfter);

    /// @notice A guardian has ended a pause; the bit works from `until` on (inclusive).
    /// @param bit Name of the bit, see `bitOf`.
    /// @param guardian Who called.
    /// @param until The second after this one: the pause's new end (exclusive).
    /// @param pausedAfter Paused seconds in the 60 days up to `until`.
    event BitReleased(bytes32 indexed bit, address indexed guardian, uint64 until, uint256 pausedAfter);

    /// @notice Pauses a bit, or makes its pause longer. Only a guardian.
    /// @dev Calls the bit's function with `until`; reverts as it does.
    /// @param bit Name of the bit, see `bitOf`.
    /// @param until Timestamp at which (inclusive) the bit works again: after now and the running pause's end, within
    /// the limits above.
    function pause(bytes32 bit, uint64 until) external;

    /// @notice Ends a pause: the next second works again. Only a guardian.
    /// @dev Calls the bit's function with that second.
    /// @param bit Name of the bit, see `bitOf`.
    function release(bytes32 bit) external;

    /// @notice Adds a guardian or removes it. Governed (parameters).
    /// @param guardian The account; not zero.
    /// @param active Whether it may pause and release from now on.
    function setGuardian(address guardian, bool active) external;

    /// @notice Makes a function pausable. Governed (administration). The access manager has to give it the BRAKE role.
    /// @param target The contract; not zero.
    /// @param selector Of a function with one argument, `uint64 until`.
    /// @param kind Work or exit.
    /// @param label For people, as `market.settlement`.
    /// @return bit Its name.
    function registerBit(address target, bytes4 selector, Kind kind, string calldata label)
        external
        returns (bytes32 bit);

    /// @notice Makes a function no longer pausable; a pause that runs still ends by itself. Governed (administration).
    /// @param bit Name of the bit, see `bitOf`.
    function retireBit(bytes32 bit) external;

    /// @notice Whether an account may pause and release.
    /// @param account Whom it is about.
    /// @return True where it may.
    function isGuardian(address account) external view returns (bool);

    /// @notice Name of a bit: 20 bytes of the target, 4 of the selector, 8 of zeros.
    /// @param target The contract.
    /// @param selector Of its function.
    /// @return The name.
    function bitOf(address target, bytes4 selector) external pure returns (bytes32);

    /// @notice A bit's kind and its newest pause; kind `None` where it is not registered.
    /// @param bit Name of the bit, see `bitOf`.
    /// @return The bit.
    function stateOf(bytes32 bit) external view returns (Bit memory);

    /// @notice Seconds that a bit was paused in the 60 days up to now, or will have been up to the end of the running pause.
    /// @param bit Name of the bit, see `bitOf`.
    /// @return Seconds; never too few, see NOT DONE.
    function pausedOf(bytes32 bit) external view returns (uint256);
}
