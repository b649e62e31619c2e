// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IDisputeManager} from "../../../contracts/interfaces/IDisputeManager.sol";
import {IJury} from "../../../contracts/interfaces/IJury.sol";
import {DisputeFixture} from "../../fixture/DisputeFixture.sol";

/// @notice Penalties of the dispute manager and terms and clocks of the jury.
contract DisputeManagerGovernTest is DisputeFixture {
    function test_GovernanceSetsPenaltiesWithinBounds() public {
        IDisputeManager.Penalty memory penalty = IDisputeManager.Penalty(200, 1_000_000e18, 2500);
        vm.expectEmit(address(disputes));
        emit IDisputeManager.PenaltySet(IDisputeManager.Kind.Downtime, penalty);
        disputes.setPenalty(IDisputeManager.Kind.Downtime, penalty);
        assertEq(abi.encode(disputes.penaltyOf(IDisputeManager.Kind.Downtime)), abi.encode(penalty));
        penalty.slashBps = 2000;
        disputes.setPenalty(IDisputeManager.Kind.Model, penalty);
        disputes.setPenalty(IDisputeManager.Kind.Agent, penalty);
        assertEq(abi.encode(disputes.penaltyOf(IDisputeManager.Kind.Agent)), abi.encode(penalty));
    }

    function test_RevertWhen_PenaltiesAreOutOfBounds() public {
        _expectRefused(IDisputeManager.Kind.Downtime, IDisputeManager.Penalty(201, 1, 1));
        _expectRefused(IDisputeManager.Kind.Model, IDisputeManager.Penalty(2001, 1, 1));
        _expectRefused(IDisputeManager.Kind.Agent, IDisputeManager.Penalty(1, 1_000_000e18 + 1, 1));
        _expectRefused(IDisputeManager.Kind.Agent, IDisputeManager.Penalty(1, 1, 2501));
        vm.expectRevert(
            abi.encodeWithSelector(IDisputeManager.DisputeManager_WrongKind.selector, IDisputeManager.Kind.Data)
        );
        disputes.setPenalty(IDisputeManager.Kind.Data, IDisputeManager.Penalty(1, 1, 1));
    }

    /// @dev A harder penalty does not reach who was accused before.
    function test_PenaltyIsThatOfTheFiling() public {
        uint64 dispute = _fileDowntime();
        disputes.setPenalty(IDisputeManager.Kind.Downtime, IDisputeManager.Penalty(200, 5000e18, 0));
        _firstRound(dispute, "uuuuu");
        _finish(dispute);
        disputes.enforce(dispute);

        assertEq(staking.slashed(), 1000e18);
        assertEq(staking.burnt(), 800e18);
    }

    function test_TermsAreThoseOfTheFiling() public {
        uint64 dispute = _fileDowntime();
        jury.setTerms(IJury.Terms(5, 1, 5000));
        _firstRound(dispute, "d----");
        _finish(dispute);

        assertEq(jury.tallyOf(dispute, 1).pot, FEE);
    }

    function test_RevertWhen_TheCallerDoesNotGovern() public {
        bytes memory refusal = abi.encodeWithSignature("AccessManagedUnauthorized(address)", stranger);
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        disputes.setPenalty(IDisputeManager.Kind.Downtime, IDisputeManager.Penalty(1, 1, 1));
        vm.expectRevert(refusal);
        jury.setTerms(IJury.Terms(1, 1, 1));
        vm.expectRevert(refusal);
        (bool done,) =
            address(disputes).call(abi.encodeWithSignature("upgradeToAndCall(address,bytes)", address(jury), ""));
        assertTrue(done, "reverted as expected");
    }

    function test_RevertWhen_TermsAreOutOfBounds() public {
        _expectRefused(IJury.Terms(0, 1, 1));
        _expectRefused(IJury.Terms(100_000e18 + 1, 1, 1));
        _expectRefused(IJury.Terms(1, 0, 1));
        _expectRefused(IJury.Terms(1, 50_000_000e18 + 1, 1));
        _expectRefused(IJury.Terms(1, 1, 0));
        _expectRefused(IJury.Terms(1, 1, 5001));
        IJury.Terms memory most = IJury.Terms(100_000e18, 50_000_000e18, 5000);
        vm.expectEmit(address(jury));
        emit IJury.TermsSet(most);
        jury.setTerms(most);
        assertEq(abi.encode(jury.terms()), abi.encode(most));
    }

    function test_RevertWhen_ClocksAreOutOfBounds() public {
        this.deploy(IJury.Clocks(48 hours, 36 hours, 7 days));
        // 29 days in all
        this.deploy(IJury.Clocks(48 hours, 36 hours, 21 days));
        _expectRefused(IJury.Clocks(48 hours - 1, 36 hours, 7 days));
        _expectRefused(IJury.Clocks(48 hours, 36 hours - 1, 7 days));
        _expectRefused(IJury.Clocks(48 hours, 36 hours, 7 days - 1));
        _expectRefused(IJury.Clocks(48 hours, 36 hours, 21 days + 1));
        _expectRefused(IJury.Clocks(type(uint64).max, type(uint64).max, type(uint64).max));
        vm.chainId(31_337);
        this.deploy(IJury.Clocks(1, 1, 1));
        _expectRefused(IJury.Clocks(0, 1, 1));
        _expectRefused(IJury.Clocks(1, 0, 1));
        _expectRefused(IJury.Clocks(1, 1, 0));
        assertEq(abi.encode(jury.clocks()), abi.encode(IJury.Clocks(EVIDENCE, VOTE, APPEAL)));
    }

    function deploy(IJury.Clocks calldata clocks) external {
        require(msg.sender == address(this), "not the test");
        _deployJury(address(disputes), clocks);
    }

    function _expectRefused(IJury.Clocks memory clocks) private {
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_ClocksOutOfBounds.selector, clocks));
        this.deploy(clocks);
    }

    function _expectRefused(IJury.Terms memory terms) private {
        vm.expectRevert(abi.encodeWithSelector(IJury.Jury_TermsOutOfBounds.selector, terms));
        jury.setTerms(terms);
    }

    function _expectRefused(IDisputeManager.Kind kind, IDisputeManager.Penalty memory penalty) private {
        vm.expectRevert(
            abi.encodeWithSelector(IDisputeManager.DisputeManager_PenaltyOutOfBounds.selector, kind, penalty)
        );
        disputes.setPenalty(kind, penalty);
    }
}
