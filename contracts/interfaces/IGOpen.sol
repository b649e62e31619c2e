// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title IGOpen
/// @notice gOPEN: OPEN wrapped one for one, so that it can vote. An ERC-20 with permit (ERC-2612), delegation, also by
/// signature (ERC-5805), and a history of balances, delegates and votes.
/// @dev MONEY. The contract's OPEN is at least the supply of gOPEN. Only who holds gOPEN takes OPEN out. OPEN that is sent here
/// without `depositFor` is lost: there is no owner, no sweep and no upgrade.
///
/// VOTES. A holder's balance votes through the delegate that the holder chose, itself or another; without one it counts in the
/// supply and in no votes, and can still vote by an override (see IOpenGovernor).
///
/// CLOCKS. `mode=timestamp` (ERC-6372). A past value is the one at the end of that second, so that what is borrowed and given
/// back in one transaction never shows.
///
/// NOT DONE. No deposit by signature: OPEN is never assumed to have permit.
interface IGOpen {
    /// @notice What arrived is not what was to.
    /// @param amount What was to arrive, base units of OPEN.
    /// @param received What did, base units.
    error GOpen_AmountNotReceived(uint256 amount, uint256 received);

    /// @notice Takes `amount` OPEN from the caller, who has approved it, and mints as much gOPEN to `account`.
    /// @dev Emits ERC-20 `Transfer` and, when the account has a delegate, `DelegateVotesChanged`. Reverts when not exactly
    /// `amount` arrives.
    /// @param account Who gets the gOPEN; neither zero nor gOPEN itself.
    /// @param amount Base units of OPEN, exactly what has to arrive; may be zero.
    /// @return Always true.
    function depositFor(address account, uint256 amount) external returns (bool);

    /// @notice Burns `amount` of the caller's gOPEN and sends as much OPEN to `account`. Never paused, never delayed.
    /// @param account Who gets the OPEN; neither zero nor gOPEN itself.
    /// @param amount Base units, at most the caller's balance, inclusive.
    /// @return Always true.
    function withdrawTo(address account, uint256 amount) external returns (bool);
}
