// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IGOpen} from "../interfaces/IGOpen.sol";
import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {VotesExtended} from "@openzeppelin/contracts/governance/utils/VotesExtended.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {ERC20Wrapper} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Wrapper.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @title GOpen
/// @notice gOPEN: OPEN wrapped one for one, so that it can vote.
contract GOpen is IGOpen, ERC20Permit, ERC20Wrapper, ERC20Votes, VotesExtended {
    /// @notice Fixes what is wrapped.
    /// @param open OPEN.
    constructor(IERC20 open) ERC20("Governance OPEN", "gOPEN") ERC20Permit("Governance OPEN") ERC20Wrapper(open) {}

    /// @inheritdoc IGOpen
    function depositFor(address account, uint256 amount) public override(IGOpen, ERC20Wrapper) returns (bool) {
        uint256 balanceBefore = underlying().balanceOf(address(this));

        super.depositFor(account, amount);

        // OPEN moves what it says; a token that keeps a part is refused all the same
        uint256 received = underlying().balanceOf(address(this)) - balanceBefore;
        if (received != amount) revert GOpen_AmountNotReceived(amount, received);
        return true;
    }

    /// @inheritdoc IGOpen
    function withdrawTo(address account, uint256 amount) public override(IGOpen, ERC20Wrapper) returns (bool) {
        return super.withdrawTo(account, amount);
    }

    /// @inheritdoc Votes
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @inheritdoc Votes
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @inheritdoc ERC20Wrapper
    function decimals() public view override(ERC20, ERC20Wrapper) returns (uint8) {
        return super.decimals();
    }

    /// @inheritdoc ERC20Permit
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _delegate(address account, address delegatee) internal override(Votes, VotesExtended) {
        super._delegate(account, delegatee);
    }

    function _transferVotingUnits(address from, address to, uint256 amount) internal override(Votes, VotesExtended) {
        super._transferVotingUnits(from, to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override(ERC20, ERC20Votes) {
        super._update(from, to, amount);
    }
}
