// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {IEpochCourt} from "../../../contracts/interfaces/IEpochCourt.sol";
import {EpochFixture} from "../../fixture/EpochFixture.sol";

/// @notice A look-up that does not prove what it says is refused, whichever side of the sum it stands on.
/// @dev The honest epoch holds Alice, Bob and Carol; nobody's pay-out can be refuted by an inexact look-up.
contract EpochCourtLookupTest is EpochFixture {
    address private constant BEFORE = address(uint160(0x9) << 100);
    address private constant BETWEEN = address(uint160(0xB) << 100 | 1);
    address private constant AFTER = address(uint160(0xD) << 100);

    IAttributionOracle.Credit[] private _list;
    IAttributionOracle.Payout[] private _tree;

    function setUp() public override {
        super.setUp();
        _answer(1000, _shares(ALICE, 30_000, BOB));
        _answer(1000, _shares(BOB, 30_000, CAROL));
        _closeBatch();
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = _credits(1, 1);
        IAttributionOracle.Payout[] memory payouts = _payouts(new IAttributionOracle.Payout[](0), credits);
        for (uint256 i; i < credits.length; ++i) {
            _list.push(credits[i]);
        }
        for (uint256 i; i < payouts.length; ++i) {
            _tree.push(payouts[i]);
        }
        _propose(1, credits, payouts);
    }

    function test_HonestLookUpsFindNoFault() public {
        address[6] memory accounts = [BEFORE, ALICE, BOB, BETWEEN, CAROL, AFTER];
        for (uint256 i; i < accounts.length; ++i) {
            vm.expectRevert(IEpochCourt.EpochCourt_NoFault.selector);
            _prove(accounts[i], _lookUp(_tree, accounts[i]), _lookUp(_list, accounts[i]));
        }
    }

    function test_RevertWhen_APayoutIsCalledAbsentBetweenOthers() public {
        IAttributionOracle.PayoutLookup memory lookup;
        lookup.hasLeft = true;
        lookup.left = _openPayout(_tree, 0);
        lookup.hasRight = true;
        lookup.right = _openPayout(_tree, 2);
        _expectInvalid(BOB, lookup);
    }

    function test_RevertWhen_APayoutIsCalledAbsentBehindAnInnerLeaf() public {
        IAttributionOracle.PayoutLookup memory lookup;
        lookup.hasLeft = true;
        lookup.left = _openPayout(_tree, 0);
        _expectInvalid(BOB, lookup);
    }

    function test_RevertWhen_APayoutIsCalledAbsentBeforeAnInnerLeaf() public {
        IAttributionOracle.PayoutLookup memory lookup;
        lookup.hasRight = true;
        lookup.right = _openPayout(_tree, 1);
        _expectInvalid(ALICE, lookup);
    }

    function test_RevertWhen_APayoutIsCalledAbsentBesideItself() public {
        IAttributionOracle.PayoutLookup memory lookup;
        lookup.hasLeft = true;
        lookup.left = _openPayout(_tree, 0);
        lookup.hasRight = true;
        lookup.right = _openPayout(_tree, 1);
        _expectInvalid(ALICE, lookup);
        _expectInvalid(BOB, lookup);
        lookup.left = _openPayout(_tree, 2);
        lookup.hasRight = false;
        _expectInvalid(CAROL, lookup);
        lookup.hasLeft = false;
        lookup.hasRight = true;
        lookup.right = _openPayout(_tree, 0);
        _expectInvalid(ALICE, lookup);
    }

    function test_RevertWhen_SomebodyElsesPayoutIsPresented() public {
        IAttributionOracle.PayoutLookup memory lookup;
        lookup.present = true;
        lookup.hasLeft = true;
        lookup.left = _openPayout(_tree, 0);
        _expectInvalid(BOB, lookup);
    }

    function test_RevertWhen_ATreeWithLeavesIsCalledEmpty() public {
        IAttributionOracle.PayoutLookup memory empty;
        _expectInvalid(ALICE, empty);
        IAttributionOracle.CreditLookup memory none;
        _expectInvalid(ALICE, none);
    }

    function test_RevertWhen_AnOpeningIsAltered() public {
        IAttributionOracle.PayoutLookup memory lookup = _lookUp(_tree, ALICE);
        lookup.left.payout.cumulative += 1;
        bytes32 root = _payoutsRoot(_tree);

        vm.expectRevert(
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_InvalidOpening.selector, root, 0, 3)
        );
        _prove(ALICE, lookup, _lookUp(_list, ALICE));
    }

    /// @dev A place is taken modulo the tree's width unless it is bound: the first leaf would follow the last.
    function test_RevertWhen_APlaceIsNamedByANumberBeyondTheTree() public {
        IAttributionOracle.CreditOpening memory last = _openCredit(_list, 3);
        IAttributionOracle.CreditOpening memory first = _openCredit(_list, 0);
        first.index = 4;
        assertEq(first.siblings.length, 2, "four leaves");
        bytes32 root = _creditsRoot(_list);

        vm.expectRevert(
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_InvalidOpening.selector, root, 4, 4)
        );
        court.proveCreditNeighbours(1, last, first);
    }

    function test_RevertWhen_AnEarlierCreditIsCalledTheLast() public {
        IAttributionOracle.CreditLookup memory lookup;
        lookup.present = true;
        lookup.hasLeft = true;
        lookup.left = _openCredit(_list, 1);
        lookup.hasRight = true;
        lookup.right = _openCredit(_list, 2);
        assertEq(lookup.right.credit.contributor, BOB);
        _expectInvalid(BOB, lookup);
        lookup.hasRight = false;
        _expectInvalid(BOB, lookup);
        lookup.hasRight = true;
        lookup.right = _openCredit(_list, 3);
        _expectInvalid(BOB, lookup);
    }

    function test_RevertWhen_CreditsAreCalledAbsent() public {
        IAttributionOracle.CreditLookup memory lookup;
        lookup.hasLeft = true;
        lookup.left = _openCredit(_list, 0);
        lookup.hasRight = true;
        lookup.right = _openCredit(_list, 3);
        _expectInvalid(BOB, lookup);
        lookup.right = _openCredit(_list, 1);
        _expectInvalid(ALICE, lookup);
        _expectInvalid(BOB, lookup);
        lookup.hasRight = false;
        _expectInvalid(BOB, lookup);
        lookup.hasLeft = false;
        lookup.hasRight = true;
        lookup.right = _openCredit(_list, 1);
        _expectInvalid(ALICE, lookup);
    }

    function test_RevertWhen_CreditsArePresentedWithoutALeaf() public {
        IAttributionOracle.CreditLookup memory lookup;
        lookup.present = true;
        _expectInvalid(ALICE, lookup);
        lookup.hasRight = true;
        lookup.right = _openCredit(_list, 0);
        _expectInvalid(BEFORE, lookup);
    }

    function test_RevertWhen_SomebodyElsesCreditIsPresented() public {
        IAttributionOracle.CreditLookup memory lookup = _lookUp(_list, ALICE);
        _expectInvalid(BOB, lookup);
    }

    function _expectInvalid(address account, IAttributionOracle.PayoutLookup memory lookup) private {
        vm.expectRevert(abi.encodeWithSelector(IEpochCourt.EpochCourt_InvalidLookup.selector, account));
        _prove(account, lookup, _lookUp(_list, account));
    }

    function _expectInvalid(address account, IAttributionOracle.CreditLookup memory lookup) private {
        vm.expectRevert(abi.encodeWithSelector(IEpochCourt.EpochCourt_InvalidLookup.selector, account));
        _prove(account, _lookUp(_tree, account), lookup);
    }

    /// @dev The first epoch: the previous tree is the empty one.
    function _prove(
        address account,
        IAttributionOracle.PayoutLookup memory newLeaf,
        IAttributionOracle.CreditLookup memory credit
    ) private {
        IAttributionOracle.PayoutLookup memory previous;
        court.provePayout(1, account, newLeaf, previous, credit);
    }
}
