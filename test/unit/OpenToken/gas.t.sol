// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OpenToken} from "../../../contracts/token/OpenToken.sol";
import {Test} from "forge-std/Test.sol";
import {console} from "forge-std/console.sol";

/// @notice Gas of a plain transfer as a transaction would pay it: cold storage, 21,000 and the calldata.
/// forge-config: default.isolate = true
contract OpenTokenGasTest is Test {
    OpenToken private token;
    address private recipient = makeAddr("recipient");

    function setUp() public {
        token = OpenToken(vm.deployCode("OpenToken.sol:OpenToken", abi.encode(address(this))));
        assertTrue(token.transfer(recipient, 1));
    }

    /// @dev To somebody who holds some: two balances are written and nothing else.
    function test_Transfer() public {
        vm.record();
        assertTrue(token.transfer(recipient, 1e18));
        uint256 used = vm.lastCallGas().gasTotalUsed;

        (, bytes32[] memory writes) = vm.accesses(address(token));
        console.log("transfer", used);
        assertEq(writes.length, 2);
        assertLe(used, 36_000);
    }

    function test_TransferToANewHolder() public {
        assertTrue(token.transfer(makeAddr("new"), 1e18));
        uint256 used = vm.lastCallGas().gasTotalUsed;

        console.log("transfer to a new holder", used);
        assertLe(used, 53_000);
    }
}
