// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {MarketDomainLib} from "./MarketDomainLib.sol";
import {VoucherLib} from "./VoucherLib.sol";

/// @title SettlementFrame
/// @notice The memory in which a settlement keeps the row at hand and what it has moved: at fixed places, so that none is worked
/// out, and laid out so that what is hashed, recovered from or logged is that where it lies.
/// @dev All assembly here keeps to the frame, which `open` reserves, and to scratch space. There is one in a call.
/// | place       | words | what                                                                              |
/// | 0x200–0x29f | 5     | preimage of the row's channel: chainId, market, payer, runner, salt               |
/// | 0x2a0–0x37f | 7     | preimage of its voucher's struct hash: typehash, channel, model, nonce, cumulativeCap, requestHash, deadline |
/// | 0x380–0x3df | 3     | preimage of its digest, from 0x39e: 0x1901, domain separator, struct hash         |
/// | 0x3e0–0x45f | 4     | input of the recovery: digest, v, r, s                                            |
/// | 0x460       | 1     | cumulative: what the row takes                                                    |
/// | 0x480–0x4bf | 2     | ends of settlements and of details so far                                         |
/// | 0x4c0–0x4ff | 2     | what the model's rows moved: amount, data part                                    |
/// | 0x500–0x55f | 3     | the batch's parts so far: governed, stakers, runner                               |
/// | 0x560–0x63f | 7     | `BatchSettled`'s data: receiptsRoot, dataHash, amount, dataAmount, cumulativeData, offsets of settlements and details |
/// | 0x640–      |       | length and bytes of settlements, 64 for each row that moves something             |
/// | behind it   |       | length and bytes of details, as far behind as all rows would need                 |
library SettlementFrame {
    uint256 private constant MASK_96 = 0xffffffffffffffffffffffff;
    /// @dev Half of secp256k1's order: of the signatures (r, s) and (r, n - s) only the one with the lower s counts.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @notice A frame for at most `rowCount` rows.
    /// @dev Memory is paid where it is written, not where it is reserved. Details are at most 80 bytes a row and are written
    /// as words, the last up to a word beyond its end; the event's padding is within that word too.
    function open(address account, uint256 rowCount, bytes32 receiptsRoot, bytes32 dataHash) internal view {
        bytes32 typehash = VoucherLib.TYPEHASH;
        bytes32 domainSeparator = MarketDomainLib.separator(address(this));
        assembly ("memory-safe") {
            // its place is free: a settlement allocates next to nothing before it
            if gt(mload(0x40), 0x200) { revert(0, 0) }
            mstore(0x200, chainid())
            mstore(0x220, address())
            mstore(0x260, account)
            mstore(0x2a0, typehash)
            mstore(0x380, 0x1901)
            mstore(0x3a0, domainSeparator)
            let at := 0x660
            mstore(0x480, at)
            // the sums over the batch
            calldatacopy(0x500, calldatasize(), 0xe0)
            mstore(0x560, receiptsRoot)
            mstore(0x580, dataHash)
            at := add(at, add(mul(rowCount, 64), 0x20))
            mstore(0x4a0, at)
            mstore(0x40, add(at, add(mul(rowCount, 80), 0x40)))
        }
    }

    /// @notice Starts a model's rows. No channel is 0, so that any may be the first.
    function startModel(uint64 ofRows) internal pure {
        assembly ("memory-safe") {
            mstore(0x2c0, 0)
            mstore(0x2e0, ofRows)
            mstore(0x4c0, 0)
            mstore(0x4e0, 0)
        }
    }

    /// @notice Reads the row of 168 bytes that starts at a place in calldata.
    /// @return previous The channel of the row before. @return id The row's channel.
    function readRow(uint256 place) internal pure returns (bytes32 previous, bytes32 id) {
        assembly ("memory-safe") {
            let word := calldataload(place)
            mstore(0x240, shr(96, word))
            mstore(0x280, and(word, MASK_96))
            previous := mload(0x2c0)
            id := keccak256(0x200, 0xa0)
            mstore(0x2c0, id)

            word := calldataload(add(place, 32))
            mstore(0x300, shr(192, word))
            mstore(0x460, and(shr(96, word), MASK_96))
            mstore(0x320, and(word, MASK_96))
            mstore(0x340, calldataload(add(place, 64)))
            mstore(0x360, shr(192, calldataload(add(place, 96))))

            mstore(0x420, calldataload(add(place, 104)))
            word := calldataload(add(place, 136))
            mstore(0x400, add(27, shr(255, word)))
            mstore(0x440, shr(1, shl(1, word)))
        }
    }

    /// @notice Who signed the row's voucher; address(0) where the signature is malformed.
    function signer() internal view returns (address account) {
        assembly ("memory-safe") {
            mstore(0x3c0, keccak256(0x2a0, 0xe0))
            mstore(0x3e0, keccak256(0x39e, 0x42))
            // the precompile answers with nothing where it recovers nothing, and the 0 stays
            mstore(0x00, 0)
            if iszero(gt(mload(0x440), HALF_ORDER)) {
                pop(staticcall(gas(), 1, 0x3e0, 0x80, 0x00, 0x20))
            }
            account := mload(0x00)
        }
    }

    function payer() internal pure returns (address account) {
        assembly ("memory-safe") {
            account := mload(0x240)
        }
    }

    function runner() internal pure returns (address account) {
        assembly ("memory-safe") {
            account := mload(0x260)
        }
    }

    function channel() internal pure returns (bytes32 id) {
        assembly ("memory-safe") {
            id := mload(0x2c0)
        }
    }

    function model() internal pure returns (uint64 ofRows) {
        assembly ("memory-safe") {
            ofRows := mload(0x2e0)
        }
    }

    function cumulativeCap() internal pure returns (uint96 amount) {
        assembly ("memory-safe") {
            amount := mload(0x320)
        }
    }

    function deadline() internal pure returns (uint64 timestamp_) {
        assembly ("memory-safe") {
            timestamp_ := mload(0x360)
        }
    }

    function cumulative() internal pure returns (uint96 amount) {
        assembly ("memory-safe") {
            amount := mload(0x460)
        }
    }

    /// @notice Records what the row moved: `claimedAfter` is the channel's, over all models. Both are uint96.
    function addRow(uint256 before, uint256 claimedAfter, uint256 data) internal pure {
        assembly ("memory-safe") {
            let taken := mload(0x460)
            let at := mload(0x480)
            mstore(at, mload(0x2c0))
            mstore(add(at, 0x20), or(shl(192, mload(0x2e0)), or(shl(96, before), taken)))
            mstore(0x480, add(at, 64))

            at := mload(0x4a0)
            mstore(at, or(shl(192, mload(0x300)), shl(96, claimedAfter)))
            mstore(0x4a0, add(at, 20))

            // sums of uint96, one for each row of calldata
            mstore(0x4c0, add(mload(0x4c0), sub(taken, before)))
            mstore(0x4e0, add(mload(0x4e0), data))
        }
    }

    /// @notice What the model's rows moved so far. @return amount @return data Sums of uint96, one for each row of calldata.
    function moved() internal pure returns (uint256 amount, uint256 data) {
        assembly ("memory-safe") {
            amount := mload(0x4c0)
            data := mload(0x4e0)
        }
    }

    /// @notice Records how the model's amount was split, and adds it to the batch's. All are uint96.
    function addSplit(uint256 governed, uint256 stakers, uint256 ofModel, uint256 data, uint256 ofRunner)
        internal
        pure
    {
        assembly ("memory-safe") {
            let at := mload(0x4a0)
            mstore(at, or(shl(160, governed), shl(64, stakers)))
            mstore(add(at, 24), or(shl(160, ofModel), shl(64, data)))
            mstore(add(at, 48), shl(160, ofRunner))
            mstore(0x4a0, add(at, 60))

            // sums of uint96, one for each model
            mstore(0x500, add(mload(0x500), governed))
            mstore(0x520, add(mload(0x520), stakers))
            mstore(0x540, add(mload(0x540), ofRunner))
            at := mload(0x4c0)
            mstore(0x5a0, add(mload(0x5a0), at))
            mstore(0x5c0, add(mload(0x5c0), data))
        }
    }

    /// @notice All that the batch moved so far. @return sum @return data Sums of uint96, one for each row of calldata.
    function amounts() internal pure returns (uint256 sum, uint256 data) {
        assembly ("memory-safe") {
            sum := mload(0x5a0)
            data := mload(0x5c0)
        }
    }

    function parts() internal pure returns (uint256 governed, uint256 stakers, uint256 ofRunner) {
        assembly ("memory-safe") {
            governed := mload(0x500)
            stakers := mload(0x520)
            ofRunner := mload(0x540)
        }
    }

    /// @notice Hash of what was recorded, as a batch's header has it.
    function settlementsHash() internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let from := 0x660
            hash := keccak256(from, sub(mload(0x480), from))
        }
    }

    /// @notice Hash of the batch's header: `BatchLib.hash`.
    /// @dev Overwrites the last row, which has been settled.
    function headerHash(uint256 batch, bytes32 settlementsHash_) internal view returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(0x240, batch)
            // the runner stands at 0x260
            mstore(0x280, timestamp())
            mstore(0x2a0, mload(0x5a0))
            mstore(0x2c0, mload(0x5c0))
            mstore(0x2e0, mload(0x560))
            mstore(0x300, settlementsHash_)
            hash := keccak256(0x240, 0xe0)
        }
    }

    /// @notice Emits `BatchSettled`.
    /// @param rowCount As the frame was opened for. @param batch Its number.
    function emitBatch(uint256 rowCount, uint256 batch, uint256 cumulativeData) internal {
        bytes32 topic = IInferenceMarket.BatchSettled.selector;
        assembly ("memory-safe") {
            mstore(0x5e0, cumulativeData)
            mstore(0x600, 0xe0)

            let end := mload(0x480)
            let length := sub(end, 0x660)
            mstore(0x620, add(0x100, length))
            mstore(0x640, length)

            // details move down to where settlements end, if rows moved nothing
            let from := add(0x680, mul(rowCount, 64))
            length := sub(mload(0x4a0), from)
            mcopy(add(end, 0x20), from, length)
            mstore(end, length)
            end := add(add(end, 0x20), length)
            mstore(end, 0)
            end := and(add(end, 0x1f), not(0x1f))
            let data := 0x560
            // free memory starts at a word, so the frame and the end of its data do
            log3(data, sub(end, data), topic, batch, mload(0x260))
        }
    }
}
