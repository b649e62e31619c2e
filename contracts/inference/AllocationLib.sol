// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {MarketSignaturesLib} from "./MarketSignaturesLib.sol";
import {MarketStorageLib} from "./MarketStorageLib.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title AllocationLib
/// @notice Payers' signed leave to put their free money into their channels, within three caps: amount, expiry and count.
library AllocationLib {
    using MarketSignaturesLib for IInferenceMarket.Allocation;

    /// @notice Checks the leave and counts its use.
    function use(
        IInferenceMarket.Allocation calldata allocation,
        bytes32 channel,
        address runner,
        uint96 amount,
        bytes calldata signature
    ) internal {
        if (msg.sender != allocation.operator) {
            revert IInferenceMarket.InferenceMarket_NotOperator(msg.sender, allocation.operator);
        }
        MarketSignaturesLib.requireInTime(allocation.expiry);
        if (allocation.runner != address(0) && allocation.runner != runner) {
            revert IInferenceMarket.InferenceMarket_WrongRunner(runner, allocation.runner);
        }
        bytes32 digest = allocation.digest();
        if (!SignatureChecker.isValidSignatureNowCalldata(allocation.payer, digest, signature)) {
            revert IInferenceMarket.InferenceMarket_InvalidSignature(allocation.payer);
        }
        IInferenceMarket.AllocationUse storage used = MarketStorageLib.load().allocations[digest];
        if (used.isRevoked) revert IInferenceMarket.InferenceMarket_AllocationRevoked(digest);
        if (used.count >= allocation.maxCount) {
            revert IInferenceMarket.InferenceMarket_AllocationUsedUp(allocation.maxCount);
        }
        uint256 amountAfter = uint256(used.amount) + amount;
        if (amountAfter > allocation.maxAmount) {
            revert IInferenceMarket.InferenceMarket_AllocationExceeded(amountAfter, allocation.maxAmount);
        }

        // at most maxAmount, a uint96
        used.amount = uint96(amountAfter);
        uint32 countAfter = ++used.count;

        emit IInferenceMarket.AllocationUsed(
            digest, allocation.payer, msg.sender, channel, uint96(amountAfter), countAfter
        );
    }

    function revoke(IInferenceMarket.Allocation calldata allocation) internal {
        if (msg.sender != allocation.payer) {
            revert IInferenceMarket.InferenceMarket_NotTheSigner(msg.sender, allocation.payer);
        }

        bytes32 digest = allocation.digest();
        MarketStorageLib.load().allocations[digest].isRevoked = true;

        emit IInferenceMarket.AllocationWithdrawn(digest, msg.sender);
    }
}
