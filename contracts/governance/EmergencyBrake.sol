// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IEmergencyBrake} from "../interfaces/IEmergencyBrake.sol";
import {PauseHistory, PauseHistoryLib} from "./PauseHistoryLib.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title EmergencyBrake
/// @notice Lets guardians stop parts of the protocol for a short time.
contract EmergencyBrake is IEmergencyBrake, AccessManaged {
    using PauseHistoryLib for PauseHistory;

    uint64 private constant LONGEST_WORK_PAUSE = 7 days;
    uint64 private constant MOST_WORK_PAUSED = 14 days;
    uint64 private constant LONGEST_EXIT_PAUSE = 72 hours;
    uint64 private constant MOST_EXIT_PAUSED = 72 hours;

    /// @inheritdoc IEmergencyBrake
    mapping(address account => bool) public isGuardian;
    mapping(bytes32 bit => Bit) private _bits;
    mapping(bytes32 bit => PauseHistory) private _histories;

    modifier onlyGuardian() {
        if (!isGuardian[msg.sender]) revert EmergencyBrake_NotGuardian(msg.sender);
        _;
    }

    /// @notice Names the authority.
    /// @param authority The AccessManager that governs guardians and bits.
    constructor(address authority) AccessManaged(authority) {}

    /// @inheritdoc IEmergencyBrake
    function pause(bytes32 bit, uint64 until) external onlyGuardian {
        Bit memory b = _knownBit(bit);
        (uint64 longest, uint64 most) = _limitsOf(b.kind);
        uint48 from = b.until;
        if (block.timestamp >= b.until) {
            from = uint48(block.timestamp);
            b.since = from;
        }
        if (until <= from) revert EmergencyBrake_NotLonger(bit, until, from);
        if (until > b.since + longest) revert EmergencyBrake_PauseTooLong(bit, until, b.since + longest);
        uint256 pausedAfter = _histories[bit].pausedBefore(until) + until - from;
        if (pausedAfter > most) revert EmergencyBrake_PausedTooMuch(bit, pausedAfter, most);

        b.until = uint48(until); // at most 7 days from now
        _bits[bit] = b;
        _histories[bit].add(from, b.until);

        emit BitPaused(bit, msg.sender, b.since, until, pausedAfter);
        _callTarget(bit, until);
    }

    /// @inheritdoc IEmergencyBrake
    function release(bytes32 bit) external onlyGuardian {
        Bit storage b = _bits[bit];
        _knownBit(bit);
        if (block.timestamp >= b.until) revert EmergencyBrake_NotPaused(bit);

        // not now: a contract may refuse a pause that is over already
        uint48 until = uint48(block.timestamp) + 1;

        b.until = until;
        _histories[bit].cut(until);

        emit BitReleased(bit, msg.sender, until, _histories[bit].pausedBefore(until));
        _callTarget(bit, until);
    }

    /// @inheritdoc IEmergencyBrake
    function setGuardian(address guardian, bool active) external restricted {
        if (guardian == address(0)) revert EmergencyBrake_ZeroAddress();

        isGuardian[guardian] = active;

        emit GuardianSet(guardian, active);
    }

    /// @inheritdoc IEmergencyBrake
    function registerBit(address target, bytes4 selector, Kind kind, string calldata label)
        external
        restricted
        returns (bytes32 bit)
    {
        if (target == address(0)) revert EmergencyBrake_ZeroAddress();
        if (kind == Kind.None) revert EmergencyBrake_NoKind();
        bit = bitOf(target, selector);
        if (_bits[bit].kind != Kind.None) revert EmergencyBrake_BitRegistered(bit);

        _bits[bit].kind = kind;

        emit BitRegistered(bit, target, selector, kind, label);
    }

    /// @inheritdoc IEmergencyBrake
    function retireBit(bytes32 bit) external restricted {
        _knownBit(bit);

        _bits[bit].kind = Kind.None;

        emit BitRetired(bit);
    }

    /// @inheritdoc IEmergencyBrake
    function stateOf(bytes32 bit) external view returns (Bit memory) {
        return _bits[bit];
    }

    /// @inheritdoc IEmergencyBrake
    function pausedOf(bytes32 bit) external view returns (uint256) {
        return _histories[bit].pausedBefore(Math.max(block.timestamp, _bits[bit].until));
    }

    /// @inheritdoc IEmergencyBrake
    function bitOf(address target, bytes4 selector) public pure returns (bytes32) {
        return bytes32(bytes20(target)) | bytes32(selector) >> 160;
    }

    function _callTarget(bytes32 bit, uint64 until) private {
        address target = address(bytes20(bit));
        bytes4 selector = bytes4(bit << 160);
        Address.functionCall(target, abi.encodeWithSelector(selector, until));
    }

    function _knownBit(bytes32 bit) private view returns (Bit memory b) {
        b = _bits[bit];
        if (b.kind == Kind.None) revert EmergencyBrake_UnknownBit(bit);
    }

    function _limitsOf(Kind kind) private pure returns (uint64 longest, uint64 most) {
        return kind == Kind.Exit ? (LONGEST_EXIT_PAUSE, MOST_EXIT_PAUSED) : (LONGEST_WORK_PAUSE, MOST_WORK_PAUSED);
    }
}
