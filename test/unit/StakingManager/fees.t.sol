// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakingManager, Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {StakingFixture} from "../../fixture/StakingFixture.sol";

contract StakingManagerFeesTest is StakingFixture {
    /// @dev Ten own tokens to thirty delegated ones: 20 of alice, 10 of bob.
    function setUp() public override {
        super.setUp();
        _stake(10e18);
        _delegate(alice, 20e18);
        _delegate(bob, 10e18);
    }

    function test_AddFees_AreReleasedOverSevenDays() public {
        vm.expectEmit(address(staking));
        emit IStakingManager.FeesAdded(operator, Role.Runner, address(this), 7000, 0, 7000, START + RELEASE_PERIOD);
        _addFees(7000);

        assertEq(_fees().scheduled, 7000);
        assertEq(_fees().scheduledEnd, START + RELEASE_PERIOD);
        skip(1 days);
        assertEq(_fees().operatorFees, 250);
        assertEq(_fees().delegatorFees, 750);
        assertEq(_fees().scheduled, 6000);
        assertEq(_delegation(alice).fees, 500 - 1, "floored twice: per share and per delegator");
        assertEq(_delegation(bob).fees, 250 - 1);

        skip(6 days - 1);
        assertEq(_fees().scheduled, 1);
        skip(1);
        assertEq(_fees().operatorFees, 1750);
        assertEq(_fees().scheduled, 0);
        assertEq(_delegation(alice).fees, 3500 - 1);
        skip(365 days);
        assertEq(_delegation(bob).fees, 1750 - 1);
        assertEq(_pool().own, 10e18, "fees are no stake");
        assertEq(_pool().delegated, 30e18);
    }

    /// @dev Two releases: the proportions that held until each.
    function test_AddFees_AreDividedByWhatIsActiveThen() public {
        _addFees(7000);
        skip(1 days);
        vm.expectEmit(address(staking));
        emit IStakingManager.FeesReleased(
            operator, Role.Runner, 250, 750, 250, 750, 6000, (uint256(750) << 128) / 30e18
        );
        _undelegate(alice, 20e18);
        skip(1 days);
        // 10 own, 10 of bob
        assertEq(_fees().operatorFees, 250 + 500);
        assertEq(_delegation(alice).fees, 499, "nothing while it thaws");
        assertEq(_delegation(bob).fees, 249 + 500);

        _thaw(10e18);
        skip(1 days);
        // bob alone
        assertEq(_fees().operatorFees, 750);
        assertEq(_delegation(bob).fees, 249 + 500 + 1000);
        _undelegate(bob, 10e18);
        skip(1 days);
        assertEq(_fees().operatorFees, 750 + 1000, "the operator's when nothing is active");
        assertEq(_delegation(bob).fees, 1749);
    }

    function test_AddFees_AreTheOperatorsWithoutActiveDelegations() public {
        _undelegate(alice, 20e18);
        _undelegate(bob, 10e18);
        vm.expectEmit(address(staking));
        emit IStakingManager.FeesAdded(operator, Role.Runner, address(this), 7000, 7000, 0, 0);
        _addFees(7000);

        assertEq(_fees().operatorFees, 7000);
    }

    /// @dev Who was staked and left is still paid what comes late.
    function test_AddFees_ToAnEmptyPoolAreTheOperators() public {
        staking.addFees(bob, Role.Oracle, 9);

        assertEq(staking.feesOf(bob, Role.Oracle).operatorFees, 9);
        assertEq(staking.claimOperatorFees(bob, Role.Oracle), 9);
        assertEq(token.balanceOf(bob), uint256(FUNDS) - 10e18 + 9);
    }

    /// @dev What is left moves with what is added, in the mean of their ends: (3000 × 3 d + 1000 × 7 d) / 4000 = 4 d.
    function test_AddFees_MoveTheEndByTheMean() public {
        _addFees(7000);
        skip(4 days);
        vm.expectEmit(address(staking));
        emit IStakingManager.FeesAdded(operator, Role.Runner, address(this), 1000, 1000, 4000, START + 4 days + 4 days);
        _addFees(1000);

        skip(2 days);
        assertEq(_fees().scheduled, 2000);
        skip(2 days - 1);
        assertGt(_fees().scheduled, 0);
        skip(1);
        assertEq(_fees().scheduled, 0);
        assertEq(_fees().operatorFees + _fees().delegatorFees, 8000);
    }

    /// @dev A second's part of 5 is nothing: its time counts later.
    function test_AddFees_DustIsReleasedInTheEnd() public {
        _addFees(5);
        for (uint256 i; i < 7; ++i) {
            skip(1 days);
            _thaw(1);
        }
        assertEq(_fees().scheduled, 0);
        assertEq(_fees().operatorFees + _fees().delegatorFees, 5);
    }

    function test_AddFees_RevertWhen_AmountIsZero() public {
        vm.expectRevert(IStakingManager.StakingManager_ZeroAmount.selector);
        _addFees(0);
    }

    function test_ClaimFees_PaysTheDelegatorWhoeverCalls() public {
        _addFees(7000);
        skip(2 days);
        vm.expectEmit(address(staking));
        emit IStakingManager.FeesReleased(
            operator, Role.Runner, 500, 1500, 500, 1500, 5000, (uint256(1500) << 128) / 30e18
        );
        vm.expectEmit(address(staking));
        emit IStakingManager.FeesClaimed(operator, Role.Runner, alice, 999, 501);
        vm.prank(stranger);
        assertEq(staking.claimFees(alice, operator, Role.Runner), 999);

        assertEq(token.balanceOf(alice), uint256(FUNDS) - 20e18 + 999);
        assertEq(token.balanceOf(stranger), 0);
        assertEq(_delegation(alice).fees, 0);
        assertEq(_fees().delegatorFees, 501);
        vm.expectRevert(IStakingManager.StakingManager_ZeroAmount.selector);
        staking.claimFees(alice, operator, Role.Runner);
    }

    /// @dev After the last share is gone its fees can still be claimed, and a new delegator starts at nothing.
    function test_ClaimFees_GivenTheDelegatorLeft() public {
        _addFees(7000);
        skip(7 days);
        _undelegate(alice, 20e18);
        skip(THAW_PERIOD);
        _withdrawUndelegated(alice);
        _delegate(alice, 1e18);

        assertEq(_delegation(alice).fees, 3499);
        assertEq(staking.claimFees(alice, operator, Role.Runner), 3499);
    }

    function test_ClaimOperatorFees_PaysTheOperatorWhoeverCalls() public {
        _addFees(7000);
        skip(7 days);
        vm.expectEmit(address(staking));
        emit IStakingManager.OperatorFeesClaimed(operator, Role.Runner, 1750);
        vm.prank(stranger);
        assertEq(staking.claimOperatorFees(operator, Role.Runner), 1750);

        assertEq(token.balanceOf(operator), uint256(FUNDS) - 10e18 + 1750);
        vm.expectRevert(IStakingManager.StakingManager_ZeroAmount.selector);
        staking.claimOperatorFees(operator, Role.Runner);
    }

    function test_SetFeeCut_LowerAtOnceHigherAfterSevenDays() public {
        vm.startPrank(operator);
        vm.expectEmit(address(staking));
        emit IStakingManager.FeeCutSet(operator, Role.Runner, 0, 2000, START + 7 days);
        staking.setFeeCut(Role.Runner, 2000);
        _assertCut(0, 2000, START + 7 days);

        skip(7 days - 1);
        _assertCut(0, 2000, START + 7 days);
        skip(1);
        _assertCut(2000, 0, 0);

        vm.expectEmit(address(staking));
        emit IStakingManager.FeeCutSet(operator, Role.Runner, 2000, 2001, START + 14 days);
        staking.setFeeCut(Role.Runner, 2001);
        vm.expectEmit(address(staking));
        emit IStakingManager.FeeCutSet(operator, Role.Runner, 1500, 0, 0);
        staking.setFeeCut(Role.Runner, 1500);
        skip(7 days);
        _assertCut(1500, 0, 0);
        assertEq(staking.feesOf(operator, Role.Oracle).cutBps, 0, "by role");
    }

    /// @dev A raise before the last one is in force replaces it and waits anew.
    function test_SetFeeCut_ReplacesWhatWaits() public {
        vm.startPrank(operator);
        staking.setFeeCut(Role.Runner, 2000);
        skip(7 days - 1);
        staking.setFeeCut(Role.Runner, 1);
        skip(1);
        _assertCut(0, 1, START + 14 days - 1);
    }

    function test_SetFeeCut_RevertWhen_MoreThanWhole() public {
        vm.startPrank(operator);
        staking.setFeeCut(Role.Runner, 10_000);
        vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_BpsTooLarge.selector, 10_001, 10_000));
        staking.setFeeCut(Role.Runner, 10_001);
    }

    /// @dev The cut is of fees as they are added: what was scheduled before a raise is not touched.
    function test_AddFees_TheCutIsTheOperatorsAtOnce() public {
        _addFees(7000);
        vm.prank(operator);
        staking.setFeeCut(Role.Runner, 1001);
        skip(7 days);
        assertEq(_fees().operatorFees, 1750);

        _addFees(1009);
        // floor(1009 × 0.1001) = 101
        assertEq(_fees().operatorFees, 1750 + 101);
        assertEq(_fees().scheduled, 1009 - 101);
        skip(7 days);
        assertEq(_fees().operatorFees, 1750 + 101 + 227);
        assertEq(_fees().delegatorFees, 5250 + 681);
    }

    function test_AddFees_AllIsTheOperatorsAtTheWholeCut() public {
        vm.prank(operator);
        staking.setFeeCut(Role.Runner, 10_000);
        skip(7 days);
        _addFees(77);
        assertEq(_fees().operatorFees, 77);
        assertEq(_fees().scheduled, 0);
        assertEq(_fees().scheduledEnd, 0);
    }

    /// @dev Whatever is added and released when: to the base unit nothing is lost, and nobody gets more than there is.
    function testFuzz_EveryUnitIsSomewhere(uint96[6] calldata amounts, uint32[6] calldata waits, uint16 cutBps) public {
        vm.prank(operator);
        staking.setFeeCut(Role.Runner, uint16(bound(cutBps, 0, 10_000)));
        uint256 added;
        for (uint256 i; i < amounts.length; ++i) {
            uint96 amount = uint96(bound(amounts[i], 1, amounts[i] % 2 == 0 ? 9 : 1e22));
            _addFees(amount);
            added += amount;
            skip(waits[i] % 10 days);
            if (waits[i] % 3 == 0 && _delegation(alice).fees != 0) staking.claimFees(alice, operator, Role.Runner);
            if (waits[i] % 5 == 0) _delegate(bob, 1e18);
        }
        uint256 paid = token.balanceOf(alice) + 20e18 - FUNDS;
        IStakingManager.Fees memory f = _fees();
        assertEq(f.scheduled + f.operatorFees + f.delegatorFees + paid, added);
        uint256 owed = _delegation(alice).fees + _delegation(bob).fees;
        assertLe(owed, f.delegatorFees);
        // 6 + 6 + 6 releases and as many settlements of two delegators at most
        assertLe(f.delegatorFees - owed, 18 * 3);
    }

    /// @dev The cut at once and a quarter of what is released by then, to the operator alone; the rest stays for others.
    function testFuzz_ClaimOperatorFees_PaysWhatIsReleased(uint256 amount, uint256 cutBps, uint256 wait) public {
        uint96 added = uint96(bound(amount, 1, amount % 2 == 0 ? 99 : FUNDS));
        cutBps = bound(cutBps, 0, 10_000);
        wait = bound(wait, 0, 2 * RELEASE_PERIOD);
        vm.prank(operator);
        staking.setFeeCut(Role.Runner, uint16(cutBps));
        skip(7 days);
        _addFees(added);
        skip(wait);
        uint256 cut = added * cutBps / 10_000;
        uint256 released = wait < RELEASE_PERIOD ? (added - cut) * wait / RELEASE_PERIOD : added - cut;
        uint256 own = cut + released - released * 3 / 4;
        assertEq(_fees().operatorFees, own);

        if (own == 0) vm.expectRevert(IStakingManager.StakingManager_ZeroAmount.selector);
        vm.prank(stranger);
        staking.claimOperatorFees(operator, Role.Runner);

        assertEq(token.balanceOf(operator), FUNDS - 10e18 + own);
        assertEq(token.balanceOf(stranger), 0);
        assertEq(token.balanceOf(address(staking)), 40e18 + added - own);
        assertEq(_fees().operatorFees, 0);
        assertEq(_fees().scheduled + _fees().delegatorFees, added - own);
        assertEq(_pool().own, 10e18);
        assertEq(_pool().delegated, 30e18);
    }

    function _addFees(uint96 amount) private {
        staking.addFees(operator, Role.Runner, amount);
    }

    function _assertCut(uint16 cutBps, uint16 nextBps, uint64 nextAt) private view {
        IStakingManager.Fees memory f = _fees();
        assertEq(f.cutBps, cutBps);
        assertEq(f.nextCutBps, nextBps);
        assertEq(f.nextCutAt, nextAt);
    }
}
