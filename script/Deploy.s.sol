// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bridging, Clocks, Config, Deployment} from "./Deployment.sol";
import {DeploymentReport} from "./DeploymentReport.sol";
import {ProtocolDeployer} from "./ProtocolDeployer.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Vm} from "forge-std/Vm.sol";

/// @title Deploy
/// @notice Deploys the protocol to the chain that forge is given, hands it to its governance, prints every address, role and delay,
/// and writes where it lies. Without `--broadcast` nothing is sent: a dry run.
/// @dev Reads the file named by `DEPLOY_CONFIG`, by default `script/config/<chain id>.json`; writes the file named by
/// `DEPLOYMENT_OUT`, by default `script/deployments/<chain id>.json`. The file is written before the transactions are sent: it
/// counts only when forge ends with 0. Run: `forge script script/Deploy.s.sol --rpc-url URL --private-key KEY --broadcast`.
contract Deploy is ProtocolDeployer, DeploymentReport {
    using SafeCast for uint256;

    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function run() external returns (Deployment memory d) {
        string memory chain = vm.toString(block.chainid);
        string memory file = vm.envOr("DEPLOY_CONFIG", string.concat("script/config/", chain, ".json"));
        Config memory config = _readConfig(vm.readFile(file));
        // A block the contracts cannot lie before: an index starts here.
        uint256 startBlock = block.number;

        vm.startBroadcast(config.deployer);
        d = _deploy(config);
        vm.stopBroadcast();

        _print(d);
        string memory path = vm.envOr("DEPLOYMENT_OUT", string(""));
        if (bytes(path).length == 0) {
            vm.createDir("script/deployments", true);
            path = string.concat("script/deployments/", chain, ".json");
        }
        vm.writeFile(path, _describe(d, config, startBlock));
    }

    function _readConfig(string memory json) private view returns (Config memory config) {
        config.deployer = msg.sender;
        config.security = vm.parseJsonAddress(json, ".security");
        config.guardian = vm.parseJsonAddress(json, ".guardian");
        config.brakeGuardians = vm.parseJsonAddressArray(json, ".brakeGuardians");
        if (block.chainid == LOCAL_CHAIN_ID) config.keeper = msg.sender;
        else config.bridging = _readBridging(json);
        config.clocks = _readClocks(json);
    }

    function _readBridging(string memory json) private pure returns (Bridging memory) {
        return Bridging({
            l1Token: vm.parseJsonAddress(json, ".l1Token"),
            l1BurnQueue: vm.parseJsonAddress(json, ".l1BurnQueue"),
            standardBridge: vm.parseJsonAddress(json, ".standardBridge"),
            superchainBridge: vm.parseJsonAddress(json, ".superchainBridge")
        });
    }

    function _readClocks(string memory json) private pure returns (Clocks memory c) {
        c.window = _seconds(json, ".window");
        c.epochPeriod = _seconds(json, ".epochPeriod");
        c.revealPeriod = _seconds(json, ".revealPeriod");
        c.trialPeriod = _seconds(json, ".trialPeriod");
        c.receiptRevealPeriod = _seconds(json, ".receiptRevealPeriod");
        c.jury.evidence = _seconds(json, ".evidencePeriod");
        c.jury.vote = _seconds(json, ".votePeriod");
        c.jury.appeal = _seconds(json, ".appealPeriod");
        c.stakingThaw = _seconds(json, ".stakingThaw");
        c.marketThaw = _seconds(json, ".marketThaw");
    }

    function _seconds(string memory json, string memory key) private pure returns (uint64) {
        return vm.parseJsonUint(json, key).toUint64();
    }

    function _describe(Deployment memory d, Config memory config, uint256 startBlock) private returns (string memory) {
        Named[] memory contracts = _contractsOf(d);
        string memory addresses;
        for (uint256 i = 0; i < contracts.length; ++i) {
            if (contracts[i].account == address(0)) continue;
            addresses = vm.serializeAddress("addresses", contracts[i].name, contracts[i].account);
        }

        vm.serializeUint("deployment", "chainId", block.chainid);
        vm.serializeUint("deployment", "startBlock", startBlock);
        vm.serializeAddress("deployment", "deployer", config.deployer);
        vm.serializeAddress("deployment", "treasury", address(d.governance.treasury));
        vm.serializeAddress("deployment", "security", config.security);
        vm.serializeUint("deployment", "dataStream", d.oracle.stream());
        return vm.serializeString("deployment", "addresses", addresses);
    }
}
