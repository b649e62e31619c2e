// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IOpenTokenL2} from "../interfaces/IOpenTokenL2.sol";
import {IOptimismMintableERC20} from "../interfaces/IOptimismMintableERC20.sol";
import {OpenERC20} from "./OpenERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Bridgeable} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC20Bridgeable.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title OpenTokenL2
/// @notice OPEN on an OP Stack chain: minted and burned by bridges alone. Immutable: no owner, no upgrade.
contract OpenTokenL2 is OpenERC20, ERC20Bridgeable, IOpenTokenL2 {
    /// @inheritdoc IOptimismMintableERC20
    address public immutable bridge;
    /// @inheritdoc IOptimismMintableERC20
    address public immutable remoteToken;
    /// @inheritdoc IOpenTokenL2
    address public immutable crosschainBridge;

    /// @notice Fixes who mints and burns: the two bridges.
    /// @param bridge_ The chain's standard bridge: a contract.
    /// @param remoteToken_ OPEN on the native chain, not zero.
    /// @param crosschainBridge_ The ERC-7802 bridge: a contract, or zero for none.
    constructor(address bridge_, address remoteToken_, address crosschainBridge_) {
        if (bridge_.code.length == 0) revert OpenTokenL2_BridgeWithoutCode(bridge_);
        if (remoteToken_ == address(0)) revert OpenTokenL2_ZeroRemoteToken();
        if (crosschainBridge_ != address(0) && crosschainBridge_.code.length == 0) {
            revert OpenTokenL2_BridgeWithoutCode(crosschainBridge_);
        }

        bridge = bridge_;
        remoteToken = remoteToken_;
        crosschainBridge = crosschainBridge_;
    }

    /// @inheritdoc IOptimismMintableERC20
    function mint(address to, uint256 amount) external {
        if (msg.sender != bridge) revert OpenTokenL2_NotBridge(msg.sender);

        _mint(to, amount);

        emit Mint(to, amount);
    }

    /// @inheritdoc IOptimismMintableERC20
    function burn(address from, uint256 amount) external {
        if (msg.sender != bridge) revert OpenTokenL2_NotBridge(msg.sender);

        _burn(from, amount);

        emit Burn(from, amount);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override(ERC20Bridgeable, IERC165) returns (bool) {
        return interfaceId == type(IOptimismMintableERC20).interfaceId || interfaceId == type(IERC20).interfaceId
            || super.supportsInterface(interfaceId);
    }

    /// @dev No caller is the zero address: without a second bridge nobody passes.
    function _checkTokenBridge(address caller) internal view override {
        if (caller != crosschainBridge) revert OpenTokenL2_NotBridge(caller);
    }
}
