// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IRewardDistributor} from "../interfaces/IRewardDistributor.sol";
import {ITreasury} from "../interfaces/ITreasury.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title Treasury
/// @notice Holds the protocol's OPEN, and any ERC-20 or ether that is sent to it, and spends by governance alone.
contract Treasury is ITreasury, AccessManaged {
    using SafeERC20 for IERC20;

    /// @notice Part of a token that one window may see leave, in basis points.
    uint256 public constant LIMIT_BPS = 500;
    /// @notice Seconds of a window, from the first payment in it.
    uint64 public constant WINDOW = 30 days;

    /// @notice OPEN.
    IERC20 public immutable open;

    mapping(address token => Window) private _windows;
    mapping(address token => uint256) private _spent;

    /// @notice Names the authority and OPEN.
    /// @param authority The AccessManager that governs payments.
    /// @param open_ OPEN.
    constructor(address authority, IERC20 open_) AccessManaged(authority) {
        open = open_;
    }

    /// @notice Takes ether from anyone.
    receive() external payable {
        emit EtherReceived(msg.sender, msg.value);
    }

    /// @inheritdoc ITreasury
    function spend(address token, address to, uint256 amount) external restricted {
        _spendWithinLimit(token, to, amount);
        _pay(token, to, amount);
    }

    /// @inheritdoc ITreasury
    function fundStream(IRewardDistributor distributor, uint64 stream, uint96 amount) external restricted {
        _spendWithinLimit(address(open), address(distributor), amount);
        open.forceApprove(address(distributor), amount);
        distributor.fund(stream, amount);
        open.forceApprove(address(distributor), 0);
    }

    /// @inheritdoc ITreasury
    function spendBeyondLimit(address token, address to, uint256 amount) external restricted {
        _requirePayment(to, amount);
        uint256 spentAfter = _spent[token] + amount;

        _spent[token] = spentAfter;

        emit SpentBeyondLimit(token, to, amount, spentAfter);
        _pay(token, to, amount);
    }

    /// @inheritdoc ITreasury
    function windowOf(address token) external view returns (Window memory) {
        return _windows[token];
    }

    /// @inheritdoc ITreasury
    function spentOf(address token) external view returns (uint256) {
        return _spent[token];
    }

    /// @inheritdoc ITreasury
    function spendable(address token) public view returns (uint256) {
        Window storage window = _windows[token];
        uint256 spent = block.timestamp < window.end ? window.spent : 0;
        uint256 balance = token == address(0) ? address(this).balance : IERC20(token).balanceOf(address(this));
        uint256 limit = (balance + spent) * LIMIT_BPS / 10_000;
        return limit > spent ? limit - spent : 0;
    }

    function _spendWithinLimit(address token, address to, uint256 amount) private {
        _requirePayment(to, amount);
        uint256 left = spendable(token);
        if (amount > left) revert Treasury_LimitExceeded(token, amount, left);
        Window memory window = _windows[token];
        if (block.timestamp >= window.end) window = Window(uint64(block.timestamp) + WINDOW, 0);
        window.spent += amount;
        uint256 spentAfter = _spent[token] + amount;

        _windows[token] = window;
        _spent[token] = spentAfter;

        emit Spent(token, to, amount, window.spent, window.end, spentAfter);
    }

    function _pay(address token, address to, uint256 amount) private {
        if (token == address(0)) Address.sendValue(payable(to), amount);
        else IERC20(token).safeTransfer(to, amount);
    }

    function _requirePayment(address to, uint256 amount) private pure {
        if (to == address(0)) revert Treasury_ZeroAddress();
        if (amount == 0) revert Treasury_ZeroAmount();
    }
}
