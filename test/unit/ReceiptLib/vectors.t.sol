// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ReceiptLib} from "../../../contracts/attribution/ReceiptLib.sol";
import {MarketDomainLib} from "../../../contracts/inference/MarketDomainLib.sol";
import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";

contract ReceiptLibVectorsTest is VectorReader {
    function digestOf(IAttributionOracle.Receipt calldata receipt, address market) external view returns (bytes32) {
        return ReceiptLib.digest(receipt, MarketDomainLib.separator(market));
    }

    function testDiff_Digest_MatchesVectors() public {
        _read("hash.json");
        while (_next("receipt")) {
            vm.chainId(_number("chainId"));

            bytes32 digest = this.digestOf(_receipt(), _account("market"));

            assertEq(digest, _word("digest"), row);
        }
        assertGt(rowCount, 1);
    }

    function _receipt() private view returns (IAttributionOracle.Receipt memory receipt) {
        receipt.channel = _word("channel");
        receipt.model = uint64(_number("model"));
        receipt.nonce = uint64(_number("nonce"));
        receipt.cumulative = uint96(_number("cumulative"));
        receipt.fee = uint96(_number("fee"));
        receipt.promptTokens = uint32(_number("promptTokens"));
        receipt.outputTokens = uint32(_number("outputTokens"));
        receipt.requestHash = _word("requestHash");
        receipt.programRoot = _word("programRoot");
        receipt.seed = _word("seed");
        receipt.outputHash = _word("outputHash");
        receipt.attributionHash = _word("attributionHash");
    }
}
