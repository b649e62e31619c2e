// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInferenceMarket} from "../../../contracts/interfaces/IInferenceMarket.sol";
import {IJury} from "../../../contracts/interfaces/IJury.sol";
import {Role} from "../../../contracts/interfaces/IStakingManager.sol";
import {ProtocolDeployer} from "../../../script/ProtocolDeployer.sol";
import {Test} from "forge-std/Test.sol";

contract ProtocolDeployerDeployTest is Test, ProtocolDeployer {
    address private deployer = makeAddr("deployer");

    function deploy(Config calldata config) external returns (Deployment memory d) {
        vm.startPrank(config.deployer);
        d = _deploy(config);
        vm.stopPrank();
    }

    /// @dev Without a prank, which would outlive the revert.
    function deployRefused(Config calldata config) external {
        _deploy(config);
    }

    function test_WiresTheProtocol() public {
        Config memory config = _config();
        Deployment memory d = this.deploy(config);

        assertEq(d.token.balanceOf(deployer), 1e27);
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
        assertEq(address(d.market.distributor()), address(d.distributor));
        assertEq(d.market.dataStream(), d.oracle.stream());
        assertEq(d.distributor.streamOf(d.oracle.stream()).allocator, address(d.oracle));
        assertEq(d.distributor.window(), config.window);
        assertEq(d.oracle.epochPeriod(), config.epochPeriod);
        assertEq(d.oracle.revealPeriod(), config.revealPeriod);
        assertEq(d.oracle.bond(), 1000e18);
        assertEq(d.staking.thawPeriod(), config.stakingThaw);
        assertEq(d.market.thawPeriod(), config.marketThaw);
        assertEq(d.staking.minimumStake(Role.Runner), 10_000e18);
        assertEq(d.staking.minimumStake(Role.Oracle), 10_000e18);
        assertEq(d.staking.minimumStake(Role.Validator), 10_000e18);
        assertEq(d.staking.minimumStake(Role.Model), 1000e18);
        assertEq(d.staking.minimumStake(Role.Agent), 1000e18);
        assertEq(d.staking.delegatedCapBps(), 5000);
        assertEq(d.staking.burnQueue(), address(d.burnQueue));
        assertEq(address(d.burnQueue.token()), address(d.token));
        assertEq(d.market.treasury(), config.treasury);
        assertEq(d.models.treasury(), config.treasury);
        assertEq(address(d.models.token()), address(d.token));
        assertEq(d.models.publishingFee(), 0);
        assertEq(address(d.agents.staking()), address(d.staking));
        assertEq(address(d.agents.models()), address(d.models));
        assertEq(address(d.reputation.agents()), address(d.agents));
        assertEq(address(d.reputation.market()), address(d.market));
        assertEq(d.market.security(), config.security);
        assertEq(abi.encode(d.market.splitConfig()), abi.encode(IInferenceMarket.SplitConfig(200, 500, 800)));
    }

    /// @dev Whoever deploys governs; nobody else does, and the proxies cannot be initialised again.
    function test_GovernsByTheAccessManagerAlone() public {
        Deployment memory d = this.deploy(_config());
        address[7] memory governed = [
            address(d.staking),
            address(d.datanets),
            address(d.models),
            address(d.oracle),
            address(d.market),
            address(d.agents),
            address(d.reputation)
        ];
        for (uint256 i = 0; i < governed.length; ++i) {
            (bool known, bytes memory authority) = governed[i].staticcall(abi.encodeWithSignature("authority()"));
            assertTrue(known);
            assertEq(abi.decode(authority, (address)), address(d.accessManager));
            assertNotEq(vm.load(governed[i], bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1)), 0);
        }
        (bool isAdmin,) = d.accessManager.hasRole(0, deployer);
        assertTrue(isAdmin);
        (isAdmin,) = d.accessManager.hasRole(0, address(this));
        assertFalse(isAdmin);
    }

    function test_LocalChainTakesShortClocks() public {
        Config memory config = _config();
        (config.window, config.revealPeriod, config.stakingThaw) = (6, 1, 10);
        (config.trialPeriod, config.receiptRevealPeriod) = (6, 2);
        config.juryClocks = IJury.Clocks(5, 5, 5);

        this.deploy(config);
    }

    function test_RevertWhen_ClocksAreShortElsewhere() public {
        vm.chainId(10);
        Config memory config = _config();
        this.deploy(config);

        config.window = 24 hours - 1;
        vm.expectRevert(
            abi.encodeWithSelector(ProtocolDeployer_ClockTooShort.selector, "window", 24 hours - 1, 24 hours)
        );
        this.deployRefused(config);
        config = _config();
        config.stakingThaw = 21 days - 1;
        vm.expectRevert(
            abi.encodeWithSelector(ProtocolDeployer_ClockTooShort.selector, "stakingThaw", 21 days - 1, 21 days)
        );
        this.deployRefused(config);
    }

    function _config() private returns (Config memory) {
        return Config({
            deployer: deployer,
            treasury: makeAddr("treasury"),
            security: makeAddr("security"),
            window: 24 hours,
            epochPeriod: 1 days,
            revealPeriod: 4 hours,
            trialPeriod: 14 days,
            receiptRevealPeriod: 2 days,
            juryClocks: IJury.Clocks(48 hours, 36 hours, 7 days),
            stakingThaw: 21 days,
            marketThaw: 3 days
        });
    }
}
