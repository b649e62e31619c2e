// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {SettlementListLib} from "../../../contracts/verification/SettlementListLib.sol";
import {CourtFixture} from "../../fixture/CourtFixture.sol";

contract ReceiptCourtRefundTest is CourtFixture {
    uint64 private number;

    function setUp() public override {
        super.setUp();
        _answer(0, model, 3, 5);
        _answer(1, model, 0, 0);
        _answer(1, cheapModel, 1, 1);
        _answer(2, cheapModel, 1, 3);
        number = _close();
    }

    /// @dev Entries: (0, model) 1,130, (1, model) 1,000, (1, cheap) 8, (2, cheap) 22.
    function test_PaysEachPayerWhatItPaid() public {
        _void(number);

        vm.expectEmit(address(court));
        emit IReceiptCourt.PayerRefunded(number, channels[0], model, payers[0], 1130, 1130, 1);
        vm.expectEmit(address(court));
        emit IReceiptCourt.PayerRefunded(number, channels[1], model, payers[1], 1000, 2130, 2);
        vm.prank(stranger);
        court.refund(batchOf[number], _settlements(number), 100);

        assertEq(token.balanceOf(payers[0]), 1130);
        assertEq(token.balanceOf(payers[1]), 1008);
        assertEq(token.balanceOf(payers[2]), 22);
        assertEq(court.refundOf(number).paid, 2160);
        assertEq(court.refundOf(number).entriesPaid, 4);
        assertEq(token.balanceOf(address(court)), 0);
    }

    function test_PaysALongListInPieces() public {
        _void(number);
        bytes memory settlements = _settlements(number);

        court.refund(batchOf[number], settlements, 1);
        assertEq(token.balanceOf(payers[1]), 0);
        court.refund(batchOf[number], settlements, 2);
        court.refund(batchOf[number], settlements, type(uint32).max);

        assertEq(token.balanceOf(payers[0]), 1130);
        assertEq(token.balanceOf(payers[1]), 1008);
        assertEq(token.balanceOf(payers[2]), 22);
    }

    /// @dev 100 of stake are left: 10 bounty, 40 for payers, 50 burn. 40 over 2,160: floors of running sums.
    function test_DividesWhatTheStakeStillCovers() public {
        vm.prank(runner);
        staking.thaw(runner, Role.Runner, STAKE - 100);
        vm.warp(START + 13 days);
        vm.warp(START + THAW);
        staking.withdraw(runner, Role.Runner);
        vm.warp(START + 13 days);

        _void(number);
        court.refund(batchOf[number], _settlements(number), 100);

        assertEq(court.refundOf(number).total, 40);
        assertEq(token.balanceOf(payers[0]), 20, "40 * 1,130 / 2,160");
        assertEq(token.balanceOf(payers[1]), 19 + 0, "40 * 2,130 / 2,160 - 20, 40 * 2,138 / 2,160 - 39");
        assertEq(token.balanceOf(payers[2]), 1);
        assertEq(token.balanceOf(address(court)), 0);
    }

    function test_RevertGiven_TheBatchStands() public {
        _demand(number, 0);
        bytes memory settlements = _settlements(number);

        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_BatchNotVoid.selector, number));
        court.refund(batchOf[number], settlements, 1);
    }

    function test_RevertWhen_TheListIsAnother() public {
        _void(number);
        bytes memory settlements = _settlements(number);
        settlements[0] ^= 0x01;

        vm.expectRevert(
            abi.encodeWithSelector(
                SettlementListLib.SettlementListLib_WrongHash.selector,
                keccak256(settlements),
                batchOf[number].settlementsHash
            )
        );
        court.refund(batchOf[number], settlements, 1);
    }

    function test_RevertGiven_AllWasPaid() public {
        _void(number);
        bytes memory settlements = _settlements(number);
        court.refund(batchOf[number], settlements, 4);

        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_NothingToRefund.selector, number));
        court.refund(batchOf[number], settlements, 4);
    }

    function test_RevertWhen_NoEntriesAreAskedFor() public {
        _void(number);
        bytes memory settlements = _settlements(number);

        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_NothingToRefund.selector, number));
        court.refund(batchOf[number], settlements, 0);
    }

    function test_RevertGiven_NothingWasTaken() public {
        staking.thaw(runner, Role.Runner, STAKE);
        vm.warp(START + THAW);
        staking.withdraw(runner, Role.Runner);
        vm.warp(START);
        _void(number);
        bytes memory settlements = _settlements(number);

        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_NothingToRefund.selector, number));
        court.refund(batchOf[number], settlements, 4);
    }

    /// @dev Whatever stake there is and however the list is cut: parts add up to what was taken for the payers.
    function testFuzz_PartsAddUpToWhatWasTaken(uint96 stake, uint32 piece, uint32[3] memory tokens) public {
        for (uint256 i; i < 3; ++i) {
            _answer(i, model, tokens[i], 0);
            if (tokens[i] % 2 == 0) _answer(i, cheapModel, 0, tokens[i]);
        }
        uint64 second = _close();
        stake = uint96(bound(stake, 1, STAKE));
        staking.thaw(runner, Role.Runner, STAKE - stake);
        vm.warp(START + THAW);
        staking.withdraw(runner, Role.Runner);
        vm.warp(START);
        _void(second);
        uint96 total = court.refundOf(second).total;
        vm.assume(total != 0);
        uint256[3] memory before = [uint256(0), 0, 0];

        uint256 count = entriesOf[second].length;
        piece = uint32(bound(piece, 1, count));
        for (uint256 done; done < count; done += piece) {
            court.refund(batchOf[second], _settlements(second), piece);
        }

        uint256 paid;
        for (uint256 i; i < 3; ++i) {
            paid += token.balanceOf(payers[i]) - before[i];
            assertLe(
                token.balanceOf(payers[i]), cumulativeOf[channels[i]][model] + cumulativeOf[channels[i]][cheapModel]
            );
        }
        assertEq(paid, total);
        assertEq(token.balanceOf(address(court)), 0);
    }

    function _void(uint64 batch) private {
        _demand(batch, 0);
        vm.warp(vm.getBlockTimestamp() + REVEAL);
        court.expire(batchOf[batch], 0);
    }
}
