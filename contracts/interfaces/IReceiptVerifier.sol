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
    /// @param placed The receipt, with the proof of its place.
    /// @param runnerSignature On the receipt, 65 bytes.
    /// @param cumulativeCap The voucher's, base units.
    /// @param deadline The voucher's; the rest of the voucher is in the receipt.
    /// @param voucherSignature Of the payer or a signer of the payer's, 65 bytes.
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
    /// @param receipt The leaf, as it was signed.
    /// @param attribution What the receipt's `attributionHash` commits to.
    struct Disclosure {
        IAttributionOracle.Receipt receipt;
        IAttributionOracle.Attribution attribution;
    }

    /// @notice The proof does not show these receipts as neighbours under the batch's root.
    /// @param root The batch's.
    /// @param first Place of the first of them, from 0.
    /// @param length How many they are.
    /// @param count Receipts of the batch, as the proof says.
    error ReceiptVerifier_WrongRange(bytes32 root, uint64 first, uint64 length, uint64 count);

    /// @notice The count and the top node are not those of the batch's tree.
    /// @param found Root that they give.
    /// @param committed The batch's.
    error ReceiptVerifier_WrongRoot(bytes32 found, bytes32 committed);

    /// @notice The receipt stands at another place than the one demanded.
    /// @param found Its place, from 0.
    /// @param demanded The demand's.
    error ReceiptVerifier_WrongIndex(uint64 found, uint32 demanded);

    /// @notice The batch has a receipt at that place.
    /// @param index What was demanded.
    /// @param count Receipts of the batch, which its root binds.
    error ReceiptVerifier_NotAbsent(uint32 index, uint64 count);

    /// @notice The voucher's signature is of nobody who ever might sign for the payer.
    /// @param recovered Whose signature it is; zero for a malformed one.
    /// @param payer Of the receipt's channel; zero for one that was never opened.
    error ReceiptVerifier_WrongVoucherSignature(address recovered, address payer);

    /// @notice The receipt takes more than its voucher allows.
    /// @param cumulative What it takes, base units.
    /// @param cumulativeCap What the voucher allows, base units, inclusive.
    error ReceiptVerifier_AboveCap(uint96 cumulative, uint96 cumulativeCap);

    /// @notice The attribution is not what the receipt commits to.
    /// @param committed The receipt's `attributionHash`.
    /// @param revealed Hash of what was brought.
    error ReceiptVerifier_AttributionMismatch(bytes32 committed, bytes32 revealed);

    /// @notice What was shown is no fault.
    error ReceiptVerifier_NoFault();

    /// @notice The batch settled nothing for the (channel, model).
    /// @param channel Number of the market's channel.
    /// @param model Number in the model registry, from 1.
    error ReceiptVerifier_NoEntry(bytes32 channel, uint64 model);

    /// @notice The signature is not the runner's.
    /// @param recovered Whose signature it is; zero for a malformed one.
    /// @param runner Whose it ought to be.
    error ReceiptVerifier_WrongRunnerSignature(address recovered, address runner);

    /// @notice All of a receipt, published.
    /// @param batch The batch's number, from 1.
    /// @param index Place of the receipt in its batch, from 0.
    /// @param answerer Who showed it.
    /// @param revelation All that it stands on.
    event ReceiptRevealed(uint64 indexed batch, uint32 indexed index, address indexed answerer, Revelation revelation);

    /// @notice Receipts of a batch that was demanded whole, published: neighbours, from place `first` on.
    /// @param batch The batch's number, from 1.
    /// @param first Place of the first of them, from 0.
    /// @param answerer Who showed them.
    /// @param disclosures The receipts with their attributions, in order.
    event ReceiptsDisclosed(
        uint64 indexed batch, uint64 indexed first, address indexed answerer, Disclosure[] disclosures
    );

    /// @notice Answers a demand with the receipt. Anyone who has it, before the deadline; gets the deposit.
    /// @param batch Its header.
    /// @param index The demand's: place of the receipt, from 0.
    /// @param revelation All that the receipt stands on.
    function reveal(Batch calldata batch, uint32 index, Revelation calldata revelation) external;

    /// @notice Answers a demand of a receipt that the batch does not have. Anyone, before the deadline; gets the deposit.
    /// @param batch Its header.
    /// @param index The demand's; at least `count`, inclusive.
    /// @param count The batch's receipts, which its root binds.
    /// @param top The top node of their tree.
    function revealAbsent(Batch calldata batch, uint32 index, uint64 count, bytes32 top) external;

    /// @notice Answers a demand of the whole batch with its next receipts. Anyone who has them, before the deadline; in order, in
    /// as many transactions as it takes. An empty batch is shown by none of 0.
    /// @param batch Its header.
    /// @param first Place of the first of them, from 0.
    /// @param count The batch's receipts, which its root binds.
    /// @param disclosures The receipts with their attributions, in order.
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
    /// @param opening The batch, shown against the market's chain.
    /// @param left A receipt, with the proof of its place.
    /// @param right The next one, with the proof of its place.
    function proveNeighbours(
        BatchOpening calldata opening,
        IReceiptCourt.PlacedReceipt calldata left,
        IReceiptCourt.PlacedReceipt calldata right
    ) external;

    /// @notice Proves two neighbouring receipts of different (channel, model), of which the left, the last of its own, does not
    /// end at the amount settled, or the right, the first of its own, does not start at the amount settled before.
    /// @param opening The batch, shown against the market's chain.
    /// @param settlements The packed list that its `settlementsHash` is of.
    /// @param left A receipt, with the proof of its place.
    /// @param right The next one, with the proof of its place.
    function proveBoundary(
        BatchOpening calldata opening,
        bytes calldata settlements,
        IReceiptCourt.PlacedReceipt calldata left,
        IReceiptCourt.PlacedReceipt calldata right
    ) external;

    /// @notice Proves that the batch's first receipt does not start, or its last not end, at the amounts settled.
    /// @param opening The batch, shown against the market's chain.
    /// @param settlements The packed list that its `settlementsHash` is of.
    /// @param edge The batch's first or last receipt, with the proof of its place.
    function proveEdge(
        BatchOpening calldata opening,
        bytes calldata settlements,
        IReceiptCourt.PlacedReceipt calldata edge
    ) external;

    /// @notice Proves that a receipt has a fee, and the batch settled nothing for its (channel, model).
    /// @param opening The batch, shown against the market's chain.
    /// @param settlements The packed list that its `settlementsHash` is of.
    /// @param placed The receipt, with the proof of its place.
    function proveUnsettled(
        BatchOpening calldata opening,
        bytes calldata settlements,
        IReceiptCourt.PlacedReceipt calldata placed
    ) external;

    /// @notice Proves that the batch settled an amount for which it has no receipts.
    /// @param opening The batch, shown against the market's chain.
    /// @param settlements The packed list that its `settlementsHash` is of.
    /// @param channel Of an entry of the settlements.
    /// @param model Of that entry.
    /// @param around What stands around the place of (channel, model): none in an empty tree; the first or the last
    /// receipt; or two neighbours.
    function proveUncovered(
        BatchOpening calldata opening,
        bytes calldata settlements,
        bytes32 channel,
        uint64 model,
        IReceiptCourt.PlacedReceipt[] calldata around
    ) external;

    /// @notice Proves that a receipt's model does not exist, or its fee is not `perRequest + promptTokens · perPromptToken +
    /// outputTokens · perOutputToken`.
    /// @param opening The batch, shown against the market's chain.
    /// @param placed The receipt, with the proof of its place.
    function proveFee(BatchOpening calldata opening, IReceiptCourt.PlacedReceipt calldata placed) external;

    /// @notice Proves that a receipt with a fee that the runner signed is missing from the batch that settled its amount.
    /// @param opening The batch, shown against the market's chain.
    /// @param settlements The packed list that its `settlementsHash` is of.
    /// @param receipt What the runner signed; of an amount that the batch settled, with a fee.
    /// @param signature The runner's on `receipt`, 65 bytes.
    /// @param around What stands around its place (as in `proveUncovered`), or the one receipt that stands at its nonce
    /// instead.
    function proveOmitted(
        BatchOpening calldata opening,
        bytes calldata settlements,
        IAttributionOracle.Receipt calldata receipt,
        bytes calldata signature,
        IReceiptCourt.PlacedReceipt[] calldata around
    ) external;

    /// @notice Proves that a runner signed two receipts for one nonce; slashes at least `minimumSlash`, once a nonce. Voids
    /// nothing.
    /// @param one A receipt.
    /// @param signatureOfOne The runner's on it, 65 bytes.
    /// @param other Another of the same channel, model and nonce.
    /// @param signatureOfOther The runner's on that, 65 bytes.
    function proveEquivocation(
        IAttributionOracle.Receipt calldata one,
        bytes calldata signatureOfOne,
        IAttributionOracle.Receipt calldata other,
        bytes calldata signatureOfOther
    ) external;
}
