// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IOpenTokenL2} from "../../../contracts/interfaces/IOpenTokenL2.sol";
import {OpenTokenL2} from "../../../contracts/token/OpenTokenL2.sol";
import {IERC7802} from "@openzeppelin/contracts/interfaces/draft-IERC7802.sol";
import {stdError} from "forge-std/StdError.sol";
import {Test} from "forge-std/Test.sol";

contract OpenTokenL2BridgeTest is Test {
    address private bridge = 0x4200000000000000000000000000000000000010;
    address private crosschainBridge = 0x4200000000000000000000000000000000000028;
    address private remote = makeAddr("remote");
    address private holder = makeAddr("holder");
    address private stranger = makeAddr("stranger");
    OpenTokenL2 private token;

    function setUp() public {
        vm.etch(bridge, hex"00");
        vm.etch(crosschainBridge, hex"00");
        token = _deploy(bridge, remote, crosschainBridge);
    }

    function test_IsOpen() public view {
        assertEq(token.name(), "OpenLedger");
        assertEq(token.symbol(), "OPEN");
        assertEq(token.decimals(), 18);
        assertEq(token.totalSupply(), 0);
        assertEq(token.bridge(), bridge);
        assertEq(token.remoteToken(), remote);
        assertEq(token.crosschainBridge(), crosschainBridge);
    }

    /// @dev Ids by their standards: ERC-165, the OP Stack's mintable token, ERC-7802, ERC-20. Not the legacy mintable one.
    function test_SupportsItsInterfaces() public view {
        bytes4 mintable = bytes4(keccak256("remoteToken()")) ^ bytes4(keccak256("bridge()"))
            ^ bytes4(keccak256("mint(address,uint256)")) ^ bytes4(keccak256("burn(address,uint256)"));
        bytes4 crosschain =
            bytes4(keccak256("crosschainMint(address,uint256)")) ^ bytes4(keccak256("crosschainBurn(address,uint256)"));
        assertEq(mintable, bytes4(0xec4fc8e3));
        assertEq(crosschain, bytes4(0x33331994));
        assertTrue(token.supportsInterface(mintable));
        assertTrue(token.supportsInterface(crosschain));
        assertTrue(token.supportsInterface(0x01ffc9a7));
        assertTrue(token.supportsInterface(0x36372b07));
        assertFalse(token.supportsInterface(0xffffffff));
        assertFalse(token.supportsInterface(0x1d1d8b63));
    }

    function test_Mint_OnlyByTheBridge() public {
        address[3] memory others = [stranger, crosschainBridge, address(0)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(_notBridge(others[i]));
            vm.prank(others[i]);
            token.mint(holder, 1);
        }

        vm.expectEmit(address(token));
        emit IOpenTokenL2.Mint(holder, 5);
        vm.prank(bridge);
        token.mint(holder, 5);

        assertEq(token.balanceOf(holder), 5);
        assertEq(token.totalSupply(), 5);
    }

    function test_Burn_OnlyByTheBridge() public {
        _give(5);
        address[3] memory others = [stranger, crosschainBridge, holder];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(_notBridge(others[i]));
            vm.prank(others[i]);
            token.burn(holder, 1);
        }

        vm.expectEmit(address(token));
        emit IOpenTokenL2.Burn(holder, 3);
        vm.prank(bridge);
        token.burn(holder, 3);

        assertEq(token.totalSupply(), 2);
    }

    function test_Burn_RevertWhen_MoreThanTheBalance() public {
        _give(5);

        vm.expectRevert(abi.encodeWithSignature("ERC20InsufficientBalance(address,uint256,uint256)", holder, 5, 6));
        vm.prank(bridge);
        token.burn(holder, 6);
    }

    function test_CrosschainMint_OnlyByTheCrosschainBridge() public {
        address[3] memory others = [stranger, bridge, address(0)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(_notBridge(others[i]));
            vm.prank(others[i]);
            token.crosschainMint(holder, 1);
        }

        vm.expectEmit(address(token));
        emit IERC7802.CrosschainMint(holder, 5, crosschainBridge);
        vm.prank(crosschainBridge);
        token.crosschainMint(holder, 5);

        assertEq(token.balanceOf(holder), 5);
    }

    function test_CrosschainBurn_OnlyByTheCrosschainBridge() public {
        _give(5);
        address[3] memory others = [stranger, bridge, holder];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(_notBridge(others[i]));
            vm.prank(others[i]);
            token.crosschainBurn(holder, 1);
        }

        vm.expectEmit(address(token));
        emit IERC7802.CrosschainBurn(holder, 3, crosschainBridge);
        vm.prank(crosschainBridge);
        token.crosschainBurn(holder, 3);

        assertEq(token.totalSupply(), 2);
    }

    /// @dev No second bridge: not even the address that stands for none.
    function testFuzz_Crosschain_ClosedWithoutABridge(address caller) public {
        OpenTokenL2 alone = _deploy(bridge, remote, address(0));
        vm.assume(caller != address(0));

        vm.expectRevert(_notBridge(caller));
        vm.prank(caller);
        alone.crosschainMint(caller, 1);
        vm.expectRevert(_notBridge(caller));
        vm.prank(caller);
        alone.crosschainBurn(caller, 0);
    }

    function test_RevertWhen_ABridgeIsNoContract() public {
        vm.expectRevert(abi.encodeWithSelector(IOpenTokenL2.OpenTokenL2_BridgeWithoutCode.selector, stranger));
        this.deploy(stranger, remote, address(0));
        vm.expectRevert(abi.encodeWithSelector(IOpenTokenL2.OpenTokenL2_BridgeWithoutCode.selector, address(0)));
        this.deploy(address(0), remote, address(0));
        vm.expectRevert(abi.encodeWithSelector(IOpenTokenL2.OpenTokenL2_BridgeWithoutCode.selector, stranger));
        this.deploy(bridge, remote, stranger);
    }

    function test_RevertWhen_TheRemoteTokenIsZero() public {
        vm.expectRevert(IOpenTokenL2.OpenTokenL2_ZeroRemoteToken.selector);
        this.deploy(bridge, address(0), address(0));
    }

    function deploy(address bridge_, address remote_, address crosschain) external {
        new OpenTokenL2(bridge_, remote_, crosschain);
    }

    /// @dev By either bridge: what is minted its receiver has and the supply is more by, up to what a word holds; burnt likewise.
    function testFuzz_MintThenBurn_MoveBalanceAndSupply(
        address to,
        uint256[2] memory minted,
        uint256 burnt,
        uint8 bridges
    ) public {
        vm.assume(to != address(0) && to != holder);
        minted[0] = bound(minted[0], 0, type(uint256).max);
        _give(minted[0]);

        bool isTooMuch = minted[1] > type(uint256).max - minted[0];
        if (isTooMuch) vm.expectRevert(stdError.arithmeticError);
        _mint(bridges % 2 == 0, to, minted[1]);
        if (isTooMuch) minted[1] = 0;
        assertEq(token.balanceOf(to), minted[1]);
        assertEq(token.totalSupply(), minted[0] + minted[1]);

        burnt = bound(burnt, 0, minted[1] == type(uint256).max ? minted[1] : minted[1] + 1);
        if (burnt > minted[1]) {
            vm.expectRevert(
                abi.encodeWithSignature("ERC20InsufficientBalance(address,uint256,uint256)", to, minted[1], burnt)
            );
        }
        _burn(bridges % 4 < 2, to, burnt);

        if (burnt > minted[1]) burnt = 0;
        assertEq(token.balanceOf(to), minted[1] - burnt);
        assertEq(token.balanceOf(holder), minted[0]);
        assertEq(token.totalSupply(), minted[0] + minted[1] - burnt);
    }

    function _mint(bool isStandard, address to, uint256 amount) private {
        vm.prank(isStandard ? bridge : crosschainBridge);
        isStandard ? token.mint(to, amount) : token.crosschainMint(to, amount);
    }

    function _burn(bool isStandard, address from, uint256 amount) private {
        vm.prank(isStandard ? bridge : crosschainBridge);
        isStandard ? token.burn(from, amount) : token.crosschainBurn(from, amount);
    }

    function _deploy(address bridge_, address remote_, address crosschain) private returns (OpenTokenL2) {
        return OpenTokenL2(vm.deployCode("OpenTokenL2.sol:OpenTokenL2", abi.encode(bridge_, remote_, crosschain)));
    }

    function _give(uint256 amount) private {
        vm.prank(bridge);
        token.mint(holder, amount);
    }

    function _notBridge(address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IOpenTokenL2.OpenTokenL2_NotBridge.selector, caller);
    }
}
