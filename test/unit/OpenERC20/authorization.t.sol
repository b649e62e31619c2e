// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BridgedToken, NativeToken, SignedTokenFixture} from "../../fixture/SignedTokenFixture.sol";
import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";

abstract contract AuthorizationTest is SignedTokenFixture {
    bytes32 private constant TRANSFER = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant RECEIVE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant CANCEL = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
    bytes32 private constant NONCE = keccak256("nonce");
    uint256 private constant FIELDS = 6;

    struct Authorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    function test_Transfer_MovesTheHoldersTokensOnce() public {
        Authorization memory a = _authorization();
        Signature memory sig = _sign(_hash(TRANSFER, a));

        assertFalse(token.authorizationState(holder, NONCE));
        vm.expectEmit(address(token));
        emit IERC3009.AuthorizationUsed(holder, NONCE);
        _transfer(a, sig);

        assertEq(token.balanceOf(recipient), a.value);
        assertEq(token.balanceOf(holder), 1e27 - a.value);
        assertTrue(token.authorizationState(holder, NONCE));
        vm.expectRevert(_used());
        _transfer(a, sig);
    }

    /// @dev Both bounds are exclusive: the first second is after `validAfter`, the last before `validBefore`.
    function test_Transfer_RevertWhen_OutsideItsTime() public {
        Authorization memory a = _authorization();
        Signature memory sig = _sign(_hash(TRANSFER, a));

        vm.warp(a.validAfter);
        vm.expectRevert(_outside(a));
        _transfer(a, sig);
        vm.warp(a.validBefore);
        vm.expectRevert(_outside(a));
        _transfer(a, sig);
        uint256 snapshot = vm.snapshotState();
        vm.warp(a.validAfter + 1);
        _transfer(a, sig);
        vm.revertToState(snapshot);
        vm.warp(a.validBefore - 1);
        _transfer(a, sig);
    }

    function test_Transfer_RevertWhen_AnyFieldIsNotTheSignedOne() public {
        Signature memory sig = _sign(_hash(TRANSFER, _authorization()));
        for (uint256 field = 0; field < FIELDS; ++field) {
            Authorization memory changed = _changed(field);
            vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
            _transfer(changed, sig);
        }
    }

    function test_Receive_RevertWhen_AnyFieldIsNotTheSignedOne() public {
        Signature memory sig = _sign(_hash(RECEIVE, _authorization()));
        for (uint256 field = 0; field < FIELDS; ++field) {
            Authorization memory changed = _changed(field);
            vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
            _receive(changed, sig, changed.to);
        }
    }

    /// @dev An authorization to receive, taken out of the pool, must not be spent in the recipient's stead.
    function test_Receive_OnlyByItsRecipient() public {
        Authorization memory a = _authorization();
        Signature memory sig = _sign(_hash(RECEIVE, a));

        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        _transfer(a, sig);
        vm.expectRevert(abi.encodeWithSignature("ERC20InvalidReceiver(address)", recipient));
        _receive(a, sig, relayer);
        _receive(a, sig, recipient);

        assertEq(token.balanceOf(recipient), a.value);
        vm.expectRevert(_used());
        _receive(a, sig, recipient);
    }

    /// @dev One signed for transfer is none to receive.
    function test_Receive_RevertWhen_SignedForTransfer() public {
        Signature memory sig = _sign(_hash(TRANSFER, _authorization()));

        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        _receive(_authorization(), sig, recipient);
    }

    function test_Cancel_SpendsTheNonceOnce() public {
        Authorization memory a = _authorization();
        Signature memory sig = _sign(_hash(TRANSFER, a));
        Signature memory cancel = _sign(_hashCancel(holder, NONCE));

        token.cancelAuthorization(holder, NONCE, cancel.v, cancel.r, cancel.s);

        assertTrue(token.authorizationState(holder, NONCE));
        vm.expectRevert(_used());
        _transfer(a, sig);
        vm.expectRevert(_used());
        token.cancelAuthorization(holder, NONCE, cancel.v, cancel.r, cancel.s);
    }

    function test_Cancel_RevertWhen_AnyFieldIsNotTheSignedOne() public {
        Signature memory sig = _sign(_hashCancel(holder, NONCE));

        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        token.cancelAuthorization(recipient, NONCE, sig.v, sig.r, sig.s);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        token.cancelAuthorization(holder, bytes32(0), sig.v, sig.r, sig.s);
    }

    function test_RevertWhen_TheDomainIsAnothers() public {
        Domain[4] memory domains = _foreignDomains();
        Authorization memory a = _authorization();
        for (uint256 i = 0; i < domains.length; ++i) {
            Signature memory sig = _signIn(domains[i], _hash(TRANSFER, a), holderKey);
            vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
            _transfer(a, sig);
            sig = _signIn(domains[i], _hash(RECEIVE, a), holderKey);
            vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
            _receive(a, sig, recipient);
            sig = _signIn(domains[i], _hashCancel(holder, NONCE), holderKey);
            vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
            token.cancelAuthorization(holder, NONCE, sig.v, sig.r, sig.s);
        }
    }

    function test_RevertWhen_TheSignatureIsMirrored() public {
        Authorization memory a = _authorization();
        Signature memory sig = _mirrored(_sign(_hash(TRANSFER, a)));

        vm.expectRevert(abi.encodeWithSignature("ECDSAInvalidSignatureS(bytes32)", sig.s));
        _transfer(a, sig);
    }

    function testFuzz_RevertWhen_TheSignatureIsNonsense(uint8 v, bytes32 r, uint256 s) public {
        vm.assume(v != 27 && v != 28);
        Authorization memory a = _authorization();
        a.from = address(0);

        vm.expectRevert(abi.encodeWithSignature("ECDSAInvalidSignature()"));
        _transfer(a, Signature(v, r, bytes32(bound(s, 1, ORDER / 2))));
    }

    function test_RevertGiven_TheHolderHasLess() public {
        Authorization memory a = _authorization();
        a.value = 1e27 + 1;
        Signature memory sig = _sign(_hash(TRANSFER, a));

        vm.expectRevert(
            abi.encodeWithSignature("ERC20InsufficientBalance(address,uint256,uint256)", holder, 1e27, 1e27 + 1)
        );
        _transfer(a, sig);
        assertFalse(token.authorizationState(holder, NONCE));
    }

    /// @dev Bounds with bit 47 set: OpenZeppelin's check would take them for block numbers and let this one pass.
    function test_RevertWhen_TheWindowIsOneOfBlockNumbers() public {
        Authorization memory a = _authorization();
        a.validAfter = 1 << 47;
        a.validBefore = type(uint48).max;
        Signature memory sig = _sign(_hash(TRANSFER, a));
        vm.roll(1000);

        vm.expectRevert(_outside(a));
        _transfer(a, sig);
    }

    function testFuzz_TransfersWhatIsSigned(address to, uint256 value, bytes32 nonce) public {
        vm.assume(to != address(0) && to != holder);
        Authorization memory a = _authorization();
        (a.to, a.value, a.nonce) = (to, bound(value, 0, 1e27), nonce);

        _transfer(a, _sign(_hash(TRANSFER, a)));

        assertEq(token.balanceOf(to), a.value);
        assertEq(token.balanceOf(holder), 1e27 - a.value);
        assertEq(token.totalSupply(), 1e27);
    }

    /// @dev The receiver gets what was signed, up to all that the holder has, and nobody else anything.
    function testFuzz_Receive_MovesWhatIsSigned(address to, uint256 value, bytes32 nonce) public {
        vm.assume(to != address(0) && to != holder);
        Authorization memory a = _authorization();
        (a.to, a.value, a.nonce) = (to, bound(value, 0, 1e27 + 1), nonce);
        Signature memory sig = _sign(_hash(RECEIVE, a));

        if (a.value > 1e27) {
            vm.expectRevert(
                abi.encodeWithSignature("ERC20InsufficientBalance(address,uint256,uint256)", holder, 1e27, a.value)
            );
        }
        _receive(a, sig, to);

        uint256 moved = a.value > 1e27 ? 0 : a.value;
        assertEq(token.balanceOf(to), moved);
        assertEq(token.balanceOf(holder), 1e27 - moved);
        assertEq(token.totalSupply(), 1e27);
        assertEq(token.authorizationState(holder, nonce), a.value <= 1e27);
    }

    function _authorization() private view returns (Authorization memory) {
        return Authorization(holder, recipient, 7e18, START - 1, START + 100, NONCE);
    }

    function _changed(uint256 field) private view returns (Authorization memory a) {
        a = _authorization();
        if (field == 0) a.from = recipient;
        if (field == 1) a.to = relayer;
        if (field == 2) a.value += 1;
        if (field == 3) a.validAfter -= 1;
        if (field == 4) a.validBefore += 1;
        if (field == 5) a.nonce = bytes32(0);
    }

    function _hash(bytes32 typehash, Authorization memory a) private pure returns (bytes32) {
        return keccak256(abi.encode(typehash, a.from, a.to, a.value, a.validAfter, a.validBefore, a.nonce));
    }

    function _hashCancel(address authorizer, bytes32 nonce) private pure returns (bytes32) {
        return keccak256(abi.encode(CANCEL, authorizer, nonce));
    }

    function _transfer(Authorization memory a, Signature memory sig) private {
        vm.prank(relayer);
        token.transferWithAuthorization(
            a.from, a.to, a.value, a.validAfter, a.validBefore, a.nonce, sig.v, sig.r, sig.s
        );
    }

    function _receive(Authorization memory a, Signature memory sig, address caller) private {
        vm.prank(caller);
        token.receiveWithAuthorization(a.from, a.to, a.value, a.validAfter, a.validBefore, a.nonce, sig.v, sig.r, sig.s);
    }

    function _outside(Authorization memory a) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ERC3009.ERC3009InvalidAuthorizationTime.selector, a.validAfter, a.validBefore);
    }

    function _used() private view returns (bytes memory) {
        return abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, holder, NONCE);
    }
}

contract OpenTokenAuthorizationTest is NativeToken, AuthorizationTest {}

contract OpenTokenL2AuthorizationTest is BridgedToken, AuthorizationTest {}
