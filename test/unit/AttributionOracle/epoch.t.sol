// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {EpochFixture} from "../../fixture/EpochFixture.sol";
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
        emit IAttributionOracle.EpochOpened(1, 1, 2, 600);
        assertEq(oracle.openEpoch(), 1);
        _answer(500, _shares(ALICE));
        _closeBatch();

        assertEq(oracle.epochOf(1).lastBatch, 2, "what comes later belongs to the next");
        assertEq(oracle.epochOf(1).dataAmount, 600);
        assertEq(oracle.epochCount(), 1);
    }

    function test_NextEpochBeginsBehindTheLast() public {
        _finishEpoch(400);
        _answer(500, _shares(ALICE));
        _closeBatch();

        vm.expectEmit(address(oracle));
        emit IAttributionOracle.EpochOpened(2, 2, 2, 200);
        oracle.openEpoch();
    }

    function test_RevertGiven_NoNewBatches() public {
        _finishEpoch(400);

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
        vm.prank(proposer);
        slow.propose(1, CREDITS, PAYOUTS, 0, DATA_HASH);
        vm.warp(START + WINDOW);
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
        oracle.openEpoch();

        vm.expectEmit(address(oracle));
        emit IAttributionOracle.EpochProposed(1, proposer, CREDITS, PAYOUTS, DATA_HASH, 400, BOND, START + WINDOW);
        _proposeTotal(400);

        assertEq(token.balanceOf(address(oracle)), BOND);
        assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Proposed));
        assertEq(distributor.pendingRootOf(stream).root, PAYOUTS);
        assertEq(distributor.pendingRootOf(stream).finalizableAt, START + WINDOW);
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
        oracle.propose(1, CREDITS, PAYOUTS, 400, DATA_HASH);
    }

    function test_RevertWhen_ARootIsZero() public {
        oracle.openEpoch();
        vm.startPrank(proposer);

        vm.expectRevert(IAttributionOracle.AttributionOracle_ZeroRoot.selector);
        oracle.propose(1, 0, PAYOUTS, 400, DATA_HASH);
        vm.expectRevert(IAttributionOracle.AttributionOracle_ZeroRoot.selector);
        oracle.propose(1, CREDITS, 0, 400, DATA_HASH);
        vm.expectRevert(IAttributionOracle.AttributionOracle_ZeroDataHash.selector);
        oracle.propose(1, CREDITS, PAYOUTS, 400, 0);
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
        oracle.openEpoch();

        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_TotalDecreased.selector, 399, 400));
        vm.prank(proposer);
        oracle.propose(2, CREDITS, PAYOUTS, 399, DATA_HASH);
    }

    function test_RevertWhen_AnEmptyTreeHasATotal() public {
        oracle.openEpoch();
        bytes32 empty = Tree.root("Payout", new bytes32[](0));

        vm.expectRevert(abi.encodeWithSelector(IAttributionOracle.AttributionOracle_TotalWithoutPayouts.selector, 1));
        vm.prank(proposer);
        oracle.propose(1, CREDITS, empty, 1, DATA_HASH);
        vm.prank(proposer);
        oracle.propose(1, CREDITS, empty, 0, DATA_HASH);
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
        vm.warp(START + WINDOW);

        vm.expectEmit(address(oracle));
        emit IAttributionOracle.EpochFinalized(1, proposer, PAYOUTS, 400);
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
        vm.warp(START + WINDOW - 1);

        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_TooEarly.selector, START + WINDOW, START + WINDOW - 1
            )
        );
        oracle.finalize(1);
    }

    function test_BondOfAProposalDoesNotFollowTheBondOfLaterOnes() public {
        oracle.openEpoch();
        _proposeTotal(400);
        oracle.setBond(BOND * 2);
        vm.warp(START + WINDOW);

        oracle.finalize(1);

        assertEq(token.balanceOf(proposer), FUNDS);
        assertEq(oracle.bond(), BOND * 2);
    }

    function test_RevertWhen_TheBondIsZero() public {
        vm.expectRevert(IAttributionOracle.AttributionOracle_ZeroBond.selector);
        oracle.setBond(0);
    }

    function test_RevertWhen_AStrangerGoverns() public {
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);

        vm.expectRevert(refusal);
        oracle.setBond(1);
        vm.expectRevert(refusal);
        UUPSUpgradeable(address(oracle)).upgradeToAndCall(address(1), "");
    }

    function test_RevertWhen_TheProxyIsInitialisedAgain() public {
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        (bool ok,) = address(oracle).call(abi.encodeWithSignature("initialize(address,uint96)", manager, 1));
        ok;
    }

    function test_RevertWhen_TheImplementationIsInitialised() public {
        address implementation = _implementation(1);

        vm.expectRevert(Initializable.InvalidInitialization.selector);
        (bool ok,) = implementation.call(abi.encodeWithSignature("initialize(address,uint96)", manager, 1));
        ok;
    }

    function test_UpgradeKeepsTheState() public {
        oracle.openEpoch();

        UUPSUpgradeable(address(oracle)).upgradeToAndCall(_implementation(7), "");

        assertEq(oracle.epochCount(), 1);
        assertEq(oracle.stream(), stream);
        assertEq(oracle.epochPeriod(), 7);
    }

    function _proposeTotal(uint96 total) private {
        vm.prank(proposer);
        oracle.propose(1, CREDITS, PAYOUTS, total, DATA_HASH);
    }

    function _finishEpoch(uint96 total) private {
        oracle.openEpoch();
        _proposeTotal(total);
        vm.warp(START + WINDOW);
        oracle.finalize(1);
    }

    function _implementation(uint64 period) private returns (address) {
        return vm.deployCode(
            "AttributionOracle.sol:AttributionOracle", abi.encode(token, market, distributor, staking, models, period)
        );
    }

    function _oracleWithPeriod(uint64 period) private returns (IAttributionOracle other) {
        other = IAttributionOracle(
            _proxyOf(_implementation(period), abi.encodeWithSignature("initialize(address,uint96)", manager, BOND))
        );
        vm.prank(proposer);
        token.approve(address(other), type(uint256).max);
    }
}
