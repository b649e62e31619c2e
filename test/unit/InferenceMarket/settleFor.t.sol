// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {PayerContract} from "../../fixture/MarketHostileTokens.sol";

/// @notice Somebody settles for a runner, by its signature over all that the settlement says.
contract InferenceMarketSettleForTest is MarketFixture {
    bytes32 private channel;
    uint256 private runnerKey;

    function setUp() public override {
        super.setUp();
        (runner, runnerKey) = makeAddrAndKey("runner");
        channel = _open(1000);
    }

    function test_AnyoneCarriesItAndTheRunnerIsPaid() public {
        bytes memory rows = _group(_payment(channel, model, 100));
        IInferenceMarket.SettleFor memory order = _order(rows, 0, 100);
        bytes memory settlements = abi.encodePacked(channel, model, uint96(0), uint96(100));
        bytes memory details =
            abi.encodePacked(uint64(1), uint96(100), uint96(7), uint96(8), uint96(15), uint96(40), uint96(30));
        bytes memory signature = _sign(order);

        vm.expectEmit(address(market));
        emit IInferenceMarket.BatchSettled(1, runner, RECEIPTS_ROOT, DATA_HASH, 100, 40, 40, settlements, details);
        vm.prank(stranger);
        uint64 batch = market.settleFor(order, rows, signature);

        assertEq(batch, 1);
        assertEq(market.runnerDue(runner), 30);
        assertEq(market.runnerDue(stranger), 0);
    }

    function test_CarriedTwiceItSettlesNothing() public {
        bytes memory rows = _group(_payment(channel, model, 100));
        IInferenceMarket.SettleFor memory order = _order(rows, 0, 100);
        bytes memory signature = _sign(order);
        market.settleFor(order, rows, signature);

        assertEq(market.settleFor(order, rows, signature), 0);

        assertEq(market.batchCount(), 1);
    }

    /// @dev Orders 0→100 and 100→200, carried the other way round: the second's receipts start at 100, so a batch from 0 would
    /// leave its runner with receipts that do not chain.
    function test_RevertWhen_OrdersAreCarriedOutOfOrder() public {
        bytes memory rows = _group(_payment(channel, model, 200));
        IInferenceMarket.SettleFor memory second = _order(rows, 100, 200);
        bytes memory signature = _sign(second);
        bytes32 actual = keccak256(abi.encodePacked(channel, model, uint96(0), uint96(200)));

        vm.expectRevert(
            abi.encodeWithSelector(
                IInferenceMarket.InferenceMarket_SettlementsChanged.selector, second.settlementsHash, actual
            )
        );
        market.settleFor(second, rows, signature);
        _settle(channel, model, 100);
        assertEq(market.settleFor(second, rows, signature), 2);
    }

    function test_ItIsGoodUpToItsDeadline() public {
        bytes memory rows = _group(_payment(channel, model, 100));
        IInferenceMarket.SettleFor memory order = _order(rows, 0, 100);
        bytes memory signature = _sign(order);
        uint256 snapshot = vm.snapshotState();

        vm.warp(order.deadline + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IInferenceMarket.InferenceMarket_SignatureExpired.selector, order.deadline, order.deadline + 1
            )
        );
        market.settleFor(order, rows, signature);

        vm.revertToState(snapshot);
        vm.warp(order.deadline);
        assertEq(market.settleFor(order, rows, signature), 1);
    }

    function test_RevertWhen_TheRowsAreOthers() public {
        bytes memory rows = _group(_payment(channel, model, 100));
        IInferenceMarket.SettleFor memory order = _order(rows, 0, 100);
        bytes memory signature = _sign(order);
        bytes memory others = _group(_payment(channel, model, 99));

        vm.expectRevert(
            abi.encodeWithSelector(
                IInferenceMarket.InferenceMarket_RowsChanged.selector, keccak256(rows), keccak256(others)
            )
        );
        market.settleFor(order, others, signature);
    }

    function testFuzz_RevertWhen_AFieldIsChanged(uint8 field) public {
        bytes memory rows = _group(_payment(channel, model, 100));
        bytes memory others = _group(_payment(channel, model, 99));
        IInferenceMarket.SettleFor memory order = _order(rows, 0, 100);
        bytes memory signature = _sign(order);
        field = field % 7;
        if (field == 0) order.runner = stranger;
        if (field == 1) (rows, order.rowsHash) = (others, keccak256(others));
        if (field == 2) order.receiptsRoot = keccak256("other");
        if (field == 3) order.dataHash = keccak256("other");
        if (field == 4) order.settlementsHash = keccak256("other");
        if (field == 5) order.expectedConfig += 1;
        if (field == 6) order.deadline += 1;

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidSignature.selector, order.runner)
        );
        market.settleFor(order, rows, signature);
    }

    function test_RevertWhen_SignedByAnother() public {
        bytes memory rows = _group(_payment(channel, model, 100));
        IInferenceMarket.SettleFor memory order = _order(rows, 0, 100);
        bytes memory signature = _signed(strangerKey, _structHash(order));

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidSignature.selector, runner));
        market.settleFor(order, rows, signature);
    }

    function test_RevertWhen_TheSignatureIsMalformed() public {
        bytes memory rows = _group(_payment(channel, model, 100));
        IInferenceMarket.SettleFor memory order = _order(rows, 0, 100);
        order.runner = address(0);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidSignature.selector, address(0)));
        market.settleFor(order, rows, new bytes(65));
    }

    /// @dev No stranger's code runs in the money's path: a contract settles by its own call.
    function test_RevertWhen_TheRunnerIsAContract() public {
        PayerContract contractRunner = new PayerContract();
        staking.setActive(address(contractRunner), Role.Runner, true);
        runner = address(contractRunner);
        bytes32 other = _open("other", 100);
        bytes memory rows = _group(_payment(other, model, 100));
        IInferenceMarket.SettleFor memory order = _order(rows, 0, 100);
        contractRunner.approveDigest(
            keccak256(abi.encodePacked(hex"1901", _domain(block.chainid, address(market)), _structHash(order)))
        );

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_InvalidSignature.selector, runner));
        market.settleFor(order, rows, "");
    }

    function _order(bytes memory rows, uint96 before, uint96 cumulative)
        private
        view
        returns (IInferenceMarket.SettleFor memory)
    {
        bytes32 settlementsHash = keccak256(abi.encodePacked(channel, model, before, cumulative));
        return IInferenceMarket.SettleFor(
            runner, keccak256(rows), RECEIPTS_ROOT, DATA_HASH, settlementsHash, CONFIG_CODE, START + 1 hours
        );
    }

    function _sign(IInferenceMarket.SettleFor memory order) private view returns (bytes memory) {
        return _signed(runnerKey, _structHash(order));
    }

    function _structHash(IInferenceMarket.SettleFor memory order) private pure returns (bytes32) {
        bytes32 typehash = keccak256(
            "SettleFor(address runner,bytes32 rowsHash,bytes32 receiptsRoot,bytes32 dataHash,bytes32 settlementsHash,uint32 expectedConfig,uint64 deadline)"
        );
        return keccak256(
            abi.encode(
                typehash,
                order.runner,
                order.rowsHash,
                order.receiptsRoot,
                order.dataHash,
                order.settlementsHash,
                order.expectedConfig,
                order.deadline
            )
        );
    }
}
