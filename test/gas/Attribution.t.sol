// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../contracts/interfaces/IAttributionOracle.sol";
import {IAttributionVerifier} from "../../contracts/interfaces/IAttributionVerifier.sol";
import {TraceLib} from "../../contracts/libraries/TraceLib.sol";
import {AttributionVerifier} from "../../contracts/verification/AttributionVerifier.sol";
import {Rfc6962} from "../fixture/Rfc6962.sol";
import {GasSnapshots} from "./GasSnapshots.sol";

/// @notice What the proofs of attribution cost at most: a trace of 2^26 leaves, an index of 2^19 records of 256 positions, all
/// of which are of the token, full leaves. Of the trees only what is opened exists; all other nodes are made up.
/// forge-config: default.isolate = true
contract AttributionGasTest is GasSnapshots {
    uint256 private constant TRACE_DEPTH = 26;
    uint32 private constant RECORDS = 1 << 19;
    uint32 private constant POSITIONS = 256;
    bytes32 private constant PROGRAM = keccak256("program");
    uint32 private constant POSITION = 1000;

    AttributionVerifier private _verifier;
    IAttributionVerifier.Outline private _outline;
    uint256[] private _indices;
    bytes32[] private _leaves;

    function setUp() public {
        _verifier = new AttributionVerifier();
        _outline.codes = 10;
        _outline.surprise = 11;
        _outline.similarity = 20;
        _outline.continuity = 21;
        _outline.plain =
            IAttributionVerifier.Weighing(31, IAttributionVerifier.Link(30, 10), IAttributionVerifier.Link(32, 10), 33);
        _outline.carried =
            IAttributionVerifier.Weighing(41, IAttributionVerifier.Link(40, 10), IAttributionVerifier.Link(42, 10), 43);
        _outline.surprises = IAttributionVerifier.Windows(50, 51);
        _outline.credited = IAttributionVerifier.Windows(52, 53);
        (_outline.records, _outline.positions, _outline.vocabulary) = (RECORDS, POSITIONS, 128_000);
        _outline.entries.id = keccak256("entries");
        _outline.postings.id = keccak256("codes");
        _outline.thresholds.id = keccak256("thresholds");
    }

    function test_ProveSimilarity() public {
        uint256 record = 300_000;
        IAttributionVerifier.TablePart[] memory parts = _openRecord(record);
        IAttributionVerifier.Claim memory claim = _claim(20, POSITION, uint32(record / 256), uint32(record % 256));
        IAttributionVerifier.Leaf[] memory inputs = new IAttributionVerifier.Leaf[](1);
        inputs[0] = _leaf(10, POSITION, 0, _bytes("code", 16));
        TraceLib.Tree memory trace = _commit(claim, inputs);

        _send(
            "prove_attribution_similarity",
            abi.encodeCall(_verifier.proveSimilarity, (trace, _outline, claim, 1023, inputs, parts))
        );
    }

    function test_ProveDenominator() public {
        IAttributionVerifier.Claim memory claim = _claim(31, POSITION, 0, 41);
        IAttributionVerifier.Leaf[] memory inputs = new IAttributionVerifier.Leaf[](6);
        for (uint32 i = 0; i < 6; ++i) {
            inputs[i] = _leaf(20, POSITION, 120 + i, _elements("sums", 1024));
        }
        TraceLib.Tree memory trace = _commit(claim, inputs);
        _send("prove_attribution_sum", abi.encodeCall(_verifier.proveDenominator, (trace, _outline, claim, inputs)));

        // 342 sums in two digits, and the link before
        inputs = new IAttributionVerifier.Leaf[](4);
        for (uint32 i = 0; i < 3; ++i) {
            inputs[i] = _leaf(31, POSITION, i, _elements("sums", i == 2 ? 688 : 1024));
        }
        inputs[3] = _leaf(30, POSITION, 0, _elements("before", 8));
        claim = IAttributionVerifier.Claim(31, POSITION, 3, 1, _leaf(31, POSITION, 3, _elements("claim", 8)));
        trace = _commit(claim, inputs);
        _send(
            "prove_attribution_denominator",
            abi.encodeCall(_verifier.proveDenominator, (trace, _outline, claim, inputs))
        );
    }

    function test_ProveCredit() public {
        IAttributionVerifier.Claim memory claim = _claim(33, POSITION, 1000, 7);
        IAttributionVerifier.Leaf[] memory inputs = new IAttributionVerifier.Leaf[](3);
        inputs[0] = _leaf(20, POSITION, 1000, _elements("sums", 1024));
        // 84 runs of 1,536 tokens: one leaf of greatest, one of all, 500 of weights, one of sums before it
        inputs[1] = _leaf(11, POSITION, 503, hex"7f");
        inputs[2] = _leaf(32, POSITION, 0, hex"0100000000000000");
        TraceLib.Tree memory trace = _commit(claim, inputs);
        _send("prove_attribution_credit", abi.encodeCall(_verifier.proveCredit, (trace, _outline, claim, inputs)));
    }

    function test_ProveContinuity() public {
        IAttributionVerifier.Claim memory claim = _claim(21, POSITION, 1000, 7);
        IAttributionVerifier.Leaf[] memory inputs = new IAttributionVerifier.Leaf[](8);
        inputs[0] = _leaf(20, POSITION, 1000, _elements("sums", 1024));
        for (uint32 i = 0; i < 7; ++i) {
            inputs[1 + i] = _leaf(33, POSITION - 7 + i, 1000, _elements("credits", 1024));
        }
        TraceLib.Tree memory trace = _commit(claim, inputs);
        _send(
            "prove_attribution_continuity", abi.encodeCall(_verifier.proveContinuity, (trace, _outline, claim, inputs))
        );
    }

    function test_ProveWindow() public {
        IAttributionVerifier.Claim memory claim = _claim(53, POSITION, 1000, 7);
        IAttributionVerifier.Leaf[] memory inputs = new IAttributionVerifier.Leaf[](8);
        for (uint32 i = 0; i < 8; ++i) {
            inputs[i] = _leaf(52, POSITION - 56 + 8 * i, 1000, _elements("credits", 1024));
        }
        TraceLib.Tree memory trace = _commit(claim, inputs);
        _send("prove_attribution_window", abi.encodeCall(_verifier.proveWindow, (trace, _outline, claim, inputs)));
    }

    /// @dev A record beside 64 others, of an answer of 64 tokens, and of one of 255: as many leaves as any of up to 256 reads.
    function test_ProveRecord() public {
        IAttributionVerifier.Statement memory statement;
        statement.record = IAttributionVerifier.Record(12, 3, 0, 256_007);
        statement.records = new IAttributionVerifier.CreditedRecord[](64);
        bytes memory listed = abi.encodePacked(keccak256("OpenLedger.AttributionRecords.v1"));
        for (uint64 i = 0; i < 64; ++i) {
            statement.records[i] = IAttributionVerifier.CreditedRecord(12, 3, 1000 * i, 1000, address(0), 0);
            listed = abi.encodePacked(listed, uint64(12), uint32(3), 1000 * i, uint32(1000));
        }
        bytes memory index = abi.encodePacked(bytes1(0), keccak256("OpenLedger.Index.v1"), uint32(2), uint32(128));
        index = abi.encodePacked(index, uint32(256), new bytes(9 * 4 + 4 * 32));
        statement.roots = new bytes32[](1);
        statement.roots[0] = keccak256(index);
        statement.attribution.recordsHash = keccak256(listed);
        statement.attribution.methodHash =
            keccak256(abi.encodePacked(keccak256("OpenLedger.AttributionMethod.v1"), statement.roots[0]));
        statement.attributionHash = keccak256(
            abi.encodePacked(
                keccak256("OpenLedger.Attribution.v1"),
                keccak256(abi.encodePacked(keccak256("OpenLedger.Shares.v1"))),
                statement.attribution.recordsHash,
                statement.attribution.methodHash
            )
        );

        IAttributionVerifier.Pass[] memory passes = new IAttributionVerifier.Pass[](1);
        passes[0] = _pass(64);
        _send("prove_attribution_record", abi.encodeCall(_verifier.proveRecord, (statement, _outline, passes)));
        passes[0] = _pass(255);
        _send("prove_attribution_record_255", abi.encodeCall(_verifier.proveRecord, (statement, _outline, passes)));
    }

    /// @dev 64 records of as many contributors, the last of which has one part too much.
    function test_ProveShares() public {
        IAttributionVerifier.CreditedRecord[] memory records = new IAttributionVerifier.CreditedRecord[](64);
        IAttributionOracle.Attribution memory attribution;
        attribution.shares = new IAttributionOracle.Share[](65);
        attribution.shares[0] = IAttributionOracle.Share(address(7), 65_536 - 64 * 1000 - 1);
        bytes memory listed = abi.encodePacked(keccak256("OpenLedger.AttributionRecords.v1"));
        bytes memory packed = abi.encodePacked(
            keccak256("OpenLedger.Shares.v1"), attribution.shares[0].account, attribution.shares[0].share
        );
        for (uint64 i = 0; i < 64; ++i) {
            address contributor = address(uint160(uint256(keccak256("contributor")) >> 104) + i);
            records[i] = IAttributionVerifier.CreditedRecord(12, 3, 1000 * i, 1000, contributor, 1000 * 654_321 + i);
            attribution.shares[1 + i] = IAttributionOracle.Share(contributor, i == 63 ? 1001 : 1000);
            listed = abi.encodePacked(listed, uint64(12), uint32(3), 1000 * i, uint32(1000));
            packed = abi.encodePacked(packed, contributor, attribution.shares[1 + i].share);
        }
        attribution.recordsHash = keccak256(listed);
        bytes32 committed = keccak256(
            abi.encodePacked(
                keccak256("OpenLedger.Attribution.v1"), keccak256(packed), attribution.recordsHash, bytes32(0)
            )
        );

        _send(
            "prove_attribution_shares",
            abi.encodeCall(_verifier.proveShares, (committed, attribution, records, 654_321, address(7)))
        );
    }

    /// @dev A record, and the first of 125 parts of the thresholds, 0 all of them.
    function _openRecord(uint256 record) private returns (IAttributionVerifier.TablePart[] memory parts) {
        parts = new IAttributionVerifier.TablePart[](6);
        for (uint256 i = 0; i < POSITIONS; ++i) {
            parts[0].data = bytes.concat(parts[0].data, hex"ffff0100");
        }
        _forget();
        _row(_outline.entries.id, record, 0, record, parts[0].data);
        parts[0].siblings = _pathOf(record, 19);
        _outline.entries.root = _rootOf(_outline.entries.id, 19, RECORDS);

        bytes memory codes = _bytes("codes", 4096);
        _forget();
        for (uint32 i = 0; i < 4; ++i) {
            parts[1 + i].data = _slice(codes, 1024 * i);
            _row(_outline.postings.id, record, i, record * 4 + i, parts[1 + i].data);
        }
        for (uint256 i = 0; i < 4; ++i) {
            parts[1 + i].siblings = _pathOf(record * 4 + i, 21);
        }
        _outline.postings.root = _rootOf(_outline.postings.id, 21, 4 * RECORDS);

        bytes32[] memory leaves = new bytes32[](125);
        for (uint32 i = 0; i < 125; ++i) {
            leaves[i] = keccak256(abi.encodePacked(bytes1(0x03), _outline.thresholds.id, uint32(0), i, new bytes(1024)));
        }
        (parts[5].data, parts[5].siblings) = (new bytes(1024), Rfc6962.pathOf(0, leaves));
        _outline.thresholds.root = Rfc6962.rootOf(_outline.thresholds.id, leaves);
    }

    /// @dev Of as many tokens, their credits 64 times their weights or more.
    function _pass(uint32 count) private returns (IAttributionVerifier.Pass memory pass) {
        uint32 leaves = count / 64 + count % 64 / 8 + count % 8;
        (pass.first, pass.count) = (POSITION, count);
        pass.credits = new IAttributionVerifier.Leaf[](leaves);
        pass.weights = new IAttributionVerifier.Leaf[](leaves);
        uint32 left = count;
        _forget();
        for (uint32 i = 0; i < leaves; ++i) {
            uint32 p = POSITION + left - 1;
            uint32 step = left >= 64 ? 64 : left >= 8 ? 8 : 1;
            uint32 credits = step == 64 ? 53 : step == 8 ? 52 : 43;
            pass.credits[i] = _leaf(credits, p, 1000, _elements("credits", 1024));
            pass.weights[i] = step == 1 ? _leaf(11, p, 503, hex"7f") : _leaf(step == 8 ? 50 : 51, p, 0, hex"7f000000");
            _know(pass.credits[i].index, pass.credits[i].siblings[0]);
            _know(pass.weights[i].index, pass.weights[i].siblings[0]);
            left -= step;
        }
        for (uint32 i = 0; i < leaves; ++i) {
            pass.credits[i].siblings = _pathOf(pass.credits[i].index, TRACE_DEPTH);
            pass.weights[i].siblings = _pathOf(pass.weights[i].index, TRACE_DEPTH);
        }
        pass.trace = TraceLib.Tree(_rootOf(PROGRAM, TRACE_DEPTH, 1 << TRACE_DEPTH), PROGRAM, uint64(1 << TRACE_DEPTH));
    }

    /// @dev As a transaction. What its calldata costs at least where EIP-7623 holds, 10 a zero byte and 40 any other, is logged.
    function _send(string memory action, bytes memory call) private {
        (bool succeeded,) = address(_verifier).call(call);
        assertTrue(succeeded);
        _record(action);

        uint256 floor = 21_000;
        for (uint256 i = 0; i < call.length; ++i) {
            floor += call[i] == 0 ? 10 : 40;
        }
        emit log_named_uint(action, floor);
    }

    function _claim(uint32 op, uint32 position, uint32 part, uint32 element)
        private
        pure
        returns (IAttributionVerifier.Claim memory)
    {
        return IAttributionVerifier.Claim(
            op, position, part, element, _leaf(op, position, part, _elements("claim", 1024))
        );
    }

    /// @dev Somewhere in the trace: its hash says where it belongs, and its index is spread from that.
    function _leaf(uint32 op, uint32 position, uint32 part, bytes memory data)
        private
        pure
        returns (IAttributionVerifier.Leaf memory leaf)
    {
        leaf.data = data;
        leaf.siblings = new bytes32[](1);
        leaf.siblings[0] = keccak256(abi.encodePacked(bytes1(0), PROGRAM, op, position, part, data));
        leaf.index = uint64(uint256(keccak256(abi.encode(op, position, part))) % (1 << TRACE_DEPTH));
    }

    /// @dev Commits to the opened leaves, whose hashes wait where their siblings belong.
    function _commit(IAttributionVerifier.Claim memory claim, IAttributionVerifier.Leaf[] memory inputs)
        private
        returns (TraceLib.Tree memory)
    {
        _forget();
        _know(claim.leaf.index, claim.leaf.siblings[0]);
        for (uint256 i = 0; i < inputs.length; ++i) {
            _know(inputs[i].index, inputs[i].siblings[0]);
        }
        claim.leaf.siblings = _pathOf(claim.leaf.index, TRACE_DEPTH);
        for (uint256 i = 0; i < inputs.length; ++i) {
            inputs[i].siblings = _pathOf(inputs[i].index, TRACE_DEPTH);
        }
        return TraceLib.Tree(_rootOf(PROGRAM, TRACE_DEPTH, 1 << TRACE_DEPTH), PROGRAM, uint64(1 << TRACE_DEPTH));
    }

    function _forget() private {
        delete _indices;
        delete _leaves;
    }

    function _know(uint256 index, bytes32 leaf) private {
        _indices.push(index);
        _leaves.push(leaf);
    }

    function _row(bytes32 table, uint256 row, uint32 part, uint256 index, bytes memory data) private {
        _know(index, keccak256(abi.encodePacked(bytes1(0x03), table, uint32(row), part, data)));
    }

    function _rootOf(bytes32 id, uint256 depth, uint256 count) private view returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x02), id, uint64(count), _node(depth, 0)));
    }

    function _pathOf(uint256 index, uint256 depth) private view returns (bytes32[] memory path) {
        path = new bytes32[](depth);
        for (uint256 level = 0; level < depth; ++level) {
            path[level] = _node(level, (index >> level) ^ 1);
        }
    }

    function _node(uint256 level, uint256 index) private view returns (bytes32) {
        for (uint256 i = 0; i < _indices.length; ++i) {
            if (_indices[i] >> level != index) continue;
            if (level == 0) return _leaves[i];
            return
                keccak256(abi.encodePacked(bytes1(0x01), _node(level - 1, 2 * index), _node(level - 1, 2 * index + 1)));
        }
        return keccak256(abi.encode("made up", level, index));
    }

    /// @dev Elements below 2^24.
    function _elements(string memory seed, uint256 length) private pure returns (bytes memory data) {
        data = _bytes(seed, length);
        for (uint256 i = 3; i < length; i += 4) {
            data[i] = 0;
        }
    }

    function _bytes(string memory seed, uint256 length) private pure returns (bytes memory data) {
        data = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            data[i] = bytes1(uint8(uint256(keccak256(abi.encode(seed, i))) | 1));
        }
    }

    function _slice(bytes memory data, uint256 from) private pure returns (bytes memory slice) {
        slice = new bytes(1024);
        for (uint256 i = 0; i < 1024; ++i) {
            slice[i] = data[from + i];
        }
    }
}
