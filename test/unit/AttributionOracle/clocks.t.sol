// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttributionOracle} from "../../../contracts/interfaces/IAttributionOracle.sol";
import {ClockBoundaries} from "../../fixture/ClockBoundaries.sol";
import {EpochFixture} from "../../fixture/EpochFixture.sol";

/// @notice A second before each of the oracle's boundaries, at it and a second after it.
/// @dev The pending proposal is number 1 of epoch 1, made at START + 1, of one credit to one account.
contract AttributionOracleClocksTest is EpochFixture, ClockBoundaries {
    IAttributionOracle.LeafTree private constant CREDITS = IAttributionOracle.LeafTree.Credits;
    uint64 private constant MADE = START + 1;
    uint64 private constant END = MADE + WINDOW;

    IAttributionOracle.Credit[] private _list;

    function setUp() public override {
        super.setUp();
        _answer(1000, _shares(ALICE));
        _closeBatch();
        _openEpoch();
        IAttributionOracle.Credit[] memory credits = _credits(1, 1);
        _list.push(credits[0]);
        _propose(1, credits, _payouts(new IAttributionOracle.Payout[](0), credits));
        require(token.transfer(stranger, 1000), "no deposit");
        vm.prank(stranger);
        token.approve(address(oracle), 1000);
    }

    function test_Epoch_IsOpenedAPeriodAfterTheLast() public {
        uint64 period = 10 * WINDOW;
        IAttributionOracle slow = IAttributionOracle(
            _proxyOf(
                _oracleCode(address(market), period),
                abi.encodeWithSignature("initialize(address,uint96)", manager, BOND)
            )
        );
        slow.openEpoch();
        uint64 earliest = MADE + period;
        vm.warp(MADE + 1);
        vm.startPrank(proposer);
        token.approve(address(slow), BOND);
        slow.propose(1, keccak256("credits"), keccak256("payouts"), 0, DATA_HASH, MADE);
        vm.stopPrank();
        vm.warp(MADE + 1 + WINDOW);
        slow.finalize(1);
        _answer(500, _shares(ALICE));
        _closeBatch();

        _opensAt(
            earliest, stranger, address(slow), abi.encodeCall(IAttributionOracle.openEpoch, ()), _tooEarly(earliest)
        );
    }

    /// @dev What may still happen in a second is stated from the next one on.
    function test_Proposal_IsOfASecondThatIsOver() public {
        vm.prank(address(court));
        oracle.withdraw(1, 1);
        uint64 asOf = END;

        _opensAt(
            asOf + 1,
            proposer,
            address(oracle),
            abi.encodeCall(
                IAttributionOracle.propose, (1, keccak256("credits"), keccak256("payouts"), 0, DATA_HASH, asOf)
            ),
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_AsOfOutOfRange.selector, asOf, START, asOf)
        );
    }

    function test_Window_IsOverAtItsEnd() public {
        _opensAt(END, stranger, address(oracle), _finality(), _tooEarly(END));
    }

    /// @dev Of the second before the window's end: finality waits a reveal period for what is proved by it.
    function test_LateReveal_PutsFinalityOff() public {
        vm.warp(END - 2);
        _demand();
        vm.warp(END - 1);
        oracle.revealCredit(1, _openCredit(_list, 0));
        uint64 end = END - 1 + REVEAL_PERIOD;

        _opensAt(end, stranger, address(oracle), _finality(), _tooEarly(end));
    }

    function test_FinalityPause_EndsByItself() public {
        vm.warp(END);
        uint64 until = END + 7 days;
        oracle.pauseFinality(until);

        _opensAt(
            until,
            stranger,
            address(oracle),
            _finality(),
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_FinalityPaused.selector, until, until - 1)
        );
    }

    function test_FinalityPause_IsOrderedSevenDaysAheadAtMost() public {
        uint64 until = START + 30 days;

        _opensAt(
            until - 7 days,
            address(this),
            address(oracle),
            abi.encodeCall(IAttributionOracle.pauseFinality, (until)),
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_PauseTooLong.selector, until, until - 1)
        );
    }

    function test_Demands_AreTakenBeforeTheWindowsEnd() public {
        _closesAt(
            END,
            stranger,
            address(oracle),
            abi.encodeCall(IAttributionOracle.demandLeaf, (1, CREDITS, 0)),
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_DemandsClosed.selector, END, END),
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_DemandsClosed.selector, END, END + 1)
        );
    }

    /// @dev The second in which an answer is too late is the one in which silence counts.
    function test_Demand_IsAnsweredBeforeItsDeadlineAndExpiresAtIt() public {
        _demand();
        uint64 deadline = MADE + REVEAL_PERIOD;

        _closesAt(
            deadline,
            stranger,
            address(oracle),
            abi.encodeCall(IAttributionOracle.revealCredit, (1, _openCredit(_list, 0))),
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_DeadlinePassed.selector, deadline, deadline),
            abi.encodeWithSelector(IAttributionOracle.AttributionOracle_DeadlinePassed.selector, deadline, deadline + 1)
        );
        _opensAt(
            deadline,
            stranger,
            address(oracle),
            abi.encodeCall(IAttributionOracle.expireDemand, (1, CREDITS, 0)),
            _tooEarly(deadline)
        );
    }

    function _demand() private {
        vm.prank(stranger);
        oracle.demandLeaf(1, CREDITS, 0);
    }

    function _finality() private pure returns (bytes memory) {
        return abi.encodeCall(IAttributionOracle.finalize, (1));
    }

    function _tooEarly(uint64 earliest) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAttributionOracle.AttributionOracle_TooEarly.selector, earliest, earliest - 1);
    }
}
