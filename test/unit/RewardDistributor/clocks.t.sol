// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IRewardDistributor} from "../../../contracts/interfaces/IRewardDistributor.sol";
import {ClockBoundaries} from "../../fixture/ClockBoundaries.sol";
import {StreamFixture} from "../../fixture/StreamFixture.sol";

/// @notice A second before the distributor's one boundary, at it and a second after it.
contract RewardDistributorClocksTest is StreamFixture, ClockBoundaries {
    function test_Window_IsOverAtItsEnd() public {
        distributor.fund(stream, 1);
        distributor.proposeRoot(stream, "root", 1);
        uint64 end = START + WINDOW;

        _opensAt(
            end,
            address(this),
            address(distributor),
            abi.encodeCall(IRewardDistributor.finalizeRoot, (stream)),
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_WindowOpen.selector, end, end - 1)
        );
    }
}
