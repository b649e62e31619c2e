// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GOpen} from "../../../contracts/governance/GOpen.sol";
import {OpenGovernor} from "../../../contracts/governance/OpenGovernor.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {GovernanceFixture} from "../../fixture/GovernanceFixture.sol";
import {GovernedValue} from "../../fixture/GovernedValue.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @notice Borrows OPEN for one transaction, votes or proposes with it wrapped, and gives it back.
contract FlashVoter {
    GOpen private immutable _gOpen;
    OpenGovernor private immutable _governor;
    IERC20 private immutable _token;

    constructor(GOpen gOpen, OpenGovernor governor) {
        (_gOpen, _governor, _token) = (gOpen, governor, IERC20(address(gOpen.underlying())));
    }

    function propose(address lender, uint256 amount, address[] calldata targets, bytes[] calldata calldatas) external {
        _borrow(lender, amount);
        _governor.propose(targets, new uint256[](targets.length), calldatas, "flash");
        _giveBack(lender, amount);
    }

    function vote(address lender, uint256 amount, uint256 proposalId) external returns (uint256 weight) {
        _borrow(lender, amount);
        weight = _governor.castVote(proposalId, 1);
        _giveBack(lender, amount);
    }

    /// @dev All within the second of the snapshot.
    function touch(address lender, uint256 amount) external {
        _borrow(lender, amount);
        _giveBack(lender, amount);
    }

    function _borrow(address lender, uint256 amount) private {
        require(_token.transferFrom(lender, address(this), amount), "not lent");
        _token.approve(address(_gOpen), amount);
        _gOpen.depositFor(address(this), amount);
        _gOpen.delegate(address(this));
    }

    function _giveBack(address lender, uint256 amount) private {
        _gOpen.withdrawTo(lender, amount);
    }
}

