// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "./IAttributionOracle.sol";
import {Batch, BatchOpening} from "./IInferenceMarket.sol";
import {IReceiptCourt} from "./IReceiptCourt.sol";

/// @title IReceiptVerifier
/// @notice Checks the proofs against batches and takes what they prove to the receipt court. Immutable, holds nothing.
/// @dev Each proof is one transaction, open to anyone, and voids its batch when it holds; when it does not, it reverts with
/// `ReceiptVerifier_NoFault`: no outcome ever confirms a batch. A proof is good for one batch of one market on one chain: each
/// opening ends in that batch's root or hash, each signature in the market's domain.
///
/// HONEST. What no proof touches: receipts in ascending order of (channel, model, nonce); those of a (channel, model) start at
/// the amount claimed before, each at the one before it, and end at the amount claimed behind; each fee is the price's; whatever
/// the runner signed over an amount that it settled is there. Of what costs nothing nothing is asked.
///
/// `settlements` is the packed list that a batch's `settlementsHash` is of.
interface IReceiptVerifier {
    /// @notice All that a receipt stands on.
    /// @param runnerSignature On the receipt, 65 bytes. @param cumulativeCap The voucher's. @param deadline The voucher's; the
    /// rest of the voucher is in the receipt. @param voucherSignature Of the payer or a signer of the payer's, 65 bytes.
    /// @param attribution What the receipt's `attributionHash` commits to.
    struct Revelation {
        IReceiptCourt.PlacedReceipt placed;
        bytes runnerSignature;
        uint96 cumulativeCap;
        uint64 deadline;
        bytes voucherSignature;
        IAttributionOracle.Attribution attribution;
    }

    /// @notice What credits need of a receipt.
    /// @param attribution What the receipt's `attributionHash` commits to.
    struct Disclosure {
        IAttributionOracle.Receipt receipt;
        IAttributionOracle.Attribution attribution;
    }

    error ReceiptVerifier_WrongRange(bytes32 root, uint64 first, uint64 length, uint64 count);
    error ReceiptVerifier_WrongRoot(bytes32 found, bytes32 committed);
    error ReceiptVerifier_WrongIndex(uint64 found, uint32 demanded);
    error ReceiptVerifier_NotAbsent(uint32 index, uint64 count);
    error ReceiptVerifier_WrongVoucherSignature(address recovered, address payer);
    error ReceiptVerifier_AboveCap(uint96 cumulative, uint96 cumulativeCap);
    error ReceiptVerifier_AttributionMismatch(bytes32 committed, bytes32 revealed);
    error ReceiptVerifier_NoFault();
    error ReceiptVerifier_NoEntry(bytes32 channel, uint64 model);
    error ReceiptVerifier_WrongRunnerSignature(address recovered, address runner);

    /// @notice All of a receipt, published.
    event ReceiptRevealed(uint64 indexed batch, uint32 indexed index, address indexed answerer, Revelation revelation);

    /// @notice Receipts of a batch that was demanded whole, published: neighbours, from place `first` on.
    event ReceiptsDisclosed(
        uint64 indexed batch, uint64 indexed first, address indexed answerer, Disclosure[] disclosures
    );

    /// @notice Answers a demand with the receipt. Anyone who has it, before the deadline; gets the deposit.
    function reveal(Batch calldata batch, uint32 index, Revelation calldata revelation) external;

    /// @notice Answers a demand of a receipt that the batch does not have. Anyone, before the deadline; gets the deposit.
    /// @param count The batch's receipts, which its root binds. @param top The top node of their tree.
    function revealAbsent(Batch calldata batch, uint32 index, uint64 count, bytes32 top) external;

    /// @notice Answers a demand of the whole batch with its next receipts. Anyone who has them, before the deadline; in order, in
    /// as many transactions as it takes. An empty batch is shown by none of 0.
    /// @param first Place of the first of them. @param count The batch's receipts, which its root binds.
    /// @param siblings As `MerkleRangeLib` takes them.
    function disclose(
        Batch calldata batch,
        uint64 first,
        uint64 count,
        Disclosure[] calldata disclosures,
        bytes32[] calldata siblings
    ) external;

    /// @notice Proves two neighbouring receipts out of order by (channel, model, nonce), equal, or, of one (channel, model), not
    /// chained: `right.cumulative - right.fee != left.cumulative`.
    function proveNeighbours(
        BatchOpening calldata opening,
        IReceiptCourt.PlacedReceipt calldata left,
        IReceiptCourt.PlacedReceipt calldata right
    ) external;

    /// @notice Proves two neighbouring receipts of different (channel, model), of which the left, the last of its own, does not
    /// end at the amount settled, or the right, the first of its own, does not start at the amount settled before.
    function proveBoundary(
        BatchOpening calldata opening,
        bytes calldata settlements,
        IReceiptCourt.PlacedReceipt calldata left,
        IReceiptCourt.PlacedReceipt calldata right
    ) external;

    /// @notice Proves that the batch's first receipt does not start, or its last not end, at the amounts settled.
    function proveEdge(
        BatchOpening calldata opening,
        bytes calldata settlements,
        IReceiptCourt.PlacedReceipt calldata edge
    ) external;

    /// @notice Proves that a receipt has a fee, and the batch settled nothing for its (channel, model).
    function proveUnsettled(
        BatchOpening calldata opening,
        bytes calldata settlements,
        IReceiptCourt.PlacedReceipt calldata placed
    ) external;

    /// @notice Proves that the batch settled an amount for which it has no receipts.
    /// @param around What stands around the place of (channel, model): none in an empty tree; the first or the last receipt; or
    /// two neighbours.
    function proveUncovered(
        BatchOpening calldata opening,
        bytes calldata settlements,
        bytes32 channel,
        uint64 model,
        IReceiptCourt.PlacedReceipt[] calldata around
    ) external;

    /// @notice Proves that a receipt's model does not exist, or its fee is not `perRequest + promptTokens · perPromptToken +
    /// outputTokens · perOutputToken`.
    function proveFee(BatchOpening calldata opening, IReceiptCourt.PlacedReceipt calldata placed) external;

    /// @notice Proves that a receipt with a fee that the runner signed is missing from the batch that settled its amount.
    /// @param signature The runner's on `receipt`, 65 bytes.
    /// @param around What stands around its place (as in `proveUncovered`), or the one receipt that stands at its nonce instead.
    function proveOmitted(
        BatchOpening calldata opening,
        bytes calldata settlements,
        IAttributionOracle.Receipt calldata receipt,
        bytes calldata signature,
        IReceiptCourt.PlacedReceipt[] calldata around
    ) external;

    /// @notice Proves that a runner signed two receipts for one nonce; slashes at least `minimumSlash`, once a nonce. Voids
    /// nothing.
    function proveEquivocation(
        IAttributionOracle.Receipt calldata one,
        bytes calldata signatureOfOne,
        IAttributionOracle.Receipt calldata other,
        bytes calldata signatureOfOther
    ) external;
}
