// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttributionVerifier} from "../../../contracts/interfaces/IAttributionVerifier.sol";
import {AttributionFixture} from "../../fixture/AttributionFixture.sol";
import {AttributionScene} from "../../fixture/AttributionScene.sol";

/// @dev Honest elements never convict, and what is planted always does.
contract AttributionVerifierProveTest is AttributionFixture {
    using AttributionScene for AttributionScene.Scene;

    /// forge-config: default.fuzz.runs = 24
    function testFuzz_HonestNeverConvicts(bytes32 seed, uint256 op, uint256 p, uint256 element) public {
        AttributionScene.Scene memory scene = _small(seed);
        uint32 chosen = _ops[bound(op, 0, _ops.length - 1)];

        _expectNoFault(scene, chosen, uint32(bound(p, 0, 9)), 0, _elementOf(chosen, element, 5));
    }

    /// forge-config: default.fuzz.runs = 24
    function testFuzz_WrongByOneConvicts(bytes32 seed, uint256 op, uint256 p, uint256 element, bool isMore) public {
        AttributionScene.Scene memory scene = _small(seed);
        uint32 chosen = _ops[bound(op, 0, _ops.length - 1)];
        uint32 position = uint32(bound(p, 0, 9));
        uint32 place = _elementOf(chosen, element, 5);

        scene.plant(chosen, position, 0, place, scene.elementOf(chosen, position, 0, place) + (isMore ? int256(1) : -1));

        _assertFault(scene, chosen, position, 0, place, IAttributionVerifier.Fault.Value);
    }

    /// forge-config: default.fuzz.runs = 24
    function testFuzz_AnyOtherNumberConvicts(bytes32 seed, uint256 op, uint256 p, uint256 element, int32 value) public {
        AttributionScene.Scene memory scene = _small(seed);
        uint32 chosen = _ops[bound(op, 0, _ops.length - 1)];
        uint32 position = uint32(bound(p, 0, 9));
        uint32 place = _elementOf(chosen, element, 5);
        vm.assume(scene.elementOf(chosen, position, 0, place) != value);

        scene.plant(chosen, position, 0, place, value);

        _assertFault(scene, chosen, position, 0, place, IAttributionVerifier.Fault.Value);
    }

    /// @dev A scene that shows nothing proves nothing.
    function test_ScenesAreAlive() public pure {
        AttributionScene.Scene memory scene = _small("alive");
        uint256 similar;
        uint256 carried;
        for (uint32 p = 0; p < 9; ++p) {
            for (uint32 i = 0; i < 5; ++i) {
                int256 sum = scene.elementOf(AttributionScene.SIMILARITY, p, 0, i);
                if (sum > 0) ++similar;
                if (scene.elementOf(AttributionScene.CONTINUITY, p, 0, i) > sum) ++carried;
            }
        }
        assertGt(similar, 15);
        assertGt(carried, 5);
    }

    /// @dev The element beside the one in question may be as false as it likes.
    function test_NeighboursDoNotConvict() public {
        AttributionScene.Scene memory scene = _small("neighbours");
        scene.plant(AttributionScene.SIMILARITY, 3, 0, 1, 77);

        _expectNoFault(scene, AttributionScene.SIMILARITY, 3, 0, 0);
        _expectNoFault(scene, AttributionScene.SIMILARITY, 3, 0, 2);
    }

    function test_NothingFollows_AllIsZero() public {
        AttributionScene.Scene memory scene = _small("end");
        _expectNoFault(scene, AttributionScene.SIMILARITY, 9, 0, 4);
        scene.plant(AttributionScene.SIMILARITY, 9, 0, 4, 1);

        _assertFault(scene, AttributionScene.SIMILARITY, 9, 0, 4, IAttributionVerifier.Fault.Value);
    }

    function test_TokenThatNoRecordHas_IsZero() public {
        AttributionScene.Scene memory scene = _small("absent");
        scene.tokens[4] = 4;
        scene.plant(AttributionScene.SIMILARITY, 3, 0, 2, 0);
        _expectNoFault(scene, AttributionScene.SIMILARITY, 3, 0, 2);

        scene.plant(AttributionScene.SIMILARITY, 3, 0, 2, 1);
        _assertFault(scene, AttributionScene.SIMILARITY, 3, 0, 2, IAttributionVerifier.Fault.Value);
    }

    function test_ThresholdOf128_NothingPasses() public {
        AttributionScene.Scene memory scene = _equal({positions: 3, threshold: 128});
        assertEq(scene.elementOf(AttributionScene.SIMILARITY, 0, 0, 0), 0);
        _expectNoFault(scene, AttributionScene.SIMILARITY, 0, 0, 0);

        scene.plant(AttributionScene.SIMILARITY, 0, 0, 0, 1);
        _assertFault(scene, AttributionScene.SIMILARITY, 0, 0, 0, IAttributionVerifier.Fault.Value);
    }

    function test_256Positions_AllEqual() public {
        AttributionScene.Scene memory scene = _equal({positions: 256, threshold: 127});
        assertEq(scene.elementOf(AttributionScene.SIMILARITY, 0, 0, 1), 256 * 65_024);
        for (uint256 i = 0; i < _ops.length; ++i) {
            _expectNoFault(scene, _ops[i], 2, 0, 1);
        }

        scene.plant(AttributionScene.SIMILARITY, 0, 0, 1, 256 * 65_024 - 1);
        _assertFault(scene, AttributionScene.SIMILARITY, 0, 0, 1, IAttributionVerifier.Fault.Value);
    }

    /// forge-config: default.fuzz.runs = 24
    function testFuzz_PositionsInSeveralParts(bytes32 seed, uint256 size, uint256 record) public {
        uint32 positions = uint32(bound(size, 60, 256));
        AttributionScene.Scene memory scene = AttributionScene.make(
            AttributionScene.Size({records: 2, positions: positions, vocabulary: 3000, tokens: 2, surprisePart: 15}),
            seed
        );
        uint32 place = uint32(record % 2);
        _expectNoFault(scene, AttributionScene.SIMILARITY, 0, 0, place);
        _expectNoFault(scene, AttributionScene.CREDIT, 0, 0, place);

        scene.plant(
            AttributionScene.SIMILARITY, 0, 0, place, scene.elementOf(AttributionScene.SIMILARITY, 0, 0, place) + 1
        );
        _assertFault(scene, AttributionScene.SIMILARITY, 0, 0, place, IAttributionVerifier.Fault.Value);
    }

    function test_TokenBehindTheFirstPartOfThresholds() public {
        AttributionScene.Size memory size =
            AttributionScene.Size({records: 2, positions: 2, vocabulary: 3000, tokens: 2, surprisePart: 15});
        AttributionScene.Scene memory scene = AttributionScene.make(size, "far");
        scene.tokens[1] = 2999;
        for (uint256 s = 0; s < 4; ++s) {
            (scene.entries[s], scene.postings[s]) = (2999 * 128 + 100, scene.codes[0]);
        }
        scene.thresholds[2999] = bytes1(uint8(128));
        _reseal(scene);
        _expectNoFault(scene, AttributionScene.SIMILARITY, 0, 0, 1);
        assertEq(scene.elementOf(AttributionScene.SIMILARITY, 0, 0, 1), 0);

        scene.thresholds[2999] = bytes1(uint8(127));
        _reseal(scene);
        _expectNoFault(scene, AttributionScene.SIMILARITY, 0, 0, 1);
        assertEq(scene.elementOf(AttributionScene.SIMILARITY, 0, 0, 1), 2 * ((256 * 256 * 100) / 128));
    }

    function test_300Records_InTwoParts() public {
        AttributionScene.Scene memory scene = AttributionScene.make(
            AttributionScene.Size({records: 300, positions: 2, vocabulary: 5, tokens: 3, surprisePart: 3}), "parts"
        );
        uint32[5] memory rows = [
            AttributionScene.SIMILARITY,
            AttributionScene.CREDIT,
            AttributionScene.CONTINUITY,
            AttributionScene.CARRIED_CREDIT,
            AttributionScene.CREDITED_8
        ];
        for (uint256 i = 0; i < rows.length; ++i) {
            _expectNoFault(scene, rows[i], 1, 0, 255);
            _expectNoFault(scene, rows[i], 1, 1, 0);
            _expectNoFault(scene, rows[i], 1, 1, 43);
        }
        _expectNoFault(scene, AttributionScene.OWN, 1, 0, 0);
        _expectNoFault(scene, AttributionScene.CARRIED_OWN, 1, 0, 1);

        scene.plant(AttributionScene.SIMILARITY, 0, 1, 43, scene.elementOf(AttributionScene.SIMILARITY, 0, 1, 43) + 1);
        _assertFault(scene, AttributionScene.SIMILARITY, 0, 1, 43, IAttributionVerifier.Fault.Value);
        _assertFault(scene, AttributionScene.OWN, 0, 0, 1, IAttributionVerifier.Fault.Value);
    }

    function test_1600Records_SumsBeforeTheRow() public {
        AttributionScene.Scene memory scene = AttributionScene.make(
            AttributionScene.Size({records: 1600, positions: 1, vocabulary: 5, tokens: 2, surprisePart: 3}), "stages"
        );
        for (uint32 digit = 0; digit < 4; ++digit) {
            _expectNoFault(scene, AttributionScene.OWN, 0, 0, digit);
            _expectNoFault(scene, AttributionScene.CARRIED_OWN, 0, 0, digit);
            _expectNoFault(scene, AttributionScene.OWN, 0, 1, digit % 2);
        }
        // the last record of all is in the second sum
        scene.plant(AttributionScene.SIMILARITY, 0, 6, 63, scene.elementOf(AttributionScene.SIMILARITY, 0, 6, 63) + 1);
        _expectNoFault(scene, AttributionScene.OWN, 0, 0, 1);
        _assertFault(scene, AttributionScene.OWN, 0, 0, 3, IAttributionVerifier.Fault.Value);
        _expectNoFault(scene, AttributionScene.OWN, 0, 1, 1);

        scene.plant(AttributionScene.OWN, 0, 0, 3, scene.elementOf(AttributionScene.OWN, 0, 0, 3) - 1);
        _assertFault(scene, AttributionScene.OWN, 0, 1, 1, IAttributionVerifier.Fault.Value);
    }

    /// @dev The first index of a chain starts with 2^16.
    function test_FirstOfAChain() public {
        AttributionScene.Scene memory scene = _small("first");
        scene.outline.plain.before.op = type(uint32).max;
        int256 sum = 65_536;
        for (uint32 i = 0; i < 5; ++i) {
            sum += scene.elementOf(AttributionScene.SIMILARITY, 0, 0, i);
        }
        scene.plant(AttributionScene.OWN, 0, 0, 0, sum >> 24);
        scene.plant(AttributionScene.OWN, 0, 0, 1, sum & 0xffffff);
        IAttributionVerifier.Leaf[] memory inputs = new IAttributionVerifier.Leaf[](1);
        inputs[0] = scene.leaf(AttributionScene.SIMILARITY, 0, 0);
        IAttributionVerifier.Claim memory claim = scene.claim(AttributionScene.OWN, 0, 0, 1);

        vm.expectRevert(IAttributionVerifier.AttributionVerifier_NoFault.selector);
        _verifier.proveDenominator(scene.trace, scene.outline, claim, inputs);
        scene.plant(AttributionScene.OWN, 0, 0, 1, (sum & 0xffffff) + 1);
        (claim, inputs[0]) = (scene.claim(AttributionScene.OWN, 0, 0, 1), scene.leaf(AttributionScene.SIMILARITY, 0, 0));
        assertTrue(
            _verifier.proveDenominator(scene.trace, scene.outline, claim, inputs) == IAttributionVerifier.Fault.Value
        );
    }

    function test_BrokenBoundsConvict() public view {
        AttributionScene.Scene memory scene = _small("bounds");
        IAttributionVerifier.Fault bound = IAttributionVerifier.Fault.Bound;

        scene.plant(AttributionScene.SIMILARITY, 2, 0, 1, -1);
        _assertFault(scene, AttributionScene.CREDIT, 2, 0, 1, bound);
        _assertFault(scene, AttributionScene.CONTINUITY, 2, 0, 1, bound);
        scene.plant(AttributionScene.SIMILARITY, 2, 0, 0, type(int32).min);
        _assertFault(scene, AttributionScene.OWN, 2, 0, 0, bound);
        scene.plant(AttributionScene.CREDIT, 1, 0, 3, -5);
        _assertFault(scene, AttributionScene.CONTINUITY, 3, 0, 3, bound);
        scene.plant(AttributionScene.CARRIED_CREDIT, 5, 0, 2, -1);
        _assertFault(scene, AttributionScene.CREDITED_8, 5, 0, 2, bound);
        scene.plant(AttributionScene.CREDITED_8, 0, 0, 2, -1);
        _assertFault(scene, AttributionScene.CREDITED_64, 8, 0, 2, bound);
        scene.plant(AttributionScene.LAST, 3, 0, 1, 1 << 24);
        _assertFault(scene, AttributionScene.CREDIT, 3, 0, 0, bound);
        scene.plant(AttributionScene.BEFORE, 3, 1, 0, -1);
        _assertFault(scene, AttributionScene.OWN, 3, 0, 0, bound);
        scene.plant(AttributionScene.LAST, 4, 0, 0, 0);
        scene.plant(AttributionScene.LAST, 4, 0, 1, 0);
        _assertFault(scene, AttributionScene.CREDIT, 4, 0, 0, bound);
        // 127 · 2^24 · 2^16 by 1 is no i32, whatever is left of it in 32 bits
        scene.plant(AttributionScene.LAST, 4, 0, 1, 1);
        scene.plant(AttributionScene.SIMILARITY, 4, 0, 0, 1 << 16);
        scene.pieces[scene.find(AttributionScene.SURPRISE, 4, 3)].data[0] = bytes1(uint8(127));
        scene.plant(AttributionScene.CREDIT, 4, 0, 0, 0);
        _assertFault(scene, AttributionScene.CREDIT, 4, 0, 0, bound);
    }

    function test_NegativeEntryConvicts() public view {
        AttributionScene.Scene memory scene = _small("entry");
        AttributionScene.put(scene.planes[0].data[1], 2, -1);
        scene.planes[0].leaves[1] = keccak256(
            abi.encodePacked(bytes1(0x03), scene.planes[0].id, uint32(1), uint32(0), scene.planes[0].data[1])
        );
        scene.outline.entries = scene.committed(0);

        _assertFault(scene, AttributionScene.SIMILARITY, 0, 0, 1, IAttributionVerifier.Fault.Bound);
    }

    /// @dev Whatever leaf of those that an element reads is too short or too long, by a byte or by an element.
    function testFuzz_LengthConvicts(uint256 op, uint256 which, uint256 cut) public view {
        AttributionScene.Scene memory scene = _small("length");
        uint32 chosen = _ops[bound(op, 0, _ops.length - 1)];
        IAttributionVerifier.Leaf[] memory inputs = _inputs(scene, scene.claim(chosen, 8, 0, 1));
        which = bound(which, 0, inputs.length);
        uint256 i = which == inputs.length ? scene.find(chosen, 8, 0) : inputs[which].index;
        bytes memory data = scene.pieces[i].data;
        uint256[6] memory lengths = [uint256(1), data.length - 1, data.length + 1, data.length + 4, 1024, 4096];
        uint256 length = lengths[bound(cut, 0, 5)];
        if (length == data.length || length == 0) length = 2;
        bytes memory other = new bytes(length);
        for (uint256 k = 0; k < length && k < data.length; ++k) {
            other[k] = data[k];
        }
        scene.pieces[i].data = other;
        scene.seal();

        _assertFault(scene, chosen, 8, 0, 1, IAttributionVerifier.Fault.Length);
    }

    /// @dev Three records, every position's token, surprise and code the same.
    function _equal(uint32 positions, uint8 threshold) private pure returns (AttributionScene.Scene memory scene) {
        scene = AttributionScene.make(
            AttributionScene.Size({records: 2, positions: positions, vocabulary: 5, tokens: 4, surprisePart: 3}),
            "equal"
        );
        for (uint256 p = 0; p < 4; ++p) {
            (scene.tokens[p], scene.codes[p], scene.surprises[p]) = (2, bytes16("code"), p == 3 ? 0 : 127);
        }
        for (uint256 s = 0; s < scene.entries.length; ++s) {
            (scene.entries[s], scene.postings[s]) = (2 * 128 + 127, bytes16("code"));
        }
        scene.thresholds[2] = bytes1(threshold);
        _reseal(scene);
    }

    function _reseal(AttributionScene.Scene memory scene) private pure {
        scene.used = 0;
        scene.commitIndex();
        scene.outlined();
        scene.run();
        scene.seal();
    }

    function _elementOf(uint32 op, uint256 element, uint256 records) private pure returns (uint32) {
        bool isDigit = op == AttributionScene.OWN || op == AttributionScene.CARRIED_OWN;
        return uint32(bound(element, 0, isDigit ? 1 : records - 1));
    }

    function _expectNoFault(AttributionScene.Scene memory scene, uint32 op, uint32 p, uint32 part, uint32 element)
        private
    {
        (bool succeeded, bytes memory answer) = address(_verifier).staticcall(_call(scene, op, p, part, element));
        assertFalse(succeeded);
        assertEq(answer, abi.encodeWithSelector(IAttributionVerifier.AttributionVerifier_NoFault.selector));
    }

    function _assertFault(
        AttributionScene.Scene memory scene,
        uint32 op,
        uint32 p,
        uint32 part,
        uint32 element,
        IAttributionVerifier.Fault fault
    ) private view {
        assertEq(uint8(_prove(scene, op, p, part, element)), uint8(fault));
    }
}
