// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {RecordShareLib} from "../attribution/RecordShareLib.sol";
import {ShareLib} from "../attribution/ShareLib.sol";
import {IAttributionOracle} from "../interfaces/IAttributionOracle.sol";
import {IAttributionVerifier} from "../interfaces/IAttributionVerifier.sol";
import {LeafLib} from "../libraries/LeafLib.sol";
import {TraceLib} from "../libraries/TraceLib.sol";
import {AttributionPlaceLib} from "./AttributionPlaceLib.sol";
import {KernelLib} from "./KernelLib.sol";

/// @title AttributionVerifier
/// @notice Recomputes one element of a trace's rows that attribution pays by, in one call.
contract AttributionVerifier is IAttributionVerifier {
    /// @dev Where a leaf has to be found, and how long its place makes it.
    struct Place {
        uint32 op;
        uint32 position;
        uint256 part;
        uint256 length;
    }

    /// @dev What stands for no operation.
    uint32 private constant NONE = type(uint32).max;
    /// @dev What follows where the sequence has ended.
    int64 private constant NO_TOKEN = -1;
    uint256 private constant MAXIMUM_POSITIONS = 256;
    /// @dev Positions whose codes one part of a row holds.
    uint256 private constant PART_POSITIONS = TraceLib.ROW_PART_BYTES / KernelLib.CODE_BYTES;
    /// @dev Earlier positions whose credits a sum is continued by, at most.
    uint32 private constant WINDOW = 7;
    /// @dev Positions that a sum over a window adds.
    uint32 private constant TERMS = 8;

    /// @inheritdoc IAttributionVerifier
    function proveSimilarity(
        TraceLib.Tree calldata trace,
        Outline calldata outline,
        Claim calldata claim,
        int64 following,
        Leaf[] calldata inputs,
        TablePart[] calldata parts
    ) external pure returns (Fault) {
        if (claim.op != outline.similarity) {
            revert AttributionVerifier_WrongOperation(claim.op);
        }
        uint256 length = _requireElement(claim, outline.records, claim.part);
        _requireCounts(outline, following, inputs.length, parts.length);
        if (!_isWhole(trace, claim.leaf, Place(claim.op, claim.position, claim.part, length))) return Fault.Length;
        if (!_isWhole(trace, inputs[0], Place(outline.codes, claim.position, 0, KernelLib.CODE_BYTES))) {
            return Fault.Length;
        }

        uint256 record = claim.part * AttributionPlaceLib.LEAF_ELEMENTS + claim.element;
        return _faultOf(claim, _similarity(outline, record, following, bytes16(inputs[0].data), parts));
    }

    /// @inheritdoc IAttributionVerifier
    function proveDenominator(
        TraceLib.Tree calldata trace,
        Outline calldata outline,
        Claim calldata claim,
        Leaf[] calldata inputs
    ) external pure returns (Fault) {
        (uint32 sums, Link memory before) = _chainOf(outline, claim.op);
        AttributionPlaceLib.Stage memory stage = AttributionPlaceLib.stageAt(outline.records, claim.part);
        uint256 length = _requireElement(claim, stage.length, stage.part);
        if (!stage.isRow) before.op = NONE;
        Place memory run = _runOf(claim, stage, sums);
        uint256 leaves = AttributionPlaceLib.leafCount(run.length / 4);
        _requireInputs(inputs.length, before.op == NONE ? leaves : leaves + 1);
        if (!_isWhole(trace, claim.leaf, Place(claim.op, claim.position, claim.part, length))) return Fault.Length;
        if (!_isRunWhole(trace, inputs, run)) return Fault.Length;

        int256 sum = _sumOf(inputs, leaves, stage.isFirst);
        if (before.op != NONE) {
            if (!_isWhole(trace, inputs[leaves], _placeOf(before, claim.position))) return Fault.Length;
            sum = KernelLib.denominatorOf(KernelLib.sumOfDigits(inputs[leaves].data), sum);
        } else if (stage.isRow) {
            sum = KernelLib.denominatorOf(int256(KernelLib.WHOLE), sum);
        }
        return _faultOf(claim, KernelLib.digitOf(sum, claim.element % 2));
    }

    /// @inheritdoc IAttributionVerifier
    function proveCredit(
        TraceLib.Tree calldata trace,
        Outline calldata outline,
        Claim calldata claim,
        Leaf[] calldata inputs
    ) external pure returns (Fault) {
        bool isPlain = claim.op == outline.plain.credit;
        if (!isPlain && claim.op != outline.carried.credit) revert AttributionVerifier_WrongOperation(claim.op);
        uint256 length = _requireElement(claim, outline.records, claim.part);
        _requireInputs(inputs.length, 3);
        Place memory place = Place(claim.op, claim.position, claim.part, length);
        if (!_isWhole(trace, claim.leaf, place)) return Fault.Length;
        place.op = isPlain ? outline.similarity : outline.continuity;
        if (!_isWhole(trace, inputs[0], place)) return Fault.Length;
        place = Place(outline.surprise, claim.position, AttributionPlaceLib.surprisePart(outline.vocabulary), 1);
        if (!_isWhole(trace, inputs[1], place)) return Fault.Length;
        place = _placeOf(isPlain ? outline.plain.last : outline.carried.last, claim.position);
        if (!_isWhole(trace, inputs[2], place)) return Fault.Length;

        int32 sum = KernelLib.elementOf(inputs[0].data, claim.element);
        int256 denominator = KernelLib.sumOfDigits(inputs[2].data);
        return _faultOf(claim, KernelLib.credit(uint8(inputs[1].data[0]), sum, denominator));
    }

    /// @inheritdoc IAttributionVerifier
    function proveContinuity(
        TraceLib.Tree calldata trace,
        Outline calldata outline,
        Claim calldata claim,
        Leaf[] calldata inputs
    ) external pure returns (Fault) {
        if (claim.op != outline.continuity) revert AttributionVerifier_WrongOperation(claim.op);
        uint256 length = _requireElement(claim, outline.records, claim.part);
        uint32 window = claim.position < WINDOW ? claim.position : WINDOW;
        _requireInputs(inputs.length, 1 + window);
        Place memory place = Place(claim.op, claim.position, claim.part, length);
        if (!_isWhole(trace, claim.leaf, place)) return Fault.Length;
        place.op = outline.similarity;
        if (!_isWhole(trace, inputs[0], place)) return Fault.Length;

        int32[] memory credits = new int32[](window);
        place.op = outline.plain.credit;
        for (uint32 i = 0; i < window; ++i) {
            place.position = claim.position - window + i;
            if (!_isWhole(trace, inputs[1 + i], place)) return Fault.Length;
            credits[i] = KernelLib.elementOf(inputs[1 + i].data, claim.element);
        }
        return _faultOf(claim, KernelLib.continuity(KernelLib.elementOf(inputs[0].data, claim.element), credits));
    }

    /// @inheritdoc IAttributionVerifier
    function proveWindow(
        TraceLib.Tree calldata trace,
        Outline calldata outline,
        Claim calldata claim,
        Leaf[] calldata inputs
    ) external pure returns (Fault) {
        (Place memory place, uint32 stride) = _windowOf(outline, claim);
        bool isSurprise = place.op == outline.surprise;
        uint256 elements =
            claim.op == outline.credited.eight || claim.op == outline.credited.sixtyFour ? outline.records : 1;
        uint256 length = _requireElement(claim, elements, claim.part);
        if (!isSurprise) place.length = length;
        uint32 terms = claim.position / stride + 1;
        if (terms > TERMS) terms = TERMS;
        _requireInputs(inputs.length, terms);
        if (!_isWhole(trace, claim.leaf, Place(claim.op, claim.position, claim.part, length))) return Fault.Length;

        int256 sum = 0;
        for (uint32 i = 0; i < terms; ++i) {
            place.position = claim.position - (terms - 1 - i) * stride;
            if (!_isWhole(trace, inputs[i], place)) return Fault.Length;
            int256 term = _termOf(inputs[i].data, claim.element, isSurprise);
            if (term < 0) return Fault.Bound;
            sum += term;
        }
        return _faultOf(claim, sum);
    }

    /// @inheritdoc IAttributionVerifier
    function proveRecord(Statement calldata statement, Outline calldata outline, Pass[] calldata passes)
        external
        pure
        returns (RecordFault)
    {
        _requireRevealed(statement.attributionHash, statement.attribution, statement.records);
        _requireIndex(statement, outline.records);
        uint64 recordIndex = statement.record.recordIndex;
        uint256 credit = 0;
        uint256 weight = 0;
        uint256 tokens = 0;
        for (uint256 i = 0; i < passes.length; ++i) {
            (int256 sum, RecordFault fault) = _passSum(passes[i], outline, recordIndex, false);
            if (sum < 0) return fault;
            credit += uint256(sum);
            (sum, fault) = _passSum(passes[i], outline, 0, true);
            if (sum < 0) return fault;
            weight += uint256(sum);
            tokens += passes[i].count;
        }
        return _recordFaultOf(statement, weight == 0 ? 0 : credit / weight, tokens);
    }

    /// @inheritdoc IAttributionVerifier
    function proveShares(
        bytes32 attributionHash,
        IAttributionOracle.Attribution calldata attribution,
        CreditedRecord[] calldata records,
        uint256 weight,
        address pool
    ) external pure returns (ShareFault) {
        _requireRevealed(attributionHash, attribution, records);

        bool isNobodys = pool == address(0);
        if (isNobodys ? attribution.shares.length != 0 : !ShareLib.isWhole(attribution.shares)) {
            return ShareFault.NotWhole;
        }
        if (!RecordShareLib.isOrdered(records)) return ShareFault.Order;
        if (!RecordShareLib.isOfCredits(records, weight)) return ShareFault.Record;
        if (!RecordShareLib.isOfRecords(attribution.shares, records, pool)) return ShareFault.Contributor;
        revert AttributionVerifier_NoFault();
    }

    /// @dev What a sum over a window adds, at no position yet, and how far apart. Reverts where the operation is no such sum.
    function _windowOf(Outline calldata outline, Claim calldata claim)
        private
        pure
        returns (Place memory place, uint32 stride)
    {
        (place.part, place.length, stride) = (claim.part, 4, 1);
        if (claim.op == outline.surprises.eight) {
            (place.op, place.part, place.length) =
            (outline.surprise, AttributionPlaceLib.surprisePart(outline.vocabulary), 1);
        } else if (claim.op == outline.credited.eight) {
            place.op = outline.carried.credit;
        } else {
            stride = TERMS;
            if (claim.op == outline.surprises.sixtyFour) place.op = outline.surprises.eight;
            else if (claim.op == outline.credited.sixtyFour) place.op = outline.credited.eight;
            else revert AttributionVerifier_WrongOperation(claim.op);
        }
    }

    /// @dev What a pass's tokens are credited with together, a record's part or the weight of all; less than 0 where a leaf is
    /// false by itself. From the last position back: each sum over as many positions as it may add.
    function _passSum(Pass calldata pass, Outline calldata outline, uint256 record, bool isWeight)
        private
        pure
        returns (int256 sum, RecordFault fault)
    {
        uint256 left = pass.count;
        if (left == 0 || left + pass.first > type(uint32).max) revert AttributionVerifier_NoSuchPass();
        Leaf[] calldata leaves = isWeight ? pass.weights : pass.credits;
        _requireInputs(leaves.length, left / 64 + left % 64 / TERMS + left % TERMS);

        for (uint256 i = 0; left > 0; ++i) {
            (Place memory place, uint256 step) = _stepOf(outline, record, isWeight, left);
            place.position = uint32(pass.first + left - 1);
            if (!_isWhole(pass.trace, leaves[i], place)) return (-1, RecordFault.Length);
            bool isSurprise = isWeight && step == 1;
            int256 term = _termOf(leaves[i].data, record % AttributionPlaceLib.LEAF_ELEMENTS, isSurprise);
            if (term < 0) return (-1, RecordFault.Bound);
            sum += term;
            left -= step;
        }
    }

    /// @dev The leaf that adds most of the positions that are left, at no position yet, and how many these are.
    function _stepOf(Outline calldata outline, uint256 record, bool isWeight, uint256 left)
        private
        pure
        returns (Place memory place, uint256 step)
    {
        Windows calldata windows = isWeight ? outline.surprises : outline.credited;
        step = left >= 64 ? 64 : left >= TERMS ? TERMS : 1;
        place.op = step == 64 ? windows.sixtyFour : step == TERMS ? windows.eight : outline.carried.credit;
        place.part = record / AttributionPlaceLib.LEAF_ELEMENTS;
        place.length = isWeight ? 4 : 4 * AttributionPlaceLib.elementsAt(outline.records, place.part);
        if (!isWeight || step != 1) return (place, step);
        (place.op, place.part) = (outline.surprise, AttributionPlaceLib.surprisePart(outline.vocabulary));
        place.length = 1;
    }

    /// @dev An element of a leaf: a surprise is a byte.
    function _termOf(bytes calldata data, uint256 element, bool isSurprise) private pure returns (int256) {
        return isSurprise ? int256(uint256(uint8(data[0]))) : int256(KernelLib.elementOf(data, element));
    }

    /// @dev What a list says falsely of a record of this share. Reverts where it says nothing false.
    function _recordFaultOf(Statement calldata statement, uint256 share, uint256 tokens)
        private
        pure
        returns (RecordFault)
    {
        uint256 floor = RecordShareLib.floorOf(statement.index.floors, tokens);
        (bool isListed, uint256 listed) = RecordShareLib.shareOf(statement.records, statement.record);
        if (isListed) {
            if (listed != share) return RecordFault.Share;
            if (share < floor) return RecordFault.Unworthy;
        } else if (share >= floor && RecordShareLib.isWorthy(statement.records, statement.record, share)) {
            return RecordFault.Omitted;
        }
        revert AttributionVerifier_NoFault();
    }

    /// @dev Reverts where the attribution was made with other indexes, or the index has no such record.
    function _requireIndex(Statement calldata statement, uint32 records) private pure {
        bytes32 committed = statement.attribution.methodHash;
        bytes32 revealed = LeafLib.attributionMethod(statement.roots);
        if (revealed != committed) revert AttributionVerifier_IndexMismatch(committed, revealed);
        committed = statement.roots[statement.record.place];
        revealed = LeafLib.index(statement.index);
        if (revealed != committed) revert AttributionVerifier_IndexMismatch(committed, revealed);
        if (statement.record.recordIndex >= records) {
            revert AttributionVerifier_NoSuchRecord(statement.record.recordIndex, records);
        }
    }

    /// @dev Reverts where the attribution is not what the receipt commits to, or the records are not the attribution's.
    function _requireRevealed(
        bytes32 attributionHash,
        IAttributionOracle.Attribution calldata attribution,
        CreditedRecord[] calldata records
    ) private pure {
        bytes32 revealed = LeafLib.attribution(
            LeafLib.shares(attribution.shares), attribution.recordsHash, attribution.methodHash
        );
        if (revealed != attributionHash) revert AttributionVerifier_AttributionMismatch(attributionHash, revealed);
        revealed = LeafLib.attributionRecords(records);
        if (revealed != attribution.recordsHash) {
            revert AttributionVerifier_RecordsMismatch(attribution.recordsHash, revealed);
        }
    }

    /// @dev n of a record. The caller has counted the parts; of no token nothing is similar.
    function _similarity(
        Outline calldata outline,
        uint256 record,
        int64 following,
        bytes16 code,
        TablePart[] calldata parts
    ) private pure returns (int256 sum) {
        _requireRecord(outline, record, parts);
        if (following == NO_TOKEN) return 0;
        KernelLib.Query memory query = KernelLib.Query(code, uint64(following), 0);
        query.threshold = _threshold(outline, query.token, parts[parts.length - 1]);

        bytes calldata entries = parts[0].data;
        for (uint256 i = 1; i < parts.length - 1; ++i) {
            // a part of 16 bytes a position stands beside one of 4
            bytes calldata codes = parts[i].data;
            uint256 from = (i - 1) * 4 * PART_POSITIONS;
            int256 part = KernelLib.similarity(query, entries[from:from + codes.length / 4], codes);
            if (part == KernelLib.BROKEN) return KernelLib.BROKEN;
            sum += part;
        }
    }

    /// @dev Reverts where the first parts are not those of a record's entries and codes.
    function _requireRecord(Outline calldata outline, uint256 record, TablePart[] calldata parts) private pure {
        TraceLib.Table memory table =
            TraceLib.Table(outline.entries.root, outline.entries.id, outline.records, outline.positions * 4);
        _requirePart(table, record, 0, parts[0]);

        (table.root, table.id) = (outline.postings.root, outline.postings.id);
        table.rowBytes = outline.positions * uint32(KernelLib.CODE_BYTES);
        for (uint256 part = 0; part * PART_POSITIONS < outline.positions; ++part) {
            _requirePart(table, record, part, parts[1 + part]);
        }
    }

    /// @dev θ of a token. Reverts where it is not shown.
    function _threshold(Outline calldata outline, uint256 token, TablePart calldata opened)
        private
        pure
        returns (uint256)
    {
        TraceLib.Table memory table =
            TraceLib.Table(outline.thresholds.root, outline.thresholds.id, 1, outline.vocabulary);
        _requirePart(table, 0, token / TraceLib.ROW_PART_BYTES, opened);
        return uint8(opened.data[token % TraceLib.ROW_PART_BYTES]);
    }

    /// @dev Whether all leaves of a run of `run.length` bytes are as long as their places make them: the first of `leaves`,
    /// which the caller has counted. The run starts with a leaf.
    function _isRunWhole(TraceLib.Tree calldata trace, Leaf[] calldata leaves, Place memory run)
        private
        pure
        returns (bool)
    {
        Place memory place = Place(run.op, run.position, run.part, 4 * AttributionPlaceLib.LEAF_ELEMENTS);
        uint256 left = run.length;
        for (uint256 i = 0; left > 0; ++i) {
            if (left < place.length) place.length = left;
            if (!_isWhole(trace, leaves[i], place)) return false;
            left -= place.length;
            ++place.part;
        }
        return true;
    }

    /// @dev Whether a leaf is as long as its place makes it. Reverts where it is not in the trace at that place.
    function _isWhole(TraceLib.Tree calldata trace, Leaf calldata leaf, Place memory place)
        private
        pure
        returns (bool)
    {
        // parts are leaves of less than 2^32 elements
        bytes32 node = TraceLib.leafHash(trace.id, place.op, place.position, uint32(place.part), leaf.data);
        if (!TraceLib.verify(trace, 0, leaf.index, node, leaf.siblings)) {
            revert AttributionVerifier_NotInTrace(place.op, place.position, place.part);
        }
        return leaf.data.length == place.length;
    }

    /// @dev Σ of the first leaves: of elements, or of integers in two digits.
    function _sumOf(Leaf[] calldata leaves, uint256 count, bool isElements) private pure returns (int256 sum) {
        for (uint256 i = 0; i < count; ++i) {
            bytes calldata data = leaves[i].data;
            int256 part = isElements ? KernelLib.sumOf(data) : KernelLib.sumOfDigits(data);
            if (part == KernelLib.BROKEN) return KernelLib.BROKEN;
            sum += part;
        }
    }

    /// @dev What the index's link of a chain adds, and the link before it. Reverts where the operation is neither's.
    function _chainOf(Outline calldata outline, uint32 op) private pure returns (uint32 sums, Link memory before) {
        if (op == outline.plain.own) return (outline.similarity, outline.plain.before);
        if (op == outline.carried.own) return (outline.continuity, outline.carried.before);
        revert AttributionVerifier_WrongOperation(op);
    }

    /// @dev Where the run begins that the claim's element adds, and its bytes.
    function _runOf(Claim calldata claim, AttributionPlaceLib.Stage memory stage, uint32 sums)
        private
        pure
        returns (Place memory run)
    {
        (uint256 part, uint256 elements) = AttributionPlaceLib.runOf(stage, claim.element);
        return Place(stage.isFirst ? sums : claim.op, claim.position, part, 4 * elements);
    }

    /// @dev Compares the claim with what its inputs make. Reverts where they agree, so that no proof ever confirms anything.
    function _faultOf(Claim calldata claim, int256 value) private pure returns (Fault) {
        if (value < type(int32).min || value > type(int32).max) return Fault.Bound;
        if (value == KernelLib.elementOf(claim.leaf.data, claim.element)) revert AttributionVerifier_NoFault();
        return Fault.Value;
    }

    /// @dev Reverts where the index cannot be, where no sequence has the token, and where another number of leaves or parts
    /// was opened than a record and a token have.
    function _requireCounts(Outline calldata outline, int64 following, uint256 inputs, uint256 parts) private pure {
        if (outline.positions > MAXIMUM_POSITIONS) revert AttributionVerifier_TooManyPositions(outline.positions);
        if (following < NO_TOKEN || following >= int64(uint64(outline.vocabulary))) {
            revert AttributionVerifier_NoSuchToken(following, outline.vocabulary);
        }
        _requireInputs(inputs, 1);
        uint256 expected = 1 + (outline.positions + PART_POSITIONS - 1) / PART_POSITIONS;
        if (following != NO_TOKEN) ++expected;
        if (parts != expected) revert AttributionVerifier_WrongPartCount(parts, expected);
    }

    function _requireInputs(uint256 found, uint256 expected) private pure {
        if (found != expected) revert AttributionVerifier_WrongInputCount(found, expected);
    }

    /// @notice Bytes of the claim's part.
    /// @dev Reverts where a row of `elements` has no such part, or the part no such element.
    function _requireElement(Claim calldata claim, uint256 elements, uint256 part) private pure returns (uint256) {
        uint256 count = AttributionPlaceLib.elementsAt(elements, part);
        if (count == 0) revert AttributionVerifier_NoSuchPart(claim.op, claim.part);
        if (claim.element >= count) revert AttributionVerifier_NoSuchElement(claim.element, count);
        return 4 * count;
    }

    function _requirePart(TraceLib.Table memory table, uint256 row, uint256 part, TablePart calldata opened)
        private
        pure
    {
        // rows of a table and parts of a row are below 2^32
        if (!TraceLib.verifyRow(table, uint32(row), uint32(part), opened.data, opened.siblings)) {
            revert AttributionVerifier_NotInTable(table.id, row, part);
        }
    }

    /// @dev Where a denominator's two digits stand.
    function _placeOf(Link memory link, uint32 position) private pure returns (Place memory) {
        return Place(link.op, position, AttributionPlaceLib.denominatorPart(link.records), 8);
    }
}
