// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContributionRegistry} from "../../../contracts/interfaces/IContributionRegistry.sol";
import {IDatanetRegistry} from "../../../contracts/interfaces/IDatanetRegistry.sol";
import {TokenLib} from "../../../contracts/libraries/TokenLib.sol";
import {LyingToken, ReentrantToken, SkimmingToken} from "../../fixture/DatanetHostileTokens.sol";
import {RegistryFixture} from "../../fixture/RegistryFixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract ContributionRegistryHostileTest is RegistryFixture {
    /// @dev Bug: a token that takes a part of each transfer, counted as if it had not.
    function test_FeeOnTransfer_NothingIsCountedThatDidNotArrive() public {
        _over(IERC20(address(new SkimmingToken())));
        vm.expectRevert(abi.encodeWithSelector(TokenLib.TokenLib_NotReceived.selector, 100, 99));
        vm.prank(alice);
        contributions.contribute(datanet, ROOT, 3, MIT, DATA_HASH, 1);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(TokenLib.TokenLib_NotReceived.selector, 100, 99));
        datanets.addOwnerCredit(datanet, 100);
        vm.expectRevert(abi.encodeWithSelector(TokenLib.TokenLib_NotReceived.selector, 100, 99));
        validators.addReserve(datanet, 100);
    }

    /// @dev Bug: a fee charged without its transfer, by a token that answers false.
    function test_FalseReturn_IsARevert() public {
        LyingToken token = new LyingToken();
        _over(IERC20(address(token)));
        uint64 contribution = _contribute(alice, 3);
        token.lie();
        bytes memory failed = abi.encodeWithSignature("SafeERC20FailedOperation(address)", token);

        vm.startPrank(alice);
        vm.expectRevert(failed);
        contributions.contribute(datanet, ROOT, 3, MIT, DATA_HASH, 1);
        vm.expectRevert(failed);
        contributions.withdrawContribution(known[contribution]);
        vm.expectRevert(failed);
        datanets.addOwnerCredit(datanet, 100);
        vm.expectRevert(failed);
        validators.addReserve(datanet, 100);
        vm.stopPrank();
        assertEq(contributions.feesHeldOf(datanet), 100, "still held");
        _assertState(contribution, IContributionRegistry.ContributionState.Committed);
    }

    /// @dev Bug: hooks in the money path. Whoever is called meanwhile finds the contribution decided.
    function test_Reentrant_CannotTakeAFeeTwice() public {
        ReentrantToken token = new ReentrantToken();
        _over(IERC20(address(token)));
        uint64 contribution = _contribute(alice, 3);
        _contribute(alice, 4);
        vm.warp(START + DECISION_PERIOD);
        token.aim(
            address(contributions), abi.encodeCall(IContributionRegistry.settleOverdue, (datanet, _list(contribution)))
        );

        contributions.settleOverdue(datanet, _list(contribution));

        assertFalse(token.succeeded());
        assertEq(token.result(), _wrongState(contribution, IContributionRegistry.ContributionState.Rejected));
        assertEq(contributions.feesHeldOf(datanet), 100);
        assertEq(open.balanceOf(address(contributions)), 100);
    }

    function test_Reentrant_CannotCollectTwice() public {
        ReentrantToken token = new ReentrantToken();
        _over(IERC20(address(token)));
        vm.prank(alice);
        datanets.addOwnerCredit(datanet, 100);
        vm.prank(alice);
        datanets.addOwnerCredit(1, 100);
        token.aim(address(datanets), abi.encodeCall(IDatanetRegistry.collectOwner, (datanet)));

        datanets.collectOwner(datanet);

        assertFalse(token.succeeded());
        assertEq(
            token.result(), abi.encodeWithSelector(IDatanetRegistry.DatanetRegistry_NothingToCollect.selector, datanet)
        );
        assertEq(open.balanceOf(owner), 100);
    }

    function _over(IERC20 token) private {
        _deployRegistries(token);
        IDatanetRegistry.Rules memory rules = _rules();
        rules.contributionFee = 100;
        _createDatanet("Free");
        datanet = _createDatanet("Paid", rules);
        _enrich(alice);
    }
}
