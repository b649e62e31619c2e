// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetValidators} from "../../../contracts/interfaces/IDatanetValidators.sol";
import {ValidatorFixture} from "../../fixture/ValidatorFixture.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract DatanetValidatorsRewardTest is ValidatorFixture {
    uint64 private round;

    function setUp() public override {
        super.setUp();
        round = _openRound();
    }

    /// @dev A point is worth 200: the first two were with the majority twice, the third never.
    function test_PaysByPointsIntoTheStakePool() public {
        _decided();
        vm.expectEmit(address(validators));
        emit IDatanetValidators.RewardCollected(round, datanet, who[0], address(stakes), 400);
        vm.prank(stranger);
        assertEq(_collect(round, 0, _scores(9000, 100)), 400);
        assertEq(_collect(round, 1, _scores(6000, 5999)), 400);

        assertEq(stakes.feesOf(who[0]), 400);
        assertEq(stakes.feesOf(who[1]), 400);
        assertEq(open.balanceOf(address(stakes)), 800);
        assertEq(open.balanceOf(address(validators)), validators.reserveOf(datanet));
        assertEq(open.allowance(address(validators), address(stakes)), 0);
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetValidators.DatanetValidators_NothingToCollect.selector, round, who[2])
        );
        _collect(round, 2, _scores(0, 10_000));
    }

    /// @dev Bug: rewards that depend on the number of calls.
    function test_RewardsByNumberOfCalls_RevertGiven_Collected() public {
        _decided();
        _collect(round, 0, _scores(9000, 100));
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetValidators.DatanetValidators_AlreadyCollected.selector, round, who[0])
        );
        _collect(round, 0, _scores(9000, 100));
    }

    function test_RevertWhen_TheScoresAreOthers() public {
        _decided();
        bytes memory other =
            abi.encodeWithSelector(IDatanetValidators.DatanetValidators_OtherScores.selector, round, who[2]);
        vm.expectRevert(other);
        _collect(round, 2, _scores(9000, 100));
        other = abi.encodeWithSelector(IDatanetValidators.DatanetValidators_OtherScores.selector, round, who[3]);
        vm.expectRevert(other);
        _collect(round, 3, _scores(9000, 100));
    }

    /// @dev Who commits and is silent loses its reward; those who spoke share all of it.
    function test_SilentOnesEarnNothing() public {
        _commit(round, 3, _scores(9000, 100));
        _decided();

        vm.expectRevert(
            abi.encodeWithSelector(IDatanetValidators.DatanetValidators_OtherScores.selector, round, who[3])
        );
        _collect(round, 3, _scores(9000, 100));
        assertEq(validators.roundOf(round).perPoint, 200);
    }

    function test_PaysTheValidatorItselfGivenItsPoolIsEmpty() public {
        _decided();
        stakes.setStake(who[0], 0);
        vm.expectEmit(address(validators));
        emit IDatanetValidators.RewardCollected(round, datanet, who[0], who[0], 400);
        _collect(round, 0, _scores(9000, 100));

        assertEq(open.balanceOf(who[0]), 400);
    }

    function test_RevertGiven_TheRoundIsOpen() public {
        _commit(round, 0, _scores(9000, 100));
        vm.warp(COMMITS_UNTIL);
        _reveal(round, 0, _scores(9000, 100));
        vm.expectRevert(
            abi.encodeWithSelector(
                IDatanetValidators.DatanetValidators_WrongState.selector, round, IDatanetValidators.RoundState.Open
            )
        );
        _collect(round, 0, _scores(9000, 100));
    }

    /// @dev Whatever three vote: what they collect, the reserve and the other parts are all of the fees.
    function testFuzz_AllOfThePotIsPaid(uint16[6] memory scores, uint8 revealing) public {
        for (uint256 i; i < 6; ++i) {
            scores[i] = uint16(bound(scores[i], 0, 10_000));
        }
        for (uint256 i; i < 3; ++i) {
            _commit(round, i, _scores(scores[2 * i], scores[2 * i + 1]));
        }
        _commit(round, 3, _scores(1, 9999));
        vm.warp(COMMITS_UNTIL);
        for (uint256 i; i < 3; ++i) {
            _reveal(round, i, _scores(scores[2 * i], scores[2 * i + 1]));
        }
        if (revealing % 2 == 1) _reveal(round, 3, _scores(1, 9999));
        vm.warp(REVEALS_UNTIL);
        validators.closeRound(round, _list(first, second));

        uint256 paid;
        for (uint256 i; i < 3; ++i) {
            paid += _tryCollect(i, _scores(scores[2 * i], scores[2 * i + 1]));
        }
        if (revealing % 2 == 1) paid += _tryCollect(3, _scores(1, 9999));

        assertEq(paid + validators.reserveOf(datanet), 802);
        assertEq(open.balanceOf(address(validators)), validators.reserveOf(datanet));
        assertLt(validators.reserveOf(datanet), 8, "less than the points");
        assertEq(open.balanceOf(address(contributions)), 0);
    }

    function test_AddReserve_PullsFromTheCaller() public {
        vm.expectEmit(address(validators));
        emit IDatanetValidators.ReserveAdded(datanet, alice, 12, 12);
        vm.prank(alice);
        validators.addReserve(datanet, 12);
        assertEq(open.balanceOf(address(validators)), 12);
        vm.expectRevert(abi.encodeWithSignature("ERC721NonexistentToken(uint256)", 9));
        vm.prank(alice);
        validators.addReserve(9, 12);
    }

    /// @dev What the caller pays is that Datanet's, up to all that the caller has, and no other's.
    function testFuzz_AddReserve_DatanetGetsWhatIsPaid(uint256[2] memory amounts) public {
        uint256 held = open.balanceOf(alice);
        uint256 paid;
        for (uint256 i; i < amounts.length; ++i) {
            uint96 amount = uint96(bound(amounts[i], 0, held - paid + 1));
            if (amount > held - paid) {
                vm.expectRevert(
                    abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, held - paid, amount)
                );
            } else {
                paid += amount;
            }
            vm.prank(alice);
            validators.addReserve(datanet, amount);
        }

        assertEq(validators.reserveOf(datanet), paid);
        assertEq(validators.reserveOf(1), 0);
        assertEq(open.balanceOf(address(validators)), paid);
        assertEq(open.balanceOf(alice), held - paid);
    }

    function _tryCollect(uint256 i, uint16[] memory scores) private returns (uint256) {
        try validators.collectReward(round, who[i], scores) returns (uint96 amount) {
            return amount;
        } catch {
            return 0;
        }
    }

    function _decided() private {
        _voteOfThree(round);
        IContributionRegistry.Contribution[] memory list = _list(first, second);
        validators.closeRound(round, list);
    }
}
