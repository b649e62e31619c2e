// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IContributionRegistry} from "../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../contracts/interfaces/IDatanetRegistry.sol";
import {IDatanetValidators} from "../../contracts/interfaces/IDatanetValidators.sol";
import {DatanetHandler, FakeBalance} from "./DatanetHandler.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Where each unit of a Datanet's money can be, and how its contributions end.
/// @dev DATANET-1 contributions' balance = Σ fees held = Σ fees of undecided contributions. DATANET-2 Datanets' balance = Σ owner
/// credits. DATANET-3 validators' balance = Σ reserves + pots not collected, and
/// all of a pot is collected in the end. DATANET-4 a fee goes out once: nothing accepted is
/// refunded, what is refunded is at most the fee. DATANET-5 every round and every contribution ends by time, by anyone.
/// DATANET-6 states follow the table, decisions keep their time, no reward twice. DATANET-7 the tree counts what was ever
/// accepted, the revocations what was revoked. DATANET-8 a decided round is the majority of what was revealed.
/// One campaign for all: what an action costs is the same for each of them.
/// forge-config: default.invariant.runs = 40
/// forge-config: deep.invariant.runs = 4096
/// forge-config: default.invariant.depth = 100
/// forge-config: deep.invariant.depth = 256
/// forge-config: default.invariant.fail-on-revert = true
contract DatanetInvariantTest is Test {
    DatanetHandler private handler;
    IDatanetRegistry private datanets;
    IContributionRegistry private contributions;
    IDatanetValidators private validators;
    FakeBalance private token;

    function setUp() public {
        handler = new DatanetHandler();
        (datanets, contributions, validators, token) = handler.registries();
        bytes4[] memory selectors = new bytes4[](24);
        selectors[0] = handler.contribute.selector;
        selectors[1] = handler.withdraw.selector;
        selectors[2] = handler.decide.selector;
        selectors[3] = handler.settleOverdue.selector;
        selectors[4] = handler.scheduleFee.selector;
        selectors[5] = handler.publish.selector;
        selectors[6] = handler.openRound.selector;
        selectors[7] = handler.commit.selector;
        selectors[8] = handler.reveal.selector;
        selectors[9] = handler.equivocate.selector;
        selectors[10] = handler.closeRound.selector;
        selectors[11] = handler.collectReward.selector;
        selectors[12] = handler.refute.selector;
        selectors[13] = handler.moderate.selector;
        selectors[14] = handler.claimPool.selector;
        selectors[15] = handler.addReserve.selector;
        selectors[16] = handler.collectOwner.selector;
        selectors[17] = handler.pass.selector;
        // twice what moves time, votes and opens: else few rounds would come to an end
        selectors[18] = handler.pass.selector;
        selectors[19] = handler.commit.selector;
        selectors[20] = handler.reveal.selector;
        selectors[21] = handler.openRound.selector;
        selectors[22] = handler.playRound.selector;
        selectors[23] = handler.contribute.selector;
        targetSelector(FuzzSelector({addr: address(handler), selectors: selectors}));
        targetContract(address(handler));
    }

    /// @dev The invariants say nothing where the handler does nothing.
    function test_HandlerDecidesInEveryWay() public {
        handler.openRound(0);
        for (uint256 i; i < 3; ++i) {
            handler.commit((i << 8) + (9999 << 32));
        }
        handler.pass((0 << 96) + 8);
        handler.reveal(0);
        handler.reveal(1 << 8);
        handler.reveal(2 << 8);
        handler.pass((0 << 96) + 4);
        handler.closeRound(0);
        assertEq(uint8(contributions.stateOf(1)), uint8(IContributionRegistry.ContributionState.Accepted));
        handler.collectReward(0);
        assertGt(handler.potted(), 0, "potted");
        assertGt(handler.rewarded(), 0, "rewarded");

        handler.contribute(3 + (4 << 8) + (5 << 16));
        handler.contribute(3 + (4 << 8) + (5 << 16));
        handler.withdraw(2);
        assertEq(uint8(contributions.stateOf(3)), uint8(IContributionRegistry.ContributionState.Withdrawn));
        assertGt(handler.backOf(3), 0, "refunded");
        handler.claimPool(1, 1e6);
        handler.moderate(0);
        assertEq(contributions.nextVersionOf(2).revocationCount, 1);
        handler.endAll();
        assertEq(uint8(contributions.stateOf(4)), uint8(IContributionRegistry.ContributionState.Rejected));
        afterInvariant();
        invariant_DATANET_MoneyAndOutcomes();
    }

    function invariant_DATANET_MoneyAndOutcomes() public view {
        _datanet147_ContributionsMoneyOutcomesAndCounts();
        _datanet2_DatanetsHoldTheOwnersCredits();
        _datanet3_ValidatorsHoldReservesAndPots();
        assertEq(uint8(handler.fault()), 0, "DATANET-6");
        _datanet8_ADecisionIsTheMajority();
    }

    function _datanet147_ContributionsMoneyOutcomesAndCounts() private view {
        uint256[5] memory undecided;
        uint256[5] memory accepted;
        uint64 count = contributions.contributionCount();
        for (uint64 number = 1; number <= count; ++number) {
            (uint64 datanet, IContributionRegistry.ContributionState state, bool isUndecided, uint256 fee) =
                handler.lookAt(number);
            if (isUndecided) undecided[datanet] += fee;
            if (
                state == IContributionRegistry.ContributionState.Accepted
                    || state == IContributionRegistry.ContributionState.Revoked
            ) ++accepted[datanet];
            _datanet4_AFeeGoesOutOnce(number, state, fee);
        }
        uint256 held;
        for (uint64 datanet = 1; datanet <= 4; ++datanet) {
            assertEq(contributions.feesHeldOf(datanet), undecided[datanet], "DATANET-1 undecided");
            held += undecided[datanet];
            IDatanetRegistry.Version memory next = contributions.nextVersionOf(datanet);
            assertEq(next.contributionCount, accepted[datanet], "DATANET-7 accepted");
            assertEq(next.revocationCount, handler.revocations(datanet), "DATANET-7 revoked");
        }
        assertEq(token.balanceOf(address(contributions)), held, "DATANET-1 balance");
    }

    function _datanet4_AFeeGoesOutOnce(uint64 number, IContributionRegistry.ContributionState state, uint256 fee)
        private
        view
    {
        uint256 back = handler.backOf(number);
        uint256 bounty = handler.bountyOf(number);
        if (state == IContributionRegistry.ContributionState.Withdrawn) {
            assertEq(back, fee, "DATANET-4 withdrawn");
        } else if (state == IContributionRegistry.ContributionState.Rejected) {
            assertLe(back + bounty, fee, "DATANET-4 rejected");
            assertGe(back, fee / 2, "DATANET-4 half at least comes back");
        } else {
            assertEq(back + bounty, 0, "DATANET-4 accepted or undecided");
        }
    }

    function _datanet2_DatanetsHoldTheOwnersCredits() private view {
        uint256 credits;
        for (uint64 datanet = 1; datanet <= 4; ++datanet) {
            credits += datanets.datanetOf(datanet).ownerCredit;
        }
        assertEq(token.balanceOf(address(datanets)), credits, "DATANET-2");
    }

    function _datanet3_ValidatorsHoldReservesAndPots() private view {
        uint256 owed = handler.potted() - handler.rewarded();
        for (uint64 datanet = 1; datanet <= 4; ++datanet) {
            owed += validators.reserveOf(datanet);
        }
        assertEq(token.balanceOf(address(validators)), owed, "DATANET-3");
    }

    function _datanet8_ADecisionIsTheMajority() private view {
        for (uint256 i; i < handler.roundCount(); ++i) {
            uint64 round = handler.rounds(i);
            IDatanetValidators.Round memory r = validators.roundOf(round);
            if (r.state != IDatanetValidators.RoundState.Decided) continue;
            for (uint256 k; k < handler.roundLength(round); ++k) {
                (uint256 yes, uint256 all) = handler.votesFor(round, k);
                assertEq((r.accepted >> k) & 1 == 1, yes > all - yes, "DATANET-8");
                assertEq(r.revealCount, all, "DATANET-8 revealed");
            }
        }
    }

    /// @dev DATANET-5, at the end of each run.
    function afterInvariant() public {
        handler.endAll();
        assertEq(uint8(handler.fault()), 0, "DATANET-5 stuck");
        for (uint64 number = 1; number <= contributions.contributionCount(); ++number) {
            assertFalse(handler.isUndecided(number), "DATANET-5 undecided");
        }
        assertEq(token.balanceOf(address(contributions)), 0, "DATANET-5 fees left");
        invariant_DATANET_MoneyAndOutcomes();
        // every point was collected, by whoever it was worth something to
        assertEq(handler.potted(), handler.rewarded(), "DATANET-3 pots left");
    }
}
