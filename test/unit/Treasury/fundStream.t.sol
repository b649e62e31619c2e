// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Treasury} from "../../../contracts/governance/Treasury.sol";
import {IRewardDistributor} from "../../../contracts/interfaces/IRewardDistributor.sol";
import {ITreasury} from "../../../contracts/interfaces/ITreasury.sol";
import {FakeDatanets} from "../../fixture/FakeDatanets.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";
// Deployed by artifact; named so that a run over a few files builds it.
// solhint-disable-next-line no-unused-import
import {RewardDistributor} from "../../../contracts/rewards/RewardDistributor.sol";

contract TreasuryFundStreamTest is Test {
    Treasury private treasury;
    IERC20 private token;
    IRewardDistributor private distributor;
    uint64 private stream;

    function setUp() public {
        vm.warp(1_800_000_000);
        token = IERC20(vm.deployCode("OpenToken.sol:OpenToken", abi.encode(address(this))));
        treasury = new Treasury(address(new AccessManager(address(this))), token);
        require(token.transfer(address(treasury), 1000e18), "no funds");
        distributor = IRewardDistributor(
            vm.deployCode("RewardDistributor.sol:RewardDistributor", abi.encode(token, new FakeDatanets(), 1 days))
        );
        stream = distributor.createStream(address(this));
    }

    function test_FundsAStream() public {
        vm.expectEmit(address(treasury));
        emit ITreasury.Spent(
            address(token), address(distributor), 50e18, 50e18, uint64(block.timestamp) + 30 days, 50e18
        );
        treasury.fundStream(distributor, stream, 50e18);

        assertEq(distributor.streamOf(stream).funded, 50e18);
        assertEq(token.balanceOf(address(distributor)), 50e18);
        assertEq(token.allowance(address(treasury), address(distributor)), 0);
    }

    /// @dev Payments and streams share one limit.
    function test_RevertWhen_OverTheLimit() public {
        treasury.spend(address(token), address(this), 20e18);

        vm.expectRevert(
            abi.encodeWithSelector(ITreasury.Treasury_LimitExceeded.selector, address(token), 30e18 + 1, 30e18)
        );
        treasury.fundStream(distributor, stream, 30e18 + 1);
        treasury.fundStream(distributor, stream, 30e18);
    }

    function test_RevertWhen_TheStreamIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RewardDistributor_UnknownStream.selector, 2));
        treasury.fundStream(distributor, 2, 1);
    }

    /// @dev One that takes less leaves no allowance behind.
    function test_NoAllowanceIsLeft() public {
        IdleDistributor idle = new IdleDistributor();

        treasury.fundStream(IRewardDistributor(address(idle)), 1, 5e18);

        assertEq(token.allowance(address(treasury), address(idle)), 0);
        assertEq(token.balanceOf(address(treasury)), 1000e18);
    }

    /// @dev What leaves the treasury is the stream's, up to what the window leaves of 5 %, and no allowance is left.
    function testFuzz_FundStream_StreamGetsWhatIsSpent(uint256[2] memory amounts) public {
        uint256 spent;
        for (uint256 i; i < amounts.length; ++i) {
            uint256 left = 50e18 - spent;
            uint96 amount = uint96(bound(amounts[i], 0, left + 1));
            if (amount == 0) {
                vm.expectRevert(ITreasury.Treasury_ZeroAmount.selector);
            } else if (amount > left) {
                vm.expectRevert(
                    abi.encodeWithSelector(ITreasury.Treasury_LimitExceeded.selector, address(token), amount, left)
                );
            } else {
                spent += amount;
            }
            treasury.fundStream(distributor, stream, amount);
        }

        assertEq(distributor.streamOf(stream).funded, spent);
        assertEq(token.balanceOf(address(distributor)), spent);
        assertEq(token.balanceOf(address(treasury)), 1000e18 - spent);
        assertEq(treasury.spentOf(address(token)), spent);
        assertEq(treasury.spendable(address(token)), 50e18 - spent);
        assertEq(token.allowance(address(treasury), address(distributor)), 0);
    }
}

/// @notice Takes nothing of what it may.
contract IdleDistributor {
    function fund(uint64, uint96) external {}
}
