// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IReceiptCourt} from "../../../contracts/interfaces/IReceiptCourt.sol";
import {IReceiptVerifier} from "../../../contracts/interfaces/IReceiptVerifier.sol";
import {CourtFixture} from "../../fixture/CourtFixture.sol";

contract ReceiptCourtGovernTest is CourtFixture {
    function test_TermsAreThoseOfTheDeployment() public view {
        IReceiptCourt.Terms memory terms = court.terms();
        assertEq(terms.demandDeposit, DEPOSIT);
        assertEq(terms.minimumSlash, MINIMUM_SLASH);
        assertEq(terms.bountyBps, BOUNTY_BPS);
        assertEq(court.revealPeriod(), REVEAL);
        assertEq(court.trialPeriod(), TRIAL);
    }

    function test_GovernanceSetsTerms() public {
        IReceiptCourt.Terms memory terms = IReceiptCourt.Terms(1, 1, 1);
        vm.expectEmit(address(court));
        emit IReceiptCourt.TermsSet(terms);
        court.setTerms(terms);
        assertEq(abi.encode(court.terms()), abi.encode(terms));

        terms = IReceiptCourt.Terms(100e18, 10_000e18, 2500);
        court.setTerms(terms);
        assertEq(abi.encode(court.terms()), abi.encode(terms));
    }

    function test_RevertWhen_TheCallerDoesNotGovern() public {
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", stranger));
        vm.prank(stranger);
        court.setTerms(IReceiptCourt.Terms(1, 1, 1));
    }

    function test_RevertWhen_TermsAreOutOfBounds() public {
        _expectRefused(IReceiptCourt.Terms(0, 1, 1));
        _expectRefused(IReceiptCourt.Terms(100e18 + 1, 1, 1));
        _expectRefused(IReceiptCourt.Terms(1, 0, 1));
        _expectRefused(IReceiptCourt.Terms(1, 10_000e18 + 1, 1));
        _expectRefused(IReceiptCourt.Terms(1, 1, 0));
        _expectRefused(IReceiptCourt.Terms(1, 1, 2501));
    }

    /// @dev A price that rises does not reach what was paid before.
    function test_DepositIsPaidAsItWasTaken() public {
        _answer(0, model, 1, 1);
        uint64 number = _close();
        _demand(number, 0);
        court.setTerms(IReceiptCourt.Terms(2 * DEPOSIT, MINIMUM_SLASH, BOUNTY_BPS));

        IReceiptVerifier.Revelation memory revelation = _revelation(number, 0);
        vm.prank(stranger);
        verifier.reveal(batchOf[number], 0, revelation);

        assertEq(token.balanceOf(stranger), DEPOSIT);
    }

    /// @dev 30 hours: twice a rollup's forced inclusion and 6 hours; anything on a chain without time travel.
    function test_RevertWhen_TheRevealPeriodIsTooShort() public {
        vm.expectRevert(
            abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_RevealPeriodTooShort.selector, 30 hours - 1, 30 hours)
        );
        this.deploy(30 hours - 1, TRIAL);
        this.deploy(30 hours, TRIAL);

        vm.chainId(31_337);
        this.deploy(1, 1);
        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_RevealPeriodTooShort.selector, 0, 1));
        this.deploy(0, 1);
    }

    /// @dev 17 days and twice 2 are the stakes' thaw of 21.
    function test_RevertWhen_ATrialOutlastsTheThaw() public {
        this.deploy(REVEAL, 17 days);
        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TrialOutlastsThaw.selector, THAW + 1, THAW));
        this.deploy(REVEAL, 17 days + 1);
    }

    function deploy(uint64 reveal, uint64 trial) external {
        require(msg.sender == address(this), "not the test");
        IReceiptCourt.Terms memory terms = IReceiptCourt.Terms(DEPOSIT, MINIMUM_SLASH, BOUNTY_BPS);
        vm.deployCode(
            "ReceiptCourt.sol:ReceiptCourt",
            abi.encode(manager, token, market, staking, address(verifier), reveal, trial, terms)
        );
    }

    function _expectRefused(IReceiptCourt.Terms memory terms) private {
        vm.expectRevert(abi.encodeWithSelector(IReceiptCourt.ReceiptCourt_TermsOutOfBounds.selector, terms));
        court.setTerms(terms);
    }
}
