// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OpenTokenL2} from "../../../contracts/token/OpenTokenL2.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Bugs that others had, each by its name.
contract OpenTokenL2BugsTest is Test {
    OpenTokenL2 private token;
    address private holder = makeAddr("holder");

    function setUp() public {
        token = OpenTokenL2(
            vm.deployCode("OpenTokenL2.sol:OpenTokenL2", abi.encode(address(this), makeAddr("remote"), address(0)))
        );
        token.mint(holder, 1e18);
    }

    /// @dev A holder that burns on L2 leaves what is locked on L1 without an owner, and the supply equation false.
    function test_Bug_HoldersBurnBridgedTokens() public {
        vm.startPrank(holder);
        (bool burned,) = address(token).call(abi.encodeWithSignature("burn(uint256)", 1));
        assertFalse(burned);
        token.approve(holder, 1);
        (burned,) = address(token).call(abi.encodeWithSignature("burnFrom(address,uint256)", holder, 1));
        assertFalse(burned);
        vm.expectRevert(abi.encodeWithSignature("ERC20InvalidReceiver(address)", address(0)));
        token.transfer(address(0), 1);
        vm.stopPrank();

        assertEq(token.totalSupply(), 1e18);
    }

    /// @dev Bridged tokens that approve Permit2 for everybody at birth: here nobody has an allowance that was not given.
    function test_Bug_AllowanceNobodyGave() public view {
        assertEq(token.allowance(holder, 0x000000000022D473030F116dDEE9F6B43aC78BA3), 0);
        assertEq(token.allowance(holder, address(this)), 0);
    }

    /// @dev Owners, minters and bridges that can be replaced by a key.
    function test_Bug_BridgeReplacedByAKey() public {
        string[6] memory functions = [
            "setBridge(address)",
            "initialize(address)",
            "grantRole(bytes32,address)",
            "transferOwnership(address)",
            "upgradeToAndCall(address,bytes)",
            "addMinter(address)"
        ];
        for (uint256 i = 0; i < functions.length; ++i) {
            (bool done,) = address(token)
                .call(abi.encodePacked(bytes4(keccak256(bytes(functions[i]))), abi.encode(holder, holder)));
            assertFalse(done, functions[i]);
        }
        assertEq(token.bridge(), address(this));
    }
}
