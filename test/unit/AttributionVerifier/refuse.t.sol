// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttributionVerifier} from "../../../contracts/interfaces/IAttributionVerifier.sol";
import {TraceLib} from "../../../contracts/libraries/TraceLib.sol";
import {AttributionFixture} from "../../fixture/AttributionFixture.sol";
import {AttributionScene} from "../../fixture/AttributionScene.sol";

/// @dev An honest trace against an accuser who brings other inputs than those that the element reads.
contract AttributionVerifierRefuseTest is AttributionFixture {
    using AttributionScene for AttributionScene.Scene;

    /// @dev An input of any operation, replaced by any other leaf of the trace.
    function testFuzz_RevertWhen_InputIsAnotherLeaf(uint256 op, uint256 which, uint256 other) public {
        AttributionScene.Scene memory scene = _small("chosen");
        IAttributionVerifier.Claim memory claim = scene.claim(_ops[bound(op, 0, _ops.length - 1)], 8, 0, 1);
        IAttributionVerifier.Leaf[] memory inputs = _inputs(scene, claim);
        which = bound(which, 0, inputs.length - 1);
        AttributionScene.Piece memory wanted = scene.pieces[inputs[which].index];
        AttributionScene.Piece memory brought =
            scene.pieces[(inputs[which].index + bound(other, 1, scene.used - 1)) % scene.used];
        inputs[which] = scene.leaf(brought.op, brought.position, brought.part);

        _expectRevert(
            _callOf(scene, claim, inputs),
            abi.encodeWithSelector(
                IAttributionVerifier.AttributionVerifier_NotInTrace.selector,
                wanted.op,
                wanted.position,
                uint256(wanted.part)
            )
        );
    }

    function test_RevertWhen_ClaimIsAnotherLeaf() public {
        AttributionScene.Scene memory scene = _small("claim");
        for (uint256 k = 0; k < _ops.length; ++k) {
            IAttributionVerifier.Claim memory claim = scene.claim(_ops[k], 8, 0, 1);
            claim.leaf = scene.leaf(_ops[k], 7, 0);

            _expectRevert(
                _callOf(scene, claim, _inputs(scene, claim)),
                abi.encodeWithSelector(
                    IAttributionVerifier.AttributionVerifier_NotInTrace.selector, _ops[k], uint32(8), uint256(0)
                )
            );
        }
    }

    function test_RevertWhen_InputsAreTooFewOrTooMany() public {
        AttributionScene.Scene memory scene = _small("count");
        for (uint256 k = 0; k < _ops.length; ++k) {
            IAttributionVerifier.Claim memory claim = scene.claim(_ops[k], 8, 0, 1);
            IAttributionVerifier.Leaf[] memory inputs = _inputs(scene, claim);
            uint256 expected = inputs.length;
            for (uint256 count = 0; count <= expected + 1; ++count) {
                if (count == expected) continue;
                IAttributionVerifier.Leaf[] memory brought = new IAttributionVerifier.Leaf[](count);
                for (uint256 i = 0; i < count; ++i) {
                    brought[i] = inputs[i < expected ? i : 0];
                }

                _expectRevert(
                    _callOf(scene, claim, brought),
                    abi.encodeWithSelector(
                        IAttributionVerifier.AttributionVerifier_WrongInputCount.selector, count, expected
                    )
                );
            }
        }
    }

    function test_RevertWhen_SiblingsAreCutOrExtended() public {
        AttributionScene.Scene memory scene = _small("siblings");
        for (uint256 k = 0; k < _ops.length; ++k) {
            IAttributionVerifier.Claim memory claim = scene.claim(_ops[k], 8, 0, 1);
            IAttributionVerifier.Leaf[] memory inputs = _inputs(scene, claim);
            IAttributionVerifier.Leaf memory last = inputs[inputs.length - 1];
            bytes32[] memory siblings = last.siblings;
            for (uint256 length = siblings.length - 1; length <= siblings.length + 1; length += 2) {
                last.siblings = new bytes32[](length);
                for (uint256 i = 0; i < length && i < siblings.length; ++i) {
                    last.siblings[i] = siblings[i];
                }

                _expectRevert(
                    _callOf(scene, claim, inputs),
                    abi.encodeWithSelector(TraceLib.TraceLib_ProofLength.selector, length, siblings.length)
                );
            }
        }
    }

    /// @dev Bytes that are not the leaf's, of whatever length, are not in the trace.
    function testFuzz_RevertWhen_BytesAreOthers(uint256 op, uint256 which, bytes calldata data) public {
        AttributionScene.Scene memory scene = _small("bytes");
        IAttributionVerifier.Claim memory claim = scene.claim(_ops[bound(op, 0, _ops.length - 1)], 8, 0, 1);
        IAttributionVerifier.Leaf[] memory inputs = _inputs(scene, claim);
        which = bound(which, 0, inputs.length);
        IAttributionVerifier.Leaf memory leaf = which == inputs.length ? claim.leaf : inputs[which];
        vm.assume(data.length > 0 && keccak256(data) != keccak256(leaf.data));
        AttributionScene.Piece memory wanted = scene.pieces[leaf.index];
        leaf.data = data;

        _expectRevert(
            _callOf(scene, claim, inputs),
            abi.encodeWithSelector(
                IAttributionVerifier.AttributionVerifier_NotInTrace.selector,
                wanted.op,
                wanted.position,
                uint256(wanted.part)
            )
        );
    }

    function test_RevertWhen_LeafIsEmptyOrHuge() public {
        AttributionScene.Scene memory scene = _small("empty");
        IAttributionVerifier.Claim memory claim = scene.claim(AttributionScene.CREDIT, 8, 0, 1);
        IAttributionVerifier.Leaf[] memory inputs = _inputs(scene, claim);
        inputs[1].data = "";
        _expectRevert(_callOf(scene, claim, inputs), abi.encodeWithSelector(TraceLib.TraceLib_LeafLength.selector, 0));
        inputs[1].data = new bytes(4097);
        _expectRevert(
            _callOf(scene, claim, inputs), abi.encodeWithSelector(TraceLib.TraceLib_LeafLength.selector, 4097)
        );
    }

    function test_RevertWhen_LeafIsOfAnotherTrace() public {
        AttributionScene.Scene memory scene = _small("one");
        AttributionScene.Scene memory other = _small("other");
        IAttributionVerifier.Claim memory claim = scene.claim(AttributionScene.CREDIT, 8, 0, 1);
        IAttributionVerifier.Leaf[] memory inputs = _inputs(scene, claim);
        inputs[0] = other.leaf(AttributionScene.SIMILARITY, 8, 0);

        _expectRevert(
            _callOf(scene, claim, inputs),
            abi.encodeWithSelector(
                IAttributionVerifier.AttributionVerifier_NotInTrace.selector,
                AttributionScene.SIMILARITY,
                uint32(8),
                uint256(0)
            )
        );
        scene.trace.id = keccak256("another program");
        inputs = _inputs(scene, claim);
        _expectRevert(
            _callOf(scene, claim, inputs),
            abi.encodeWithSelector(
                IAttributionVerifier.AttributionVerifier_NotInTrace.selector,
                AttributionScene.CREDIT,
                uint32(8),
                uint256(0)
            )
        );
    }

    /// @dev Each part of the tables, replaced by those of other records, other parts and other planes.
    function test_RevertWhen_PartIsAnother() public {
        AttributionScene.Scene memory scene = AttributionScene.make(
            AttributionScene.Size({records: 4, positions: 130, vocabulary: 3000, tokens: 2, surprisePart: 15}), "tables"
        );
        IAttributionVerifier.TablePart[] memory parts = scene.recordParts(1, scene.tokenAfter(0));
        assertEq(parts.length, 5);
        IAttributionVerifier.TablePart memory entries = parts[0];
        parts[0] = scene.tablePart(0, 2, 0);
        _expectPartRevert(scene, parts, _notInTable(scene, 0, 1, 0));
        parts[0] = entries;

        IAttributionVerifier.TablePart memory codes = parts[1];
        parts[1] = scene.tablePart(1, 2, 0);
        _expectPartRevert(scene, parts, _notInTable(scene, 1, 1, 0));
        (parts[1], parts[2]) = (parts[2], codes);
        _expectPartRevert(scene, parts, _notInTable(scene, 1, 1, 0));
        (parts[1], parts[2]) = (codes, parts[1]);
        IAttributionVerifier.TablePart memory last = parts[3];
        parts[3] = codes;
        _expectPartRevert(scene, parts, abi.encodeWithSelector(TraceLib.TraceLib_PartLength.selector, 1024, 2 * 16));
        parts[3] = last;

        IAttributionVerifier.TablePart memory thresholds = parts[4];
        parts[4] = scene.tablePart(2, 0, 1);
        _expectPartRevert(scene, parts, _notInTable(scene, 2, 0, 0));
        parts[4] = thresholds;
        parts[4].data[5] ^= 0x01;
        _expectPartRevert(scene, parts, _notInTable(scene, 2, 0, 0));
        parts[4].data[5] ^= 0x01;
        parts[0].data = bytes.concat(parts[0].data, hex"00");
        _expectPartRevert(scene, parts, abi.encodeWithSelector(TraceLib.TraceLib_PartLength.selector, 521, 520));
    }

    /// @dev Of another index of the same shape.
    function test_RevertWhen_TableIsAnother() public {
        AttributionScene.Scene memory scene = _small("index");
        AttributionScene.Scene memory other = _small("another");
        for (uint256 plane = 0; plane < 3; ++plane) {
            IAttributionVerifier.TablePart[] memory parts = scene.recordParts(1, scene.tokenAfter(0));
            parts[plane] = other.recordParts(1, scene.tokenAfter(0))[plane];

            _expectPartRevert(scene, parts, _notInTable(scene, plane, plane == 2 ? 0 : 1, 0));
        }
    }

    function test_RevertWhen_PartsAreTooFewOrTooMany() public {
        AttributionScene.Scene memory scene = _small("parts");
        for (uint256 count = 0; count < 5; ++count) {
            if (count == 3) continue;
            _expectPartRevert(
                scene,
                new IAttributionVerifier.TablePart[](count),
                abi.encodeWithSelector(IAttributionVerifier.AttributionVerifier_WrongPartCount.selector, count, 3)
            );
        }
    }

    function test_RevertWhen_NoThresholdIsWanted() public {
        AttributionScene.Scene memory scene = _small("none");
        IAttributionVerifier.Claim memory claim = scene.claim(AttributionScene.SIMILARITY, 9, 0, 1);

        _expectRevert(
            abi.encodeCall(
                IAttributionVerifier.proveSimilarity,
                (scene.trace, scene.outline, claim, -1, _inputs(scene, claim), scene.recordParts(1, 0))
            ),
            abi.encodeWithSelector(IAttributionVerifier.AttributionVerifier_WrongPartCount.selector, 3, 2)
        );
    }

    function test_RevertWhen_TokenIsNone() public {
        AttributionScene.Scene memory scene = _small("token");
        IAttributionVerifier.Claim memory claim = scene.claim(AttributionScene.SIMILARITY, 8, 0, 1);
        int64[4] memory tokens = [int64(-2), 5, type(int64).min, type(int64).max];
        for (uint256 i = 0; i < 4; ++i) {
            _expectRevert(
                abi.encodeCall(
                    IAttributionVerifier.proveSimilarity,
                    (scene.trace, scene.outline, claim, tokens[i], _inputs(scene, claim), scene.recordParts(1, 0))
                ),
                abi.encodeWithSelector(
                    IAttributionVerifier.AttributionVerifier_NoSuchToken.selector, tokens[i], uint32(5)
                )
            );
        }
    }

    function test_RevertWhen_RecordsAreTooLong() public {
        AttributionScene.Scene memory scene = _small("long");
        scene.outline.positions = 257;

        _expectPartRevert(
            scene,
            new IAttributionVerifier.TablePart[](7),
            abi.encodeWithSelector(IAttributionVerifier.AttributionVerifier_TooManyPositions.selector, uint32(257))
        );
    }

    function test_RevertWhen_OperationIsAnothers() public {
        AttributionScene.Scene memory scene = _small("op");
        for (uint256 k = 0; k < _ops.length; ++k) {
            IAttributionVerifier.Claim memory claim = scene.claim(_ops[k], 8, 0, 1);
            IAttributionVerifier.Leaf[] memory inputs = _inputs(scene, claim);
            claim.op = AttributionScene.SURPRISE;
            bytes memory call = _callOf(scene, claim, inputs);
            // what `_callOf` makes of no operation is a denominator's: ask the own function of each
            bytes4 selector = bytes4(_call(scene, _ops[k], 8, 0, 1));
            if (k != 0) {
                for (uint256 i = 0; i < 4; ++i) {
                    call[i] = selector[i];
                }
                _expectRevert(
                    call,
                    abi.encodeWithSelector(
                        IAttributionVerifier.AttributionVerifier_WrongOperation.selector, AttributionScene.SURPRISE
                    )
                );
                continue;
            }
            _expectRevert(
                abi.encodeCall(
                    IAttributionVerifier.proveSimilarity,
                    (scene.trace, scene.outline, claim, 0, inputs, scene.recordParts(1, 0))
                ),
                abi.encodeWithSelector(
                    IAttributionVerifier.AttributionVerifier_WrongOperation.selector, AttributionScene.SURPRISE
                )
            );
        }
    }

    function test_RevertWhen_PartOrElementIsNone() public {
        AttributionScene.Scene memory scene = _small("place");
        for (uint256 k = 0; k < _ops.length; ++k) {
            bool isDigit = _ops[k] == AttributionScene.OWN || _ops[k] == AttributionScene.CARRIED_OWN;
            IAttributionVerifier.Claim memory claim = scene.claim(_ops[k], 8, 0, 1);
            IAttributionVerifier.Leaf[] memory inputs = _inputs(scene, claim);
            claim.element = isDigit ? 2 : 5;
            _expectRevert(
                _callOf(scene, claim, inputs),
                abi.encodeWithSelector(
                    IAttributionVerifier.AttributionVerifier_NoSuchElement.selector, claim.element, isDigit ? 2 : 5
                )
            );
            (claim.part, claim.element) = (1, 0);
            _expectRevert(
                _callOf(scene, claim, inputs),
                abi.encodeWithSelector(IAttributionVerifier.AttributionVerifier_NoSuchPart.selector, _ops[k], uint32(1))
            );
            claim.part = type(uint32).max;
            _expectRevert(
                _callOf(scene, claim, inputs),
                abi.encodeWithSelector(
                    IAttributionVerifier.AttributionVerifier_NoSuchPart.selector, _ops[k], type(uint32).max
                )
            );
        }
    }

    /// @dev The part of a row that has two of them, and the record in it.
    function test_RevertWhen_InputIsTheOtherPart() public {
        AttributionScene.Size memory size =
            AttributionScene.Size({records: 512, positions: 1, vocabulary: 5, tokens: 2, surprisePart: 3});
        AttributionScene.Scene memory scene = AttributionScene.make(size, "other part");
        IAttributionVerifier.Claim memory claim = scene.claim(AttributionScene.CREDIT, 0, 1, 2);
        IAttributionVerifier.Leaf[] memory inputs = _inputs(scene, claim);
        inputs[0] = scene.leaf(AttributionScene.SIMILARITY, 0, 0);
        _expectRevert(
            _callOf(scene, claim, inputs),
            abi.encodeWithSelector(
                IAttributionVerifier.AttributionVerifier_NotInTrace.selector,
                AttributionScene.SIMILARITY,
                uint32(0),
                uint256(1)
            )
        );

        claim = scene.claim(AttributionScene.SIMILARITY, 0, 1, 2);
        int64 following = scene.tokenAfter(0);
        _expectRevert(
            abi.encodeCall(
                IAttributionVerifier.proveSimilarity,
                (scene.trace, scene.outline, claim, following, _inputs(scene, claim), scene.recordParts(2, following))
            ),
            _notInTable(scene, 0, 258, 0)
        );
    }

    function _callOf(
        AttributionScene.Scene memory scene,
        IAttributionVerifier.Claim memory claim,
        IAttributionVerifier.Leaf[] memory inputs
    ) private pure returns (bytes memory) {
        if (claim.op == AttributionScene.SIMILARITY) {
            int64 following = scene.tokenAfter(claim.position);
            return abi.encodeCall(
                IAttributionVerifier.proveSimilarity,
                (scene.trace, scene.outline, claim, following, inputs, scene.recordParts(1, following))
            );
        }
        if (claim.op == AttributionScene.CONTINUITY) {
            return abi.encodeCall(IAttributionVerifier.proveContinuity, (scene.trace, scene.outline, claim, inputs));
        }
        if (claim.op == AttributionScene.CREDIT || claim.op == AttributionScene.CARRIED_CREDIT) {
            return abi.encodeCall(IAttributionVerifier.proveCredit, (scene.trace, scene.outline, claim, inputs));
        }
        if (claim.op >= AttributionScene.SURPRISES_8) {
            return abi.encodeCall(IAttributionVerifier.proveWindow, (scene.trace, scene.outline, claim, inputs));
        }
        return abi.encodeCall(IAttributionVerifier.proveDenominator, (scene.trace, scene.outline, claim, inputs));
    }

    function _notInTable(AttributionScene.Scene memory scene, uint256 plane, uint256 row, uint256 part)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(
            IAttributionVerifier.AttributionVerifier_NotInTable.selector, scene.planes[plane].id, row, part
        );
    }

    /// @dev Record 1 at position 0.
    function _expectPartRevert(
        AttributionScene.Scene memory scene,
        IAttributionVerifier.TablePart[] memory parts,
        bytes memory reason
    ) private {
        IAttributionVerifier.Claim memory claim = scene.claim(AttributionScene.SIMILARITY, 0, 0, 1);
        _expectRevert(
            abi.encodeCall(
                IAttributionVerifier.proveSimilarity,
                (scene.trace, scene.outline, claim, scene.tokenAfter(0), _inputs(scene, claim), parts)
            ),
            reason
        );
    }

    function _expectRevert(bytes memory call, bytes memory reason) private {
        (bool succeeded, bytes memory answer) = address(_verifier).staticcall(call);
        assertFalse(succeeded);
        assertEq(answer, reason);
    }
}