/// @notice Other people's bugs that governance does not have.
contract OpenGovernorBugsTest is GovernanceFixture {
    FlashVoter private flash;
    Proposal private p;

    function setUp() public override {
        super.setUp();
        flash = new FlashVoter(gOpen, governor);
        token.approve(address(flash), type(uint256).max);
        _wrap(alice, 1e24);
        vm.warp(block.timestamp + 1);
        p = _proposal(address(target), abi.encodeCall(GovernedValue.setValue, (1)));
    }

    function test_Bug_FlashLoanedVotes_Propose() public {
        vm.expectRevert(
            abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, address(flash), 0, 1e24)
        );
        flash.propose(address(this), 5e26, p.targets, p.calldatas);
    }

    function test_Bug_FlashLoanedVotes_Vote() public {
        _activate(p);

        assertEq(flash.vote(address(this), 5e26, p.id), 0);

        _assertVotes(p, 0, 0, 0);
    }

    /// @dev Also not where the snapshot's own second is hit.
    function test_Bug_FlashLoanedVotes_AtTheSnapshot() public {
        _propose(alice, p);
        uint256 snapshot = governor.proposalSnapshot(p.id);
        vm.warp(snapshot);
        flash.touch(address(this), 5e26);
        stake.addOwn(bob, 5e26);
        stake.addOwn(bob, -5e26);
        vm.warp(snapshot + 1);

        assertEq(governor.getVotes(address(flash), snapshot), 0);
        assertEq(_vote(bob, p, FOR), 0);
        assertEq(governor.votableSupply(snapshot), 1e24);
        vm.prank(address(flash));
        (bool done,) = address(governor).call(abi.encodeCall(governor.castOverrideVote, (p.id, FOR, "")));
        assertFalse(done);
    }

    /// @dev Whoever wraps first holds all votes there are. It is not enough below 10 M OPEN, however few have wrapped.
    function test_Bug_FirstWrapperOwnsTheQuorum() public {
        _deposit(alice, 9_000_000e18 - 1);
        vm.warp(block.timestamp + 1);
        _activate(p);
        assertEq(_vote(alice, p, FOR), governor.votableSupply(governor.proposalSnapshot(p.id)));
        vm.warp(governor.proposalDeadline(p.id) + 1);

        _assertState(p, IGovernor.ProposalState.Defeated);
    }

    /// @dev Voted, then moved: the weight does not go with the tokens.
    function test_Bug_WeightCopiedByTransfer() public {
        _activate(p);
        _vote(alice, p, FOR);
        vm.prank(alice);
        assertTrue(gOpen.transfer(bob, 1e24));
        vm.prank(bob);
        gOpen.delegate(bob);
        vm.warp(block.timestamp + 1);

        assertEq(_vote(bob, p, FOR), 0);
        _assertVotes(p, 0, 1e24, 0);
    }

    function test_Bug_WeightCopiedByDelegation() public {
        _activate(p);
        _vote(alice, p, FOR);
        vm.prank(alice);
        gOpen.delegate(bob);
        vm.warp(block.timestamp + 1);

        assertEq(_vote(bob, p, FOR), 0);
        // she may only move it
        vm.prank(alice);
        governor.castOverrideVote(p.id, AGAINST, "");
        _assertVotes(p, 1e24, 0, 0);
    }

    function test_Bug_WeightCopiedFromGOpenToStake() public {
        _activate(p);
        _vote(alice, p, FOR);
        vm.prank(alice);
        gOpen.withdrawTo(bob, 1e24);
        stake.addOwn(bob, 1e24);
        stake.addDelegated(carol, alice, Role.Model, 1e24);
        vm.warp(block.timestamp + 1);

        assertEq(_vote(bob, p, FOR), 0);
        vm.prank(carol);
        (bool done,) =
            address(governor).call(abi.encodeCall(governor.castStakeOverrideVote, (p.id, FOR, alice, Role.Model, "")));
        assertFalse(done);
        _assertVotes(p, 0, 1e24, 0);
    }

    /// @dev One token in two sources within the second of the snapshot is in the one where it ended.
    function test_Bug_WeightInTwoSourcesAtTheSnapshot() public {
        _propose(alice, p);
        vm.warp(governor.proposalSnapshot(p.id));
        vm.prank(alice);
        gOpen.withdrawTo(alice, 1e24);
        stake.addOwn(alice, 1e24);
        vm.warp(block.timestamp + 1);

        assertEq(_vote(alice, p, FOR), 1e24);
        assertEq(governor.votableSupply(governor.proposalSnapshot(p.id)), 1e24);
    }

    /// @dev Copied from the pool and cancelled by the copier: the description names who may propose it.
    function test_Bug_ProposalFrontRunAndCancelled() public {
        Proposal memory named = _described(p, string.concat("x #proposer=", Strings.toHexString(alice)));
        stake.addOwn(bob, 1e24);
        vm.warp(block.timestamp + 1);

        vm.prank(bob);
        (bool done, bytes memory reason) = address(governor)
            .call(abi.encodeCall(governor.propose, (named.targets, named.values, named.calldatas, named.description)));
        assertFalse(done);
        assertEq(reason, abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, bob));
        _propose(alice, named);
    }

    /// @dev What the access manager restricts stays restricted and delayed, even if the governor ignores the manager.
    function test_Bug_DelaySkippedByIgnoringTheManager() public {
        _wrap(alice, 2e25);
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = GovernedValue.setStakeValue.selector;
        Proposal memory ignore = _proposal(
            address(governor), abi.encodeCall(governor.setAccessManagerIgnored, (address(target), selectors, true))
        );
        _enact(ignore);
        assertTrue(governor.isAccessManagerIgnored(address(target), selectors[0]));
        Proposal memory direct = _proposal(address(target), abi.encodeCall(GovernedValue.setStakeValue, (1)));
        _pass(direct);
        _queue(direct);
        vm.warp(governor.proposalEta(direct.id));

        vm.expectRevert(_notScheduled(address(governor), address(target), direct.calldatas[0]));
        _execute(direct);
        assertEq(target.value(), 0);
    }
}
