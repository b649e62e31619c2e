// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title IOptimismMintableERC20
/// @notice What the OP Stack's standard bridge expects of a token that it mints and burns. Interface id 0xec4fc8e3.
interface IOptimismMintableERC20 is IERC165 {
    /// @notice The token's counterpart on the other chain.
    /// @return Its address there; not zero.
    function remoteToken() external view returns (address);

    /// @notice The standard bridge of this chain.
    /// @return The bridge.
    function bridge() external view returns (address);

    /// @notice Mints what was locked on the other chain. Only the bridge.
    /// @param to Who receives it; not zero.
    /// @param amount Base units.
    function mint(address to, uint256 amount) external;

    /// @notice Burns what is to be released on the other chain. Only the bridge.
    /// @param from Who sends it; the bridge takes from its caller alone.
    /// @param amount Base units, at most the balance, inclusive.
    function burn(address from, uint256 amount) external;
}
