// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {MarketStorageLib} from "./MarketStorageLib.sol";

/// @title SignerLib
/// @notice Who may sign vouchers for a payer.
/// @dev `signerEnd`: 0 for one never authorised, `AUTHORIZED` for one that is, else the working time from which it may not.
library SignerLib {
    uint64 internal constant AUTHORIZED = type(uint64).max;

    function authorize(address signer) internal {
        // a malformed signature recovers to address(0)
        if (signer == address(0)) revert IInferenceMarket.InferenceMarket_ZeroAddress();

        MarketStorageLib.load().signerEnd[msg.sender][signer] = AUTHORIZED;

        emit IInferenceMarket.SignerAuthorized(msg.sender, signer);
    }

    function thaw(address signer, uint64 thawPeriod) internal {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        if (!maySign(msg.sender, signer)) revert IInferenceMarket.InferenceMarket_NotASigner(msg.sender, signer);

        uint64 end = $.clock.workingTime() + thawPeriod;

        $.signerEnd[msg.sender][signer] = end;

        emit IInferenceMarket.SignerThawStarted(msg.sender, signer, $.clock.timestampOf(end));
    }

    function maySign(address payer, address signer) internal view returns (bool) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        uint64 end = $.signerEnd[payer][signer];
        return end == AUTHORIZED || (end != 0 && $.clock.workingTime() < end);
    }

    function endOf(address payer, address signer) internal view returns (uint64) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        uint64 end = $.signerEnd[payer][signer];
        return end == 0 || end == AUTHORIZED ? end : $.clock.timestampOf(end);
    }
}
