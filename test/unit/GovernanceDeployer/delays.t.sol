// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Roles} from "../../../contracts/governance/Roles.sol";
import {GovernanceFixture} from "../../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

/// @notice A captured vote against the 25 days of STAKING: no way round is shorter, from the end of the vote to the effect.
contract GovernanceDeployerDelaysTest is GovernanceFixture {
    address private thief = makeAddr("thief");
    uint256 private queuedAt;

    function setUp() public override {
        super.setUp();
        _wrap(alice, 20_000_000e18);
        vm.warp(block.timestamp + 1);
    }

    function test_GrantingTheRole() public {
        _enactAdmin(abi.encodeCall(manager.grantRole, (Roles.STAKING, thief, 0)), 10 days);

        _assertThiefWaits();
        vm.warp(queuedAt + 35 days - 1);
        _assertThiefWaits();
        vm.warp(queuedAt + 35 days);
        vm.prank(thief);
        target.setStakeValue(1);
    }

    function test_RevokingAndGrantingTheGovernorsOwn() public {
        Proposal memory p =
            _proposal(address(manager), abi.encodeCall(manager.revokeRole, (Roles.STAKING, address(governor))));
        p = _and(p, address(manager), abi.encodeCall(manager.grantRole, (Roles.STAKING, address(governor), 0)));
        _enact(p);

        (uint48 since, uint32 delay,,) = manager.getAccess(Roles.STAKING, address(governor));
        assertEq(since, block.timestamp + 25 days);
        assertEq(delay, 0);
    }

    function test_ShorteningTheGovernorsOwn() public {
        _enactAdmin(abi.encodeCall(manager.grantRole, (Roles.STAKING, address(governor), 0)), 10 days);

        (, uint32 delay, uint32 pending, uint48 effect) = manager.getAccess(Roles.STAKING, address(governor));
        assertEq(delay, 25 days);
        assertEq(pending, 0);
        assertEq(effect, queuedAt + 35 days);
    }

    function test_ShorteningTheGrantDelay() public {
        _enactAdmin(abi.encodeCall(manager.setGrantDelay, (Roles.STAKING, 0)), 10 days);

        vm.warp(queuedAt + 35 days - 1);
        assertEq(manager.getRoleGrantDelay(Roles.STAKING), 25 days);
        vm.warp(queuedAt + 35 days);
        assertEq(manager.getRoleGrantDelay(Roles.STAKING), 0);
    }

    function test_ShorteningTheTargetsAdminDelay() public {
        _enactAdmin(abi.encodeCall(manager.setTargetAdminDelay, (address(target), 0)), 25 days);

        vm.warp(queuedAt + 50 days - 1);
        assertEq(manager.getTargetAdminDelay(address(target)), 25 days);
        vm.warp(queuedAt + 50 days);
        assertEq(manager.getTargetAdminDelay(address(target)), 0);
    }

    function test_AssigningTheFunctionToAFasterRole() public {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = GovernedValue.setStakeValue.selector;
        _enactAdmin(
            abi.encodeCall(manager.setTargetFunctionRole, (address(target), selectors, Roles.PARAMETERS)), 25 days
        );

        assertEq(manager.getTargetFunctionRole(address(target), selectors[0]), Roles.PARAMETERS);
    }

    function test_OpeningTheFunctionToEverybody() public {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = GovernedValue.setStakeValue.selector;
        _enactAdmin(
            abi.encodeCall(manager.setTargetFunctionRole, (address(target), selectors, manager.PUBLIC_ROLE())), 25 days
        );
    }

    function test_GivingTheTargetAnotherAuthority() public {
        _enactAdmin(abi.encodeCall(manager.updateAuthority, (address(target), address(gOpen))), 25 days);

        assertEq(target.authority(), address(gOpen));
    }

    /// @dev Grants by a faster role's members still take the grant's own delay.
    function test_GivingTheRoleAFasterAdmin() public {
        _enactAdmin(abi.encodeCall(manager.setRoleAdmin, (Roles.STAKING, Roles.PARAMETERS)), 10 days);
        _enactAdmin(abi.encodeCall(manager.grantRole, (Roles.STAKING, thief, 0)), 10 days);

        (uint48 since,,,) = manager.getAccess(Roles.STAKING, thief);
        assertEq(since, block.timestamp + 25 days);
    }

    /// @dev Who slashes takes stake: the role of slashers is no faster.
    function test_GrantingSlasher() public {
        _enactAdmin(abi.encodeCall(manager.grantRole, (Roles.SLASHER, thief, 0)), 10 days);

        (uint48 since,,,) = manager.getAccess(Roles.SLASHER, thief);
        assertEq(since, queuedAt + 35 days);
    }

    function test_GrantingAdmin() public {
        _enactAdmin(abi.encodeCall(manager.grantRole, (Roles.ADMIN, thief, 0)), 10 days);

        (uint48 since,,,) = manager.getAccess(Roles.ADMIN, thief);
        assertEq(since, queuedAt + 20 days);
    }

    /// @dev Nested in the manager's own multicall, an administrative call is nobody's.
    function test_Multicall() public {
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(manager.grantRole, (Roles.STAKING, thief, 0));
        Proposal memory p = _proposal(address(manager), abi.encodeCall(manager.multicall, (calls)));
        _pass(p);
        _queue(p);
        vm.warp(governor.proposalEta(p.id));

        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessManager.AccessManagerUnauthorizedAccount.selector, address(manager), Roles.ADMIN
            )
        );
        _execute(p);
    }

    function _enactAdmin(bytes memory data, uint256 delay) private {
        Proposal memory p = _proposal(address(manager), data);
        _pass(p);
        _queue(p);
        queuedAt = block.timestamp;
        assertEq(governor.proposalEta(p.id), queuedAt + delay, "delay");
        vm.warp(queuedAt + delay);
        _execute(p);
    }

    function _assertThiefWaits() private {
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", thief));
        vm.prank(thief);
        target.setStakeValue(1);
    }
}
