// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {PayerContract} from "../../fixture/MarketHostileTokens.sol";

/// @notice A payer lets somebody else put its free money into its channels, within amount, expiry and count.
contract InferenceMarketAllocationTest is MarketFixture {
    address private operator = makeAddr("operator");

    function test_OpensThenTopsUpThePayersChannel() public {
        IInferenceMarket.Allocation memory a = _allocation();
        bytes memory signature = _sign(a, payerKey);
        bytes32 expected = market.channelId(payer, runner, 5);

        vm.expectEmit(address(market));
        emit IInferenceMarket.AllocationUsed(_digest(a), payer, operator, expected, 400, 1);
        vm.expectEmit(address(market));
        emit IInferenceMarket.ChannelOpened(expected, payer, runner, 5, 400, FUNDS - 400);
        bytes32 channel = _allocate(a, runner, 5, 400, signature);
        vm.expectEmit(address(market));
        emit IInferenceMarket.AllocationUsed(_digest(a), payer, operator, expected, 1000, 2);
        vm.expectEmit(address(market));
        emit IInferenceMarket.ChannelToppedUp(expected, 600, 1000, FUNDS - 1000);
        _allocate(a, runner, 5, 600, signature);

        assertEq(channel, expected);
        assertEq(market.payerOf(channel), payer);
        assertEq(market.runnerOf(channel), runner);
        assertEq(market.channelOf(channel).balance, 1000);
        assertEq(
            abi.encode(market.allocationUse(_digest(a))), abi.encode(IInferenceMarket.AllocationUse(1000, 2, false))
        );
        _settle(channel, model, 77);
    }

    function test_RevertWhen_TheAmountIsExceededByOne() public {
        IInferenceMarket.Allocation memory a = _allocation();
        bytes memory signature = _sign(a, payerKey);
        _allocate(a, runner, 5, 400, signature);

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_AllocationExceeded.selector, 1001, 1000)
        );
        _allocate(a, runner, 5, 601, signature);
    }

    function test_RevertWhen_TheCountIsExceeded() public {
        IInferenceMarket.Allocation memory a = _allocation();
        bytes memory signature = _sign(a, payerKey);
        for (uint96 i; i < 3; ++i) {
            _allocate(a, runner, i, 1, signature);
        }

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_AllocationUsedUp.selector, 3));
        _allocate(a, runner, 0, 1, signature);
    }

    function test_ItIsGoodUpToItsExpiry() public {
        IInferenceMarket.Allocation memory a = _allocation();
        bytes memory signature = _sign(a, payerKey);

        vm.warp(a.expiry);
        _allocate(a, runner, 5, 1, signature);

        vm.warp(a.expiry + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_SignatureExpired.selector, a.expiry, a.expiry + 1)
        );
        _allocate(a, runner, 5, 1, signature);
    }

    function test_RevertWhen_AnotherThanTheOperatorUsesIt() public {
        IInferenceMarket.Allocation memory a = _allocation();
        bytes memory signature = _sign(a, payerKey);

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_NotOperator.selector, stranger, operator)
        );
        vm.prank(stranger);
        market.allocate(a, runner, 5, 1, signature);
    }

    function test_RevertWhen_TheRunnerIsAnother() public {
        IInferenceMarket.Allocation memory a = _allocation();
        address other = makeAddr("other");
        staking.setActive(other, Role.Runner, true);
        bytes memory signature = _sign(a, payerKey);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_WrongRunner.selector, other, runner));
        _allocate(a, other, 5, 1, signature);
    }

    function test_WithoutARunnerItIsForAnyActiveOne() public {
        IInferenceMarket.Allocation memory a = _allocation();
        a.runner = address(0);
        address other = makeAddr("other");
        bytes memory signature = _sign(a, payerKey);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_RunnerNotActive.selector, other));
        _allocate(a, other, 5, 1, signature);
        staking.setActive(other, Role.Runner, true);
        _allocate(a, other, 5, 1, signature);
        _allocate(a, runner, 5, 1, signature);

        assertEq(market.channelOf(market.channelId(payer, other, 5)).balance, 1);
    }

    function test_RevertWhen_SignedByAnother() public {
        IInferenceMarket.Allocation memory a = _allocation();
        bytes memory signature = _sign(a, strangerKey);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidSignature.selector, payer));
        _allocate(a, runner, 5, 1, signature);
    }

    /// @dev A signer may sign vouchers, not allocations.
    function test_RevertWhen_SignedByAnAuthorisedSigner() public {
        vm.prank(payer);
        market.authorizeSigner(stranger);
        IInferenceMarket.Allocation memory a = _allocation();
        bytes memory signature = _sign(a, strangerKey);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidSignature.selector, payer));
        _allocate(a, runner, 5, 1, signature);
    }

    function testFuzz_RevertWhen_AFieldIsChanged(uint8 field) public {
        IInferenceMarket.Allocation memory a = _allocation();
        bytes memory signature = _sign(a, payerKey);
        field = field % 6;
        if (field == 0) a.payer = stranger;
        if (field == 1) a.operator = stranger;
        if (field == 2) a.runner = address(0);
        if (field == 3) a.maxAmount = 1001;
        if (field == 4) a.maxCount = 4;
        if (field == 5) a.nonce = 2;

        vm.expectPartialRevert(IInferenceMarket.InferenceMarket_InvalidSignature.selector);
        vm.prank(a.operator);
        market.allocate(a, runner, 5, 1, signature);
    }

    function test_RevertWhen_TheExpiryIsChanged() public {
        IInferenceMarket.Allocation memory a = _allocation();
        bytes memory signature = _sign(a, payerKey);
        a.expiry += 1;

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidSignature.selector, payer));
        _allocate(a, runner, 5, 1, signature);
    }

    function test_RevertGiven_ItIsRevoked() public {
        IInferenceMarket.Allocation memory a = _allocation();
        bytes memory signature = _sign(a, payerKey);
        _allocate(a, runner, 5, 1, signature);

        vm.expectEmit(address(market));
        emit IInferenceMarket.AllocationWithdrawn(_digest(a), payer);
        vm.prank(payer);
        market.revokeAllocation(a);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_AllocationRevoked.selector, _digest(a)));
        _allocate(a, runner, 5, 1, signature);
    }

    function test_AnotherNonceIsAnotherAllocation() public {
        IInferenceMarket.Allocation memory a = _allocation();
        vm.prank(payer);
        market.revokeAllocation(a);
        a.nonce = 2;

        _allocate(a, runner, 5, 1000, _sign(a, payerKey));

        assertEq(market.allocationUse(_digest(a)).amount, 1000);
    }

    function test_RevertWhen_AStrangerRevokesIt() public {
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_NotTheSigner.selector, stranger, payer));
        vm.prank(stranger);
        market.revokeAllocation(_allocation());
    }

    function test_RevertWhen_FreeMoneyDoesNotCoverIt() public {
        IInferenceMarket.Allocation memory a = _allocation();
        a.maxAmount = type(uint96).max;
        bytes memory signature = _sign(a, payerKey);

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InsufficientFree.selector, payer, FUNDS + 1, FUNDS)
        );
        _allocate(a, runner, 5, FUNDS + 1, signature);
    }

    function test_RevertWhen_NothingIsAllocated() public {
        IInferenceMarket.Allocation memory a = _allocation();
        bytes memory signature = _sign(a, payerKey);

        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        _allocate(a, runner, 5, 0, signature);
    }

    function test_APayerThatIsAContractAllocatesByErc1271() public {
        PayerContract wallet = new PayerContract();
        token.approve(address(market), 500);
        market.deposit(address(wallet), 500);
        IInferenceMarket.Allocation memory a = _allocation();
        a.payer = address(wallet);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidSignature.selector, wallet));
        _allocate(a, runner, 5, 500, "anything");
        wallet.approveDigest(_digest(a));
        bytes32 channel = _allocate(a, runner, 5, 500, "anything");

        assertEq(market.payerOf(channel), address(wallet));
        assertEq(market.freeOf(address(wallet)), 0);
    }

    /// @dev In any cuts: never more than was signed, never more than is free, and what is taken the channel has.
    function testFuzz_Allocate_MovesAtMostWhatIsSigned(uint256 maximum, uint256[3] memory amounts) public {
        IInferenceMarket.Allocation memory a = _allocation();
        a.maxAmount = uint96(bound(maximum, 0, 2 * FUNDS));
        bytes memory signature = _sign(a, payerKey);
        uint96 moved;
        for (uint256 i; i < amounts.length; ++i) {
            uint96 amount = uint96(bound(amounts[i], 0, (amounts[i] % 2 == 0 ? a.maxAmount : FUNDS) - moved + 1));
            uint96 free = FUNDS - moved;
            if (moved + amount > a.maxAmount) {
                vm.expectRevert(
                    abi.encodeWithSelector(
                        IInferenceMarket.InferenceMarket_AllocationExceeded.selector, moved + amount, a.maxAmount
                    )
                );
            } else if (amount == 0) {
                vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
            } else if (amount > free) {
                vm.expectRevert(
                    abi.encodeWithSelector(
                        IInferenceMarket.InferenceMarket_InsufficientFree.selector, payer, amount, free
                    )
                );
            } else {
                moved += amount;
            }
            _allocate(a, runner, 5, amount, signature);
        }

        assertLe(moved, a.maxAmount);
        assertEq(market.allocationUse(_digest(a)).amount, moved);
        assertEq(market.channelOf(market.channelId(payer, runner, 5)).balance, moved);
        assertEq(market.freeOf(payer), FUNDS - moved);
        assertEq(market.freeOf(operator), 0);
        assertEq(token.balanceOf(address(market)), 2 * uint256(FUNDS));
    }

    function _allocation() private view returns (IInferenceMarket.Allocation memory) {
        return IInferenceMarket.Allocation(payer, operator, runner, 1000, 3, START + 1 days, 1);
    }

    function _allocate(
        IInferenceMarket.Allocation memory a,
        address runner_,
        uint96 salt,
        uint96 amount,
        bytes memory signature
    ) private returns (bytes32) {
        vm.prank(operator);
        return market.allocate(a, runner_, salt, amount, signature);
    }

    function _sign(IInferenceMarket.Allocation memory a, uint256 key) private view returns (bytes memory) {
        return _signed(key, _structHash(a));
    }

    function _digest(IInferenceMarket.Allocation memory a) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", _domain(block.chainid, address(market)), _structHash(a)));
    }

    function _structHash(IInferenceMarket.Allocation memory a) private pure returns (bytes32) {
        bytes32 typehash = keccak256(
            "Allocation(address payer,address operator,address runner,uint96 maxAmount,uint32 maxCount,uint64 expiry,uint256 nonce)"
        );
        return
            keccak256(abi.encode(typehash, a.payer, a.operator, a.runner, a.maxAmount, a.maxCount, a.expiry, a.nonce));
    }
}
