// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Role} from "../../contracts/interfaces/IStakingManager.sol";
import {StakingFixture} from "../fixture/StakingFixture.sol";
import {console} from "forge-std/console.sol";

/// @notice Gas of staking as a transaction would pay it: the call with cold storage, 21,000 and the calldata. Pools of others
/// hold stake already.
/// forge-config: default.isolate = true
contract StakingGasTest is StakingFixture {
    function setUp() public override {
        super.setUp();
        staking.stake(Role.Runner, MINIMUM);
        skip(1 days);
    }

    function test_StakeFirst() public {
        _stake(MINIMUM);
        _measured("stake_first", 133_500);
    }

    function test_StakeAgain() public {
        _stake(MINIMUM);
        skip(1 days);
        _stake(MINIMUM);
        _measured("stake_again", 119_000);
    }

    function test_Thaw() public {
        _stake(MINIMUM);
        skip(1 days);
        _thaw(MINIMUM / 2);
        _measured("thaw", 59_500);
    }

    function test_Withdraw() public {
        _stake(MINIMUM);
        _thaw(MINIMUM);
        skip(THAW_PERIOD);
        _withdraw();
        _measured("withdraw", 110_000);
    }

    function test_DelegateFirst() public {
        _stake(MINIMUM);
        skip(1 days);
        _delegate(alice, MINIMUM);
        _measured("delegate_first", 217_000);
    }

    function test_Undelegate() public {
        _stake(MINIMUM);
        uint128 shares = _delegate(alice, MINIMUM);
        skip(1 days);
        _undelegate(alice, shares);
        _measured("undelegate", 88_000);
    }

    function test_WithdrawUndelegated() public {
        _stake(MINIMUM);
        _undelegate(alice, _delegate(alice, MINIMUM));
        skip(THAW_PERIOD);
        _withdrawUndelegated(alice);
        _measured("withdraw_undelegated", 179_500);
    }

    function test_Lock() public {
        _stake(MINIMUM);
        skip(1 days);
        _lock(court, MINIMUM / 2);
        _measured("lock", 97_500);
    }

    /// @dev What was locked of own stake, with a bounty and a refund to accounts that hold OPEN already.
    function test_Slash() public {
        _stake(MINIMUM);
        _lock(court, MINIMUM / 2);
        require(token.transfer(burnQueue, 1) && token.transfer(prover, 1) && token.transfer(harmed, 1), "not paid");
        skip(1 days);
        vm.prank(court);
        staking.slash(_order(MINIMUM / 2, prover, 3000, harmed, 1e18));
        _measured("slash", 176_000);
    }

    function test_SlashDelegated() public {
        _stake(MINIMUM);
        _delegate(alice, MINIMUM);
        require(token.transfer(burnQueue, 1) && token.transfer(prover, 1), "not paid");
        skip(1 days);
        vm.prank(court);
        staking.slash(_order(MINIMUM * 3 / 2, prover, 3000, address(0), 0));
        _measured("slash_delegated", 172_000);
    }

    function test_AddFees() public {
        _stake(MINIMUM);
        _delegate(alice, MINIMUM);
        staking.addFees(operator, Role.Runner, 1e18);
        skip(1 days);
        staking.addFees(operator, Role.Runner, 1e18);
        _measured("add_fees", 124_000);
    }

    function test_ClaimFees() public {
        _stake(MINIMUM);
        _delegate(alice, MINIMUM);
        staking.addFees(operator, Role.Runner, 1e18);
        skip(1 days);
        staking.claimFees(alice, operator, Role.Runner);
        _measured("claim_fees", 151_500);
    }

    function _measured(string memory name, uint256 maximum) private {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        console.log(name, used);
        assertLe(used, maximum);
    }
}
