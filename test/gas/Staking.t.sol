// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Role} from "../../contracts/interfaces/IStakingManager.sol";
import {StakingFixture} from "../fixture/StakingFixture.sol";
import {GasSnapshots} from "./GasSnapshots.sol";

/// @notice Gas of staking as a transaction would pay it: the call with cold storage, 21,000 and the calldata. Pools of others
/// hold stake already.
/// forge-config: default.isolate = true
contract StakingGasTest is GasSnapshots, StakingFixture {
    function setUp() public override {
        super.setUp();
        staking.stake(Role.Runner, MINIMUM);
        skip(1 days);
    }

    function test_StakeFirst() public {
        _stake(MINIMUM);
        _record("stake_first");

        assertEq(_pool().own, MINIMUM);
    }

    function test_StakeAgain() public {
        _stake(MINIMUM);
        skip(1 days);
        _stake(MINIMUM);
        _record("stake_again");

        assertEq(_pool().own, 2 * MINIMUM);
    }

    function test_Thaw() public {
        _stake(MINIMUM);
        skip(1 days);
        _thaw(MINIMUM / 2);
        _record("thaw");

        assertEq(_pool().ownThawing, MINIMUM / 2);
    }

    function test_Withdraw() public {
        _stake(MINIMUM);
        _thaw(MINIMUM);
        skip(THAW_PERIOD);
        _withdraw();
        _record("withdraw");

        assertEq(_pool().own, 0);
    }

    function test_DelegateFirst() public {
        _stake(MINIMUM);
        skip(1 days);
        _delegate(alice, MINIMUM);
        _record("delegate_first");

        assertEq(_pool().delegated, MINIMUM);
    }

    function test_Undelegate() public {
        _stake(MINIMUM);
        uint128 shares = _delegate(alice, MINIMUM);
        skip(1 days);
        _undelegate(alice, shares);
        _record("undelegate");

        assertEq(_pool().thawingShares, shares);
    }

    function test_WithdrawUndelegated() public {
        _stake(MINIMUM);
        _undelegate(alice, _delegate(alice, MINIMUM));
        skip(THAW_PERIOD);
        _withdrawUndelegated(alice);
        _record("withdraw_undelegated");

        assertEq(_pool().delegated, 0);
    }

    function test_Lock() public {
        _stake(MINIMUM);
        skip(1 days);
        _lock(court, MINIMUM / 2);
        _record("lock");

        assertEq(_pool().locked, MINIMUM / 2);
    }

    /// @dev What was locked of own stake, with a bounty and a refund to accounts that hold OPEN already.
    function test_Slash() public {
        _stake(MINIMUM);
        _lock(court, MINIMUM / 2);
        require(token.transfer(burnQueue, 1) && token.transfer(prover, 1) && token.transfer(harmed, 1), "not paid");
        skip(1 days);
        vm.prank(court);
        staking.slash(_order(MINIMUM / 2, prover, 3000, harmed, 1e18));
        _record("slash");

        assertEq(_pool().own, MINIMUM / 2);
    }

    function test_SlashDelegated() public {
        _stake(MINIMUM);
        _delegate(alice, MINIMUM);
        require(token.transfer(burnQueue, 1) && token.transfer(prover, 1), "not paid");
        skip(1 days);
        vm.prank(court);
        staking.slash(_order(MINIMUM * 3 / 2, prover, 3000, address(0), 0));
        _record("slash_delegated");

        assertEq(_pool().delegated, MINIMUM / 2);
    }

    function test_AddFees() public {
        _stake(MINIMUM);
        _delegate(alice, MINIMUM);
        staking.addFees(operator, Role.Runner, 1e18);
        skip(1 days);
        staking.addFees(operator, Role.Runner, 1e18);
        _record("add_fees");

        assertGt(_fees().scheduled, 0);
    }

    function test_ClaimFees() public {
        _stake(MINIMUM);
        _delegate(alice, MINIMUM);
        staking.addFees(operator, Role.Runner, 1e18);
        skip(1 days);
        staking.claimFees(alice, operator, Role.Runner);
        _record("claim_fees");

        assertEq(_delegation(alice).fees, 0);
    }
}
