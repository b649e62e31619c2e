// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IDisputeManager} from "../../../contracts/interfaces/IDisputeManager.sol";
import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {ClockBoundaries} from "../../fixture/ClockBoundaries.sol";
import {DisputeFixture} from "../../fixture/DisputeFixture.sol";

/// @notice A second before each of the filings' boundaries, at it and a second after it.
contract DisputeManagerClocksTest is DisputeFixture, ClockBoundaries {
    /// @dev From the day's first second to the last second of the 21st day after it.
    function test_Conduct_IsFiledFromItsDayOnForAThawsTime() public {
        uint64 day = DAY + 2;
        bytes memory filing = abi.encodeCall(
            IDisputeManager.fileConduct, (IDisputeManager.Kind.Downtime, _subject(runner), day, EVIDENCE_HASH)
        );
        bytes memory outOfRange = abi.encodeWithSelector(IDisputeManager.DisputeManager_OffenceOutOfRange.selector, day);

        _opensAt(uint256(day) * 1 days, filer, address(disputes), filing, outOfRange);
        _closesAt(uint256(day + 22) * 1 days, filer, address(disputes), filing, outOfRange);
    }

    function test_Answer_IsFiledBeforeItsTrialsEnd() public {
        _answer(0, model, 3, 5);
        uint64 number = _close();
        uint64 end = START + 1 + TRIAL;

        _closesAt(
            end,
            filer,
            address(disputes),
            abi.encodeCall(IDisputeManager.fileAnswer, (_opening(number), _place(number, 0), EVIDENCE_HASH)),
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooLate.selector, number, end, end),
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooLate.selector, number, end, end + 1)
        );
    }
}
