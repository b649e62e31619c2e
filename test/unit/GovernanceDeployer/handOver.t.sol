// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EmergencyBrake} from "../../../contracts/governance/EmergencyBrake.sol";
import {Roles} from "../../../contracts/governance/Roles.sol";
import {Treasury} from "../../../contracts/governance/Treasury.sol";
import {StakingManager} from "../../../contracts/staking/StakingManager.sol";
import {GovernanceDeployer} from "../../../script/GovernanceDeployer.sol";
import {FakeStakeVotes} from "../../fixture/FakeStakeVotes.sol";
import {GovernanceFactory} from "../../fixture/GovernanceFactory.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";
import {Vm} from "forge-std/Vm.sol";

contract GovernanceDeployerHandOverTest is Test {
    uint256 private constant START = 1_800_000_000;

    GovernanceFactory private factory;
    GovernanceDeployer.Governance private g;
    GovernedValue private court;
    address private guardian = makeAddr("guardian");
    address private brakeGuardian = makeAddr("brakeGuardian");
    address private keeper = makeAddr("keeper");

    function setUp() public {
        vm.warp(START);
        vm.chainId(1);
        IERC20 token = IERC20(vm.deployCode("OpenToken.sol:OpenToken", abi.encode(address(this))));
        factory = GovernanceFactory(vm.deployCode("GovernanceFactory.sol:GovernanceFactory"));
        address[] memory guardians = new address[](1);
        guardians[0] = brakeGuardian;
        FakeStakeVotes stake = new FakeStakeVotes();
        vm.recordLogs();
        g = factory.deploy(token, stake, guardian, guardians);
        court = new GovernedValue(address(g.manager));
        factory.grant(g.manager, _members(Roles.SLASHER, address(court)));
    }

    function test_RolesAndDelays() public {
        factory.handOver(g, address(factory), address(0));

        _assertMember(Roles.ADMIN, address(g.governor), 10 days);
        _assertMember(Roles.PARAMETERS, address(g.governor), 2 days);
        _assertMember(Roles.UPGRADES, address(g.governor), 10 days);
        _assertMember(Roles.STAKING, address(g.governor), 25 days);
        _assertMember(Roles.BRAKE, address(g.brake), 0);
        _assertMember(Roles.SLASHER, address(court), 0);
        uint64[2][4] memory none = [[Roles.BRAKE, 0], [Roles.SLASHER, 0], [Roles.COURT, 0], [Roles.MODERATOR, 0]];
        for (uint256 i; i < none.length; ++i) {
            (bool member,) = g.manager.hasRole(none[i][0], address(g.governor));
            assertFalse(member);
        }
        _assertRole(Treasury.spend.selector, address(g.treasury), Roles.PARAMETERS);
        _assertRole(Treasury.fundStream.selector, address(g.treasury), Roles.PARAMETERS);
        _assertRole(Treasury.spendBeyondLimit.selector, address(g.treasury), Roles.ADMIN);
        _assertRole(EmergencyBrake.setGuardian.selector, address(g.brake), Roles.PARAMETERS);
        _assertRole(EmergencyBrake.registerBit.selector, address(g.brake), Roles.ADMIN);
        _assertRole(EmergencyBrake.retireBit.selector, address(g.brake), Roles.ADMIN);
        assertTrue(g.brake.isGuardian(brakeGuardian));
        assertEq(g.governor.proposalGuardian(), guardian);
    }

    /// @dev They are in force 5 days after they are set; the first proposal ends after 9 at the earliest.
    function test_GrantAndAdminDelays() public {
        factory.handOver(g, address(factory), address(0));
        uint32[8] memory expected = [uint32(10 days), 2 days, 10 days, 25 days, 2 days, 25 days, 25 days, 10 days];

        vm.warp(START + 5 days - 1);
        assertEq(g.manager.getRoleGrantDelay(Roles.STAKING), 0);
        assertEq(g.manager.getTargetAdminDelay(address(g.treasury)), 0);
        vm.warp(START + 5 days);
        for (uint64 role; role < 8; ++role) {
            assertEq(g.manager.getRoleGrantDelay(role), expected[role]);
        }
        assertEq(g.manager.getTargetAdminDelay(address(g.treasury)), 10 days);
        assertEq(g.manager.getTargetAdminDelay(address(g.brake)), 10 days);
        assertGe(g.governor.votingDelay() + g.governor.votingPeriod(), 9 days);
    }

    /// @dev Every account that was ever granted a role, by the events, and still holds it, is a contract; none is the deployer.
    function test_GOV1_NoExternallyOwnedAccountHoldsARole() public {
        factory.handOver(g, address(factory), address(0));

        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 held;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != IAccessManager.RoleGranted.selector) continue;
            uint64 role = uint64(uint256(logs[i].topics[1]));
            address account = address(uint160(uint256(logs[i].topics[2])));
            (uint48 since,,,) = g.manager.getAccess(role, account);
            if (since == 0) continue;
            ++held;
            assertGt(account.code.length, 0, "GOV-1 no code");
            assertNotEq(account, address(factory), "GOV-1 deployer");
        }
        assertEq(held, 6);
        factory.requireHandedOver(g, _deployers(), _members(Roles.SLASHER, address(court)));
    }

    function test_Labels() public {
        string[7] memory labels = ["PARAMETERS", "UPGRADES", "STAKING", "BRAKE", "SLASHER", "COURT", "MODERATOR"];

        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 seen;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != IAccessManager.RoleLabel.selector) continue;
            assertEq(abi.decode(logs[i].data, (string)), labels[uint256(logs[i].topics[1]) - 1]);
            ++seen;
        }
        assertEq(seen, 7);
    }

    function test_RevertWhen_AKeyKeepsAdminElsewhere() public {
        vm.expectRevert(abi.encodeWithSelector(GovernanceDeployer.GovernanceDeployer_AdminKept.selector, keeper, 1));
        factory.handOver(g, address(factory), keeper);
    }

    function test_AKeyMayKeepTheRolesLocally() public {
        vm.chainId(31_337);
        factory.handOver(g, address(factory), keeper);

        for (uint64 role; role <= Roles.STAKING; ++role) {
            _assertMember(role, keeper, 0);
        }
        address[] memory accounts = new address[](1);
        accounts[0] = keeper;
        vm.expectRevert(
            abi.encodeWithSelector(GovernanceDeployer.GovernanceDeployer_RoleKept.selector, Roles.ADMIN, keeper)
        );
        factory.requireHandedOver(g, accounts, _members(Roles.SLASHER, address(court)));
    }

    /// @dev The deployer itself may be the key.
    function test_TheDeployerMayKeepTheRolesLocally() public {
        vm.chainId(31_337);
        factory.handOver(g, address(factory), address(factory));

        _assertMember(Roles.ADMIN, address(factory), 0);
        _assertMember(Roles.STAKING, address(factory), 0);
        _assertMember(Roles.STAKING, address(g.governor), 25 days);
    }

    function test_RequireHandedOver_RevertWhen_NotHandedOver() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                GovernanceDeployer.GovernanceDeployer_RoleKept.selector, Roles.ADMIN, address(factory)
            )
        );
        factory.requireHandedOver(g, _deployers(), _members(Roles.SLASHER, address(court)));
        vm.expectRevert(
            abi.encodeWithSelector(
                GovernanceDeployer.GovernanceDeployer_NotMember.selector, Roles.ADMIN, address(g.governor)
            )
        );
        factory.requireHandedOver(g, new address[](0), _members(Roles.SLASHER, address(court)));
    }

    /// @dev A longer delay is in force at once.
    function test_RequireHandedOver_AfterADelayWasMadeLonger() public {
        factory.run(
            address(g.manager), abi.encodeCall(g.manager.grantRole, (Roles.UPGRADES, address(g.governor), 10 days - 1))
        );
        factory.handOver(g, address(factory), address(0));
        factory.requireHandedOver(g, _deployers(), _members(Roles.SLASHER, address(court)));
    }

    function test_RequireHandedOver_RevertWhen_ADelayIsStillLonger() public {
        factory.run(
            address(g.manager), abi.encodeCall(g.manager.grantRole, (Roles.UPGRADES, address(g.governor), 11 days))
        );
        factory.handOver(g, address(factory), address(0));

        vm.expectRevert(
            abi.encodeWithSelector(
                GovernanceDeployer.GovernanceDeployer_WrongDelay.selector, Roles.UPGRADES, 11 days, 10 days
            )
        );
        factory.requireHandedOver(g, _deployers(), _members(Roles.SLASHER, address(court)));
    }

    /// @dev Right today, but about to be shortened.
    function test_RequireHandedOver_RevertWhen_ADelayIsPending() public {
        factory.handOver(g, address(factory), address(0));
        vm.prank(address(g.governor));
        g.manager
            .schedule(
                address(g.manager), abi.encodeCall(g.manager.grantRole, (Roles.STAKING, address(g.governor), 1 days)), 0
            );
        vm.warp(START + 10 days);
        vm.prank(address(g.governor));
        g.manager.grantRole(Roles.STAKING, address(g.governor), 1 days);

        vm.expectRevert(
            abi.encodeWithSelector(
                GovernanceDeployer.GovernanceDeployer_WrongDelay.selector, Roles.STAKING, 1 days, 25 days
            )
        );
        factory.requireHandedOver(g, _deployers(), _members(Roles.SLASHER, address(court)));
    }

    function test_RequireHandedOver_RevertWhen_AMemberIsExternallyOwned() public {
        GovernanceDeployer.Member[] memory members = _members(Roles.COURT, keeper);
        factory.grant(g.manager, members);
        factory.handOver(g, address(factory), address(0));

        vm.expectRevert(
            abi.encodeWithSelector(GovernanceDeployer.GovernanceDeployer_ExternallyOwned.selector, Roles.COURT, keeper)
        );
        factory.requireHandedOver(g, _deployers(), members);
    }

    function test_RequireHandedOver_RevertWhen_ARoleHasAnotherAdmin() public {
        factory.run(address(g.manager), abi.encodeCall(g.manager.setRoleAdmin, (Roles.COURT, Roles.BRAKE)));
        factory.run(address(g.manager), abi.encodeCall(g.manager.setRoleGuardian, (Roles.COURT, Roles.MODERATOR)));
        factory.handOver(g, address(factory), address(0));

        vm.expectRevert(
            abi.encodeWithSelector(
                GovernanceDeployer.GovernanceDeployer_RoleNotAdministered.selector,
                Roles.COURT,
                Roles.BRAKE,
                Roles.MODERATOR
            )
        );
        factory.requireHandedOver(g, _deployers(), _members(Roles.SLASHER, address(court)));
    }

    /// @dev New code of a slasher could take stake in 10 days, while stake leaves in 21.
    function test_RequireHandedOver_RevertWhen_ASlasherUpgradesFasterThanStakeLeaves() public {
        address slasher = address(new StakingManager(IERC20(address(1)), address(1), 1, 5000));
        GovernanceDeployer.Member[] memory members = _members(Roles.SLASHER, slasher);
        factory.grant(g.manager, members);
        factory.restrictUpgrades(g.manager, slasher, false);
        uint256 wired = vm.snapshotState();
        factory.handOver(g, address(factory), address(0));
        vm.expectRevert(
            abi.encodeWithSelector(
                GovernanceDeployer.GovernanceDeployer_UpgradeTooFast.selector, slasher, Roles.UPGRADES
            )
        );
        factory.requireHandedOver(g, _deployers(), members);
        vm.revertToState(wired);
        factory.restrictUpgrades(g.manager, slasher, true);
        factory.handOver(g, address(factory), address(0));
        factory.requireHandedOver(g, _deployers(), members);
    }

    function test_RequireRestricted() public {
        GovernanceDeployer.Restriction[] memory restrictions = new GovernanceDeployer.Restriction[](2);
        for (uint256 i; i < 2; ++i) {
            restrictions[i] = GovernanceDeployer.Restriction(address(court), uint64(i + 1), new bytes4[](1));
        }
        restrictions[0].selectors[0] = GovernedValue.setValue.selector;
        restrictions[1].selectors[0] = GovernedValue.setStakeValue.selector;
        factory.restrict(g.manager, restrictions[0]);

        vm.expectRevert(
            abi.encodeWithSelector(
                GovernanceDeployer.GovernanceDeployer_WrongRole.selector,
                address(court),
                GovernedValue.setStakeValue.selector,
                Roles.ADMIN,
                Roles.UPGRADES
            )
        );
        factory.requireRestricted(g.manager, restrictions);
        factory.restrict(g.manager, restrictions[1]);
        factory.requireRestricted(g.manager, restrictions);
    }

    function _members(uint64 role, address account) private pure returns (GovernanceDeployer.Member[] memory members) {
        members = new GovernanceDeployer.Member[](1);
        members[0] = GovernanceDeployer.Member(role, account);
    }

    function _deployers() private view returns (address[] memory accounts) {
        accounts = new address[](3);
        (accounts[0], accounts[1], accounts[2]) = (address(factory), guardian, brakeGuardian);
    }

    function _assertMember(uint64 role, address account, uint32 delay) private view {
        (bool member, uint32 actual) = g.manager.hasRole(role, account);
        assertTrue(member, "member");
        assertEq(actual, delay, "delay");
    }

    function _assertRole(bytes4 selector, address target, uint64 role) private view {
        assertEq(g.manager.getTargetFunctionRole(target, selector), role);
    }
}
