// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../contracts/interfaces/IAttributionOracle.sol";
import {Role} from "../../contracts/interfaces/IStakingManager.sol";
import {DeployedFixture} from "../fixture/DeployedFixture.sol";
import {console} from "forge-std/console.sol";

/// @notice The whole way over the deployed protocol: a Datanet, a model on it, paid answers, an epoch, claims and sweeps.
/// forge-config: default.isolate = true
contract AnswersToClaimsTest is DeployedFixture {
    function test_FromAnswersToClaims() public {
        _answer(1e18, _shares(POOL, 10_000, ALICE));
        _answer(2e18, _shares(ALICE, 20_000, BOB));
        _closeBatch();
        _answer(3e18 + 7, _shares(BOB));
        _closeBatch();
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = _credits(1, 2);
        IAttributionOracle.Payout[] memory payouts = _payouts(new IAttributionOracle.Payout[](0), credits);

        _propose(1, credits, payouts);
        console.log("propose, first", vm.lastCallGas().gasTotalUsed);
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        oracle.finalize(1);
        console.log("finalize, first", vm.lastCallGas().gasTotalUsed);
        bytes32 root = _payoutsRoot(payouts);
        for (uint256 i; i < payouts.length; ++i) {
            IAttributionOracle.PayoutOpening memory o = _openPayout(payouts, i);
            _claim(root, o);
        }
        console.log("claim, first", vm.lastCallGas().gasTotalUsed);
        _sweep();

        uint96 fees = 6e18 + 7;
        uint256 data = uint256(fees) * 4000 / 10_000;
        assertApproxEqAbs(token.balanceOf(ALICE) + token.balanceOf(BOB) + token.balanceOf(datanetOwner), data, 3);
        assertEq(token.balanceOf(datanetOwner), 4e17 - uint256(4e17) * 55_536 / 65_536, "the pool's owner");
        assertEq(stakes.poolOf(runner, Role.Runner).own, STAKE);
        assertEq(stakes.feesOf(runner, Role.Runner).operatorFees, uint256(fees) * 800 / 10_000);
        assertEq(token.balanceOf(modelOwner), uint256(fees) * 1500 / 10_000);
        assertEq(token.balanceOf(treasury), uint256(fees) * 200 / 10_000);
        assertEq(token.balanceOf(security), uint256(fees) * 500 / 10_000);
        assertEq(token.balanceOf(address(market)), FUNDS - fees, "the payer's money and nothing else");
        assertEq(token.balanceOf(address(oracle)), 0, "no bond stays");
    }

    /// @dev What a pool earned goes through its registry, to the owner of the Datanet.
    function _claim(bytes32 root, IAttributionOracle.PayoutOpening memory o) private {
        IAttributionOracle.Payout memory p = o.payout;
        if (p.account == POOL) {
            registry.claimPool(stream, root, o.index, o.count, 1, p.cumulative, p.runningSum, o.siblings);
            registry.collectOwner(1);
        } else {
            distributor.claim(stream, root, o.index, o.count, p.account, p.cumulative, p.runningSum, o.siblings);
        }
    }

    function _sweep() private {
        market.collectProtocol();
        market.collectSecurity();
        market.collectStakers(runner);
        market.collectModel(model);
        market.collectRunner(runner);
    }
}
