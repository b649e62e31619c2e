// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Allocation, IGenesis} from "../../../contracts/interfaces/IGenesis.sol";
import {GenesisFixture} from "../../fixture/GenesisFixture.sol";
import {Tree} from "../../fixture/Tree.sol";

contract GenesisClaimTest is GenesisFixture {
    /// @dev One second before genesis nothing, at it the genesis part, rounded down.
    function test_PaysTheGenesisPartFromGenesisOn() public {
        IGenesis.Grant memory grant = grants[0][2];

        vm.warp(GENESIS_AT - 1);
        vm.expectRevert(_nothing(0, 2, 0));
        _claim(0, 2);
        vm.warp(GENESIS_AT);
        uint96 amount = _claim(0, 2);

        assertEq(amount, uint256(grant.amount) * 138_700_000 / 517_100_000);
        assertEq(token.balanceOf(grant.beneficiary), amount);
        assertEq(genesis.positionOf(Allocation.Community, 2).claimed, amount);
        assertEq(genesis.positionOf(Allocation.Community, 2).holder, address(0));
    }

    function test_PaysLiquidityWholeAtGenesis() public {
        vm.warp(GENESIS_AT);
        for (uint256 i = 0; i < grants[4].length; ++i) {
            assertEq(_claim(4, i), grants[4][i].amount);
        }

        assertEq(genesis.claimedOf(Allocation.Liquidity), 50_000_000e18);
    }

    function test_PaysTeamAndInvestorsAfterTheCliff() public {
        for (uint256 allocation = 1; allocation <= 2; ++allocation) {
            vm.warp(GENESIS_AT + 12 * MONTH);
            vm.expectRevert(_nothing(allocation, 2, 0));
            _claim(allocation, 2);
            vm.warp(GENESIS_AT + 12 * MONTH + 1);
            assertGt(_claim(allocation, 2), 0);
            vm.warp(GENESIS_AT + 24 * MONTH);
            _claim(allocation, 2);

            // a third of 36 months; the part of a part, each rounded down
            uint256 released = uint256(genesis.totalOf(Allocation(allocation))) / 3;
            uint256 vested = uint256(grants[allocation][2].amount) * released / genesis.totalOf(Allocation(allocation));
            assertEq(token.balanceOf(grants[allocation][2].beneficiary), vested);
        }
    }

    /// @dev A claim's sum does not depend on how often somebody claims.
    function testFuzz_ManyClaimsPayWhatOnePays(uint32[6] memory waits) public {
        vm.warp(GENESIS_AT);
        uint256 paid = _claim(3, 2);
        for (uint256 i = 0; i < waits.length; ++i) {
            skip(bound(waits[i], 1, 100 days));
            paid += _claim(3, 2);
        }

        uint96 vested = genesis.vestedAt(grants[3][2], uint64(vm.getBlockTimestamp()));
        assertEq(paid, vested);
        assertEq(token.balanceOf(grants[3][2].beneficiary), vested);
    }

    function test_PaysEveryGrantWholeAfterTheLastMonth() public {
        vm.warp(GENESIS_AT + 48 * MONTH);
        for (uint256 allocation = 0; allocation < ALLOCATIONS; ++allocation) {
            for (uint256 i = 0; i < grants[allocation].length; ++i) {
                assertEq(_claim(allocation, i), grants[allocation][i].amount);
            }
            assertEq(genesis.claimedOf(Allocation(allocation)), genesis.totalOf(Allocation(allocation)));
        }

        assertEq(token.balanceOf(address(genesis)), 0);
        assertEq(token.totalSupply(), 1e27);
    }

    /// @dev A century later: there is no deadline and nothing was swept.
    function test_UnclaimedStaysClaimable() public {
        vm.warp(GENESIS_AT + 36_500 days);

        assertEq(_claim(0, 3), grants[0][3].amount);
    }

    function test_EmitsCumulativeAmounts() public {
        vm.warp(GENESIS_AT);
        uint96 first = _claim(0, 2);
        vm.warp(GENESIS_AT + 24 * MONTH);
        uint96 vested = genesis.vestedAt(grants[0][3], GENESIS_AT + 24 * MONTH);

        vm.expectEmit(address(genesis));
        emit IGenesis.Claimed(Allocation.Community, 3, grants[0][3].beneficiary, vested, vested, first + vested);
        vm.prank(stranger);
        _claim(0, 3);
    }

    /// @dev One beneficiary, two grants: each has its own books.
    function test_TwoGrantsOfOneBeneficiaryAreApart() public {
        vm.warp(GENESIS_AT + 48 * MONTH);
        assertEq(grants[0][0].beneficiary, grants[0][3].beneficiary);

        _claim(0, 0);
        _claim(0, 3);

        assertEq(token.balanceOf(grants[0][0].beneficiary), uint256(grants[0][0].amount) + grants[0][3].amount);
    }

    function test_RevertGiven_NothingNewIsReleased() public {
        vm.warp(GENESIS_AT + 3 * MONTH);
        uint96 paid = _claim(0, 2);

        vm.expectRevert(_nothing(0, 2, paid));
        _claim(0, 2);
    }

    /// @dev A grant of one base unit is released whole or not at all.
    function test_OneBaseUnitIsPaidAtTheEnd() public {
        vm.warp(GENESIS_AT + 48 * MONTH - 1);
        vm.expectRevert(_nothing(1, 0, 0));
        _claim(1, 0);
        vm.warp(GENESIS_AT + 48 * MONTH);

        assertEq(_claim(1, 0), 1);
    }

    function test_RevertWhen_AnyPartOfTheGrantIsNotTheLeafs() public {
        vm.warp(GENESIS_AT + 48 * MONTH);
        IGenesis.Place memory place = _place(0, 2);
        IGenesis.Grant memory grant = grants[0][2];

        grant.allocation = Allocation.Liquidity;
        _expectInvalid(grant, place);
        grant = grants[0][2];
        grant.beneficiary = stranger;
        _expectInvalid(grant, place);
        grant = grants[0][2];
        grant.amount += 1;
        _expectInvalid(grant, place);
    }

    function test_RevertWhen_ThePlaceIsNotTheLeafs() public {
        vm.warp(GENESIS_AT + 48 * MONTH);
        IGenesis.Grant memory grant = grants[0][2];
        IGenesis.Place memory place = _place(0, 2);
        place.index = 3;
        _expectInvalid(grant, place);
        place.index = 6;
        _expectInvalid(grant, place);
        place = _place(0, 2);
        place.count = 3;
        _expectInvalid(grant, place);
        place = _place(0, 2);
        place.siblings[1] = bytes32(uint256(1));
        _expectInvalid(grant, place);
        place.siblings = new bytes32[](0);
        _expectInvalid(grant, place);
    }

    /// @dev Trees whose amounts add up to more than the allocation: the release bounds them, whatever they say.
    function test_RevertGiven_ClaimsOfAFalseTreeExceedTheRelease() public {
        bytes32[] memory leaves = new bytes32[](2);
        IGenesis.Grant memory grant = IGenesis.Grant(Allocation.Community, stranger, 517_100_000e18);
        (leaves[0], leaves[1]) = (_leaf(grant), _leaf(grant));
        IGenesis over = _genesisOf(Tree.root("Grant", leaves));
        vm.warp(GENESIS_AT);
        over.claim(grant, IGenesis.Place(0, 2, Tree.siblings(leaves, 0)));

        vm.expectRevert(
            abi.encodeWithSelector(
                IGenesis.Genesis_ClaimsExceedRelease.selector, Allocation.Community, 277_400_000e18, 138_700_000e18
            )
        );
        over.claim(grant, IGenesis.Place(1, 2, Tree.siblings(leaves, 1)));
    }

    /// @dev One leaf of more than all OPEN there is.
    function test_RevertGiven_AGrantIsLargerThanItsAllocation() public {
        bytes32[] memory leaves = new bytes32[](1);
        IGenesis.Grant memory grant = IGenesis.Grant(Allocation.Community, stranger, type(uint96).max);
        leaves[0] = _leaf(grant);
        IGenesis over = _genesisOf(Tree.root("Grant", leaves));
        vm.warp(GENESIS_AT + 48 * MONTH);

        vm.expectRevert(
            abi.encodeWithSelector(
                IGenesis.Genesis_ClaimsExceedRelease.selector, Allocation.Community, type(uint96).max, 517_100_000e18
            )
        );
        over.claim(grant, IGenesis.Place(0, 1, new bytes32[](0)));
    }

    function _expectInvalid(IGenesis.Grant memory grant, IGenesis.Place memory place) private {
        vm.expectRevert(
            abi.encodeWithSelector(IGenesis.Genesis_InvalidProof.selector, grant.allocation, place.index, place.count)
        );
        genesis.claim(grant, place);
    }

    function _nothing(uint256 allocation, uint64 index, uint96 claimed) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IGenesis.Genesis_NothingToClaim.selector, Allocation(allocation), index, claimed);
    }
}
