// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {TokenLib} from "../../../contracts/libraries/TokenLib.sol";
import {EpochFixture} from "../../fixture/EpochFixture.sol";
import {HostileToken} from "../../fixture/MarketHostileTokens.sol";

/// @notice Bonds and deposits in a token that takes a part, answers false or calls back.
contract AttributionOracleHostileTest is EpochFixture {
    IAttributionOracle.LeafTree private constant CREDITS = IAttributionOracle.LeafTree.Credits;
    /// @dev A 500th of the bond of 1,001, rounded up.
    uint96 private constant DEPOSIT = 3;

    address private demander = makeAddr("demander");

    function setUp() public override {
        super.setUp();
        _answer(1000, _shares(ALICE));
        _closeBatch();
        _openEpoch();
        require(token.transfer(demander, 100), "no deposit");
        vm.prank(demander);
        token.approve(address(oracle), 100);
    }

    function test_FeeOnTransfer_NoBondCountsThatDidNotArrive() public {
        _hostile().behave(HostileToken.Manner.TakesAFee);

        vm.expectRevert(abi.encodeWithSelector(TokenLib.TokenLib_NotReceived.selector, BOND, BOND - BOND / 10));
        _proposeNothing();
        assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Open));
    }

    function test_FeeOnTransfer_NoDepositCountsThatDidNotArrive() public {
        oracle.setBond(5000);
        _proposeNothing();
        _hostile().behave(HostileToken.Manner.TakesAFee);

        vm.expectRevert(abi.encodeWithSelector(TokenLib.TokenLib_NotReceived.selector, 10, 9));
        vm.prank(demander);
        oracle.demandLeaf(1, CREDITS, 0);
        assertEq(oracle.epochOf(1).openDemands, 0);
    }

    function test_MovesNothing_NoBondCounts() public {
        _hostile().behave(HostileToken.Manner.MovesNothing);

        vm.expectRevert(abi.encodeWithSelector(TokenLib.TokenLib_NotReceived.selector, BOND, 0));
        _proposeNothing();
    }

    function test_FalseReturn_IsARevert() public {
        bytes memory failed = abi.encodeWithSignature("SafeERC20FailedOperation(address)", token);
        _hostile().behave(HostileToken.Manner.AnswersFalse);
        vm.expectRevert(failed);
        _proposeNothing();

        _hostile().behave(HostileToken.Manner.Honest);
        _proposeNothing();
        vm.prank(demander);
        oracle.demandLeaf(1, CREDITS, 0);
        _hostile().behave(HostileToken.Manner.AnswersFalse);
        vm.warp(vm.getBlockTimestamp() + REVEAL_PERIOD);
        vm.expectRevert(failed);
        oracle.expireDemand(1, CREDITS, 0);
        assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Proposed));
    }

    /// @dev A deposit that is paid out calls back for it once more.
    function test_Reentrant_CannotExpireTwice() public {
        _proposeNothing();
        vm.prank(demander);
        oracle.demandLeaf(1, CREDITS, 0);
        vm.warp(vm.getBlockTimestamp() + REVEAL_PERIOD);
        _hostile().reenter(address(oracle), abi.encodeCall(oracle.reclaimDeposit, (1, CREDITS, 0)));

        oracle.expireDemand(1, CREDITS, 0);

        assertFalse(_hostile().reentered());
        assertEq(
            _hostile().answer(),
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_NotDemanded.selector, 1, CREDITS, 0)
        );
        // the deposit and half of the bond
        assertEq(token.balanceOf(demander), 100 + BOND / 2);
        assertEq(token.balanceOf(address(oracle)), 0);
    }

    /// @dev A bond on its way in makes the proposal final, if it could.
    function test_Reentrant_CannotFinalizeWhileTheBondIsPulled() public {
        _hostile().reenter(address(oracle), abi.encodeCall(oracle.finalize, (1)));

        _proposeNothing();

        assertFalse(_hostile().reentered());
        assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Proposed));
        assertEq(token.balanceOf(address(oracle)), BOND);
    }

    function _proposeNothing() private {
        uint64 asOf = uint64(vm.getBlockTimestamp()) - 1;
        vm.prank(proposer);
        oracle.propose(1, "credits", "payouts", 100, DATA_HASH, asOf);
    }

    function _hostile() private view returns (HostileToken) {
        return HostileToken(address(token));
    }

    function _deployToken() internal override returns (address) {
        return address(new HostileToken());
    }
}
