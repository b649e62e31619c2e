// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Roles} from "../../contracts/governance/Roles.sol";
import {IDisputeManager} from "../../contracts/interfaces/IDisputeManager.sol";
import {IJury} from "../../contracts/interfaces/IJury.sol";
import {IReceiptCourt} from "../../contracts/interfaces/IReceiptCourt.sol";
import {IReceiptVerifier} from "../../contracts/interfaces/IReceiptVerifier.sol";
import {IStakingManager, Role} from "../../contracts/interfaces/IStakingManager.sol";
import {StakingManager} from "../../contracts/staking/StakingManager.sol";
import {DisputeFixture} from "../fixture/DisputeFixture.sol";
import {Tree} from "../fixture/Tree.sol";

/// @notice Courts and jury over the real staking manager: roles, locks, slashes, delegated stake, past stakes.
contract CourtsOverStakingTest is DisputeFixture {
    IStakingManager private pools;
    address private burnQueue = makeAddr("burnQueue");
    address private delegator = makeAddr("delegator");

    function setUp() public override {
        super.setUp();
        address code =
            vm.deployCode("StakingManager.sol:StakingManager", abi.encode(token, burnQueue, THAW, uint16(5000)));
        pools = IStakingManager(
            vm.deployCode(
                "ERC1967Proxy.sol:ERC1967Proxy",
                abi.encode(code, abi.encodeWithSignature("initialize(address)", manager))
            )
        );
        _redeploy();
        bytes4[] memory selectors = new bytes4[](3);
        selectors[0] = IStakingManager.lock.selector;
        selectors[1] = IStakingManager.unlock.selector;
        selectors[2] = IStakingManager.slash.selector;
        manager.setTargetFunctionRole(address(pools), selectors, Roles.SLASHER);
        manager.grantRole(Roles.SLASHER, address(court), 0);
        manager.grantRole(Roles.SLASHER, address(disputes), 0);
        manager.grantRole(Roles.COURT, address(disputes), 0);
        pools.setMinimumStake(Role.Runner, 10_000e18);
        pools.setMinimumStake(Role.Validator, 1000e18);
        _stake(runner, Role.Runner, 20_000e18);
        for (uint256 i; i < 5; ++i) {
            _stake(jurors[i], Role.Validator, uint96(i + 1) * 10_000e18);
        }
        token.transfer(delegator, 100_000e18);
        vm.startPrank(delegator);
        token.approve(address(pools), type(uint256).max);
        pools.delegate(runner, Role.Runner, 30_000e18);
        vm.stopPrank();
        vm.prank(demander);
        token.approve(address(court), type(uint256).max);
        vm.prank(filer);
        token.approve(address(jury), type(uint256).max);
        vm.warp(START + 2);
    }

    function _redeploy() private {
        address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        court = IReceiptCourt(
            vm.deployCode(
                "ReceiptCourt.sol:ReceiptCourt",
                abi.encode(
                    manager,
                    token,
                    market,
                    pools,
                    next,
                    REVEAL,
                    TRIAL,
                    IReceiptCourt.Terms(DEPOSIT, MINIMUM_SLASH, BOUNTY_BPS)
                )
            )
        );
        verifier =
            IReceiptVerifier(vm.deployCode("ReceiptVerifier.sol:ReceiptVerifier", abi.encode(court, market, models)));
        bytes4[] memory selectors = new bytes4[](3);
        selectors[0] = IReceiptCourt.openCase.selector;
        selectors[1] = IReceiptCourt.strike.selector;
        selectors[2] = IReceiptCourt.clear.selector;
        manager.setTargetFunctionRole(address(court), selectors, Roles.COURT);
        next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 2);
        jury = IJury(
            vm.deployCode(
                "Jury.sol:Jury",
                abi.encode(
                    manager,
                    token,
                    pools,
                    next,
                    IJury.Clocks(EVIDENCE, VOTE, APPEAL),
                    IJury.Terms(BOND, QUORUM, FEE_BPS)
                )
            )
        );
        address code =
            vm.deployCode("DisputeManager.sol:DisputeManager", abi.encode(jury, pools, court, contributions, models));
        IDisputeManager.Penalty memory penalty = IDisputeManager.Penalty(200, 5000e18, 2000);
        disputes = IDisputeManager(
            vm.deployCode(
                "ERC1967Proxy.sol:ERC1967Proxy",
                abi.encode(
                    code,
                    abi.encodeWithSignature(
                        "initialize(address,(uint16,uint96,uint16),(uint16,uint96,uint16))", manager, penalty, penalty
                    )
                )
            )
        );
        assertEq(address(disputes), next);
    }

    /// @dev Amount 14,000: it costs 35,000, of which own 20,000 and delegated 15,000 are there.
    function test_SilenceIsPaidByOwnAndDelegatedStake() public {
        Entry[] memory entries = new Entry[](1);
        entries[0] = Entry(channels[0], model, 0, 14_000e18);
        uint64 number = _settle(receiptsOf[0], entries);
        _demand(number, 0);
        assertEq(pools.lockOf(address(court), runner, Role.Runner), 35_000e18);
        vm.warp(START + 2 + REVEAL);
        court.expire(batchOf[number], 0);
        court.refund(batchOf[number], _settlements(number), 1);

        assertEq(token.balanceOf(payers[0]), 14_000e18);
        assertEq(token.balanceOf(burnQueue), 17_500e18);
        assertEq(pools.poolOf(runner, Role.Runner).own, 0);
        assertEq(pools.poolOf(runner, Role.Runner).delegated, 15_000e18);
        assertEq(pools.lockOf(address(court), runner, Role.Runner), 0);
        assertEq(token.balanceOf(address(court)), 0);
    }

    function test_ThawedStakeStaysForADemand() public {
        _answer(0, model, 1, 1);
        uint64 number = _close();
        vm.prank(runner);
        pools.thaw(Role.Runner, 20_000e18);
        vm.prank(delegator);
        pools.undelegate(runner, Role.Runner, 30_000e18);
        vm.warp(START + TRIAL);
        _demand(number, 0);
        vm.warp(START + 2 + THAW);
        vm.prank(delegator);
        pools.withdrawUndelegated(runner, Role.Runner);
        vm.prank(runner);
        vm.expectPartialRevert(IStakingManager.StakingManager_StakeLocked.selector);
        pools.withdraw(Role.Runner);

        court.expire(batchOf[number], 0);
        vm.prank(runner);
        assertEq(pools.withdraw(Role.Runner), 20_000e18 - MINIMUM_SLASH);
    }

    function test_JuryWeighsPastStakesAndSlashes() public {
        uint64 dispute = _fileDowntime();
        // 2 % of own 20,000 and of 15,000 within reach
        assertEq(disputes.disputeOf(dispute).atRisk, 700e18);
        _stake(jurors[0], Role.Validator, 500_000e18);
        _firstRound(dispute, "duuuu");
        assertEq(jury.tallyOf(dispute, 1).dismiss, 10_000e18);
        assertEq(jury.tallyOf(dispute, 1).uphold, 140_000e18);
        _finish(dispute);
        disputes.enforce(dispute);

        assertEq(pools.poolOf(runner, Role.Runner).own, 19_300e18);
        assertEq(pools.lockOf(address(disputes), runner, Role.Runner), 0);
        jury.claim(dispute, 1, jurors[4]);
    }

    /// @dev A runner demands its own receipt, so that all its stake is locked when its conduct is disputed. The lock ends two
    /// reveals later, long before the conduct can no longer be disputed.
    function test_OwnDemandsHideStakeForTwoReveals() public {
        Entry[] memory entries = new Entry[](1);
        entries[0] = Entry(channels[0], model, 0, 14_000e18);
        uint64 number = _settle(receiptsOf[0], entries);
        _demand(number, 0);
        verifier.revealAbsent(batchOf[number], 0, 0, Tree.top(new bytes32[](0)));
        uint256 snapshot = vm.snapshotState();
        assertEq(disputes.disputeOf(_fileDowntime()).atRisk, 0);
        vm.revertToState(snapshot);
        vm.warp(START + 2 + 2 * REVEAL);
        court.release(batchOf[number]);

        assertEq(disputes.disputeOf(_fileDowntime()).atRisk, 700e18);
    }

    function test_DismissedAnswerUnlocksBoth() public {
        _answer(0, model, 1, 1);
        uint64 number = _close();
        vm.startPrank(filer);
        uint64 dispute = disputes.fileAnswer(_opening(number), _place(number, 0), EVIDENCE_HASH);
        vm.stopPrank();
        _firstRound(dispute, "ddddd");
        _finish(dispute);
        disputes.enforce(dispute);

        assertEq(pools.poolOf(runner, Role.Runner).locked, 0);
        assertEq(uint8(court.caseOf(number, 0).state), uint8(IReceiptCourt.CaseState.Cleared));
    }

    function _stake(address operator, Role role, uint96 amount) private {
        token.transfer(operator, amount);
        vm.startPrank(operator);
        token.approve(address(pools), amount);
        pools.stake(role, amount);
        vm.stopPrank();
    }
}
