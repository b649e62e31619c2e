// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Roles} from "../../../contracts/governance/Roles.sol";
import {IStakingManager, Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {StakingFixture} from "../../fixture/StakingFixture.sol";

contract StakingManagerLockTest is StakingFixture {
    function setUp() public override {
        super.setUp();
        _stake(100);
    }

    function test_LocksAddUpByLocker() public {
        vm.expectEmit(address(staking));
        emit IStakingManager.StakeLocked(operator, Role.Runner, court, 30, 30, 30);
        assertEq(_lock(court, 30), 30);
        vm.expectEmit(address(staking));
        emit IStakingManager.StakeLocked(operator, Role.Runner, otherCourt, 20, 20, 50);
        assertEq(_lock(otherCourt, 20), 20);
        vm.expectEmit(address(staking));
        emit IStakingManager.StakeLocked(operator, Role.Runner, court, 5, 35, 55);
        assertEq(_lock(court, 5), 5);

        assertEq(_pool().locked, 55);
        assertEq(staking.lockOf(court, operator, Role.Runner), 35);
        assertEq(staking.lockOf(otherCourt, operator, Role.Runner), 20);
        assertEq(staking.lockOf(court, operator, Role.Oracle), 0);
        assertEq(_slashable(court), 80);
        assertEq(_slashable(otherCourt), 65);
        assertEq(_slashable(stranger), 45);
    }

    function test_LocksWhatThereIs() public {
        assertEq(_lock(court, 70), 70);
        assertEq(_lock(otherCourt, 70), 30);
        vm.recordLogs();
        assertEq(_lock(otherCourt, 1), 0);
        vm.prank(court);
        assertEq(staking.lock(stranger, Role.None, type(uint96).max), 0);
        assertEq(vm.getRecordedLogs().length, 0);
    }

    /// @dev As many delegated tokens as own ones, and half of them, rounded down.
    function test_LocksDelegatedUpToCapAndOwn() public {
        _delegate(alice, 1e18);
        assertEq(_slashable(court), 200, "as many delegated as own");
        _stake(1e18 - 100);
        assertEq(_slashable(court), 1.5e18, "half of the delegated");
        _delegate(bob, 1e18 + 1);
        assertEq(_slashable(court), 2e18, "half, rounded down");

        assertEq(_lock(court, type(uint96).max), 2e18);
        assertEq(_slashable(otherCourt), 0);
    }

    function test_CountsThawingStake() public {
        _thaw(100);
        assertEq(_lock(court, 101), 100);
    }

    function test_Lock_RevertWhen_CallerMayNotSlash() public {
        vm.expectRevert(_unauthorized(stranger));
        _lock(stranger, 1);
    }

    function test_Unlock_GivesBackAtMostTheCallers() public {
        _lock(court, 30);
        _lock(otherCourt, 20);

        vm.expectEmit(address(staking));
        emit IStakingManager.StakeUnlocked(operator, Role.Runner, court, 10, 20, 40);
        _unlock(court, 10);
        vm.expectEmit(address(staking));
        emit IStakingManager.StakeUnlocked(operator, Role.Runner, court, 20, 0, 20);
        _unlock(court, 21);
        vm.recordLogs();
        _unlock(court, 1);
        assertEq(vm.getRecordedLogs().length, 0);

        assertEq(_pool().locked, 20);
        assertEq(staking.lockOf(otherCourt, operator, Role.Runner), 20);
    }

    function test_Unlock_RevertWhen_CallerMayNotSlash() public {
        vm.expectRevert(_unauthorized(stranger));
        _unlock(stranger, 1);
    }

    function test_UnlockRevoked_LiftsTheLocksOfOneWhoMayNoLongerSlash() public {
        _lock(court, 30);
        _lock(otherCourt, 20);
        manager.revokeRole(Roles.SLASHER, court);

        vm.expectEmit(address(staking));
        emit IStakingManager.StakeUnlocked(operator, Role.Runner, court, 30, 0, 20);
        vm.prank(stranger);
        staking.unlockRevoked(court, operator, Role.Runner);
    }

    function test_UnlockRevoked_RevertGiven_LockerMaySlash() public {
        _lock(court, 30);
        vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_LockerNotRevoked.selector, court));
        staking.unlockRevoked(court, operator, Role.Runner);
    }

    /// @dev Governance that stops all slashing for a while lets nobody out of its case.
    function test_UnlockRevoked_RevertGiven_TheContractIsClosed() public {
        _lock(court, 30);
        manager.setTargetClosed(address(staking), true);
        vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_LockerNotRevoked.selector, court));
        staking.unlockRevoked(court, operator, Role.Runner);
    }

    /// @dev What stays has to cover what is locked: to the base unit.
    function test_Withdraw_RevertGiven_TheRestDoesNotCoverTheLocks() public {
        _thaw(70);
        _lock(court, 31);
        skip(THAW_PERIOD);

        vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_StakeLocked.selector, 31, 30));
        _withdraw();
        _unlock(court, 1);
        assertEq(_withdraw(), 70);
    }

    /// @dev Delegators wait only for what the operator's own stake does not cover.
    function test_WithdrawUndelegated_RevertGiven_TheRestDoesNotCoverTheLocks() public {
        _stake(2e18 - 100);
        _delegate(alice, 2e18);
        _delegate(bob, 1e18);
        // 2 own, 1.5 of 3 delegated
        _lock(court, 2.5e18 + 1);
        _undelegate(alice, 2e18);
        _undelegate(bob, 1e18);
        skip(THAW_PERIOD);

        assertEq(_withdrawUndelegated(bob), 1e18);
        vm.expectRevert(
            abi.encodeWithSelector(IStakingManager.StakingManager_StakeLocked.selector, 2.5e18 + 1, uint256(2e18))
        );
        _withdrawUndelegated(alice);
        _unlock(court, 0.5e18 + 1);
        assertEq(_withdrawUndelegated(alice), 2e18);
    }

    /// @dev Two lockers take at most what there is; each gives back only its own, and no token moves.
    function testFuzz_LockThenUnlock_NeverMoreThanThereIs(
        uint256 own,
        uint256[2] memory locked,
        uint256[2] memory freed
    ) public {
        uint96 stake = 100 + uint96(bound(own, 1, FUNDS - 100));
        _stake(stake - 100);
        uint96 first = uint96(bound(locked[0], 0, locked[0] % 2 == 0 ? stake + 1 : type(uint96).max));
        uint96 second = uint96(bound(locked[1], 0, locked[1] % 2 == 0 ? stake + 1 : type(uint96).max));
        uint96 firstLock = first < stake ? first : stake;
        uint96 secondLock = second < stake - firstLock ? second : stake - firstLock;
        assertEq(_lock(court, first), firstLock);
        assertEq(_lock(otherCourt, second), secondLock);
        assertEq(_pool().locked, firstLock + secondLock);

        first = uint96(bound(freed[0], 0, freed[0] % 2 == 0 ? firstLock + 1 : type(uint96).max));
        second = uint96(bound(freed[1], 0, freed[1] % 2 == 0 ? secondLock + 1 : type(uint96).max));
        _unlock(court, first);
        _unlock(otherCourt, second);

        firstLock = first < firstLock ? firstLock - first : 0;
        secondLock = second < secondLock ? secondLock - second : 0;
        assertEq(staking.lockOf(court, operator, Role.Runner), firstLock);
        assertEq(staking.lockOf(otherCourt, operator, Role.Runner), secondLock);
        assertEq(_pool().locked, firstLock + secondLock);
        assertEq(_slashable(court), stake - secondLock);
        _assertPool(stake, 0, 0);
    }
}
