// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EmergencyBrake} from "../contracts/governance/EmergencyBrake.sol";
import {GOpen} from "../contracts/governance/GOpen.sol";
import {OpenGovernor} from "../contracts/governance/OpenGovernor.sol";
import {Roles} from "../contracts/governance/Roles.sol";
import {Treasury} from "../contracts/governance/Treasury.sol";
import {IEmergencyBrake} from "../contracts/interfaces/IEmergencyBrake.sol";
import {IStakeVotes} from "../contracts/interfaces/IStakeVotes.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title GovernanceDeployer
/// @notice Deploys governance, gives each function its role and each role its delay, and hands everything over.
/// @dev Each call has to come from the access manager's first admin, the deployer: broadcast or pranked by the caller. In this
/// order: `_deployGovernance` as soon as token and staking lie somewhere, `_wireGovernance`, `_restrict`, `_grant` and
/// `_registerBits` for the contracts it governs, `_handOver`, `_requireHandedOver`.
///
/// Why the delays hold. What a role may do takes its delay; so does granting the role anew (grant delay), assigning its functions
/// to another role or another authority (the target's admin delay), and shortening any of these (the access manager waits for
/// the difference). Delays of grants and of targets are in force 5 days after they are set: earlier than the first
/// proposal can end, since voting alone takes 9.
abstract contract GovernanceDeployer {
    struct Governance {
        AccessManager manager;
        GOpen gOpen;
        OpenGovernor governor;
        Treasury treasury;
        EmergencyBrake brake;
    }

    /// @notice Functions of a target that one role may call.
    struct Restriction {
        address target;
        uint64 role;
        bytes4[] selectors;
    }

    /// @notice A contract that holds a role without a delay.
    struct Member {
        uint64 role;
        address account;
    }

    struct PauseBit {
        address target;
        bytes4 selector;
        IEmergencyBrake.Kind kind;
        string label;
    }

    error GovernanceDeployer_AdminKept(address admin, uint256 chainId);
    error GovernanceDeployer_RoleKept(uint64 role, address account);
    error GovernanceDeployer_NotMember(uint64 role, address account);
    error GovernanceDeployer_WrongDelay(uint64 role, uint32 delay, uint32 expected);
    error GovernanceDeployer_ExternallyOwned(uint64 role, address account);
    error GovernanceDeployer_RoleNotAdministered(uint64 role, uint64 admin, uint64 guardian);
    error GovernanceDeployer_UpgradeTooFast(address target, uint64 role);
    error GovernanceDeployer_WrongRole(address target, bytes4 selector, uint64 role, uint64 expected);

    uint64 internal constant ROLE_COUNT = 8;
    uint256 private constant LOCAL_CHAIN = 31_337;

    /// @param guardian Vetoes proposals; a multi-signature contract.
    function _deployGovernance(AccessManager manager, IERC20 token, IStakeVotes stake, address guardian)
        internal
        returns (Governance memory g)
    {
        g.manager = manager;
        g.gOpen = new GOpen(token);
        g.governor = new OpenGovernor(g.gOpen, stake, manager, guardian);
        g.treasury = new Treasury(address(manager), token);
        g.brake = new EmergencyBrake(address(manager));
    }

    /// @notice Names the roles, sets the delays of their grants, and wires treasury and brake.
    /// @param brakeGuardians Pull the brake; multi-signature contracts.
    function _wireGovernance(Governance memory g, address[] memory brakeGuardians) internal {
        for (uint64 role = 0; role < ROLE_COUNT; ++role) {
            if (role != Roles.ADMIN) g.manager.labelRole(role, _labelOf(role));
            g.manager.setGrantDelay(role, _grantDelayOf(role));
        }
        g.manager.grantRole(Roles.BRAKE, address(g.brake), 0);
        // before the brake's functions get their role, while they are still the deployer's
        for (uint256 i = 0; i < brakeGuardians.length; ++i) {
            g.brake.setGuardian(brakeGuardians[i], true);
        }

        bytes4[] memory selectors = new bytes4[](2);
        (selectors[0], selectors[1]) = (Treasury.spend.selector, Treasury.fundStream.selector);
        _restrict(g.manager, Restriction(address(g.treasury), Roles.PARAMETERS, selectors));
        _protect(g.manager, address(g.treasury), _delayOf(Roles.ADMIN));
        _restrict(
            g.manager, Restriction(address(g.brake), Roles.PARAMETERS, _only(EmergencyBrake.setGuardian.selector))
        );
        _protect(g.manager, address(g.brake), _delayOf(Roles.ADMIN));
    }

    /// @notice Gives functions of a target their role. What is restricted and given none stays with ADMIN.
    function _restrict(AccessManager manager, Restriction memory r) internal {
        manager.setTargetFunctionRole(r.target, r.selectors, r.role);
    }

    /// @notice Gives a proxy's upgrades their role, and its whole configuration in the access manager the same delay.
    /// @param touchesStake Whether its code can slash or lock stake, by itself or through a contract that obeys it. Then its
    /// upgrades take as long as the staking manager's own: else stake could not leave before new code takes it.
    function _restrictUpgrades(AccessManager manager, address target, bool touchesStake) internal {
        uint64 role = touchesStake ? Roles.STAKING : Roles.UPGRADES;
        _restrict(manager, Restriction(target, role, _only(UUPSUpgradeable.upgradeToAndCall.selector)));
        _protect(manager, target, _delayOf(role));
    }

    /// @notice Makes the configuration of a target in the access manager take a delay.
    function _protect(AccessManager manager, address target, uint32 delay) internal {
        manager.setTargetAdminDelay(target, delay);
    }

    function _grant(AccessManager manager, Member[] memory members) internal {
        for (uint256 i = 0; i < members.length; ++i) {
            manager.grantRole(members[i].role, members[i].account, 0);
        }
    }

    /// @notice Makes functions pausable: registers them with the brake and gives them the BRAKE role.
    function _registerBits(Governance memory g, PauseBit[] memory bits) internal {
        for (uint256 i = 0; i < bits.length; ++i) {
            PauseBit memory bit = bits[i];
            g.brake.registerBit(bit.target, bit.selector, bit.kind, bit.label);
            _restrict(g.manager, Restriction(bit.target, Roles.BRAKE, _only(bit.selector)));
        }
    }

    /// @notice Gives the governor its roles with their delays and takes all roles from the deployer.
    /// @param keeper On the local chain an account that gets the governor's roles as well, without delays; 0 elsewhere.
    function _handOver(Governance memory g, address deployer, address keeper) internal {
        if (keeper != address(0) && block.chainid != LOCAL_CHAIN) {
            revert GovernanceDeployer_AdminKept(keeper, block.chainid);
        }
        for (uint64 role = 0; role <= Roles.STAKING; ++role) {
            g.manager.grantRole(role, address(g.governor), _delayOf(role));
            if (keeper != address(0)) g.manager.grantRole(role, keeper, 0);
        }
        // ADMIN last: the others are renounced without it, but a failure leaves an admin behind
        for (uint64 i = 1; i <= ROLE_COUNT; ++i) {
            uint64 role = ROLE_COUNT - i;
            if (deployer != keeper || role > Roles.STAKING) g.manager.renounceRole(role, deployer);
        }
    }

    /// @notice Reverts unless the governor, with its delays, and contracts alone hold roles, of those that are given.
    /// @dev The access manager cannot list members: who else was ever granted a role is in its `RoleGranted` events.
    /// @param accounts Those that may never hold a role: the deployer and whoever else took part.
    /// @param members The contracts that were granted one.
    function _requireHandedOver(Governance memory g, address[] memory accounts, Member[] memory members) internal view {
        for (uint64 role = 0; role < ROLE_COUNT; ++role) {
            for (uint256 i = 0; i < accounts.length; ++i) {
                (uint48 since,,,) = g.manager.getAccess(role, accounts[i]);
                if (since != 0) revert GovernanceDeployer_RoleKept(role, accounts[i]);
            }
            uint64 admin = g.manager.getRoleAdmin(role);
            uint64 guardian = g.manager.getRoleGuardian(role);
            if (admin != Roles.ADMIN || guardian != Roles.ADMIN) {
                revert GovernanceDeployer_RoleNotAdministered(role, admin, guardian);
            }
            if (role <= Roles.STAKING) _requireMember(g.manager, role, address(g.governor), _delayOf(role));
        }
        _requireMember(g.manager, Roles.BRAKE, address(g.brake), 0);
        for (uint256 i = 0; i < members.length; ++i) {
            _requireMember(g.manager, members[i].role, members[i].account, 0);
            if (members[i].role == Roles.SLASHER || members[i].role == Roles.COURT) {
                _requireSlowUpgrades(g.manager, members[i].account);
            }
        }
    }

    /// @notice Reverts unless each function has its role. What was forgotten would be ADMIN's, for staking too fast.
    function _requireRestricted(AccessManager manager, Restriction[] memory restrictions) internal view {
        for (uint256 i = 0; i < restrictions.length; ++i) {
            Restriction memory r = restrictions[i];
            for (uint256 j = 0; j < r.selectors.length; ++j) {
                uint64 role = manager.getTargetFunctionRole(r.target, r.selectors[j]);
                if (role != r.role) {
                    revert GovernanceDeployer_WrongRole(r.target, r.selectors[j], role, r.role);
                }
            }
        }
    }

    /// @notice Seconds from scheduling to execution of what the governor does by a role.
    function _delayOf(uint64 role) internal pure returns (uint32) {
        if (role == Roles.PARAMETERS) return 2 days;
        if (role == Roles.STAKING) return 25 days;
        return 10 days;
    }

    /// @notice Seconds from a grant of a role to its force: at least what its members do takes.
    function _grantDelayOf(uint64 role) internal pure returns (uint32) {
        if (role == Roles.PARAMETERS || role == Roles.BRAKE) return 2 days;
        // who slashes, or tells the court what to slash, takes stake: stake has to be able to leave first
        if (role == Roles.STAKING || role == Roles.SLASHER || role == Roles.COURT) return 25 days;
        return 10 days;
    }

    function _only(bytes4 selector) internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](1);
        selectors[0] = selector;
    }

    function _requireMember(AccessManager manager, uint64 role, address account, uint32 expected) private view {
        if (account.code.length == 0) revert GovernanceDeployer_ExternallyOwned(role, account);
        (uint48 since, uint32 delay, uint32 pending, uint48 effect) = manager.getAccess(role, account);
        if (since == 0 || since > block.timestamp) revert GovernanceDeployer_NotMember(role, account);
        if (delay != expected || effect != 0) {
            revert GovernanceDeployer_WrongDelay(role, delay != expected ? delay : pending, expected);
        }
    }

    /// @dev A contract without upgrades has given the function no role: ADMIN's would be refused by its absence.
    function _requireSlowUpgrades(AccessManager manager, address target) private view {
        bytes4 selector = UUPSUpgradeable.upgradeToAndCall.selector;
        uint64 role = manager.getTargetFunctionRole(target, selector);
        if (role != Roles.STAKING && _isUpgradeable(target)) revert GovernanceDeployer_UpgradeTooFast(target, role);
    }

    function _isUpgradeable(address target) private view returns (bool known) {
        (known,) = target.staticcall(abi.encodeWithSignature("UPGRADE_INTERFACE_VERSION()"));
    }

    function _labelOf(uint64 role) internal pure returns (string memory) {
        if (role == Roles.PARAMETERS) return "PARAMETERS";
        if (role == Roles.UPGRADES) return "UPGRADES";
        if (role == Roles.STAKING) return "STAKING";
        if (role == Roles.BRAKE) return "BRAKE";
        if (role == Roles.SLASHER) return "SLASHER";
        if (role == Roles.COURT) return "COURT";
        return "MODERATOR";
    }
}
