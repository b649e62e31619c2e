// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";

/// @title AddressPredictor
/// @notice Where contracts that name each other will lie: what a creation of the deployer's makes.
abstract contract AddressPredictor {
    /// @dev Something else was sent from the deployer meanwhile.
    error AddressPredictor_Mispredicted(address predicted, address actual);

    /// @dev Forge's own address, for what a contract cannot know.
    Vm internal constant FORGE = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @param ahead Creations before the one that is meant.
    function _predict(address deployer, uint256 ahead) internal view returns (address) {
        return FORGE.computeCreateAddress(deployer, FORGE.getNonce(deployer) + ahead);
    }

    function _requireAt(address predicted, address actual) internal pure {
        if (actual != predicted) revert AddressPredictor_Mispredicted(predicted, actual);
    }
}
