// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {ModelFixture} from "../../fixture/ModelFixture.sol";
import {FalseReturnToken, ReentrantToken, TaxToken} from "../../fixture/ModelHostileTokens.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

contract ModelRegistryPublishTest is ModelFixture {
    uint96 private constant FEE = 101e18;

    function test_TheFeeGoesToTheTreasury() public {
        models.setPublishingFee(FEE);
        _fund(IERC20(token), owner, FEE + 1);
        vm.expectEmit(address(models));
        emit IModelRegistry.PublishingFeePaid(2, owner, treasury, FEE);

        _registerBase(_paying(FEE));

        assertEq(token.balanceOf(treasury), FEE);
        assertEq(token.balanceOf(owner), 1);
        assertEq(token.balanceOf(address(models)), 0);
    }

    function test_WithoutAFeeNothingIsPulled() public {
        vm.expectCall(address(token), abi.encodeWithSelector(IERC20.transferFrom.selector), 0);

        _registerBase(_paying(FEE));

        assertEq(models.publishingFee(), 0);
    }

    function test_RevertWhen_TheFeeIsAboveTheCallersMaximum() public {
        models.setPublishingFee(FEE);
        _fund(IERC20(token), owner, FEE);

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_FeeAboveMaximum.selector, FEE, FEE - 1));
        _registerBase(_paying(FEE - 1));
    }

    function test_SetPublishingFee() public {
        vm.expectEmit(address(models));
        emit IModelRegistry.PublishingFeeSet(10_000e18);
        models.setPublishingFee(10_000e18);

        assertEq(models.publishingFee(), 10_000e18);
        vm.expectRevert(
            abi.encodeWithSelector(
                IModelRegistry.ModelRegistry_FeeAboveMaximum.selector, 10_000e18 + 1, uint96(10_000e18)
            )
        );
        models.setPublishingFee(10_000e18 + 1);
        vm.expectRevert(_unauthorized(stranger));
        vm.prank(stranger);
        models.setPublishingFee(0);
    }

    function test_SetTreasury() public {
        vm.expectEmit(address(models));
        emit IModelRegistry.TreasurySet(bob);
        models.setTreasury(bob);

        assertEq(models.treasury(), bob);
        vm.expectRevert(IModelRegistry.ModelRegistry_ZeroAddress.selector);
        models.setTreasury(address(0));
        vm.expectRevert(_unauthorized(stranger));
        vm.prank(stranger);
        models.setTreasury(stranger);
    }

    function test_APauseEndsByItself() public {
        uint64 until = START + 7 days;
        vm.expectEmit(address(models));
        emit IModelRegistry.RegistrationPaused(until);
        models.pauseRegistration(until);

        assertEq(models.registrationPausedUntil(), until);
        bytes memory paused = abi.encodeWithSelector(IModelRegistry.ModelRegistry_RegistrationPaused.selector, until);
        vm.expectRevert(paused);
        _registerBase(_registration(0, 0));
        vm.warp(until - 1);
        vm.expectRevert(paused);
        _registerAdapter(_registration(0, 2000));
        vm.warp(until);
        _registerBase(_registration(0, 0));
        _registerAdapter(_registration(0, 2000));
    }

    /// @dev Only new models wait: what is registered lives on.
    function test_APauseStopsOnlyRegistrations() public {
        models.pauseRegistration(START + 1);

        vm.startPrank(owner);
        models.scheduleRevenue(base, IModelRegistry.Revenue(1, 0));
        models.cancelRevenue(base);
        models.deprecate(base);
        IERC721(address(models)).transferFrom(owner, alice, base);
    }

    function test_APauseMayBeLifted() public {
        models.pauseRegistration(START + 7 days);

        models.pauseRegistration(START);

        _registerBase(_registration(0, 0));
    }

    function test_Pause_RevertWhen_TooLongOrNotTheBrake() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IModelRegistry.ModelRegistry_PauseTooLong.selector, START + 7 days + 1, START + 7 days
            )
        );
        models.pauseRegistration(START + 7 days + 1);
        vm.expectRevert(_unauthorized(stranger));
        vm.prank(stranger);
        models.pauseRegistration(START);
    }

    function test_RevertWhen_TheTokenReturnsFalse() public {
        FalseReturnToken hostile = new FalseReturnToken();
        models = _deployModels(address(hostile));
        models.setPublishingFee(FEE);

        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(hostile)));
        _registerBase(_paying(FEE));
        assertEq(models.modelCount(), 0);
    }

    /// @dev The treasury's loss alone: the registry keeps no books that could be wrong.
    function test_ATokenThatTaxesLeavesNothingBehind() public {
        TaxToken hostile = new TaxToken();
        models = _deployModels(address(hostile));
        models.setPublishingFee(FEE);
        vm.prank(owner);
        hostile.approve(address(models), FEE);
        assertTrue(hostile.transfer(owner, 2 * uint256(FEE)));

        _registerBase(_paying(FEE));

        assertEq(hostile.balanceOf(address(models)), 0);
        assertEq(hostile.balanceOf(treasury), FEE - FEE / 10);
    }

    /// @dev In the middle of the payment the model is whole already: the one within gets the next number and pays too.
    function test_AReentrantTokenFindsTheModelRegistered() public {
        ReentrantToken hostile = new ReentrantToken();
        models = _deployModels(address(hostile));
        models.setPublishingFee(FEE);
        _fund(IERC20(hostile), owner, FEE);
        _fund(IERC20(hostile), address(hostile), FEE);
        IModelRegistry.Registration memory within = _derived(0, _grants(1, 9000));
        within.maximumFee = FEE;
        hostile.arm(address(models), abi.encodeCall(models.registerBase, (within)));

        _registerBase(_paying(FEE));

        assertTrue(hostile.done());
        assertEq(abi.decode(hostile.answer(), (uint64)), 2);
        assertEq(IERC721(address(models)).ownerOf(1), owner);
        assertEq(IERC721(address(models)).ownerOf(2), address(hostile));
        assertEq(hostile.balanceOf(treasury), 2 * uint256(FEE));
    }

    /// @dev A base or an adapter: what its publisher pays the treasury gets, within what it allows, it has and may be asked.
    function testFuzz_Register_PaysTheFee(uint256 amount, uint256 allowed, uint256 held, bool isBase) public {
        uint96 fee = uint96(bound(amount, 0, 10_000e18 + 1));
        if (fee > 10_000e18) {
            vm.expectRevert(
                abi.encodeWithSelector(IModelRegistry.ModelRegistry_FeeAboveMaximum.selector, fee, uint96(10_000e18))
            );
        }
        models.setPublishingFee(fee);
        if (fee > 10_000e18) fee = 0;
        IModelRegistry.Registration memory r = _registration(1500, isBase ? 0 : 4000);
        r.maximumFee = uint96(bound(allowed, fee == 0 ? 0 : fee - 1, 10_000e18));
        held = bound(held, fee == 0 ? 0 : fee - 1, 2 * uint256(fee));
        assertTrue(token.transfer(owner, held));
        vm.prank(owner);
        token.approve(address(models), type(uint256).max);

        bool isPaid = fee <= r.maximumFee && fee <= held;
        if (fee > r.maximumFee) {
            vm.expectRevert(
                abi.encodeWithSelector(IModelRegistry.ModelRegistry_FeeAboveMaximum.selector, fee, r.maximumFee)
            );
        } else if (fee > held) {
            vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, owner, held, fee));
        }
        isBase ? _registerBase(r) : _registerAdapter(r);

        assertEq(token.balanceOf(treasury), isPaid ? fee : 0);
        assertEq(token.balanceOf(owner), isPaid ? held - fee : held);
        assertEq(token.balanceOf(address(models)), 0);
        assertEq(models.modelCount(), isPaid ? 2 : 1);
    }

    function _paying(uint96 maximumFee) private pure returns (IModelRegistry.Registration memory r) {
        r = _registration(1500, 0);
        r.maximumFee = maximumFee;
    }

    function _fund(IERC20 token_, address account, uint256 amount) private {
        assertTrue(token_.transfer(account, amount));
        vm.prank(account);
        token_.approve(address(models), amount);
    }
}
