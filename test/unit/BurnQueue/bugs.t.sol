// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBurnQueue} from "../../../contracts/interfaces/IBurnQueue.sol";
// forge-lint: disable-next-line(unused-import)
import {BurnQueue} from "../../../contracts/token/BurnQueue.sol"; // solhint-disable-line no-unused-import
import {HostileNative} from "../../fixture/BurnQueueTokens.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Bugs that others had, each by its name.
contract BurnQueueBugsTest is Test {
    HostileNative private token;
    IBurnQueue private queue;

    function setUp() public {
        token = new HostileNative();
        queue = IBurnQueue(vm.deployCode("BurnQueue.sol:BurnQueue", abi.encode(address(token), address(0))));
        assertTrue(token.transfer(address(queue), 100));
    }

    function test_Bug_SweepUnderAKey() public {
        string[8] memory sweeps = [
            "sweep(address)",
            "sweep(address,address,uint256)",
            "withdraw(uint256)",
            "rescue(address,address,uint256)",
            "recoverERC20(address,uint256)",
            "execute(address,bytes)",
            "owner()",
            "setNativeQueue(address)"
        ];
        for (uint256 i = 0; i < sweeps.length; ++i) {
            (bool done,) = address(queue).call(abi.encodePacked(bytes4(keccak256(bytes(sweeps[i]))), new bytes(128)));
            assertFalse(done, sweeps[i]);
        }
        assertEq(token.balanceOf(address(queue)), 100);
        assertEq(token.allowance(address(queue), address(this)), 0);
    }

    /// @dev A token that calls back inside its burn: the same balance would be counted twice.
    function test_Bug_OneBalanceCountedTwice() public {
        token.setMode(HostileNative.Mode.Reentrant);

        assertEq(queue.flush(), 100);

        assertEq(token.caught(), abi.encodeWithSignature("ReentrancyGuardReentrantCall()"));
        assertEq(queue.flushed(), 100);
        assertEq(token.totalSupply(), 1e27 - 100);
    }
}
