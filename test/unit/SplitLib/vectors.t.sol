// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SplitLib} from "../../../contracts/inference/SplitLib.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";

contract SplitLibVectorsTest is VectorReader {
    function testDiff_DataFee_MatchesVectors() public {
        _read("money.json");
        while (_next("dataFee")) {
            uint96 cumulative = uint96(_number("cumulative"));
            uint96 before = cumulative - uint96(_number("fee"));

            assertEq(SplitLib.dataFee(before, cumulative, uint16(_number("dataBps"))), _number("dataFee"), row);
        }
        assertGt(rowCount, 1);
    }

    function testDiff_Split_MatchesVectors() public {
        _read("money.json");
        while (_next("split")) {
            uint96 before = uint96(_number("before"));
            uint96 cumulative = uint96(_number("after"));
            uint16 dataBps = uint16(_number("dataBps"));

            uint256 data = SplitLib.dataFee(before, cumulative, dataBps);
            (uint256 governed, uint256 stakers, uint256 model, uint256 runner) = SplitLib.split(
                cumulative - before - data,
                _number("protocolBps") + _number("securityBps"),
                _number("stakersBps"),
                _number("modelBps"),
                dataBps
            );

            assertEq(data, _number("data"), row);
            assertEq(governed, _number("governed"), row);
            assertEq(stakers, _number("stakers"), row);
            assertEq(model, _number("model"), row);
            assertEq(runner, _number("runner"), row);
        }
        assertGt(rowCount, 1);
    }

    function testFuzz_PartsAddUp(uint96 amount, uint96 before, uint16[3] memory bps) public pure {
        before = uint96(bound(before, 0, type(uint96).max - amount));
        uint256 governedBps = bps[0] % 2001;
        uint256 stakersBps = 2000 - governedBps;
        uint16 dataBps = bps[1] % 7001;
        uint256 data = SplitLib.dataFee(before, before + amount, dataBps);

        (uint256 governed, uint256 stakers, uint256 model, uint256 runner) =
            SplitLib.split(amount - data, governedBps, stakersBps, 7000 - dataBps, dataBps);

        assertEq(governed + stakers + model + data + runner, amount);
        assertGe(runner + 1, uint256(amount) / 10, "at least a tenth is the runner's");
    }
}
