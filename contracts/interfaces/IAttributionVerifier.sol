// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {TraceLib} from "../libraries/TraceLib.sol";
import {IAttributionOracle} from "./IAttributionOracle.sol";

/// @title IAttributionVerifier
/// @notice Recomputes one element of a trace's rows that attribution pays by, in one call. Immutable, holds nothing, trusts
/// nobody.
/// @dev Each proof opens the leaf in question and all that its element is made of, and says what is wrong with it; where
/// nothing is, it reverts with `AttributionVerifier_NoFault`: no outcome ever confirms a trace. Engine's `verifyLeafElement`
/// gives the same verdicts.
///
/// INPUTS. Which leaves and which parts of tables are read follows from the operation, the position and the element alone;
/// the caller brings their bytes and siblings in that order. A leaf's hash binds its operation, position and part, and an
/// honest trace has each of them once: where in the tree it stands is the caller's to say and nothing to choose by.
///
/// HONEST. What no proof touches: a trace whose rows are those of the program over the tokens.
///
/// NOT DONE. A leaf that stands for another operation, position or part than its place in the tree makes it, or that holds
/// more than 4,096 bytes, cannot be opened here: whoever finds one convicts the trace by its place, not by its value.
///
/// Warning: who calls has to bind `trace` to what was signed, `outline` to the document that the program's id is the hash of,
/// and `following` to the sequence's tokens. With another outline or another token an honest trace is false.
interface IAttributionVerifier {
    /// @notice What is wrong.
    /// @dev Value: its inputs make another number of the element. Length: a leaf, the one in question or one that it reads, is
    /// not as long as its place makes it. Bound: inputs break a bound that holds for every honest execution, or make a
    /// number that no i32 holds.
    enum Fault {
        Value,
        Length,
        Bound
    }

    /// @notice What is wrong with shares.
    /// @dev NotWhole: the list may earn nothing, or there is one of a model without Datanets. Order: records are more than 64, or
    /// not in descending share, then ascending place. Record: a record's share is nothing, or not ⌊credit / Σ w⌋. Contributor:
    /// an account other than the pool has not what its records have, or has none.
    enum ShareFault {
        NotWhole,
        Order,
        Record,
        Contributor
    }

    /// @notice What is wrong with what a receipt says of one record.
    /// @dev Length, Bound: as `Fault`, of a leaf that was opened. Share: it is listed, and its share is not ⌊credit / Σ w⌋.
    /// Unworthy: it is listed, and its share is below the index's floor. Omitted: it is not listed, and its share is not below the
    /// floor, and above the last of 64 that are, or fewer are.
    enum RecordFault {
        Length,
        Bound,
        Share,
        Unworthy,
        Omitted
    }

    /// @notice A record that a receipt names, and what is known of it.
    /// @param datanet Number of its Datanet. @param version Of that. @param recordIndex In that version.
    /// @param share What the receipt says, of 65,536.
    /// @param contributor Whose it is.
    /// @param credit Σ of its credits over the answer's tokens.
    struct CreditedRecord {
        uint64 datanet;
        uint32 version;
        uint64 recordIndex;
        uint32 share;
        address contributor;
        uint256 credit;
    }

    /// @notice A plane of a table, as the program's document states it.
    /// @param id Of its name: `keccak256("OpenLedger.Table.v1:" ‖ name)`.
    /// @param root Over its rows.
    struct Plane {
        bytes32 id;
        bytes32 root;
    }

    /// @notice A denominator of a chain over all indexes.
    /// @param op The operation's number; `type(uint32).max` for none.
    /// @param records Of the index that it adds.
    struct Link {
        uint32 op;
        uint32 records;
    }

    /// @notice What makes credits of an index's sums.
    /// @param own Number of the operation that adds the index's sums to the chain.
    /// @param before The link before it; none for the first index, which starts with 2^16.
    /// @param last The chain's last link, which credits are divided by.
    /// @param credit Number of the operation that credits the index's records.
    struct Weighing {
        uint32 own;
        Link before;
        Link last;
        uint32 credit;
    }

