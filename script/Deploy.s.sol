// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bridging, Clocks, Config, Deployment} from "./Deployment.sol";
import {DeploymentReport} from "./DeploymentReport.sol";
import {ProtocolDeployer} from "./ProtocolDeployer.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Deploy
/// @notice Deploys the protocol to the chain that forge is given, hands it to its governance, prints every address, role and delay,
/// and writes where it lies. Without `--broadcast` nothing is sent: a dry run.
/// @dev Reads the file named by `DEPLOY_CONFIG`, by default `script/config/<chain id>.json`; writes the file named by
/// `DEPLOYMENT_OUT`, by default `script/deployments/<chain id>.json`. The file is written before the transactions are sent: it
/// counts only when forge ends with 0. Run: `forge script script/Deploy.s.sol --rpc-url URL --private-key KEY --broadcast`.
contract Deploy is ProtocolDeployer, DeploymentReport {
    using SafeCast for uint256;

    function run() external returns (Deployment memory d) {
        string memory chain = FORGE.toString(block.chainid);
        string memory file = FORGE.envOr("DEPLOY_CONFIG", string.concat("script/config/", chain, ".json"));
        Config memory config = _readConfig(FORGE.readFile(file));
        // A block the contracts cannot lie before: an index starts here.
        uint256 startBlock = block.number;

        FORGE.startBroadcast(config.deployer);
        d = _deploy(config);
        FORGE.stopBroadcast();

        _print(d, config);
        string memory path = FORGE.envOr("DEPLOYMENT_OUT", string(""));
        if (bytes(path).length == 0) {
            FORGE.createDir("script/deployments", true);
            path = string.concat("script/deployments/", chain, ".json");
        }
        FORGE.writeFile(path, _describe(d, config, startBlock));
    }

    function _readConfig(string memory json) private view returns (Config memory config) {
        config.deployer = msg.sender;
        config.security = FORGE.parseJsonAddress(json, ".security");
        config.guardian = FORGE.parseJsonAddress(json, ".guardian");
        config.brakeGuardians = FORGE.parseJsonAddressArray(json, ".brakeGuardians");
        if (block.chainid == LOCAL_CHAIN_ID) config.keeper = msg.sender;
        else config.bridging = _readBridging(json);
        config.clocks = _readClocks(json);
    }

    function _readBridging(string memory json) private pure returns (Bridging memory) {
        return Bridging({
            l1Token: FORGE.parseJsonAddress(json, ".l1Token"),
            l1BurnQueue: FORGE.parseJsonAddress(json, ".l1BurnQueue"),
            standardBridge: FORGE.parseJsonAddress(json, ".standardBridge"),
            superchainBridge: FORGE.parseJsonAddress(json, ".superchainBridge")
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
        return FORGE.parseJsonUint(json, key).toUint64();
    }

    function _describe(Deployment memory d, Config memory config, uint256 startBlock) private returns (string memory) {
        Named[] memory contracts = _contractsOf(d);
        string memory addresses;
        for (uint256 i = 0; i < contracts.length; ++i) {
            if (contracts[i].account == address(0)) continue;
            addresses = FORGE.serializeAddress("addresses", contracts[i].name, contracts[i].account);
        }

        FORGE.serializeUint("deployment", "chainId", block.chainid);
        FORGE.serializeUint("deployment", "startBlock", startBlock);
        FORGE.serializeAddress("deployment", "deployer", config.deployer);
        FORGE.serializeAddress("deployment", "treasury", address(d.governance.treasury));
        FORGE.serializeAddress("deployment", "security", config.security);
        FORGE.serializeUint("deployment", "dataStream", d.oracle.stream());
        return FORGE.serializeString("deployment", "addresses", addresses);
    }
}
