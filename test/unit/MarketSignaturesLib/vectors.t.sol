// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ChannelLib} from "../../../contracts/inference/ChannelLib.sol";
import {MarketSignaturesLib} from "../../../contracts/inference/MarketSignaturesLib.sol";
import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";

/// @notice Stands where the market does: the digests are bound to the address that computes them.
contract DigestHarness {
    function channelId(address payer, address runner, uint96 salt) external view returns (bytes32) {
        return ChannelLib.idOf(payer, runner, salt);
    }

    function ofAllocation(IInferenceMarket.Allocation calldata allocation) external view returns (bytes32) {
        return MarketSignaturesLib.digest(allocation);
    }

    function ofSettleFor(IInferenceMarket.SettleFor calldata order) external view returns (bytes32) {
        return MarketSignaturesLib.digest(order);
    }

    function ofRelease(IInferenceMarket.Release calldata release) external view returns (bytes32) {
        return MarketSignaturesLib.digest(release);
    }
}

contract MarketSignaturesLibVectorsTest is VectorReader {
    bytes private code = address(new DigestHarness()).code;

    function testDiff_ChannelId_MatchesVectors() public {
        _read("market.json");
        while (_next("channel")) {
            bytes32 channel = _harness().channelId(_account("payer"), _account("runner"), uint96(_number("salt")));
            assertEq(channel, _word("channel"), row);
        }
        assertGt(rowCount, 1);
    }

    function testDiff_Allocation_MatchesVectors() public {
        _read("market.json");
        while (_next("allocation")) {
            IInferenceMarket.Allocation memory allocation = IInferenceMarket.Allocation({
                payer: _account("payer"),
                operator: _account("operator"),
                runner: _account("runner"),
                maxAmount: uint96(_number("maxAmount")),
                maxCount: uint32(_number("maxCount")),
                expiry: uint64(_number("expiry")),
                nonce: _number("nonce")
            });
            assertEq(_harness().ofAllocation(allocation), _word("digest"), row);
        }
        assertGt(rowCount, 1);
    }

    function testDiff_SettleFor_MatchesVectors() public {
        _read("market.json");
        while (_next("settleFor")) {
            IInferenceMarket.SettleFor memory order = IInferenceMarket.SettleFor({
                runner: _account("runner"),
                rowsHash: _word("rowsHash"),
                receiptsRoot: _word("receiptsRoot"),
                dataHash: _word("dataHash"),
                settlementsHash: _word("settlementsHash"),
                expectedConfig: uint32(_number("expectedConfig")),
                deadline: uint64(_number("deadline"))
            });
            assertEq(_harness().ofSettleFor(order), _word("digest"), row);
        }
        assertGt(rowCount, 1);
    }

    function testDiff_Release_MatchesVectors() public {
        _read("market.json");
        while (_next("release")) {
            IInferenceMarket.Release memory release = IInferenceMarket.Release({
                channel: _word("channel"),
                amount: uint96(_number("amount")),
                nonce: _number("nonce"),
                deadline: uint64(_number("deadline"))
            });
            assertEq(_harness().ofRelease(release), _word("digest"), row);
        }
        assertGt(rowCount, 1);
    }

    /// @dev The harness at the row's market on the row's chain.
    function _harness() private returns (DigestHarness) {
        vm.chainId(_number("chainId"));
        vm.etch(_account("market"), code);
        return DigestHarness(_account("market"));
    }
}
