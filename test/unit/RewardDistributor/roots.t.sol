// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IRewardDistributor} from "../../../contracts/interfaces/IRewardDistributor.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract RewardDistributorRootsTest is MarketFixture {
    address private allocator = makeAddr("allocator");
    uint64 private own;

    function setUp() public override {
        super.setUp();
        own = distributor.createStream(allocator);
        token.approve(address(distributor), type(uint256).max);
        distributor.fund(own, 100);
    }

    function test_StreamsAreNumbered() public {
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.StreamCreated(own + 1, stranger, 0, address(this));
        assertEq(distributor.createStream(stranger), own + 1);

        assertEq(distributor.streamCount(), own + 1);
    }

    function test_AnybodyCreatesAndFundsAStreamForADatanet() public {
        require(token.transfer(prover, 7), "not paid");
        vm.startPrank(prover);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.StreamCreated(own + 1, allocator, 1, prover);
        uint64 made = distributor.createDatanetStream(1, allocator);
        token.approve(address(distributor), 7);
        distributor.fund(made, 7);

        assertEq(made, own + 1);
        assertEq(distributor.streamOf(made).allocator, allocator);
        assertEq(distributor.streamOf(made).funded, 7);
    }

    function test_RevertWhen_TheDatanetDoesNotExist() public {
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 2));
        distributor.createDatanetStream(2, allocator);
        vm.expectRevert(IRewardDistributor.RewardDistributor_ZeroDatanet.selector);
        distributor.createDatanetStream(0, allocator);
    }

    function test_RevertWhen_TheAllocatorIsNobody() public {
        vm.expectRevert(IRewardDistributor.RewardDistributor_ZeroAllocator.selector);
        distributor.createStream(address(0));
        vm.expectRevert(IRewardDistributor.RewardDistributor_ZeroAllocator.selector);
        distributor.createDatanetStream(1, address(0));
    }

    function test_FundIsPulledFromTheCaller() public {
        uint256 before = token.balanceOf(address(this));

        vm.expectEmit(address(distributor));
        emit IRewardDistributor.Funded(own, address(this), 7, 107);
        distributor.fund(own, 7);

        assertEq(token.balanceOf(address(this)), before - 7);
        assertEq(distributor.streamOf(own).funded, 107);
    }

    function test_RevertWhen_FundingNothing() public {
        vm.expectRevert(IRewardDistributor.RewardDistributor_ZeroAmount.selector);
        distributor.fund(own, 0);
    }

    function test_RevertWhen_FundingAnUnknownStream() public {
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RewardDistributor_UnknownStream.selector, own + 1));
        distributor.fund(own + 1, 1);
    }

    /// @dev No credit without a transfer.
    function test_RevertWhen_FundingWithoutAllowance() public {
        vm.expectRevert();
        vm.prank(stranger);
        distributor.fund(own, 1);
    }

    function test_ProposedRootWaitsForItsWindow() public {
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.RootProposed(own, "root", 100, START + WINDOW);
        _propose("root", 100);

        vm.warp(START + WINDOW - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRewardDistributor.RewardDistributor_WindowOpen.selector, START + WINDOW, START + WINDOW - 1
            )
        );
        _finalize();
        assertFalse(distributor.isClaimableRoot(own, "root"));
        vm.warp(START + WINDOW);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.RootFinalized(own, "root", 100, 1);
        _finalize();

        assertTrue(distributor.isClaimableRoot(own, "root"));
        assertEq(distributor.streamOf(own).allocated, 100);
        assertEq(distributor.newestRootOf(own), "root");
        assertEq(abi.encode(distributor.pendingRootOf(own)), abi.encode(0, 0, 0), "nothing is pending");
    }

    function test_NewestRootIsTheLastFinalOne() public {
        assertEq(distributor.newestRootOf(own), 0);
        bytes32[5] memory roots = [bytes32("a"), "b", "c", "d", "e"];
        for (uint256 i; i < 5; ++i) {
            _propose(roots[i], 10);
            assertEq(distributor.newestRootOf(own), i == 0 ? bytes32(0) : roots[i - 1], "not while it is pending");
            vm.warp(vm.getBlockTimestamp() + WINDOW);
            _finalize();
            assertEq(distributor.newestRootOf(own), roots[i]);
        }
    }

    function test_RevertWhen_TheRootIsZero() public {
        vm.expectRevert(IRewardDistributor.RewardDistributor_ZeroRoot.selector);
        _propose(0, 100);
    }

    function test_RevertGiven_APendingRoot_ItCannotBeOverwritten() public {
        _propose("root", 100);

        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_RootPending.selector, own, bytes32("root"))
        );
        _propose("other", 100);
    }

    function test_RevertWhen_TheTotalExceedsFundsByOne() public {
        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_TotalExceedsFunds.selector, 101, 100)
        );
        _propose("root", 101);
    }

    function test_RevertWhen_TheTotalFallsByOne() public {
        _makeFinal("root", 50);

        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RewardDistributor_TotalDecreased.selector, 49, 50));
        _propose("next", 49);
        _propose("next", 50);
    }

    function test_CancelledRootIsGone() public {
        _propose("root", 100);

        vm.expectEmit(address(distributor));
        emit IRewardDistributor.RootCancelled(own, "root");
        vm.prank(allocator);
        distributor.cancelRoot(own);
        assertEq(abi.encode(distributor.pendingRootOf(own)), abi.encode(0, 0, 0), "nothing is pending");
        vm.warp(START + WINDOW);

        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RewardDistributor_NoRootPending.selector, own));
        _finalize();
        assertFalse(distributor.isClaimableRoot(own, "root"));
        assertEq(distributor.streamOf(own).allocated, 0);
        _propose("other", 50);
        assertEq(distributor.pendingRootOf(own).finalizableAt, START + 2 * WINDOW, "a window of its own");
    }

    function test_RevertWhen_NothingIsPending() public {
        bytes memory refusal = abi.encodeWithSelector(IRewardDistributor.RewardDistributor_NoRootPending.selector, own);
        vm.startPrank(allocator);

        vm.expectRevert(refusal);
        distributor.cancelRoot(own);
        vm.expectRevert(refusal);
        distributor.finalizeRoot(own);
    }

    function test_RevertWhen_AStrangerAllocates() public {
        _propose("root", 100);
        bytes memory refusal =
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_NotAllocator.selector, stranger, allocator);
        vm.warp(START + WINDOW);
        vm.startPrank(stranger);

        vm.expectRevert(refusal);
        distributor.proposeRoot(own, "mine", 100);
        vm.expectRevert(refusal);
        distributor.cancelRoot(own);
        vm.expectRevert(refusal);
        distributor.finalizeRoot(own);
    }

    function test_RevertWhen_TheStreamIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RewardDistributor_UnknownStream.selector, 99));
        distributor.proposeRoot(99, "root", 0);
    }

    function test_FifthOldestRootIsNotClaimable() public {
        bytes32[5] memory roots = [bytes32("a"), "b", "c", "d", "e"];
        for (uint256 i; i < 4; ++i) {
            _makeFinal(roots[i], 10);
        }
        assertTrue(distributor.isClaimableRoot(own, roots[0]));

        _makeFinal(roots[4], 10);

        assertFalse(distributor.isClaimableRoot(own, roots[0]));
        for (uint256 i = 1; i < 5; ++i) {
            assertTrue(distributor.isClaimableRoot(own, roots[i]));
        }
    }

    function test_RootFinalAgainIsTheNewest() public {
        _makeFinal("a", 10);
        _makeFinal("b", 10);
        _makeFinal("a", 10);
        _makeFinal("c", 10);
        _makeFinal("d", 10);

        assertTrue(distributor.isClaimableRoot(own, "a"));
        assertTrue(distributor.isClaimableRoot(own, "b"), "number 2 of 5");
        _makeFinal("e", 10);
        assertFalse(distributor.isClaimableRoot(own, "b"));
    }

    function test_RevertWhen_TheWindowIsShorterThanADay() public {
        vm.chainId(1);
        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_WindowTooShort.selector, 24 hours - 1, 24 hours)
        );
        this.deployWith(24 hours - 1);
        this.deployWith(24 hours);
    }

    function test_GivenTheLocalChain_TheWindowMayBeASecond() public {
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RewardDistributor_WindowTooShort.selector, 0, 1));
        this.deployWith(0);
        this.deployWith(1);
    }

    function deployWith(uint64 window) external {
        vm.deployCode("RewardDistributor.sol:RewardDistributor", abi.encode(token, datanets, window));
    }

    /// @dev What the caller pays is the stream's, up to all that the caller has, and no other stream's.
    function testFuzz_Fund_StreamGetsWhatIsPaid(uint256 amount) public {
        uint256 held = token.balanceOf(address(this));
        uint96 paid = uint96(bound(amount, 0, held + 1));

        if (paid == 0) vm.expectRevert(IRewardDistributor.RewardDistributor_ZeroAmount.selector);
        if (paid > held) {
            vm.expectRevert(
                abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, address(this), held, paid)
            );
        }
        distributor.fund(own, paid);

        if (paid > held) paid = 0;
        assertEq(token.balanceOf(address(this)), held - paid);
        assertEq(token.balanceOf(address(distributor)), 100 + uint256(paid));
        assertEq(distributor.streamOf(own).funded, 100 + paid);
        assertEq(distributor.streamOf(own).allocated + distributor.streamOf(own).claimed, 0);
        assertEq(distributor.streamOf(stream).funded, 0);
    }

    function _propose(bytes32 root, uint96 total) private {
        vm.prank(allocator);
        distributor.proposeRoot(own, root, total);
    }

    function _finalize() private {
        vm.prank(allocator);
        distributor.finalizeRoot(own);
    }

    function _makeFinal(bytes32 root, uint96 total) private {
        _propose(root, total);
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        _finalize();
    }
}