    /// @notice What adds up an operation's rows, of this position and of earlier ones. Operations by their numbers.
    /// @param eight Over the last 8 positions. @param sixtyFour Over the last 64: of every eighth of the former.
    struct Windows {
        uint32 eight;
        uint32 sixtyFour;
    }

    /// @notice What the document of a program says of one of its indexes. Operations by their numbers.
    /// @param codes Of the base's head. @param surprise Of the base's head. @param similarity The index's sums n.
    /// @param continuity The index's sums m, made of n and of the credits that `plain` makes of n.
    /// @param plain What makes credits of n.
    /// @param carried What makes credits of m. A program without it has `type(uint32).max` for its operations.
    /// @param surprises What adds up surprises. @param credited What adds up credits of m.
    /// @param records Of the index. @param positions Of a record, at most 256. @param vocabulary Of the program, above 0.
    /// @param entries Of the index: `records` rows of `positions` i32.
    /// @param postings Of the index, the plane of its codes: `records` rows of `positions` · 16 bytes.
    /// @param thresholds Of the index: one row of `vocabulary` bytes.
    struct Outline {
        uint32 codes;
        uint32 surprise;
        uint32 similarity;
        uint32 continuity;
        Weighing plain;
        Weighing carried;
        Windows surprises;
        Windows credited;
        uint32 records;
        uint32 positions;
        uint32 vocabulary;
        Plane entries;
        Plane postings;
        Plane thresholds;
    }

    /// @notice A leaf of the trace.
    /// @param index Where it stands among all leaves, from 0.
    /// @param data Its bytes.
    /// @param siblings As `TraceLib` takes them.
    struct Leaf {
        uint64 index;
        bytes data;
        bytes32[] siblings;
    }

    /// @notice Tokens of an answer that follow each other in one sequence.
    /// @param trace Root over the trace's leaves, the program's id, and the number of leaves.
    /// @param first Position whose following token is the first of them. @param count Of these tokens, at least 1.
    /// @param credits Leaves of the record's credits and their sums, from the last position back: over 64 positions while 64 are
    /// left, over 8 while 8 are, else of one. @param weights Those of surprises at the same positions.
    struct Pass {
        TraceLib.Tree trace;
        uint32 first;
        uint32 count;
        Leaf[] credits;
        Leaf[] weights;
    }

    /// @notice What the root of an index is over.
    /// @param floors Least shares that are paid, for answers of at least 2^0, 2^1, … 2^8 tokens.
    /// @param baseWeightsRoot Of the base. @param attributionHash SHA-256 of the base's attribution file.
    /// @param recordsRoot Over its records. @param postingsRoot Over its postings.
    struct Index {
        uint32[9] floors;
        bytes32 baseWeightsRoot;
        bytes32 attributionHash;
        bytes32 recordsRoot;
        bytes32 postingsRoot;
    }

    /// @notice A record of a model, named by a receipt or not.
    /// @param datanet Number of its Datanet. @param version Of that.
    /// @param place Of that version among the model's, from 0.
    /// @param recordIndex In that version.
    struct Record {
        uint64 datanet;
        uint32 version;
        uint256 place;
        uint64 recordIndex;
    }

    /// @notice What a receipt commits to, opened, and a record that it may speak falsely of.
    /// @param attributionHash The receipt's. @param attribution What it commits to.
    /// @param records Those that its `recordsHash` is of, in its order; contributors and credits are not read.
    /// @param roots Of all the model's indexes, in its order. @param index What the root at the record's place is over.
    /// @param record The one in question.
    struct Statement {
        bytes32 attributionHash;
        IAttributionOracle.Attribution attribution;
        CreditedRecord[] records;
        bytes32[] roots;
        Index index;
        Record record;
    }

    /// @notice A part of a row of a plane.
    /// @param data Its bytes.
    /// @param siblings As `TraceLib` takes them.
    struct TablePart {
        bytes data;
        bytes32[] siblings;
    }

