// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BurnQueue} from "../contracts/token/BurnQueue.sol";
import {OpenTokenL2} from "../contracts/token/OpenTokenL2.sol";
import {Bridging, Deployment} from "./Deployment.sol";
import {LocalGenesis} from "./LocalGenesis.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title TokenDeployer
/// @notice OPEN and its burn queue on the chain of the protocol: bridged, or made by a genesis of its own on a local chain.
abstract contract TokenDeployer {
    function _deployToken(Deployment memory d, address holder, Bridging memory bridging) internal {
        if (bridging.l1Token == address(0)) {
            LocalGenesis local = new LocalGenesis(holder);
            d.genesis = address(local.genesis());
            d.token = IERC20(local.genesis().token());
        } else {
            d.token =
                IERC20(address(new OpenTokenL2(bridging.standardBridge, bridging.l1Token, bridging.superchainBridge)));
        }
        d.burnQueue = new BurnQueue(address(d.token), bridging.l1BurnQueue);
    }
}
