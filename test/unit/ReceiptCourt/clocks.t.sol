// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IReceiptCourt, WHOLE_BATCH} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {IReceiptVerifier} from "../../../contracts/interfaces/IReceiptVerifier.sol";
import {ClockBoundaries} from "../../fixture/ClockBoundaries.sol";
import {CourtFixture} from "../../fixture/CourtFixture.sol";

/// @notice A second before each of the court's boundaries, at it and a second after it.
/// @dev The batch is of two receipts and was settled at START.
contract ReceiptCourtClocksTest is CourtFixture, ClockBoundaries {
    uint64 private constant DEADLINE = START + REVEAL;

    uint64 private number;

    function setUp() public override {
        super.setUp();
        _answer(0, model, 3, 5);
        _answer(1, cheapModel, 0, 9);
        number = _close();
    }

    function test_Trial_TakesDemandsBeforeItsEnd() public {
        _closesLate(
            START + TRIAL, demander, address(court), abi.encodeCall(IReceiptCourt.demand, (_opening(number), 0))
        );
    }

    function test_Trial_TakesCasesBeforeItsEnd() public {
        _closesLate(
            START + TRIAL,
            judge,
            address(court),
            abi.encodeCall(IReceiptCourt.openCase, (_opening(number), _place(number, 0)))
        );
    }

    /// @dev The second in which an answer is too late is the one in which silence counts.
    function test_Demand_IsAnsweredBeforeItsDeadlineAndExpiresAtIt() public {
        _demand(number, 0);

        _closesLate(
            DEADLINE,
            stranger,
            address(verifier),
            abi.encodeCall(IReceiptVerifier.reveal, (batchOf[number], 0, _revelation(number, 0)))
        );
        _expiresAtTheDeadline(0);
    }

    function test_DemandOfTheWhole_IsAnsweredBeforeItsDeadlineAndExpiresAtIt() public {
        _demand(number, WHOLE_BATCH);

        _closesLate(
            DEADLINE,
            stranger,
            address(verifier),
            abi.encodeCall(
                IReceiptVerifier.disclose, (batchOf[number], 0, 2, _disclosuresOf(number, 0, 2), new bytes32[](0))
            )
        );
        _expiresAtTheDeadline(WHOLE_BATCH);
    }

    function test_Stake_IsReleasedARevealPeriodAfterTheDeadline() public {
        _demand(number, 0);
        verifier.reveal(batchOf[number], 0, _revelation(number, 0));
        uint64 end = DEADLINE + REVEAL;

        _opensAt(
            end,
            stranger,
            address(court),
            abi.encodeCall(IReceiptCourt.release, (batchOf[number])),
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_StillLocked.selector, number, 0, end)
        );
    }

    /// @dev Of a batch whose receipt claims more than its price.
    function test_Convictions_EndTwoRevealPeriodsAfterTheTrial() public {
        receiptsOf[number][0].fee += 1;
        number = _settle(receiptsOf[number], new Entry[](0));

        _closesLate(
            START + TRIAL + 2 * REVEAL,
            stranger,
            address(verifier),
            abi.encodeCall(IReceiptVerifier.proveFee, (_opening(number), _place(number, 0)))
        );
    }

    function test_Case_LapsesAfterThirtyDays() public {
        vm.startPrank(judge);
        court.openCase(_opening(number), _place(number, 0));
        vm.stopPrank();

        _opensAt(
            START + 30 days,
            stranger,
            address(court),
            abi.encodeCall(IReceiptCourt.lapse, (number, 0)),
            _tooEarly(START + 30 days)
        );
    }

    function _closesLate(uint64 end, address caller, address target, bytes memory call) private {
        _closesAt(
            end,
            caller,
            target,
            call,
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooLate.selector, number, end, end),
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooLate.selector, number, end, end + 1)
        );
    }

    function _expiresAtTheDeadline(uint32 index) private {
        _opensAt(
            DEADLINE,
            stranger,
            address(court),
            abi.encodeCall(IReceiptCourt.expire, (batchOf[number], index)),
            _tooEarly(DEADLINE)
        );
    }

    function _tooEarly(uint64 earliest) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooEarly.selector, earliest, earliest - 1);
    }
}
