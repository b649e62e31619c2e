// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {ChannelFunds} from "./ChannelFunds.sol";
import {ClaimLib} from "./ClaimLib.sol";
import {MarketStorageLib} from "./MarketStorageLib.sol";
import {SettlementFrame} from "./SettlementFrame.sol";
import {SignerLib} from "./SignerLib.sol";
import {SplitLib} from "./SplitLib.sol";

/// @title SettlementRowsLib
/// @notice Takes the packed rows of a settlement; `IInferenceMarket`, SETTLEMENT, defines them.
/// @dev Every read is bounded by the length of the bytes; the offset in an error is where the piece that does not fit begins.
library SettlementRowsLib {
    uint256 internal constant GROUP_SIZE = 10;
    uint256 internal constant ROW_SIZE = 168;

    /// @notice Reads the head of the group at an offset. Reverts when it has no rows or they are cut.
    /// @return model The group's model. @return end Offset behind its last row, within the bytes.
    function readGroup(bytes calldata rows, uint256 offset) internal pure returns (uint64 model, uint256 end) {
        uint256 count;
        // what is read beyond the rows is refused below
        assembly ("memory-safe") {
            let head := calldataload(add(rows.offset, offset))
            model := shr(192, head)
            count := and(shr(176, head), 0xffff)
        }
        // offset < rows.length and count < 2^16: far from 2^256
        unchecked {
            end = offset + GROUP_SIZE + count * ROW_SIZE;
        }
        // a head that is cut has no row behind it
        if (count == 0 || end > rows.length) revert IInferenceMarket.InferenceMarket_MalformedRows(offset);
    }

    /// @notice Takes one model's rows, which lie from `place` to `end` in calldata, a whole number of them. What they move is
    /// recorded in the frame. A replayed or lower voucher moves nothing.
    function take(uint256 place, uint256 end, uint256 dataBps) internal {
        while (place != end) {
            (bytes32 previous, bytes32 channel) = SettlementFrame.readRow(place);
            if (channel <= previous) revert IInferenceMarket.InferenceMarket_ChannelsNotAscending(previous, channel);
            MarketStorageLib.FundsSlot storage slot = MarketStorageLib.load().funds[channel];
            ChannelFunds funds = slot.word;
            uint256 before = ClaimLib.claimedOf(funds, channel, SettlementFrame.model());
            if (SettlementFrame.cumulative() > before) slot.word = _takeRow(funds, before, dataBps);
            // calldata is far shorter than 2^256
            unchecked {
                place += ROW_SIZE;
            }
        }
    }

    /// @notice Takes one row that moves money.
    /// @dev Raises what is claimed of the row's channel for its model from `before`, which is less.
    /// @return The channel's funds behind it.
    function _takeRow(ChannelFunds funds, uint256 before, uint256 dataBps) private returns (ChannelFunds) {
        _requireVoucher();
        uint96 cumulative = SettlementFrame.cumulative();
        uint256 paid;
        uint256 claimedAfter;
        uint256 data;
        // before < cumulative; sums and products of values below 2^97
        unchecked {
            paid = cumulative - before;
            claimedAfter = funds.claimed() + paid;
            data = cumulative * dataBps / SplitLib.BPS - before * dataBps / SplitLib.BPS;
        }
        _requireFunded(funds, claimedAfter);

        SettlementFrame.addRow(before, claimedAfter, data);

        return ClaimLib.raised(funds, SettlementFrame.channel(), SettlementFrame.model(), cumulative, paid);
    }

    /// @dev A channel that nobody opened has no balance.
    function _requireFunded(ChannelFunds funds, uint256 claimedAfter) private view {
        uint96 available = funds.balance();
        if (funds.thawEnd() != 0) available -= _thawed(SettlementFrame.channel(), funds.thawEnd());
        if (claimedAfter <= available) return;
        revert IInferenceMarket.InferenceMarket_ChannelExhausted(SettlementFrame.channel(), claimedAfter, available);
    }

    /// @dev At most the balance: what starts to thaw is, and what lowers the balance lowers it too.
    function _thawed(bytes32 channel, uint64 thawEnd) private view returns (uint96) {
        MarketStorageLib.Layout storage $ = MarketStorageLib.load();
        return $.clock.workingTime() < thawEnd ? 0 : $.terms[channel].thawing;
    }

    function _requireVoucher() private view {
        if (block.timestamp > SettlementFrame.deadline()) {
            revert IInferenceMarket.InferenceMarket_VoucherExpired(
                SettlementFrame.channel(), SettlementFrame.deadline(), uint64(block.timestamp)
            );
        }
        if (SettlementFrame.cumulative() > SettlementFrame.cumulativeCap()) {
            revert IInferenceMarket.InferenceMarket_AmountAboveCap(
                SettlementFrame.channel(), SettlementFrame.cumulative(), SettlementFrame.cumulativeCap()
            );
        }
        address signer = SettlementFrame.signer();
        if (signer != SettlementFrame.payer() || signer == address(0)) _requireSigner(signer);
    }

    /// @dev address(0), to which a malformed signature recovers, can never be authorised.
    function _requireSigner(address signer) private view {
        if (SignerLib.maySign(SettlementFrame.payer(), signer)) return;
        revert IInferenceMarket.InferenceMarket_WrongSigner(SettlementFrame.channel(), signer, SettlementFrame.payer());
    }
}
