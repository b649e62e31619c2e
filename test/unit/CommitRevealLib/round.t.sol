// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CommitRevealLib} from "../../../contracts/libraries/CommitRevealLib.sol";
import {CommitRevealHarness} from "./CommitRevealHarness.sol";
import {Test} from "forge-std/Test.sol";

contract CommitRevealLibRoundTest is Test {
    uint64 private constant START = 1_800_000_000;
    uint64 private constant COMMITS_UNTIL = START + 100;
    uint64 private constant REVEALS_UNTIL = START + 150;
    bytes32 private constant SCOPE = bytes32(uint256(7));
    bytes32 private constant VALUE = bytes32(uint256(2));
    bytes32 private constant SALT = keccak256("salt");

    CommitRevealHarness private rounds;
    address private alice = makeAddr("alice");
    address private mallory = makeAddr("mallory");

    function setUp() public {
        vm.warp(START);
        rounds = new CommitRevealHarness();
        rounds.open(SCOPE, 100, 50);
    }

    function test_GoesThroughItsPhases() public {
        bytes32 commitment = rounds.commitmentHash(SCOPE, alice, VALUE, SALT);
        _assertPhase(CommitRevealLib.Phase.Commit);
        rounds.commit(SCOPE, alice, commitment);
        vm.warp(COMMITS_UNTIL);
        _assertPhase(CommitRevealLib.Phase.Reveal);
        rounds.reveal(SCOPE, alice, VALUE, SALT);

        assertEq(rounds.ballotOf(SCOPE, alice).commitment, commitment, "kept as evidence");
        assertEq(rounds.ballotOf(SCOPE, alice).value, VALUE);
        (uint32 commits, uint32 reveals) = rounds.countsOf(SCOPE);
        assertEq(commits, 1);
        assertEq(reveals, 1);
        (uint64 commitsUntil, uint64 revealsUntil) = rounds.windowsOf(SCOPE);
        assertEq(commitsUntil, COMMITS_UNTIL);
        assertEq(revealsUntil, REVEALS_UNTIL);
    }

    /// @dev One second before, at and after each end.
    function test_WindowsEndToTheSecond() public {
        bytes32 commitment = rounds.commitmentHash(SCOPE, alice, VALUE, SALT);
        bytes32 other = rounds.commitmentHash(SCOPE, mallory, VALUE, SALT);
        vm.warp(COMMITS_UNTIL - 1);
        rounds.commit(SCOPE, alice, commitment);
        vm.expectRevert(_wrongPhase(CommitRevealLib.Phase.Commit, CommitRevealLib.Phase.Reveal));
        rounds.reveal(SCOPE, alice, VALUE, SALT);
        rounds.commit(SCOPE, mallory, other);

        vm.warp(COMMITS_UNTIL);
        vm.expectRevert(_wrongPhase(CommitRevealLib.Phase.Reveal, CommitRevealLib.Phase.Commit));
        rounds.commit(SCOPE, address(3), other);
        rounds.reveal(SCOPE, alice, VALUE, SALT);

        vm.warp(REVEALS_UNTIL - 1);
        _assertPhase(CommitRevealLib.Phase.Reveal);
        vm.warp(REVEALS_UNTIL);
        _assertPhase(CommitRevealLib.Phase.Over);
        vm.expectRevert(_wrongPhase(CommitRevealLib.Phase.Over, CommitRevealLib.Phase.Reveal));
        rounds.reveal(SCOPE, mallory, VALUE, SALT);
    }

    /// @dev Bug: weight copying. Another's commitment is worth nothing to who sends it, and to reveal it cannot wait.
    function test_WeightCopying_ACopiedCommitmentCannotBeRevealed() public {
        bytes32 commitment = rounds.commitmentHash(SCOPE, alice, VALUE, SALT);
        rounds.commit(SCOPE, alice, commitment);
        rounds.commit(SCOPE, mallory, commitment);
        vm.warp(COMMITS_UNTIL);
        rounds.reveal(SCOPE, alice, VALUE, SALT);

        bytes32 found = rounds.commitmentHash(SCOPE, mallory, VALUE, SALT);
        vm.expectRevert(
            abi.encodeWithSelector(CommitRevealLib.CommitRevealLib_NotCommitted.selector, mallory, found, commitment)
        );
        rounds.reveal(SCOPE, mallory, VALUE, SALT);
    }

    function test_CommitmentIsOfItsRoundContractAndChain() public {
        bytes32 commitment = rounds.commitmentHash(SCOPE, alice, VALUE, SALT);

        assertNotEq(commitment, rounds.commitmentHash(bytes32(uint256(8)), alice, VALUE, SALT));
        assertNotEq(commitment, rounds.commitmentHash(SCOPE, mallory, VALUE, SALT));
        assertNotEq(commitment, rounds.commitmentHash(SCOPE, alice, SALT, SALT));
        assertNotEq(commitment, rounds.commitmentHash(SCOPE, alice, VALUE, VALUE));
        assertNotEq(commitment, new CommitRevealHarness().commitmentHash(SCOPE, alice, VALUE, SALT));
        assertEq(
            commitment,
            keccak256(
                abi.encodePacked(
                    keccak256("OpenLedger.Commitment.v1"), block.chainid, rounds, SCOPE, alice, VALUE, SALT
                )
            )
        );
        vm.chainId(10);
        assertNotEq(commitment, rounds.commitmentHash(SCOPE, alice, VALUE, SALT));
    }

    function test_Commit_RevertGiven_OneStands() public {
        rounds.commit(SCOPE, alice, SALT);
        vm.expectRevert(abi.encodeWithSelector(CommitRevealLib.CommitRevealLib_AlreadyCommitted.selector, alice, SALT));
        rounds.commit(SCOPE, alice, VALUE);
        vm.expectRevert(CommitRevealLib.CommitRevealLib_ZeroCommitment.selector);
        rounds.commit(SCOPE, mallory, 0);
    }

    function test_Reveal_RevertGiven_RevealedOrNeverCommitted() public {
        rounds.commit(SCOPE, alice, rounds.commitmentHash(SCOPE, alice, VALUE, SALT));
        rounds.commit(SCOPE, mallory, rounds.commitmentHash(SCOPE, mallory, 0, SALT));
        vm.warp(COMMITS_UNTIL);
        rounds.reveal(SCOPE, alice, VALUE, SALT);
        vm.expectRevert(abi.encodeWithSelector(CommitRevealLib.CommitRevealLib_AlreadyRevealed.selector, alice, VALUE));
        rounds.reveal(SCOPE, alice, VALUE, SALT);
        vm.expectRevert(CommitRevealLib.CommitRevealLib_ZeroValue.selector);
        rounds.reveal(SCOPE, mallory, 0, SALT);
        bytes32 found = rounds.commitmentHash(SCOPE, address(3), VALUE, SALT);
        vm.expectRevert(
            abi.encodeWithSelector(CommitRevealLib.CommitRevealLib_NotCommitted.selector, address(3), found, 0)
        );
        rounds.reveal(SCOPE, address(3), VALUE, SALT);
    }

    function test_Open_Once() public {
        vm.expectRevert(abi.encodeWithSelector(CommitRevealLib.CommitRevealLib_AlreadyOpen.selector, COMMITS_UNTIL));
        rounds.open(SCOPE, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(CommitRevealLib.CommitRevealLib_EmptyWindow.selector, 0, 1));
        rounds.open(VALUE, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(CommitRevealLib.CommitRevealLib_EmptyWindow.selector, 1, 0));
        rounds.open(VALUE, 1, 0);
        assertEq(uint8(rounds.phaseOf(VALUE)), uint8(CommitRevealLib.Phase.None));
        vm.expectRevert(_wrongPhase(CommitRevealLib.Phase.None, CommitRevealLib.Phase.Commit));
        rounds.commit(VALUE, alice, SALT);
    }

    function test_SignedCommit_EachFieldIsBound() public view {
        bytes32 hash = rounds.commitStructHash(SCOPE, alice, VALUE, 5);
        assertEq(
            hash,
            keccak256(
                abi.encode(
                    keccak256("Commit(bytes32 scope,address participant,bytes32 commitment,uint64 deadline)"),
                    SCOPE,
                    alice,
                    VALUE,
                    5
                )
            )
        );
        assertNotEq(hash, rounds.commitStructHash(SALT, alice, VALUE, 5));
        assertNotEq(hash, rounds.commitStructHash(SCOPE, mallory, VALUE, 5));
        assertNotEq(hash, rounds.commitStructHash(SCOPE, alice, SALT, 5));
        assertNotEq(hash, rounds.commitStructHash(SCOPE, alice, VALUE, 6));
    }

    function testFuzz_OnlyWhatWasCommittedIsRevealed(bytes32 value, bytes32 salt, bytes32 other, bytes32 otherSalt)
        public
    {
        vm.assume(value != 0 && other != 0 && (value != other || salt != otherSalt));
        bytes32 commitment = rounds.commitmentHash(SCOPE, alice, value, salt);
        rounds.commit(SCOPE, alice, commitment);
        vm.warp(COMMITS_UNTIL);
        bytes32 found = rounds.commitmentHash(SCOPE, alice, other, otherSalt);
        vm.expectRevert(
            abi.encodeWithSelector(CommitRevealLib.CommitRevealLib_NotCommitted.selector, alice, found, commitment)
        );
        rounds.reveal(SCOPE, alice, other, otherSalt);

        rounds.reveal(SCOPE, alice, value, salt);

        assertEq(rounds.ballotOf(SCOPE, alice).value, value);
    }

    function _assertPhase(CommitRevealLib.Phase phase) private view {
        assertEq(uint8(rounds.phaseOf(SCOPE)), uint8(phase));
    }

    function _wrongPhase(CommitRevealLib.Phase phase, CommitRevealLib.Phase expected)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(CommitRevealLib.CommitRevealLib_WrongPhase.selector, phase, expected);
    }
}
