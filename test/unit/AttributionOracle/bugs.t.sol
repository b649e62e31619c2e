// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {IEpochCourt} from "../../../contracts/interfaces/IEpochCourt.sol";
import {IRewardDistributor} from "../../../contracts/interfaces/IRewardDistributor.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {EpochFixture} from "../../fixture/EpochFixture.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";

/// @notice Bugs that others shipped, each shown not to be here.
contract AttributionOracleBugsTest is EpochFixture {
    IAttributionOracle.LeafTree private constant CREDITS = IAttributionOracle.LeafTree.Credits;
    uint256 private constant RECEIPTS = 32;

    IAttributionOracle.Credit[] private _honest;
    IAttributionOracle.Credit[] private _withheld;
    address private watcher = makeAddr("watcher");

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < RECEIPTS; ++i) {
            _answer(1000 + uint96(i), _shares(i % 2 == 0 ? ALICE : BOB));
        }
        _closeBatch();
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = _credits(1, 1);
        for (uint256 i; i < credits.length; ++i) {
            _honest.push(credits[i]);
        }
    }

    function test_Bug_PendingRootOverwrittenByItsPoster() public {
        address second = makeAddr("second oracle");
        staking.setActive(second, Role.Oracle, true);
        _propose(1, _honest, _payoutsOf(_honest));
        bytes32 payoutsRoot = oracle.epochOf(1).payoutsRoot;
        bytes memory refusal = abi.encodeWithSelector(
            IAttributionOracle.AttributionOracle_WrongState.selector,
            1,
            IAttributionOracle.EpochState.Proposed,
            IAttributionOracle.EpochState.Open
        );
        uint64 asOf = uint64(vm.getBlockTimestamp());
        vm.warp(asOf + WINDOW);

        vm.expectRevert(refusal);
        vm.prank(proposer);
        oracle.propose(1, "credits", "payouts", 1, DATA_HASH, asOf);
        vm.expectRevert(refusal);
        vm.prank(second);
        oracle.propose(1, "credits", "payouts", 1, DATA_HASH, asOf);
        // not past the oracle either: the stream is the oracle's
        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.RewardDistributor_NotAllocator.selector, proposer, oracle)
        );
        vm.prank(proposer);
        distributor.cancelRoot(stream);
        oracle.finalize(1);
        assertEq(distributor.newestRootOf(stream), payoutsRoot);
    }

    /// @dev The proposer posts no file and gives away a leaf only when it must; one credit of 32 is false, and no other leaf
    /// tells of it. The watcher, who knows what the list has to be, follows the nodes beside a leaf that are not as they should
    /// be down to it, and proves it.
    function testFuzz_Bug_WithheldLeaves_AreFoundByDemands(uint256 seed) public {
        uint256 falseAt = seed % RECEIPTS;
        for (uint256 i; i < _honest.length; ++i) {
            _withheld.push(_honest[i]);
        }
        _withheld[falseAt].amount -= 1;
        _propose(1, _withheld, _payoutsOf(_honest));
        require(token.transfer(watcher, 100), "not paid");
        vm.prank(watcher);
        token.approve(address(oracle), 100);

        uint256 place;
        uint256 demands = 1;
        while (!_demandAndCompare(uint64(place))) {
            place = _next(place);
            ++demands;
        }
        assertEq(place, falseAt);
        assertLe(demands, 6, "at most one a level");
        IEpochCourt.ReceiptEvidence memory evidence = _evidence(1, _withheld[place].receiptIndex);
        vm.prank(watcher);
        court.proveCreditAmount(1, _openCredit(_withheld, place), evidence);

        assertEq(token.balanceOf(watcher), 100 - demands * 3 + 500);
    }

    /// @dev A bound on demands would be filled by the proposer's own, so that nobody else's fits.
    function test_Bug_SomeoneElsesListFilledUp_DemandsHaveNone() public {
        _propose(1, keccak256("withheld"), keccak256("payouts"), 100);
        vm.startPrank(proposer);
        for (uint64 i; i < 100; ++i) {
            oracle.demandLeaf(1, CREDITS, i);
        }
        vm.stopPrank();
        require(token.transfer(watcher, 3), "not paid");
        vm.startPrank(watcher);
        token.approve(address(oracle), 3);

        oracle.demandLeaf(1, CREDITS, 100);
        vm.warp(vm.getBlockTimestamp() + REVEAL_PERIOD);
        oracle.expireDemand(1, CREDITS, 100);

        assertEq(token.balanceOf(watcher), 3 + 500);
    }

    /// @dev The same receipt twice in a batch is two places, each with its own case; the same credit twice is a fault.
    function test_Bug_DuplicateIdsInOneListPaidTwice() public {
        IAttributionOracle.Credit[] memory credits = new IAttributionOracle.Credit[](2);
        credits[0] = _honest[0];
        credits[1] = _honest[0];
        credits[1].running = 2 * credits[0].amount;
        _propose(1, credits, _payoutsOf(credits));

        court.proveCreditNeighbours(1, _openCredit(credits, 0), _openCredit(credits, 1));

        assertEq(uint8(oracle.epochOf(1).state), uint8(IAttributionOracle.EpochState.Open));
    }

    /// @dev A receipt that a runner signed for another chain, or for another market on this one, opens nothing here.
    function test_Bug_ProofsNotBoundToChain() public {
        IAttributionOracle.Credit[] memory none = new IAttributionOracle.Credit[](0);
        _propose(1, none, new IAttributionOracle.Payout[](0));
        IEpochCourt.ReceiptEvidence memory evidence = _evidence(1, 0);
        IAttributionOracle.CreditLookup memory place;

        vm.chainId(10);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAttributionOracle.AttributionOracle_InvalidOpening.selector, headers[1].receiptsRoot, 0, RECEIPTS
            )
        );
        court.proveMissingCredit(1, ALICE, 0, 1, evidence, place);
        vm.chainId(31_337);
        court.proveMissingCredit(1, ALICE, 0, 1, evidence, place);
    }

    /// @dev A credit's opening in the credit list proves nothing of another proposal's list.
    function test_Bug_ProofsNotBoundToItem() public {
        IAttributionOracle.Credit[] memory credits = _honest;
        credits[3].running += 1;
        IAttributionOracle.CreditOpening memory left = _openCredit(credits, 2);
        IAttributionOracle.CreditOpening memory right = _openCredit(credits, 3);
        _propose(1, _honest, _payoutsOf(_honest));
        bytes32 root = oracle.epochOf(1).creditsRoot;

        vm.expectRevert(
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_InvalidOpening.selector, root, 2, RECEIPTS)
        );
        court.proveCreditNeighbours(1, left, right);
    }

    function test_Bug_UninitialisedImplementation() public {
        address implementation = _oracleCode(address(market), 1);

        vm.expectRevert(Initializable.InvalidInitialization.selector);
        (bool done,) = implementation.call(abi.encodeWithSignature("initialize(address,uint96)", stranger, 1));
        assertTrue(done, "reverted as expected");
        (, bytes memory authority) = implementation.staticcall(abi.encodeWithSignature("authority()"));
        assertEq(abi.decode(authority, (address)), address(0));
    }

    /// @dev A proposer approves several bonds ahead. Governance cannot reach them, nor can anybody in its name.
    function test_Bug_AdminPullsFromApprovals() public {
        uint256 held = token.balanceOf(proposer);

        oracle.setBond(100_000e18);
        vm.expectRevert(
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_ProposerNotActive.selector, address(this))
        );
        oracle.propose(1, "credits", "payouts", 1, DATA_HASH, uint64(vm.getBlockTimestamp()) - 1);

        assertEq(token.balanceOf(proposer), held);
    }

    /// @dev Half of the bond is lost whoever proves: nobody gains by refuting itself, by proof or by its own silence.
    function test_Bug_SelfChallengeIsFree() public {
        _propose(1, keccak256("nothing"), keccak256("payouts"), 100);
        vm.startPrank(proposer);
        oracle.demandLeaf(1, CREDITS, 0);
        vm.warp(vm.getBlockTimestamp() + REVEAL_PERIOD);
        oracle.expireDemand(1, CREDITS, 0);

        assertEq(token.balanceOf(proposer), FUNDS - 501);
        assertEq(token.balanceOf(treasury), 501);
    }

    function test_StorageSlotIsTheNamespaces() public view {
        bytes32 slot = keccak256(abi.encode(uint256(keccak256("openledger.storage.AttributionOracle")) - 1))
            & ~bytes32(uint256(0xff));
        // epochCount is the first field
        assertEq(uint64(uint256(vm.load(address(oracle), slot))), 1);
    }

    /// @dev First leaf under the lowest node beside the opened leaf's way up that is not the honest list's.
    function _next(uint256 place) private view returns (uint256) {
        bytes32[] memory shown = _openCredit(_withheld, place).siblings;
        bytes32[] memory honest = _openCredit(_honest, place).siblings;
        for (uint256 level; level < shown.length; ++level) {
            if (shown[level] != honest[level]) return ((place >> level) ^ 1) << level;
        }
        revert("the same tree");
    }

    /// @return Whether the leaf is false.
    function _demandAndCompare(uint64 index) private returns (bool) {
        vm.prank(watcher);
        oracle.demandLeaf(1, CREDITS, index);
        vm.prank(proposer);
        oracle.revealCredit(1, _openCredit(_withheld, index));
        return keccak256(abi.encode(_withheld[index])) != keccak256(abi.encode(_honest[index]));
    }

    function _payoutsOf(IAttributionOracle.Credit[] memory credits)
        private
        pure
        returns (IAttributionOracle.Payout[] memory)
    {
        return _payouts(new IAttributionOracle.Payout[](0), credits);
    }
}
