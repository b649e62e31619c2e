// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Roles} from "../contracts/governance/Roles.sol";
import {VoteCountLib} from "../contracts/governance/VoteCountLib.sol";
import {IEmergencyBrake} from "../contracts/interfaces/IEmergencyBrake.sol";
import {IJury} from "../contracts/interfaces/IJury.sol";
import {AddressPredictor} from "./AddressPredictor.sol";
import {Config, Deployment} from "./Deployment.sol";
import {FunctionNames} from "./FunctionNames.sol";
import {ProtocolRoles} from "./ProtocolRoles.sol";
import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {console} from "forge-std/console.sol";

/// @title DeploymentReport
/// @notice Prints a deployment: every address, role and delay, as the access manager says them.
abstract contract DeploymentReport is AddressPredictor, ProtocolRoles, FunctionNames {
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

    function _print(Deployment memory d, Config memory config) internal view {
        Named[] memory contracts = _contractsOf(d);
        _printContracts(d, contracts);
        _printParties(d, config);
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
        _printFunctions(d, contracts, _governanceRestrictionsOf(d));
        _printFunctions(d, contracts, _restrictionsOf(d));
        console.log("UPGRADES: role, seconds; and seconds before a change of the target's roles counts");
        _printUpgrades(d, contracts, _stakeTouching(d));
        _printUpgrades(d, contracts, _otherProxies(d));
        console.log("PAUSES by the brake, each ends by itself: W 7 days at a time, 14 in 60; E 72 hours in 60 days");
        PauseBit[] memory bits = _pauseBitsOf(d);
        for (uint256 i = 0; i < bits.length; ++i) {
            console.log("  %s %s", bits[i].label, bits[i].kind == IEmergencyBrake.Kind.Work ? "W" : "E");
        }
        _printClocks(d);
    }

    function _printContracts(Deployment memory d, Named[] memory contracts) private view {
        console.log("CONTRACTS");
        for (uint256 i = 0; i < contracts.length; ++i) {
            address account = contracts[i].account;
            if (account == address(0)) continue;
            console.log("  %s %s", account, contracts[i].name);
            address code = _implementationOf(account);
            if (code == address(0)) continue;
            console.log("  %s %s code", code, contracts[i].name);
            if (account != address(d.market)) continue;
            // the implementation makes its two parts
            console.log("  %s %s accounts", FORGE.computeCreateAddress(code, 1), contracts[i].name);
            console.log("  %s %s dues", FORGE.computeCreateAddress(code, 2), contracts[i].name);
        }
        console.log("  %s %s", address(VoteCountLib), "voteCountLib");
    }

    function _printParties(Deployment memory d, Config memory config) private view {
        console.log("PARTIES");
        console.log("  %s %s", d.market.security(), "security");
        console.log("  %s %s", d.governance.governor.proposalGuardian(), "guardian: vetoes proposals");
        for (uint256 i = 0; i < config.brakeGuardians.length; ++i) {
            if (d.governance.brake.isGuardian(config.brakeGuardians[i])) {
                console.log("  %s %s", config.brakeGuardians[i], "brakeGuardian: pulls the brake");
            }
        }
        if (config.keeper != address(0)) console.log("  %s %s", config.keeper, "keeper: governs this local chain");
    }

    /// @dev As the contracts themselves say.
    function _printClocks(Deployment memory d) private view {
        console.log("CLOCKS in seconds");
        _clock("governor.votingDelay", d.governance.governor.votingDelay());
        _clock("governor.votingPeriod", d.governance.governor.votingPeriod());
        _clock("governor.lateQuorumExtension", d.governance.governor.lateQuorumVoteExtension());
        _clock("governor.queuePeriod", d.governance.governor.QUEUE_PERIOD());
        _clock("governor.executionPeriod", d.governance.governor.EXECUTION_PERIOD());
        _clock("distributor.window", d.distributor.window());
        _clock("oracle.epochPeriod", d.oracle.epochPeriod());
        _clock("oracle.revealPeriod", d.oracle.revealPeriod());
        _clock("receiptCourt.trialPeriod", d.courts.receiptCourt.trialPeriod());
        _clock("receiptCourt.revealPeriod", d.courts.receiptCourt.revealPeriod());
        IJury.Clocks memory jury = d.courts.jury.clocks();
        _clock("jury.evidence", jury.evidence);
        _clock("jury.vote", jury.vote);
        _clock("jury.appeal", jury.appeal);
        _clock("staking.thawPeriod", d.staking.thawPeriod());
        _clock("market.thawPeriod", d.market.thawPeriod());
    }

    function _clock(string memory name, uint256 value) private pure {
        console.log("  %s %s", name, _number(value));
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
            console.log("    %s", _number(d.accessManager.getTargetAdminDelay(proxies[i])));
        }
    }

    function _implementationOf(address proxy) private view returns (address) {
        return address(uint160(uint256(FORGE.load(proxy, ERC1967Utils.IMPLEMENTATION_SLOT))));
    }

    function _printFunction(Deployment memory d, Named[] memory contracts, address target, bytes4 selector)
        private
        view
    {
        uint64 role = d.accessManager.getTargetFunctionRole(target, selector);
        string memory called = string.concat(_nameOf(contracts, target), ".", _functionName(selector));
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
