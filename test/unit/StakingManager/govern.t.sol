// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakingManager, Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {StakingFixture} from "../../fixture/StakingFixture.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";

contract StakingManagerGovernTest is StakingFixture {
    uint64 private constant FROZEN_AT = START + 548 days;

    function test_SetMinimumStake() public {
        vm.expectEmit(address(staking));
        emit IStakingManager.MinimumStakeSet(Role.Oracle, 5);
        staking.setMinimumStake(Role.Oracle, 5);

        assertEq(staking.minimumStake(Role.Oracle), 5);
        assertEq(staking.minimumStake(Role.Runner), MINIMUM);
    }

    function test_SetMinimumStake_RevertWhen_CallerDoesNotGovern() public {
        vm.expectRevert(_unauthorized(stranger));
        vm.prank(stranger);
        staking.setMinimumStake(Role.Runner, 1);
    }

    function test_SetMinimumStake_RevertWhen_ItWouldLetAnyoneBeActive() public {
        vm.expectRevert(IStakingManager.StakingManager_ZeroAmount.selector);
        staking.setMinimumStake(Role.Runner, 0);
        vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_RoleNotStakeable.selector, Role.None));
        staking.setMinimumStake(Role.None, 1);
    }

    function test_Constructor_KeepsWhatItIsGiven() public view {
        assertEq(staking.thawPeriod(), THAW_PERIOD);
        assertEq(staking.burnQueue(), burnQueue);
        assertEq(staking.delegatedCapBps(), CAP_BPS);
    }

    /// @dev More than nine tenths could leave shares without a token behind them.
    function test_Constructor_RevertWhen_TheCapIsAboveNineTenths() public {
        this.deploy(address(token), 9000);
        vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_BpsTooLarge.selector, 9001, 9000));
        this.deploy(address(token), 9001);
    }

    function test_Constructor_RevertWhen_AnAddressIsZero() public {
        vm.expectRevert(IStakingManager.StakingManager_ZeroAddress.selector);
        this.deploy(address(0), CAP_BPS);
        burnQueue = address(0);
        vm.expectRevert(IStakingManager.StakingManager_ZeroAddress.selector);
        this.deploy(address(token), CAP_BPS);
    }

    /// @dev ERC-7201: the first field of the namespace lies where the formula says.
    function test_StorageLiesInItsNamespace() public view {
        bytes32 slot = keccak256(abi.encode(uint256(keccak256("openledger.storage.StakingManager")) - 1))
            & ~bytes32(uint256(0xff));
        assertEq(uint64(uint256(vm.load(address(staking), slot))), FROZEN_AT);
    }

    function test_UpgradeKeepsThePools() public {
        _stake(10e18);
        _thaw(4e18);
        _delegate(alice, 5e18);
        _undelegate(alice, 2e18);
        staking.addFees(operator, Role.Runner, 700);
        _slash(court, 11e18);
        _lock(court, 1);
        skip(1);
        bytes memory pool = abi.encode(_pool(), _fees(), _delegation(alice));

        _upgrade();

        assertEq(abi.encode(_pool(), _fees(), _delegation(alice)), pool);
        assertEq(staking.lockOf(court, operator, Role.Runner), 1);
        assertEq(staking.getPastVotes(operator, START), 4e18);
        assertEq(staking.getPastTotalSupply(START), 4e18);
        assertEq(staking.minimumStake(Role.Runner), MINIMUM);
        assertEq(staking.upgradesFrozenAt(), FROZEN_AT);
    }

    function test_Upgrade_RevertWhen_CallerDoesNotGovern() public {
        address code = _newCode();
        vm.expectRevert(_unauthorized(stranger));
        vm.prank(stranger);
        (bool done,) = address(staking).call(abi.encodeWithSelector(UPGRADE, code, ""));
        assertTrue(done, "reverted as expected");
    }

    function test_Upgrade_RevertGiven_UpgradesAreFrozen() public {
        vm.warp(FROZEN_AT - 1);
        _upgrade();
        vm.warp(FROZEN_AT);
        address code = _newCode();

        vm.expectRevert(
            abi.encodeWithSelector(IStakingManager.StakingManager_UpgradesFrozen.selector, FROZEN_AT, FROZEN_AT)
        );
        (bool done,) = address(staking).call(abi.encodeWithSelector(UPGRADE, code, ""));
        assertTrue(done, "reverted as expected");
    }

    /// @dev An implementation that anyone could initialise would be somebody's.
    function test_Initialize_RevertGiven_ItIsDone() public {
        address code = _newCode();
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        (bool done,) = code.call(abi.encodeWithSignature("initialize(address)", stranger));
        assertTrue(done, "reverted as expected");
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        (done,) = address(staking).call(abi.encodeWithSignature("initialize(address)", stranger));
        assertTrue(done, "reverted as expected");
    }

    /// @dev A call of its own: a constructor that reverts within the test's ends the test, green.
    function deploy(address token_, uint16 capBps) external {
        _stakingCode(token_, capBps);
    }

    function _upgrade() private {
        (bool done,) = address(staking).call(abi.encodeWithSelector(UPGRADE, _newCode(), ""));
        assertTrue(done);
    }

    function _newCode() private returns (address) {
        return _stakingCode(address(token), CAP_BPS);
    }
}
