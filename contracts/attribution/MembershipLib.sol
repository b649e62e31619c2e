// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {IEpochCourt} from "../interfaces/IEpochCourt.sol";
import {IReceiptCourt} from "../interfaces/IReceiptCourt.sol";

/// @title MembershipLib
/// @notice To which epoch a receipt belongs; `IEpochCourt`, BELONGS, defines it.
library MembershipLib {
    /// @notice Whether a receipt belongs to the epoch under review.
    /// @param ownEpoch The epoch whose range holds the batch; reverts when it is another.
    function belongs(
        IAttributionOracle oracle,
        IReceiptCourt receiptCourt,
        IAttributionOracle.Review memory review,
        uint64 batch,
        uint32 receiptIndex,
        uint64 ownEpoch
    ) internal view returns (bool) {
        if (batch == 0 || batch > review.lastBatch) return false;
        (uint64 firstBatch, uint64 lastBatch, uint64 ownAsOf) = oracle.rangeOf(ownEpoch);
        if (batch < firstBatch || batch > lastBatch) revert IEpochCourt.EpochCourt_NotInEpoch(batch, ownEpoch);
        uint64 voidedAt = receiptCourt.voidedAt(batch);
        if (voidedAt != 0 && voidedAt <= review.asOf) return false;

        bool isOwn = ownEpoch == review.epoch;
        IReceiptCourt.Case memory c = receiptCourt.caseOf(batch, receiptIndex);
        if (c.state == IReceiptCourt.CaseState.None || c.openedAt > ownAsOf) return isOwn;
        // it was kept back in its own epoch, or would have been
        if (c.state != IReceiptCourt.CaseState.Cleared || c.closedAt > review.asOf) return false;
        return isOwn || c.closedAt > review.previousAsOf;
    }
}
