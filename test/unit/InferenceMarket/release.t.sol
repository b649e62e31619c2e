// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {PayerContract} from "../../fixture/MarketHostileTokens.sol";

/// @notice A runner gives unclaimed money back at once, or settled money out of its due.
contract InferenceMarketReleaseTest is MarketFixture {
    bytes32 private channel;
    uint256 private runnerKey;

    function setUp() public override {
        super.setUp();
        (runner, runnerKey) = makeAddrAndKey("runner");
        channel = _open(1000);
        _settle(channel, model, 100);
    }

    function test_TheRunnerReleasesUnclaimedMoney() public {
        vm.expectEmit(address(market));
        emit IInferenceMarket.ChannelReleased(channel, 400, 0, 600, FUNDS - 600);
        vm.prank(runner);
        uint96 released = market.release(channel, 400);

        assertEq(released, 400);
        assertEq(market.channelOf(channel).balance, 600);
        assertEq(market.channelOf(channel).claimed, 100);
        assertEq(market.freeOf(payer), FUNDS - 600);
    }

    function test_AtMostWhatIsUnclaimedIsReleased() public {
        vm.prank(runner);
        uint96 released = market.release(channel, type(uint96).max);

        assertEq(released, 900);
        assertEq(market.channelOf(channel).balance, 100);
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        vm.prank(runner);
        market.release(channel, 1);
    }

    function test_WhatThawsIsReleasedFirst() public {
        vm.prank(payer);
        market.thaw(channel, 300);

        vm.startPrank(runner);
        market.release(channel, 200);
        assertEq(market.channelOf(channel).thawing, 100);
        assertEq(market.channelOf(channel).thawEnd, START + THAW_PERIOD);
        vm.expectEmit(address(market));
        emit IInferenceMarket.ChannelReleased(channel, 100, 0, 700, FUNDS - 700);
        market.release(channel, 100);

        assertEq(market.channelOf(channel).thawEnd, 0, "nothing thaws");
    }

    /// @dev What thaws must never exceed the balance, or settling would fail for ever.
    function test_GivenAllThaws_ReleasedAndSettledItStaysConsistent() public {
        vm.prank(payer);
        market.thaw(channel, 900);
        _settle(channel, model, 600);
        vm.prank(runner);
        market.release(channel, 300);
        vm.prank(payer);
        market.topUp(channel, 50);

        assertEq(market.channelOf(channel).thawing, 600);
        vm.warp(START + THAW_PERIOD);
        vm.prank(payer);
        assertEq(market.withdrawThawed(channel), 150);
        assertEq(market.channelOf(channel).balance, 600);
    }

    function test_RevertWhen_AnotherReleases() public {
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_NotRunner.selector, channel, payer, runner)
        );
        vm.prank(payer);
        market.release(channel, 1);
    }

    function test_RevertWhen_TheChannelIsUnknown() public {
        vm.startPrank(runner);
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_UnknownChannel.selector, bytes32("x")));
        market.release("x", 1);
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_UnknownChannel.selector, bytes32("x")));
        market.refund("x", 1);
    }

    function test_ThePayerReleasesByTheRunnersSignature() public {
        IInferenceMarket.Release memory r = _release();

        vm.expectEmit(address(market));
        emit IInferenceMarket.ChannelReleased(channel, 900, 0, 100, FUNDS - 100);
        vm.prank(payer);
        market.releaseBySignature(r, _sign(r, runnerKey));
    }

    /// @dev Else it would release again what is put in later.
    function test_RevertWhen_TheSignatureIsUsedTwice() public {
        IInferenceMarket.Release memory r = _release();
        bytes memory signature = _sign(r, runnerKey);
        vm.startPrank(payer);
        market.releaseBySignature(r, signature);
        market.topUp(channel, 500);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_SignatureUsed.selector, _digest(r)));
        market.releaseBySignature(r, signature);
    }

    function test_TheSignatureIsGoodUpToItsDeadline() public {
        IInferenceMarket.Release memory r = _release();
        bytes memory signature = _sign(r, runnerKey);
        uint256 snapshot = vm.snapshotState();

        vm.warp(r.deadline + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IInferenceMarket.InferenceMarket_SignatureExpired.selector, r.deadline, r.deadline + 1
            )
        );
        vm.prank(payer);
        market.releaseBySignature(r, signature);

        vm.revertToState(snapshot);
        vm.warp(r.deadline);
        vm.prank(payer);
        market.releaseBySignature(r, signature);
    }

    function testFuzz_RevertWhen_AFieldIsChanged(uint8 field) public {
        bytes32 other = _open("other", 1000);
        IInferenceMarket.Release memory r = _release();
        bytes memory signature = _sign(r, runnerKey);
        field = field % 4;
        if (field == 0) r.channel = other;
        if (field == 1) r.amount -= 1;
        if (field == 2) r.nonce += 1;
        if (field == 3) r.deadline += 1;

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidSignature.selector, runner));
        vm.prank(payer);
        market.releaseBySignature(r, signature);
    }

    function test_RevertWhen_AnotherThanThePayerCarriesIt() public {
        IInferenceMarket.Release memory r = _release();
        bytes memory signature = _sign(r, runnerKey);

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_NotPayer.selector, channel, stranger, payer)
        );
        vm.prank(stranger);
        market.releaseBySignature(r, signature);
    }

    function test_ARunnerThatIsAContractSignsByErc1271() public {
        PayerContract contractRunner = new PayerContract();
        staking.setActive(address(contractRunner), Role.Runner, true);
        vm.prank(payer);
        bytes32 other = market.openChannel(address(contractRunner), 1, 10);
        IInferenceMarket.Release memory r = IInferenceMarket.Release(other, 10, 1, START);
        contractRunner.approveDigest(_digest(r));

        vm.prank(payer);
        assertEq(market.releaseBySignature(r, ""), 10);
    }

    function test_TheRunnerRefundsSettledMoney() public {
        // 30 % of 100
        vm.expectEmit(address(market));
        emit IInferenceMarket.Refunded(channel, runner, 30, 0, FUNDS - 1000 + 30);
        vm.prank(runner);
        market.refund(channel, 30);

        assertEq(market.runnerDue(runner), 0);
        assertEq(market.stakersDue(runner), 8, "others' parts stand");
        assertEq(market.channelOf(channel).claimed, 100, "what is claimed never falls");
        assertEq(market.freeOf(payer), FUNDS - 970);
    }

    function test_RevertWhen_TheRefundExceedsTheDueByOne() public {
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_DueExceeded.selector, 31, 30));
        vm.prank(runner);
        market.refund(channel, 31);
    }

    function test_RevertWhen_TheRefundIsZero() public {
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        vm.prank(runner);
        market.refund(channel, 0);
    }

    function test_RevertWhen_AnotherRefunds() public {
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_NotRunner.selector, channel, stranger, runner)
        );
        vm.prank(stranger);
        market.refund(channel, 1);
    }

    /// @dev By the runner itself or by its signature: what is unclaimed comes back, up to what is asked, what thaws first.
    function testFuzz_Release_GivesBackWhatIsUnclaimed(
        uint256 put,
        uint256 claimed,
        uint256 thawed,
        uint256 asked,
        bool isSigned
    ) public {
        uint96 balance = uint96(bound(put, 1, FUNDS - 1000));
        bytes32 other = _open("other", balance);
        uint96 unclaimed = balance - uint96(bound(claimed, 0, balance));
        if (unclaimed != balance) _settle(other, model, balance - unclaimed);
        uint96 thawing = uint96(bound(thawed, 0, unclaimed));
        if (thawing != 0) {
            vm.prank(payer);
            market.thaw(other, thawing);
        }
        uint96 amount = uint96(bound(asked, 0, asked % 2 == 0 ? balance + 1 : type(uint96).max));
        uint96 expected = amount < unclaimed ? amount : unclaimed;
        IInferenceMarket.Release memory r = IInferenceMarket.Release(other, amount, 7, START);
        bytes memory signature = isSigned ? _sign(r, runnerKey) : bytes("");

        if (expected == 0) vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        vm.prank(isSigned ? payer : runner);
        uint96 released = isSigned ? market.releaseBySignature(r, signature) : market.release(other, amount);

        assertEq(released, expected);
        assertEq(market.freeOf(payer), FUNDS - 1000 - balance + expected);
        assertEq(market.channelOf(other).balance, balance - expected);
        assertEq(market.channelOf(other).claimed, balance - unclaimed);
        assertEq(market.channelOf(other).thawing, thawing > expected ? thawing - expected : 0);
        assertEq(market.channelOf(channel).balance, 1000, "another channel's money");
        assertEq(token.balanceOf(address(market)), 2 * uint256(FUNDS));
    }

    /// @dev What the payer gets back is the runner's alone: up to its due, and of no other part.
    function testFuzz_Refund_IsTakenFromTheRunnersDue(uint256 settled, uint256 asked) public {
        uint96 taken = uint96(bound(settled, 1, settled % 2 == 0 ? 20 : FUNDS - 1000));
        _settle(_open("other", taken), model, taken);
        // 40 % data, 7 % governed, 8 % stakers, 15 % model: of what is behind the data part so many of 60
        uint96 rest = taken - uint96(uint256(taken) * 2 / 5);
        uint96 due = 30 + rest - uint96(uint256(rest) * 7 / 60) - uint96(uint256(rest) * 8 / 60) - rest / 4;
        uint96 amount = uint96(bound(asked, 0, due + 1));
        uint96[3] memory others = [market.stakersDue(runner), market.modelDue(model), market.dataDue()];

        if (amount == 0) vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        if (amount > due) {
            vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_DueExceeded.selector, due + 1, due));
        }
        vm.prank(runner);
        market.refund(channel, amount);

        if (amount > due) amount = 0;
        assertEq(market.runnerDue(runner), due - amount);
        assertEq(market.freeOf(payer), FUNDS - 1000 - taken + amount);
        assertEq(market.stakersDue(runner), others[0]);
        assertEq(market.modelDue(model), others[1]);
        assertEq(market.dataDue(), others[2]);
        assertEq(market.channelOf(channel).balance, 1000);
        assertEq(token.balanceOf(address(market)), 2 * uint256(FUNDS));
    }

    function _release() private view returns (IInferenceMarket.Release memory) {
        return IInferenceMarket.Release(channel, 1000, 7, START + 1 hours);
    }

    function _sign(IInferenceMarket.Release memory r, uint256 key) private view returns (bytes memory) {
        return _signed(key, _structHash(r));
    }

    function _digest(IInferenceMarket.Release memory r) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", _domain(block.chainid, address(market)), _structHash(r)));
    }

    function _structHash(IInferenceMarket.Release memory r) private pure returns (bytes32) {
        bytes32 typehash = keccak256("Release(bytes32 channel,uint96 amount,uint256 nonce,uint64 deadline)");
        return keccak256(abi.encode(typehash, r.channel, r.amount, r.nonce, r.deadline));
    }
}
