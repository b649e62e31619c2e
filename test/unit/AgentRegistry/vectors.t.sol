// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// Deployed by artifact; named here so that a run over a few files builds it.
// solhint-disable-next-line no-unused-import
import {AgentRegistry} from "../../../contracts/agents/AgentRegistry.sol";
import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {VectorReader} from "../../fixture/VectorReader.sol";
// solhint-disable-next-line no-unused-import
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";

contract AgentRegistryVectorsTest is VectorReader {
    function testDiff_WalletDigest_MatchesVectors() public {
        _read("agent.json");
        address code = vm.deployCode("AgentRegistry.sol:AgentRegistry", abi.encode(address(1), address(2)));
        bytes memory initialization = abi.encodeWithSignature("initialize(address)", address(this));
        while (_next("wallet")) {
            vm.chainId(_number("chainId"));
            IAgentRegistry agents = IAgentRegistry(_account("agentRegistry"));
            deployCodeTo("ERC1967Proxy.sol:ERC1967Proxy", abi.encode(code, initialization), address(agents));
            for (uint256 id = 1; id <= _number("agentId"); ++id) {
                vm.prank(_account("owner"));
                agents.register();
            }

            bytes32 digest = agents.walletDigest(_number("agentId"), _account("newWallet"), _number("deadline"));

            assertEq(digest, _word("digest"), row);
        }
        assertGt(rowCount, 1);
    }
}
