// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketDomainLib} from "../../../contracts/inference/MarketDomainLib.sol";
import {Voucher, VoucherLib} from "../../../contracts/inference/VoucherLib.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";

contract VoucherLibVectorsTest is VectorReader {
    function testDiff_Digest_MatchesVectors() public {
        _read("hash.json");
        while (_next("voucher")) {
            vm.chainId(_number("chainId"));
            Voucher memory voucher = Voucher({
                channel: _word("channel"),
                model: uint64(_number("model")),
                nonce: uint64(_number("nonce")),
                cumulativeCap: uint96(_number("cumulativeCap")),
                requestHash: _word("requestHash"),
                deadline: uint64(_number("deadline"))
            });

            bytes32 digest = VoucherLib.digest(voucher, MarketDomainLib.separator(_account("market")));

            assertEq(digest, _word("digest"), row);
        }
        assertGt(rowCount, 1);
    }
}
