// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {MarketFixture} from "../../fixture/MarketFixture.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

contract InferenceMarketGovernTest is MarketFixture {
    function test_SplitIsSet() public {
        vm.expectEmit(address(market));
        emit IInferenceMarket.SplitConfigSet(1000 * 2048 + 1000, IInferenceMarket.SplitConfig(0, 1000, 1000));
        market.setSplitConfig(IInferenceMarket.SplitConfig(0, 1000, 1000));

        assertEq(market.configCode(), 1000 * 2048 + 1000);
        assertEq(market.splitConfig().securityBps, 1000);
    }

    function test_RevertWhen_TheGovernedPartsExceedAFifthByOne() public {
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_SplitTooLarge.selector, 2001, 2000));
        market.setSplitConfig(IInferenceMarket.SplitConfig(1, 1000, 1000));
    }

    function test_RevertWhen_AStrangerGoverns() public {
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);

        vm.expectRevert(refusal);
        market.setSplitConfig(IInferenceMarket.SplitConfig(0, 0, 0));
        vm.expectRevert(refusal);
        market.setDestinations(stranger, stranger);
        vm.expectRevert(refusal);
        UUPSUpgradeable(address(market)).upgradeToAndCall(address(1), "");
    }

    function test_DestinationsAreSet() public {
        vm.expectEmit(address(market));
        emit IInferenceMarket.DestinationsSet(address(1), address(2));
        market.setDestinations(address(1), address(2));

        assertEq(market.treasury(), address(1));
        assertEq(market.security(), address(2));
    }

    function test_RevertWhen_ADestinationIsNobody() public {
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAddress.selector);
        market.setDestinations(address(0), security);
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAddress.selector);
        market.setDestinations(treasury, address(0));
    }

    /// @dev What a part says of the first configuration is what the deployment says.
    function test_RevertWhen_ItBeginsWithWhatItsPartsRefuse() public {
        vm.expectRevert(IInferenceMarket.InferenceMarket_ZeroAddress.selector);
        this.deployWith(address(0), 700);
        vm.expectRevert(abi.encodeWithSelector(IInferenceMarket.InferenceMarket_SplitTooLarge.selector, 2801, 2000));
        this.deployWith(treasury, 2001);
    }

    /// @dev A call of its own: what reverts while it is created would end the test.
    function deployWith(address treasury_, uint16 protocolBps) external {
        _proxyOf(
            _implementation(),
            abi.encodeWithSignature(
                "initialize(address,address,address,(uint16,uint16,uint16))",
                manager,
                treasury_,
                security,
                protocolBps,
                uint16(0),
                uint16(800)
            )
        );
    }

    function test_CodeIsUpgradableUntilTheFreeze() public {
        address next = _implementation();

        vm.warp(market.upgradesFrozenAt() - 1);
        UUPSUpgradeable(address(market)).upgradeToAndCall(next, "");

        assertEq(market.configCode(), CONFIG_CODE, "state kept");
        assertEq(market.upgradesFrozenAt(), START + 548 days);
    }

    function test_RevertWhen_UpgradedAtTheFreeze() public {
        address next = _implementation();
        uint64 frozenAt = market.upgradesFrozenAt();

        vm.warp(frozenAt);
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_UpgradesFrozen.selector, frozenAt, frozenAt)
        );
        UUPSUpgradeable(address(market)).upgradeToAndCall(next, "");
    }

    function test_RevertWhen_TheImplementationIsInitialised() public {
        address implementation = _implementation();

        vm.expectRevert(Initializable.InvalidInitialization.selector);
        (bool done,) = implementation.call(_initialization());
        assertTrue(done, "reverted as expected");
    }

    function test_RevertWhen_TheProxyIsInitialisedAgain() public {
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        (bool done,) = address(market).call(_initialization());
        assertTrue(done, "reverted as expected");
    }

    /// @dev Whoever allocates the stream of data parts says who gets them: only the market's own oracle may.
    function test_RevertWhen_TheDataStreamIsNotTheOracles() public {
        uint64 foreign = distributor.createStream(stranger);
        vm.mockCall(stranger, abi.encodeWithSignature("stream()"), abi.encode(stream));
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ForeignStream.selector, stream, address(oracle))
        );
        this.deployMarketOver(stranger);

        vm.mockCall(address(oracle), abi.encodeWithSignature("stream()"), abi.encode(foreign));
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceMarket.InferenceMarket_ForeignStream.selector, foreign, stranger)
        );
        this.deployMarketOver(address(oracle));
    }

    function deployMarketOver(address oracle_) external returns (address) {
        return vm.deployCode(
            "InferenceMarket.sol:InferenceMarket",
            abi.encode(token, distributor, staking, models, oracle_, THAW_PERIOD, STAKE_CHECK_PERIOD)
        );
    }

    function _implementation() private returns (address) {
        return this.deployMarketOver(address(oracle));
    }

    function _initialization() private view returns (bytes memory) {
        return abi.encodeWithSignature(
            "initialize(address,address,address,(uint16,uint16,uint16))",
            manager,
            treasury,
            security,
            IInferenceMarket.SplitConfig(0, 0, 0)
        );
    }
}
