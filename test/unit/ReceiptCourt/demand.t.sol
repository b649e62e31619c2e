// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BatchOpening, IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {IReceiptVerifier} from "../../../contracts/interfaces/IReceiptVerifier.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {CourtFixture} from "../../fixture/CourtFixture.sol";

contract ReceiptCourtDemandTest is CourtFixture {
    uint64 private number;

    function setUp() public override {
        super.setUp();
        _answer(0, model, 3, 5);
        _answer(0, model, 1, 1);
        _answer(1, cheapModel, 0, 9);
        number = _close();
    }

    /// @dev Amount: 1,130 + 1,030 + 64 base units, so that the least slash is locked.
    function test_LocksStakeAndHoldsTheDeposit() public {
        vm.expectEmit(address(court));
        emit IReceiptCourt.ReceiptDemanded(number, 1, demander, runner, DEPOSIT, START + REVEAL, 1, MINIMUM_SLASH);
        _demand(number, 1);

        IReceiptCourt.Demand memory demand = court.demandOf(number, 1);
        assertEq(uint8(demand.state), uint8(IReceiptCourt.DemandState.Open));
        assertEq(demand.demander, demander);
        assertEq(demand.deadline, START + REVEAL);
        assertEq(demand.deposit, DEPOSIT);
        assertEq(court.openDemandsOf(number), 1);
        assertEq(token.balanceOf(address(court)), DEPOSIT);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), MINIMUM_SLASH);
    }

    function test_LocksWhatTheWholeBatchWouldCostOnceForAllItsDemands() public {
        models.add(4000e18, 0, 0);
        (nonceOf[channels[0]][4], cumulativeOf[channels[0]][4]) = (1, 4000e18);
        uint64 dear = _dearBatch(4000e18);

        _demand(dear, 0);
        _demand(dear, 7);

        assertEq(staking.lockOf(address(court), runner, Role.Runner), 10_000e18);
    }

    function test_LocksWhatThereIs() public {
        uint64 dear = _dearBatch(90_000e18);

        _demand(dear, 0);

        assertEq(staking.lockOf(address(court), runner, Role.Runner), STAKE);
    }

    function test_LocksTheRestWhenStakeCameLater() public {
        uint64 dear = _dearBatch(90_000e18);
        _demand(dear, 0);
        staking.stakeFor(runner, Role.Runner, 125_000e18);

        _demand(dear, 1);

        assertEq(staking.lockOf(address(court), runner, Role.Runner), 225_000e18);
    }

    function test_EachSixteenOpenDemandsRaiseThePrice() public {
        for (uint32 i; i < 32; ++i) {
            assertEq(court.depositOf(number, 0), i < 16 ? DEPOSIT : 2 * DEPOSIT, "price");
            _demand(number, i);
        }

        assertEq(court.depositOf(number, 0), 3 * DEPOSIT);
        assertEq(token.balanceOf(address(court)), 16 * DEPOSIT + 32 * DEPOSIT);
    }

    function test_RevertWhen_TheMarketSettledNoSuchBatch() public {
        BatchOpening memory opening = _opening(number);
        opening.batch.amount += 1;

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidBatchOpening.selector, number));
        vm.prank(demander);
        court.demand(opening, 0);
    }

    /// @dev What the court once saw opens itself, whatever was pinned.
    function test_AnOpenedBatchNeedsNoWayToThePinAgain() public {
        _demand(number, 0);
        BatchOpening memory bare;
        bare.batch = batchOf[number];

        vm.prank(demander);
        court.demand(bare, 1);

        assertEq(court.openDemandsOf(number), 2);
    }

    function test_RevertGiven_TheReceiptIsDemanded() public {
        _demand(number, 1);
        BatchOpening memory opening = _opening(number);

        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptCourt.ReceiptCourt_AlreadyDemanded.selector, number, 1, IReceiptCourt.DemandState.Open
            )
        );
        vm.prank(demander);
        court.demand(opening, 1);
    }

    function test_RevertGiven_TheReceiptWasRevealed() public {
        _demand(number, 1);
        verifier.reveal(batchOf[number], 1, _revelation(number, 1));
        BatchOpening memory opening = _opening(number);

        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptCourt.ReceiptCourt_AlreadyDemanded.selector, number, 1, IReceiptCourt.DemandState.Revealed
            )
        );
        vm.prank(demander);
        court.demand(opening, 1);
    }

    function test_RevertGiven_TheCountIsKnownToBeLess() public {
        _demand(number, 0);
        verifier.reveal(batchOf[number], 0, _revelation(number, 0));
        BatchOpening memory opening = _opening(number);

        vm.prank(demander);
        court.demand(opening, 2);
        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_NoSuchReceipt.selector, number, 3, 3));
        vm.prank(demander);
        court.demand(opening, 3);
    }

    function test_RevertGiven_TheTrialPeriodIsOver() public {
        BatchOpening memory opening = _opening(number);
        vm.warp(START + TRIAL - 1);
        vm.prank(demander);
        court.demand(opening, 0);

        vm.warp(START + TRIAL);
        vm.expectRevert(
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooLate.selector, number, START + TRIAL, START + TRIAL)
        );
        vm.prank(demander);
        court.demand(opening, 1);
    }

    function test_RevertGiven_TheBatchIsVoid() public {
        _demand(number, 0);
        vm.warp(START + REVEAL);
        court.expire(batchOf[number], 0);
        BatchOpening memory opening = _opening(number);

        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_BatchVoid.selector, number, START + REVEAL));
        vm.prank(demander);
        court.demand(opening, 1);
    }

    function test_RevertWhen_TheDepositIsNotPaid() public {
        BatchOpening memory opening = _opening(number);

        vm.expectRevert(
            abi.encodeWithSignature("ERC20InsufficientAllowance(address,uint256,uint256)", court, 0, DEPOSIT)
        );
        vm.prank(stranger);
        court.demand(opening, 0);
    }

    /// @dev Whatever a demand costs: whoever answers it gets that, and no other demand's deposit.
    function testFuzz_DemandThenReveal_PaysTheDeposit(uint256 price, uint256 later) public {
        price = bound(price, 1, 100e18);
        later = bound(later, 1, 100e18);
        uint256 held = token.balanceOf(demander);
        court.setTerms(IReceiptCourt.Terms(uint96(price), MINIMUM_SLASH, BOUNTY_BPS));
        _demand(number, 0);
        court.setTerms(IReceiptCourt.Terms(uint96(later), MINIMUM_SLASH, BOUNTY_BPS));
        _demand(number, 1);
        assertEq(token.balanceOf(demander), held - price - later);
        assertEq(token.balanceOf(address(court)), price + later);

        IReceiptVerifier.Revelation memory revelation = _revelation(number, 0);
        vm.prank(stranger);
        verifier.reveal(batchOf[number], 0, revelation);

        assertEq(token.balanceOf(stranger), price);
        assertEq(token.balanceOf(address(court)), later);
    }

    function _dearBatch(uint96 amount) private returns (uint64) {
        Entry[] memory entries = new Entry[](1);
        entries[0] = Entry(channels[0], 4, 0, amount);
        return _settle(receiptsOf[number], entries);
    }
}
