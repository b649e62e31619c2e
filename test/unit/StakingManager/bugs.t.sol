// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakingManager, Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {StakingFixture} from "../../fixture/StakingFixture.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";

/// @notice Bugs that others' staking contracts had, by name.
contract StakingManagerBugsTest is StakingFixture {
    function test_Bug_FirstDepositorInflatesTheSharePrice() public {
        _stake(MINIMUM);
        _delegate(alice, 1e18);
        vm.startPrank(alice);
        require(token.transfer(address(staking), 100_000e18), "not sent");
        staking.addFees(operator, Role.Runner, 100_000e18);
        vm.stopPrank();
        skip(30 days);
        // as few shares as can be: 1 OPEN must stay, and slashes only lower the price
        _slash(court, MINIMUM + 3);
        _stake(1);

        assertEq(_delegate(bob, 1e18), uint256(1e18) * 1e18 / (1e18 - 3));
        assertGe(_delegation(bob).tokens, 1e18 - 1);
    }

    /// @dev The last share is never worth less than what is left, whatever dust was slashed in what order.
    function testFuzz_Bug_LastExitRevertsAfterDustSlashes(uint8[16] calldata dusts, uint96 odd) public {
        _stake(MINIMUM);
        _delegate(alice, uint96(bound(odd, 3e18, 1e22)) | 1);
        _delegate(bob, 1e18 + 1);
        for (uint256 i; i < dusts.length; ++i) {
            if (i == 5) _undelegate(alice, _delegation(alice).shares / 2);
            // own stake is in the way: all of it but what the dust has to reach
            _slash(court, uint96(_pool().own));
            _slash(court, dusts[i]);
            _stake(1e18);
        }
        _undelegate(alice, _delegation(alice).shares - _delegation(alice).thawingShares);
        _undelegate(bob, _delegation(bob).shares);
        _thaw(uint96(_pool().own));
        skip(THAW_PERIOD);

        uint256 delegated = _pool().delegated;
        assertEq(uint256(_withdrawUndelegated(alice)) + _withdrawUndelegated(bob), delegated);
        _withdraw();
        assertEq(token.balanceOf(address(staking)), 0);
        _assertDelegated(0, 0, 0);
    }

    /// @dev One thaw an account and pool: others' have no effect on it, on its end or on its cost.
    function test_Bug_SomeoneFillsTheThawListOfAnother() public {
        _stake(MINIMUM);
        _delegate(alice, 10e18);
        _delegate(bob, 900e18);
        _undelegate(alice, 10e18);
        for (uint256 i; i < 100; ++i) {
            _undelegate(bob, 1e18);
            skip(1);
        }
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_ThawExceedsActive.selector, 1, 0));
        staking.undelegate(bob, Role.Runner, 1);

        vm.warp(START + THAW_PERIOD);
        uint256 before = gasleft();
        assertEq(_withdrawUndelegated(alice), 10e18);
        assertLt(before - gasleft(), 200_000);
    }

    function test_Bug_ProvisionsAreOverwritten() public {
        _stake(3);
        _stake(4);
        assertEq(_pool().own, 7);
        _delegate(alice, 1e18);
        _delegate(alice, 2e18);
        assertEq(_delegation(alice).shares, 3e18);
        _lock(court, 3);
        _lock(otherCourt, 2);
        _lock(court, 1);
        assertEq(_pool().locked, 6);
        _thaw(1);
        _thaw(2);
        assertEq(_pool().ownThawing, 3);
        _undelegate(alice, 1e18);
        _undelegate(alice, 1e18);
        assertEq(_delegation(alice).thawingShares, 2e18);
    }

    function test_Bug_SlashRevertsWhenTheAmountIsMoreThanTheBalance() public {
        assertEq(_slash(court, type(uint96).max), 0);
        _stake(5);
        assertEq(_slash(court, type(uint96).max), 5);
        assertEq(_slash(court, 1), 0);
        vm.prank(court);
        staking.slash(IStakingManager.Slash(address(0), Role.None, 1, prover, 4000, harmed, 1));
        assertEq(token.balanceOf(prover), 0);
    }

    /// @dev A case opened in the last second of a thaw outlives it.
    function test_Bug_DisputeFiledLateExpiresAfterTheThaw() public {
        _stake(10e18);
        _delegate(alice, 10e18);
        _thaw(10e18);
        _undelegate(alice, 10e18);
        skip(THAW_PERIOD - 1);
        assertEq(_lock(court, 15e18), 15e18);
        skip(30 days);

        // delegated stake answers for no more than the operator's own
        vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_StakeLocked.selector, uint256(15e18), 0));
        _withdraw();
        vm.expectRevert(
            abi.encodeWithSelector(IStakingManager.StakingManager_StakeLocked.selector, uint256(15e18), 10e18)
        );
        _withdrawUndelegated(alice);
        assertEq(_slash(court, 15e18), 15e18);
        assertEq(_withdrawUndelegated(alice), 5e18);
    }

    function test_Bug_OperatorThawsBeforeItsCase() public {
        _stake(10e18);
        _thaw(10e18);
        assertEq(_slash(court, 10e18), 10e18);
        skip(THAW_PERIOD);
        vm.expectRevert(IStakingManager.StakingManager_NothingThawing.selector);
        _withdraw();
    }

    /// @dev Tokens that were sent here belong to no pool, and no pool grows without tokens.
    function test_Bug_CreditsWithoutTransferAndTransferWithoutCredit() public {
        _stake(10e18);
        require(token.transfer(address(staking), 7), "not sent");
        _assertUntouched();

        vm.prank(stranger);
        vm.expectRevert(
            abi.encodeWithSignature(
                "ERC20InsufficientAllowance(address,uint256,uint256)", address(staking), uint256(0), uint256(1e18)
            )
        );
        staking.delegate(operator, Role.Runner, 1e18);
        vm.prank(stranger);
        vm.expectRevert(
            abi.encodeWithSignature(
                "ERC20InsufficientAllowance(address,uint256,uint256)", address(staking), uint256(0), uint256(1)
            )
        );
        staking.addFees(operator, Role.Runner, 1);
        _assertUntouched();
    }

    /// @dev Booked every six hours or once: the same to the unit per booking; and one unit a call puts nothing off.
    function test_Bug_RewardsDependOnTheNumberOfCalls() public {
        _stake(10e18);
        _delegate(alice, 30e18);
        staking.addFees(operator, Role.Runner, 7e18);
        uint256 once = vm.snapshotState();
        skip(7 days);
        uint256 atOnce = staking.claimFees(alice, operator, Role.Runner);
        vm.revertToState(once);

        uint256 often;
        for (uint256 i; i < 28; ++i) {
            skip(6 hours);
            often += staking.claimFees(alice, operator, Role.Runner);
        }
        assertApproxEqAbs(often, atOnce, 28 * 2);
        vm.revertToState(once);

        for (uint256 i; i < 28; ++i) {
            skip(6 hours);
            staking.addFees(operator, Role.Runner, 1);
        }
        assertApproxEqAbs(staking.claimFees(alice, operator, Role.Runner), atOnce, 28 * 3);
        // the last additions wait for seven days, the rest does not
        assertLe(_fees().scheduled, 28);
    }

    /// @dev What is staked and asked in one second counts for no past second, and does not leave for a thaw.
    function test_Bug_FlashLoanedVotes() public {
        skip(1);
        uint256 now_ = vm.getBlockTimestamp();
        _stake(FUNDS);
        assertEq(staking.getPastVotes(operator, now_ - 1), 0);
        assertEq(staking.getPastTotalSupply(now_ - 1), 0);
        vm.expectRevert(abi.encodeWithSelector(IStakingManager.StakingManager_FutureLookup.selector, now_, now_));
        staking.getPastVotes(operator, now_);
        _thaw(FUNDS);
        vm.expectRevert(
            abi.encodeWithSelector(IStakingManager.StakingManager_StillThawing.selector, now_ + THAW_PERIOD, now_)
        );
        _withdraw();
    }

    /// @dev Whatever the operator announces: fees that are added within seven days pay the cut of before.
    function test_Bug_RevenueShareIsFrontRun() public {
        _stake(10e18);
        _delegate(alice, 10e18);
        vm.prank(operator);
        staking.setFeeCut(Role.Runner, 10_000);
        skip(7 days - 1);
        staking.addFees(operator, Role.Runner, 1000);
        assertEq(_fees().operatorFees, 0);
        skip(7 days);
        assertEq(_fees().delegatorFees, 500, "and what is scheduled keeps its cut");
    }

    /// @dev Ten times the pool, delegated a second before the fees and leaving a second after, earns a second's part.
    function test_Bug_FeesAreSandwichedByADelegation() public {
        _stake(10e18);
        _delegate(alice, 90e18);
        _delegate(bob, 900e18);
        staking.addFees(operator, Role.Runner, 1000e18);
        skip(1);
        _undelegate(bob, 900e18);
        skip(7 days);

        assertApproxEqAbs(_delegation(bob).fees, uint256(900e18) / 7 days, 1);
        assertApproxEqRel(_delegation(alice).fees, 900e18, 1e13);
    }

    /// @dev An operator that has its own pool slashed, bounty and refund to friends, loses; with its delegators' at least as
    /// much as it could take from them.
    function testFuzz_Bug_OperatorSlashesItselfThroughAFriend(uint96 own, uint96 delegated, uint96[4] calldata amounts)
        public
    {
        own = uint96(bound(own, 1, 1e23));
        _stake(own);
        _delegate(alice, uint96(bound(delegated, 1e18, 1e24)));
        uint256 lost = 0;
        for (uint256 i; i < amounts.length; ++i) {
            uint256 before = _pool().own;
            vm.prank(court);
            staking.slash(_order(uint96(bound(amounts[i], 1, 1e24)), prover, 4000, harmed, type(uint96).max));
            lost += before - _pool().own;
            skip(SLASH_WINDOW);
        }
        uint256 gained = token.balanceOf(prover) + token.balanceOf(harmed);
        assertLe(gained, lost);
        assertLe(gained, token.balanceOf(burnQueue));
    }

    /// @dev Many slashes of one transaction are one window's.
    function test_Bug_TheCapIsEvadedByManySlashes() public {
        _stake(100e18);
        _delegate(alice, 10e18);
        _slash(court, 100e18);
        uint256 taken = 0;
        for (uint256 i; i < 20; ++i) {
            taken += _slash(i % 2 == 0 ? court : otherCourt, 2e18);
        }
        assertEq(taken, 5e18);
    }

    /// @dev Slashes, exits and fees cost the same with 3 delegators and with 60, and after a hundred changes.
    function test_Bug_LoopsOverListsThatUsersCanGrow() public {
        _stake(MINIMUM);
        _delegate(alice, 10e18);
        staking.addFees(operator, Role.Runner, 1e18);
        skip(1 days);
        uint256 before = vm.snapshotState();
        uint256 small = _costOfAll();
        vm.revertToState(before);

        for (uint160 i = 1; i <= 60; ++i) {
            address crowd = address(i << 20);
            require(token.transfer(crowd, 1e18), "not funded");
            vm.startPrank(crowd);
            token.approve(address(staking), 1e18);
            staking.delegate(operator, Role.Runner, 1e18);
            staking.undelegate(operator, Role.Runner, 1e18);
            vm.stopPrank();
            skip(1);
        }
        assertLe(_costOfAll(), small + small / 20);
    }

    function test_Bug_UninitialisedImplementation() public {
        address code = _stakingCode(address(token), CAP_BPS);
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        (bool done,) = code.call(abi.encodeWithSignature("initialize(address)", stranger));
        assertTrue(done, "reverted as expected");
        vm.expectRevert(_unauthorized(address(this)));
        IStakingManager(code).setMinimumStake(Role.Runner, 1);
    }

    function _costOfAll() private returns (uint256 used) {
        uint256 before = gasleft();
        _slash(court, MINIMUM + 3);
        staking.claimFees(alice, operator, Role.Runner);
        _undelegate(alice, 10e18);
        skip(THAW_PERIOD);
        _withdrawUndelegated(alice);
        return before - gasleft();
    }

    function _assertUntouched() private view {
        assertEq(_pool().own, 10e18);
        assertEq(_pool().delegated, 0);
        assertEq(_fees().operatorFees, 0);
        assertEq(staking.getVotes(operator), 10e18);
    }
}
