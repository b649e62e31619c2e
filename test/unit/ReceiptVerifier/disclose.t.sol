// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {Batch} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IReceiptCourt, WHOLE_BATCH} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {IReceiptVerifier} from "../../../contracts/interfaces/IReceiptVerifier.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {CourtFixture} from "../../fixture/CourtFixture.sol";
import {Tree} from "../../fixture/Tree.sol";

/// @notice A batch that was demanded whole is shown in pieces, or falls.
contract ReceiptVerifierDiscloseTest is CourtFixture {
    uint96 private constant PRICE = 16 * DEPOSIT;

    uint64 private number;
    Batch private batch;

    function setUp() public override {
        super.setUp();
        _open(9);
    }

    function test_IsShownInPiecesByAnyoneInOrder() public {
        uint256 before = token.balanceOf(demander);
        _demand(number, WHOLE_BATCH);
        assertEq(before - token.balanceOf(demander), PRICE);
        assertEq(staking.lockOf(address(court), runner, Role.Runner), MINIMUM_SLASH);

        IReceiptVerifier.Disclosure[] memory five = _disclosures(0, 5);
        bytes32[] memory siblings = _siblings(0, 5);
        vm.expectEmit(address(verifier));
        emit IReceiptVerifier.ReceiptsDisclosed(number, 0, runner, five);
        vm.expectEmit(address(court));
        emit IReceiptCourt.ReceiptsShown(number, runner, 5, 9, PRICE * 5 / 64, PRICE * 55 / 64);
        vm.prank(runner);
        verifier.disclose(batch, 0, 9, five, siblings);
        assertEq(court.demandOf(number, WHOLE_BATCH).shown, 5);
        assertEq(uint8(court.demandOf(number, WHOLE_BATCH).state), uint8(IReceiptCourt.DemandState.Open));
        assertEq(court.openDemandsOf(number), 1);

        vm.expectEmit(address(court));
        emit IReceiptCourt.ReceiptsShown(number, stranger, 9, 9, PRICE * 4 / 64, 0);
        vm.expectEmit(address(court));
        emit IReceiptCourt.DemandAnswered(
            number, WHOLE_BATCH, stranger, IReceiptCourt.DemandState.Revealed, 9, PRICE * 4 / 64, 0
        );
        _disclose(stranger, 5, 4);

        IReceiptCourt.Demand memory demand = court.demandOf(number, WHOLE_BATCH);
        assertEq(uint8(demand.state), uint8(IReceiptCourt.DemandState.Revealed));
        assertEq(demand.shown, 9);
        assertEq(demand.deposit, 0);
        assertEq(court.openDemandsOf(number), 0);
        assertEq(token.balanceOf(runner), PRICE * 5 / 64);
        assertEq(token.balanceOf(stranger), PRICE * 4 / 64);
        // a deposit for four receipts, the rest back
        assertEq(before - token.balanceOf(demander), DEPOSIT * 9 / 4);
        assertEq(token.balanceOf(address(court)), 0);
        assertEq(court.voidedAt(number), 0);
    }

    /// @dev However it is cut, showing earns a deposit for each four of the first 64 receipts, exactly.
    function testFuzz_PiecesEarnWhatTheWholeEarns(uint256 count, uint256 seed) public {
        count = bound(count, 1, 70);
        _open(count);
        uint256 before = token.balanceOf(demander);
        _demand(number, WHOLE_BATCH);

        for (uint256 first; first < count;) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 length = bound(seed, 1, count - first);
            _disclose(stranger, first, length);
            first += length;
        }

        uint256 earned = count >= 64 ? PRICE : PRICE * count / 64;
        assertEq(token.balanceOf(stranger), earned);
        assertEq(before - token.balanceOf(demander), earned);
        assertEq(token.balanceOf(address(court)), 0);
    }

    function test_SilenceVoidsTheBatch() public {
        _demand(number, WHOLE_BATCH);
        uint256 before = token.balanceOf(demander);
        _disclose(stranger, 0, 8);
        vm.warp(START + REVEAL);

        court.expire(batch, WHOLE_BATCH);

        assertEq(court.voidedAt(number), START + REVEAL);
        assertEq(token.balanceOf(demander) - before, PRICE - PRICE / 8 + MINIMUM_SLASH / 10);
        assertEq(token.balanceOf(stranger), PRICE / 8);
        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_BatchVoid.selector, number, START + REVEAL));
        verifier.disclose(batch, 8, 9, _disclosures(8, 1), _siblings(8, 1));
    }

    function test_IsTakenUntilTheDeadline() public {
        _demand(number, WHOLE_BATCH);
        vm.warp(START + REVEAL);
        vm.expectRevert(
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooLate.selector, number, START + REVEAL, START + REVEAL)
        );
        verifier.disclose(batch, 0, 9, _disclosures(0, 9), _siblings(0, 9));

        vm.warp(START + REVEAL - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TooEarly.selector, START + REVEAL, START + REVEAL - 1)
        );
        court.expire(batch, WHOLE_BATCH);
        _disclose(stranger, 0, 9);
    }

    function test_AnEmptyBatchIsShownByNothing() public {
        IAttributionOracle.Receipt[] memory none = new IAttributionOracle.Receipt[](0);
        number = _settle(none, new Entry[](0));
        uint256 before = token.balanceOf(demander);
        _demand(number, WHOLE_BATCH);

        verifier.disclose(batchOf[number], 0, 0, new IReceiptVerifier.Disclosure[](0), new bytes32[](0));

        assertEq(uint8(court.demandOf(number, WHOLE_BATCH).state), uint8(IReceiptCourt.DemandState.Revealed));
        assertEq(token.balanceOf(demander), before);
    }

    function test_RevertWhen_ABatchThatIsNotEmptyIsSaidToBe() public {
        _demand(number, WHOLE_BATCH);

        vm.expectRevert(
            abi.encodeWithSelector(IReceiptVerifier.ReceiptVerifier_WrongRange.selector, batch.receiptsRoot, 0, 0, 0)
        );
        verifier.disclose(batch, 0, 0, new IReceiptVerifier.Disclosure[](0), new bytes32[](0));
        vm.expectRevert(
            abi.encodeWithSelector(IReceiptVerifier.ReceiptVerifier_WrongRange.selector, batch.receiptsRoot, 0, 0, 9)
        );
        verifier.disclose(batch, 0, 9, new IReceiptVerifier.Disclosure[](0), new bytes32[](0));
    }

    function test_RevertWhen_APieceIsLeftOutOrShownTwice() public {
        _demand(number, WHOLE_BATCH);
        _disclose(stranger, 0, 3);

        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_OutOfOrder.selector, number, 4, 3));
        verifier.disclose(batch, 4, 9, _disclosures(4, 5), _siblings(4, 5));
        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_OutOfOrder.selector, number, 0, 3));
        verifier.disclose(batch, 0, 9, _disclosures(0, 3), _siblings(0, 3));
        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_OutOfOrder.selector, number, 0, 3));
        verifier.disclose(batch, 0, 9, _disclosures(0, 2), _siblings(0, 2));
    }

    function test_RevertWhen_AReceiptIsAltered() public {
        _demand(number, WHOLE_BATCH);
        IReceiptVerifier.Disclosure[] memory altered = _disclosures(0, 9);
        altered[8].receipt.fee += 1;

        vm.expectRevert(
            abi.encodeWithSelector(IReceiptVerifier.ReceiptVerifier_WrongRange.selector, batch.receiptsRoot, 0, 9, 9)
        );
        verifier.disclose(batch, 0, 9, altered, _siblings(0, 9));
    }

    function test_RevertWhen_TheCountIsNotTheRoots() public {
        _demand(number, WHOLE_BATCH);

        vm.expectRevert(
            abi.encodeWithSelector(IReceiptVerifier.ReceiptVerifier_WrongRange.selector, batch.receiptsRoot, 0, 5, 10)
        );
        verifier.disclose(batch, 0, 10, _disclosures(0, 5), _siblings(0, 5));
    }

    function test_RevertWhen_AnAttributionIsAnother() public {
        _demand(number, WHOLE_BATCH);
        IReceiptVerifier.Disclosure[] memory altered = _disclosures(0, 9);
        altered[4].attribution.shares[0].share -= 1;
        bytes32 revealed = _attributionHash(altered[4].attribution.shares);

        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptVerifier.ReceiptVerifier_AttributionMismatch.selector,
                altered[4].receipt.attributionHash,
                revealed
            )
        );
        verifier.disclose(batch, 0, 9, altered, _siblings(0, 9));
    }

    function test_RevertGiven_TheBatchIsNotDemandedWhole() public {
        _demand(number, 0);

        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptCourt.ReceiptCourt_NoOpenDemand.selector, number, WHOLE_BATCH, IReceiptCourt.DemandState.None
            )
        );
        verifier.disclose(batch, 0, 9, _disclosures(0, 9), _siblings(0, 9));
    }

    /// @dev No receipt stands at the place of the whole: an answer of one, or of none, would be cheap.
    function test_RevertWhen_TheWholeIsAnsweredAsOneReceipt() public {
        _demand(number, WHOLE_BATCH);
        bytes32 top = Tree.top(_leaves(receiptsOf[number]));

        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_NotOneReceipt.selector, number));
        verifier.revealAbsent(batch, WHOLE_BATCH, 9, top);
    }

    function test_RevertWhen_SomebodyElseShowsAtTheCourt() public {
        _demand(number, WHOLE_BATCH);

        vm.expectRevert(
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_NotVerifier.selector, runner, address(verifier))
        );
        vm.prank(runner);
        court.show(batch, 0, 9, 9, runner);
    }

    /// @dev Vouchers and signatures are not shown with the whole: single receipts can be demanded still.
    function test_SingleReceiptsCanBeDemandedStill() public {
        _demand(number, WHOLE_BATCH);
        _disclose(stranger, 0, 9);
        vm.expectRevert(
            abi.encodeWithSelector(
                IReceiptCourt.ReceiptCourt_AlreadyDemanded.selector,
                number,
                WHOLE_BATCH,
                IReceiptCourt.DemandState.Revealed
            )
        );
        this.demandAgain(WHOLE_BATCH);
        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_NoSuchReceipt.selector, number, 9, 9));
        this.demandAgain(9);

        _demand(number, 8);
        verifier.reveal(batch, 8, _revelation(number, 8));

        assertEq(court.openDemandsOf(number), 0);
    }

    /// @dev Somebody shows one receipt before each long range of the runner's: the range counts for what it adds.
    function test_ARangeThatIsOvertakenCountsForTheRest() public {
        _demand(number, WHOLE_BATCH);
        _disclose(stranger, 0, 1);
        _disclose(runner, 0, 5);
        _disclose(stranger, 5, 1);

        _disclose(runner, 5, 4);

        assertEq(uint8(court.demandOf(number, WHOLE_BATCH).state), uint8(IReceiptCourt.DemandState.Revealed));
        assertEq(token.balanceOf(runner), PRICE * 7 / 64);
        assertEq(token.balanceOf(stranger), PRICE * 2 / 64);
        assertEq(token.balanceOf(address(court)), 0);
    }

    /// @dev Who demands the whole and shows the first receipts itself earns their part, not all: the runner is paid for its own.
    function test_ShowingOnesOwnDemandEarnsItsPartAlone() public {
        _open(128);
        uint256 before = token.balanceOf(demander);
        _demand(number, WHOLE_BATCH);
        _disclose(demander, 0, 64);
        assertEq(before - token.balanceOf(demander), PRICE / 2);

        _disclose(runner, 64, 64);

        assertEq(token.balanceOf(runner), PRICE / 2);
        assertEq(token.balanceOf(address(court)), 0);
    }

    /// @dev A runner that demands single receipts of its own, whose deposits it gets back, makes the whole no dearer.
    function test_ManyOpenDemandsDoNotRaiseItsPrice() public {
        for (uint32 i; i < 33; ++i) {
            _demand(number, i);
        }
        uint256 before = token.balanceOf(demander);

        _demand(number, WHOLE_BATCH);

        assertEq(before - token.balanceOf(demander), PRICE);
    }

    /// @dev Once its count is known the whole can be demanded still.
    function test_TheWholeCanBeDemandedAfterASingleReceipt() public {
        _demand(number, 1);
        verifier.reveal(batch, 1, _revelation(number, 1));

        _demand(number, WHOLE_BATCH);
        _disclose(stranger, 0, 9);

        assertEq(court.openDemandsOf(number), 0);
    }

    function demandAgain(uint32 index) external {
        _demand(number, index);
    }

    function _open(uint256 count) private {
        for (uint256 i; i < count; ++i) {
            _answer(i % 3, model, uint32(i), 5);
        }
        number = _close();
        batch = batchOf[number];
    }

    function _disclose(address by, uint256 first, uint256 length) private {
        IReceiptVerifier.Disclosure[] memory disclosures = _disclosures(first, length);
        bytes32[] memory siblings = _siblings(first, length);
        uint64 count = uint64(receiptsOf[number].length);
        vm.prank(by);
        verifier.disclose(batch, uint64(first), count, disclosures, siblings);
    }

    function _disclosures(uint256 first, uint256 length) private view returns (IReceiptVerifier.Disclosure[] memory) {
        return _disclosuresOf(number, first, length);
    }

    function _siblings(uint256 first, uint256 length) private view returns (bytes32[] memory) {
        return Tree.rangeSiblings(_leaves(receiptsOf[number]), first, length);
    }
}
