// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {PayerContract} from "../../fixture/MarketHostileTokens.sol";

contract InferenceMarketSignerTest is MarketFixture {
    bytes32 private channel;
    address private signer;
    uint256 private signerKey;

    function setUp() public override {
        super.setUp();
        channel = _open(1000);
        (signer, signerKey) = makeAddrAndKey("signer");
    }

    function test_AnAuthorisedSignersVouchersSettle() public {
        vm.expectEmit(address(market));
        emit IInferenceMarket.SignerAuthorized(payer, signer);
        _authorize();

        _settle(_signedRows(10));

        assertEq(market.channelOf(channel).claimed, 10);
        assertTrue(market.isSigner(payer, signer));
        assertEq(market.signerEndOf(payer, signer), type(uint64).max);
    }

    function test_ThePayerItselfIsASignerAlways() public view {
        assertTrue(market.isSigner(payer, payer));
        assertFalse(market.isSigner(payer, signer));
        assertEq(market.signerEndOf(payer, signer), 0);
    }

    function test_RevertWhen_TheSignerIsAnotherPayers() public {
        vm.prank(stranger);
        market.authorizeSigner(signer);
        bytes memory rows = _signedRows(10);

        _expectWrongSigner(signer);
        _settle(rows);
    }

    function test_RevertWhen_NobodyIsAuthorised() public {
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAddress.selector);
        vm.prank(payer);
        market.authorizeSigner(address(0));
    }

    /// @dev What a runner has answered for stays good for the thaw.
    function test_AThawingSignersVouchersSettleUpToTheEnd() public {
        _authorize();
        vm.expectEmit(address(market));
        emit IInferenceMarket.SignerThawStarted(payer, signer, START + THAW_PERIOD);
        _thaw();
        assertEq(market.signerEndOf(payer, signer), START + THAW_PERIOD);
        bytes memory rows = _signedRows(10);
        bytes memory later = _signedRows(11);

        vm.warp(START + THAW_PERIOD - 1);
        _settle(rows);

        vm.warp(START + THAW_PERIOD);
        _expectWrongSigner(signer);
        _settle(later);
        assertTrue(market.isSigner(payer, signer), "for receipts of its time");
    }

    function test_ThawingAgainRestartsTheClock() public {
        _authorize();
        _thaw();
        vm.warp(START + THAW_PERIOD - 1);
        _thaw();

        vm.warp(START + 2 * THAW_PERIOD - 2);
        _settle(_signedRows(10));

        assertEq(market.signerEndOf(payer, signer), START + 2 * THAW_PERIOD - 1);
    }

    function test_AThawingSignerMayBeAuthorisedAgain() public {
        _authorize();
        _thaw();
        vm.warp(START + THAW_PERIOD);
        _authorize();

        vm.warp(START + 9 * THAW_PERIOD);
        _settle(_signedRows(10));

        assertEq(market.channelOf(channel).claimed, 10);
    }

    function test_RevertWhen_ThawingWhoWasNeverAuthorised() public {
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_NotASigner.selector, payer, signer));
        _thaw();
    }

    /// @dev Else somebody could keep the clock of a removed signer going and so lengthen nothing, or call it authorised.
    function test_RevertGiven_TheSignerIsRemoved_ThawingAgain() public {
        _authorize();
        _thaw();
        vm.warp(START + THAW_PERIOD);

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_NotASigner.selector, payer, signer));
        _thaw();
    }

    function test_APayerThatIsAContractPaysByItsSigner() public {
        PayerContract wallet = new PayerContract();
        token.approve(address(market), 500);
        market.deposit(address(wallet), 500);
        bytes32 ofWallet = abi.decode(
            wallet.run(address(market), abi.encodeCall(IInferenceMarket.openChannel, (runner, 1, 500))), (bytes32)
        );
        wallet.run(address(market), abi.encodeCall(IInferenceMarket.authorizeSigner, (signer)));

        _settle(_rows(ofWallet, 77));

        assertEq(market.channelOf(ofWallet).claimed, 77);
        assertEq(market.payerOf(ofWallet), address(wallet));
    }

    function test_TwoSignersTakeOneChannelOn() public {
        _authorize();
        _settle(_signedRows(10));
        _settle(channel, model, 30);
        _settle(_signedRows(20));

        assertEq(market.channelOf(channel).claimed, 30);
        assertEq(market.modelClaimedOf(channel, model), 30);
    }

    function _authorize() private {
        vm.prank(payer);
        market.authorizeSigner(signer);
    }

    function _thaw() private {
        vm.prank(payer);
        market.thawSigner(signer);
    }

    function _signedRows(uint96 cumulative) private view returns (bytes memory) {
        return _rows(channel, cumulative);
    }

    function _rows(bytes32 channel_, uint96 cumulative) private view returns (bytes memory) {
        return abi.encodePacked(model, uint16(1), _row(_payment(channel_, model, cumulative), signerKey));
    }

    function _expectWrongSigner(address recovered) private {
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_WrongSigner.selector, channel, recovered, payer)
        );
    }
}
