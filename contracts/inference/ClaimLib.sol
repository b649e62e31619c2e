// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ChannelFunds, ChannelFundsLib} from "./ChannelFunds.sol";
import {MarketStorageLib} from "./MarketStorageLib.sol";

/// @title ClaimLib
/// @notice What was claimed of a channel for each model.
/// @dev Most channels pay for one model only. As long as one does, what is claimed for the model is what is claimed in all, and
/// stands in the channel's funds; when a second model comes, the first one's amount gets a slot of its own, as all after it.
library ClaimLib {
    /// @notice What was claimed of a channel with these funds for a model.
    function claimedOf(ChannelFunds funds, bytes32 channel, uint64 model) internal view returns (uint96) {
        uint64 only = funds.onlyModel();
        if (only == ChannelFundsLib.MANY) return MarketStorageLib.load().claimed[channel][model];
        return only == model ? funds.claimed() : 0;
    }

    /// @notice The funds once `cumulative` is claimed for a model, by `paid` more than before; the caller writes them.
    /// @dev Warning: the caller has checked that they cover it.
    function raised(ChannelFunds funds, bytes32 channel, uint64 model, uint96 cumulative, uint256 paid)
        internal
        returns (ChannelFunds)
    {
        uint64 only = funds.onlyModel();
        if (only == model && only != ChannelFundsLib.MANY) return funds.withClaimedRaised(paid);
        if (only == 0 && model < ChannelFundsLib.MANY) return funds.withClaimedRaised(paid).withOnlyModel(model);

        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        if (only != 0 && only != ChannelFundsLib.MANY) $.claimed[channel][only] = funds.claimed();
        $.claimed[channel][model] = cumulative;
        return funds.withClaimedRaised(paid).withOnlyModel(ChannelFundsLib.MANY);
    }
}