    /// @notice The element in question.
    /// @param op The operation's number. @param position In the sequence. @param part Of the operation's rows there.
    /// @param element Counted from the leaf's first.
    /// @param leaf What the trace has.
    struct Claim {
        uint32 op;
        uint32 position;
        uint32 part;
        uint32 element;
        Leaf leaf;
    }

    /// @notice What was shown is no fault.
    error AttributionVerifier_NoFault();

    /// @notice The proof is not about this operation.
    /// @param op The claim's.
    error AttributionVerifier_WrongOperation(uint32 op);

    /// @notice The operation has no such part at any position.
    /// @param op The operation's number.
    /// @param part What was asked for, from 0.
    error AttributionVerifier_NoSuchPart(uint32 op, uint32 part);

    /// @notice The leaf has no such element.
    /// @param element What was asked for, from 0.
    /// @param count Elements of the leaf, by its place.
    error AttributionVerifier_NoSuchElement(uint32 element, uint256 count);

    /// @notice The element reads another number of leaves.
    /// @param found How many were opened.
    /// @param expected How many it reads.
    error AttributionVerifier_WrongInputCount(uint256 found, uint256 expected);

    /// @notice The element reads another number of parts of tables.
    /// @param found How many were opened.
    /// @param expected How many it reads.
    error AttributionVerifier_WrongPartCount(uint256 found, uint256 expected);

    /// @notice The leaf is not under the trace's root as this part of this row.
    /// @param op The operation's number.
    /// @param position In the sequence.
    /// @param part Of the operation's rows there.
    error AttributionVerifier_NotInTrace(uint32 op, uint32 position, uint256 part);

    /// @notice The bytes are not under the plane's root as this part of this row.
    /// @param plane The plane's id.
    /// @param row From 0.
    /// @param part Of that row.
    error AttributionVerifier_NotInTable(bytes32 plane, uint256 row, uint256 part);

    /// @notice No index has records of so many positions.
    /// @param positions Of a record.
    error AttributionVerifier_TooManyPositions(uint32 positions);

    /// @notice No sequence of the program has this token.
    /// @param token What was said to follow.
    /// @param vocabulary Of the program.
    error AttributionVerifier_NoSuchToken(int64 token, uint32 vocabulary);

    /// @notice The attribution is not what the receipt commits to.
    /// @param committed The receipt's `attributionHash`.
    /// @param revealed Hash of what was brought.
    error AttributionVerifier_AttributionMismatch(bytes32 committed, bytes32 revealed);

    /// @notice The records are not those that the attribution commits to.
    /// @param committed Its `recordsHash`.
    /// @param revealed Hash of what was brought.
    error AttributionVerifier_RecordsMismatch(bytes32 committed, bytes32 revealed);

    /// @notice The index is not the one that the attribution was made with.
    /// @param committed Root at that place, or the attribution's method.
    /// @param revealed Root or method of what was brought.
    error AttributionVerifier_IndexMismatch(bytes32 committed, bytes32 revealed);

    /// @notice The index has no such record.
    /// @param recordIndex What was named, from 0.
    /// @param records Of the index.
    error AttributionVerifier_NoSuchRecord(uint64 recordIndex, uint32 records);

    /// @notice A pass has a token, and its last position is below 2^32.
    error AttributionVerifier_NoSuchPass();

    /// @notice Shows that a record's sum of similarities is false.
    /// @param trace Root over the trace's leaves, the program's id, and the number of leaves.
    /// @param outline Of the program and the index.
    /// @param claim An element of the row of `similarity`, a record.
    /// @param following The token after the position; −1 where the sequence has ended.
    /// @param inputs The code of the position.
    /// @param parts The record's entries, its postings' codes, and, where a token follows, the thresholds that hold its own.
    /// @return What is wrong.
    function proveSimilarity(
        TraceLib.Tree calldata trace,
        Outline calldata outline,
        Claim calldata claim,
        int64 following,
        Leaf[] calldata inputs,
        TablePart[] calldata parts
    ) external pure returns (Fault);

