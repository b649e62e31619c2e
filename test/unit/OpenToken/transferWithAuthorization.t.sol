// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OpenToken} from "../../../contracts/token/OpenToken.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {Test} from "forge-std/Test.sol";

/// @dev Digests are built here from the two standards, not by the contract.
contract OpenTokenTransferWithAuthorizationTest is Test {
    bytes32 private constant TRANSFER = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant RECEIVE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant CANCEL = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant NONCE = keccak256("nonce");
    uint256 private constant START = 1_800_000_000;

    struct Authorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    struct Signature {
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    OpenToken private token;
    address private holder;
    uint256 private key;
    address private recipient = makeAddr("recipient");
    address private relayer = makeAddr("relayer");

    function setUp() public {
        vm.warp(START);
        (holder, key) = makeAddrAndKey("holder");
        token = OpenToken(vm.deployCode("OpenToken.sol:OpenToken", abi.encode(holder)));
    }

    function test_Supply_IsMintedOnce() public view {
        assertEq(token.name(), "OpenLedger");
        assertEq(token.symbol(), "OPEN");
        assertEq(token.decimals(), 18);
        assertEq(token.totalSupply(), 1_000_000_000 * 1e18);
        assertEq(token.balanceOf(holder), token.totalSupply());
    }

    function test_Supply_RevertWhen_GenesisHolderIsZero() public {
        vm.expectRevert(OpenToken.OpenToken_ZeroGenesisHolder.selector);
        new OpenToken(address(0));
    }

    function test_Burn_LowersTheSupply() public {
        vm.prank(holder);
        token.burn(1);

        assertEq(token.totalSupply(), 1e27 - 1);
    }

    function test_Permit_Approves() public {
        bytes32 inner = keccak256(abi.encode(PERMIT, holder, relayer, 5, 0, START));
        Signature memory sig = _sign(inner);

        token.permit(holder, relayer, 5, START, sig.v, sig.r, sig.s);

        assertEq(token.allowance(holder, relayer), 5);
    }

    function test_MovesTheHoldersTokens() public {
        Authorization memory a = _authorization();
        _transfer(a, _sign(_hash(TRANSFER, a)));

        assertEq(token.balanceOf(recipient), a.value);
        assertTrue(token.authorizationState(holder, NONCE));
    }

    function test_RevertGiven_NonceIsUsed() public {
        Authorization memory a = _authorization();
        Signature memory sig = _sign(_hash(TRANSFER, a));
        _transfer(a, sig);

        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, holder, NONCE));
        _transfer(a, sig);
    }

    function test_RevertWhen_OutsideItsTime() public {
        Authorization memory a = _authorization();
        Signature memory sig = _sign(_hash(TRANSFER, a));
        bytes memory outside =
            abi.encodeWithSelector(ERC3009.ERC3009InvalidAuthorizationTime.selector, a.validAfter, a.validBefore);

        vm.warp(a.validAfter);
        vm.expectRevert(outside);
        _transfer(a, sig);
        vm.warp(a.validBefore);
        vm.expectRevert(outside);
        _transfer(a, sig);
        vm.warp(a.validBefore - 1);
        _transfer(a, sig);
    }

    /// @dev An unsigned field would let whoever relays choose it.
    function test_RevertWhen_AnyFieldIsNotTheSignedOne() public {
        Authorization memory a = _authorization();
        Signature memory sig = _sign(_hash(TRANSFER, a));
        for (uint256 field = 0; field < 6; ++field) {
            Authorization memory changed = _authorization();
            if (field == 0) changed.from = recipient;
            if (field == 1) changed.to = relayer;
            if (field == 2) changed.value += 1;
            if (field == 3) changed.validAfter -= 1;
            if (field == 4) changed.validBefore += 1;
            if (field == 5) changed.nonce = bytes32(0);
            vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
            _transfer(changed, sig);
        }
    }

    /// @dev An authorization to receive, taken out of the pool, must not be spent in the recipient's stead.
    function test_Receive_OnlyByItsRecipient() public {
        Authorization memory a = _authorization();
        Signature memory sig = _sign(_hash(RECEIVE, a));

        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        _transfer(a, sig);
        vm.expectRevert(abi.encodeWithSignature("ERC20InvalidReceiver(address)", recipient));
        vm.prank(relayer);
        token.receiveWithAuthorization(a.from, a.to, a.value, a.validAfter, a.validBefore, a.nonce, sig.v, sig.r, sig.s);
        vm.prank(recipient);
        token.receiveWithAuthorization(a.from, a.to, a.value, a.validAfter, a.validBefore, a.nonce, sig.v, sig.r, sig.s);

        assertEq(token.balanceOf(recipient), a.value);
    }

    function test_Cancel_SpendsTheNonce() public {
        Authorization memory a = _authorization();
        Signature memory sig = _sign(_hash(TRANSFER, a));
        Signature memory cancel = _sign(keccak256(abi.encode(CANCEL, holder, NONCE)));
        token.cancelAuthorization(holder, NONCE, cancel.v, cancel.r, cancel.s);

        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, holder, NONCE));
        _transfer(a, sig);
    }

    function _authorization() private view returns (Authorization memory) {
        return Authorization(holder, recipient, 7e18, START - 1, START + 100, NONCE);
    }

    function _hash(bytes32 typehash, Authorization memory a) private pure returns (bytes32) {
        return keccak256(abi.encode(typehash, a.from, a.to, a.value, a.validAfter, a.validBefore, a.nonce));
    }

    function _transfer(Authorization memory a, Signature memory sig) private {
        vm.prank(relayer);
        token.transferWithAuthorization(
            a.from, a.to, a.value, a.validAfter, a.validBefore, a.nonce, sig.v, sig.r, sig.s
        );
    }

    function _sign(bytes32 inner) private view returns (Signature memory sig) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("OpenLedger"),
                keccak256("1"),
                block.chainid,
                address(token)
            )
        );
        (sig.v, sig.r, sig.s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, inner)));
    }
}
