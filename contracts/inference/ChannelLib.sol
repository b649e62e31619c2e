// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {ChannelFunds, ChannelFundsLib} from "./ChannelFunds.sol";
import {MarketStorageLib} from "./MarketStorageLib.sol";

/// @title ChannelLib
/// @notice Moves money between payers' free balances and channels.
library ChannelLib {
    /// @notice The number of a channel.
    function idOf(address payer, address runner, uint96 salt) internal view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), payer, runner, salt));
    }

    /// @notice Opens a channel that does not exist, funded from its payer's free balance.
    /// @dev The caller has checked that the payer wants it and that the runner is active.
    function open(bytes32 channel, address payer, address runner, uint96 salt, uint96 amount) internal {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        uint96 freeAfter = takeFree(payer, amount);

        $.terms[channel] = MarketStorageLib.ChannelTerms({payer: payer, thawing: 0, runner: runner, salt: salt});
        $.funds[channel].word = ChannelFundsLib.opened(amount);

        emit IInferenceMarket.ChannelOpened(channel, payer, runner, salt, amount, freeAfter);
    }

    /// @notice Adds to a channel from its payer's free balance.
    function topUp(bytes32 channel, address payer, uint96 amount) internal {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        ChannelFunds funds = $.funds[channel].word;
        uint96 freeAfter = takeFree(payer, amount);
        uint96 balanceAfter = funds.balance() + amount;

        $.funds[channel].word = funds.withBalance(balanceAfter);

        emit IInferenceMarket.ChannelToppedUp(channel, amount, balanceAfter, freeAfter);
    }

    function thaw(bytes32 channel, uint96 amount, uint64 thawPeriod) internal {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        MarketStorageLib.ChannelTerms storage terms = ownedBy(msg.sender, channel);
        if (amount == 0) revert IInferenceMarket.InferenceMarket_ZeroAmount();
        ChannelFunds funds = $.funds[channel].word;
        uint96 unclaimed = funds.unclaimed();
        uint96 thawing = terms.thawing;
        // what thaws may have been settled meanwhile
        uint96 available = unclaimed > thawing ? unclaimed - thawing : 0;
        if (amount > available) revert IInferenceMarket.InferenceMarket_ThawExceedsBalance(amount, available);

        uint64 thawEnd = $.clock.workingTime() + thawPeriod;
        thawing += amount;

        terms.thawing = thawing;
        $.funds[channel].word = funds.withThawEnd(thawEnd);

        emit IInferenceMarket.ChannelThawStarted(channel, amount, thawing, $.clock.timestampOf(thawEnd));
    }

    function withdrawThawed(bytes32 channel) internal returns (uint96 amount) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        MarketStorageLib.ChannelTerms storage terms = ownedBy(msg.sender, channel);
        ChannelFunds funds = $.funds[channel].word;
        uint64 thawEnd = funds.thawEnd();
        if (thawEnd == 0) revert IInferenceMarket.InferenceMarket_NothingThawing(channel);
        if ($.clock.workingTime() < thawEnd) {
            revert IInferenceMarket.InferenceMarket_StillThawing($.clock.timestampOf(thawEnd), uint64(block.timestamp));
        }

        uint96 unclaimed = funds.unclaimed();
        amount = terms.thawing < unclaimed ? terms.thawing : unclaimed;
        uint96 balanceAfter = funds.balance() - amount;
        uint96 freeAfter = $.free[msg.sender] + amount;

        $.funds[channel].word = funds.withBalance(balanceAfter).withThawEnd(0);
        terms.thawing = 0;
        $.free[msg.sender] = freeAfter;

        emit IInferenceMarket.ChannelThawWithdrawn(channel, amount, balanceAfter, freeAfter);
    }

    /// @dev The caller has checked that the channel's runner agrees.
    function release(bytes32 channel, uint96 amount) internal returns (uint96 released) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        MarketStorageLib.ChannelTerms storage terms = $.terms[channel];
        ChannelFunds funds = $.funds[channel].word;
        uint96 unclaimed = funds.unclaimed();
        released = amount < unclaimed ? amount : unclaimed;
        if (released == 0) revert IInferenceMarket.InferenceMarket_ZeroAmount();

        // what thaws stays at most the balance
        uint96 thawing = terms.thawing > released ? terms.thawing - released : 0;
        uint96 balanceAfter = funds.balance() - released;
        uint96 freeAfter = $.free[terms.payer] + released;

        $.funds[channel].word = funds.withBalance(balanceAfter).withThawEnd(thawing == 0 ? 0 : funds.thawEnd());
        terms.thawing = thawing;
        $.free[terms.payer] = freeAfter;

        emit IInferenceMarket.ChannelReleased(channel, released, thawing, balanceAfter, freeAfter);
    }

    function takeFree(address payer, uint96 amount) internal returns (uint96 freeAfter) {
        if (amount == 0) revert IInferenceMarket.InferenceMarket_ZeroAmount();
        uint96 free = MarketStorageLib.load().free[payer];
        if (amount > free) revert IInferenceMarket.InferenceMarket_InsufficientFree(payer, amount, free);

        freeAfter = free - amount;
        MarketStorageLib.load().free[payer] = freeAfter;
    }

    function ownedBy(address caller, bytes32 channel)
        internal
        view
        returns (MarketStorageLib.ChannelTerms storage terms)
    {
        terms = known(channel);
        if (terms.payer != caller) revert IInferenceMarket.InferenceMarket_NotPayer(channel, caller, terms.payer);
    }

    function servedBy(address caller, bytes32 channel)
        internal
        view
        returns (MarketStorageLib.ChannelTerms storage terms)
    {
        terms = known(channel);
        if (terms.runner != caller) revert IInferenceMarket.InferenceMarket_NotRunner(channel, caller, terms.runner);
    }

    function stateOf(bytes32 channel) internal view returns (IInferenceMarket.Channel memory) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        MarketStorageLib.ChannelTerms storage terms = $.terms[channel];
        ChannelFunds funds = $.funds[channel].word;
        return IInferenceMarket.Channel({
            payer: terms.payer,
            balance: funds.balance(),
            runner: terms.runner,
            claimed: funds.claimed(),
            thawing: terms.thawing,
            thawEnd: funds.thawEnd() == 0 ? 0 : $.clock.timestampOf(funds.thawEnd()),
            salt: terms.salt
        });
    }

    function exists(bytes32 channel) internal view returns (bool) {
        return MarketStorageLib.load().terms[channel].payer != address(0);
    }

    function known(bytes32 channel) internal view returns (MarketStorageLib.ChannelTerms storage terms) {
        terms = MarketStorageLib.load().terms[channel];
        if (terms.payer == address(0)) revert IInferenceMarket.InferenceMarket_UnknownChannel(channel);
    }
}
