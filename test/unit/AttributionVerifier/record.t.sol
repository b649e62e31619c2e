// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttributionVerifier} from "../../../contracts/interfaces/IAttributionVerifier.sol";
import {AttributionFixture} from "../../fixture/AttributionFixture.sol";
import {AttributionScene} from "../../fixture/AttributionScene.sol";

/// @dev An answer of 73 tokens behind 5, which 64, 8 and 1 positions add up, and what a receipt says of its records.
contract AttributionVerifierRecordTest is AttributionFixture {
    using AttributionScene for AttributionScene.Scene;

    uint32 private constant FIRST = 5;
    uint32 private constant COUNT = 73;

    IAttributionVerifier.Statement private _statement;

    function setUp() public override {
        super.setUp();
        _statement.index.baseWeightsRoot = "base";
        _statement.index.recordsRoot = "records";
        _statement.index.postingsRoot = "postings";
        for (uint256 k = 0; k < 9; ++k) {
            _statement.index.floors[k] = uint32(10 - k);
        }
        _statement.roots = [bytes32("another"), bytes32(0)];
        _statement.record = IAttributionVerifier.Record(4, 2, 1, 0);
    }

    function test_HonestIsNoFault() public {
        AttributionScene.Scene memory scene = _long();
        _listAll(scene);
        for (uint64 i = 0; i < 5; ++i) {
            _statement.record.recordIndex = i;
            _expectNoFault(scene);
        }
    }

    /// forge-config: default.fuzz.runs = 8
    function testFuzz_ShareOffByOneConvicts(uint256 record, bool isMore) public {
        AttributionScene.Scene memory scene = _long();
        _listAll(scene);
        uint256 at = bound(record, 0, 4);
        _statement.records[at].share = isMore ? _statement.records[at].share + 1 : _statement.records[at].share - 1;
        _statement.record.recordIndex = _statement.records[at].recordIndex;

        _assertFault(scene, IAttributionVerifier.RecordFault.Share);
    }

    /// forge-config: default.fuzz.runs = 8
    function testFuzz_LeftOutConvicts(uint256 record) public {
        AttributionScene.Scene memory scene = _long();
        _listAll(scene);
        uint256 at = bound(record, 0, 4);
        _statement.record.recordIndex = _statement.records[at].recordIndex;
        _statement.records[at] = _statement.records[4];
        _statement.records.pop();

        _assertFault(scene, IAttributionVerifier.RecordFault.Omitted);
    }

    /// @dev The floor for 64 to 127 tokens decides.
    function test_FloorConvicts() public {
        AttributionScene.Scene memory scene = _long();
        _listAll(scene);
        uint32 share = _statement.records[0].share;
        _statement.record.recordIndex = _statement.records[0].recordIndex;
        _statement.index.floors[5] = share + 1;
        _statement.index.floors[6] = share;
        _statement.index.floors[7] = share + 1;
        _expectNoFault(scene);

        _statement.index.floors[6] = share + 1;
        _assertFault(scene, IAttributionVerifier.RecordFault.Unworthy);
        delete _statement.records;
        _expectNoFault(scene);
        _statement.index.floors[6] = share;
        _assertFault(scene, IAttributionVerifier.RecordFault.Omitted);
    }

    /// @dev Behind 64 others a record of no greater share is left out, by its place where shares are equal.
    function test_64OthersLeaveNoRoom() public {
        AttributionScene.Scene memory scene = _long();
        _listAll(scene);
        (uint32 share, uint64 recordIndex) = (_statement.records[0].share, _statement.records[0].recordIndex);
        _statement.record.recordIndex = recordIndex;
        delete _statement.records;
        for (uint64 i = 0; i < 64; ++i) {
            _list(3, 1, i, share);
        }
        _expectNoFault(scene);

        _statement.records[63].share = share - 1;
        _assertFault(scene, IAttributionVerifier.RecordFault.Omitted);
        _statement.records[63].share = share;
        _statement.records[63].datanet = 4;
        _statement.records[63].version = 3;
        _assertFault(scene, IAttributionVerifier.RecordFault.Omitted);
        _statement.records[63].share = share + 1;
        _expectNoFault(scene);
    }

    /// @dev A record is named by its Datanet, the version and its place in that, all three.
    function test_TheSamePlaceElsewhereIsAnotherRecord() public {
        AttributionScene.Scene memory scene = _long();
        _listAll(scene);
        (uint32 share, uint64 recordIndex) = (_statement.records[0].share, _statement.records[0].recordIndex);
        _statement.record.recordIndex = recordIndex;
        delete _statement.records;
        _list(3, 2, recordIndex, share + 1);
        _list(4, 1, recordIndex, share + 1);
        _list(4, 2, recordIndex + 1, share + 1);

        _assertFault(scene, IAttributionVerifier.RecordFault.Omitted);
        _list(4, 2, recordIndex, share);
        _expectNoFault(scene);
    }

    /// @dev As the reader of a long prompt makes them: three sequences, each as long as one sum.
    function test_SeveralPasses() public {
        AttributionScene.Scene memory scene = _long();
        _listAll(scene);
        IAttributionVerifier.Pass[] memory passes = new IAttributionVerifier.Pass[](3);
        (passes[0], passes[1]) = (_pass(scene, FIRST, 64), _pass(scene, FIRST + 64, 8));
        passes[2] = _pass(scene, FIRST + 72, 1);

        _expectNoFault(scene, passes);
        _statement.records[0].share += 1;
        _statement.record.recordIndex = _statement.records[0].recordIndex;
        _commit();
        assertTrue(_verifier.proveRecord(_statement, scene.outline, passes) == IAttributionVerifier.RecordFault.Share);
    }

    function test_NothingWeighs_NobodyHasAShare() public {
        AttributionScene.Scene memory scene = _weightless();
        _expectNoFault(scene);
        _list(4, 2, 0, 1);
        _assertFault(scene, IAttributionVerifier.RecordFault.Share);
    }

    /// @dev No record is paid without a share, whatever an index's floors say.
    function test_FloorOfNothingIsOne() public {
        AttributionScene.Scene memory scene = _weightless();
        _statement.index.floors[6] = 0;
        _expectNoFault(scene);
    }

    function test_FalseLeavesConvict() public {
        AttributionScene.Scene memory scene = _long();
        _listAll(scene);
        uint32 last = FIRST + COUNT - 1;
        uint32[3] memory ops =
            [AttributionScene.CREDITED_64, AttributionScene.CREDITED_8, AttributionScene.CARRIED_CREDIT];
        uint32[3] memory places = [last, last - 64, FIRST];
        for (uint256 i = 0; i < 3; ++i) {
            int256 honest = scene.elementOf(ops[i], places[i], 0, 0);
            scene.plant(ops[i], places[i], 0, 0, -1);
            _assertFault(scene, IAttributionVerifier.RecordFault.Bound);
            scene.plant(ops[i], places[i], 0, 0, honest);
        }
        uint256 at = scene.find(AttributionScene.SURPRISES_64, last, 0);
        scene.pieces[at].data = abi.encodePacked(scene.pieces[at].data, hex"00");
        scene.seal();
        _assertFault(scene, IAttributionVerifier.RecordFault.Length);
    }

    /// @dev Each leaf has to be that of its place: one position off, or another operation's.
    function test_LeafOfAnotherPlace_Reverts() public {
        AttributionScene.Scene memory scene = _long();
        _commit();
        uint32 last = FIRST + COUNT - 1;
        IAttributionVerifier.Pass[] memory passes = _passes(scene);
        passes[0].credits[0] = scene.leaf(AttributionScene.CREDITED_64, last - 1, 0);
        _expectNotInTrace(scene, passes, AttributionScene.CREDITED_64, last, 0);
        passes = _passes(scene);
        passes[0].credits[1] = scene.leaf(AttributionScene.CARRIED_CREDIT, last - 64, 0);
        _expectNotInTrace(scene, passes, AttributionScene.CREDITED_8, last - 64, 0);
        passes = _passes(scene);
        passes[0].weights[2] = scene.leaf(AttributionScene.SURPRISE, FIRST + 1, 3);
        _expectNotInTrace(scene, passes, AttributionScene.SURPRISE, FIRST, 3);
    }

    function test_WrongCounts_Revert() public {
        AttributionScene.Scene memory scene = _long();
        _commit();
        IAttributionVerifier.Pass[] memory passes = _passes(scene);
        passes[0].count = 72;
        vm.expectRevert(abi.encodeWithSelector(IAttributionVerifier.AttributionVerifier_WrongInputCount.selector, 3, 2));
        _verifier.proveRecord(_statement, scene.outline, passes);
        passes[0].count = 0;
        vm.expectRevert(IAttributionVerifier.AttributionVerifier_NoSuchPass.selector);
        _verifier.proveRecord(_statement, scene.outline, passes);
        (passes[0].first, passes[0].count) = (type(uint32).max - 72, 73);
        vm.expectRevert(IAttributionVerifier.AttributionVerifier_NoSuchPass.selector);
        _verifier.proveRecord(_statement, scene.outline, passes);
    }

    function test_AnotherIndex_Reverts() public {
        AttributionScene.Scene memory scene = _long();
        _commit();
        bytes32 committed = _statement.roots[1];
        _statement.index.floors[3] += 1;
        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionVerifier.AttributionVerifier_IndexMismatch.selector, committed, _rootOf(_statement.index)
            )
        );
        _verifier.proveRecord(_statement, scene.outline, _passes(scene));

        _statement.index.floors[3] -= 1;
        committed = _statement.attribution.methodHash;
        _statement.roots[0] = "a third";
        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionVerifier.AttributionVerifier_IndexMismatch.selector,
                committed,
                keccak256(abi.encodePacked(keccak256("OpenLedger.AttributionMethod.v1"), _statement.roots))
            )
        );
        _verifier.proveRecord(_statement, scene.outline, _passes(scene));
    }

    function test_NoSuchRecord_Reverts() public {
        AttributionScene.Scene memory scene = _long();
        _statement.record.recordIndex = 5;
        _commit();
        vm.expectRevert(abi.encodeWithSelector(IAttributionVerifier.AttributionVerifier_NoSuchRecord.selector, 5, 5));
        _verifier.proveRecord(_statement, scene.outline, _passes(scene));
    }

    function test_WindowsOfSurprises() public view {
        AttributionScene.Scene memory scene = _long();
        for (uint32 p = 0; p < 80; p += 13) {
            scene.plant(
                AttributionScene.SURPRISES_8, p, 0, 0, scene.elementOf(AttributionScene.SURPRISES_8, p, 0, 0) + 1
            );
            assertEq(
                uint8(_prove(scene, AttributionScene.SURPRISES_8, p, 0, 0)), uint8(IAttributionVerifier.Fault.Value)
            );
            assertEq(
                uint8(_prove(scene, AttributionScene.SURPRISES_64, p, 0, 0)), uint8(IAttributionVerifier.Fault.Value)
            );
        }
    }

    function test_HonestWindowsAreNoFault() public {
        AttributionScene.Scene memory scene = _long();
        uint32[4] memory ops = [
            AttributionScene.SURPRISES_8,
            AttributionScene.SURPRISES_64,
            AttributionScene.CREDITED_8,
            AttributionScene.CREDITED_64
        ];
        for (uint256 i = 0; i < 4; ++i) {
            for (uint32 p = 0; p < 80; p += 26) {
                (bool succeeded, bytes memory answer) = address(_verifier).staticcall(_call(scene, ops[i], p, 0, 0));
                assertFalse(succeeded);
                assertEq(answer, abi.encodeWithSelector(IAttributionVerifier.AttributionVerifier_NoFault.selector));
            }
        }
    }

    function _long() private pure returns (AttributionScene.Scene memory) {
        return AttributionScene.make(
            AttributionScene.Size({records: 5, positions: 3, vocabulary: 5, tokens: 80, surprisePart: 3}), "long"
        );
    }

    /// @dev No token of the answer surprised.
    function _weightless() private pure returns (AttributionScene.Scene memory scene) {
        scene = _long();
        for (uint32 p = FIRST; p < FIRST + COUNT; ++p) {
            scene.surprises[p] = 0;
        }
        scene.used = 0;
        scene.run();
        scene.seal();
    }

    /// @dev All records with the shares that the scene's credits make, none of them equal, the greatest first.
    function _listAll(AttributionScene.Scene memory scene) private {
        uint256 weight = 0;
        uint256[5] memory credits;
        for (uint32 p = FIRST; p < FIRST + COUNT; ++p) {
            weight += scene.surprises[p];
            for (uint32 i = 0; i < 5; ++i) {
                credits[i] += uint256(scene.elementOf(AttributionScene.CARRIED_CREDIT, p, 0, i));
            }
        }
        for (uint256 k = 0; k < 5; ++k) {
            uint256 best = 0;
            for (uint256 i = 1; i < 5; ++i) {
                if (credits[i] > credits[best]) best = i;
            }
            assertGt(credits[best] / weight, 10);
            _list(4, 2, uint64(best), uint32(credits[best] / weight));
            credits[best] = 0;
        }
    }

    function _list(uint64 datanet, uint32 version, uint64 recordIndex, uint32 share) private {
        _statement.records
            .push(IAttributionVerifier.CreditedRecord(datanet, version, recordIndex, share, address(0), 0));
    }

    /// @dev Of one pass.
    function _passes(AttributionScene.Scene memory scene)
        private
        pure
        returns (IAttributionVerifier.Pass[] memory passes)
    {
        passes = new IAttributionVerifier.Pass[](1);
        passes[0] = _pass(scene, FIRST, COUNT);
    }

    function _pass(AttributionScene.Scene memory scene, uint32 first, uint32 count)
        private
        pure
        returns (IAttributionVerifier.Pass memory pass)
    {
        (pass.trace, pass.first, pass.count) = (scene.trace, first, count);
        uint256 leaves = count / 64 + count % 64 / 8 + count % 8;
        pass.credits = new IAttributionVerifier.Leaf[](leaves);
        pass.weights = new IAttributionVerifier.Leaf[](leaves);
        uint32 left = count;
        for (uint256 i = 0; i < leaves; ++i) {
            uint32 p = first + left - 1;
            if (left >= 64) {
                pass.credits[i] = scene.leaf(AttributionScene.CREDITED_64, p, 0);
                pass.weights[i] = scene.leaf(AttributionScene.SURPRISES_64, p, 0);
                left -= 64;
            } else if (left >= 8) {
                pass.credits[i] = scene.leaf(AttributionScene.CREDITED_8, p, 0);
                pass.weights[i] = scene.leaf(AttributionScene.SURPRISES_8, p, 0);
                left -= 8;
            } else {
                pass.credits[i] = scene.leaf(AttributionScene.CARRIED_CREDIT, p, 0);
                pass.weights[i] = scene.leaf(AttributionScene.SURPRISE, p, 3);
                left -= 1;
            }
        }
    }

    /// @dev Commits to the statement as it is now.
    function _commit() private {
        _statement.roots[1] = _rootOf(_statement.index);
        bytes memory listed = abi.encodePacked(keccak256("OpenLedger.AttributionRecords.v1"));
        for (uint256 i = 0; i < _statement.records.length; ++i) {
            IAttributionVerifier.CreditedRecord memory one = _statement.records[i];
            listed = abi.encodePacked(listed, one.datanet, one.version, one.recordIndex, one.share);
        }
        _statement.attribution.recordsHash = keccak256(listed);
        _statement.attribution.methodHash =
            keccak256(abi.encodePacked(keccak256("OpenLedger.AttributionMethod.v1"), _statement.roots));
        _statement.attributionHash = keccak256(
            abi.encodePacked(
                keccak256("OpenLedger.Attribution.v1"),
                keccak256(abi.encodePacked(keccak256("OpenLedger.Shares.v1"))),
                _statement.attribution.recordsHash,
                _statement.attribution.methodHash
            )
        );
    }

    function _rootOf(IAttributionVerifier.Index memory index) private pure returns (bytes32) {
        bytes memory packed = abi.encodePacked(uint32(2), uint32(128), uint32(256));
        for (uint256 k = 0; k < 9; ++k) {
            packed = abi.encodePacked(packed, index.floors[k]);
        }
        packed = abi.encodePacked(
            packed, index.baseWeightsRoot, index.attributionHash, index.recordsRoot, index.postingsRoot
        );
        return keccak256(abi.encodePacked(bytes1(0), keccak256("OpenLedger.Index.v1"), packed));
    }

    function _expectNoFault(AttributionScene.Scene memory scene) private {
        _expectNoFault(scene, _passes(scene));
    }

    function _expectNoFault(AttributionScene.Scene memory scene, IAttributionVerifier.Pass[] memory passes) private {
        _commit();
        vm.expectRevert(IAttributionVerifier.AttributionVerifier_NoFault.selector);
        _verifier.proveRecord(_statement, scene.outline, passes);
    }

    function _assertFault(AttributionScene.Scene memory scene, IAttributionVerifier.RecordFault fault) private {
        _commit();
        assertEq(uint8(_verifier.proveRecord(_statement, scene.outline, _passes(scene))), uint8(fault));
    }

    function _expectNotInTrace(
        AttributionScene.Scene memory scene,
        IAttributionVerifier.Pass[] memory passes,
        uint32 op,
        uint32 position,
        uint256 part
    ) private {
        vm.expectRevert(
            abi.encodeWithSelector(IAttributionVerifier.AttributionVerifier_NotInTrace.selector, op, position, part)
        );
        _verifier.proveRecord(_statement, scene.outline, passes);
    }
}
