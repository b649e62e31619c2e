// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {OpenToken} from "../../../contracts/token/OpenToken.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {HostileToken} from "../../fixture/MarketHostileTokens.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @notice Deposits by the signatures that OPEN knows.
contract InferenceMarketSignedDepositTest is MarketFixture {
    address private owner;
    uint256 private ownerKey;

    function setUp() public override {
        super.setUp();
        (owner, ownerKey) = makeAddrAndKey("owner");
        require(token.transfer(owner, 1000), "no funds");
    }

    function test_PermitDepositsForTheNamedPayer() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(600, START);

        vm.expectEmit(address(market));
        emit IInferenceMarket.Deposited(payer, owner, 600, FUNDS + 600);
        vm.prank(owner);
        market.depositWithPermit(payer, 600, START, v, r, s);

        assertEq(token.balanceOf(owner), 400);
        assertEq(token.allowance(owner, address(market)), 0);
    }

    /// @dev Whoever sees a permit may carry it to the token first.
    function test_GivenThePermitWasCarriedBefore_ItDeposits() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(600, START);
        vm.prank(stranger);
        _open_().permit(owner, address(market), 600, START, v, r, s);

        vm.prank(owner);
        market.depositWithPermit(owner, 600, START, v, r, s);

        assertEq(market.freeOf(owner), 600);
    }

    function test_RevertWhen_ThePermitIsNotTheCallers() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(600, START);

        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(market), 0, 600)
        );
        vm.prank(stranger);
        market.depositWithPermit(stranger, 600, START, v, r, s);
        assertEq(token.balanceOf(owner), 1000);
    }

    function test_RevertWhen_ThePermitHasExpired() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(600, START - 1);

        vm.expectPartialRevert(IERC20Errors.ERC20InsufficientAllowance.selector);
        vm.prank(owner);
        market.depositWithPermit(owner, 600, START - 1, v, r, s);
    }

    /// @dev Anyone may carry it; only who signed it is credited.
    function test_AuthorizationDepositsForItsSigner() public {
        (uint8 v, bytes32 r, bytes32 s) = _authorization(600, address(market));

        vm.expectEmit(address(market));
        emit IInferenceMarket.Deposited(owner, owner, 600, 600);
        vm.prank(stranger);
        market.depositWithAuthorization(owner, 600, 0, START + 1, "nonce", v, r, s);

        assertEq(token.balanceOf(owner), 400);
        assertEq(market.freeOf(stranger), FUNDS, "not the carrier");
    }

    function test_RevertWhen_TheAuthorizationIsUsedTwice() public {
        (uint8 v, bytes32 r, bytes32 s) = _authorization(600, address(market));
        market.depositWithAuthorization(owner, 600, 0, START + 1, "nonce", v, r, s);

        vm.expectRevert(
            abi.encodeWithSelector(
                bytes4(keccak256("ERC3009UsedAuthorization(address,bytes32)")), owner, bytes32("nonce")
            )
        );
        market.depositWithAuthorization(owner, 600, 0, START + 1, "nonce", v, r, s);
    }

    function test_RevertWhen_TheAuthorizationNamesAnotherReceiver() public {
        (uint8 v, bytes32 r, bytes32 s) = _authorization(600, stranger);

        vm.expectRevert(bytes4(keccak256("ERC3009InvalidSignature()")));
        market.depositWithAuthorization(owner, 600, 0, START + 1, "nonce", v, r, s);
    }

    /// @dev Carried past the market it would credit nobody: the token lets only the market use it.
    function test_RevertWhen_TheAuthorizationIsTakenToTheTokenItself() public {
        (uint8 v, bytes32 r, bytes32 s) = _authorization(600, address(market));

        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(market)));
        vm.prank(stranger);
        _open_().receiveWithAuthorization(owner, address(market), 600, 0, START + 1, "nonce", v, r, s);
    }

    /// @dev The caller pays what it signed, the named payer gets it, and no allowance is left.
    function testFuzz_DepositWithPermit_CreditsWhatIsPaid(address to, uint256 amount) public {
        vm.assume(to != address(0));
        uint96 before = market.freeOf(to);
        (uint96 paid, uint256 held) = _enrich(amount);
        (uint8 v, bytes32 r, bytes32 s) = _permit(paid, START);

        _expectRefusal(paid, held);
        vm.prank(owner);
        market.depositWithPermit(to, paid, START, v, r, s);

        if (paid > held) paid = 0;
        assertEq(market.freeOf(to), before + paid);
        assertEq(token.balanceOf(owner), held - paid);
        assertEq(token.balanceOf(address(market)), 2 * uint256(FUNDS) + paid);
        assertEq(token.allowance(owner, address(market)), 0);
    }

    /// @dev Whoever carries it, its signer pays and gets what was signed.
    function testFuzz_DepositWithAuthorization_CreditsWhatIsPaid(address carrier, uint256 amount) public {
        vm.assume(carrier != owner);
        uint96 before = market.freeOf(carrier);
        (uint96 paid, uint256 held) = _enrich(amount);
        (uint8 v, bytes32 r, bytes32 s) = _authorization(paid, address(market));

        _expectRefusal(paid, held);
        vm.prank(carrier);
        market.depositWithAuthorization(owner, paid, 0, START + 1, "nonce", v, r, s);

        if (paid > held) paid = 0;
        assertEq(market.freeOf(owner), paid);
        assertEq(market.freeOf(carrier), before, "not the carrier");
        assertEq(token.balanceOf(owner), held - paid);
        assertEq(token.balanceOf(address(market)), 2 * uint256(FUNDS) + paid);
    }

    /// @dev All that is left of the supply to the owner, and an amount up to one more than it then has.
    function _enrich(uint256 amount) private returns (uint96 paid, uint256 held) {
        require(token.transfer(owner, token.balanceOf(address(this))), "no funds");
        held = token.balanceOf(owner);
        paid = uint96(bound(amount, 0, held + 1));
    }

    function _expectRefusal(uint96 paid, uint256 held) private {
        if (paid == 0) vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        if (paid > held) {
            vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, owner, held, paid));
        }
    }

    function _deployToken() internal override returns (address) {
        return vm.deployCode("OpenToken.sol:OpenToken", abi.encode(address(this)));
    }

    function _open_() private view returns (OpenToken) {
        return OpenToken(address(token));
    }

    function _permit(uint256 amount, uint256 deadline) private view returns (uint8, bytes32, bytes32) {
        bytes32 typehash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(typehash, owner, market, amount, 0, deadline));
        return vm.sign(ownerKey, _tokenDigest(structHash));
    }

    function _authorization(uint256 amount, address to) private view returns (uint8, bytes32, bytes32) {
        bytes32 typehash = keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        bytes32 structHash = keccak256(abi.encode(typehash, owner, to, amount, 0, START + 1, bytes32("nonce")));
        return vm.sign(ownerKey, _tokenDigest(structHash));
    }

    function _tokenDigest(bytes32 structHash) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", _open_().DOMAIN_SEPARATOR(), structHash));
    }
}

