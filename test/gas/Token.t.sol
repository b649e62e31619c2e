// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OpenToken} from "../../contracts/token/OpenToken.sol";
import {GasSnapshots} from "./GasSnapshots.sol";

/// @notice Gas of a plain transfer as a transaction would pay it: cold storage, 21,000 and the calldata.
/// forge-config: default.isolate = true
contract OpenTokenGasTest is GasSnapshots {
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
        _record("transfer");

        (, bytes32[] memory writes) = vm.accesses(address(token));
        assertEq(writes.length, 2);
    }

    function test_TransferToANewHolder() public {
        assertTrue(token.transfer(makeAddr("new"), 1e18));
        _record("transfer_to_new_holder");
    }
}
