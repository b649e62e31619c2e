// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BatchOpening, IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {BatchLib} from "./BatchLib.sol";

/// @title BatchChainLib
/// @notice Checks that the market settled a batch with just this header.
library BatchChainLib {
    /// @notice What lies between two pinned numbers at most: the market pins each multiple of it.
    uint256 internal constant PIN_INTERVAL = 64;

    /// @notice Reverts with `InferenceMarket_InvalidBatchOpening` unless the opening leads from its header to a pinned chain.
    /// @dev The chain at a pinned number determines each header before it, and the market puts a batch's own number into its
    /// header: an opening that holds shows the header of the batch of that number, and there is only one.
    function requireBatch(IInferenceMarket market, BatchOpening calldata opening) internal view {
        uint64 number = opening.batch.number;
        bytes32[] calldata later = opening.later;
        if (later.length > PIN_INTERVAL || later.length > type(uint64).max - number) {
            revert IInferenceMarket.InferenceMarket_InvalidBatchOpening(number);
        }

        bytes32 chain = BatchLib.extend(opening.chainBefore, BatchLib.hash(opening.batch));
        for (uint256 i = 0; i < later.length; ++i) {
            chain = BatchLib.extend(chain, later[i]);
        }

        // an unpinned number has the chain 0, which no preimage is known of; the sum fits: checked above
        if (market.batchChainAt(number + uint64(later.length)) != chain) {
            revert IInferenceMarket.InferenceMarket_InvalidBatchOpening(number);
        }
    }
}
