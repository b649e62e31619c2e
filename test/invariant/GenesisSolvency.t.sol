// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Allocation, IGenesis} from "../../contracts/interfaces/IGenesis.sol";
import {GenesisHandler} from "./GenesisHandler.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Where each base unit of the supply can be, from before genesis to the last claim.
/// @dev GENESIS-1 balance + claimed = 1e27. GENESIS-2 per allocation claimed <= released <= total. GENESIS-3 a grant's claimed <=
/// its vested, monotone; each claim pays exactly the difference, once. GENESIS-4 only holders are paid, only holders move.
/// GENESIS-5 whatever happened, after month 48 everybody is paid whole and nothing is left.
/// forge-config: default.invariant.runs = 32
/// forge-config: deep.invariant.runs = 4096
/// forge-config: default.invariant.fail-on-revert = true
contract GenesisSolvencyTest is Test {
    uint256 private constant ALLOCATIONS = 5;
    uint64 private constant END = 1_800_000_000 + 1460 days;

    GenesisHandler private handler;
    IGenesis private genesis;
    IERC20 private token;

    function setUp() public {
        handler = new GenesisHandler();
        address open;
        (genesis, open) = handler.world();
        token = IERC20(open);
        bytes4[] memory actions = new bytes4[](6);
        actions[0] = GenesisHandler.claim.selector;
        actions[1] = GenesisHandler.move.selector;
        actions[2] = GenesisHandler.steal.selector;
        actions[3] = GenesisHandler.wait.selector;
        actions[4] = GenesisHandler.waitForBend.selector;
        actions[5] = GenesisHandler.claimAllOf.selector;
        targetSelector(FuzzSelector(address(handler), actions));
        targetContract(address(handler));
    }

    /// @dev The invariants say nothing where the handler does nothing.
    function test_HandlerClaimsAndMoves() public {
        handler.waitForBend(1);
        handler.claim(0, 2);
        handler.move(0, 2, 1);
        handler.steal(0, 2);
        handler.waitForBend(2);
        handler.waitForBend(2);
        handler.claim(0, 2);
        handler.claim(2, 3);

        assertEq(handler.claims(), 3);
        assertEq(handler.moves(), 1);
        assertGt(handler.paidOf(2), 0);
        invariant_GenesisSolvency();
    }

    /// @dev All in one campaign: each call is followed by each property.
    function invariant_GenesisSolvency() public view {
        _GENESIS1_BalanceAndClaimedAreTheSupply();
        _GENESIS2_ClaimedWithinReleasedWithinTotal();
        _GENESIS3_GrantsArePaidByTheScheduleOnce();
        _GENESIS4_OnlyHoldersArePaidAndMove();
    }

    function _GENESIS1_BalanceAndClaimedAreTheSupply() private view {
        uint256 claimed;
        for (uint256 i = 0; i < ALLOCATIONS; ++i) {
            claimed += genesis.claimedOf(Allocation(i));
            assertEq(genesis.claimedOf(Allocation(i)), handler.paidOf(i), "GENESIS-1 allocation");
        }
        assertEq(token.balanceOf(address(genesis)) + claimed, 1e27, "GENESIS-1");
        assertEq(claimed, handler.paid(), "GENESIS-1 paid");
        assertEq(token.totalSupply(), 1e27, "GENESIS-1 supply");
    }

    function _GENESIS2_ClaimedWithinReleasedWithinTotal() private view {
        uint64 now_ = uint64(vm.getBlockTimestamp());
        for (uint256 i = 0; i < ALLOCATIONS; ++i) {
            uint96 released = genesis.releasedAt(Allocation(i), now_);
            assertLe(genesis.claimedOf(Allocation(i)), released, "GENESIS-2 claimed");
            assertLe(released, genesis.totalOf(Allocation(i)), "GENESIS-2 released");
        }
    }

    function _GENESIS3_GrantsArePaidByTheScheduleOnce() private view {
        uint64 now_ = uint64(vm.getBlockTimestamp());
        for (uint256 i = 0; i < ALLOCATIONS; ++i) {
            uint256 sum;
            for (uint256 j = 0; j < handler.grantCount(i); ++j) {
                uint96 claimed = genesis.positionOf(Allocation(i), uint64(j)).claimed;
                assertLe(claimed, genesis.vestedAt(handler.grantAt(i, j), now_), "GENESIS-3 vested");
                sum += claimed;
            }
            assertEq(sum, genesis.claimedOf(Allocation(i)), "GENESIS-3 sum of grants");
        }
        assertFalse(handler.paidBesideTheSchedule(), "GENESIS-3 beside the schedule");
        assertFalse(handler.paidTwice(), "GENESIS-3 twice");
        assertFalse(handler.claimedFell(), "GENESIS-3 fell");
    }

    function _GENESIS4_OnlyHoldersArePaidAndMove() private view {
        assertFalse(handler.paidSomebodyElse(), "GENESIS-4 paid somebody else");
        assertFalse(handler.movedByStranger(), "GENESIS-4 moved by a stranger");
        for (uint256 i = 0; i < handler.holderCount(); ++i) {
            address holder = handler.holderAt(i);
            assertEq(token.balanceOf(holder), handler.paidTo(holder), "GENESIS-4 balance");
        }
    }

    function afterInvariant() public {
        if (vm.getBlockTimestamp() < END) vm.warp(END);
        handler.claimAll();

        assertEq(token.balanceOf(address(genesis)), 0, "GENESIS-5 left over");
        for (uint256 i = 0; i < ALLOCATIONS; ++i) {
            for (uint256 j = 0; j < handler.grantCount(i); ++j) {
                uint96 claimed = genesis.positionOf(Allocation(i), uint64(j)).claimed;
                assertEq(claimed, handler.grantAt(i, j).amount, "GENESIS-5 not paid whole");
            }
        }
    }
}
