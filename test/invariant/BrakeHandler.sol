// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GovernanceFixture} from "../fixture/GovernanceFixture.sol";

/// @notice A guardian that pauses whatever it can: short and long, over and over, to the second, released and not.
contract BrakeHandler is GovernanceFixture {
    struct Pause {
        uint256 from;
        uint256 to;
    }

    mapping(bytes32 bit => Pause[]) private _pauses;
    uint256 public paused;
    uint256 public released;

    /// @param kind Which part, and how long: a second, an hour, all there is, more than there is.
    function pause(uint256 kind, uint256 length) external {
        bytes32 bit = _bit(kind);
        uint256 until = block.timestamp + _length(kind >> 8, length, bit);
        uint256 end = brake.stateOf(bit).until;

        vm.prank(brakeGuardian);
        (bool done,) = address(brake).call(abi.encodeCall(brake.pause, (bit, uint64(until))));

        if (!done) return;
        ++paused;
        _pauses[bit].push(Pause(end > block.timestamp ? end : block.timestamp, until));
    }

    function release(uint256 kind) external {
        bytes32 bit = _bit(kind);
        vm.prank(brakeGuardian);
        (bool done,) = address(brake).call(abi.encodeCall(brake.release, (bit)));
        if (!done) return;
        ++released;
        for (uint256 i; i < _pauses[bit].length; ++i) {
            Pause storage p = _pauses[bit][i];
            if (p.to > block.timestamp + 1) p.to = block.timestamp + 1;
            if (p.from > p.to) p.from = p.to;
        }
    }

    function pass(uint256 kind, uint256 time) external {
        uint256 next = block.timestamp;
        if (kind % 4 == 0) next += 1 + time % 2;
        else if (kind % 4 == 1) next += time % 8 days;
        else if (kind % 4 == 2) next = brake.stateOf(_bit(kind >> 8)).until + time % 2;
        else next += time % 46 days;
        if (next > block.timestamp) vm.warp(next);
    }

    /// @notice The most that a bit was paused, or is, in any 60 days: those that end where a pause ends.
    function mostPaused(bytes32 bit) public view returns (uint256 most) {
        for (uint256 i; i < _pauses[bit].length; ++i) {
            uint256 sum = _pausedBefore(bit, _pauses[bit][i].to);
            if (sum > most) most = sum;
        }
    }

    /// @notice Length of the newest pause as a whole.
    function lengthOf(bytes32 bit) external view returns (uint256) {
        return brake.stateOf(bit).until - brake.stateOf(bit).since;
    }

    function bits() external view returns (bytes32, bytes32) {
        return (workBit, exitBit);
    }

    /// @notice Whether the target thinks the same as the brake.
    function agree() external view returns (bool) {
        return target.workPausedUntil() == brake.stateOf(workBit).until
            && target.exitsPausedUntil() == brake.stateOf(exitBit).until;
    }

    /// @notice What the brake counts against what was.
    function counted(bytes32 bit) external view returns (uint256 told, uint256 truth) {
        uint256 until = brake.stateOf(bit).until;
        return (brake.pausedOf(bit), _pausedBefore(bit, until > block.timestamp ? until : block.timestamp));
    }

    function _pausedBefore(bytes32 bit, uint256 timepoint) private view returns (uint256 sum) {
        uint256 first = timepoint - 60 days;
        for (uint256 i; i < _pauses[bit].length; ++i) {
            Pause storage p = _pauses[bit][i];
            uint256 from = p.from > first ? p.from : first;
            uint256 to = p.to < timepoint ? p.to : timepoint;
            if (to > from) sum += to - from;
        }
    }

    function _length(uint256 kind, uint256 length, bytes32 bit) private view returns (uint256) {
        if (kind % 6 == 0) return 1;
        if (kind % 6 == 1) return length % 1 hours;
        if (kind % 6 == 2) return bit == workBit ? 7 days : 72 hours;
        uint256 most = bit == workBit ? 14 days : 72 hours;
        uint256 used = brake.pausedOf(bit);
        if (kind % 6 == 3) return used < most ? most - used : length % 2;
        if (kind % 6 == 4) return used < most ? most - used + 1 : 1;
        return length % 8 days;
    }

    function _bit(uint256 kind) private view returns (bytes32) {
        return kind % 2 == 0 ? workBit : exitBit;
    }
}
