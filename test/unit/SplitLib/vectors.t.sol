// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SplitLib} from "../../../contracts/inference/SplitLib.sol";
import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
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

            IInferenceMarket.Split memory parts = SplitLib.split(
                cumulative - before,
                SplitLib.dataFee(before, cumulative, dataBps),
                IInferenceMarket.SplitConfig(
                    uint16(_number("protocolBps")), uint16(_number("securityBps")), uint16(_number("stakersBps"))
                ),
                IModelRegistry.Revenue(uint16(_number("modelBps")), dataBps)
            );

            assertEq(abi.encode(parts), abi.encode(_expected()), row);
        }
        assertGt(rowCount, 1);
    }

    function testFuzz_PartsAddUp(uint96 amount, uint96 before, uint16[5] memory bps) public pure {
        before = uint96(bound(before, 0, type(uint96).max - amount));
        IInferenceMarket.SplitConfig memory config;
        config.protocolBps = bps[0] % 2001;
        config.securityBps = bps[1] % (2001 - config.protocolBps);
        config.stakersBps = 2000 - config.protocolBps - config.securityBps;
        IModelRegistry.Revenue memory revenue;
        revenue.dataBps = bps[3] % 7001;
        revenue.modelBps = 7000 - revenue.dataBps;
        uint96 data = SplitLib.dataFee(before, before + amount, revenue.dataBps);

        IInferenceMarket.Split memory parts = SplitLib.split(amount, data, config, revenue);

        assertEq(
            uint256(parts.protocol) + parts.security + parts.stakers + parts.model + parts.data + parts.runner, amount
        );
        assertGe(parts.runner + 1, uint256(amount) / 10, "at least a tenth is the runner's");
    }

    function _expected() private view returns (IInferenceMarket.Split memory) {
        return IInferenceMarket.Split({
            protocol: uint96(_number("protocol")),
            security: uint96(_number("security")),
            stakers: uint96(_number("stakers")),
            model: uint96(_number("model")),
            data: uint96(_number("data")),
            runner: uint96(_number("runner"))
        });
    }
}
