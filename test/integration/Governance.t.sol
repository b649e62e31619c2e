// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Roles} from "../../contracts/governance/Roles.sol";
import {Role} from "../../contracts/interfaces/IStakingManager.sol";
import {ITreasury} from "../../contracts/interfaces/ITreasury.sol";
import {GovernedProtocolFixture} from "../fixture/GovernedProtocolFixture.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IERC1822Proxiable} from "@openzeppelin/contracts/interfaces/draft-IERC1822.sol";
import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Code that a captured vote would like to see behind a proxy with other people's money.
contract Thief is IERC1822Proxiable {
    function take(IERC20 token, address to) external {
        require(token.transfer(to, token.balanceOf(address(this))), "not taken");
    }

    function proxiableUUID() external pure returns (bytes32) {
        return ERC1967Utils.IMPLEMENTATION_SLOT;
    }
}

/// @notice From a proposal to its effect, over the protocol's contracts: what a vote does, when, and all that stops it.
/// @dev alice holds gOPEN, bob stakes: neither is a quorum alone. Times are from the second T of the proposal.
contract GovernanceTest is GovernedProtocolFixture {
    uint256 private constant VOTING_STARTS = 2 days;
    uint256 private constant VOTING_ENDS = 9 days;

    uint256 private start;

    function setUp() public override {
        super.setUp();
        _wrap(alice, 6_000_000e18);
        _stakeOwn(bob, 5_000_000e18);
        vm.warp(block.timestamp + 1);
        start = block.timestamp;
    }

    function test_AVoteChangesAParameter() public {
        Proposal memory p = _setBond(7e18);
        _propose(alice, p);

        // voting starts in the second after T + 2 days and ends with T + 9 days
        vm.warp(start + VOTING_STARTS);
        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Pending, 2));
        _vote(alice, p, FOR);
        vm.warp(start + VOTING_STARTS + 1);
        _vote(alice, p, FOR);
        _vote(bob, p, FOR);
        vm.warp(start + VOTING_ENDS);
        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Active, 1 << 4));
        _queue(p);
        vm.warp(start + VOTING_ENDS + 1);
        _queue(p);

        uint256 eta = start + VOTING_ENDS + 1 + 2 days;
        vm.warp(eta - 1);
        vm.expectRevert(_unmetDelay(p, eta));
        _execute(p);
        assertEq(oracle.bond(), BOND);
        vm.warp(eta);
        _execute(p);

        assertEq(oracle.bond(), 7e18);
    }

    function test_AVoteUpgradesAContract() public {
        Proposal memory p = _upgradeMarket(_marketCode(2 days));
        uint256 eta = _passAll(p, 25 days);

        vm.warp(eta - 1);
        vm.expectRevert(_unmetDelay(p, eta));
        _execute(p);
        assertEq(market.thawPeriod(), MARKET_THAW);
        vm.warp(eta);
        _execute(p);

        assertEq(market.thawPeriod(), 2 days);
        assertEq(market.treasury(), address(treasury));
    }

    function test_AVoteChangesStakingAfter25Days() public {
        Proposal memory p = _proposal(address(staking), abi.encodeCall(staking.setMinimumStake, (Role.Runner, 5)));
        uint256 eta = _passAll(p, 25 days);

        vm.warp(eta - 1);
        vm.expectRevert(_unmetDelay(p, eta));
        _execute(p);
        vm.warp(eta);
        _execute(p);

        assertEq(staking.minimumStake(Role.Runner), 5);
    }

    function test_BlockedByDefeat() public {
        _stakeOwn(carol, 7_000_000e18);
        vm.warp(++start);
        Proposal memory p = _setBond(7e18);
        Proposal memory q = _upgradeMarket(_marketCode(2 days));
        _propose(alice, p);
        _propose(alice, q);
        vm.warp(start + VOTING_STARTS + 1);
        _vote(alice, p, FOR);
        _vote(bob, p, ABSTAIN);
        _vote(carol, p, AGAINST);
        _vote(alice, q, FOR);
        _vote(bob, q, ABSTAIN);
        _vote(carol, q, AGAINST);
        vm.warp(start + VOTING_ENDS + 1);

        _assertBlocked(p, IGovernor.ProposalState.Defeated);
        _assertBlocked(q, IGovernor.ProposalState.Defeated);
    }

    function test_BlockedByQuorum() public {
        Proposal memory p = _setBond(7e18);
        Proposal memory q = _upgradeMarket(_marketCode(2 days));
        _propose(alice, p);
        _propose(alice, q);
        vm.warp(start + VOTING_STARTS + 1);
        _vote(alice, p, FOR);
        _vote(alice, q, FOR);
        vm.warp(start + VOTING_ENDS + 1);

        _assertBlocked(p, IGovernor.ProposalState.Defeated);
        _assertBlocked(q, IGovernor.ProposalState.Defeated);
    }

    function test_BlockedByVeto() public {
        Proposal memory p = _setBond(7e18);
        uint256 eta = _passAll(p, 2 days);
        vm.warp(eta);
        _cancel(guardian, p);

        _assertBlocked(p, IGovernor.ProposalState.Canceled);
        vm.warp(eta + 30 days);
        _assertBlocked(p, IGovernor.ProposalState.Canceled);
    }

    /// @dev A loan within one second, wrapped and staked: it neither proposes nor votes, at the snapshot or later.
    function test_FlashLoanedVotesCountNothing() public {
        Proposal memory p = _setBond(7e18);
        Proposal memory q = _upgradeMarket(_marketCode(2 days));
        _propose(alice, p);
        uint256 snapshot = start + VOTING_STARTS;
        vm.warp(snapshot);
        _borrow(carol, 1_500_000e18);
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorInsufficientProposerVotes.selector, carol, 0, governor.proposalThreshold()
            )
        );
        vm.prank(carol);
        governor.propose(q.targets, q.values, q.calldatas, q.description);
        _repay(carol, 1_500_000e18);

        // the second of the snapshot itself: what was returned in it is not there
        vm.warp(snapshot + 1);
        assertEq(governor.getVotes(carol, snapshot), 1_500_000e18, "staked for good");
        address dave = makeAddr("dave");
        _borrow(dave, 1_500_000e18);
        assertEq(_vote(dave, p, FOR), 0);
        (, uint256 votes,) = governor.proposalVotes(p.id);
        assertEq(votes, 0);
    }

    /// @dev By the guardian in the delay: the payers' money never sees the code.
    function test_MaliciousUpgradeIsVetoed() public {
        _pay(carol, 100e18);
        address thief = address(new Thief());
        Proposal memory p = _upgradeMarket(thief);
        uint256 eta = _passAll(p, 25 days);
        vm.warp(eta - 1);
        _cancel(guardian, p);
        vm.warp(eta);

        vm.expectRevert(_unexpectedState(p, IGovernor.ProposalState.Canceled, 1 << 5));
        _execute(p);
        // the market has no such function
        vm.expectRevert(bytes(""));
        Thief(address(market)).take(token, alice);
        assertEq(token.balanceOf(address(market)), 100e18);
    }

    /// @dev And if the guardian sleeps: payers take their money, also what thaws, before the code comes.
    function test_PayersExitBeforeAMaliciousUpgrade() public {
        bytes32 channel = _pay(carol, 100e18);
        Proposal memory p = _upgradeMarket(address(new Thief()));
        uint256 eta = _passAll(p, 25 days);

        vm.startPrank(carol);
        market.withdraw(carol, 40e18);
        market.thaw(channel, 60e18);
        vm.warp(block.timestamp + MARKET_THAW);
        market.withdrawThawed(channel);
        market.withdraw(carol, 60e18);
        vm.stopPrank();
        assertLt(block.timestamp, eta);
        vm.warp(eta);
        _execute(p);
        Thief(address(market)).take(token, alice);

        assertEq(token.balanceOf(carol), 100e18);
        assertEq(token.balanceOf(alice), 0);
    }

    /// @dev 21 days of thaw, and 72 hours of exits that were paused at the worst moment, are less than 25 days.
    function test_StakersExitBeforeAMaliciousUpgrade() public {
        require(token.transfer(carol, 50e18), "no funds");
        vm.startPrank(carol);
        token.approve(address(staking), 50e18);
        staking.stake(Role.Runner, 50e18);
        vm.stopPrank();
        Proposal memory p =
            _proposal(address(staking), abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (address(new Thief()), "")));
        uint256 eta = _passAll(p, 25 days);

        vm.prank(carol);
        staking.thaw(Role.Runner, 50e18);
        vm.warp(block.timestamp + STAKING_THAW);
        vm.prank(brakeGuardian);
        brake.pause(exitBit, uint64(block.timestamp + 72 hours));
        vm.warp(staking.exitsPausedUntil());
        assertLt(block.timestamp, eta);
        vm.prank(carol);
        staking.withdraw(Role.Runner);
        vm.warp(eta);
        _execute(p);
        Thief(address(staking)).take(token, alice);

        assertEq(token.balanceOf(carol), 50e18);
        assertEq(token.balanceOf(alice), 5_000_000e18, "of who stayed, alone");
    }

    /// @dev The vote is the same, the role is slower: new code of what slashes, or of what a court believes, could take stake.
    function test_UpgradesThatCouldTakeStakeTakeAsLongAsStakings() public {
        address[5] memory slow =
            [address(staking), address(d.courts.disputes), address(d.validators), address(market), address(d.models)];
        address[5] memory fast =
            [address(oracle), address(d.datanets), address(d.contributions), address(d.agents), address(d.reputation)];
        bytes memory upgrade = abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (address(new Thief()), ""));
        for (uint256 i; i < 5; ++i) {
            (, uint32 slowest) = manager.canCall(address(governor), slow[i], UUPSUpgradeable.upgradeToAndCall.selector);
            assertEq(slowest, 25 days);
            (, uint32 delay) = manager.canCall(address(governor), fast[i], UUPSUpgradeable.upgradeToAndCall.selector);
            assertEq(delay, 10 days);
        }
        _passAll(_proposal(address(d.models), upgrade), 25 days);
    }

    /// @dev The brake works at once and twice as long as a vote on a parameter takes: 9 days of voting and 2 of delay.
    function test_TheBrakeHoldsWhileAVoteDecides() public {
        vm.prank(brakeGuardian);
        brake.pause(workBit, uint64(start + 7 days));
        assertEq(oracle.finalityPausedUntil(), start + 7 days);
        Proposal memory p = _setBond(7e18);
        _propose(alice, p);
        vm.warp(start + VOTING_STARTS + 1);
        _vote(alice, p, FOR);
        _vote(bob, p, FOR);
        vm.warp(start + 7 days);
        vm.prank(brakeGuardian);
        brake.pause(workBit, uint64(start + 14 days));
        vm.warp(start + VOTING_ENDS + 1);
        _queue(p);
        vm.warp(start + VOTING_ENDS + 1 + 2 days);
        _execute(p);

        assertEq(oracle.bond(), 7e18);
        assertLt(block.timestamp, oracle.finalityPausedUntil());
        vm.prank(brakeGuardian);
        brake.release(workBit);
        assertEq(oracle.finalityPausedUntil(), block.timestamp + 1);
    }

    /// @dev A guardian of the brake stops no vote, and a vote is executed while work is paused.
    function test_TheBrakeStopsNoVote() public {
        vm.startPrank(brakeGuardian);
        vm.expectRevert(
            abi.encodeWithSignature("EmergencyBrake_UnknownBit(bytes32)", bytes32(bytes20(address(governor))))
        );
        brake.pause(bytes32(bytes20(address(governor))), uint64(block.timestamp + 1));
        vm.stopPrank();
        Proposal memory p = _setBond(7e18);
        _propose(alice, p);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, p.id, brakeGuardian));
        _cancel(brakeGuardian, p);
    }

    function test_TheTreasurySpendsByVote() public {
        require(token.transfer(address(treasury), 1000e18), "no funds");
        Proposal memory small =
            _proposal(address(treasury), abi.encodeCall(treasury.spend, (address(token), carol, 50e18)));
        Proposal memory large =
            _proposal(address(treasury), abi.encodeCall(treasury.spendBeyondLimit, (address(token), carol, 900e18)));
        Proposal memory tooLarge =
            _proposal(address(treasury), abi.encodeCall(treasury.spend, (address(token), carol, 50e18 + 1)));
        _propose(alice, large);
        _propose(alice, tooLarge);
        _propose(alice, small);
        vm.warp(start + VOTING_STARTS + 1);
        Proposal[3] memory all = [small, large, tooLarge];
        for (uint256 i; i < 3; ++i) {
            _vote(alice, all[i], FOR);
            _vote(bob, all[i], FOR);
        }
        vm.warp(start + VOTING_ENDS + 1);
        _queue(small);
        uint256 eta = governor.proposalEta(small.id);
        assertEq(eta, start + VOTING_ENDS + 1 + 2 days);
        _queue(large);
        _queue(tooLarge);
        assertEq(governor.proposalEta(large.id), eta + 8 days);

        vm.warp(eta);
        vm.expectRevert(
            abi.encodeWithSelector(ITreasury.Treasury_LimitExceeded.selector, address(token), 50e18 + 1, 50e18)
        );
        _execute(tooLarge);
        _execute(small);
        vm.warp(eta + 8 days);
        _execute(large);

        assertEq(token.balanceOf(carol), 950e18);
    }

    /// @dev The governor's successor gets the roles with their delays; the old one then loses them.
    function test_TheGovernorIsReplacedByAProposal() public {
        address successor =
            vm.deployCode("OpenGovernor.sol:OpenGovernor", abi.encode(gOpen, staking, manager, guardian));
        uint32[4] memory delays = [uint32(10 days), 2 days, 10 days, 25 days];
        Proposal memory p =
            _proposal(address(manager), abi.encodeCall(manager.grantRole, (Roles.ADMIN, successor, delays[0])));
        for (uint64 role = 1; role <= Roles.STAKING; ++role) {
            p = _and(p, address(manager), abi.encodeCall(manager.grantRole, (role, successor, delays[role])));
        }
        uint256 eta = _passAll(p, 10 days);
        vm.warp(eta);
        _execute(p);
        vm.warp(eta + 25 days);
        for (uint64 role; role <= Roles.STAKING; ++role) {
            (bool member, uint32 delay) = manager.hasRole(role, successor);
            assertTrue(member);
            assertEq(delay, delays[role]);
        }

        start = block.timestamp;
        Proposal memory q =
            _proposal(address(manager), abi.encodeCall(manager.revokeRole, (Roles.STAKING, address(governor))));
        for (uint64 role = Roles.STAKING; role > 0; --role) {
            q = _and(q, address(manager), abi.encodeCall(manager.revokeRole, (role - 1, address(governor))));
        }
        eta = _passAll(q, 10 days);
        vm.warp(eta);
        _execute(q);
        for (uint64 role; role <= Roles.STAKING; ++role) {
            (bool member,) = manager.hasRole(role, address(governor));
            assertFalse(member);
        }
    }

    /// @dev Half of it is wrapped, half of it staked.
    function _borrow(address borrower, uint96 amount) private {
        _wrap(borrower, amount);
        _stakeOwn(borrower, amount);
    }

    /// @dev What can be had back at once: a stake cannot.
    function _repay(address borrower, uint96 amount) private {
        vm.prank(borrower);
        gOpen.withdrawTo(address(this), amount);
        vm.prank(borrower);
        staking.thaw(Role.Runner, amount);
    }

    function _setBond(uint96 bond) private view returns (Proposal memory) {
        return _proposal(address(oracle), abi.encodeCall(oracle.setBond, (bond)));
    }

    function _upgradeMarket(address code) private view returns (Proposal memory) {
        return _proposal(address(market), abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (code, "")));
    }

    /// @dev Proposed at `start`, voted for by all, queued in the first second that it can be.
    function _passAll(Proposal memory p, uint256 delay) private returns (uint256 eta) {
        _propose(alice, p);
        vm.warp(start + VOTING_STARTS + 1);
        _vote(alice, p, FOR);
        _vote(bob, p, FOR);
        vm.warp(start + VOTING_ENDS + 1);
        _queue(p);
        eta = start + VOTING_ENDS + 1 + delay;
        assertEq(governor.proposalEta(p.id), eta);
    }

    /// @dev Money of a payer: 40 % free, 60 % in a channel.
    function _pay(address payer, uint96 amount) private returns (bytes32 channel) {
        address runner = makeAddr("runner");
        _stakeOwn(runner, 10_000e18);
        require(token.transfer(payer, amount), "no funds");
        vm.startPrank(payer);
        token.approve(address(market), amount);
        market.deposit(payer, amount);
        channel = market.openChannel(runner, 0, amount / 10 * 6);
        vm.stopPrank();
    }

    function _assertBlocked(Proposal memory p, IGovernor.ProposalState current) private {
        vm.expectRevert(_unexpectedState(p, current, 1 << 4));
        _queue(p);
        vm.expectRevert(_unexpectedState(p, current, 1 << 5));
        _execute(p);
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", alice));
        vm.prank(alice);
        oracle.setBond(7e18);
        assertEq(oracle.bond(), BOND);
        assertEq(market.thawPeriod(), MARKET_THAW);
    }
}
