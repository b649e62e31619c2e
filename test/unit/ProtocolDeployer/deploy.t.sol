// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {Config, Deployment} from "../../../script/Deployment.sol";
import {ProtocolFixture} from "../../fixture/ProtocolFixture.sol";

contract ProtocolDeployerDeployTest is ProtocolFixture {
    function test_WiresTheProtocol() public {
        Config memory config = _config();
        Deployment memory d = factory.deploy(config);

        assertEq(address(d.oracle.market()), address(d.market));
        assertEq(d.oracle.court(), address(d.epochCourt));
        assertEq(address(d.epochCourt.oracle()), address(d.oracle));
        assertEq(address(d.epochCourt.market()), address(d.market));
        assertEq(address(d.epochCourt.models()), address(d.models));
        assertEq(address(d.epochCourt.receiptCourt()), address(d.courts.receiptCourt));
        assertEq(d.courts.receiptCourt.verifier(), address(d.courts.receiptVerifier));
        assertEq(address(d.courts.receiptCourt.market()), address(d.market));
        assertEq(address(d.courts.receiptVerifier.models()), address(d.models));
        assertEq(d.courts.jury.manager(), address(d.courts.disputes));
        assertEq(address(d.courts.disputes.contributions()), address(d.contributions));
        assertEq(address(d.datanets.contributions()), address(d.contributions));
        assertEq(address(d.market.distributor()), address(d.distributor));
        assertEq(d.market.dataStream(), d.oracle.stream());
        assertEq(d.distributor.streamOf(d.oracle.stream()).allocator, address(d.oracle));
        assertEq(address(d.agents.staking()), address(d.staking));
        assertEq(address(d.agents.models()), address(d.models));
        assertEq(address(d.reputation.agents()), address(d.agents));
        assertEq(address(d.reputation.market()), address(d.market));
        assertEq(d.staking.burnQueue(), address(d.burnQueue));
        assertEq(d.burnQueue.token(), address(d.token));
        assertEq(address(d.governance.governor.stakeVotes()), address(d.staking));
        assertEq(address(d.models.token()), address(d.token));
    }

    function test_TermsAreThoseOfTheConfig() public {
        Config memory config = _config();
        Deployment memory d = factory.deploy(config);

        assertEq(d.distributor.window(), config.clocks.window);
        assertEq(d.oracle.epochPeriod(), config.clocks.epochPeriod);
        assertEq(d.oracle.revealPeriod(), config.clocks.revealPeriod);
        assertEq(d.courts.receiptCourt.trialPeriod(), config.clocks.trialPeriod);
        assertEq(d.staking.thawPeriod(), config.clocks.stakingThaw);
        assertEq(d.market.thawPeriod(), config.clocks.marketThaw);
        assertEq(d.oracle.bond(), 1000e18);
        assertEq(d.staking.minimumStake(Role.Runner), 10_000e18);
        assertEq(d.staking.minimumStake(Role.Oracle), 10_000e18);
        assertEq(d.staking.minimumStake(Role.Validator), 10_000e18);
        assertEq(d.staking.minimumStake(Role.Model), 1000e18);
        assertEq(d.staking.minimumStake(Role.Agent), 1000e18);
        assertEq(d.staking.delegatedCapBps(), 5000);
        assertEq(d.models.publishingFee(), 0);
        assertEq(d.market.treasury(), address(d.governance.treasury));
        assertEq(d.models.treasury(), address(d.governance.treasury));
        assertEq(d.market.security(), config.security);
        assertEq(abi.encode(d.market.splitConfig()), abi.encode(IInferenceMarket.SplitConfig(200, 500, 800)));
    }

    /// @dev What the table of OPEN's allocations releases at genesis, and nothing more.
    function test_ALocalGenesisPaysWhatIsReleasedAtOnce() public {
        Deployment memory d = factory.deploy(_config());

        assertEq(d.token.totalSupply(), 1e27);
        assertEq(d.token.balanceOf(address(this)), 215_500_000e18);
        assertEq(d.token.balanceOf(d.genesis), 1e27 - 215_500_000e18);
    }

    function test_EachProxyIsGovernedByTheAccessManager() public {
        Deployment memory d = factory.deploy(_config());
        address[10] memory proxies = [
            address(d.staking),
            address(d.datanets),
            address(d.contributions),
            address(d.validators),
            address(d.models),
            address(d.oracle),
            address(d.market),
            address(d.agents),
            address(d.reputation),
            address(d.courts.disputes)
        ];
        for (uint256 i = 0; i < proxies.length; ++i) {
            (bool known, bytes memory authority) = proxies[i].staticcall(abi.encodeWithSignature("authority()"));
            assertTrue(known);
            assertEq(abi.decode(authority, (address)), address(d.accessManager));
            assertNotEq(vm.load(proxies[i], bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1)), 0);
        }
    }

    /// @dev Here the keeper, on other chains nobody: whoever deploys keeps no role.
    function test_TheDeployerKeepsNothing() public {
        Deployment memory d = factory.deploy(_config());

        for (uint64 role = 0; role < 8; ++role) {
            (bool isMember,) = d.accessManager.hasRole(role, address(factory));
            assertFalse(isMember);
            (isMember,) = d.accessManager.hasRole(role, address(this));
            assertEq(isMember, role < 4);
        }
    }

    function test_LocalChainTakesShortClocks() public {
        Config memory config = _config();
        (config.clocks.window, config.clocks.revealPeriod, config.clocks.stakingThaw) = (6, 1, 10);
        (config.clocks.trialPeriod, config.clocks.receiptRevealPeriod) = (6, 2);
        (config.clocks.jury.evidence, config.clocks.jury.vote, config.clocks.jury.appeal) = (5, 5, 5);

        factory.deploy(config);
    }

    function test_AnotherChainHasBridgedOpenAndNoKeeper() public {
        Config memory config = _configElsewhere();
        Deployment memory d = factory.deploy(config);

        assertEq(d.genesis, address(0));
        assertEq(d.token.totalSupply(), 0);
        assertEq(d.burnQueue.nativeQueue(), config.bridging.l1BurnQueue);
        for (uint64 role = 0; role < 8; ++role) {
            (bool isMember,) = d.accessManager.hasRole(role, address(factory));
            assertFalse(isMember);
            (isMember,) = d.accessManager.hasRole(role, address(this));
            assertFalse(isMember);
        }
    }

    function test_RevertWhen_AKeeperStaysElsewhere() public {
        Config memory config = _configElsewhere();
        config.keeper = address(this);

        vm.expectRevert(abi.encodeWithSignature("GovernanceDeployer_AdminKept(address,uint256)", address(this), 10));
        factory.deploy(config);
    }

    function test_RevertWhen_ClocksAreShortElsewhere() public {
        Config memory config = _configElsewhere();
        config.clocks.window = 24 hours - 1;
        _expectShort("window", 24 hours - 1, 24 hours);
        factory.deploy(config);

        // withheld receipts have to fall before a root over them is final
        config = _configElsewhere();
        config.clocks.window = 4 days - 1;
        _expectShort("window", 4 days - 1, 4 days);
        factory.deploy(config);

        config = _configElsewhere();
        config.clocks.stakingThaw = 21 days - 1;
        _expectShort("stakingThaw", 21 days - 1, 21 days);
        factory.deploy(config);
    }

    function test_RevertWhen_APartyIsAKeyElsewhere() public {
        Config memory config = _configElsewhere();
        config.guardian = stranger;
        _expectKey("guardian", stranger);
        factory.deploy(config);

        config = _configElsewhere();
        config.security = stranger;
        _expectKey("security", stranger);
        factory.deploy(config);

        config = _configElsewhere();
        config.brakeGuardians[0] = stranger;
        _expectKey("brakeGuardians", stranger);
        factory.deploy(config);
    }

    function test_RevertWhen_APartyIsUnset() public {
        Config memory config = _config();
        config.guardian = address(0);
        vm.expectRevert(abi.encodeWithSignature("ProtocolDeployer_Unset(string)", "guardian"));
        factory.deploy(config);

        config = _config();
        config.brakeGuardians = new address[](0);
        vm.expectRevert(abi.encodeWithSignature("ProtocolDeployer_Unset(string)", "brakeGuardians"));
        factory.deploy(config);
    }

    function test_RevertWhen_OpenIsNotThatOfTheChain() public {
        Config memory config = _config();
        vm.chainId(10);
        vm.expectRevert(abi.encodeWithSignature("ProtocolDeployer_WrongToken(uint256,address)", 10, address(0)));
        factory.deploy(config);

        config = _configElsewhere();
        vm.chainId(31_337);
        vm.expectRevert(
            abi.encodeWithSignature("ProtocolDeployer_WrongToken(uint256,address)", 31_337, config.bridging.l1Token)
        );
        factory.deploy(config);
    }

    function _expectShort(string memory clock, uint64 actual, uint64 minimum) private {
        vm.expectRevert(
            abi.encodeWithSignature("ProtocolDeployer_ClockTooShort(string,uint64,uint64)", clock, actual, minimum)
        );
    }

    function _expectKey(string memory name, address account) private {
        vm.expectRevert(abi.encodeWithSignature("ProtocolDeployer_NotAContract(string,address)", name, account));
    }
}
