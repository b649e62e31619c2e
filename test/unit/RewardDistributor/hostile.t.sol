// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IRewardDistributor} from "../../../contracts/interfaces/IRewardDistributor.sol";
import {TokenLib} from "../../../contracts/libraries/TokenLib.sol";
import {FalseToken, FeeToken, ReentrantToken} from "../../fixture/HostileStreamTokens.sol";
import {StreamFixture} from "../../fixture/StreamFixture.sol";
import {Tree} from "../../fixture/Tree.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @notice Tokens that OPEN is not: none of them lets a stream promise more than it holds, or pay twice.
contract RewardDistributorHostileTest is StreamFixture {
    function test_RevertWhen_ATokenKeepsAFee() public {
        _deploy(new FeeToken());

        vm.expectRevert(abi.encodeWithSelector(TokenLib.TokenLib_NotReceived.selector, 100, 99));
        distributor.fund(stream, 100);
        assertEq(distributor.streamOf(stream).funded, 0);
        // below a hundred there is no fee
        distributor.fund(stream, 99);
        assertEq(distributor.streamOf(stream).funded, 99);
    }

    function test_RevertWhen_ATokenAnswersFalse() public {
        FalseToken no = new FalseToken();
        _deploy(no);
        distributor.fund(stream, 100);
        bytes32 root = _build(_amounts(3, 10));
        _makeFinal(root);
        no.refuse();
        bytes memory refusal = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(no));

        vm.expectRevert(refusal);
        distributor.fund(stream, 100);
        vm.expectRevert(refusal);
        _claim(root, 1);
        vm.expectRevert(refusal);
        _claimRange(root, 0, 3);
        assertEq(distributor.claimedOf(stream, _account(1)), 0, "not claimed what was not paid");
        assertEq(distributor.streamOf(stream).claimed, 0);
    }

    function test_ReenteredClaimPaysOnce() public {
        ReentrantToken token_ = _reentrant();
        bytes32 root = _build(_amounts(3, 10));
        _makeFinal(root);
        token_.arm(address(distributor), _claimCall(root, 1));

        _claim(root, 1);

        assertEq(token.balanceOf(_account(1)), 10);
        assertEq(token_.failed(), 1);
        _assertSolvent(10);
    }

    /// @dev Another account's claim in the middle of one is that account's: nothing is counted twice, nothing forgotten.
    function test_ReenteredClaimOfAnotherCountsBoth() public {
        ReentrantToken token_ = _reentrant();
        bytes32 root = _build(_amounts(3, 10));
        _makeFinal(root);
        token_.arm(address(distributor), _claimCall(root, 2));

        _claim(root, 1);

        assertEq(token.balanceOf(_account(1)), 10);
        assertEq(token.balanceOf(_account(2)), 10);
        _assertSolvent(20);
    }

    function test_ReenteredRangePaysOnce() public {
        ReentrantToken token_ = _reentrant();
        bytes32 root = _build(_amounts(4, 10));
        _makeFinal(root);
        token_.arm(address(distributor), _claimCall(root, 3));

        _claimRange(root, 0, 4);

        for (uint256 i; i < 4; ++i) {
            assertEq(token.balanceOf(_account(i)), 10);
        }
        assertEq(token_.failed(), 4, "the range had written all of it before it paid");
        _assertSolvent(40);
    }

    function test_RangeInTheMiddleOfAClaimPaysTheOthers() public {
        ReentrantToken token_ = _reentrant();
        bytes32 root = _build(_amounts(4, 10));
        _makeFinal(root);
        bytes memory call_ = abi.encodeCall(
            IRewardDistributor.claimRange, (stream, root, 0, 4, _range(0, 4), Tree.rangeSiblings(nodes, 0, 4))
        );
        token_.arm(address(distributor), call_);

        _claim(root, 1);

        for (uint256 i; i < 4; ++i) {
            assertEq(token.balanceOf(_account(i)), 10);
        }
        _assertSolvent(40);
    }

    function _reentrant() private returns (ReentrantToken token_) {
        token_ = new ReentrantToken();
        _deploy(token_);
        distributor.fund(stream, 100);
    }

    function _claimCall(bytes32 root, uint256 index) private view returns (bytes memory) {
        IRewardDistributor.Leaf memory leaf = list[index];
        return abi.encodeCall(
            IRewardDistributor.claim,
            (
                stream,
                root,
                uint64(index),
                uint64(list.length),
                leaf.account,
                leaf.cumulative,
                leaf.runningSum,
                Tree.siblings(nodes, index)
            )
        );
    }

    function _assertSolvent(uint96 claimed) private view {
        assertEq(distributor.streamOf(stream).claimed, claimed);
        assertEq(token.balanceOf(address(distributor)), 100 - claimed);
    }
}
