// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Roles} from "../contracts/governance/Roles.sol";
import {AddressPredictor} from "./AddressPredictor.sol";
import {Deployment} from "./Deployment.sol";
import {ProtocolRoles} from "./ProtocolRoles.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {console} from "forge-std/console.sol";

/// @title DeploymentReport
/// @notice Prints a deployment: every address, role and delay, as the access manager says them.
abstract contract DeploymentReport is AddressPredictor, ProtocolRoles {
    struct Named {
        string name;
        address account;
    }

    /// @notice The contracts by the names of the deployment file, in its order.
    function _contractsOf(Deployment memory d) internal pure returns (Named[] memory c) {
        c = new Named[](23);
        c[0] = Named("accessManager", address(d.accessManager));
        c[1] = Named("openToken", address(d.token));
        c[2] = Named("burnQueue", address(d.burnQueue));
        c[3] = Named("stakingManager", address(d.staking));
        c[4] = Named("gOpen", address(d.governance.gOpen));
        c[5] = Named("openGovernor", address(d.governance.governor));
        c[6] = Named("treasury", address(d.governance.treasury));
        c[7] = Named("emergencyBrake", address(d.governance.brake));
        c[8] = Named("datanetRegistry", address(d.datanets));
        c[9] = Named("contributionRegistry", address(d.contributions));
        c[10] = Named("datanetValidators", address(d.validators));
        c[11] = Named("modelRegistry", address(d.models));
        c[12] = Named("rewardDistributor", address(d.distributor));
        c[13] = Named("receiptCourt", address(d.courts.receiptCourt));
        c[14] = Named("receiptVerifier", address(d.courts.receiptVerifier));
        c[15] = Named("epochCourt", address(d.epochCourt));
        c[16] = Named("attributionOracle", address(d.oracle));
        c[17] = Named("inferenceMarket", address(d.market));
        c[18] = Named("agentRegistry", address(d.agents));
        c[19] = Named("agentReputation", address(d.reputation));
        c[20] = Named("jury", address(d.courts.jury));
        c[21] = Named("disputeManager", address(d.courts.disputes));
        c[22] = Named("genesis", d.genesis);
    }

    function _print(Deployment memory d) internal view {
        Named[] memory contracts = _contractsOf(d);
        console.log("CONTRACTS");
        for (uint256 i = 0; i < contracts.length; ++i) {
            if (contracts[i].account != address(0)) console.log("  %s %s", contracts[i].account, contracts[i].name);
        }
        console.log(
            "ROLES: holder, seconds before it acts, seconds before a new grant counts (from 5 days after this on)"
        );
        for (uint64 role = Roles.ADMIN; role <= Roles.STAKING; ++role) {
            _printHolder(d, contracts, role, address(d.governance.governor));
        }
        _printHolder(d, contracts, Roles.BRAKE, address(d.governance.brake));
        Member[] memory members = _membersOf(d);
        for (uint256 i = 0; i < members.length; ++i) {
            _printHolder(d, contracts, members[i].role, members[i].account);
        }
        console.log("FUNCTIONS: role, seconds before what it calls is done");
        _printFunctions(d, contracts, _restrictionsOf(d));
        console.log("UPGRADES");
        _printUpgrades(d, contracts, _stakeTouching(d));
        _printUpgrades(d, contracts, _otherProxies(d));
        console.log("PAUSES by the brake");
        PauseBit[] memory bits = _pauseBitsOf(d);
        for (uint256 i = 0; i < bits.length; ++i) {
            console.log("  %s", bits[i].label);
        }
    }

    function _printHolder(Deployment memory d, Named[] memory contracts, uint64 role, address holder) private view {
        (uint48 since, uint32 delay,,) = d.accessManager.getAccess(role, holder);
        string memory held =
            since == 0 ? "HOLDS NOTHING" : string.concat(_number(delay), " ", _number(_grantDelayOf(role)));
        _line(_roleName(role), _nameOf(contracts, holder), held);
    }

    function _printFunctions(Deployment memory d, Named[] memory contracts, Restriction[] memory r) private view {
        for (uint256 i = 0; i < r.length; ++i) {
            for (uint256 j = 0; j < r[i].selectors.length; ++j) {
                _printFunction(d, contracts, r[i].target, r[i].selectors[j]);
            }
        }
    }

    function _printUpgrades(Deployment memory d, Named[] memory contracts, address[] memory proxies) private view {
        for (uint256 i = 0; i < proxies.length; ++i) {
            _printFunction(d, contracts, proxies[i], UUPSUpgradeable.upgradeToAndCall.selector);
        }
    }

    function _printFunction(Deployment memory d, Named[] memory contracts, address target, bytes4 selector)
        private
        view
    {
        uint64 role = d.accessManager.getTargetFunctionRole(target, selector);
        string memory called =
            string.concat(_nameOf(contracts, target), ".", FORGE.toString(abi.encodePacked(selector)));
        _line(called, _roleName(role), role <= Roles.STAKING ? _number(_delayOf(role)) : "0");
    }

    function _line(string memory a, string memory b, string memory c) private pure {
        console.log("  %s %s %s", a, b, c);
    }

    function _number(uint256 value) private pure returns (string memory) {
        return FORGE.toString(value);
    }

    function _nameOf(Named[] memory contracts, address account) private pure returns (string memory) {
        for (uint256 i = 0; i < contracts.length; ++i) {
            if (contracts[i].account == account) return contracts[i].name;
        }
        return "?";
    }

    function _roleName(uint64 role) private pure returns (string memory) {
        return role == Roles.ADMIN ? "ADMIN" : _labelOf(role);
    }
}
