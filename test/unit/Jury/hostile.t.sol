// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IJury} from "../../../contracts/interfaces/IJury.sol";
import {TokenLib} from "../../../contracts/libraries/TokenLib.sol";
import {DisputeFixture} from "../../fixture/DisputeFixture.sol";
import {HostileToken} from "../../fixture/MarketHostileTokens.sol";

/// @notice Bonds and fees in a token that takes a part, answers false or calls back.
contract JuryHostileTest is DisputeFixture {
    function test_FeeOnTransfer_NoBondCountsThatDidNotArrive() public {
        _hostile().behave(HostileToken.Manner.TakesAFee);
        vm.expectRevert(abi.encodeWithSelector(TokenLib.TokenLib_NotReceived.selector, BOND, BOND - BOND / 10));
        this.fileDowntime();

        _hostile().behave(HostileToken.Manner.Honest);
        uint64 dispute = _fileDowntime();
        _firstRound(dispute, "d---u");
        uint96 bond = 2 * BOND;
        _hostile().behave(HostileToken.Manner.TakesAFee);
        vm.expectRevert(abi.encodeWithSelector(TokenLib.TokenLib_NotReceived.selector, bond, bond - bond / 10));
        vm.prank(appellant);
        jury.appeal(dispute);
        assertEq(jury.hearingOf(dispute).appellant, address(0));
    }

    function test_FalseReturn_IsARevert() public {
        bytes memory failed = abi.encodeWithSignature("SafeERC20FailedOperation(address)", token);
        _hostile().behave(HostileToken.Manner.AnswersFalse);
        vm.expectRevert(failed);
        this.fileDowntime();

        _hostile().behave(HostileToken.Manner.Honest);
        uint64 dispute = _fileDowntime();
        _firstRound(dispute, "d---u");
        _finish(dispute);
        _hostile().behave(HostileToken.Manner.AnswersFalse);
        vm.expectRevert(failed);
        jury.claim(dispute, 1, jurors[4]);
        _hostile().behave(HostileToken.Manner.Honest);
        jury.claim(dispute, 1, jurors[4]);
        assertEq(token.balanceOf(jurors[4]), FEE);
    }

    /// @dev A juror that is paid calls for its fee again.
    function test_Reentrant_CannotClaimTwice() public {
        uint64 dispute = _fileDowntime();
        _firstRound(dispute, "d---u");
        _finish(dispute);
        _hostile().reenter(address(jury), abi.encodeCall(jury.claim, (dispute, 1, jurors[4])));

        jury.claim(dispute, 1, jurors[4]);

        assertFalse(_hostile().reentered());
        assertEq(_hostile().answer(), abi.encodeWithSelector(IJury.Jury_NothingToClaim.selector, dispute, 1, jurors[4]));
        assertEq(token.balanceOf(jurors[4]), FEE);
    }

    function fileDowntime() external {
        _fileDowntime();
    }

    function _hostile() private view returns (HostileToken) {
        return HostileToken(address(token));
    }

    function _deployToken() internal override returns (address) {
        return address(new HostileToken());
    }
}
