// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBurnQueue} from "../interfaces/IBurnQueue.sol";
import {IOptimismMintableERC20} from "../interfaces/IOptimismMintableERC20.sol";
import {IStandardBridge} from "../interfaces/IStandardBridge.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

/// @title BurnQueue
/// @notice Burns what is sent to it, if need be on another chain. Immutable: no key moves its tokens.
contract BurnQueue is IBurnQueue, ReentrancyGuardTransient {
    /// @dev Gas of the delivery on the native chain, which moves OPEN to the queue there: about 70,000.
    uint32 private constant DELIVERY_GAS = 200_000;

    /// @inheritdoc IBurnQueue
    address public immutable token;
    /// @inheritdoc IBurnQueue
    address public immutable nativeQueue;
    /// @inheritdoc IBurnQueue
    address public immutable bridge;
    address private immutable _nativeToken;

    /// @inheritdoc IBurnQueue
    uint256 public flushed;

    /// @notice Fixes the token and the way on which it burns.
    /// @param token_ OPEN on this chain. Whether it is bridged, and by what, is asked of the token itself.
    /// @param nativeQueue_ The queue on the chain where OPEN is native, zero where that is this one.
    /// Warning: nobody here can tell whether a queue lies at that address of the other chain.
    constructor(address token_, address nativeQueue_) {
        if (token_ == address(0)) revert BurnQueue_ZeroToken();
        bool isBridged = ERC165Checker.supportsInterface(token_, type(IOptimismMintableERC20).interfaceId);
        if (isBridged != (nativeQueue_ != address(0))) revert BurnQueue_WrongMode(isBridged, nativeQueue_);

        token = token_;
        nativeQueue = nativeQueue_;
        bridge = isBridged ? IOptimismMintableERC20(token_).bridge() : address(0);
        _nativeToken = isBridged ? IOptimismMintableERC20(token_).remoteToken() : address(0);
    }

    /// @inheritdoc IBurnQueue
    function flush() external nonReentrant returns (uint256 amount) {
        amount = IERC20(token).balanceOf(address(this));
        if (amount == 0) revert BurnQueue_Empty();

        uint256 flushedAfter = flushed + amount;

        flushed = flushedAfter;

        emit Flushed(msg.sender, amount, flushedAfter);
        if (nativeQueue == address(0)) ERC20Burnable(token).burn(amount);
        else IStandardBridge(bridge).bridgeERC20To(token, _nativeToken, nativeQueue, amount, DELIVERY_GAS, "");
        uint256 left = IERC20(token).balanceOf(address(this));
        if (left != 0) revert BurnQueue_NotTaken(left);
    }
}
