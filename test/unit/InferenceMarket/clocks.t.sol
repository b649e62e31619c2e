// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {ClockBoundaries} from "../../fixture/ClockBoundaries.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// @notice A second before each of the market's boundaries, at it and a second after it.
contract InferenceMarketClocksTest is MarketFixture, ClockBoundaries {
    uint64 private constant THAW_END = START + THAW_PERIOD;
    uint64 private constant PAUSE_END = START + 1 days;

    bytes32 private channel;

    function setUp() public override {
        super.setUp();
        channel = _open(1000);
    }

    function test_PayersThaw_IsWithdrawnFromItsEndOn() public {
        vm.prank(payer);
        market.thaw(channel, 600);

        _opensAt(THAW_END, payer, address(market), _withdrawal(), _stillThawing(THAW_END));
    }

    /// @dev The same second, the runner's side of it.
    function test_PayersThaw_IsSettledBeforeItsEnd() public {
        vm.prank(payer);
        market.thaw(channel, 1000);

        _closesAt(
            THAW_END,
            runner,
            address(market),
            _settlement(_group(_payment(channel, model, 10))),
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ChannelExhausted.selector, channel, 10, 0)
        );
    }

    function test_PayersThaw_EndsLaterByAPause() public {
        vm.prank(payer);
        market.thaw(channel, 600);
        market.pauseSettlement(PAUSE_END);
        uint64 end = THAW_END + (PAUSE_END - START);

        _opensAt(end, payer, address(market), _withdrawal(), _stillThawing(end));
    }

    function test_SignersThaw_ItsVouchersSettleBeforeItsEnd() public {
        (address signer, uint256 signerKey) = makeAddrAndKey("signer");
        vm.startPrank(payer);
        market.authorizeSigner(signer);
        market.thawSigner(signer);
        vm.stopPrank();
        bytes memory rows = abi.encodePacked(model, uint16(1), _row(_payment(channel, model, 10), signerKey));

        _closesAt(
            THAW_END,
            runner,
            address(market),
            _settlement(rows),
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_WrongSigner.selector, channel, signer, payer)
        );
        _closesAt(
            THAW_END,
            payer,
            address(market),
            abi.encodeCall(IInferenceMarket.thawSigner, (signer)),
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_NotASigner.selector, payer, signer)
        );
    }

    /// @dev Its deadline is the last second in which it settles.
    function test_Voucher_SettlesUpToItsDeadline() public {
        uint64 deadline = START + 1 hours;
        Payment memory p = _payment(channel, model, 10);
        p.deadline = deadline;

        _closesAt(
            deadline + 1,
            runner,
            address(market),
            _settlement(_group(p)),
            abi.encodeWithSelector(
                IInferenceMarket.InferenceMarket_VoucherExpired.selector, channel, deadline, deadline + 1
            ),
            abi.encodeWithSelector(
                IInferenceMarket.InferenceMarket_VoucherExpired.selector, channel, deadline, deadline + 2
            )
        );
    }

    function test_LookAtTheStake_IsGoodForItsPeriod() public {
        _settle(channel, model, 1);
        staking.setActive(runner, Role.Runner, false);

        _closesAt(
            START + STAKE_CHECK_PERIOD,
            runner,
            address(market),
            _settlement(_group(_payment(channel, model, 10))),
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_RunnerNotActive.selector, runner)
        );
    }

    function test_SettlementPause_EndsByItself() public {
        bytes memory rows = _group(_payment(channel, model, 10));
        market.pauseSettlement(PAUSE_END);

        _opensAt(
            PAUSE_END,
            runner,
            address(market),
            _settlement(rows),
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_SettlementPaused.selector, PAUSE_END)
        );
    }

    function test_ExitsPause_EndsByItself() public {
        market.pauseExits(PAUSE_END);

        _opensAt(
            PAUSE_END,
            payer,
            address(market),
            abi.encodeCall(IInferenceMarket.withdraw, (payer, 1)),
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ExitsPaused.selector, PAUSE_END)
        );
    }

    /// @dev Its end lies ahead, seven days or 72 hours at most.
    function test_Pauses_AreOrderedInTime() public {
        uint64 until = START + 30 days;
        _pausedBetween(until, abi.encodeCall(IInferenceMarket.pauseSettlement, (until)), 7 days);
        _pausedBetween(until, abi.encodeCall(IInferenceMarket.pauseExits, (until)), 72 hours);
    }

    function test_Upgrades_FreezeAfterEighteenMonths() public {
        uint64 frozenAt = START + 548 days;
        address next = vm.deployCode(
            "InferenceMarket.sol:InferenceMarket",
            abi.encode(token, distributor, staking, models, oracle, THAW_PERIOD, STAKE_CHECK_PERIOD)
        );

        _closesAt(
            frozenAt,
            address(this),
            address(market),
            abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (next, "")),
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_UpgradesFrozen.selector, frozenAt, frozenAt),
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_UpgradesFrozen.selector, frozenAt, frozenAt + 1)
        );
    }

    function _pausedBetween(uint64 until, bytes memory pause, uint64 longest) private {
        uint64 first = until - longest;
        _opensAt(first, address(this), address(market), pause, _outOfRange(until, first - 1, longest));
        _closesAt(
            until,
            address(this),
            address(market),
            pause,
            _outOfRange(until, until, longest),
            _outOfRange(until, until + 1, longest)
        );
    }

    function _withdrawal() private view returns (bytes memory) {
        return abi.encodeCall(IInferenceMarket.withdrawThawed, (channel));
    }

    function _settlement(bytes memory rows) private pure returns (bytes memory) {
        return abi.encodeCall(IInferenceMarket.settle, (rows, RECEIPTS_ROOT, DATA_HASH, CONFIG_CODE));
    }

    function _stillThawing(uint64 end) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IInferenceMarket.InferenceMarket_StillThawing.selector, end, end - 1);
    }

    function _outOfRange(uint64 until, uint64 now_, uint64 longest) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IInferenceMarket.InferenceMarket_PauseOutOfRange.selector, until, now_, now_ + longest
            );
    }
}
