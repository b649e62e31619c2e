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

    /// @dev Bug: unsigned fields, and typos in typehashes. Each of twelve fields changed by its lowest bit is another digest.
    function test_EachFieldChangesTheDigest() public {
        IAttributionOracle.Receipt memory receipt;
        bytes memory packed = abi.encode(receipt);
        bytes32[13] memory digests;
        digests[12] = this.digestOf(receipt, address(1));
        for (uint256 field; field < 12; ++field) {
            packed[32 * field + 31] = 0x01;
            digests[field] = this.digestOf(abi.decode(packed, (IAttributionOracle.Receipt)), address(1));
            packed[32 * field + 31] = 0x00;
        }

        assertEq(packed.length, 12 * 32);
        for (uint256 i; i < 13; ++i) {
            for (uint256 j; j < i; ++j) {
                assertNotEq(digests[i], digests[j], string.concat(vm.toString(i), " ", vm.toString(j)));
            }
        }
        assertNotEq(digests[12], this.digestOf(receipt, address(2)));
        vm.chainId(block.chainid + 1);
        assertNotEq(digests[12], this.digestOf(receipt, address(1)));
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
