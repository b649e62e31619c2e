// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {IEpochCourt} from "../../../contracts/interfaces/IEpochCourt.sol";
import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {EpochFixture} from "../../fixture/EpochFixture.sol";

/// @notice To which epoch a receipt belongs, by its case and its batch's void, each boundary to the second.
/// @dev Batch 1 lies in epoch 1, final as of FIRST; batch 2 in epoch 2, judged as of SECOND. One receipt each, all Alice's.
/// `_belongs` says what the court makes of both sides: a credit that stands and one that is missing. They must agree.
contract EpochCourtBelongsTest is EpochFixture {
    IReceiptCourt.CaseState private constant NONE = IReceiptCourt.CaseState.None;
    IReceiptCourt.CaseState private constant OPEN = IReceiptCourt.CaseState.Open;
    IReceiptCourt.CaseState private constant CLEARED = IReceiptCourt.CaseState.Cleared;
    IReceiptCourt.CaseState private constant STRUCK = IReceiptCourt.CaseState.Struck;
    uint64 private constant FIRST = START + 5000;
    uint64 private constant SECOND = FIRST + 200_000;

    function setUp() public override {
        super.setUp();
        _answer(1000, _shares(ALICE));
        _closeBatch();
        vm.warp(FIRST);
        _openEpoch();
        IAttributionOracle.Credit[] memory none = new IAttributionOracle.Credit[](0);
        _propose(1, none, new IAttributionOracle.Payout[](0));
        assertEq(oracle.epochOf(1).asOf, FIRST);
        vm.warp(FIRST + 1 + WINDOW);
        oracle.finalize(1);
        _answer(2000, _shares(ALICE));
        _closeBatch();
        vm.warp(FIRST + 150_000);
        _openEpoch();
        vm.warp(SECOND + 100_000);
    }

    function test_ReceiptWithoutACaseBelongsToItsOwnEpoch() public {
        assertFalse(_belongs(1));
        assertTrue(_belongs(2));
    }

    function test_CaseOpenedAtAsOfKeepsItsReceiptBack() public {
        _case(2, OPEN, SECOND, 0);
        assertFalse(_belongs(2));
    }

    function test_CaseOpenedASecondAfterAsOfKeepsNothingBack() public {
        _case(2, OPEN, SECOND + 1, 0);
        assertTrue(_belongs(2));
        _case(2, STRUCK, SECOND + 1, SECOND + 2);
        assertTrue(_belongs(2), "made good from the runner's stake");
    }

    function test_CaseClearedAtAsOfLetsItsReceiptGo() public {
        _case(2, CLEARED, SECOND - 1, SECOND);
        assertTrue(_belongs(2));
    }

    function test_CaseClearedASecondAfterAsOfKeepsItsReceiptBack() public {
        _case(2, CLEARED, SECOND - 1, SECOND + 1);
        assertFalse(_belongs(2));
    }

    /// @dev Before the asOf of the epoch before: the receipt was settled then, behind that epoch's range.
    function test_CaseThatWasOverBeforeItsOwnEpochChangesNothing() public {
        _case(2, CLEARED, FIRST - 2, FIRST - 1);
        assertTrue(_belongs(2));
    }

    function test_ReceiptThatWasKeptBackMovesToTheEpochInWhichItsCaseEnds() public {
        _case(1, CLEARED, FIRST, FIRST + 1);
        assertTrue(_belongs(1));
        _case(1, CLEARED, FIRST, SECOND);
        assertTrue(_belongs(1));
        _case(1, CLEARED, FIRST, SECOND + 1);
        assertFalse(_belongs(1));
    }

    function test_ReceiptWhoseCaseEndedAtItsOwnAsOfWasPaidThere() public {
        _case(1, CLEARED, FIRST - 1, FIRST);
        assertFalse(_belongs(1));
    }

    /// @dev Its fee had been reckoned when the case was opened: to clear it must not pay it again.
    function test_ReceiptIsNotPaidTwiceByACaseThatIsOpenedLater() public {
        _case(1, CLEARED, FIRST + 1, FIRST + 2);
        assertFalse(_belongs(1));
        _case(1, OPEN, FIRST + 1, 0);
        assertFalse(_belongs(1));
    }

    function test_StruckReceiptBelongsNowhere() public {
        _case(1, STRUCK, FIRST, FIRST + 1);
        assertFalse(_belongs(1));
        _case(2, STRUCK, SECOND, SECOND);
        assertFalse(_belongs(2));
    }

    function test_BatchVoidedAtAsOfIsSkipped() public {
        _void(2, SECOND);
        assertFalse(_belongs(2));
    }

    function test_BatchVoidedASecondAfterAsOfCounts() public {
        _void(2, SECOND + 1);
        assertTrue(_belongs(2));
    }

    function test_ReceiptOfAVoidedBatchIsNotMoved() public {
        _case(1, CLEARED, FIRST, FIRST + 1);
        _void(1, SECOND);
        assertFalse(_belongs(1));
    }

    function test_RevertWhen_TheOwnEpochIsAnother() public {
        IAttributionOracle.Credit[] memory credits = _one(2);
        _proposeAsOf(credits, SECOND);
        IAttributionOracle.CreditOpening memory opening = _openCredit(credits, 0);

        vm.expectRevert(abi.encodeWithSelector(IEpochCourt.EpochCourt_NotInEpoch.selector, 2, 1));
        court.proveForeignCredit(2, opening, 1);
        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_UnknownEpoch.selector, 3));
        court.proveForeignCredit(2, opening, 3);
        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_UnknownEpoch.selector, 0));
        court.proveForeignCredit(2, opening, 0);
    }

    function test_BatchZeroBelongsNowhere() public {
        IAttributionOracle.Credit[] memory credits = _one(0);
        _proposeAsOf(credits, SECOND);

        court.proveForeignCredit(2, _openCredit(credits, 0), 0);
    }

    /// @dev Written from the definition: the first epoch whose asOf sees the receipt without an open case, if it had one at its
    /// own epoch's asOf; else its own.
    function testFuzz_ReceiptBelongsToOneEpochAtMost(
        uint8 state,
        uint64 openedAt,
        uint64 closedAt,
        uint64 voidedAt,
        bool second
    ) public {
        IReceiptCourt.CaseState s = IReceiptCourt.CaseState(state % 4);
        openedAt = _near(openedAt);
        closedAt = _near(closedAt);
        voidedAt = voidedAt % 2 == 0 ? 0 : _near(voidedAt);
        if (closedAt < openedAt) closedAt = openedAt;
        uint64 batch = second ? 2 : 1;
        if (s != NONE) _case(batch, s, openedAt, s == OPEN ? 0 : closedAt);
        if (voidedAt != 0) _void(batch, voidedAt);

        uint64 own = second ? SECOND : FIRST;
        uint256 epoch = second ? 2 : 1;
        if (s != NONE && openedAt <= own) {
            if (s != CLEARED) epoch = 0;
            else if (closedAt <= own) epoch = second ? 2 : 1;
            else epoch = closedAt <= SECOND ? 2 : 3;
        }
        if (voidedAt != 0 && voidedAt <= SECOND && epoch == 2) epoch = 0;

        assertEq(_belongs(batch), epoch == 2);
    }

    function _near(uint64 seed) private pure returns (uint64) {
        uint64[4] memory near = [FIRST, SECOND, FIRST + 100_000, START + 1];
        return near[seed % 4] + (seed >> 8) % 5 - 2;
    }

    function _case(uint64 batch, IReceiptCourt.CaseState state, uint64 openedAt, uint64 closedAt) private {
        receiptCourt.set(batch, 0, IReceiptCourt.Case(state, openedAt, closedAt));
    }

    function _void(uint64 batch, uint64 timestamp) private {
        uint256 now_ = vm.getBlockTimestamp();
        vm.warp(timestamp);
        receiptCourt.voidBatch(batch);
        vm.warp(now_);
    }

    function _belongs(uint64 batch) private returns (bool belongs) {
        IAttributionOracle.Credit[] memory credits = _one(batch);
        _proposeAsOf(credits, SECOND);
        IAttributionOracle.CreditOpening memory opening = _openCredit(credits, 0);
        (bool refuted, bytes memory reason) =
            address(court).call(abi.encodeCall(IEpochCourt.proveForeignCredit, (2, opening, batch)));
        if (!refuted) {
            assertEq(bytes4(reason), IEpochCourt.EpochCourt_NoFault.selector);
            _clear();
        }
        belongs = !refuted;

        credits = new IAttributionOracle.Credit[](0);
        _proposeAsOf(credits, SECOND);
        IEpochCourt.ReceiptEvidence memory evidence = _evidence(batch, 0);
        IAttributionOracle.CreditLookup memory place = _straddle(credits, ALICE, batch, 0);
        (bool missing,) =
            address(court).call(abi.encodeCall(IEpochCourt.proveMissingCredit, (2, ALICE, 0, batch, evidence, place)));
        assertEq(missing, belongs, "a credit is right or its absence is");
        if (!missing) _clear();
    }

    /// @dev Ends the pending proposal: its total is false.
    function _clear() private {
        vm.prank(address(court));
        oracle.refute(2, 6, prover);
    }

    function _proposeAsOf(IAttributionOracle.Credit[] memory credits, uint64 asOf) private {
        bytes32 creditsRoot = _creditsRoot(credits);
        vm.prank(proposer);
        oracle.propose(2, creditsRoot, keccak256("payouts"), 0, DATA_HASH, asOf);
    }

    function _one(uint64 batch) private pure returns (IAttributionOracle.Credit[] memory credits) {
        credits = new IAttributionOracle.Credit[](1);
        credits[0] = IAttributionOracle.Credit(ALICE, batch, 0, 7, 7);
    }
}