/// @notice Deposits of tokens that misbehave: the market never credits what it did not get.
contract InferenceMarketHostileTokenTest is MarketFixture {
    function test_GivenAFeeOnTransfer_OnlyWhatArrivesIsCredited() public {
        _hostile().behave(HostileToken.Manner.TakesAFee);
        token.approve(address(market), 1000);

        vm.expectEmit(address(market));
        emit IInferenceMarket.Deposited(payer, address(this), 900, FUNDS + 900);
        market.deposit(payer, 1000);

        _expectSolvent();
    }

    function test_RevertWhen_TheTokenAnswersFalse() public {
        _hostile().behave(HostileToken.Manner.AnswersFalse);

        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, token));
        market.deposit(payer, 1000);
    }

    function test_RevertWhen_TheTokenMovesNothing() public {
        _hostile().behave(HostileToken.Manner.MovesNothing);

        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        market.deposit(payer, 1000);
    }

    function test_GivenTheTokenMovesMore_OnlyTheAmountIsCredited() public {
        _hostile().behave(HostileToken.Manner.MovesMore);
        token.approve(address(market), 1000);

        market.deposit(payer, 1000);

        assertEq(market.freeOf(payer), FUNDS + 1000);
    }

    /// @dev A deposit within a deposit would be measured by both.
    function test_GivenTheTokenDepositsAgain_ItIsRefused() public {
        token.approve(address(market), 1000);
        _hostile().reenter(address(market), abi.encodeCall(IInferenceMarket.deposit, (stranger, 1)));

        market.deposit(payer, 600);

        assertFalse(_hostile().reentered());
        assertEq(bytes4(_hostile().answer()), bytes4(keccak256("ReentrancyGuardReentrantCall()")));
        assertEq(market.freeOf(payer), FUNDS + 600);
        _expectSolvent();
    }

    /// @dev What a withdrawal takes meanwhile is missing from what is measured: who does it credits itself less.
    function test_GivenTheTokenWithdrawsMeanwhile_LessIsCredited() public {
        address hostile = address(token);
        token.approve(address(market), 2000);
        market.deposit(hostile, 100);
        _hostile().reenter(address(market), abi.encodeCall(IInferenceMarket.withdraw, (hostile, 100)));

        market.deposit(payer, 600);

        assertTrue(_hostile().reentered());
        assertEq(market.freeOf(payer), FUNDS + 500);
        assertEq(market.freeOf(hostile), 0);
        _expectSolvent();
    }

    function test_DepositsWorkAgainBehindARefusedOne() public {
        _hostile().behave(HostileToken.Manner.AnswersFalse);
        (bool done,) = address(market).call(abi.encodeCall(IInferenceMarket.deposit, (payer, 1)));
        assertFalse(done);
        _hostile().behave(HostileToken.Manner.Honest);
        token.approve(address(market), 2);

        market.deposit(payer, 1);
        market.deposit(payer, 1);

        assertEq(market.freeOf(payer), FUNDS + 2);
    }

    /// @dev A token without `permit`: a deposit that brings one works by the allowance.
    function test_GivenATokenWithoutPermit_TheAllowanceCounts() public {
        token.approve(address(market), 5);

        market.depositWithPermit(payer, 5, START, 27, 0, 0);

        assertEq(market.freeOf(payer), FUNDS + 5);
    }

    function _deployToken() internal override returns (address) {
        return address(new HostileToken());
    }

    function _hostile() private view returns (HostileToken) {
        return HostileToken(address(token));
    }

    function _expectSolvent() private view {
        assertGe(
            token.balanceOf(address(market)),
            uint256(market.freeOf(payer)) + market.freeOf(stranger) + market.freeOf(address(token))
        );
    }
}
