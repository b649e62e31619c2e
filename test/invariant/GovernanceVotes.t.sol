// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OpenGovernor} from "../../contracts/governance/OpenGovernor.sol";
import {Role} from "../../contracts/interfaces/IStakingManager.sol";
import {VotesHandler} from "./VotesHandler.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Each token has one vote, in one place.
/// @dev GOV-2 OPEN held >= gOPEN; votes of all and what is held undelegated = votable at each snapshot; counted votes <= votable
/// and those of a model that knows no order; a right vote is never refused, a wrong one never taken. GOV-3 quorum >= 10 M OPEN and
/// >= 4 % of votable.
/// forge-config: default.invariant.runs = 48
/// forge-config: deep.invariant.runs = 4096
/// forge-config: default.invariant.depth = 96
/// forge-config: deep.invariant.depth = 256
/// forge-config: default.invariant.fail-on-revert = true
contract GovernanceVotesTest is Test {
    VotesHandler private handler;
    OpenGovernor private governor;

    function setUp() public {
        handler = new VotesHandler();
        handler.setUp();
        governor = OpenGovernor(payable(handler.governorOf()));
        bytes4[] memory selectors = new bytes4[](12);
        selectors[0] = VotesHandler.wrap.selector;
        selectors[1] = VotesHandler.unwrap.selector;
        selectors[2] = VotesHandler.move.selector;
        selectors[3] = VotesHandler.delegate.selector;
        selectors[4] = VotesHandler.delegateStake.selector;
        selectors[5] = VotesHandler.undelegateStake.selector;
        selectors[6] = VotesHandler.stakeOwn.selector;
        selectors[7] = VotesHandler.flash.selector;
        selectors[8] = VotesHandler.pass.selector;
        selectors[9] = VotesHandler.vote.selector;
        selectors[10] = VotesHandler.castOverride.selector;
        selectors[11] = VotesHandler.castStakeOverride.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
        bytes4[] memory twice = new bytes4[](1);
        twice[0] = VotesHandler.propose.selector;
        targetSelector(FuzzSelector(address(handler), twice));
        targetContract(address(handler));
        handler.propose();
    }

    /// @dev The invariants say nothing where the handler does nothing.
    function test_HandlerVotesEverywhere() public {
        handler.delegateStake(2, 0, 0, 7);
        handler.delegate(3, 0);
        handler.wrap(3, 2e24 - 1);
        handler.pass(3, 0);
        handler.castOverride(3, 0);
        handler.vote(0, 1);
        handler.castStakeOverride(1, 0, 0, 2);
        handler.castStakeOverride(1, 0, 0, 2);
        assertEq(handler.votesCast(), 1);
        assertEq(handler.overridesCast(), 1);
        assertEq(handler.stakeOverridesCast(), 1);
        _GOV2_CountedVotesAreTheModels();
        _GOV2_VotesAreVotable();
        handler.pass(4, 1);
        handler.propose();
        assertEq(handler.proposalCount(), 2);
        invariant_GovernanceVotes();
    }

    /// @dev All in one campaign: each call is followed by each property.
    function invariant_GovernanceVotes() public view {
        _GOV2_EachGOpenIsBacked();
        _GOV2_VotesAreVotable();
        _GOV2_CountedVotesAreTheModels();
        _GOV2_VotesAreTakenWhenTheyAreRight();
        _GOV3_QuorumHasAFloor();
    }

    function _GOV2_EachGOpenIsBacked() private view {
        (uint256 supply, uint256 held) = handler.wrapped();
        assertGe(held, supply, "GOV-2 backed");
    }

    function _GOV2_VotesAreVotable() private view {
        for (uint256 i; i < handler.proposalCount(); ++i) {
            uint256 id = handler.proposals(i);
            uint256 snapshot = governor.proposalSnapshot(id);
            if (!handler.isOver(snapshot)) continue;
            assertEq(handler.allVotes(id), governor.votableSupply(snapshot), "GOV-2 votes");
        }
    }

    function _GOV2_CountedVotesAreTheModels() private view {
        for (uint256 i; i < handler.proposalCount(); ++i) {
            uint256 id = handler.proposals(i);
            uint256 snapshot = governor.proposalSnapshot(id);
            if (!handler.isOver(snapshot)) continue;
            uint256[3] memory expected = handler.expectedVotes(id);
            (uint256 against, uint256 inFavour, uint256 abstain) = governor.proposalVotes(id);
            assertEq(against, expected[0], "GOV-2 against");
            assertEq(inFavour, expected[1], "GOV-2 for");
            assertEq(abstain, expected[2], "GOV-2 abstain");
            assertLe(against + inFavour + abstain, governor.votableSupply(snapshot), "GOV-2 counted");
        }
    }

    function _GOV2_VotesAreTakenWhenTheyAreRight() private view {
        assertFalse(handler.rightVoteRefused(), "GOV-2 refused");
        assertFalse(handler.wrongVoteTaken(), "GOV-2 taken");
    }

    function _GOV3_QuorumHasAFloor() private view {
        for (uint256 i; i < handler.proposalCount(); ++i) {
            uint256 snapshot = governor.proposalSnapshot(handler.proposals(i));
            if (!handler.isOver(snapshot)) continue;
            uint256 quorum = governor.quorum(snapshot);
            assertGe(quorum, 10_000_000e18, "GOV-3 floor");
            assertGe(quorum, governor.votableSupply(snapshot) / 25, "GOV-3 part");
        }
    }
}
