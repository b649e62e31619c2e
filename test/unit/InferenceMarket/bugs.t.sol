// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";

/// @notice Bugs that other protocols had, each a test that says which.
contract InferenceMarketBugsTest is MarketFixture {
    bytes32 private constant IMPLEMENTATION_SLOT = bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1);

    bytes32 private channel;

    function setUp() public override {
        super.setUp();
        channel = _open(1e20);
    }

    /// @dev A payer that names itself as the service would have its escrow back, with rewards: here it loses the other parts.
    function test_Bug_ASelfNamedServiceRecyclesItsEscrow() public {
        staking.setActive(payer, Role.Runner, true);
        vm.prank(payer);
        bytes32 own = market.openChannel(payer, 1, 10_000);
        bytes memory rows = _group(_payment(own, model, 10_000));

        vm.prank(payer);
        market.settle(rows, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE);
        market.collectRunner(payer);

        assertEq(token.balanceOf(payer), 3000, "of 10,000");
    }

    /// @dev Whatever a row's voucher says, its payer has signed: each bit that is turned is another voucher.
    function testFuzz_Bug_AFieldThatNobodySigned(uint16 bit) public {
        bytes memory rows = _group(_payment(channel, model, 10));
        // behind the group's count: payer, salt, nonce, (cumulative is the runner's to lower), cap, request, deadline
        uint256[2][3] memory signed = [[uint256(0), 320], [uint256(416), 512], [uint256(512), 832]];
        uint256 span = signed[bit % 3][1] - signed[bit % 3][0];
        uint256 place = 80 + signed[bit % 3][0] + bit % span;

        rows[place / 8] ^= bytes1(uint8(1 << (7 - place % 8)));

        vm.prank(runner);
        (bool done, bytes memory answer) =
            address(market).call(abi.encodeCall(IInferenceMarket.settle, (rows, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE)));
        assertFalse(done);
        bytes4 cause = bytes4(answer);
        assertTrue(
            cause == IInferenceMarket.InferenceMarket_WrongSigner.selector
                || cause == IInferenceMarket.InferenceMarket_VoucherExpired.selector
                || cause == IInferenceMarket.InferenceMarket_AmountAboveCap.selector
        );
        assertEq(market.batchCount(), 0);
    }

    function test_Bug_AModelThatNobodySigned() public {
        bytes memory row = _row(_payment(channel, model, 10), payerKey);

        vm.expectPartialRevert(IInferenceMarket.InferenceMarket_WrongSigner.selector);
        _settle(abi.encodePacked(plainModel, uint16(1), row));
    }

    /// @dev What was collected was kept under the signer: a second signer's vouchers paid all of it once more.
    function test_Bug_CollectedAmountsKeyedUnderARotatingSigner() public {
        (address second, uint256 secondKey) = makeAddrAndKey("second");
        vm.prank(payer);
        market.authorizeSigner(second);
        _settle(channel, model, 10_000);

        bytes memory rows = abi.encodePacked(model, uint16(1), _row(_payment(channel, model, 10_000), secondKey));

        assertEq(_settle(rows), 0);
        assertEq(market.channelOf(channel).claimed, 10_000);
    }

    /// @dev Only deposits take tokens in, and only they raise what is owed in all.
    function test_Bug_CreditsWithoutTransferAndTheReverse() public {
        _settle(channel, model, 10_000);
        uint256 owed = _owed();
        uint256 balance = token.balanceOf(address(market));

        vm.startPrank(runner);
        market.release(channel, 77);
        market.refund(channel, 100);
        vm.stopPrank();
        vm.startPrank(payer);
        market.thaw(channel, 1000);
        vm.warp(START + THAW_PERIOD);
        market.withdrawThawed(channel);
        market.topUp(channel, 5);
        vm.stopPrank();
        assertEq(token.balanceOf(address(market)), balance);
        assertEq(_owed(), owed);

        vm.prank(payer);
        market.withdraw(payer, 9);
        assertEq(token.balanceOf(address(market)), balance - 9);
        assertEq(_owed(), owed - 9);
        assertEq(token.balanceOf(address(market)), _owed());
    }

    /// @dev Cut into many settlements an amount pays the same parts but for one base unit a settlement and part; the data part,
    /// which contributors live of, exactly the same.
    function testFuzz_Bug_RewardsDependOnTheNumberOfCalls(uint96 amount, uint8 cuts) public {
        amount = uint96(bound(amount, 1e6, 1e19));
        uint256 count = 2 + cuts % 20;
        uint256 snapshot = vm.snapshotState();
        _settle(channel, model, amount);
        uint96[4] memory whole = _dues();
        uint96 data = market.dataDue();
        vm.revertToState(snapshot);

        for (uint256 i = 1; i <= count; ++i) {
            _settle(channel, model, uint96(amount * i / count));
        }

        uint96[4] memory cut = _dues();
        assertEq(market.dataDue(), data, "data");
        for (uint256 i; i < 3; ++i) {
            assertLe(cut[i], whole[i] + 1, "nobody gains but the runner");
            assertGe(cut[i] + count, whole[i], "a base unit a settlement");
        }
        assertLe(cut[3], whole[3] + 3 * count);
    }

    /// @dev Collected as often as one likes, protocol and security, owner and upstream model get the same.
    function testFuzz_Bug_SharesDependOnHowOftenTheyAreCollected(uint96[6] memory steps, bool upstream) public {
        if (upstream) models.addUpstream(model, plainModel, 3333);
        uint256 snapshot = vm.snapshotState();
        uint96 cumulative;
        for (uint256 i; i < steps.length; ++i) {
            cumulative += uint96(bound(steps[i], 1, 1e18));
            _settle(channel, model, cumulative);
        }
        uint256 protocol = market.protocolDue();
        uint256 security_ = market.securityDue();
        uint256 rest = market.governedRest();
        uint256 ofModel = market.modelDue(model);

        vm.revertToState(snapshot);
        cumulative = 0;
        for (uint256 i; i < steps.length; ++i) {
            cumulative += uint96(bound(steps[i], 1, 1e18));
            _settle(channel, model, cumulative);
            _try(abi.encodeCall(IInferenceMarket.collectProtocol, ()));
            _try(abi.encodeCall(IInferenceMarket.collectSecurity, ()));
            _try(abi.encodeCall(IInferenceMarket.collectModel, (model)));
        }

        assertEq(token.balanceOf(treasury) + market.protocolDue(), protocol);
        assertEq(token.balanceOf(security) + market.securityDue(), security_);
        assertEq(market.governedRest(), rest);
        assertEq(token.balanceOf(modelOwner) + market.modelDue(model), ofModel);
    }

    /// @dev Who has thawed its stake and taken it would have nothing to lose by a false batch: it settles none.
    function test_Bug_ARunnerSettlesAfterItsStakeHasLeft() public {
        _settle(channel, model, 10);
        staking.setActive(runner, Role.Runner, false);
        vm.warp(START + 21 days);

        bytes memory rows = _group(_payment(channel, model, 20));
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_RunnerNotActive.selector, runner));
        _settle(rows);
        assertEq(market.batchCount(), 1);
    }

    /// @dev Nor by a signature that somebody else sends: see settleFor, which settles by the same code.
    function test_Bug_ARunnerThatNeverStakedSettles() public {
        staking.setActive(runner, Role.Runner, false);

        bytes memory rows = _group(_payment(channel, model, 10));
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_RunnerNotActive.selector, runner));
        _settle(rows);
    }

    function test_Bug_DuplicateRowsOfABatchArePaidTwice() public {
        bytes memory row = _row(_payment(channel, model, 10), payerKey);
        bytes memory higher = _row(_payment(channel, model, 11), payerKey);

        vm.expectPartialRevert(IInferenceMarket.InferenceMarket_ChannelsNotAscending.selector);
        _settle(abi.encodePacked(model, uint16(2), row, row));
        vm.expectPartialRevert(IInferenceMarket.InferenceMarket_ChannelsNotAscending.selector);
        _settle(abi.encodePacked(model, uint16(2), row, higher));
        bytes memory group = abi.encodePacked(model, uint16(1), row);
        vm.expectPartialRevert(IInferenceMarket.InferenceMarket_ModelsNotAscending.selector);
        _settle(abi.encodePacked(group, group));
    }

    /// @dev Dues leave for fixed places whoever asks; no key chooses where.
    function test_Bug_SweepFunctionsUnderAKey() public {
        _settle(channel, model, 10_000);

        vm.startPrank(makeAddr("nobody"));
        market.collectProtocol();
        market.collectSecurity();
        market.collectStakers(runner);
        market.collectModel(model);
        market.collectRunner(runner);
        market.collectData();

        assertEq(token.balanceOf(treasury) + token.balanceOf(security), 700);
        assertEq(token.balanceOf(address(staking)), 800);
        assertEq(token.balanceOf(modelOwner), 1500);
        assertEq(token.balanceOf(runner), 3000);
        assertEq(token.balanceOf(address(distributor)), 4000);
    }

    /// @dev Whoever approves the market has approved nobody: this test is its admin.
    function test_Bug_AnAdminPullsFromApprovals() public {
        address victim = makeAddr("victim");
        require(token.transfer(victim, 1000), "no funds");
        vm.prank(victim);
        token.approve(address(market), type(uint256).max);
        require(token.transfer(address(1), token.balanceOf(address(this))), "rid of it");
        token.approve(address(market), type(uint256).max);

        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, address(this), 0, 1000));
        market.deposit(victim, 1000);
        vm.expectPartialRevert(IERC20Errors.ERC20InsufficientBalance.selector);
        market.depositWithPermit(victim, 1000, START, 27, 0, 0);
        _try(abi.encodeCall(IInferenceMarket.depositWithAuthorization, (victim, 1000, 0, START + 1, "n", 27, 0, 0)));

        assertEq(token.balanceOf(victim), 1000);
    }

    function test_Bug_SignaturesWithoutDeadlineOrMaximum() public {
        Payment memory p = _payment(channel, model, 10);
        p.deadline = 0;
        bytes memory rows = _group(p);
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_VoucherExpired.selector, channel, 0, START)
        );
        _settle(rows);

        p = _payment(channel, model, 10);
        p.cap = 0;
        rows = _group(p);
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_AmountAboveCap.selector, channel, 10, 0)
        );
        _settle(rows);
    }

    /// @dev A payer, model owner or runner that has code cannot stop or observe a settlement: none of them is called.
    function test_Bug_HooksInTheMoneysPath() public {
        bytes memory refusing = hex"5f5ffd";
        vm.etch(payer, refusing);
        vm.etch(modelOwner, refusing);
        vm.etch(runner, refusing);

        _settle(channel, model, 10_000);
        market.collectRunner(runner);
        market.collectModel(model);

        assertEq(token.balanceOf(runner), 3000);
    }

    function test_Bug_AnUninitialisedImplementation() public {
        address implementation = address(uint160(uint256(vm.load(address(market), IMPLEMENTATION_SLOT))));
        bytes memory initialization = abi.encodeWithSignature(
            "initialize(address,address,address,(uint16,uint16,uint16))",
            address(this),
            address(this),
            address(this),
            IInferenceMarket.SplitConfig(0, 0, 0)
        );

        vm.expectRevert(Initializable.InvalidInitialization.selector);
        (bool done,) = implementation.call(initialization);
        assertTrue(done, "reverted as expected");
    }

    /// @dev The market's parts are code, not contracts: called by themselves they would keep the money.
    function test_Bug_APartOfTheCodeIsCalledByItself() public {
        address implementation = address(uint160(uint256(vm.load(address(market), IMPLEMENTATION_SLOT))));
        address accounts = vm.computeCreateAddress(implementation, 1);
        address dues = vm.computeCreateAddress(implementation, 2);
        bytes[15] memory ofAccounts = [
            abi.encodeCall(IInferenceMarket.deposit, (payer, 1)),
            abi.encodeCall(IInferenceMarket.depositWithPermit, (payer, 1, START, 27, 0, 0)),
            abi.encodeCall(IInferenceMarket.depositWithAuthorization, (payer, 1, 0, START + 1, 0, 27, 0, 0)),
            abi.encodeCall(IInferenceMarket.withdraw, (payer, 1)),
            abi.encodeCall(IInferenceMarket.authorizeSigner, (payer)),
            abi.encodeCall(IInferenceMarket.thawSigner, (payer)),
            abi.encodeCall(IInferenceMarket.openChannel, (runner, 1, 1)),
            abi.encodeCall(IInferenceMarket.topUp, (channel, 1)),
            abi.encodeCall(
                IInferenceMarket.allocate,
                (IInferenceMarket.Allocation(payer, payer, runner, 1, 1, START, 1), runner, 1, 1, "")
            ),
            abi.encodeCall(
                IInferenceMarket.revokeAllocation, (IInferenceMarket.Allocation(payer, payer, runner, 1, 1, START, 1))
            ),
            abi.encodeCall(IInferenceMarket.thaw, (channel, 1)),
            abi.encodeCall(IInferenceMarket.withdrawThawed, (channel)),
            abi.encodeCall(IInferenceMarket.release, (channel, 1)),
            abi.encodeCall(IInferenceMarket.releaseBySignature, (IInferenceMarket.Release(channel, 1, 1, START), "")),
            abi.encodeCall(IInferenceMarket.refund, (channel, 1))
        ];
        bytes[10] memory ofDues = [
            abi.encodeCall(IInferenceMarket.collectProtocol, ()),
            abi.encodeCall(IInferenceMarket.collectSecurity, ()),
            abi.encodeCall(IInferenceMarket.collectStakers, (runner)),
            abi.encodeCall(IInferenceMarket.collectModel, (model)),
            abi.encodeCall(IInferenceMarket.collectRunner, (runner)),
            abi.encodeCall(IInferenceMarket.collectData, ()),
            abi.encodeCall(IInferenceMarket.setSplitConfig, (IInferenceMarket.SplitConfig(0, 0, 0))),
            abi.encodeCall(IInferenceMarket.setDestinations, (payer, payer)),
            abi.encodeCall(IInferenceMarket.pauseSettlement, (START + 1)),
            abi.encodeCall(IInferenceMarket.pauseExits, (START + 1))
        ];

        for (uint256 i; i < 15; ++i) {
            _expectNotTheMarket(accounts, ofAccounts[i]);
        }
        for (uint256 i; i < 10; ++i) {
            _expectNotTheMarket(dues, ofDues[i]);
        }
    }

    /// @dev The first of two settlements of a channel never lands, or is reorganised away: the second would take its amount too, and
    /// its receipts would not start there, which the court punishes.
    function test_Bug_AnEarlierSettlementWasDropped() public {
        uint256 state = vm.snapshotState();
        _settle(channel, model, 10);
        vm.revertToState(state);
        bytes memory second = _group(_payment(channel, model, 25));

        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_AmountChanged.selector, 15, 25));
        vm.prank(runner);
        market.settle(second, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE + (15 << 32));

        _settle(channel, model, 10);
        vm.prank(runner);
        market.settle(second, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE + (15 << 32));
    }

    /// @dev Any 32 bits may be expected, those too that would stand for the pause itself.
    function testFuzz_Bug_AnExpectationSettlesThroughAPause(uint32 code) public {
        bytes memory rows = _group(_payment(channel, model, 10));
        market.pauseSettlement(START + 7 days);
        uint32[2] memory codes = [code, CONFIG_CODE | (1 << 22)];

        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IInferenceMarket.InferenceMarket_SettlementPaused.selector, START + 7 days)
            );
            vm.prank(runner);
            market.settle(rows, RECEIPTS_ROOT, DATA_HASH, codes[i]);
        }
    }

    function test_Bug_AZeroRootIsAccepted() public {
        bytes memory rows = _group(_payment(channel, model, 10));

        vm.startPrank(runner);
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroReceiptsRoot.selector);
        market.settle(rows, 0, DATA_HASH, CONFIG_CODE);
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroDataHash.selector);
        market.settle(rows, RECEIPTS_ROOT, 0, CONFIG_CODE);
    }

    /// @dev address(0) is what a malformed signature recovers to: a channel of nobody's must not be everybody's.
    function test_Bug_AMalformedSignatureIsNobodys() public {
        bytes memory terms =
            abi.encodePacked(address(0), uint96(1), uint64(1), uint96(10), uint96(10), keccak256("request"), START + 1);
        bytes32 nobodys = market.channelId(address(0), runner, 1);

        vm.expectRevert(
            abi.encodeWithSelector(
                IInferenceMarket.InferenceMarket_WrongSigner.selector, nobodys, address(0), address(0)
            )
        );
        _settle(abi.encodePacked(model, uint16(1), terms, bytes32(0), bytes32(0)));
    }

    function test_Input_TheLargestAmountsSettle() public {
        uint96 largest = type(uint96).max;
        bytes32 full = _openLarge("large", largest);

        _settle(full, plainModel, largest);

        assertEq(market.channelOf(full).claimed, largest);
        assertEq(market.modelClaimedOf(full, plainModel), largest);
        assertEq(
            uint256(market.runnerDue(runner)) + market.stakersDue(runner) + market.modelDue(plainModel)
                + market.protocolDue() + market.securityDue() + market.governedRest(),
            largest
        );
    }

    /// @dev More than 2^96 - 1 base units do not exist of OPEN; of another token a sum would not fit.
    function test_Input_ABatchThatDoesNotFitIsRefused() public {
        bytes32[] memory full = new bytes32[](2);
        full[0] = _openLarge("large 1", type(uint96).max);
        full[1] = _openLarge("large 2", type(uint96).max);
        bytes memory rows = _group(full, plainModel, type(uint96).max);

        vm.expectRevert(
            abi.encodeWithSelector(
                IInferenceMarket.InferenceMarket_AmountTooLarge.selector, 2 * uint256(type(uint96).max)
            )
        );
        _settle(rows);
    }

    function test_Input_DuesThatDoNotFitAreRefused() public {
        for (uint256 i; i < 3; ++i) {
            bytes32 full = _openLarge(bytes12(uint96(1000 + i)), type(uint96).max);
            bytes memory rows = _group(_payment(full, model, type(uint96).max));
            if (i == 2) {
                // 3 · 40 % of 2^96 for data, and what else the two sums had
                vm.expectPartialRevert(IInferenceMarket.InferenceMarket_AmountTooLarge.selector);
            }
            _settle(rows);
        }
    }

    function test_Input_ZeroAmountsAreRefused() public {
        vm.startPrank(payer);
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        market.openChannel(runner, 9, 0);
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        market.topUp(channel, 0);
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAmount.selector);
        market.thaw(channel, 0);
    }

    function test_Input_AZeroVoucherIsANoOp() public {
        assertEq(_settle(channel, model, 0), 0);
    }

    /// @dev A channel of more money than the payer's free balance could hold beside what it has: that is put aside first.
    function _openLarge(bytes12 salt, uint96 amount) private returns (bytes32) {
        uint96 free = market.freeOf(payer);
        if (free != 0) {
            vm.prank(payer);
            market.withdraw(makeAddr("aside"), free);
        }
        deal(address(token), address(this), amount);
        token.approve(address(market), amount);
        market.deposit(payer, amount);
        return _open(salt, amount);
    }

    function _expectNotTheMarket(address part, bytes memory data) private {
        (bool done, bytes memory answer) = part.call(data);
        assertFalse(done);
        assertEq(answer, abi.encodeWithSelector(IInferenceMarket.InferenceMarket_NotTheMarket.selector));
    }

    function _try(bytes memory data) private {
        (bool done,) = address(market).call(data);
        done;
    }

    function _dues() private view returns (uint96[4] memory) {
        uint96 governed = market.protocolDue() + market.securityDue() + market.governedRest();
        return [governed, market.stakersDue(runner), market.modelDue(model), market.runnerDue(runner)];
    }

    function _owed() private view returns (uint256) {
        IInferenceMarket.Channel memory c = market.channelOf(channel);
        uint96[4] memory dues = _dues();
        return uint256(market.freeOf(payer)) + market.freeOf(stranger) + c.balance - c.claimed + market.dataDue()
            + dues[0] + dues[1] + dues[2] + dues[3];
    }
}
