// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDatanetValidators} from "../../../contracts/interfaces/IDatanetValidators.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {ValidatorFixture} from "../../fixture/ValidatorFixture.sol";

contract DatanetValidatorsEquivocationTest is ValidatorFixture {
    uint64 private round;
    bytes32 private one;
    bytes32 private other;

    function setUp() public override {
        super.setUp();
        round = _openRound();
        one = _commitment(round, who[0], _scores(9000, 100));
        other = _commitment(round, who[0], _scores(100, 9000));
    }

    /// @dev A tenth of 10e18, a fifth of that to the prover.
    function test_TwoSignedCommitmentsAreSlashed() public {
        vm.expectEmit(address(validators));
        emit IDatanetValidators.Equivocated(round, who[0], stranger, 1e18, 2e17);
        _prove(0, _statement(round, 0, one), _statement(round, 0, other));

        (
            address operator,
            Role role,
            uint96 amount,
            address bountyTo,
            uint16 bountyBps,
            address refundTo,
            uint96 refundAmount
        ) = stakes.lastSlash();
        assertEq(operator, who[0]);
        assertEq(uint8(role), uint8(Role.Validator));
        assertEq(amount, 1e18);
        assertEq(bountyTo, stranger);
        assertEq(bountyBps, 2000);
        assertEq(refundTo, address(0));
        assertEq(refundAmount, 0);
        assertEq(stakes.lastSlasher(), address(validators));
        assertTrue(validators.hasEquivocated(round, who[0]));
        assertFalse(validators.hasEquivocated(round, who[1]));
    }

    /// @dev What the round holds was said by the validator too, signed or sent by itself.
    function test_OneSignedAgainstTheOneSent() public {
        vm.prank(who[0]);
        validators.commit(round, one);

        _prove(0, IDatanetValidators.Statement(one, 0, ""), _statement(round, 0, other));

        assertTrue(validators.hasEquivocated(round, who[0]));
    }

    function test_RevertWhen_ItIsOneCommitment() public {
        vm.expectRevert(abi.encodeWithSelector(IDatanetValidators.DatanetValidators_SameCommitment.selector, one));
        _prove(0, _statement(round, 0, one), _statement(round, 0, one));
    }

    function test_RevertWhen_ItDidNotSayOne() public {
        bytes memory notStated =
            abi.encodeWithSelector(IDatanetValidators.DatanetValidators_NotStated.selector, who[0], other);
        // signed by another
        vm.expectRevert(notStated);
        _prove(0, _statement(round, 0, one), _statement(round, 1, other));
        // for another round
        vm.expectRevert(notStated);
        _prove(0, _statement(round, 0, one), _statement(round + 1, 0, other));
        // neither signed nor sent
        vm.expectRevert(notStated);
        _prove(0, _statement(round, 0, one), IDatanetValidators.Statement(other, START, ""));
        // with another deadline than was signed
        IDatanetValidators.Statement memory changed = _statement(round, 0, other);
        changed.deadline += 1;
        vm.expectRevert(notStated);
        _prove(0, _statement(round, 0, one), changed);
    }

    /// @dev Who never committed has not said "nothing".
    function test_RevertWhen_TheOtherIsNothing() public {
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetValidators.DatanetValidators_NotStated.selector, who[0], bytes32(0))
        );
        _prove(0, _statement(round, 0, one), IDatanetValidators.Statement(0, 0, ""));
    }

    /// @dev Bug: one dispute id for a repeatable offence. Once per validator and round, again in the next round.
    function test_OneIdForARepeatableOffence_EachRoundIsItsOwn() public {
        _prove(0, _statement(round, 0, one), _statement(round, 0, other));
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetValidators.DatanetValidators_Equivocated.selector, round, who[0])
        );
        _prove(0, _statement(round, 0, one), _statement(round, 0, other));
        uint64 next = _openRound(_list(_contribute(alice, 9)));

        _prove(next, 0, _statement(next, 0, one), _statement(next, 0, other));

        assertEq(stakes.stakeOf(who[0]), 10e18 - 1e18 - 9e17);
    }

    /// @dev Its vote does not count any more, and what it would have earned stays with the Datanet.
    function test_LosesItsVoteAndItsReward() public {
        _commit(round, 0, _scores(9000, 100));
        _commit(round, 1, _scores(9000, 100));
        _commit(round, 2, _scores(9000, 100));
        _commit(round, 3, _scores(9000, 100));
        _prove(0, _statement(round, 0, one), _statement(round, 0, other));
        vm.warp(COMMITS_UNTIL);
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetValidators.DatanetValidators_Equivocated.selector, round, who[0])
        );
        _reveal(round, 0, _scores(9000, 100));
        for (uint256 i = 1; i < 4; ++i) {
            _reveal(round, i, _scores(9000, 100));
        }
        vm.warp(REVEALS_UNTIL);
        validators.closeRound(round, _list(first, second));
        // found late: after it revealed
        bytes32 third = keccak256("third");
        _prove(3, _statement(round, 3, third), _statement(round, 3, other));
        uint96 reserve = validators.reserveOf(datanet);

        uint96 amount = _collect(round, 3, _scores(9000, 100));

        assertEq(amount, 2 * validators.roundOf(round).perPoint);
        assertEq(validators.reserveOf(datanet), reserve + amount);
        assertEq(open.balanceOf(who[3]), 0);
        assertEq(stakes.feesOf(who[3]), 0);
        assertEq(open.balanceOf(address(validators)), 802);
    }

    /// @dev Nothing to take does not hinder the proof.
    function test_ProvenGivenNothingIsStaked() public {
        stakes.setStake(who[0], 0);
        vm.expectEmit(address(validators));
        emit IDatanetValidators.Equivocated(round, who[0], stranger, 0, 0);
        _prove(0, _statement(round, 0, one), _statement(round, 0, other));
    }

    /// @dev Of whatever can be slashed a tenth, rounded down; of that a fifth is the prover's, and nobody is refunded.
    function testFuzz_ProveEquivocation_TakesATenth(uint256 amount) public {
        uint96 stake = uint96(bound(amount, 0, amount % 2 == 0 ? 99 : 1e25));
        stakes.setStake(who[0], stake);

        vm.expectEmit(address(validators));
        emit IDatanetValidators.Equivocated(round, who[0], stranger, stake / 10, stake / 10 / 5);
        _prove(0, _statement(round, 0, one), _statement(round, 0, other));

        (,, uint96 asked, address bountyTo, uint16 bountyBps, address refundTo, uint96 refundAmount) =
            stakes.lastSlash();
        assertEq(asked, stake / 10);
        assertEq(bountyTo, stranger);
        assertEq(bountyBps, 2000);
        assertEq(refundTo, address(0));
        assertEq(refundAmount, 0);
        assertEq(stakes.stakeOf(who[0]), stake - stake / 10);
        assertEq(stakes.stakeOf(who[1]), 10e18);
    }

    function _prove(uint256 i, IDatanetValidators.Statement memory a, IDatanetValidators.Statement memory b) private {
        _prove(round, i, a, b);
    }

    function _prove(uint64 in_, uint256 i, IDatanetValidators.Statement memory a, IDatanetValidators.Statement memory b)
        private
    {
        vm.prank(stranger);
        validators.proveEquivocation(in_, who[i], a, b);
    }
}
