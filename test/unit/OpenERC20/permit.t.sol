// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BridgedToken, NativeToken, SignedTokenFixture} from "../../fixture/SignedTokenFixture.sol";

abstract contract PermitTest is SignedTokenFixture {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    struct Permission {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }

    function test_Domain_IsTheTokens() public view {
        assertEq(token.DOMAIN_SEPARATOR(), _separator(_domain()));
        (bytes1 fields, string memory name, string memory version, uint256 chainId, address verifying,,) =
            token.eip712Domain();
        assertEq(fields, hex"0f");
        assertEq(abi.encode(name, version), abi.encode("OpenLedger", "1"));
        assertEq(chainId, block.chainid);
        assertEq(verifying, address(token));
    }

    /// @dev A chain that forks takes its state along, not its signatures.
    function test_Domain_FollowsTheChain() public {
        vm.chainId(block.chainid + 1);

        assertEq(token.DOMAIN_SEPARATOR(), _separator(_domain()));
    }

    function test_ApprovesOnce() public {
        Permission memory p = _permission();
        Signature memory sig = _sign(_hash(p));

        vm.prank(relayer);
        _permit(p, sig);

        assertEq(token.allowance(holder, relayer), p.value);
        assertEq(token.nonces(holder), 1);
        vm.expectPartialRevert(bytes4(keccak256("ERC2612InvalidSigner(address,address)")));
        _permit(p, sig);
    }

    function test_DeadlineIsInclusive() public {
        Permission memory p = _permission();
        Signature memory sig = _sign(_hash(p));

        vm.warp(p.deadline + 1);
        vm.expectRevert(abi.encodeWithSignature("ERC2612ExpiredSignature(uint256)", p.deadline));
        _permit(p, sig);
        vm.warp(p.deadline);
        _permit(p, sig);
    }

    /// @dev A field that is not signed, whoever relays could choose.
    function test_RevertWhen_AnyFieldIsNotTheSignedOne() public {
        Permission memory p = _permission();
        Signature memory sig = _sign(_hash(p));
        for (uint256 field = 0; field < 4; ++field) {
            Permission memory changed = _permission();
            if (field == 0) changed.owner = recipient;
            if (field == 1) changed.spender = recipient;
            if (field == 2) changed.value += 1;
            if (field == 3) changed.deadline += 1;
            vm.expectPartialRevert(bytes4(keccak256("ERC2612InvalidSigner(address,address)")));
            _permit(changed, sig);
        }
        // the nonce is not passed: it is the token's own
        p.nonce = 1;
        sig = _sign(_hash(p));
        vm.expectPartialRevert(bytes4(keccak256("ERC2612InvalidSigner(address,address)")));
        _permit(p, sig);
    }

    function test_RevertWhen_TheDomainIsAnothers() public {
        Domain[4] memory domains = _foreignDomains();
        for (uint256 i = 0; i < domains.length; ++i) {
            Signature memory sig = _signIn(domains[i], _hash(_permission()), holderKey);
            vm.expectPartialRevert(bytes4(keccak256("ERC2612InvalidSigner(address,address)")));
            _permit(_permission(), sig);
        }
    }

    function test_RevertWhen_TheSignatureIsMirrored() public {
        Signature memory sig = _mirrored(_sign(_hash(_permission())));

        vm.expectRevert(abi.encodeWithSignature("ECDSAInvalidSignatureS(bytes32)", sig.s));
        _permit(_permission(), sig);
    }

    /// @dev Recovery of nonsense gives the zero address: it must not be taken for an owner of that address.
    function testFuzz_RevertWhen_TheSignatureIsNonsense(uint8 v, bytes32 r, uint256 s) public {
        vm.assume(v != 27 && v != 28);
        Permission memory p = _permission();
        p.owner = address(0);

        vm.expectRevert(abi.encodeWithSignature("ECDSAInvalidSignature()"));
        _permit(p, Signature(v, r, bytes32(bound(s, 1, ORDER / 2))));
    }

    function test_RevertWhen_AnotherSigns() public {
        (address thief, uint256 key) = makeAddrAndKey("thief");
        Signature memory sig = _signIn(_domain(), _hash(_permission()), key);

        vm.expectRevert(abi.encodeWithSignature("ERC2612InvalidSigner(address,address)", thief, holder));
        _permit(_permission(), sig);
    }

    function _permission() private view returns (Permission memory) {
        return Permission(holder, relayer, 5, 0, START + 100);
    }

    function _hash(Permission memory p) private pure returns (bytes32) {
        return keccak256(abi.encode(PERMIT, p.owner, p.spender, p.value, p.nonce, p.deadline));
    }

    function _permit(Permission memory p, Signature memory sig) private {
        token.permit(p.owner, p.spender, p.value, p.deadline, sig.v, sig.r, sig.s);
    }
}

contract OpenTokenPermitTest is NativeToken, PermitTest {}

contract OpenTokenL2PermitTest is BridgedToken, PermitTest {}