    /// @notice Shows that a digit of a denominator, or of a sum on the way to one, is false.
    /// @param trace Root over the trace's leaves, the program's id, and the number of leaves.
    /// @param outline Of the program and the index.
    /// @param claim An element of either chain's link of the index.
    /// @param inputs Leaves of the run of sums that it adds, in order; then, for the row itself, the link before, if any.
    /// @return What is wrong.
    function proveDenominator(
        TraceLib.Tree calldata trace,
        Outline calldata outline,
        Claim calldata claim,
        Leaf[] calldata inputs
    ) external pure returns (Fault);

    /// @notice Shows that a sum of surprises or of credits over 8 or 64 positions is false.
    /// @param trace Root over the trace's leaves, the program's id, and the number of leaves.
    /// @param outline Of the program and the index.
    /// @param claim An element of the row of `surprises` or `credited`.
    /// @param inputs Leaves of what it adds, from the earliest position on.
    /// @return What is wrong.
    function proveWindow(
        TraceLib.Tree calldata trace,
        Outline calldata outline,
        Claim calldata claim,
        Leaf[] calldata inputs
    ) external pure returns (Fault);

    /// @notice Shows that a record's credit for a token is false.
    /// @param trace Root over the trace's leaves, the program's id, and the number of leaves.
    /// @param outline Of the program and the index.
    /// @param claim An element of the row of either weighing's credits, a record.
    /// @param inputs The leaf of the record's sum, the surprise and the last link of the weighing's chain.
    /// @return What is wrong.
    function proveCredit(
        TraceLib.Tree calldata trace,
        Outline calldata outline,
        Claim calldata claim,
        Leaf[] calldata inputs
    ) external pure returns (Fault);

    /// @notice Shows that a record's sum is false with what it was credited for the seven tokens before.
    /// @param trace Root over the trace's leaves, the program's id, and the number of leaves.
    /// @param outline Of the program and the index.
    /// @param claim An element of the row of `continuity`, a record.
    /// @param inputs The leaf of the record's own sum, and those of its plain credits at up to seven positions before, from the
    /// earliest on.
    /// @return What is wrong.
    function proveContinuity(
        TraceLib.Tree calldata trace,
        Outline calldata outline,
        Claim calldata claim,
        Leaf[] calldata inputs
    ) external pure returns (Fault);

    /// @notice Shows that a receipt's shares are not what credits make: of a record ⌊credit / Σ w⌋, of an account the sum over
    /// its records, of the pool all that is left of 65,536.
    /// @dev Which records are left out, below an index's floor or behind 64 others, is not said.
    /// Warning: who calls has to bind credits and Σ w to the rows of a trace, contributors to the registry, and the pool to the
    /// model.
    /// @param attributionHash The receipt's.
    /// @param attribution What it commits to.
    /// @param records Those that its `recordsHash` is of, in its order.
    /// @param weight Σ w, of the answer's tokens.
    /// @param pool Of the model's first Datanet; zero for a model without any.
    /// @return What is wrong.
    function proveShares(
        bytes32 attributionHash,
        IAttributionOracle.Attribution calldata attribution,
        CreditedRecord[] calldata records,
        uint256 weight,
        address pool
    ) external pure returns (ShareFault);

    /// @notice Shows that a receipt says something false of a record, by sums of its credits: names it with another share, or
    /// below the floor, or does not name it.
    /// @dev Warning: who calls has to bind each pass's trace to what the runner signed, its positions to the receipt's numbers of
    /// tokens (engine's `answerWindows`), `outline` to the program's document, its index to the one of the record's place, and
    /// Datanet and version to the model's at that place.
    /// @param statement What the receipt commits to, and the record in question.
    /// @param outline Of the program and the index.
    /// @param passes Over all of the answer's tokens.
    /// @return What is wrong.
    function proveRecord(Statement calldata statement, Outline calldata outline, Pass[] calldata passes)
        external
        pure
        returns (RecordFault);
}
