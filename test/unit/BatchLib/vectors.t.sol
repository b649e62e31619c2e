// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BatchLib} from "../../../contracts/inference/BatchLib.sol";
import {Batch} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";

contract BatchLibVectorsTest is VectorReader {
    function testDiff_HashAndChain_MatchVectors() public {
        _read("market.json");
        while (_next("batch")) {
            bytes32 settlementsHash = keccak256(_bytes("settlements"));
            Batch memory batch = Batch({
                number: uint64(_number("number")),
                runner: _account("runner"),
                settledAt: uint64(_number("settledAt")),
                amount: uint96(_number("amount")),
                dataAmount: uint96(_number("dataAmount")),
                receiptsRoot: _word("receiptsRoot"),
                settlementsHash: settlementsHash
            });

            assertEq(settlementsHash, _word("settlementsHash"), row);
            assertEq(BatchLib.hash(batch), _word("hash"), row);
            assertEq(BatchLib.extend(_word("chainBefore"), BatchLib.hash(batch)), _word("chain"), row);
        }
        assertGt(rowCount, 1);
    }

    function testFuzz_HashIsOfTheEncodedHeader(Batch memory batch) public pure {
        assertEq(BatchLib.hash(batch), keccak256(abi.encode(batch)));
    }
}
