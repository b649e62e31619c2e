// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IOptimismMintableERC20} from "./IOptimismMintableERC20.sol";

/// @title IOpenTokenL2
/// @notice OPEN on an OP Stack chain: minted and burned by bridges alone.
/// @dev MONEY. Where the standard bridge is the only one, at any time
/// locked on the native chain = supply here + deposits in flight + withdrawals in flight.
/// With a second bridge the supplies of all its chains, and what is in flight between them, stand in the place of "supply here".
/// Holders cannot burn: what is to be burnt goes back to the native chain (see `IBurnQueue`).
///
/// TRUST. The two bridges, fixed at construction, and through them whoever can upgrade them and the chain's proofs. Either can
/// mint without bound and burn from anyone; nobody else can mint or burn anything. No owner, no pause, no upgrade.
/// Warning: a second bridge makes every chain of its cluster able to mint here. Zero leaves ERC-7802 closed for ever.
///
/// CLOCKS. None but the deadlines of signatures.
///
/// NOT DONE. The bridge's legacy `withdraw` asks a token for `l1Token()`, which this one does not have: withdraw by
/// `bridgeERC20` or `bridgeERC20To`. No standing approval for Permit2.
interface IOpenTokenL2 is IOptimismMintableERC20 {
    /// @notice A bridge must be a contract when the token is made.
    /// @dev A mistaken key in a bridge's place could mint for ever.
    /// @param bridge What was given.
    error OpenTokenL2_BridgeWithoutCode(address bridge);

    /// @notice The counterpart on the native chain may not be zero.
    error OpenTokenL2_ZeroRemoteToken();

    /// @notice Only the bridge mints and burns.
    /// @param caller Who called.
    error OpenTokenL2_NotBridge(address caller);

    /// @notice The standard bridge brought tokens in.
    /// @dev As the OP Stack's own mintable tokens emit it, beside the ERC-20 `Transfer`.
    /// @param account Who received them.
    /// @param amount Base units of OPEN.
    event Mint(address indexed account, uint256 amount);

    /// @notice The standard bridge took tokens out.
    /// @param account Whose they were.
    /// @param amount Base units of OPEN.
    event Burn(address indexed account, uint256 amount);

    /// @notice The bridge that moves OPEN between chains of one cluster by ERC-7802, zero when there is none.
    /// @dev On the Superchain the predeploy 0x4200000000000000000000000000000000000028, which mints at the address where it
    /// burned: the token must lie at the same address on all of them, so deploy it by CREATE2 with the same arguments.
    /// @return The bridge.
    function crosschainBridge() external view returns (address);
}
