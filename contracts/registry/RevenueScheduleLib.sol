// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {HistoryLib} from "./HistoryLib.sol";
import {ModelStorageLib} from "./ModelStorageLib.sol";

/// @title RevenueScheduleLib
/// @notice Bounds, schedule and history of a model's revenue configuration.
/// @dev The slot holds two configurations and the timestamp between them. The first one's own beginning is the newest entry of
/// the history, which therefore grows only when something is scheduled, and cancelling takes exactly that entry back.
library RevenueScheduleLib {
    using HistoryLib for uint256[];

    uint64 internal constant NOTICE_PERIOD = 7 days;
    uint16 private constant MINIMUM_DATA_BPS = 2000;
    uint16 private constant MAXIMUM_BPS = 7000;

    function start(ModelStorageLib.StoredModel storage m, IModelRegistry.Revenue calldata revenue) internal {
        m.modelBps = m.nextModelBps = revenue.modelBps;
        m.dataBps = m.nextDataBps = revenue.dataBps;
        m.effectiveAt = uint64(block.timestamp);
    }

    function schedule(uint64 model, ModelStorageLib.StoredModel storage m, IModelRegistry.Revenue calldata revenue)
        internal
        returns (uint64 effectiveAt)
    {
        uint64 inForceSince = m.effectiveAt;
        if (block.timestamp < inForceSince) revert IModelRegistry.ModelRegistry_RevenuePending(model, inForceSince);
        requireSound(revenue, m.versions.length != 0);

        (uint16 modelBps, uint16 dataBps) = (m.nextModelBps, m.nextDataBps);
        effectiveAt = uint64(block.timestamp) + NOTICE_PERIOD;

        m.pastRevenue.push(HistoryLib.entry(inForceSince, uint256(modelBps) << 16 | dataBps));
        (m.modelBps, m.dataBps) = (modelBps, dataBps);
        (m.nextModelBps, m.nextDataBps) = (revenue.modelBps, revenue.dataBps);
        m.effectiveAt = effectiveAt;
    }

    function cancel(uint64 model, ModelStorageLib.StoredModel storage m)
        internal
        returns (IModelRegistry.Revenue memory revenue)
    {
        if (block.timestamp >= m.effectiveAt) revert IModelRegistry.ModelRegistry_NothingPending(model);

        (revenue.modelBps, revenue.dataBps) = (m.modelBps, m.dataBps);
        // What is pending was scheduled, and scheduling left an entry.
        uint64 inForceSince = uint64(HistoryLib.sinceOf(m.pastRevenue[m.pastRevenue.length - 1]));

        m.pastRevenue.pop();
        (m.nextModelBps, m.nextDataBps) = (revenue.modelBps, revenue.dataBps);
        m.effectiveAt = inForceSince;
    }

    function inForce(ModelStorageLib.StoredModel storage m) internal view returns (IModelRegistry.Revenue memory) {
        return block.timestamp < m.effectiveAt
            ? IModelRegistry.Revenue(m.modelBps, m.dataBps)
            : IModelRegistry.Revenue(m.nextModelBps, m.nextDataBps);
    }

    function inForceAt(uint64 model, ModelStorageLib.StoredModel storage m, uint64 timestamp)
        internal
        view
        returns (IModelRegistry.Revenue memory)
    {
        if (timestamp >= m.effectiveAt) return IModelRegistry.Revenue(m.nextModelBps, m.nextDataBps);
        if (timestamp < m.registeredAt) {
            revert IModelRegistry.ModelRegistry_BeforeRegistration(model, timestamp, m.registeredAt);
        }
        // the first entry is of the registration
        uint256 entry = m.pastRevenue.newestAt(timestamp);
        // the two fields that `schedule` packed
        return IModelRegistry.Revenue(uint16(entry >> 16), uint16(entry));
    }

    function requireSound(IModelRegistry.Revenue calldata revenue, bool hasVersions) internal pure {
        uint16 dataBps = revenue.dataBps;
        (uint16 minimum, uint16 maximum) = hasVersions ? (MINIMUM_DATA_BPS, MAXIMUM_BPS) : (0, 0);
        if (dataBps < minimum || dataBps > maximum) {
            revert IModelRegistry.ModelRegistry_DataShareOutOfRange(dataBps, minimum, maximum);
        }
        uint256 sum = uint256(revenue.modelBps) + dataBps;
        if (sum > MAXIMUM_BPS) revert IModelRegistry.ModelRegistry_SharesTooLarge(sum, MAXIMUM_BPS);
    }
}
