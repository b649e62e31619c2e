// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {EpochFixture} from "../../fixture/EpochFixture.sol";
import {Tree} from "../../fixture/Tree.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

/// @notice Leaves that are demanded: answered, shown to be none, or paid for with the bond.
/// @dev The pending proposal is number 1 of epoch 1, made at START + 1; five credits, three pay-outs. A demand costs 3.
contract AttributionOracleDemandTest is EpochFixture {
    IAttributionOracle.LeafTree private constant CREDITS = IAttributionOracle.LeafTree.Credits;
    IAttributionOracle.LeafTree private constant PAYOUTS = IAttributionOracle.LeafTree.Payouts;
    uint64 private constant MADE = START + 1;
    uint64 private constant END = MADE + WINDOW;
    uint96 private constant DEPOSIT = 3;

    IAttributionOracle.Credit[] private _list;
    IAttributionOracle.Payout[] private _tree;
    address private demander = makeAddr("demander");
    address private revealer = makeAddr("revealer");

    function setUp() public override {
        super.setUp();
        _answer(1000, _shares(POOL, 30_000, ALICE));
        _answer(1000, _shares(ALICE, 30_000, BOB));
        _answer(1000, _shares(ALICE));
        _closeBatch();
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = _credits(1, 1);
        IAttributionOracle.Payout[] memory payouts = _payouts(new IAttributionOracle.Payout[](0), credits);
        for (uint256 i; i < credits.length; ++i) {
            _list.push(credits[i]);
        }
        for (uint256 i; i < payouts.length; ++i) {
            _tree.push(payouts[i]);
        }
        _propose(1, credits, payouts);
        require(token.transfer(demander, 1000), "not paid");
        vm.prank(demander);
        token.approve(address(oracle), 1000);
    }

    function test_DemandTakesTheDepositAndHoldsFinality() public {
        vm.expectEmit(address(oracle));
        emit IAttributionOracle.LeafDemanded(1, CREDITS, 2, demander, DEPOSIT, MADE + REVEAL_PERIOD, 1);
        _demand(CREDITS, 2);
        vm.expectEmit(address(oracle));
        emit IAttributionOracle.LeafDemanded(1, PAYOUTS, 2, demander, DEPOSIT, MADE + REVEAL_PERIOD, 2);
        _demand(PAYOUTS, 2);

        assertEq(token.balanceOf(demander), 1000 - 2 * DEPOSIT);
        assertEq(token.balanceOf(address(oracle)), BOND + 2 * DEPOSIT);
        assertEq(oracle.epochOf(1).openDemands, 2);
        assertEq(oracle.epochOf(1).demandDeposit, DEPOSIT);
        IAttributionOracle.Demand memory demand = oracle.demandOf(1, CREDITS, 2);
        assertEq(demand.demander, demander);
        assertEq(demand.deposit, DEPOSIT);
        assertEq(demand.deadline, MADE + REVEAL_PERIOD);
        vm.warp(END);
        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_DemandsOpen.selector, 1, 2));
        oracle.finalize(1);
    }

    function test_RevealedCreditPaysWhoeverReveals() public {
        _demand(CREDITS, 2);
        IAttributionOracle.CreditOpening memory opening = _openCredit(_list, 2);

        vm.expectEmit(address(oracle));
        emit IAttributionOracle.CreditRevealed(1, 2, opening);
        vm.expectEmit(address(oracle));
        emit IAttributionOracle.DemandAnswered(1, CREDITS, 2, revealer, DEPOSIT, END, 0);
        vm.prank(revealer);
        oracle.revealCredit(1, opening);

        assertEq(token.balanceOf(revealer), DEPOSIT);
        assertEq(token.balanceOf(address(oracle)), BOND);
        assertEq(uint8(oracle.demandOf(1, CREDITS, 2).state), uint8(IAttributionOracle.DemandState.Answered));
        vm.warp(END);
        oracle.finalize(1);
    }

    function test_RevealedPayoutPaysWhoeverReveals() public {
        _demand(PAYOUTS, 1);
        IAttributionOracle.PayoutOpening memory opening = _openPayout(_tree, 1);

        vm.expectEmit(address(oracle));
        emit IAttributionOracle.PayoutRevealed(1, 1, opening);
        vm.expectEmit(address(oracle));
        emit IAttributionOracle.DemandAnswered(1, PAYOUTS, 1, revealer, DEPOSIT, END, 0);
        vm.prank(revealer);
        oracle.revealPayout(1, opening);

        assertEq(token.balanceOf(revealer), DEPOSIT);
    }

    function test_LeafBeyondTheTreeIsAnsweredByTheCount() public {
        (uint64 credits, uint64 payouts) = (uint64(_list.length), uint64(_tree.length));
        _demand(CREDITS, credits);
        _demand(PAYOUTS, type(uint64).max);
        bytes32 creditsTop = Tree.top(_creditLeavesOf());
        bytes32 payoutsTop = Tree.top(_payoutLeavesOf());

        vm.expectEmit(address(oracle));
        emit IAttributionOracle.AbsenceRevealed(1, CREDITS, credits, credits, creditsTop);
        vm.expectEmit(address(oracle));
        emit IAttributionOracle.DemandAnswered(1, CREDITS, credits, revealer, DEPOSIT, END, 1);
        vm.startPrank(revealer);
        oracle.revealAbsence(1, CREDITS, credits, credits, creditsTop);
        oracle.revealAbsence(1, PAYOUTS, type(uint64).max, payouts, payoutsTop);

        assertEq(token.balanceOf(revealer), 2 * DEPOSIT);
    }

    function test_RevertWhen_ALeafThatExistsIsCalledAbsent() public {
        uint64 count = uint64(_list.length);
        _demand(CREDITS, count - 1);
        bytes32 top = Tree.top(_creditLeavesOf());
        bytes32 root = oracle.epochOf(1).creditsRoot;

        vm.expectRevert(
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_LeafExists.selector, count - 1, count)
        );
        oracle.revealAbsence(1, CREDITS, count - 1, count, top);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_InvalidOpening.selector, root, count - 1, count - 1
            )
        );
        oracle.revealAbsence(1, CREDITS, count - 1, count - 1, top);
    }

    /// @dev The domain of the other tree gives another root.
    function test_RevertWhen_TheCountIsOfTheOtherTree() public {
        _demand(PAYOUTS, 7);
        bytes32 top = Tree.top(_creditLeavesOf());

        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_InvalidOpening.selector, _payoutsRoot(_tree), 7, 5
            )
        );
        oracle.revealAbsence(1, PAYOUTS, 7, 5, top);
    }

    function test_SilenceCancelsTheRootAndPaysTheDemander() public {
        _demand(CREDITS, 2);
        vm.warp(MADE + REVEAL_PERIOD);

        vm.expectEmit(address(oracle));
        emit IAttributionOracle.DepositReturned(1, CREDITS, 2, demander, DEPOSIT);
        vm.expectEmit(address(oracle));
        emit IAttributionOracle.EpochRefuted(1, proposer, demander, 1, 7, 500);
        vm.prank(stranger);
        oracle.expireDemand(1, CREDITS, 2);

        assertEq(token.balanceOf(demander), 1000 + 500);
        assertEq(token.balanceOf(treasury), 501);
        assertEq(token.balanceOf(address(oracle)), 0);
        assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Open));
        assertEq(distributor.pendingRootOf(stream).root, 0);
        assertEq(uint8(oracle.demandOf(1, CREDITS, 2).state), uint8(IAttributionOracle.DemandState.Ended));
    }

    function test_RevertWhen_ADemandExpiresASecondEarly() public {
        _demand(CREDITS, 2);

        vm.warp(MADE + REVEAL_PERIOD - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_TooEarly.selector, MADE + REVEAL_PERIOD, MADE + REVEAL_PERIOD - 1
            )
        );
        oracle.expireDemand(1, CREDITS, 2);
        vm.warp(MADE + REVEAL_PERIOD);
        oracle.expireDemand(1, CREDITS, 2);
    }

    function test_RevertWhen_ALeafIsRevealedAtTheDeadline() public {
        _demand(CREDITS, 2);
        IAttributionOracle.CreditOpening memory opening = _openCredit(_list, 2);

        vm.warp(MADE + REVEAL_PERIOD);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_DeadlinePassed.selector, MADE + REVEAL_PERIOD, MADE + REVEAL_PERIOD
            )
        );
        oracle.revealCredit(1, opening);
        vm.warp(MADE + REVEAL_PERIOD - 1);
        oracle.revealCredit(1, opening);
    }

    function test_RevertWhen_ALeafIsDemandedAtTheWindowsEnd() public {
        vm.warp(END);
        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_DemandsClosed.selector, END, END));
        _demand(CREDITS, 2);
        vm.warp(END - 1);
        _demand(CREDITS, 2);
    }

    /// @dev Demanded in the window's last second, revealed in its own last second: finality waits for what may follow from it,
    /// two reveal periods at most.
    function test_LateRevealLeavesTimeForAProof() public {
        vm.warp(END - 1);
        _demand(CREDITS, 2);
        vm.warp(END - 2 + REVEAL_PERIOD);
        uint64 finalizableAt = END - 2 + 2 * REVEAL_PERIOD;

        vm.expectEmit(address(oracle));
        emit IAttributionOracle.DemandAnswered(1, CREDITS, 2, address(this), DEPOSIT, finalizableAt, 0);
        oracle.revealCredit(1, _openCredit(_list, 2));

        assertEq(oracle.epochOf(1).finalizableAt, finalizableAt);
        assertLt(finalizableAt, END + 2 * REVEAL_PERIOD);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_DemandsClosed.selector, END, END - 2 + REVEAL_PERIOD
            )
        );
        _demand(CREDITS, 3);
        vm.warp(finalizableAt - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_TooEarly.selector, finalizableAt, finalizableAt - 1
            )
        );
        oracle.finalize(1);
        vm.warp(finalizableAt);
        oracle.finalize(1);
    }

    /// @dev In time for the window's own end nothing is put off.
    function test_EarlyRevealPutsNothingOff() public {
        _demand(CREDITS, 2);
        vm.warp(MADE + REVEAL_PERIOD - 1);
        oracle.revealCredit(1, _openCredit(_list, 2));

        assertEq(oracle.epochOf(1).finalizableAt, END);
    }

    function test_RevertWhen_ALeafIsDemandedTwice() public {
        _demand(CREDITS, 2);
        bytes memory refusal =
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_DemandedBefore.selector, 1, CREDITS, 2);

        vm.expectRevert(refusal);
        _demand(CREDITS, 2);
        oracle.revealCredit(1, _openCredit(_list, 2));
        vm.expectRevert(refusal);
        _demand(CREDITS, 2);
    }

    function test_RevertWhen_ALeafIsRevealedThatNobodyDemanded() public {
        _demand(CREDITS, 2);
        IAttributionOracle.CreditOpening memory other = _openCredit(_list, 3);
        IAttributionOracle.PayoutOpening memory payout = _openPayout(_tree, 2);
        IAttributionOracle.CreditOpening memory opening = _openCredit(_list, 2);

        _expectNotDemanded(CREDITS, 3);
        oracle.revealCredit(1, other);
        _expectNotDemanded(PAYOUTS, 2);
        oracle.revealPayout(1, payout);
        oracle.revealCredit(1, opening);
        _expectNotDemanded(CREDITS, 2);
        oracle.revealCredit(1, opening);
        _expectNotDemanded(CREDITS, 2);
        oracle.expireDemand(1, CREDITS, 2);
    }

    function test_RevertWhen_AnotherLeafIsRevealed() public {
        _demand(CREDITS, 2);
        IAttributionOracle.CreditOpening memory opening = _openCredit(_list, 2);
        opening.credit.amount += 1;
        bytes32 root = _creditsRoot(_list);

        vm.expectRevert(
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_InvalidOpening.selector, root, 2, 5)
        );
        oracle.revealCredit(1, opening);
    }

    /// @dev A proof meanwhile makes demands pointless: each deposit comes back, whenever somebody asks.
    function test_DepositsComeBackWhenTheProposalFallsOtherwise() public {
        _reproposeFalsely();
        _demandOf(2, CREDITS, 2);
        _demandOf(2, PAYOUTS, 0);
        court.provePayoutTotal(1, _openPayout(_tree, _tree.length - 1));
        vm.warp(MADE + 100 days);

        vm.expectEmit(address(oracle));
        emit IAttributionOracle.DepositReturned(2, CREDITS, 2, demander, DEPOSIT);
        vm.prank(stranger);
        oracle.reclaimDeposit(2, CREDITS, 2);
        oracle.reclaimDeposit(2, PAYOUTS, 0);

        assertEq(token.balanceOf(demander), 1000 + 500, "the bounty of the proposal before");
        assertEq(token.balanceOf(address(oracle)), 0);
        vm.expectRevert(
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_NotDemanded.selector, 2, CREDITS, 2)
        );
        oracle.reclaimDeposit(2, CREDITS, 2);
    }

    function test_SecondSilentDemandOfACancelledProposalIsReturned() public {
        _demand(CREDITS, 2);
        _demand(CREDITS, 3);
        vm.warp(MADE + REVEAL_PERIOD);
        oracle.expireDemand(1, CREDITS, 2);

        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_NotPending.selector, 1));
        oracle.expireDemand(1, CREDITS, 3);
        oracle.reclaimDeposit(1, CREDITS, 3);

        assertEq(token.balanceOf(demander), 1000 + 500);
        assertEq(token.balanceOf(address(oracle)), 0);
    }

    function test_RevertWhen_ADepositIsReclaimedWhileTheProposalIsPending() public {
        _demand(CREDITS, 2);
        vm.warp(END + 100 days);

        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_StillPending.selector, 1));
        oracle.reclaimDeposit(1, CREDITS, 2);
    }

    /// @dev A demand names its proposal: it cannot meet the next, honest one.
    function test_RevertWhen_TheProposalIsNotThePendingOne() public {
        _demand(CREDITS, 2);
        vm.warp(MADE + REVEAL_PERIOD);
        oracle.expireDemand(1, CREDITS, 2);
        _propose(1, _list, _tree);
        IAttributionOracle.CreditOpening memory opening = _openCredit(_list, 2);

        bytes memory refusal = abi.encodeWithSelector(IAttributionOracle.AttributionOracle_NotPending.selector, 1);
        vm.expectRevert(refusal);
        _demand(CREDITS, 3);
        vm.expectRevert(refusal);
        oracle.revealCredit(1, opening);
        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_NotPending.selector, 3));
        _demandOf(3, CREDITS, 3);
        _demandOf(2, CREDITS, 2);
    }

    function test_RevertGiven_TheProposalIsFinal() public {
        vm.warp(END);
        oracle.finalize(1);

        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_NotPending.selector, 1));
        _demand(CREDITS, 2);
    }

    /// @dev A root that is no tree's: nothing of it can be shown, its count included.
    function test_RootOfNothingFallsToAnyDemand() public {
        _demand(CREDITS, 2);
        vm.warp(MADE + REVEAL_PERIOD);
        oracle.expireDemand(1, CREDITS, 2);
        _propose(1, keccak256("nothing"), _payoutsRoot(_tree), _total(_tree));
        vm.prank(demander);
        oracle.demandLeaf(2, CREDITS, 99);

        vm.warp(vm.getBlockTimestamp() + REVEAL_PERIOD);
        oracle.expireDemand(2, CREDITS, 99);

        assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Open));
    }

    /// @dev More than any list of slots could hold: a false proposer cannot shut others out.
    function test_DemandsAreNotBounded() public {
        vm.prank(demander);
        token.approve(address(oracle), type(uint256).max);
        require(token.transfer(demander, 3000), "not paid");
        for (uint64 i; i < 300; ++i) {
            _demand(CREDITS, i);
        }
        assertEq(oracle.epochOf(1).openDemands, 300);
    }

    function test_RevertWhen_TheRevealPeriodIsOutOfRange() public {
        address slow =
            vm.deployCode("RewardDistributor.sol:RewardDistributor", abi.encode(token, datanets, uint64(96 hours)));
        vm.chainId(10);
        this.deployWith(slow, 13 hours);
        this.deployWith(slow, 16 hours);
        _expectRevealPeriod(13 hours - 1, 13 hours, 16 hours);
        this.deployWith(slow, 13 hours - 1);
        _expectRevealPeriod(16 hours + 1, 13 hours, 16 hours);
        this.deployWith(slow, 16 hours + 1);
        vm.chainId(31_337);
        this.deployWith(address(distributor), 1);
        this.deployWith(address(distributor), 24 hours);
        _expectRevealPeriod(0, 1, 24 hours);
        this.deployWith(address(distributor), 0);
    }

    function deployWith(address distributor_, uint64 revealPeriod) external {
        vm.deployCode(
            "AttributionOracle.sol:AttributionOracle",
            abi.encode(token, market, distributor_, staking, court, EPOCH_PERIOD, revealPeriod)
        );
    }

    /// @dev Whatever the bond is: half of it is the demander's, the rest the treasury's, and every deposit comes back.
    function testFuzz_DemandThenExpireAndReclaim_DividesTheBond(uint256 amount, uint64[2] memory indices) public {
        uint96 bond = uint96(bound(amount, 1, 100_000e18));
        uint256 deposit = (uint256(bond) + 499) / 500;
        _proposeFor(bond, keccak256("credits"));
        uint256 held = token.balanceOf(demander);

        vm.startPrank(stranger);
        token.approve(address(oracle), deposit);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, stranger, 0, deposit));
        oracle.demandLeaf(2, CREDITS, indices[0]);
        vm.stopPrank();
        _demandOf(2, CREDITS, indices[0]);
        _demandOf(2, PAYOUTS, indices[1]);
        assertEq(token.balanceOf(demander), held - 2 * deposit);
        assertEq(token.balanceOf(address(oracle)), bond + 2 * deposit);

        vm.warp(vm.getBlockTimestamp() + REVEAL_PERIOD);
        vm.prank(stranger);
        oracle.expireDemand(2, CREDITS, indices[0]);
        assertEq(token.balanceOf(demander), held - deposit + bond / 2);
        assertEq(token.balanceOf(treasury), bond - bond / 2);
        assertEq(token.balanceOf(address(oracle)), deposit);
        vm.prank(stranger);
        oracle.reclaimDeposit(2, PAYOUTS, indices[1]);

        assertEq(token.balanceOf(demander), held + bond / 2);
        assertEq(token.balanceOf(address(oracle)), 0);
        assertEq(token.balanceOf(proposer), FUNDS - bond);
        assertEq(token.balanceOf(stranger), 0);
    }

    /// @dev Whatever the bond is, the deposit is whose answer it was, and the proposer has its bond back.
    function testFuzz_DemandThenReveal_PaysTheDeposit(uint256 amount, uint64 index) public {
        uint96 bond = uint96(bound(amount, 1, 100_000e18));
        uint256 deposit = (uint256(bond) + 499) / 500;
        (bytes32 creditsRoot, uint64 count) = (oracle.epochOf(1).creditsRoot, uint64(_list.length));
        _proposeFor(bond, creditsRoot);
        uint256 held = token.balanceOf(demander);
        index = uint64(bound(index, 0, 2 * count));
        _demandOf(2, CREDITS, index);

        vm.startPrank(revealer);
        if (index < count) oracle.revealCredit(2, _openCredit(_list, index));
        else oracle.revealAbsence(2, CREDITS, index, count, Tree.top(_creditLeavesOf()));
        vm.stopPrank();

        assertEq(token.balanceOf(revealer), deposit);
        assertEq(token.balanceOf(demander), held - deposit);
        assertEq(token.balanceOf(address(oracle)), bond);
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        oracle.finalize(1);
        assertEq(token.balanceOf(address(oracle)), 0);
        assertEq(token.balanceOf(proposer), FUNDS);
    }

    /// @dev In the honest proposal's place one of this bond that pays nobody; the demander can pay for its demands.
    function _proposeFor(uint96 bond, bytes32 creditsRoot) private {
        vm.prank(address(court));
        oracle.withdraw(1, 1);
        oracle.setBond(bond);
        _propose(1, creditsRoot, keccak256("payouts"), 0);
        require(token.transfer(demander, 2 * (uint256(bond) / 500 + 1)), "not paid");
        vm.prank(demander);
        token.approve(address(oracle), type(uint256).max);
    }

    function _expectRevealPeriod(uint64 period, uint64 minimum, uint64 maximum) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_RevealPeriodOutOfRange.selector, period, minimum, maximum
            )
        );
    }

    /// @dev Ends the honest proposal by a silent demand; number 2 states a total that is one too low.
    function _reproposeFalsely() private {
        _demand(CREDITS, 0);
        vm.warp(MADE + REVEAL_PERIOD);
        oracle.expireDemand(1, CREDITS, 0);
        _propose(1, _list, _tree, _total(_tree) - 1);
    }

    function _demand(IAttributionOracle.LeafTree tree, uint64 index) private {
        _demandOf(1, tree, index);
    }

    function _demandOf(uint64 proposal, IAttributionOracle.LeafTree tree, uint64 index) private {
        vm.prank(demander);
        oracle.demandLeaf(proposal, tree, index);
    }

    function _expectNotDemanded(IAttributionOracle.LeafTree tree, uint64 index) private {
        vm.expectRevert(
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_NotDemanded.selector, 1, tree, index)
        );
    }

    function _creditLeavesOf() private view returns (bytes32[] memory leaves) {
        return _creditLeaves(_list);
    }

    function _payoutLeavesOf() private view returns (bytes32[] memory leaves) {
        return _payoutLeaves(_tree);
    }
}
