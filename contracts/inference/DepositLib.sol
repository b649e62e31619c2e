// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {MarketStorageLib} from "./MarketStorageLib.sol";
import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title DepositLib
/// @notice Takes tokens in and credits what arrived.
/// @dev What arrived is known only behind the call, so the credit comes last; the market lets no deposit run within another,
/// and nothing else of it takes tokens in. Whatever a token does in between can only lower what is measured.
library DepositLib {
    using SafeERC20 for IERC20;

    function pull(IERC20 token, address payer, uint96 amount) internal {
        if (payer == address(0)) revert IInferenceMarket.InferenceMarket_ZeroAddress();
        uint256 before = token.balanceOf(address(this));

        token.safeTransferFrom(msg.sender, address(this), amount);

        _credit(token, before, payer, msg.sender, amount);
    }

    function pullByPermit(IERC20 token, address payer, uint96 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        internal
    {
        // Whoever saw the permit may have carried it first: then the allowance stands already. If it does not, the pull fails.
        try IERC20Permit(address(token)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        pull(token, payer, amount);
    }

    function receiveAuthorized(
        IERC20 token,
        address payer,
        uint96 amount,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) internal {
        uint256 before = token.balanceOf(address(this));

        IERC3009(address(token))
            .receiveWithAuthorization(payer, address(this), amount, validAfter, validBefore, nonce, v, r, s);

        _credit(token, before, payer, payer, amount);
    }

    function _credit(IERC20 token, uint256 before, address payer, address from, uint96 amount) private {
        uint256 received = token.balanceOf(address(this)) - before;
        // at most amount, a uint96
        uint96 credited = received < amount ? uint96(received) : amount;
        if (credited == 0) revert IInferenceMarket.InferenceMarket_ZeroAmount();

        uint96 freeAfter = MarketStorageLib.load().free[payer] + credited;
        MarketStorageLib.load().free[payer] = freeAfter;

        emit IInferenceMarket.Deposited(payer, from, credited, freeAfter);
    }
}
