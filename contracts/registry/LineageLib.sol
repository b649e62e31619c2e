// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ModelStorageLib} from "./ModelStorageLib.sol";

/// @title LineageLib
/// @notice Flattens what a model grants its upstream: one list, in which each model stands once.
/// @dev Only models that are registered already can be named, so that there are no cycles.
library LineageLib {
    /// @dev A list on its way, each entry `model << 64 | granted << 32 | kept`: what the model gets, and what of it is left
    /// once it has passed on to its own upstream. Both sums are at most 9000.
    struct Lineage {
        uint256 count;
        uint256[] entries;
    }

    uint256 private constant MAXIMUM_UPSTREAM = 8;
    uint256 private constant MAXIMUM_UPSTREAM_BPS = 9000;
    uint256 private constant WHOLE_BPS = 10_000;
    /// @dev A stored entry is `model << 16 | bps`; three share a word, the first one lowest.
    uint256 private constant STORED_BITS = 80;
    uint256 private constant STORED_PER_WORD = 3;

    /// @notice Works out a new model's upstream list from its base's and from what the registration grants.
    /// @param base 0 for none; a registered model otherwise.
    /// @param grants What the registration names, ascending by model.
    /// @return upstream The flat list. It sums to what was granted.
    function flatten(uint64 base, IModelRegistry.Upstream[] calldata grants)
        internal
        view
        returns (IModelRegistry.Upstream[] memory upstream)
    {
        Lineage memory lineage = Lineage(0, new uint256[](MAXIMUM_UPSTREAM));
        uint256 total;
        uint64 previous;
        for (uint256 i = 0; i < grants.length; ++i) {
            uint64 model = grants[i].model;
            uint256 bps = grants[i].bps;
            if (model <= previous) revert IModelRegistry.ModelRegistry_UpstreamNotAscending(i);
            total += bps;
            if (total > MAXIMUM_UPSTREAM_BPS) {
                revert IModelRegistry.ModelRegistry_UpstreamTooLarge(total, MAXIMUM_UPSTREAM_BPS);
            }
            // Reverts at the ninth model: this loop is bounded by the list, not by the caller.
            _grant(lineage, model, bps);
            previous = model;
        }
        if (base != 0) _grant(lineage, base, 0);

        upstream = new IModelRegistry.Upstream[](lineage.count);
        for (uint256 i = 0; i < upstream.length; ++i) {
            uint256 entry = lineage.entries[i];
            uint64 model = uint64(entry >> 64);
            uint16 granted = uint16(entry >> 32);
            uint16 minimum = ModelStorageLib.load().models[model].derivativeBps;
            if (granted < minimum) revert IModelRegistry.ModelRegistry_GrantTooSmall(model, granted, minimum);
            upstream[i] = IModelRegistry.Upstream(model, uint16(entry));
        }
    }

    function store(ModelStorageLib.StoredModel storage m, IModelRegistry.Upstream[] memory upstream) internal {
        // at most 8
        m.upstreamCount = uint8(upstream.length);
        uint256 word;
        for (uint256 i = 0; i < upstream.length; ++i) {
            uint256 place = i % STORED_PER_WORD;
            word |= (uint256(upstream[i].model) << 16 | upstream[i].bps) << (place * STORED_BITS);
            if (place == STORED_PER_WORD - 1 || i == upstream.length - 1) {
                m.upstream[i / STORED_PER_WORD] = word;
                word = 0;
            }
        }
    }

    function read(ModelStorageLib.StoredModel storage m)
        internal
        view
        returns (IModelRegistry.Upstream[] memory upstream)
    {
        upstream = new IModelRegistry.Upstream[](m.upstreamCount);
        for (uint256 i = 0; i < upstream.length; ++i) {
            uint256 entry = m.upstream[i / STORED_PER_WORD] >> (i % STORED_PER_WORD * STORED_BITS);
            // the two fields that `store` packed
            upstream[i] = IModelRegistry.Upstream(uint64(entry >> 16), uint16(entry));
        }
    }

    /// @dev Adds a model, less what it passes on, and those it passes on to.
    function _grant(Lineage memory lineage, uint64 model, uint256 bps) private view {
        IModelRegistry.Upstream[] memory above = read(ModelStorageLib.known(model));
        uint256 kept = bps;
        for (uint256 i = 0; i < above.length; ++i) {
            uint256 part = bps * above[i].bps / WHOLE_BPS;
            _add(lineage, above[i].model, part << 32 | part);
            // the list sums to less than the whole, so the parts sum to less than bps
            kept -= part;
        }
        _add(lineage, model, bps << 32 | kept);
    }

    /// @notice Adds what a model gets, or raises it where it is listed.
    /// @dev Keeps the list ascending by model.
    /// @param grant `granted << 32 | kept`.
    function _add(Lineage memory lineage, uint64 model, uint256 grant) private pure {
        // counts up to 8, and sums of grants up to 9000: nothing here can wrap
        unchecked {
            uint256[] memory entries = lineage.entries;
            uint256 count = lineage.count;
            uint256 place = 0;
            while (place < count && entries[place] >> 64 < model) ++place;
            if (place == count || entries[place] >> 64 != model) {
                if (count == MAXIMUM_UPSTREAM) revert IModelRegistry.ModelRegistry_TooManyUpstream(MAXIMUM_UPSTREAM);
                for (uint256 i = count; i > place; --i) {
                    entries[i] = entries[i - 1];
                }
                entries[place] = uint256(model) << 64;
                lineage.count = count + 1;
            }
            entries[place] += grant;
        }
    }
}
