// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {IRewardDistributor} from "../../../contracts/interfaces/IRewardDistributor.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {EpochFixture} from "../../fixture/EpochFixture.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {Tree} from "../../fixture/Tree.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

contract AttributionOracleEpochTest is EpochFixture {
    bytes32 private constant CREDITS = keccak256("credits");
    bytes32 private constant PAYOUTS = keccak256("payouts");

    function setUp() public override {
        super.setUp();
        _answer(1000, _shares(ALICE));
        _closeBatch();
    }

    function test_OpenClosesTheRange() public {
        _answer(500, _shares(ALICE));
        _closeBatch();

        vm.expectEmit(address(oracle));
        emit IAttributionOracle.EpochOpened(1, 1, 2, 600, 600, chains[2]);
        assertEq(oracle.openEpoch(), 1);
        _answer(500, _shares(ALICE));
        _closeBatch();

        assertEq(oracle.epochOf(1).lastBatch, 2, "what comes later belongs to the next");
        assertEq(oracle.epochOf(1).dataAmount, 600);
        assertEq(oracle.epochCount(), 1);
    }

    function test_OpenPinsTheBatchesAndCollectsTheirData() public {
        assertEq(market.batchChainAt(1), 0);
        assertEq(distributor.streamOf(stream).funded, 0);

        oracle.openEpoch();

        assertEq(market.batchChainAt(1), chains[1]);
        assertEq(distributor.streamOf(stream).funded, 400);
    }

    function test_NextEpochBeginsBehindTheLast() public {
        _finishEpoch(400);
        _answer(500, _shares(ALICE));
        _closeBatch();

        vm.expectEmit(address(oracle));
        emit IAttributionOracle.EpochOpened(2, 2, 2, 200, 600, chains[2]);
        oracle.openEpoch();
    }

    function test_RangeOfAnOldEpochIsKept() public {
        _finishEpoch(400);
        _answer(500, _shares(ALICE));
        _closeBatch();
        _answer(500, _shares(ALICE));
        _closeBatch();
        _openEpoch();

        IAttributionOracle.Epoch memory old = oracle.epochOf(1);
        assertEq(uint8(old.state), uint8(IAttributionOracle.EpochState.Final));
        assertEq(abi.encode(old.firstBatch, old.lastBatch, old.dataAmount, old.asOf), abi.encode(1, 1, 400, START));
        assertEq(old.payoutsRoot, 0, "told by its event");
        (uint64 firstBatch, uint64 lastBatch, uint64 asOf) = oracle.rangeOf(2);
        assertEq(abi.encode(firstBatch, lastBatch, asOf), abi.encode(2, 3, 0));
        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_UnknownEpoch.selector, 3));
        oracle.rangeOf(3);
        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_UnknownEpoch.selector, 0));
        oracle.rangeOf(0);
    }

    function test_RevertGiven_NoBatchAtAll() public {
        MarketFixture.setUp();
        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_NoNewBatches.selector, 0));
        oracle.openEpoch();
    }

    function test_RevertGiven_NoNewBatches() public {
        _finishEpoch(400);
        vm.warp(START + 2 * WINDOW);

        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_NoNewBatches.selector, 1));
        oracle.openEpoch();
    }

    function test_RevertGiven_TheEpochBeforeIsUnfinished() public {
        oracle.openEpoch();
        _answer(500, _shares(ALICE));
        _closeBatch();
        bytes memory refusal = abi.encodeWithSelector(IAttributionOracle.AttributionOracle_EpochUnfinished.selector, 1);

        vm.expectRevert(refusal);
        oracle.openEpoch();
        _proposeTotal(400);
        vm.expectRevert(refusal);
        oracle.openEpoch();
    }

    function test_RevertWhen_OpenedOneSecondBeforeThePeriod() public {
        IAttributionOracle slow = _oracleWithPeriod(10 * WINDOW);
        slow.openEpoch();
        vm.warp(START + 1);
        vm.prank(proposer);
        slow.propose(1, CREDITS, PAYOUTS, 0, DATA_HASH, START);
        vm.warp(START + 1 + WINDOW);
        slow.finalize(1);
        _answer(500, _shares(ALICE));
        _closeBatch();

        vm.warp(START + 10 * WINDOW - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_TooEarly.selector, START + 10 * WINDOW, START + 10 * WINDOW - 1
            )
        );
        slow.openEpoch();
        vm.warp(START + 10 * WINDOW);
        slow.openEpoch();
    }

    function test_ProposeTakesTheBondAndStartsTheWindow() public {
        _openEpoch();

        vm.expectEmit(address(oracle));
        emit IAttributionOracle.EpochProposed(
            1, proposer, 1, CREDITS, PAYOUTS, DATA_HASH, 400, START, BOND, START + 1 + WINDOW
        );
        _proposeTotal(400);

        assertEq(token.balanceOf(address(oracle)), BOND);
        IAttributionOracle.Epoch memory e = oracle.epochOf(1);
        assertEq(uint8(e.state), uint8(IAttributionOracle.EpochState.Proposed));
        assertEq(e.demandsEnd, START + 1 + WINDOW);
        assertEq(e.demandDeposit, 3, "a 500th of 1,001, rounded up");
        assertEq(distributor.pendingRootOf(stream).root, PAYOUTS);
        assertEq(distributor.pendingRootOf(stream).finalizableAt, START + 1 + WINDOW);
    }

    /// @dev What may still happen in the second of a proposal must not make it false.
    function test_RevertWhen_AsOfIsNow() public {
        vm.warp(START + 100);
        _openEpoch();

        _expectAsOf(START + 101, START + 100, START + 101);
        _proposeAsOf(START + 101);
        _expectAsOf(START + 102, START + 100, START + 101);
        _proposeAsOf(START + 102);
        _proposeAsOf(START + 100);
        assertEq(oracle.epochOf(1).asOf, START + 100);
        assertEq(oracle.epochOf(1).openedAt, START + 100);
    }

    function test_RevertWhen_AsOfIsBeforeTheEpochWasOpened() public {
        vm.warp(START + 100);
        _openEpoch();

        _expectAsOf(START + 99, START + 100, START + 101);
        _proposeAsOf(START + 99);
    }

    function test_RevertWhen_AnEpochIsProposedInTheSecondOfItsOpening() public {
        oracle.openEpoch();

        _expectAsOf(START, START, START);
        _proposeAsOf(START);
    }

    function test_RevertWhen_TheProposerIsNotActive() public {
        oracle.openEpoch();
        staking.setActive(proposer, Role.Oracle, false);

        vm.expectRevert(
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_ProposerNotActive.selector, proposer)
        );
        _proposeTotal(400);
    }

    function test_RevertWhen_ARunnerProposes() public {
        oracle.openEpoch();

        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_ProposerNotActive.selector, runner));
        vm.prank(runner);
        oracle.propose(1, CREDITS, PAYOUTS, 400, DATA_HASH, START);
    }

    function test_RevertWhen_ARootIsZero() public {
        _openEpoch();
        vm.startPrank(proposer);

        vm.expectRevert(IAttributionOracle.AttributionOracle_ZeroRoot.selector);
        oracle.propose(1, 0, PAYOUTS, 400, DATA_HASH, START);
        vm.expectRevert(IAttributionOracle.AttributionOracle_ZeroRoot.selector);
        oracle.propose(1, CREDITS, 0, 400, DATA_HASH, START);
        vm.expectRevert(IAttributionOracle.AttributionOracle_ZeroDataHash.selector);
        oracle.propose(1, CREDITS, PAYOUTS, 400, 0, START);
    }

    function test_RevertWhen_TheTotalExceedsTheEpochsDataByOne() public {
        oracle.openEpoch();

        vm.expectRevert(
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_TotalExceedsFunds.selector, 401, 400)
        );
        _proposeTotal(401);
    }

    /// @dev Anyone may fund the stream; only what the market settled may be handed out.
    function test_RevertGiven_ADonation_TheTotalExceedsTheEpochsData() public {
        token.approve(address(distributor), 100);
        distributor.fund(stream, 100);
        oracle.openEpoch();

        vm.expectRevert(
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_TotalExceedsFunds.selector, 401, 400)
        );
        _proposeTotal(401);
    }

    function test_RevertWhen_TheTotalFalls() public {
        _finishEpoch(400);
        _answer(500, _shares(ALICE));
        _closeBatch();
        _openEpoch();

        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RewardDistributor_TotalDecreased.selector, 399, 400));
        _propose(2, CREDITS, PAYOUTS, 399);
    }

    /// @dev A case may have kept it back in the first epoch.
    function test_LaterEpochMayHandOutWhatAnEarlierOneLeft() public {
        _finishEpoch(100);
        _answer(500, _shares(ALICE));
        _closeBatch();
        _openEpoch();

        vm.expectRevert(
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_TotalExceedsFunds.selector, 601, 600)
        );
        _propose(2, CREDITS, PAYOUTS, 601);
        _propose(2, CREDITS, PAYOUTS, 600);

        assertEq(oracle.proposalCount(), 2);
    }

    function test_RevertWhen_AnEmptyTreeHasATotal() public {
        _openEpoch();
        bytes32 empty = Tree.root("Payout", new bytes32[](0));

        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_TotalWithoutPayouts.selector, 1));
        _propose(1, CREDITS, empty, 1);
        _propose(1, CREDITS, empty, 0);
    }

    function test_RevertWhen_TheEpochIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_UnknownEpoch.selector, 1));
        _proposeTotal(400);
        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_UnknownEpoch.selector, 1));
        oracle.finalize(1);
    }

    function test_RevertGiven_AProposalWaits_ItCannotBeOverwritten() public {
        oracle.openEpoch();
        _proposeTotal(400);

        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_WrongState.selector,
                1,
                IAttributionOracle.EpochState.Proposed,
                IAttributionOracle.EpochState.Open
            )
        );
        _proposeTotal(399);
    }

    function test_FinalizeReturnsTheBond() public {
        oracle.openEpoch();
        _proposeTotal(400);
        vm.warp(START + 1 + WINDOW);

        vm.expectEmit(address(oracle));
        emit IAttributionOracle.EpochFinalized(1, proposer, 1, PAYOUTS, 400);
        vm.prank(stranger);
        oracle.finalize(1);

        assertEq(token.balanceOf(proposer), FUNDS);
        assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Final));
        assertTrue(distributor.isClaimableRoot(stream, PAYOUTS));
        assertEq(distributor.streamOf(stream).allocated, 400);
    }

    function test_RevertWhen_FinalizedOneSecondEarly() public {
        oracle.openEpoch();
        _proposeTotal(400);
        vm.warp(START + WINDOW);

        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_TooEarly.selector, START + 1 + WINDOW, START + WINDOW
            )
        );
        oracle.finalize(1);
        vm.warp(START + 1 + WINDOW);
        oracle.finalize(1);
    }

    function test_RevertWhen_FinalizedTwice() public {
        _finishEpoch(400);
        uint256 held = token.balanceOf(proposer);

        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_WrongState.selector,
                1,
                IAttributionOracle.EpochState.Final,
                IAttributionOracle.EpochState.Proposed
            )
        );
        oracle.finalize(1);
        assertEq(token.balanceOf(proposer), held);
    }

    function test_PausedFinalityWaitsUntilTheSecondItEnds() public {
        oracle.openEpoch();
        _proposeTotal(400);
        vm.warp(START + WINDOW);
        vm.expectEmit(address(oracle));
        emit IAttributionOracle.FinalityPaused(START + WINDOW + 7 days);
        oracle.pauseFinality(START + WINDOW + 7 days);

        vm.warp(START + WINDOW + 7 days - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_FinalityPaused.selector,
                START + WINDOW + 7 days,
                START + WINDOW + 7 days - 1
            )
        );
        oracle.finalize(1);
        vm.warp(START + WINDOW + 7 days);
        oracle.finalize(1);
    }

    function test_PauseThatHasPassedLiftsAnother() public {
        oracle.openEpoch();
        _proposeTotal(400);
        vm.warp(START + 1 + WINDOW);
        oracle.pauseFinality(START + 2 days);

        oracle.pauseFinality(START + 1 + WINDOW);

        assertEq(oracle.finalityPausedUntil(), START + 1 + WINDOW);
        oracle.finalize(1);
    }

    function test_RevertWhen_ThePauseIsASecondTooLong() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_PauseTooLong.selector, START + 7 days + 1, START + 7 days
            )
        );
        oracle.pauseFinality(START + 7 days + 1);
    }

    function test_BondOfAProposalDoesNotFollowTheBondOfLaterOnes() public {
        oracle.openEpoch();
        _proposeTotal(400);
        oracle.setBond(BOND * 2);
        vm.warp(START + 1 + WINDOW);

        oracle.finalize(1);

        assertEq(token.balanceOf(proposer), FUNDS);
        assertEq(oracle.bond(), BOND * 2);
    }

    function test_RevertWhen_TheBondIsOutOfRange() public {
        _expectBond(0);
        oracle.setBond(0);
        _expectBond(100_000e18 + 1);
        oracle.setBond(100_000e18 + 1);

        oracle.setBond(100_000e18);
        assertEq(oracle.bond(), 100_000e18);
    }

    function _expectBond(uint96 bond) private {
        vm.expectRevert(
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_BondOutOfRange.selector, bond, 100_000e18)
        );
    }

    function test_RevertWhen_AStrangerGoverns() public {
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);

        vm.expectRevert(refusal);
        oracle.setBond(1);
        vm.expectRevert(refusal);
        oracle.pauseFinality(START);
        vm.expectRevert(refusal);
        UUPSUpgradeable(address(oracle)).upgradeToAndCall(address(1), "");
    }

    function test_RevertWhen_TheProxyIsInitialisedAgain() public {
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        (bool done,) = address(oracle).call(abi.encodeWithSignature("initialize(address,uint96)", manager, 1));
        assertTrue(done, "reverted as expected");
    }

    function test_RevertWhen_TheImplementationIsInitialised() public {
        address implementation = _implementation(1);

        vm.expectRevert(Initializable.InvalidInitialization.selector);
        (bool done,) = implementation.call(abi.encodeWithSignature("initialize(address,uint96)", manager, 1));
        assertTrue(done, "reverted as expected");
    }

    function test_UpgradeKeepsTheState() public {
        oracle.openEpoch();

        UUPSUpgradeable(address(oracle)).upgradeToAndCall(_implementation(7), "");

        assertEq(oracle.epochCount(), 1);
        assertEq(oracle.stream(), stream);
        assertEq(oracle.epochPeriod(), 7);
    }

    /// @dev Final or withdrawn, the proposer gets just what it paid, whatever later proposals will cost.
    function testFuzz_ProposeThenFinalizeOrWithdraw_ReturnsTheBond(uint256 amount, uint96 later, bool isWithdrawn)
        public
    {
        uint96 bond = uint96(bound(amount, 1, 100_000e18));
        oracle.setBond(bond);
        oracle.openEpoch();
        _proposeTotal(400);
        assertEq(token.balanceOf(proposer), FUNDS - bond);
        assertEq(token.balanceOf(address(oracle)), bond);
        assertEq(oracle.epochOf(1).bond, bond);
        assertEq(oracle.epochOf(1).demandDeposit, (uint256(bond) + 499) / 500, "a 500th, rounded up");

        later = uint96(bound(later, 0, 100_000e18 + 1));
        bool isRefused = later == 0 || later > 100_000e18;
        if (isRefused) _expectBond(later);
        oracle.setBond(later);
        vm.warp(START + 1 + WINDOW);
        if (isWithdrawn) vm.prank(address(court));
        isWithdrawn ? oracle.withdraw(1, 1) : oracle.finalize(1);

        assertEq(token.balanceOf(proposer), FUNDS);
        assertEq(token.balanceOf(address(oracle)), 0);
        assertEq(distributor.streamOf(stream).allocated, isWithdrawn ? 0 : 400);
        assertEq(oracle.bond(), isRefused ? bond : later);
    }

    function _proposeTotal(uint96 total) private {
        if (vm.getBlockTimestamp() == START) vm.warp(START + 1);
        _propose(1, CREDITS, PAYOUTS, total);
    }

    function _proposeAsOf(uint64 asOf) private {
        vm.prank(proposer);
        oracle.propose(1, CREDITS, PAYOUTS, 400, DATA_HASH, asOf);
    }

    function _expectAsOf(uint64 asOf, uint64 earliest, uint64 now_) private {
        vm.expectRevert(
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_AsOfOutOfRange.selector, asOf, earliest, now_)
        );
    }

    function _finishEpoch(uint96 total) private {
        oracle.openEpoch();
        _proposeTotal(total);
        vm.warp(START + 1 + WINDOW);
        oracle.finalize(1);
    }

    function _implementation(uint64 period) private returns (address) {
        return _oracleCode(address(market), period);
    }

    function _oracleWithPeriod(uint64 period) private returns (IAttributionOracle other) {
        other = IAttributionOracle(
            _proxyOf(_implementation(period), abi.encodeWithSignature("initialize(address,uint96)", manager, BOND))
        );
        vm.prank(proposer);
        token.approve(address(other), type(uint256).max);
    }

    function test_AnEpochThatWasNotOpenedIsNone() public view {
        IAttributionOracle.Epoch memory none = oracle.epochOf(99);

        assertEq(uint8(none.state), uint8(IAttributionOracle.EpochState.None));
        assertEq(none.lastBatch, 0);
    }
}
