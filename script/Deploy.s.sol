// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProtocolDeployer} from "./ProtocolDeployer.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Vm} from "forge-std/Vm.sol";

/// @title Deploy
/// @notice Deploys the protocol to the chain that forge is given and writes where it lies.
/// @dev Reads `script/config/<chain id>.json`; writes the file named by `DEPLOYMENT_OUT`, by default
/// `script/deployments/<chain id>.json`. The file is written before the transactions are sent: it counts only when forge
/// ends with 0. Run: `forge script script/Deploy.s.sol --rpc-url URL --private-key KEY --broadcast`.
contract Deploy is ProtocolDeployer {
    using SafeCast for uint256;

    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function run() external returns (Deployment memory d) {
        string memory chain = vm.toString(block.chainid);
        Config memory config = _readConfig(string.concat("script/config/", chain, ".json"));
        // A block the contracts cannot lie before: an index starts here.
        uint256 startBlock = block.number;

        vm.startBroadcast(config.deployer);
        d = _deploy(config);
        vm.stopBroadcast();

        string memory path = vm.envOr("DEPLOYMENT_OUT", string(""));
        if (bytes(path).length == 0) {
            vm.createDir("script/deployments", true);
            path = string.concat("script/deployments/", chain, ".json");
        }
        vm.writeFile(path, _describe(d, config, startBlock));
    }

    function _readConfig(string memory path) private view returns (Config memory config) {
        string memory json = vm.readFile(path);
        config.deployer = msg.sender;
        config.treasury = vm.parseJsonAddress(json, ".treasury");
        config.security = vm.parseJsonAddress(json, ".security");
        config.window = vm.parseJsonUint(json, ".window").toUint64();
        config.epochPeriod = vm.parseJsonUint(json, ".epochPeriod").toUint64();
        config.revealPeriod = vm.parseJsonUint(json, ".revealPeriod").toUint64();
        config.trialPeriod = vm.parseJsonUint(json, ".trialPeriod").toUint64();
        config.receiptRevealPeriod = vm.parseJsonUint(json, ".receiptRevealPeriod").toUint64();
        config.juryClocks.evidence = vm.parseJsonUint(json, ".evidencePeriod").toUint64();
        config.juryClocks.vote = vm.parseJsonUint(json, ".votePeriod").toUint64();
        config.juryClocks.appeal = vm.parseJsonUint(json, ".appealPeriod").toUint64();
        config.stakingThaw = vm.parseJsonUint(json, ".stakingThaw").toUint64();
        config.marketThaw = vm.parseJsonUint(json, ".marketThaw").toUint64();
    }

    function _describe(Deployment memory d, Config memory config, uint256 startBlock) private returns (string memory) {
        vm.serializeAddress("addresses", "accessManager", address(d.accessManager));
        vm.serializeAddress("addresses", "openToken", address(d.token));
        vm.serializeAddress("addresses", "stakingManager", address(d.staking));
        vm.serializeAddress("addresses", "datanetRegistry", address(d.datanets));
        vm.serializeAddress("addresses", "contributionRegistry", address(d.contributions));
        vm.serializeAddress("addresses", "datanetValidators", address(d.validators));
        vm.serializeAddress("addresses", "modelRegistry", address(d.models));
        vm.serializeAddress("addresses", "rewardDistributor", address(d.distributor));
        vm.serializeAddress("addresses", "receiptCourt", address(d.courts.receiptCourt));
        vm.serializeAddress("addresses", "receiptVerifier", address(d.courts.receiptVerifier));
        vm.serializeAddress("addresses", "jury", address(d.courts.jury));
        vm.serializeAddress("addresses", "disputeManager", address(d.courts.disputes));
        vm.serializeAddress("addresses", "epochCourt", address(d.epochCourt));
        vm.serializeAddress("addresses", "attributionOracle", address(d.oracle));
        vm.serializeAddress("addresses", "inferenceMarket", address(d.market));
        vm.serializeAddress("addresses", "agentRegistry", address(d.agents));
        string memory addresses = vm.serializeAddress("addresses", "agentReputation", address(d.reputation));

        vm.serializeUint("deployment", "chainId", block.chainid);
        vm.serializeUint("deployment", "startBlock", startBlock);
        vm.serializeAddress("deployment", "deployer", config.deployer);
        vm.serializeAddress("deployment", "treasury", config.treasury);
        vm.serializeAddress("deployment", "security", config.security);
        vm.serializeUint("deployment", "dataStream", d.oracle.stream());
        return vm.serializeString("deployment", "addresses", addresses);
    }
}
