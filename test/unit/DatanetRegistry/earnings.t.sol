// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {IDatanetValidators} from "../../../contracts/interfaces/IDatanetValidators.sol";
import {TokenLib} from "../../../contracts/libraries/TokenLib.sol";
import {FakePoolDistributor} from "../../fixture/FakePoolDistributor.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

contract DatanetRegistryEarningsTest is RegistryFixture {
    uint64 private constant STREAM = 4;
    bytes32 private constant PAYOUTS = keccak256("payouts");

    function setUp() public override {
        super.setUp();
        IDatanetRegistry.Rules memory rules = _rules();
        rules.curationBps = 1000;
        datanet = _createDatanet("Go", rules);
        require(open.transfer(address(pools), RICHES), "no money");
        _enrich(alice);
    }

    /// @dev 1,009: a tenth is 100.9, of which the floor is curation.
    function test_ClaimPool_SplitsCurationAndOwner() public {
        vm.expectEmit(address(pools));
        emit FakePoolDistributor.Asked(STREAM, PAYOUTS, 3, 8, address(uint160(datanet)), 77);
        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.PoolClaimed(datanet, STREAM, 909, 100, 909);
        vm.expectEmit(address(validators));
        emit IDatanetValidators.ReserveAdded(datanet, address(datanets), 100, 100);
        assertEq(_claim(1009), 1009);

        assertEq(datanets.datanetOf(datanet).ownerCredit, 909);
        assertEq(validators.reserveOf(datanet), 100);
        assertEq(open.balanceOf(address(datanets)), 909);
        assertEq(open.balanceOf(address(validators)), 100);
        assertEq(open.allowance(address(datanets), address(validators)), 0);
        assertEq(_claim(1010), 1);
        assertEq(datanets.datanetOf(datanet).ownerCredit, 910, "a tenth of one is nothing");
    }

    function test_ClaimPool_ByTheRulesInForce() public {
        vm.prank(owner);
        datanets.scheduleRules(datanet, _rules());
        skip(7 days - 1);
        _claim(1000);
        assertEq(validators.reserveOf(datanet), 100, "a second before");
        skip(1);

        _claim(2000);

        assertEq(validators.reserveOf(datanet), 100, "no curation any more");
        assertEq(datanets.datanetOf(datanet).ownerCredit, 1900);
    }

    function test_ClaimPool_RevertWhen_ThereIsNoSuchDatanet() public {
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownDatanet.selector, 3));
        datanets.claimPool(STREAM, PAYOUTS, 0, 1, 3, 1000, 1000, new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownDatanet.selector, 0));
        datanets.claimPool(STREAM, PAYOUTS, 0, 1, 0, 1000, 1000, new bytes32[](0));
    }

    /// @dev Nothing is credited that did not arrive.
    function test_ClaimPool_RevertWhen_LessArrives() public {
        pools.setShort(1);
        vm.expectRevert(abi.encodeWithSelector(TokenLib.TokenLib_NotReceived.selector, 1000, 999));
        _claim(1000);
    }

    function test_CollectOwner_PaysWhoeverOwnsItNow() public {
        _claim(1000);
        vm.prank(owner);
        IERC721(address(datanets)).transferFrom(owner, bob, datanet);

        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.OwnerCollected(datanet, bob, 900);
        vm.prank(stranger);
        assertEq(datanets.collectOwner(datanet), 900);

        assertEq(open.balanceOf(bob), 900);
        assertEq(datanets.datanetOf(datanet).ownerCredit, 0);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NothingToCollect.selector, datanet));
        datanets.collectOwner(datanet);
    }

    function test_CollectOwner_LeavesOtherDatanetsCredit() public {
        vm.startPrank(alice);
        datanets.addOwnerCredit(1, 500);
        datanets.addOwnerCredit(datanet, 70);
        vm.stopPrank();

        datanets.collectOwner(datanet);

        assertEq(open.balanceOf(owner), 70);
        assertEq(datanets.datanetOf(1).ownerCredit, 500);
        assertEq(open.balanceOf(address(datanets)), 500);
    }

    function test_AddOwnerCredit_PullsFromTheCaller() public {
        vm.expectEmit(address(datanets));
        emit IDatanetRegistry.OwnerCredited(datanet, alice, 41, 41);
        vm.prank(alice);
        datanets.addOwnerCredit(datanet, 41);

        assertEq(open.balanceOf(alice), RICHES - 41);
        assertEq(open.balanceOf(address(datanets)), 41);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_UnknownDatanet.selector, 3));
        datanets.addOwnerCredit(3, 1);
    }

    function testFuzz_ClaimPool_PartsAreTheWhole(uint96 amount, uint16 curationBps) public {
        amount = uint96(bound(amount, 1, RICHES));
        IDatanetRegistry.Rules memory rules = _rules();
        rules.curationBps = uint16(bound(curationBps, 0, 1000));
        datanet = _createDatanet("Fuzzed", rules);

        _claim(amount);

        uint256 reserve = uint256(amount) * rules.curationBps / 10_000;
        assertEq(validators.reserveOf(datanet), reserve);
        assertEq(datanets.datanetOf(datanet).ownerCredit, amount - reserve);
        assertEq(open.balanceOf(address(datanets)) + open.balanceOf(address(validators)), amount);
    }

    /// @dev What is paid in for one Datanet its owner is paid out, in full and once, and no other's.
    function testFuzz_AddOwnerCreditThenCollectOwner_PaysWhatWasAdded(uint256[2] memory amounts, uint256 others)
        public
    {
        uint96 other = uint96(bound(others, 0, RICHES));
        vm.startPrank(alice);
        datanets.addOwnerCredit(1, other);
        uint96 added;
        for (uint256 i; i < amounts.length; ++i) {
            uint96 left = RICHES - other - added;
            uint96 amount = uint96(bound(amounts[i], 0, left + 1));
            if (amount > left) {
                vm.expectRevert(
                    abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, left, amount)
                );
            } else {
                added += amount;
            }
            datanets.addOwnerCredit(datanet, amount);
        }
        vm.stopPrank();
        assertEq(datanets.datanetOf(datanet).ownerCredit, added);
        assertEq(open.balanceOf(alice), RICHES - other - added);

        if (added == 0) {
            vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NothingToCollect.selector, datanet));
        }
        assertEq(datanets.collectOwner(datanet), added);

        assertEq(open.balanceOf(owner), added);
        assertEq(datanets.datanetOf(datanet).ownerCredit, 0);
        assertEq(datanets.datanetOf(1).ownerCredit, other);
        assertEq(open.balanceOf(address(datanets)), other);
    }

    function _claim(uint96 cumulative) private returns (uint96) {
        return datanets.claimPool(STREAM, PAYOUTS, 3, 8, datanet, cumulative, 77, new bytes32[](0));
    }
}
